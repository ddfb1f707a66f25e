"""From when on instructions hold, under which version a shift is worked, and what shifts show of a pilot.

A version that was verified before held from then on. What was worked before has no version: nobody wrote it down.
"""

import sqlalchemy as sa
from alembic import op
from flask import current_app
from sqlalchemy.dialects import postgresql

revision = "0045"
down_revision = "0044"

NAMES = {
    "holds_once_verified": "(holds_from IS NULL) = (verified_at IS NULL)",
    "holds_after_verified": "holds_from >= verified_at",
}


def upgrade() -> None:
    op.add_column("gig_instructions", sa.Column("holds_from", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE gig_instructions SET holds_from = verified_at")
    for name, truth in NAMES.items():
        op.create_check_constraint(op.f(f"ck_gig_instructions_{name}"), "gig_instructions", truth)
    op.create_table(
        "company_care_line",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("call", sa.Text(), nullable=False),
        sa.Column("named_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name="fk_company_care_line_company_id_company"),
        sa.PrimaryKeyConstraint("company_id", name="pk_company_care_line"),
    )
    op.create_table(
        "gig_rolling_pilot",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("workers", sa.Integer(), nullable=False),
        sa.Column("shifts", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("places", postgresql.JSONB(), nullable=False),
        sa.Column("rolled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "workers > 0 AND shifts > 0 AND minutes >= 0", name=op.f("ck_gig_rolling_pilot_of_somebody")
        ),
        sa.ForeignKeyConstraint(["id"], ["gig.id"], name="fk_gig_rolling_pilot_id_gig"),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name="fk_gig_rolling_pilot_company_id_company"),
        sa.PrimaryKeyConstraint("id", name="pk_gig_rolling_pilot"),
    )
    op.create_index("ix_gig_rolling_pilot_company_id", "gig_rolling_pilot", ["company_id"])
    role = sa.make_url(current_app.config["SQLALCHEMY_DATABASE_URI"]).username
    if role and role != op.get_bind().execute(sa.text("SELECT current_user")).scalar_one():
        # Of a version only what verifies it can be written after the words.
        op.execute(f'GRANT UPDATE (holds_from) ON gig_instructions TO "{role}"')
    op.add_column("booking", sa.Column("instructions_version", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_table("gig_rolling_pilot")
    op.drop_table("company_care_line")
    op.drop_column("booking", "instructions_version")
    for name in NAMES:
        op.drop_constraint(op.f(f"ck_gig_instructions_{name}"), "gig_instructions", type_="check")
    op.drop_column("gig_instructions", "holds_from")
