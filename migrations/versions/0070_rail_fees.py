"""What a rail keeps of a payout is made good by the companies whose work it paid.

It stood on the payslip as a loss, and the contracts said that the company bears it. A row is one company's part of one
payout; a pay line may pay it, without a shift and without a contract. What a row says is written once; only that a run
took it, and what the company has paid back of what the service advanced, is added.
"""

import sqlalchemy as sa
from alembic import op
from flask import current_app

from migrations.staying import refuse_while

revision = "0070"
down_revision = "0069"

KINDS = (
    "wages", "training", "paid_break", "call_in", "neutral_hours", "predictability", "guaranteed_hours",
    "qualification_time", "skill_step", "hazard_premium", "overtime_premium", "night_premium", "top_up", "sick_accrual",
    "sick_leave", "benefit_cash_out",
)  # fmt: skip
LATER_KINDS = ("health_contribution", "platform_fee", "third_party_margin")
NO_WORK = "attempt_id IS NULL AND cash_out_id IS NULL"


def upgrade() -> None:
    op.create_table(
        "rail_fee",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("payment_op_id", sa.Uuid(), nullable=False),
        sa.Column("contractor_id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.CHAR(3), nullable=False),
        sa.Column("advanced_amount", sa.BigInteger(), nullable=False),
        sa.Column("recovered_amount", sa.BigInteger(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("amount > 0", name=op.f("ck_rail_fee_amount_positive")),
        sa.CheckConstraint("advanced_amount BETWEEN 0 AND amount", name=op.f("ck_rail_fee_advanced_within_amount")),
        sa.CheckConstraint(
            "recovered_amount BETWEEN 0 AND advanced_amount", name=op.f("ck_rail_fee_recovered_within_advanced")
        ),
        sa.ForeignKeyConstraint(["payment_op_id"], ["payment_op.id"], name="fk_rail_fee_payment_op_id_payment_op"),
        sa.ForeignKeyConstraint(["contractor_id"], ["contractor.id"], name="fk_rail_fee_contractor_id_contractor"),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name="fk_rail_fee_company_id_company"),
        sa.PrimaryKeyConstraint("id", name="pk_rail_fee"),
        sa.UniqueConstraint(
            "payment_op_id",
            "company_id",
            name="uq_rail_fee_payment_op_id_company_id",
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index("ix_rail_fee_contractor_id", "rail_fee", ["contractor_id"])
    op.create_index("ix_rail_fee_due", "rail_fee", ["kept_at"], postgresql_where=sa.text("taken_at IS NULL"))
    lent = sa.text("recovered_amount < advanced_amount")
    op.create_index("ix_rail_fee_lent", "rail_fee", ["company_id"], postgresql_where=lent)
    kept = sa.text("rail_fee_amount > 0")
    op.create_index("ix_payment_op_kept", "payment_op", ["id"], postgresql_where=kept)
    op.add_column("pay_line", sa.Column("rail_fee_id", sa.Uuid(), nullable=True))
    op.create_foreign_key("fk_pay_line_rail_fee_id_rail_fee", "pay_line", "rail_fee", ["rail_fee_id"], ["id"])
    op.create_index("ix_pay_line_rail_fee_id", "pay_line", ["rail_fee_id"])
    _allow((*KINDS, "rail_fee", *LATER_KINDS))
    _say(" AND rail_fee_id IS NULL", "num_nonnulls(attempt_id, rail_fee_id) = 1")
    op.create_check_constraint(
        op.f("ck_pay_line_rail_fee_has_its_line"), "pay_line", "(kind = 'rail_fee') = (rail_fee_id IS NOT NULL)"
    )
    role = sa.make_url(current_app.config["SQLALCHEMY_DATABASE_URI"]).username
    if role and role != op.get_bind().execute(sa.text("SELECT current_user")).scalar_one():
        op.execute(f'REVOKE UPDATE, DELETE ON rail_fee FROM "{role}"')
        op.execute(f'GRANT UPDATE (recovered_amount, taken_at) ON rail_fee TO "{role}"')


def downgrade() -> None:
    refuse_while("pay_line", "rail_fee_id IS NOT NULL", "what a rail had kept and was made good")
    op.drop_constraint(op.f("ck_pay_line_rail_fee_has_its_line"), "pay_line", type_="check")
    _say("", "attempt_id IS NOT NULL")
    _allow((*KINDS, *LATER_KINDS))
    op.drop_column("pay_line", "rail_fee_id")
    op.drop_index("ix_payment_op_kept", "payment_op")
    op.drop_table("rail_fee")


def _allow(kinds: tuple[str, ...]) -> None:
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    _replace("kind", f"kind IN ({listed})")


def _say(no_fee: str, other_payer: str) -> None:
    _replace(
        "of_work_or_of_a_test",
        f"num_nonnulls(gig_id, booking_id, timesheet_id) = CASE WHEN {NO_WORK} AND guarantee_id IS NULL{no_fee}"
        " THEN 3 ELSE 0 END AND num_nonnulls(contract_id, contract_version_id, contract_version, engagement_type) ="
        f" CASE WHEN {NO_WORK}{no_fee} THEN 4 ELSE 0 END",
    )
    _replace(
        "has_a_payer",
        f"CASE WHEN cash_out_id IS NULL THEN company_id IS NOT NULL OR {other_payer}"
        " ELSE company_id IS NULL AND attempt_id IS NULL END",
    )


def _replace(name: str, condition: str) -> None:
    op.drop_constraint(op.f(f"ck_pay_line_{name}"), "pay_line", type_="check")
    op.create_check_constraint(op.f(f"ck_pay_line_{name}"), "pay_line", condition)
