"""Alerts remember since when they no longer fire; the log refuses to be changed."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

REFUSAL = "the log is append-only"
CHANGES = ("UPDATE", "DELETE")


def upgrade() -> None:
    op.add_column("alert", sa.Column("quiet_since", sa.Date(), nullable=True))
    # the day of the first finished run that did not see the alert any more
    op.execute(
        "UPDATE alert SET quiet_since ="
        " (SELECT min(run.as_of) FROM run WHERE run.status = 'done' AND run.run_id > alert.last_run)"
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$"
        )
        op.execute("CREATE TRIGGER event_kept BEFORE UPDATE OR DELETE ON event FOR EACH ROW EXECUTE FUNCTION refuse_change()")
    else:
        for change in CHANGES:
            op.execute(
                f"CREATE TRIGGER event_kept_{change.lower()} BEFORE {change} ON event BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
            )


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER event_kept ON event")
        op.execute("DROP FUNCTION refuse_change()")
    else:
        for change in CHANGES:
            op.execute(f"DROP TRIGGER event_kept_{change.lower()}")
    op.drop_column("alert", "quiet_since")
