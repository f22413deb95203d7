"""The shipped forms (templates/*.docx), drawn anew by `python -m service.paper.draw_forms`: their words, and what is filled in where.

An office edits a copy in Word and puts it into paper/ of its own folder under the same name; what it leaves out is not said.
"""

from pathlib import Path

from service.paper.draw import Column, Form
from service.paper.layout import LEFT_SIDE

TEMPLATES = Path(__file__).with_name("templates")
SHARES: tuple[Column, ...] = (
    ("本期", "{{ row.came.now }}", 20), ("上期", "{{ row.came.before }}", 20), ("金额", "{{ row.amount | money }}", 24),
    ("查实", "{{ row.confirmed }}", 16), ("销号", "{{ row.cleared }}", 16), ("待办", "{{ row.waiting }}", 16),
)  # fmt: skip
GRAVE: tuple[Column, ...] = (
    ("序号", "{{ loop.index }}", 12), ("疑点与理由", "{{ row.title }}：{{ row.reason }}", 53), ("责任单位", "{{ row.unit }}", 25),
    ("金额", "{{ row.amount | money }}", 21), ("承办机构", "{{ row.office }}", 25), ("时限", "{{ row.due }}", 20),
)  # fmt: skip


def _opening(form: Form) -> None:
    form.head()
    form.title(under="（{{ period }}）")
    form.addressee()
    form.line("{{ about }}")


def _came(form: Form) -> None:
    form.lines(
        "本期收到预警{{ totals.came.now }}件，{{ totals.came.change }}，其中优先级{{ levels }}，涉及金额{{ totals.amount | money }}。"
        "办结研判{{ totals.judged }}件，其中查实{{ totals.confirmed.now }}件（{{ totals.confirmed.change }}），"
        "不是问题或者数据、规则有误{{ totals.cleared.now }}件，查实率{{ totals.precision }}。",
        "各对接平台和承办单位反馈追回资金{{ totals.recovered | money }}，上期{{ totals.recovered_before | money }}。",
    )


def _waits(form: Form) -> None:
    form.line(
        "截至{{ made_on }}，尚有{{ totals.waiting }}件在办，其中待研判{{ totals.to_judge }}件、已受理{{ totals.accepted }}件，"
        "超过时限{{ totals.overdue }}件。"
    )
    form.table(
        "表{{ number_of_table('waiting') }}  在办预警分布", "row in waiting",
        (("承办机构", "{{ row.name }}", 84), ("待研判", "{{ row.to_judge }}", 24), ("已受理", "{{ row.accepted }}", 24), ("超期", "{{ row.overdue }}", 24)),
    )  # fmt: skip


def _shares(form: Form, title: str, rows: str, heading: str) -> None:
    form.table(f"表{{{{ number_of_table('{rows}') }}}}  {title}", f"row in {rows}", ((heading, "{{ row.name }}", 44), *SHARES))


def _gravest(form: Form) -> None:
    form.when(
        "gravest", "本期新增、最需要先看的{{ gravest | length }}件如下。{{ notice }}。", otherwise="本期没有新增的待办预警。"
    )
    form.table("表{{ number_of_table('gravest') }}  最需要先看的预警", "row in gravest", GRAVE)


def _common(form: Form) -> None:
    form.when("not common and not repeated and not systemic", "从现有预警中未见共性、反复发生或者体制机制方面的问题。")
    for name, heading, says in (
        ("common", "（一）共性问题", "{{ loop.index }}. {{ row.title }}。{{ row.reason }}"),
        ("repeated", "（二）反复发生的问题", "{{ loop.index }}. {{ row.unit }}：{{ row.title }}。{{ row.reason }}"),
        ("systemic", "（三）体制机制方面的问题", "{{ loop.index }}. {{ row.unit }}：{{ row.title }}。{{ row.reason }}"),
    ):
        form.line(f"{{%p if {name} %}}")
        form.line(heading, "二级标题")
        form.repeat(f"row in {name}", says)
        form.line("{%p endif %}")


def _overdue(form: Form) -> None:
    form.when(
        "totals.overdue or cases.overdue",
        "超过时限未办结的预警{{ totals.overdue }}件、承办件{{ cases.overdue }}件，建议对下列事项督办。",
        otherwise="没有超过时限的事项。",
    )
    form.table(
        "表{{ number_of_table('overdue') }}  超期事项", "row in overdue",
        (("事项", "{{ row.title }}", 69), ("责任单位", "{{ row.unit }}", 34), ("承办机构", "{{ row.office }}", 33), ("时限", "{{ row.due }}", 20)),
    )  # fmt: skip


def _end(form: Form) -> None:
    form.line("注：{{ notice }}。{{ counted }}", "说明")
    form.signature()
    form.closing()


def weekly() -> Form:
    """周报."""
    form = Form()
    _opening(form)
    form.line("一、总体情况", "一级标题")
    _came(form)
    _shares(form, "各监督方面情况", "streams", "监督方面")
    form.line("二、最需要先看的预警", "一级标题")
    _gravest(form)
    form.line("三、在办和超期情况", "一级标题")
    _waits(form)
    _overdue(form)
    _end(form)
    return form


def monthly() -> Form:
    """月报."""
    form = Form()
    _opening(form)
    form.line("一、总体情况", "一级标题")
    _came(form)
    form.line("二、分布情况", "一级标题")
    for says, title, rows, heading in (
        ("（一）按监督方面", "各监督方面情况", "streams", "监督方面"),
        ("（二）按区域", "各乡镇（区）情况", "areas", "乡镇（区）"),
        ("（三）按领域", "各领域情况", "topics", "领域"),
    ):
        form.line(says, "二级标题")
        _shares(form, title, rows, heading)
    form.line("三、最需要先看的预警", "一级标题")
    _gravest(form)
    form.line("四、共性、反复和体制机制问题", "一级标题")
    _common(form)
    form.line("五、在办和超期情况", "一级标题")
    _waits(form)
    _overdue(form)
    form.line("承办件：本期新立{{ cases.opened }}件，办结{{ cases.closed }}件，现在办{{ cases.living }}件。")
    _end(form)
    return form


def special() -> Form:
    """专报."""
    form = Form()
    _opening(form)
    form.line("一、基本情况", "一级标题")
    _came(form)
    _shares(form, "各乡镇（区）情况", "areas", "乡镇（区）")
    form.line("二、主要疑点", "一级标题")
    _gravest(form)
    form.line("三、问题特点", "一级标题")
    _common(form)
    form.line("四、核查处置情况", "一级标题")
    _waits(form)
    _overdue(form)
    form.line("五、原因分析和工作建议", "一级标题")
    form.line("（由承办人填写）")
    _end(form)
    return form


def situation() -> Form:
    """情况分析."""
    form = Form()
    _opening(form)
    form.line("一、数量和变化", "一级标题")
    _came(form)
    _shares(form, "各监督方面情况", "streams", "监督方面")
    form.line("二、从领域和区域看", "一级标题")
    form.when("topics", "从领域看，{{ topics[0].name }}最多，{{ topics[0].came.now }}件，{{ topics[0].came.change }}。")
    _shares(form, "各领域情况", "topics", "领域")
    form.when("areas", "从区域看，{{ areas[0].name }}最多，{{ areas[0].came.now }}件，{{ areas[0].came.change }}。")
    _shares(form, "各乡镇（区）情况", "areas", "乡镇（区）")
    form.line("三、共性、反复和体制机制问题", "一级标题")
    _common(form)
    form.line("四、典型疑点", "一级标题")
    _gravest(form)
    form.line("五、作风方面的分析和建议", "一级标题")
    form.line("（由承办人填写：对责任落实、办理作风的判断和改进建议，以核实的事实为据。）")
    _end(form)
    return form


def briefing() -> Form:
    """巡前情况通报（巡察前信息）."""
    form = Form()
    _opening(form)
    form.line("一、单位概况", "一级标题")
    form.line("{{ unit.name }}，{{ unit.kind }}，所在区域{{ unit.area }}，主管单位{{ unit.above }}。")
    form.line("二、预警和查实情况", "一级标题")
    _came(form)
    _shares(form, "各领域情况", "topics", "领域")
    form.line("三、需要关注的疑点", "一级标题")
    _gravest(form)
    form.line("四、反复发生和多方面的问题", "一级标题")
    _common(form)
    form.line("五、群众诉求办理情况", "一级标题")
    form.when(
        "hotline and hotline.tickets",
        "承办12345热线工单{{ hotline.tickets }}件，其中超过期限办结{{ hotline.late }}件；有回访结果的{{ hotline.asked }}件中，"
        "诉求人认为已解决{{ hotline.solved }}件、表示满意{{ hotline.satisfied }}件。满意与否只作参考，不单独构成疑点。",
        otherwise="平台没有可供说明的热线工单。",
    )
    form.line("六、在办和超期情况", "一级标题")
    _waits(form)
    _overdue(form)
    form.line("承办件：期内新立{{ cases.opened }}件，办结{{ cases.closed }}件，现在办{{ cases.living }}件。")
    form.line("本件供巡察组使用，按规定保密，不得转给被巡察单位和被反映的人。")
    _end(form)
    return form


def transfer() -> Form:
    """问题线索移送函."""
    form = Form()
    form.head()
    form.title("关于移送有关问题线索的函")
    form.addressee()
    form.lines(
        "我单位在监督工作中核实了一件问题线索，按照管理权限和职责分工，现移送你单位处理。有关情况如下。",
    )
    form.line("一、线索来源", "一级标题")
    form.line("{{ source }}")
    form.line("二、线索内容", "一级标题")
    form.fields(
        (("承办件编号", "{{ case }}"), ("责任单位", "{{ unit }}"), ("收到日期", "{{ received_on }}"), ("何时", "{{ when }}"), ("何地", "{{ where }}"),
         ("何人", "{{ who }}"), ("何事", "{{ what }}"), ("何情", "{{ how }}"), ("何故", "{{ why }}"), ("何物", "{{ things }}"),
         ("要素", "{{ complete }}")),
    )  # fmt: skip
    form.line("三、办理要求", "一级标题")
    form.lines(
        "请于{{ answer_by }}前书面告知是否受理，并按规定反馈办理结果。接收后请填写下方回执退回我单位。",
        "线索内容按规定保密，不得转给被反映的单位和个人。{{ notice }}。",
    )
    form.line("{%p if attachments %}")
    form.line("附件：{{ attachments }}")
    form.line("{%p endif %}")
    form.signature()
    form.closing()
    form.line("问题线索移送回执", "公文标题").paragraph_format.page_break_before = True
    form.line("", "发文字号")
    form.line("{{ organ }}：", "主送机关")
    form.line("你单位{{ number }}移送的问题线索（{{ case }}）已收悉，共____页。")
    for text in ("□ 予以受理", "□ 不予受理，理由：______________", "接收人：________  联系电话：________"):
        form.line(text).alignment = LEFT_SIDE  # blanks are not to be spread over the line
    form.line("接收单位（盖章）", "署名")
    form.line("____年__月__日", "署名")
    return form


def letter() -> Form:
    """纪律检查建议书、监察建议书、纪检监察建议书、巡察建议书."""
    form = Form()
    form.head()
    form.title()
    form.addressee()
    for what in ("source", "problem", "cause", "advice"):
        form.line(f"{{%p if {what} %}}")
        form.line(f"{{{{ heading('{what}') }}}}", "一级标题")
        form.repeat(f"line in {what}", "{{ line }}")
        form.line("{%p endif %}")
    form.line("{%p if reply_by %}")
    form.line("请于{{ reply_by }}前将采纳和落实情况书面反馈我单位。")
    form.line("{%p else %}")
    form.line("请将采纳和落实情况书面反馈我单位。")
    form.line("{%p endif %}")
    form.signature()
    form.closing()
    return form


FORMS = {
    "weekly": weekly, "monthly": monthly, "special": special, "situation": situation, "briefing": briefing,
    "transfer": transfer, "discipline": letter, "supervision": letter, "both": letter, "inspection": letter,
}  # fmt: skip
"""Kind of paper -> its form. The four kinds of letter begin alike; an office may let them differ."""


def main() -> None:
    """Draw them all."""
    for kind, draw in FORMS.items():
        draw().save(TEMPLATES / f"{kind}.docx")


if __name__ == "__main__":
    main()
