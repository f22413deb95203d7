"""Screenings by API: a payment list is asked about before it is paid, and nothing of it stays."""

from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient

from service.access.caller import Bounds
from service.api import screenings
from service.desk import Desk
from service.work.worker import Worker
from tests.service import village
from tests.service.api_client import key_for
from tests.service.conftest import Office

SCREENINGS = "/api/v1/screenings"
PAYMENTS = {"table": "subsidy_payment"}


def payment(number: int, **said: Any) -> dict[str, Any]:
    """A payment of May to a person of the village, as a platform would send it: in clear."""
    row = {
        "payment_id": f"MAY{number:02d}", "programme_id": "PG01", "person_id": village.resident(number), "account_id": village.account(number),
        "account_name": village.NAMES[number % 12 - 1], "amount": "650.00", "paid_on": "2024-05-15", "period": "2024-05", "unit_id": village.TOWNSHIP,
        "area_id": village.VILLAGE, "kind": "regular",
    }  # fmt: skip
    return {**row, **said}


def ask(calling: TestClient, desk: Desk, rows: list[dict[str, Any]], role: str = "platform", **more: Any) -> dict[str, Any]:
    answer = calling.post(SCREENINGS, params={**PAYMENTS, **more}, json=rows, headers=key_for(desk, role))
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def rules_of(told: dict[str, Any], row: int, how: str = "rests") -> set[str]:
    """Rules of the findings that are told of a row."""
    rule = {one["signal"]: one["rule"] for one in told["findings"]}
    return {rule[name] for one in told["results"] if one["row"] == row for name in one[how]}


def test_a_payment_to_somebody_dead_is_found_before_it_is_made(calling: TestClient, desk: Desk) -> None:
    told = ask(calling, desk, [payment(1), payment(7)])
    assert "paid_after_death" in rules_of(told, 0) and "paid_after_death" not in rules_of(told, 1)
    finding = next(one for one in told["findings"] if one["rule"] == "paid_after_death")
    assert "MAY01" in finding["evidence"]["subsidy_payment"] and finding["sentence"] and finding["known"]
    about = told["rules"]["paid_after_death"]
    assert about["why"] and about["basis"][0]["name"] and about["thresholds"][0]["value"] is not None and about["verify"]
    assert told["judged"] == told["rows"] == 2 and told["notice"]


def test_nothing_of_it_stays(calling: TestClient, desk: Desk) -> None:
    before = desk.lake.state()
    first = ask(calling, desk, [payment(1)])
    assert ask(calling, desk, [payment(1)]) == first and desk.lake.state() == before


def test_people_are_pseudonyms_for_platforms_and_masked_for_others(calling: TestClient, desk: Desk) -> None:
    told = ask(calling, desk, [payment(1)])
    assert village.resident(1) not in str(told) and village.NAMES[0] not in str(told)
    assert all(one["subject_id"].startswith("rid_") for one in told["findings"] if one["subject_kind"] == "person")


def test_a_bad_row_is_told_and_the_others_are_judged(calling: TestClient, desk: Desk) -> None:
    rows = [payment(2, amount="many"), payment(1), payment(1, amount="1.00"), payment(3, paid_on=None, colour="red")]
    told = ask(calling, desk, rows)
    errors = {(one["row"], fault["field"], fault["code"]) for one in told["results"] for fault in one["errors"]}
    assert errors == {(0, "amount", "not_a_number"), (2, "payment_id", "duplicate_key"), (3, "paid_on", "missing")}
    assert "paid_after_death" in rules_of(told, 1) and told["judged"] == 1 and told["ignored"] == ["colour"]


def test_a_row_in_the_place_of_one_that_is_there_is_judged_instead(calling: TestClient, desk: Desk) -> None:
    def of_the_living(number: int) -> dict[str, Any]:
        return payment(7, payment_id=f"PAY01{number}", paid_on=f"{number}-15", period=str(number))

    stands = [f"2024-0{month}" for month in (2, 3, 4)]
    told = ask(calling, desk, [payment(7, payment_id=f"PAY01{month}", paid_on=f"{month}-15", period=month) for month in stands])
    assert not {one["rule"] for one in told["findings"]} & {"paid_after_death"}
    assert told["judged"] == 3


def test_who_is_not_known_is_not_clean(calling: TestClient, desk: Desk) -> None:
    told = ask(calling, desk, [payment(40)])
    blind = next(one["blind"] for one in told["results"] if one["row"] == 0)
    assert "paid_after_death" in {one["rule"] for one in blind}
    assert "person.death_known" in next(one["needs"] for one in blind if one["rule"] == "paid_after_death")


def test_rules_without_records_are_named(calling: TestClient, desk: Desk) -> None:
    told = ask(calling, desk, [payment(1)])
    codes = {one["rule"]: one["code"] for one in told["not_asked"]}
    assert codes and set(codes.values()) <= {"no_records", "no_baseline", "whole"} and not set(codes) & set(told["asked"])


def test_a_large_list_is_a_job_for_its_asker_alone(calling: TestClient, desk: Desk) -> None:
    mine = key_for(desk, "platform")
    rows = [payment(1), *({**payment(7), "payment_id": f"L{number}"} for number in range(screenings.AT_ONCE))]
    answer = calling.post(SCREENINGS, params=PAYMENTS, json=rows, headers=mine)
    where = answer.headers["Location"]
    assert (
        answer.status_code == 202
        and answer.json()["status"] == "queued"
        and where == f"{SCREENINGS}/{answer.json()['screening']}"
    )
    assert calling.get(where, headers=mine).json()["told"] is None
    Worker(desk).work_off()
    done = calling.get(where, headers=mine).json()
    assert done["status"] == "done" and "paid_after_death" in rules_of(done["told"], 0)
    assert calling.get(where, headers=key_for(desk, "platform")).status_code == 404


def test_an_answer_is_kept_when_that_is_asked(calling: TestClient, desk: Desk) -> None:
    mine = key_for(desk, "platform")
    answer = calling.post(SCREENINGS, params={**PAYMENTS, "keep": "true"}, json={"rows": [payment(1)]}, headers=mine)
    assert answer.status_code == 202
    cancelled = calling.post(answer.headers["Location"] + "/cancel", headers=mine)
    assert cancelled.status_code == 202 and cancelled.json()["status"] == "cancelled"


def test_as_of_is_honoured(calling: TestClient, desk: Desk) -> None:
    assert ask(calling, desk, [payment(1)], as_of="2025-01-31")["as_of"] == "2025-01-31"
    assert ask(calling, desk, [payment(1)])["as_of"] == desk.lake.horizon(desk.today).isoformat()


def test_what_cannot_be_screened_is_refused(calling: TestClient, desk: Desk) -> None:
    head = key_for(desk, "platform")

    def status(rows: Any, **params: str) -> int:
        return calling.post(SCREENINGS, params={**PAYMENTS, **params}, json=rows, headers=head).status_code

    assert status([payment(1)], table="no_such") == 404
    assert status([payment(1)], table="score_ring") == 404
    assert status([]) == 422 and status([1]) == 422 and status([payment(1)], as_of="soon") == 422
    bound = key_for(desk, "platform", Bounds(office_id="OF-JD01"))
    assert calling.post(SCREENINGS, params=PAYMENTS, json=[payment(1)], headers=bound).status_code == 403
    assert calling.post(SCREENINGS, params=PAYMENTS, json=[payment(1)], headers=key_for(desk, "auditor")).status_code == 403


def test_a_units_own_program_learns_nothing_about_the_unit(calling: TestClient, desk: Desk) -> None:
    bound = key_for(desk, "platform", Bounds(unit_id=village.TOWNSHIP))
    told = calling.post(SCREENINGS, params=PAYMENTS, json=[payment(1)], headers=bound).json()
    assert told["findings"] == [] and told["rules"] == {} and not any(one["rests"] for one in told["results"])
    elsewhere = key_for(desk, "platform", Bounds(area_id=village.COUNTY))
    assert calling.post(SCREENINGS, params=PAYMENTS, json=[payment(1)], headers=elsewhere).json()["findings"]


def test_records_that_came_in_meanwhile_are_regarded(kept: Office, desk: Desk, calling: TestClient, tmp_path: Path) -> None:
    ask(calling, desk, [payment(9)])
    kept.take_in({"person": [{**village.people()["person"][8], "died_on": "2024-01-02"}]}, name="later")
    told = ask(calling, desk, [payment(9)])
    assert told["records_behind"] or "paid_after_death" in rules_of(told, 0)
