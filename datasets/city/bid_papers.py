"""Papers of the bids: what a bid document is made of, why a bid was rejected, how the panel scored."""

import numpy as np

from datasets.city.arrays import NONE, Ints, among, kept, nth_of
from datasets.city.dossier import ATTACHMENT, ERROR, IMAGE, TEXT, Dossier
from datasets.city.tender import COMPLETE, DISQUALIFIED, OPEN_LIMIT, VALID, WINNING, Market

REASONS = (
    "投标文件未按招标文件要求加盖单位公章，符合性审查不通过",
    "投标保证金未在规定时间内到账，资格审查不通过",
    "未提供有效的资质证书复印件，不满足资格条件第3项",
    "投标有效期少于招标文件规定的期限，实质性不响应",
    "主要技术参数负偏离超过3项，不满足实质性要求",
    "报价超过最高限价，按无效投标处理",
    "授权委托书未经法定代表人签字，资格审查不通过",
)
"""Reasons as panels write them down."""
SHORT_REASONS = ("不合格", "不符合要求", "废标", "评审不通过", "无")
"""Reasons that say nothing; numbered after the good ones."""
TOO_LATE = "在投标截止时间之后送达，按规定拒收"
"""The reason of bids that came too late; numbered last."""


def fill_bids(market: Market, dossier: Dossier, bids: Ints, spare: Ints, rng: np.random.Generator) -> None:
    """Parts and reasons of bids. `spare`: bids of tenders that play a part: their papers say everything."""
    book = market.bids
    out = bids[(book["status"][bids] == DISQUALIFIED) & (book["because"][bids] == NONE)]
    book["because"][out] = rng.integers(0, len(REASONS), len(out))
    plain = ~among(bids, spare)
    book["email"][kept(bids, plain & (rng.random(len(bids)) < 0.06))] = NONE
    book["certificate"][kept(bids, plain & (rng.random(len(bids)) < 0.1))] = NONE
    _parts(market, dossier, bids, rng)


def _parts(market: Market, dossier: Dossier, bids: Ints, rng: np.random.Generator) -> None:
    """A standard form, the firm's own text, its scanned papers; now and then a slip of the pen of one's own."""
    firm, tender, category = (
        market.bids["firm"][bids],
        market.bids["tender"][bids],
        market.tenders["category"][market.bids["tender"][bids]],
    )
    scan = rng.integers(0, 3, len(bids))
    own = (
        (1, TEXT, 10**9 + tender * 10, 1),
        (2, TEXT, 2 * 10**9 + category * 10 + rng.integers(0, 2, len(bids)), 1),
        (3, TEXT, 3 * 10**9 + bids, 0),
        (4, IMAGE, 4 * 10**9 + firm * 10 + scan, 0),
        (5, ATTACHMENT, 5 * 10**9 + firm * 10, 0),
    )
    for part, kind, prints, standard in own:
        dossier.parts.add(len(bids), bid=bids, part=part, kind=kind, print=prints, standard=standard)
    more = kept(bids, rng.random(len(bids)) < 0.3)
    dossier.parts.add(len(more), bid=more, part=6, kind=TEXT, print=6 * 10**9 + more, standard=0)
    slip = kept(bids, rng.random(len(bids)) < 0.03)
    dossier.parts.add(len(slip), bid=slip, part=7, kind=ERROR, print=7 * 10**9 + slip, standard=0)


def score_bids(market: Market, dossier: Dossier, tenders: Ints, rng: np.random.Generator) -> None:
    """Scores of the panel for every bid of tenders decided by points: the winner's mean is the best by some points."""
    bids, book = market.bids, market.tenders
    pool = len(dossier.experts)
    if not pool:
        return
    wanted = np.zeros(len(book), dtype=bool)
    wanted[tenders[(book["points"][tenders] == 1) & (book["status"][tenders] == COMPLETE)]] = True
    rows = bids.living()
    rows = rows[wanted[bids["tender"][rows]] & among(bids["status"][rows], [VALID, WINNING])]
    tender = bids["tender"][rows]
    order = np.lexsort([bids["price"][rows], bids["status"][rows] != WINNING, bids["lot"][rows], tender])
    rows, tender = rows[order], tender[order]
    place = nth_of(tender * 4 + bids["lot"][rows])
    top = 84 + 9 * rng.random(len(book))
    level = top[tender] - np.where(place > 0, 4.5 + 2.4 * place + rng.random(len(rows)) * 2, 0)
    seats = np.where(book["budget"] > OPEN_LIMIT[book["category"]], 7, 5)
    seats = np.minimum(seats, pool)
    start, step = rng.integers(0, pool, len(book)), rng.choice([1, 7, 11, 13], len(book))
    step = np.where(np.gcd(step, pool) == 1, step, 1)
    owner = np.repeat(np.arange(len(rows)), seats[tender])
    seat = nth_of(owner)
    of = tender[owner]
    expert = dossier.experts[(start[of] + seat * step[of]) % pool]
    strict = rng.normal(0, 1.5, (len(book), 7))
    score = level[owner] + strict[of, seat] + rng.normal(0, 1.1, len(owner))
    dossier.scores.add(
        len(owner), bid=rows[owner], expert=expert, score=np.round(np.clip(score, 20, 99.5) * 10).astype(np.int64) * 1000
    )
