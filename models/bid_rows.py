"""Bids from CSV files (投标报价表): one row for each bid, whatever the publisher calls its columns."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

NAMES: Mapping[str, tuple[str, ...]] = {
    "tender": ("Tender", "tender", "tender_id", "项目编号"),
    "price": ("Bid_value", "price", "报价"),
    "collusive": ("Collusive_competitor", "collusive", "是否串通"),
    "winner": ("Winner", "winner", "是否中标"),
    "estimate": ("Pre-Tender Estimate (PTE)", "estimate", "price_limit", "最高限价"),
    "date": ("Date", "date", "开标日期"),
    "bidder": ("Competitors", "bidder", "bidder_id", "投标人"),
    "cartel": ("Cartel_name", "cartel"),
    "price_as_bid": ("Bid_value_without_inflation",),
}
"""What a column means -> what it may be called; those of García Rodríguez et al. 2022, our own, and Chinese headings."""
NEEDED = ("tender", "price")
OTHERS = (
    "Site", "Brazilian State", "Contract_type", "Consortium", "Capital", "Legal_entity_type",
    "Bid_value_inflation_raw_milk_price_adjusted_bid",
)  # fmt: skip
"""Further columns of the paper's own settings: where and what the tender is, and what kind of firms bid."""
NO_DATE = -5e9
"""Dates below are a missing time turned into a number (so in the Brazilian set)."""


def read_bids(paths: Sequence[Path], labelled: bool = True) -> pd.DataFrame:
    """The bids of CSV files: file (its name), the columns of NAMES and OTHERS (NaN where a file has none).

    tender is text; price above zero; date a number in each file's own unit (days where it was written as a date); collusive and
    winner 0 or 1. Raises ValueError that says everything wrong with a file.
    """
    names = [path.name for path in paths]
    keys = names if len(set(names)) == len(names) else [str(path) for path in paths]
    return pd.concat([_read(path, key, labelled) for path, key in zip(paths, keys, strict=True)], ignore_index=True)


def _read(path: Path, key: str, labelled: bool) -> pd.DataFrame:
    try:
        raw = pd.read_csv(path, low_memory=False)
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as error:
        raise ValueError(f"{path}: not a CSV file in UTF-8 ({error})") from error
    found = {meaning: next((name for name in names if name in raw), None) for meaning, names in NAMES.items()}
    needed = (*NEEDED, "collusive") if labelled else NEEDED
    missing = [f"{meaning} ({' or '.join(NAMES[meaning])})" for meaning in needed if found[meaning] is None]
    if missing:
        raise ValueError(f"{path}: there is no column {', '.join(missing)}; it has {', '.join(map(str, raw.columns))}")
    rows = pd.DataFrame({meaning: raw[name] if name else np.nan for meaning, name in found.items()}, index=raw.index)
    for name in OTHERS:
        rows[name] = pd.to_numeric(raw[name], errors="coerce") if name in raw else np.nan
    wrong: list[str] = []
    for name in ("price", "collusive", "winner", "estimate", "cartel", "price_as_bid"):
        rows[name] = _numbers(rows[name], name, path, wrong, name == "price" or (name == "collusive" and labelled))
    if labelled and not wrong and (torn := rows.groupby("tender")["collusive"].nunique().gt(1)).any():
        wrong.append(f"{path}: tender {torn.idxmax()} is collusive in one row and not in another; the label is the tender's")
    if labelled and not rows["collusive"].dropna().isin((0, 1)).all():
        wrong.append(f"{path}: collusive is {rows['collusive'][~rows['collusive'].isin((0, 1))].iloc[0]:g}; it is 0 or 1")
    if wrong:
        raise ValueError("\n".join(wrong))
    return rows.assign(file=key, tender=rows["tender"].astype(str), date=_dates(rows["date"]))


def _numbers(column: "pd.Series[float]", name: str, path: Path, wrong: list[str], needed: bool) -> "pd.Series[float]":
    """The column as numbers; adds the first row where one is missing, or a price is not above zero."""
    told = pd.to_numeric(column, errors="coerce")
    bad = (told.isna() & (column.notna() | needed)) | ((name == "price") & (told <= 0))
    if bad.any():
        at = int(np.flatnonzero(bad)[0])
        right = "a number above zero" if name == "price" else "a number"
        wrong.append(f"{path}:{at + 2}: {name} is {column.iloc[at]!r}; it must be {right} ({int(bad.sum())} rows are not)")
    return told.astype(float)


def _dates(column: "pd.Series[float]") -> "pd.Series[float]":
    """Numbers as they are; what is written as a date in days since 1970."""
    if column.isna().all():
        return column.astype(float)
    told = pd.to_numeric(column, errors="coerce")
    if told.isna().all():
        day = pd.to_datetime(column, errors="coerce", format="mixed")
        return (day - pd.Timestamp(0)) / pd.Timedelta(days=1)
    return told.where(told >= NO_DATE).astype(float)
