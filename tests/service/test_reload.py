"""A new book of rules is taken without a pause, or refused whole while the old one goes on; what judged stays known."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from rules.starter import copied
from service.api.app import create_app
from service.desk import Desk
from service.pipeline import run
from service.running.book import Edition
from service.settings import SHIPPED_RULES
from service.store.event import Event
from tests.service import village
from tests.service.api_client import key_for
from tests.service.conftest import Office

SHIPPED = SHIPPED_RULES / "book" / "subsidy" / "paid_after_death.yml"
RELOAD = "/api/v1/rules/reload"


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """The office's own rule, on trial: it finds what a shipped one finds."""
    path = tmp_path / "own" / "book" / "subsidy" / "our_rule.yml"
    path.parent.mkdir(parents=True)
    path.write_text(copied(SHIPPED.read_text(encoding="utf-8"), "paid_after_death", "our_rule"), encoding="utf-8")
    say(path, "status: draft", "status: shadow")
    return path


@pytest.fixture
def desk(embedded: Office, own: Path) -> Iterator[Desk]:
    embedded.variables["GUANTONG_BOOK"] = str(own.parents[2])
    embedded.take_in(village.places(), village.people(), village.payments(), village.complaints())
    with embedded.desk() as desk:
        run(desk, village.AS_OF)
        yield desk


@pytest.fixture
def calling(desk: Desk) -> Iterator[TestClient]:
    with TestClient(create_app(desk)) as client:
        client.headers.update(key_for(desk, "data_team"))
        yield client


def say(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def hash_of(calling: TestClient) -> str:
    return str(calling.get("/api/v1/rules/our_rule").json()["hash"])


def test_a_new_version_is_taken_at_once_and_which_judged_when_stays_known(calling: TestClient, desk: Desk, own: Path) -> None:
    before = hash_of(calling)
    say(own, "SELECT", "SELECT  /* said otherwise */")
    say(own, "severity: high", "severity: low")
    assert hash_of(calling) == before, "nothing changes before it is asked for"
    told = calling.post(RELOAD).json()
    now = hash_of(calling)
    assert now != before
    assert told["changed"] == [{"rule": "our_rule", "before": before, "now": now}]
    run(desk, village.AS_OF)
    versions = calling.get("/api/v1/rules/our_rule/versions").json()
    assert [(one["hash"], one["first_run"], one["last_run"], one["current"]) for one in versions] == [
        (now, 2, 2, True), (before, 1, 1, False),
    ]  # fmt: skip
    assert versions[0]["runs"] == 1 and versions[0]["findings"] == 2
    with desk.store.look() as session:
        logged = session.scalars(select(Event).where(Event.kind == "rules.reloaded")).one()
        assert logged.actor.startswith("key:") and logged.body["rules"] == {"our_rule": [before, now]}


def test_a_faulty_book_is_refused_with_every_mistake_and_the_old_one_goes_on(calling: TestClient, desk: Desk, own: Path) -> None:
    before, book = hash_of(calling), desk.book_hash
    say(own, "severity: high", "severity: hihg")
    other = own.with_name("another_rule.yml")
    other.write_text("id: another_rule\n", encoding="utf-8")
    told = calling.post(RELOAD)
    assert told.status_code == 422 and told.json()["type"].endswith(":book_refused")
    places = {Path(error["where"].rpartition(":")[0]).name for error in told.json()["errors"]}
    assert places == {"our_rule.yml", "another_rule.yml"}
    assert hash_of(calling) == before and desk.book_hash == book
    assert calling.get("/readyz").status_code == 204
    assert run(desk, village.AS_OF).failed == {}


def test_a_live_rule_changed_unsaid_is_refused_too(calling: TestClient, own: Path) -> None:
    say(own, "status: shadow", "status: live")
    (own.parents[2] / "lock.yml").write_text("rules: {our_rule: {hash: '0000', changes: 99}}\n", encoding="utf-8")
    assert calling.post(RELOAD).status_code == 422


def test_another_process_follows_what_was_published_and_no_faulty_file(desk: Desk, own: Path, tmp_path: Path) -> None:
    worker = Desk(desk.settings, desk.clock)
    follower, asker = Edition(worker), Edition(desk)
    before = worker.book.indicators["our_rule"].hash
    say(own, "severity: high", "severity: low")
    follower.follow()
    assert worker.book.indicators["our_rule"].hash == before, "edited is not published"
    asker.reload("test")
    pinned = worker.pinned()
    follower.follow()
    assert worker.book.indicators["our_rule"].hash == desk.book.indicators["our_rule"].hash != before
    assert pinned.book.indicators["our_rule"].hash == before, "what goes on keeps the book it began with"
    worker.store.close()


def test_a_rule_on_trial_is_compared_with_the_live_ones_and_opens_no_alert(calling: TestClient, desk: Desk) -> None:
    told = calling.get("/api/v1/rules/our_rule/shadow").json()
    assert (told["findings"], told["subjects"], told["new"]) == (2, 2, 2)
    assert {"rule": "paid_after_death", "common": 2} in told["beside"] and told["alone"] == 0
    assert village.resident(1) not in str(told) and "rid_" not in str(told)
    run(desk, village.AS_OF)
    assert calling.get("/api/v1/rules/our_rule/shadow").json()["new"] == 0
    assert calling.get("/api/v1/rules/paid_after_death/shadow").status_code == 404
    assert calling.get("/api/v1/alerts?rule=our_rule").json()["alerts"] == []


def test_who_may_not_reload_cannot(calling: TestClient, desk: Desk) -> None:
    assert calling.post(RELOAD, headers=key_for(desk, "leader")).status_code == 403
