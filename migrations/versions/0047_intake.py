"""Whether new people are taken in: each measure with the version of its rule, and who waits to be told."""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"


def upgrade() -> None:
    op.create_table(
        "intake_measure",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("per_hundred", sa.Integer(), nullable=False),
        sa.Column("rule_version", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.CheckConstraint("status IN ('open', 'paused')", name=op.f("ck_intake_measure_status")),
        sa.PrimaryKeyConstraint("id", name="pk_intake_measure"),
    )
    op.create_table(
        "intake_wait",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_intake_wait_person_id_person"),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name="fk_intake_wait_company_id_company"),
        sa.PrimaryKeyConstraint("id", name="pk_intake_wait"),
        sa.UniqueConstraint("person_id", name="uq_intake_wait_person_id"),
    )


def downgrade() -> None:
    op.drop_table("intake_wait")
    op.drop_table("intake_measure")
