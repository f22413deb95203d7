"""What the forms of a case file's page do: form -> one act of service.casework, with what was filled in."""

from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session

from service.casework import (
    above,
    consulting,
    disposing,
    distributing,
    drafting,
    extending,
    group,
    joining,
    leads,
    opening,
    recusing,
    transferring,
)
from service.casework import verifying as checking
from service.casework.seat import Seat
from service.casework.ways import WHATS
from service.console.casework_filled import Filled

Act = Callable[[Session, Seat, int, int, Filled], Any]


def _distribute(session: Session, me: Seat, case: int, version: int, form: Filled) -> None:
    order = distributing.Order(
        form.text("mode"), form.text("office"), form.maybe("handler"), form.text("demand"), form.number("days")
    )
    distributing.distribute(session, me.acting, case, version, order)


def _verify(session: Session, me: Seat, case: int, version: int, form: Filled) -> None:
    said = checking.Checked(
        form.text("checked"),
        form.text("result"),
        form.text("finding"),
        form.day("checked_on"),
        form.records(),
        form.many("present"),
    )
    checking.verify(session, me.acting, case, version, said)


def _draft(session: Session, me: Seat, case: int, version: int, form: Filled) -> None:
    said = drafting.Problem(form.text("problem"), form.text("facts"), form.text("basis"), form.money("amount"))
    drafting.draft(session, me.acting, case, version, said)


def _consult(session: Session, me: Seat, case: int, version: int, form: Filled) -> None:
    asked = consulting.Questions(form.text("on_law"), form.text("on_evidence"), form.many("participant"))
    consulting.consult(session, me.acting, case, version, asked)


def _sign(session: Session, me: Seat, case: int, version: int, form: Filled) -> None:
    said = consulting.Said(form.text("on_law"), form.text("on_evidence"), form.text("advice"))
    consulting.sign(session, me.acting, case, version, said)


def _propose(session: Session, me: Seat, case: int, version: int, form: Filled) -> None:
    said = disposing.Opinion(form.text("way"), form.text("opinion"), form.text("plan"), form.maybe("manner"))
    disposing.propose(session, me.acting, case, version, said)


def _recuse(session: Session, me: Seat, case: int, version: int, form: Filled) -> None:
    recusing.recuse(session, me.acting, case, version, form.text("who"), form.text("ground"), form.text("reason"))


def _group(session: Session, me: Seat, case: int, version: int, form: Filled) -> None:
    if form.maybe("helper"):
        group.let_go(session, me.acting, case, version, form.number("helper"))
    else:
        group.call_in(session, me.acting, case, version, form.number("expert"), form.text("skill"))


ACTS: dict[str, Act] = {
    "distribute": _distribute,
    "acknowledge": lambda s, me, case, version, form: distributing.acknowledge(s, me.acting, case, version),
    "decline": lambda s, me, case, version, form: distributing.decline(s, me.acting, case, version, form.text("reason")),
    "urge": lambda s, me, case, version, form: distributing.urge(
        s, me.acting, case, version, form.text("demand"), form.number("days")
    ),
    "verify": _verify,
    "close_unfounded": lambda s, me, case, version, form: checking.close_unfounded(
        s, me.acting, case, version, form.text("reason")
    ),
    "draft": _draft,
    "settle": lambda s, me, case, version, form: drafting.settle(s, me.acting, case, version, form.text("reason")),
    "consult": _consult,
    "sign": _sign,
    "decide": lambda s, me, case, version, form: consulting.decide(
        s, me.acting, case, version, form.text("decision"), form.text("reason")
    ),
    "sheet": lambda s, me, case, version, form: leads.write_sheet(
        s, me.acting, me.ways, case, version, {one: form.text(one) for one in WHATS}
    ),
    "propose": _propose,
    "dispose": lambda s, me, case, version, form: disposing.decide(
        s, me.acting, me.ways, case, version, agree=form.yes("agree"), reason=form.text("reason")
    ),
    "ask": lambda s, me, case, version, form: disposing.ask(s, me.acting, case, version, form.day("on")),
    "answer": lambda s, me, case, version, form: disposing.answer(
        s, me.acting, case, version, form.day("on"), countersigned=form.yes("countersigned")
    ),
    "report": lambda s, me, case, version, form: disposing.report(
        s, me.acting, case, version, form.text("result"), form.text("report")
    ),
    "accept": lambda s, me, case, version, form: disposing.accept(
        s, me.acting, me.ways, case, version, agree=form.yes("agree"), reason=form.text("reason")
    ),
    "ask_extension": lambda s, me, case, version, form: extending.ask_extension(
        s, me.acting, case, version, form.number("limit"), form.day("due_on"), form.text("reason")
    ),
    "decide_extension": lambda s, me, case, version, form: extending.decide_extension(
        s, me.acting, case, version, form.number("extension"), grant=form.yes("agree"), reason=form.text("reason")
    ),
    "transfer": lambda s, me, case, version, form: transferring.transfer(
        s, me.acting, case, version, form.text("office"), form.text("reason")
    ),
    "answer_transfer": lambda s, me, case, version, form: transferring.answer_transfer(
        s, me.acting, case, version, take=form.yes("agree"), reason=form.text("reason")
    ),
    "answer_joining": lambda s, me, case, version, form: joining.answer_joining(
        s, me.acting, case, version, form.number("asking"), take=form.yes("agree"), reason=form.text("reason")
    ),
    "recuse": _recuse,
    "decide_recusal": lambda s, me, case, version, form: recusing.decide_recusal(
        s, me.acting, case, version, form.number("recusal"), grant=form.yes("agree")
    ),
    "group": _group,
    "add_alert": lambda s, me, case, version, form: opening.add_alert(s, me.acting, case, version, form.text("alert")),
    "hand_above": lambda s, me, case, version, form: above.hand_above(s, me.acting, case, version, form.text("recipient")),
}
"""Each form of the page; service.casework.offered.FORMS says who is shown which."""
