"""Benefit plans by version, and who is insured under them.

A plan keeps its code, its kind and its unit; everything else is a version, written once. One that takes something away
from people holds only when a second operator has agreed, which is the one thing that is added to it later. An enrolment
holds a member's number and where its proof is: both can be emptied.
"""

import sqlalchemy as sa
from alembic import op
from flask import current_app
from sqlalchemy.dialects import postgresql

revision = "0036"
down_revision = "0035"

MOVED = (
    "title", "funder", "provider", "country", "accrual", "rule", "portable", "cash_out", "valid_from", "valid_to",
    "source",
)  # fmt: skip


def upgrade() -> None:
    version()
    enrolment()
    op.execute(
        f"""
        INSERT INTO benefit_plan_version (id, plan_id, number, {", ".join(MOVED)}, lowers, entered_at)
        SELECT gen_random_uuid(), id, 1, {", ".join(MOVED)}, false, '2026-01-01T00:00:00Z' FROM benefit_plan
        """
    )
    op.execute(
        """
        UPDATE benefit_plan_version
        SET accrual = accrual || '{"waiting_days": 0, "carry_over": null}', cash_out = (rule = 'HEALTH')
        """
    )
    op.drop_constraint(op.f("ck_benefit_plan_valid_order"), "benefit_plan")
    for name in MOVED:
        op.drop_column("benefit_plan", name)
    role = sa.make_url(current_app.config["SQLALCHEMY_DATABASE_URI"]).username
    owner = op.get_bind().execute(sa.text("SELECT current_user")).scalar_one()
    if role and role != owner:
        op.execute(f'REVOKE UPDATE, DELETE ON benefit_plan_version, benefit_enrolment FROM "{role}"')
        op.execute(f'GRANT UPDATE (seconded_by, seconded_at) ON benefit_plan_version TO "{role}"')
        op.execute(f'GRANT UPDATE (until, member_number, proof) ON benefit_enrolment TO "{role}"')


def version() -> None:
    op.create_table(
        "benefit_plan_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("funder", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=True),
        sa.Column("policy_no", sa.Text(), nullable=True),
        sa.Column("contact", sa.Text(), nullable=True),
        sa.Column("cover", sa.Text(), nullable=True),
        sa.Column("country", sa.CHAR(2), nullable=True),
        sa.Column("accrual", postgresql.JSONB(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=True),
        sa.Column("portable", sa.Boolean(), nullable=False),
        sa.Column("cash_out", sa.Boolean(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("lowers", sa.Boolean(), nullable=False),
        sa.Column("entered_by", sa.Uuid(), nullable=True),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seconded_by", sa.Uuid(), nullable=True),
        sa.Column("seconded_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("valid_to >= valid_from", name=op.f("ck_benefit_plan_version_valid_order")),
        sa.CheckConstraint("source <> ''", name=op.f("ck_benefit_plan_version_source_given")),
        sa.CheckConstraint(
            "policy_no IS NULL OR (provider IS NOT NULL AND contact IS NOT NULL AND cover IS NOT NULL)",
            name=op.f("ck_benefit_plan_version_insurance_names_all"),
        ),
        sa.CheckConstraint("seconded_by <> entered_by", name=op.f("ck_benefit_plan_version_two_persons")),
        sa.CheckConstraint(
            "(seconded_by IS NULL) = (seconded_at IS NULL)", name=op.f("ck_benefit_plan_version_seconded_when")
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["benefit_plan.id"], name="fk_benefit_plan_version_plan_id_benefit_plan"),
        sa.PrimaryKeyConstraint("id", name="pk_benefit_plan_version"),
        sa.UniqueConstraint("plan_id", "number", name="uq_benefit_plan_version_plan_id_number"),
    )


def enrolment() -> None:
    op.create_table(
        "benefit_enrolment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contractor_id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("member_number", sa.Text(), nullable=False),
        sa.Column("proof", sa.Text(), nullable=False),
        sa.Column("entered_by", sa.Uuid(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("until >= since", name=op.f("ck_benefit_enrolment_days_order")),
        sa.ForeignKeyConstraint(
            ["contractor_id"], ["contractor.id"], name="fk_benefit_enrolment_contractor_id_contractor"
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["benefit_plan.id"], name="fk_benefit_enrolment_plan_id_benefit_plan"),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name="fk_benefit_enrolment_company_id_company"),
        sa.PrimaryKeyConstraint("id", name="pk_benefit_enrolment"),
        sa.UniqueConstraint(
            "contractor_id", "plan_id", "company_id", "since",
            name="uq_benefit_enrolment_contractor_id_plan_id_company_id_since",
        ),
    )  # fmt: skip


def downgrade() -> None:
    op.drop_table("benefit_enrolment")
    kinds = (sa.Text(), sa.Text(), sa.Text(), sa.CHAR(2), postgresql.JSONB(), sa.Text(), sa.Boolean(), sa.Boolean())
    for name, kind in zip(MOVED, (*kinds, sa.Date(), sa.Date(), sa.Text()), strict=True):
        op.add_column("benefit_plan", sa.Column(name, kind, nullable=True))
    # Plans that came later had no place in the table as it was.
    later = "code NOT IN ('sick-leave', 'health-stipend')"
    op.execute(f"DELETE FROM benefit_plan_version WHERE plan_id IN (SELECT id FROM benefit_plan WHERE {later})")
    op.execute(f"DELETE FROM benefit_plan WHERE {later}")
    op.execute(
        f"""
        UPDATE benefit_plan SET ({", ".join(MOVED)}) =
            (SELECT {", ".join(MOVED)} FROM benefit_plan_version WHERE plan_id = benefit_plan.id AND number = 1)
        """
    )
    for name in MOVED:
        if name not in ("provider", "country", "valid_to"):
            op.alter_column("benefit_plan", name, nullable=False)
    op.create_check_constraint(op.f("ck_benefit_plan_valid_order"), "benefit_plan", "valid_to >= valid_from")
    op.drop_table("benefit_plan_version")
