"""The envelope: data keys wrapped by master keys, rotated at any time, and readable whatever was killed in between."""

import json
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from datasets.batch import Step
from datasets.envelope import SUITES, Box, NotOurs, Suite, named_in, new_data_key
from datasets.envelope_file import FIRST, fresh, make_key_file, read_key_file
from datasets.envelope_master import ByCommand, KeyProblem
from datasets.envelope_ring import Ring
from datasets.envelope_rotation import forget, rotate_data, rotate_master
from datasets.importing import import_paths
from datasets.key import Key
from datasets.lake import Lake
from datasets.quarantine import waiting
from datasets.vault import secrets
from tests.datasets import town

KMS = """
import base64, sys
what, name = sys.argv[1:]
about, text = (base64.b64decode(line) for line in sys.stdin.read().split())
mark = b"kms:" + name.encode() + b":" + about + b":"
if what == "wrap":
    answer = mark + bytes(byte ^ 0x5A for byte in text)
else:
    if not text.startswith(mark):
        sys.exit("not mine")
    answer = bytes(byte ^ 0x5A for byte in text[len(mark):])
print(base64.b64encode(answer).decode())
"""


class Killed(BaseException):
    """The process dies here."""


def dying_at(moment: str, times: int = 1) -> Step:
    """Dies when this point is passed so many times."""
    passed = 0

    def step(name: str) -> None:
        nonlocal passed
        passed += name == moment
        if passed == times:
            raise Killed

    return step


def sealed_lake(folder: Path, key: Key) -> Lake:
    """Payments of five people, a row that was rejected, and who lives where."""
    town.areas(folder / "in")
    lines = [town.payment(number) for number in range(5)]
    town.payments(folder / "in" / "补贴发放.xlsx", [*lines, town.payment(7, 日期="坏")])
    town.workbook(
        folder / "in" / "人员.xlsx", [["身份证号", "姓名", "性别", "死亡日期"], [town.resident(1), "欧阳建国", "男", ""]]
    )
    known = town.sources(folder / "sources")
    import_paths(town.lake(folder / "home"), known, [folder / "in"], key)
    return town.lake(folder / "home")


def opened(lake: Lake, path: Path) -> tuple[set[str], list[str]]:
    """The resident ids in the vault and the card of the rejected row, by the key in the file."""
    key = Key.from_file(path)
    return set(secrets(lake, key, "resident_id").values()), [dict(one.opened(key))["卡号"] for one in waiting(lake)]


RIGHT = {town.resident(number) for number in range(5)}, [town.card(7)]


def right(found: tuple[set[str], list[str]]) -> bool:
    """All five ids, and perhaps that of the rejected row, which was sealed before it was refused."""
    return found[0] >= RIGHT[0] and found[1] == RIGHT[1]


@pytest.mark.parametrize("suite", SUITES)
def test_what_a_data_key_sealed_is_opened_by_it_alone_and_shows_any_change(suite: Suite) -> None:
    one, other = new_data_key(suite), new_data_key(suite)
    sealed = one.seal("320612196503071234")
    assert one.open(sealed) == "320612196503071234" and named_in(sealed) == one.name and one.seal("a") != one.seal("a")
    for place in range(len(sealed)):
        with pytest.raises((NotOurs, UnicodeDecodeError)):
            one.open(sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :]) if place >= 13 else other.open(sealed)
    with pytest.raises(NotOurs):
        Box(suite, one.box.secret).open(b"short", b"")


def test_pseudonyms_by_sm3_are_the_standards(tmp_path: Path) -> None:
    make_key_file(tmp_path / "key", fresh("sm4-gcm", "sm3"))
    key = Key.from_file(tmp_path / "key")
    token = key.token("phone", "13800000001")
    assert (
        token.startswith("tel_") and len(token) == 24 and token == Key.from_file(tmp_path / "key").token("phone", "13800000001")
    )
    same_secret = Key(key.file.root)
    assert token != same_secret.token("phone", "13800000001"), "SM3 is another hash than SHA-256"
    lake = sealed_lake(tmp_path, key)
    assert {one.suite for one in Ring(lake.folder).all()} == {"sm4-gcm"} and right(opened(lake, tmp_path / "key"))


def test_a_lake_from_before_the_envelope_opens_and_gets_one_by_rotating_its_data_keys(tmp_path: Path) -> None:
    path = tmp_path / "key"
    Key.from_file(path, create=True)
    lake = sealed_lake(tmp_path, Key.from_file(path))
    _as_before(lake, Key.from_file(path))
    assert not Ring(lake.folder).all() and right(opened(lake, path))
    state = lake.state()
    done = rotate_data(lake, Key.from_file(path))
    assert done.done > 10 and [one.name for one in Ring(lake.folder).all()] == [done.name] and right(opened(lake, path))
    assert lake.state() == state, "no rows changed: nothing is to be computed anew"


def _as_before(lake: Lake, key: Key) -> None:
    """The lake as the earlier program left it: nonce and ciphertext under the key itself, and no ring."""
    bound = key.at(lake.folder)
    for batch in lake.batches():
        for path, columns in ((batch.vault, ["ciphertext"]), (batch.rejects, ["value", "raw"])):
            if path is None:
                continue
            rows = pq.read_table(lake.folder / path)
            for column in columns:
                old = [None if one is None else key.at_home([bound.decrypt(one)])[0] for one in rows[column].to_pylist()]
                rows = rows.set_column(rows.schema.get_field_index(column), column, pa.array(old, pa.binary()))
            pq.write_table(rows, lake.folder / path)
    for one in Ring(lake.folder).all():
        Ring(lake.folder).drop(one.name)


def test_a_new_master_key_wraps_the_data_keys_and_no_ciphertext_is_touched(tmp_path: Path) -> None:
    path = tmp_path / "key"
    Key.from_file(path, create=True)
    lake = sealed_lake(tmp_path, Key.from_file(path))
    before = {file: file.read_bytes() for file in lake.folder.glob("[vr]e*/*.parquet")} | {
        file: file.read_bytes() for file in lake.folder.glob("vault/*.parquet")
    }
    tokens = Key.from_file(path).tokens("phone", ["13800000001"])
    earlier = path.read_text()
    done = rotate_master(path, lake.folder, "sm4-gcm")
    assert before and all(file.read_bytes() == content for file, content in before.items())
    assert {one.master for one in Ring(lake.folder).all()} == {done.name} and right(opened(lake, path))
    assert Key.from_file(path).tokens("phone", ["13800000001"]) == tokens, "pseudonyms join as before"
    assert set(read_key_file(path).masters) == {FIRST, done.name} and path.stat().st_mode & 0o077 == 0
    forget(path, lake.folder, FIRST)
    assert set(json.loads(path.read_text())["masters"]) == {done.name} and right(opened(lake, path))
    path.write_text(earlier)
    with pytest.raises(KeyProblem, match="master key"):
        opened(lake, path)


def test_a_master_key_in_use_is_not_forgotten(tmp_path: Path) -> None:
    path = tmp_path / "key"
    Key.from_file(path, create=True)
    lake = sealed_lake(tmp_path, Key.from_file(path))
    with pytest.raises(KeyProblem, match="in use"):
        forget(path, lake.folder, FIRST)
    with pytest.raises(KeyProblem, match="no master key m9"):
        forget(path, lake.folder, "m9")


@pytest.mark.parametrize("moment", ["made", "in the file", "wrapped"])
def test_a_rotation_of_the_master_key_that_is_killed_leaves_everything_readable_and_goes_on(tmp_path: Path, moment: str) -> None:
    path = tmp_path / "key"
    Key.from_file(path, create=True)
    lake = sealed_lake(tmp_path, Key.from_file(path))
    rotate_data(lake, Key.from_file(path))  # two data keys, so that there is a middle
    with pytest.raises(Killed):
        rotate_master(path, lake.folder, step=dying_at(moment))
    assert right(opened(lake, path))
    half = read_key_file(path).current
    done = rotate_master(path, lake.folder)
    assert done.resumed == (moment != "made") and (done.name == half) == done.resumed
    assert {one.master for one in Ring(lake.folder).all()} == {done.name} and right(opened(lake, path))


@pytest.mark.parametrize(("moment", "times"), [("retired", 1), ("encrypted", 1), ("named", 2), ("committed", 1), ("dropped", 1)])
def test_a_rotation_of_the_data_keys_that_is_killed_leaves_everything_readable(tmp_path: Path, moment: str, times: int) -> None:
    path = tmp_path / "key"
    Key.from_file(path, create=True)
    lake = sealed_lake(tmp_path, Key.from_file(path))
    if moment == "dropped":
        rotate_data(lake, Key.from_file(path))
    with pytest.raises(Killed):
        rotate_data(lake, Key.from_file(path), step=dying_at(moment, times))
    assert right(opened(lake, path))
    rotate_data(lake, Key.from_file(path))
    last = rotate_data(lake, Key.from_file(path))
    assert right(opened(lake, path))
    assert [one.name for one in Ring(lake.folder).all() if not one.retired] == [last.name]
    assert len(Ring(lake.folder).all()) == 2, "those that nothing is encrypted with are gone, but for the last generation"


def test_a_process_that_read_the_key_before_the_rotation_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "key"
    serving = Key.from_file(path, create=True)
    lake = sealed_lake(tmp_path, serving)
    serving = serving.at(lake.folder)
    first = serving.encrypt(["一"])[0]
    rotate_master(path, lake.folder)
    forget(path, lake.folder, FIRST)
    rotate_data(lake, Key.from_file(path))
    second = serving.encrypt(["二"])[0]
    assert named_in(first) != named_in(second), "a retired data key encrypts no more"
    afresh = Key.from_file(path).at(lake.folder)
    assert [afresh.decrypt(one) for one in (first, second)] == ["一", "二"]
    assert serving.decrypt(afresh.encrypt(["三"])[0]) == "三"


def test_a_key_management_system_wraps_without_giving_its_key_away(tmp_path: Path) -> None:
    path, program = tmp_path / "key", tmp_path / "kms.py"
    program.write_text(KMS)
    Key.from_file(path, create=True)
    lake = sealed_lake(tmp_path, Key.from_file(path))
    done = rotate_master(path, lake.folder, "command", program=[sys.executable, str(program)])
    forget(path, lake.folder, FIRST)
    kept = json.loads(path.read_text())["masters"]
    assert kept == {done.name: {"provider": "command", "program": [sys.executable, str(program)]}}
    assert right(opened(lake, path))
    program.write_text("raise SystemExit(1)")
    with pytest.raises(KeyProblem, match="did not unwrap"):
        opened(lake, path)
    with pytest.raises(KeyProblem, match="did not wrap"):
        rotate_master(path, lake.folder, "command", program=[sys.executable, str(program)])
    assert read_key_file(path).current == done.name, "a master key that does not work is not put in use"
    with pytest.raises(KeyProblem, match="nowhere"):
        ByCommand("m1", ("/nowhere/kms",)).wrap(b"x", b"y")


@pytest.mark.parametrize("text", ["{", "{}", '{"format": 2, "root": "00"}', '{"format": 9}', "[]"])
def test_a_file_that_is_no_key_file_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "key").write_text(text)
    with pytest.raises(KeyProblem):
        Key.from_file(tmp_path / "key")
