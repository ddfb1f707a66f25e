"""Companies agree that their record is public. The record itself is read from what there is, and kept nowhere.

An agreement that ended stays as a row: quarters that ended while it held stay public.
"""

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0050"


def upgrade() -> None:
    op.create_table(
        "report_agreement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("agreed_by", sa.Uuid(), nullable=False),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("ended_at >= agreed_at", name=op.f("ck_report_agreement_ended_after_agreed")),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name="fk_report_agreement_company_id_company"),
        sa.ForeignKeyConstraint(["agreed_by"], ["person.id"], name="fk_report_agreement_agreed_by_person"),
        sa.PrimaryKeyConstraint("id", name="pk_report_agreement"),
    )
    op.create_index("ix_report_agreement_company_id", "report_agreement", ["company_id"])
    op.create_index(
        "uq_report_agreement_live",
        "report_agreement",
        ["company_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("report_agreement")
