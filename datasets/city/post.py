"""Public welfare posts (公益性岗位): everybody whom the post programme pays holds one, and is there most days of the month."""

from dataclasses import dataclass

import numpy as np

from datasets.city.arrays import NONE, Ints, among, month_end, month_start, months_of, spread
from datasets.city.body import Bodies
from datasets.city.folk import Folk
from datasets.city.ledger import Ledger
from datasets.city.pay import REGULAR
from datasets.city.place import Places
from datasets.city.programme import number

KINDS = (
    "农村保洁员", "公共厕所管护员", "乡村道路养护员", "河道巡查员", "生态护林员", "治安巡逻员", "村级文化管理员", "助残助老员", "快递服务点协管员", "图书室管理员",
)  # fmt: skip
POST_COLUMNS = ("person", "unit", "area", "kind", "starts", "ends")
ATTENDANCE = ("post", "month", "days")


@dataclass
class Posts:
    """The posts and the days worked in them by month."""

    book: Ledger
    attendance: Ledger

    def of(self, person: int) -> Ints:
        return np.flatnonzero((self.book["person"] == person) & (self.book["alive"] == 1))

    def months_of(self, post: int) -> Ints:
        """Rows of a post's attendance in order of time."""
        rows = np.flatnonzero((self.attendance["post"] == post) & (self.attendance["alive"] == 1))
        return np.asarray(rows[np.argsort(self.attendance["month"][rows])], dtype=np.int64)


def open_posts() -> Posts:
    return Posts(Ledger(POST_COLUMNS), Ledger(ATTENDANCE))


def post_payments(payments: Ledger) -> Ints:
    """Regular payments for posts."""
    return np.flatnonzero((payments["programme"] == number("PG10")) & (payments["alive"] == 1) & (payments["kind"] == REGULAR))


def fill(
    posts: Posts, folk: Folk, places: Places, bodies: Bodies, payments: Ledger, rows: Ints, last: int, rng: np.random.Generator
) -> None:
    """Give a post to everybody whom these payments are made to and who has none, from the first month paid to the last."""
    rows = rows[~among(payments["person"][rows], posts.book["person"]) & (payments["period"][rows] != NONE)]
    period = payments["period"][rows]
    month = (period // 100 - 1970) * 12 + period % 100 - 1
    people, place = np.unique(payments["person"][rows], return_inverse=True)
    first, final = np.full(len(people), 2**40), np.full(len(people), -(2**40))
    np.minimum.at(first, place, month)
    np.maximum.at(final, place, month)
    village = folk.village[people]
    # the village keeps the one half of them, the township the other
    unit = np.where(rng.random(len(people)) < 0.5, bodies.committee_of[village], bodies.township_of[places.town_of[village]])
    now = int(months_of(np.array([last]))[0])
    made = posts.book.add(
        len(people), person=people, unit=unit, area=village, kind=rng.integers(0, len(KINDS), len(people)), starts=month_start(first),
        ends=np.where(final >= now, NONE, month_end(final)),
    )  # fmt: skip
    attend(posts, made, first, final, rng)


def attend(posts: Posts, made: Ints, first: Ints, final: Ints, rng: np.random.Generator) -> None:
    """Days at work in every month of the posts; one sheet in fifty was lost."""
    owner, month = spread(first, final - first + 1)
    days = np.clip(np.round(rng.normal(22.5, 2.2, len(month))), 12, 28).astype(np.int64)
    there = rng.random(len(month)) > 0.02
    posts.attendance.add(int(there.sum()), post=made[owner[there]], month=month[there], days=days[there])
