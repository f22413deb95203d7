"""X02 (S26) 同一部门既补助又采购: the owner of a firm that a department helps owns its supplier too; one firm with both is context only."""

import numpy as np

from datasets.city.arrays import NONE, among, kept
from datasets.city.grant import DEPARTMENTS, approve
from datasets.city.plant.doubtful_grants import HALF_YEAR, free_firms
from datasets.city.plant.scene import Scene
from datasets.city.plant.telling import writer
from datasets.city.truth import EXPLAINED, PROBLEM, UNDECIDABLE, rows

Won = list[tuple[int, int, int]]
"""Buyer, firm and tender of awards."""
_MASTER = 25
"""Per cent from which a holder is the beneficial owner (受益所有人)."""


def plant(scene: Scene) -> None:
    won = _won(scene)
    units = [scene.city.bodies.agency(name) for name in DEPARTMENTS]
    here = [one for one in won if one[0] in units]
    done = 0
    for at in scene.rng.permutation(len(here))[: scene.number(3)].tolist():
        done += _owned(scene, here[at], units.index(here[at][0])) != NONE
    elsewhere = [one for one in won if one[0] not in units]
    for at in scene.rng.permutation(len(elsewhere))[: 5 * done].tolist():
        _owned(scene, elsewhere[at], int(scene.rng.integers(3)))
    _write(scene, won, units)


def _won(scene: Scene) -> Won:
    awards, market = scene.city.awards, scene.city.market
    assert awards is not None
    firm, buyer = market.bids["firm"][awards.bid], market.tenders["buyer"][awards.tender]
    signed = awards.signed != NONE
    return list(zip(buyer[signed].tolist(), firm[signed].tolist(), awards.tender[signed].tolist(), strict=True))


def _owned(scene: Scene, win: tuple[int, int, int], department: int) -> int:
    """A cooperative or shop that bids for nothing is the supplier's owner's, and gets a grant; its row, NONE where there is none."""
    city, rng = scene.city, scene.rng
    firms, owner = city.firms, int(city.firms.owner[win[1]])
    pool = free_firms(scene, 1, 2)
    told = [int(city.shops.merchants["firm"][case.subject]) for case in city.truth.of("S24")]
    pool = kept(pool, (firms.staff[pool] > 0) & (firms.founded[pool] < city.first - HALF_YEAR) & ~among(pool, told))
    if not len(pool) or city.spoken[owner]:
        return NONE
    firm = int(rng.choice(pool))
    before = firms.owner[firm]
    for book in (firms.shares, firms.roles):
        book["person"][(book["firm"] == firm) & (book["person"] == before)] = owner
    firms.owner[firm] = owner
    return approve(city.grants, city.places, firm, int(rng.choice(np.array(city.years))), city.last, rng, unit=department)


def _owners(scene: Scene, percent: float = 0) -> dict[int, set[int]]:
    """Legal representative and present holders, of at least so many per cent, of every firm."""
    firms = scene.city.firms
    out = {firm: {owner} for firm, owner in enumerate(firms.owner.tolist())}
    held = np.flatnonzero(
        (firms.shares["ends"] == NONE) & (firms.shares["person"] != NONE) & (firms.shares["share"] >= percent * 10_000)
    )
    for firm, person in zip(firms.shares["firm"][held].tolist(), firms.shares["person"][held].tolist(), strict=True):
        out[firm].add(person)
    return out


def _write(scene: Scene, won: Won, units: list[int]) -> None:
    """Read the truth off all grants."""
    book, owners, masters = scene.city.grants.book, _owners(scene), _owners(scene, _MASTER)
    by_owner: dict[int, Won] = {}
    for one in won:
        for person in owners[one[1]]:
            by_owner.setdefault(person, []).append(one)
    near: list[tuple[int, Won]] = []
    problems = 0
    for row in book.living().tolist():
        firm, unit = int(book["firm"][row]), units[int(book["unit"][row])]
        touching = sorted({one for person in owners[firm] for one in by_owner.get(person, ())})
        same = [one for one in touching if one[0] == unit]
        others = [one for one in same if one[1] != firm]
        if others and not any(masters[firm] & masters[one[1]] for one in others):
            _tell(scene, UNDECIDABLE, row, others, "同一人在一方只有少量股份，是否实际控制需人工判断")
        elif others:
            problems += 1
            _tell(scene, PROBLEM, row, same, "同一部门的受补助企业与供应商为同一人所有")
        elif same:
            _tell(scene, UNDECIDABLE, row, same, "同一企业在同一部门既获补助又有合同")
        else:
            near.append((row, touching))
    near.sort(key=lambda one: not one[1])
    for row, touching in near[: 11 * problems]:
        note = "补助与合同来自不同部门" if touching else "受补助企业与供应商无关联"
        _tell(scene, EXPLAINED, row, touching[:3], note)


def _tell(scene: Scene, kind: str, row: int, wins: Won, note: str) -> None:
    book = scene.city.grants.book
    unit = scene.city.bodies.agency(DEPARTMENTS[int(book["unit"][row])])
    proof = (rows("project_subsidy", [row]), rows("tender", sorted({one[2] for one in wins})))
    writer(scene, kind)("enterprise", int(book["firm"][row]), unit, proof, cents=int(book["amount"][row]), note=note)
