"""R067, R068 and R073 未按期交付、付款超过合同、完工与合同不符: what became of contracts.

Innocent: delivered on the very day, later because the time was extended; paid in full with the supplements, or with a part
kept back; found lacking and mended, or not paid for.
"""

import numpy as np

from datasets.city.arrays import NONE, Ints, among, kept, without
from datasets.city.dossier import ACCEPTANCE, DEFAULT, DELIVERY, PAYMENT, QUANTITY_UP, TERM
from datasets.city.plant.agreement import contract_of, perform_again, report
from datasets.city.plant.changed_contract import untouched
from datasets.city.plant.grown_contract import amend
from datasets.city.plant.scene import Scene
from datasets.city.plant.stage import awarded, cast_alike, cast_tenders
from datasets.city.truth import EXPLAINED, PROBLEM, UNDECIDABLE, rows


def _finished(scene: Scene, spare: int) -> Ints:
    """Purchases not amended, whose contract was to be finished so many days before the city's last, and was.

    What is called off under a framework is settled by the quantity: it has no sum to be paid beyond.
    """
    city = scene.city
    book, events = city.dossier.contracts, city.dossier.events
    accepted = events["contract"][(events["kind"] == ACCEPTANCE) & (events["conform"] == 1) & (events["alive"] == 1)]
    fit = np.zeros(len(book), dtype=bool)
    fit[accepted] = True
    fit &= (book["alive"] == 1) & (book["framework"] != 1) & (book["starts"] + book["term"] + 50 + spare < city.last)
    found = untouched(scene, awarded(scene))
    return kept(found, among(found, book["tender"][fit]))


def _events(scene: Scene, contract: int, kind: int) -> Ints:
    """Living events of a kind of a contract, the earliest first."""
    book = scene.city.dossier.events
    found = book.by("contract").of(contract)
    found = kept(found, (book["kind"][found] == kind) & (book["alive"][found] == 1))
    return np.asarray(found[np.argsort(book["done"][found], kind="stable")])


def plant_late(scene: Scene) -> None:
    """R067."""
    rng, events = scene.rng, scene.city.dossier.events
    chosen = cast_tenders(scene, _finished(scene, 160), scene.number(5))
    for place, tender in enumerate(chosen.tolist()):
        near, contract = scene.near(place), contract_of(scene, tender)
        late = int(rng.integers(31, 34) if near else rng.integers(40, 150))
        if not near and place % 4 == 3:
            made = _never(scene, contract)
            note = "逾期未交付并已违约"
        else:
            made = _events(scene, contract, DELIVERY)
            _put_off(scene, contract, late - int(events["done"][made[0]] - events["due"][made[0]]))
            note = "交付逾期"
        report(scene, PROBLEM, contract, rows("contract_event", made), near=near, note=note)
    for place, tender in enumerate(cast_alike(scene, _finished(scene, 60), 11 * len(chosen)).tolist()):
        _in_time(scene, place, contract_of(scene, tender))
    for tender in cast_tenders(scene, _finished(scene, 60), max(1, len(chosen) // 4)).tolist():
        contract = contract_of(scene, tender)
        made = _events(scene, contract, DELIVERY)
        _put_off(scene, contract, int(rng.integers(2, 6)) - int(events["done"][made[0]] - events["due"][made[0]]))
        report(scene, UNDECIDABLE, contract, rows("contract_event", made), note="交付晚数日，影响需人工判断")


def _put_off(scene: Scene, contract: int, days: int) -> None:
    """Delivery, acceptance and the last payment all come so many days later."""
    events = scene.city.dossier.events
    moved = np.r_[
        _events(scene, contract, DELIVERY), _events(scene, contract, ACCEPTANCE), _events(scene, contract, PAYMENT)[-1:]
    ]
    events["done"][moved] += days
    later = without(moved, _events(scene, contract, DELIVERY))
    events["due"][later] += days


def _never(scene: Scene, contract: int) -> Ints:
    """Nothing was delivered, accepted or paid at the end: the firm defaulted weeks after the day agreed."""
    events = scene.city.dossier.events
    made = _events(scene, contract, DELIVERY)
    events["alive"][np.r_[_events(scene, contract, ACCEPTANCE), _events(scene, contract, PAYMENT)[-1:]]] = 0
    events["kind"][made], events["conform"][made], events["note"][made] = DEFAULT, NONE, NONE
    events["done"][made] = events["due"][made] + int(scene.rng.integers(40, 120))
    events["said"][made] = scene.city.dossier.say(
        str(scene.rng.choice(["供应商无力履约，单方停止供货", "逾期未交付，采购人发函解除合同"]))
    )
    return made


def _in_time(scene: Scene, place: int, contract: int) -> None:
    events = scene.city.dossier.events
    note, near, more = "按期交付", False, []
    if place % 3 == 1:
        more = [amend(scene, contract, 0.0, TERM, int(scene.rng.integers(12, 40)))]
        perform_again(scene, contract)
        note = "工期经变更协议顺延，在顺延后的日期前交付"
    made = _events(scene, contract, DELIVERY)
    if place % 3 == 0 and len(made):
        _put_off(scene, contract, int(events["due"][made[0]] - events["done"][made[0]]))
        note, near = "在约定的最后一天交付", True
    proof = (rows("contract_event", made), *((rows("amendment", more),) if more else ()))
    report(scene, EXPLAINED, contract, *proof, near=near, note=note)


def plant_overpaid(scene: Scene) -> None:
    """R068."""
    rng, events = scene.rng, scene.city.dossier.events
    chosen = cast_tenders(scene, _finished(scene, 0), scene.number(4))
    for place, tender in enumerate(chosen.tolist()):
        near, contract = scene.near(place), contract_of(scene, tender)
        amount = int(scene.city.dossier.contracts["amount"][contract])
        paid = _events(scene, contract, PAYMENT)
        if not near and place % 3 == 2:
            again = events.copy_rows(
                paid[-1:], done=min(int(events["done"][paid[-1]]) + int(rng.integers(3, 40)), scene.city.last)
            )
            paid, note = np.r_[paid, again], "同一笔尾款支付两次"
        else:
            over = float(rng.uniform(0.012, 0.05) if near else rng.uniform(0.08, 0.5))
            events["amount"][paid[-1]] += int(amount * over) // 100 * 100
            note = "累计付款超过合同及变更金额"
        report(scene, PROBLEM, contract, rows("contract_event", paid), near=near, note=note)
    for place, tender in enumerate(cast_alike(scene, _finished(scene, 0), 11 * len(chosen)).tolist()):
        _paid_right(scene, place, contract_of(scene, tender))


def _paid_right(scene: Scene, place: int, contract: int) -> None:
    events, more = scene.city.dossier.events, []
    note, near = "累计付款等于合同金额", True
    if place % 3 == 1:
        more = [amend(scene, contract, float(scene.rng.uniform(0.02, 0.09)), QUANTITY_UP, int(scene.rng.integers(12, 40)))]
        perform_again(scene, contract)
        note = "连同补充合同一并付清"
    paid = _events(scene, contract, PAYMENT)
    if place % 3 == 2 and len(paid):
        last = int(events["amount"][paid[-1]])
        events["amount"][paid[-1]] = max(100, last - int(last * scene.rng.uniform(0.03, 0.1)) // 100 * 100)
        note, near = "预留质量保证金，尚未付清", False
    proof = (rows("contract_event", paid), *((rows("amendment", more),) if more else ()))
    report(scene, EXPLAINED, contract, *proof, near=near, note=note)


_LACKING = ("部分设备型号低于合同约定", "数量短缺", "检测指标不合格", "施工做法与图纸不符")


def plant_not_conform(scene: Scene) -> None:
    """R073."""
    chosen = cast_tenders(scene, _finished(scene, 10), scene.number(4))
    for tender in chosen.tolist():
        contract = contract_of(scene, tender)
        made = _found_lacking(scene, contract)
        paid = _events(scene, contract, PAYMENT)
        proof = rows("contract_event", np.r_[made, paid])
        report(scene, PROBLEM, contract, proof, note="验收不符合约定仍全额付款")
    for place, tender in enumerate(cast_alike(scene, _finished(scene, 30), 11 * len(chosen)).tolist()):
        _held_back(scene, place, contract_of(scene, tender))
    for tender in cast_tenders(scene, _finished(scene, 10), max(1, len(chosen) // 4)).tolist():
        contract = contract_of(scene, tender)
        made = _events(scene, contract, ACCEPTANCE)
        scene.city.dossier.events["conform"][made] = NONE
        report(scene, UNDECIDABLE, contract, rows("contract_event", made), note="验收记录没有写明是否符合约定")


def _found_lacking(scene: Scene, contract: int) -> Ints:
    """The acceptance says in which way the thing is not what was agreed; returns its row."""
    events = scene.city.dossier.events
    made = _events(scene, contract, ACCEPTANCE)
    events["conform"][made], events["note"][made] = 0, NONE
    events["said"][made] = scene.city.dossier.say(str(scene.rng.choice(_LACKING)))
    return made


def _held_back(scene: Scene, place: int, contract: int) -> None:
    events, rng = scene.city.dossier.events, scene.rng
    made, paid = _found_lacking(scene, contract), _events(scene, contract, PAYMENT)
    note, near = "验收不合格，尾款未付", False
    if place % 3 == 0:
        events["alive"][paid[-1:]] = 0
        paid = paid[:-1]
    elif place % 3 == 1:
        again = min(int(events["done"][made[0]]) + int(rng.integers(6, 20)), scene.city.last - 2)
        mended = events.copy_rows(made, done=again, conform=1, said=scene.city.dossier.say("整改后复验合格"))
        events["done"][paid[-1]] = min(max(int(events["done"][paid[-1]]), again + int(rng.integers(1, 15))), scene.city.last)
        made, note = np.r_[made, mended], "整改后复验合格才付款"
    else:
        last = int(events["amount"][paid[-1]])
        events["amount"][paid[-1]] = last - int(last * rng.uniform(0.12, 0.3)) // 100 * 100
        note, near = "验收不符部分已扣款", True
    report(scene, EXPLAINED, contract, rows("contract_event", np.r_[made, paid]), near=near, note=note)
