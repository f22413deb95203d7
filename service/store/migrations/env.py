"""How Alembic reaches the database: through the connection, and within the transaction, that opened it."""

from alembic import context

from service.store import (  # noqa: F401 - they declare the tables
    alert,
    alert_work,
    assignment,
    case,
    case_lead,
    case_people,
    case_work,
    clearing,
    event,
    idempotent,
    job,
    judged,
    member,
    notice,
    rectifying,
    rectifying_after,
    rectifying_files,
    rectifying_letters,
    report,
    run,
    sealed,
    search,
    signal,
    triage,
    verdict,
    view,
)
from service.store.record import Record

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=Record.metadata, render_as_batch=connection.dialect.name == "sqlite")
context.run_migrations()
