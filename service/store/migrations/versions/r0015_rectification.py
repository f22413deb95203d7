"""Rectification: the ledger, what units report, what was verified, assessed and supervised; letters and outside leads."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
TABLES = (
    "rectification",
    "rectification_alert",
    "rectification_report",
    "rectification_check",
    "rectification_urge",
    "recommendation",
    "recommendation_count",
    "outside_lead",
)
"""In the order in which they are made."""


def upgrade() -> None:
    _rectification()
    _rectification_alert()
    _rectification_report()
    _rectification_check()
    _rectification_urge()
    _recommendation()
    _recommendation_count()
    _outside_lead()


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)


def _rectification() -> None:
    op.create_table(
        "rectification",
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("problem", sa.String(), nullable=False),
        sa.Column("measure", sa.String(), nullable=False),
        sa.Column("standard", sa.String(), nullable=False),
        sa.Column("responsible", sa.String(), nullable=False),
        sa.Column("unit_id", sa.String(), nullable=False),
        sa.Column("supervising_unit_id", sa.String(), nullable=True),
        sa.Column("stationed_office_id", sa.String(), nullable=False),
        sa.Column("room_office_id", sa.String(), nullable=True),
        sa.Column("office_id", sa.String(), nullable=False),
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("area_id", sa.String(), nullable=True),
        sa.Column("rules", JSON, nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("due_provisional", sa.Boolean(), nullable=False),
        sa.Column("urged", sa.Integer(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("recheck_on", sa.Date(), nullable=True),
        sa.Column("opened_by", sa.String(), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("given_by", sa.String(), nullable=True),
        sa.Column("given_at", MOMENT, nullable=True),
        sa.Column("closed_by", sa.String(), nullable=True),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.case_id"], name=op.f("fk_rectification_case_id")),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_rectification")),
    )
    op.create_index(op.f("ix_rectification_case_id"), "rectification", ["case_id"])
    op.create_index(op.f("ix_rectification_office_id_status"), "rectification", ["office_id", "status"])
    op.create_index(op.f("ix_rectification_status_due_on"), "rectification", ["status", "due_on"])
    op.create_index(op.f("ix_rectification_unit_id_status"), "rectification", ["unit_id", "status"])


def _rectification_alert() -> None:
    op.create_table(
        "rectification_alert",
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("again", sa.Boolean(), nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["rectification.item_id"], name=op.f("fk_rectification_alert_item_id")),
        sa.ForeignKeyConstraint(["fingerprint"], ["alert.fingerprint"], name=op.f("fk_rectification_alert_fingerprint")),
        sa.PrimaryKeyConstraint("item_id", "fingerprint", name=op.f("pk_rectification_alert")),
    )
    op.create_index(op.f("ix_rectification_alert_fingerprint"), "rectification_alert", ["fingerprint"])


def _rectification_report() -> None:
    op.create_table(
        "rectification_report",
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("done", sa.String(), nullable=False),
        sa.Column("effect", sa.String(), nullable=False),
        sa.Column("proofs", JSON, nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["rectification.item_id"], name=op.f("fk_rectification_report_item_id")),
        sa.PrimaryKeyConstraint("report_id", name=op.f("pk_rectification_report")),
    )
    op.create_index(op.f("ix_rectification_report_item_id"), "rectification_report", ["item_id"])


def _rectification_check() -> None:
    op.create_table(
        "rectification_check",
        sa.Column("check_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("party", sa.String(), nullable=False),
        sa.Column("good", sa.Boolean(), nullable=True),
        sa.Column("said", sa.String(), nullable=False),
        sa.Column("marks", JSON, nullable=False),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["rectification.item_id"], name=op.f("fk_rectification_check_item_id")),
        sa.ForeignKeyConstraint(["report_id"], ["rectification_report.report_id"], name=op.f("fk_rectification_check_report_id")),
        sa.PrimaryKeyConstraint("check_id", name=op.f("pk_rectification_check")),
    )
    op.create_index(op.f("ix_rectification_check_item_id"), "rectification_check", ["item_id"])


def _rectification_urge() -> None:
    op.create_table(
        "rectification_urge",
        sa.Column("urge_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("demand", sa.String(), nullable=False),
        sa.Column("missed_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["rectification.item_id"], name=op.f("fk_rectification_urge_item_id")),
        sa.PrimaryKeyConstraint("urge_id", name=op.f("pk_rectification_urge")),
    )
    op.create_index(op.f("ix_rectification_urge_item_id"), "rectification_urge", ["item_id"])


def _recommendation() -> None:
    op.create_table(
        "recommendation",
        sa.Column("letter_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("office_id", sa.String(), nullable=False),
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("issuer", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("unit_id", sa.String(), nullable=False),
        sa.Column("addressee", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("problem", sa.String(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("advice", sa.String(), nullable=False),
        sa.Column("reply_by", sa.Date(), nullable=False),
        sa.Column("copies", JSON, nullable=False),
        sa.Column("drafted_by", sa.String(), nullable=False),
        sa.Column("drafted_at", MOMENT, nullable=False),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("decision_reason", sa.String(), nullable=True),
        sa.Column("sent_on", sa.Date(), nullable=True),
        sa.Column("sent_by", sa.String(), nullable=True),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column("answered_by", sa.String(), nullable=True),
        sa.Column("revisited_on", sa.Date(), nullable=True),
        sa.Column("adopted", sa.Boolean(), nullable=True),
        sa.Column("revisit", sa.String(), nullable=True),
        sa.Column("revisited_by", sa.String(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.case_id"], name=op.f("fk_recommendation_case_id")),
        sa.ForeignKeyConstraint(["item_id"], ["rectification.item_id"], name=op.f("fk_recommendation_item_id")),
        sa.PrimaryKeyConstraint("letter_id", name=op.f("pk_recommendation")),
    )
    op.create_index(op.f("ix_recommendation_kind_year_number"), "recommendation", ["kind", "year", "number"], unique=True)
    op.create_index(op.f("ix_recommendation_office_id_status"), "recommendation", ["office_id", "status"])
    op.create_index(op.f("ix_recommendation_status_reply_by"), "recommendation", ["status", "reply_by"])


def _recommendation_count() -> None:
    op.create_table(
        "recommendation_count",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "year", name=op.f("pk_recommendation_count")),
    )


def _outside_lead() -> None:
    op.create_table(
        "outside_lead",
        sa.Column("outside_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("sender", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("matter", sa.String(), nullable=False),
        sa.Column("content", sa.String(), nullable=False),
        sa.Column("unit_id", sa.String(), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("due_provisional", sa.Boolean(), nullable=False),
        sa.Column("office_id", sa.String(), nullable=True),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("taken_by", sa.String(), nullable=True),
        sa.Column("taken_at", MOMENT, nullable=True),
        sa.Column("result", sa.String(), nullable=True),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column("drafted_by", sa.String(), nullable=True),
        sa.Column("answered_by", sa.String(), nullable=True),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.case_id"], name=op.f("fk_outside_lead_case_id")),
        sa.PrimaryKeyConstraint("outside_id", name=op.f("pk_outside_lead")),
    )
    op.create_index(op.f("ix_outside_lead_sender_reference"), "outside_lead", ["sender", "reference"], unique=True)
    op.create_index(op.f("ix_outside_lead_status_due_on"), "outside_lead", ["status", "due_on"])
