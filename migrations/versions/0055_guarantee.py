"""Guaranteed hours are paid.

Contracts could promise hours and nothing came of them. Each week of a person with a company that guarantees some is a
row, which says what was guaranteed, given, refused and is owed; a pay line may pay it, under its contract and without a
shift. What a row says of the week is written once; only that a run took it, and what the company has paid back of what
the service advanced, is added.
"""

import sqlalchemy as sa
from alembic import op
from flask import current_app

from migrations.staying import refuse_while

revision = "0055"
down_revision = "0054"

KINDS = ("wages", "paid_break", "call_in", "neutral_hours")
LATER_KINDS = (
    "qualification_time", "skill_step", "hazard_premium", "overtime_premium", "night_premium", "top_up", "sick_accrual",
    "sick_leave", "benefit_cash_out", "health_contribution", "platform_fee", "third_party_margin",
)  # fmt: skip
NO_WORK = "attempt_id IS NULL AND cash_out_id IS NULL"
OF_WORK = (
    "num_nonnulls(gig_id, booking_id, timesheet_id, contract_id, contract_version_id, contract_version,"
    f" engagement_type) = CASE WHEN {NO_WORK} THEN 7 ELSE 0 END"
)
OF_WORK_OR_A_WEEK = (
    f"num_nonnulls(gig_id, booking_id, timesheet_id) = CASE WHEN {NO_WORK} AND guarantee_id IS NULL THEN 3 ELSE 0 END"
    " AND num_nonnulls(contract_id, contract_version_id, contract_version, engagement_type) ="
    f" CASE WHEN {NO_WORK} THEN 4 ELSE 0 END"
)


def upgrade() -> None:
    op.create_table(
        "guarantee",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("contract_version_id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("contractor_id", sa.Uuid(), nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("guaranteed_minutes", sa.Integer(), nullable=False),
        sa.Column("given_minutes", sa.Integer(), nullable=False),
        sa.Column("refused_minutes", sa.Integer(), nullable=False),
        sa.Column("owed_minutes", sa.Integer(), nullable=False),
        sa.Column("rate_amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.CHAR(3), nullable=False),
        sa.Column("held_amount", sa.BigInteger(), nullable=False),
        sa.Column("advanced_amount", sa.BigInteger(), nullable=False),
        sa.Column("recovered_amount", sa.BigInteger(), nullable=False),
        sa.Column("reckoned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_guarantee_ends_after_start")),
        sa.CheckConstraint(
            "guaranteed_minutes >= 0 AND given_minutes >= 0 AND refused_minutes >= 0",
            name=op.f("ck_guarantee_minutes"),
        ),
        sa.CheckConstraint(
            "owed_minutes = greatest(0, guaranteed_minutes - given_minutes - refused_minutes)",
            name=op.f("ck_guarantee_owed_is_the_rest"),
        ),
        sa.CheckConstraint("(owed_minutes = 0) = (held_amount = 0)", name=op.f("ck_guarantee_held_for_what_is_owed")),
        sa.CheckConstraint("advanced_amount BETWEEN 0 AND held_amount", name=op.f("ck_guarantee_advanced_within_held")),
        sa.CheckConstraint(
            "recovered_amount BETWEEN 0 AND advanced_amount", name=op.f("ck_guarantee_recovered_within_advanced")
        ),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name="fk_guarantee_contract_id_contract"),
        sa.ForeignKeyConstraint(
            ["contract_version_id"], ["contract_version.id"], name="fk_guarantee_contract_version_id_contract_version"
        ),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name="fk_guarantee_company_id_company"),
        sa.ForeignKeyConstraint(["contractor_id"], ["contractor.id"], name="fk_guarantee_contractor_id_contractor"),
        sa.PrimaryKeyConstraint("id", name="pk_guarantee"),
        sa.UniqueConstraint("company_id", "contractor_id", "week", name="uq_guarantee_company_id_contractor_id_week"),
    )
    op.create_index("ix_guarantee_contract_id", "guarantee", ["contract_id"])
    op.create_index("ix_guarantee_contractor_id", "guarantee", ["contractor_id"])
    due = sa.text("taken_at IS NULL AND owed_minutes > 0")
    op.create_index("ix_guarantee_due", "guarantee", ["week"], postgresql_where=due)
    lent = sa.text("recovered_amount < advanced_amount")
    op.create_index("ix_guarantee_lent", "guarantee", ["company_id"], postgresql_where=lent)
    op.add_column("pay_line", sa.Column("guarantee_id", sa.Uuid(), nullable=True))
    op.create_foreign_key("fk_pay_line_guarantee_id_guarantee", "pay_line", "guarantee", ["guarantee_id"], ["id"])
    op.create_index("ix_pay_line_guarantee_id", "pay_line", ["guarantee_id"])
    allow((*KINDS, "guaranteed_hours", *LATER_KINDS))
    say("of_work_or_of_a_test", OF_WORK_OR_A_WEEK)
    role = sa.make_url(current_app.config["SQLALCHEMY_DATABASE_URI"]).username
    owner = op.get_bind().execute(sa.text("SELECT current_user")).scalar_one()
    if role and role != owner:
        op.execute(f'REVOKE UPDATE, DELETE ON guarantee FROM "{role}"')
        op.execute(f'GRANT UPDATE (recovered_amount, taken_at) ON guarantee TO "{role}"')


def allow(kinds: tuple[str, ...]) -> None:
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    say("kind", f"kind IN ({listed})")


def say(name: str, condition: str) -> None:
    op.drop_constraint(op.f(f"ck_pay_line_{name}"), "pay_line", type_="check")
    op.create_check_constraint(op.f(f"ck_pay_line_{name}"), "pay_line", condition)


def downgrade() -> None:
    refuse_while("pay_line", "guarantee_id IS NOT NULL", "pay for guaranteed hours")
    say("of_work_or_of_a_test", OF_WORK)
    allow((*KINDS, *LATER_KINDS))
    op.drop_column("pay_line", "guarantee_id")
    op.drop_table("guarantee")
