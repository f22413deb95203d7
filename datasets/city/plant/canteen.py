"""X08 食堂供应商: the caterer of a school or nursing home is near kin of its staff, and people complain of the food.

Tie and complaints are what the city shows of it. Innocent: complaints about a caterer who is nobody's kin.
"""

from collections.abc import Iterable

import numpy as np

from datasets.city.arrays import NONE, Ints, among
from datasets.city.plant.complaint_names_flagged import WINDOW
from datasets.city.plant.hotline_texts import hotline_texts, ring, special
from datasets.city.plant.own_firm import tie
from datasets.city.plant.scene import Scene
from datasets.city.plant.stage import awarded, bids_of, cast_tenders, tell
from datasets.city.truth import PROBLEM, rows
from datasets.city.vocabulary import words

_CATEGORY = "教育文体"
_KINDS = ("school", "nursing_home")


def plant(scene: Scene) -> None:
    city = scene.city
    contracts = _contracts(scene)
    wanted, done = scene.number(3, 1), 0
    for contract in contracts.tolist():
        if done < wanted and (employee := _tied(scene, contract)) is not None:
            _complain(scene, contract, 2 if scene.near(done) else 2 + done % 2, employee)
            done += 1
    told = {case.subject for case in city.truth.of("X08")}
    rest = [one for one in contracts.tolist() if one not in told]
    for contract in rest[: 11 * done]:
        tickets = _call(scene, contract, int(scene.rng.integers(2, 5)))
        _tell(scene, contract, tickets, False, "有食堂投诉，供应商与单位人员无亲属关系")
    _elsewhere(scene, contracts, 11 * done - len(rest[: 11 * done]))


def _contracts(scene: Scene) -> Ints:
    """Living catering contracts of schools and homes, begun long enough ago, that play no part yet."""
    city, book = scene.city, scene.city.dossier.contracts
    trade = list(words().industries).index("餐饮管理")
    tenders = awarded(scene)
    fit = (city.market.tenders["industry"][tenders] == trade) & np.isin(
        city.bodies.kind[city.market.tenders["buyer"][tenders]], _KINDS
    )
    mine = among(book["tender"], tenders[fit]) & (book["alive"] == 1) & (book["starts"] < city.last - 60)
    out: Ints = scene.rng.permutation(np.flatnonzero(mine))
    return out


def _tied(scene: Scene, contract: int) -> int | None:
    """Make the head of the caterer near kin of somebody who works at the buyer, and return them; none where that would touch other tenders."""
    city, book, market = scene.city, scene.city.dossier.contracts, scene.city.market
    tender, firm = int(book["tender"][contract]), int(book["firm"][contract])
    buyer, owner = int(market.tenders["buyer"][tender]), int(city.firms.owner[firm])
    theirs = np.flatnonzero(city.firms.owner == owner)
    bids = np.flatnonzero(among(market.bids["firm"], theirs) & (market.bids["alive"] == 1))
    again = (market.tenders["buyer"][market.bids["tender"][bids]] == buyer) & (market.bids["tender"][bids] != tender)
    staff = city.cadres
    people = staff["person"][(staff["unit"] == buyer) & (staff["ends"] == NONE)]
    free = people[~city.spoken[people] & (city.folk.household[people] != city.folk.household[owner])]
    if again.any() or city.spoken[owner] or not len(free):
        return None
    folk = city.folk
    # parent and child by their years, husband and wife where they are of one age
    fit = (np.abs(folk.born[free] - folk.born[owner]) > 18 * 365) | (folk.male[free] != folk.male[owner])
    if not fit.any():
        return None
    employee = int(scene.rng.choice(free[fit]))
    city.spoken[[owner, employee]] = True
    cast_tenders(scene, np.array([tender]), 1)
    tie(scene, employee, owner, 1)
    mine = np.array([one for one in bids_of(scene, tender).tolist() if int(market.bids["firm"][one]) == firm])
    tell(scene.also("C24"), PROBLEM, tender, mine, officials=[employee], note="采购人员与投标人负责人系近亲属")
    return employee


def _complain(scene: Scene, contract: int, count: int, employee: int) -> None:
    city = scene.city
    tickets = _call(scene, contract, count)
    _tell(scene, contract, tickets, True, "食堂供应商与单位人员有亲属关系且伙食投诉集中", [employee])
    tender = int(city.dossier.contracts["tender"][contract])
    buyer = int(city.market.tenders["buyer"][tender])
    scene.also("X03").undecidable(
        "enterprise", int(city.dossier.contracts["firm"][contract]), buyer, (rows("ticket", tickets),), area=int(city.bodies.area[buyer]),
        note="投诉点名疑点项目供应商",
    )  # fmt: skip


def _call(scene: Scene, contract: int, count: int) -> Ints:
    """Calls about the food after the contract began, by different people."""
    city, book = scene.city, scene.city.dossier.contracts
    tender = int(book["tender"][contract])
    buyer = int(city.market.tenders["buyer"][tender])
    start = int(book["starts"][contract]) + 8
    days = np.sort(scene.rng.integers(start, min(start + WINDOW // 3, city.last - 12), count))
    return _ring(scene, buyer, days, int(book["firm"][contract]))


def _ring(scene: Scene, buyer: int, days: Ints, firm: int) -> Ints:
    city = scene.city
    texts = [special(scene, one, _CATEGORY, str(city.bodies.name[buyer])) for one in hotline_texts().canteen]
    area = int(city.bodies.area[buyer])
    town = area if area in city.places.towns else int(city.places.towns[0])
    return ring(scene, days, texts, _CATEGORY, city.bodies.agency("教育体育局"), firm=firm, area=area, town=town)


def _tell(scene: Scene, contract: int, tickets: Ints, bad: bool, note: str, officials: Iterable[int] = ()) -> None:
    city, book = scene.city, scene.city.dossier.contracts
    tender = int(book["tender"][contract])
    buyer = int(city.market.tenders["buyer"][tender])
    evidence = (rows("contract", [contract]), rows("tender", [tender]), rows("ticket", tickets))
    details = {"area": int(city.bodies.area[buyer]), "cents": int(book["amount"][contract]), "note": note}
    if bad:
        scene.problem("contract", contract, buyer, evidence, officials, **details)
    else:
        scene.explained("contract", contract, buyer, evidence, **details)


def _elsewhere(scene: Scene, contracts: Ints, wanted: int) -> None:
    """Complaints about the food of a school that cooks for itself: nobody supplies it by contract."""
    city, book = scene.city, scene.city.dossier.contracts
    trade = list(words().industries).index("餐饮管理")
    catered = city.market.tenders["buyer"][city.market.tenders["industry"] == trade]
    homes = np.r_[city.bodies.of_kind("school"), city.bodies.of_kind("nursing_home")]
    free = homes[~among(homes, catered)]
    served = np.flatnonzero((book["alive"] == 1) & among(city.market.tenders["buyer"][book["tender"]], free))
    for place, contract in enumerate(scene.rng.permutation(served)[: max(0, wanted)].tolist()):
        buyer = int(city.market.tenders["buyer"][book["tender"][contract]])
        days = city.first + 20 + np.sort(scene.rng.integers(0, city.last - city.first - 40, 1 + place % 2))
        tickets = _ring(scene, buyer, days, NONE)
        _tell(scene, contract, tickets, False, "投诉食堂，但本合同与食堂无关")
