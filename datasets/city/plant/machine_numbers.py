"""S19 农机重复、超限、套补: one machine claimed twice, too many for one buyer, or a subsidy too large for the price."""

import numpy as np

from datasets.city.arrays import NONE, Ints, kept
from datasets.city.machine import HARVESTER, NO_NUMBER, dealers_by_turn, purchase, slots
from datasets.city.plant.lists import in_weak, plain
from datasets.city.plant.scene import Scene
from datasets.city.programme import number
from datasets.city.truth import rows

_CAP = 3
_TRACTOR, _TILLER = 0, 3


def buyers(scene: Scene, count: int, weakly: bool = True) -> Ints:
    """Heads of households of working age who have bought nothing yet and play a part from now on."""
    folk = scene.city.folk
    fit = np.flatnonzero(plain(scene, 26, 66) & (folk.role == 0))
    had = np.zeros(len(folk), dtype=bool)
    had[scene.city.purse.purchases["buyer"]] = True
    fit = kept(fit, ~had[fit])
    some = in_weak(scene, fit) if weakly else fit
    return scene.cast(some if len(some) >= count else fit, count)


def buy(scene: Scene, buyer: Ints, slot: int, **changed: Ints | int) -> Ints:
    """Let people buy machines whose subsidy is paid in a month; returns the purchases."""
    purse = scene.city.purse
    months = np.full(len(buyer), slot)
    dealer = changed.pop("dealer", None)
    dealers = dealers_by_turn(purse, buyer, scene.rng) if dealer is None else np.broadcast_to(dealer, len(buyer))
    return purchase(purse, buyer, months, dealers, scene.rng, **changed)


def any_slot(scene: Scene, but_last: int = 0) -> int:
    found = slots(scene.city.years)
    return int(scene.rng.choice(found[: len(found) - but_last]))


def tell(scene: Scene, kind: str, subject_kind: str, subject: int, purchases: Ints, note: str, near: bool = False) -> None:
    """Truth about machines: the subject at the office that received the claims."""
    book, city = scene.city.purse.purchases, scene.city
    evidence = (rows("machine_purchase", purchases),)
    area = int(city.folk.village[subject]) if subject_kind == "person" else int(city.firms.area[subject])
    unit, cents = int(book["unit"][purchases[0]]), int(book["subsidy"][purchases].sum())
    if kind == "problem":
        scene.problem(subject_kind, subject, unit, evidence, area=area, cents=cents, near=near, note=note)
    elif kind == "explained":
        scene.explained(subject_kind, subject, unit, evidence, area=area, cents=cents, near=near, note=note)
    else:
        scene.undecidable(subject_kind, subject, unit, evidence, area=area, cents=cents, near=near, note=note)


def settle(scene: Scene, purchases: Ints) -> None:
    """Let what was paid be the subsidy as it stands now; a purchase without subsidy is not paid."""
    pay, book = scene.city.payments, scene.city.purse.purchases
    for row in purchases.tolist():
        late = np.arange(max(0, len(pay) - 50), len(pay))  # bought just now
        found = kept(
            late,
            (pay["person"][late] == book["buyer"][row]) & (pay["programme"][late] == number("PG13")) & (pay["alive"][late] == 1),
        )
        found = kept(found, pay["paid"][found] > book["bought"][row])
        if len(found):
            pay["amount"][found[0]] = book["subsidy"][row]
            pay["alive"][found[0]] = int(book["subsidy"][row] > 0)


def twice(scene: Scene, place: int) -> None:
    """The same factory number, engine or invoice in a second buyer's claim: a neighbour's machine, or one sold on between the rounds."""
    book, first = scene.city.purse.purchases, any_slot(scene, but_last=1)
    near = scene.near(place)
    pair = buyers(scene, 2)
    if len(pair) < 2:
        return
    one = buy(scene, pair[:1], first, category=_TRACTOR if place % 2 else HARVESTER)
    later = first if near else int(scene.rng.choice(slots(scene.city.years)[slots(scene.city.years) > first]))
    two = buy(scene, pair[1:], later, category=int(book["category"][one[0]]))
    copied = (
        ("factory",) if near else (("factory", "engine"), ("engine",), ("invoice",), ("factory", "engine", "invoice"))[place % 4]
    )
    for name in copied:
        book[name][two] = book[name][one]
    second = two if book["bought"][two[0]] >= book["bought"][one[0]] else one
    what = {"factory": "出厂编号", "engine": "发动机号", "invoice": "发票号"}[copied[0]]
    tell(scene, "problem", "person", int(book["buyer"][second[0]]), np.r_[one, two], f"两人以同一{what}申请补贴", near)


def over_cap(scene: Scene, place: int) -> None:
    """More machines in one year than the programme pays for; near the limit: one more."""
    for person in buyers(scene, 1).tolist():
        near = scene.near(place + 1)
        count = _CAP + (1 if near else int(scene.rng.integers(2, 5)))
        year = int(scene.rng.integers(len(scene.city.years)))
        both = slots(scene.city.years)[2 * year : 2 * year + 2]
        first = buy(scene, np.full(count - 1, person), int(both[0]))
        last = buy(scene, np.full(1, person), int(both[0] if near else both[1]))
        made = np.r_[first, last]
        # what is bought in autumn for the May round would fall into the year before
        book = scene.city.purse.purchases
        start = int((both[0] // 12 * 12).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64))
        book["bought"][made] = np.maximum(book["bought"][made], start + scene.rng.integers(3, 80, count))
        tell(scene, "problem", "person", person, made, f"一年内购置{count}台，超过限量", near)


def dear_subsidy(scene: Scene, place: int) -> None:
    """Nearly half the price, or more than that, came back as subsidy: the invoice or the model is not what it says."""
    book = scene.city.purse.purchases
    for person in buyers(scene, 1).tolist():
        near = scene.near(place + 1)
        made = buy(scene, np.array([person]), any_slot(scene))
        share = scene.rng.uniform(0.455, 0.49) if near else scene.rng.uniform(0.52, 0.78)
        # a lower price on the true invoice, not a higher subsidy
        book["price"][made] = (book["subsidy"][made] / share / 10_000).astype(np.int64) * 10_000
        tell(scene, "problem", "person", person, made, "补贴额占售价比例过高", near)


def innocents(scene: Scene, count: int) -> int:
    """Second-hand machines without subsidy, implements without numbers, a claim withdrawn, three machines, four over two years, 44 per cent."""
    makers = (_second_hand, _no_numbers, _three, _over_two_years, _not_too_dear, _second_hand, _no_numbers, _not_too_dear)
    return sum(makers[place % len(makers)](scene) for place in range(count))


def _second_hand(scene: Scene) -> int:
    """Sold on to somebody who asked for no subsidy, or whose claim was turned down."""
    book, pair = scene.city.purse.purchases, buyers(scene, 2, weakly=False)
    if len(pair) < 2:
        return 0
    one = buy(scene, pair[:1], any_slot(scene, but_last=1), category=_TRACTOR)
    two = buy(scene, pair[1:], int(slots(scene.city.years)[-1]), category=_TRACTOR)
    book["factory"][two], book["engine"][two], book["subsidy"][two] = book["factory"][one], book["engine"][one], 0
    book["price"][two] = book["price"][one] * 6 // 10 // 10_000 * 10_000
    settle(scene, two)
    tell(scene, "explained", "person", int(pair[1]), np.r_[one, two], "二手转让，第二次未享受补贴")
    return 1


def _no_numbers(scene: Scene) -> int:
    """Ploughs and tillers have no engine; the clerk wrote 无, or left it out."""
    book, found = scene.city.purse.purchases, buyers(scene, 2, weakly=False)
    if len(found) < 2:
        return 0
    made = buy(scene, found, any_slot(scene), category=_TILLER)
    book["engine"][made] = NO_NUMBER if scene.rng.random() < 0.5 else NONE
    tell(scene, "explained", "person", int(found[1]), made, "配套机具无发动机，编号栏填无或空缺")
    return 1


def _three(scene: Scene) -> int:
    for person in buyers(scene, 1, weakly=False).tolist():
        made = buy(scene, np.full(_CAP, person), any_slot(scene))
        tell(scene, "explained", "person", person, made, "当年购置三台，未超限量", near=True)
        return 1
    return 0


def _over_two_years(scene: Scene) -> int:
    if len(scene.city.years) < 2:
        return _three(scene)
    for person in buyers(scene, 1, weakly=False).tolist():
        found = slots(scene.city.years)
        made = np.r_[buy(scene, np.full(2, person), int(found[0])), buy(scene, np.full(2, person), int(found[-1]))]
        tell(scene, "explained", "person", person, made, "分年度购置，各年未超限量")
        return 1
    return 0


def _not_too_dear(scene: Scene) -> int:
    book = scene.city.purse.purchases
    for person in buyers(scene, 1, weakly=False).tolist():
        made = buy(scene, np.array([person]), any_slot(scene))
        share = scene.rng.uniform(0.38, 0.435)
        book["price"][made] = (book["subsidy"][made] / share / 10_000).astype(np.int64) * 10_000
        tell(scene, "explained", "person", person, made, "补贴比例偏高但未超过上限", near=True)
        return 1
    return 0


def one_invoice(scene: Scene) -> None:
    """Two implements of one buyer on one invoice: right or not, only the paper shows."""
    book = scene.city.purse.purchases
    for person in buyers(scene, 1, weakly=False).tolist():
        made = buy(scene, np.full(2, person), any_slot(scene))
        book["invoice"][made] = book["invoice"][made[0]]
        tell(scene, "undecidable", "person", person, made, "同一发票两台机具，需核对发票明细")
