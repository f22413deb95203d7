"""Answers to tickets: each says what was found and done; some only pretend to, as planted."""

import numpy as np

from datasets.city.arrays import NONE, Ints
from datasets.city.city import City
from datasets.city.columns import Column, chosen, constant, joined, whole, words_at
from datasets.city.hotline import EMPTY, NO_REPLY, POLICY, SHORT, STOCK
from datasets.city.keys import Keys
from datasets.city.vocabulary import words
from datasets.city.wording import wording


def replies(city: City, keys: Keys, rows: Ints, title: Column) -> Column:
    """The reply to each ticket, null where there is none yet."""
    book, said = city.desk.tickets, wording()
    code = book["reply"][rows]
    unit = words_at(city.bodies.name, book["unit"][rows])
    salute = _salute(book["r4"][rows])
    merged = joined(
        salute, "您反映的“", title, "”与此前工单", keys.tickets(book["merged"][rows]), "为同一事项，已合并办理，办理结果将一并向您反馈，请您留意后续答复，感谢您的理解。",
    )  # fmt: skip
    texts = [*said.short_replies, *said.empty_replies, *said.stock_replies, *said.policy_replies]
    starts = np.cumsum([0, len(said.short_replies), len(said.empty_replies), len(said.stock_replies)])
    kind = np.select([code >= POLICY, code >= STOCK, code >= EMPTY, code >= SHORT], [3, 2, 1, 0], -1)
    text = words_at(texts, np.where(kind < 0, NONE, starts[np.maximum(kind, 0)] + code % 100))
    short = joined(salute, "“", title, "”", text)
    stock = joined(unit, "答复：", text)
    own = chosen(kind == 0, short, chosen(kind == 2, stock, text))
    regular = chosen(np.asarray(book["merged"][rows] != NONE), merged, _full(city, rows, title, unit))
    return chosen(np.asarray(code == NO_REPLY), constant(None, len(rows)), chosen(kind >= 0, own, regular))


def _full(city: City, rows: Ints, title: Column, unit: Column) -> Column:
    """Opening, check, cause, what was done and what follows, whom to ask: hardly two alike."""
    book, said = city.desk.tickets, wording()
    r1, r2, r3, r4, r5 = (book[name][rows] for name in ("r1", "r2", "r3", "r4", "r5"))
    town = words_at(city.places.name, book["town"][rows])
    opening = _filled(said.reply_openings, r1 % len(said.reply_openings), {"{title}": title, "{unit}": unit})
    check = words_at(said.reply_checks, r2 % len(said.reply_checks))
    cause = words_at(said.reply_causes, r4 % len(said.reply_causes))
    done = words_at([item.done for item in said.issues], book["issue"][rows])
    following = _filled(said.reply_next, r5 % len(said.reply_next), {"{town}": town})
    tail = words_at(said.reply_tails, r3 % len(said.reply_tails))
    phone = whole(r1 * 7 % 9000 + 1000).cast("string")
    return joined(opening, check, cause, "。我单位已", done, "，", following, "。", tail, "咨询电话：0513-8651", phone, "。")


def _salute(number: Ints) -> Column:
    surnames = words().surnames
    form = words_at(("先生您好：", "女士您好："), number % 2)
    return joined(words_at(surnames, number // 2 % len(surnames)), form)


def _filled(patterns: tuple[str, ...], at: Ints, slots: dict[str, Column]) -> Column:
    """Patterns with their slots filled in, pattern by pattern."""
    out = constant(None, len(at))
    for number, pattern in enumerate(patterns):
        parts = [slots[piece] if piece in slots else constant(piece, len(at)) for piece in _pieces(pattern, slots)]
        out = chosen(np.asarray(at == number), joined(*parts), out)
    return out


def _pieces(pattern: str, slots: dict[str, Column]) -> list[str]:
    for slot in slots:
        pattern = pattern.replace(slot, f"\0{slot}\0")
    return [piece for piece in pattern.split("\0") if piece]
