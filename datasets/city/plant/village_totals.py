"""S15 整村面积异常: a village claims more than the surveys found, or a fifth more than the year before; land cleared anew is innocent."""

import numpy as np

from datasets.city.arrays import NONE, Ints, among, distinct, kept
from datasets.city.plant.fields import CROPS, repay, worth
from datasets.city.plant.scene import Scene, weak
from datasets.city.programme import number
from datasets.city.sundry import ORIGINS
from datasets.city.truth import rows

_SURVEY, _REMOTE, _CLAIMED = (ORIGINS.index(name) for name in ("survey", "remote_sensing", "claimed"))
_LARGE = 400_000
"""A village has forty mu and more; an estate's few plots say nothing."""
_WORDS = {"ratio": "申报面积超过调查面积", "growth": "申报面积较上年大增，调查面积未变"}


def plant(scene: Scene) -> None:
    """The cases' claims change first, then the surveys are drawn up for every village, then the truth is written."""
    city = scene.city
    fields = _fields(scene)
    villages = scene.rng.permutation(np.flatnonzero(fields.min(axis=0) > _LARGE)).tolist()
    listed = {case.subject for case in city.truth.of("S06", "problem")}
    hot = [village for village in villages if weak(city)[village] and village not in listed] or villages
    wanted = min(scene.number(3, 1), len(hot))
    cases, shrunk = {}, {}
    for place, village in enumerate(hot[:wanted]):
        kind = "growth" if place % 2 and len(city.years) > 1 else "ratio"
        cases[village] = (kind, scene.near(place), _size(scene, kind, scene.near(place)))
        if kind == "growth":
            shrunk[village] = _shrink(scene, village, cases[village][2])
    calm = [village for village in villages if village not in cases]
    cleared = calm[: max(1, len(calm) // 8)] if len(city.years) > 1 else []
    for village in cleared:
        shrunk[village] = _shrink(scene, village, float(scene.rng.uniform(1.22, 1.4)))
    doubt = [village for village in calm if village not in cleared][:1]
    _draw_up(scene, cases, shrunk, cleared, doubt)
    _write(scene, cases, cleared, doubt, shrunk)


def _fields(scene: Scene) -> Ints:
    """Claimed area of the grain land by year and area number."""
    claims, count = scene.city.land.claims, len(scene.city.places.code)
    mine = (claims["programme"] == number(CROPS[0])) & (claims["alive"] == 1)
    years = [mine & (claims["year"] == year) for year in scene.city.years]
    return np.array([np.bincount(claims["area"][rows_], claims["mu"][rows_], count) for rows_ in years]).astype(np.int64)


def _size(scene: Scene, kind: str, near: bool) -> float:
    """Claimed over surveyed, or over the year before."""
    if kind == "ratio":
        return float(scene.rng.uniform(1.112, 1.15) if near else scene.rng.uniform(1.22, 1.6))
    return float(scene.rng.uniform(1.215, 1.27) if near else scene.rng.uniform(1.32, 1.6))


def _shrink(scene: Scene, village: int, growth: float) -> int:
    """Take claims back in some year, so that the next one is so much larger; returns the larger year."""
    city, claims = scene.city, scene.city.land.claims
    year = int(scene.rng.choice(np.array(city.years)[1:]))
    mine = np.flatnonzero((claims["area"] == village) & (claims["year"] == year - 1) & (claims["alive"] == 1))
    later = np.flatnonzero((claims["area"] == village) & (claims["year"] == year) & (claims["alive"] == 1))
    first = number(CROPS[0])
    target = int(claims["mu"][kept(later, claims["programme"][later] == first)].sum() / growth)
    people = distinct(claims["person"][mine])
    people = scene.rng.permutation(kept(people, ~city.spoken[people] & (city.folk.died[people] == NONE)))
    total = int(claims["mu"][kept(mine, claims["programme"][mine] == first)].sum())
    for person in people.tolist():
        own = kept(mine, claims["person"][mine] == person)
        area = int(claims["mu"][kept(own, claims["programme"][own] == first)].sum())
        if total <= target:
            break
        if total - area < 0.985 * target:
            continue
        claims["alive"][own] = 0
        for code in (*CROPS, "PG14"):
            repay(scene, person, code, year - 1, int(claims["unit"][own[0]]))
        total -= area
    return year


def _draw_up(
    scene: Scene, cases: dict[int, tuple[str, bool, float]], grown: dict[int, int], cleared: list[int], doubt: list[int]
) -> None:
    """Surveys of every village: close to what is claimed, but for the cases; where land was cleared they grew with it."""
    city, rng, book = scene.city, scene.rng, scene.city.sundry.village_areas
    book["alive"][:] = 0
    fields = _fields(scene)
    villages = np.flatnonzero(fields.max(axis=0) > 0)
    most = fields.max(axis=0)
    survey = (most * rng.uniform(0.93, 1.06, len(most))).astype(np.int64)
    for village, (kind, _, size) in cases.items():
        if kind == "ratio":
            survey[village] = int(fields[:, village].min() / size)
        else:  # the year before the growth was as surveyed
            survey[village] = int(fields[grown[village] - city.years[0] - 1, village] * rng.uniform(0.99, 1.03))
    remote = (np.clip(rng.normal(1.0, 0.006, len(most)), 0.988, 1.012) * survey).astype(np.int64)
    for village in doubt:
        survey[village], remote[village] = most[village], int(most[village] / 1.16)
    for at, year in enumerate(city.years):
        share = np.ones(len(most))
        share[cleared] = fields[at, cleared] / most[cleared]
        for origin, mu in ((_SURVEY, survey * share), (_REMOTE, remote * share), (_CLAIMED, fields[at])):
            some = kept(villages, fields[at, villages] > 0) if origin == _CLAIMED else villages
            area = np.asarray(mu, dtype=np.int64)[some] // 100 * 100
            book.add(len(some), area=some, year=year, origin=origin, mu=area)


def _claims(scene: Scene, village: int, *years: int) -> Ints:
    claims = scene.city.land.claims
    mine = (claims["area"] == village) & among(claims["year"], years) & (claims["alive"] == 1)
    return np.flatnonzero(mine & (claims["programme"] == number(CROPS[0])))


def _write(
    scene: Scene, cases: dict[int, tuple[str, bool, float]], cleared: list[int], doubt: list[int], shrunk: dict[int, int]
) -> None:
    city = scene.city
    for village, (kind, near, size) in cases.items():
        claims = _claims(scene, village, *[year for year in city.years if kind == "ratio" or year >= shrunk[village]])
        unit = int(city.land.claims["unit"][claims[0]])
        cents = int(worth(scene, claims) * (1 - 1 / size))
        scene.problem(
            "village", village, unit, (rows("land_claim", claims),), area=village, cents=cents, near=near, note=_WORDS[kind]
        )
    fields, told = _fields(scene), 0
    book = city.sundry.village_areas
    for village in doubt:
        claims = _claims(scene, village, *city.years)
        unit = int(city.land.claims["unit"][claims[0]])
        scene.undecidable("village", village, unit, (rows("land_claim", claims),), area=village, note="国土调查与遥感结果不一致")
    for village in cleared:
        _explain(scene, village, shrunk[village], "新增耕地，调查面积同步增加", near=False)
        told += 1
    for village in scene.rng.permutation(np.flatnonzero(fields.min(axis=0) > _LARGE)).tolist():
        if village in cases or village in cleared or village in doubt:
            continue
        for at, year in enumerate(city.years):
            if told < 11 * len(cases):
                found = book["mu"][
                    (book["area"] == village) & (book["year"] == year) & (book["origin"] == _SURVEY) & (book["alive"] == 1)
                ]
                near = bool(fields[at, village] > 1.03 * found[0])
                _explain(scene, village, year, "丈量误差范围内" if near else "与调查面积相符", near=near)
                told += 1


def _explain(scene: Scene, village: int, year: int, note: str, near: bool) -> None:
    claims = _claims(scene, village, year)
    unit = int(scene.city.land.claims["unit"][claims[0]])
    scene.explained("village", village, unit, (rows("land_claim", claims),), area=village, near=near, note=note)
