"""R045 投标人未登记注册: a bidder that was struck off the register before it bid, or that the register does not know.

Innocent: struck off after its last purchase was awarded; a sole trader, who stands in the register too.
"""

import numpy as np

from datasets.city.arrays import DAY_SECONDS, NONE, Bools, Ints, among, distinct, kept
from datasets.city.plant.lists import NEEDY
from datasets.city.plant.scene import Scene
from datasets.city.plant.stage import bids_of, cast_alike, crowded, decided, give, hand_over, tell
from datasets.city.truth import EXPLAINED, PROBLEM, UNDECIDABLE, rows


def plant(scene: Scene) -> None:
    done, wanted = 0, scene.number(4)
    found, closes = crowded(scene, decided(scene), 3), scene.city.market.tenders["closes"]
    # the later it is, the fewer of the firm's further bids have to be others'
    found = kept(found, closes[found] >= np.median(closes[found])) if len(found) else found
    for tender in cast_alike(scene, found, 60 * wanted).tolist():
        if done < wanted and _case(scene, done, tender):
            done += 1
    _same_day(scene, max(1, done // 4))
    wanted = max(4 * done, 11 * done - _closed_later(scene, 6 * done))
    for tender in cast_alike(scene, crowded(scene, decided(scene), 3), 30 * done).tolist():
        wanted -= wanted > 0 and _sole_trader(scene, tender)


def _taken(scene: Scene) -> set[int]:
    """Firms that play a part somewhere, or that other registers speak of."""
    city = scene.city

    def made() -> set[int]:
        books = (city.grants.book, city.firms.debarments, city.dossier.groups, city.penalties)
        return {int(firm) for book in books for firm in book["firm"].tolist()} | city.apart.all

    return scene.pool("taken", made) | city.market.busy | city.market.related


def _unburdened(scene: Scene, firm: int) -> bool:
    """Whether nobody of the firm's people plays a part or is on a list of the needy."""
    firms = scene.city.firms
    people = distinct(np.r_[firms.owner[firm], firms.shares["person"][firms.shares["firm"] == firm]])
    people = kept(people, people != NONE)
    return not (scene.city.spoken[people] | _needy(scene)[people]).any()


def _needy(scene: Scene) -> Bools:
    """Who is on a list of the needy."""

    def made() -> Bools:
        needy = np.zeros(len(scene.city.folk), dtype=bool)
        needy[scene.recipients(*NEEDY)] = True
        return needy

    return scene.pool("needy", made)


def _free(scene: Scene, tender: int, after: int) -> tuple[int, int]:
    """A bid of a tender, and its firm, which has no other bid in a case that is due after a day; NONE when there is none."""
    market, taken = scene.city.market, _taken(scene)
    book, closes = market.bids, market.tenders["closes"] // DAY_SECONDS
    for bid in scene.rng.permutation(bids_of(scene, tender)).tolist():
        firm = int(book["firm"][bid])
        if firm in taken or not _unburdened(scene, firm):
            continue
        others = book["tender"][market.bids_by(firm)]
        others = kept(others, (others != tender) & (closes[others] >= after))
        if not scene.in_use(others).any():
            return bid, firm
    return NONE, NONE


def _case(scene: Scene, place: int, tender: int) -> bool:
    """Struck off days to a year before, now and then unknown altogether; whatever else it would have bid for is others'."""
    city, market, near = scene.city, scene.city.market, scene.near(place)
    unknown = place % 4 == 2
    day = int(market.tenders["closes"][tender]) // DAY_SECONDS
    gone = day - int(scene.rng.integers(2, 10) if near else scene.rng.integers(25, 400))
    bid, firm = _free(scene, tender, 0 if unknown else gone)
    if bid == NONE and unknown:
        unknown, (bid, firm) = False, _free(scene, tender, gone)
    if bid == NONE:
        return False
    if unknown:
        city.unlisted = np.r_[city.unlisted, firm]
    else:
        city.firms.cancelled[firm] = gone
    _only_here(scene, tender, bid, 0 if unknown else gone)
    more = () if unknown else (rows("enterprise", [firm]),)
    note = "投标人统一社会信用代码查无登记" if unknown else "投标人投标前已注销"
    tell(scene, PROBLEM, tender, np.array([bid]), more=more, near=near and not unknown, note=note)
    return True


def _only_here(scene: Scene, tender: int, bid: int, after: int) -> None:
    """The firm of a bid plays its part here; its other bids due since a day are others'."""
    city, market = scene.city, scene.city.market
    firm, closes = int(market.bids["firm"][bid]), market.tenders["closes"] // DAY_SECONDS
    city.used_tenders = np.r_[city.used_tenders, tender]
    market.busy.add(firm)
    city.spoken[city.firms.owner[firm]] = True
    for other in market.bids_by(firm).tolist():
        if other != bid and closes[market.bids["tender"][other]] >= after:
            hand_over(scene, other, {firm})


def _same_day(scene: Scene, count: int) -> None:
    """Struck off on the very day bids were due: before or after, only a person can find out."""
    closes = scene.city.market.tenders["closes"]
    for tender in cast_alike(scene, crowded(scene, decided(scene), 3), 10 * count).tolist():
        day = int(closes[tender]) // DAY_SECONDS
        bid, firm = _free(scene, tender, day)
        if count and bid != NONE:
            scene.city.firms.cancelled[firm] = day
            _only_here(scene, tender, bid, day)
            tell(scene, UNDECIDABLE, tender, np.array([bid]), note="投标当日注销，先后次序需核实")
            count -= 1


def _closed_later(scene: Scene, wanted: int) -> int:
    """Firms that were struck off some weeks after a purchase was decided; what they would have bid for since is others'.

    Returns how many tenders tell of it.
    """
    city, market = scene.city, scene.city.market
    told, taken = 0, _taken(scene)
    for firm in scene.rng.permutation(distinct(market.bids["firm"][market.bids.living()])).tolist():
        if told >= wanted:
            return told
        last = NONE if firm in taken else _last_bid(scene, firm)
        if last == NONE or not _unburdened(scene, firm):
            continue
        gone = city.firms.cancelled[firm] = last + int(scene.rng.integers(20, 75))
        market.busy.add(firm)
        city.spoken[city.firms.owner[firm]] = True
        for bid in market.bids_by(firm).tolist():
            tender = int(market.bids["tender"][bid])
            closes = int(market.tenders["closes"][tender]) // DAY_SECONDS
            if closes > last:
                hand_over(scene, bid, {firm})
            elif not scene.in_use(np.array([tender]))[0]:
                tell(scene, EXPLAINED, tender, np.array([bid]), near=gone - closes < 40, note="投标时仍在存续，定标之后才注销")
                told += 1
    return told


def _last_bid(scene: Scene, firm: int) -> int:
    """Day of a bid after which a firm has none in a case, and before which it has few; NONE when there is none."""
    market = scene.city.market
    tenders = market.bids["tender"][market.bids_by(firm)]
    closes = market.tenders["closes"][tenders] // DAY_SECONDS
    cases = closes[scene.in_use(tenders)]
    free = np.sort(closes[~scene.in_use(tenders)])
    fit = free[(free >= cases.max(initial=0)) & (free < scene.city.last - 90)]
    return int(fit[0]) if len(fit) and 2 <= np.searchsorted(free, fit[0], side="right") <= 8 else NONE


def _sole_trader(scene: Scene, tender: int) -> bool:
    """A sole trader bids and is not the cheapest; whether there was one."""
    city, book = scene.city, scene.city.market.bids
    bids = bids_of(scene, tender)
    dearest = int(bids[np.argmax(book["price"][bids])])

    def made() -> Ints:
        firms = city.firms
        fit = np.flatnonzero((firms.kind == 2) & (firms.cancelled == NONE))
        return kept(fit, ~among(fit, list(_taken(scene))) & ~among(fit, city.shops.merchants["firm"]))

    buyer = int(city.market.tenders["buyer"][tender])
    for firm in scene.rng.permutation(scene.pool("shops", made))[:20].tolist():
        if not city.market.tied[firm, buyer] and not len(city.market.bids_by(firm)) and _unburdened(scene, firm):
            give(scene, dearest, firm)
            city.market.busy.add(firm)
            city.spoken[city.firms.owner[firm]] = True
            tell(scene, EXPLAINED, tender, np.array([dearest]), note="投标人为依法登记的个体工商户")
            return True
    return False
