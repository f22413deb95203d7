"""Write the generated pages: what every table holds, what every rule looks for, what every command does (`make docs`).

A test compares them with the contracts, the book and the commands, so they are never older than these.
"""

import json
import subprocess
import sys
from pathlib import Path

from datasets.contract import Column, Contract, Contracts, read_contracts
from docs import api, covered
from models import card
from rules.book import SHIPPED, Book, read_book
from rules.indicator import Indicator, Param

HERE = Path(__file__).parent
SURE = {"verified": "已核对", "secondary": "二手资料", "recalled": "待核对"}


def pages() -> dict[Path, str]:
    """Path of every generated page -> its text."""
    contracts = read_contracts()
    book = read_book([SHIPPED], contracts)
    return {
        HERE / "tables.md": tables(contracts),
        HERE / "rules.md": rules(book),
        HERE / "coverage.md": covered.page(book),
        **{card.FOLDER / f"{name}.md": card.page(name) or "" for name in card.names()},
        api.FILE: json.dumps(api.described(), ensure_ascii=False, indent=1, sort_keys=True) + "\n",
        HERE / "guide" / "commands.md": commands("en"),
        HERE / "guide" / "commands.zh-CN.md": commands("zh"),
    }


def commands(lang: str) -> str:
    """The page of the command line, written by a process of its own."""
    command = [sys.executable, str(HERE / "commands.py"), lang]
    return subprocess.run(command, check=True, capture_output=True, encoding="utf-8").stdout


def tables(contracts: Contracts) -> str:
    return "\n".join(
        [
            "# The tables 数据表",
            "",
            "Generated from `datasets/contracts/` by `make docs`. Every stored row also carries `batch_id`, `sheet` and `row_no`: the way back to its file.",
            "**Bold** columns are the key; *must* columns may not be empty; an empty cell of another means *unknown* or *none* (nothing of the kind exists).",
            "A sealed column holds a keyed pseudonym in place of the secret.",
            "",
            " · ".join(f"[{name}](#{name})" for name in sorted(contracts)),
            "",
            *(line for name in sorted(contracts) for line in table(contracts[name])),
        ]
    )


def table(contract: Contract) -> list[str]:
    return [
        f"## {contract.table}",
        "",
        f"{contract.title.zh} ({contract.title.en}). Kept for {contract.purpose}; {kept(contract.retention)}.",
        "",
        "| column | 中文 | meaning | type | empty means | sensitivity | refers to |",
        "| --- | --- | --- | --- | --- | --- | --- |",
        *(column_row(name, column, name in contract.key) for name, column in contract.columns.items()),
        "",
    ]


def column_row(name: str, column: Column, key: bool) -> str:
    codes = [f"{code} {column.words[code].zh}" for code in column.allowed]
    meaning = column.en + (f" ({' · '.join(codes)})" if column.allowed else "") + (f" [{column.unit}]" if column.unit else "")
    sensitivity = f"sealed: {column.seal}" if column.seal else column.sensitivity
    shown = f"**{name}**" if key else name
    cells = (shown, column.zh, meaning, column.type, column.null_means or "*must*", sensitivity, column.refers or "")
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def kept(retention: str) -> str:
    return "for ever" if retention == "permanent" else f"{retention[1:-1]} years"


def rules(book: Book) -> str:
    lines = [
        "# The rules 规则库",
        "",
        "Generated from `rules/book/` by `make docs`. A finding is a reason to look, not proof of a wrong.",
        "预警只是需要核实的疑点，不是结论。",
        "",
        "| rule | 规则 | looks for | catalogue | subject | severity |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    indicators = sorted(book.indicators.values(), key=lambda rule: (rule.topic, rule.id))
    lines += [
        f"| [{rule.id}](#{rule.id}) | {rule.title.zh} | {rule.title.en} | {', '.join(rule.tags)} | {rule.subject} | {rule.severity} |"
        for rule in indicators
    ]
    return "\n".join([*lines, "", *(line for rule in indicators for line in page(rule))])


def page(rule: Indicator) -> list[str]:
    return [
        f"## {rule.id}",
        "",
        f"**{rule.title.zh}** ({rule.title.en}) · {rule.topic} · {rule.status}",
        "",
        rule.why.zh.strip(),
        "",
        rule.why.en.strip(),
        "",
        *(f"- 依据：{basis.name}{basis.article or ''}（{SURE[basis.known]}）" for basis in rule.basis),
        "",
        f"先排除 (innocent explanations): {rule.innocent.zh.strip()} {rule.innocent.en.strip()}",
        "",
        *(f"{number}. {step.zh} ({step.en})" for number, step in enumerate(rule.verify, 1)),
        "",
        *params(rule),
    ]


def params(rule: Indicator) -> list[str]:
    if not rule.params:
        return []
    rows = [
        f"| {name} | {titled(param)} | {str(param.value).replace('|', '&#124;')} | {param.unit} | {param.why.zh} {param.why.en} |"
        for name, param in rule.params.items()
    ]
    return ["| param | meaning | value | unit | why |", "| --- | --- | --- | --- | --- |", *rows, ""]


def titled(param: Param) -> str:
    return f"{param.title.zh} ({param.title.en})" if param.title else ""


def main() -> int:
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")
        print(path.relative_to(HERE.parent))
    return 0


if __name__ == "__main__":
    sys.exit(main())
