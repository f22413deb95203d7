"""Purging (到期清除): what is over leaves the lake, then everything that repeats it, then the space it stood in; on record, and counted first if asked."""

import json
import re
import shutil
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from datasets.retention import Policy, read_policy
from datasets.retention_purge import Purged, purge_lake
from service.desk import Desk
from service.lock import alone
from service.progress import Bars
from service.sealed.files import files_over, let_go
from service.sealed.scrubbing import let_steps_go, scrub
from service.store.database import Store
from service.store.event import Happening, append
from service.store.idempotent import Answered
from service.store.job import CANCELLED, DONE, FAILED, Job
from service.words import say

NAMED = re.compile(r"guantong.*?(\d{4})-?(\d{2})-?(\d{2})")
"""How a packed backup is known: its name begins with guantong and holds the day it was made. A folder is known by its manifest."""
MANIFEST = "backup.json"


@dataclass
class Done:
    """What a purge did, or would do."""

    lake: Purged
    database: Counter[str] = field(default_factory=Counter)
    """Table -> rows in which something was blotted out."""
    steps: int = 0
    jobs: int = 0
    answers: int = 0
    attachments: int = 0
    """Files of units' reports."""
    backups: list[str] = field(default_factory=list)
    """Names of those that were made before what is over now had to go."""

    def told(self) -> dict[str, Any]:
        """The counts, for people, programs and the log: names of tables and columns, and nothing of what they held."""
        lake = self.lake
        return {
            "rows": dict(sorted(lake.rows.items())), "values": dict(sorted(lake.values.items())), "derived": dict(sorted(lake.derived.items())),
            "rejects": lake.rejects, "withdrawn": lake.withdrawn, "secrets": lake.secrets, "undated": dict(sorted((+lake.undated).items())),
            "database": dict(sorted(self.database.items())), "steps": self.steps, "jobs": self.jobs, "answers": self.answers,
            "attachments": self.attachments, "backups": self.backups,
        }  # fmt: skip


def purge(desk: Desk, as_of: date, by: str, bars: Bars, *, dry: bool, backups: Path | None = None) -> Done:
    """Purge what is over on a day. Raises Busy while a run goes on, Mistakes when retention.yml has any.

    A kill leaves what was purged purged; asked again it goes on. What the lake has lost already is looked for in the database by
    its texts, so the database comes first after the lake in the same call.
    """
    policy = read_policy(desk.contracts, desk.settings.book)
    with alone(desk.settings.home, "run"):
        # counted before anything changes, and scrubbed first: killed behind it, the lake still knows what to look for
        planned = purge_lake(desk.lake, policy, as_of, dry=True, progress=bars)
        done = Done(planned)
        with desk.store.change() as session:
            _database(session, done, policy, as_of, None if dry else desk.clock())
        if not dry:
            done.lake = purge_lake(desk.lake, policy, as_of, progress=bars)
        done.backups = _backups(backups, policy, as_of, dry) if backups else []
        if not dry:
            bars(say("purge.space"), 0, 0)
            reclaim(desk.store)
            with desk.store.change() as session:
                append(session, [Happening("data.purged", str(as_of), done.told())], by, desk.clock())
    return done


def _database(session: Session, done: Done, policy: Policy, as_of: date, now: datetime | None) -> None:
    """Purge the database at a time; without one only count."""
    lake = done.lake
    done.database = scrub(session, lake.texts | lake.tokens, dry=now is None)
    over = Job.status.in_((DONE, FAILED, CANCELLED)), Job.asked_at < _morning(policy.copy("jobs").until(as_of))
    old = Answered.at < _morning(policy.copy("answers").until(as_of))
    done.jobs = len(list(session.scalars(select(Job.job_id).where(*over, Job.payload.is_not(None) | Job.result.is_not(None)))))
    done.answers = len(list(session.scalars(select(Answered.key).where(old))))
    files = files_over(session, _morning(policy.copy("attachments").until(as_of)))
    done.attachments = len(files)
    if now is None:
        return
    let_go(session, files, now)
    if lake.anything:
        done.steps = let_steps_go(session)
    session.execute(update(Job).where(*over).values(payload=None, result=None))
    session.execute(delete(Answered).where(old))


def _morning(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _backups(folder: Path, policy: Policy, as_of: date, dry: bool) -> list[str]:
    """The backups whose time is over, by the day they were made; removed unless `dry`. Anything else in the folder is left alone."""
    last, found = policy.copy("backups").until(as_of), []
    for path in sorted(folder.iterdir()):
        made = _made(path)
        if made is None or made >= last:
            continue
        found.append(path.name)
        if not dry:
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
    return found


def _made(path: Path) -> date | None:
    """The day a backup was made; None for what is none."""
    try:
        if (path / MANIFEST).is_file():
            return datetime.fromisoformat(json.loads((path / MANIFEST).read_text(encoding="utf-8"))["made_at"]).date()
        named = NAMED.match(path.name)
        return date(*map(int, named.groups())) if named else None
    except (ValueError, KeyError, TypeError):
        return None


def reclaim(store: Store) -> None:
    """Have the database give back, and overwrite or drop, the space of what was deleted."""
    if store.engine.dialect.name == "sqlite":
        raw = store.engine.raw_connection()  # the engine opens a transaction, and SQLite reclaims outside of any
        try:
            for statement in ("VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"):
                raw.cursor().execute(statement)
        finally:
            raw.close()
    else:
        with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM FULL")
