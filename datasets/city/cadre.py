"""Public employees and village cadres: units, posts, Party membership, terms."""

import numpy as np

from datasets.city.arrays import NONE, Ints, day, nth_of
from datasets.city.body import Bodies
from datasets.city.folk import Folk
from datasets.city.ledger import Ledger

POSTS = (
    "科员", "一级科员", "副主任", "主任", "局长", "副局长", "教师", "医生", "护士", "镇长", "镇党委书记", "民政办主任", "财政所会计", "农技站站长",
    "党总支书记", "村委会副主任", "村会计", "妇联主席", "县委书记", "县长", "副县长", "县人大主任", "县政协主席", "纪委书记", "监督检查室主任",
    "派驻纪检监察组组长", "巡察组组长", "党风政风监督室主任", "纪检监察干部", "校长", "院长", "经理",
)  # fmt: skip
RANKS = ("staff", "section_deputy", "section_head", "division_deputy", "division_head", "village")
LEVELS = ("village", "town", "county", "city", "province")
_TOP = ("县委书记", "县长", "副县长", "副县长", "县人大主任", "县政协主席")
_VILLAGE = ("党总支书记", "村委会副主任", "村会计", "妇联主席")
# kind of unit: relative number of people, post of most, post of the head
_STAFFING = {
    "agency": (26, "科员", "局长"), "institution": (22, "科员", "主任"), "township": (30, "科员", "镇长"), "school": (26, "教师", "校长"),
    "hospital": (34, "医生", "院长"), "nursing_home": (4, "科员", "院长"), "state_firm": (12, "科员", "经理"),
}  # fmt: skip
COLUMNS = ("person", "unit", "post", "rank", "party", "managed", "village_cadre", "paid", "starts", "ends")
_POST = {post: number for number, post in enumerate(POSTS)}


class Seats:
    """Hands out people of working age to posts, nobody twice."""

    def __init__(self, folk: Folk, last: int, rng: np.random.Generator) -> None:
        age = folk.age(last)
        queue = rng.permutation(np.flatnonzero((age >= 23) & (age < 59) & folk.living(last) & folk.death_known))
        local = nth_of(folk.village[queue]) < len(_VILLAGE)
        self.village_cadres = queue[local]
        """Up to four people of every village."""
        self._queue = queue[~local]

    def take(self, count: int) -> Ints:
        got, self._queue = self._queue[:count], self._queue[count:]
        return got


def employ(folk: Folk, bodies: Bodies, first: int, last: int, rng: np.random.Generator) -> Ledger:
    """The register of public employees and village cadres."""
    book, seats = Ledger(COLUMNS), Seats(folk, last, rng)
    people = seats.village_cadres
    posts = np.array([_POST[post] for post in _VILLAGE])[nth_of(folk.village[people])]
    book.add(
        len(people), person=people, unit=bodies.committee_of[folk.village[people]], post=posts, rank=RANKS.index("village"),
        party=np.where(posts == _POST["党总支书记"], 1, rng.random(len(people)) < 0.7).astype(np.int64),
        managed=LEVELS.index("town"), village_cadre=1, paid=0, starts=day(2021, 1, 15),
    )  # fmt: skip
    top = seats.take(len(_TOP))
    book.add(
        len(top), person=top, unit=0, post=np.array([_POST[post] for post in _TOP]), rank=4, party=1, managed=LEVELS.index("city"),
        village_cadre=0, paid=1, starts=day(2021, 6, 1),
    )  # fmt: skip
    _staff(book, seats, folk, bodies, first, last, rng)
    return book


def _staff(book: Ledger, seats: Seats, folk: Folk, bodies: Bodies, first: int, last: int, rng: np.random.Generator) -> None:
    weight = np.array([_STAFFING.get(str(kind), (0, "", ""))[0] for kind in bodies.kind], dtype=float)
    weight[0] = 0
    size = np.maximum(np.round(weight / weight.sum() * len(folk) * 0.022), (weight > 0) * 3).astype(np.int64)
    size[bodies.agency("纪委监委")] = max(40, int(size[bodies.agency("纪委监委")]))  # it has the heads of two dozen offices
    for unit in np.flatnonzero(size).tolist():
        people = seats.take(int(size[unit]))
        if not len(people):
            continue
        _, most, top = _STAFFING[str(bodies.kind[unit])]
        posts = np.full(len(people), _POST[most])
        posts[0] = _POST[top]
        starts = np.maximum(folk.born[people] + 365 * rng.integers(22, 30, len(people)), day(1990))
        # some joined and some left during the city's time
        joined = rng.random(len(people)) < 0.04
        starts = np.where(joined, rng.integers(first, last - 60, len(people)), np.minimum(starts, first - 30))
        left = ~joined & (rng.random(len(people)) < 0.04)
        left[0] = False
        ends = np.where(left, rng.integers(first, last - 60, len(people)), NONE)
        rank = np.where(np.arange(len(people)) == 0, RANKS.index("section_head"), RANKS.index("staff"))
        managed = LEVELS.index("town") if bodies.kind[unit] == "township" else LEVELS.index("county")
        book.add(
            len(people), person=people, unit=unit, post=posts, rank=rank, managed=managed, village_cadre=0, paid=1, starts=starts, ends=ends,
            party=(rng.random(len(people)) < (0.75 if bodies.kind[unit] in ("agency", "township") else 0.35)).astype(np.int64),
        )  # fmt: skip


def post_number(post: str) -> int:
    return _POST[post]
