"""What somebody did is found in the log without reading all of it."""

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(op.f("ix_event_actor_kind"), "event", ["actor", "kind"])


def downgrade() -> None:
    op.drop_index(op.f("ix_event_actor_kind"), "event")
