"""What an OCDS file says to the letter: types, texts, positions, broken lines; and the corrections that may come before."""

import gzip
import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

from datasets.ocds_instant import instant
from datasets.ocds_prepared import Corrections
from datasets.ocds_published import BrokenLine, exact_line, put_release, read_published

TABLES = ("ocds_release", "ocds_bid", "ocds_bid_tenderer", "ocds_award", "ocds_award_supplier", "ocds_award_item")


def rows(release: dict[str, Any]) -> dict[str, list[tuple[Any, ...]]]:
    found: dict[str, list[tuple[Any, ...]]] = {table: [] for table in TABLES}
    put_release(found, 1, release)
    return found


def first(release: dict[str, Any], table: str) -> tuple[Any, ...]:
    return rows(release)[table][0]


def bids(*bids: Any) -> dict[str, Any]:
    return {"ocid": "A", "bids": {"details": list(bids)}}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1970-01-01T00:00:00Z", (0, 0)),
        ("1970-01-02T00:00:00.5Z", (86_400, 500_000_000)),
        ("1970-01-01T01:00:00.1234567899+01:00", (0, 123_456_789)),
        ("1969-12-31T23:00:00-01:00", (0, 0)),
        ("1970-01-01t00:00:01z", (1, 0)),
        ("1970-01-01 00:00:01Z", (1, 0)),
        ("1970-01-01T00:00:60Z", (60, 0)),
        ("0001-01-01T00:00:00Z", (-62_135_596_800, 0)),
        ("0000-12-31T00:00:00Z", (-62_135_683_200, 0)),
        ("0000-02-29T00:00:00Z", (-62_162_121_600, 0)),
        ("9999-12-31T23:59:59Z", (253_402_300_799, 0)),
        ("2023-02-29T00:00:00Z", None),
        ("2024-13-01T00:00:00Z", None),
        ("2024-01-01T24:00:00Z", None),
        ("2024-01-01T00:60:00Z", None),
        ("2024-01-01T00:00:61Z", None),
        ("2024-01-01T00:00:00+24:00", None),
        ("2024-01-01T00:00:00+00:60", None),
        ("2024-01-01T00:00:00.Z", None),
        ("2024-01-01T00:00:00", None),
        ("2024-01-01", None),
        ("2024-01-01T00:00:00Z ", None),
        ("２０２４-01-01T00:00:00Z", None),
        (20240101, None),
        (None, None),
    ],
)
def test_an_instant_is_what_rfc_3339_calls_one(text: Any, expected: tuple[int, int] | None) -> None:
    assert instant(text) == expected


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b'{"ocid": "A"}', None), (b'{"ocid": ""}', None), (b'\xef\xbb\xbf{"ocid": "A"}', None), (b'{"ocid": "\\ud83d\\ude00"}', None),
        (b'{"ocid": "A"', "undecodable"), (b'{"ocid": "A"} x', "undecodable"), (b'{"ocid": "A", "x": NaN}', "undecodable"),
        (b'{"ocid": "A", "x": "\\ud800"}', "undecodable"), (b'{"ocid": "A", "x": "\xff"}', "undecodable"), (b'{"ocid": "A", "x": 01}', "undecodable"),
        (b'{"ocid": "A", "x": ' + b"[" * 100_000 + b"}", "undecodable"),
        (b'["A"]', "bad_form"), (b'"A"', "bad_form"), (b"5", "bad_form"), (b'{"ocid": 5}', "missing"), (b"{}", "missing"), (b'{"ocid": null}', "missing"),
    ],
)  # fmt: skip
def test_a_line_is_a_release_or_has_a_reason(raw: bytes, code: str | None) -> None:
    line = exact_line(1, raw)
    assert line.code == code and (line.release is None) == (code is not None)


def test_of_repeated_keys_the_last_counts() -> None:
    line = exact_line(1, b'{"ocid": "A", "tender": {"status": "active", "status": "cancelled"}}')
    assert line.release is not None and first(line.release, "ocds_release")[2] == "cancelled"


def test_what_is_no_text_is_no_id_status_date_or_currency() -> None:
    odd = {"status": 5, "date": 7, "value": {"amount": 3, "currency": 5}, "tenderers": [{"id": 7}, "x", None, {"id": "T"}, {}]}
    found = rows(
        bids(odd) | {"buyer": {"id": 9}, "tender": {"status": True, "procuringEntity": "P", "procurementMethod": ["open"]}}
    )
    assert found["ocds_bid"] == [(1, 0, None, 3.0, None, None, 5)]
    assert found["ocds_bid_tenderer"] == [(1, 0, 3, "T")]
    assert found["ocds_release"][0][2:5] == (None, None, None) and found["ocds_release"][0][11:13] == (None, None)


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        (5, 5.0),
        (0.1, 0.1),
        (10**400, None),
        (float("inf"), None),
        ("5", None),
        (True, None),
        (None, None),
        ([5], None),
        (2**53 + 1, float(2**53)),
    ],
)
def test_an_amount_is_the_nearest_double(amount: Any, expected: float | None) -> None:
    assert first(bids({"value": {"amount": amount}}), "ocds_bid")[3] == expected


def test_positions_are_those_of_the_published_list() -> None:
    found = rows(bids("x", {"status": "valid"}, None, {"status": "valid", "tenderers": {"id": "T"}}))
    assert [row[1] for row in found["ocds_bid"]] == [1, 3]
    assert [row[6] for row in found["ocds_bid"]] == [None, None]


@pytest.mark.parametrize(("stated", "expected"), [(1, 1), (-1, -1), (1.0, None), ("1", None), (True, None), (2**70, None)])
def test_the_number_of_tenderers_counts_as_a_whole_number_only(stated: Any, expected: int | None) -> None:
    assert first({"ocid": "A", "tender": {"numberOfTenderers": stated}}, "ocds_release")[5] == expected


def test_whether_lists_were_there_is_kept() -> None:
    assert first({"ocid": "A"}, "ocds_release")[13:] == (False, False)
    assert first({"ocid": "A", "bids": [], "awards": {}}, "ocds_release")[13:] == (False, False)
    assert first(bids() | {"awards": []}, "ocds_release")[13:] == (True, True)


@pytest.mark.parametrize("packed", [False, True])
def test_a_file_is_read_whatever_breaks_in_it(tmp_path: Path, packed: bool) -> None:
    text = b'{"ocid": "A"}\n\n  \r\nbroken\n[1]\n{"ocid": 5}\n{"ocid": "B", "awards": [{"items": [{"classification": {"id": "10"}}]}]}'
    path = tmp_path / ("f.jsonl.gz" if packed else "f.jsonl")
    path.write_bytes(gzip.compress(text) if packed else text)
    with duckdb.connect() as connection:
        read = read_published(connection, path)
        assert connection.execute("SELECT line, ocid FROM ocds_release ORDER BY line").fetchall() == [(1, "A"), (7, "B")]
        assert connection.execute("SELECT * FROM ocds_award_item").fetchall() == [(7, 0, "10")]
    assert (read.releases, read.broken) == (
        2,
        (BrokenLine(4, "undecodable"), BrokenLine(5, "bad_form"), BrokenLine(6, "missing")),
    )


def corrected(release: dict[str, Any], **what: Any) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(json.dumps(release))
    Corrections(**what).apply(made)
    return made


def test_corrections_alone_make_ids_texts_and_single_objects_lists() -> None:
    odd = bids({"tenderers": {"id": 7}}) | {"buyer": {"id": 1}, "tender": {"procuringEntity": {"id": 2.5}}}
    odd["awards"] = [{"id": 3, "suppliers": {"id": 7}, "items": [{"classification": {"id": 10}}]}]
    made = corrected(odd)
    assert made["bids"]["details"] == [{"tenderers": [{"id": "7"}]}] and made["buyer"] == {"id": "1"}
    assert made["tender"] == {"procuringEntity": {"id": "2.5"}}
    assert made["awards"] == [{"id": "3", "suppliers": [{"id": "7"}], "items": [{"classification": {"id": "10"}}]}]


def test_defaults_fill_what_is_not_there_and_are_translated_too() -> None:
    one = bids({}, {"status": None}, {"status": "ok"}, {"status": "OK"}) | {"awards": [{}, {"status": "on"}]}
    made = corrected(one, bid_status="ok", award_status="on", bid_statuses={"ok": "valid"}, award_statuses={"on": "active"})
    assert [bid["status"] for bid in made["bids"]["details"]] == ["valid", None, "valid", "OK"]
    assert [award["status"] for award in made["awards"]] == ["active", "active"]


def test_currency_and_amounts_of_bids() -> None:
    one = bids(
        {"value": {"amount": 0}}, {"value": {"amount": 0.0, "currency": "USD"}}, {"value": {"amount": "0"}}, {"value": None}, {}
    )
    made = [bid.get("value") for bid in corrected(one, currency="DOP", no_amounts=frozenset({0.0}))["bids"]["details"]]
    assert made == [{"currency": "DOP"}, {"currency": "USD"}, {"amount": "0", "currency": "DOP"}, None, None]


def test_organisations_that_only_fill_the_field_and_prefixes() -> None:
    one = bids({"tenderers": [{"id": "none"}, {"id": 5}, {"id": "T-6"}]}) | {
        "buyer": {"id": "none"},
        "tender": {"procuringEntity": {"id": "7"}},
    }
    made = corrected(one, no_organisations=frozenset({"none"}), buyer_prefix="B-", tenderer_prefix="T-")
    assert made["bids"]["details"][0]["tenderers"] == [{}, {"id": "T-5"}, {"id": "T-6"}]
    assert made["buyer"] == {} and made["tender"]["procuringEntity"] == {"id": "B-7"}


def test_a_procedure_is_cut_at_its_separator() -> None:
    one = {"ocid": "A", "tender": {"procurementMethodDetails": "Licitación - 2024 - 5"}}
    assert corrected(one, details_separator="-")["tender"] == {"procurementMethodDetails": "Licitación"}


def test_bids_of_auctions_become_bids_where_there_are_none() -> None:
    auctions = [{"stages": [{"bids": [{"id": 1}]}, {}, {"bids": [{"id": 2}]}]}, {"stages": {}}, "x"]
    moved = corrected({"ocid": "A", "auctions": auctions}, move_auctions=True)
    assert moved["bids"]["details"] == [{"id": 1}, {"id": 2}]
    assert corrected(bids({"id": 9}) | {"auctions": auctions}, move_auctions=True)["bids"]["details"] == [{"id": 9}]
    assert "bids" not in corrected({"ocid": "A", "auctions": auctions})


def test_an_award_is_cancelled_when_all_its_contracts_are() -> None:
    contracts = [
        {"awardID": 1, "status": "cancelled"},
        {"awardID": "1", "status": "cancelled"},
        {"awardID": "2", "status": "active"},
        {"awardID": "2", "status": "cancelled"},
    ]
    one = {"ocid": "A", "awards": [{"id": number, "status": "active"} for number in (1, 2, 3)], "contracts": contracts}
    statuses = [award["status"] for award in corrected(one, award_status_by_contract_status=True)["awards"]]
    assert statuses == ["cancelled", "active", "active"]
    assert corrected(one)["awards"][0]["status"] == "active"
