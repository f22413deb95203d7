"""What is asked for goes to an office or a unit."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("alert_demand", sa.Column("to_office", sa.String(), nullable=True))
    op.add_column("alert_demand", sa.Column("to_unit", sa.String(), nullable=True))
    op.create_index(op.f("ix_alert_demand_to_office"), "alert_demand", ["to_office"])
    op.create_index(op.f("ix_alert_demand_to_unit"), "alert_demand", ["to_unit"])


def downgrade() -> None:
    op.drop_index(op.f("ix_alert_demand_to_unit"), "alert_demand")
    op.drop_index(op.f("ix_alert_demand_to_office"), "alert_demand")
    op.drop_column("alert_demand", "to_unit")
    op.drop_column("alert_demand", "to_office")
