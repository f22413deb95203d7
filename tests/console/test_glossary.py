"""The glossary explains every word of the trade that stands as a label in the console, once."""

import re
from pathlib import Path

from service import console
from service.console.glossary import PARTS
from service.words import texts

PAGES = Path(console.__file__).parent / "pages"
FAMILIES = re.compile(
    r"(status|rule_status|stream|role|casework\.(status|outcome|what)|data\.runs\.status|queue\.(act|topic))\.[a-z_]+"
)
"""Labels of states and acts: each is a word of the trade."""
HEADED = re.compile(r"<t[hd][^>]*>\{\{ say\('([a-z_.]+)'\) \}\}</th>")
"""What stands over a column."""
EVERYDAY: frozenset[str] = frozenset(
    """
一方 上次查出 不是问题 与同类相比 专长 主送单位 事件 事项 产出 以前的值 出处 判断 到期 办理 办结 单位 单位类别 原因 参加人 发生时间 发起人 取值 另一方
可登录人数 同类中位数 到承办立件 单位（名称或代码） 否定的理由 多长 失效 失败 姓名 字段 存在问题 导入时间 尝试 巡察组 工作表 已判 已取消 已完成 已移交 建议 开始时间 待送 情况 截止 承办部门
指标 授予人 排队中 接收地址 接收方 收到 政府采购 文件 文件里 施行 日期 时间 最新一批 最早一件 最近使用 月份 期限 本单位 标题 核对 止 涉及单位 热线诉求 状态
现用 理由 登录名 秒 等着办 签署 类别 结果待审 结论 综合 编号 行号 行数 补贴发放 证据问题 评估 责任单位 起 起算 进度 部分 金额 问题
""".split()
)
"""Labels that nobody need explain."""


def terms() -> list[str]:
    return [texts("zh")[f"glossary.term.{one}"] for part in PARTS.values() for one in part]


def stems() -> set[str]:
    """Terms, and the words they are made of that labels use: 已受理 -> 受理, 何人 by 七何."""
    known = set(terms())
    return known | {one.removeprefix("已") for one in known} | {"何"}


def labels() -> dict[str, str]:
    zh = texts("zh")
    headed = {key for page in PAGES.glob("*.html") for key in HEADED.findall(page.read_text(encoding="utf-8"))}
    return {key: zh[key] for key in zh if FAMILIES.fullmatch(key) or key in headed}


def test_every_label_of_the_trade_is_explained() -> None:
    known = stems()
    lacking = {key: label for key, label in labels().items() if not any(one in label for one in known) and label not in EVERYDAY}
    assert lacking == {}, "add these to service/console/glossary.py and words/pages/glossary.*.yml, or to the everyday words"


def test_no_term_is_explained_twice_and_each_has_both_texts() -> None:
    found = terms()
    doubled = {one for one in found if found.count(one) > 1}
    assert doubled == set()
    for lang in ("zh", "en"):
        for part in PARTS.values():
            for one in part:
                assert texts(lang)[f"glossary.means.{one}"].strip()


def test_a_label_that_nobody_explained_would_be_found() -> None:
    assert not any(one in "量子纠缠" for one in stems()) and "量子纠缠" not in EVERYDAY
