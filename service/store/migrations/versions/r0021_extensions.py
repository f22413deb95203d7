"""Time limits extended with approval; why a result was sent back; who was taken out of the people pool."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "case_extension",
        sa.Column("extension_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("limit_id", sa.Integer(), nullable=False),
        sa.Column("due_before", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("granted", sa.Boolean(), nullable=True),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("decision_reason", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.case_id"], name=op.f("fk_case_extension_case_id")),
        sa.ForeignKeyConstraint(["limit_id"], ["case_limit.limit_id"], name=op.f("fk_case_extension_limit_id")),
        sa.PrimaryKeyConstraint("extension_id", name=op.f("pk_case_extension")),
    )
    op.create_index(op.f("ix_case_extension_case_id"), "case_extension", ["case_id"])
    op.add_column("case_disposal", sa.Column("return_reason", sa.String(), nullable=True))
    op.add_column("case_expert", sa.Column("removed_by", sa.String(), nullable=True))
    op.add_column("case_expert", sa.Column("removed_at", MOMENT, nullable=True))
    op.add_column("case_expert", sa.Column("removed_because", sa.String(), nullable=True))


def downgrade() -> None:
    for column in ("removed_because", "removed_at", "removed_by"):
        op.drop_column("case_expert", column)
    op.drop_column("case_disposal", "return_reason")
    op.drop_table("case_extension")
