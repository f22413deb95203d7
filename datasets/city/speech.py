"""Rendering of tickets: titles, bodies, places and replies put together from the wording, column by column."""

import numpy as np
import pyarrow as pa

from datasets.city.arrays import NONE, Ints
from datasets.city.city import City
from datasets.city.columns import Column, chosen, constant, joined, whole, words_at
from datasets.city.hotline import BOARD
from datasets.city.keys import Keys
from datasets.city.replies import replies
from datasets.city.vocabulary import words
from datasets.city.wording import Special, wording


def spots(city: City, rows: Ints) -> Column:
    """The place of each ticket in words, empty where none is named."""
    book, said = city.desk.tickets, words()
    kind, p1, p2, p3 = (book[name][rows] for name in ("place", "p1", "p2", "p3"))
    road = joined(words_at(said.roads, p1 % len(said.roads)), _number(p2 % 600 + 1), "号")
    estate = joined(words_at(said.estates, p1 % len(said.estates)), _number(p2 % 60 + 1), "栋", _number(p3 % 190 + 101), "室")
    village = np.where(kind == 3, book["area"][rows], NONE)
    hamlet = joined(words_at(city.places.name, village), _number(p2 % 20 + 1), "组", _number(p3 % 30 + 1), "号")
    # one in three who names a village names its town too
    town = words_at(city.places.name, np.where((kind == 3) & (p1 % 3 == 0), book["town"][rows], NONE))
    hamlet = joined(town.fill_null(""), hamlet)
    empty = constant("", len(rows))
    return chosen(kind == 1, road, chosen(kind == 2, estate, chosen(kind == 3, hamlet, empty)))


def _number(values: Ints) -> Column:
    return whole(values).cast(pa.string())


class _Phrases:
    """Titles and bodies of all issues in one list each, with the first position of every issue."""

    def __init__(self, specials: list[Special]) -> None:
        issues = wording().issues
        self.titles = [title for issue in issues for title in issue.titles] + [special.title for special in specials]
        self.bodies = [body for issue in issues for body in issue.bodies] + [special.body for special in specials]
        self.title_count = np.array([len(issue.titles) for issue in issues])
        self.body_count = np.array([len(issue.bodies) for issue in issues])
        self.title_first = np.cumsum(self.title_count) - self.title_count
        self.body_first = np.cumsum(self.body_count) - self.body_count
        self.ordinary_titles, self.ordinary_bodies = int(self.title_count.sum()), int(self.body_count.sum())


def speak(city: City, keys: Keys, rows: Ints) -> dict[str, Column]:
    """Columns title, body, place, category, reply of the tickets."""
    book, said, specials = city.desk.tickets, wording(), city.specials
    phrases, place = _Phrases(specials), spots(city, rows)
    issue, special = book["issue"][rows], book["text"][rows]
    own = special != NONE
    title_at = np.where(
        own, phrases.ordinary_titles + special, phrases.title_first[issue] + book["title"][rows] % phrases.title_count[issue]
    )
    body_at = np.where(
        own, phrases.ordinary_bodies + special, phrases.body_first[issue] + book["body"][rows] % phrases.body_count[issue]
    )
    named = np.asarray(book["place"][rows] != 0)
    vague = words_at(said.vague, book["p1"][rows] % len(said.vague))
    before, after = _halves(phrases.bodies)
    where = chosen(named, place, vague)
    splits = np.array(["{p}" in body for body in phrases.bodies])[body_at]
    core = chosen(
        splits,
        joined(words_at(before, body_at).fill_null(""), where, words_at(after, body_at).fill_null("")),
        words_at(before, body_at).fill_null(""),
    )
    greeting = chosen(
        book["channel"][rows] == BOARD, words_at(said.board_greetings, book["greeting"][rows] % len(said.board_greetings)).fill_null(""),
        words_at(said.greetings, book["greeting"][rows] % len(said.greetings)).fill_null(""),
    )  # fmt: skip
    time = words_at(said.times, book["time"][rows] % len(said.times)).fill_null("")
    closing = words_at(said.closings, book["closing"][rows] % len(said.closings)).fill_null("")
    body = joined(greeting, time, core, _firm(city, rows), closing, _contact(city, rows))
    title = joined(
        chosen(named & (book["title"][rows] % 4 != 3), place, constant("", len(rows))), words_at(phrases.titles, title_at)
    )
    categories = [item.category for item in said.issues]
    of_special = [special.category or None for special in specials] or [None]
    category = chosen(
        own, words_at([word or "" for word in of_special], np.where(own, special, NONE)), words_at(categories, issue)
    )
    return {
        "title": title,
        "body": body,
        "place": texts_of_column(place),
        "category": category,
        "reply": replies(city, keys, rows, title),
    }


def texts_of_column(column: Column) -> Column:
    return chosen(np.array(column.to_numpy(zero_copy_only=False) != ""), column, None)


def _halves(bodies: list[str]) -> tuple[list[str], list[str]]:
    parts = [body.partition("{p}") for body in bodies]
    return [part[0] for part in parts], [part[2] for part in parts]


def _firm(city: City, rows: Ints) -> Column:
    firm = city.desk.tickets["firm"][rows]
    name = words_at(city.firms.name, firm)
    return joined("涉及的单位是", name, "。").fill_null("")


def _contact(city: City, rows: Ints) -> Column:
    """Some leave a number in the text itself: it must not stay there in clear."""
    book = city.desk.tickets
    caller, form = book["caller"][rows], book["contact"][rows]
    form = np.where(caller == NONE, NONE, form)
    before, after = _halves([text.replace("{c}", "{p}") for text in wording().contacts])
    return joined(
        words_at(before, form).fill_null(""),
        words_at(city.folk.phone, np.where(form == NONE, NONE, caller)),
        words_at(after, form),
    ).fill_null("")
