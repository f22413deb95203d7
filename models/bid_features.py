"""What a model sees of a tender (标书特征): its screens and those of its subgroups, its prices in order, and what else is known.

Never the id of the tender, nor who bid: in the published sets a tender counts as collusive because a convicted firm bid, so a
firm's name, or anything that tells the firm again, is the label itself. Nor the columns that are made from the label.
"""

import numpy as np
import pandas as pd

from models.bid_rows import OTHERS
from models.screens import SCREENS, SUMMARIES, screens, subgroup_screens

SIZES = (2, 3, 4)
"""Subgroups looked at: pairs, and the three and four of Wallimann, Imhof & Huber 2022."""
FIRST = 6
"""Prices told one by one, from the lowest."""
DIGITS, SAME = 7, 3.3e-8
"""Significant digits told apart, and what is no digit more: no decimal fraction, so that no price stands on the edge."""
PRICES = (
    "bids", *SCREENS,
    *(f"{name}{size}_{word}" for size in SIZES for name, (_, least) in SCREENS.items() if least <= size for word in SUMMARIES),
    *(f"price{place}" for place in range(1, FIRST + 1)), "price_last", "gap_max", "gap_median", "gap_cv", "quartiles",
    "winner_price", "winner_rank", "digits_mean", "digits_min", "digits_max",
)  # fmt: skip
"""What prices alone tell, free of scale: the same in any market, currency and year."""
LEVEL = ("log_mean", "log_lowest", "log_second", "log_third", "log_fourth", "log_highest", "log_median",
         "log_estimate", "lowest_to_estimate", "mean_to_estimate", "highest_to_estimate")  # fmt: skip
"""How large the contract is, and the buyer's own estimate."""
DATE = ("date", "lowest_of_date", "mean_of_date")
"""When it was, and how dear for its date. A cartel's years are a label in disguise: figures are given with and without."""
OTHER = tuple(f"{name} {word}" for name in OTHERS for word in ("mean", "min", "max", "std"))


def features(rows: pd.DataFrame) -> pd.DataFrame:
    """One row for each tender (file, tender) of bids as models/bid_rows.py reads them: PRICES, LEVEL, DATE and OTHER."""
    parts = [_of_file(bids).assign(file=file) for file, bids in rows.groupby("file", sort=True)]
    found = pd.concat(parts).reset_index().set_index(["file", "tender"])
    return found[[*PRICES, *LEVEL, *DATE, *OTHER]].astype(float)


def labels(rows: pd.DataFrame) -> "pd.Series[int]":
    """1 for each tender (file, tender) that counts as collusive, in the order of features()."""
    return rows.groupby(["file", "tender"], sort=True)["collusive"].first().astype(int)


def _of_file(bids: pd.DataFrame) -> pd.DataFrame:
    plain = bids[["tender", "price"]]
    parts = [screens(plain), *(subgroup_screens(plain, size) for size in SIZES), _in_order(bids), _winner(bids), _rounding(bids)]
    found = pd.concat([*parts, _level(bids), _others(bids)], axis=1)
    usual = found.groupby("date", dropna=False)[["log_lowest", "log_mean"]].transform("median")
    dated = found["date"].notna()
    found["lowest_of_date"] = (found["log_lowest"] - usual["log_lowest"]).where(dated)
    found["mean_of_date"] = (found["log_mean"] - usual["log_mean"]).where(dated)
    return found.reindex(columns=[*PRICES, *LEVEL, *DATE, *OTHER])


def _in_order(bids: pd.DataFrame) -> pd.DataFrame:
    """Prices from the lowest, over the tender's mean; the steps between them, over the lowest."""
    ordered = bids.sort_values(["tender", "price"], kind="stable")
    tender = ordered["tender"]
    place = ordered.groupby("tender").cumcount() + 1
    share = ordered["price"] / ordered.groupby("tender")["price"].transform("mean")
    first = share[place <= FIRST].groupby([tender, place]).first().unstack().rename(columns=lambda at: f"price{at}")
    found = first.assign(price_last=share.groupby(tender).last())
    steps = (ordered.groupby("tender")["price"].diff() / ordered.groupby("tender")["price"].transform("min")).groupby(tender)
    price = bids.groupby("tender")["price"]
    return found.assign(
        gap_max=steps.max(), gap_median=steps.median(), gap_cv=steps.std() / steps.mean().where(lambda mean: mean > 0),
        quartiles=(price.quantile(0.75) - price.quantile(0.25)) / price.median(),
    )  # fmt: skip


def _winner(bids: pd.DataFrame) -> pd.DataFrame:
    """The winner's price over the mean (log) and its rank (0 to 1): the lowest need not win."""
    price = bids.groupby("tender")["price"]
    known = bids.assign(share=np.log(bids["price"] / price.transform("mean")), rank=price.rank(pct=True))
    won = known[known["winner"] == 1].groupby("tender")[["share", "rank"]].min()
    return won.rename(columns={"share": "winner_price", "rank": "winner_rank"})


def _rounding(bids: pd.DataFrame) -> pd.DataFrame:
    """Significant digits of the prices as they were bid: made-up prices are round, or as long as another's."""
    price = bids["price_as_bid"].fillna(bids["price"]).to_numpy()
    leading = price / 10.0 ** np.floor(np.log10(price))
    digits = np.full(len(price), DIGITS)
    for kept in range(DIGITS - 1, -1, -1):
        digits[np.abs(leading.round(kept) - leading) < SAME] = kept
    told = pd.Series(digits, index=bids.index).groupby(bids["tender"])
    return pd.DataFrame({"digits_mean": told.mean(), "digits_min": told.min(), "digits_max": told.max()})


def _level(bids: pd.DataFrame) -> pd.DataFrame:
    ordered = bids.assign(log=np.log(bids["price"])).sort_values(["tender", "log"], kind="stable")
    log = ordered.groupby("tender")["log"]
    found = pd.DataFrame({
        "log_mean": np.log(bids.groupby("tender")["price"].mean()), "log_lowest": log.min(), "log_highest": log.max(),
        "log_median": log.median(), "log_estimate": np.log(bids.groupby("tender")["estimate"].first()),
        "date": bids.groupby("tender")["date"].first(),
    })  # fmt: skip
    for at, word in ((1, "second"), (2, "third"), (3, "fourth")):
        found[f"log_{word}"] = ordered[log.cumcount() == at].set_index("tender")["log"]
    for word in ("lowest", "mean", "highest"):
        found[f"{word}_to_estimate"] = found[f"log_{word}"] - found["log_estimate"]
    return found


def _others(bids: pd.DataFrame) -> pd.DataFrame:
    told = bids.groupby("tender")[list(OTHERS)].agg(["mean", "min", "max", "std"])
    return told.set_axis([" ".join(names) for names in told.columns], axis=1)
