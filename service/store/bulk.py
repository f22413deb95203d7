"""Many rows at once: insert, or update the named columns where the key is there already, on both databases."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import inspect
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from service.store.record import Record


def upsert(session: Session, record: type[Record], rows: Sequence[dict[str, Any]], update: Sequence[str]) -> None:
    """Insert rows (column name -> value); a row whose primary key is there gets only its `update` columns."""
    if not rows:
        return
    table: Any = inspect(record).local_table
    connection = session.connection()
    postgres = connection.dialect.name == "postgresql"
    statement = postgresql.insert(table) if postgres else sqlite.insert(table)
    key = [column.name for column in table.primary_key]
    changes = {name: statement.excluded[name] for name in update}
    if changes:
        statement = statement.on_conflict_do_update(index_elements=key, set_=changes)
    else:
        statement = statement.on_conflict_do_nothing(index_elements=key)
    connection.execute(statement, list(rows))
