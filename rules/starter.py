"""A new rule (新建规则): a draft about one kind of subject that checks and whose tests pass before its author has typed a word."""

import re

from datasets.contract import Contract, Contracts
from rules.indicator import Topic

FIRST: dict[Topic, str] = {"subsidy": "subsidy_payment", "procurement": "bid", "hotline": "ticket", "cross": "subsidy_payment"}
"""The table of a topic that is looked at first."""


def starter(name: str, topic: Topic, subject: str, contracts: Contracts, owner: str) -> str:
    """The text of a draft that counts the rows of the table that best tells of the subject.

    Raises KeyError when no table names a subject of this kind.
    """
    table, column = _table(subject, topic, contracts)
    contract = contracts[table]
    accountable = "unit_id" in contract.columns
    least = 1 if contract.key == (column,) else 2
    evidence, keys, join = table, " || '|' || ".join(_key(contract, key) for key in contract.key), ""
    enough = {table: _rows(contract, column, "X1", least) + _rows(contract, column, "X2", least, after=least)}
    few = {table: _rows(contract, column, "X1", least - 1)}
    if apart := accountable and column != "unit_id" and least > 1:  # what another unit did is its own
        few[table] += _rows(contract, column, "X1", 1, after=least, unit="U2")
    if len(contract.key) == 1 and (refers := contract.columns[contract.key[0]].refers) is not None:
        # the table only says something of another's rows: those are the ones that prove it
        evidence, key = refers.split(".")
        keys, join = f"r.{key}", f"\n  JOIN {evidence} r ON r.{key} = t.{contract.key[0]}"
        for given in (enough, few):
            given[evidence] = [{key: row[contract.key[0]]} for row in given[table]]
    return _TEXT.format(
        name=name, topic=topic, subject=subject, table=table, column=column, owner=owner, least=least,
        evidence=evidence, join=join, keys=keys,
        unit="\n         t.unit_id,                           -- accountable unit: one row for each" if accountable else "",
        group=f"t.{column}, t.unit_id" if accountable else f"t.{column}",
        enough=_flow(enough), few=_flow(few), silent="one fewer is not, and another unit's are counted apart" if apart else "one fewer is not",
        title=contract.title.zh, title_en=contract.title.en,
    )  # fmt: skip


def copied(text: str, origin: str, name: str) -> str:
    """A rule's text as a draft under another id: its baseline's table is renamed too, and its changelog stays behind."""
    lines = text.split("\n")
    cut = next((at for at, line in enumerate(lines) if line.startswith("changes:")), len(lines))
    end = next((at for at in range(cut + 1, len(lines)) if lines[at] and not lines[at].startswith((" ", "-"))), len(lines))
    kept = "\n".join(lines[:cut] + lines[end:])
    kept = re.sub(r"(?m)^id: .*$", f"id: {name}", kept, count=1)
    kept = re.sub(r"(?m)^status: .*$", "status: draft", kept, count=1)
    kept = re.sub(r"(?m)^retired_because: .*\n", "", kept, count=1)
    return kept.replace(f"baseline_{origin}", f"baseline_{name}")


def _table(subject: str, topic: Topic, contracts: Contracts) -> tuple[str, str]:
    """The table that records what is done with subjects of this kind: one that refers to them, else the subject's own."""
    homes = [(name, one.entity[subject]) for name, one in sorted(contracts.items()) if subject in one.entity]
    if not homes:
        raise KeyError(subject)
    for table in (FIRST[topic], *sorted(contracts)):
        for column, one in contracts[table].columns.items():
            if one.refers == ".".join(homes[0]) and contracts[table].key[-1] != column:
                return table, column
    return homes[0]


def _key(contract: Contract, key: str) -> str:
    return f"t.{key}" if contract.columns[key].type == "text" else f"CAST(t.{key} AS VARCHAR)"


def _rows(contract: Contract, column: str, subject: str, count: int, after: int = 0, unit: str = "U1") -> list[dict[str, str]]:
    """Rows of one subject that differ in the last column of the key; `after` rows went before."""
    last = contract.key[-1]
    one_unit = {"unit_id": unit} if "unit_id" in contract.columns and column != "unit_id" else {}
    return [{last: _value(contract, last, number), column: subject, **one_unit} for number in range(after + 1, after + count + 1)]


def _flow(given: dict[str, list[dict[str, str]]]) -> str:
    """Tables and their rows as YAML on one line."""
    tables = {
        name: ", ".join("{" + ", ".join(f"{column}: {cell}" for column, cell in row.items()) + "}" for row in rows)
        for name, rows in given.items()
    }
    return "{" + ", ".join(f"{name}: [{rows}]" for name, rows in tables.items()) + "}"


def _value(contract: Contract, column: str, number: int) -> str:
    kind = contract.columns[column].type
    return {"integer": str(number), "date": f"2024-01-0{number}"}.get(kind, f"K{number}")


_TEXT = """\
id: {name}                                # = the file's name, never used again for another rule
title: {{zh: {title}次数偏多, en: Many rows of {title_en}}}   # what an inspector reads first
topic: {topic}
tags: []                                  # rows of the catalogue it answers: docs/coverage.md
status: draft                             # draft: only its tests run; then shadow, live, retired
severity: low
owner: {owner}
basis:                                    # what makes this a suspicion: a name known in datasets/law, and how sure we are
  - {{name: 财政违法行为处罚处分条例, article: 第十四条, known: recalled}}
why:
  zh: 写明为什么这是疑点，让检查人员信服。
  en: Say why this is a red flag, in words an inspector accepts.
innocent:
  zh: 写明哪些情况是正常的，先排除。
  en: Lawful explanations to rule out first.
verify:
  - {{zh: 写明先核查什么, en: Say what to check first}}
subject: {subject}
needs: [{table}]                          # what must be known to judge: unknown is not clean
material: [times]                         # what must grow for a cleared finding to open again
params:
  min_times:
    title: {{zh: 次数至少, en: times at least}}
    value: {least}
    unit: time
    why: {{zh: 写明为什么是这个数, en: Say why this number}}
labels:
  times: {{zh: 次数, en: times}}
sql: |
  SELECT t.{column} AS subject_id,{unit}
         count(*) AS times,
         list_sort(list({keys})) AS evidence_{evidence}   -- the rows that prove it
  FROM {table} t{join}
  GROUP BY {group}
  HAVING count(*) >= $min_times
says:
  zh: "出现{{times}}次，达到{{min_times}}次"
  en: "{{times}} times; the threshold is {{min_times}}"
tests:                                    # rows name only what matters; the rest is filled with the contract's examples
  - name: as many as the threshold are flagged
    given: {enough}
    flags: [{{subject_id: X1, times: {least}}}, {{subject_id: X2, times: {least}}}]
  - name: {silent}
    given: {few}
    flags: []
"""
