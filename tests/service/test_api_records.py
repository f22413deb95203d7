"""Records by API: judged row by row, stored once however often they are sent, never in clear; files likewise."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select, update

from datasets.key import Key
from datasets.pushing import Push, take_pushes
from service.api.app import create_app
from service.api.files import in_memory
from service.api.idempotency import KEPT, LONGEST_WRITE, Going, Other, Told, Write, begin, end, give_up
from service.api.limits import Buckets, Limits
from service.api.pushed import MOST_ROWS
from service.api.retiring import retiring
from service.audit import verify
from service.desk import Desk
from service.pushing import KIND, Pushing
from service.store.event import Event
from service.store.idempotent import Answered
from tests.datasets.town import everything
from tests.service import village
from tests.service.api_client import client, key_for
from tests.service.conftest import NOW, Office

V1 = "/api/v1"
PAYMENTS = village.payments()["subsidy_payment"]
INTO = f"{V1}/records/subsidy_payment"


@pytest.fixture
def desk(embedded: Office) -> Iterator[Desk]:
    with embedded.desk() as desk:
        Key.from_file(desk.settings.key_file, create=True)  # as `guantong serve` does
        yield desk


@pytest.fixture
def calling(desk: Desk) -> Iterator[TestClient]:
    with client(desk) as calling:
        calling.headers.update(key_for(desk, "platform"))
        yield calling


def counts(answer: dict[str, Any]) -> tuple[int, int, int, int]:
    return answer["rows"], answer["accepted"], answer["duplicate"], answer["rejected"]


def test_rows_are_judged_one_by_one_and_what_is_wrong_is_told_by_row_and_field(calling: TestClient, desk: Desk) -> None:
    bad = [{**PAYMENTS[1], "amount": "很多"}, {**PAYMENTS[2], "paid_on": None, "kind": "other?"}]
    answer = calling.post(
        INTO, json=[PAYMENTS[0], *bad, {**PAYMENTS[3], "colour": "red"}], headers={"Accept-Language": "en"}
    ).json()
    assert counts(answer) == (4, 2, 0, 2)
    assert {(one["row"], one["field"], one["code"]) for one in answer["errors"]} == {
        (1, "amount", "not_a_number"), (2, "paid_on", "missing"), (2, "kind", "not_allowed"),
    }  # fmt: skip
    assert answer["errors"][0]["message"].isascii() and "很多" not in json.dumps(answer, ensure_ascii=False)
    assert (answer["ignored"], answer["more_errors"], answer["status"]) == (["colour"], 0, "taken")
    waiting = calling.get(f"{INTO}/rejects").json()
    assert (waiting["count"], waiting["rejects"][0]["batch"]) == (2, answer["batch"])
    with desk.tables() as (tables, _):
        assert tables.con.execute("SELECT count(*) FROM subsidy_payment").fetchall() == [(2,)]


def test_the_same_rows_again_are_here_already_in_whatever_form(calling: TestClient) -> None:
    first = calling.post(INTO, json=PAYMENTS).json()
    lines = "\n".join(json.dumps(one) for one in PAYMENTS)
    again = calling.post(INTO, content=lines, headers={"Content-Type": "application/x-ndjson"}).json()
    wrapped = calling.post(INTO, json={"rows": PAYMENTS}).json()
    assert again == wrapped == {**first, "status": "already_here", "accepted": 0, "duplicate": len(PAYMENTS)}


def test_rows_that_a_file_brought_are_duplicates(embedded: Office, calling: TestClient) -> None:
    embedded.take_in(village.payments())
    new = {**PAYMENTS[0], "payment_id": "NEW"}
    assert counts(calling.post(INTO, json=[*PAYMENTS, new]).json()) == (len(PAYMENTS) + 1, 1, len(PAYMENTS), 0)


def test_a_number_is_taken_as_it_was_written(calling: TestClient, desk: Desk) -> None:
    body = (
        json.dumps([PAYMENTS[0]]).replace("650.0", "650.10").replace(f'"{PAYMENTS[0]["account_id"]}"', PAYMENTS[0]["account_id"])
    )
    assert calling.post(INTO, content=body, headers={"Content-Type": "application/json"}).json()["accepted"] == 1
    with desk.tables() as (tables, _):
        ((amount, account),) = tables.con.execute("SELECT amount::VARCHAR, account_id FROM subsidy_payment").fetchall()
    assert amount == "650.10" and list(desk.secrets([account]).values()) == [PAYMENTS[0]["account_id"]]


def test_nothing_pushed_is_in_clear_in_the_lake_the_database_or_a_kept_answer(calling: TestClient, desk: Desk) -> None:
    bad = {**PAYMENTS[1], "payment_id": "BAD", "amount": "?", "account_name": "上官婉儿"}
    for _ in range(2):
        calling.post(INTO, json=[*PAYMENTS, bad], headers={"Idempotency-Key": "k"}).raise_for_status()
    with desk.tables():
        found = everything(desk.settings.home)
    secrets = {str(PAYMENTS[0][name]) for name in ("person_id", "account_id", "account_name")} | {"上官婉儿"}
    assert [one for one in secrets if one.encode() in found] == []


def test_too_much_is_refused_with_the_limit(calling: TestClient) -> None:
    answer = calling.post(
        INTO, json=[{"payment_id": str(number)} for number in range(MOST_ROWS + 1)], headers={"Accept-Language": "en"}
    )
    assert (answer.status_code, answer.json()["type"]) == (413, "urn:guantong:problem:too_many_rows")
    assert str(MOST_ROWS) in answer.json()["detail"]
    head = {"Content-Type": "application/json", "Idempotency-Key": "k"}
    assert calling.post(INTO, content=b" " * ((16 << 20) + 1), headers=head).status_code == 413
    for headers in (head, {"Content-Type": "application/json"}):  # one that does not say its length
        answer = calling.post(INTO, content=iter([b" " * (1 << 20)] * 17), headers=headers)
        assert (answer.status_code, answer.json()["type"]) == (413, "urn:guantong:problem:too_large")


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ("[1, {}]", [("/0", "object")]),
        ('[{"a": {}}, {"b/c": []}]', [("/0/a", "nested"), ("/1/b~1c", "nested")]),
        ('[{"name": "\\ud800"}]', [("/0/name", "half")]),
        ("{}", [("", "array")]),
        ("[{]", [("", "json")]),
        ("[" * 100_000, [("", "json")]),
        (b"\xff\xfe[", [("", "json")]),
    ],
)
def test_what_are_no_rows_is_refused_whole_with_its_places(
    calling: TestClient, body: str | bytes, errors: list[tuple[str, str]]
) -> None:
    answer = calling.post(INTO, content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:guantong:problem:rows")
    assert [(one["where"], one["code"]) for one in answer.json()["errors"]] == errors


def test_lines_that_are_no_json_are_told_by_their_number(calling: TestClient) -> None:
    answer = calling.post(INTO, content='{}\n\n{"a": 1\n{}', headers={"Content-Type": "application/x-ndjson"})
    assert [(one["where"], one["code"]) for one in answer.json()["errors"]] == [("/2", "json")]
    assert calling.post(INTO, content="a,b", headers={"Content-Type": "text/csv"}).status_code == 415


def test_nothing_and_empty_rows_are_answered_too(calling: TestClient) -> None:
    assert counts(calling.post(INTO, json=[]).json()) == (0, 0, 0, 0)
    answer = calling.post(INTO, json=[{}, {"colour": "red"}]).json()
    assert counts(answer) == (2, 0, 0, 2) and {one["code"] for one in answer["errors"]} == {"missing"}


def test_only_tables_that_come_from_outside_take_records_and_only_from_who_may(calling: TestClient, desk: Desk) -> None:
    for table in ("nothing", "signal", "verdict", "score_ring"):
        assert calling.post(f"{V1}/records/{table}", json=[]).status_code == 404
    head = key_for(desk, "leader")
    assert calling.post(INTO, json=PAYMENTS, headers=head).status_code == 403
    assert calling.post(INTO, json=PAYMENTS, headers={"Authorization": "Bearer gt_x_y"}).status_code == 401


def test_what_may_not_be_entered_is_counted_and_nothing_of_it_kept(calling: TestClient, desk: Desk) -> None:
    ticket = {
        **village.complaints()["ticket"][0],
        "regime": "accusation",
        "title": "举报县委书记",
        "body": "县委书记欧阳某收受礼金",
    }
    answer = calling.post(f"{V1}/records/ticket", json=[ticket, village.complaints()["ticket"][1]]).json()
    assert (counts(answer), answer["diverted"], answer["errors"]) == ((2, 1, 0, 1), 1, [])
    assert "礼金".encode() not in everything(desk.settings.home)


def test_pushes_at_once_are_each_answered_and_each_on_record_once(calling: TestClient, desk: Desk) -> None:
    answers: list[dict[str, Any]] = []

    def push(number: int) -> None:
        for part in range(3):
            rows = [{**one, "payment_id": f"{number}-{part}-{one['payment_id']}"} for one in PAYMENTS]
            answers.append(calling.post(INTO, json=rows).json())

    threads = [threading.Thread(target=push, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [counts(one) for one in answers] == [(len(PAYMENTS), len(PAYMENTS), 0, 0)] * 18
    (batch,) = desk.lake.living("subsidy_payment")
    assert batch.version < 18, "those that waited were stored together"
    assert sorted(one["push"] for one in answers) == sorted(one.push for one in batch.pushes) == on_record(desk)


def on_record(desk: Desk) -> list[str]:
    with desk.store.look() as session:
        assert desk.key is not None
        assert verify(session, desk.key.derived("audit"), []) == []
        return sorted(body["push"] for body in session.scalars(select(Event.body).where(Event.kind == KIND)))


def test_a_push_that_a_kill_kept_from_the_log_is_put_there_by_the_next(calling: TestClient, desk: Desk) -> None:
    calling.post(INTO, json=PAYMENTS[:5]).raise_for_status()
    assert desk.key is not None
    rows = pa.table(
        {name: [str(one[name]) for one in PAYMENTS[5:9]] for name in PAYMENTS[0] if name not in ("approver_id", "area_id")}
    )
    (lost,), _ = take_pushes(desk.lake, desk.key, "subsidy_payment", [Push(rows, "key:lost")])
    assert lost.push not in on_record(desk)
    again = Pushing(desk).push("subsidy_payment", Push(rows, "key:lost"))
    assert again.here_already and lost.push in on_record(desk)
    calling.post(INTO, json=PAYMENTS[9:12]).raise_for_status()
    assert len(on_record(desk)) == len(set(on_record(desk))) == 3


def test_a_write_with_its_key_is_done_once_and_answered_as_before(calling: TestClient) -> None:
    head = {"Idempotency-Key": "a1"}
    first = calling.post(INTO, json=PAYMENTS[:3], headers=head)
    again = calling.post(INTO, json=PAYMENTS[:3], headers=head)
    assert first.json()["accepted"] == 3 and again.content == first.content
    assert (again.headers["Idempotent-Replay"], first.headers.get("Idempotent-Replay")) == ("true", None)
    other = calling.post(INTO, json=PAYMENTS[:4], headers=head)
    assert (other.status_code, other.json()["type"]) == (422, "urn:guantong:problem:key_other")
    assert calling.post(INTO, json=PAYMENTS[:3], headers={"Idempotency-Key": "two words"}).status_code == 422


def test_a_key_belongs_to_its_caller_and_a_refusal_of_the_moment_is_not_kept(calling: TestClient, desk: Desk) -> None:
    head = {"Idempotency-Key": "a1"}
    calling.post(INTO, json=PAYMENTS[:3], headers=head).raise_for_status()
    mine = calling.post(INTO, json=PAYMENTS[:2], headers={**head, **key_for(desk, "data_team")})
    assert mine.json()["duplicate"] == 2
    leader = {**head, **key_for(desk, "leader")}
    assert [calling.post(INTO, json=[], headers=leader).headers.get("Idempotent-Replay") for _ in range(2)] == [None, None]


WRITE = Write.of("key:a", "k1", "POST", b"/x?", b"body")


def test_of_two_who_send_the_same_write_one_does_it(office: Office) -> None:
    with office.desk() as desk:
        assert begin(desk, WRITE, ()) is None
        with pytest.raises(Going):
            begin(desk, WRITE, {WRITE})
        with pytest.raises(Other):
            begin(desk, Write.of("key:a", "k1", "POST", b"/x?", b"other"), {WRITE})
        assert begin(desk, Write.of("key:b", "k1", "POST", b"/x?", b"other"), ()) is None, "another caller's key is another key"
        end(desk, WRITE, Told(201, {"location": "/x/1", "x-request-id": "1"}, b"made"))
        assert begin(desk, WRITE, ()) == Told(201, {"location": "/x/1"}, b"made")
        give_up(desk, WRITE)
        assert begin(desk, WRITE, ()) == Told(201, {"location": "/x/1"}, b"made"), "what was answered is not taken back"


DIES = """
import os, signal
from datetime import UTC, datetime
from service.api.idempotency import Write, begin
from service.desk import Desk
from service.settings import Settings
with Desk(Settings.from_environment(), clock=lambda: datetime(2026, 1, 5, 9, 30, tzinfo=UTC)) as desk:
    begin(desk, Write.of("key:a", "k1", "POST", b"/x?", b"body"), ())
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_write_whose_process_was_killed_is_done_by_whoever_sends_it_again(office: Office) -> None:
    with office.desk() as desk:
        desk.store  # noqa: B018 - the tables are there before the child comes
        root = Path(__file__).parents[2]
        environment = {**os.environ, **office.variables, "PYTHONPATH": str(root)}
        assert subprocess.run([sys.executable, "-c", DIES], env=environment, cwd=root, check=False).returncode == -signal.SIGKILL
        with desk.store.look() as session:
            assert session.scalars(select(Answered.status)).all() == [0]
        assert begin(desk, WRITE, ()) is None


def test_a_write_of_another_machine_is_given_up_after_a_while(office: Office) -> None:
    with office.desk() as desk:
        assert begin(desk, WRITE, ()) is None
        with desk.store.change() as session:
            session.execute(update(Answered).values(headers={"host": "elsewhere", "pid": 1, "started": "0"}))
        with pytest.raises(Going):
            begin(desk, WRITE, ())
        later = NOW + LONGEST_WRITE
        desk.clock = lambda: later
        assert begin(desk, WRITE, ()) is None


def test_answers_are_let_go_after_two_days(office: Office) -> None:
    with office.desk() as desk:
        begin(desk, WRITE, ())
        end(desk, WRITE, Told(200, {}, b"secret answer"))
        with desk.store.look() as session:
            assert b"secret" not in (session.scalars(select(Answered.body)).one() or b"")
        later = NOW + KEPT * 1.01
        desk.clock = lambda: later
        assert begin(desk, WRITE, ()) is None


def test_who_asks_too_often_is_told_when_to_come_again(desk: Desk) -> None:
    now = [0.0]
    buckets = Buckets(rate=2, burst=3, clock=lambda: now[0])
    assert [buckets.take("a")[0] for _ in range(4)] == [2, 1, 0, -1]
    assert buckets.take("b")[0] == 2, "everybody has a bucket of their own"
    now[0] = 0.5
    assert buckets.take("a") == (0, 0.5) and buckets.take("a")[0] == -1
    now[0] = 100
    assert buckets.take("a")[0] == 2, "it holds no more than it holds"
    with TestClient(Limits(create_app(desk), Buckets(rate=0.5, burst=2, clock=lambda: now[0]))) as calling:
        head = key_for(desk, "leader")
        answers = [calling.get(f"{V1}/rules/none", headers=head) for _ in range(3)]
        assert [one.status_code for one in answers] == [404, 404, 429]
        assert (
            answers[0].headers["RateLimit"] == '"caller";r=1;t=0' and answers[0].headers["RateLimit-Policy"] == '"caller";q=2;w=4'
        )
        assert (answers[2].headers["Retry-After"], answers[2].json()["type"]) == ("2", "urn:guantong:problem:too_often")
        assert calling.get(f"{V1}/rules/none", headers=key_for(desk, "leader")).status_code == 404
        assert calling.get("/livez").status_code == 204


def test_an_address_that_is_retired_says_since_when_until_when_and_what_replaces_it() -> None:
    from datetime import date

    from fastapi import FastAPI

    def nothing() -> None:
        return None

    app = FastAPI()
    app.get("/old", dependencies=[retiring(date(2026, 1, 1), "/api/v2/new")])(nothing)
    with TestClient(app) as calling:
        told = calling.get("/old").headers
    assert told["Deprecation"] == "@1767225600" and told["Sunset"] == "Fri, 01 Jan 2027 00:00:00 GMT"
    assert told["Link"] == '</api/v2/new>; rel="successor-version"'
    with pytest.raises(ValueError, match="a year"):
        retiring(date(2026, 1, 1), "/x", until=date(2026, 6, 1))


def test_a_file_lands_where_import_would_put_it(calling: TestClient, embedded: Office, tmp_path: Path, desk: Desk) -> None:
    folder = village.write(tmp_path / "files", village.places(), village.payments())
    sent = [("file", (path.name, path.read_bytes())) for path in sorted(folder.iterdir())]
    answer = calling.post(f"{V1}/files", files=sent).json()
    assert (answer["rejected"], answer["unmatched"], answer["accepted"]) == (0, [], 4 + 4 + 4 + 4 + 1 + len(PAYMENTS))
    batches = {batch.batch_id for batch in desk.lake.living()}
    embedded.take_in(village.places(), village.payments(), name="again")
    assert {batch.batch_id for batch in desk.lake.living()} == batches, "the command finds that it has them"
    again = calling.post(f"{V1}/files", files=sent).json()
    assert {part["status"] for file in again["files"] for part in file["parts"]} == {"already_here"}


def test_what_is_no_form_with_files_is_refused(calling: TestClient) -> None:
    assert calling.post(f"{V1}/files", json=[]).status_code == 415
    assert calling.post(f"{V1}/files", data={"file": "text"}, files=[]).status_code == 415
    assert calling.post(f"{V1}/files", files=[("other", (None, b"text"))]).status_code == 422
    broken = calling.post(f"{V1}/files", content=b"--x\r\n", headers={"Content-Type": "multipart/form-data; boundary=x"})
    assert broken.status_code == 422
    unknown = calling.post(f"{V1}/files", files=[("file", ("../../../etc/照片.jpg", b"\xff\xd8"))]).json()
    assert unknown["unmatched"] == ["照片.jpg"]


def test_an_uploaded_file_is_in_memory_only_and_gone_with_the_process(tmp_path: Path) -> None:
    with in_memory([("名单.csv", b"320612196503071234")]) as (path,):
        assert path.is_file() and path.read_bytes() == b"320612196503071234"
        assert path.is_symlink() and path.readlink().is_relative_to("/proc")
        on_disk = [one for one in path.parent.parent.rglob("*") if one.is_file() and not one.is_symlink()]
        assert on_disk == []
    assert not path.parent.parent.exists()


def test_the_manual_says_what_every_write_takes_and_may_be_told(calling: TestClient) -> None:
    document = calling.get(f"{V1}/openapi.json").json()
    writes = [
        operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if path.startswith(V1) and method in ("post", "put", "patch", "delete")
    ]
    assert len(writes) > 5
    for one in writes:
        assert "Idempotency-Key" in {parameter["name"] for parameter in one["parameters"]}
        assert {"409", "413", "422", "429", "503"} <= set(one["responses"])
