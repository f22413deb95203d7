"""The log's hashes are made with the office's key from now on; older entries say that they were not."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("event", sa.Column("keyed", sa.Boolean(), nullable=False, server_default=sa.false()))
    if op.get_bind().dialect.name == "postgresql":  # a row trigger does not see a table emptied at once
        op.execute("CREATE TRIGGER event_not_emptied BEFORE TRUNCATE ON event EXECUTE FUNCTION refuse_change()")


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER event_not_emptied ON event")
    op.drop_column("event", "keyed")
