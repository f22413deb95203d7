"""The planters in the order they work: money first, then what builds on it, tickets last."""

from collections.abc import Callable

from datasets.city.city import City
from datasets.city.plant import (
    accusations,
    amounts,
    back_pay_rush,
    cadre_relatives,
    claimed_over_registered,
    collective_land,
    complaint_names_flagged,
    complaint_names_supplier,
    debarred,
    empty_reply,
    exclusive_programmes,
    firm_owner_on_list,
    invalid_ids,
    machine_dealers,
    many_on_one_account,
    overdue,
    owner_on_list,
    paid_after_death,
    paid_by_two_towns,
    paid_in_custody,
    ping_pong,
    plot_paid_twice,
    posts_not_worked,
    property_over_limit,
    public_employee_on_list,
    regular_prices,
    same_matter,
    several_accounts,
    shared_machine,
    single_bid,
    split_purchase,
    strange_names,
    village_totals,
)
from datasets.city.plant.purchases import FIRMS, LAST, PURCHASES
from datasets.city.plant.scene import Scene

PLANTERS: tuple[tuple[str, Callable[[Scene], None]], ...] = (
    ("S01", paid_after_death.plant),
    ("S02", paid_by_two_towns.plant),
    ("S04", public_employee_on_list.plant),
    ("S10", many_on_one_account.plant),
    ("S13", claimed_over_registered.plant),
    *FIRMS,
    ("C14", split_purchase.plant),
    ("C25", debarred.plant),
    ("C1", shared_machine.plant),
    ("C2", shared_machine.plant),
    ("C6", regular_prices.plant),
    ("R018", single_bid.plant),
    *PURCHASES,
    ("X01", owner_on_list.plant),
    ("S03", exclusive_programmes.plant),
    ("S06", cadre_relatives.plant_concentration),
    ("S05", cadre_relatives.plant),
    ("S07", firm_owner_on_list.plant),
    ("S09", paid_in_custody.plant),
    ("S11", strange_names.plant),
    ("S12", several_accounts.plant),
    ("S14", plot_paid_twice.plant),
    ("S16", collective_land.plant),
    ("S15", village_totals.plant),
    ("S17", amounts.plant),
    ("S18", back_pay_rush.plant),
    ("S19", machine_dealers.plant),
    ("S27", posts_not_worked.plant),
    ("S28", invalid_ids.plant),
    ("S08", property_over_limit.plant),
    ("S11 suspects", strange_names.settle_suspects),
    ("X03", complaint_names_flagged.plant),
    ("X03 suppliers", complaint_names_supplier.plant),
    ("H04", same_matter.plant),
    ("H05", ping_pong.plant),
    ("H06", empty_reply.plant),
    ("accusations", accusations.plant),
    ("H01", overdue.plant),
    *LAST,
)
"""Catalogue code and planter: a new row of the catalogue is a file and a line here."""


def plant_all(city: City) -> None:
    for rule, plant in PLANTERS:
        plant(Scene(city, rule))
