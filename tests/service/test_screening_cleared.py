"""Whoever was cleared is not flagged by a screening within what was cleared, and is beyond it: as in a run."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from fastapi.testclient import TestClient

from service.access.caller import Bounds
from service.casework.protecting import ask_clearing, decide_clearing, lift_clearing
from service.desk import Desk
from service.store.alert import Alert
from service.work.worker import Worker
from tests.service import village
from tests.service.api_client import client, key_for
from tests.service.conftest import Office
from tests.service.test_api_screenings import PAYMENTS, SCREENINGS, ask, payment
from tests.service.test_lasting_clearing import at, paid_after_death, scope

RULE = "paid_after_death"
AUGUST = {"payment_id": "AUG", "paid_on": "2024-08-15", "period": "2024-08"}


class Dead:
    """Somebody whose alert was closed as no problem, at an office that screens."""

    def __init__(self, desk: Desk, calling: TestClient) -> None:
        self.desk, self.calling = desk, calling
        before = ask(calling, desk, [payment(1), payment(2)])
        assert before["cleared"] == 0
        self.alert = paid_after_death(desk)
        with desk.store.look() as session:
            self.subject = session.get_one(Alert, self.alert).subject_id
        signal = next(one["signal"] for one in before["findings"] if (one["rule"], one["subject_id"]) == (RULE, self.subject))
        self.number = next(one["row"] + 1 for one in before["results"] if signal in one["rests"])

    def told(self, as_of: str | None = None, **said: Any) -> dict[str, Any]:
        """What is told of a payment of May, or of another one."""
        return ask(self.calling, self.desk, [payment(self.number, **said)], **({"as_of": as_of} if as_of else {}))

    def by_worker(self, *rows: dict[str, Any]) -> list[dict[str, Any]]:
        """What a worker tells of each row by itself."""
        mine, asked = key_for(self.desk, "platform"), {**PAYMENTS, "keep": "true"}
        where = [self.calling.post(SCREENINGS, params=asked, json=[row], headers=mine).headers["Location"] for row in rows]
        Worker(self.desk).work_off()
        return [self.calling.get(address, headers=mine).json()["told"] for address in where]

    def flagged(self, told: dict[str, Any]) -> bool:
        return (RULE, self.subject) in {(one["rule"], one["subject_id"]) for one in told["findings"]}

    def clear(self) -> int:
        """Protect them by two people for the records until the end of June."""
        with self.desk.store.change() as session:
            asked = ask_clearing(session, at(self.desk, "li"), self.alert, scope(self.desk, self.alert))
            number, version = asked.clearing_id, asked.version
        assert self.flagged(self.told()), "nothing is protected before the second person"
        with self.desk.store.change() as session:
            decide_clearing(session, at(self.desk, "head", "office_head"), number, version, agree=True, reason="")
        return number


@contextmanager
def dead(office: Office) -> Iterator[Dead]:
    with office.desk() as desk, client(desk) as calling:
        yield Dead(desk, calling)


def test_a_cleared_person_is_not_flagged_within_the_scope_and_is_beyond_it(office: Office) -> None:
    office.take_in(village.places(), village.people(), village.payments())
    office.run()
    with dead(office) as one:
        assert one.flagged(one.told()), "an alert closed as no problem covers what it was closed on, not a new payment"
        number = one.clear()
        told = one.told()
        assert not one.flagged(told) and told["cleared"] == 1 and "covered" not in told
        assert one.alert not in str(told) and "person:" not in str(told), "neither why nor who"
        assert one.flagged(one.told(**AUGUST)), "a payment after the records that were cleared"
        assert one.flagged(one.told(as_of="2027-06-01")), "a day on which the clearing is over"
        within, beyond = one.by_worker(payment(one.number), payment(one.number, **AUGUST))
        assert not one.flagged(within) and within["cleared"] == 1 and "covered" not in within
        assert one.flagged(beyond) and beyond["cleared"] == 0
        with one.desk.store.change() as session:
            lift_clearing(session, at(one.desk, "head", "office_head"), number, 2, "更正函系伪造")
        assert one.flagged(one.told())


def test_what_an_alert_was_closed_on_is_left_out_and_counted_for_whom_it_would_have_been_told(kept: Office) -> None:
    with dead(kept) as one:
        april = payment(one.number, payment_id=f"PAY{one.number:02d}2024-04", paid_on="2024-04-15", period="2024-04")
        again = {**april, "account_name": village.NAMES[one.number - 1]}
        told = ask(one.calling, one.desk, [again])
        assert not one.flagged(told) and told["cleared"] == 1
        assert one.flagged(ask(one.calling, one.desk, [{**again, "amount": "6500.00"}])), "more money than what was looked at"
        for bounds, cleared in ((Bounds(area_id=village.COUNTY), 1), (Bounds(unit_id=village.TOWNSHIP), 0)):
            answer = one.calling.post(SCREENINGS, params=PAYMENTS, json=[again], headers=key_for(one.desk, "platform", bounds))
            assert answer.json()["cleared"] == cleared and not one.flagged(answer.json())
