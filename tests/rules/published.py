"""Releases as plain data, and what Cardinal's profile says of them: for the tests of its definitions."""

import json
import tempfile
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from datasets.ocds_published import read_published
from rules.profile import Profile
from rules.profile_reading import read_profile
from rules.profile_run import Answers, run_profile
from rules.profile_settings import chosen, read_settings
from tests.tree import ROOT

Release = dict[str, Any]


@cache
def cardinal() -> Profile:
    return read_profile("cardinal", [ROOT / "rules"])


def says(releases: Iterable[Any], only: str = "", *said: str) -> Answers:
    """The answers of these codes (all without) about these lines, with `name=value` settings."""
    profile = cardinal()
    codes, unknown = chosen([only], profile.codes)
    values, faults = read_settings(said, profile.settings)
    assert not unknown + faults
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as connection:
        path = Path(folder) / "releases.jsonl"
        path.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in releases), encoding="utf-8")
        read_published(connection, path)
        return run_profile(connection, profile, codes, values)


def flagged(releases: Iterable[Any], code: str, *said: str, group: str = "OCID") -> dict[str, float]:
    """id -> value of one code in one group."""
    return {subject: values[code] for subject, values in says(releases, code, *said).get(group, {}).items()}


def bid(tenderers: str | Sequence[str], amount: Any = None, status: Any = "valid", currency: Any = "USD", **more: Any) -> Release:
    """One bid: each letter, or each text of a list, is a tenderer."""
    value = {} if amount is None else {"value": {"amount": amount, "currency": currency}}
    return {"status": status, "tenderers": [{"id": one} for one in tenderers], **value, **more}


def award(suppliers: str | Sequence[str] = "", status: Any = "active", **more: Any) -> Release:
    return {"status": status, "suppliers": [{"id": one} for one in suppliers], **more}


def release(ocid: Any, bids: Sequence[Any] = (), awards: Sequence[Any] | None = None, **more: Any) -> Release:
    """One release; `details` and `status` go below tender, as does `tender` itself."""
    tender = dict(more.pop("tender", {}))
    for ours, theirs in (("details", "procurementMethodDetails"), ("status", "status"), ("method", "procurementMethod")):
        if ours in more:
            tender[theirs] = more.pop(ours)
    listed = {} if awards is None else {"awards": list(awards)}
    return {"ocid": ocid, "bids": {"details": list(bids)}, **listed, **({"tender": tender} if tender else {}), **more}


def contest(ocid: str, winner: float, second: float, **more: Any) -> Release:
    """W wins against L: the difference of R024 and R058 is (second - winner) / winner."""
    return release(ocid, [bid("W", winner), bid("L", second)], [award("W")], **more)


def period(ocid: str, opens: Any, closes: Any, **more: Any) -> Release:
    """A release with a submission period."""
    return release(ocid, tender={"tenderPeriod": {"startDate": opens, "endDate": closes}, **more})
