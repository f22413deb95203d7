"""C13 借用资质、挂靠: the project manager is insured with another firm, or two firms show one certificate.

Innocent: a second job beside the bidder's, a job that ended before or began after, managers whose insurance nobody knows,
a certificate that passed to another firm more than a year later.
"""

import numpy as np

from datasets.city.arrays import DAY_SECONDS, NONE, Bools, among, distinct, kept
from datasets.city.plant.scene import Scene
from datasets.city.plant.stage import bids_of, cast_alike, cast_tenders, crowded, decided, tell
from datasets.city.truth import EXPLAINED, PROBLEM, UNDECIDABLE

_STORIES = ("second job", "ended before", "began after", "unknown", "passed on", "second job", "ended before")


def plant(scene: Scene) -> None:
    fit = crowded(scene, decided(scene), 2)
    chosen = cast_tenders(scene, fit, scene.number(6, 2))
    for place, tender in enumerate(chosen.tolist()):
        _case(scene, place, tender) if place % 2 == 0 else _one_certificate(scene, place, tender)
    for place, tender in enumerate(cast_alike(scene, crowded(scene, decided(scene), 2), 14 * len(chosen)).tolist()):
        _innocent(scene, tender, _STORIES[place % len(_STORIES)])


def _day(scene: Scene, tender: int) -> int:
    return int(scene.city.market.tenders["closes"][tender]) // DAY_SECONDS


def _stranger(scene: Scene) -> int:
    """Somebody who stands for no firm, holds no job and plays no part."""
    city = scene.city
    found = np.flatnonzero(scene.pool("strangers", lambda: _strangers(scene)) & ~city.spoken)
    person = int(scene.rng.choice(found if len(found) else np.flatnonzero(city.folk.age(city.last) > 28)))
    city.spoken[person] = True
    return person


def _strangers(scene: Scene) -> Bools:
    """Who stands for no firm, holds no job and is paid nothing."""
    city = scene.city
    age = city.folk.age(city.last)
    fit = (age > 28) & (age < 58) & (city.folk.died == NONE) & ~city.purse.public
    market = city.market
    for people in (
        city.firms.owner,
        city.firms.shares["person"],
        market.agent,
        market.manager,
        city.sundry.jobs["person"],
        city.dossier.experts,
    ):
        fit[people[people != NONE]] = False
    fit[market.bids["manager"][market.bids["manager"] != NONE]] = False
    paid = city.payments["person"]
    fit[paid[paid != NONE]] = False
    return np.asarray(fit)


def _hire(scene: Scene, person: int, firm: int, starts: int, ends: int = NONE) -> None:
    scene.city.sundry.jobs.add(
        1, person=person, firm=firm, starts=starts, ends=ends, wage=int(scene.rng.integers(45, 120)) * 100_00
    )


def _other_firm(scene: Scene, tender: int) -> int:
    """A firm of the trade that does not bid here."""
    market = scene.city.market
    pool = market.firms.bidders(int(market.tenders["industry"][tender]))
    present = market.bids["firm"][bids_of(scene, tender)]
    free = kept(pool, ~among(pool, present))
    return int(scene.rng.choice(free if len(free) else pool))


def _case(scene: Scene, place: int, tender: int) -> None:
    """A manager whom another firm insures on the day of the bid, close to the edge only just."""
    near, rng, today = scene.near(place), scene.rng, _day(scene, tender)
    bid = int(rng.choice(bids_of(scene, tender)))
    person, firm = _stranger(scene), _other_firm(scene, tender)
    starts = today - (int(rng.integers(8, 30)) if near and place % 2 else int(rng.integers(200, 2500)))
    ends = today + int(rng.integers(12, 30)) if near and not place % 2 else NONE
    _hire(scene, person, firm, starts, ends)
    scene.city.market.bids["manager"][bid] = person
    tell(scene, PROBLEM, tender, np.array([bid]), near=near, note="项目负责人在其他企业参保")


def _one_certificate(scene: Scene, place: int, tender: int) -> None:
    """Two bidders here show one certificate; or one shows what a firm showed elsewhere within the year."""
    book, rng = scene.city.market.bids, scene.rng
    bids = rng.permutation(bids_of(scene, tender))
    number = 2 * len(scene.city.firms) + tender
    if place % 4 == 1:
        book["certificate"][bids[:2]] = number
        tell(scene, PROBLEM, tender, np.sort(bids[:2]), near=scene.near(place), note="两家企业出示同一资质证书")
        return
    earlier = _apart(scene, tender, bids[0], -355 if scene.near(place) else -300, -330 if scene.near(place) else -20)
    if earlier == NONE:
        book["certificate"][bids[:2]] = number
        tell(scene, PROBLEM, tender, np.sort(bids[:2]), near=scene.near(place), note="两家企业出示同一资质证书")
        return
    book["certificate"][[int(bids[0]), earlier]] = number
    both = np.array([earlier, int(bids[0])])
    tell(scene, PROBLEM, tender, both, near=scene.near(place), note="一年内出示他人曾出示的资质证书")
    other = int(book["tender"][earlier])
    scene.city.used_tenders = np.r_[scene.city.used_tenders, other]
    tell(scene, UNDECIDABLE, other, both, note="证书先由本企业出示，后被他人使用")


def _apart(scene: Scene, tender: int, bid: int, least: int, most: int) -> int:
    """A bid of another firm in a tender so many days from this one, in which this bidder takes no part; NONE when there is none."""
    market = scene.city.market
    book, firm = market.bids, int(market.bids["firm"][bid])
    gap = market.tenders["closes"][book["tender"]] // DAY_SECONDS - _day(scene, tender)
    present = distinct(book["tender"][(book["alive"] == 1) & (book["firm"] == firm)])
    fit = among(book["tender"], decided(scene)) & (gap >= least) & (gap <= most) & (book["alive"] == 1) & (book["firm"] != firm)
    fit &= ~among(book["tender"], present) & (market.tenders["industry"][book["tender"]] == market.tenders["industry"][tender])
    found = np.flatnonzero(fit)
    return int(scene.rng.choice(found)) if len(found) else NONE


def _innocent(scene: Scene, tender: int, story: str) -> None:
    book, rng, today = scene.city.market.bids, scene.rng, _day(scene, tender)
    bid = int(rng.choice(bids_of(scene, tender)))
    firm, bids, near = int(book["firm"][bid]), np.array([bid]), False
    note = "另有一份工作，同时在投标企业参保"
    if story == "passed on":
        earlier = _apart(scene, tender, bid, -760, -380)
        if earlier == NONE:
            return
        book["certificate"][[bid, earlier]] = 3 * len(scene.city.firms) + tender
        bids, note, near = np.array([earlier, bid]), "证书因企业合并转移，相隔一年以上", True
        tell(scene, EXPLAINED, int(book["tender"][earlier]), bids, note=note)
    else:
        person, other = _stranger(scene), _other_firm(scene, tender)
        if story == "second job":
            _hire(scene, person, firm, today - int(rng.integers(100, 900)))
            _hire(scene, person, other, today - int(rng.integers(100, 900)))
        elif story == "ended before":
            _hire(scene, person, other, today - 1500, today - int(rng.integers(6, 60)))
            note, near = "投标前已从其他企业离职", True
        elif story == "began after":
            _hire(scene, person, other, today + int(rng.integers(8, 60)))
            note, near = "投标后才到其他企业就业", True
        else:
            note = "项目负责人无参保记录，无法比对"
        book["manager"][bid] = person
    tell(scene, EXPLAINED, tender, bids, near=near, note=note)
