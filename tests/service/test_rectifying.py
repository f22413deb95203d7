"""The loop of rectification: given by another, reported by the unit, verified, assessed by criteria, closed; it comes back when the problem does."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import ibis
import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from datasets.contract import read_contracts
from rules.book import SHIPPED, read_book
from service.access.sight_of_rectification import outside_seen
from service.errors import Conflict, IllegalMove, NothingFound, Refusal
from service.rectifying import assessing, following, giving, letters, lists, outside, reporting
from service.rectifying.letter import on_paper, reference
from service.rectifying.reappearance import family, open_again
from service.rectifying.seat import as_typed, unit_known, unit_of, units_offered
from service.rectifying.seen import see_item
from service.rectifying.terms import NAMES, read_rectifying_terms
from service.rectifying.terms import SHIPPED as SHIPPED_TERMS
from service.rectifying.unit_view import unit_item, unit_items
from service.store.alert import Alert, AlertSignal
from service.store.case import CaseFile
from service.store.case_people import CaseRecusal
from service.store.case_work import Verification
from service.store.database import Store
from service.store.event import Event, first_broken
from service.store.rectifying import Rectification, RectificationAlert
from service.store.rectifying_after import Revisit
from service.store.rectifying_letters import OutsideLead, Recommendation
from service.store.signal import SignalVersion
from service.whole.putting_right import Rectified, whole
from service.working_days import LOCAL
from tests.service.casework_office import HOME, OTHER, facts
from tests.service.rectifying_people import FULL, HALL, NEXT_UNIT, SAID, TERMS, TOWN, UNIT, Loop

TOLD = reporting.Told("停发三人，追回1950元", "资金已全部退回，按月比对", ["缴款书 2026-001"])
WORDING = letters.Wording(
    "supervision", "通海县监察委员会", "关于低保发放管理的监察建议书", "平潮镇人民政府", "监督检查发现", "去世人员继续领取低保", "未比对殡葬信息",
    "建立按月比对制度", date(2026, 3, 1), ("县民政局",),
)  # fmt: skip


@pytest.fixture
def loop(tmp_path: Path) -> Iterator[Loop]:
    store = Store.open(f"sqlite:///{tmp_path / 'guantong.db'}")
    made = Loop(store)
    made.enrol_all()
    yield made
    store.close()


def closed(loop: Loop, rules: tuple[str, ...] = ()) -> Rectification:
    """An item that went the whole way."""
    said = giving.Item(SAID.problem, SAID.measure, SAID.standard, SAID.responsible, room_office_id=HALL, rules=rules)
    made = loop.act("wang", giving.open_item, UNIT, OTHER, said)
    loop.act("chen", giving.give, made.item_id, 1)
    loop.act("clerk", reporting.report_item, made.item_id, 2, TOLD)
    loop.act("zhao", assessing.verify_item, made.item_id, 3, good=True, said="到镇里看了账")
    loop.act("chen", assessing.assess, TERMS.effect, made.item_id, 4, FULL, "达到标准", good=True)
    return loop.item(made.item_id)


def signal(loop: Loop, fingerprint: str, rule: str, unit: str = TOWN) -> None:
    """A new alert on a unit that rests on a rule."""

    def make(session: Session) -> None:
        session.add(Alert.open(facts(fingerprint, unit_id=unit), 7, loop.today, loop.now))
        session.add(
            SignalVersion(signal_id=fingerprint, version="1", rule=rule, rule_hash="h", topic="subsidy", severity="high", subject_kind="person",
                          subject_id="P1", unit_id=unit, area_id=None, amount=None, first_on=None, last_on=None, body={"evidence": {}},
                          first_run=7, last_run=7)
        )  # fmt: skip
        session.flush()
        session.add(AlertSignal(fingerprint=fingerprint, signal_id=fingerprint, version="1", first_run=7, last_run=7))

    loop.do(make)


def test_an_item_goes_from_a_draft_to_closed_with_every_step_on_record(loop: Loop) -> None:
    item = closed(loop)
    assert (item.status, item.score, item.closed_by) == ("closed", 100, "person:chen")
    assert item.recheck_on == date(2026, 7, 5)
    with loop.store.look() as session:
        kinds = list(session.scalars(select(Event.kind).where(Event.about == item.name).order_by(Event.seq)))
        bodies = str(list(session.scalars(select(Event.body).where(Event.about == item.name))))
        assert first_broken(session) is None
    assert kinds == [f"rectification.{one}" for one in ("made", "give", "report", "verify", "close")]
    assert "低保" not in bodies and "缴款书" not in bodies


def test_a_unit_hears_of_nothing_until_somebody_else_gives_it(loop: Loop) -> None:
    made = loop.act("chen", giving.open_item, UNIT, OTHER, SAID)
    with loop.store.look() as session:
        assert unit_items(session, loop.caller("clerk")) == []
    with pytest.raises(Refusal, match="不能审批自己"):
        loop.act("chen", giving.give, made.item_id, 1)
    with pytest.raises(NothingFound):
        loop.act("wang", giving.give, made.item_id, 1)
    loop.act("deputy", giving.give, made.item_id, 1)
    with loop.store.look() as session:
        assert [one.item for one in unit_items(session, loop.caller("clerk"))] == [made.item_id]


def test_a_unit_sees_its_own_items_and_no_word_of_what_is_behind_them(loop: Loop) -> None:
    alert = loop.alert("AL1", office=OTHER)
    case = loop.closed_case()
    mine = loop.given(case_id=case)
    other = loop.given(NEXT_UNIT)
    loop.do(
        lambda session: session.add(RectificationAlert(item_id=mine.item_id, fingerprint=alert, again=False, added_at=loop.now))
    )
    loop.act("room", reporting.note, mine.item_id, mine.version, "举报人反映镇里早就知道")
    with loop.store.look() as session:
        told = unit_item(session, loop.caller("clerk"), mine.item_id)
        text = told.model_dump_json()
        assert (
            told.mine
            and "举报人" not in text
            and alert not in text
            and OTHER not in text
            and "case" not in text
            and "person:" not in text
        )
        with pytest.raises(NothingFound):
            unit_item(session, loop.caller("clerk"), other.item_id)
        assert unit_items(session, loop.caller("stray")) == []
        assert {one.item for one in unit_items(session, loop.caller("department"))} == {mine.item_id, other.item_id}
        assert not unit_item(session, loop.caller("department"), mine.item_id).mine
    with pytest.raises(NothingFound):
        loop.act("next_clerk", reporting.report_item, mine.item_id, mine.version + 1, TOLD)
    with pytest.raises(NothingFound):
        loop.act("department", reporting.report_item, mine.item_id, mine.version + 1, TOLD)


def test_the_department_and_the_room_give_their_part_and_decide_nothing(loop: Loop) -> None:
    item = loop.given()
    loop.act("department", reporting.opine, item.item_id, item.version, "同意整改措施")
    loop.act("room", reporting.note, item.item_id, item.version + 1, "注意资金")
    with pytest.raises(Refusal, match="另一个部门"):
        loop.act("wang", reporting.note, item.item_id, item.version + 2, "不是我的事")
    assert loop.item(item.item_id).status == "given"
    with loop.store.look() as session:
        assert unit_item(session, loop.caller("clerk"), item.item_id).said == []
        assert [one.said for one in unit_item(session, loop.caller("department"), item.item_id).said] == ["同意整改措施"]
        assert [one.party for one in see_item(session, loop.acting("zhao"), item.item_id).checks] == ["department", "room"]


def test_a_report_is_returned_with_a_reason_that_the_unit_reads(loop: Loop) -> None:
    item = loop.given()
    with pytest.raises(Refusal, match="凭据"):
        loop.act("clerk", reporting.report_item, item.item_id, item.version, reporting.Told("做了", "好了", [" "]))
    loop.act("clerk", reporting.report_item, item.item_id, item.version, TOLD)
    with pytest.raises(Refusal, match="另一个部门"):
        loop.act("wang", assessing.verify_item, item.item_id, item.version + 1, good=True, said="好")
    loop.act(
        "zhao",
        assessing.verify_item,
        item.item_id,
        item.version + 1,
        good=False,
        said="缴款书看不清",
        due_on=loop.today + timedelta(9),
    )
    again = loop.item(item.item_id)
    assert (again.status, again.due_on) == ("given", loop.today + timedelta(9))
    with loop.store.look() as session:
        assert [one.said for one in unit_item(session, loop.caller("clerk"), item.item_id).said] == ["缴款书看不清"]


def test_nobody_assesses_what_they_verified_or_drafted(loop: Loop) -> None:
    item = loop.given()
    loop.act("clerk", reporting.report_item, item.item_id, item.version, TOLD)
    loop.act("chief", assessing.verify_item, item.item_id, item.version + 1, good=True, said="核实")
    with pytest.raises(Refusal, match="不能审批自己"):
        loop.act("chief", assessing.assess, TERMS.effect, item.item_id, item.version + 2, FULL, "好", good=True)
    with loop.store.look() as session:
        assert see_item(session, loop.acting("chief"), item.item_id).first is None
        assert see_item(session, loop.acting("chen"), item.item_id).first == "close"
    with pytest.raises(Conflict, match="核实"):
        loop.act("chen", assessing.assess, TERMS.effect, item.item_id, item.version, FULL, "好", good=True)


@pytest.mark.parametrize(
    ("marks", "score", "passes"),
    [
        ({}, 100, True),
        ({"problem_gone": "mostly"}, 92, True),
        ({"problem_gone": "partly"}, 80, False),
        ({"cause_removed": "none"}, 80, True),
        ({"cause_removed": "none", "people_know": "partly"}, 75, False),
    ],
)
def test_effect_is_the_sum_of_weighted_marks_and_the_needed_one_must_hold(
    marks: dict[str, str], score: int, passes: bool
) -> None:
    whole = {**FULL, **marks}
    assert (TERMS.effect.score(whole), TERMS.effect.passes(whole)) == (score, passes)
    with pytest.raises(Refusal, match="每条评估标准"):
        TERMS.effect.score({"problem_gone": "full"})


def test_too_low_a_score_is_returned_and_not_closed(loop: Loop) -> None:
    item = loop.given()
    loop.act("clerk", reporting.report_item, item.item_id, item.version, TOLD)
    loop.act("zhao", assessing.verify_item, item.item_id, item.version + 1, good=True, said="核实")
    low = {**FULL, "problem_gone": "none"}
    with pytest.raises(Refusal, match="60分"):
        loop.act("chen", assessing.assess, TERMS.effect, item.item_id, item.version + 2, low, "不够", good=True)
    loop.act("chen", assessing.assess, TERMS.effect, item.item_id, item.version + 2, low, "不够", good=False)
    assert (loop.item(item.item_id).status, loop.item(item.item_id).score) == ("given", 60)


def test_what_is_overdue_is_supervised_and_keeps_the_missed_day(loop: Loop) -> None:
    item = loop.given()
    with pytest.raises(Refusal, match="没有逾期"):
        loop.act("wang", giving.urge_item, item.item_id, item.version, "快办", loop.today + timedelta(5))
    loop.later(80)
    kept = loop.act("wang", giving.urge_item, item.item_id, item.version, "快办", loop.today + timedelta(5))
    after = loop.item(item.item_id)
    assert (kept.missed_on, after.due_on, after.urged) == (item.due_on, loop.today + timedelta(5), 1)


def test_the_same_problem_opens_a_closed_item_again_and_another_does_not(loop: Loop) -> None:
    item = closed(loop, rules=("paid_after_death",))
    loop.later(30)
    signal(loop, "NEW1", "abnormally_low_award")
    signal(loop, "NEW2", "paid_after_death", unit="U0099")
    assert loop.do(lambda session: open_again(session, {}, TERMS.periods, loop.now)) == []
    signal(loop, "NEW3", "paid_after_death")
    assert loop.do(lambda session: open_again(session, {}, TERMS.periods, loop.now)) == [item.item_id]
    again = loop.item(item.item_id)
    assert (again.status, again.round, again.closed_at, again.score) == ("given", 2, None, None)
    assert loop.do(lambda session: open_again(session, {}, TERMS.periods, loop.now)) == []
    with loop.store.look() as session:
        last = session.scalars(select(Event).where(Event.about == item.name).order_by(Event.seq.desc())).first()
    assert last is not None and (last.kind, last.actor, last.body["alerts"]) == ("rectification.again", "run", ["NEW3"])


def test_rules_of_one_pattern_of_the_catalogue_are_one_family() -> None:
    book = read_book([SHIPPED], read_contracts()).indicators
    tags = {name: set(rule.tags) for name, rule in book.items()}
    one = next(name for name in tags if any(tags[name] & other for kin, other in tags.items() if kin != name))
    kin = family([one], book)
    assert one in kin and 1 < len(kin) < len(book) and all(tags[name] & tags[one] for name in kin)


def test_looking_again_is_somebody_elses_and_may_open_it_again(loop: Loop) -> None:
    item = closed(loop)
    with pytest.raises(Refusal, match="不能审批自己"):
        loop.act("chen", assessing.recheck, item.item_id, item.version, good=True, said="还好")
    loop.act("deputy", assessing.recheck, item.item_id, item.version, good=False, said="又出现一笔")
    assert (loop.item(item.item_id).status, loop.item(item.item_id).round) == ("given", 2)


def test_a_case_that_found_nothing_is_told_to_no_unit(loop: Loop) -> None:
    case = loop.closed_case("unfounded")
    with pytest.raises(Refusal, match="没有认定属实"):
        loop.act("wang", giving.open_item, UNIT, OTHER, SAID, case_id=case)
    theirs = loop.closed_case(office=HOME)
    with pytest.raises(NothingFound):
        loop.act("wang", giving.open_item, UNIT, OTHER, SAID, case_id=theirs)
    loop.act("wang", giving.open_item, UNIT, OTHER, SAID, case_id=loop.closed_case())


def test_letters_are_numbered_without_a_gap_when_another_approves_them(loop: Loop) -> None:
    one, two, three = (loop.act("wang", letters.draft_letter, UNIT, OTHER, WORDING) for _ in range(3))
    with pytest.raises(NothingFound):
        loop.act("wang", letters.decide_letter, one.letter_id, 1, agree=True, reason="")
    loop.act("chen", letters.decide_letter, two.letter_id, 1, agree=True, reason="")
    loop.act("chen", letters.decide_letter, one.letter_id, 1, agree=False, reason="成因不清")
    loop.act("wang", letters.drop, one.letter_id, 2)
    last = loop.act("chen", letters.decide_letter, three.letter_id, 1, agree=True, reason="")
    assert (last.year, last.number, reference(last)) == (2026, 2, "监建〔2026〕2号")
    with pytest.raises(IllegalMove):
        loop.act("wang", letters.drop, three.letter_id, 2)
    own = loop.act("chen", letters.draft_letter, UNIT, OTHER, WORDING)
    with pytest.raises(Refusal, match="不能审批自己"):
        loop.act("chen", letters.decide_letter, own.letter_id, 1, agree=True, reason="")


def test_a_letter_is_sent_answered_and_seen_to_be_followed_by_another(loop: Loop) -> None:
    letter = loop.act("wang", letters.draft_letter, UNIT, OTHER, WORDING)
    loop.act("chen", letters.decide_letter, letter.letter_id, 1, agree=True, reason="")
    with pytest.raises(Refusal, match="还没到"):
        loop.act("wang", letters.send, letter.letter_id, 2, loop.today + timedelta(1))
    loop.act("wang", letters.send, letter.letter_id, 2, loop.today)
    loop.later(20)
    loop.act("wang", letters.answer_letter, letter.letter_id, 3, loop.today, "已建立按月比对制度")
    with pytest.raises(Refusal, match="不能审批自己"):
        loop.act("wang", letters.revisit_letter, letter.letter_id, 4, loop.today, "在用", adopted=True)
    done = loop.act("chen", letters.revisit_letter, letter.letter_id, 4, loop.today, "在用", adopted=True)
    assert (done.status, done.adopted, on_paper(done).number) == ("revisited", True, "监建〔2026〕1号")
    with pytest.raises(Refusal, match="巡察机构"):
        loop.act("wang", letters.draft_letter, UNIT, OTHER, letters.Wording(**{**vars(WORDING), "kind": "inspection"}))


def test_false_accusation_needs_the_city_level_and_every_clearing_another_person(loop: Loop) -> None:
    case = loop.closed_case("unfounded")
    said = following.Clearing("李镇长", "office", "false_accusation", "meeting", "反映失实，予以澄清")
    with pytest.raises(Refusal, match="市级"):
        loop.act("wang", following.propose_clearing, case, said)
    kept = loop.act(
        "wang", following.propose_clearing, case, following.Clearing(**{**vars(said), "city_reference": "通纪〔2026〕7号"})
    )
    with pytest.raises(NothingFound):
        loop.act("wang", following.decide_clearing, kept.clearing_id, 1, agree=True, reason="")
    loop.act("chen", following.decide_clearing, kept.clearing_id, 1, agree=True, reason="")
    assert loop.act("wang", following.carry_out, kept.clearing_id, 2, loop.today).status == "done"
    with pytest.raises(Refusal, match="办结之后"):
        loop.act("wang", following.propose_clearing, loop.closed_case(status="verifying"), said)


def test_the_form_used_is_approved_and_plans_the_visit_tolerance_says_why(loop: Loop) -> None:
    case = loop.closed_case()
    with pytest.raises(Refusal, match="容错"):
        loop.act("wang", following.record_form, case, following.Form("张某", 0, "不予处理", loop.today))
    kept = loop.act("wang", following.record_form, case, following.Form("张某", 1, "谈话提醒", loop.today))
    loop.act("chen", following.decide_form, kept.form_id, 1, agree=True, reason="")
    with loop.store.look() as session:
        planned = session.scalars(select(Revisit).where(Revisit.case_id == case)).one()
    assert (planned.kind, planned.due_on) == ("dealt_with", date(2026, 7, 5))
    assert loop.act("wang", following.revisited, planned.revisit_id, 1, "well", "工作积极").status == "done"


def test_a_caller_is_asked_by_the_platform_and_stays_sealed(loop: Loop) -> None:
    planned = loop.act("wang", following.ask_caller_again, loop.closed_case(), "TK01")
    with pytest.raises(Refusal, match="回访"):
        loop.act("wang", following.revisited, planned.revisit_id, 1, "well", "问过了")
    done = loop.act("hotline", following.called_again, planned.revisit_id, 1, "satisfied")
    assert (done.status, done.result, done.ticket_id) == ("done", "satisfied", "TK01")


def test_a_lead_from_outside_is_answered_once_another_agrees_and_its_sender_alone_reads_it(loop: Loop) -> None:
    said = outside.Brought("audit", "县审计局", "通审移〔2026〕1号", "虚报项目", "两份合同同一发票", loop.today)
    lead, new = loop.act("audit", outside.bring, said)
    same, again = loop.act("audit", outside.bring, said)
    assert (new, again, same.outside_id, lead.office_id) == (True, False, lead.outside_id, HALL)
    with pytest.raises(Refusal, match="已经登记"):
        loop.act("audit", outside.bring, outside.Brought(**{**vars(said), "content": "别的"}))
    loop.act("chief", outside.take, lead.outside_id, 1, OTHER)
    loop.act("wang", outside.draft_answer, lead.outside_id, 2, "substantiated", "属实，已要求整改")
    with pytest.raises(NothingFound):
        loop.act("wang", outside.decide_answer, lead.outside_id, 3, agree=True)
    loop.act("chen", outside.decide_answer, lead.outside_id, 3, agree=True)
    with loop.store.look() as session:
        seen = {
            who: list(session.scalars(select(OutsideLead.status).where(outside_seen(loop.caller(who), "leads.bring"))))
            for who in ("audit", "hotline", "clerk")
        }
    assert seen == {"audit": ["answered"], "hotline": [], "clerk": []}


def test_a_line_of_the_list_is_reported_by_one_and_taken_off_by_another(loop: Loop) -> None:
    campaign = loop.act("chen", lists.open_campaign, "低保专项", "民生", loop.today, loop.today + timedelta(90), ["320612001000"])
    alert = loop.alert("AL1", office=OTHER)
    line = lists.Line("核查低保", "李镇长", "逐户比对", loop.today + timedelta(10), campaign.campaign_id, [alert])
    task = loop.act("wang", lists.open_task, OTHER, line)
    with pytest.raises(NothingFound, match="NONE"):
        loop.act("wang", lists.open_task, OTHER, lists.Line("核查", "李", "比对", loop.today + timedelta(10), alerts=["NONE"]))
    loop.act("chen", lists.report_task, task.task_id, 1, "比对完成")
    with pytest.raises(Refusal, match="不能审批自己"):
        loop.act("chen", lists.decide_task, task.task_id, 2, good=True)
    loop.act("deputy", lists.decide_task, task.task_id, 2, good=False, reason="还有两户")
    loop.later(20)
    urged = loop.act("deputy", lists.urge_task, task.task_id, 3, loop.today + timedelta(3))
    assert (urged.status, urged.urged) == ("open", 1)


def test_whoever_is_recused_from_a_case_sees_nothing_that_came_of_it(loop: Loop) -> None:
    case = loop.closed_case()
    item = loop.given(case_id=case)
    loop.do(
        lambda session: session.add(
            CaseRecusal(case_id=case, caller="person:chen", ground="kin", reason="亲属", found="declared", said_by="person:chen", said_at=loop.now,
                        granted=True, decided_by="person:chief", decided_at=loop.now)
        )
    )  # fmt: skip
    with loop.store.look() as session, pytest.raises(NothingFound):
        see_item(session, loop.acting("chen"), item.item_id)


def test_a_letter_without_all_its_parts_is_no_letter(loop: Loop) -> None:
    with pytest.raises(Refusal, match="成因"):
        loop.act("wang", letters.draft_letter, UNIT, OTHER, letters.Wording(**{**vars(WORDING), "cause": " "}))
    with loop.store.look() as session:
        assert session.scalars(select(Recommendation)).all() == []


def test_each_of_the_four_letters_is_filled_from_the_cases_own_papers(loop: Loop) -> None:
    case = loop.closed_case()
    loop.act("wang", giving.open_item, UNIT, OTHER, SAID, case_id=case)
    for kind in letters.KINDS:
        said = loop.act("wang", letters.proposed, case, UNIT, kind, "通海县监察委员会")
        assert said.title == f"关于平潮镇人民政府有关问题的{letters.TITLES[kind]}"
        assert (said.problem, said.advice, said.addressee) == ("多发三个月", SAID.measure, UNIT.name)
        assert "2026年1月5日" in said.source
    with pytest.raises(NothingFound):
        loop.act("zhao", letters.proposed, case, UNIT, "both", "")


def test_no_letter_tells_on_which_day_somebody_complained(loop: Loop) -> None:
    case = loop.closed_case()
    with loop.store.change() as session:
        session.get_one(CaseFile, case).received_on = date(2025, 11, 23)
    said = loop.act("wang", letters.proposed, case, UNIT, "supervision", "通海县监察委员会")
    assert "11月23日" not in "".join(map(str, vars(said).values())) and "2026年1月5日" in said.source
    with loop.store.change() as session:
        session.execute(delete(Verification).where(Verification.case_id == case))
    assert loop.act("wang", letters.proposed, case, UNIT, "supervision", "").source == "我机关在监督检查中发现以下问题"


def test_a_unit_is_found_by_its_code_or_its_whole_name_and_never_by_a_name_that_two_have() -> None:
    tables = ibis.duckdb.connect()
    tables.con.execute(
        "CREATE TABLE unit (unit_id TEXT, name TEXT, supervising_unit_id TEXT, stationed_office_id TEXT, area_id TEXT)"
    )
    tables.con.execute(
        "INSERT INTO unit VALUES ('U1', '县民政局', NULL, 'OF1', NULL), ('U2', '中心小学', 'U1', NULL, 'A'), ('U3', '中心小学', 'U1', NULL, 'B')"
    )
    assert unit_of(tables, " 县民政局 ") == unit_of(tables, "U1")
    assert unit_of(tables, "U3").area_id == "B"
    for wrong in ("中心小学", "民政局", ""):
        with pytest.raises(Refusal, match="没有单位"):
            unit_of(tables, wrong)
    assert units_offered(tables) == ["中心小学", "县民政局"]
    assert unit_known(tables, None) is unit_known(tables, "U-GONE") is unit_known(tables, "中心小学") is None
    typed = [as_typed(tables, unit_known(tables, one)) for one in ("U1", "U3", "U-GONE", None)]
    assert typed == ["县民政局", "U3", "", ""], "what a form begins with can be sent as it stands"


def test_an_item_closed_early_in_the_morning_after_its_last_day_is_late(loop: Loop) -> None:
    """At seven in the morning there it is still the day before in UTC."""
    item = loop.given().item_id
    last = loop.item(item).due_on

    def closed(on: date, hour: int) -> Rectified:
        def close(session: Session) -> None:
            found = session.get_one(Rectification, item)
            found.status, found.closed_at = "closed", datetime(on.year, on.month, on.day, hour, tzinfo=LOCAL).astimezone(UTC)

        loop.do(close)
        with loop.store.look() as session:
            return whole(session, loop.caller("wang"), last)

    assert closed(last, 23) == Rectified(items=1, closed=1, late=0)
    assert closed(last + timedelta(1), 7) == Rectified(items=1, closed=1, late=1)


def test_an_offices_own_terms_lie_over_the_shipped_periods(tmp_path: Path) -> None:
    shipped = SHIPPED_TERMS.read_text(encoding="utf-8").partition("effect:")
    period = "{title: {zh: 甲, en: a}, versions: [{amount: 1, unit: month, from: 2019-01-01, known: own, law: x, article: y}]}"
    (tmp_path / "rectification.yml").write_text(f"periods: {{reply: {period}}}\n{''.join(shipped[1:])}", encoding="utf-8")
    own, day = read_rectifying_terms((tmp_path,)), date(2026, 3, 2)
    assert own.periods.due("reply", day).due_on == date(2026, 4, 2)
    assert own.periods.due("clearing", day) == TERMS.periods.due("clearing", day)
    assert set(TERMS.periods.periods) == set(NAMES)
