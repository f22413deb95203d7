"""Backup and restore (备份与恢复): lake and database as of one moment, while the service goes on; the key is never among them.

The moment is held for an instant only: a snapshot of the database is opened and the lake's files are hard-linked aside while
no batch can be committed; then both are copied at leisure. A backup is a folder: `lake/`, `guantong.db` (SQLite, whatever
engine the office has: the same tables, so that a small office can move to PostgreSQL by restoring there) and `backup.json`
with the SHA-256 of every file, proven by the office's key where this machine has it.
"""

import hashlib
import hmac
import json
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path

from datasets.lake import Lake
from service.desk import Desk
from service.errors import Refusal
from service.store.copying import Snapshot

MANIFEST, DATABASE, LAKE, MODELS = "backup.json", "guantong.db", "lake", "models"
FORMAT = 1
PASSING = (".lock", ".tmp", ".writing", ".parquet")
"""Locks, files half written, and rows: those that count are named by a batch."""


@dataclass(frozen=True)
class Manifest:
    """What a backup holds."""

    format: int
    made_at: str
    program: str
    lake_state: str
    batches: int
    runs: int
    audit_end: int
    files: dict[str, tuple[int, str]]
    """Path in the backup -> bytes, SHA-256."""

    def proof(self, key: bytes) -> str:
        return hmac.digest(key, json.dumps(asdict(self), sort_keys=True).encode(), "sha256").hex()


def back_up(desk: Desk, out: Path) -> Manifest:
    """Write a backup into a folder that is not there yet; it has its name only when it is whole. Raises Refusal."""
    if out.exists():
        raise Refusal("backup.exists", path=out)
    if out.resolve().is_relative_to(desk.settings.home.resolve()):
        raise Refusal("backup.inside", path=out)
    aside = out.with_name(out.name + ".part")
    shutil.rmtree(aside, ignore_errors=True)
    (aside / LAKE).mkdir(parents=True)
    with Snapshot(desk.store.engine) as snapshot:
        with desk.lake.lock("commit", shared=True):  # a commit waits: files and database are of one moment
            snapshot.begin()
            state, batches = _linked(desk.lake, aside / LAKE)
        snapshot.copy_to(aside / DATABASE)
    if (learned := desk.settings.home / MODELS).is_dir():
        shutil.copytree(learned, aside / MODELS)
    runs, end = _ends(aside / DATABASE)
    files = {path: _told(aside / path) for path in _files(aside)}
    manifest = Manifest(FORMAT, desk.clock().isoformat(), desk.program, state, batches, runs, end, files)
    proof = manifest.proof(desk.key.derived("backup")) if desk.key is not None else None
    text = json.dumps({**asdict(manifest), "proof": proof}, indent=1, sort_keys=True)
    (aside / MANIFEST).write_text(text + "\n", encoding="utf-8")
    aside.rename(out)
    return manifest


def read_backup(folder: Path, key: bytes | None) -> Manifest:
    """The manifest of a backup whose every file is as it was written. Raises Refusal, which names the first that is not."""
    path = folder / MANIFEST
    if not path.is_file():
        raise Refusal("backup.none", path=folder)
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        proof = told.pop("proof")
        manifest = Manifest(**{**told, "files": {name: (one[0], one[1]) for name, one in told["files"].items()}})
    except (ValueError, KeyError, TypeError) as error:
        raise Refusal("backup.manifest", path=path) from error
    if manifest.format != FORMAT:
        raise Refusal("backup.format", path=path, format=manifest.format)
    if key is not None and proof is not None and not hmac.compare_digest(proof, manifest.proof(key)):
        raise Refusal("backup.proof", path=path)
    here = set(_files(folder)) - {MANIFEST}
    for name in sorted(here ^ set(manifest.files)):
        raise Refusal("backup.extra" if name in here else "backup.missing", path=folder / name)
    for name, expected in sorted(manifest.files.items()):
        if _told(folder / name) != expected:
            raise Refusal("backup.altered", path=folder / name)
    return manifest


def lay_out(folder: Path, manifest: Manifest, home: Path) -> None:
    """Copy everything of a backup into a home."""
    for name in manifest.files:
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(folder / name, home / name)


def _ends(database: Path) -> tuple[int, int]:
    """How many runs there are, and the number of the audit log's last entry."""
    with closing(sqlite3.connect(database)) as connection:
        runs, end = connection.execute("SELECT (SELECT count(*) FROM run), (SELECT coalesce(max(seq), 0) FROM event)").fetchone()
    return int(runs), int(end)


def _linked(lake: Lake, target: Path) -> tuple[str, int]:
    """Link everything the living and withdrawn batches name, and their manifests; returns the lake's state and how many batches."""
    batches = lake.batches()
    named = [path for batch in batches for path in batch.files]
    manifests = [f"batches/{batch.batch_id}.json" for batch in batches]
    beside = [path.relative_to(lake.folder).as_posix() for path in _beside(lake.folder)]
    for path in (*named, *manifests, *beside):
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        _link(lake.folder / path, target / path)
    return lake.state(), len(batches)


def _beside(folder: Path) -> Iterator[Path]:
    """What no batch names and is no cache: stubs of what went elsewhere, wrapped keys, the check of the key."""
    derived = ("batches", "tmp")
    for path in sorted(folder.rglob("*")):
        first = path.relative_to(folder).parts[0]
        if not path.is_file() or first in derived or first.startswith("current-") or path.suffix in PASSING:
            continue
        yield path
    yield from sorted((folder / "diverted").glob("*.parquet"))


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:  # another disk, or a file system without links
        shutil.copyfile(source, target)


def _files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def _told(path: Path) -> tuple[int, str]:
    with path.open("rb") as file:
        hashed = hashlib.file_digest(file, "sha256").hexdigest()
    return path.stat().st_size, hashed
