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
    gone = rng.permutation(np.flatnonzero(land.rights["house"] != NONE))[: len(house) // 80]
    land.requisitions.add(
        len(gone), plot=gone, kind=rng.integers(0, 2, len(gone)), mu=land.rights["mu"][gone], effective=day(years[0] - 1, 10)
    )
    return land


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
    """Claims for each year: the tiller claims, a dead holder's claim is made by another member of the household."""
    rights = land.rights
    plots = np.flatnonzero(rights["house"] != NONE)
    lessee = np.full(len(rights), NONE)
    lessee[land.transfers["plot"]] = land.transfers["lessee"]
    heirs = _heirs(folk)
    given_up = np.isin(plots, land.requisitions["plot"])
    for year in years:
        holder = np.where(lessee[plots] != NONE, lessee[plots], rights["holder"][plots])
        dead = (folk.died[holder] != NONE) & (month_end(months_of(np.maximum(folk.died[holder], 0))) < day(year, 8, 31))
        heir = heirs[folk.household[holder]]
        claimant = np.where(dead, heir, holder)
        heir_dead = (folk.died[np.maximum(claimant, 0)] != NONE) & (folk.died[np.maximum(claimant, 0)] < day(year, 8, 31))
        ok = (claimant != NONE) & ~(dead & heir_dead) & ~given_up
        factor = np.where(rng.random(len(plots)) < 0.75, 1.0, rng.uniform(0.85, 1.03, len(plots)))
        mu = np.round(np.where(rights["mu"][plots] == NONE, 2.2 * MU, rights["mu"][plots]) * factor / 100).astype(np.int64) * 100
        for code, share in (("PG03", 0.96), ("PG04", 0.6)):
            rows = np.flatnonzero(ok & (rng.random(len(plots)) < share))
            town = places.town_of[rights["area"][plots[rows]]]
            land.claims.add(
                len(rows), plot=np.where(rng.random(len(rows)) < 0.02, NONE, plots[rows]), person=claimant[rows], programme=number(code), year=year,
                mu=mu[rows], unit=bodies.township_of[town], area=rights["area"][plots[rows]], claimed=day(year, 3, 10) + rng.integers(0, 60, len(rows)),
            )  # fmt: skip


def _heirs(folk: Folk) -> Ints:
    """For every household an adult member other than the head, NONE where there is none."""
    out = np.full(len(folk.head_of), NONE)
    rows = np.flatnonzero((folk.role != 0) & (folk.age(day(2025)) >= 18) & (folk.died == NONE))[::-1]
    out[folk.household[rows]] = rows
    return out
