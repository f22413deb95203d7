"""R049 限额以下直接采购 and R054 直接采购后变更超限额: small direct purchases that add up, and one that grows past the limit.

Innocent: direct purchases from several firms, few from one, call-offs under a framework; a direct purchase that grows and
stays below the limit, an openly tendered contract that grows past it.
"""

import numpy as np

from datasets.city.arrays import NONE, Ints, among, kept
from datasets.city.dossier import PRICE, QUANTITY_UP
from datasets.city.filing import file_papers
from datasets.city.plant.agreement import contract_of, perform_again, report
from datasets.city.plant.below_limit import Group, buy, free_groups
from datasets.city.plant.grown_contract import amend
from datasets.city.plant.one_supplier import supplier, win
from datasets.city.plant.scene import Scene
from datasets.city.plant.stage import awarded, bids_of, cast_alike
from datasets.city.tender import DIRECT, FRAMEWORK, OPEN, OPEN_LIMIT, WINNING
from datasets.city.truth import EXPLAINED, PROBLEM, rows
from datasets.city.vocabulary import words


def plant_many(scene: Scene) -> None:
    """R049; works cost too much to be bought in small pieces."""
    groups, used, done, told, wanted = free_groups(scene), set[int](), 0, 0, scene.number(3)
    spent = _spent(scene)
    for group in groups:
        # a buyer of whose year the few purchases are no large part
        if done < wanted and group[2] < 2 and group[0] not in used and spent.get(group[:2], 0) > 9_000_000_00:
            used.add(group[0])
            done += _case(scene, done, group)
    for group in reversed(groups):
        if told < 2 * done and group[2] < 2 and group[0] not in used:
            used.add(group[0])
            told += _few(scene, group)
    _as_they_come(scene, 11 * done - told, used)


def _spent(scene: Scene) -> dict[tuple[int, int], int]:
    """Budgets of a buyer and year."""
    book = scene.city.market.tenders
    alive = np.flatnonzero(book["alive"] == 1)
    keys, at = np.unique(np.stack([book["buyer"][alive], book["year"][alive]]), axis=1, return_inverse=True)
    total = np.bincount(at.ravel(), book["budget"][alive])
    return {(buyer, year): int(cents) for (buyer, year), cents in zip(keys.T.tolist(), total.tolist(), strict=True)}


def _from_one(scene: Scene, group: Group, shares: Ints) -> tuple[Ints, int]:
    """Direct purchases of one trade and year, all from one firm; none and NONE where no firm is free."""
    city, kind = scene.city, ("goods", "services", "works")[group[2]]
    trade = int(scene.rng.choice([at for at, one in enumerate(words().industries.values()) if one.category == kind]))
    firm = supplier(scene, trade, group[0])
    owner = NONE if firm == NONE else int(city.firms.owner[firm])
    if firm == NONE or city.spoken[owner] or len(scene.paid.of(owner)):
        return np.zeros(0, dtype=np.int64), NONE
    made = buy(scene, group, shares, np.full(len(shares), DIRECT), industry=trade)
    for tender in made.tolist():
        win(scene, tender, firm)
    file_papers(city, made)
    return made, firm


def _tell(scene: Scene, kind: str, unit: int, tenders: Ints, firm: int, near: bool, note: str) -> None:
    city = scene.city
    evidence = (rows("tender", tenders), *((rows("enterprise", [firm]),) if firm != NONE else ()))
    cents = int(city.market.tenders["budget"][tenders].sum())
    write = scene.problem if kind == PROBLEM else scene.explained
    write("unit", unit, unit, evidence, area=int(city.bodies.area[unit]), cents=cents, near=near, note=note)


def _case(scene: Scene, place: int, group: Group) -> int:
    """Five to eight purchases below half a million each; together above the open tender limit."""
    near, rng = scene.near(place), scene.rng
    total = float(rng.uniform(1080, 1150) if near else rng.uniform(1250, 1650))
    count = max(5, int(total / 235) + 1)
    shares = np.round(rng.dirichlet(np.full(count, 200.0)) * total).astype(np.int64)
    made, firm = _from_one(scene, group, np.minimum(shares, 247))
    if firm == NONE:
        return 0
    _tell(scene, PROBLEM, group[0], made, firm, near, "多次直接采购同一供应商，单笔低于限额、合计超过限额")
    return 1


def _few(scene: Scene, group: Group) -> int:
    """Two or three from one firm, together less than one purchase may cost."""
    count = int(scene.rng.integers(2, 4))
    made, firm = _from_one(scene, group, scene.rng.integers(60, 80, count))
    if firm == NONE:
        return 0
    _tell(scene, EXPLAINED, group[0], made, firm, True, "向同一供应商直接采购二三次，合计仍低于限额")
    return 1


def _as_they_come(scene: Scene, wanted: int, used: set[int]) -> None:
    """Buyers with direct purchases from several firms in a year, or with call-offs under a framework."""
    book = scene.city.market.tenders
    told = 0
    for method, note in ((DIRECT, "零星直接采购，供应商分散"), (FRAMEWORK, "框架协议项下订单，不属直接采购")):
        found = np.flatnonzero((book["method"] == method) & (book["alive"] == 1) & ~among(book["buyer"], list(used)))
        found = kept(found, ~scene.in_use(found))
        keys = np.stack([book["buyer"][found], book["year"][found]])
        share = wanted * 2 // 3 if method == DIRECT else wanted
        for buyer, year in scene.rng.permutation(np.unique(keys, axis=1).T).tolist():
            if told < share:
                here = kept(found, (keys[0] == buyer) & (keys[1] == year))
                _tell(scene, EXPLAINED, buyer, here, NONE, False, note)
                told += 1


def plant_grown(scene: Scene) -> None:
    """R054."""
    wanted, used, done = scene.number(4), set[int](), 0
    for group in free_groups(scene):
        if done < wanted and group[0] not in used:
            used.add(group[0])
            done += _grown(scene, done, group)
    for direct, count in ((True, 5 * done), (False, 7 * done)):
        for tender in cast_alike(scene, _growing(scene, direct), count).tolist():
            _stays(scene, tender, direct)


def _grown(scene: Scene, place: int, group: Group) -> int:
    """Awarded directly just below the limit; what is added brings it above."""
    city, rng, near = scene.city, scene.rng, scene.near(place)
    made = buy(scene, group, rng.integers(930, 990, 1), np.array([DIRECT]))
    tender, limit = int(made[0]), int(OPEN_LIMIT[group[2]])
    bid = bids_of(scene, tender)[:1]
    city.market.bids["price"][bid] = int(int(city.market.tenders["budget"][tender]) * rng.uniform(0.955, 0.974)) // 100 * 100
    city.market.bids["status"][bid] = WINNING
    file_papers(city, made)
    contract = contract_of(scene, tender)
    if contract == NONE:
        return 0
    amount, changed = int(city.dossier.contracts["amount"][contract]), city.dossier.amendments
    changed["alive"][changed["contract"] == contract] = 0
    share = limit * float(rng.uniform(1.004, 1.03) if near else rng.uniform(1.06, 1.5)) / amount - 1
    kind = PRICE if place % 3 == 2 else QUANTITY_UP
    changes = [amend(scene, contract, share / 2 + 0.0003, kind, 25 * nth) for nth in (1, 2)]
    perform_again(scene, contract)
    proof = rows("amendment", changes)
    report(scene, PROBLEM, contract, proof, near=near, note="直接采购合同经变更后超过公开招标限额")
    if share > 0.1:
        report(scene.also("C17"), PROBLEM, contract, proof, near=share < 0.11, note="补充合同累计超过原合同百分之十")
        code, note = ("R069", "合同变更提高价格") if kind == PRICE else ("R066", "合同变更增加数量")
        report(scene.also(code), PROBLEM, contract, proof, near=share < 0.11, note=note)
    elif kind == PRICE:
        report(scene.also("R069"), PROBLEM, contract, proof, near=True, note="合同变更提高价格")
    return 1


def _growing(scene: Scene, direct: bool) -> Ints:
    """Contracts not amended yet: direct ones well below the limit, or openly tendered ones just below it and above."""
    city, found = scene.city, awarded(scene)
    book = city.market.tenders
    changed = city.dossier.contracts["tender"][city.dossier.amendments["contract"]]
    share = book["budget"][found] / OPEN_LIMIT[book["category"][found]]
    fit = (book["method"][found] == DIRECT) & (share < 0.95) if direct else (book["method"][found] == OPEN) & (share > 0.9)
    return kept(found, fit & ~among(found, changed) & (book["closes"][found] < (city.last - 100) * 86_400))


def _stays(scene: Scene, tender: int, direct: bool) -> None:
    contract = contract_of(scene, tender)
    made = amend(scene, contract, float(scene.rng.uniform(0.03, 0.09)), QUANTITY_UP, int(scene.rng.integers(20, 50)))
    perform_again(scene, contract)
    book = scene.city.market.tenders
    near = book["budget"][tender] > 0.85 * OPEN_LIMIT[book["category"][tender]]
    note = "直接采购变更后仍低于公开招标限额" if direct else "公开招标的合同依法变更"
    report(scene, EXPLAINED, contract, rows("amendment", [made]), near=bool(near), note=note)
