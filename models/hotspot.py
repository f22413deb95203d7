"""Hot spots (集中投诉热点): many different people complaining of one kind of thing in one place within 7 or 30 days.

A place is an area, or a spot in it that tickets name (an estate, a street number). What to expect comes from the place's own half
year before, drawn towards the mean of its like, and raised where the whole county complains more of it (straw smoke in June); the
chance of so many is the Poisson tail. One burst is
one hot spot: of the windows that overlap, the most telling one. Accusations are left out: nothing about them is derived.
"""

import hashlib
from typing import Any

import pandas as pd
import pyarrow as pa
from ibis.backends.duckdb import Backend
from scipy.stats import poisson

from models.complaint import WINDOWS, complaints, counted
from models.season import season

CHANCE = 0.001
"""H08's chance: among windows that overlap those below it come first."""
MOST_CHANCE = 0.05
"""Windows above it are everyday and are not written."""
FULL = {7: 5, 30: 10}
"""H08's numbers of different callers by window: how telling a window is, is its callers in terms of these."""
MOST_SEASON = 3.0
"""A surge of the whole county raises what is expected of a place, up to so many times."""
PRIOR_DAYS = 30
"""The mean of its like counts as much as so many days of a place's own past."""
SPOT_SCHEMA = pa.schema([
    ("hotspot_id", pa.string()), ("area_id", pa.string()), ("category", pa.string()), ("unit_id", pa.string()),
    ("starts_on", pa.date32()), ("ends_on", pa.date32()), ("window_days", pa.int64()), ("callers", pa.int64()),
    ("expected", pa.float64()), ("p_value", pa.float64()), ("because", pa.string()),
])  # fmt: skip
TICKET_SCHEMA = pa.schema([("hotspot_id", pa.string()), ("ticket_id", pa.string())])
SERIES = ["area_id", "category", "spot"]


def find_hotspots(tables: Backend) -> dict[str, pa.Table]:
    """The tables `score_hotspot` and `hotspot_ticket`.

    Reads ticket, area and mention. A hot spot is named after its place, kind of thing and the first ticket of its burst.
    """
    events = complaints(tables)
    windows = pd.concat([_judged(counted(tables, days), days, events) for days in WINDOWS], ignore_index=True)
    best = _apart(_bursts(windows))
    met = best.merge(events, on=SERIES)
    inside = met[(met["day"] >= met["starts_on"]) & (met["day"] <= met["ends_on"])].sort_values(["hotspot", "day", "ticket_id"])
    early = met[met["day"] >= met["burst_from"]].sort_values(["hotspot", "day", "ticket_id"]).drop_duplicates("hotspot")
    best["hotspot_id"] = [_hotspot_id(*parts) for parts in zip(*(early[c] for c in (*SERIES, "ticket_id")), strict=True)]
    best["unit_id"] = _main_unit(inside).reindex(best["hotspot"]).to_numpy(dtype=object)
    best["because"] = _because(best)
    names = best.set_index("hotspot")["hotspot_id"]
    tickets = inside.assign(hotspot_id=inside["hotspot"].map(names)).drop_duplicates(["hotspot_id", "ticket_id"])
    return {"score_hotspot": _table(best, SPOT_SCHEMA), "hotspot_ticket": _table(tickets, TICKET_SCHEMA)}


def _table(frame: pd.DataFrame, schema: pa.Schema) -> pa.Table:
    ordered = frame[schema.names].sort_values(schema.names[:2], kind="stable").astype(object)
    return pa.Table.from_pandas(ordered.where(ordered.notna(), None), schema=schema, preserve_index=False)


def _judged(window: pd.DataFrame, days: int, events: pd.DataFrame) -> pd.DataFrame:
    """Windows with what was to be expected and its chance; the everyday ones left out.

    `window`: as models/complaint.py counts them.
    """
    seen = window["days_before"] + window["days_after"]
    rate = (window["past"] + PRIOR_DAYS * window["mean"]) / (seen + PRIOR_DAYS)
    judged = window.assign(window_days=days, starts_on=window["ends_on"] - pd.Timedelta(days=days - 1))
    judged["expected"] = rate * days * season(judged, events).clip(1, MOST_SEASON)
    judged["p_value"] = poisson.sf(judged["callers"] - 1, judged["expected"])
    judged["telling"] = judged["callers"] / FULL[days]
    return judged[judged["p_value"] < MOST_CHANCE]


def _bursts(windows: pd.DataFrame) -> pd.DataFrame:
    """The most telling window of each burst: a chain of overlapping windows of one place and kind; burst_from is its first day."""
    ordered = windows.sort_values([*SERIES, "starts_on", "ends_on"]).reset_index(drop=True)
    same = [ordered[column] for column in SERIES]
    reach = ordered.groupby(SERIES)["ends_on"].cummax().groupby(same).shift()
    burst = (reach.isna() | (ordered["starts_on"] > reach)).cumsum()
    ordered["burst_from"] = ordered.groupby(burst)["starts_on"].transform("min")
    return _ranked(ordered.assign(burst=burst)).drop_duplicates("burst")


def _ranked(windows: pd.DataFrame) -> pd.DataFrame:
    """Windows by how telling they are: unlikely and full ones, then by callers in terms of H08's, chance, length, day, place."""
    short = (windows["p_value"] >= CHANCE) | (windows["telling"] < 1)
    keys = ["short", "telling", "p_value", "window_days", "starts_on", *SERIES]
    return windows.assign(short=short).sort_values(keys, ascending=[True, False, *[True] * 6], kind="stable")


def _apart(bursts: pd.DataFrame) -> pd.DataFrame:
    """Without the bursts of an area that overlap one of a spot in it, or the reverse: the more telling one stands for both."""
    ranked = _ranked(bursts).reset_index(drop=True)
    ranked["hotspot"] = ranked.index
    columns = ["hotspot", "spot", "starts_on", "ends_on", "area_id", "category"]
    both = ranked[columns].merge(ranked[columns], on=["area_id", "category"], suffixes=("", "_better"))
    nested = (both["spot"] == "") != (both["spot_better"] == "")
    overlap = (both["starts_on"] <= both["ends_on_better"]) & (both["starts_on_better"] <= both["ends_on"])
    pairs = both[nested & overlap & (both["hotspot_better"] < both["hotspot"])]
    dropped: set[int] = set()
    for hotspot, better in sorted(zip(pairs["hotspot"], pairs["hotspot_better"], strict=True)):
        if better not in dropped:  # what is dropped itself stands for nobody
            dropped.add(hotspot)
    return ranked[~ranked["hotspot"].isin(dropped)].sort_values("hotspot").reset_index(drop=True)


def _hotspot_id(*parts: str) -> str:
    return "HS" + hashlib.sha256("|".join(parts).encode()).hexdigest()[:14]


def _main_unit(inside: pd.DataFrame) -> "pd.Series[Any]":
    """The unit that handles most of a hot spot's tickets, the first by id of equals."""
    counts = inside[inside["unit_id"].notna()].groupby(["hotspot", "unit_id"]).size().rename("n").reset_index()
    ordered = counts.sort_values(["hotspot", "n", "unit_id"], ascending=[True, False, True]).drop_duplicates("hotspot")
    return pd.Series(ordered["unit_id"].to_numpy(dtype=object), index=ordered["hotspot"])


def _because(best: pd.DataFrame) -> list[str]:
    rows = zip(*(best[column] for column in ("spot", "window_days", "callers", "category", "expected", "p_value")), strict=True)
    return [
        f"{f'“{spot}”一处' if spot else '同一区划'}{days}天内{callers}人反映“{category}”；"
        f"按当地以往预期{expected:.1f}人，偶然这么多的概率{chance:.2g}"
        for spot, days, callers, category, expected, chance in rows
    ]
