"""C25 and R046 黑名单供应商参与: a bid within a ban; bans ended, lifted or yet to begin, and namesakes, are innocent."""

import numpy as np

from datasets.city.arrays import DAY_SECONDS, NONE, Ints
from datasets.city.plant.scene import Scene
from datasets.city.plant.stage import cast_tenders, decided, hand_over
from datasets.city.truth import rows

_STORIES = ("ended", "later", "lifted", "ended", "lifted", "later", "ended", "namesake", "ended", "lifted")


def plant(scene: Scene) -> None:
    """A firm plays in one case or look-alike only, so that its other bids can be handed to others."""
    used: set[int] = set()
    bans: dict[int, tuple[int, int]] = {}
    wanted = scene.number(4, 1)
    done = 0
    for place, tender in enumerate(cast_tenders(scene, _fit(scene), wanted).tolist()):
        done += _case(scene, place, tender, used, bans)
    for place, tender in enumerate(cast_tenders(scene, _fit(scene), 11 * done).tolist()):
        _innocent(scene, tender, _STORIES[place % len(_STORIES)], used, bans)
    for tender in cast_tenders(scene, _fit(scene), max(1, done // 3)).tolist():
        _name_only(scene, tender, used)
    _stay_away(scene, bans, used)


def _fit(scene: Scene) -> Ints:
    found, market = decided(scene), scene.city.market
    count = np.bincount(market.bids["tender"][market.bids["alive"] == 1], minlength=len(market.tenders))
    return found[(count[found] >= 3) & (count[found] <= 6)]


def _player(scene: Scene, tender: int, used: set[int]) -> tuple[int, int]:
    """A bid of the tender by a firm that plays no part yet, and the firm; NONE when there is none."""
    book = scene.city.market.bids
    for bid in scene.rng.permutation(scene.bids.of(tender)).tolist():
        firm = int(book["firm"][bid])
        if book["alive"][bid] == 1 and firm not in used:
            used.add(firm)
            return bid, firm
    return NONE, NONE


def _days(scene: Scene, tender: int) -> tuple[int, int]:
    """Day of notice and a day by which the award is surely published."""
    book = scene.city.market.tenders
    return int(book["noticed"][tender]) // DAY_SECONDS, int(book["closes"][tender]) // DAY_SECONDS + 8


def _ban(scene: Scene, firm: int, starts: int, ends: int, lifted: int = NONE) -> int:
    return int(
        scene.city.firms.debarments.add(1, firm=firm, starts=starts, ends=ends, lifted=lifted, reason=int(scene.rng.integers(4)))[
            0
        ]
    )


def _case(scene: Scene, place: int, tender: int, used: set[int], bans: dict[int, tuple[int, int]]) -> int:
    bid, firm = _player(scene, tender, used)
    if firm == NONE:
        return 0
    noticed, awarded = _days(scene, tender)
    near = scene.near(place)
    ends = awarded + (int(scene.rng.integers(1, 20)) if near else int(scene.rng.integers(60, 500)))
    starts = min(ends - 365, noticed - 20)
    ban = _ban(scene, firm, starts, ends)
    bans[firm] = (starts, ends)
    market = scene.city.market
    buyer = int(market.tenders["buyer"][tender])
    scene.problem("tender", tender, buyer, (rows("tender", [tender]), rows("bid", [bid]), rows("debarment", [ban])), area=int(scene.city.bodies.area[buyer]),
                  cents=int(market.bids["price"][bid]), near=near, note="禁入期内参与投标")  # fmt: skip
    scene.kept_bids.add(bid)
    return 1


def _innocent(scene: Scene, tender: int, story: str, used: set[int], bans: dict[int, tuple[int, int]]) -> None:
    bid, firm = _player(scene, tender, used)
    if firm == NONE:
        return
    noticed, awarded = _days(scene, tender)
    gap = int(scene.rng.integers(3, 60))
    note, lifted = "禁入期已满", NONE
    starts, ends = noticed - gap - 365, noticed - gap
    if story == "later":
        starts, ends, note = awarded + gap, awarded + gap + 365, "处罚在中标之后"
    elif story == "lifted":
        starts, ends, lifted, note = noticed - gap - 200, noticed + 165, noticed - gap, "已提前解除"
    if story == "namesake":
        other = int(scene.rng.choice(np.flatnonzero(scene.city.firms.kind == 2)))
        ban = _ban(scene, other, noticed - 100, noticed + 265)
        scene.city.firms.alias[ban] = (str(scene.city.firms.name[firm]), True)
        note = "同名不同企业"
    else:
        ban = _ban(scene, firm, starts, ends, lifted)
        bans[firm] = (starts, ends if lifted == NONE else lifted)
    buyer = int(scene.city.market.tenders["buyer"][tender])
    scene.explained("tender", tender, buyer, (rows("tender", [tender]), rows("bid", [bid]), rows("debarment", [ban])), area=int(scene.city.bodies.area[buyer]),
                    near=story == "ended" and gap < 37, note=note)  # fmt: skip
    scene.kept_bids.add(bid)


def _name_only(scene: Scene, tender: int, used: set[int]) -> None:
    """The list gives a name without a code: whether it is this bidder only a person can tell."""
    bid, firm = _player(scene, tender, used)
    if firm == NONE:
        return
    noticed, awarded = _days(scene, tender)
    ban = _ban(scene, firm, noticed - 60, awarded + 300)
    scene.city.firms.alias[ban] = (str(scene.city.firms.name[firm]), False)
    book = scene.city.market.bids
    # all the firm's bids of that time are in the same doubt
    times = scene.city.market.tenders["closes"][book["tender"]] // DAY_SECONDS
    for row in np.flatnonzero(
        (book["firm"] == firm) & (book["alive"] == 1) & (times > noticed - 75) & (times < awarded + 330)
    ).tolist():
        where = int(book["tender"][row])
        buyer = int(scene.city.market.tenders["buyer"][where])
        scene.undecidable(
            "tender",
            where,
            buyer,
            (rows("tender", [where]), rows("bid", [row])),
            area=int(scene.city.bodies.area[buyer]),
            note="名单无信用代码，仅名称相同",
        )
        scene.kept_bids.add(row)


def _stay_away(scene: Scene, bans: dict[int, tuple[int, int]], used: set[int]) -> None:
    """Every other bid of a banned firm within its ban was another firm's."""
    market = scene.city.market
    book, tenders = market.bids, market.tenders
    for firm, (starts, ends) in bans.items():
        mine = np.flatnonzero((book["firm"] == firm) & (book["alive"] == 1))
        noticed = tenders["noticed"][book["tender"][mine]] // DAY_SECONDS
        closed = tenders["closes"][book["tender"][mine]] // DAY_SECONDS + 40
        for bid in mine[(noticed <= ends + 3) & (closed >= starts)].tolist():
            if bid not in scene.kept_bids:
                hand_over(scene, bid, used)
