"""S25 虚报项目补贴: grants to firms without staff or hardly founded, and one project paid by two departments."""

import numpy as np

from datasets.city.arrays import NONE, Ints, kept
from datasets.city.grant import DEPARTMENTS, PROJECTS, approve
from datasets.city.plant.scene import Scene
from datasets.city.plant.telling import writer
from datasets.city.truth import EXPLAINED, PROBLEM, UNDECIDABLE, rows

HALF_YEAR = 182
_EMPTY = ("small", "older", "small", "small", "older")
_TWICE = ("unlike", "one department", "unlike", "alike a little", "unlike", "one department")
_SPELLINGS = ("{0}", "新{0}", "{0}工程", "江临县{0}", "{0}专项")


def plant(scene: Scene) -> None:
    done = sum(_empty(scene, young=place % 2 == 1, near=scene.near(place)) for place in range(scene.number(4, 2)))
    for place in range(11 * done):
        _staffed(scene, _EMPTY[place % len(_EMPTY)])
    _cooperatives(scene, max(1, done // 3))
    wanted = scene.number(4)
    for place in range(wanted):
        _paid_twice(scene, PROBLEM, near=scene.near(place + 1))
    for place in range(11 * wanted):
        _two_grants(scene, _TWICE[place % len(_TWICE)])
    for _ in range(max(1, wanted // 3)):
        _paid_twice(scene, UNDECIDABLE, near=False)


def alike(one: str, other: str) -> float:
    """1 - Levenshtein distance / longer length."""
    row = np.arange(len(other) + 1)
    for at, letter in enumerate(one, 1):
        step = np.minimum(row[1:] + 1, row[:-1] + np.array([letter != mark for mark in other]))
        new = np.r_[at, step]
        for place in range(1, len(new)):
            new[place] = min(new[place], new[place - 1] + 1)
        row = new
    return float(1 - row[-1] / max(len(one), len(other), 1))


def free_firms(scene: Scene, *kinds: int) -> Ints:
    """Living firms without a grant that bid for nothing where such are left, whose people play no part."""
    city, firms = scene.city, scene.city.firms
    fit = np.isin(firms.kind, kinds) & (firms.cancelled == NONE) & ~city.spoken[firms.owner]
    fit[city.grants.book["firm"]] = False
    fit[firms.debarments["firm"]] = False
    pool = np.flatnonzero(fit)
    bids = np.zeros(len(firms), dtype=bool)
    bids[city.market.bids["firm"][city.market.bids["alive"] == 1]] = True
    bidding = bids[pool]
    return kept(pool, ~bidding) if (~bidding).sum() > 3 else pool


def _department(scene: Scene, row: int) -> int:
    return scene.city.bodies.agency(DEPARTMENTS[int(scene.city.grants.book["unit"][row])])


def _tell(scene: Scene, kind: str, grants: list[int], note: str, *, near: bool = False, several: bool = False) -> None:
    """The truth about the firm of some grants; where two departments paid, either may be asked."""
    book = scene.city.grants.book
    write = writer(scene, kind)
    unit = NONE if several else _department(scene, grants[0])
    proof = (rows("project_subsidy", grants),)
    write("enterprise", int(book["firm"][grants[0]]), unit, proof, cents=int(book["amount"][grants].sum()), near=near, note=note)


def _grant(scene: Scene, firm: int, **changed: int) -> int:
    city = scene.city
    year = int(scene.rng.choice(np.array(city.years)))
    return approve(city.grants, city.places, firm, year, city.last, scene.rng, **changed)


def _young(scene: Scene) -> Ints:
    """Cooperatives and sole traders founded in the city's time."""
    pool = free_firms(scene, 1, 2)
    founded = scene.city.firms.founded[pool]
    return kept(pool, (founded > scene.city.first) & (founded < scene.city.last - 230) & (scene.city.firms.staff[pool] > 0))


def _empty(scene: Scene, *, young: bool, near: bool) -> int:
    city, rng = scene.city, scene.rng
    pool = _young(scene)
    if young and len(pool):
        firm = int(rng.choice(pool))
        approved = int(city.firms.founded[firm]) + int(rng.integers(168, 179) if near else rng.integers(20, 150))
        _tell(scene, PROBLEM, [_grant(scene, firm, approved=approved)], "成立不足六个月即获补助", near=near)
        return 1
    pool = free_firms(scene, 0)
    jobs = city.sundry.jobs
    for firm in rng.permutation(pool).tolist():
        theirs = np.flatnonzero((jobs["firm"] == firm) & (jobs["alive"] == 1))
        if not city.spoken[jobs["person"][theirs]].any():
            jobs["alive"][theirs] = 0
            city.firms.staff[firm] = 0
            _tell(scene, PROBLEM, [_grant(scene, firm)], "无参保人员的企业获补助")
            return 1
    return 0


def _staffed(scene: Scene, story: str) -> None:
    """A handful of staff, or a firm just old enough."""
    firms, rng = scene.city.firms, scene.rng
    young = _young(scene)
    if story == "older" and len(young):
        firm = int(rng.choice(young))
        row = _grant(scene, firm, approved=min(int(firms.founded[firm]) + int(rng.integers(187, 228)), scene.city.last))
        _tell(scene, EXPLAINED, [row], "成立已满六个月且有参保人员", near=True)
        return
    pool = free_firms(scene, 0, 1)
    old = kept(pool, (firms.staff[pool] > 0) & (firms.founded[pool] < scene.city.first - HALF_YEAR))
    if not len(old):
        return
    firm = int(rng.choice(old))
    _tell(scene, EXPLAINED, [_grant(scene, firm)], "规模小但有参保人员", near=int(firms.staff[firm]) <= 3)


def _cooperatives(scene: Scene, wanted: int) -> None:
    """Cooperatives insure nobody: their members till their own land."""
    firms = scene.city.firms
    pool = free_firms(scene, 1)
    pool = kept(pool, firms.founded[pool] < scene.city.first - HALF_YEAR)
    for firm in scene.rng.permutation(pool)[:wanted].tolist():
        firms.staff[firm] = 0
        _tell(scene, UNDECIDABLE, [_grant(scene, firm)], "合作社无参保人员，是否实际经营需核实")


def _twice_firm(scene: Scene) -> int:
    pool = free_firms(scene, 0)
    firms = scene.city.firms
    pool = kept(pool, (firms.staff[pool] > 0) & (firms.founded[pool] < scene.city.first - HALF_YEAR))
    return int(scene.rng.choice(pool)) if len(pool) else NONE


def _pair(scene: Scene, firm: int, name: str, other: str, *, same: bool, gap: int) -> list[int]:
    """Two grants of a firm, the second `gap` days after the first."""
    city, rng, book = scene.city, scene.rng, scene.city.grants.book
    first = _grant(scene, firm, project=city.grants.named(name))
    approved = min(int(book["approved"][first]), city.last - gap)
    book["approved"][first] = approved
    unit = int(book["unit"][first])
    second = _grant(
        scene, firm, project=city.grants.named(other), unit=unit if same else (unit + int(rng.integers(1, 3))) % 3, approved=approved + gap,
        road=int(book["road"][first]),
    )  # fmt: skip
    return [first, second]


def _named(scene: Scene) -> str:
    places = scene.city.places
    return str(places.name[int(scene.rng.choice(places.towns))]) + PROJECTS[int(scene.rng.integers(len(PROJECTS)))]


def _paid_twice(scene: Scene, kind: str, *, near: bool) -> None:
    """One project under one name, or nearly, paid by two departments; later stages only a person can judge."""
    firm, name = _twice_firm(scene), _named(scene)
    if firm == NONE:
        return
    other = name + "二期" if kind == UNDECIDABLE else str(scene.rng.choice(_SPELLINGS[:3])).format(name)
    if near:
        spelled = [text for text in (form.format(name) for form in _SPELLINGS) if 0.8 < alike(name, text) <= 0.88]
        other = str(scene.rng.choice(spelled)) if spelled else other
    if alike(name, other) <= 0.8:
        other = name if kind == PROBLEM else name[:-2] + "二期"
    found = _pair(scene, firm, name, other, same=False, gap=int(scene.rng.integers(20, 200)))
    note = "同一项目由两个部门补助" if kind == PROBLEM else "两个部门分期补助，是否同一内容需核实"
    _tell(scene, kind, found, note, near=alike(name, other) <= 0.88, several=True)


def _two_grants(scene: Scene, story: str) -> None:
    """Two grants that are not one: another project, another year of one department, a name alike a little."""
    firm, name = _twice_firm(scene), _named(scene)
    if firm == NONE:
        return
    if story == "one department":
        found = _pair(scene, firm, name, name, same=True, gap=int(scene.rng.integers(200, 330)))
        _tell(scene, EXPLAINED, found, "同一部门按年度分次拨付")
        return
    other = _named(scene)
    if story == "alike a little":
        other = name[:3] + "第二" + name[3:5] + name[5:].replace("项目", "") + "配套工程"
    if alike(name, other) > 0.78:
        return
    found = _pair(scene, firm, name, other, same=False, gap=int(scene.rng.integers(20, 200)))
    _tell(scene, EXPLAINED, found, "不同内容的两个项目", near=alike(name, other) > 0.7, several=True)


def settle(scene: Scene) -> None:
    """Grants of other stories whose firm has no staff or was just founded."""
    city, book = scene.city, scene.city.grants.book
    told = {row for case in city.truth.of("S25") for table, found in case.evidence if table == "project_subsidy" for row in found}
    firm = book["firm"]
    doubtful = (city.firms.staff[firm] == 0) | (book["approved"] - city.firms.founded[firm] < HALF_YEAR)
    for row in np.flatnonzero(doubtful & (book["alive"] == 1)).tolist():
        if row not in told:
            _tell(scene, PROBLEM, [row], "无参保人员或成立不足六个月的企业获补助")
