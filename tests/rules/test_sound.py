"""What was found sound is not checked again, and whatever its check depends on makes it be checked anew."""

from pathlib import Path

import pytest

from datasets.contract import Contracts, read_contracts
from datasets.strict_yaml import Mistakes
from rules.basis_check import laws_for
from rules.book import read_book
from rules.sound import Sound
from tests.rules.rule_text import CONTRACTS, RULE, write


def sound(kept_at: Path | None = None, contracts: Contracts = CONTRACTS) -> Sound:
    return Sound(contracts, laws_for([]), kept_at)


def test_a_file_is_known_by_its_text_its_name_and_its_folder(tmp_path: Path) -> None:
    path, told = tmp_path / "subsidy" / "a.yml", sound()
    told.add(path, "text of its own")
    assert sound().knows(path, "text of its own")
    assert not sound().knows(path, "text of its own ")
    assert not sound().knows(tmp_path / "subsidy" / "b.yml", "text of its own")
    assert not sound().knows(tmp_path / "cross" / "a.yml", "text of its own")


def test_other_contracts_make_it_be_checked_anew(tmp_path: Path) -> None:
    path = tmp_path / "subsidy" / "c.yml"
    sound().add(path, "x")
    fewer = {name: one for name, one in read_contracts().items() if name != "voucher_redemption"}
    assert sound().knows(path, "x")
    assert not sound(contracts=fewer).knows(path, "x")


def test_a_later_process_reads_what_was_kept(tmp_path: Path) -> None:
    kept, path = tmp_path / "checked-rules", tmp_path / "subsidy" / "d.yml"
    told = sound(kept)
    told.add(path, "y")
    told.keep()
    assert len(kept.read_text(encoding="ascii").split()) == 1
    assert list(tmp_path.glob("checked-rules.*")) == []


def test_a_home_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    told = sound(tmp_path / "home" / "checked-rules")
    told.add(tmp_path / "e.yml", "z")
    told.keep()
    assert not (tmp_path / "home").exists()


def test_a_mistake_is_told_every_time(tmp_path: Path) -> None:
    write(tmp_path, RULE.replace("subject: person", "subject: persn"))
    for _ in range(2):
        with pytest.raises(Mistakes, match="did you mean person"):
            read_book([tmp_path], CONTRACTS, tmp_path / "checked-rules")
    assert not (tmp_path / "checked-rules").exists()
    write(tmp_path, RULE)
    assert list(read_book([tmp_path], CONTRACTS, tmp_path / "checked-rules").indicators) == ["late_payment"]
    assert (tmp_path / "checked-rules").exists()


def test_what_this_process_found_before_is_kept_too(tmp_path: Path) -> None:
    path, kept = tmp_path / "subsidy" / "f.yml", tmp_path / "checked-rules"
    sound().add(path, "found by a reading that kept nothing")
    told = sound(kept)
    assert told.knows(path, "found by a reading that kept nothing")
    told.keep()
    assert len(kept.read_text(encoding="ascii").split()) == 1
