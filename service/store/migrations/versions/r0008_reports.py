"""What other platforms report of alerts."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "report",
        sa.Column("report_id", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("reported_by", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("recovered_fen", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["fingerprint"], ["alert.fingerprint"], name="fk_report_fingerprint"),
        sa.PrimaryKeyConstraint("report_id", name="pk_report"),
    )
    op.create_index(
        "ix_report_fingerprint_reported_by_reference_version",
        "report",
        ["fingerprint", "reported_by", "reference", "version"],
        unique=True,
    )


def downgrade() -> None:
    op.drop_table("report")
