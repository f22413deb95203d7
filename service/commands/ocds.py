"""guantong ocds indicators FILE: red flags of one OCDS file under a profile; guantong ocds profile: what a profile says."""

from pathlib import Path

import click

from rules.profile import GROUPS
from service.desk import Desk
from service.ocds_answer import Told
from service.ocds_indicators import indicators, place, profile_of
from service.ocds_office import answering, rule_settings
from service.progress import Bars
from service.terminal import Paper, print_json
from service.words import either, say

BOTH_LISTS = ("price_comparison_procurement_methods", "no_price_comparison_procurement_methods")


@click.group(name="ocds", help=say("command.ocds"))
def ocds_command() -> None:
    """Open contracting data, judged without importing it."""


@ocds_command.command(name="indicators", help=say("command.indicators"))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--profile", "name", default="office", show_default=True, help=say("ocds.option_profile"))
@click.option("--only", multiple=True, metavar="R003,R018", help=say("ocds.option_only"))
@click.option("--set", "said", multiple=True, metavar="NAME=VALUE", help=say("ocds.option_set"))
@click.option("--json", "as_json", is_flag=True, help=say("option.json"))
@click.pass_obj
def indicators_command(desk: Desk, file: Path, name: str, only: tuple[str, ...], said: tuple[str, ...], as_json: bool) -> int:
    with Bars() as bars:
        told = indicators(desk, file, name, only=only, said=said, watch=bars)
    for one in told.broken:
        click.echo(place(file, one), err=True)
    if told.broken:
        click.echo(say("ocds.skipped", count=len(told.broken)), err=True)
    if all(any(text.split("=")[0].strip() == both for text in said) for both in BOTH_LISTS):
        click.echo(say("ocds.both_lists"), err=True)
    for rule, why in told.failed.items():
        click.echo(say("real.rule_failed", rule=rule, why=why), err=True)
    if as_json:
        print_json(told.plain())
    else:
        _print(Paper(), desk, told)
    return 3 if told.failed else 0


def _print(paper: Paper, desk: Desk, told: Told) -> None:
    profile = profile_of(desk, told.profile)
    titles = {code: either(one.title) for code, one in profile.codes.items()}
    if told.reach is not None:
        titles = {code: "、".join(either(one.title) for one in rules) for code, rules in answering(desk.book).items()}
    groups = [*(group for group in GROUPS if group in told.answers), *(group for group in told.answers if group not in GROUPS)]
    rows = []
    for code in told.codes:
        counts = [sum(code in values for values in told.answers.get(group, {}).values()) for group in groups]
        reach = told.reach.get(code) if told.reach is not None else None
        known = [] if told.reach is None else [str(reach.population), str(reach.unknown)] if reach else ["-", "-"]
        rows.append([code, titles[code], *map(str, counts), *known])
    paper.heading(f"{either(profile.file.title)}: {told.file.name}")
    more = [] if told.reach is None else [say("ocds.population"), say("ocds.unknown_count")]
    paper.table([say("ocds.code"), say("ocds.title"), *groups, *more], rows, right=range(2, 2 + len(groups) + len(more)))
    flagged = len(told.answers.get("OCID", {}))
    paper.text(say("ocds.flagged", flagged=flagged, releases=told.releases, share=f"{100 * flagged / told.releases:.1f}"))
    for code, reach in (told.reach or {}).items():
        if reach.without_records:
            paper.text(say("ocds.without_records", code=code, tables="、".join(reach.without_records)), indent=2)
    paper.text(say("notice.reason"))


@ocds_command.command(name="profile", help=say("command.profile"))
@click.argument("name", default="cardinal")
@click.option("--json", "as_json", is_flag=True, help=say("option.json"))
@click.pass_obj
def profile_command(desk: Desk, name: str, as_json: bool) -> None:
    profile = profile_of(desk, name)
    by_rules = profile.file.answered_by == "rules"
    rules = answering(desk.book) if by_rules else {}
    settings = rule_settings(rules, profile.file) if by_rules else profile.settings
    if as_json:
        print_json({"profile": profile.file, "codes": profile.codes, "rules": {code: [one.id for one in several] for code, several in rules.items()},
                    "settings": settings})  # fmt: skip
        return
    paper = Paper()
    paper.heading(either(profile.file.title))
    paper.text(either(profile.file.about))
    for code, several in rules.items():
        paper.text(
            f"{code} {'、'.join(either(one.title) for one in several)}（{', '.join(one.id for one in several)}）", indent=2
        )
    for code, own in profile.codes.items():
        paper.heading(f"{code} {either(own.title)}")
        paper.text(either(own.definition), indent=2)
        for quirk in own.quirks:
            paper.text(f"· {either(quirk)}", indent=2)
    paper.heading(say("ocds.settings"))
    rows = [[key, say(f"ocds.kind_{one.kind}"), _default(one.default), either(one.why)] for key, one in settings.items()]
    paper.table([say("ocds.setting"), say("ocds.kind"), say("ocds.default"), say("ocds.why")], rows, indent=2)


def _default(value: object) -> str:
    if isinstance(value, list):
        return "|".join(map(str, value))
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
