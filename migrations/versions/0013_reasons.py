"""The reasons that operators write, in rows of their own: about companies, and about people who become operators."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.create_table(
        "company_decision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("outcome", sa.String(20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("outcome IN ('applied', 'verified', 'suspended')", name=op.f("ck_company_decision_outcome")),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name="fk_company_decision_company_id_company"),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name="fk_company_decision_decided_by_person"),
        sa.PrimaryKeyConstraint("id", name="pk_company_decision"),
    )
    op.create_index("ix_company_decision_company_id_id", "company_decision", ["company_id", "id"])
    # Grants from before keep their reasons in their events, which nobody may change.
    op.add_column("operator_grant", sa.Column("reason", sa.Text(), nullable=False, server_default=""))
    op.alter_column("operator_grant", "reason", server_default=None)


def downgrade() -> None:
    op.drop_column("operator_grant", "reason")
    op.drop_table("company_decision")
