"""An alert's first checks as they are ticked off, and what is asked for."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "alert_check",
        sa.Column("check_id", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("done_by", sa.String(), nullable=False),
        sa.Column("done_at", MOMENT, nullable=False),
        sa.Column("undone_by", sa.String(), nullable=True),
        sa.Column("undone_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["fingerprint"], ["alert.fingerprint"], name=op.f("fk_alert_check_fingerprint")),
        sa.PrimaryKeyConstraint("check_id", name=op.f("pk_alert_check")),
    )
    op.create_index(op.f("ix_alert_check_fingerprint"), "alert_check", ["fingerprint"])
    op.create_table(
        "alert_demand",
        sa.Column("demand_id", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("of_whom", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column("answered_by", sa.String(), nullable=True),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["fingerprint"], ["alert.fingerprint"], name=op.f("fk_alert_demand_fingerprint")),
        sa.PrimaryKeyConstraint("demand_id", name=op.f("pk_alert_demand")),
    )
    op.create_index(op.f("ix_alert_demand_fingerprint"), "alert_demand", ["fingerprint"])


def downgrade() -> None:
    op.drop_table("alert_demand")
    op.drop_table("alert_check")
