"""Benefits that are paid out, move to another provider, or expire.

Until now the ledger knew these words and no verb: health money had no way out. A pay line may now pay a benefit to its
owner; like the time at a test it stands under no contract, and no company pays it. Rows about people keep their words
in columns that can be emptied. The health contribution can be paid out from here on, so its plan says so.
"""

import sqlalchemy as sa
from alembic import op
from flask import current_app

from migrations.staying import refuse_while

revision = "0050"
down_revision = "0049"

KINDS = (
    "wages", "paid_break", "call_in", "neutral_hours", "qualification_time", "skill_step", "hazard_premium",
    "overtime_premium", "night_premium", "top_up", "sick_accrual", "sick_leave",
)  # fmt: skip
LATER_KINDS = ("health_contribution", "platform_fee", "third_party_margin")
OF_WORK = (
    "num_nonnulls(gig_id, booking_id, timesheet_id, contract_id, contract_version_id, contract_version,"
    " engagement_type) = CASE WHEN {other} THEN 7 ELSE 0 END"
)
UPDATABLE = {
    "benefit_cash_out": "taken_at, paid_at",
    "benefit_transfer": "status, decided_by, decided_at, evidence, reason, provider, account",
    "benefit_expiry": "expired_at, quantity",
}


def upgrade() -> None:
    cash_out()
    transfer()
    expiry()
    pay_line()
    # Written once, and emptied when the person is erased.
    op.execute(
        "CREATE TRIGGER only_emptied BEFORE UPDATE OF provider, account, evidence, reason ON benefit_transfer"
        " FOR EACH ROW EXECUTE FUNCTION only_emptied('provider', 'account', 'evidence', 'reason')"
    )
    op.execute("UPDATE benefit_plan_version SET cash_out = true WHERE rule = 'HEALTH' AND number = 1")
    role = sa.make_url(current_app.config["SQLALCHEMY_DATABASE_URI"]).username
    owner = op.get_bind().execute(sa.text("SELECT current_user")).scalar_one()
    if role and role != owner:
        for table, columns in UPDATABLE.items():
            op.execute(f'REVOKE UPDATE, DELETE ON {table} FROM "{role}"')
            op.execute(f'GRANT UPDATE ({columns}) ON {table} TO "{role}"')


def cash_out() -> None:
    op.create_table(
        "benefit_cash_out",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contractor_id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.CHAR(3), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("amount > 0", name=op.f("ck_benefit_cash_out_amount_positive")),
        sa.CheckConstraint(
            "paid_at IS NULL OR taken_at IS NOT NULL", name=op.f("ck_benefit_cash_out_taken_before_paid")
        ),
        sa.ForeignKeyConstraint(
            ["contractor_id"], ["contractor.id"], name="fk_benefit_cash_out_contractor_id_contractor"
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["benefit_plan.id"], name="fk_benefit_cash_out_plan_id_benefit_plan"),
        sa.PrimaryKeyConstraint("id", name="pk_benefit_cash_out"),
        sa.UniqueConstraint("cause", "currency", name="uq_benefit_cash_out_cause_currency"),
    )
    op.create_index("ix_benefit_cash_out_contractor_id", "benefit_cash_out", ["contractor_id"])
    due = sa.text("taken_at IS NULL")
    op.create_index("ix_benefit_cash_out_due", "benefit_cash_out", ["asked_at"], postgresql_where=due)


def transfer() -> None:
    op.create_table(
        "benefit_transfer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contractor_id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.CHAR(3), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("statement_sha256", sa.CHAR(64), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("status", sa.String(20), nullable=False),
        sa.CheckConstraint(
            "status IN ('asked', 'sent', 'returned', 'received')", name=op.f("ck_benefit_transfer_status")
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_benefit_transfer_amount_positive")),
        sa.CheckConstraint(
            "(status = 'asked') = (decided_by IS NULL)", name=op.f("ck_benefit_transfer_decided_by_somebody")
        ),
        sa.CheckConstraint(
            "(decided_by IS NULL) = (decided_at IS NULL)", name=op.f("ck_benefit_transfer_decided_when")
        ),
        sa.CheckConstraint(
            "(status = 'received') = (statement_sha256 IS NULL)",
            name=op.f("ck_benefit_transfer_leaves_with_a_statement"),
        ),
        sa.ForeignKeyConstraint(
            ["contractor_id"], ["contractor.id"], name="fk_benefit_transfer_contractor_id_contractor"
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["benefit_plan.id"], name="fk_benefit_transfer_plan_id_benefit_plan"),
        sa.PrimaryKeyConstraint("id", name="pk_benefit_transfer"),
    )
    op.create_index("ix_benefit_transfer_contractor_id", "benefit_transfer", ["contractor_id"])
    asked = sa.text("status = 'asked'")
    op.create_index("ix_benefit_transfer_asked", "benefit_transfer", ["asked_at"], postgresql_where=asked)


def expiry() -> None:
    op.create_table(
        "benefit_expiry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contractor_id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("carries_over", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("quantity", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("told_at < ends_at", name=op.f("ck_benefit_expiry_told_before")),
        sa.CheckConstraint("(expired_at IS NULL) = (quantity IS NULL)", name=op.f("ck_benefit_expiry_expired_whole")),
        sa.ForeignKeyConstraint(
            ["contractor_id"], ["contractor.id"], name="fk_benefit_expiry_contractor_id_contractor"
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["benefit_plan.id"], name="fk_benefit_expiry_plan_id_benefit_plan"),
        sa.PrimaryKeyConstraint("id", name="pk_benefit_expiry"),
        sa.UniqueConstraint("contractor_id", "plan_id", "year", name="uq_benefit_expiry_contractor_id_plan_id_year"),
    )
    due = sa.text("expired_at IS NULL")
    op.create_index("ix_benefit_expiry_due", "benefit_expiry", ["ends_at"], postgresql_where=due)


def pay_line() -> None:
    op.add_column("pay_line", sa.Column("cash_out_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        "fk_pay_line_cash_out_id_benefit_cash_out", "pay_line", "benefit_cash_out", ["cash_out_id"], ["id"]
    )
    op.create_index("ix_pay_line_cash_out_id", "pay_line", ["cash_out_id"])
    allow((*KINDS, "benefit_cash_out", *LATER_KINDS))
    say("of_work_or_of_a_test", OF_WORK.format(other="attempt_id IS NULL AND cash_out_id IS NULL"))
    say(
        "has_a_payer",
        "CASE WHEN cash_out_id IS NULL THEN company_id IS NOT NULL OR attempt_id IS NOT NULL"
        " ELSE company_id IS NULL AND attempt_id IS NULL END",
    )
    op.create_check_constraint(
        op.f("ck_pay_line_cash_out_has_its_line"),
        "pay_line",
        "(kind = 'benefit_cash_out') = (cash_out_id IS NOT NULL)",
    )


def allow(kinds: tuple[str, ...]) -> None:
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    say("kind", f"kind IN ({listed})")


def say(name: str, condition: str) -> None:
    op.drop_constraint(op.f(f"ck_pay_line_{name}"), "pay_line", type_="check")
    op.create_check_constraint(op.f(f"ck_pay_line_{name}"), "pay_line", condition)


def downgrade() -> None:
    op.execute("UPDATE benefit_plan_version SET cash_out = false WHERE rule = 'HEALTH' AND number = 1")
    refuse_while("pay_line", "cash_out_id IS NOT NULL", "benefits that were paid out")
    op.drop_constraint(op.f("ck_pay_line_cash_out_has_its_line"), "pay_line", type_="check")
    say("of_work_or_of_a_test", OF_WORK.format(other="attempt_id IS NULL"))
    say("has_a_payer", "company_id IS NOT NULL OR attempt_id IS NOT NULL")
    allow((*KINDS, *LATER_KINDS))
    op.drop_column("pay_line", "cash_out_id")
    op.drop_table("benefit_expiry")
    op.drop_table("benefit_transfer")
    op.drop_table("benefit_cash_out")
