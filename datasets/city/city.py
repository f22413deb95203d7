"""The living city: every part of it, made in order from one seed; planters and writers take it from here."""

from dataclasses import dataclass, field

import numpy as np

from datasets.city.arrays import NONE, Bools, Ints, day
from datasets.city.award import Awards
from datasets.city.body import Bodies, found
from datasets.city.cadre import employ
from datasets.city.dossier import Dossier, open_dossier
from datasets.city.firm import Firms, register
from datasets.city.folk import Folk, settle
from datasets.city.grain import Granary, keep_granary
from datasets.city.grant import Grants, grant_projects
from datasets.city.hotline import Desk, answer_calls
from datasets.city.lead import Registry
from datasets.city.ledger import Ledger
from datasets.city.machine import ACTIVITY, work
from datasets.city.office import Offices, establish
from datasets.city.pairs import Pairs
from datasets.city.pay import Purse, open_purse, paid_monthly
from datasets.city.payout import pay_everybody
from datasets.city.penalty import COLUMNS as PENALTY
from datasets.city.penalty import punish
from datasets.city.place import Places, lay_out
from datasets.city.plot import Land, claim, survey
from datasets.city.post import Posts, fill, open_posts, post_payments
from datasets.city.property import live_modestly, needy_households
from datasets.city.remedy import REMEDY, put_right
from datasets.city.shop import Shops, open_shops
from datasets.city.streams import Streams
from datasets.city.sundry import Sundry, keep_registers
from datasets.city.tender import Market, invite
from datasets.city.ties import insure_hands, tied
from datasets.city.truth import Truth
from datasets.city.wording import Specials

END_YEAR = 2025


@dataclass
class City:
    """A county and its records; the last day is `last` (31 December 2025)."""

    streams: Streams
    years: range
    last: int
    places: Places
    bodies: Bodies
    folk: Folk
    cadres: Ledger
    offices: Offices
    firms: Firms
    land: Land
    purse: Purse
    market: Market
    desk: Desk
    sundry: Sundry
    registry: Registry
    dossier: Dossier
    granary: Granary
    shops: Shops
    grants: Grants
    truth: Truth = field(default_factory=Truth)
    used_tenders: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    """Tenders that already play a part."""
    alike_tenders: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    """Tenders that are a look-alike of something: they may be one of something else too."""
    apart: Pairs = field(default_factory=Pairs)
    """Pairs of firms that bid together in their case only."""
    used_tickets: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    """Tickets that already play a part."""
    hot_villages: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    """Villages with a money case: no further ticket may name them."""
    awards: Awards | None = None
    """Who won what, once the planters of tenders are done."""
    specials: Specials = field(default_factory=Specials)
    """Texts of tickets that are not made from the ordinary wording."""
    blank_homes: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    """People whose household the register does not know."""
    unlisted: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    """Firms that do business though the register of enterprises does not know them."""
    lost_households: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    """Households whose head the register does not know."""
    machine_work: Ledger = field(default_factory=lambda: Ledger(ACTIVITY))
    """Hours of subsidised machines by month."""
    penalties: Ledger = field(default_factory=lambda: Ledger(PENALTY))
    """Fines of firms by the authorities."""
    remedies: Ledger = field(default_factory=lambda: Ledger(REMEDY))
    """What units were asked to put right."""
    posts: Posts = field(default_factory=open_posts)
    spoken: Bools = field(default_factory=lambda: np.zeros(0, dtype=bool))
    """People who already play a part in a planted case or look-alike."""

    @property
    def first(self) -> int:
        return day(self.years[0])

    @property
    def payments(self) -> Ledger:
        return self.purse.payments


def live(seed: int, people: int, years: int) -> City:
    """A city of so many people and years in which nothing is planted yet."""
    streams, span = Streams(seed), range(END_YEAR - years + 1, END_YEAR + 1)
    first, last = day(span[0]), day(END_YEAR, 12, 31)
    places = lay_out(people, streams.of("places"))
    bodies = found(places)
    folk = settle(people, places, first, last, streams.of("folk"))
    cadres = employ(folk, bodies, first, last, streams.of("cadres"))
    offices = establish(places, bodies, cadres, last, streams.of("offices"))
    firms = register(folk, places, cadres["person"], first, last, streams.of("firms"))
    land = survey(folk, places, span, streams.of("land"))
    claim(land, folk, bodies, places, span, streams.of("claims"))
    purse = open_purse(folk, places, bodies, land, firms, cadres, span, last)
    pay_everybody(purse, streams.of("payments"))
    accounts = folk.open_accounts(firms.name.tolist(), streams.of("accounts"))
    helped = paid_monthly(purse)
    hands = _agents(folk, purse.public | helped, last, streams)
    market = invite(
        bodies,
        firms,
        hands,
        accounts,
        tied(folk, cadres, firms, hands[np.arange(2 * len(firms)) % len(hands)].reshape(2, -1).T, len(bodies.code)),
        span,
        max(240, people // 10) * years,
        last,
        streams.of("market"),
    )
    desk = answer_calls(folk, places, bodies, span, people * years // 2, last, streams.of("hotline"))
    sundry = keep_registers(
        folk, places, firms, np.r_[cadres["person"], np.flatnonzero(helped)], helped, _claimed(land, places, span), span, last, streams.of("sundry")
    )  # fmt: skip
    live_modestly(folk, sundry.houses, sundry.vehicles, needy_households(folk, purse.payments), streams.of("modest homes"))
    dossier = open_dossier(folk, firms, market, sundry, purse.public, last, streams.of("dossier"))
    insure_hands(sundry.jobs, firms, market, streams.of("insured hands"))
    posts = open_posts()
    fill(posts, folk, places, bodies, purse.payments, post_payments(purse.payments), last, streams.of("welfare posts"))
    grants = grant_projects(places, firms, span, last, streams.of("grants"))
    registry = Registry(places, bodies, folk, cadres, offices)
    return City(
        streams, span, last, places, bodies, folk, cadres, offices, firms, land, purse, market, desk, sundry, registry, dossier,
        keep_granary(folk, places, bodies, firms, land, span, last, streams.of("grain")), open_shops(folk, firms, span, last, streams.of("shops")),
        grants,
        spoken=np.zeros(len(folk), dtype=bool), apart=dossier.pairs(), machine_work=work(purse, last, streams.of("machine work")), posts=posts,
        penalties=punish(firms, bodies, first, last, streams.of("penalties")), remedies=put_right(bodies, first, last, streams.of("remedies")),
    )  # fmt: skip


def _agents(folk: Folk, public: Bools, last: int, streams: Streams) -> Ints:
    """Adults who sign bids for firms: none of them in public service."""
    age = folk.age(last)
    fit = np.flatnonzero((age > 24) & (age < 62) & folk.living(last) & ~public & (folk.died == NONE))
    return streams.of("agents").permutation(fit)


def _claimed(land: Land, places: Places, years: range) -> Ints:
    """Claimed area of the first land programme by year and area number."""
    claims = land.claims
    first = claims["programme"] == claims["programme"].min()
    out = [
        np.bincount(
            claims["area"][first & (claims["year"] == year)], claims["mu"][first & (claims["year"] == year)], len(places.code)
        )
        for year in years
    ]
    return np.array(out).astype(np.int64)
