"""Casework: one matter one lead office, tasks, verification, drafts, consultation, leads, disposal; limits; recusal; transfers; the pool."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from datasets.strict_yaml import Mistakes
from service.access.caller import Bounds, Caller, Held
from service.access.role import roles
from service.access.sight import cases_seen
from service.casework import (
    above,
    consulting,
    disposing,
    distributing,
    drafting,
    group,
    joining,
    leads,
    opening,
    recusing,
    transferring,
)
from service.casework import verifying as checking
from service.casework.answering import to_answer
from service.casework.claims import Taken
from service.casework.offered import ANSWERS
from service.casework.periods import NAMES, months_after, read_periods
from service.casework.seen import cases, see
from service.casework.ways import completeness
from service.errors import Conflict, IllegalMove, NothingFound, Refusal
from service.store.alert import CLEARED, Alert
from service.store.case import CaseClaim, CaseFile, CaseLimit
from service.store.case_people import Expert, SealedStub
from service.store.database import Store
from service.store.event import Event, first_broken
from service.store.member import Member
from service.store.verdict import Verdict
from tests.service.casework_office import HOME, OTHER, PERIODS, WAYS, Bureau, bureau_on_sqlite

WHOLE = {
    "when": "2024年2月至4月",
    "where": "平潮镇东风村",
    "who": "村干部",
    "what": "去世人员继续领取低保",
    "how": "",
    "why": "",
    "things": "",
}


@pytest.fixture
def bureau(store: Store) -> Bureau:
    made = Bureau(store)
    made.enrol()
    return made


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Bureau]:
    """On SQLite only: for what does not depend on the database."""
    with bureau_on_sqlite(tmp_path) as made:
        yield made


class Walk:
    """One case file, walked by people."""

    def __init__(self, bureau: Bureau, fingerprint: str = "AL1", **facts: Any) -> None:
        self.bureau = bureau
        alert = bureau.alert(fingerprint, **facts)
        self.case_id = bureau.do(lambda session: opening.open_from_alerts(session, bureau.acting("wang"), HOME, [alert])).case_id

    @property
    def case(self) -> CaseFile:
        return self.bureau.case(self.case_id)

    def does(self, who: str, act: Any, *said: Any, **named: Any) -> Any:
        """`act` on the case file as it is now, by somebody."""
        before = [WAYS] if act in (leads.write_sheet, disposing.decide, disposing.accept) else []
        version = self.case.version
        return self.bureau.do(
            lambda session: act(session, self.bureau.acting(who), *before, self.case_id, version, *said, **named)
        )

    def to_verifying(self) -> "Walk":
        order = distributing.Order("assign", HOME, "person:wang", "核对死亡时间与发放记录", 10)
        self.does("head", distributing.distribute, order)
        self.does("wang", distributing.acknowledge)
        return self

    def to_drafted(self) -> "Walk":
        self.to_verifying()
        records = [{"table": "subsidy_payment", "key": "PAY012024-02"}]
        said = checking.Checked("发放记录与死亡证明", "substantiated", "三个月均在死亡之后发放", self.bureau.today, records)
        self.does("wang", checking.verify, said)
        self.does("wang", drafting.draft, drafting.Problem("去世人员继续领取低保", "三笔共1950元", "低保审核确认办法"))
        return self

    def to_lead(self) -> "Walk":
        self.to_drafted()
        self.does("wang", consulting.consult, consulting.Questions("适用哪条？", "够不够？", ["person:li", "person:head"]))
        for who in ("li", "head"):
            self.does(who, consulting.sign, consulting.Said("适用", "充分", "promote"))
        self.does("head", consulting.decide, "promote", "意见一致")
        self.does("wang", leads.write_sheet, WHOLE)
        return self

    def limits(self) -> dict[str, CaseLimit]:
        """Open ones by period."""
        with self.bureau.store.look() as session:
            open_ = select(CaseLimit).where(CaseLimit.case_id == self.case_id, CaseLimit.met_at.is_(None))
            return {one.period: one for one in session.scalars(open_)}


def test_a_matter_goes_from_alert_to_approved_disposal_and_every_step_is_in_the_chain(bureau: Bureau) -> None:
    walk = Walk(bureau).to_lead()
    assert walk.case.status == "lead"
    assert walk.limits()["opinion"].due_on == date(2026, 2, 5)
    walk.does("wang", disposing.propose, disposing.Opinion("check", "拟初步核实", "两人核查组，一个月"))
    assert "opinion" not in walk.limits()
    walk.does("chief", disposing.decide, agree=True, reason="")
    assert (walk.case.status, walk.case.due_on) == ("disposing", date(2026, 3, 5))
    walk.does("wang", disposing.report, "filed", "查实")
    with pytest.raises(Refusal, match="理由"):
        walk.does("deputy", disposing.accept, agree=False)
    walk.does("deputy", disposing.accept, agree=False, reason="缺一份笔录")
    with bureau.store.look() as session:
        back = see(session, bureau.acting("wang"), WAYS, walk.case_id).sent_back
        assert back is not None and (back[0].kind, back[1]) == ("case.send_back", "缺一份笔录")
    walk.does("wang", disposing.report, "filed", "查实，笔录已补")
    with bureau.store.look() as session:
        assert see(session, bureau.acting("wang"), WAYS, walk.case_id).sent_back is None
    walk.does("deputy", disposing.accept, agree=True)
    assert (walk.case.status, walk.case.outcome, walk.case.due_on) == ("closed", "filed", None)
    with bureau.store.look() as session:
        kinds = list(session.scalars(select(Event.kind).where(Event.about == walk.case.name).order_by(Event.seq)))
        assert first_broken(session) is None
        assert session.scalars(select(CaseClaim)).all() == []
        assert [one.outcome for one in session.scalars(select(Verdict))] == ["substantiated"]
    assert kinds == [f"case.{one}" for one in (
        "opened", "distribute", "acknowledge", "verify", "draft", "consult", "sign", "sign", "promote", "sheet", "propose", "approve", "report", "send_back", "report", "file",
    )]  # fmt: skip


def test_the_office_that_comes_second_is_told_who_has_it_and_can_join(bureau: Bureau) -> None:
    walk = Walk(bureau, subject_id="P-same")
    bureau.alert("AL2", "person:zhao", OTHER, subject_id="P-same")
    with pytest.raises(Taken, match="驻县民政局纪检监察组主办"):
        bureau.do(lambda session: opening.open_from_alerts(session, bureau.acting("zhao"), OTHER, ["AL2"]))
    asked = bureau.do(lambda session: joining.ask_to_join(session, bureau.acting("zhao"), OTHER, "AL2", "我室也收到反映"))
    with bureau.store.look() as session:
        assert session.scalars(select(CaseFile).where(cases_seen(bureau.caller("zhao")))).all() == []
    walk.does("head", joining.answer_joining, asked.case_office_id, take=True)
    with bureau.store.look() as session:
        assert [one.case_id for one in session.scalars(select(CaseFile).where(cases_seen(bureau.caller("zhao"))))] == [
            walk.case_id
        ]
    with pytest.raises(Refusal, match="主办部门"):
        walk.does("zhao", distributing.distribute, distributing.Order("distribute", OTHER, None, "", 5))


def test_a_matter_is_free_again_when_its_case_file_is_closed(small: Bureau) -> None:
    walk = Walk(small, subject_id="P-same").to_drafted()
    walk.does("head", drafting.settle, "按一般问题整改")
    assert walk.case.outcome == "general"
    small.alert("AL2", subject_id="P-same")
    again = small.do(lambda session: opening.open_from_alerts(session, small.acting("wang"), HOME, ["AL2"]))
    assert again.status == "opened"


def test_only_an_accepted_alert_of_ones_own_is_opened(small: Bureau) -> None:
    small.alert("AL1")
    with pytest.raises(NothingFound):
        small.do(lambda session: opening.open_from_alerts(session, small.acting("zhao"), OTHER, ["AL1"]))
    with pytest.raises(Refusal, match="本部门"):
        small.do(lambda session: opening.open_from_alerts(session, small.acting("wang"), OTHER, ["AL1"]))
    small.do(lambda session: session.get_one(Alert, "AL1").put_back("open", None))
    with pytest.raises(IllegalMove, match="还没有受理"):
        small.do(lambda session: opening.open_from_alerts(session, small.acting("wang"), HOME, ["AL1"]))


def test_nobody_approves_their_own(small: Bureau) -> None:
    walk = Walk(small)
    order = distributing.Order("distribute", HOME, "person:head", "", 10)
    walk.does("head", distributing.distribute, order)
    walk.does("head", distributing.acknowledge)
    said = checking.Checked("查发放", "unfounded", "已退回", small.today, [{"text": "退款凭证"}])
    walk.does("head", checking.verify, said)
    with pytest.raises(Refusal, match="不能审批自己"):
        walk.does("head", checking.close_unfounded, "查否")
    walk.does("chief", checking.close_unfounded, "查否")
    with small.store.look() as session:
        assert session.get_one(Alert, "AL1").status == CLEARED
    other = Walk(small, "AL9").to_lead()
    other.does("chief", disposing.propose, disposing.Opinion("conclude", "拟了结", "无"))
    with pytest.raises(Refusal, match="不能审批自己"):
        other.does("chief", disposing.decide, agree=True, reason="")
    with pytest.raises(Refusal, match="无权审批"):
        other.does("head", disposing.decide, agree=True, reason="")
    other.does("deputy", disposing.decide, agree=True, reason="")
    assert other.case.outcome == "concluded"


def test_what_waits_for_an_answer_is_listed_for_whoever_can_give_it(small: Bureau) -> None:
    def waiting(who: str) -> list[int]:
        with small.store.look() as session:
            acting = small.acting(who)
            found = [one.case_id for one in to_answer(session, acting, WAYS)]
            one_by_one = (one.case_id for one in cases(session, acting))
            assert found == [one for one in one_by_one if see(session, acting, WAYS, one).offered.first in ANSWERS]
            return found

    walk = Walk(small).to_lead()
    assert waiting("chief") == waiting("wang") == []
    walk.does("wang", disposing.propose, disposing.Opinion("check", "拟初步核实", "两人一组"))
    assert waiting("chief") == [walk.case_id]
    assert waiting("wang") == waiting("head") == []
    walk.does("chief", disposing.decide, agree=True, reason="")
    assert waiting("chief") == []


def test_what_waits_for_a_leader_is_not_hidden_behind_what_waits_for_others(small: Bureau) -> None:
    for number in range(3):
        others = Walk(small, f"AL-OTHER{number}").to_drafted()
        others.does("wang", consulting.consult, consulting.Questions("适用哪条？", "够不够？", ["person:li", "person:head"]))
    given = Walk(small, "AL-GIVEN")
    given.does("head", distributing.distribute, distributing.Order("distribute", HOME, None, "", 1))
    late = Walk(small, "AL-LATE").to_lead()
    small.forward(3)
    late.does("wang", disposing.propose, disposing.Opinion("check", "拟初步核实", "两人一组"))
    with small.store.look() as session:
        found = {
            who: [one.case_id for one in to_answer(session, small.acting(who), WAYS, at_once=2)]
            for who in ("chief", "li", "zhao")
        }
        assert see(session, small.acting("chief"), WAYS, given.case_id).offered.first != "acknowledge", (
            "it was given to an office"
        )
    assert found["chief"] == [late.case_id]
    assert given.case_id in found["li"] and len(found["li"]) == 4 and found["zhao"] == []


def test_only_consultation_promotes_and_only_after_everybody_signed(small: Bureau) -> None:
    walk = Walk(small).to_drafted()
    with pytest.raises(IllegalMove):
        walk.does("wang", leads.write_sheet, WHOLE)
    with pytest.raises(Refusal, match="至少2人"):
        walk.does("wang", consulting.consult, consulting.Questions("适用？", "够？", ["person:li"]))
    walk.does("wang", consulting.consult, consulting.Questions("适用？", "够？", ["person:li", "person:zhao"]))
    with pytest.raises(Refusal, match="还有2人"):
        walk.does("head", consulting.decide, "promote", "同意")
    walk.does("li", consulting.sign, consulting.Said("适用", "不够", "return"))
    with pytest.raises(Refusal, match="不是本次会商"):
        walk.does("head", consulting.sign, consulting.Said("适用", "充分", "promote"))
    walk.does(
        "zhao", consulting.sign, consulting.Said("适用", "不够", "return")
    )  # of another office: asked, so it sees the case file
    walk.does("head", consulting.decide, "return", "补查银行流水")
    assert walk.case.status == "verifying"


def test_a_sheet_with_the_key_elements_makes_a_preliminary_check_possible() -> None:
    assert completeness(WAYS, WHOLE).proposed == "check"
    lacking = completeness(WAYS, {**WHOLE, "where": " "})
    assert (lacking.proposed, lacking.missing_key) == ("talk", ["where"])


def test_a_letter_is_answered_with_the_party_heads_signature_and_its_days_are_working_days(small: Bureau) -> None:
    walk = Walk(small).to_lead()
    walk.does("wang", disposing.propose, disposing.Opinion("talk", "拟函询", "发函", "letter"))
    walk.does("chief", disposing.decide, agree=True, reason="")
    with pytest.raises(Refusal, match="先登记"):
        walk.does("wang", disposing.report, "minor", "情节轻微")
    walk.does("wang", disposing.ask, small.today)
    assert walk.limits()["answer"].due_on == PERIODS.days.after(date(2026, 1, 5), 15).on
    small.forward(days=7)
    with pytest.raises(Refusal, match="主要负责人签署"):
        walk.does("wang", disposing.answer, small.today, countersigned=False)
    walk.does("wang", disposing.answer, small.today, countersigned=True)
    assert set(walk.limits()) == {"talk_report"}
    assert walk.limits()["talk_report"].due_on == date(2026, 2, 12)
    walk.does("wang", disposing.report, "minor", "情节轻微，提醒谈话")
    walk.does("chief", disposing.accept, agree=True)
    assert (walk.case.status, set(walk.limits())) == ("lead", {"opinion"})


def test_what_is_late_is_supervised_and_nothing_else_is(small: Bureau) -> None:
    walk = Walk(small).to_verifying()
    with pytest.raises(Refusal, match="没有逾期"):
        walk.does("chief", distributing.urge, "尽快", 3)
    small.forward(days=30)
    task = walk.does("chief", distributing.urge, "三日内报告", 3)
    assert (task.mode, walk.limits()["task"].urged) in {("supervise", 0), ("supervise", 1)}
    with small.store.look() as session:
        assert sorted(one.urged for one in session.scalars(select(CaseLimit).where(CaseLimit.period == "task"))) == [0, 1]


def test_a_transfer_is_taken_by_the_other_office_or_refused_with_a_reason(bureau: Bureau) -> None:
    walk = Walk(bureau).to_verifying()
    walk.does("head", transferring.transfer, OTHER, "按管理权限")
    assert walk.limits()["transfer"].due_on == PERIODS.days.after(date(2026, 1, 5), 5).on
    with pytest.raises(IllegalMove, match="正在移送"):
        walk.does("wang", drafting.draft, drafting.Problem("问题", "事实", "依据"))
    with pytest.raises(Refusal, match="理由"):
        walk.does("chen", transferring.answer_transfer, take=False)
    walk.does("chen", transferring.answer_transfer, take=False, reason="不属我室联系范围")
    assert (walk.case.office_id, walk.case.status) == (HOME, "verifying")
    walk.does("head", transferring.transfer, OTHER, "经协商")
    walk.does("chen", transferring.answer_transfer, take=True)
    assert (walk.case.office_id, walk.case.status, walk.case.handler) == (OTHER, "opened", None)
    with pytest.raises(NothingFound):
        walk.does("wang", distributing.distribute, distributing.Order("distribute", HOME, None, "", 5))


def test_who_declares_recusal_is_out_at_once_and_the_matter_is_distributed_anew(bureau: Bureau) -> None:
    walk = Walk(bureau).to_verifying()
    said = walk.does("wang", recusing.recuse, "person:wang", "kin", "当事人是我姨父")
    with pytest.raises(NothingFound):
        walk.does("wang", checking.verify, checking.Checked("x", "unclear", "y", bureau.today, [{"text": "z"}]))
    walk.does("head", recusing.decide_recusal, said.recusal_id, grant=True)
    assert (walk.case.status, walk.case.handler) == ("opened", None)
    with pytest.raises(Refusal, match="已在本件回避"):
        walk.does("head", distributing.distribute, distributing.Order("distribute", HOME, "person:wang", "", 5))


def test_a_person_whom_the_matter_concerns_sees_nothing_and_handles_nothing(small: Bureau) -> None:
    walk = Walk(small, subject_id="P-li")
    with small.store.change() as session:
        session.scalars(select(Member).where(Member.login == "li")).one().person_id = "P-li"
    with pytest.raises(Refusal, match="本人即当事人"):
        walk.does("head", distributing.distribute, distributing.Order("distribute", HOME, "person:li", "", 5))
    herself = Caller("person:li", "person", (Held(roles()["leader"], Bounds()),), person_id="P-li")
    with small.store.look() as session:
        assert session.scalars(select(CaseFile).where(cases_seen(herself))).all() == []


def test_a_units_own_people_never_see_a_case_file(small: Bureau) -> None:
    Walk(small)
    own = Caller("person:clerk", "person", (Held(roles()["office_member"], Bounds(unit_id="U0010")),))
    with small.store.look() as session:
        assert session.scalars(select(CaseFile).where(cases_seen(own))).all() == []


def test_two_people_act_at_once_and_the_second_is_told(small: Bureau) -> None:
    walk = Walk(small)
    version = walk.case.version
    walk.does("head", distributing.distribute, distributing.Order("distribute", HOME, None, "", 5))
    with pytest.raises(Conflict, match="head 分办"):
        small.do(lambda session: distributing.acknowledge(session, small.acting("li"), walk.case_id, version))


def test_helpers_are_matched_by_skill_less_those_who_must_keep_out(small: Bureau) -> None:
    walk = Walk(small)
    pool = {"审计甲": (["audit", "finance"], "U0900"), "财务乙": (["finance"], "U0010"), "工程丙": (["works"], None)}

    def fill(session: Any) -> None:
        for name, (skills, unit) in pool.items():
            expert = Expert(
                name=name, login=None, person_id=None, unit_id=unit, area_id=None, skills=skills, earlier_units=[], available=True
            )
            group.add_expert(session, small.acting("head"), expert)

    small.do(fill)
    with small.store.look() as session:
        found = group.match(session, small.acting("head"), walk.case, ["finance"])
    assert [(one.expert.name, one.barred) for one in found] == [("审计甲", []), ("财务乙", ["unit"])]
    walk.does("head", group.call_in, found[0].expert.expert_id, "finance")
    with pytest.raises(Refusal, match="应当回避"):
        walk.does("head", group.call_in, found[1].expert.expert_id, "finance")


def test_of_what_goes_above_only_time_and_recipient_stay(bureau: Bureau) -> None:
    bureau.do(lambda session: above.seal(session, bureau.acting("chief"), "市纪委监委信访室"))
    with bureau.store.look() as session:
        assert [one.recipient for one in session.scalars(select(SealedStub))] == ["市纪委监委信访室"]
        assert session.scalars(select(Event)).all() == []
    walk = Walk(bureau).to_lead()
    walk.does("chief", above.hand_above, "市纪委监委信访室")
    assert (walk.case.status, walk.case.title, walk.case.subject_id) == ("closed", "-", None)
    with bureau.store.look() as session:
        assert session.scalars(select(consulting.Opinion)).all() == []


def test_a_lead_of_another_body_runs_from_the_day_it_was_received(small: Bureau) -> None:
    matter = opening.Matter("审计移送：虚报工程量", "outside", date(2026, 1, 2), "审移〔2026〕3号", unit_id="U0011")
    case = small.do(lambda session: opening.open_by_hand(session, small.acting("wang"), HOME, matter))
    assert (case.due_on, case.source_ref) == (date(2026, 2, 2), "审移〔2026〕3号")


def test_a_period_is_the_version_of_its_day() -> None:
    assert PERIODS.due("opinion", date(2018, 12, 31)).why["amount"] == 30
    assert PERIODS.due("opinion", date(2019, 1, 1)).why["unit"] == "month"
    assert months_after(date(2026, 1, 31), 1) == date(2026, 2, 28)
    with pytest.raises(Refusal, match="没有"):
        PERIODS.due("answer", date(2010, 1, 1))


VERSION = "{amount: 1, unit: month, from: 2019-01-01, known: own, law: x, article: y}"


def test_an_offices_own_periods_lie_over_the_shipped_ones(tmp_path: Path) -> None:
    (tmp_path / "periods.yml").write_text(f"task: {{title: {{zh: 甲, en: a}}, versions: [{VERSION}]}}\n", encoding="utf-8")
    own = read_periods((tmp_path,))
    assert own.due("task", date(2026, 3, 2)).due_on == date(2026, 4, 2)
    assert own.due("task", date(2026, 3, 2)) != PERIODS.due("task", date(2026, 3, 2))
    assert own.due("extension", date(2026, 3, 2)) == PERIODS.due("extension", date(2026, 3, 2))


def test_the_shipped_periods_hold_whatever_is_asked_for() -> None:
    assert set(PERIODS.periods) == set(NAMES)


def test_a_periods_file_with_a_period_that_nobody_asks_for_is_refused(tmp_path: Path) -> None:
    (tmp_path / "periods.yml").write_text(f"taks: {{title: {{zh: 甲, en: a}}, versions: [{VERSION}]}}\n", encoding="utf-8")
    with pytest.raises(Mistakes, match="did you mean task"):
        read_periods((tmp_path,))


def test_a_periods_file_whose_versions_overlap_is_refused(tmp_path: Path) -> None:
    (tmp_path / "periods.yml").write_text(
        f"task: {{title: {{zh: 甲, en: a}}, versions: [{VERSION}, {VERSION}]}}\n", encoding="utf-8"
    )
    with pytest.raises(Mistakes, match="must end before"):
        read_periods((tmp_path,))
