"""A small sound rule as text, to be changed by the tests, and tables of a few rows for it to run on."""

from collections.abc import Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import Any

import ibis
import yaml
from ibis.backends.duckdb import Backend

from datasets.contract import read_contracts
from datasets.strict_yaml import Mistakes
from rules.book import read_book, read_indicator
from rules.empty_tables import create, known_tables
from rules.filler import whole_row
from rules.indicator import Indicator
from rules.trial import insert

CONTRACTS = read_contracts()

SQL = """\
  SELECT p.person_id AS subject_id,
         p.unit_id,
         p.programme_id,
         count(*) AS payments,
         sum(p.amount) AS amount,
         min(p.paid_on) AS first_on,
         list_sort(list(p.payment_id)) AS evidence_subsidy_payment
  FROM subsidy_payment p
  JOIN person d ON d.person_id = p.person_id
  WHERE p.paid_on > d.died_on + $max_days
  GROUP BY p.person_id, p.unit_id, p.programme_id
"""

TESTS = """\
tests:
  - name: a payment after death is flagged
    given:
      person: [{person_id: P1, died_on: 2024-01-01}]
      subsidy_payment: [{payment_id: S1, person_id: P1, paid_on: 2024-03-01, amount: 100}]
    flags: [{subject_id: P1, payments: 1, amount: 100}]
  - name: a payment before death is not
    given:
      person: [{person_id: P1, died_on: 2024-01-01}]
      subsidy_payment: [{person_id: P1, paid_on: 2023-03-01}]
    flags: []
"""

RULE = f"""\
id: late_payment
title: {{zh: 死后领取, en: Paid after death}}
topic: subsidy
status: live
severity: high
owner: 数据组
basis: [{{name: 社会救助暂行办法, article: 第十三条, known: verified}}]
why: {{zh: 人已去世仍在发放。, en: The dead are paid.}}
innocent: {{zh: 登记滞后。, en: Late registration.}}
verify: [{{zh: 核对死亡证明。, en: Check the certificate.}}]
subject: person
per: [programme_id]
needs: [person.death_known, subsidy_payment.unit_id]
material: [payments, amount]
params:
  max_days: {{value: 30, unit: day, why: {{zh: 登记滞后, en: registration lag}}}}
sql: |
{SQL}says: {{zh: "死后领取{{payments}}笔{{amount}}元", en: "{{payments}} payments, {{amount}} yuan"}}
{TESTS}"""

SIMPLE = {"params": "params: {}", "needs": "needs: []", "material": "material: []", "per": "per: []"}


def write(folder: Path, text: str, topic: str = "subsidy", name: str = "late_payment") -> Path:
    """Write a rule's file where a book has it."""
    path = folder / "book" / topic / f"{name}.yml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def with_sql(sql: str, *, params: str = "{}", per: str = "[]", needs: str = "[]", material: str = "[]", says: str = "x", subject: str = "person",
             topic: str = "subsidy", baseline: str = "", tests: str = "tests: []\n", name: str = "late_payment") -> str:  # fmt: skip
    """The text of a rule around another SELECT."""
    head = RULE.split("subject: person")[0].replace("topic: subsidy", f"topic: {topic}").replace("late_payment", name)
    block = "".join(f"  {line}\n" for line in sql.strip("\n").splitlines())
    made = f"baseline: |\n{''.join(f'  {line}{chr(10)}' for line in baseline.strip().splitlines())}" if baseline else ""
    return (
        f"{head}subject: {subject}\nper: {per}\nneeds: {needs}\nmaterial: {material}\nparams: {params}\n{made}sql: |\n{block}"
        f'says: {{zh: "{says}", en: "{says}"}}\n{tests}'
    )


def indicator(text: str, folder: Path, topic: str = "subsidy") -> Indicator:
    """Read the text of a rule. Raises Mistakes."""
    name = next(line for line in text.splitlines() if line.startswith("id: ")).removeprefix("id: ")
    return read_indicator(write(folder, text, topic, name), CONTRACTS)


def mistakes(folder: Path, text: str, topic: str = "subsidy") -> list[str]:
    """What is said of a rule's file, without the path before its name."""
    write(folder, text, topic)
    try:
        read_book([folder], CONTRACTS)
    except Mistakes as found:
        return [str(mistake).replace(f"{folder}/book/", "") for mistake in found.mistakes]
    return []


def unproven(text: str) -> Indicator:
    """A rule as its file says it, unchecked: for SELECTs whose tests stand in a Python test."""
    return Indicator.model_validate(yaml.safe_load(text), strict=False)


def tables(**rows: Sequence[Mapping[str, Any]]) -> Backend:
    """A connection with every contract table; the given rows are completed as in a rule's own tests."""
    backend = ibis.duckdb.connect()
    number = count(1)
    for table, columns in known_tables(CONTRACTS).items():
        create(backend.con, table, columns)
        insert(backend.con, table, [whole_row(CONTRACTS[table], dict(row), next(number)) for row in rows.get(table, [])])
    return backend
