"""Evidence, coverage and reference data by API."""

import re

import jsonschema
import pytest
from fastapi.testclient import TestClient

from service.access.caller import Bounds
from service.desk import Desk
from tests.service.api_client import key_for

V1 = "/api/v1"
MASKED = re.compile(r"[\u4e00-\u9fff]\*|\*{3}")


def test_evidence_leads_to_file_and_row_and_names_nobody_to_a_platform(calling: TestClient, desk: Desk) -> None:
    leader, platform = key_for(desk, "leader"), key_for(desk, "platform")
    alert = next(one for one in calling.get(f"{V1}/alerts", headers=leader).json()["alerts"] if one["subject_kind"] == "person")
    where = f"{V1}/alerts/{alert['alert']}/evidence"
    proofs = calling.get(where, headers=leader).json()
    assert {one["rule"] for one in proofs} == set(alert["rules"]) and all(len(one["rule_hash"]) >= 8 for one in proofs)
    rows = [row for one in proofs for table in one["tables"] for row in table["rows"]]
    assert rows and all(":" in row["source"] for row in rows)
    assert MASKED.search(str(rows))
    told = calling.get(where, headers=platform).text
    assert not MASKED.search(told) and "rid_" in told


def test_evidence_of_one_rule_and_of_few_rows_says_what_it_leaves_out(calling: TestClient, desk: Desk) -> None:
    leader = key_for(desk, "leader")
    listed = calling.get(f"{V1}/alerts", headers=leader).json()["alerts"]
    seen_left_out = False
    for alert in listed:
        for rule in alert["rules"]:
            one_row = calling.get(
                f"{V1}/alerts/{alert['alert']}/evidence", headers=leader, params={"rule": rule, "limit": 1}
            ).json()
            all_rows = calling.get(f"{V1}/alerts/{alert['alert']}/evidence", headers=leader, params={"rule": rule}).json()
            assert one_row and {proof["rule"] for proof in one_row} == {rule}
            for few, every in zip(one_row, all_rows, strict=True):
                for short, whole in zip(few["tables"], every["tables"], strict=True):
                    assert len(short["rows"]) <= 1 and short["left_out"] == len(whole["rows"]) - len(short["rows"])
                    seen_left_out |= short["left_out"] > 0
    assert seen_left_out


def test_evidence_of_anothers_alert_is_not_there(calling: TestClient, desk: Desk) -> None:
    alert = calling.get(f"{V1}/alerts", headers=key_for(desk, "leader")).json()["alerts"][0]["alert"]
    stranger = key_for(desk, "triager", Bounds(office_id="OF-NOBODYS"))
    assert calling.get(f"{V1}/alerts/{alert}/evidence", headers=stranger).status_code == 404
    assert calling.get(f"{V1}/alerts/{alert}/evidence", headers=key_for(desk, "data_team")).status_code == 403


def test_coverage_tells_rows_findings_and_what_could_not_be_judged(calling: TestClient, desk: Desk) -> None:
    told = calling.get(f"{V1}/coverage", headers=key_for(desk, "data_team")).json()
    tables = {one["table"]: one for one in told["tables"]}
    assert tables["subsidy_payment"]["rows"] > 0 and tables["subsidy_payment"]["batches"] == 1
    rules = {one["rule"]: one for one in told["rules"]}
    assert (
        rules["paid_after_death"]["found"] > 0 and rules["paid_after_death"]["population"] >= rules["paid_after_death"]["blind"]
    )
    assert any(one["no_records"] for one in told["rules"]), "a village without tenders cannot be judged on tenders"
    assert told["run"] == 1 and told["open_alerts"] > 0


def test_every_table_tells_the_schema_of_its_rows_and_its_own_example_follows_it(calling: TestClient, desk: Desk) -> None:
    head = key_for(desk, "platform")
    listed = calling.get(f"{V1}/reference/tables", headers=head).json()
    assert {one["table"] for one in listed} == set(desk.contracts)
    for line in listed:
        page = calling.get(f"{V1}/reference/tables/{line['table']}", headers=head).json()
        jsonschema.Draft202012Validator.check_schema(page["row_schema"])
        example = {column["name"]: column["example"] for column in page["columns"]}
        jsonschema.validate(example, page["row_schema"])
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({**example, "no_such_column": 1}, page["row_schema"])
    assert calling.get(f"{V1}/reference/tables/nothing", headers=head).status_code == 404


def test_codes_come_page_by_page(calling: TestClient, desk: Desk) -> None:
    head = key_for(desk, "platform")
    whole = calling.get(f"{V1}/reference/codes/area", headers=head).json()
    assert whole["next"] is None and len(whole["rows"]) > 1
    seen, cursor = [], None
    while True:
        asked = {"limit": 1, **({"cursor": cursor} if cursor else {})}
        page = calling.get(f"{V1}/reference/codes/area", headers=head, params=asked).json()
        seen += page["rows"]
        if (cursor := page["next"]) is None:
            break
    assert seen == whole["rows"]
    assert calling.get(f"{V1}/reference/codes/person", headers=head).status_code == 404
