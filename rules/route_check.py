"""What is checked of a route beyond its shape: fields, words and streams that are unknown, and routes whose order nobody declared."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import get_args

from datasets.law import Laws
from datasets.strict_yaml import Mistake, Mistakes, did_you_mean
from rules.basis_check import basis_faults, laws_for
from rules.compiled import route_ruleset
from rules.condition import Condition, Value
from rules.indicator import Severity, Topic
from rules.laid import Read, outranked, rank_mistakes, read_laid
from rules.limits import excess
from rules.route import DEPARTMENT, FIELDS, FLAG, NUMBER, OFFICE, RECUSED, Route

ALLOWED: dict[str, tuple[str, ...]] = {
    "alert.severity": get_args(Severity), "alert.topic": get_args(Topic), "signal.severity": get_args(Severity),
    "signal.topic": get_args(Topic), "official.topic": get_args(Topic), "official.party_member": ("yes", "no", "unknown"),
    "official.rank": ("staff", "section_deputy", "section_head", "division_deputy", "division_head", "village"),
    "official.managed_at": ("village", "town", "county", "city", "province"),
    "unit.admin_level": ("village", "town", "county", "city", "province"),
}  # fmt: skip
PATHS = tuple(f"{kind}.{field}" for kind, fields in FIELDS.items() for field in fields)
OFFICES = tuple(f"{kind}.{field}" for kind, fields in FIELDS.items() for field, said in fields.items() if said == OFFICE)
DEPARTMENTS = tuple(f"{kind}.{field}" for kind, fields in FIELDS.items() for field, said in fields.items() if said == DEPARTMENT)


def read_routes(folders: Sequence[Path], *, kinds: Sequence[str] | None = None) -> dict[str, Route]:
    """Read `<folder>/routes/<id>.yml` of every folder; a later folder's route replaces an earlier one of the same id.

    `kinds`: the kinds of alert that the chains make, to correct misspelt ones; None: not checked.
    Raises strict_yaml.Mistakes with every mistake of every file at once, each at file:line.
    """
    allowed = ALLOWED if kinds is None else {**ALLOWED, "alert.kind": tuple(kinds)}
    laws = laws_for(folders)
    files, mistakes = read_laid(folders, "routes", Route, lambda file: check_route(file, allowed, laws))
    mistakes += rank_mistakes(files)
    if not mistakes:
        mistakes += _undeclared(files)
        if said := excess(route_ruleset(file.said for file in files.values()).rules):
            mistakes.append(list(files.values())[-1].mistake(("when",), said))
    if mistakes:
        raise Mistakes(mistakes)
    return {name: file.said for name, file in files.items()}


def check_route(file: Read[Route], allowed: Mapping[str, tuple[str, ...]], laws: Laws) -> Iterator[Mistake]:
    """Every mistake of one route that its shape does not show."""
    for at, message, hint in basis_faults(file.said.basis, laws, live=file.said.status == "live"):
        yield file.mistake(at, message, hint)
    for path, condition in file.said.when.items():
        if path.removesuffix(RECUSED) not in (OFFICES if path.endswith(RECUSED) else PATHS):
            yield file.mistake(("when", path), f"unknown field {path!r}", did_you_mean(path, PATHS))
            continue
        yield from _condition(file, path, condition, allowed)
    for key, holding in (("office", OFFICES), ("when_recused", OFFICES), ("department", DEPARTMENTS)):
        path = getattr(file.said.then, key)
        if path is not None and path not in holding:
            what = "department" if key == "department" else "office"
            yield file.mistake(("then", key), f"{path!r} holds no {what}", did_you_mean(path, holding))
    yield from _tests(file)


def _condition(file: Read[Route], path: str, condition: Condition, allowed: Mapping[str, tuple[str, ...]]) -> Iterator[Mistake]:
    at = ("when", path)
    if condition.word in ("present", "absent"):
        return
    if condition.word == "same_as":
        other = ".".join(map(str, condition.values))
        if other not in PATHS:
            yield file.mistake(at, f"unknown field {other!r}", did_you_mean(other, PATHS))
        elif other.split(".")[0] == path.split(".")[0] or _type(path) != _type(other) or _type(path) == NUMBER:
            yield file.mistake(at, f"{path} cannot be joined to {other}: a join ties texts of two kinds of fact")
        return
    said = _type(path)
    if (said == NUMBER) != (condition.word in ("at_least", "at_most")):
        yield file.mistake(at, f"{path} is a {said}: {'at_least or at_most' if said == NUMBER else 'a value, one_of or none_of'}")
        return
    for value in condition.values:
        if said == NUMBER or path not in allowed:
            if not _fits(said, value):
                yield file.mistake(at, f"{path} is a {said}, not {value!r}")
        elif value not in allowed[path]:
            yield file.mistake(at, f"unknown {path} {value!r}", did_you_mean(str(value), allowed[path]))


def _type(path: str) -> str:
    kind, field = path.split(".")
    return FLAG if field.endswith(RECUSED) else FIELDS[kind][field]


def _fits(said: str, value: Value) -> bool:
    if said == FLAG:
        return isinstance(value, bool)
    if said == NUMBER:
        return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, str)


def _tests(file: Read[Route]) -> Iterator[Mistake]:
    for number, test in enumerate(file.said.tests):
        given = test.given
        facts: list[tuple[str, tuple[str | int, ...], dict[str, Value]]] = [
            ("alert", ("alert",), given.alert),
            ("unit", ("unit",), given.unit),
        ]
        facts += [("official", ("officials", index), one) for index, one in enumerate(given.officials)]
        facts += [("signal", ("signals", index), one) for index, one in enumerate(given.signals)]
        for kind, where, fact in facts:
            for field, value in fact.items():
                at = ("tests", number, "given", *where, field)
                if field.removesuffix(RECUSED) not in FIELDS[kind]:
                    yield file.mistake(at, f"{kind} has no {field}", did_you_mean(field, FIELDS[kind]))
                elif not _fits(_type(f"{kind}.{field}"), value):
                    yield file.mistake(at, f"{kind}.{field} is a {_type(f'{kind}.{field}')}, not {value!r}")


def _undeclared(files: Mapping[str, Read[Route]]) -> Iterator[Mistake]:
    """Leading routes that may both hold for an alert while neither outranks the other; more than one default."""
    leading = {name: file for name, file in files.items() if file.said.then.role == "lead" and file.said.status == "live"}
    defaults = [name for name, file in leading.items() if file.said.default]
    if len(defaults) != 1 and leading:
        at = leading[defaults[-1]] if defaults else next(iter(leading.values()))
        yield at.mistake(("default",), f"exactly one leading route is the default, not {', '.join(defaults) or 'none'}")
    below = outranked([file.said for file in files.values()])
    for one, other in combinations([name for name in leading if name not in defaults], 2):
        if other not in below[one] and one not in below[other] and not _disjoint(files[one].said, files[other].said):
            message = f"{one!r} and {other!r} may both take an alert, and neither outranks the other"
            yield files[other].mistake(("outranks",), message, "say outranks or yields_to in one of them")


def _disjoint(one: Route, other: Route) -> bool:
    """Whether a single fact of which there is one for each alert keeps the two apart."""
    for path, condition in one.when.items():
        against = other.when.get(path)
        if against is None or path.split(".")[0] not in ("alert", "unit"):
            continue
        words = {condition.word, against.word}
        if "absent" in words and len(words) > 1 and "same_as" not in words:
            return True
        for some, rest in ((condition, against), (against, condition)):
            if (
                some.word in ("is", "one_of")
                and rest.word in ("is", "one_of", "none_of")
                and not any(rest.holds(value) for value in some.values)
            ):
                return True
    return False
