"""The planters of public purchases in the order they work: bids, people and prices before the papers are written, then the papers."""

from collections.abc import Callable

from datasets.city.plant import (
    alike_documents,
    apart,
    behind_bidders,
    below_limit,
    borrowed,
    gave_up,
    grown_contract,
    high_bond,
    late_contract,
    new_shell,
    odd_award,
    odd_expert,
    one_group,
    one_head,
    one_supplier,
    own_firm,
    papers,
    passed_on,
    ring,
    shared_contact,
    short_notice,
    single_source,
    staff_tie,
    tailored,
)
from datasets.city.plant.flags import BIDS, PAPERS, SLIGHT
from datasets.city.plant.scene import Scene

FIRMS: tuple[tuple[str, Callable[[Scene], None]], ...] = (
    ("purchases", apart.settle),
    ("C26", new_shell.plant),
    ("C12", ring.plant),
    ("C11", ring.plant),
)
"""Those who take whole firms, while no tender plays a part yet."""
PURCHASES: tuple[tuple[str, Callable[[Scene], None]], ...] = (
    ("C3", shared_contact.plant),
    ("C4", shared_contact.plant),
    ("C7", shared_contact.plant),
    ("C8", one_head.plant),
    ("C9", behind_bidders.plant),
    ("C10", one_group.plant),
    ("C13", borrowed.plant),
    ("C24", staff_tie.plant),
    ("C21", odd_award.plant_limit),
    ("C22", odd_award.plant_low),
    ("C19 closing", short_notice.plant_closing),
    ("C15", below_limit.plant),
    ("C16 often", single_source.plant_often),
    ("C27", one_supplier.plant),
    ("C10 associations", one_group.members),
    *BIDS,
    ("papers", papers.plant),
    ("C16", single_source.plant_unfounded),
    ("C5", alike_documents.plant),
    ("C17", grown_contract.plant),
    ("C28", passed_on.plant),
    ("C29", late_contract.plant_differs),
    ("C20", late_contract.plant_late),
    ("C32", gave_up.plant),
    ("C31", odd_expert.plant),
    ("C19 documents", short_notice.plant_documents),
    ("C19 clarified", short_notice.plant_clarified),
    ("C30", high_bond.plant),
    ("C23", tailored.plant),
    *PAPERS,
    *SLIGHT,
)
"""Catalogue code and planter."""
LAST: tuple[tuple[str, Callable[[Scene], None]], ...] = (
    ("C24 by chance", staff_tie.by_chance),
    ("X06 by chance", own_firm.by_chance),
)
"""Those who look at everybody once all the others are done."""
