"""What the planted tickets bring about in other rows: money complaints that name a village with a case (X03, X05), crowds of callers (H08).

Nobody planned these meetings, so whether there is something in them is for a person to say.
"""

import numpy as np

from datasets.city.arrays import DAY_SECONDS, NONE, Ints, distinct
from datasets.city.plant.scene import Scene
from datasets.city.truth import EXPLAINED, PROBLEM, rows
from datasets.city.wording import wording

_CLEAR = 195
_LISTS = ("S05", "S06", "S10", "S11")


def plant_villages(scene: Scene) -> None:
    """X03 and X05 for every village and paying unit whose case lies near a complaint about money in time."""
    city, book = scene.city, scene.city.desk.tickets
    money = np.array([one.money for one in wording().issues])[book["issue"]] | (book["text"] != NONE)
    tickets = np.flatnonzero(money & (book["place"] == 3) & (book["alive"] == 1) & (book["diverted"] != 1))
    when = book["created"][tickets] // DAY_SECONDS
    met: dict[tuple[str, int, int], set[int]] = {}
    for case in city.truth.cases:
        if case.kind == EXPLAINED or case.rule[0] != "S" and case.rule != "X01" or case.unit == NONE:
            continue
        for village, first, last in _spans(scene, case.evidence, case.area):
            near = tickets[(book["area"][tickets] == village) & (when >= first - _CLEAR) & (when <= last + _CLEAR)]
            for rule in ("X03", "X05") if case.rule in _LISTS else ("X03",):
                if len(near):
                    met.setdefault((rule, village, case.unit), set()).update(near.tolist())
    known = {
        (case.rule, case.subject, case.unit)
        for case in city.truth.cases
        if case.subject_kind == "village" and case.kind != EXPLAINED
    }
    for (rule, village, unit), found in sorted(met.items()):
        if (rule, village, unit) not in known:
            some = sorted(found)
            scene.also(rule).undecidable(
                "village", village, unit, (rows("ticket", some),), area=village, note="投诉与资金疑点时间相近，需人工判断"
            )


def _spans(scene: Scene, evidence: tuple[tuple[str, tuple[int, ...]], ...], area: int) -> list[tuple[int, int, int]]:
    """(village, first day, last day) of what a case rests on; all the time where its rows have no day."""
    city = scene.city
    books = {"subsidy_payment": (city.payments, "paid"), "land_claim": (city.land.claims, "claimed")}
    out = []
    for table, found in evidence:
        if table in books:
            book, column = books[table]
            numbers = np.array(found, dtype=np.int64)
            for village in distinct(book["area"][numbers]).tolist():
                days = book[column][numbers[book["area"][numbers] == village]]
                out.append((int(village), int(days.min()), int(days.max())))
    return out or [(area, city.first, city.last)]


def plant_crowds(scene: Scene) -> None:
    """H08 for every five callers of a place and kind within a week, or ten within a month, that no case speaks of."""
    city, book = scene.city, scene.city.desk.tickets
    told = {row for case in city.truth.of("H08", PROBLEM) for _, found in case.evidence for row in found}
    issues = wording().issues
    numbers = {
        name: at for at, name in enumerate(sorted({one.category for one in issues} | {one.category for one in city.specials}))
    }
    category = np.array([numbers[one.category] for one in issues])[book["issue"]]
    if city.specials:
        own = np.array([numbers[one.category] for one in city.specials])
        category = np.where(book["text"] == NONE, category, own[np.maximum(book["text"], 0)])
    tickets = np.flatnonzero((book["alive"] == 1) & (book["area"] != NONE) & (book["diverted"] != 1))
    key = book["area"][tickets] * 1000 + category[tickets]
    order = tickets[np.lexsort([book["created"][tickets], key])]
    key = book["area"][order] * 1000 + category[order]
    written: set[int] = set()
    for times, span in ((5, 8), (10, 31)):
        if len(order) < times:
            continue
        later, first = order[times - 1 :], order[: len(order) - times + 1]
        close = (key[times - 1 :] == key[: len(key) - times + 1]) & (
            book["created"][later] - book["created"][first] <= span * DAY_SECONDS
        )
        for at in np.flatnonzero(close).tolist():
            group: Ints = order[at : at + times]
            if not set(group.tolist()) & (told | written):
                written |= set(group.tolist())
                ticket = int(group[0])
                scene.undecidable("ticket", ticket, int(book["unit"][ticket]), (rows("ticket", group),), area=int(book["area"][ticket]),
                                  note="短期内多人来电，是否同一问题需人工判断")  # fmt: skip
