"""The figures of screenings as a table for people."""

from collections.abc import Mapping
from typing import Any

SINGLE, LIST = 100, 10
"""Milliseconds aimed at for the 99th percentile of a single row, and seconds for a list of 10,000."""
TABLES = ("subsidy_payment", "bid", "tender")


def screening_section(told: Mapping[str, Any]) -> list[str]:
    """Lines of the report; none when screenings were not measured."""
    if not told:
        return []
    return [
        "## Rows screened before they take effect",
        "",
        "By the full book, one after the other in one process, its allocator set as in `install/systemd`: wall clock, and CPU of the process, which is the figure to compare when others use the machine.",
        f"Aimed at: p99 of a single row under {SINGLE} ms, a list of 10,000 under {LIST} s.",
        "",
        "| rows of | p50 | p99 | CPU p50 | CPU p99 | a second | list | CPU of the list | the same rules over everything |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
        *(_row(name, told) for name in TABLES if name in told),
        "",
        f"Through the service's application, without a network: a payment p50 {told['http']['p50_ms']} ms, p99 {told['http']['p99_ms']} ms. "
        f"The screener is ready {told['ready_seconds']:.1f} s after it is asked for.",
        "",
    ]


def _row(name: str, told: Mapping[str, Any]) -> str:
    one, some = told[name]["single"], told[name]["list"]
    return (
        f"| {name} | {one['p50_ms']} ms | {one['p99_ms']} ms | {one['cpu_p50_ms']} ms | {one['cpu_p99_ms']} ms | {one['a_second']} "
        f"| {some['seconds']:.1f} s | {some['cpu_seconds']:.1f} s | {told['whole_seconds'][name]} s |"
    )
