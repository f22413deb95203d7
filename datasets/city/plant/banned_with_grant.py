"""X11 失信或新设企业中标又得补助: a winner under a ban or founded within half a year before its award also gets a grant."""

from dataclasses import dataclass

import numpy as np

from datasets.city.arrays import NONE, Ints
from datasets.city.grant import DEPARTMENTS, approve
from datasets.city.plant.scene import Scene
from datasets.city.truth import EXPLAINED, PROBLEM, rows

YOUNG = 180


@dataclass(frozen=True)
class Win:
    """An award, with how old its winner was and whether a ban was in force."""

    firm: int
    bid: int
    tender: int
    awarded: int
    age: int
    until: int
    """Last day of the ban in force at the award; NONE without one."""
    ended: bool
    """Whether a ban had ended before."""


def plant(scene: Scene) -> None:
    city = scene.city
    granted = set(city.grants.book["firm"].tolist())
    wins = [win for win in _wins(scene) if win.firm not in granted]
    doubtful = {win.firm: win for win in wins if win.until != NONE or win.age < YOUNG}
    plain = {win.firm: win for win in wins if win.firm not in doubtful}
    room = {firm: win for firm, win in doubtful.items() if win.awarded < city.last - 25}
    done = 0
    order: list[int] = scene.rng.permutation(np.array(sorted(room), dtype=np.int64)).tolist()
    for firm in order[: scene.number(3)]:
        done += _case(scene, room[firm])
    for firm in order[done : done * 5]:
        _tell(scene, EXPLAINED, doubtful[firm], [], "禁入或新设企业，但未获补助")
    edge = sorted(plain, key=lambda firm: (not plain[firm].ended, plain[firm].age))
    for firm in edge[: 11 * done]:
        win = plain[firm]
        row = _grant(scene, win, min(win.awarded + int(scene.rng.integers(10, 200)), city.last))
        note = "禁入期满后中标并获补助" if win.ended else "成立已久的企业中标并获补助"
        _tell(scene, EXPLAINED, win, [row], note, near=win.age < YOUNG * 1.1)


def _wins(scene: Scene) -> list[Win]:
    city, awards = scene.city, scene.city.awards
    assert awards is not None
    bans, out = city.firms.debarments, []
    banned = {int(firm) for firm in bans["firm"]}
    for bid, tender, awarded in zip(awards.bid.tolist(), awards.tender.tolist(), awards.awarded.tolist(), strict=True):
        firm = int(city.market.bids["firm"][bid])
        until, ended = NONE, False
        for ban in np.flatnonzero((bans["firm"] == firm) & (bans["alive"] == 1)).tolist() if firm in banned else ():
            if ban in city.firms.alias:
                continue
            ends = int(bans["ends"][ban]) if bans["lifted"][ban] == NONE else int(bans["lifted"][ban])
            until = ends if bans["starts"][ban] <= awarded < ends else until
            ended = ended or ends < awarded
        out.append(Win(firm, bid, tender, awarded, awarded - int(city.firms.founded[firm]), until, ended))
    return out


def _grant(scene: Scene, win: Win, approved: int) -> int:
    city = scene.city
    return approve(city.grants, city.places, win.firm, city.years[-1], city.last, scene.rng, approved=approved)


def _case(scene: Scene, win: Win) -> int:
    """The grant comes after the award; within the ban where there is one."""
    last = scene.city.last if win.until == NONE else min(win.until, scene.city.last)
    if last - win.awarded < 3:
        return 0
    approved = int(scene.rng.integers(win.awarded + 1, min(last, win.awarded + 240) + 1))
    note = "禁入期内中标又获补助" if win.until != NONE else "新设企业中标又获补助"
    row = _grant(scene, win, approved)
    _tell(scene, PROBLEM, win, [row], note, near=win.until == NONE and win.age > 0.9 * YOUNG)
    return 1


def _tell(scene: Scene, kind: str, win: Win, grants: list[int], note: str, *, near: bool = False) -> None:
    city, book = scene.city, scene.city.grants.book
    unit = (
        city.bodies.agency(DEPARTMENTS[int(book["unit"][grants[0]])]) if grants else int(city.market.tenders["buyer"][win.tender])
    )
    mine: Ints = np.flatnonzero((city.firms.debarments["firm"] == win.firm) & (city.firms.debarments["alive"] == 1))
    proof = (rows("project_subsidy", grants), rows("tender", [win.tender]), rows("debarment", mine))
    write = scene.problem if kind == PROBLEM else scene.explained
    write("enterprise", win.firm, unit, proof, cents=int(book["amount"][grants].sum()) if grants else NONE, near=near, note=note)
