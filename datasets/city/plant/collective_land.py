"""S16 集体地挂个人名下: collective plots claimed by cadres, their near kin or others without a lease; leased ones are innocent."""

import numpy as np

from datasets.city.arrays import NONE, Ints, day, distinct, kept, without
from datasets.city.plant.cadre_relatives import cadres, ties
from datasets.city.plant.fields import CROPS, add_claim, worth
from datasets.city.plant.lists import living, plain
from datasets.city.plant.scene import Scene, weak
from datasets.city.plot import MU
from datasets.city.programme import listed, number
from datasets.city.truth import rows

_ROLES = ("cadre", "relative", "other", "cadre", "other", "relative")


def plant(scene: Scene) -> None:
    plots = _collective(scene)
    hot = plots[weak(scene.city)[scene.city.land.rights["area"][plots]]]
    done: list[int] = []
    for place in range(scene.number(4, 2)):
        free = without(hot if len(hot) > len(done) else plots, done)
        for plot in scene.rng.permutation(free).tolist():
            if _case(scene, place, plot, _ROLES[place % len(_ROLES)]):
                done.append(plot)
                break
    written = 0
    for plot in scene.rng.permutation(without(plots, done)).tolist():
        if written < 11 * len(done):
            written += _leased(scene, plot)
    while written < 11 * len(done) and written:
        written += _leased(scene, _parcel(scene, int(scene.rng.choice(plots))))


def _collective(scene: Scene) -> Ints:
    """Collective plots that nobody claims."""
    land = scene.city.land
    return without(np.flatnonzero(land.rights["owner_kind"] == 1), land.claims["plot"])


def _parcel(scene: Scene, like: int) -> int:
    """A further collective plot in the village of another."""
    rights = scene.city.land.rights
    mu = int(scene.rng.uniform(2, 25) * 100) * 100
    return int(rights.add(1, owner_kind=1, area=int(rights["area"][like]), mu=mu)[0])


def _villagers(scene: Scene, village: int, role: str) -> Ints:
    folk = scene.city.folk
    if role == "cadre":
        people = scene.pool("cadres", lambda: cadres(scene))
        people = kept(people, ~scene.city.spoken[people])
    elif role == "relative":
        people = living(scene, distinct(scene.pool("ties", lambda: ties(scene))[1]), 25, 75)
    else:
        people = np.flatnonzero(plain(scene, 28, 68))
    return kept(people, folk.village[people] == village)


def _case(scene: Scene, place: int, plot: int, role: str) -> bool:
    """One to all years of a claim; small plots in place of one's own that goes unclaimed, large ones beside it."""
    city, land = scene.city, scene.city.land
    village, near = int(land.rights["area"][plot]), scene.near(place)
    people = _villagers(scene, village, role)
    if not len(people):
        return False
    person = int(scene.cast(people, 1)[0])
    cadre, relative = scene.pool("ties", lambda: ties(scene))
    officials = [person] if role == "cadre" else [int(cadre[relative == person][0])] if role == "relative" else []
    if near:
        land.rights["mu"][plot] = int(scene.rng.integers(40, 90)) * 100
    elif land.rights["mu"][plot] > 140_000:
        land.rights["mu"][plot] = int(scene.rng.integers(300, 1200)) * 100
    years = [int(city.years[-1])] if near else list(city.years)[-int(scene.rng.integers(1, len(city.years) + 1)) :]
    mu = int(land.rights["mu"][plot])
    claims = np.array([add_claim(scene, person, plot, "PG03", year, mu, village) for year in years])
    note = {
        "cadre": "集体土地以村干部名义申报",
        "relative": "集体土地以村干部近亲属名义申报",
        "other": "集体土地以个人名义申报，无流转合同",
    }[role]
    unit = int(land.claims["unit"][claims[0]])
    scene.problem("plot", plot, unit, (rows("land_claim", claims), rows("land_right", [plot])), officials, area=village,
                  cents=worth(scene, claims), near=near, note=note)  # fmt: skip
    _over(scene, person, years)
    return True


def _over(scene: Scene, person: int, years: list[int]) -> None:
    """Where the claims also exceed what the household holds, that row of the catalogue is met too."""
    city, land = scene.city, scene.city.land
    home = city.folk.household[person]
    held = (land.rights["house"] == home) & (land.rights["mu"] != NONE)
    mine = np.flatnonzero((land.claims["person"] == person) & (land.claims["alive"] == 1))
    found, over = [], 0
    for year in years:
        claims = kept(mine, (land.claims["year"][mine] == year) & (land.claims["programme"][mine] == number(CROPS[0])))
        leased = (
            (land.transfers["lessee"] == person)
            & (land.transfers["starts"] <= day(year, 12, 31))
            & (land.transfers["ends"] >= day(year))
        )
        entitled = int(land.rights["mu"][held].sum()) + int(land.transfers["mu"][leased].sum())
        if (
            land.claims["mu"][claims].sum() > 1.1 * entitled
            and not (land.rights["mu"][land.rights["house"] == home] == NONE).any()
        ):
            over += int(land.claims["mu"][claims].sum()) - entitled
            found += claims.tolist()
    if found:
        cents = round(over / MU * listed()[number(CROPS[0])].rate * 100)
        area, unit = int(land.claims["area"][found[0]]), int(land.claims["unit"][found[0]])
        evidence = (rows("land_claim", found), rows("person", [person]))
        # the land is the collective's: whether the claimant's own is exceeded besides is for a person to say
        scene.also("S13").undecidable(
            "person", person, unit, evidence, area=area, cents=cents, note=f"{years[0]}年起申报面积含集体土地"
        )


def _leased(scene: Scene, plot: int) -> int:
    """Claimed by whoever leases it from the village, a cadre among them now and then, as long as the lease runs."""
    city, land, rng = scene.city, scene.city.land, scene.rng
    village = int(land.rights["area"][plot])
    cadre = _villagers(scene, village, "cadre") if rng.random() < 0.15 else np.zeros(0, dtype=np.int64)
    chosen = scene.cast(cadre if len(cadre) else _villagers(scene, village, "other"), 1)
    for person in chosen.tolist():
        over = len(city.years) > 1 and rng.random() < 0.25
        mu, ends = int(land.rights["mu"][plot]), day(city.years[0] if over else city.years[-1] + 4, 12, 31)
        land.transfers.add(1, plot=plot, lessee=person, mu=mu, starts=day(city.years[0] - 1, 1, 5), ends=ends)
        years = city.years[:1] if over else city.years
        claims = np.array([add_claim(scene, person, plot, "PG03", year, mu, village) for year in years])
        unit = int(land.claims["unit"][claims[0]])
        note = "村干部依合同承租集体土地" if len(cadre) else "流转到期后未再申报" if over else "集体土地依合同流转给申报人"
        evidence = (rows("land_claim", claims), rows("land_right", [plot]))
        scene.explained("plot", plot, unit, evidence, area=village, near=over, note=note)
        scene.also("S13").explained("person", person, unit, evidence[:1], area=village, note="含流转的集体土地")
    return len(chosen)
