"""What is asked of the queue: facets and words, as the address of the page has them and as a person types them.

`流:派驻 区:通州 规则:已故 逾期 低保` is three facets by the beginning of what they are called, a state of the due day, and a word.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal
from urllib.parse import parse_qsl, urlencode

FACETS = ("status", "due", "stream", "office", "topic", "rule", "area", "unit", "severity")
"""In the order shown."""
NAMES = {
    "status": ("状态", "status"), "due": ("时限", "due"), "stream": ("流", "监督", "stream"), "office": ("室", "机构", "office"),
    "topic": ("题", "领域", "topic"), "rule": ("规则", "rule"), "area": ("区", "地区", "area"), "unit": ("单位", "unit"),
    "severity": ("程度", "severity"),
}  # fmt: skip
"""What a facet is called in the search box, in either language."""
DUE = ("overdue", "soon", "later", "none")
STREAMS = ("discipline", "supervisory", "stationed", "inspection", "coordination")
MINE = "mine"
Sort = Literal["priority", "due"]


@dataclass(frozen=True)
class Asked:
    """A question to the queue; a facet without values asks for all, but the queue is of open alerts unless another status is asked for."""

    facets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    words: str = ""
    mine: bool = False
    """Only what I hold myself."""
    sort: Sort = "priority"
    campaign: int | None = None
    """Only what a campaign (专项) covers."""

    @classmethod
    def of(cls, query: str) -> "Asked":
        """The question that stands behind the `?` of an address; what it does not know is passed over."""
        pairs = parse_qsl(query)
        facets: dict[str, tuple[str, ...]] = {}
        for name, value in pairs:
            if name in FACETS and value not in facets.get(name, ()):
                facets[name] = (*facets.get(name, ()), value)
        last = dict(pairs)
        number = last.get("campaign", "")
        return cls(
            facets, last.get("q", "").strip(), last.get(MINE) == "1", "due" if last.get("sort") == "due" else "priority",
            int(number) if number.isascii() and number.isdigit() and len(number) < 10 else None,
        )  # fmt: skip

    @property
    def query(self) -> str:
        """What stands behind the `?`."""
        pairs = [(name, value) for name in FACETS for value in self.facets.get(name, ())]
        pairs += [("q", self.words)] if self.words else []
        pairs += [(MINE, "1")] if self.mine else []
        pairs += [("campaign", str(self.campaign))] if self.campaign is not None else []
        pairs += [("sort", self.sort)] if self.sort != "priority" else []
        return urlencode(pairs)

    def wanted(self, facet: str) -> tuple[str, ...]:
        """The values asked for; the status is open unless said otherwise."""
        values = self.facets.get(facet, ())
        if facet != "status":
            return values
        return () if "all" in values else values or ("open",)

    def turned(self, facet: str, value: str) -> str:
        """The address with a value of a facet chosen, or no more when it was."""
        chosen = self.facets.get(facet, ())
        kept = tuple(one for one in chosen if one != value) if value in chosen else (*chosen, value)
        if facet == "status" and value not in chosen:
            kept = (value,)  # one status at a time
        return "/?" + replace(self, facets={**self.facets, facet: kept}).query

    def sorted(self, sort: Sort) -> str:
        return "/?" + replace(self, sort=sort).query

    def of_campaign(self, number: int | None) -> str:
        """The address with a campaign chosen, or without one."""
        return "/?" + replace(self, campaign=number).query

    def without_words(self) -> str:
        return "/?" + replace(self, words="").query


def understood(typed: str, labels: Mapping[str, Mapping[str, str]]) -> tuple[Asked, list[str]]:
    """A question from what somebody typed. `labels`: facet -> value -> what it is called.

    Returns the question, and the facets typed for which there is no such value: they are told, not passed over.
    """
    facets: dict[str, tuple[str, ...]] = {}
    words: list[str] = []
    unknown: list[str] = []
    mine = False
    for part in typed.replace("：", ":").split():
        name, colon, value = part.partition(":")
        facet = next((one for one, names in NAMES.items() if name.lower() in names), None) if colon else None
        if facet is not None and value:
            found = matching(value, labels[facet])
            facets[facet] = (*facets.get(facet, ()), *found)
            unknown += [] if found else [part]
        elif (state := _state(part, labels)) is not None:
            facets[state[0]] = (state[1],)
        elif part in ("我的", "mine"):
            mine = True
        else:
            words.append(part)
    if mine and "status" not in facets:
        facets["status"] = ("accepted",)  # what one holds is taken: among the open there is none
    return Asked(facets, " ".join(words), mine), unknown


def matching(typed: str, labels: Mapping[str, str]) -> tuple[str, ...]:
    """The values called exactly so, else those whose name begins so, else those that hold it."""
    small = typed.lower()
    for fits in (
        lambda value, label: small in (value.lower(), label.lower()),
        lambda value, label: label.lower().startswith(small),
        lambda value, label: small in label.lower(),
    ):
        found = tuple(value for value, label in labels.items() if fits(value, label))
        if found:
            return found
    return ()


def _state(part: str, labels: Mapping[str, Mapping[str, str]]) -> tuple[str, str] | None:
    """逾期, 临期, 已受理: what a due day or a status is called needs no name before it."""
    for facet in ("due", "status"):
        for value, label in labels[facet].items():
            if part.lower() == label.lower():
                return facet, value
    return None


def joined(first: Asked, second: Asked) -> Asked:
    """What is chosen beside and what is typed, together."""
    facets = {name: (*first.facets.get(name, ()), *second.facets.get(name, ())) for name in FACETS}
    kept = {name: tuple(dict.fromkeys(values)) for name, values in facets.items() if values}
    return Asked(kept, second.words, first.mine or second.mine, first.sort, first.campaign)
