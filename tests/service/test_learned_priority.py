"""Priority learned from verdicts in a run: from so many verdicts on, with a reason of its own; it orders and hides nothing."""

from sqlalchemy import select

from rules.signal import Signal
from rules.weights import FILE, SHIPPED
from service.learned_priority import past_alerts
from service.store import questions
from service.store.alert import Alert
from service.store.questions import Wanted
from service.store.verdict import Verdict, facts_of
from tests.service import village
from tests.service.conftest import NOW, Office


def judged(office: Office) -> int:
    """Run, and judge every other alert, by turns right and wrong; returns how many alerts there are."""
    office.take_in(village.places(), village.people(), village.payments(), village.complaints())
    office.run()
    with office.desk() as desk, desk.store.change() as session:
        alerts = questions.alerts_wanted(session, Wanted(status="open"))
        resting = questions.present_signals(session, [alert.fingerprint for alert in alerts])
        for at, alert in enumerate(alerts[::2]):
            facts = facts_of(Signal.model_validate(one.body) for one in resting[alert.fingerprint])
            verdict = Verdict(
                fingerprint=alert.fingerprint, outcome="wrong_rule" if at % 2 else "substantiated", reason="已核",
                decided_by="张三", decided_at=NOW, facts=facts,
            )  # fmt: skip
            session.add(verdict)
        return len(alerts)


def learns_from(office: Office, verdicts: int) -> None:
    """An office whose own weights let a model learn from so many verdicts."""
    own = office.folder / "own"
    own.mkdir()
    shipped = (SHIPPED / FILE).read_text(encoding="utf-8")
    (own / FILE).write_text(shipped.replace("least_verdicts: 50", f"least_verdicts: {verdicts}"), encoding="utf-8")
    office.variables["GUANTONG_BOOK"] = str(own)


def learned(alert: Alert) -> list[str]:
    return [one["says"]["zh"] for one in alert.reasons if one["kind"] == "learned"]


def test_with_few_verdicts_nothing_is_learned(embedded: Office) -> None:
    judged(embedded)
    embedded.run()
    with embedded.desk() as desk, desk.store.look() as session:
        assert not any(learned(alert) for alert in session.scalars(select(Alert)))


def test_what_verdicts_teach_is_a_reason_and_hides_no_alert(embedded: Office) -> None:
    before = judged(embedded)
    learns_from(embedded, 2)
    embedded.run()
    with embedded.desk() as desk, desk.store.look() as session:
        alerts = questions.alerts_wanted(session, Wanted(status="open"))
        assert len(alerts) == before
        assert all(len(learned(alert)) == 1 and "条研判结论" in learned(alert)[0] for alert in alerts)
        assert all(abs(sum(one["points"] for one in alert.reasons) - alert.priority) < 0.1 for alert in alerts)
        assert [alert.priority for alert in alerts] == sorted((alert.priority for alert in alerts), reverse=True)


def test_a_judged_alert_is_remembered_with_its_signals_and_its_outcome(embedded: Office) -> None:
    before = judged(embedded)
    with embedded.desk() as desk, desk.store.look() as session:
        past = past_alerts(session)
    assert len(past.alerts) == len(past.right) == (before + 1) // 2
    assert {name for alert in past.alerts for name in alert.signals} <= set(past.signals)
    assert set(past.right.values()) == {True, False}
