"""Public bodies: agencies, townships, village committees, schools, hospitals, homes, state firms."""

from dataclasses import dataclass

import numpy as np

from datasets.city.arrays import NONE, Ints, Texts, texts
from datasets.city.place import Places
from datasets.city.vocabulary import Agency, words


@dataclass
class Bodies:
    """Units in one numbering, with the office that is stationed in each (index of GROUPS or NONE)."""

    code: Texts
    name: Texts
    kind: Texts
    area: Ints
    parent: Ints
    supervisor: Ints
    group: Ints
    former: Texts
    level: Texts
    by_name: dict[str, int]
    township_of: Ints
    """Unit number of the township government of every town area number (NONE elsewhere)."""
    committee_of: Ints
    """Unit number of the village committee of every village area number (NONE elsewhere)."""
    phone: Texts
    address: Texts

    def of_kind(self, kind: str) -> Ints:
        return np.flatnonzero(self.kind == kind)

    def agency(self, name: str) -> int:
        return self.by_name[words().county + name]


class _Roll:
    """Collects units row by row: there are only hundreds."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, str, int, int, int, int, str, str]] = []

    def add(self, name: str, kind: str, area: int, parent: int, supervisor: int, group: int, former: str, level: str) -> int:
        self.rows.append((name, kind, area, parent, supervisor, group, former, level))
        return len(self.rows) - 1


def found(places: Places) -> Bodies:
    """Every public body of the county."""
    said = words()
    roll, county = _Roll(), said.county
    government = roll.add(county + "人民政府", "agency", 0, NONE, NONE, 0, "", "county")
    agency = {name: _agency(roll, name, declared, government) for name, declared in said.agencies.items()}
    for name, declared in said.state_firms.items():
        roll.add(county + name, "state_firm", 0, government, agency["财政局"], declared.group or 0, "", "county")
    roll.add(
        county + "社会保险基金管理中心",
        "institution",
        0,
        agency["人力资源和社会保障局"],
        agency["人力资源和社会保障局"],
        6,
        "",
        "county",
    )
    roll.add(county + "人民医院", "hospital", 0, agency["卫生健康委员会"], agency["卫生健康委员会"], 4, "", "county")
    roll.add(county + "中医院", "hospital", 0, agency["卫生健康委员会"], agency["卫生健康委员会"], 4, "", "county")
    roll.add(county + "高级中学", "school", 0, agency["教育体育局"], agency["教育体育局"], 3, "", "county")
    township_of, committee_of = np.full(len(places.code), NONE), np.full(len(places.code), NONE)
    for town in places.towns.tolist():
        township_of[town] = _town(roll, places, town, government, agency)
    for village in places.villages.tolist():
        town = int(places.town_of[village])
        kind = "居民委员会" if str(places.name[village]).endswith("社区") else "民委员会"
        title = f"{places.name[town]}{places.name[village]}{kind}"
        committee_of[village] = roll.add(title, "village_committee", village, int(township_of[town]), NONE, NONE, "", "village")
    return _bodies(roll, township_of, committee_of)


def _agency(roll: _Roll, name: str, declared: Agency, government: int) -> int:
    county = words().county
    group = NONE if declared.group is None else declared.group
    return roll.add(
        county + name, "agency", 0, government, NONE, group, ";".join(county + old for old in declared.former), "county"
    )


def _town(roll: _Roll, places: Places, town: int, government: int, agency: dict[str, int]) -> int:
    name = str(places.name[town])
    township = roll.add(name + "人民政府", "township", town, government, NONE, NONE, "", "town")
    roll.add(name + "中心小学", "school", town, agency["教育体育局"], agency["教育体育局"], 3, "", "town")
    roll.add(name + "初级中学", "school", town, agency["教育体育局"], agency["教育体育局"], 3, "", "town")
    roll.add(name + "卫生院", "hospital", town, agency["卫生健康委员会"], agency["卫生健康委员会"], 4, "", "town")
    if town % 2 == 1:
        roll.add(name + "敬老院", "nursing_home", town, township, agency["民政局"], 1, "", "town")
    return township


def _office_phones(count: int) -> Texts:
    """Fixed lines of the county's exchange, each unit its own."""
    return np.strings.add("0513", (86_510_000 + np.arange(count) * 37 % 9_973).astype(np.str_))


def _office_addresses(count: int) -> Texts:
    roads = texts(words().roads)[np.arange(count) * 7 % len(words().roads)]
    return np.strings.add(roads, np.strings.add((1 + np.arange(count) * 3).astype(np.str_), "号"))


def _bodies(roll: _Roll, township_of: Ints, committee_of: Ints) -> Bodies:
    name, kind, area, parent, supervisor, group, former, level = zip(*roll.rows, strict=True)
    codes = texts([f"U{number:04d}" for number in range(1, len(name) + 1)])
    return Bodies(
        code=codes, name=texts(name), kind=texts(kind), area=np.array(area), parent=np.array(parent), supervisor=np.array(supervisor),
        group=np.array(group), former=texts(former), level=texts(level), by_name={word: number for number, word in enumerate(name)},
        township_of=township_of, committee_of=committee_of, phone=_office_phones(len(name)), address=_office_addresses(len(name)),
    )  # fmt: skip
