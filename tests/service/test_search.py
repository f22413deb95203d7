"""Finding alerts by words: two characters are found, sealed values never, and the index follows what is kept."""

import numpy as np
import pytest
from sqlalchemy import func, select

from datasets.sealing import TOKEN
from service.console.asked import Asked, joined, matching, understood
from service.reading import reading
from service.roll.alerts import read_roll
from service.roll.kept import Rolls
from service.search.grams import grams, plain
from service.search.index import index_alerts
from service.search.look import find
from service.store import event
from service.store.alert import ACCEPTED, Alert
from service.store.event import Happening
from service.store.search import AlertGram, AlertText
from tests.service import village
from tests.service.conftest import NOW, Office


def test_chinese_is_taken_apart_in_pairs_and_everything_else_in_words() -> None:
    assert grams(plain("低保户PG-01，ＡＢ 户")) == {"低保", "保户", "pg-01", "ab", "户"}


def test_words_of_two_characters_are_found_on_both_databases_and_no_sealed_value(office: Office) -> None:
    """A run is slow: everything about its index is asserted here."""
    office.take_in(village.places(), village.people(), village.payments(), village.complaints())
    office.run()
    with office.desk() as desk, reading(desk) as seen, desk.store.change() as session:
        texts = {one.fingerprint: one for one in session.scalars(select(AlertText))}
        assert len(texts) == session.scalar(select(func.count(Alert.fingerprint)))
        holding = {number.text_id for number in texts.values() if "低保" in number.said}
        assert holding
        found = find(session, "低保")
        assert found is not None and set(found.tolist()) == holding
        assert set(np.asarray(find(session, "死亡 低保")).tolist()) == {
            one.text_id for one in texts.values() if "死亡" in one.said and "低保" in one.said
        }
        assert find(session, " ，") is None and len(np.asarray(find(session, "从来没有人说过"))) == 0
        assert len(np.asarray(find(session, next(iter(texts))[:8]))) >= 1
        assert len(np.asarray(find(session, "低"))) >= len(holding)
        said = "".join(one.said for one in texts.values()) + "".join(session.scalars(select(AlertGram.gram)))
        assert not TOKEN.search(said) and not [name for name in village.NAMES if name in said]
        assert index_alerts(seen, session) == 0
        changed = session.get_one(Alert, next(iter(texts)))
        changed.title = {"zh": "换了说法的标题", "en": "another title"}
        session.flush()
        assert index_alerts(seen, session) == 1
        assert len(np.asarray(find(session, "换了说法"))) == 1
        assert index_alerts(seen, session, anew=True) == len(texts)
        assert len(np.asarray(find(session, "换了说法"))) == 1


def test_the_roll_follows_every_change_on_record(embedded: Office) -> None:
    embedded.take_in(village.places(), village.people(), village.payments(), village.complaints())
    embedded.run()
    rolls = Rolls()
    with embedded.desk() as desk:
        with desk.store.look() as session:
            before = rolls.now(session)
        with desk.store.change() as session:
            alert = session.scalars(select(Alert).order_by(Alert.fingerprint)).first()
            assert alert is not None
            alert.accept("person:li")
            event.append(session, [Happening("alert.accepted", alert.fingerprint, {})], "person:li", NOW)
            name = alert.fingerprint
        with desk.store.look() as session:
            after, whole = rolls.now(session), read_roll(session)
        assert before.coded["status"].counts(np.ones(before.size, dtype=bool)) == {"open": before.size}
        for roll in (after, whole):
            place = roll.place_of[name]
            assert roll.coded["status"].values[roll.coded["status"].codes[place]] == ACCEPTED
            assert roll.coded["holder"].within(["person:li"], roll.size).nonzero()[0].tolist() == [place]


LABELS = {
    "status": {"open": "待研判", "accepted": "已受理"}, "due": {"overdue": "逾期", "soon": "临期"}, "stream": {"stationed": "派驻监督"},
    "office": {}, "topic": {}, "rule": {"paid_after_death": "死亡后仍领取补贴", "death_unknown": "死亡信息缺失"}, "area": {"320612001": "通州镇"},
    "unit": {}, "severity": {"high": "高"},
}  # fmt: skip


def test_what_is_typed_becomes_facets_and_words() -> None:
    asked, unknown = understood("流:派驻 区：通州 规则:死亡后 逾期 低保 养老", LABELS)
    assert asked.facets == {"stream": ("stationed",), "area": ("320612001",), "rule": ("paid_after_death",), "due": ("overdue",)}
    assert (asked.words, unknown) == ("低保 养老", [])
    assert understood("规则:没有的 12:30", LABELS)[1] == ["规则:没有的"]
    assert matching("死亡", LABELS["rule"]) == ("paid_after_death", "death_unknown")


@pytest.mark.parametrize("query", ["", "stream=stationed&rule=a&rule=b&q=%E4%BD%8E%E4%BF%9D&mine=1&sort=due", "status=all"])
def test_a_question_is_the_same_when_read_back_from_its_address(query: str) -> None:
    assert Asked.of(Asked.of(query).query) == Asked.of(query)


def test_the_queue_is_of_open_alerts_unless_another_status_is_asked_for() -> None:
    assert Asked().wanted("status") == ("open",)
    assert Asked.of("status=all").wanted("status") == ()
    assert joined(Asked.of("stream=stationed"), Asked.of("stream=discipline&q=x")).facets["stream"] == ("stationed", "discipline")
