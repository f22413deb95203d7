"""C30 保证金过高: a bid bond above two per cent of the budget, a performance bond above a tenth of the contract.

Innocent: exactly two per cent, exactly a tenth, a bond given back early, none at all.
"""

from datasets.city.arrays import NONE, Ints, among
from datasets.city.plant.agreement import contract_of
from datasets.city.plant.scene import Scene
from datasets.city.plant.stage import awarded, cast_alike, cast_tenders, tell
from datasets.city.tender import CONSULTATION, INVITED, OPEN
from datasets.city.truth import EXPLAINED, PROBLEM, rows


def plant(scene: Scene) -> None:
    chosen = cast_tenders(scene, _fit(scene), scene.number(5))
    for place, tender in enumerate(chosen.tolist()):
        _case(scene, place, tender)
    for place, tender in enumerate(cast_alike(scene, _fit(scene), 11 * len(chosen)).tolist()):
        _innocent(scene, place, tender)


def _fit(scene: Scene) -> Ints:
    found, tenders = awarded(scene), scene.city.market.tenders
    out: Ints = found[among(tenders["method"][found], [OPEN, INVITED, CONSULTATION])]
    return out


def _case(scene: Scene, place: int, tender: int) -> None:
    city, near, rng = scene.city, scene.near(place), scene.rng
    book, contracts, contract = city.market.tenders, city.dossier.contracts, contract_of(scene, tender)
    if place % 2 == 0:
        share = rng.uniform(0.0204, 0.0218) if near else rng.uniform(0.025, 0.08)
        book["bond"][tender] = int(int(book["budget"][tender]) * share) // 100 * 100
        tell(scene, PROBLEM, tender, near=near, cents=int(book["bond"][tender]), note="投标保证金超过预算百分之二")
        return
    share = rng.uniform(0.1015, 0.1085) if near else rng.uniform(0.115, 0.3)
    contracts["bond"][contract] = int(int(contracts["amount"][contract]) * share) // 100 * 100
    more = (rows("contract", [contract]),)
    tell(
        scene,
        PROBLEM,
        tender,
        more=more,
        near=near,
        cents=int(contracts["bond"][contract]),
        note="履约保证金超过合同金额百分之十",
    )


def _innocent(scene: Scene, place: int, tender: int) -> None:
    city, rng = scene.city, scene.rng
    book, contracts, contract = city.market.tenders, city.dossier.contracts, contract_of(scene, tender)
    note = "投标保证金不超过预算百分之二"
    if place % 3 == 0:
        book["bond"][tender] = int(int(book["budget"][tender]) * rng.choice([0.02, 0.0195, 0.0185])) // 100 * 100
    elif place % 3 == 1:
        contracts["bond"][contract] = int(int(contracts["amount"][contract]) * rng.choice([0.1, 0.0985, 0.095])) // 100 * 100
        note = "履约保证金不超过合同金额百分之十"
    else:
        book["bond"][tender], contracts["bond"][contract] = NONE, NONE
        note = "免收投标保证金和履约保证金"
    tell(scene, EXPLAINED, tender, more=(rows("contract", [contract]),), near=place % 3 != 2, note=note)
