"""The output columns of a rule's SELECT: the ones the engine understands, their types, and who names them."""

import re
from collections.abc import Iterator

from datasets.contract import Contracts, subject_kinds
from datasets.strict_yaml import did_you_mean
from rules.indicator import Indicator
from rules.says import placeholders, unpaired

Said = tuple[tuple[str | int, ...], str, str]
"""Key path in the file, message, hint."""
LIST = "VARCHAR[]"
UNKNOWN = "?"
"""The type of a column of a SELECT that has other faults yet: only its name is known."""
FIXED = {
    "subject_id": "VARCHAR",
    "unit_id": "VARCHAR",
    "area_id": "VARCHAR",
    "severity": "VARCHAR",
    "first_on": "DATE",
    "last_on": "DATE",
    "officials": LIST,
}
NUMBER = re.compile(r"(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|DECIMAL\(.*\)|DOUBLE|FLOAT)")
SCALAR = re.compile(rf"{NUMBER.pattern}|VARCHAR|BOOLEAN|DATE|TIMESTAMP(_\w+)?")


def result_faults(rule: Indicator, types: dict[str, str], contracts: Contracts) -> Iterator[Said]:
    """What is wrong with the output columns and with the keys that name them."""
    yield from _columns(rule, types, contracts)
    for key, names in (("per", rule.per), ("material", rule.material)):
        for index, name in enumerate(names):
            if name not in types:
                yield (key, index), f"{key}: {name!r} is no output column", did_you_mean(name, types)
            elif types[name] == UNKNOWN:
                continue
            elif key == "material" and not NUMBER.fullmatch(types[name]):
                yield (key, index), f"material: {name!r} is {types[name]}, not a number", ""
            elif key == "per" and not SCALAR.fullmatch(types[name]):
                yield (key, index), f"per: {name!r} is {types[name]}, which identifies nothing", ""
    for name in rule.labels:
        if name not in types:
            yield ("labels", name), f"labels: {name!r} is no output column", did_you_mean(name, types)
    yield from says_faults(rule, types)


def _columns(rule: Indicator, types: dict[str, str], contracts: Contracts) -> Iterator[Said]:
    at = ("sql",)
    if "subject_id" not in types:
        yield at, "output column subject_id is missing", did_you_mean("subject_id", types) if types else ""
    if not any(name.startswith("evidence_") for name in types):
        yield at, "no evidence: at least one output column evidence_<table> lists the keys of the rows that prove it", ""
    for name, kind in types.items():
        if name.startswith("evidence_"):
            table = name.removeprefix("evidence_")
            if table not in contracts:
                yield ("sql", name), f"output column {name}: unknown table {table!r}", did_you_mean(table, rule.reads)
            elif table not in rule.reads:
                yield ("sql", name), f"output column {name}: the rule does not read {table}", did_you_mean(table, rule.reads)
        elif name.startswith("parties_") and name.removeprefix("parties_") not in subject_kinds(contracts):
            yield (
                ("sql", name),
                f"output column {name}: unknown kind of entity",
                did_you_mean(name.removeprefix("parties_"), subject_kinds(contracts)),
            )
        yield from _type(name, kind)


def _type(name: str, kind: str) -> Iterator[Said]:
    if kind == UNKNOWN:
        return
    wanted = LIST if name.startswith(("evidence_", "parties_")) else FIXED.get(name)
    if wanted and kind != wanted:
        hint = "write list_sort(list(…)) of text keys" if wanted == LIST else f"CAST(… AS {wanted})"
        yield ("sql", name), f"output column {name} is {kind}, not {wanted}", hint
    elif name == "amount" and not NUMBER.fullmatch(kind):
        yield ("sql", name), f"output column amount is {kind}, not a number of yuan", ""
    elif not wanted and kind != LIST and not SCALAR.fullmatch(kind):
        yield ("sql", name), f"output column {name} is {kind}: a measure is a number, text, date, boolean or a list of text", ""


def says_faults(rule: Indicator, types: dict[str, str]) -> Iterator[Said]:
    """Placeholders of `says` that are neither output columns nor params."""
    known = {name for name in types if not name.startswith("evidence_")} | set(rule.params)
    for language, sentence in (("zh", rule.says.zh), ("en", rule.says.en)):
        try:
            names = placeholders(sentence)
        except ValueError as error:
            yield ("says", language), f"says.{language}: {error}", ""
            continue
        if unpaired(sentence):
            yield ("says", language), f"says.{language}: a part in [ ] is closed, and holds no other", ""
        for name in names:
            if name not in known:
                yield (
                    ("says", language),
                    f"says.{language}: {{{name}}} is neither an output column nor a param",
                    did_you_mean(name, known),
                )
