"""guantong rules explain RULE [SUBJECT]: the rule's page, or why it did or did not flag a subject."""

from datetime import datetime

import click

from datasets.contract import Seal
from rules.indicator import Indicator
from rules.rule_page import page
from rules.why_not import Explained, Shortfall, explain
from service.desk import Desk
from service.errors import Refusal
from service.on_lake import on_lake
from service.progress import Bars
from service.rules_asked import rules_asked
from service.terminal import Paper, print_json
from service.words import either, say, spoken


@click.command(name="explain", help=say("command.rules_explain"))
@click.argument("rule")
@click.argument("subject", required=False)
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help=say("option.as_of"))
@click.option("--json", "as_json", is_flag=True, help=say("option.json"))
@click.pass_obj
def explain_command(desk: Desk, rule: str, subject: str | None, as_of: datetime | None, as_json: bool) -> int:
    meant = rules_asked(desk, [rule])
    if len(meant) != 1:
        raise Refusal("rules.one_rule", word=rule, count=len(meant))
    if subject is None:
        print_json(meant[0].model_dump(mode="json")) if as_json else click.echo("\n".join(page(meant[0], spoken())))
        return 0
    with on_lake(desk, as_of.date() if as_of else None) as lake, Bars() as bars:
        lake.prepare(meant[0])
        told = explain(meant[0], _token(desk, subject), lake.tables, lake.as_of, desk.contracts, watch=bars)
    if as_json:
        print_json(_document(told))
    else:
        _print(Paper(), told, meant[0])
    return 0 if told.findings else 1


def _token(desk: Desk, subject: str) -> str:
    """A resident id number or account typed in clear is looked for under its pseudonym."""
    if desk.key is None or not subject.isascii() or not subject[:-1].isdigit() or len(subject) < 15:
        return subject
    kind: Seal = "resident_id" if len(subject) == 18 else "bank_account"
    sealed: str = desk.key.tokens(kind, [subject.upper()])[0]
    return sealed


def _document(told: Explained) -> dict[str, object]:
    return {
        "rule": told.rule, "subject": told.subject, "findings": told.findings, "rows": told.rows, "unknown": told.unknown,
        "together": told.together,
        "shortfalls": [{"condition": one.condition.words, "part": one.condition.part, "left": one.left, "right": one.right, "gap": one.gap}
                       for one in told.shortfalls],
    }  # fmt: skip


def _print(paper: Paper, told: Explained, rule: Indicator) -> None:
    if told.findings:
        paper.text(say("explain.flagged", rule=either(rule.title), count=len(told.findings)))
        for finding in told.findings:
            paper.text(f"{finding.unit_id or '-'}: {either(finding.says)}", indent=2)
    elif told.shortfalls:
        count = len(told.shortfalls)
        key = "explain.any_of" if count > 1 and not told.together else "explain.not_flagged"
        paper.text(say(key, rule=either(rule.title), count=count))
        for one in told.shortfalls:
            paper.text(_fell_short(one), indent=2)
    elif any(told.rows.values()):
        paper.text(say("explain.several", rule=either(rule.title)))
    else:
        paper.text(say("explain.nothing", subject=told.subject))
    if told.unknown:
        paper.text(say("explain.unknown", needs=say("mark.list").join(told.unknown)))
    counts = [f"{table} {count}" for table, count in told.rows.items()]
    if counts:
        paper.text(say("explain.rows", rows=say("mark.between").join(counts)))


def _fell_short(one: Shortfall) -> str:
    where = f" ({one.condition.part})" if one.condition.part else ""
    if one.left is None and one.right is None:
        return f"{one.condition.words}{where}"
    sides = say("explain.sides", left="?" if one.left is None else one.left, right="?" if one.right is None else one.right)
    gap = say("explain.gap", gap=one.gap) if one.gap is not None else ""
    return f"{one.condition.words}{where}: {sides}{gap}"
