"""Tables of what is written before an award, in their contracts' columns: plans, documents, clauses, changes, parts, scores."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from datasets.city.arrays import NONE, Ints, among, day, kept
from datasets.city.city import City
from datasets.city.clauses import wording_of
from datasets.city.columns import Column, days, flags, money, numbered, quantity, seconds, whole, words_at
from datasets.city.dossier import BUDGET, CHANGED_FIELDS, CLAUSE_KINDS, CLOSES_AT, DOCUMENT_FEE, DOCUMENT_KINDS, PART_KINDS
from datasets.city.goods import reference
from datasets.city.keys import Keys
from datasets.city.ledger import Ledger
from datasets.city.tables_people import Tables
from datasets.city.tender import METHODS
from datasets.city.vocabulary import words

_OLD_AND_NEW = (
    "参数一",
    "参数一（已更正）",
    "参数二",
    "参数二（已更正）",
    "配置清单",
    "配置清单（已更正）",
    "交付地点",
    "交付地点（已更正）",
)
"""What is written for changes of a text."""


def notice_tables(city: City, keys: Keys) -> Tables:
    return (
        _plans(city, keys)
        | _documents(city, keys)
        | _clauses(city, keys)
        | _changes(city, keys)
        | _questions(city, keys)
        | _bids(city, keys)
    )


def _living(book: Ledger, tenders: Ints, number: Ints) -> Ints:
    """Living rows of living tenders in the order of their numbers."""
    rows = book.living()
    rows = kept(rows, number[rows] != NONE) if tenders is None else kept(rows, tenders[book["tender"][rows]] != NONE)
    return rows[np.argsort(number[rows], kind="stable")]


def _plans(city: City, keys: Keys) -> Tables:
    book, classes = city.dossier.plans, [trade.item_class for trade in words().industries.values()]
    rows = book.living()
    rows = rows[np.argsort(keys.paper["procurement_plan"][rows])]
    years = np.repeat(np.array(city.years), len(classes))
    industry = np.tile(np.arange(len(classes)), len(city.years))
    starts = np.array([day(int(year)) for year in years])
    return {
        "procurement_plan": {
            "plan_id": keys.papers("procurement_plan", rows), "unit_id": words_at(city.bodies.code, book["unit"][rows]), "fiscal_year": whole(book["year"][rows]),
            "item_class": words_at(classes, book["industry"][rows]), "method": words_at(METHODS, book["method"][rows]), "amount": money(book["amount"][rows]),
            "published_on": days(book["published"][rows]),
        },
        "price_reference": {
            "class_id": words_at(classes, industry), "unit_price": money(reference(industry, years)), "starts_on": days(starts),
            "ends_on": days(np.array([day(int(year), 12, 31) for year in years])),
        },
    }  # fmt: skip


def _documents(city: City, keys: Keys) -> Tables:
    book = city.dossier.documents
    rows = book.living()
    rows = kept(rows, keys.tender[book["tender"][rows]] != NONE)
    rows = rows[np.lexsort([book["kind"][rows], keys.tender[book["tender"][rows]]])]
    return {
        "tender_document": {
            "tender_id": keys.tenders(book["tender"][rows]), "kind": words_at(DOCUMENT_KINDS, book["kind"][rows]), "published_on": days(book["published"][rows]),
        }
    }  # fmt: skip


def _clauses(city: City, keys: Keys) -> Tables:
    book = city.dossier.clauses
    rows = _living(book, keys.tender, keys.paper["tender_clause"])
    weight = book["weight"][rows]
    return {
        "tender_clause": {
            "clause_id": keys.papers("tender_clause", rows), "tender_id": keys.tenders(book["tender"][rows]), "kind": words_at(CLAUSE_KINDS, book["kind"][rows]),
            "text": wording_of(city.dossier, rows), "weight": quantity(np.where(weight == NONE, NONE, weight * 10_000)), "objective": flags(book["objective"][rows]),
        }
    }  # fmt: skip


def _changes(city: City, keys: Keys) -> Tables:
    book = city.dossier.changes
    rows = _living(book, keys.tender, keys.paper["tender_change"])
    field = book["field"][rows]
    return {
        "tender_change": {
            "change_id": keys.papers("tender_change", rows), "tender_id": keys.tenders(book["tender"][rows]), "field": words_at(CHANGED_FIELDS, field),
            "old_value": _value(field, book["old"][rows]), "new_value": _value(field, book["new"][rows]), "changed_at": seconds(book["changed"][rows]),
        }
    }  # fmt: skip


def _value(field: Ints, values: Ints) -> Column:
    """A changed value as text: a time, an amount in yuan, or words."""
    time = pc.strftime(seconds(np.where(field == CLOSES_AT, values, NONE)), format="%Y-%m-%d %H:%M")
    amount = among(field, [DOCUMENT_FEE, BUDGET])
    yuan = whole(np.where(amount, values // 100, NONE)).cast(pa.string())
    other = words_at(_OLD_AND_NEW, np.where(amount | (field == CLOSES_AT), NONE, values % len(_OLD_AND_NEW)))
    return pc.coalesce(time, yuan, other)


def _questions(city: City, keys: Keys) -> Tables:
    asked, filed = city.dossier.questions, city.dossier.complaints
    q, c = _living(asked, keys.tender, keys.paper["tender_question"]), _living(filed, keys.tender, keys.paper["tender_complaint"])
    answered = filed["answered"][c]
    return {
        "tender_question": {
            "question_id": keys.papers("tender_question", q), "tender_id": keys.tenders(asked["tender"][q]), "asked_at": seconds(asked["asked"][q]),
            "answered_at": seconds(asked["answered"][q]),
        },
        "tender_complaint": {
            "complaint_id": keys.papers("tender_complaint", c), "tender_id": keys.tenders(filed["tender"][c]), "enterprise_id": words_at(city.firms.code, filed["firm"][c]),
            "kind": words_at(("challenge", "complaint"), filed["kind"][c]), "filed_on": days(filed["filed"][c]), "answered_on": days(answered), "upheld": flags(filed["upheld"][c]),
        },
    }  # fmt: skip


def _bids(city: City, keys: Keys) -> Tables:
    """Parts of bid documents and scores, in the order of the bids."""
    bids, parts, scores = city.market.bids, city.dossier.parts, city.dossier.scores
    alive = (bids["alive"] == 1) & (keys.tender[bids["tender"]] != NONE)
    order = keys.tender[bids["tender"]] * 1000 + keys.bid
    p = kept(parts.living(), alive[parts["bid"][parts.living()]])
    p = p[np.lexsort([parts["part"][p], order[parts["bid"][p]]])]
    s = kept(scores.living(), alive[scores["bid"][scores.living()]])
    s = s[np.lexsort([scores["expert"][s], order[scores["bid"][s]]])]
    return {
        "bid_part": {
            "bid_id": keys.bids(parts["bid"][p]), "part_no": whole(parts["part"][p]), "kind": words_at(PART_KINDS, parts["kind"][p]),
            "fingerprint": numbered("pf", parts["print"][p] * 6_364_136_223 % 10**12, 12), "standard": flags(parts["standard"][p]),
            "named_id": words_at(city.firms.code, parts["named"][p]),
        },
        "evaluation": {
            "tender_id": keys.tenders(bids["tender"][scores["bid"][s]]), "bid_id": keys.bids(scores["bid"][s]), "expert_id": words_at(city.folk.ident, scores["expert"][s]),
            "score": quantity(scores["score"][s]),
        },
        "enterprise_group": _groups(city),
    }  # fmt: skip


def _groups(city: City) -> dict[str, Column]:
    book = city.dossier.groups
    return {
        "group_id": numbered("GP", book["group"] + 1, 4), "enterprise_id": words_at(city.firms.code, book["firm"]), "kind": words_at(("group", "association"), book["kind"]),
        "starts_on": days(book["starts"]), "ends_on": days(book["ends"]),
    }  # fmt: skip
