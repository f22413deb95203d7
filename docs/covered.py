"""The coverage page: every row of the catalogue, the rules that answer it, or the record it lacks."""

from rules.book import Book
from rules.catalogue import Coverage, coverage, read_catalogue

GROUPS = {
    "subsidy": "惠民补贴 Subsidy",
    "procurement": "采购 Procurement",
    "hotline": "热线 Hotline",
    "cross": "交叉比对 Cross-checks",
    "red_flag": "The Open Contracting Partnership's 73 red flags (2024)",
    "opentender": "Opentender's, where they are not among those above",
}


def page(book: Book) -> str:
    """The page as Markdown."""
    found = coverage(book, read_catalogue())
    live = sum(rule.status == "live" for rule in book.indicators.values())
    answered = sum(bool(one.live) for one in found.values())
    lines = [
        "# What the book covers 规则覆盖",
        "",
        "Generated from `rules/catalogue.yml` and `rules/book/` by `make docs`.",
        f"{live} live rules; {answered} of {len(found)} rows are answered by a live rule, the others name the record they lack.",
        "",
    ]
    for group, title in GROUPS.items():
        rows = {code: one for code, one in found.items() if one.row.group == group}
        lines += [f"## {title}", "", "| row | 名称 | name | rules, or the record it lacks |", "| --- | --- | --- | --- |"]
        lines += [f"| {code} | {one.row.zh} | {one.row.en} | {answer(one)} |" for code, one in rows.items()]
        lines.append("")
    return "\n".join(lines)


def answer(one: Coverage) -> str:
    links = [f"[{rule}](rules.md#{rule})" for rule in one.live]
    links += [f"[{rule}](rules.md#{rule}) (not live)" for rule in one.other]
    if one.row.lacks is not None:
        links.append(f"lacks: {one.row.lacks.zh}。{one.row.lacks.en}.")
    return " · ".join(links) or "—"
