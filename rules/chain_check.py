"""What is checked of a chain beyond its shape: names that lead nowhere, facts that nothing ties together, limits of the engine."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import get_args

from datasets.strict_yaml import Mistake, Mistakes, did_you_mean
from rules.chain import ANY, FACT_FIELDS, NUMBER_FIELDS, Chain, Pattern
from rules.compiled import chain_ruleset
from rules.condition import Condition
from rules.indicator import NAME, Severity, Topic
from rules.laid import Read, rank_mistakes, read_laid
from rules.limits import excess
from rules.patterns import QUERIES

ALLOWED = {"topic": get_args(Topic), "severity": get_args(Severity), "pattern": tuple(QUERIES)}


def read_chains(
    folders: Sequence[Path], *, rules: Iterable[str] | None = None, kinds: Iterable[str] | None = None
) -> dict[str, Chain]:
    """Read `<folder>/chains/<id>.yml` of every folder; a later folder's chain replaces an earlier one of the same id.

    `rules`, `kinds`: the known ids of indicator rules and kinds of subject, to correct misspelt ones; None: not checked.
    Raises strict_yaml.Mistakes with every mistake of every file at once, each at file:line.
    """
    known = {
        field: tuple(words)
        for field, words in (("rule", rules), ("subject_kind", kinds), ("party_kind", kinds))
        if words is not None
    }
    files, mistakes = read_laid(folders, "chains", Chain, lambda file: check_chain(file, {**ALLOWED, **known}))
    mistakes += rank_mistakes(files)
    chains = {name: file.said for name, file in files.items()}
    if not mistakes and (said := excess(chain_ruleset(chains.values()).rules)):
        last = list(files.values())[-1]
        mistakes.append(last.mistake(("when",), said))
    if mistakes:
        raise Mistakes(mistakes)
    return chains


def alert_kinds(chains: Mapping[str, Chain]) -> tuple[str, ...]:
    """Every kind of alert that the chains make: what routes may ask for."""
    return tuple(sorted({kind for chain in chains.values() for kind in chain.then.alert.values()}))


def check_chain(file: Read[Chain], allowed: dict[str, tuple[str, ...]]) -> Iterator[Mistake]:
    """Every mistake of one chain that its shape does not show."""
    earlier: dict[str, Pattern] = {}
    for name, pattern in file.said.when.items():
        if not re.fullmatch(NAME, name):
            yield file.mistake(("when", name), f"{name!r}: a fact is named in small letters, digits and _")
        fields = FACT_FIELDS[pattern.fact]
        for field, condition in pattern.conditions.items():
            at = ("when", name, field)
            if field not in fields:
                yield file.mistake(at, f"a {pattern.fact} has no {field}", did_you_mean(field, fields))
            elif condition.word == "same_as":
                yield from _reference(file, at, condition, earlier)
            else:
                yield from _literals(file, at, field, condition, allowed)
        yield from _within(file, name, pattern, earlier)
        if pattern.fact == "pattern":
            if len(file.said.when) > 1 or pattern.pattern is None or file.said.default:
                message = "a pattern stands in a chain by itself that is no default, and is named: pattern: common"
                yield file.mistake(("when", name), message)
            continue
        if earlier and not pattern.joins and pattern.within is None:
            yield file.mistake(
                ("when", name), f"nothing ties {name!r} to the facts before it", "join a field: unit_id: money.unit_id"
            )
        earlier[name] = pattern
    yield from _merged(file)


def _reference(file: Read[Chain], at: tuple[str, ...], condition: Condition, earlier: dict[str, Pattern]) -> Iterator[Mistake]:
    fact, field = str(condition.values[0]), str(condition.values[1])
    if fact not in earlier:
        what = "stands further down; a fact is joined to one before it" if fact in file.said.when else "is no fact of this chain"
        yield file.mistake(at, f"{fact!r} {what}", did_you_mean(fact, earlier))
        return
    fields = FACT_FIELDS[earlier[fact].fact]
    if field not in fields:
        yield file.mistake(at, f"a {earlier[fact].fact} has no {field}", did_you_mean(field, fields))
    elif at[-1] in NUMBER_FIELDS or field in NUMBER_FIELDS:
        yield file.mistake(at, "numbers are compared with literals only")


def _literals(
    file: Read[Chain], at: tuple[str, ...], field: str, condition: Condition, allowed: dict[str, tuple[str, ...]]
) -> Iterator[Mistake]:
    if condition.word in ("present", "absent"):
        return
    if field in NUMBER_FIELDS:
        if condition.word not in ("at_least", "at_most"):
            yield file.mistake(at, f"{field} is a number: at_least, at_most, present or absent")
        return
    for value in condition.literals:
        if not isinstance(value, str):
            yield file.mistake(at, f"{field} is a word, not {value!r}")
        elif field in allowed and value not in allowed[field]:
            yield file.mistake(at, f"unknown {field} {value!r}", did_you_mean(value, allowed[field]))


def _within(file: Read[Chain], name: str, pattern: Pattern, earlier: dict[str, Pattern]) -> Iterator[Mistake]:
    if pattern.within is None:
        return
    other = earlier.get(pattern.within.of)
    if other is None:
        yield file.mistake(
            ("when", name, "within", "of"), f"no fact {pattern.within.of!r} before it", did_you_mean(pattern.within.of, earlier)
        )
    elif {pattern.fact, other.fact} != {"signal"}:
        yield file.mistake(("when", name, "within"), "only signals have a time")


def _merged(file: Read[Chain]) -> Iterator[Mistake]:
    then, when = file.said.then, file.said.when
    for index, name in enumerate(then.merge):
        if name not in when:
            yield file.mistake(("then", "merge", index), f"no fact {name!r}", did_you_mean(name, when))
        elif when[name].fact == "party":
            yield file.mistake(("then", "merge", index), f"{name!r} is no signal")
    for index, name in enumerate(then.keep):
        if name not in then.merge[1:]:
            yield file.mistake(
                ("then", "keep", index), f"{name!r} is not among those merged after the first", did_you_mean(name, then.merge[1:])
            )
    if missing := [topic for topic in get_args(Topic) if topic not in then.alert and ANY not in then.alert]:
        yield file.mistake(("then", "alert"), f"says no kind for {', '.join(missing)}", f"say a kind for each, or for {ANY}")
