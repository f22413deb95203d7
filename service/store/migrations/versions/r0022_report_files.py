"""Supporting files of a unit's report, sealed; what they are can be neither changed nor deleted."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
REFUSAL = "what was sent with a report stays as it was sent"
FIXED = "file_id, item_id, report_id, kind, size, sha256, added_by, added_at"
"""All but the name and when the content went: those change when its time is over."""


def upgrade() -> None:
    op.create_table(
        "rectification_file",
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("added_by", sa.String(), nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.Column("gone_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["item_id"], ["rectification.item_id"], name=op.f("fk_rectification_file_item_id")),
        sa.ForeignKeyConstraint(["report_id"], ["rectification_report.report_id"], name=op.f("fk_rectification_file_report_id")),
        sa.PrimaryKeyConstraint("file_id", name=op.f("pk_rectification_file")),
    )
    op.create_index(op.f("ix_rectification_file_item_id"), "rectification_file", ["item_id"])
    op.create_index(op.f("ix_rectification_file_report_id"), "rectification_file", ["report_id"])
    op.create_table(
        "rectification_file_content",
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["rectification_file.file_id"], name=op.f("fk_rectification_file_content_file_id")),
        sa.PrimaryKeyConstraint("file_id", name=op.f("pk_rectification_file_content")),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE FUNCTION refuse_file_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$"
        )
        for change in (f"UPDATE OF {FIXED}", "DELETE"):
            name = f"rectification_file_kept_{change[:6].lower()}"
            op.execute(
                f"CREATE TRIGGER {name} BEFORE {change} ON rectification_file FOR EACH ROW EXECUTE FUNCTION refuse_file_change()"
            )
    else:
        for change in (f"UPDATE OF {FIXED}", "DELETE"):
            name = f"rectification_file_kept_{change[:6].lower()}"
            op.execute(f"CREATE TRIGGER {name} BEFORE {change} ON rectification_file BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END")


def downgrade() -> None:
    op.drop_table("rectification_file_content")
    op.drop_table("rectification_file")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_file_change()")
