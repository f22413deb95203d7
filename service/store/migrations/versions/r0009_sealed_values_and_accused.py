"""Sealed values asked for, and whom the complaints accuse that an alert rests on."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "unsealing",
        sa.Column("unsealing_id", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("opened_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["fingerprint"], ["alert.fingerprint"], name=op.f("fk_unsealing_fingerprint")),
        sa.PrimaryKeyConstraint("unsealing_id", name=op.f("pk_unsealing")),
    )
    op.create_index(op.f("ix_unsealing_status_until"), "unsealing", ["status", "until"])
    op.create_index(op.f("ix_unsealing_asked_by"), "unsealing", ["asked_by"])
    op.create_table(
        "accused",
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("entity_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["fingerprint"], ["alert.fingerprint"], name=op.f("fk_accused_fingerprint")),
        sa.PrimaryKeyConstraint("fingerprint", "kind", "entity_id", name=op.f("pk_accused")),
    )
    op.create_index(op.f("ix_accused_kind_entity_id"), "accused", ["kind", "entity_id"])


def downgrade() -> None:
    op.drop_table("accused")
    op.drop_table("unsealing")
