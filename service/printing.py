"""Alerts on the terminal: the list, and the page of one alert in the order in which a person asks."""

from collections.abc import Sequence

from service.evidence import EvidenceTable
from service.explain import Explanation, Reason, Went
from service.lines import Line
from service.terminal import STYLES, Paper, yuan
from service.words import say


def print_lines(paper: Paper, lines: Sequence[Line], total: int) -> None:
    """A list of alerts, and the sentence that belongs to every such list."""
    paper.text(say("alerts.head", shown=len(lines), total=total))
    paper.text(say("notice.reason"), style="bold")
    for number, line in enumerate(lines, 1):
        paper.blank()
        mark = say("alerts.mark", level=say(f"level.{line.level}"), priority=f"{line.priority:.0f}")
        paper.text(f"{number:>2}. [{mark}] {line.title}", style=STYLES[line.level])
        severity = say("alerts.severity", severity=say(f"severity.{line.severity}"))
        about = [
            f"{say(f'subject.{line.subject_kind}')} {line.subject}", line.unit if line.unit_id else "", yuan(line.amount), severity,
        ]  # fmt: skip
        paper.text(" · ".join(part for part in about if part), indent=4)
        paper.text(line.sentence, indent=4)
        for one in line.went_to:
            if one.role == "lead":
                paper.text(f"→ {say(f'stream.{one.stream}')} · {one.office}", indent=4)
        paper.text(f"{line.alert}{_state(line)}", indent=4, style="dim")


def _state(line: Line) -> str:
    said = []
    if line.status != "open":
        said.append(say(f"status.{line.status}"))
    if line.quiet_since:
        said.append(say("alerts.quiet", since=line.quiet_since, last_seen=line.last_seen))
    elif line.fired > 1:
        said.append(say("alerts.fired", fired=line.fired, first_seen=line.first_seen))
    return "".join(f" · {one}" for one in said)


def print_explanation(paper: Paper, told: Explanation) -> None:
    """The page of an alert: what and about whom, why, on which records, what else it may be, who looks and why."""
    paper.text(f"[{say(f'severity.{told.severity}')}] {told.title}", style=STYLES[told.severity])
    paper.text(told.notice, style="bold")
    _facts(paper, told)
    first: dict[str, int] = {}
    for number, reason in enumerate(told.reasons, 1):
        paper.heading(say("show.reason", number=number, of=len(told.reasons), title=reason.title))
        _print_reason(paper, reason, first.setdefault(f"{reason.rule} {reason.rule_hash}", number), number)
    if told.more:
        paper.text(say("show.more", count=told.more))
    paper.heading(say("show.ranked", level=say(f"level.{told.level}"), priority=f"{told.priority:.1f}"))
    for weighed in told.ranked_by:
        paper.text(f"{weighed.points:+6.1f}  {weighed.says}", indent=2)
    paper.heading(say("show.who"))
    for went in told.went_to:
        _print_went(paper, went)
    for recusal in told.recusals:
        paper.text(say("show.recused", office=recusal.office, why=recusal.why), indent=2)
    if told.linked:
        paper.heading(say("show.linked"))
        if told.matter and told.matter_size > 1:
            paper.text(say("show.matter", matter=told.matter, count=told.matter_size), indent=2)
        for other in told.linked:
            paper.text(
                say("show.link", alert=other.alert, title=other.title, subject=other.subject, through=other.through), indent=2
            )
    paper.blank()
    paper.text(told.no_proof, style="italic")


def _facts(paper: Paper, told: Explanation) -> None:
    seen = say("show.seen_once", first_seen=told.first_seen)
    if told.fired > 1:
        seen = say("show.seen", first_seen=told.first_seen, last_seen=told.last_seen, fired=told.fired)
    facts = [
        (say("show.alert"), f"{told.alert} · {told.kind} · {say(f'status.{told.status}')}"),
        (say(f"subject.{told.subject_kind}"), told.subject),
        (say("show.unit"), told.unit if told.unit_id else ""),
        (say("show.area"), "" if told.area == "-" else told.area),
        (say("show.amount"), yuan(told.amount)),
        (say("show.time"), seen),
        ("", say("show.quiet", since=told.quiet_since, last_seen=told.last_seen) if told.quiet_since else ""),
        (say("show.together"), told.why if len(told.reasons) > 1 else ""),
    ]
    for label, value in facts:
        if value:
            paper.text(f"{label}  {value}" if label else value)


def _print_reason(paper: Paper, reason: Reason, first: int, number: int) -> None:
    """`first`: the number of the first reason by the same rule, whose explanations hold for this one too."""
    paper.text(reason.sentence, indent=2, style="bold")
    if reason.why and first == number:
        paper.text(reason.why, indent=2)
    _print_values(paper, reason)
    if first == number:
        _print_bounds(paper, reason)
    for table in reason.evidence:
        _print_evidence(paper, table)
    if first != number:
        paper.text(say("show.as_before", number=first), indent=2, style="dim")
        return
    _print_checks(paper, reason)


def _print_values(paper: Paper, reason: Reason) -> None:
    if reason.measures:
        paper.text(say("show.values"), indent=2, style="dim")
        paper.text(
            say("mark.between").join(f"{one.label} {one.value}" for one in reason.measures),
            indent=4,
        )


def _print_bounds(paper: Paper, reason: Reason) -> None:
    if reason.thresholds:
        paper.text(say("show.thresholds"), indent=2, style="dim")
        for one in reason.thresholds:
            paper.text(say("show.threshold", name=one.name, value=one.value, unit=one.unit, why=one.why), indent=4)
    paper.text(say("show.basis"), indent=2, style="dim")
    for law in reason.basis:
        known = say(f"known.{law.known}")
        paper.text(say("show.law", name=law.name, article=law.article or "", known=known, note=law.note), indent=4)


def _print_checks(paper: Paper, reason: Reason) -> None:
    if reason.innocent:
        paper.text(say("show.innocent"), indent=2, style="dim")
        paper.text(reason.innocent, indent=4)
    if reason.verify:
        paper.text(say("show.verify"), indent=2, style="dim")
        for step, check in enumerate(reason.verify, 1):
            paper.text(f"{step}. {check}", indent=4)
    changed = say("show.rule_changed") if reason.rule_changed else ""
    paper.text(say("show.rule", rule=reason.rule, hash=reason.rule_hash) + changed, indent=2, style="dim")


def _print_evidence(paper: Paper, table: EvidenceTable) -> None:
    paper.text(say("show.records", title=table.title, count=len(table.rows) + table.left_out), indent=2, style="dim")
    same = same_in_all(table)
    if same:
        said = say("mark.between").join(f"{table.labels[at]} {table.rows[0].cells[at]}" for at in same)
        which = say("show.same_listed") if table.left_out else say("show.same")
        paper.text(say("show.pair", label=which, value=said), indent=4)
    kept = [at for at in range(len(table.labels)) if at not in same]
    rows = [[*(row.cells[at] or "-" for at in kept), row.source] for row in table.rows]
    if rows:
        paper.table([*(table.labels[at] for at in kept), say("show.source")], rows, indent=4)
    if table.left_out:
        paper.text(say("show.left_out", count=table.left_out), indent=4)
    if table.gone:
        paper.text(say("show.gone", count=table.gone), indent=4)


def same_in_all(table: EvidenceTable) -> list[int]:
    """Columns with one value in every row shown: it is said once, above them."""
    if len(table.rows) < 2:
        return []
    return [at for at in range(len(table.labels)) if table.rows[0].cells[at] and len({row.cells[at] for row in table.rows}) == 1]


def _print_went(paper: Paper, went: Went) -> None:
    due = say("show.due", days=went.due_days) if went.due_days is not None else ""
    if went.batch_on:
        due = say("show.batch", batch_on=went.batch_on) + due
    if went.due_on:
        due += say("show.due_provisional" if went.due_provisional else "show.due_on", due_on=went.due_on)
    role = say(f"role.{went.role}")
    told = {"stream": say(f"stream.{went.stream}"), "channel": say(f"channel.{went.channel}"), "due": due}
    paper.text(say("show.went", role=role, office=went.office, **told), indent=2)
    paper.text(went.because, indent=4)
