"""The records an alert rests on (证据行), finding by finding, each with the file, sheet and row it came from."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel
from sqlalchemy import select

from service.access.caller import Caller
from service.access.sight import narrowed
from service.api.gate import Here, may
from service.api.problem import Trespass
from service.evidence import EvidenceTable
from service.explaining import own_first
from service.store import questions
from service.store.alert import Alert

router = APIRouter(tags=["alerts"])
MOST_ROWS = 1000
"""Rows of one table that one answer shows at most: `left_out` counts the others."""


class Proof(BaseModel):
    """The records of one finding."""

    signal: str
    rule: str
    rule_hash: str
    """Which version of the rule judged."""
    tables: list[EvidenceTable]


@router.get("/alerts/{alert}/evidence")
def read_evidence(
    alert: str,
    caller: Annotated[Caller, may("evidence.read")],
    here: Here,
    rule: str | None = None,
    limit: Annotated[int, Query(ge=1, le=MOST_ROWS)] = 100,
) -> list[Proof]:
    """The records of an alert's findings (of one `rule`, where given), the alert's own findings first.

    Per table at most `limit` records; `left_out` counts those that are there and not shown, `gone` those no longer in the lake.
    What complaints say is told to no other platform than the one that pushed them. Whoever complained is never among the columns, and names are masked for people and pseudonyms for platforms.
    """
    with here.reading() as seen:
        found = seen.session.scalar(narrowed(select(Alert), caller, "evidence.read").where(Alert.fingerprint == alert))
        if found is None:
            raise Trespass(404, "not_there")
        book = here.desk.book.indicators
        proofs = [
            Proof(
                signal=one.signal_id,
                rule=one.rule,
                rule_hash=one.rule_hash,
                tables=seen.evidence.rows(
                    one.body["evidence"], book[one.rule].sql if one.rule in book else "", limit, caller.platform
                ),
            )
            for one in own_first(found, questions.present_signals(seen.session, [alert])[alert])
            if rule in (None, one.rule)
        ]
        return seen.masked(proofs) if caller.sees_names else proofs
