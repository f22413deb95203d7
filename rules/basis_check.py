"""What is checked of a basis (依据): that the law it names is one we know and still in force, that the article stands in it,
that nobody is surer of it than the law's own file, and that a SELECT asks for periods that some law fixes."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from sqlglot import exp
from sqlglot.errors import SqlglotError

from datasets.law import SHIPPED, SURENESS, Law, Laws, plain_name, read_laws, shipped_laws
from datasets.strict_yaml import did_you_mean
from rules.dialect import Fault
from rules.indicator import Basis
from rules.indicator_check import IndicatorFile
from rules.result_check import Said
from rules.select import parsed

FOLDER = "law"
"""Where an office keeps laws of its own, beside its `book`."""
ARTICLE = re.compile(r"第[一二三四五六七八九十百零〇]+条(?:之[一二三四五六七八九十]+)?")
IN_DIGITS = re.compile(r"第?(\d+)条")
PERIOD = "period_id"
IN_BRACKETS = re.compile(r"（[^（）]*）$")
MOST_SHOWN = 12
"""Articles listed in a hint when none is near."""


def laws_for(folders: Iterable[Path]) -> Laws:
    """The shipped laws, and those of each folder that holds a `law` folder laid over them. Raises strict_yaml.Mistakes."""
    own = [folder / FOLDER for folder in folders if (folder / FOLDER).is_dir()]
    return read_laws(SHIPPED, *own) if own else shipped_laws()


def check_basis(file: IndicatorFile, laws: Laws) -> None:
    """Note every mistake of an indicator's basis, and every period id of its SELECTs that no law fixes."""
    for said in basis_faults(file.rule.basis, laws, live=file.rule.status == "live"):
        file.say(said)
    for key, text in (("baseline", file.rule.baseline), ("sql", file.rule.sql)):
        for fault in _unknown_periods(text or "", laws):
            file.say_in_block(key, text or "", fault)


def basis_faults(basis: Iterable[Basis], laws: Laws, *, live: bool) -> Iterator[Said]:
    """Mistakes of a file's basis, each at its key: a law, an article or a sureness that the law's files do not bear out."""
    names = laws.names
    for index, said in enumerate(basis):
        law, article = _named(said, names)
        at: tuple[str | int, ...] = ("basis", index)
        if law is None:
            hint = (
                did_you_mean(plain_name(said.name), names) or "a new one is a file of its own in the folder law beside your book"
            )
            yield (*at, "name"), f"basis: no law, standard or case called {said.name!r} is known", hint
            continue
        if live and law.status == "ended":
            yield (*at, "name"), f"basis: {law.name} ended on {law.ends_on}", "cite what replaced it"
        found = articles_cited(article) if article else []
        for one in found:
            if one not in law.articles:
                yield (*at, "article"), f"basis: {law.name} has no {one} in law/{law.id}.yml", _nearest(one, law)
            elif live and (ends_on := law.articles[one].ends_on):
                yield (*at, "article"), f"basis: {one} of {law.name} ended on {ends_on}", "cite what replaced it"
        sure = min((law.sure(one) for one in found if one in law.articles), key=SURENESS.index, default=law.known)
        if SURENESS.index(said.known) > SURENESS.index(sure):
            what = f"{law.name}{article or ''}"
            yield (*at, "known"), f"basis: {what} is {sure} in law/{law.id}.yml, not {said.known}", f"known: {sure}"


def articles_cited(text: str) -> list[str]:
    """The articles that a citation names: 第六条、第十四条第一项 names 第六条 and 第十四条; a text of no such form names itself."""
    return list(dict.fromkeys(ARTICLE.findall(text))) or [text.strip()]


def in_words(text: str) -> str:
    """A citation in digits as laws write it: 第34条 is 第三十四条. Returned as it is where it holds no digits."""
    return IN_DIGITS.sub(lambda found: f"第{_number(int(found[1]))}条", text)


def _named(said: Basis, names: dict[str, Law]) -> tuple[Law | None, str | None]:
    """The law that a basis names, and the article: `<name> R018` names R018 of it, `<name>（…）` a part of it, unless a name of its own."""
    name = plain_name(said.name)
    if name not in names and (whole := IN_BRACKETS.sub("", name)) in names:
        return names[whole], said.article
    if name in names or " " not in name:
        return names.get(name), said.article
    head, tail = name.rsplit(" ", 1)
    law = names.get(head)
    return (law, said.article or tail) if law and tail in law.articles else (None, said.article)


def _nearest(article: str, law: Law) -> str:
    if (words := in_words(article)) != article:
        return f"articles are written as the law writes them: {words}"
    if not law.articles:
        return "it lists no articles: leave article out, or add it there with its gist"
    return (
        did_you_mean(article, law.articles) if len(law.articles) <= MOST_SHOWN else "add it there with its gist, once looked up"
    )


def _number(number: int) -> str:
    """1 to 999 in Chinese: 34 is 三十四, 105 is 一百零五."""
    digits = "零一二三四五六七八九"
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    text = f"{digits[hundreds]}百" if hundreds else ""
    if tens:
        text += ("" if tens == 1 and not hundreds else digits[tens]) + "十"
    elif hundreds and ones:
        text += "零"
    return text + (digits[ones] if ones else "")


def _unknown_periods(sql: str, laws: Laws) -> Iterator[Fault]:
    """Texts that a SELECT compares with period_id, or calls so, and that no law fixes: nothing is ever found by them."""
    known = {row[0] for row in laws.periods()}
    try:
        tree = parsed(sql) if PERIOD in sql else None
    except (SqlglotError, ValueError):  # said by the check of the SELECT
        return
    for node in tree.find_all(exp.EQ, exp.In, exp.Alias) if tree else ():
        sides = [node.this, *node.expressions, *([node.expression] if isinstance(node, exp.EQ) else [])]
        named = isinstance(node, exp.Alias) and node.alias == PERIOD
        if named or any(isinstance(side, exp.Column) and side.name == PERIOD for side in sides):
            for text in (text for side in sides for text in _texts(side)):
                if text not in known:
                    at = max(sql.find(f"'{text}'"), 0)
                    yield Fault(at, f"no law fixes a period {text!r}", did_you_mean(text, known))


def _texts(node: exp.Expr) -> Iterator[str]:
    """The texts that an expression may be: itself, or what a CASE gives."""
    if isinstance(node, exp.Literal) and node.is_string:
        yield node.name
    elif isinstance(node, exp.Case):
        for given in (*(branch.args["true"] for branch in node.args["ifs"]), node.args.get("default")):
            yield from _texts(given) if given is not None else ()
