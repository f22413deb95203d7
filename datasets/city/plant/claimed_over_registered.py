"""S13 面积超确权: more land claimed than registered and leased together; leased plots and a family's plots are innocent."""

import numpy as np

from datasets.city.arrays import NONE, Ints, among, day, distinct, kept
from datasets.city.plant.scene import Scene, weak
from datasets.city.plot import MU
from datasets.city.programme import listed, number
from datasets.city.truth import rows

_FIRST = "PG03"


def plant(scene: Scene) -> None:
    entitled, blank = entitlement(scene)
    holders = _holders(scene, entitled, blank)
    chosen = scene.cast(holders[weak(scene.city)[scene.city.folk.village[holders]]], scene.number(10, 2))
    done = sum(_case(scene, place, person, int(entitled[person])) for place, person in enumerate(chosen.tolist()))
    lessees = _lessees(scene)
    expired = scene.cast(lessees, max(1, done // 5))
    done += sum(_expired(scene, person) for person in expired.tolist())
    natural = _natural(scene, 8 * done, entitled)
    for person in scene.cast(holders, max(4 * done, 11 * done - natural)).tolist():
        _nearly(scene, person, int(entitled[person]))
    _unknown(scene, blank)


def entitlement(scene: Scene) -> tuple[Ints, Ints]:
    """Registered and leased area of everybody (ten-thousandths of a mu), and people with a right whose area is unknown."""
    land, count = scene.city.land, len(scene.city.folk)
    rights, leases = land.rights, land.transfers
    known = (rights["holder"] != NONE) & (rights["mu"] != NONE)
    total = np.bincount(rights["holder"][known], rights["mu"][known], count)
    leased = leases["ends"] == NONE
    leased |= leases["ends"] >= day(scene.city.years[-1], 12, 31)
    total += np.bincount(leases["lessee"][leased], leases["mu"][leased], count)
    blank = rights["holder"][(rights["mu"] == NONE) & (rights["holder"] != NONE)]
    return total.astype(np.int64), distinct(blank)


def _claims(scene: Scene, person: int, year: int, code: str = _FIRST) -> Ints:
    claims = scene.city.land.claims
    mine = scene.claimed.of(person)
    return kept(mine, (claims["year"][mine] == year) & (claims["programme"][mine] == number(code)))


def _holders(scene: Scene, entitled: Ints, blank: Ints) -> Ints:
    """Living holders who claim for themselves every year, with nothing leased in or out."""
    city = scene.city
    claims, leases = city.land.claims, city.land.transfers
    people = distinct(city.land.rights["holder"][city.land.rights["holder"] != NONE])
    years = np.zeros(len(city.folk), dtype=np.int64)
    for year in city.years:
        mine = distinct(claims["person"][(claims["year"] == year) & (claims["programme"] == number(_FIRST))])
        years[mine] += 1
    fit = (years[people] == len(city.years)) & (city.folk.died[people] == NONE) & (entitled[people] > 0)
    return kept(people, fit & ~among(people, np.r_[leases["lessor"], leases["lessee"], blank]))


def _raise(scene: Scene, person: int, year: int, target: int) -> Ints:
    """Make the year's claims add up to `target`; the payments follow. Returns the claims."""
    city, claims = scene.city, scene.city.land.claims
    mine = _claims(scene, person, year)
    extra = target - int(claims["mu"][mine].sum())
    if scene.rng.random() < 0.3:
        base = mine[:1]
        added = claims.copy_rows(base, plot=NONE, mu=extra)
        mine = np.r_[mine, added]
    else:
        city.land.claims["mu"][mine[-1]] += extra
    pay = city.payments
    paid = scene.payments_of(person, _FIRST)
    paid = paid[pay["period"][paid] == year]
    if len(paid):
        pay["quantity"][paid[0]] = target
        pay["amount"][paid[0]] = round(target / MU * listed()[number(_FIRST)].rate * 100)
    return mine


def _case(scene: Scene, place: int, person: int, entitled: int) -> int:
    ratio = scene.rng.uniform(1.112, 1.2) if scene.near(place) else scene.rng.uniform(1.3, 2.8)
    year = int(scene.rng.choice(np.array(scene.city.years)))
    mine = _raise(scene, person, year, int(entitled * ratio) // 100 * 100)
    _write(scene, person, year, mine, entitled, ratio < 1.21, "申报面积超过确权与流转面积")
    return 1


def _write(scene: Scene, person: int, year: int, claims_: Ints, entitled: int, near: bool, note: str) -> None:
    claims = scene.city.land.claims
    over = int(claims["mu"][claims_].sum()) - entitled
    cents = round(over / MU * listed()[number(_FIRST)].rate * 100)
    scene.problem("person", person, int(claims["unit"][claims_[0]]), (rows("land_claim", claims_), rows("person", [person])), area=int(claims["area"][claims_[0]]),
                  cents=cents, near=near, note=f"{year}年{note}")  # fmt: skip


def _lessees(scene: Scene) -> Ints:
    """Growers of leased land with some of their own, none of it leased out."""
    rights, leases = scene.city.land.rights, scene.city.land.transfers
    people, times = np.unique(leases["lessee"], return_counts=True)
    own = among(people, rights["holder"][(rights["holder"] != NONE) & (rights["mu"] != NONE)])
    fit = own & (times >= 2) & (scene.city.folk.died[people] == NONE) & ~among(people, leases["lessor"])
    return kept(people, fit & ~among(people, rights["holder"][rights["mu"] == NONE]))


def _expired(scene: Scene, person: int) -> int:
    """The leases ran out, the land is still claimed in the last year."""
    city, claims = scene.city, scene.city.land.claims
    year = city.years[-1]
    mine = np.flatnonzero(city.land.transfers["lessee"] == person)
    rights = city.land.rights
    own = int(rights["mu"][(rights["holder"] == person) & (rights["mu"] != NONE)].sum())
    for code in ("PG03", "PG04"):
        found = _claims(scene, person, year, code)
        if code == _FIRST and claims["mu"][found].sum() <= own * 1.25:
            city.spoken[person] = True
            return 0
    city.land.transfers["ends"][mine] = day(year - 1, 12, 20)
    _write(scene, person, year, _claims(scene, person, year), own, False, "流转已到期仍申报")
    return 1


def _nearly(scene: Scene, person: int, entitled: int) -> None:
    year = int(scene.rng.choice(np.array(scene.city.years)))
    mine = _raise(scene, person, year, int(entitled * scene.rng.uniform(1.035, 1.085)) // 100 * 100)
    claims = scene.city.land.claims
    scene.explained(
        "person",
        person,
        int(claims["unit"][mine[0]]),
        (rows("land_claim", mine),),
        area=int(claims["area"][mine[0]]),
        near=True,
        note="丈量误差范围内",
    )


def _natural(scene: Scene, wanted: int, entitled: Ints) -> int:
    """Growers of leased land, and members of a household who claim what its head holds; returns how many."""
    city, claims = scene.city, scene.city.land.claims
    year = city.years[0]
    rights = city.land.rights
    own = np.bincount(
        rights["holder"][(rights["holder"] != NONE) & (rights["mu"] != NONE)],
        rights["mu"][(rights["holder"] != NONE) & (rights["mu"] != NONE)],
        len(city.folk),
    )
    this_year = np.flatnonzero((claims["year"] == year) & (claims["programme"] == number(_FIRST)))
    total = np.bincount(claims["person"][this_year], claims["mu"][this_year], len(city.folk))
    innocent = np.flatnonzero(
        (total > 1.1 * own) & ~city.spoken & ~among(np.arange(len(city.folk)), claims["person"][claims["alive"] == 0])
    )
    city.spoken[innocent[:wanted]] = True
    for person in innocent[:wanted].tolist():
        mine = _claims(scene, person, year)
        note = "含流转土地" if entitled[person] > own[person] else "家庭成员代户主申报"
        scene.explained(
            "person",
            person,
            int(claims["unit"][mine[0]]),
            (rows("land_claim", mine),),
            area=int(claims["area"][mine[0]]),
            note=note,
        )
    return len(innocent[:wanted])


def _unknown(scene: Scene, blank: Ints) -> None:
    """The register lost the area of a plot: nobody can say whether too much is claimed."""
    claims = scene.city.land.claims
    for person in blank.tolist():
        for year in scene.city.years:
            mine = _claims(scene, person, year)
            if len(mine):
                scene.undecidable(
                    "person",
                    person,
                    int(claims["unit"][mine[0]]),
                    (rows("land_claim", mine),),
                    area=int(claims["area"][mine[0]]),
                    note="确权面积缺失",
                )
