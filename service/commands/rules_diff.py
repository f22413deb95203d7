"""guantong rules diff OLD NEW: what another version of a rule finds more, less or otherwise in the records at hand."""

from collections.abc import Mapping
from datetime import datetime

import click

from rules.findings_diff import FindingsDiff, compare
from rules.signal import Signal
from service.desk import Desk
from service.errors import Refusal
from service.on_lake import on_lake
from service.progress import Bars
from service.rules_asked import rules_asked
from service.terminal import Paper, print_json
from service.words import either, say

SENTENCES = 5
"""Findings told in words of each kind."""


@click.command(name="diff", help=say("command.rules_diff"))
@click.argument("old")
@click.argument("new")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help=say("option.as_of"))
@click.option("--json", "as_json", is_flag=True, help=say("option.json"))
@click.pass_obj
def diff_command(desk: Desk, old: str, new: str, as_of: datetime | None, as_json: bool) -> int:
    versions = []
    for word in (old, new):
        meant = rules_asked(desk, [word])
        if len(meant) != 1:
            raise Refusal("rules.one_rule", word=word, count=len(meant))
        versions.append(meant[0])
    with on_lake(desk, as_of.date() if as_of else None) as lake, Bars() as bars:
        found = []
        for done, rule in enumerate(versions):
            bars(rule.id, done, len(versions))
            found.append(lake.flag(rule).signals)
    difference = compare(*found)
    if as_json:
        print_json(_document(difference))
    else:
        _print(Paper(), difference)
    return 0 if difference.same else 1


def _document(found: FindingsDiff) -> dict[str, object]:
    return {
        "gained": [_one(one) for one in found.gained], "lost": [_one(one) for one in found.lost],
        "changed": [{"old": _one(old), "new": _one(new)} for old, new in found.changed], "kept": found.kept,
        "by_unit": found.by_unit(), "by_month": found.by_month(),
    }  # fmt: skip


def _one(signal: Signal) -> dict[str, object]:
    return {
        "subject_kind": signal.subject_kind, "subject_id": signal.subject_id, "unit_id": signal.unit_id, "per": signal.per,
        "severity": signal.severity, "amount": signal.amount, "says": signal.says, "evidence": signal.evidence,
    }  # fmt: skip


def _print(paper: Paper, found: FindingsDiff) -> None:
    paper.text(say("diff.told", gained=len(found.gained), lost=len(found.lost), changed=len(found.changed), kept=found.kept))
    for name, signals in (("gained", found.gained), ("lost", found.lost), ("changed", [new for _, new in found.changed])):
        if signals:
            paper.heading(say(f"diff.{name}"))
        for one in signals[:SENTENCES]:
            paper.text(f"{one.subject_kind} {one.subject_id} {one.unit_id or ''}: {either(one.says)}", indent=2)
    for name, counts in (("unit", found.by_unit()), ("month", found.by_month())):
        if counts:
            paper.text(f"{say(f'backtest.{name}')}: {_pairs(counts)}")


def _pairs(counts: Mapping[str, tuple[int, int]]) -> str:
    return say("mark.between").join(f"{key or '-'} +{more} -{fewer}" for key, (more, fewer) in list(counts.items())[:12])
