"""People who worked for a company can be named on a public page, under a name that they choose.

A row is there while they want that, and deleted when they do not: nothing remembers that somebody was named once.
"""

import sqlalchemy as sa
from alembic import op

revision = "0058"
down_revision = "0057"


def upgrade() -> None:
    op.create_table(
        "credit",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("contractor_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("name <> ''", name=op.f("ck_credit_name_given")),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name="fk_credit_company_id_company"),
        sa.ForeignKeyConstraint(["contractor_id"], ["contractor.id"], name="fk_credit_contractor_id_contractor"),
        sa.PrimaryKeyConstraint("company_id", "contractor_id", name="pk_credit"),
    )
    op.create_index("ix_credit_contractor_id", "credit", ["contractor_id"])


def downgrade() -> None:
    op.drop_table("credit")
