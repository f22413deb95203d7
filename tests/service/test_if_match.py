"""If-Match: a write upon something that was read says which version was seen, in one way wherever it can be done."""

from typing import Any

from fastapi.testclient import TestClient

from docs.api import described
from service.access.caller import Bounds
from service.desk import Desk
from tests.service.api_client import V1, as_seen, key_for
from tests.service.test_loop_api import TASK


def taken(operation: dict[str, Any], document: dict[str, Any]) -> set[str]:
    """The fields of a write's body."""
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    name = content.get("schema", {}).get("$ref", "").rpartition("/")[2]
    return set(document["components"]["schemas"][name].get("properties", {})) if name else set()


def test_no_write_takes_a_version_in_its_body_and_whichever_takes_if_match_says_how_it_refuses() -> None:
    document = described()
    matching = set()
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            assert "version" not in taken(operation, document), f"{method} {path}"
            if any(one["name"] == "if-match" for one in operation.get("parameters", [])):
                matching.add(path)
                assert {"412", "428"} <= set(operation["responses"]), f"{method} {path}"
    steps = {"decision", "report", "urges", "sending", "lifting", "completion", "gift", "result", "acknowledgement", "verdicts"}
    assert steps <= {path.rpartition("/")[2] for path in matching}


def test_what_was_read_is_changed_by_its_tag_and_by_no_older_one(calling: TestClient, desk: Desk) -> None:
    head, deputy = (key_for(desk, "office_head", Bounds(office_id="OF-JD01")) for _ in range(2))
    made = calling.post(f"{V1}/supervision-tasks", headers=head, json={**TASK, "office": "OF-JD01"})
    path = f"{V1}/supervision-tasks/{made.json()['task']}"
    read = calling.get(path, headers=head)
    assert read.headers["ETag"] == made.headers["ETag"] and read.headers["ETag"].startswith('"1-')

    def report(tag: str | None, key: str) -> tuple[int, str]:
        wanted = {**head, "Idempotency-Key": key, **({"If-Match": tag} if tag else {})}
        answer = calling.post(f"{path}/report", headers=wanted, json={"said": "核对了八个村"})
        return answer.status_code, str(answer.headers.get("ETag") or answer.json()["type"].rpartition(":")[2])

    assert report(None, "one") == (428, "if_match")
    assert report("1", "one") == (412, "changed"), "no tag of ours"
    assert report(as_seen(2), "one") == (412, "changed")
    status, later = report(read.headers["ETag"], "one")
    assert status == 200 and later.startswith('"2-'), "a key whose write was refused is free again"
    assert report(read.headers["ETag"], "one") == (200, later), "and tells its answer once more when it was done"
    assert report(read.headers["ETag"], "two") == (412, "changed")
    done = calling.post(f"{path}/decision", headers={**deputy, "If-Match": f"W/{later}"}, json={"good": True})
    assert done.json()["status"] == "closed"
