"""Who may do what: roles, keys, sign-ins, and what each caller sees."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyotp
import pytest
from sqlalchemy import select

from service.access import key, signing_in
from service.access.caller import Bounds, Caller, Held
from service.access.role import roles, verbs
from service.access.sight import narrowed
from service.errors import Refusal
from service.store import event
from service.store.alert import Alert, AlertLink
from service.store.assignment import Assignment
from service.store.database import Store
from service.store.member import Member
from service.words import texts
from service.working_days import LOCAL

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
PASSWORD = "a long enough password"
EVERYWHERE = Bounds()
FACTS: dict[str, Any] = {
    "kind": "民生资金疑点", "title": {"zh": "一", "en": "one"}, "severity": "high", "subject_kind": "person", "amount": None,
    "chains": [], "officials": [], "why": {"zh": "", "en": ""}, "priority": 50.0, "sure": 0.5,
}  # fmt: skip
ALERTS: dict[str, dict[str, Any]] = {
    "AL1": {"subject_id": "P1", "unit_id": "U1", "area_id": "320612001001", "parties": []},
    "AL2": {"subject_id": "P2", "unit_id": "U2", "area_id": "320612002001", "parties": [["unit", "U9"]]},
    "AL3": {"subject_id": "P3", "unit_id": None, "area_id": "320612001002", "parties": []},
}
ASSIGNED = [
    ("AL1", "stationed", "OF1", None),
    ("AL2", "discipline", "OF2", None),
    ("AL3", "discipline", "OF2", None),
    *[(one, "coordination", None, "U9") for one in ("AL2", "AL3")],
]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(f"sqlite:///{tmp_path / 'guantong.db'}")
    yield opened
    opened.close()


@pytest.fixture
def filled(store: Store) -> Store:
    with store.change() as session:
        for name, facts in ALERTS.items():
            session.add(Alert.open({**FACTS, **facts, "fingerprint": name}, 1, NOW.date(), NOW))
        session.flush()
        session.add(AlertLink(fingerprint="AL1", kind="official", entity_id="P77"))
        for alert, stream, office, unit in ASSIGNED:
            session.add(
                Assignment(
                    fingerprint=alert, stream=stream, office_id=office, unit_id=unit, role="lead" if office else "handle", route="r",
                    because={}, channel="routine", due_provisional=False, given_run=1,
                )
            )  # fmt: skip
    return store


def holder(role: str, bounds: Bounds = EVERYWHERE, person: str | None = None) -> Caller:
    return Caller("person:x", "person", (Held(roles()[role], bounds),), person_id=person)


@pytest.mark.parametrize(
    ("caller", "seen"),
    [
        (holder("leader"), {"AL1", "AL2", "AL3"}),
        (holder("leader", person="P77"), {"AL2", "AL3"}),
        (holder("triager", Bounds(office_id="OF1")), {"AL1"}),
        (holder("triager", Bounds(stream="discipline")), {"AL2", "AL3"}),
        (holder("triager", Bounds(stream="discipline", area_id="320612001000")), {"AL3"}),
        (holder("office_head", Bounds(area_id="320612000000")), {"AL1", "AL2", "AL3"}),
        (holder("platform", Bounds(unit_id="U9")), {"AL3"}),
        (holder("platform", Bounds(unit_id="U1")), set()),
        (holder("administrator"), set()),
    ],
)
def test_everybody_sees_what_is_theirs_and_nobody_what_is_about_them(filled: Store, caller: Caller, seen: set[str]) -> None:
    with filled.look() as session:
        assert set(session.scalars(narrowed(select(Alert.fingerprint), caller))) == seen


def test_an_assignment_that_ended_shows_nothing_any_more(filled: Store) -> None:
    with filled.change() as session:
        for one in session.scalars(select(Assignment).where(Assignment.office_id == "OF1")):
            one.ended_run = 2
    with filled.look() as session:
        assert not session.scalars(narrowed(select(Alert), holder("triager", Bounds(office_id="OF1")))).all()


def test_a_key_is_its_holder_until_it_ends(store: Store) -> None:
    with store.change() as session:
        made = key.make_key(session, "12345", "platform", Bounds(), scopes=["records.push"], made_by="test", now=NOW, days=30)
    with store.look() as session:
        caller = key.caller_of(session, made.text, NOW)
        assert caller is not None and caller.may("records.push") and not caller.may("alerts.read")
        assert key.caller_of(session, made.text[:-1] + ("a" if made.text[-1] != "a" else "b"), NOW) is None
        assert key.caller_of(session, made.text, NOW + timedelta(days=30)) is None
    with store.change() as session:
        key.revoke(session, made.key_id, "test", NOW)
    with store.look() as session:
        assert key.caller_of(session, made.text, NOW) is None
        assert event.first_broken(session) is None


def test_the_text_of_a_key_is_kept_nowhere(store: Store, tmp_path: Path) -> None:
    with store.change() as session:
        made = key.make_key(session, "12345", "platform", Bounds(), made_by="test", now=NOW)
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert made.key_id.encode() in kept and made.text.split("_", 2)[2].encode() not in kept


@pytest.mark.parametrize(
    ("asked", "said"), [({"role": "boss"}, "boss"), ({"scopes": ["alerts.eat"]}, "alerts.eat"), ({"days": 367}, "366")]
)
def test_a_key_that_makes_no_sense_is_refused(store: Store, asked: dict[str, object], said: str) -> None:
    wanted = {"role": "platform", "made_by": "test", "now": NOW, **asked}
    role = str(wanted.pop("role"))
    with pytest.raises(Refusal, match=said), store.change() as session:
        key.make_key(session, "x", role, Bounds(), **wanted)  # type: ignore[arg-type]


def test_wrong_passwords_lock_the_sign_in_for_a_while(store: Store) -> None:
    with store.change() as session:
        signing_in.enrol(session, "zhang", "张", PASSWORD, by="test", now=NOW)
    for _ in range(signing_in.ATTEMPTS):
        with store.change() as session, pytest.raises(Refusal):
            signing_in.sign_in(session, "zhang", "wrong", NOW)
    with store.change() as session, pytest.raises(Refusal):
        signing_in.sign_in(session, "zhang", PASSWORD, NOW + signing_in.LOCKED / 2)
    with store.change() as session:
        token = signing_in.sign_in(session, "zhang", PASSWORD, NOW + signing_in.LOCKED)
        assert signing_in.caller_of(session, token, NOW + signing_in.LOCKED) is not None
        assert signing_in.caller_of(session, token, NOW + signing_in.LOCKED + signing_in.LIFE) is None
        signing_in.sign_out(session, token)
        assert signing_in.caller_of(session, token, NOW + signing_in.LOCKED) is None


def test_a_second_factor_is_asked_for_where_it_is_set(store: Store) -> None:
    secret = pyotp.random_base32()
    with store.change() as session:
        signing_in.enrol(session, "li", "李", PASSWORD, by="test", now=NOW).totp = "sealed"
    with store.change() as session, pytest.raises(Refusal):
        signing_in.sign_in(session, "li", PASSWORD, NOW, "000000", secret)
    with store.change() as session:
        assert signing_in.sign_in(session, "li", PASSWORD, NOW, pyotp.TOTP(secret).at(NOW), secret)


def test_a_short_password_and_a_taken_login_are_refused(store: Store) -> None:
    with store.change() as session:
        signing_in.enrol(session, "wang", "王", PASSWORD, by="test", now=NOW)
        for login, password in (("wang", PASSWORD), ("zhao", "short")):
            with pytest.raises(Refusal):
                signing_in.enrol(session, login, "x", password, by="test", now=NOW)


def test_a_role_holds_from_its_first_day_to_its_last(store: Store) -> None:
    with store.change() as session:
        member = signing_in.enrol(session, "wang", "王", PASSWORD, by="test", now=NOW)
        signing_in.grant(session, member, "leader", Bounds(), by="test", now=NOW)
        token = signing_in.sign_in(session, "wang", PASSWORD, NOW)
        caller = signing_in.caller_of(session, token, NOW)
        assert caller is not None and caller.may("alerts.judge") and caller.sees_names
        assert session.scalars(select(Member)).one().password != PASSWORD


def test_roles_keep_apart_what_must_be_apart() -> None:
    known = roles()
    assert known["data_team"].names == "pseudonym" and "sealed.ask" not in known["data_team"].may
    assert known["administrator"].sees == "none" and not {"alerts.read", "evidence.read"} & known["administrator"].may
    assert not {one for one in known["auditor"].may if not one.endswith(".read")}
    assert "audit.read" in verbs()


def test_every_right_has_plain_words_in_both_languages_and_none_is_left_over() -> None:
    rights = {f"right.{verb.replace('.', '_')}" for verb in verbs()} | {"right.entitled"}  # what a webhook may ask for besides
    for language in ("zh", "en"):
        told = {key: text for key, text in texts(language).items() if key.startswith("right.")}
        assert set(told) == rights
        assert len(set(told.values())) == len(told)  # two rights that read alike could not be told apart


def test_a_role_begins_and_ends_with_the_day_where_the_offices_are(store: Store) -> None:
    midnight = datetime(2026, 3, 3, tzinfo=LOCAL).astimezone(UTC)
    with store.change() as session:
        member = signing_in.enrol(session, "wang", "王明", PASSWORD, by="test", now=NOW)
        signing_in.grant(session, member, "triager", EVERYWHERE, by="test", now=NOW, ends_on=date(2026, 3, 2))
        signing_in.grant(session, member, "office_member", EVERYWHERE, by="test", now=midnight)
        token = signing_in.sign_in(session, "wang", PASSWORD, midnight - timedelta(minutes=10))
    for minutes, wanted in ((-5, ["triager"]), (5, ["office_member"])):
        with store.change() as session:
            caller = signing_in.caller_of(session, token, midnight + timedelta(minutes=minutes))
            assert caller is not None and [one.role for one in caller.held] == [roles()[one] for one in wanted]
