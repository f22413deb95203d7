"""R020 质疑投诉成立或逾期不答: a challenge that was right, or one left without an answer for more than seven working days.

Innocent: answered on the seventh working day, rejected with reasons, too fresh to be answered, a complaint to the finance
bureau, which has thirty working days. Whether a challenge that was answered a day late matters is the case near the line.
"""

from datasets.city import workdays
from datasets.city.arrays import DAY_SECONDS, NONE, Ints, among, kept
from datasets.city.dossier import CHALLENGE, COMPLAINT
from datasets.city.plant.scene import Scene
from datasets.city.plant.stage import awarded, bids_of, cast_alike, cast_tenders, crowded, tell
from datasets.city.tender import WINNING
from datasets.city.truth import EXPLAINED, PROBLEM, UNDECIDABLE, rows

_WAYS = ("upheld", "late", "unanswered", "complaint upheld", "late", "upheld", "unanswered")
_STORIES = ("seventh day", "rejected", "complaint", "seventh day", "rejected", "complaint", "two rejected")


def plant(scene: Scene) -> None:
    chosen = cast_tenders(scene, _fit(scene), scene.number(5))
    for place, tender in enumerate(chosen.tolist()):
        _case(scene, tender, "late" if scene.near(place) else _WAYS[place % len(_WAYS)], scene.near(place))
    for place, tender in enumerate(cast_alike(scene, _fit(scene), 11 * len(chosen)).tolist()):
        _innocent(scene, tender, _STORIES[place % len(_STORIES)])
    for tender in cast_tenders(scene, _fit(scene), max(1, len(chosen) // 4)).tolist():
        made = _file(scene, tender, COMPLAINT, int(scene.rng.integers(12, 28)), NONE)
        tell(scene, UNDECIDABLE, tender, more=(rows("tender_complaint", [made]),), note="投诉处理结果没有记录")


def _fit(scene: Scene) -> Ints:
    """Purchases with losers, awarded months ago, that nobody has challenged."""
    city, found = scene.city, crowded(scene, awarded(scene), 2)
    plain = ~among(found, city.dossier.complaints["tender"])
    return kept(found, plain & (city.market.tenders["closes"][found] < (city.last - 90) * DAY_SECONDS))


def _file(scene: Scene, tender: int, kind: int, days: int, upheld: int) -> int:
    """A loser's challenge after the award, answered on the `days`-th working day after it (never, where NONE); returns its row."""
    city = scene.city
    book, bids = city.market.bids, bids_of(scene, tender)
    losers = kept(bids, book["status"][bids] != WINNING)
    day = city.market.tenders["closes"][[tender]] // DAY_SECONDS + 8 + scene.rng.integers(0, 8, 1)
    filed = workdays.on_or_after(day)
    answered = NONE if days == NONE else int(workdays.ahead(filed, days)[0])
    firm = int(book["firm"][scene.rng.choice(losers if len(losers) else bids)])
    made = city.dossier.complaints.add(
        1, tender=tender, firm=firm, kind=kind, filed=int(filed[0]), answered=answered, upheld=upheld
    )
    return int(made[0])


def _case(scene: Scene, tender: int, way: str, near: bool) -> None:
    rng = scene.rng
    if way == "late":
        made = _file(scene, tender, CHALLENGE, 8 if near else int(rng.integers(10, 40)), 0)
        note = "质疑逾七个工作日才答复"
    elif way == "unanswered":
        made = _file(scene, tender, CHALLENGE, NONE, NONE)
        note = "质疑至今未答复"
    elif way == "upheld":
        made = _file(scene, tender, CHALLENGE, int(rng.integers(2, 7)), 1)
        note = "质疑成立"
    else:
        made = _file(scene, tender, COMPLAINT, int(rng.integers(9, 29)), 1)
        note = "投诉经财政部门处理成立"
    tell(scene, PROBLEM, tender, more=(rows("tender_complaint", [made]),), near=near, note=note)


def _innocent(scene: Scene, tender: int, story: str) -> None:
    rng = scene.rng
    if story == "seventh day":
        made, note = [_file(scene, tender, CHALLENGE, 7, 0)], "第七个工作日答复，质疑不成立"
    elif story == "complaint":
        made, note = [_file(scene, tender, COMPLAINT, int(rng.integers(3, 8)), 0)], "投诉经财政部门驳回"
    else:
        count = 2 if story == "two rejected" else 1
        made = [_file(scene, tender, CHALLENGE, int(rng.integers(1, 7)), 0) for _ in range(count)]
        note = "质疑均已按期答复，不成立"
    more = (rows("tender_complaint", made),)
    tell(scene, EXPLAINED, tender, more=more, near=story == "seventh day", note=note)
