"""Enterprises with their owners, managers and debarments; names and owners' names collide as real ones do."""

from dataclasses import dataclass

import numpy as np

from datasets.city import identifiers
from datasets.city.arrays import NONE, Ints, Texts, day, nth_of, texts
from datasets.city.folk import Folk
from datasets.city.ledger import Ledger
from datasets.city.place import REGION, Places
from datasets.city.vocabulary import words

KINDS = ("firm", "cooperative", "self_employed", "public_body", "foreign")
ROLES = ("director", "supervisor", "manager", "finance", "contact")


@dataclass
class Firms:
    """Enterprises in one numbering; `industry` is a position in the vocabulary's industries."""

    code: Texts
    name: Texts
    kind: Ints
    industry: Ints
    founded: Ints
    cancelled: Ints
    capital: Ints
    address: Texts
    phone: Texts
    owner: Ints
    """Person number of the legal representative."""
    staff: Ints
    area: Ints
    shares: Ledger
    roles: Ledger
    debarments: Ledger
    alias: dict[int, tuple[str, bool]]
    """Names as published in a debarment, where they are not the enterprise's own (row of the debarment -> name, and whether a code is given)."""
    tax: Ints
    """Tax paid last year in cents; NONE where the tax office did not say."""

    def __len__(self) -> int:
        return len(self.code)

    def bidders(self, industry: int) -> Ints:
        """Living firms of an industry that bid for public work."""
        return np.flatnonzero((self.industry == industry) & (self.kind == 0) & (self.cancelled == NONE) & (self.capital > 0))


def register(folk: Folk, places: Places, forbidden: Ints, first: int, last: int, rng: np.random.Generator) -> Firms:
    """The enterprise register; nobody in `forbidden` owns or runs a firm that bids."""
    industries = len(words().industries)
    count = max(industries * 14, len(folk) // 40) + len(folk) // 40
    kind = rng.choice(3, count, p=[0.62, 0.08, 0.30])
    kind[: industries * 12] = 0
    # shops and cooperatives of the villages
    kind[count - len(folk) // 40 :] = rng.choice([1, 2], len(folk) // 40, p=[0.15, 0.85])
    industry = np.arange(count) % industries
    age = folk.age(last)
    adult = (age >= 25) & (age < 72) & folk.living(last) & (folk.household != NONE)
    adult[forbidden] = False
    owners = rng.permutation(np.flatnonzero(adult))
    owner = owners[np.arange(count) % len(owners)]
    # whoever bids was there before the first tender
    founded = np.where(kind == 0, first - rng.integers(400, 8500, count), last - rng.integers(400, 9000, count))
    cancelled = np.where(
        (rng.random(count) < 0.05) & (np.arange(count) >= industries * 12), np.minimum(founded + 300, first - 1), NONE
    )
    area = np.where(kind == 0, rng.choice(places.towns, count), folk.village[owner])
    firms = Firms(
        code=identifiers.credit_codes(count, REGION, rng), name=_names(kind, industry, area, owner, folk, places, rng), kind=kind, industry=industry,
        founded=founded, cancelled=cancelled, capital=(np.round(np.exp(rng.normal(14.5, 1.1, count)), -4) * 100).astype(np.int64) + 10_000_00,
        address=_addresses(count, rng), phone=identifiers.phones(count, rng, len(folk)), owner=owner,
        staff=np.where(kind == 0, rng.integers(1, 60, count), rng.integers(0, 3, count)), area=area,
        shares=Ledger(("firm", "person", "firm_holder", "share", "starts", "ends")), roles=Ledger(("firm", "person", "role", "starts", "ends")),
        debarments=Ledger(("firm", "starts", "ends", "lifted", "reason")), alias={}, tax=np.full(count, NONE),
    )  # fmt: skip
    assess(firms, rng)
    _share(firms, owners, count, rng)
    _debar(firms, first, last, rng)
    return firms


def assess(firms: Firms, rng: np.random.Generator) -> None:
    """Small capital and mostly no tax for sole traders, tax by size for firms; of one in twenty-five nothing is known."""
    count = len(firms)
    sole = firms.kind == 2
    firms.capital[sole] = rng.integers(1, 16, int(sole.sum())) * 10_000_00
    tax = (firms.staff * rng.uniform(800, 6000, count)).astype(np.int64) * 100
    tax[(firms.kind == 1) | (sole & (rng.random(count) < 0.85)) | (firms.cancelled != NONE)] = 0
    firms.tax[:] = np.where(rng.random(count) < 0.04, NONE, tax)


def _names(kind: Ints, industry: Ints, area: Ints, owner: Ints, folk: Folk, places: Places, rng: np.random.Generator) -> Texts:
    said = words()
    county = said.county.removesuffix("县")
    industries = list(said.industries)
    brands = [
        *said.brands,
        *(
            left + right
            for left, right in rng.permutation(
                np.stack(np.meshgrid(list("东华新金瑞恒泰盛嘉安"), list("成隆达信源康祥丰益和")), -1).reshape(-1, 2)
            ).tolist()
        ),
    ]
    taken: set[str] = set()
    out = []
    for number, (what, trade) in enumerate(zip(kind.tolist(), industry.tolist(), strict=True)):
        town = str(places.name[places.town_of[area[number]]]).removesuffix("镇")
        for attempt in range(60):
            brand = brands[(number * 7 + trade * 13 + attempt * 29) % len(brands)]
            if what == 0:
                name = f"{county if attempt < 20 else town}{brand}{industries[trade]}{said.firm_forms[number % len(said.firm_forms)]}"
            elif what == 1:
                name = f"{county}{town}{brand}农业专业合作社"
            else:
                name = f"{county}{town}镇{brand}{('超市', '五金店', '饭店', '农资店', '修理部')[trade % 5]}"
            if attempt >= 40:
                name = f"{town}{brand}{number}号" + name.removeprefix(town)
            if name not in taken:
                break
        taken.add(name)
        out.append(name)
    return texts(out)


def _addresses(count: int, rng: np.random.Generator) -> Texts:
    """Addresses of firms, each its own: two in one house have different rooms."""
    roads = texts(words().roads)[rng.integers(0, len(words().roads), count)]
    house = np.strings.add(roads, np.strings.add(rng.integers(1, 400, count).astype(np.str_), "号"))
    nth = nth_of(np.unique(house, return_inverse=True)[1].ravel())
    room = np.strings.add(
        (nth % 6 + 2).astype(np.str_), np.strings.add(np.strings.zfill((nth // 6 + 1).astype(np.str_), 2), "室")
    )
    return np.where(nth == 0, house, np.strings.add(house, room))


def _share(firms: Firms, owners: Ints, count: int, rng: np.random.Generator) -> None:
    """Owners hold the larger part; half of the firms have a partner; some partners have left."""
    part = rng.integers(51, 100, count) * 10_000
    alone = (firms.kind != 0) | (rng.random(count) < 0.4)
    part[alone] = 100 * 10_000
    firms.shares.add(count, firm=np.arange(count), person=firms.owner, share=part, starts=firms.founded)
    rows = np.flatnonzero(~alone)
    # partners come from the far end of the same queue, so that few owners are each other's partners
    partner = owners[(len(owners) - 1 - np.arange(len(rows))) % len(owners)]
    keep = partner != firms.owner[rows]
    rows, partner = rows[keep], partner[keep]
    gone = rng.random(len(rows)) < 0.08
    ends = np.where(gone, firms.founded[rows] + 200, NONE)
    firms.shares.add(len(rows), firm=rows, person=partner, share=100 * 10_000 - part[rows], starts=firms.founded[rows], ends=ends)
    firms.roles.add(count, firm=np.arange(count), person=firms.owner, role=ROLES.index("manager"), starts=firms.founded)
    firms.roles.add(len(rows), firm=rows, person=partner, role=ROLES.index("supervisor"), starts=firms.founded[rows], ends=ends)


def _debar(firms: Firms, first: int, last: int, rng: np.random.Generator) -> None:
    """Bans of firms that stay away from tenders: retail traders and cooperatives, none of them a bidder."""
    rows = rng.permutation(np.flatnonzero(firms.kind == 2))[: max(3, len(firms) // 60)]
    starts = rng.integers(first - 900, last - 30, len(rows))
    firms.debarments.add(
        len(rows),
        firm=rows,
        starts=starts,
        ends=starts + 365 * rng.integers(1, 4, len(rows)),
        reason=rng.integers(0, 4, len(rows)),
    )


DEBAR_REASONS = ("提供虚假材料谋取中标", "无正当理由拒不签订合同", "与其他供应商恶意串通", "拒绝有关部门监督检查")
FOUNDED_EARLY = day(2000)
