"""How a subscription fares: since when it fails, when it is tried again, why it was paused; one delivery for each of its notices."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("subscription", sa.Column("failures", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("subscription", sa.Column("failing_since", MOMENT, nullable=True))
    op.add_column("subscription", sa.Column("next_at", MOMENT, nullable=True))
    op.add_column("subscription", sa.Column("paused_at", MOMENT, nullable=True))
    op.add_column("subscription", sa.Column("paused_why", sa.String(), nullable=True))
    op.add_column("delivery", sa.Column("since", MOMENT, nullable=True))
    op.drop_index("ix_delivery_subscription_id_seq", table_name="delivery")
    op.create_index("ix_delivery_subscription_id_seq", "delivery", ["subscription_id", "seq"], unique=True)
    op.create_index("ix_delivery_subscription_id_status_about_seq", "delivery", ["subscription_id", "status", "about", "seq"])


def downgrade() -> None:
    op.drop_index("ix_delivery_subscription_id_status_about_seq", table_name="delivery")
    op.drop_index("ix_delivery_subscription_id_seq", table_name="delivery")
    op.create_index("ix_delivery_subscription_id_seq", "delivery", ["subscription_id", "seq"])
    op.drop_column("delivery", "since")
    for name in ("paused_why", "paused_at", "next_at", "failing_since", "failures"):
        op.drop_column("subscription", name)
