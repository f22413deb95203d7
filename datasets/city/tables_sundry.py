"""Tables of the lesser registers in their contracts' columns."""

import numpy as np

from datasets.city.arrays import NONE
from datasets.city.city import City
from datasets.city.columns import constant, days, money, numbered, quantity, texts_of, whole, words_at
from datasets.city.keys import Keys
from datasets.city.register_keys import remedies
from datasets.city.sundry import LEAD_ORIGINS, MATTERS, ORIGINS, STATES
from datasets.city.tables_people import Tables, at_text


def sundry_tables(city: City, _keys: Keys) -> Tables:
    return _registers(city) | _leads(city) | _remedies(city)


def _remedies(city: City) -> Tables:
    book = city.remedies
    order = book.living()
    order = order[np.argsort(book["due"][order], kind="stable")]
    return {
        "rectification": {
            "rectification_id": remedies(city, order), "unit_id": words_at(city.bodies.code, book["unit"][order]),
            "due_on": days(book["due"][order]), "closed_on": days(book["closed"][order]),
        },
    }  # fmt: skip


def _registers(city: City) -> Tables:
    folk, areas, kept = city.folk, city.places.code, city.sundry
    jobs, states, villages = kept.jobs, kept.states, kept.village_areas
    rows, listed = jobs.living(), villages.living()
    employer = np.where(
        jobs["unit"][rows] != NONE, at_text(city.bodies.code, jobs["unit"][rows]), at_text(city.firms.code, jobs["firm"][rows])
    )
    return {
        "employment": {
            "person_id": words_at(folk.ident, jobs["person"][rows]), "employer_id": texts_of(employer), "starts_on": days(jobs["starts"][rows]),
            "ends_on": days(jobs["ends"][rows]), "monthly_wage": money(jobs["wage"][rows]),
        },
        "status_period": {
            "person_id": words_at(folk.ident, states["person"]), "status": words_at(STATES, states["state"]), "starts_on": days(states["starts"]), "ends_on": days(states["ends"]),
        },
        "village_area": {
            "area_id": words_at(areas, villages["area"][listed]), "year": whole(villages["year"][listed]), "origin": words_at(ORIGINS, villages["origin"][listed]),
            "mu": quantity(villages["mu"][listed]),
        },
    }  # fmt: skip


def _leads(city: City) -> Tables:
    leads, firms = city.sundry.leads, city.firms
    return {
        "external_lead": {
            "lead_id": numbered("EL", np.arange(len(leads)) + 1, 4), "origin": words_at(LEAD_ORIGINS, leads["origin"]), "subject_kind": constant("enterprise", len(leads)),
            "subject_id": words_at(firms.code, leads["firm"]), "matter": words_at(MATTERS, leads["matter"]), "amount": money(leads["amount"]), "sent_on": days(leads["sent"]),
            "answered_on": days(np.where(leads["answered"] > city.last, NONE, leads["answered"])),
        },
    }  # fmt: skip
