"""H06 虚假办结: closed within minutes with nobody on the spot, or closed and the same matter is back within thirty days."""

import numpy as np

from datasets.city.arrays import DAY_SECONDS, NONE, Ints
from datasets.city.hotline import ACCUSATION, KINDS, ORDINARY, UNKNOWN, journeys, spread_out, take_calls, time_them
from datasets.city.plant.complaints import cast_tickets, close_on, ordinary, tell_ticket
from datasets.city.plant.same_matter import _callers, _judge, _merge, _repeat
from datasets.city.plant.scene import Scene
from datasets.city.truth import EXPLAINED, PROBLEM, UNDECIDABLE
from datasets.city.wording import wording

_WINDOW = 30 * DAY_SECONDS


def plant_minutes(scene: Scene) -> None:
    """Closed within half an hour of being sent out."""
    book = scene.city.desk.tickets
    plain = (book["regime"] == ORDINARY) & (book["closed"] != NONE) & (book["extended"] == NONE) & (book["reply"] == -1)
    plain &= book["created"] < (scene.city.last - 3) * DAY_SECONDS
    spot = plain & (book["kind"] == KINDS.index("complaint")) & (book["place"] > 0)
    asked = plain & (book["kind"] == KINDS.index("inquiry"))
    chosen = cast_tickets(scene, _straight(scene, ordinary(scene, spot)), scene.number(5, 1))
    for place, ticket in enumerate(chosen.tolist()):
        near = scene.near(place)
        _close_after(scene, ticket, float(scene.rng.uniform(27.2, 29.4) if near else scene.rng.uniform(2, 26)), 0)
        for name, value in (("called", 0), ("solved", NONE), ("satisfied", NONE)):
            book[name][ticket] = value
        tell_ticket(scene, PROBLEM, ticket, "派单后数分钟即办结，无现场记录", near)
    for place, ticket in enumerate(cast_tickets(scene, _straight(scene, ordinary(scene, spot)), 6 * len(chosen)).tolist()):
        near = place % 2 == 0
        _close_after(scene, ticket, float(scene.rng.uniform(31, 38) if near else scene.rng.uniform(8, 27)), 0 if near else 1)
        note = "办结用时超过三十分钟" if near else "网格员在现场处置，有现场记录"
        tell_ticket(scene, EXPLAINED, ticket, note, near)
    for ticket in cast_tickets(scene, _straight(scene, ordinary(scene, asked)), 5 * len(chosen)).tolist():
        _close_after(scene, ticket, float(scene.rng.uniform(3, 28)), 0)
        tell_ticket(scene, EXPLAINED, ticket, "政策咨询当场答复，无需到现场")
    for ticket in cast_tickets(scene, _straight(scene, ordinary(scene, spot)), max(1, len(chosen) // 4)).tolist():
        _close_after(scene, ticket, float(scene.rng.uniform(6, 25)), UNKNOWN)
        tell_ticket(scene, UNDECIDABLE, ticket, "很快办结，有无现场记录不明")


def _straight(scene: Scene, tickets: Ints) -> Ints:
    """Those that were sent out once."""
    flows = scene.city.desk.flows
    times = np.bincount(flows["ticket"][flows["alive"] == 1], minlength=len(scene.city.desk.tickets))
    out: Ints = tickets[times[tickets] == 2]
    return out


def _close_after(scene: Scene, ticket: int, minutes: float, visited: int) -> None:
    book = scene.city.desk.tickets
    close_on(scene, ticket, int(book["accepted"][ticket]) + 300 + int(minutes * 60))
    book["visited"][ticket] = visited


def plant_back(scene: Scene) -> None:
    """Closed, and here it is again."""
    wanted = scene.number(5, 1)
    for place, ticket in enumerate(cast_tickets(scene, _firsts(scene), wanted).tolist()):
        near = scene.near(place)
        gap = float(scene.rng.uniform(27.3, 29.2) if near else scene.rng.uniform(1.2, 26))
        made = _again(scene, ticket, gap, own=place % 2 == 0)
        _judge(scene, np.r_[ticket, made], 0)
        tell_ticket(scene, PROBLEM, ticket, "办结后三十日内同一问题再次反映", near, made)
    for place, ticket in enumerate(cast_tickets(scene, _firsts(scene), 11 * wanted).tolist()):
        merged = place % 3 == 2
        gap = -float(scene.rng.uniform(0.3, 0.6)) if merged else float(scene.rng.uniform(31, 34 if place % 3 else 70))
        made = _again(scene, ticket, gap, own=place % 2 == 0)
        if merged:
            _merge(scene, ticket, made)
        note = "办理期间的重复件并入首件" if merged else "办结三十日以后再次反映"
        tell_ticket(scene, EXPLAINED, ticket, note, place % 3 == 1, made)
    _by_nature(scene)


def _firsts(scene: Scene) -> Ints:
    book = scene.city.desk.tickets
    fit = (book["place"] > 0) & (book["caller"] != NONE) & (book["closed"] != NONE) & (book["kind"] == 0)
    fit &= (book["regime"] == ORDINARY) & (book["closed"] - book["created"] > 2 * DAY_SECONDS)
    return ordinary(scene, fit & (book["created"] < (scene.city.last - 130) * DAY_SECONDS))


def _again(scene: Scene, ticket: int, gap: float, own: bool) -> Ints:
    """Once more, so many days after the first was closed, by the same caller or a neighbour."""
    book = scene.city.desk.tickets
    caller = np.array([int(book["caller"][ticket])]) if own else _callers(scene, 1)
    made = _repeat(scene, ticket, np.array([0]), caller, linked=True)
    took = book["closed"][made] - book["created"][made]
    moved = int(book["closed"][ticket]) + int(gap * DAY_SECONDS) - int(book["created"][made[0]])
    for name in ("created", "accepted", "due"):
        book[name][made] = np.where(book[name][made] == NONE, NONE, book[name][made] + moved)
    book["extended"][made] = NONE
    allowed = np.where(book["due"][made] == NONE, took, np.minimum(took, (book["due"][made] - book["created"][made]) * 9 // 10))
    book["closed"][made] = np.where(book["closed"][made] == NONE, NONE, book["created"][made] + allowed)
    book["related"][made] = ticket
    journeys(scene.city.desk, made, scene.rng)
    return made


def _by_nature(scene: Scene) -> None:
    """Matters told of for other reasons come back after closing too."""
    book = scene.city.desk.tickets
    told = {case.subject for case in scene.city.truth.of("H06")}
    sure = 0
    for case in scene.city.truth.of("H04"):
        group = np.array(sorted(row for table, found in case.evidence if table == "ticket" for row in found))
        if case.note == "同一来电人反映不同事项" or (book["regime"][group] == ACCUSATION).any():
            continue
        for ticket in group[book["closed"][group] != NONE].tolist():
            gap = book["created"][group] - book["closed"][ticket]
            back = group[(gap >= 0) & (gap <= _WINDOW) & (group != ticket)]
            if not len(back) or ticket in told or book["merged"][ticket] != NONE:
                continue
            open_question = (book["merged"][back] != NONE).all() or book["satisfied"][ticket] == 1 or case.kind == UNDECIDABLE
            sure += not open_question
            kind = UNDECIDABLE if open_question else PROBLEM
            tell_ticket(scene, kind, ticket, "办结后三十日内同一问题再次反映", more=back)
    _other_matter(scene, 11 * sure)


def _other_matter(scene: Scene, wanted: int) -> None:
    """Soon after their order is closed people call about something else, in another place."""
    city, book, rng = scene.city, scene.city.desk.tickets, scene.rng
    first = _firsts(scene)
    first = cast_tickets(scene, first, min(wanted, len(first) // 4))
    issues = wording().issues
    streets = np.array([at for at, one in enumerate(issues) if one.place in ("road", "estate") and one.kind == "complaint"])
    kind = {name: at for at, name in enumerate(sorted({one.category for one in issues}))}
    category = np.array([kind[one.category] for one in issues])
    issue = np.array(
        [rng.choice(streets[category[streets] != category[at]]) for at in book["issue"][first].tolist()], dtype=np.int64
    )
    created = book["closed"][first] + rng.integers(DAY_SECONDS, 29 * DAY_SECONDS, len(first))
    made = take_calls(city.desk, created, rng, issue)
    book["caller"][made], book["channel"][made], book["regime"][made] = book["caller"][first], 0, ORDINARY
    spread_out(city.desk, made, rng)
    time_them(city.desk, made, rng)
    journeys(city.desk, made, rng)
    city.used_tickets = np.r_[city.used_tickets, made]
    for ticket, later in zip(first.tolist(), made.tolist(), strict=True):
        tell_ticket(scene, EXPLAINED, ticket, "同一来电人反映的是另一事项", more=np.array([later]))
