"""The planters of grain, vouchers and grants in the order they work."""

from collections.abc import Callable

from datasets.city.plant import (
    banned_with_grant,
    doubtful_grants,
    false_rotation,
    grain_circle,
    grain_complaints,
    grain_price,
    grain_sellers,
    shared_owner_grant,
    tied_merchant,
    voucher_cash_out,
)
from datasets.city.plant.scene import Scene

GRAIN: tuple[tuple[str, Callable[[Scene], None]], ...] = (
    ("S20", false_rotation.plant),
    ("S21", grain_circle.plant),
    ("S22", grain_sellers.plant),
    ("S23", grain_price.plant),
    ("S24", voucher_cash_out.plant),
    ("S25", doubtful_grants.plant),
    ("X11", banned_with_grant.plant),
    ("S25 left over", doubtful_grants.settle),
    ("X10", tied_merchant.plant),
    ("X02", shared_owner_grant.plant),
    ("X09", grain_complaints.plant),
)
"""Catalogue code and planter."""
