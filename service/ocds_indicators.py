"""Red flags of one OCDS file under a profile (`guantong ocds indicators`), without an import into the office's lake."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from datasets.ocds_prepared import Corrections
from datasets.ocds_published import Published, read_published
from datasets.strict_yaml import did_you_mean
from rules.profile import Given, Profile
from rules.profile_reading import profile_names, read_profile
from rules.profile_run import run_profile
from rules.profile_settings import chosen, read_settings
from service.desk import Desk
from service.errors import Refusal
from service.ocds_answer import Broken, Told, refuse
from service.ocds_office import answer_by_rules
from service.steps import Watch, silent
from service.words import say

MEMORY = "2GB"
"""The tables are on disk meanwhile: a larger file takes more time, not more memory."""


def profile_of(desk: Desk, name: str) -> Profile:
    """A profile by name. Raises Refusal with the nearest right name, Mistakes when its files have any."""
    names = profile_names(desk.settings.rule_folders)
    if name not in names:
        raise Refusal("ocds.no_profile", said=name, hint=did_you_mean(name, names) or "、".join(names))
    return read_profile(name, desk.settings.rule_folders)


def indicators(
    desk: Desk, path: Path, name: str, *, only: Sequence[str] = (), said: Sequence[str] = (), watch: Watch = silent
) -> Told:
    """What the profile says of every process and organisation of an OCDS file (JSON Lines, plain or gzipped).

    `only` are codes, comma-separated; `said` are settings as `name=value`. Raises Refusal: unknown profile, code or setting, a
    value that is none of its kind (all at once), a file without a release.
    """
    profile = profile_of(desk, name)
    if profile.file.answered_by == "rules":
        told = answer_by_rules(desk, path, profile, only=only, said=said, watch=watch)
    else:
        codes, faults = chosen(only, profile.codes)
        values, more = read_settings(said, profile.settings)
        refuse(faults + more)
        told = _answer(path, profile, codes, values, _corrections(values, said, profile), watch)
    if not told.releases:
        raise Refusal("ocds.no_release", file=str(path), broken=_places(path, told.broken))
    return told


def _answer(
    path: Path, profile: Profile, codes: Sequence[str], values: Mapping[str, Given], corrections: Corrections | None, watch: Watch
) -> Told:
    correct = corrections.apply if corrections else None
    with TemporaryDirectory(prefix="guantong-ocds-") as folder, duckdb.connect(Path(folder) / "published.duckdb") as connection:
        connection.execute(f"SET memory_limit = '{MEMORY}'").fetchall()
        read = read_published(connection, path, correct, lambda done, total: watch(path.name, done, total))
        watch(profile.name, 0, 0)
        answers = run_profile(connection, profile, codes, values)
    return Told(profile.name, path, read.releases, tuple(codes), answers, _broken(read))


def _broken(read: Published) -> tuple[Broken, ...]:
    return tuple(Broken(line.number, line.code) for line in read.broken)


def _places(path: Path, broken: Sequence[Broken]) -> str:
    return "\n".join(["", *(place(path, one) for one in broken)])


def place(path: Path, one: Broken) -> str:
    """file:line: reason."""
    column = f"{one.column}: " if one.column else ""
    return f"{path}:{one.line}: {column}{say(f'ocds.line_{one.code}') if not one.column else say(f'code.{one.code}')}"


def _corrections(values: Mapping[str, Given], said: Sequence[str], profile: Profile) -> Corrections | None:
    """What `prepare` and the settings that imply it ask for; None when releases are judged as they are published."""
    asked = [text.split("=", 1)[0].strip() for text in said]
    implied = any(
        setting.prepares and any(one == name or one.startswith(name + ".") for one in asked)
        for name, setting in profile.settings.items()
    )
    if not implied and not values.get("prepare"):
        return None
    given: dict[str, Any] = dict(values)
    return Corrections(
        currency=given["defaults.currency"],
        bid_status=given["defaults.bid_status"],
        award_status=given["defaults.award_status"],
        bid_statuses=given["codelists.bid_status"],
        award_statuses=given["codelists.award_status"],
        no_amounts=frozenset(given["redactions.amount"]),
        no_organisations=frozenset(given["redactions.organization_id"]),
        buyer_prefix=given["modifications.prefix_buyer_or_procuring_entity_id"] or "",
        tenderer_prefix=given["modifications.prefix_tenderer_or_supplier_id"] or "",
        details_separator=given["modifications.split_procurement_method_details"],
        move_auctions=given["modifications.move_auctions"],
        award_status_by_contract_status=given["corrections.award_status_by_contract_status"],
    )
