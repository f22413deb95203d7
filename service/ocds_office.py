"""A profile answered by the book: the live rules tagged with a code, run over one OCDS file in a lake of its own.

The lake is made in a temporary folder and sealed with a key that is thrown away with it: nothing of the file stays.
"""

import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from ibis.backends.duckdb import Backend

from datasets.contract import Contracts, subject_kinds
from datasets.key import Key
from datasets.lake import Lake
from datasets.ocds import OcdsImport, import_ocds
from datasets.quarantine import waiting
from rules.book import Book
from rules.failure import RuleFailed
from rules.flag import Flagged, flag
from rules.indicator import Indicator
from rules.profile import GROUPS, Given, Kind, Profile, ProfileFile, Setting
from rules.profile_run import Answers
from rules.profile_settings import Fault, chosen, read_settings
from rules.signal import Signal
from service.desk import Desk
from service.ocds_answer import Broken, Reach, Told, refuse
from service.steps import Watch

GROUP = {"tender": "OCID", "lot": "OCID", "bid": "OCID", "contract": "OCID", "unit": "Buyer", "enterprise": "Tenderer"}
"""Kind of subject -> the group its answers stand in; others stand in a group named as the kind."""
LINE_FAULTS = ("undecodable", "bad_form", "missing")


def answering(book: Book) -> dict[str, list[Indicator]]:
    """Code of the red flags (R001 …) -> the live rules tagged with it; rules that read other rules' signals are left out."""
    found: dict[str, list[Indicator]] = {}
    for rule in book.running():
        for tag in rule.tags:
            if rule.status == "live" and "signal" not in rule.reads and len(tag) == 4 and tag[0] == "R" and tag[1:].isdigit():
                found.setdefault(tag, []).append(rule)
    return dict(sorted(found.items()))


def rule_settings(rules: Mapping[str, Sequence[Indicator]], file: ProfileFile) -> dict[str, Setting]:
    """The params of the answering rules as settings `rule.param`, with the profile's own values for defaults."""
    settings = {}
    for rule in (one for several in rules.values() for one in several):
        for name, param in rule.params.items():
            value = file.params.get(rule.id, {}).get(name, param.value)
            settings[f"{rule.id}.{name}"] = Setting(kind=_kind(param.value), default=value, unit=param.unit, why=param.why)
    return settings


def _kind(value: object) -> Kind:
    kinds: tuple[tuple[type, Literal["flag", "integer", "decimal", "text"]], ...] = (
        (bool, "flag"), (int, "integer"), (float, "decimal"), (str, "text"),
    )  # fmt: skip
    return next(kind for type_, kind in kinds if isinstance(value, type_))


def answer_by_rules(desk: Desk, path: Path, profile: Profile, *, only: Sequence[str], said: Sequence[str], watch: Watch) -> Told:
    """Import the file into a lake of its own and run the rules of the chosen codes over it."""
    rules = answering(desk.book)
    settings = rule_settings(rules, profile.file)
    codes, faults = chosen(only, rules)
    values, more = read_settings(said, settings)
    named = [f"{rule}.{name}" for rule, params in profile.file.params.items() for name in params]
    more += [Fault("unknown", name) for name in named if name not in settings]
    refuse(faults + more)
    wanted = {rule.id: _with(rule, values) for code in codes for rule in rules[code]}
    with TemporaryDirectory(prefix="guantong-ocds-") as folder:
        lake = Lake(Path(folder), desk.contracts)
        read = import_ocds(
            lake, path, Key(secrets.token_bytes(32)), lambda done, total: watch(path.name, done, total), label=str(path)
        )
        tables = lake.open()
        try:
            flagged, failed = _run(lake, tables, wanted, desk, watch)
            reach = {code: _reach([flagged[one.id] for one in rules[code] if one.id in flagged], wanted, tables, desk.contracts)
                     for code in codes if any(one.id in flagged for one in rules[code])}  # fmt: skip
        finally:
            tables.disconnect()
        broken = _broken(lake)
    answers = _answers({code: [flagged[one.id] for one in rules[code] if one.id in flagged] for code in codes}, profile.file)
    return Told(profile.name, path, _releases(read), tuple(codes), answers, broken, reach, failed)


def _releases(read: OcdsImport) -> int:
    return sum(batch.accepted for batch in read.batches if batch.table == "tender")


def _broken(lake: Lake) -> tuple[Broken, ...]:
    """The lines that came to nothing: no release, or a tender whose own values are at fault."""
    found = [
        Broken(one.row_no or 0, code, None if code in LINE_FAULTS else column)
        for one in waiting(lake)
        if one.table == "tender"
        for column, code, _, _ in one.faults
    ]
    return tuple(sorted(found, key=lambda one: (one.line, one.code)))


def _with(rule: Indicator, values: Mapping[str, Given]) -> Indicator:
    params = {name: param.model_copy(update={"value": values[f"{rule.id}.{name}"]}) for name, param in rule.params.items()}
    return rule.model_copy(update={"params": params})


def _run(
    lake: Lake, tables: Backend, wanted: Mapping[str, Indicator], desk: Desk, watch: Watch
) -> tuple[dict[str, Flagged], dict[str, str]]:
    as_of, flagged, failed = lake.horizon(desk.today), {}, {}
    for done, (name, rule) in enumerate(wanted.items()):
        watch(name, done, len(wanted))
        try:
            flagged[name] = flag(rule, tables, as_of, contracts=desk.contracts)
        except RuleFailed as failure:
            failed[name] = failure.why
    return flagged, failed


def _reach(flagged: Sequence[Flagged], wanted: Mapping[str, Indicator], tables: Backend, contracts: Contracts) -> Reach:
    """Of several rules for one code the one that can judge most tells how much nobody can judge."""
    reaches = []
    for one in flagged:
        kind, blindness = wanted[one.rule].subject, one.blindness
        population, unknown = blindness.population, blindness.blind
        if blindness.no_records:
            population = unknown = _subjects(kind, tables, contracts)
        reaches.append((population - unknown, Reach(kind, population, unknown, (one.rule,), blindness.no_records)))
    best = max(reaches, key=lambda pair: pair[0])[1]
    return Reach(best.kind, best.population, best.unknown, tuple(one.rule for one in flagged), best.without_records)


def _subjects(kind: str, tables: Backend, contracts: Contracts) -> int:
    """How many subjects of a kind the file names at all."""
    table, column = subject_kinds(contracts)[kind]
    return int(tables.con.execute(f'SELECT count(DISTINCT "{column}") FROM "{table}"').fetchall()[0][0])  # noqa: S608 - of a contract


def _answers(flagged: Mapping[str, Sequence[Flagged]], file: ProfileFile) -> Answers:
    answers: Answers = {group: {} for group in GROUPS}
    for code, several in flagged.items():
        for signal in (signal for one in several for signal in one.signals):
            group = GROUP.get(signal.subject_kind, signal.subject_kind.capitalize())
            subject = signal.subject_id.split("#", 1)[0] if group == "OCID" else signal.subject_id
            values = answers.setdefault(group, {}).setdefault(subject, {})
            values[code] = max(values.get(code, float("-inf")), _value(signal, file))
    return {group: found for group, found in answers.items() if found}


def _value(signal: Signal, file: ProfileFile) -> float:
    measure = signal.measures.get(file.measures.get(signal.rule, ""))
    return float(measure) if isinstance(measure, int | float) else 1.0
