"""People in households: ages, sexes, names, ids, accounts and phones, deaths, and kin across villages."""

from dataclasses import dataclass, field

import numpy as np

from datasets.city import identifiers
from datasets.city.arrays import NONE, Bools, Ints, Texts, nth_of, texts
from datasets.city.naming import draw_surnames, full_names
from datasets.city.place import REGION, Places
from datasets.city.vocabulary import words

HEAD, SPOUSE, CHILD, SECOND_CHILD, FATHER, MOTHER = range(6)
# kind of household: share, youngest and oldest age of the head, chance that each role is there
_KINDS = (
    (0.15, 66, 93, (1, 0, 0, 0, 0, 0)),
    (0.18, 62, 88, (1, 1, 0, 0, 0, 0)),
    (0.17, 42, 62, (1, 1, 0, 0, 0, 0)),
    (0.28, 28, 54, (1, 1, 1, 0.35, 0, 0)),
    (0.15, 32, 54, (1, 1, 1, 0.3, 0.6, 0.8)),
    (0.07, 24, 60, (1, 0, 0, 0, 0, 0)),
)
DEATH_SOURCES = ("civil_affairs", "police", "health", "hospital")


@dataclass
class Folk:
    """Everybody, one array per trait, and the households they live in."""

    ident: Texts
    name: Texts
    male: Ints
    born: Ints
    died: Ints
    """Day of death as registered; NONE for the living and for deaths that no register knows."""
    death_known: Bools
    death_source: Ints
    household: Ints
    role: Ints
    village: Ints
    account: Texts
    holder: Texts
    """Name in which the account of the same number is kept."""
    phone: Texts
    head_of: Ints
    """Person number of each household's head."""
    home: Ints
    """Area number of each household's village."""
    address: Texts
    kin: Ints
    """Rows (person, relative, relation), both ways; relation is a position in RELATIONS."""
    ordered_kin: int = 0
    """So many of the rows of `kin`, from the first on, are in the order of persons."""
    _room: dict[str, Texts] = field(default_factory=dict, repr=False)

    def __len__(self) -> int:
        return len(self.ident)

    def age(self, on: int) -> Ints:
        """Whole years of everybody on a day, the dead as if living."""
        return np.floor((on - self.born) / 365.25).astype(np.int64)

    def living(self, on: int) -> Bools:
        return np.asarray((self.born <= on) & ((self.died == NONE) | (self.died > on)))

    def open_accounts(self, holders: list[str], rng: np.random.Generator) -> Ints:
        """Open further accounts in the given names; returns their numbers."""
        start = len(self.account)
        self.account = self._longer("account", self.account, identifiers.bank_cards(len(holders), rng, start))
        self.holder = self._longer("holder", self.holder, texts(holders))
        return np.arange(start, len(self.account))

    def _longer(self, name: str, have: Texts, more: Texts) -> Texts:
        """Texts and more of them, in an array with room to spare: accounts are opened one by one."""
        room = self._room.get(name)
        end = len(have) + len(more)
        fits = room is not None and end <= len(room) and more.dtype.itemsize <= room.dtype.itemsize
        if room is None or not fits or not np.shares_memory(have[:1], room[:1]):
            room = np.zeros(end + max(1000, len(have) // 20), dtype=np.promote_types(have.dtype, more.dtype))
            room[: len(have)] = have
            self._room[name] = room
        room[len(have) : end] = more
        return room[:end]

    def kin_rows(self, person: int) -> Ints:
        """Rows of `kin` about somebody: those of the start are in order, ties made since stand behind them."""
        first = self.kin[0][: self.ordered_kin]
        begin, end = np.searchsorted(first, person), np.searchsorted(first, person, side="right")
        late: Ints = self.ordered_kin + np.flatnonzero(self.kin[0][self.ordered_kin :] == person)
        return np.concatenate([np.arange(begin, end), late])

    def kin_of(self, person: int) -> set[int]:
        return set(self.kin[1][self.kin_rows(person)].tolist())

    def tie(self, ties: Ints) -> None:
        """Learn of further kin: rows as in `kin`."""
        self.kin = np.concatenate([self.kin, ties], axis=1)

    def home_of(self, person: int) -> Ints:
        """Everybody of somebody's household: people are numbered household by household."""
        home = self.household[person]
        return np.arange(np.searchsorted(self.household, home), np.searchsorted(self.household, home, side="right"))


RELATIONS = ("spouse", "parent", "child", "sibling", "in_law")


def settle(people: int, places: Places, first: int, last: int, rng: np.random.Generator) -> Folk:
    """People the county with about `people` persons alive between two days."""
    shares = np.array([kind[0] for kind in _KINDS])
    kinds = rng.choice(len(_KINDS), int(people / 2.4) + 8, p=shares)
    present = rng.random((len(kinds), 6)) < np.array([kind[3] for kind in _KINDS])[kinds]
    household, role = np.nonzero(present)
    household, role = household[:people], role[:people]
    kinds = kinds[: int(household[-1]) + 1]
    homes = places.villages[np.sort(rng.integers(0, len(places.villages), len(kinds)))]
    parent_house = _elders(kinds, rng)
    born = _births(kinds, household, role, last, rng)
    male = _sexes(len(kinds), household, role, rng)
    surname = _surnames(len(kinds), parent_house, household, role, male, rng)
    # a child born after the time of the city ended would not be known yet
    born = np.minimum(born, last - 30)
    region = np.where(
        rng.random(people) < 0.9, REGION, np.array([320611, 320682, 320623, 321181, 340122])[rng.integers(0, 5, people)]
    )
    died, known, source = _deaths(born, first, last, rng)
    names = full_names(surname, male, born, rng)
    heads = np.flatnonzero(role == HEAD)
    folk = Folk(
        ident=identifiers.resident_ids(region, born, male, rng), name=names, male=male, born=born, died=died, death_known=known,
        death_source=source, household=household, role=role, village=homes[household], account=identifiers.bank_cards(people, rng),
        holder=names.copy(), phone=identifiers.phones(people, rng), head_of=heads, home=homes,
        address=_addresses(homes, places, rng), kin=np.zeros((3, 0), dtype=np.int64),
    )  # fmt: skip
    folk.kin = _kinship(folk, parent_house)
    folk.ordered_kin = folk.kin.shape[1]
    return folk


def _elders(kinds: Ints, rng: np.random.Generator) -> Ints:
    """For a household of younger people, the household its head's parents live in, or NONE."""
    out = np.full(len(kinds), NONE)
    elder = np.flatnonzero(kinds <= 1)
    young = np.flatnonzero(((kinds == 2) | (kinds == 3) | (kinds == 5)) & (rng.random(len(kinds)) < 0.6))
    if len(elder):
        # parents mostly live near by: households are numbered along the villages
        near = np.searchsorted(elder, young) + rng.integers(-12, 13, len(young))
        anywhere = rng.integers(0, len(elder), len(young))
        out[young] = elder[np.where(rng.random(len(young)) < 0.6, np.clip(near, 0, len(elder) - 1), anywhere)]
    return out


def _births(kinds: Ints, household: Ints, role: Ints, last: int, rng: np.random.Generator) -> Ints:
    low, high = np.array([kind[1] for kind in _KINDS])[kinds], np.array([kind[2] for kind in _KINDS])[kinds]
    age = (low + rng.random(len(kinds)) * (high - low))[household]
    shift = np.select(
        [role == SPOUSE, role == CHILD, role == SECOND_CHILD, role >= FATHER],
        [rng.normal(1.5, 2, len(role)), rng.uniform(22, 29, len(role)), rng.uniform(27, 33, len(role)), -rng.uniform(21, 30, len(role))], 0.0,
    )  # fmt: skip
    return np.asarray(last - np.clip(age - shift, 0.1, 101) * 365.25, dtype=np.int64)


def _sexes(houses: int, household: Ints, role: Ints, rng: np.random.Generator) -> Ints:
    head = (rng.random(houses) < 0.72).astype(np.int64)[household]
    child = (rng.random(len(role)) < 0.52).astype(np.int64)
    return np.asarray(
        np.select([role == HEAD, role == SPOUSE, role == FATHER, role == MOTHER], [head, 1 - head, 1, 0], child), dtype=np.int64
    )


def _surnames(houses: int, parent_house: Ints, household: Ints, role: Ints, male: Ints, rng: np.random.Generator) -> Ints:
    """Children carry the surname of the household's man; a head carries that of the household he comes from."""
    of_house = draw_surnames(houses, rng)
    born_into = np.where(parent_house != NONE, of_house[np.maximum(parent_house, 0)], of_house)
    own = draw_surnames(len(role), rng)
    inherits = (role == HEAD) | (role == CHILD) | (role == SECOND_CHILD) | (role == FATHER)
    return np.asarray(np.where(inherits, born_into[household], own), dtype=np.int64)


def _deaths(born: Ints, first: int, last: int, rng: np.random.Generator) -> tuple[Ints, Bools, Ints]:
    """Deaths from two years before the city's time until its end; a few that no register caught."""
    died = np.full(len(born), NONE)
    for start in range(first - 730, last, 365):
        age = (start - born) / 365.25
        hit = (
            (died == NONE) & (age > 1) & (rng.random(len(born)) < np.minimum(0.00004 * np.exp(0.093 * np.clip(age, 0, 110)), 0.4))
        )
        died[hit] = start + rng.integers(0, 365, int(hit.sum()))
    died[died > last] = NONE
    known = rng.random(len(born)) >= 0.02
    died[~known] = NONE
    return died, known, rng.choice(len(DEATH_SOURCES), len(born), p=[0.45, 0.35, 0.1, 0.1])


def _addresses(homes: Ints, places: Places, rng: np.random.Generator) -> Texts:
    number = nth_of(homes) + 1
    group = np.strings.add(np.char.mod("%d", number // 25 + 1), "组")
    rural = np.strings.add(np.strings.add(places.name[homes], group), np.strings.add(np.char.mod("%d", number % 25 + 1), "号"))
    estates = texts(words().estates)[homes % len(words().estates)]
    flat = np.strings.add(
        np.char.mod("%d", number // 48 + 1), np.strings.add("栋", np.strings.add(np.char.mod("%d", number % 48 + 101), "室"))
    )
    town = places.name[places.town_of[homes]]
    urban = np.strings.endswith(places.name[homes], "社区")
    return np.strings.add(town, np.where(urban, np.strings.add(estates, flat), rural))


def _kinship(folk: Folk, parent_house: Ints) -> Ints:
    """Rows of kin, both ways, within households and between those of parents, children and siblings."""
    slot = np.full((len(folk.head_of), 6), NONE)
    slot[folk.household, folk.role] = np.arange(len(folk))
    pairs: list[Ints] = []

    def tie(left: Ints, right: Ints, relation: str, back: str) -> None:
        ok = (left != NONE) & (right != NONE) & (left != right)
        for person, relative, kind in ((left[ok], right[ok], relation), (right[ok], left[ok], back)):
            pairs.append(np.stack([person, relative, np.full(len(person), RELATIONS.index(kind))]))

    tie(slot[:, HEAD], slot[:, SPOUSE], "spouse", "spouse")
    tie(slot[:, FATHER], slot[:, MOTHER], "spouse", "spouse")
    tie(slot[:, CHILD], slot[:, SECOND_CHILD], "sibling", "sibling")
    for child in (CHILD, SECOND_CHILD):
        tie(slot[:, HEAD], slot[:, child], "child", "parent")
        tie(slot[:, SPOUSE], slot[:, child], "child", "parent")
    for parent in (FATHER, MOTHER):
        tie(slot[:, HEAD], slot[:, parent], "parent", "child")
        tie(slot[:, SPOUSE], slot[:, parent], "in_law", "in_law")
    young = np.flatnonzero(parent_house != NONE)
    young = young[folk.born[slot[young, HEAD]] - folk.born[slot[parent_house[young], HEAD]] > 18 * 365]
    elder = parent_house[young]
    tie(slot[young, HEAD], slot[elder, HEAD], "parent", "child")
    tie(slot[young, HEAD], slot[elder, SPOUSE], "parent", "child")
    tie(slot[young, SPOUSE], slot[elder, HEAD], "in_law", "in_law")
    order = np.argsort(elder, kind="stable")
    young, elder = young[order], elder[order]
    same = np.flatnonzero(elder[1:] == elder[:-1])
    tie(slot[young[same], HEAD], slot[young[same + 1], HEAD], "sibling", "sibling")
    return np.unique(np.concatenate(pairs, axis=1), axis=1)
