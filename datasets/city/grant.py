"""Grants for projects (项目补助): three departments help firms with staff, no firm twice in ordinary life."""

from dataclasses import dataclass

import numpy as np

from datasets.city.arrays import NONE, Ints, day
from datasets.city.firm import Firms
from datasets.city.ledger import Ledger
from datasets.city.place import Places

DEPARTMENTS = ("农业农村局", "发展和改革委员会", "商务局")
PROJECTS = (
    "冷链仓储建设项目", "智能化改造项目", "高标准大棚建设项目", "节能技术改造项目", "农产品加工提升项目", "电商服务站建设项目", "数字化车间项目",
    "种质资源保护项目", "烘干中心建设项目", "污水处理设施改造", "屋顶光伏应用示范", "外贸展会补助", "品牌创建奖励", "育秧工厂新建工程", "物流配送中心扩建",
)  # fmt: skip
COLUMNS = ("firm", "project", "unit", "amount", "approved", "road")


@dataclass
class Grants:
    """Grants, and the names of their projects by number."""

    book: Ledger
    names: list[str]

    def named(self, name: str) -> int:
        """Number of a project's name, entered where it is new."""
        if name not in self.names:
            self.names.append(name)
        return self.names.index(name)


def grant_projects(places: Places, firms: Firms, years: range, last: int, rng: np.random.Generator) -> Grants:
    """The grants of the years: every firm of the pool gets at most one."""
    grants = Grants(Ledger(COLUMNS), [])
    pool = rng.permutation(
        np.flatnonzero((firms.kind <= 1) & (firms.staff > 3) & (firms.cancelled == NONE) & (firms.founded < day(years[0]) - 200))
    )
    each = min(max(8, len(firms) // 30), len(pool) // (2 * len(years)))
    for at, year in enumerate(years):
        for firm in pool[at * each : (at + 1) * each].tolist():
            approve(grants, places, firm, year, last, rng)
    return grants


def approve(
    grants: Grants, places: Places, firm: int, year: int, last: int, rng: np.random.Generator, **changed: Ints | int
) -> int:
    """Enter one grant; returns its row."""
    town = str(places.name[int(rng.choice(places.towns))])
    values: dict[str, Ints | int] = {
        "firm": firm, "project": grants.named(town + PROJECTS[int(rng.integers(len(PROJECTS)))]), "unit": int(rng.integers(len(DEPARTMENTS))),
        "amount": int(rng.integers(5, 80)) * 1_000_000, "approved": min(day(year, 3) + int(rng.integers(0, 250)), last), "road": int(rng.integers(1, 200)),
    }  # fmt: skip
    return int(grants.book.add(1, **(values | changed))[0])
