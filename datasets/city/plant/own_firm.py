"""X06 for evaluations: an expert who scored a tender is near kin of the head of a firm that bid there.

Innocent: kin of a firm that did not bid, a namesake of the head, one whose kin bids elsewhere, where somebody else scores.
"""

import numpy as np

from datasets.city.arrays import NONE, Ints, among, distinct
from datasets.city.folk import RELATIONS
from datasets.city.plant.scene import Scene
from datasets.city.plant.stage import awarded, bids_of, cast_alike, cast_tenders, tell
from datasets.city.ties import people_of
from datasets.city.truth import EXPLAINED, PROBLEM, UNDECIDABLE, rows


def plant(scene: Scene) -> None:
    scored = _scored(scene)
    wanted, done = scene.number(4, 1), 0
    for tender in cast_tenders(scene, scored, 3 * wanted).tolist():
        if done < wanted and (found := _pair(scene, tender)) is not None:
            expert, bid = found
            tie(scene, expert, int(scene.city.firms.owner[scene.city.market.bids["firm"][bid]]), done)
            evidence = rows("person", [expert])
            tell(scene, PROBLEM, tender, np.array([bid]), more=(evidence,), note="评审专家与投标人负责人系近亲属")
            done += 1
    firms, heads = scene.city.firms, _heads(scene)
    for tender in cast_alike(scene, scored, 11 * done).tolist():
        expert = int(scene.rng.choice(_experts(scene, tender)))
        meets = _met(scene, expert)
        # the head of a small firm that has never bid
        idle = np.flatnonzero((firms.kind == 2) & ~among(firms.owner, sorted(meets | {expert})) & (firms.owner != NONE))
        owner = int(firms.owner[int(scene.rng.choice(idle))])
        if not scene.city.spoken[owner] and not ({owner} | scene.city.folk.kin_of(owner)) & heads:
            tie(scene, expert, owner, done)
        tell(
            scene,
            EXPLAINED,
            tender,
            bids_of(scene, tender)[:1],
            more=(rows("person", [expert]),),
            note="专家亲属的企业未参加本项目",
        )


def by_chance(scene: Scene) -> None:
    """Experts whom another case, or their daily work, ties to a bidder: true ties, whose weight a person has to judge."""
    scores, bids, firms = scene.city.dossier.scores, scene.city.market.bids, scene.city.firms
    told = {case.subject for case in scene.city.truth.of("X06") if case.subject_kind == "tender" and case.kind == PROBLEM}
    living = np.flatnonzero(scores["alive"] == 1)
    seats = np.unique(np.stack([bids["tender"][scores["bid"][living]], scores["expert"][living]]), axis=1)
    works_for: dict[int, set[int]] = {expert: set() for expert in distinct(seats[1]).tolist()}
    behind: dict[int, set[int]] = {}
    for person, firm in zip(*people_of(firms, np.zeros((len(firms), 0), dtype=np.int64)), strict=True):
        behind.setdefault(int(person), set()).add(int(firm))
    jobs = scene.city.sundry.jobs
    hired = jobs.living()
    for person, firm in zip(jobs["person"][hired].tolist(), jobs["firm"][hired].tolist(), strict=True):
        if firm != NONE and person in works_for:
            works_for[person].add(firm)
    near = {
        expert: works_for[expert].union(*(behind.get(one, set()) for one in {expert} | scene.city.folk.kin_of(expert)))
        for expert in works_for
    }
    for tender, expert in seats.T.tolist():
        if tender in told or not near[expert]:
            continue
        found = [bid for bid in bids_of(scene, tender).tolist() if int(bids["firm"][bid]) in near[expert]]
        if found:
            told.add(tender)
            proof = (rows("person", [expert]),)
            tell(scene, UNDECIDABLE, tender, np.array(found), more=proof, note="评审专家与投标人有亲属或劳动关系，影响需人工判断")


def _scored(scene: Scene) -> Ints:
    """Awarded tenders with a panel's scores."""
    scores, bids = scene.city.dossier.scores, scene.city.market.bids
    with_panel = distinct(bids["tender"][scores["bid"][scores["alive"] == 1]])
    found = awarded(scene)
    out: Ints = found[among(found, with_panel)]
    return out


def _experts(scene: Scene, tender: int) -> Ints:
    scores = scene.city.dossier.scores
    here = [row for bid in bids_of(scene, tender).tolist() for row in scores.by("bid").of(bid).tolist()]
    return distinct(scores["expert"][[row for row in here if scores["alive"][row] == 1]])


def _heads(scene: Scene) -> set[int]:
    """Whoever heads, owns, runs or works for a firm that has bid."""
    city, bidding = scene.city, distinct(scene.city.market.bids["firm"])
    out = set(city.firms.owner[bidding].tolist())
    for book in (city.firms.shares, city.firms.roles, city.sundry.jobs):
        out |= set(book["person"][among(book["firm"], bidding)].tolist())
    return out


def _met(scene: Scene, expert: int) -> set[int]:
    """Heads of all firms whose bids the expert has scored."""
    scores, bids = scene.city.dossier.scores, scene.city.market.bids
    tenders = distinct(bids["tender"][scores["bid"][scores.by("expert").of(expert)]])
    present = among(bids["tender"], tenders) & (bids["alive"] == 1)
    return set(scene.city.firms.owner[bids["firm"][present]].tolist())


def _pair(scene: Scene, tender: int) -> tuple[int, int] | None:
    """An expert of the panel and a bid of a firm that they have judged only here."""
    scores, market = scene.city.dossier.scores, scene.city.market
    bids, firms = market.bids, scene.city.firms
    for expert in _experts(scene, tender).tolist():
        tenders = distinct(bids["tender"][scores["bid"][scores.by("expert").of(expert)]])
        for bid in bids_of(scene, tender).tolist():
            owner = int(firms.owner[bids["firm"][bid]])
            theirs = [market.bids_by(firm) for firm in np.flatnonzero(firms.owner == owner).tolist()]
            elsewhere = among(bids["tender"][np.concatenate(theirs)], tenders[tenders != tender])
            if not elsewhere.any() and not scene.city.spoken[owner] and not scene.city.purse.public[owner]:
                scene.city.spoken[[owner, expert]] = True
                return expert, bid
    return None


def tie(scene: Scene, one: int, other: int, place: int) -> None:
    """Make two people near kin of a kind that fits their years."""
    folk = scene.city.folk
    years = (int(folk.born[one]) - int(folk.born[other])) / 365
    tie = (
        "parent"
        if years > 18
        else "child"
        if years < -18
        else ("sibling", "spouse")[int(folk.male[one] != folk.male[other] and place % 2)]
    )
    back = {"parent": "child", "child": "parent"}.get(tie, tie)
    new = np.array([[one, other], [other, one], [RELATIONS.index(tie), RELATIONS.index(back)]])
    folk.tie(new)
