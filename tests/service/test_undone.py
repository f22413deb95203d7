"""What breaks down half way is undone and told: to everybody who waited for it, and the key of the write is free again."""

from concurrent.futures import Future
from threading import Barrier, Thread

import pyarrow as pa
import pytest
from fastapi.testclient import TestClient
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from datasets.pushing import Push, Taken
from service.api.writes import Writes
from service.desk import Desk
from service.pushing import Group, Pushing
from tests.service.api_client import key_for

MANY = 6


def test_pushes_that_cannot_be_stored_are_refused_to_each_who_waits_for_them(desk: Desk) -> None:
    pushing, ready, told = Pushing(desk), Barrier(MANY), []

    def push(number: int) -> None:
        ready.wait()
        with pytest.raises(KeyError, match="no_such_table"):
            pushing.push("no_such_table", Push(pa.table({"one": [str(number)]}), "key:x"))
        told.append(number)

    threads = [Thread(target=push, args=(number,)) for number in range(MANY)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(30)
    assert sorted(told) == list(range(MANY)), "nobody is left waiting"


def test_a_group_of_pushes_shares_what_went_wrong() -> None:
    futures: list[Future[Taken]] = [Future(), Future()]
    group = Group([(Push(pa.table({"one": ["1"]}), "key:x"), future) for future in futures])
    with pytest.raises(OSError, match="disk"), group as pushes:
        assert len(pushes) == 2
        raise OSError("the disk is full")
    assert [str(one.exception(0)) for one in futures] == ["the disk is full"] * 2


def test_a_write_that_broke_down_leaves_its_key_free(desk: Desk) -> None:
    called: list[str] = []

    async def door(scope: Scope, receive: Receive, send: Send) -> None:
        called.append(scope["path"])
        if len(called) == 1:
            raise RuntimeError("it broke down")
        await PlainTextResponse("done")(scope, receive, send)

    calling = TestClient(Writes(door, desk), raise_server_exceptions=False)
    head = {**key_for(desk, "platform"), "Idempotency-Key": "once"}
    statuses = [calling.post("/api/v1/anything", headers=head).status_code for _ in range(3)]
    assert statuses == [500, 200, 200] and len(called) == 2, "done at the second try, told once more at the third"
