"""Casework: case files with what they claim and their limits; tasks, verification records, drafts, consultations."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
TABLES = (
    "case_file",
    "case_alert",
    "case_claim",
    "case_office",
    "case_limit",
    "case_task",
    "case_verification",
    "case_draft",
    "case_consultation",
    "case_opinion",
)
"""In the order in which they are made."""


def upgrade() -> None:
    _case_file()
    _case_alert()
    _case_claim()
    _case_office()
    _case_limit()
    _case_task()
    _case_verification()
    _case_draft()
    _case_consultation()
    _case_opinion()


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)


def _case_file() -> None:
    op.create_table(
        "case_file",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("source_ref", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("subject_kind", sa.String(), nullable=True),
        sa.Column("subject_id", sa.String(), nullable=True),
        sa.Column("unit_id", sa.String(), nullable=True),
        sa.Column("area_id", sa.String(), nullable=True),
        sa.Column("office_id", sa.String(), nullable=False),
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("handler", sa.String(), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("opened_by", sa.String(), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("due_provisional", sa.Boolean(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("closed_by", sa.String(), nullable=True),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_case_file")),
    )
    op.create_index(op.f("ix_case_file_office_id_status"), "case_file", ["office_id", "status"])
    op.create_index(op.f("ix_case_file_status_due_on"), "case_file", ["status", "due_on"])
    op.create_index(op.f("ix_case_file_unit_id"), "case_file", ["unit_id"])


def _case_alert() -> None:
    op.create_table(
        "case_alert",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("added_by", sa.String(), nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.case_id"], name=op.f("fk_case_alert_case_id")),
        sa.ForeignKeyConstraint(["fingerprint"], ["alert.fingerprint"], name=op.f("fk_case_alert_fingerprint")),
        sa.PrimaryKeyConstraint("case_id", "fingerprint", name=op.f("pk_case_alert")),
    )
    op.create_index(op.f("ix_case_alert_fingerprint"), "case_alert", ["fingerprint"])


def _case_claim() -> None:
    op.create_table(
        "case_claim",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.case_id"], name=op.f("fk_case_claim_case_id")),
        sa.PrimaryKeyConstraint("kind", "key", name=op.f("pk_case_claim")),
    )
    op.create_index(op.f("ix_case_claim_case_id"), "case_claim", ["case_id"])


def _case_office() -> None:
    op.create_table(
        "case_office",
        sa.Column("case_office_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("answered_by", sa.String(), nullable=True),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.Column("answer_reason", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.case_id"], name=op.f("fk_case_office_case_id")),
        sa.PrimaryKeyConstraint("case_office_id", name=op.f("pk_case_office")),
    )
    op.create_index(op.f("ix_case_office_case_id"), "case_office", ["case_id"])
    op.create_index(op.f("ix_case_office_office_id"), "case_office", ["office_id"])


def _case_limit() -> None:
    op.create_table(
        "case_limit",
        sa.Column("limit_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("why", JSON, nullable=False),
        sa.Column("met_at", MOMENT, nullable=True),
        sa.Column("urged", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.case_id"], name=op.f("fk_case_limit_case_id")),
        sa.PrimaryKeyConstraint("limit_id", name=op.f("pk_case_limit")),
    )
    op.create_index(op.f("ix_case_limit_case_id"), "case_limit", ["case_id"])
    op.create_index(op.f("ix_case_limit_due_on"), "case_limit", ["due_on"])


def _case_task() -> None:
    op.create_table(
        "case_task",
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("office_id", sa.String(), nullable=False),
        sa.Column("handler", sa.String(), nullable=True),
        sa.Column("demand", sa.String(), nullable=False),
        sa.Column("given_by", sa.String(), nullable=False),
        sa.Column("given_at", MOMENT, nullable=False),
        sa.Column("due_days", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("due_provisional", sa.Boolean(), nullable=False),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column("answered_by", sa.String(), nullable=True),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.Column("answer_reason", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.case_id"], name=op.f("fk_case_task_case_id")),
        sa.PrimaryKeyConstraint("task_id", name=op.f("pk_case_task")),
    )
    op.create_index(op.f("ix_case_task_case_id"), "case_task", ["case_id"])
    op.create_index(op.f("ix_case_task_office_id"), "case_task", ["office_id"])


def _case_verification() -> None:
    op.create_table(
        "case_verification",
        sa.Column("verification_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("checked", sa.String(), nullable=False),
        sa.Column("records", JSON, nullable=False),
        sa.Column("result", sa.String(), nullable=False),
        sa.Column("finding", sa.String(), nullable=False),
        sa.Column("checked_on", sa.Date(), nullable=False),
        sa.Column("present", JSON, nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.case_id"], name=op.f("fk_case_verification_case_id")),
        sa.PrimaryKeyConstraint("verification_id", name=op.f("pk_case_verification")),
    )
    op.create_index(op.f("ix_case_verification_case_id"), "case_verification", ["case_id"])


def _case_draft() -> None:
    op.create_table(
        "case_draft",
        sa.Column("draft_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("from_draft", sa.Integer(), nullable=True),
        sa.Column("problem", sa.String(), nullable=False),
        sa.Column("facts", sa.String(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("evidence", JSON, nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.case_id"], name=op.f("fk_case_draft_case_id")),
        sa.PrimaryKeyConstraint("draft_id", name=op.f("pk_case_draft")),
    )
    op.create_index(op.f("ix_case_draft_case_id"), "case_draft", ["case_id"])


def _case_consultation() -> None:
    op.create_table(
        "case_consultation",
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("draft_id", sa.Integer(), nullable=False),
        sa.Column("on_law", sa.String(), nullable=False),
        sa.Column("on_evidence", sa.String(), nullable=False),
        sa.Column("participants", JSON, nullable=False),
        sa.Column("called_by", sa.String(), nullable=False),
        sa.Column("called_at", MOMENT, nullable=False),
        sa.Column("decision", sa.String(), nullable=True),
        sa.Column("decision_reason", sa.String(), nullable=True),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.case_id"], name=op.f("fk_case_consultation_case_id")),
        sa.ForeignKeyConstraint(["draft_id"], ["case_draft.draft_id"], name=op.f("fk_case_consultation_draft_id")),
        sa.PrimaryKeyConstraint("consultation_id", name=op.f("pk_case_consultation")),
    )
    op.create_index(op.f("ix_case_consultation_case_id"), "case_consultation", ["case_id"])


def _case_opinion() -> None:
    op.create_table(
        "case_opinion",
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("caller", sa.String(), nullable=False),
        sa.Column("on_law", sa.String(), nullable=False),
        sa.Column("on_evidence", sa.String(), nullable=False),
        sa.Column("advice", sa.String(), nullable=False),
        sa.Column("signed_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["case_consultation.consultation_id"], name=op.f("fk_case_opinion_consultation_id")
        ),
        sa.PrimaryKeyConstraint("consultation_id", "caller", name=op.f("pk_case_opinion")),
    )
