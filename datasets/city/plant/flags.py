"""The planters of the red flags that no row of purchases covers: before the papers are written, and after."""

from collections.abc import Callable

from datasets.city.plant import (
    against_plan,
    best_passed_over,
    changed_contract,
    direct_awards,
    late_bid,
    off_portal,
    off_reference,
    official_contact,
    performance,
    rejections,
    same_price,
    slight_flags,
    unregistered,
    upheld_complaint,
)
from datasets.city.plant.scene import Scene

BIDS: tuple[tuple[str, Callable[[Scene], None]], ...] = (
    ("R035", rejections.plant_all_others),
    ("R037", rejections.plant_unexplained),
    ("R028", same_price.plant),
    ("R030", late_bid.plant),
    ("R045", unregistered.plant),
)
PAPERS: tuple[tuple[str, Callable[[Scene], None]], ...] = (
    ("R049", direct_awards.plant_many),
    ("R054", direct_awards.plant_grown),
    ("R037 blank", rejections.blank),
    ("R056", best_passed_over.plant),
    ("R043", official_contact.plant),
    ("R073", performance.plant_not_conform),
    ("R068", performance.plant_overpaid),
    ("R067", performance.plant_late),
    ("R065", changed_contract.plant_less),
    ("R069", changed_contract.plant_dearer),
    ("R066", changed_contract.plant_more),
    ("R016", off_reference.plant),
    ("R020", upheld_complaint.plant),
    ("R012", against_plan.plant),
    ("R004", off_portal.plant),
)
SLIGHT: tuple[tuple[str, Callable[[Scene], None]], ...] = (
    ("R015", slight_flags.plant_slow),
    ("R061", slight_flags.plant_quick),
    ("R001", slight_flags.plant_intention),
    ("R005", slight_flags.plant_documents),
    ("R008", slight_flags.plant_fee),
    ("R009", slight_flags.plant_raised),
    ("R021", slight_flags.plant_points),
    ("R039", slight_flags.plant_questions),
)
"""Catalogue code and planter."""
