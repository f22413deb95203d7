"""The office's keys as people may know them: which are there and what they hold, never a secret; and turning them over, on record."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import select

from datasets.envelope import Suite
from datasets.envelope_file import read_key_file
from datasets.envelope_master import Provider
from datasets.envelope_ring import Ring
from datasets.envelope_rotation import Rotated, forget, names_of, rotate_data, rotate_master
from datasets.key import Key
from service.desk import Desk
from service.progress import Bars
from service.sealed.files import seal_again
from service.store.event import Happening, append
from service.store.job import Job
from service.words import say


@dataclass(frozen=True)
class MasterLine:
    """One master key of the key file."""

    name: str
    provider: str
    current: bool
    wraps: int
    """Data keys."""


@dataclass(frozen=True)
class Keys:
    """What there is."""

    check: str
    """The lake's mark of the key it was sealed with: tells two key files apart."""
    pseudonyms: str
    suite: str
    masters: list[MasterLine]
    data_keys: int
    retired: int
    """Data keys that open and encrypt no more."""


def keys_of(desk: Desk) -> Keys:
    """Which keys this machine and this lake have. Raises KeyProblem."""
    file = read_key_file(desk.settings.key_file)
    rings = Ring(desk.lake.folder).all()
    lines = [
        MasterLine(name, one.provider, name == file.current, sum(key.master == name for key in rings))
        for name, one in file.masters.items()
    ]
    check = Key(file.root, file).digest("lake", "guantong")[:8]
    return Keys(check, f"hmac-{file.digest}", file.suite, lines, len(rings), sum(one.retired for one in rings))


def turn_master(
    desk: Desk, by: str, bars: Bars, provider: Provider | None, program: Sequence[str], suite: Suite | None
) -> Rotated:
    """A new master key, and every data key wrapped with it. Raises KeyProblem."""

    def told(done: int, total: int) -> None:
        bars(say("key.wrapping"), done, total)

    done = rotate_master(desk.settings.key_file, desk.lake.folder, provider, program=program, suite=suite, progress=told)
    _put_on_record(desk, by, "key.rotated", done)
    return done


def turn_data(desk: Desk, by: str, bars: Bars) -> Rotated:
    """A new data key, and everything sealed in the lake and the database encrypted with it. Raises KeyProblem."""

    def told(done: int, total: int) -> None:
        bars(say("key.encrypting"), done, total)

    def beside(key: Key) -> set[str]:
        """Files are encrypted anew. Work that waits may hold ciphertexts: it is short-lived, so its data keys are kept and not replaced."""
        used = seal_again(desk.store, key)
        with desk.store.look() as session:
            return used | names_of(one for pair in session.execute(select(Job.payload, Job.result)) for one in pair)

    done = rotate_data(desk.lake, Key.from_file(desk.settings.key_file), beside=beside, progress=told)
    _put_on_record(desk, by, "key.data_rotated", done)
    return done


def forget_master(desk: Desk, by: str, name: str) -> None:
    """Take a replaced master key out of the key file. Raises KeyProblem."""
    forget(desk.settings.key_file, desk.lake.folder, name)
    with desk.store.change() as session:
        append(session, [Happening("key.forgotten", name, {})], by, desk.clock())


def _put_on_record(desk: Desk, by: str, kind: str, done: Rotated) -> None:
    with desk.store.change() as session:
        told = {name: value for name, value in asdict(done).items() if name != "name"}
        append(session, [Happening(kind, done.name, told)], by, desk.clock())
