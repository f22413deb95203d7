"""The console's figures as a table for people."""

from collections.abc import Mapping
from typing import Any

Took = dict[str, float]
"""median, worst (wall) and cpu (median) of a request, in milliseconds."""
BUDGET = 300
"""Milliseconds at the server that the median of no page may take; PAINT: until Chromium paints."""
PAINT = 1000
READING = ("read at the start", "read after a run")
"""Done by the process itself before it serves and after a run: a page waits for it only when asked for meanwhile."""
DATABASES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


def console_section(told: Mapping[str, Any]) -> list[str]:
    """Lines of the report; none when the console was not measured."""
    if not told:
        return []
    known = [one for one in DATABASES if one in told]
    return [
        f"## The console with {told['alerts']:,} alerts",
        "",
        "Milliseconds inside the server process: median and worst of nine by the clock on the wall, and CPU of the process (median; without the",
        f"database server's where there is one). Promised: every page under {BUDGET} ms. Of those in italics a page waits only when it is asked for meanwhile.",
        "",
        "| who | what | " + " | ".join(f"{DATABASES[one]} | worst | CPU" for one in known) + " |",
        "| --- | --- |" + " ---: | ---: | ---: |" * len(known),
        *(_row(who, what, [told[one].get(who, {}).get(what) for one in known]) for who, what in _named(told, known)),
        "",
        _slowest(told, known),
        "",
        *_paint(told.get("paint")),
        "",
    ]


def over(told: Mapping[str, Any]) -> list[tuple[str, str, str, float]]:
    """Database, who, what and median of every page over the budget."""
    return [
        (database, who, what, one["median"])
        for database in DATABASES
        for who, times in told.get(database, {}).items()
        for what, one in times.items()
        if what not in READING and one["median"] > BUDGET
    ]


def _named(told: Mapping[str, Any], known: list[str]) -> list[tuple[str, str]]:
    pairs = [(who, what) for database in known for who, times in told[database].items() for what in times]
    return list(dict.fromkeys(pairs))


def _row(who: str, what: str, several: list[Took | None]) -> str:
    cells = [f"{_ms(one['median'], what)} | {one['worst']:.0f} | {one['cpu']:.0f}" if one else "– | – | –" for one in several]
    return f"| {who} | {f'*{what}*' if what in READING else what} | " + " | ".join(cells) + " |"


def _ms(value: float, what: str) -> str:
    return f"**{value:.0f}**" if value > BUDGET and what not in READING else f"{value:.0f}"


def _slowest(told: Mapping[str, Any], known: list[str]) -> str:
    late = over(told)
    if late:
        return f"Over the promise: {', '.join(f'{what} ({who}, {DATABASES[database]})' for database, who, what, _ in late)}."
    pages = [
        one["median"]
        for database in known
        for times in told[database].values()
        for what, one in times.items()
        if what not in READING
    ]
    return f"The slowest median is {max(pages):.0f} ms."


def _paint(paint: Mapping[str, Any] | None) -> list[str]:
    if not paint:
        return []
    if "missing" in paint:
        return [f"First paint was not measured: {paint['missing']}."]
    times = ", ".join(f"{what} {took:.0f} ms" for what, took in paint.items())
    return [f"First contentful paint in Chromium on loopback, median of five: {times} (promised: under {PAINT} ms)."]
