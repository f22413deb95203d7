"""The first tables: runs and their steps, signals, alerts, assignments, verdicts and the log."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _run()
    _signal()
    _alert()
    _people()
    _log()


def _run() -> None:
    op.create_table(
        "run",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("book_hash", sa.String(), nullable=False),
        sa.Column("program", sa.String(), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.Column("lake_state", sa.String(), nullable=True),
        sa.Column("counts", JSON, nullable=False),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_run")),
    )
    op.create_table(
        "run_step",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("done_at", MOMENT, nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column("found", sa.Integer(), nullable=False),
        sa.Column("result", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["run_id"], ["run.run_id"], name=op.f("fk_run_step_run_id")),
        sa.PrimaryKeyConstraint("run_id", "step", name=op.f("pk_run_step")),
    )
    op.create_table(
        "blindness",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("body", JSON, nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.run_id"], name=op.f("fk_blindness_run_id")),
        sa.PrimaryKeyConstraint("run_id", "rule", name=op.f("pk_blindness")),
    )
    op.create_table(
        "baseline",
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("made_run", sa.Integer(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("rule", "version", name=op.f("pk_baseline")),
    )


def _signal() -> None:
    op.create_table(
        "signal",
        sa.Column("signal_id", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("rule_hash", sa.String(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("severity", sa.String(), nullable=False),
        sa.Column("subject_kind", sa.String(), nullable=False),
        sa.Column("subject_id", sa.String(), nullable=False),
        sa.Column("unit_id", sa.String(), nullable=True),
        sa.Column("area_id", sa.String(), nullable=True),
        sa.Column("amount_fen", sa.BigInteger(), nullable=True),
        sa.Column("first_on", sa.Date(), nullable=True),
        sa.Column("last_on", sa.Date(), nullable=True),
        sa.Column("body", JSON, nullable=False),
        sa.Column("first_run", sa.Integer(), nullable=False),
        sa.Column("last_run", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("signal_id", "version", name=op.f("pk_signal")),
    )
    op.create_index(op.f("ix_signal_rule"), "signal", ["rule"], unique=False)
    op.create_index(op.f("ix_signal_subject_kind_subject_id"), "signal", ["subject_kind", "subject_id"], unique=False)


def _alert() -> None:
    op.create_table(
        "alert",
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("title", JSON, nullable=False),
        sa.Column("severity", sa.String(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("subject_kind", sa.String(), nullable=False),
        sa.Column("subject_id", sa.String(), nullable=False),
        sa.Column("unit_id", sa.String(), nullable=True),
        sa.Column("area_id", sa.String(), nullable=True),
        sa.Column("amount_fen", sa.BigInteger(), nullable=True),
        sa.Column("chains", JSON, nullable=False),
        sa.Column("officials", JSON, nullable=False),
        sa.Column("parties", JSON, nullable=False),
        sa.Column("why", JSON, nullable=False),
        sa.Column("fired", sa.Integer(), nullable=False),
        sa.Column("first_run", sa.Integer(), nullable=False),
        sa.Column("last_run", sa.Integer(), nullable=False),
        sa.Column("first_seen", sa.Date(), nullable=False),
        sa.Column("last_seen", sa.Date(), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("fingerprint", name=op.f("pk_alert")),
    )
    op.create_index(op.f("ix_alert_status_rank"), "alert", ["status", "rank"], unique=False)
    op.create_index(op.f("ix_alert_subject_kind_subject_id"), "alert", ["subject_kind", "subject_id"], unique=False)
    op.create_index(op.f("ix_alert_unit_id"), "alert", ["unit_id"], unique=False)
    _alert_ties()


def _alert_ties() -> None:
    op.create_table(
        "alert_signal",
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("signal_id", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("first_run", sa.Integer(), nullable=False),
        sa.Column("last_run", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["fingerprint"], ["alert.fingerprint"], name=op.f("fk_alert_signal_fingerprint")),
        sa.ForeignKeyConstraint(
            ["signal_id", "version"], ["signal.signal_id", "signal.version"], name=op.f("fk_alert_signal_signal_id_version")
        ),
        sa.PrimaryKeyConstraint("fingerprint", "signal_id", "version", name=op.f("pk_alert_signal")),
    )
    op.create_table(
        "alert_link",
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("entity_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["fingerprint"], ["alert.fingerprint"], name=op.f("fk_alert_link_fingerprint")),
        sa.PrimaryKeyConstraint("fingerprint", "kind", "entity_id", name=op.f("pk_alert_link")),
    )
    op.create_index(op.f("ix_alert_link_kind_entity_id"), "alert_link", ["kind", "entity_id"], unique=False)


def _people() -> None:
    op.create_table(
        "assignment",
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("office_id", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("route", sa.String(), nullable=False),
        sa.Column("because", JSON, nullable=False),
        sa.Column("due_days", sa.Integer(), nullable=True),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("given_run", sa.Integer(), nullable=False),
        sa.Column("ended_run", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["fingerprint"], ["alert.fingerprint"], name=op.f("fk_assignment_fingerprint")),
        sa.PrimaryKeyConstraint("assignment_id", name=op.f("pk_assignment")),
    )
    op.create_index(op.f("ix_assignment_fingerprint"), "assignment", ["fingerprint"], unique=False)
    op.create_index(op.f("ix_assignment_office_id"), "assignment", ["office_id"], unique=False)
    op.create_table(
        "recusal",
        sa.Column("recusal_id", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("office_id", sa.String(), nullable=False),
        sa.Column("why", JSON, nullable=False),
        sa.Column("given_run", sa.Integer(), nullable=False),
        sa.Column("ended_run", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["fingerprint"], ["alert.fingerprint"], name=op.f("fk_recusal_fingerprint")),
        sa.PrimaryKeyConstraint("recusal_id", name=op.f("pk_recusal")),
    )
    op.create_index(op.f("ix_recusal_fingerprint"), "recusal", ["fingerprint"], unique=False)
    op.create_table(
        "verdict",
        sa.Column("verdict_id", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("decided_at", MOMENT, nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("facts", JSON, nullable=False),
        sa.ForeignKeyConstraint(["fingerprint"], ["alert.fingerprint"], name=op.f("fk_verdict_fingerprint")),
        sa.PrimaryKeyConstraint("verdict_id", name=op.f("pk_verdict")),
    )
    op.create_index(op.f("ix_verdict_fingerprint"), "verdict", ["fingerprint"], unique=False)


def _log() -> None:
    op.create_table(
        "event",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("body", JSON, nullable=False),
        sa.Column("previous", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_event")),
    )
    op.create_index(op.f("ix_event_about"), "event", ["about"], unique=False)


def downgrade() -> None:
    for table in (
        "event",
        "verdict",
        "recusal",
        "assignment",
        "alert_link",
        "alert_signal",
        "alert",
        "signal",
        "baseline",
        "blindness",
        "run_step",
        "run",
    ):
        op.drop_table(table)
