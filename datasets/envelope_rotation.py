"""Rotating keys (密钥轮换): the master key by wrapping the data keys anew, the data keys by encrypting anew what they sealed.

A kill in the middle leaves everything readable: the key file holds the earlier master keys until they are forgotten, a data key
stays until nothing is encrypted with it, and asked again the rotation goes on.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from datasets.batch import TEMPORARY, Batch, Step, durable, write_manifest
from datasets.envelope import Suite, named_in
from datasets.envelope_file import KeyFile, read_key_file, replace_key_file
from datasets.envelope_master import InFile, KeyProblem, Master, Provider, new_master
from datasets.envelope_ring import HALF, Ring, Wrapped
from datasets.key import Key
from datasets.lake import Lake

Progress = Callable[[int, int], None]
"""Told how many are done, and how many there are."""
SEALED = {"vault": ("ciphertext",), "rejects": ("value", "raw")}
"""A batch's file -> its columns that hold ciphertexts."""


@dataclass(frozen=True)
class Rotated:
    """What a rotation did: the key now in use, how many were wrapped or encrypted anew, whether it went on with one that was killed."""

    name: str
    done: int
    resumed: bool = False


def rotate_master(
    path: Path,
    folder: Path,
    provider: Provider | None = None,
    *,
    program: Sequence[str] = (),
    suite: Suite | None = None,
    progress: Progress = lambda done, total: None,
    step: Step = lambda _: None,
) -> Rotated:
    """Put a new master key in use (of the same provider, unless another is named) and wrap every data key of the lake in `folder` with it.

    Ciphertexts are not touched. The earlier master key stays in the key file for backups, until `forget`.
    Raises KeyProblem when there is no key, or the new master key does not give back what it wrapped.
    """
    ring = Ring(folder)
    with ring.lock():
        file = read_key_file(path)
        waiting = [one for one in ring.all() if one.master != file.current]
        resumed = bool(waiting)
        if not resumed:
            file = _changed(file, provider, program, suite)
            step("made")
            replace_key_file(path, file)
            step("in the file")
            waiting = ring.all()
        for number, one in enumerate(waiting):
            progress(number, len(waiting))
            anew = Wrapped.of(one.opened(file), file).model_copy(update={"retired": one.retired})
            ring.write(anew)
            step("wrapped")
        progress(len(waiting), len(waiting))
        for left in ring.folder.glob(f"*{HALF}"):
            left.unlink(missing_ok=True)
        return Rotated(file.current, len(waiting), resumed)


def _changed(file: KeyFile, provider: Provider | None, program: Sequence[str], suite: Suite | None) -> KeyFile:
    before: Master = file.master
    if provider is None:
        provider = before.box.suite if isinstance(before, InFile) else "command"
        program = program or getattr(before, "program", ())
    master = new_master(provider, program)
    probe = b"guantong"
    if master.unwrap(master.wrap(probe, b"probe"), b"probe") != probe:
        raise KeyProblem(f"master key {master.name} did not give back what it had wrapped: nothing was changed")
    return file.with_master(master, suite or (provider if provider != "command" else file.suite))


def forget(path: Path, folder: Path, name: str) -> None:
    """Take a master key that was replaced out of the key file: backups from its time cannot be opened any more.

    Raises KeyProblem for one that is not there, is in use, or still wraps a data key.
    """
    ring = Ring(folder)
    with ring.lock():
        file = read_key_file(path)
        if name not in file.masters:
            raise KeyProblem(f"there is no master key {name} in {path}: it holds {', '.join(sorted(file.masters))}")
        wraps = sum(one.master == name for one in ring.all())
        if name == file.current or wraps:
            raise KeyProblem(f"master key {name} is in use ({wraps} data keys): rotate first")
        replace_key_file(path, file.without(name))


def rotate_data(
    lake: Lake,
    key: Key,
    *,
    beside: Callable[[Key], set[str]] = lambda _: set(),
    progress: Progress = lambda done, total: None,
    step: Step = lambda _: None,
) -> Rotated:
    """Encrypt everything sealed in the lake anew, with a data key of its own; older ciphertexts get an envelope by it.

    `beside` does the same for what is kept elsewhere, and returns the data keys that are still in use there. The data keys in use
    until now are retired, and go with the next rotation (another process may be about to commit something under them).
    """
    ring = Ring(lake.folder)
    with lake.lock("import"):
        with ring.lock():
            long_gone = [one.name for one in ring.all() if one.retired]
            for one in ring.all():
                ring.write(one.model_copy(update={"retired": True}))
        step("retired")
        bound = Key(key.file.root, key.file, key.told).at(lake.folder)  # one that has made no data key yet
        batches = [batch for batch in lake.batches() if batch.vault or batch.rejects]
        done = 0
        for number, batch in enumerate(batches):
            progress(number, len(batches))
            done += _again(lake, bound, batch, step)
        used = beside(bound) | _names(lake)
        for name in long_gone:
            if name not in used:
                ring.drop(name)
                step("dropped")
        progress(len(batches), len(batches))
        return Rotated(bound.data_key, done)


def _again(lake: Lake, key: Key, batch: Batch, step: Step) -> int:
    """One batch with its ciphertexts made anew, in files beside the old ones until the manifest names them."""
    changed, done = {}, 0
    for kind, columns in SEALED.items():
        path: str | None = getattr(batch, kind)
        if path is None:
            continue
        rows = pq.read_table(lake.folder / path)
        for column in columns:
            texts = rows[column].to_pylist()
            anew = iter(key.encrypt(key.decrypt(one) for one in texts if one is not None))
            made = [None if one is None else next(anew) for one in texts]
            done += sum(one is not None for one in made)
            rows = rows.set_column(rows.schema.get_field_index(column), rows.schema.field(column), pa.array(made, pa.binary()))
        changed[kind] = f"{kind}/{batch.batch_id}-{batch.version}-{key.data_key[:8]}.parquet"
        pq.write_table(rows, lake.folder / (changed[kind] + TEMPORARY), compression="zstd")
    step("encrypted")
    with lake.lock("commit"):
        for name in changed.values():
            durable(lake.folder / (name + TEMPORARY), lake.folder / name)
        step("named")
        write_manifest(lake.folder, batch.model_copy(update=changed))
        step("committed")
        for kind, name in changed.items():
            if getattr(batch, kind) != name:
                (lake.folder / getattr(batch, kind)).unlink(missing_ok=True)
    return done


def _names(lake: Lake) -> set[str]:
    """The data keys that something in the lake is encrypted with."""
    found: set[str] = set()
    for batch in lake.batches():
        for kind, columns in SEALED.items():
            if path := getattr(batch, kind):
                rows = pq.read_table(lake.folder / path, columns=list(columns))
                found |= names_of(one for column in rows.columns for one in column.to_pylist())
    return found


def names_of(sealed: Iterable[bytes | None]) -> set[str]:
    """The data keys that these ciphertexts name."""
    return {name for one in sealed if one is not None and (name := named_in(one)) is not None}
