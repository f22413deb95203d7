"""Texts of the tickets planted for the rows of the hotline, and calls that are made with them."""

from functools import cache
from pathlib import Path

import numpy as np

from datasets import strict_yaml
from datasets.city.arrays import DAY_SECONDS, NONE, Ints, without
from datasets.city.hotline import journeys, spread_out, take_calls, time_them
from datasets.city.plant.complaints import strangers
from datasets.city.plant.scene import Scene
from datasets.city.wording import Special, wording
from datasets.contract import Declared


class Said(Declared):
    title: str
    body: str


class Texts(Declared):
    cadre_and_money: tuple[Said, ...]
    post_or_act: tuple[Said, ...]
    unpaid_wages: tuple[Said, ...]
    unpaid_subsidies: tuple[Said, ...]
    against_firm: tuple[Said, ...]
    accusations: tuple[Said, ...]
    poor_works: tuple[Said, ...]
    withheld: tuple[Said, ...]
    against_unit: tuple[Said, ...]
    canteen: tuple[Said, ...]


@cache
def hotline_texts() -> Texts:
    """The texts, read once."""
    return strict_yaml.read(Path(__file__).with_suffix(".yml"), Texts)[0]


def special(scene: Scene, said: Said, category: str, unit: str = "") -> int:
    """Number of a text among the city's; `unit` is the public body it speaks of."""
    return scene.city.specials.number(Special(said.title, said.body.replace("{unit}", unit), category))


def issue_of(category: str) -> int:
    """An issue of a category that is no inquiry and speaks of no subsidy: what the answer to a text is made from."""
    return next(
        number
        for number, one in enumerate(wording().issues)
        if one.category == category and not one.money and one.kind != "inquiry"
    )


def ring(scene: Scene, days: Ints, texts: list[int], category: str, unit: int, **changed: Ints | int) -> Ints:
    """Calls on these days with these texts (in turn), by different people, handled by a unit; returns the tickets.

    `changed` sets columns before the handling is timed: place and area, the firm named, the caller.
    """
    desk, book, rng = scene.city.desk, scene.city.desk.tickets, scene.rng
    count = len(days)
    created = days * DAY_SECONDS + rng.integers(8 * 3600, 20 * 3600, count)
    caller = changed.pop("caller", None)
    callers = strangers(scene, count) if caller is None else np.asarray(caller, dtype=np.int64)
    made = take_calls(desk, created, rng, np.full(count, issue_of(category)), callers)
    order = rng.permutation(len(texts))
    values: dict[str, Ints | int] = {
        "text": np.array([texts[order[at % len(order)]] for at in range(count)]), "channel": 0, "regime": 0,
        "kind": 0, "unit": unit, "place": 0, "contact": NONE, "area": NONE,
    }  # fmt: skip
    for name, value in (values | changed).items():
        book[name][made] = value
    spread_out(desk, made, rng)
    time_them(desk, made, rng)
    journeys(desk, made, rng)
    scene.city.used_tickets = np.r_[scene.city.used_tickets, made]
    return made


def quiet_villages(scene: Scene) -> Ints:
    """Villages without a money case, in a random order; all of them where every one has a case."""
    places = scene.city.places
    hot = [case.area for case in scene.city.truth.cases if case.rule[0] == "S" and case.kind != "explained"]
    free = without(places.villages, np.r_[scene.city.hot_villages, np.array(hot, dtype=np.int64)])
    out: Ints = scene.rng.permutation(free if len(free) else places.villages)
    return out
