"""A first password is to be changed, and a one-time code serves once."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("member", sa.Column("must_change", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("member", sa.Column("totp_step", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    op.drop_column("member", "totp_step")
    op.drop_column("member", "must_change")
