"""X10 套现商户与供应商或官员亲属关联: a shop that cashes vouchers out belongs to a supplier's owner, has its phone, or is an official's kin's."""

import numpy as np

from datasets.city.arrays import NONE, Bools, Ints, among, distinct, kept
from datasets.city.plant.scene import Scene
from datasets.city.plant.telling import writer
from datasets.city.truth import EXPLAINED, PROBLEM, UNDECIDABLE, rows

_NEAR = (0, 1, 2)
"""Spouse, parent, child among the relations."""


def plant(scene: Scene) -> None:
    """Ties are made at some shops of cases and of look-alikes; then the truth of all shops is read off."""
    truth = scene.city.truth
    cashing = sorted({case.subject for case in truth.of("S24", PROBLEM)})
    clean = sorted({case.subject for case in truth.of("S24", EXPLAINED)} - set(cashing))
    chosen = scene.rng.permutation(_quiet(scene, cashing))[: scene.number(3)].tolist()
    for place, shop in enumerate(chosen):
        _tie(scene, shop, place + int(scene.rng.integers(3)))
    # some are tied already
    cases = max(len(chosen), len(_sure(scene, cashing)))
    alike = scene.rng.permutation(_quiet(scene, clean))[: 11 * cases].tolist()
    for place, shop in enumerate(alike):
        if place % 3:
            _tie(scene, shop, place)
    sure, kin = _sure(scene, cashing), _tied(scene)[1]
    for shop in cashing:
        owner = int(scene.city.firms.owner[scene.city.shops.merchants["firm"][shop]])
        if shop in sure or kin[owner]:
            kind, note = (
                (PROBLEM, "套现商户与供应商或公职人员近亲属关联") if shop in sure else (UNDECIDABLE, "店主为公职人员其他亲属")
            )
            _tell(scene, kind, shop, note)
        else:
            _tell(scene, EXPLAINED, shop, "有套现疑点，但与供应商、公职人员无关联")
    for place, shop in enumerate(alike):
        _tell(scene, EXPLAINED, shop, "有关联但核销正常" if place % 3 else "核销正常且无关联")


def _sure(scene: Scene, shops: list[int]) -> set[int]:
    """Shops whose owner is a supplier's, or near kin of an official, or that share a supplier's phone."""
    supplier, kin, phones = _tied(scene)
    merchants, firms = scene.city.shops.merchants, scene.city.firms
    owner = {shop: int(firms.owner[merchants["firm"][shop]]) for shop in shops}
    phone = {shop: str(firms.phone[merchants["firm"][shop]]) for shop in shops}
    return {shop for shop in shops if owner[shop] in supplier or kin[owner[shop]] == 2 or phone[shop] in phones}


def _quiet(scene: Scene, shops: list[int]) -> Ints:
    """Shops whose owner plays no part: what is told of owning a shop stays true."""
    found = np.array(shops, dtype=np.int64)
    owners = scene.city.firms.owner[scene.city.shops.merchants["firm"][found]]
    return kept(found, ~scene.city.spoken[owners])


def _winners(scene: Scene) -> Ints:
    awards = scene.city.awards
    assert awards is not None
    return distinct(scene.city.market.bids["firm"][awards.bid])


def _tied(scene: Scene) -> tuple[set[int], Ints, set[str]]:
    """Owners of suppliers; of everybody whether a near (2) or other (1) relative is an official; phones of suppliers."""
    city = scene.city
    winners, shares = _winners(scene), city.firms.shares
    holding = among(shares["firm"], winners) & (shares["ends"] == NONE) & (shares["person"] != NONE)
    owners = set(city.firms.owner[winners].tolist()) | set(shares["person"][holding].tolist())
    person, relative, relation = city.folk.kin
    official = np.zeros(len(city.folk), dtype=bool)
    official[city.cadres["person"]] = True
    kin = np.zeros(len(city.folk), dtype=np.int64)
    kin[person[official[relative]]] = 1
    kin[person[official[relative] & among(relation, _NEAR)]] = 2
    return owners, kin, set(city.firms.phone[winners].tolist())


def _tie(scene: Scene, shop: int, story: int) -> None:
    """The shop's firm gets a supplier's owner or phone, or an official's spouse or child for its owner."""
    city, rng = scene.city, scene.rng
    firms, firm = city.firms, int(city.shops.merchants["firm"][shop])
    winners = _winners(scene)
    quiet = kept(winners, ~city.spoken[firms.owner[winners]])
    if story % 3 == 0 and len(quiet):
        firms.phone[firm] = firms.phone[int(rng.choice(quiet))]
    elif story % 3 == 1 and len(quiet):
        _own(scene, firm, int(firms.owner[int(rng.choice(quiet))]))
    else:
        kin = _family_of_officials(scene)
        free = np.flatnonzero(kin & ~city.spoken)
        if len(free):
            _own(scene, firm, int(rng.choice(free)))


def _family_of_officials(scene: Scene) -> Bools:
    """Adult spouses, parents and children of officials in office who are no officials and get nothing."""
    city = scene.city
    person, relative, relation = city.folk.kin
    serving = np.zeros(len(city.folk), dtype=bool)
    serving[city.cadres["person"][city.cadres["ends"] == NONE]] = True
    fit = np.zeros(len(city.folk), dtype=bool)
    fit[person[serving[relative] & among(relation, _NEAR)]] = True
    age = city.folk.age(city.last)
    fit &= (age >= 22) & (age < 70) & (city.folk.died == NONE) & ~city.purse.public
    paid = city.payments["person"]
    fit[paid[paid != NONE]] = False
    return fit


def _own(scene: Scene, firm: int, person: int) -> None:
    """Put somebody in the place of a shop's owner, in all its papers."""
    firms = scene.city.firms
    before = firms.owner[firm]
    for book in (firms.shares, firms.roles):
        book["person"][(book["firm"] == firm) & (book["person"] == before)] = person
    firms.owner[firm] = person


def _tell(scene: Scene, kind: str, shop: int, note: str) -> None:
    """A shop has no unit; the proof is what it cashed out and whose it is."""
    city = scene.city
    used = [
        (table, found)
        for case in city.truth.of("S24")
        if case.subject == shop
        for table, found in case.evidence
        if table == "voucher_redemption"
    ]
    proof = (*used[:1], rows("enterprise", [int(city.shops.merchants["firm"][shop])]))
    writer(scene, kind)("merchant", shop, NONE, proof, area=int(city.shops.merchants["area"][shop]), note=note)
