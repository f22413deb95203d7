"""What tickets speak of (提及): names, sums, dates and codes found in their texts, each with its span and reason.

Aho-Corasick over the gazetteer finds every name at once; names inside longer names are left to the longer one,
and a name that several share is settled by where the ticket says it is. What stays ambiguous is not guessed.
"""

from decimal import Decimal
from typing import Any

import ahocorasick
import numpy as np
import pandas as pd
import pyarrow as pa
from ibis.backends.duckdb import Backend

from models.gazetteer import gazetteer, plain, squeezed
from models.mention_figure import figures
from models.mention_slip import COLUMNS, SHORTEST, folded, told_slips

TEXT_COLUMNS = ("title", "body", "place")
CHUNK = 8_000_000
"""Characters searched at a time: bounds memory, and an automaton's step costs the same anywhere."""
SCHEMA = pa.schema([
    ("ticket_id", pa.string()), ("entity_kind", pa.string()), ("entity_id", pa.string()), ("column_name", pa.string()),
    ("starts_pos", pa.int64()), ("ends_pos", pa.int64()), ("surface", pa.string()),
    ("certainty", pa.decimal128(18, 4)), ("because", pa.string()),
])  # fmt: skip
# how a name was settled, the surest first: (column that must be true, certainty, words)
REASONS = (
    ("alone", "1.0000", "名称全县唯一"),
    ("same_area", "1.0000", "名称有重名，与工单所涉区划相同"),
    ("town_named", "0.9500", "名称有重名，文中提到其所在乡镇"),
    ("same_town", "0.9000", "名称有重名，与工单所涉区划同镇"),
)
SHORT_FORM = ("0.9000", "（简称）")
SLIP = ("0.8000", "（原文错一字）")
FIGURES = {"money": "文中金额（元）", "date": "文中日期", "credit_code": "统一社会信用代码，校验码相符"}
STATED = ("1.0000", "工单登记的被反映单位")


def find_mentions(tables: Backend) -> pa.Table:
    """The `mention` table for every ticket: at most one entity of a kind for each span; of a sum, a day or a code the entity is its value.

    Reads ticket, area, unit, enterprise, programme and warehouse. Spans count characters of the stored text, end exclusive.
    """
    names = gazetteer(tables)
    ticket = tables.table("ticket").select("ticket_id", "area_id", "accused_unit_id", *TEXT_COLUMNS).to_pyarrow().to_pandas()
    spans = _spans(ticket, names)
    found = [_stated(ticket), _figures(ticket)]
    if len(spans):
        found.append(_settle(_candidates(spans, names), ticket, names))
    return pa.Table.from_pandas(pd.concat(found), schema=SCHEMA, preserve_index=False)


def _spans(ticket: pd.DataFrame, names: pd.DataFrame) -> pd.DataFrame:
    """Every name found: ticket (its row), column_name, starts_pos, ends_pos, surface, form, slip, and `inside`, the longer name around it.

    form: the name as it is meant; surface: as it is written; slip: whether one character of it is mistaken.
    """
    forms = pd.Series(names["form"].unique(), dtype=object)
    if forms.empty or ticket.empty:
        return pd.DataFrame(columns=["ticket", "column_name", "starts_pos", "ends_pos", "surface", "form", "slip", "inside"])
    automaton, lengths = _automaton(forms)
    long = forms[forms.str.len() >= SHORTEST]
    number_of, sounds = pd.factorize(folded(long).to_numpy(dtype=object))
    by_sound = pd.Series(long.to_numpy(), index=number_of, dtype=object)
    ear = _automaton(pd.Series(sounds, dtype=object)) if len(sounds) else None
    found = []
    for column in TEXT_COLUMNS:
        which, written = pd.factorize(plain(ticket[column]).to_numpy(dtype=object))
        distinct = squeezed(pd.Series(written, dtype=object)).to_numpy()
        hits = _in_texts(distinct, automaton, lengths)
        hits["form"] = forms.to_numpy()[hits["number"].to_numpy()]
        hits["inside"] = np.where(hits["around"] >= 0, forms.to_numpy()[hits["around"].to_numpy()], "")
        hits = hits.assign(slip=False)[[*COLUMNS, "slip", "inside"]]
        if ear is not None:
            heard = _in_texts(folded(pd.Series(distinct, dtype=object)).to_numpy(), *ear)
            slips = told_slips(heard[heard["around"] < 0], distinct, by_sound)
            slips = _beside(slips, hits).assign(slip=True, inside="")
            hits = pd.concat([_left_to_slips(hits, slips), slips], ignore_index=True)
        hits = _as_written(hits, written, distinct)
        rows = pd.DataFrame({"text": which, "ticket": np.arange(len(ticket))})
        found.append(rows.merge(hits, on="text").drop(columns="text").assign(column_name=column))
    return pd.concat(found, ignore_index=True)


def _as_written(hits: pd.DataFrame, written: "np.ndarray[Any, Any]", distinct: "np.ndarray[Any, Any]") -> pd.DataFrame:
    """Spans counted in the texts as they are written, with their blanks, and the words there."""
    text, start, end = (hits[name].to_numpy(dtype=np.int64, copy=True) for name in ("text", "starts_pos", "ends_pos"))
    blank = np.array([len(one) != len(other) for one, other in zip(written, distinct, strict=True)], dtype=bool)
    for hit in np.flatnonzero(blank[text]):  # few texts have blanks inside
        kept = [place for place, sign in enumerate(written[text[hit]]) if not sign.isspace()]
        start[hit], end[hit] = kept[start[hit]], kept[end[hit] - 1] + 1
    words = [written[one][a:b] for one, a, b in zip(text, start, end, strict=True)]
    return hits.assign(starts_pos=start, ends_pos=end, surface=words)


def _automaton(forms: "pd.Series[Any]") -> "tuple[Any, np.ndarray[Any, Any]]":
    automaton = ahocorasick.Automaton()
    for number, form in enumerate(forms):
        automaton.add_word(form, number)
    automaton.make_automaton()
    return automaton, forms.str.len().to_numpy()


def _beside(slips: pd.DataFrame, hits: pd.DataFrame) -> pd.DataFrame:
    """The slips that no rightly written name holds or crosses; a slip around a shorter right name stays: it is the longer name."""
    met = slips.reset_index(names="slip").merge(hits[["text", "starts_pos", "ends_pos"]], on="text", suffixes=("", "_right"))
    crosses = (met["starts_pos_right"] < met["ends_pos"]) & (met["starts_pos"] < met["ends_pos_right"])
    within = (met["starts_pos"] <= met["starts_pos_right"]) & (met["ends_pos_right"] <= met["ends_pos"])
    shorter = within & (met["ends_pos_right"] - met["starts_pos_right"] < met["ends_pos"] - met["starts_pos"])
    return slips[~slips.index.isin(met.loc[crosses & ~shorter, "slip"])]


def _left_to_slips(hits: pd.DataFrame, slips: pd.DataFrame) -> pd.DataFrame:
    """The right names, each that lies in a longer misspelled one told to be inside it."""
    met = hits.reset_index(names="hit").merge(
        slips[["text", "starts_pos", "ends_pos", "form"]], on="text", suffixes=("", "_slip")
    )
    within = met[(met["starts_pos_slip"] <= met["starts_pos"]) & (met["ends_pos"] <= met["ends_pos_slip"])]
    around = within.drop_duplicates("hit").set_index("hit")["form_slip"]
    return hits.assign(inside=around.reindex(hits.index).fillna(hits["inside"]))


def _in_texts(distinct: "np.ndarray[Any, Any]", automaton: Any, lengths: "np.ndarray[Any, Any]") -> pd.DataFrame:
    """Hits in texts, as `_outermost` tells them."""
    sizes = np.fromiter(map(len, distinct), np.int64, len(distinct))
    starts = np.concatenate([[0], np.cumsum(sizes + 1)[:-1]])
    parts = []
    for chunk in np.split(np.arange(len(distinct)), np.flatnonzero(np.diff(starts // CHUNK)) + 1):
        joined = "\n".join(distinct[chunk])  # no name holds a line break, so none is found across two texts
        hits = np.array([(end, number) for end, number in automaton.iter(joined)], dtype=np.int64).reshape(-1, 2)
        parts.append(_outermost(hits, lengths, starts[chunk] - starts[chunk[0]], chunk[0]))
    return pd.concat(parts, ignore_index=True)


def _outermost(
    hits: "np.ndarray[Any, Any]", lengths: "np.ndarray[Any, Any]", starts: "np.ndarray[Any, Any]", first: int
) -> pd.DataFrame:
    """Hits as spans within their texts; `around` is the number of the longer name a span lies in, or -1."""
    number, end = hits[:, 1], hits[:, 0] + 1
    start = end - lengths[number]
    order = np.lexsort((-end, start))
    number, start, end = number[order], start[order], end[order]
    reach = np.maximum.accumulate(end) if len(end) else end
    before = np.concatenate([[-1], reach[:-1]]) if len(end) else end
    reacher = np.maximum.accumulate(np.where(end > before, np.arange(len(end)), 0)) if len(end) else end
    around = np.where(end <= before, number[reacher], -1)
    text = np.searchsorted(starts, start, side="right") - 1
    return pd.DataFrame(
        {
            "text": text + first,
            "starts_pos": start - starts[text],
            "ends_pos": end - starts[text],
            "number": number,
            "around": around,
        }
    )


def _candidates(spans: pd.DataFrame, names: pd.DataFrame) -> pd.DataFrame:
    """Spans x the entities they may mean. A name inside a longer one counts only for the place of the unit or warehouse named there."""
    pairs = spans.reset_index(names="span").merge(names, on="form")
    homes = names.loc[names["kind"].isin(["unit", "warehouse"]), ["form", "area_id", "town_id"]]
    of_unit = pd.concat([
        homes[["form", "area_id"]].rename(columns={"form": "inside", "area_id": "entity_id"}),
        homes[["form", "town_id"]].rename(columns={"form": "inside", "town_id": "entity_id"}),
    ]).drop_duplicates().assign(at_home=True)  # fmt: skip
    pairs = pairs.merge(of_unit, on=["inside", "entity_id"], how="left")
    place = pairs["kind"].isin(["village", "town"])
    return pairs[(pairs["inside"] == "") | (place & pairs["at_home"].notna())].drop(columns=["at_home"])


def _settle(pairs: pd.DataFrame, ticket: pd.DataFrame, names: pd.DataFrame) -> pd.DataFrame:
    """Choose the entity of every span, with the surest reason that leaves exactly one."""
    towns = dict(zip(names["entity_id"], names["town_id"], strict=True))
    where = ticket["area_id"].fillna("").astype(object).to_numpy()[pairs["ticket"].to_numpy(dtype=np.int64)]
    where_town = pd.Series(where, index=pairs.index).map(towns).astype(object).fillna("")
    named = pairs.loc[pairs["kind"] == "town", ["ticket", "entity_id"]].drop_duplicates().rename(columns={"entity_id": "town_id"})
    group = [pairs["span"], pairs["kind"]]
    pairs = pairs.assign(
        alone=pairs.groupby(["span", "kind"])["entity_id"].transform("nunique") == 1,
        same_area=(pairs["area_id"] == where) & (where != ""),
        same_town=(pairs["town_id"] == where_town) & (where_town != ""),
        town_named=pairs.merge(named.assign(hit=True), on=["ticket", "town_id"], how="left")["hit"].notna().to_numpy(),
    )
    pairs["rank"] = len(REASONS)
    for rank, (column, _, _) in reversed(list(enumerate(REASONS))):
        holds = pairs[column].astype(bool)
        single = holds.groupby(group).transform("sum") == 1
        pairs.loc[holds & single, "rank"] = rank
    best = pairs[(pairs["rank"] < len(REASONS)) & (pairs["rank"] == pairs.groupby(["span", "kind"])["rank"].transform("min"))]
    return _worded(best, ticket)


def _worded(best: pd.DataFrame, ticket: pd.DataFrame) -> pd.DataFrame:
    rank = best["rank"].to_numpy(dtype=np.int64)
    sure = np.array([certainty for _, certainty, _ in REASONS], dtype=object)[rank]
    words = np.array([text for _, _, text in REASONS], dtype=object)[rank]
    full = best["full"].to_numpy(dtype=bool)
    certainty = np.where(full, sure, np.minimum(sure, SHORT_FORM[0]))
    because = np.where(full, words, words + SHORT_FORM[1])
    slip = best["slip"].to_numpy(dtype=bool)
    certainty = np.where(slip, np.minimum(certainty, SLIP[0]), certainty)
    because = np.where(slip, because + SLIP[1], because)
    return pd.DataFrame({
        "ticket_id": ticket["ticket_id"].to_numpy()[best["ticket"].to_numpy(dtype=np.int64)],
        "entity_kind": best["kind"], "entity_id": best["entity_id"], "column_name": best["column_name"],
        "starts_pos": best["starts_pos"], "ends_pos": best["ends_pos"], "surface": best["surface"],
        "certainty": pd.Series(certainty, index=best.index).map(Decimal), "because": because,
    })  # fmt: skip


def _stated(ticket: pd.DataFrame) -> pd.DataFrame:
    """The unit complained about, as the platform registered it."""
    known = ticket[ticket["accused_unit_id"].notna()]
    return pd.DataFrame({
        "ticket_id": known["ticket_id"], "entity_kind": "unit", "entity_id": known["accused_unit_id"],
        "column_name": "accused_unit_id", "starts_pos": 0, "ends_pos": known["accused_unit_id"].str.len(),
        "surface": known["accused_unit_id"], "certainty": Decimal(STATED[0]), "because": STATED[1],
    })  # fmt: skip


def _figures(ticket: pd.DataFrame) -> pd.DataFrame:
    """Sums, dates and credit codes of titles and bodies: the value stands for the entity."""
    found = [
        (number, column, *figure)
        for column in ("title", "body")
        for number, text in enumerate(plain(ticket[column]))
        for figure in figures(text)
    ]
    rows = pd.DataFrame(found, columns=["ticket", "column_name", "entity_kind", "entity_id", "starts_pos", "ends_pos"])
    written = [
        ticket[column].iloc[number][start:end]
        for number, column, start, end in zip(
            rows["ticket"], rows["column_name"], rows["starts_pos"], rows["ends_pos"], strict=True
        )
    ]
    rows["surface"], rows["because"] = written, rows["entity_kind"].map(FIGURES).astype(object)
    rows["certainty"] = pd.Series(STATED[0], index=rows.index, dtype=object).map(Decimal)
    rows["ticket_id"] = ticket["ticket_id"].to_numpy()[rows["ticket"].to_numpy(dtype=np.int64)]
    return rows.drop(columns="ticket")
