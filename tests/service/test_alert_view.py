"""What an alert's page shows and keeps: records, complaints, time, ties, like cases, checks, demands, merging, opening by hand."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from service.access.caller import Bounds, Caller, Held
from service.access.role import roles
from service.alert_view import by_hand, checks, demands, merging
from service.alert_view.by_hand import Told, open_by_hand
from service.alert_view.complaint import complaints_of, pieces, tickets_of
from service.alert_view.history import history_of
from service.alert_view.openness import sees_complaints
from service.alert_view.page import Page, page_of
from service.alert_view.row import HIDDEN, Place, row_page
from service.alert_view.similar import likes_of
from service.alert_view.ties import ties_of
from service.alert_view.timeline import Timeline, timeline_of
from service.desk import Desk
from service.errors import IllegalMove, NothingFound, Refusal
from service.explaining import explain
from service.reading import Reading, reading
from service.store import event, questions
from service.store.alert import MERGED, OPEN, Alert, AlertLink
from service.store.assignment import Assignment
from service.store.event import Event
from service.triage.deciding import dismiss
from service.triage.moving import By
from service.triage.undoing import undo_last
from service.words import speak
from tests.service import village
from tests.service.conftest import NOW, Office
from tests.service.village import resident

FIRM = "91320600MA1AAAAA0R"


def told(text: str) -> dict[str, list[village.Row]]:
    """The village's complaints, the first of them in other words."""
    first, second = village.complaints()["ticket"]
    return {"ticket": [{**first, "body": text}, second]}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """A village whose public employee has a brother on the list and a firm."""
    folder: Path = tmp_path_factory.mktemp("alert_view")
    made = Office(folder, f"sqlite:///{folder / 'home' / 'guantong.db'}")
    ties = {
        "kinship": [{"person_id": resident(4), "relative_id": resident(6), "relation": "sibling", "origin": "household"}],
        "enterprise": [{"enterprise_id": FIRM, "name": "平潮建设有限公司", "kind": "firm", "legal_rep_id": resident(6)}],
    }
    words = "我叫李建国，电话13900000002。东风村有人去世了还在领低保，请问赵敏管不管？"
    made.take_in(village.places(), village.people(), village.payments(), told(words), ties)
    made.run()
    return made


@pytest.fixture
def desk(office: Office) -> Iterator[Desk]:
    with office.desk() as opened:
        yield opened


@pytest.fixture
def seen(desk: Desk) -> Iterator[Reading]:
    with reading(desk) as opened:
        yield opened


def somebody(role: str = "leader", bounds: Bounds | None = None, login: str = "zhou") -> Caller:
    return Caller(f"person:{login}", "person", (Held(roles()[role], bounds or Bounds()),))


def acting(caller: Caller | None = None) -> By:
    return By(caller or somebody(), NOW)


def of_rule(seen: Reading, rule: str) -> Alert:
    """The first alert that rests on a rule."""
    wanted = questions.Wanted(rule=rule)
    return questions.alerts_wanted(seen.session, wanted)[0]


def whole(seen: Reading, alert: Alert) -> Page:
    return page_of(seen, alert, somebody())


def test_the_cells_that_the_rule_compares_are_marked_and_the_number_of_the_row_is_not(seen: Reading) -> None:
    page = whole(seen, of_rule(seen, "public_employee_on_need_based_list"))
    sheets = {one.table: one for group in page.groups for one in group.sheets}
    paid = sheets["subsidy_payment"]
    marked = {label for label, decides in zip(paid.labels, paid.deciding, strict=True) if decides}
    assert "发放日期" in marked and "发放流水号" not in marked
    assert paid.rows[0].link.startswith("/records/") and paid.rows[0].source.endswith(f":{paid.rows[0].row}")


def test_signals_of_one_rule_stand_together_each_with_its_values(seen: Reading) -> None:
    page = whole(seen, of_rule(seen, "duplicate_across_towns"))
    group = next(one for one in page.groups if one.rule == "duplicate_across_towns")
    assert len(group.found) == 3 and all(len(one.values) == len(group.labels) for one in group.found)
    assert group.thresholds and group.basis and group.steps
    keys = [line.link for sheet in group.sheets for line in sheet.rows]
    assert len(keys) == len(set(keys)) == 6


def test_alerts_beside_it_that_one_may_not_see_are_not_told(seen: Reading) -> None:
    alert = of_rule(seen, "paid_after_death")
    assert whole(seen, alert).told.linked, "there is something to hide"
    stranger = somebody("triager", Bounds(office_id="OF-NONE"))
    page = page_of(seen, alert, stranger)
    assert page.told.linked == [] and page.below == []


def test_what_somebody_wrote_by_hand_is_told_to_no_other_platform_also_beside_another_alert(desk: Desk) -> None:
    with reading(desk) as seen:
        name, kind = of_rule(seen, "paid_after_death").fingerprint, next(iter(desk.kinds))
        (village_of,) = seen.session.scalars(
            select(AlertLink.entity_id).where(AlertLink.fingerprint == name, AlertLink.kind == "village")
        )
        told = Told("来电反映村里有人冒领", "详情见来电", "call", kind, "high", "OF-JD01", village.CIVIL, "village", village_of)
        with desk.store.change() as session:
            made = open_by_hand(desk, session, seen.tables, acting(), told).fingerprint
    with reading(desk) as seen:
        alert = seen.session.get_one(Alert, name)
        for language, called in (("zh", kind), ("en", desk.kinds[kind])):
            speak(language)
            beside = {one.alert: one.title for one in explain(seen, alert, 0, platform="platform:hotline").linked}
            assert beside[made] == called and kind != desk.kinds[kind]
            assert {one.alert: one.title for one in explain(seen, alert, 0).linked}[made] == "来电反映村里有人冒领"


def test_a_complaint_shows_what_it_speaks_of_and_never_who_complained_nor_whom_it_names(desk: Desk, seen: Reading) -> None:
    alert = of_rule(seen, "complaint_names_flagged_village")
    signals = questions.present_signals(seen.session, [alert.fingerprint])[alert.fingerprint]
    shown = complaints_of(seen, tickets_of(seen, signals), masked=True)
    first = next(one for one in shown if one.ticket == "TK01")
    text = "".join(piece.text for piece in first.body)
    assert "来电人" in text and "姓名已封存" in text
    everything = "".join(one.model_dump_json() for one in shown)
    assert not any(secret in everything for secret in ("李建国", "李*国", "1390000", "赵敏", "赵*", "nam_", "tel_"))
    assert [piece.text for piece in first.title if piece.kind == "mention"] == ["东风村"]


def test_a_text_is_cut_at_mentions_and_sealed_values_and_loses_nothing_else() -> None:
    token = "nam_" + "0a" * 10
    text = f"东风村【姓名:{token}】没发到"
    cut = pieces(text, [(0, 3, "村"), (4, 9, "在封存里")], {token: "王*兰"})
    assert [(one.text, one.kind) for one in cut] == [("东风村", "mention"), ("王*兰", "sealed"), ("没发到", "plain")]


def timeline(seen: Reading, alert: Alert, *, complaints: bool = True) -> Timeline:
    signals = questions.present_signals(seen.session, [alert.fingerprint])[alert.fingerprint]
    return timeline_of(seen, alert, signals, complaints=complaints, viewer=None)


def test_the_timeline_has_payments_and_complaints_and_says_so_and_tells_no_complaint_where_none_may_be_seen(
    seen: Reading,
) -> None:
    alert = of_rule(seen, "public_employee_on_need_based_list")
    time = timeline(seen, alert)
    assert [one.lane for one in time.points].count("payment") == 3 and "complaint" in {one.lane for one in time.points}
    assert "发放3笔，合计1,950.00元" in time.says and [one.on for one in time.points] == sorted(one.on for one in time.points)
    assert "complaint" not in {one.lane for one in timeline(seen, alert, complaints=False).points}


def test_ties_are_told_by_kind_and_source_and_grow_only_around_what_is_shown(seen: Reading) -> None:
    alert = of_rule(seen, "public_employee_on_need_based_list")
    first = ties_of(seen, alert)
    assert {one.what for one in first.ties} >= {"兄弟姐妹", "任职（科员）"}
    assert all(one.source and one.link for one in first.ties)
    brother = next(tie.other for tie in first.ties if tie.what == "兄弟姐妹")
    further = ties_of(seen, alert, brother)
    assert "法定代表人" in {one.what for one in further.ties} - {one.what for one in first.ties}
    firm = next(node for node in further.nodes if node.name == "平潮建设有限公司")
    assert not firm.opens and ties_of(seen, alert, firm.number).nodes == first.nodes


def test_only_rows_that_the_alert_shows_are_shown_and_their_neighbours_hide_who_they_are(seen: Reading) -> None:
    alert = of_rule(seen, "public_employee_on_need_based_list")
    sheet = next(one for group in whole(seen, alert).groups for one in group.sheets if one.table == "subsidy_payment")
    batch, row = sheet.rows[1].link.removeprefix("/records/").split("/")
    page = row_page(seen, Place(batch=batch, sheet="", row=int(row)), alert, somebody())
    this = next(line for line in page.lines if line.this)
    around = [line for line in page.lines if not line.this]
    at = page.labels.index("身份证号")
    assert str(this.cells[at]).startswith("rid_") and {line.cells[at] for line in around} == {HIDDEN}
    assert len(around) == 6
    with pytest.raises(NothingFound):
        row_page(seen, Place(batch=batch, sheet="", row=1), alert, somebody())
    with pytest.raises(NothingFound):
        row_page(seen, Place(batch=batch, sheet="", row=int(row)), None, somebody())


def test_whoever_is_bound_to_a_unit_sees_no_complaint_although_another_role_shows_the_alert(seen: Reading) -> None:
    alert = of_rule(seen, "complaint_names_flagged_village")
    clerk = somebody("office_member", Bounds(unit_id=village.TOWNSHIP))
    assert sees_complaints(seen.session, somebody(), alert.fingerprint)
    assert not sees_complaints(seen.session, clerk, alert.fingerprint)


def test_a_tick_is_kept_with_who_and_when_and_stands_in_the_chain(desk: Desk) -> None:
    with reading(desk) as seen:
        alert = of_rule(seen, "duplicate_across_towns").fingerprint
        step = checks.steps_of(seen, alert, ["duplicate_across_towns"])["duplicate_across_towns"][0]
    with desk.store.change() as session:
        for _ in range(2):
            checks.tick(session, acting(), alert, "duplicate_across_towns", step.step, done=True)
    with reading(desk) as seen:
        done = checks.steps_of(seen, alert, ["duplicate_across_towns"])["duplicate_across_towns"][0]
        assert (done.done_by, done.done_at) == ("person:zhou", NOW)
        kinds = list(
            seen.session.scalars(
                select(Event.kind).where(Event.about == alert, Event.kind.startswith("check.")).order_by(Event.seq)
            )
        )
        assert kinds == ["check.done"] and event.first_broken(seen.session) is None
        assert step.text in history_of(seen, alert)[0].details
    with desk.store.change() as session:
        checks.tick(session, acting(), alert, "duplicate_across_towns", step.step, done=False)
    with reading(desk) as seen:
        assert checks.steps_of(seen, alert, ["duplicate_across_towns"])["duplicate_across_towns"][0].done_by is None
    stranger = somebody("triager", Bounds(office_id="OF-NONE"))
    with desk.store.change() as session, pytest.raises(NothingFound):
        checks.tick(session, acting(stranger), alert, "duplicate_across_towns", step.step, done=True)


def test_what_is_asked_for_is_answered_once(desk: Desk) -> None:
    with desk.store.change() as session:
        alert = session.scalars(select(Alert.fingerprint)).first() or ""
        with pytest.raises(Refusal):
            demands.ask(session, acting(), alert, " ", "审批表", NOW.date())
        number = demands.ask(session, acting(), alert, "平潮镇人民政府", "审批表", NOW.date()).demand_id
        demands.answer(session, acting(), alert, number, "已收到复印件")
        with pytest.raises(NothingFound):
            demands.answer(session, acting(), alert, number, "再来一次")
    with desk.store.look() as session:
        assert [one.answer for one in demands.demands_of(session, alert)] == ["已收到复印件"]


def test_a_merged_alert_leads_to_the_other_and_is_split_or_undone(desk: Desk) -> None:
    with desk.store.change() as session:
        one, other = session.scalars(select(Alert).where(Alert.status == OPEN).order_by(Alert.fingerprint).limit(2))
        with pytest.raises(Refusal):
            merging.merge(session, acting(), one.fingerprint, one.version, one.fingerprint, "")
        merging.merge(session, acting(), one.fingerprint, one.version, other.fingerprint, "同一件事")
        assert one.status == MERGED and merging.target_of(session, one) == other.fingerprint
        assert merging.merged_into(session, somebody(), other.fingerprint) == [one]
        merging.split(session, acting(), one.fingerprint, one.version)
        assert one.status == OPEN and merging.merged_into(session, somebody(), other.fingerprint) == []
        merging.merge(session, acting(), one.fingerprint, one.version, other.fingerprint, "")
        undo_last(session, acting())
        assert one.status == OPEN and merging.target_of(session, one) is None
        with pytest.raises(IllegalMove):
            merging.split(session, acting(), one.fingerprint, one.version)


def test_like_alerts_are_told_with_what_came_of_them_within_what_one_sees(desk: Desk) -> None:
    with reading(desk) as seen:
        first, second = questions.alerts_wanted(seen.session, questions.Wanted(rule="paid_after_death"))[:2]
    with desk.store.change() as session:
        dismiss(session, acting(), first.fingerprint, first.version, "已经追回")
    with reading(desk) as seen:
        alert = seen.session.get_one(Alert, second.fingerprint)
        likes = likes_of(seen, alert, ["paid_after_death"], somebody())
        assert "已研判1件：不是问题1件" in likes.says and likes.shown[0].reason == "已经追回"
        blind = likes_of(seen, alert, ["paid_after_death"], somebody("triager", Bounds(office_id="OF-NONE")))
        assert blind.shown == []
    with desk.store.change() as session:
        undo_last(session, acting())


TOLD = Told(
    "低保名单与公示不符",
    "群众来电说公示的名单里没有本人，电话13900000002",
    "call",
    "民生资金疑点",
    "high",
    "OF-PZ01",
    "平潮镇人民政府",
)


def by_hand_at(desk: Desk, told: Told, caller: Caller | None = None) -> str:
    with desk.tables() as (tables, _), desk.store.change() as session:
        return open_by_hand(desk, session, tables, acting(caller), told).fingerprint


def test_an_alert_opened_by_hand_goes_to_the_office_and_no_run_finds_it_gone(office: Office, desk: Desk) -> None:
    made = by_hand_at(desk, TOLD)
    with reading(desk) as seen:
        alert = seen.session.get_one(Alert, made)
        given = seen.session.scalars(select(Assignment).where(Assignment.fingerprint == made)).one()
        assert (alert.subject_id, given.office_id, given.due_on is not None) == (village.TOWNSHIP, "OF-PZ01", True)
        assert "13900000002" not in alert.why["zh"] and not page_of(seen, alert, somebody()).groups
    office.run()
    with desk.store.look() as session:
        kept = session.get_one(Alert, made)
        assert (kept.status, kept.quiet_since, kept.priority) == (OPEN, None, by_hand.PRIORITY["high"])


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"unit": "没有这个单位"}, "alert.hand.no_unit"),
        ({"subject_kind": "enterprise", "subject": "没有这家"}, "alert.hand.no_subject"),
        ({"text": " "}, "alert.hand.no_title"),
        ({"office_id": "OF-JD01"}, "alert.hand.no_office"),
        ({"text": "实名举报县委书记收受红包"}, "alert.hand.not_here"),
    ],
)
def test_what_cannot_be_opened_is_refused_and_leaves_nothing(desk: Desk, change: dict[str, str], key: str) -> None:
    group = somebody("triager", Bounds(office_id="OF-PZ01"))
    with desk.store.look() as session:
        before = session.query(Alert).count(), session.query(Event).count()
    with pytest.raises(Refusal) as refused:
        by_hand_at(desk, Told(**{**vars(TOLD), **change}), group)
    assert refused.value.key == key
    with desk.store.look() as session:
        assert (session.query(Alert).count(), session.query(Event).count()) == before
