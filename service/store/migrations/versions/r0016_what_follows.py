"""What follows a case: names cleared, forms used, re-visits; campaigns and supervision tasks."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
TABLES = (
    "name_clearing",
    "form_used",
    "revisit",
    "campaign",
    "supervision_task",
    "supervision_alert",
)
"""In the order in which they are made."""


def upgrade() -> None:
    _name_clearing()
    _form_used()
    _revisit()
    _campaign()
    _supervision_task()
    _supervision_alert()


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)


def _name_clearing() -> None:
    op.create_table(
        "name_clearing",
        sa.Column("clearing_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("ground", sa.String(), nullable=False),
        sa.Column("finding", sa.String(), nullable=False),
        sa.Column("way", sa.String(), nullable=False),
        sa.Column("said", sa.String(), nullable=False),
        sa.Column("city_reference", sa.String(), nullable=True),
        sa.Column("proposed_by", sa.String(), nullable=False),
        sa.Column("proposed_at", MOMENT, nullable=False),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("decision_reason", sa.String(), nullable=True),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("done_by", sa.String(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.case_id"], name=op.f("fk_name_clearing_case_id")),
        sa.PrimaryKeyConstraint("clearing_id", name=op.f("pk_name_clearing")),
    )
    op.create_index(op.f("ix_name_clearing_case_id"), "name_clearing", ["case_id"])
    op.create_index(op.f("ix_name_clearing_status"), "name_clearing", ["status"])


def _form_used() -> None:
    op.create_table(
        "form_used",
        sa.Column("form_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("form", sa.Integer(), nullable=False),
        sa.Column("measure", sa.String(), nullable=False),
        sa.Column("tolerance", sa.String(), nullable=True),
        sa.Column("tolerance_reason", sa.String(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("proposed_by", sa.String(), nullable=False),
        sa.Column("proposed_at", MOMENT, nullable=False),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("decision_reason", sa.String(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.case_id"], name=op.f("fk_form_used_case_id")),
        sa.PrimaryKeyConstraint("form_id", name=op.f("pk_form_used")),
    )
    op.create_index(op.f("ix_form_used_case_id"), "form_used", ["case_id"])
    op.create_index(op.f("ix_form_used_status"), "form_used", ["status"])


def _revisit() -> None:
    op.create_table(
        "revisit",
        sa.Column("revisit_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("form_id", sa.Integer(), nullable=True),
        sa.Column("ticket_id", sa.String(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("due_provisional", sa.Boolean(), nullable=False),
        sa.Column("result", sa.String(), nullable=True),
        sa.Column("said", sa.String(), nullable=True),
        sa.Column("planned_by", sa.String(), nullable=False),
        sa.Column("planned_at", MOMENT, nullable=False),
        sa.Column("done_by", sa.String(), nullable=True),
        sa.Column("done_at", MOMENT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.case_id"], name=op.f("fk_revisit_case_id")),
        sa.ForeignKeyConstraint(["form_id"], ["form_used.form_id"], name=op.f("fk_revisit_form_id")),
        sa.PrimaryKeyConstraint("revisit_id", name=op.f("pk_revisit")),
    )
    op.create_index(op.f("ix_revisit_case_id"), "revisit", ["case_id"])
    op.create_index(op.f("ix_revisit_status_due_on"), "revisit", ["status", "due_on"])


def _campaign() -> None:
    op.create_table(
        "campaign",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("areas", JSON, nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("campaign_id", name=op.f("pk_campaign")),
    )


def _supervision_task() -> None:
    op.create_table(
        "supervision_task",
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("matter", sa.String(), nullable=False),
        sa.Column("responsible", sa.String(), nullable=False),
        sa.Column("standard", sa.String(), nullable=False),
        sa.Column("office_id", sa.String(), nullable=False),
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("said", sa.String(), nullable=True),
        sa.Column("reported_by", sa.String(), nullable=True),
        sa.Column("reported_at", MOMENT, nullable=True),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("decision_reason", sa.String(), nullable=True),
        sa.Column("urged", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.campaign_id"], name=op.f("fk_supervision_task_campaign_id")),
        sa.PrimaryKeyConstraint("task_id", name=op.f("pk_supervision_task")),
    )
    op.create_index(op.f("ix_supervision_task_campaign_id"), "supervision_task", ["campaign_id"])
    op.create_index(op.f("ix_supervision_task_office_id_status"), "supervision_task", ["office_id", "status"])
    op.create_index(op.f("ix_supervision_task_status_due_on"), "supervision_task", ["status", "due_on"])


def _supervision_alert() -> None:
    op.create_table(
        "supervision_alert",
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("added_by", sa.String(), nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["task_id"], ["supervision_task.task_id"], name=op.f("fk_supervision_alert_task_id")),
        sa.ForeignKeyConstraint(["fingerprint"], ["alert.fingerprint"], name=op.f("fk_supervision_alert_fingerprint")),
        sa.PrimaryKeyConstraint("task_id", "fingerprint", name=op.f("pk_supervision_alert")),
    )
    op.create_index(op.f("ix_supervision_alert_fingerprint"), "supervision_alert", ["fingerprint"])
