"""Tables of tickets and their journeys in their contracts' columns."""

import numpy as np

from datasets.city.arrays import NONE
from datasets.city.city import City
from datasets.city.columns import Column, constant, flags, seconds, whole, words_at
from datasets.city.hotline import ACTIONS, CHANNELS, KINDS, REGIMES, UNKNOWN
from datasets.city.keys import Keys, at
from datasets.city.speech import speak
from datasets.city.tables_people import Tables
from datasets.city.wording import wording


def hotline_tables(city: City, keys: Keys) -> Tables:
    desk, folk = city.desk, city.folk
    book = desk.tickets
    rows = book.living()
    rows = rows[np.argsort(keys.ticket[rows])]
    col = {name: book[name][rows] for name in book.names}
    name = np.where(col["named"] == 1, col["caller"], NONE)
    units = city.bodies.code
    return {
        "ticket": {
            "ticket_id": keys.tickets(rows), "channel": words_at(CHANNELS, col["channel"]), "regime": words_at(REGIMES, col["regime"]), "kind": words_at(KINDS, col["kind"]),
            **speak(city, keys, rows), "area_id": words_at(city.places.code, col["area"]), "caller_id": words_at(folk.phone, col["caller"]), "caller_name": words_at(folk.name, name),
            "accused_unit_id": words_at(units, col["accused_unit"]), "accused_name": words_at(folk.name, col["accused"]), "unit_id": words_at(units, col["unit"]),
            "created_at": seconds(col["created"]), "accepted_at": seconds(col["accepted"]), "notified_at": seconds(col["notified"]), "due_at": seconds(col["due"]),
            "extended_to": seconds(col["extended"]), "closed_at": seconds(col["closed"]), "called_back": flags(col["called"]), "solved": flags(col["solved"]),
            "satisfied": flags(col["satisfied"]), "merged_into": keys.tickets(at(np.arange(len(book)), col["merged"])),
            "related_id": keys.tickets(at(np.arange(len(book)), col["related"])), "zone_known": constant(True, len(rows)),
            "paused_days": whole(col["paused"]), "field_record": flags(np.where(col["visited"] == UNKNOWN, NONE, col["visited"])),
        },
        "ticket_flow": _flows(city, keys),
    }  # fmt: skip


def _flows(city: City, keys: Keys) -> dict[str, Column]:
    flows, units = city.desk.flows, city.bodies.code
    acted = np.minimum(flows["acted"], city.desk.midnight - 1)
    alive = (flows["alive"] == 1) & (city.desk.tickets["alive"][flows["ticket"]] == 1)
    rows = np.flatnonzero(alive)
    number = keys.ticket[flows["ticket"][rows]]
    order = np.lexsort([rows, acted[rows], number])
    rows, number = rows[order], number[order]
    first = np.r_[0, np.flatnonzero(number[1:] != number[:-1]) + 1] if len(rows) else np.zeros(0, dtype=np.int64)
    seq = np.arange(len(rows)) - np.repeat(first, np.diff(np.r_[first, len(rows)])) + 1
    reasons = wording().return_reasons
    return {
        "ticket_id": keys.tickets(flows["ticket"][rows]), "seq": whole(seq), "from_unit_id": words_at(units, flows["from_unit"][rows]),
        "to_unit_id": words_at(units, flows["to_unit"][rows]), "action": words_at(ACTIONS, flows["action"][rows]), "acted_at": seconds(acted[rows]),
        "reason": words_at(reasons, np.where(flows["reason"][rows] == NONE, NONE, flows["reason"][rows] % len(reasons))),
        "discloses_caller": flags(flows["discloses"][rows]),
    }  # fmt: skip
