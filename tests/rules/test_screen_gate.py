"""Gates: whatever rows there are, a gate that gives none stands before a SELECT that gives none."""

import duckdb
import numpy as np
import pytest
from sqlglot import parse_one

from rules.comparisons import typed
from rules.screen_gate import Gate, gate

KNOWN = {"bid": {"id": "INTEGER", "firm": "INTEGER", "tender": "INTEGER"}, "tender": {"tender": "INTEGER", "buyer": "INTEGER"}}
HIT = "WITH hit AS (SELECT b.tender, count(*) AS n, max(b.firm) AS most FROM bid b GROUP BY b.tender) "
PAIR = "FROM bid a JOIN bid b ON b.tender = a.tender AND b.firm <> a.firm"
LOOSENED = {
    "outputs and groups": f"SELECT a.tender, list(DISTINCT a.id) AS ids {PAIR} GROUP BY a.tender HAVING count(*) > 3",
    "a condition on an aggregate": HIT + "SELECT h.tender FROM hit h WHERE h.n > 2 AND h.tender > 1",
    "a join on an aggregate and a key": HIT + "SELECT h.n FROM hit h JOIN bid b ON b.tender = h.tender AND b.firm = h.most",
    "an outer join on an aggregate": HIT + "SELECT h.n FROM hit h LEFT JOIN tender t ON t.buyer = h.most WHERE t.buyer IS NULL",
    "an outer join that a condition reads": "SELECT b.id FROM bid b LEFT JOIN tender t ON t.tender = b.tender WHERE t.buyer IS NULL",
    "an anti join": f"SELECT a.id {PAIR} ANTI JOIN tender t ON t.tender = a.tender",
    "a window": "WITH w AS (SELECT id, firm, count(*) OVER (PARTITION BY firm) AS n FROM bid) SELECT id FROM w WHERE n > 1 AND firm > 2",
    "a part read twice stays as it is": HIT + "SELECT a.n FROM hit a JOIN hit b ON b.most = a.most AND b.tender <> a.tender WHERE a.n = b.n",
    "what is not there": "SELECT b.id, count(*) AS n FROM bid b WHERE NOT EXISTS (SELECT 1 FROM tender t WHERE t.tender = b.tender) GROUP BY b.id",
    "a total inside": "WITH t AS (SELECT max(firm) AS most FROM bid) SELECT b.id FROM bid b JOIN t ON t.most = b.firm",
    "a computed key": "WITH k AS (SELECT firm % 2 AS odd, count(*) AS n FROM bid GROUP BY firm % 2) SELECT n FROM k WHERE odd = 1",
}  # fmt: skip
REFUSED = {
    "a total of nothing is a row": "SELECT count(*) AS n FROM bid WHERE firm > 99",
    "so many and no more": "SELECT b.id FROM bid b LIMIT 3",
    "everything with everything": HIT + "SELECT h.n FROM hit h JOIN tender t ON t.buyer = h.most",
    "what is right stays": "SELECT t.buyer FROM bid b RIGHT JOIN tender t ON t.tender = b.tender",
    "a list made into rows": "SELECT unnest([b.id]) AS id FROM bid b",
}


def gate_of(select: str) -> Gate | None:
    tree = typed(parse_one(select, read="duckdb"), KNOWN, {})
    assert tree is not None
    return gate(tree)


@pytest.mark.parametrize("shape", LOOSENED)
def test_no_finding_is_behind_a_shut_gate(shape: str) -> None:
    made, chance, shut = gate_of(LOOSENED[shape]), np.random.default_rng(7), 0
    assert made is not None
    with duckdb.connect() as connection:
        for name, columns in KNOWN.items():
            connection.execute(f"CREATE TABLE {name} ({', '.join(f'{column} {kind}' for column, kind in columns.items())})")
        for _ in range(60):
            for name, columns in KNOWN.items():
                connection.execute(f"DELETE FROM {name}")
                for row in chance.integers(0, 4, (chance.integers(0, 5), len(columns))).tolist():
                    values = [None if chance.random() < 0.1 else one for one in row]
                    connection.execute(f"INSERT INTO {name} VALUES ({', '.join('?' * len(values))})", values)
            if not connection.execute(made.select).fetchall():
                shut += 1
                assert connection.execute(LOOSENED[shape]).fetchall() == []
    assert shut, "a gate that is never shut spares nothing"


@pytest.mark.parametrize("shape", REFUSED)
def test_where_rows_might_be_lost_there_is_no_gate(shape: str) -> None:
    assert gate_of(REFUSED[shape]) is None


def test_a_gate_does_less_work_than_what_it_spares() -> None:
    made = gate_of(LOOSENED["outputs and groups"])
    assert made is not None and made.share < 1 and "list(" not in made.select.lower() and "GROUP BY" not in made.select


def test_a_gate_that_is_always_open_is_asked_no_more() -> None:
    made = Gate("SELECT 1", 0.5)
    for _ in range(3):
        assert made.pays()
        made.served(spared=False)
    assert not made.pays()
    made.served(spared=True)
    made.served(spared=True)
    assert made.pays()
