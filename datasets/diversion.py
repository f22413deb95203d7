"""Diversion (依规转送): accusations that may not be entered are taken out before anything of them is written.

Of a diverted ticket only a stub stays: when, to whom, and a keyed hash of its id, by which its rows in other
tables are known and diverted likewise.
"""

import hashlib
import json
import re
from datetime import datetime
from functools import cached_property
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from datasets import strict_yaml
from datasets.batch import TEMPORARY, durable
from datasets.check import Checked
from datasets.contract import Declared
from datasets.forms import plain_name
from datasets.key import Key
from datasets.lake import Lake
from datasets.lookup import current_rows
from datasets.sealing import TOKEN


class Rules(Declared):
    """diversion.yml."""

    recipient: str
    words: tuple[str, ...]
    posts: tuple[str, ...]
    unless: tuple[str, ...]
    greeting: str
    managed_at: tuple[str, ...]


class Diversion:
    """Knows which rows may not be entered in one lake, and remembers their stubs."""

    def __init__(self, lake: Lake, key: Key, at: datetime | None) -> None:
        self._lake, self._key, self._at = lake, key, at
        self._path = lake.folder / "diverted" / "stubs.jsonl"
        lines = self._path.read_text(encoding="utf-8").splitlines() if self._path.exists() else []
        self._stubs: dict[str, dict[str, str | None]] = {stub["ticket"]: stub for stub in map(json.loads, lines)}
        self._remembered = len(self._stubs)

    @cached_property
    def _rules(self) -> Rules:
        return strict_yaml.read(Path(__file__).with_name("diversion.yml"), Rules)[0]

    def concerns(self, table: str) -> bool:
        """Whether rows of this table can be diverted."""
        columns = self._lake.contracts[table].columns
        return table == "ticket" or "ticket_id" in columns

    @property
    def knowledge(self) -> str:
        """16 hex that identify what is known: who is managed higher up, and which tickets were diverted."""
        known = "\x1f".join((*sorted(self._protected), *sorted(self._stubs)))
        return hashlib.sha256(known.encode()).hexdigest()[:16]

    def changed(self, table: str) -> None:
        """Look anew who is managed higher up, after a table that says so has new rows."""
        if table in ("person", "public_employee", "office"):
            self.__dict__.pop("_protected", None)

    def diverted(self, table: str, checked: Checked) -> pa.Array | None:
        """Which rows of a chunk may not be entered; None when no row of this table can be such.

        References of other tickets to a diverted one are emptied in `checked`.
        """
        contract = self._lake.contracts[table]
        pointing = [name for name, column in contract.columns.items() if column.refers == "ticket.ticket_id"]
        if table == "ticket":
            mask = self._accusations(checked)
            self._learn(checked.values["ticket_id"].filter(mask))
            gone = self._known(checked.values["ticket_id"])
            mask = pc.or_(mask, gone)
        elif "ticket_id" in contract.columns:
            mask = self._known(checked.values["ticket_id"])
        else:
            return None
        for name in pointing:
            if name != "ticket_id" and self._stubs:
                values = checked.values[name]
                checked.values[name] = pc.if_else(self._known(values), pa.scalar(None, pa.string()), values)
        return mask

    def _hash(self, ticket: str) -> str:
        return self._key.digest("diverted", ticket)[:32]

    def _learn(self, tickets: pa.Array) -> None:
        when = self._at.isoformat() if self._at else None
        for ticket in tickets.drop_null().to_pylist():
            hashed = self._hash(ticket)
            self._stubs.setdefault(hashed, {"time": when, "recipient": self._rules.recipient, "ticket": hashed})

    def _known(self, tickets: pa.Array) -> pa.Array:
        if not self._stubs:
            return pa.repeat(pa.scalar(False), len(tickets))
        distinct = pc.unique(tickets.drop_null()).to_pylist()
        return pc.is_in(tickets, pa.array([ticket for ticket in distinct if self._hash(ticket) in self._stubs], pa.string()))

    def remember(self) -> None:
        """Write the stubs, before the batch they were taken out of is committed."""
        if len(self._stubs) == self._remembered:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        temporary = self._path.with_name(self._path.name + TEMPORARY)
        lines = (json.dumps(stub, ensure_ascii=False) for _, stub in sorted(self._stubs.items()))
        temporary.write_text("".join(line + "\n" for line in lines), encoding="utf-8")
        durable(temporary, self._path)
        self._remembered = len(self._stubs)

    def _accusations(self, checked: Checked) -> pa.Array:
        """Accusations about somebody whose case belongs higher up, among tickets that are still in clear."""
        value = checked.values
        text = pc.binary_join_element_wise(*(pc.fill_null(value[name], "") for name in ("title", "body", "place")), "\n")
        accused = pc.or_(
            pc.fill_null(pc.equal(value["regime"], "accusation"), False),
            pc.match_substring_regex(text, "|".join(map(re.escape, self._rules.words))),
        )
        found = [False] * checked.rows
        texts, names = text, value["accused_name"]
        for place in pc.indices_nonzero(accused).to_pylist():
            found[place] = self._higher(texts[place].as_py(), names[place].as_py())
        return pa.array(found, pa.bool_())

    @cached_property
    def _greeting(self) -> re.Pattern[str]:
        posts = "|".join(sorted(map(re.escape, self._rules.posts), key=len, reverse=True))
        return re.compile(self._rules.greeting.replace("{post}", f"({posts})"))

    def _higher(self, text: str, accused: str | None) -> bool:
        for phrase in self._rules.unless:
            text = text.replace(phrase, "")
        text = self._greeting.sub("", text)
        if any(post in text for post in self._rules.posts):
            return True
        if not accused:
            return False
        name = plain_name(accused)
        token = accused if TOKEN.fullmatch(accused) else self._key.token("person_name", name) if name else ""
        return token in self._protected

    @cached_property
    def _protected(self) -> set[str]:
        """Name pseudonyms of the cadres managed higher up and of the heads of offices, as the lake has them now."""
        ids = {row["head_id"] for row in current_rows(self._lake, "office", ["head_id"])}
        cadres = current_rows(self._lake, "public_employee", ["person_id", "managed_at"])
        ids |= {row["person_id"] for row in cadres if row["managed_at"] in self._rules.managed_at}
        persons = current_rows(self._lake, "person", ["person_id", "name"])
        return {row["name"] for row in persons if row["person_id"] in ids and row["name"]}
