"""S12 一人多卡: two accounts of one person used side by side in one programme and year; a card replaced is innocent."""

import numpy as np

from datasets.city.arrays import Ints, distinct, kept
from datasets.city.plant.lists import in_weak, living, on_own_account, runs, steady, tell
from datasets.city.plant.scene import Scene
from datasets.city.programme import codes

_LISTS = ("PG12", "PG20", "PG07", "PG05", "PG08", "PG10")
_STORIES = ("replaced", "bounced", "new year", "replaced", "two programmes", "replaced", "bounced")


def plant(scene: Scene) -> None:
    people = on_own_account(scene, living(scene, steady(scene, 12, *_LISTS), 18))
    weakly = in_weak(scene, people)
    wanted = scene.number(5, 1)
    done = 0
    for place, person in enumerate(scene.cast(weakly if len(weakly) else people, wanted).tolist()):
        done += _case(scene, place, person)
    innocents = scene.cast(people, 11 * done)
    for place, person in enumerate(innocents.tolist()):
        _innocent(scene, person, _STORIES[place % len(_STORIES)])
    for person in scene.cast(people, max(1, wanted // 4)).tolist():
        _seventy_days(scene, person)


def _year(scene: Scene, person: int) -> Ints:
    """A person's payments of one programme in a year that is paid whole, in the order of the days."""
    pay = scene.city.payments
    for code in _LISTS:
        mine = runs(scene, person, code)
        years = pay["period"][mine] // 100
        for year in scene.rng.permutation(distinct(years)).tolist():
            whole = kept(mine, years == year)
            if (
                len(whole) == 12
                and (pay["paid"][whole].astype("datetime64[D]").astype("datetime64[Y]").astype(int) + 1970 == year).all()
            ):
                return whole
    return np.zeros(0, dtype=np.int64)


def _new_card(scene: Scene, person: int) -> int:
    folk = scene.city.folk
    return int(folk.open_accounts([str(folk.name[person])], scene.rng)[0])


def _send(scene: Scene, payments: Ints, account: int) -> None:
    pay = scene.city.payments
    pay["account"][payments], pay["holder"][payments] = account, account


def _case(scene: Scene, place: int, person: int) -> int:
    """By turns on one card and the other; near the limit: the old card once more ten weeks after the new one began."""
    whole = _year(scene, person)
    if not len(whole):
        return 0
    card, near = _new_card(scene, person), scene.near(place)
    if near:
        start = int(scene.rng.integers(2, 8))
        _send(scene, np.r_[whole[start : start + 3], whole[start + 4 :]], card)
        part = np.r_[whole[start - 1 : start + 4]]
    else:
        turns = np.sort(scene.rng.permutation(12)[: int(scene.rng.integers(4, 9))])
        turns = distinct(np.r_[turns, 1, 10])
        turns = turns[(turns != 0) & (turns != 11)]
        _send(scene, whole[turns], card)
        part = whole
    _after(scene, person, whole, card if near else person)
    tell(scene, "problem", person, part, "同一年度两个账户交替收款", near=near)
    return 1


def _after(scene: Scene, person: int, whole: Ints, account: int) -> None:
    """Later years keep to one account."""
    pay = scene.city.payments
    mine = scene.payments_of(person, _code(scene, whole))
    _send(scene, kept(mine, pay["paid"][mine] > pay["paid"][whole[-1]]), account)


def _code(scene: Scene, payments: Ints) -> str:
    return codes()[int(scene.city.payments["programme"][payments[0]])]


def _innocent(scene: Scene, person: int, story: str) -> None:
    whole = _year(scene, person)
    if not len(whole):
        return
    card = _new_card(scene, person)
    at = 0 if story == "new year" else int(scene.rng.integers(2, 10))
    part, note, near = whole, "年中换卡，旧卡停用", False
    if story == "two programmes":
        other = [code for code in _LISTS if code != _code(scene, whole) and len(runs(scene, person, code))]
        if other:
            part = np.r_[whole, runs(scene, person, other[0])]
            _send(scene, runs(scene, person, other[0]), card)
            note = "不同项目分别使用不同账户"
            at = 12
    elif story == "new year":
        note = "跨年度换卡"
    _send(scene, whole[at:], card)
    if at < 12:
        _after(scene, person, whole, card)
    if story == "bounced" and at < 11:
        _send(scene, whole[at + 1 : at + 2], person)
        note, near = "换卡初期一笔退回旧卡，六十日内", True
    tell(scene, "explained", person, part, note, near=near)


def _seventy_days(scene: Scene, person: int) -> None:
    """The old card was used once more at the edge of the time allowed for a replacement."""
    whole = _year(scene, person)
    if len(whole):
        card = _new_card(scene, person)
        _send(scene, np.r_[whole[4:6], whole[7:]], card)
        _after(scene, person, whole, card)
        tell(scene, "undecidable", person, whole[3:8], "换卡后约六十日旧卡仍收一笔", near=True)
