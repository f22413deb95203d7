"""Changing claims for land (面积申报) together with what was paid for them, so that every payment stays area times rate."""

import numpy as np

from datasets.city.arrays import NONE, Ints, day, kept, month_number
from datasets.city.index import Past
from datasets.city.ledger import Ledger
from datasets.city.plant.scene import Scene
from datasets.city.plot import MU
from datasets.city.programme import listed, number

CROPS = ("PG03", "PG04")


def claims_of_plot(scene: Scene, plot: int) -> Ints:
    """Living claims that name a plot."""
    claims = scene.city.land.claims
    return np.flatnonzero((claims["plot"] == plot) & (claims["alive"] == 1))


def add_claim(scene: Scene, person: int, plot: int, code: str, year: int, mu: int, area: int) -> int:
    """Enter a claim in spring and pay for it; returns its row."""
    city = scene.city
    unit = int(city.bodies.township_of[city.places.town_of[area]])
    row = city.land.claims.add(
        1, plot=plot, person=person, programme=number(code), year=year, mu=mu, unit=unit, area=area,
        claimed=day(year, 3, 10) + int(scene.rng.integers(0, 60)),
    )  # fmt: skip
    repay(scene, person, code, year, unit)
    return int(row[0])


def _rows_of(finder: Past, book: Ledger, person: int) -> Ints:
    """Living rows of a person, those added since the finder was made among them."""
    late = np.arange(len(finder), len(book))
    found = np.r_[finder.of(person), late[book["person"][late] == person]]
    return kept(found, book["alive"][found] == 1)


def repay(scene: Scene, person: int, code: str, year: int, unit: int) -> None:
    """Let the year's payment be the area claimed times the rate: changed, entered or taken back."""
    city, pay, claims = scene.city, scene.city.payments, scene.city.land.claims
    mine = _rows_of(scene.claimed, claims, person)
    mine = kept(
        mine, (claims["year"][mine] == year) & (claims["unit"][mine] == unit) & (claims["programme"][mine] == number(code))
    )
    mu = int(claims["mu"][mine].sum())
    programme = listed()[number(code)]
    cents = round(mu / MU * programme.rate * 100)
    paid = _rows_of(scene.paid, pay, person)
    paid = kept(paid, (pay["programme"][paid] == number(code)) & (pay["period"][paid] == year) & (pay["unit"][paid] == unit))
    if len(paid):
        pay["quantity"][paid[0]], pay["amount"][paid[0]] = mu, cents
        pay["alive"][paid[0]] = int(mu > 0)
    elif mu > 0:
        assert not isinstance(programme.months, str)
        when = np.array([month_number(year, programme.months[0])])
        city.purse.pay(
            code, np.array([person]), when, np.array([cents]), scene.rng, quantity=mu, unit=unit, area=int(claims["area"][mine[0]]),
            approver=int(city.purse.approver[unit]), paid=city.purse.payday(programme, when, np.array([unit])),
        )  # fmt: skip


def worth(scene: Scene, claims_: Ints) -> int:
    """Cents paid for claims."""
    claims = scene.city.land.claims
    rate = np.array([item.rate for item in listed()])
    return int(np.round(claims["mu"][claims_] / MU * rate[claims["programme"][claims_]] * 100).sum())


def tended(scene: Scene, weakly: bool) -> Ints:
    """Plots that their living holder claims for grain every year, which nobody leases and of which nothing was given up."""
    city, land = scene.city, scene.city.land
    rights, claims = land.rights, land.claims
    grain = np.flatnonzero((claims["programme"] == number(CROPS[0])) & (claims["plot"] != NONE) & (claims["alive"] == 1))
    own = grain[claims["person"][grain] == rights["holder"][claims["plot"][grain]]]
    years = np.bincount(claims["plot"][own], minlength=len(rights))
    fit = (years == len(city.years)) & (rights["mu"] != NONE) & (rights["owner_kind"] == 0)
    fit[land.transfers["plot"]] = False
    fit[land.requisitions["plot"]] = False
    if weakly:
        fit &= city.places.lax()[rights["area"]]
    found = np.flatnonzero(fit)
    holder = rights["holder"][found]
    return kept(found, (city.folk.died[holder] == NONE) & ~city.spoken[holder])


def cast_plots(scene: Scene, plots: Ints, count: int) -> Ints:
    """Draw plots of different holders, who play a part from now on."""
    chosen: list[int] = []
    holder, spoken = scene.city.land.rights["holder"], scene.city.spoken
    for plot in scene.rng.permutation(plots).tolist():
        if len(chosen) < count and not spoken[holder[plot]]:
            spoken[holder[plot]] = True
            chosen.append(plot)
    return np.array(chosen, dtype=np.int64)
