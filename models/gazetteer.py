"""The gazetteer (地名机构名词典): every form under which areas, units, enterprises, programmes and grain warehouses are written, and whom each may mean."""

from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
from ibis.backends.duckdb import Backend

from datasets import strict_yaml
from datasets.contract import Declared

SHIPPED = Path(__file__).parent / "gazetteer.yml"
COLUMNS = ["form", "kind", "entity_id", "area_id", "town_id", "full"]
# full-width signs to half-width, one character for one, so that positions stay those of the text
PLAIN = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}


class NameForms(Declared):
    """How short forms are made (`gazetteer.yml`)."""

    min_short: int
    min_short_unit: int
    same_endings: tuple[tuple[str, ...], ...]
    enterprise_suffixes: tuple[str, ...]
    county_words: tuple[str, ...]
    former_separator: str
    look_alike: tuple[str, ...]
    telling: str


@cache
def shipped_forms() -> NameForms:
    return strict_yaml.read(SHIPPED, NameForms)[0]


def plain(texts: "pd.Series[Any]") -> "pd.Series[Any]":
    """Texts with full-width signs made half-width; the number of characters stays the same."""
    return texts.fillna("").astype(object).str.translate(PLAIN)


def squeezed(texts: "pd.Series[Any]") -> "pd.Series[Any]":
    """Texts without blanks and line breaks, which names are broken by."""
    return texts.str.replace(r"\s+", "", regex=True)


def gazetteer(tables: Backend) -> pd.DataFrame:
    """One row for each form and entity it may mean.

    Columns: form, kind (village, town, unit, enterprise, programme, warehouse), entity_id, area_id and town_id of the
    entity (its own id for a town; empty where unknown), full (False for a short form).
    """
    forms = shipped_forms()
    area = _read(tables, "area", ["area_id", "name", "level", "parent_id"])
    unit = _read(tables, "unit", ["unit_id", "name", "name_former", "area_id"])
    towns = _towns(area)
    parts = [
        _areas(area),
        _units(unit, area, forms),
        _enterprises(_read(tables, "enterprise", ["enterprise_id", "name", "area_id"]), forms),
        _named(_read(tables, "programme", ["programme_id", "name"]), "programme", "programme_id"),
        _warehouses(_read(tables, "warehouse", ["warehouse_id", "name", "area_id"]), area, forms),
    ]
    found = pd.concat([part for part in parts if len(part)] or [pd.DataFrame(columns=COLUMNS)], ignore_index=True)
    found["form"] = squeezed(found["form"])
    found["town_id"] = found["area_id"].map(towns).astype(object).fillna("")
    found = found[found["form"].str.len() >= 2].sort_values(
        ["form", "kind", "entity_id", "full"], ascending=[True, True, True, False]
    )
    found = found.drop_duplicates(["form", "kind", "entity_id"])
    return _without_doubtful_short_forms(found)[COLUMNS].reset_index(drop=True)


def _read(tables: Backend, name: str, columns: list[str]) -> pd.DataFrame:
    frame: pd.DataFrame = tables.table(name).select(*columns).to_pyarrow().to_pandas().astype(object)
    frame["name"] = plain(frame["name"]).str.strip()
    return frame.where(frame.notna(), "")


def _towns(area: pd.DataFrame) -> dict[str, str]:
    parents = dict(zip(area["area_id"], area["parent_id"], strict=True))
    levels = dict(zip(area["area_id"], area["level"], strict=True))
    return {one: one if levels[one] == "town" else parents[one] if levels[one] == "village" else "" for one in parents}


def _rows(frame: pd.DataFrame, form: "pd.Series[Any]", kind: object, entity: str, full: bool) -> pd.DataFrame:
    area = frame.get("area_id", "")
    return pd.DataFrame({"form": form, "kind": kind, "entity_id": frame[entity], "area_id": area, "full": full})


def _named(frame: pd.DataFrame, kind: str, entity: str) -> pd.DataFrame:
    return _rows(frame, frame["name"], kind, entity, True)


def _areas(area: pd.DataFrame) -> pd.DataFrame:
    below = area[area["level"].isin(["village", "town"])]
    return _rows(below, below["name"], below["level"], "area_id", True)


def _units(unit: pd.DataFrame, area: pd.DataFrame, forms: NameForms) -> pd.DataFrame:
    names = unit.assign(name=unit["name"] + forms.former_separator + plain(unit["name_former"]))
    names = names.assign(name=names["name"].str.split(forms.former_separator)).explode("name")
    names["name"] = names["name"].str.strip()
    names = names[names["name"] != ""]
    bare = _without_county(names["name"], area, forms)
    shorter = [names.assign(name=bare)[(bare != names["name"]) & (bare.str.len() >= forms.min_short_unit)]]
    government = names.assign(name=names["name"].str.replace("人民政府", "政府", regex=False))
    shorter += [government[government["name"] != names["name"]]]
    shorter += [others for endings in forms.same_endings for others in _other_endings(names, endings)]
    short = pd.concat(shorter)
    return pd.concat(
        [_rows(names, names["name"], "unit", "unit_id", True), _rows(short, short["name"], "unit", "unit_id", False)]
    )


def _without_county(names: "pd.Series[Any]", area: pd.DataFrame, forms: NameForms) -> "pd.Series[Any]":
    counties = [name for name in area.loc[area["level"] == "county", "name"] if name] + list(forms.county_words)
    starts = "|".join(sorted(counties, key=len, reverse=True))
    return names.str.replace(rf"^(?:{starts})", "", regex=True)


def _warehouses(store: pd.DataFrame, area: pd.DataFrame, forms: NameForms) -> pd.DataFrame:
    """Grain warehouses by their names, and without their county, their town and the word for a firm: 通海县西亭镇中心粮库有限公司."""
    bare = _without_county(store["name"], area, forms)
    towns = "|".join(sorted((name for name in area.loc[area["level"] == "town", "name"] if name), key=len, reverse=True))
    endings = "|".join(forms.enterprise_suffixes)
    parts = [_named(store, "warehouse", "warehouse_id")]
    for short in (bare, bare.str.replace(rf"(?:{endings})$", "", regex=True)):
        for form in (short, short.str.replace(rf"^(?:{towns})", "", regex=True)) if towns else (short,):
            fits = (form != store["name"]) & (form.str.len() >= forms.min_short)
            parts.append(_rows(store[fits], form[fits], "warehouse", "warehouse_id", False))
    return pd.concat(parts)


def _other_endings(names: pd.DataFrame, endings: tuple[str, ...]) -> list[pd.DataFrame]:
    found, left = [], names
    for ending in endings:  # the longest first: 东风村村民委员会 is 东风 + 村村民委员会
        has = left["name"].str.endswith(ending)
        stem = left.loc[has, "name"].str.removesuffix(ending)
        found += [left[has].assign(name=stem + other) for other in endings if other != ending]
        left = left[~has]
    return found


def _enterprises(firm: pd.DataFrame, forms: NameForms) -> pd.DataFrame:
    endings = "|".join(forms.enterprise_suffixes)
    bare = firm["name"].str.replace(rf"(?:{endings})$", "", regex=True)
    short = firm.assign(name=bare)[(bare != firm["name"]) & (bare.str.len() >= forms.min_short)]
    return pd.concat(
        [_named(firm, "enterprise", "enterprise_id"), _rows(short, short["name"], "enterprise", "enterprise_id", False)]
    )


def _without_doubtful_short_forms(found: pd.DataFrame) -> pd.DataFrame:
    """Leave out a short form that is somebody's whole name, or short for several firms."""
    whole = set(found.loc[found["full"], "form"])
    meant = found.groupby(["form", "kind"])["entity_id"].transform("nunique")
    doubtful = found["form"].isin(whole) | ((found["kind"] == "enterprise") & (meant > 1))
    return found[found["full"] | ~doubtful]
