"""Answers kept for Idempotency-Keys are found by their age, so that old ones are let go without reading all."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(op.f("ix_answered_at"), "answered", ["at"])


def downgrade() -> None:
    op.drop_index(op.f("ix_answered_at"), "answered")
