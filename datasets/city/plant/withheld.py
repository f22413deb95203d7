"""X05 问题村的克扣投诉: somebody of a village whose accounts or lists are doubtful says that money was kept back or charged for.

Innocent: the same said of villages whose payments are in order.
"""

from dataclasses import dataclass

import numpy as np

from datasets.city.arrays import DAY_SECONDS, NONE, Bools, Ints, among, distinct
from datasets.city.plant.finder import Finder
from datasets.city.plant.hotline_texts import hotline_texts, ring, special
from datasets.city.plant.scene import Scene
from datasets.city.truth import EXPLAINED, PROBLEM, Case, rows
from datasets.city.wording import wording

_CATEGORY = "民政救助"
_SIGNALS = ("S05", "S06", "S10", "S11")
_WINDOW, _CLEAR = 180, 200


def plant(scene: Scene) -> None:
    city = scene.city
    spans = {village: mine for village, mine in _signals(scene).items() if mine}
    sure = [village for village, mine in spans.items() if any(case.kind == PROBLEM for case, _, _ in mine)]
    for place, village in enumerate(scene.rng.permutation(np.array(sure, dtype=np.int64))[: scene.number(4, 1)].tolist()):
        cases = [one for one in spans[village] if one[0].kind == PROBLEM]
        _, first, last = cases[int(scene.rng.integers(len(cases)))]
        _complain(scene, village, min(last + int(scene.rng.integers(-20, 70)), city.last - 12), 1 + place % 3)
    told = _told(scene)
    for village, mine in spans.items():
        if len(here := told.tickets.of(village)):
            _write(scene, village, mine, here, told.planted[here])
    _innocent(scene, 11 * len(city.truth.of("X05", PROBLEM)))


def _innocent(scene: Scene, wanted: int) -> None:
    """The same words of villages, or of times, without a doubtful payment."""
    city = scene.city
    every, lists = _signals(scene, any_rule=True), _signals(scene)
    done = 0
    # where every village has some case or other, those of accounts and lists alone have to be kept clear of
    for spans in (every, lists):
        for _ in range(40 * wanted):
            village = int(scene.rng.choice(city.places.villages))
            day = int(scene.rng.integers(city.first + 5, city.last - 20))
            close = any(first - _CLEAR <= day <= last + _CLEAR for _, first, last in spans[village])
            if done >= wanted:
                break
            if close:
                continue
            tickets = _complain(scene, village, day, 1)
            unit = int(city.bodies.township_of[city.places.town_of[village]])
            note = "距名单疑点超过180日" if spans[village] else "所指村账户和名单无疑点"
            scene.explained("village", village, unit, (rows("ticket", tickets),), area=village, note=note)
            if spans is lists:
                _crossing(scene, village, day, every[village], tickets)
            done += 1


def _crossing(scene: Scene, village: int, day: int, signals: list[tuple[Case, int, int]], tickets: Ints) -> None:
    """It names a village with a money case of another row."""
    units = {case.unit for case, first, last in signals if first - _CLEAR <= day <= last + _CLEAR}
    for unit in sorted(units):
        scene.also("X03").undecidable("village", village, unit, (rows("ticket", tickets),), area=village, note="投诉点名问题村")


def _signals(scene: Scene, any_rule: bool = False) -> dict[int, list[tuple[Case, int, int]]]:
    """By village: cases of accounts and lists (or all of money) with payments there, with their first and last day."""
    pay = scene.city.payments
    out: dict[int, list[tuple[Case, int, int]]] = {village: [] for village in scene.city.places.villages.tolist()}
    for case in scene.city.truth.cases:
        if case.kind == EXPLAINED or not (case.rule in _SIGNALS or any_rule and case.rule[0] in "SX"):
            continue
        paid = np.array([row for table, found in case.evidence if table == "subsidy_payment" for row in found], dtype=np.int64)
        for village in distinct(pay["area"][paid]).tolist():
            days = pay["paid"][paid[pay["area"][paid] == village]]
            if village in out:
                out[village].append((case, int(days.min()), int(days.max())))
        if not len(paid) and case.area in out and case.rule[0] == "S":
            out[case.area].append((case, scene.city.first, scene.city.last))
    return out


def _complain(scene: Scene, village: int, day: int, count: int) -> Ints:
    city = scene.city
    texts = [special(scene, one, _CATEGORY) for one in hotline_texts().withheld]
    days = np.minimum(day + np.arange(count) * 4, city.last - 8)
    town = int(city.places.town_of[village])
    return ring(scene, days, texts, _CATEGORY, city.bodies.agency("民政局"), place=3, area=village, town=town)


@dataclass(frozen=True)
class _Told:
    """Tickets about money by the village they name, and which of all tickets have a text of this row."""

    tickets: Finder
    planted: Bools


def _told(scene: Scene) -> _Told:
    book = scene.city.desk.tickets
    money = np.array([one.money for one in wording().issues])[book["issue"]]
    planted = among(book["text"], [special(scene, one, _CATEGORY) for one in hotline_texts().withheld])
    here = (book["place"] == 3) & (book["alive"] == 1) & (money | planted)
    return _Told(Finder(np.where(here, book["area"], NONE)), planted)


def _write(scene: Scene, village: int, signals: list[tuple[Case, int, int]], here: Ints, planted: Bools) -> None:
    """One row for every paying unit: sure where a planted complaint meets a sure case in time, else for a person to say."""
    city, book = scene.city, scene.city.desk.tickets
    when = book["created"][here] // DAY_SECONDS
    crossing = scene.also("X03")
    known = {(case.subject, case.unit) for case in city.truth.of("X03", PROBLEM) if case.subject_kind == "village"}
    for unit in sorted({case.unit for case, _, _ in signals}):
        mine = [one for one in signals if one[0].unit == unit]
        loose, sure = np.zeros(len(here), dtype=bool), np.zeros(len(here), dtype=bool)
        for case, first, last in mine:
            loose |= (when >= first - _WINDOW - 12) & (when <= last + _WINDOW + 12)
            strict = (np.minimum(np.abs(when - first), np.abs(when - last)) <= _WINDOW - 10) & planted
            sure |= strict & (case.kind == PROBLEM)
        if not loose.any():
            continue
        write = scene.problem if sure.any() else scene.undecidable
        note = "反映克扣、收费的村账户或名单有疑点" if sure.any() else "投诉与名单疑点时间相近，需人工判断"
        write("village", village, unit, (rows("ticket", here[loose]),), area=village, note=note)
        if planted[loose].any() and (village, unit) not in known:
            cross = crossing.problem if sure.any() else crossing.undecidable
            cross("village", village, unit, (rows("ticket", here[loose]),), area=village, note="投诉点名问题村")
