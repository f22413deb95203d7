"""Red flags that say little by themselves: papers missing or late, dear documents, questions without answer, points at will, odd timing.

None is a case: each is written down as something a person has to judge, with a few that are plainly innocent beside.
"""

from collections.abc import Callable

import numpy as np

from datasets.city import workdays
from datasets.city.arrays import DAY_SECONDS, NONE, Ints, among, kept
from datasets.city.dossier import AWARD_NOTICE, DOCUMENT_FEE, INTENTION, SCORING, SPECIFICATION
from datasets.city.plant.agreement import contract_of, sign_on
from datasets.city.plant.scene import Scene
from datasets.city.plant.stage import awarded, cast_alike, cast_tenders, tell
from datasets.city.tender import FRAMEWORK, INQUIRY
from datasets.city.truth import EXPLAINED, UNDECIDABLE

Deed = Callable[[Scene, int, bool], str]
"""Does something to a tender (plainly innocent where the last argument is not true) and says what."""


def _each(scene: Scene, fit: Ints, deed: Deed) -> None:
    for tender in cast_tenders(scene, fit, scene.number(3)).tolist():
        tell(scene, UNDECIDABLE, tender, note=deed(scene, tender, True))
    for tender in cast_alike(scene, fit, 4 * scene.number(3)).tolist():
        tell(scene, EXPLAINED, tender, near=True, note=deed(scene, tender, False))


def _asked(scene: Scene) -> Ints:
    """Purchases with bidding documents."""
    found, book = awarded(scene), scene.city.market.tenders
    return kept(found, book["method"][found] <= INQUIRY)


def _papers(scene: Scene, tender: int, kind: int) -> Ints:
    book = scene.city.dossier.documents
    found = book.by("tender").of(tender)
    return kept(found, (book["kind"][found] == kind) & (book["alive"][found] == 1))


def plant_intention(scene: Scene) -> None:
    """R001."""
    _each(scene, _asked(scene), _intention)


def _intention(scene: Scene, tender: int, bad: bool) -> str:
    book = scene.city.dossier.documents
    noticed = int(scene.city.market.tenders["noticed"][tender]) // DAY_SECONDS
    found = _papers(scene, tender, INTENTION)
    if bad and scene.rng.random() < 0.5:
        book["alive"][found] = 0
        return "采购意向未公开"
    book["published"][found] = noticed - int(scene.rng.integers(3, 26) if bad else scene.rng.integers(30, 33))
    return "采购意向公开距公告不足三十日" if bad else "采购意向在公告三十日前公开"


def plant_documents(scene: Scene) -> None:
    """R005."""
    _each(scene, _asked(scene), _missing)


def _missing(scene: Scene, tender: int, bad: bool) -> str:
    if not bad:
        return "采购文件齐全"
    kind = SPECIFICATION if scene.rng.random() < 0.5 else AWARD_NOTICE
    scene.city.dossier.documents["alive"][_papers(scene, tender, kind)] = 0
    return "采购需求文件未公开" if kind == SPECIFICATION else "中标公告未公开"


def plant_fee(scene: Scene) -> None:
    """R008."""
    _each(scene, _asked(scene), _fee)


def _fee(scene: Scene, tender: int, bad: bool) -> str:
    scene.city.market.tenders["fee"][tender] = int(scene.rng.choice([150_000, 200_000, 300_000, 500_000]) if bad else 50_000)
    return "采购文件售价畸高" if bad else "采购文件按工本费出售"


def plant_raised(scene: Scene) -> None:
    """R009."""
    _each(scene, _asked(scene), _raised)


def _raised(scene: Scene, tender: int, bad: bool) -> str:
    book = scene.city.market.tenders
    low, high = 20_000, int(scene.rng.choice([40_000, 50_000]))
    old, new = (low, high) if bad else (high, low)
    when = int(workdays.ahead(book["noticed"][[tender]] // DAY_SECONDS, 1)[0]) * DAY_SECONDS + 10 * 3600
    scene.city.dossier.changes.add(1, tender=tender, field=DOCUMENT_FEE, old=old, new=new, changed=when)
    book["fee"][tender] = new
    return "公告后提高采购文件售价" if bad else "公告后降低采购文件售价"


def plant_questions(scene: Scene) -> None:
    """R039."""
    found = _asked(scene)
    _each(scene, kept(found, ~among(found, scene.city.dossier.questions["tender"])), _question)


def _question(scene: Scene, tender: int, bad: bool) -> str:
    noticed = scene.city.market.tenders["noticed"][[tender]] // DAY_SECONDS
    asked = int(workdays.ahead(noticed, 1)[0])
    answered = NONE if bad else int(workdays.ahead(noticed, 3)[0]) * DAY_SECONDS + 15 * 3600
    scene.city.dossier.questions.add(1, tender=tender, asked=asked * DAY_SECONDS + 10 * 3600, answered=answered)
    return "投标人提问未答复" if bad else "投标人提问两日内答复"


def plant_points(scene: Scene) -> None:
    """R021."""
    found = _asked(scene)
    _each(scene, kept(found, scene.city.market.tenders["points"][found] == 1), _points)


def _points(scene: Scene, tender: int, bad: bool) -> str:
    """More or less than half of the points are for what nobody can count."""
    book = scene.city.dossier.clauses
    found = book.by("tender").of(tender)
    found = kept(found, (book["kind"][found] == SCORING) & (book["alive"][found] == 1))
    judged, counted = kept(found, book["objective"][found] == 0), kept(found, book["objective"][found] != 0)
    share = int(scene.rng.integers(11, 15) if bad else scene.rng.integers(9, 11)) * 5
    if len(judged) == 1 and len(counted):
        book["weight"][judged] = share
        parts = np.full(len(counted), (100 - share) // len(counted))
        parts[0] += 100 - share - parts.sum()
        book["weight"][counted] = parts
    return "主观评审分超过一半" if bad else "主观评审分不到一半"


def plant_slow(scene: Scene) -> None:
    """R015; its award comes late as well (R062)."""
    found, book = _asked(scene), scene.city.market.tenders
    fit = (book["closes"][found] < (scene.city.last - 160) * DAY_SECONDS) & ~among(found, scene.city.dossier.complaints["tender"])
    _each(scene, kept(found, fit), _slow)
    for case in scene.city.truth.of("R015", UNDECIDABLE):
        tell(scene.also("R062"), UNDECIDABLE, case.subject, note="开标后两个多月才定标")


def _slow(scene: Scene, tender: int, bad: bool) -> str:
    rng = scene.rng
    opened = int(scene.city.market.tenders["closes"][tender]) // DAY_SECONDS
    scored = opened + int(rng.integers(33, 50) if bad else rng.integers(16, 29))
    scene.city.market.tenders["evaluated"][tender] = scored * DAY_SECONDS + 15 * 3600
    _award_on(scene, tender, opened + int(rng.integers(64, 85) if bad else rng.integers(32, 50)))
    return "开标后一个多月才评审" if bad else "技术复杂，开标后三十日内评审"


def _award_on(scene: Scene, tender: int, day: int) -> None:
    """Award on a working day, tell of it that day, and sign as long after it as before."""
    city = scene.city
    won, papers, contract = city.dossier.awards, city.dossier.documents, contract_of(scene, tender)
    award = int(city.dossier.contracts["award"][contract])
    later = int(city.dossier.contracts["signed"][contract] - won["awarded"][award])
    day = int(workdays.on_or_after(np.array([day]))[0])
    won["awarded"][award] = day
    papers["published"][_papers(scene, tender, AWARD_NOTICE)] = day
    sign_on(scene, contract, min(day + later, city.last - 5))


def plant_quick(scene: Scene) -> None:
    """R061; call-offs are decided at once."""
    found, book = _asked(scene), scene.city.market.tenders
    _each(scene, kept(found, book["method"][found] != FRAMEWORK), _quick)


def _quick(scene: Scene, tender: int, bad: bool) -> str:
    opened = int(scene.city.market.tenders["closes"][tender]) // DAY_SECONDS
    _award_on(scene, tender, opened + (0 if bad else 2))
    return "开标当日即定标公告" if bad else "开标后两日定标"
