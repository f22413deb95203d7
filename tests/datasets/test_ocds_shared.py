"""The public OCDS files as published: every line comes in, and what cannot be a row says why. Skipped where they are not at hand."""

import os
from collections import Counter
from pathlib import Path

import pytest

from datasets.contract import read_contracts
from datasets.importing import import_paths
from datasets.key import Key
from datasets.lake import Lake
from tests.tree import ROOT

SHARED = Path(os.environ.get("GUANTONG_SHARED", ROOT.parent / "shared")) / "data" / "procurement" / "ocds"

pytestmark = pytest.mark.skipif(not SHARED.is_dir(), reason=f"the public OCDS files are not at {SHARED}")


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    lake = Lake(tmp_path_factory.mktemp("ocds"), read_contracts())
    report = import_paths(lake, {}, [SHARED], Key(b"k" * 32))
    assert not report.unmatched
    assert report.total("rows") == report.total("accepted") + report.total("rejected")
    return lake


def test_every_published_line_is_a_tender(lake: Lake) -> None:
    tenders = {batch.file: batch for batch in lake.living("tender")}
    assert len(tenders) == 14
    assert sum(batch.accepted for batch in tenders.values()) == sum(batch.lines for batch in tenders.values())
    assert tenders["dominican-republic-8000.compiled.jsonl.gz"].accepted == 8000


def test_what_cannot_be_a_row_is_rejected_for_its_reason(lake: Lake) -> None:
    codes: Counter[str] = Counter()
    for batch in lake.living():
        codes.update(batch.codes)
    # Taiwan's awards are an object, a Mexican date is 30/052017, a Mexican contract comes twice; 38 tenderers have a name and no id
    assert codes == {"bad_form": 11, "not_a_date": 1, "duplicate_key": 1, "missing": 38}


def test_statuses_zones_and_references_are_as_published(lake: Lake) -> None:
    tables = lake.open()
    try:
        query = tables.con.execute
        bids = query("SELECT status, status_details, count(*) FROM bid GROUP BY ALL").fetchall()
        assert {details: (status, count) for status, details, count in bids} == {
            "valid": ("valid", 15427), "disqualified": ("disqualified", 3548), "pending": ("submitted", 969), None: (None, 168),
            "qualified": ("valid", 1044), "not-qualified": ("disqualified", 424), "active": ("submitted", 12),
        }  # fmt: skip
        assert query("SELECT count(*) FROM bid WHERE NOT zone_known").fetchall() == [(20112,)]
        assert query("SELECT count(*) FROM bid_member ANTI JOIN enterprise USING (enterprise_id)").fetchall() == [(0,)]
        assert query(
            "SELECT count(*) FROM tender t ANTI JOIN unit ON unit_id = buyer_id WHERE buyer_id IS NOT NULL"
        ).fetchall() == [(0,)]
        assert query("SELECT count(*) FROM related_lot ANTI JOIN lot USING (lot_id) WHERE part = 'bid'").fetchall() == [(0,)]
    finally:
        tables.disconnect()
