"""OCDS releases into the procurement tables: lots, consortia, statuses, zones, repeats, and what is broken."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from datasets.batch import write_manifest
from datasets.contract import read_contracts
from datasets.importing import import_paths
from datasets.key import Key
from datasets.lake import Lake
from datasets.ocds import OcdsImport, import_ocds, is_ocds

KEY = Key(b"k" * 32)
Release = dict[str, Any]
RELEASE: Release = {
    "ocid": "ocds-1",
    "date": "2024-05-01T00:00:00Z",
    "buyer": {"id": "B1", "name": "Ministry"},
    "tender": {
        "title": "Paper",
        "status": "complete",
        "procurementMethod": "selective",
        "procurementMethodDetails": "Compras Menores",
        "mainProcurementCategory": "goods",
        "numberOfTenderers": 2,
        "value": {"amount": 1000.5, "currency": "EUR"},
        "tenderPeriod": {"startDate": "2024-03-01T09:00:00+04:00", "endDate": "2024-03-20T23:00:00-05:00"},
        "lots": [{"id": "L1", "title": "one", "value": {"amount": 400}}, {"id": "L2", "status": "active"}],
        "items": [{"id": "1", "classification": {"id": 14111507, "scheme": "UNSPSC"}, "quantity": 2.5, "relatedLot": "L1"}],
    },
    "bids": {
        "details": [
            {
                "id": "1",
                "status": "qualified",
                "date": "2024-03-02T00:30:00+04:00",
                "value": {"amount": 900, "currency": "EUR"},
                "tenderers": [{"id": "S1", "name": "One"}, {"id": "S2", "name": "Two"}],
                "relatedLots": ["L1", "L2"],
            },
            {"id": "2", "status": "not-qualified", "date": "2021-10-29 13:35:00.3011698", "tenderers": [{"id": "S3"}], "relatedLots": ["L2"]},
        ]
    },
    "awards": [
        {
            "id": "1",
            "status": "active",
            "date": "2024-04-01T23:30:00-05:00",
            "value": {"amount": 900, "currency": "EUR"},
            "suppliers": [{"id": "S1"}, {"id": "S2"}],
            "items": [{"classification": {"id": "14111507"}, "unit": {"value": {"amount": 12.345}}}],
        }
    ],
    "contracts": [
        {"id": "1", "awardID": "1", "value": {"amount": 900}, "dateSigned": "2024-04-05T00:00:00Z",
         "amendments": [{"id": "A", "date": "2024-06-01", "rationale": "more paper"}]}
    ],
    "parties": [
        {"id": "S1", "name": "One", "roles": ["tenderer"], "contactPoint": {"telephone": "809-549-5549"}, "address": {"locality": "Town"}},
        {"id": "S3", "name": "Three", "roles": ["tenderer"], "contactPoint": {"telephone": "(809) 549 5549"}},
    ],
}  # fmt: skip


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path / "home", read_contracts())


Take = Callable[..., OcdsImport]


@pytest.fixture
def take(lake: Lake, tmp_path: Path) -> Take:
    """Write releases (or raw lines) to a file and import it."""

    def _take(*lines: Release | str | bytes, name: str = "x.jsonl") -> OcdsImport:
        path = tmp_path / name
        path.write_bytes(b"\n".join(_bytes(line) for line in lines))
        return import_ocds(lake, path, KEY)

    return _take


def _bytes(line: Release | str | bytes) -> bytes:
    if isinstance(line, bytes):
        return line
    return (line if isinstance(line, str) else json.dumps(line, ensure_ascii=False)).encode()


def rows(lake: Lake, sql: str) -> list[tuple[Any, ...]]:
    tables = lake.open()
    try:
        return tables.con.execute(sql).fetchall()
    finally:
        tables.disconnect()


def test_the_tender_keeps_words_raw_dates_currency_and_line(lake: Lake, take: Take) -> None:
    take(RELEASE)
    sql = """SELECT buyer_id, method, method_details, category, item_class, currency, estimate::VARCHAR, status, bidders_stated,
             closes_at::VARCHAR, closes_raw, zone_known, awarded_on::VARCHAR, line_no, row_no FROM tender"""
    assert rows(lake, sql) == [
        ("B1", "invited", "Compras Menores", "goods", "1411", "EUR", "1000.50", "complete", 2,
         "2024-03-21 04:00:00", "2024-03-20T23:00:00-05:00", True, "2024-04-01", 1, 1)
    ]  # fmt: skip


def test_bids_are_told_apart_by_release_and_keep_consortium_lots_status_and_position(lake: Lake, take: Take) -> None:
    take(RELEASE)
    sql = "SELECT bid_id, lot_id, bidder_id, members, price::VARCHAR, status, status_details, position FROM bid ORDER BY bid_id"
    assert rows(lake, sql) == [
        ("ocds-1#1", None, "S1", 2, "900.00", "valid", "qualified", 0),
        ("ocds-1#2", "ocds-1#L2", "S3", 1, None, "disqualified", "not-qualified", 1),
    ]
    assert rows(lake, "SELECT bid_id, enterprise_id, position FROM bid_member ORDER BY ALL") == [
        ("ocds-1#1", "S1", 0), ("ocds-1#1", "S2", 1), ("ocds-1#2", "S3", 0),
    ]  # fmt: skip
    assert rows(lake, "SELECT part_id, lot_id FROM related_lot WHERE part = 'bid' ORDER BY ALL") == [
        ("ocds-1#1", "ocds-1#L1"), ("ocds-1#1", "ocds-1#L2"), ("ocds-1#2", "ocds-1#L2"),
    ]  # fmt: skip


def test_a_time_without_a_zone_is_kept_as_published_and_says_so(lake: Lake, take: Take) -> None:
    take(RELEASE)
    sql = "SELECT submitted_at::VARCHAR, submitted_raw, zone_known FROM bid ORDER BY bid_id"
    assert rows(lake, sql) == [
        ("2024-03-01 20:30:00", "2024-03-02T00:30:00+04:00", True),
        ("2021-10-29 13:35:00.301169", "2021-10-29 13:35:00.3011698", False),
    ]


def test_lots_items_awards_contracts_and_amendments_come_along(lake: Lake, take: Take) -> None:
    assert take(RELEASE).rejected == 0
    assert rows(lake, "SELECT lot_id, budget::VARCHAR FROM lot ORDER BY ALL") == [("ocds-1#L1", "400.00"), ("ocds-1#L2", None)]
    items = "SELECT part, part_id, class_id, lot_id, quantity::VARCHAR, unit_price::VARCHAR FROM tender_item ORDER BY part"
    assert rows(lake, items) == [
        ("award", "ocds-1#1", "14111507", None, None, "12.34"),
        ("tender", "ocds-1", "14111507", "ocds-1#L1", "2.5000", None),
    ]
    assert rows(lake, "SELECT award_id, supplier_id, suppliers FROM award") == [("ocds-1#1", "S1", 2)]
    assert rows(lake, "SELECT contract_id, award_id, buyer_id, supplier_id FROM contract") == [
        ("ocds-1#1", "ocds-1#1", "B1", None)
    ]
    assert rows(lake, "SELECT amendment_id, contract_id, reason FROM amendment") == [("ocds-1#1#A", "ocds-1#1", "more paper")]


def test_telephones_are_sealed_and_equal_numbers_stay_equal(lake: Lake, take: Take, tmp_path: Path) -> None:
    take(RELEASE)
    found = rows(lake, "SELECT contact_phone FROM bid") + rows(lake, "SELECT phone FROM enterprise WHERE phone IS NOT NULL")
    assert len(found) == 4
    assert len(set(found)) == 1
    assert found[0][0].startswith("tel_")
    kept = [path.read_bytes() for path in (tmp_path / "home").rglob("*") if path.is_file()]
    assert not [1 for content in kept if b"5495549" in content or b"549-5549" in content]


def test_an_organisation_of_many_releases_is_one_row_its_newest(lake: Lake, take: Take) -> None:
    newer = {"ocid": "a", "date": "2024-09-01T00:00:00Z", "tender": {"tenderers": [{"id": "S1", "name": "New name"}]}}
    older = {"ocid": "b", "date": "2023-09-01T00:00:00Z", "tender": {"tenderers": [{"id": "S1", "name": "Old name"}]}}
    take(newer, older)
    assert rows(lake, "SELECT enterprise_id, name, row_no FROM enterprise") == [("S1", "New name", 1)]


def test_a_broken_line_is_a_reject_and_the_rest_goes_on(lake: Lake, take: Take) -> None:
    lines = [RELEASE, '{"ocid": "half', "", b"\xff\xfe", "[1]", '{"tender": {}}', {"ocid": 7}, {"ocid": "ocds-2"}]
    done = take(*lines)
    assert (done.lines, done.rows) == (7, done.accepted + done.rejected)
    tender = lake.living("tender")[0]
    assert (tender.rows, tender.accepted, tender.rejected) == (7, 2, 5)
    assert tender.codes == {"undecodable": 2, "bad_form": 1, "missing": 2}
    refused = rows(lake, f"SELECT 1 FROM (VALUES (1)) WHERE '{tender.rejects}' <> ''")
    assert refused == [(1,)]
    assert rows(lake, "SELECT tender_id, line_no FROM tender ORDER BY line_no") == [("ocds-1", 1), ("ocds-2", 8)]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_of_several_releases_of_one_ocid_the_newest_stays(lake: Lake, take: Take, order: tuple[int, int]) -> None:
    older = RELEASE | {"date": "2024-01-01T00:00:00Z", "tender": {"title": "old"}}
    versions = [RELEASE, older]
    done = take(*[versions[number] for number in order])
    assert done.replaced == 1
    assert rows(lake, "SELECT title FROM tender") == [("Paper",)]
    assert rows(lake, "SELECT count(*) FROM bid") == [(2,)]
    assert lake.living("tender")[0].codes == {"duplicate_key": 1}


def test_of_three_releases_of_one_ocid_one_stays_whatever_their_order(lake: Lake, take: Take) -> None:
    dates = ["2024-02-01", "2024-03-01", "2024-01-01", "2024-03-01"]
    take(*[{"ocid": "o", "date": f"{date}T00:00:00Z", "tender": {"title": str(number)}} for number, date in enumerate(dates)])
    assert rows(lake, "SELECT title FROM tender") == [("3",)]
    assert lake.living("tender")[0].codes == {"duplicate_key": 3}


def test_a_part_that_cannot_be_a_row_is_refused_alone(lake: Lake, take: Take) -> None:
    release = {
        "ocid": "o",
        "bids": {
            "details": [
                {"id": "1", "value": {"amount": "many"}},
                {"id": "2"},
                {"id": "2"},
                "no bid",
                {"id": "3", "value": {"amount": 1e20}},
            ]
        },
        "awards": {"suppliers": []},
        "contracts": [{"id": "1", "dateSigned": "2910-01-01"}, {"id": "2", "dateSigned": "05/2017"}],
    }
    take(release)
    codes = {batch.table: batch.codes for batch in lake.living()}
    assert codes["bid"] == {"not_a_number": 1, "duplicate_key": 1, "bad_form": 1, "out_of_range": 1}
    assert codes["award"] == {"bad_form": 1}
    assert codes["contract"] == {"out_of_range": 1, "not_a_date": 1}
    assert rows(lake, "SELECT bid_id FROM bid") == [("o#2",)]
    assert all(batch.rows == batch.accepted + batch.rejected for batch in lake.living())


def test_a_bid_without_an_id_is_known_by_its_position(lake: Lake, take: Take) -> None:
    take({"ocid": "o", "bids": {"details": [{"status": "valid"}, {"status": "invited"}]}})
    assert rows(lake, "SELECT bid_id, status FROM bid ORDER BY ALL") == [("o#[0]", "valid"), ("o#[1]", "invited")]


def test_a_buyer_named_by_its_bare_number_is_the_party_with_that_number(lake: Lake, take: Take) -> None:
    party = {"id": "DO-UC-140", "name": "Office", "roles": ["procuringEntity"], "identifier": {"id": "140"}}
    take({"ocid": "o", "tender": {"procuringEntity": {"id": "140"}}, "parties": [party]})
    assert rows(lake, "SELECT buyer_id, procuring_entity_id FROM tender") == [("DO-UC-140", "DO-UC-140")]
    assert rows(lake, "SELECT unit_id, name FROM unit") == [("DO-UC-140", "Office")]


def test_a_word_nobody_knows_leaves_the_column_empty_and_is_kept_as_published(lake: Lake, take: Take) -> None:
    take(
        {
            "ocid": "o",
            "tender": {"status": "Evaluarea", "procurementMethod": "lottery"},
            "bids": {"details": [{"id": 1, "status": "odd"}]},
        }
    )
    assert rows(lake, "SELECT status, status_details, method, method_details FROM tender") == [
        (None, "Evaluarea", "other", "lottery")
    ]
    assert rows(lake, "SELECT status, status_details FROM bid") == [("other", "odd")]


def test_the_same_file_twice_changes_nothing(lake: Lake, take: Take) -> None:
    take(RELEASE)
    before = lake.state()
    again = take(RELEASE)
    assert again.already
    assert lake.state() == before


def test_a_withdrawn_table_comes_back_when_the_file_is_imported_again(lake: Lake, take: Take) -> None:
    take(RELEASE)
    (bids,) = lake.living("bid")
    write_manifest(lake.folder, bids.model_copy(update={"withdrawn": "by mistake"}))
    assert not lake.living("bid")
    assert not take(RELEASE).already
    assert rows(lake, "SELECT count(*) FROM bid") == [(2,)]
    assert take(RELEASE).already


def test_a_crash_before_the_last_batch_is_mended_by_importing_again(lake: Lake, tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text(json.dumps(RELEASE), encoding="utf-8")

    class Killed(Exception):
        pass

    def die(where: str) -> None:
        die.steps += 1  # type: ignore[attr-defined]
        if die.steps == 20:  # type: ignore[attr-defined]
            raise Killed

    die.steps = 0  # type: ignore[attr-defined]
    with pytest.raises(Killed):
        import_ocds(lake, path, KEY, step=die)
    assert not lake.living("tender")
    done = import_ocds(lake, path, KEY)
    assert not done.already
    assert {batch.table: batch.accepted for batch in lake.living()} == {
        "unit": 1, "enterprise": 3, "lot": 2, "tender_item": 2, "bid": 2, "bid_member": 3, "related_lot": 3, "award": 1,
        "award_supplier": 2, "contract": 1, "amendment": 1, "tender": 1,
    }  # fmt: skip


def test_a_gzip_that_breaks_off_gives_its_whole_lines_and_says_so(lake: Lake, tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl.gz"
    lines = [json.dumps({"ocid": f"o{number}", "tender": {"title": str(hash(number * 7919)) * 9}}) for number in range(3000)]
    whole = gzip.compress("\n".join(lines).encode())
    path.write_bytes(whole[: len(whole) // 2])
    done = import_ocds(lake, path, KEY)
    tender = lake.living("tender")[0]
    assert tender.accepted > 100
    assert tender.codes == {"undecodable": 1}
    assert done.rows == done.accepted + done.rejected


def test_only_files_whose_first_line_is_a_release_are_taken_for_ocds(tmp_path: Path) -> None:
    files = {
        "a.jsonl": b'{"ocid": "x"}\n',
        "b.jsonl": b'{"name": 1}',
        "c.csv": b'{"ocid": "x"}',
        "d.jsonl": b"",
        "e.jsonl": b"\xff",
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "f.jsonl.gz").write_bytes(gzip.compress(b'\xef\xbb\xbf\n{"ocid": "x"}'))
    assert sorted(path.name for path in tmp_path.iterdir() if is_ocds(path)) == ["a.jsonl", "f.jsonl.gz"]


def test_the_ordinary_import_takes_ocds_files_beside_others(lake: Lake, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "releases.jsonl.gz").write_bytes(gzip.compress(json.dumps(RELEASE).encode() + b"\n{broken"))
    (folder / "other.jsonl").write_bytes(b'{"name": 1}')
    report = import_paths(lake, {}, [folder], KEY)
    assert report.unmatched == ["other.jsonl"]
    assert report.total("lines") == 2
    assert report.total("rows") == report.total("accepted") + report.total("rejected")
    assert report.codes() == {"undecodable": 1}
    assert {part.status for part in report.parts} == {"imported"}
    again = import_paths(lake, {}, [folder], KEY)
    assert {part.status for part in again.parts} == {"already_here"}


def test_half_a_surrogate_pair_and_nul_do_not_stop_the_file(lake: Lake, take: Take) -> None:
    assert take('{"ocid": "o", "tender": {"title": "a\\ud800b\\u0000c"}}').rejected == 0
    assert rows(lake, "SELECT title FROM tender") == [("a\ufffdbc",)]
