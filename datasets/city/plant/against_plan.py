"""R012 违反采购计划: the plan says open tender, the purchase was made another way, and nobody approved that.

Innocent: a change that was approved, a purchase made more openly than planned, call-offs under a framework, plan and
purchase alike. A purchase without a plan, or of which nobody knows whether it was approved, is for a person to judge.
"""

from datasets.city.arrays import NONE, Ints, among, kept
from datasets.city.plant.scene import Scene
from datasets.city.plant.stage import awarded, cast_alike, cast_tenders, tell
from datasets.city.tender import CONSULTATION, DIRECT, FRAMEWORK, INQUIRY, INVITED, NEGOTIATION, OPEN, OPEN_LIMIT
from datasets.city.truth import EXPLAINED, PROBLEM, UNDECIDABLE, rows

_OTHER_WAYS = (INVITED, NEGOTIATION, CONSULTATION, INQUIRY, DIRECT)
_STORIES = ("approved", "more open", "framework", "as planned", "approved", "more open")


def plant(scene: Scene) -> None:
    chosen = cast_tenders(scene, _bought(scene, *_OTHER_WAYS), scene.number(5))
    for tender in chosen.tolist():
        _case(scene, tender)
    for story in _STORIES:
        ways = {"more open": (OPEN,), "framework": (FRAMEWORK,)}.get(story, _OTHER_WAYS)
        for tender in cast_alike(scene, _bought(scene, *ways), 2 * len(chosen)).tolist():
            _innocent(scene, tender, story)
    for place, tender in enumerate(cast_tenders(scene, _bought(scene, *_OTHER_WAYS), max(2, len(chosen) // 3)).tolist()):
        book = scene.city.market.tenders
        if place % 2:
            book["plan"][tender] = NONE
        else:
            _planned(scene, tender, OPEN)
            book["approved"][tender] = NONE
        tell(scene, UNDECIDABLE, tender, note="没有对应的采购计划，或变更方式是否经批准不明")


def _bought(scene: Scene, *methods: int) -> Ints:
    """Purchases made in these ways, in one plan each."""
    found, book = awarded(scene), scene.city.market.tenders
    return kept(found, among(book["method"][found], methods) & (book["plan"][found] != NONE))


def _planned(scene: Scene, tender: int, method: int) -> int:
    """A plan of its own for a purchase, by a method; returns its row."""
    city = scene.city
    book, plans = city.market.tenders, city.dossier.plans
    amount = int(int(book["budget"][tender]) * scene.rng.uniform(1.0, 1.05)) // 100_000 * 100_000 + 100_000
    made = plans.copy_rows(book["plan"][[tender]], method=method, amount=amount)
    book["plan"][tender] = made[0]
    return int(made[0])


def _case(scene: Scene, tender: int) -> None:
    book = scene.city.market.tenders
    plan = _planned(scene, tender, OPEN)
    book["approved"][tender] = 0
    share = book["budget"][tender] / OPEN_LIMIT[book["category"][tender]]
    note = "计划公开招标，未经批准直接采购" if book["method"][tender] == DIRECT else "计划公开招标，未经批准改用其他方式"
    tell(scene, PROBLEM, tender, more=(rows("procurement_plan", [plan]),), near=0.9 <= share < 1.1, note=note)


def _innocent(scene: Scene, tender: int, story: str) -> None:
    book = scene.city.market.tenders
    note, near = "采购方式与计划一致", False
    if story == "approved":
        _planned(scene, tender, OPEN)
        book["approved"][tender] = 1
        note, near = "计划公开招标，变更方式已经批准", True
    elif story == "more open":
        _planned(scene, tender, int(scene.rng.choice([CONSULTATION, INQUIRY, NEGOTIATION])))
        note = "计划非公开方式，实际公开招标"
    elif story == "framework":
        _planned(scene, tender, OPEN)
        book["approved"][tender] = 1
        note = "公开招标订立框架协议，其后为协议项下订单"
    tell(scene, EXPLAINED, tender, more=(rows("procurement_plan", [int(book["plan"][tender])]),), near=near, note=note)
