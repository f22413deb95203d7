"""Restore (恢复): into a home and a database where nothing is, and proven before it is called restored."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import make_url

from datasets.key import Key
from datasets.lake import Lake
from service.audit import verify
from service.backup import DATABASE, Manifest, lay_out, read_backup
from service.desk import Desk
from service.errors import Refusal
from service.store.copying import copy_rows, settle
from service.store.database import Store


@dataclass(frozen=True)
class Restored:
    """What came back."""

    manifest: Manifest
    proven: bool
    """Whether this machine's key proved the manifest and every entry of the audit log."""


def restore(folder: Path, desk: Desk) -> Restored:
    """Bring a backup back into an empty home and an empty database.

    Raises Refusal, and leaves nothing behind, for a home or database in use, a file that is not as it was written, an audit
    log that does not hold; KeyProblem for another office's key.
    """
    settings, home = desk.settings, desk.settings.home
    key = Key.from_file(settings.key_file) if settings.key_file.exists() else None
    if home.exists() and any(home.iterdir()):
        raise Refusal("backup.home_used", home=home)
    manifest = read_backup(folder, key.derived("backup") if key is not None else None)
    aside = home.with_name(home.name + ".part")
    shutil.rmtree(aside, ignore_errors=True)
    try:
        lay_out(folder, manifest, aside)
        if key is not None:
            Lake(aside, desk.contracts).own(key)
        _prove(aside, key)
        _place(aside, desk)
        if home.exists():
            home.rmdir()
        aside.rename(home)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return Restored(manifest, key is not None)


def _prove(aside: Path, key: Key | None) -> None:
    """Bring the backup's own copy of the database to this revision, and check its log to the last entry."""
    store = Store.open(f"sqlite:///{aside / DATABASE}")
    try:
        with store.look() as session:
            faults = verify(session, key.derived("audit"), []) if key is not None else []
    finally:
        store.close()
    settle(aside / DATABASE)
    if faults:
        raise Refusal("backup.audit", seq=faults[0].seq, count=len(faults))


def _place(aside: Path, desk: Desk) -> None:
    """Put the database where the settings say it is: in the home it lies already."""
    url = make_url(desk.settings.database_url)
    within = url.drivername == "sqlite" and url.database == str(desk.settings.home / DATABASE)
    if within:
        return
    source = Store.open(f"sqlite:///{aside / DATABASE}")
    try:
        copy_rows(source.engine, desk.store.engine)
    finally:
        source.close()
    for path in aside.glob(f"{DATABASE}*"):
        path.unlink()
