"""The page of a rule (规则说明): why, on what basis, how, with what thresholds, what may be innocent, and its tests as worked examples."""

from collections.abc import Iterable

from rules.indicator import Indicator, Param, RuleTest

SURE = {"zh": {"verified": "已核对", "secondary": "二手资料", "recalled": "待核对"}, "en": {"verified": "verified", "secondary": "secondary source", "recalled": "recalled"}}  # fmt: skip
HEADS = {
    "zh": {"basis": "依据", "innocent": "先排除", "verify": "先核查", "params": "阈值", "sql": "方法", "tests": "例子", "flags": "预警", "silent": "不预警", "changes": "变更记录"},
    "en": {"basis": "Basis", "innocent": "Innocent explanations", "verify": "Check first", "params": "Thresholds", "sql": "Method", "tests": "Worked examples",
           "flags": "flagged", "silent": "not flagged", "changes": "Changes"},
}  # fmt: skip


def page(rule: Indicator, lang: str) -> list[str]:
    """Markdown lines in one language (zh or en)."""
    heads = HEADS[lang]
    return [
        f"# {getattr(rule.title, lang)}",
        "",
        f"`{rule.id}` · {rule.topic} · {rule.status} · {rule.severity} · {', '.join(rule.tags)} · {rule.hash}",
        "",
        getattr(rule.why, lang).strip(),
        "",
        f"## {heads['basis']}",
        "",
        *(f"- {basis.name}{basis.article or ''} ({SURE[lang][basis.known]}){f': {basis.note}' if basis.note else ''}" for basis in rule.basis),
        "",
        f"## {heads['innocent']}",
        "",
        getattr(rule.innocent, lang).strip(),
        "",
        f"## {heads['verify']}",
        "",
        *(f"{number}. {getattr(step, lang)}" for number, step in enumerate(rule.verify, 1)),
        "",
        *_params(rule, lang),
        f"## {heads['sql']}",
        "",
        *_code(rule.baseline),
        *_code(rule.sql),
        f"## {heads['tests']}",
        "",
        *(line for test in rule.tests for line in _test(test, heads)),
        *([f"## {heads['changes']}", "", *(f"- {one.on} {one.by}: {one.what}" for one in rule.changes), ""] if rule.changes else []),
    ]  # fmt: skip


def _params(rule: Indicator, lang: str) -> list[str]:
    if not rule.params:
        return []
    return [f"## {HEADS[lang]['params']}", "", *(_param(name, param, lang) for name, param in rule.params.items()), ""]


def _param(name: str, param: Param, lang: str) -> str:
    title = f"{getattr(param.title, lang)}: " if param.title else ""
    return f"- `{name}` {title}{param.value} {param.unit}. {getattr(param.why, lang)}"


def _code(sql: str | None) -> list[str]:
    return ["```sql", sql.rstrip(), "```", ""] if sql else []


def _test(test: RuleTest, heads: dict[str, str]) -> Iterable[str]:
    yield f"- {test.name}"
    for table, rows in test.given.items():
        for row in rows:
            yield f"    - {table}: {', '.join(f'{name} {value}' for name, value in row.items())}"
    for flagged in test.flags:
        yield f"    - **{heads['flags']}**: {', '.join(f'{name} {value}' for name, value in flagged.items())}"
    if not test.flags:
        yield f"    - **{heads['silent']}**"
