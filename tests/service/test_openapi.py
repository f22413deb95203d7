"""The API as its own description says: nothing undocumented, whoever calls and whatever they send."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance, status_code_conformance

from docs.api import described
from service.access.role import roles
from service.api.app import create_app
from service.desk import Desk
from service.store.alert import Alert
from tests.service.api_client import kept_office, key_for
from tests.service.conftest import Office

EXAMPLES = int(os.environ.get("GUANTONG_API_EXAMPLES", "4"))
"""Requests to each operation by each role; raise it to search for longer."""
ENDLESS = {"/api/v1/events/stream"}
"""Answers that do not end are tested where they are made (test_api_events)."""
CHECKS = [schemathesis.checks.not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    found = kept_office(tmp_path_factory.mktemp("openapi"))
    found.variables["GUANTONG_RATE"] = "0"
    return found


@pytest.fixture(scope="module")
def desk(office: Office) -> Iterator[Desk]:
    with office.desk() as opened:
        yield opened


@pytest.fixture(scope="module")
def schema(desk: Desk) -> schemathesis.BaseSchema:
    return schemathesis.openapi.from_asgi("/api/v1/openapi.json", create_app(desk))


def test_every_operation_has_a_manual_and_says_how_it_refuses() -> None:
    for path, operations in described()["paths"].items():
        for method, operation in operations.items():
            assert len(operation.get("description", "")) > 10, f"{method} {path}"
            refusals = [status for status in operation["responses"] if status >= "400"]
            assert refusals or not path.startswith("/api"), f"{method} {path}"
            for status in refusals:
                assert "application/problem+json" in operation["responses"][status].get("content", {}), (
                    f"{method} {path} {status}"
                )


@pytest.mark.slow
@pytest.mark.parametrize("role", [*sorted(roles()), None])
def test_whatever_is_sent_by_whomever_is_answered_as_described(
    role: str | None, schema: schemathesis.BaseSchema, desk: Desk
) -> None:
    head = key_for(desk, role) if role is not None else {}
    with desk.store.look() as session:
        real = {
            "alert": [one for (one,) in session.query(Alert.fingerprint).limit(3)],
            "rule": ["paid_after_death"],
            "table": ["subsidy_payment"],
        }
    failures = []
    for found in schema.get_all_operations():
        operation = found.ok()
        if operation.path in ENDLESS:
            continue

        @settings(
            max_examples=EXAMPLES, deadline=None, derandomize=True, database=None, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(case=operation.as_strategy(), which=st.integers(0, 5))
        def answered(case: Any, which: int) -> None:
            for name, ids in real.items():
                if name in (case.path_parameters or {}) and which < len(ids):
                    case.path_parameters[name] = ids[which]
            case.call_and_validate(headers=head, checks=CHECKS, timeout=300)

        try:
            answered()
        except schemathesis.core.failures.FailureGroup as failure:
            failures.append(f"{operation.method} {operation.path}: {failure.exceptions}")
    assert not failures, "\n".join(failures)
