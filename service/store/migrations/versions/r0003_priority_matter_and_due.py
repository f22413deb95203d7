"""Alerts carry a priority and a matter; assignments may go to a department and say by which day."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    json = sa.JSON().with_variant(JSONB(), "postgresql")
    op.add_column("alert", sa.Column("priority", sa.Double(), nullable=False, server_default=sa.text("0")))
    op.add_column("alert", sa.Column("sure", sa.Double(), nullable=False, server_default=sa.text("0")))
    op.add_column("alert", sa.Column("level", sa.String(), nullable=False, server_default="low"))
    op.add_column("alert", sa.Column("reasons", json, nullable=False, server_default=sa.text("'[]'")))
    op.add_column("alert", sa.Column("matter", sa.String(), nullable=True))
    op.create_index(op.f("ix_alert_matter"), "alert", ["matter"])
    op.drop_index(op.f("ix_alert_status_rank"), "alert")
    op.create_index(op.f("ix_alert_status_priority"), "alert", ["status", "priority"])
    with op.batch_alter_table("assignment") as assignment:
        assignment.alter_column("office_id", existing_type=sa.String(), nullable=True)
        assignment.add_column(sa.Column("unit_id", sa.String(), nullable=True))
        assignment.add_column(sa.Column("batch_on", sa.Date(), nullable=True))
        assignment.add_column(sa.Column("due_on", sa.Date(), nullable=True))
        assignment.add_column(sa.Column("due_provisional", sa.Boolean(), nullable=False, server_default=sa.false()))
        assignment.create_index(op.f("ix_assignment_unit_id"), ["unit_id"])


def downgrade() -> None:
    op.execute("DELETE FROM assignment WHERE office_id IS NULL")
    with op.batch_alter_table("assignment") as assignment:
        assignment.drop_index(op.f("ix_assignment_unit_id"))
        for name in ("due_provisional", "due_on", "batch_on", "unit_id"):
            assignment.drop_column(name)
        assignment.alter_column("office_id", existing_type=sa.String(), nullable=False)
    op.drop_index(op.f("ix_alert_status_priority"), "alert")
    op.create_index(op.f("ix_alert_status_rank"), "alert", ["status", "rank"])
    op.drop_index(op.f("ix_alert_matter"), "alert")
    for name in ("matter", "reasons", "level", "sure", "priority"):
        op.drop_column("alert", name)
