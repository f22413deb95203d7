"""The hotline's tickets: who calls about what, how long it takes, who answers; wording is rendered later."""

from dataclasses import dataclass, field

import numpy as np

from datasets.city.arrays import DAY_SECONDS, NONE, Bools, Ints, among, day, distinct
from datasets.city.body import Bodies
from datasets.city.folk import Folk
from datasets.city.ledger import Ledger
from datasets.city.place import Places
from datasets.city.vocabulary import words
from datasets.city.wording import wording

CHANNELS = ("hotline", "leaders_board", "tv_radio", "letter", "petition_office")
REGIMES = ("ordinary", "petition", "accusation")
KINDS = ("complaint", "inquiry", "request", "report", "praise")
PLACES = ("none", "road", "estate", "village")
HOTLINE, BOARD, TV, LETTER, PETITION_OFFICE = range(5)
ORDINARY, PETITION, ACCUSATION = range(3)
COLUMNS = (
    "channel", "regime", "kind", "issue", "title", "body", "greeting", "time", "closing", "contact", "place", "area", "town", "p1", "p2", "p3",
    "caller", "named", "firm", "accused_unit", "accused", "unit", "created", "accepted", "notified", "due", "extended", "closed",
    "reply", "r1", "r2", "r3", "r4", "r5", "called", "solved", "satisfied", "merged", "related", "text", "diverted", "paused", "visited",
)  # fmt: skip
FLOW_COLUMNS = ("ticket", "from_unit", "to_unit", "action", "acted", "reason", "discloses")
ACTIONS = ("dispatch", "returned", "reassign", "extend", "supervise", "close", "reopen")
DISPATCH, RETURNED, REASSIGN, EXTEND, SUPERVISE, CLOSE, REOPEN = range(7)
REGULAR_REPLY, NO_REPLY = -1, -2
"""Kinds of reply; SHORT, EMPTY and STOCK numbers count positions in the wording from their start."""
SHORT, EMPTY, STOCK, POLICY = 100, 200, 300, 400
UNKNOWN = 2
"""Of `visited`: nobody noted whether somebody went to the spot (NONE: not settled yet)."""


@dataclass
class Desk:
    """Tickets and how they travelled."""

    folk: Folk
    places: Places
    bodies: Bodies
    tickets: Ledger
    flows: Ledger
    centre: int
    last: int
    waiting: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    """People who have not called yet, as planted callers are drawn from them."""

    @property
    def midnight(self) -> int:
        """Second at which the city's time ends."""
        return (self.last + 1) * DAY_SECONDS

    def handler(self, issue: Ints, town: Ints) -> Ints:
        """The unit that an issue belongs to, in a town."""
        issues = wording().issues
        fixed = np.array([_unit(self.bodies, item.unit) for item in issues])
        return np.where(fixed[issue] == NONE, self.bodies.township_of[town], fixed[issue])

    def send(self, tickets: Ints, **changed: Ints | int) -> None:
        """Write the ordinary journey: dispatched to its unit, closed there."""
        book = self.tickets
        self.flows.add(
            len(tickets), ticket=tickets, from_unit=self.centre, to_unit=book["unit"][tickets], action=DISPATCH,
            acted=book["accepted"][tickets] + 300, **changed,
        )  # fmt: skip
        done = tickets[book["closed"][tickets] != NONE]
        self.flows.add(
            len(done), ticket=done, from_unit=book["unit"][done], to_unit=self.centre, action=CLOSE, acted=book["closed"][done]
        )


def _unit(bodies: Bodies, name: str) -> int:
    if name == "township":
        return NONE
    return bodies.agency("水务集团有限公司" if name == "水务" else name)


def answer_calls(
    folk: Folk, places: Places, bodies: Bodies, years: range, count: int, last: int, rng: np.random.Generator
) -> Desk:
    """Tickets of the city's years with their journeys, none of them planted."""
    desk = Desk(folk, places, bodies, Ledger(COLUMNS), Ledger(FLOW_COLUMNS), bodies.agency("数据局"), last)
    created = day(years[0]) * DAY_SECONDS + np.sort(rng.integers(0, (last - day(years[0]) + 1) * 24, count)) * 3600
    created += rng.integers(0, 3600, count)
    # few call at night
    hour = created // 3600 % 24
    created = np.where((hour < 7) & (rng.random(count) < 0.85), created + 8 * 3600, created)
    rows = take_calls(desk, created, rng)
    time_them(desk, rows, rng)
    spread_out(desk, rows, rng)
    journeys(desk, rows, rng)
    return desk


def take_calls(
    desk: Desk, created: Ints, rng: np.random.Generator, issue: Ints | None = None, caller: Ints | None = None
) -> Ints:
    """Enter calls at the given seconds about drawn issues, by drawn people where none are named; returns their rows."""
    count, said = len(created), wording()
    issues = said.issues
    if issue is None:
        issue = rng.integers(0, len(issues), count)
    place = np.array([PLACES.index(item.place) for item in issues])[issue]
    village = rng.choice(desk.places.villages, count)
    town = desk.places.town_of[village]
    channel = rng.choice(5, count, p=[0.86, 0.08, 0.01, 0.02, 0.03])
    regime = np.where(among(channel, [BOARD, LETTER, PETITION_OFFICE]), PETITION, ORDINARY)
    vague = np.where(rng.random(count) < 0.7, town, NONE)
    return desk.tickets.add(
        count, channel=channel, regime=regime, kind=np.array([KINDS.index(item.kind) for item in issues])[issue], issue=issue,
        title=rng.integers(0, 12, count), body=rng.integers(0, 12, count), greeting=rng.integers(0, 10**6, count), time=rng.integers(0, 10**6, count),
        closing=rng.integers(0, 10**6, count), contact=np.where(rng.random(count) < 0.08, rng.integers(0, 3, count), NONE), place=place,
        area=np.where(place == PLACES.index("village"), village, vague), town=town, caller=_callers(desk, count, rng) if caller is None else caller,
        named=(rng.random(count) < 0.6).astype(np.int64), unit=desk.handler(issue, town), created=created, reply=REGULAR_REPLY,
        r1=rng.integers(0, 10**6, count), r2=rng.integers(0, 10**6, count), r3=rng.integers(0, 10**6, count), r4=rng.integers(0, 10**6, count), r5=rng.integers(0, 10**6, count), diverted=0, **_numbers(count, rng),
    )  # fmt: skip


def _numbers(count: int, rng: np.random.Generator) -> dict[str, Ints]:
    return {"p1": rng.integers(0, 10**6, count), "p2": rng.integers(0, 10**6, count), "p3": rng.integers(0, 10**6, count)}


def _callers(desk: Desk, count: int, rng: np.random.Generator) -> Ints:
    """Nearly everybody calls once in a long while; one in twenty calls again about something else."""
    age = desk.folk.age(desk.last)
    adults = rng.permutation(np.flatnonzero((age >= 20) & (age < 80) & (desk.folk.died == NONE)))
    caller = adults[np.arange(count) % len(adults)]
    again = np.flatnonzero(rng.random(count) < 0.05)
    donor = again - rng.integers(5, max(6, count // 12), len(again))
    keep = (donor >= 0) & ~among(donor, again)
    again, donor = again[keep], donor[keep]
    _, first = np.unique(donor, return_index=True)
    caller[again[first]] = caller[donor[first]]
    return np.where(rng.random(count) < 0.12, NONE, caller)


def time_them(desk: Desk, rows: Ints, rng: np.random.Generator) -> None:
    """Handling times: hotline orders within days, board and letters as the real delays are (median 11 days, 38 % over 15)."""
    book, count = desk.tickets, len(rows)
    created, petition = book["created"][rows], book["regime"][rows] != ORDINARY
    allowed = np.where(petition, 60, rng.choice([2, 5, 7, 15], count, p=[0.15, 0.4, 0.3, 0.15])) * DAY_SECONDS
    slow = np.exp(rng.normal(np.log(11.2), 1.0, count)) * DAY_SECONDS
    quick = np.maximum(rng.beta(1.6, 2.2, count) * allowed * 0.93, 3 * 3600)
    took = np.where(petition, slow, quick).astype(np.int64)
    extended = np.full(count, NONE)
    longer = petition & (took > allowed) & (rng.random(count) < 0.97)
    extended[longer] = (created + allowed)[longer] + 30 * DAY_SECONDS
    lawful = ~petition & (rng.random(count) < 0.075)
    more = rng.integers(3, 11, count) * DAY_SECONDS
    extended[lawful] = (created + allowed + more)[lawful]
    took = np.where(lawful, allowed + (rng.uniform(0.02, 0.95, count) * more).astype(np.int64), took)
    closed = created + took
    limit = np.where(extended == NONE, created + allowed, extended)
    # nothing hangs on the very day the records end: what would fall due then is done in time
    hangs = (
        (closed >= desk.midnight)
        & (limit < desk.midnight + 2 * DAY_SECONDS)
        & ((limit > desk.midnight - 2 * DAY_SECONDS) | ~petition)
    )
    closed = np.where(hangs, np.minimum(created + allowed // 3, desk.midnight - 60), closed)
    # an excess of minutes is no case: late is late by some hours
    late = (closed > limit) & (closed < limit + 7200)
    closed = np.where(late, closed + 7200, closed)
    open_still = closed >= desk.midnight
    unknown = rng.random(count) < 0.012
    book["accepted"][rows] = np.minimum(created + rng.integers(120, 5400, count), desk.midnight - 1)
    book["due"][rows] = np.where(unknown, NONE, created + allowed)
    book["extended"][rows] = np.where(unknown, NONE, extended)
    book["closed"][rows] = np.where(open_still, NONE, closed)
    _call_back(desk, rows, ~open_still, rng)
    told = np.minimum(created + rng.integers(3600, 9 * DAY_SECONDS, count), desk.midnight - 1)
    book["notified"][rows] = np.where(petition, told, NONE)
    book["reply"][rows] = np.where(open_still, NO_REPLY, REGULAR_REPLY)
    book["reply"][rows[~open_still & (rng.random(count) < 0.045)]] = SHORT + rng.integers(0, 5)


def _call_back(desk: Desk, rows: Ints, closed: Bools, rng: np.random.Generator) -> None:
    book, count = desk.tickets, len(rows)
    called = closed & (rng.random(count) < 0.72)
    solved = rng.random(count) < 0.86
    satisfied = np.where(solved, rng.random(count) < 0.95, rng.random(count) < 0.3)
    book["called"][rows] = np.where(closed, called, NONE)
    book["solved"][rows] = np.where(called, solved, NONE)
    book["satisfied"][rows] = np.where(called, satisfied, NONE)


def place_key(desk: Desk, rows: Ints) -> Ints:
    """One number for each place and category: the same for tickets about the same spot. NONE where no spot is named."""
    book, said = desk.tickets, words()
    categories = sorted({item.category for item in wording().issues})
    category = np.array([categories.index(item.category) for item in wording().issues])[book["issue"][rows]]
    kind, p1, p2, p3 = (book[name][rows] for name in ("place", "p1", "p2", "p3"))
    spot = np.select(
        [kind == 1, kind == 2, kind == 3],
        [p1 % len(said.roads) * 10**4 + p2 % 600, (100 + p1 % len(said.estates)) * 10**6 + p2 % 60 * 1000 + p3 % 190,
         (1000 + book["area"][rows]) * 10**6 + p2 % 20 * 100 + p3 % 30], NONE,
    )  # fmt: skip
    return np.where(spot == NONE, NONE, spot * 100 + category)


def spread_out(desk: Desk, rows: Ints, rng: np.random.Generator) -> None:
    """No two ordinary tickets tell of the same spot: new numbers until every spot and category is told of once."""
    book = desk.tickets
    for _ in range(30):
        keys = place_key(desk, rows)
        keys = np.where(keys == NONE, -1 - np.arange(len(keys)), keys)
        # whoever comes second to a spot
        order = np.argsort(keys, kind="stable")
        again = np.sort(order[1:][keys[order[1:]] == keys[order[:-1]]])
        if not len(again):
            return
        for name, values in _numbers(len(again), rng).items():
            book[name][rows[again]] = values
    book["place"][rows[again]] = 0


def journeys(desk: Desk, rows: Ints, rng: np.random.Generator) -> None:
    """Most tickets go straight to their unit; one in fourteen is sent to a wrong one first and comes back once."""
    book = desk.tickets
    astray = (
        (rng.random(len(rows)) < 0.07)
        & (book["reply"][rows] != NO_REPLY)
        & (book["closed"][rows] - book["created"][rows] > 8 * 3600)
    )
    desk.send(rows[~astray])
    go_astray(desk, rows[astray], rng)
    late = rows[(book["extended"][rows] != NONE)]
    asked = np.minimum(book["due"][late] - 7200, desk.midnight - 60)
    late, asked = late[asked > book["created"][late]], asked[asked > book["created"][late]]
    desk.flows.add(len(late), ticket=late, from_unit=book["unit"][late], to_unit=book["unit"][late], action=EXTEND, acted=asked)


def go_astray(desk: Desk, rows: Ints, rng: np.random.Generator) -> None:
    """Dispatched to a wrong unit, returned once with a reason, reassigned to the right one, closed."""
    book = desk.tickets
    pool = np.r_[
        desk.bodies.of_kind("township"),
        desk.handler(np.arange(len(wording().issues)), np.zeros(len(wording().issues), dtype=np.int64)),
    ]
    pool = distinct(pool[pool != NONE])
    wrong = pool[rng.integers(0, len(pool), len(rows))]
    wrong = np.where(wrong == book["unit"][rows], desk.bodies.agency("应急管理局"), wrong)
    begin, right = book["accepted"][rows], book["unit"][rows]
    desk.flows.add(len(rows), ticket=rows, from_unit=desk.centre, to_unit=wrong, action=DISPATCH, acted=begin + 300)
    desk.flows.add(
        len(rows),
        ticket=rows,
        from_unit=wrong,
        to_unit=desk.centre,
        action=RETURNED,
        acted=begin + 5000,
        reason=rng.integers(0, 4, len(rows)),
    )
    desk.flows.add(len(rows), ticket=rows, from_unit=desk.centre, to_unit=right, action=REASSIGN, acted=begin + 7200)
    done = rows[book["closed"][rows] != NONE]
    desk.flows.add(
        len(done),
        ticket=done,
        from_unit=book["unit"][done],
        to_unit=desk.centre,
        action=CLOSE,
        acted=np.maximum(book["closed"][done], book["accepted"][done] + 9000),
    )
