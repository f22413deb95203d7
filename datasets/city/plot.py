"""Plots with registered rights, leases, land given up, and the areas claimed for subsidy each year."""

from dataclasses import dataclass

import numpy as np

from datasets.city.arrays import NONE, Ints, day, month_end, months_of
from datasets.city.body import Bodies
from datasets.city.folk import Folk
from datasets.city.ledger import Ledger
from datasets.city.place import Places
from datasets.city.programme import number

MU = 10_000
"""Areas are kept in ten-thousandths of a mu."""
GRAIN = ("小麦", "水稻", "玉米", "油菜籽")


@dataclass
class Land:
    """Land records; `rights` rows are the plots."""

    rights: Ledger
    transfers: Ledger
    requisitions: Ledger
    claims: Ledger


def survey(folk: Folk, places: Places, years: range, rng: np.random.Generator) -> Land:
    """Registered plots of the rural households, some collective land, leases and land given up."""
    rural = ~np.strings.endswith(places.name[folk.home], "社区")
    houses = np.flatnonzero(rural & (rng.random(len(folk.home)) < 0.7))
    per_house = rng.choice([1, 2, 3], len(houses), p=[0.5, 0.35, 0.15])
    house = np.repeat(houses, per_house)
    mu = (np.clip(np.round(np.exp(rng.normal(0.75, 0.5, len(house))), 2), 0.3, 12) * MU).astype(np.int64)
    land = Land(
        Ledger(("owner_kind", "holder", "house", "area", "mu")),
        Ledger(("plot", "lessor", "lessee", "mu", "starts", "ends")),
        Ledger(("plot", "kind", "mu", "effective")),
        Ledger(("plot", "person", "programme", "year", "mu", "unit", "area", "claimed")),
    )
    blank = rng.random(len(house)) < 0.004  # the old register lost a page
    land.rights.add(
        len(house), owner_kind=0, holder=folk.head_of[house], house=house, area=folk.home[house], mu=np.where(blank, NONE, mu),
    )  # fmt: skip
    villages = np.repeat(places.villages, 2)
    land.rights.add(
        len(villages), owner_kind=1, area=villages, mu=(np.round(rng.uniform(3, 40, len(villages)), 2) * MU).astype(np.int64)
    )
    _lease(land, folk, places, years, rng)
    _give_up(land, years, rng)
    return land


def _give_up(land: Land, years: range, rng: np.random.Generator) -> None:
    """Land taken for roads or returned to forest: half before the city's time, half within it after the year's claims; a part of a plot or all."""
    rights = land.rights
    plots = rng.permutation(np.flatnonzero((rights["house"] != NONE) & (rights["mu"] != NONE)))
    gone = plots[: len(plots) // 80]
    year = np.where(rng.random(len(gone)) < 0.5, years[0] - 1, rng.choice(np.array(years), len(gone)))
    part = np.where(rng.random(len(gone)) < 0.75, 1.0, rng.uniform(0.2, 0.7, len(gone)))
    starts = (year - 1970).astype("datetime64[Y]").astype("datetime64[D]").astype(np.int64)
    land.requisitions.add(
        len(gone), plot=gone, kind=rng.choice(2, len(gone), p=[0.4, 0.6]), effective=starts + 200 + rng.integers(0, 150, len(gone)),
        mu=np.round(rights["mu"][gone] * part / 100).astype(np.int64) * 100,
    )  # fmt: skip


def _lease(land: Land, folk: Folk, places: Places, years: range, rng: np.random.Generator) -> None:
    """One plot in eight is leased to a larger grower of the same town."""
    rights = land.rights
    plots = np.flatnonzero((rights["house"] != NONE) & (rights["mu"] != NONE))
    out = plots[rng.random(len(plots)) < 0.125]
    age = folk.age(day(years[-1]))
    town_of_head = places.town_of[folk.village[folk.head_of]]
    fit = (
        (age[folk.head_of] < 70)
        & (age[folk.head_of] > 25)
        & (folk.died[folk.head_of] == NONE)
        & (rng.random(len(folk.head_of)) < 0.03)
    )
    lessee = np.full(len(out), NONE)
    for town in places.towns.tolist():
        growers = folk.head_of[fit & (town_of_head == town)]
        rows = np.flatnonzero(places.town_of[rights["area"][out]] == town)
        if len(growers):
            lessee[rows] = growers[rng.integers(0, len(growers), len(rows))]
    keep = (lessee != NONE) & (lessee != rights["holder"][out])
    out, lessee = out[keep], lessee[keep]
    land.transfers.add(
        len(out), plot=out, lessor=rights["holder"][out], lessee=lessee, mu=rights["mu"][out],
        starts=day(years[0] - 2), ends=day(years[-1] + 3, 12, 31),
    )  # fmt: skip


def claim(land: Land, folk: Folk, bodies: Bodies, places: Places, years: range, rng: np.random.Generator) -> None:
    """Claims for each year: the tiller claims, a dead holder's claim is made by another member of the household.

    Who grows grain goes on growing it; land given up before the year is left out of the crops, and claimed as forest where it was
    returned to forest.
    """
    rights, gone = land.rights, land.requisitions
    plots = np.flatnonzero(rights["house"] != NONE)
    lessee = np.full(len(rights), NONE)
    lessee[land.transfers["plot"]] = land.transfers["lessee"]
    heirs, habit = _heirs(folk), rng.random(len(plots))
    known = np.where(rights["mu"] == NONE, 22_000, rights["mu"])
    for year in years:
        claimant = _tillers(folk, np.where(lessee[plots] != NONE, lessee[plots], rights["holder"][plots]), heirs, year)
        before = gone["effective"] < day(year)
        left, forest = known.copy(), np.zeros(len(rights), dtype=np.int64)
        left[gone["plot"][before]] -= gone["mu"][before]
        forest[gone["plot"][before & (gone["kind"] == 1)]] = gone["mu"][before & (gone["kind"] == 1)]
        factor = np.where(rng.random(len(plots)) < 0.75, 1.0, rng.uniform(0.85, 1.03, len(plots)))
        factor[left[plots] < known[plots]] = 1.0
        crops = np.round(left[plots] * factor / 100).astype(np.int64) * 100
        for code, share, mu in (("PG03", 0.96, crops), ("PG04", 0.6, crops), ("PG14", 1.0, forest[plots])):
            wish = np.where(rng.random(len(plots)) < 0.04, rng.random(len(plots)), habit)
            rows = np.flatnonzero((claimant != NONE) & (mu > 0) & (wish < share))
            town = places.town_of[rights["area"][plots[rows]]]
            land.claims.add(
                len(rows), plot=np.where(rng.random(len(rows)) < 0.02, NONE, plots[rows]), person=claimant[rows], programme=number(code), year=year,
                mu=mu[rows], unit=bodies.township_of[town], area=rights["area"][plots[rows]], claimed=day(year, 3, 10) + rng.integers(0, 60, len(rows)),
            )  # fmt: skip


def _tillers(folk: Folk, holder: Ints, heirs: Ints, year: int) -> Ints:
    """Who claims each holder's land in a year: the holder, an heir of the same household, or nobody."""
    due = day(year, 8, 31)
    dead = (folk.died[holder] != NONE) & (month_end(months_of(np.maximum(folk.died[holder], 0))) < due)
    claimant = np.where(dead, heirs[folk.household[holder]], holder)
    died = folk.died[np.maximum(claimant, 0)]
    return np.asarray(np.where(dead & (claimant != NONE) & (died != NONE) & (died < due), NONE, claimant))


def _heirs(folk: Folk) -> Ints:
    """For every household an adult member other than the head, NONE where there is none."""
    out = np.full(len(folk.head_of), NONE)
    rows = np.flatnonzero((folk.role != 0) & (folk.age(day(2025)) >= 18) & (folk.died == NONE))[::-1]
    out[folk.household[rows]] = rows
    return out
