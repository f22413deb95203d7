"""The table of administrative penalties in its contract's columns."""

import numpy as np

from datasets.city.city import City
from datasets.city.columns import days, money, words_at
from datasets.city.keys import Keys
from datasets.city.penalty import WORDS
from datasets.city.register_keys import penalties
from datasets.city.tables_people import Tables


def penalty_tables(city: City, _keys: Keys) -> Tables:
    book = city.penalties
    rows = book.living()
    rows = rows[np.argsort(penalties(city, rows).to_numpy(zero_copy_only=False))]
    return {
        "penalty": {
            "penalty_id": penalties(city, rows), "enterprise_id": words_at(city.firms.code, book["firm"][rows]),
            "unit_id": words_at(city.bodies.code, book["unit"][rows]), "decided_on": days(book["decided"][rows]), "amount": money(book["cents"][rows]),
            "reason": words_at(WORDS, book["reason"][rows]),
        }
    }  # fmt: skip
