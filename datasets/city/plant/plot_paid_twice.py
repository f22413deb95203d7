"""S14 同地块种粮又退耕或已征收: crops claimed on a plot given up before; a part given up, or given up after the claim, is innocent."""

import numpy as np

from datasets.city.arrays import NONE, Ints, among, day, kept
from datasets.city.plant.fields import CROPS, add_claim, cast_plots, claims_of_plot, repay, tended, worth
from datasets.city.plant.scene import Scene
from datasets.city.programme import number
from datasets.city.truth import rows

_TAKEN, _FOREST = 0, 1


def plant(scene: Scene) -> None:
    wanted = scene.number(5, 2)
    chosen = cast_plots(scene, tended(scene, weakly=True), wanted)
    if not len(chosen):
        chosen = cast_plots(scene, tended(scene, weakly=False), wanted)
    for place, plot in enumerate(chosen.tolist()):
        _case(scene, place, plot)
    written = _natural(scene, chosen)
    left = cast_plots(scene, tended(scene, weakly=False), max(0, 11 * len(chosen) - written) + 1)
    for place, plot in enumerate(left[1:].tolist()):
        _later(scene, plot) if place % 3 else _part(scene, plot)
    for plot in left[:1].tolist():
        _no_plot(scene, plot)


def _give_up(scene: Scene, plot: int, kind: int, effective: int, mu: int) -> int:
    row = scene.city.land.requisitions.add(1, plot=plot, kind=kind, mu=mu, effective=effective)
    return int(row[0])


def _case(scene: Scene, place: int, plot: int) -> None:
    """The plot was taken or returned to forest before the year, and its crops are claimed on; near the limit: days before the year."""
    city, land, rng = scene.city, scene.city.land, scene.rng
    near, kind = scene.near(place), _FOREST if place % 3 != 1 else _TAKEN
    year = int(city.years[-1]) if near else int(rng.choice(np.array(city.years)))
    effective = day(year - 1, 12, 8) + int(rng.integers(0, 22)) if near else day(year - 1, 2) + int(rng.integers(-500, 250))
    gone = _give_up(scene, plot, kind, effective, int(land.rights["mu"][plot]))
    claims = claims_of_plot(scene, plot)
    crops = kept(claims, land.claims["year"][claims] >= effective_year(effective) + 1)
    if kind == _FOREST and place % 2 == 0:
        holder, area = int(land.rights["holder"][plot]), int(land.rights["area"][plot])
        for one in sorted(set(land.claims["year"][crops].tolist())):
            crops = np.r_[crops, add_claim(scene, holder, plot, "PG14", one, int(land.rights["mu"][plot]), area)]
    _write(scene, plot, crops, gone, near, "已退耕还林地块仍申报种粮" if kind == _FOREST else "已征收地块仍申报补贴")


def effective_year(effective: int) -> int:
    """Calendar year of a day."""
    return int(np.array([effective]).astype("datetime64[D]").astype("datetime64[Y]").astype(int)[0]) + 1970


def _write(scene: Scene, plot: int, claims_: Ints, gone: int, near: bool, note: str) -> None:
    claims = scene.city.land.claims
    crops = kept(claims_, among(claims["programme"][claims_], [number(code) for code in CROPS]))
    scene.problem(
        "plot", plot, int(claims["unit"][claims_[0]]), (rows("land_claim", claims_), rows("requisition", [gone])), area=int(claims["area"][claims_[0]]),
        cents=worth(scene, crops), near=near, note=note,
    )  # fmt: skip


def _natural(scene: Scene, but: Ints) -> int:
    """Plots given up after the claims of their last year, or in part: as the register has them anyway."""
    land, written = scene.city.land, 0
    for row in land.requisitions.living().tolist():
        plot = int(land.requisitions["plot"][row])
        claims = claims_of_plot(scene, plot)
        crops = kept(claims, among(land.claims["programme"][claims], [number(code) for code in CROPS]))
        if plot in but or not len(crops):
            continue
        whole = land.requisitions["mu"][row] >= land.rights["mu"][plot]
        _explain(scene, plot, crops, row, "申报在先、征收或退耕在后" if whole else "部分征占，只申报剩余面积")
        written += 1
    return written


def _explain(scene: Scene, plot: int, claims_: Ints, gone: int, note: str) -> None:
    claims = scene.city.land.claims
    scene.explained(
        "plot",
        plot,
        int(claims["unit"][claims_[0]]),
        (rows("land_claim", claims_), rows("requisition", [gone])),
        area=int(claims["area"][claims_[0]]),
        note=note,
    )


def _later(scene: Scene, plot: int) -> None:
    """Taken in the autumn of the last year, after that year's claim."""
    effective = day(int(scene.city.years[-1]), 7, 1) + int(scene.rng.integers(0, 170))
    mu = int(scene.city.land.rights["mu"][plot])
    gone = _give_up(scene, plot, int(scene.rng.integers(0, 2)), effective, mu)
    _explain(scene, plot, claims_of_plot(scene, plot), gone, "申报在先、征收或退耕在后")


def _part(scene: Scene, plot: int) -> None:
    """A strip was taken for a road before the city's time; what is left is claimed."""
    city, land = scene.city, scene.city.land
    mu = int(land.rights["mu"][plot])
    strip = int(mu * scene.rng.uniform(0.15, 0.5)) // 100 * 100
    gone = _give_up(scene, plot, _TAKEN, city.first - int(scene.rng.integers(30, 900)), strip)
    claims = claims_of_plot(scene, plot)
    land.claims["mu"][claims] = mu - strip
    for row in claims.tolist():
        unit, person = int(land.claims["unit"][row]), int(land.claims["person"][row])
        code = CROPS[0] if land.claims["programme"][row] == number(CROPS[0]) else CROPS[1]
        repay(scene, person, code, int(land.claims["year"][row]), unit)
    _explain(scene, plot, claims, gone, "部分征占，只申报剩余面积")


def _no_plot(scene: Scene, plot: int) -> None:
    """The holder of land given up claims an area without saying where it lies."""
    land = scene.city.land
    gone = _give_up(scene, plot, _FOREST, scene.city.first - 200, int(land.rights["mu"][plot]))
    claims = claims_of_plot(scene, plot)
    land.claims["plot"][claims] = NONE
    scene.undecidable(
        "plot", plot, int(land.claims["unit"][claims[0]]), (rows("land_claim", claims), rows("requisition", [gone])), area=int(land.claims["area"][claims[0]]),
        note="申报未载明地块，承包地已退耕",
    )  # fmt: skip
