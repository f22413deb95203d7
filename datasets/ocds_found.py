"""What one OCDS release holds for our tables: rows, and the parts that had to be refused."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, ParamSpec

from datasets.ocds_values import Unfit, text
from datasets.reading import Code

Row = dict[str, Any]
Part = dict[str, Any]
P = ParamSpec("P")


@dataclass(frozen=True)
class Refused:
    """A part of a release that no row was made of."""

    table: str
    line: int
    column: str
    code: Code
    value: str
    part: Part


@dataclass
class Found:
    """The rows of one release by table, and what was refused."""

    ocid: str
    line: int
    rows: dict[str, list[Row]] = field(default_factory=dict)
    refused: list[Refused] = field(default_factory=list)
    keys: set[tuple[str, str]] = field(default_factory=set)

    def add(self, table: str, row: Row) -> None:
        self.rows.setdefault(table, []).append(row)

    def put(self, table: str, part: Part, make: Callable[P, Row], *args: P.args, **kwargs: P.kwargs) -> bool:
        """Make a row and keep it, or keep why it cannot be; whether there is a row."""
        try:
            self.add(table, make(*args, **kwargs))
        except Unfit as unfit:
            self.refuse(table, part, unfit.column, unfit.code, unfit.value)
            return False
        return True

    def refuse(self, table: str, part: Part, column: str, code: Code, value: object = "") -> None:
        self.refused.append(Refused(table, self.line, column, code, str(value)[:200], part))

    def parts(self, table: str, column: str, holder: Part, name: str) -> Iterator[tuple[int, Part]]:
        """The objects of a list with their positions; what has another shape is refused."""
        value = holder.get(name)
        if value is None:
            return
        if not isinstance(value, list):
            self.refuse(table, {name: value}, column, "bad_form", f"{name} is no list")
            return
        for position, item in enumerate(value):
            if isinstance(item, dict) and item:
                yield position, item
            elif item:  # an empty object says nothing
                self.refuse(table, {name: item}, column, "bad_form", f"{name}[{position}] is no object")

    def keyed(self, table: str, column: str, holder: Part, name: str) -> Iterator[tuple[int, Part, str]]:
        """As `parts`, each with its own id: `ocid#id`, or `ocid#[position]` where the publisher gave none.

        Publishers number bids and contracts within a release only. An id that a release repeats is refused.
        """
        for position, part in self.parts(table, column, holder, name):
            own = f"{self.ocid}#{text(part.get('id')) or f'[{position}]'}"
            if self.is_new(table, own):
                yield position, part, own
            else:
                self.refuse(table, part, column, "duplicate_key", own)

    def is_new(self, table: str, key: str) -> bool:
        """Whether the release has not given this key before."""
        known = (table, key) in self.keys
        self.keys.add((table, key))
        return not known

    def lot_ids(self, holder: Part) -> list[str]:
        """The lots that a part is for: OCDS `relatedLots`, or the older `relatedLot` and `lotID`."""
        several = holder.get("relatedLots") or holder.get("relatedLot") or holder.get("lotID")
        stated = several if isinstance(several, list) else [several]
        return list(dict.fromkeys(f"{self.ocid}#{lot}" for lot in map(text, stated) if lot))


def section(holder: Part, name: str) -> Part:
    """The object under a name, or an empty one."""
    value = holder.get(name)
    return value if isinstance(value, dict) else {}


def objects(holder: Part, name: str) -> list[Part]:
    """The objects of a list, passing over everything else."""
    value = holder.get(name)
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
