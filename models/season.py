"""Season (时令): how much more the rest of the county complains of a thing within a window than in the days that tell what is usual."""

from typing import Any

import numpy as np
import pandas as pd

STEADY = 5.0
"""Complaints added to both sides: of a few nothing is concluded about the county."""


def season(window: pd.DataFrame, events: pd.DataFrame) -> "pd.Series[float]":
    """The county's daily complaints within each window over those of the days around it, the place's own taken out of both.

    `window`: category, starts_on, ends_on, window_days, callers, past, days_before, days_after. `events`: category, spot, day,
    caller_id, each complaint with an empty spot once.
    """
    if window.empty:
        return pd.Series(1.0, index=window.index)
    first = events["day"].min()
    counts = events[events["spot"] == ""].drop_duplicates(["category", "area_id", "day", "caller_id"])
    categories = pd.Index(counts["category"].unique())
    days = int((events["day"].max() - first).days) + 1
    held = np.zeros((len(categories), days + 1))
    np.add.at(held, (categories.get_indexer(counts["category"]), (counts["day"] - first).dt.days.to_numpy() + 1), 1)
    running = held.cumsum(axis=1)
    row = categories.get_indexer(window["category"])

    def upto(offset: "pd.Series[Any]") -> "np.ndarray[Any, Any]":
        """Complaints of the window's kind on the first `offset` days of the records."""
        found: np.ndarray[Any, Any] = running[row, np.clip(offset.to_numpy(), 0, days)]
        return found

    start, end = (window["starts_on"] - first).dt.days, (window["ends_on"] - first).dt.days + 1
    inside = upto(end) - upto(start)
    around = upto(start) - upto(start - window["days_before"]) + upto(end + window["days_after"]) - upto(end)
    share = window["window_days"] / (window["days_before"] + window["days_after"])
    now = (inside - window["callers"]).clip(lower=0)
    usual = (around - window["past"]).clip(lower=0) * share
    found: pd.Series[float] = (now + STEADY) / (usual + STEADY)
    return found
