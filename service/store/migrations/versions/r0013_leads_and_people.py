"""Casework: leads and their disposal, transfers, recusals, the people pool, sealed stubs."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
TABLES = (
    "case_lead",
    "case_disposal",
    "case_transfer",
    "case_recusal",
    "case_expert",
    "case_helper",
    "sealed_stub",
)
"""In the order in which they are made."""


def upgrade() -> None:
    _case_lead()
    _case_disposal()
    _case_transfer()
    _case_recusal()
    _case_expert()
    _case_helper()
    _sealed_stub()


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)


def _case_lead() -> None:
    op.create_table(
        "case_lead",
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("draft_id", sa.Integer(), nullable=False),
        sa.Column("whats", JSON, nullable=False),
        sa.Column("missing", JSON, nullable=False),
        sa.Column("proposed", sa.String(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.case_id"], name=op.f("fk_case_lead_case_id")),
        sa.ForeignKeyConstraint(["draft_id"], ["case_draft.draft_id"], name=op.f("fk_case_lead_draft_id")),
        sa.PrimaryKeyConstraint("lead_id", name=op.f("pk_case_lead")),
    )
    op.create_index(op.f("ix_case_lead_case_id_version"), "case_lead", ["case_id", "version"], unique=True)


def _case_disposal() -> None:
    op.create_table(
        "case_disposal",
        sa.Column("disposal_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("way", sa.String(), nullable=False),
        sa.Column("manner", sa.String(), nullable=True),
        sa.Column("opinion", sa.String(), nullable=False),
        sa.Column("plan", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("drafted_by", sa.String(), nullable=False),
        sa.Column("drafted_at", MOMENT, nullable=False),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("decision_reason", sa.String(), nullable=True),
        sa.Column("asked_on", sa.Date(), nullable=True),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("countersigned", sa.Boolean(), nullable=False),
        sa.Column("result", sa.String(), nullable=True),
        sa.Column("report", sa.String(), nullable=True),
        sa.Column("reported_by", sa.String(), nullable=True),
        sa.Column("reported_at", MOMENT, nullable=True),
        sa.Column("accepted_by", sa.String(), nullable=True),
        sa.Column("accepted_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.case_id"], name=op.f("fk_case_disposal_case_id")),
        sa.ForeignKeyConstraint(["lead_id"], ["case_lead.lead_id"], name=op.f("fk_case_disposal_lead_id")),
        sa.PrimaryKeyConstraint("disposal_id", name=op.f("pk_case_disposal")),
    )
    op.create_index(op.f("ix_case_disposal_case_id"), "case_disposal", ["case_id"])


def _case_transfer() -> None:
    op.create_table(
        "case_transfer",
        sa.Column("transfer_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("from_office", sa.String(), nullable=False),
        sa.Column("to_office", sa.String(), nullable=False),
        sa.Column("to_stream", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column("answer_reason", sa.String(), nullable=True),
        sa.Column("answered_by", sa.String(), nullable=True),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.case_id"], name=op.f("fk_case_transfer_case_id")),
        sa.PrimaryKeyConstraint("transfer_id", name=op.f("pk_case_transfer")),
    )
    op.create_index(op.f("ix_case_transfer_case_id"), "case_transfer", ["case_id"])
    op.create_index(op.f("ix_case_transfer_to_office"), "case_transfer", ["to_office"])


def _case_recusal() -> None:
    op.create_table(
        "case_recusal",
        sa.Column("recusal_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("caller", sa.String(), nullable=False),
        sa.Column("ground", sa.String(), nullable=False),
        sa.Column("found", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("said_by", sa.String(), nullable=False),
        sa.Column("said_at", MOMENT, nullable=False),
        sa.Column("granted", sa.Boolean(), nullable=True),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.case_id"], name=op.f("fk_case_recusal_case_id")),
        sa.PrimaryKeyConstraint("recusal_id", name=op.f("pk_case_recusal")),
    )
    op.create_index(op.f("ix_case_recusal_case_id"), "case_recusal", ["case_id"])


def _case_expert() -> None:
    op.create_table(
        "case_expert",
        sa.Column("expert_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("login", sa.String(), nullable=True),
        sa.Column("person_id", sa.String(), nullable=True),
        sa.Column("unit_id", sa.String(), nullable=True),
        sa.Column("area_id", sa.String(), nullable=True),
        sa.Column("skills", JSON, nullable=False),
        sa.Column("earlier_units", JSON, nullable=False),
        sa.Column("available", sa.Boolean(), nullable=False),
        sa.Column("added_by", sa.String(), nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("expert_id", name=op.f("pk_case_expert")),
        sa.UniqueConstraint("login", name=op.f("uq_case_expert_login")),
    )


def _case_helper() -> None:
    op.create_table(
        "case_helper",
        sa.Column("helper_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("expert_id", sa.Integer(), nullable=False),
        sa.Column("skill", sa.String(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.case_id"], name=op.f("fk_case_helper_case_id")),
        sa.ForeignKeyConstraint(["expert_id"], ["case_expert.expert_id"], name=op.f("fk_case_helper_expert_id")),
        sa.PrimaryKeyConstraint("helper_id", name=op.f("pk_case_helper")),
    )
    op.create_index(op.f("ix_case_helper_case_id"), "case_helper", ["case_id"])
    op.create_index(op.f("ix_case_helper_expert_id"), "case_helper", ["expert_id"])


def _sealed_stub() -> None:
    op.create_table(
        "sealed_stub",
        sa.Column("stub_id", sa.Integer(), nullable=False),
        sa.Column("handed_at", MOMENT, nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("stub_id", name=op.f("pk_sealed_stub")),
    )
