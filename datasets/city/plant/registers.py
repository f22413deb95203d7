"""The planters of grain, vouchers and grants in the order they work."""

from collections.abc import Callable

from datasets.city.plant import doubtful_grants, false_rotation, grain_circle, grain_price, grain_sellers, voucher_cash_out
from datasets.city.plant.scene import Scene

GRAIN: tuple[tuple[str, Callable[[Scene], None]], ...] = (
    ("S20", false_rotation.plant),
    ("S21", grain_circle.plant),
    ("S22", grain_sellers.plant),
    ("S23", grain_price.plant),
    ("S24", voucher_cash_out.plant),
    ("S25", doubtful_grants.plant),
    ("S25 left over", doubtful_grants.settle),
)
"""Catalogue code and planter."""
