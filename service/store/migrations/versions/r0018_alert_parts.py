"""Alerts that people took out of others."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "alert_part",
        sa.Column("part_id", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("signals", JSON, nullable=False),
        sa.Column("rules", JSON, nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["fingerprint"], ["alert.fingerprint"], name=op.f("fk_alert_part_fingerprint")),
        sa.ForeignKeyConstraint(["origin"], ["alert.fingerprint"], name=op.f("fk_alert_part_origin")),
        sa.PrimaryKeyConstraint("part_id", name=op.f("pk_alert_part")),
    )
    op.create_index(op.f("ix_alert_part_fingerprint"), "alert_part", ["fingerprint"], unique=True)
    op.create_index(op.f("ix_alert_part_origin"), "alert_part", ["origin"])


def downgrade() -> None:
    op.drop_table("alert_part")
