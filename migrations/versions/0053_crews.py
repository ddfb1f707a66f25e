"""A company saves whom it asks first. Whoever leaves a crew leaves no row behind that a rank could ever read."""

import sqlalchemy as sa
from alembic import op

revision = "0053"
down_revision = "0052"


def upgrade() -> None:
    op.create_table(
        "crew",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 80", name=op.f("ck_crew_named")),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name="fk_crew_company_id_company"),
        sa.PrimaryKeyConstraint("id", name="pk_crew"),
        sa.UniqueConstraint("id", "company_id", name="uq_crew_id_company_id"),
    )
    op.create_index(
        "uq_crew_company_id_name",
        "crew",
        ["company_id", sa.text("lower(name)")],
        unique=True,
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "crew_member",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("crew_id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("contractor_id", sa.Uuid(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["crew_id", "company_id"], ["crew.id", "crew.company_id"], name="fk_crew_member_crew_id_company_id_crew"
        ),
        sa.ForeignKeyConstraint(["contractor_id"], ["contractor.id"], name="fk_crew_member_contractor_id_contractor"),
        sa.PrimaryKeyConstraint("id", name="pk_crew_member"),
        sa.UniqueConstraint("crew_id", "contractor_id", name="uq_crew_member_crew_id_contractor_id"),
    )
    op.create_index("ix_crew_member_contractor_id", "crew_member", ["contractor_id"])


def downgrade() -> None:
    op.drop_table("crew_member")
    op.drop_table("crew")
