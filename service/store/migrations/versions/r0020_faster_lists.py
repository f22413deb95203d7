"""Indexes for lists and counts over a hundred thousand alerts: a signal's rule, the open alerts of a matter, what somebody did."""

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(op.f("ix_signal_signal_id_version_rule_topic"), "signal", ["signal_id", "version", "rule", "topic"])
    op.drop_index(op.f("ix_alert_matter"), "alert")
    op.create_index(op.f("ix_alert_matter_status"), "alert", ["matter", "status"])
    op.create_index(op.f("ix_event_actor_kind"), "event", ["actor", "kind"])


def downgrade() -> None:
    op.drop_index(op.f("ix_event_actor_kind"), "event")
    op.drop_index(op.f("ix_alert_matter_status"), "alert")
    op.create_index(op.f("ix_alert_matter"), "alert", ["matter"])
    op.drop_index(op.f("ix_signal_signal_id_version_rule_topic"), "signal")
