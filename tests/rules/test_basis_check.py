"""What a rule rests on must be a law we know, in force, with that article, and nobody is surer of it than the law's file."""

from pathlib import Path

import pytest

from datasets.law import shipped_laws
from datasets.strict_yaml import Mistakes, load
from rules.basis_check import articles_cited, basis_faults, in_words
from rules.book import SHIPPED
from rules.indicator import Basis
from rules.route_check import read_routes
from tests.rules.rule_text import RULE, TESTS, mistakes, with_sql

BASIS = "basis: [{name: 社会救助暂行办法, article: 第十三条, known: verified}]"
CHECKED = "{name: 政府采购法, known: verified}"
AT = "subsidy/late_payment.yml:7: basis: "


def said(tmp_path: Path, basis: str) -> list[str]:
    return mistakes(tmp_path, RULE.replace(BASIS, f"basis: [{CHECKED}, {basis}]"))


def test_every_basis_of_the_shipped_rules_and_routes_is_known() -> None:
    laws = shipped_laws()
    files = [*(SHIPPED / "book").rglob("*.yml"), *(SHIPPED / "routes").glob("*.yml")]
    assert len(files) > 20
    found = {}
    for path in files:
        data, _ = load(path)
        basis = [Basis.model_validate(one) for one in data["basis"]]
        found[path.stem] = list(basis_faults(basis, laws, live=data.get("status", "live") == "live"))
    assert not {name: faults for name, faults in found.items() if faults}


@pytest.mark.parametrize(
    ("basis", "expected"),
    [
        ("{name: 《中华人民共和国招标投标法》, article: 第二十四条, known: verified}", []),
        ("{name: 招标投标法实施条例, article: 第四十条第一项、第二项, known: verified}", []),
        ("{name: 财政违法行为处罚处分条例, article: 第六条、第十四条, known: secondary}", []),
        ("{name: Open Contracting Partnership Red Flags (2024) R018, known: verified}", []),
        ("{name: Open Contracting Partnership Red Flags (2024), article: R018, known: verified}", []),
        ("{name: 本地补贴项目实施细则（互斥条款）, known: recalled}", []),
        ("{name: 招标投标发, known: verified}", ["no law, standard or case called '招标投标发' is known; did you mean 招标投标法?"]),
        (
            "{name: 社会救助暂行办法, article: 第九十条, known: verified}",
            ["社会救助暂行办法 has no 第九十条 in law/social_assistance_measures.yml; add it there with its gist, once looked up"],
        ),
        (
            "{name: 信访工作条例, article: 第34条, known: verified}",
            ["信访工作条例 has no 第34条 in law/petition_regulation.yml; articles are written as the law writes them: 第三十四条"],
        ),
        (
            "{name: 胶州市热线工单监督做法, article: 第一条, known: secondary}",
            ["胶州市热线工单监督做法 has no 第一条 in law/jiaozhou_hotline.yml; it lists no articles: leave article out, or add it there with its gist"],
        ),
        (
            "{name: 信访工作条例, article: 第四十五条、第四十六条, known: verified}",
            ["信访工作条例第四十五条、第四十六条 is secondary in law/petition_regulation.yml, not verified; known: secondary"],
        ),
    ],
)  # fmt: skip
def test_a_basis_is_checked_against_the_laws(tmp_path: Path, basis: str, expected: list[str]) -> None:
    assert said(tmp_path, basis) == [AT + one for one in expected]


def own_law(folder: Path, more: str) -> None:
    (folder / "law").mkdir()
    text = f"id: local\nkind: document\nname: 本市办法\ntitle: Local\nissuer: 市政府\nknown: verified\n{more}"
    (folder / "law" / "local.yml").write_text(text, encoding="utf-8")


def test_an_office_adds_laws_beside_its_book(tmp_path: Path) -> None:
    own_law(tmp_path, "status: in_force\narticles:\n  第一条: {zh: 要旨, en: gist}\n")
    assert said(tmp_path, "{name: 本市办法, article: 第一条, known: verified}") == []


def test_a_live_rule_does_not_rest_on_a_law_that_ended(tmp_path: Path) -> None:
    own_law(tmp_path, 'status: ended\nstarts_on: "2001-01-01"\nends_on: "2019-12-31"\n')
    assert said(tmp_path, "{name: 本市办法, known: verified}") == [AT + "本市办法 ended on 2019-12-31; cite what replaced it"]
    shadow = RULE.replace("status: live", "status: shadow").replace(BASIS, "basis: [{name: 本市办法, known: verified}]")
    assert mistakes(tmp_path, shadow) == []


def test_nor_on_an_article_that_ended(tmp_path: Path) -> None:
    own_law(tmp_path, 'status: in_force\narticles:\n  第一条: {zh: 要旨, en: gist, ends_on: "2019-12-31"}\n')
    expected = AT + "第一条 of 本市办法 ended on 2019-12-31; cite what replaced it"
    assert said(tmp_path, "{name: 本市办法, article: 第一条, known: verified}") == [expected]


def test_a_period_that_no_law_fixes_is_a_mistake_of_the_select(tmp_path: Path) -> None:
    sql = """SELECT d.person_id AS subject_id, list(p.period_id) AS evidence_legal_period
    FROM person d JOIN legal_period p ON p.period_id = 'signning' OR p.period_id IN ('signing', 'clarifcation')
    GROUP BY d.person_id"""
    found = [one for one in mistakes(tmp_path, with_sql(sql, tests=TESTS)) if "no law fixes" in one]
    assert [one.split("sql: ")[1] for one in found] == [
        "no law fixes a period 'clarifcation'; did you mean clarification?",
        "no law fixes a period 'signning'; did you mean signing?",
    ]


def test_periods_that_a_case_chooses_are_checked_and_what_it_asks_is_not(tmp_path: Path) -> None:
    sql = """SELECT d.person_id AS subject_id, list(p.period_id) AS evidence_legal_period
    FROM person d JOIN legal_period p ON p.period_id = CASE WHEN d.sex = 'F' THEN 'signing' WHEN d.sex = 'M' THEN 'sining' ELSE 'bidd' END
    GROUP BY d.person_id"""
    found = [one.split("sql: ")[1] for one in mistakes(tmp_path, with_sql(sql, tests=TESTS)) if "no law fixes" in one]
    assert found == ["no law fixes a period 'bidd'", "no law fixes a period 'sining'; did you mean signing?"]


def test_a_route_is_checked_too(tmp_path: Path) -> None:
    text = (SHIPPED / "routes" / "critical_is_urgent.yml").read_text(encoding="utf-8")
    (tmp_path / "routes").mkdir()
    path = tmp_path / "routes" / "critical_is_urgent.yml"
    path.write_text(text.replace("name: 纪检监察机关处理检举控告工作规则", "name: 检举控告规则"), encoding="utf-8")
    with pytest.raises(Mistakes) as found:
        read_routes([tmp_path])
    assert "basis: no law, standard or case called '检举控告规则' is known" in str(found.value)


@pytest.mark.parametrize(
    ("text", "articles"),
    [
        ("第六条、第十四条", ["第六条", "第十四条"]),
        ("第二十二条第一款第五项", ["第二十二条"]),
        ("第四十条第一项、第二项", ["第四十条"]),
        ("第一百二十条之一", ["第一百二十条之一"]),
        ("R018", ["R018"]),
    ],
)
def test_a_citation_names_its_articles(text: str, articles: list[str]) -> None:
    assert articles_cited(text) == articles


@pytest.mark.parametrize(
    ("digits", "words"),
    [
        ("第9条", "第九条"),
        ("第10条", "第十条"),
        ("34条", "第三十四条"),
        ("第105条", "第一百零五条"),
        ("第110条", "第一百一十条"),
        ("第三条", "第三条"),
    ],
)
def test_digits_become_the_laws_own_words(digits: str, words: str) -> None:
    assert in_words(digits) == words


def test_a_basis_without_an_article_is_as_sure_as_the_law() -> None:
    recalled = Basis(name="审计法", known="verified")
    assert [fault[2] for fault in basis_faults([recalled], shipped_laws(), live=False)] == ["known: recalled"]
