"""Triage: an alert's version and holder, what people did to it, transfers between offices; saved views; words to search by."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.add_column("alert", sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("alert", sa.Column("holder", sa.String(), nullable=True))
    _triage()
    _views()
    _words()


def _triage() -> None:
    op.create_table(
        "move",
        sa.Column("move_id", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("verb", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("moved_by", sa.String(), nullable=False),
        sa.Column("moved_at", MOMENT, nullable=False),
        sa.Column("together", sa.String(), nullable=True),
        sa.Column("before", JSON, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("undone_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["fingerprint"], ["alert.fingerprint"], name=op.f("fk_move_fingerprint")),
        sa.PrimaryKeyConstraint("move_id", name=op.f("pk_move")),
    )
    op.create_index(op.f("ix_move_fingerprint"), "move", ["fingerprint"])
    op.create_index(op.f("ix_move_moved_by_moved_at"), "move", ["moved_by", "moved_at"])
    op.create_table(
        "transfer",
        sa.Column("transfer_id", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("from_office", sa.String(), nullable=True),
        sa.Column("to_office", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column("answered_by", sa.String(), nullable=True),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["fingerprint"], ["alert.fingerprint"], name=op.f("fk_transfer_fingerprint")),
        sa.PrimaryKeyConstraint("transfer_id", name=op.f("pk_transfer")),
    )
    op.create_index(op.f("ix_transfer_fingerprint"), "transfer", ["fingerprint"])


def _views() -> None:
    op.create_table(
        "saved_view",
        sa.Column("view_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("office_id", sa.String(), nullable=True),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("view_id", name=op.f("pk_saved_view")),
    )
    op.create_index(op.f("ix_saved_view_owner"), "saved_view", ["owner"])
    op.create_index(op.f("ix_saved_view_office_id"), "saved_view", ["office_id"])


def _words() -> None:
    op.create_table(
        "alert_text",
        sa.Column("text_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("said", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["fingerprint"], ["alert.fingerprint"], name=op.f("fk_alert_text_fingerprint")),
        sa.PrimaryKeyConstraint("text_id", name=op.f("pk_alert_text")),
        sa.UniqueConstraint("fingerprint", name=op.f("uq_alert_text_fingerprint")),
    )
    op.create_table(
        "alert_gram",
        sa.Column("gram", sa.String(), nullable=False),
        sa.Column("part", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("texts", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("gram", "part", name=op.f("pk_alert_gram")),
    )


def downgrade() -> None:
    for table in ("alert_gram", "alert_text", "saved_view", "transfer", "move"):
        op.drop_table(table)
    op.drop_column("alert", "holder")
    op.drop_column("alert", "version")
