"""How rules do (规则成绩单): a row for each, and one rule with what it finds, where, and what people made of it."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from service.api.problem import Trespass
from service.console.overview_asked import Whole
from service.console.overview_drawn import section
from service.console.visitor import Visitor, visits
from service.whole.figures import course, total
from service.whole.scorecard import Score, Scores
from service.words import either

router = APIRouter()
Reader = Annotated[Visitor, visits("rules.read")]
ORDERS = ("worst", "findings", "blind", "cost", "name")
"""By what the list can be ordered: least precise of those judged, most found, most not judged, dearest, by name."""
UNITS = 10


@router.get("/scorecard")
def all_rules(me: Reader, by: Annotated[str, Query(max_length=20)] = "worst") -> HTMLResponse:
    """Every rule of the book."""
    order = by if by in ORDERS else ORDERS[0]
    ordered = sorted(scores(me), key=lambda one: _place(one, order))
    spoken = [one for one in ordered if one.facts.hits or one.facts.judged]
    silent = [one for one in ordered if not (one.facts.hits or one.facts.judged)]
    return me.show("scorecard.html", spoken=spoken, silent=silent, order=order, orders=ORDERS)


@router.get("/scorecard/{rule}")
def one_rule(me: Reader, rule: str) -> HTMLResponse:
    """One rule: its verdicts and reasons, and its alerts, as far as the caller sees them, by month and unit."""
    score = next((one for one in scores(me) if one.facts.id == rule), None)
    if score is None:
        raise Trespass(404, "not_there")
    said = me.here.desk.book.indicators[rule]
    with me.here.reading() as seen:
        whole = Whole(seen, me, rule=rule)
        where = section(whole, "unit", whole.answer.labels["unit"], me.days.today)
        return me.show(
            "scorecard_rule.html", score=score, why=either(said.why), innocent=either(said.innocent), months=course(whole.ledger, whole.mask, me.days.today),
            all=total(whole.ledger, whole.mask, me.days.today), units=where.rows[:UNITS], more=max(0, len(where.rows) - UNITS), pages=_has_pages(me),
        )  # fmt: skip


def _place(one: Score, order: str) -> tuple[float, str]:
    facts = one.facts
    value = {
        "worst": one.between[1] if one.between else 2.0, "findings": -(facts.hits if facts.hits is not None else -1),
        "blind": -(facts.blindness or 0), "cost": -(facts.seconds or 0), "name": 0,
    }[order]  # fmt: skip
    return value, facts.id


def scores(me: Visitor) -> list[Score]:
    """Every rule of the book with what people decided, kept by the process."""
    state = me.request.app.state
    if not hasattr(state, "scores"):
        state.scores = Scores()
    kept: Scores = state.scores
    return kept.of(me.here.desk)


def _has_pages(me: Visitor) -> bool:
    """Whether the console has a page for each rule."""
    return any(getattr(one, "path", "") == "/data/rules/{rule}" for one in me.request.app.routes)
