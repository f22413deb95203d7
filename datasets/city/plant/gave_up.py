"""C32 放弃中标: the winner steps back, and the next in rank gets it for clearly more, or is tied to it.

Innocent: the next asks hardly more and has nothing to do with the first.
"""

import numpy as np

from datasets.city.arrays import DAY_SECONDS, NONE, Ints, among, distinct
from datasets.city.dossier import AWARD_CANCELLED, AWARDED
from datasets.city.firm import ROLES
from datasets.city.plant.agreement import contract_of, sign_on
from datasets.city.plant.apart import part_ways
from datasets.city.plant.one_head import couple, relate
from datasets.city.plant.scene import Scene
from datasets.city.plant.stage import awarded, bids_of, cast_alike, cast_tenders, crowded, tell
from datasets.city.tender import WINNING, WITHDRAWN
from datasets.city.truth import EXPLAINED, PROBLEM, UNDECIDABLE, rows


def plant(scene: Scene) -> None:
    fit = _fit(scene)
    chosen = cast_tenders(scene, fit, scene.number(4))
    for place, tender in enumerate(chosen.tolist()):
        _case(scene, place, tender)
    for tender in cast_alike(scene, _fit(scene), 11 * len(chosen)).tolist():
        made = _step_back(scene, tender, float(scene.rng.uniform(1.004, 1.047)))
        tell(scene, EXPLAINED, tender, made[0], more=made[1], near=made[2] > 1.04, note="中标人放弃，次名报价相差很小且无关联")


def _fit(scene: Scene) -> Ints:
    """Tenders decided by the price alone, with time enough to award them again."""
    city, found = scene.city, crowded(scene, awarded(scene), 3)
    tenders = city.market.tenders
    scored = distinct(city.market.bids["tender"][city.dossier.scores["bid"]])
    twice = city.dossier.awards["tender"][city.dossier.awards["status"] == AWARD_CANCELLED]
    plain = ~among(found, scored) & ~among(found, twice) & (tenders["closes"][found] < (city.last - 120) * DAY_SECONDS)
    out: Ints = found[plain]
    return out


def _step_back(scene: Scene, tender: int, ratio: float) -> tuple[Ints, tuple[tuple[str, tuple[int, ...]], ...], float]:
    """Cancel the award and give it to the next, who asks `ratio` as much; returns both bids, the awards and the true ratio."""
    city = scene.city
    book, won = city.market.bids, city.dossier.awards
    bids = bids_of(scene, tender)
    first = int(bids[book["status"][bids] == WINNING][0])
    rest = bids[bids != first]
    order = rest[np.argsort(book["price"][rest])]
    second = int(order[0])
    # the next asks what it asked; the first had asked so much less
    price = int(book["price"][second])
    book["price"][first] = int(price / ratio) // 100 * 100
    award = int(np.flatnonzero((won["tender"] == tender) & (won["alive"] == 1))[0])
    book["status"][first], book["status"][second] = WITHDRAWN, WINNING
    won["status"][award], won["amount"][award] = AWARD_CANCELLED, book["price"][first]
    again = int(won["awarded"][award]) + int(scene.rng.integers(8, 26))
    made = won.copy_rows(
        np.array([award]), bid=second, firm=int(book["firm"][second]), amount=price, awarded=again, status=AWARDED
    )
    _contract_with(scene, tender, int(made[0]), again)
    items = city.dossier.items
    mine = np.flatnonzero(items["award"] == award)
    items.copy_rows(mine, award=int(made[0]), price=price // np.maximum(items["quantity"][mine], 1))
    return np.array([first, second]), (rows("award", [award, int(made[0])]),), price / int(book["price"][first])


def _contract_with(scene: Scene, tender: int, award: int, again: int) -> None:
    """The contract is the second's, signed after the second award."""
    city = scene.city
    contracts, won, contract = city.dossier.contracts, city.dossier.awards, contract_of(scene, tender)
    for name in ("firm", "amount", "term"):
        contracts[name][contract] = won[name][award]
    contracts["award"][contract] = award
    changed = city.dossier.amendments
    changed["alive"][changed["contract"] == contract] = 0
    handed = city.dossier.subcontracts
    handed["alive"][handed["contract"] == contract] = 0
    if contracts["bond"][contract] != NONE:
        contracts["bond"][contract] = int(contracts["amount"][contract]) * 6 // 100 // 10_000 * 10_000
    sign_on(scene, contract, again + int(scene.rng.integers(3, 20)))


def _case(scene: Scene, place: int, tender: int) -> None:
    rng, near = scene.rng, scene.near(place)
    tied = place % 4 == 2 and couple(scene, tender) is not None
    ratio = rng.uniform(1.006, 1.03) if tied else rng.uniform(1.051, 1.0545) if near else rng.uniform(1.06, 1.16)
    bids, awards, _ = _step_back(scene, tender, float(ratio))
    book, firms = scene.city.market.bids, scene.city.firms
    left, right = int(book["firm"][bids[0]]), int(book["firm"][bids[1]])
    if tied:
        since = int(max(firms.founded[left], firms.founded[right]))
        firms.roles.add(1, firm=right, person=int(firms.owner[left]), role=ROLES.index("supervisor"), starts=since + 50)
        relate(scene, left, right)
        part_ways(scene, left, right, tender)
        tell(scene.also("C9"), UNDECIDABLE, tender, bids, note="放弃中标的投标人与次名有共同高管")
    tell(scene, PROBLEM, tender, bids, more=awards, near=near and not tied, note="中标人放弃中标，次名关联或报价明显更高")
