"""Pay: runs with their lines and payslips, payments through a rail, and what the sandbox rail remembers.

Three constraints carry the promise that nobody is paid twice: the cause of a pay line, the one living payout of a
payslip, and the key under which a payment is sent. What was computed, ordered or told is written once: the application
may move a row along, and not change what it is about.
"""

import sqlalchemy as sa
from alembic import op
from flask import current_app
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"

TABLES = ("pay_run", "payslip", "pay_line", "payment_op", "sandbox_call", "sandbox_lever")
MAY_CHANGE = {
    "payslip": "status, entry_id, issued_at, pay_date",
    "pay_line": "payslip_id",
    "payment_op": "status, next_try_at, first_sent_at, tries, external_id, refusal_code, why, who_can_fix",
    "sandbox_call": "",
}
"""The columns that the application may update, of tables that it may otherwise only add to."""


def upgrade() -> None:
    op.create_table(
        "pay_run",
        sa.Column("company_id", sa.Uuid(), nullable=True),
        sa.Column("through", sa.Date(), nullable=False),
        sa.Column("rail", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name="fk_pay_run_company_id_company"),
        sa.CheckConstraint(
            "status IN ('started', 'computed', 'frozen', 'posted', 'paying', 'paid')", name=op.f("ck_pay_run_status")
        ),
        sa.PrimaryKeyConstraint("id", name="pk_pay_run"),
    )
    op.create_index("ix_pay_run_company_id", "pay_run", ["company_id"])
    op.create_table(
        "payslip",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("contractor_id", sa.Uuid(), nullable=False),
        sa.Column("currency", sa.CHAR(length=3), nullable=False),
        sa.Column("net_amount", sa.BigInteger(), nullable=False),
        sa.Column("benefits_amount", sa.BigInteger(), nullable=False),
        sa.Column("cost_amount", sa.BigInteger(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pay_date", sa.Date(), nullable=True),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "status <> 'issued' OR (issued_at IS NOT NULL AND pay_date IS NOT NULL)",
            name=op.f("ck_payslip_issued_when"),
        ),
        sa.CheckConstraint(
            "net_amount >= 0 AND benefits_amount >= 0 AND cost_amount >= 0", name=op.f("ck_payslip_no_negative_sums")
        ),
        sa.ForeignKeyConstraint(["contractor_id"], ["contractor.id"], name="fk_payslip_contractor_id_contractor"),
        sa.ForeignKeyConstraint(["entry_id"], ["journal_entry.id"], name="fk_payslip_entry_id_journal_entry"),
        sa.ForeignKeyConstraint(["run_id"], ["pay_run.id"], name="fk_payslip_run_id_pay_run"),
        sa.CheckConstraint("status IN ('frozen', 'issued')", name=op.f("ck_payslip_status")),
        sa.PrimaryKeyConstraint("id", name="pk_payslip"),
        sa.UniqueConstraint("run_id", "contractor_id", "currency", name="uq_payslip_run_id_contractor_id_currency"),
    )
    op.create_index("ix_payslip_contractor_id", "payslip", ["contractor_id"])
    op.create_table(
        "pay_line",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("payslip_id", sa.Uuid(), nullable=True),
        sa.Column("contractor_id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("gig_id", sa.Uuid(), nullable=False),
        sa.Column("booking_id", sa.Uuid(), nullable=False),
        sa.Column("timesheet_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("payee_kind", sa.String(20), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("rate_amount", sa.BigInteger(), nullable=True),
        sa.Column("percent", sa.Numeric(precision=7, scale=4), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.CHAR(length=3), nullable=False),
        sa.Column("payer", sa.Text(), nullable=False),
        sa.Column("payee", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("rule_version", sa.Integer(), nullable=False),
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("contract_version_id", sa.Uuid(), nullable=False),
        sa.Column("contract_version", sa.Integer(), nullable=False),
        sa.Column("engagement_type", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.CheckConstraint("amount > 0 OR seconds > 0", name=op.f("ck_pay_line_worth_something")),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_pay_line_amount_not_negative")),
        sa.CheckConstraint("seconds >= 0", name=op.f("ck_pay_line_seconds_not_negative")),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name="fk_pay_line_booking_id_booking"),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name="fk_pay_line_company_id_company"),
        sa.ForeignKeyConstraint(["contract_id"], ["contract.id"], name="fk_pay_line_contract_id_contract"),
        sa.ForeignKeyConstraint(
            ["contract_version_id"], ["contract_version.id"], name="fk_pay_line_contract_version_id_contract_version"
        ),
        sa.ForeignKeyConstraint(["contractor_id"], ["contractor.id"], name="fk_pay_line_contractor_id_contractor"),
        sa.ForeignKeyConstraint(["gig_id"], ["gig.id"], name="fk_pay_line_gig_id_gig"),
        sa.ForeignKeyConstraint(["payslip_id"], ["payslip.id"], name="fk_pay_line_payslip_id_payslip"),
        sa.ForeignKeyConstraint(["run_id"], ["pay_run.id"], name="fk_pay_line_run_id_pay_run"),
        sa.ForeignKeyConstraint(["timesheet_id"], ["timesheet.id"], name="fk_pay_line_timesheet_id_timesheet"),
        sa.CheckConstraint(
            "kind IN ('wages', 'paid_break', 'call_in', 'hazard_premium', 'overtime_premium', 'sick_accrual',"
            " 'health_contribution', 'platform_fee', 'third_party_margin')",
            name=op.f("ck_pay_line_kind"),
        ),
        sa.CheckConstraint(
            "payee_kind IN ('contractor', 'benefits', 'platform', 'third_party')", name=op.f("ck_pay_line_payee_kind")
        ),
        sa.PrimaryKeyConstraint("id", name="pk_pay_line"),
        sa.UniqueConstraint("cause", name="uq_pay_line_cause"),
    )
    op.create_index("ix_pay_line_booking_id", "pay_line", ["booking_id"])
    op.create_index("ix_pay_line_company_id", "pay_line", ["company_id"])
    op.create_index("ix_pay_line_payslip_id", "pay_line", ["payslip_id"])
    op.create_index("ix_pay_line_run_id_contractor_id", "pay_line", ["run_id", "contractor_id"])
    op.create_index("ix_pay_line_timesheet_id", "pay_line", ["timesheet_id"])
    op.create_table(
        "payment_op",
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=True),
        sa.Column("contractor_id", sa.Uuid(), nullable=True),
        sa.Column("payslip_id", sa.Uuid(), nullable=True),
        sa.Column("rail", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.CHAR(length=3), nullable=False),
        sa.Column("params", postgresql.JSONB(), nullable=False),
        sa.Column("idempotency_key", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("refusal_code", sa.Text(), nullable=True),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("who_can_fix", sa.Text(), nullable=True),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(kind = 'deposit') = (company_id IS NOT NULL)", name=op.f("ck_payment_op_deposit_has_company")
        ),
        sa.CheckConstraint(
            "(kind = 'payout') = (contractor_id IS NOT NULL)", name=op.f("ck_payment_op_payout_has_contractor")
        ),
        sa.CheckConstraint(
            "(kind = 'payout') = (payslip_id IS NOT NULL)", name=op.f("ck_payment_op_payout_has_payslip")
        ),
        sa.CheckConstraint(
            "status <> 'done' OR external_id IS NOT NULL", name=op.f("ck_payment_op_done_has_external_id")
        ),
        sa.CheckConstraint(
            "status <> 'refused' OR refusal_code IS NOT NULL", name=op.f("ck_payment_op_refused_has_reason")
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_payment_op_amount_positive")),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name="fk_payment_op_company_id_company"),
        sa.ForeignKeyConstraint(["contractor_id"], ["contractor.id"], name="fk_payment_op_contractor_id_contractor"),
        sa.ForeignKeyConstraint(["payslip_id"], ["payslip.id"], name="fk_payment_op_payslip_id_payslip"),
        sa.CheckConstraint("kind IN ('deposit', 'payout')", name=op.f("ck_payment_op_kind")),
        sa.CheckConstraint(
            "status IN ('intent', 'sent', 'unknown', 'parked', 'done', 'refused')", name=op.f("ck_payment_op_status")
        ),
        sa.PrimaryKeyConstraint("id", name="pk_payment_op"),
        sa.UniqueConstraint("idempotency_key", name="uq_payment_op_idempotency_key"),
        sa.UniqueConstraint("rail", "external_id", name="uq_payment_op_rail_external_id"),
    )
    op.create_index("ix_payment_op_company_id", "payment_op", ["company_id"])
    op.create_index("ix_payment_op_contractor_id", "payment_op", ["contractor_id"])
    op.create_index(
        "ix_payment_op_next_try_at",
        "payment_op",
        ["next_try_at"],
        postgresql_where=sa.text("status IN ('intent', 'sent', 'unknown')"),
    )
    op.create_index("ix_payment_op_payslip_id", "payment_op", ["payslip_id"])
    op.create_index(
        "uq_payment_op_payslip_id",
        "payment_op",
        ["payslip_id"],
        unique=True,
        postgresql_where=sa.text("status <> 'refused' AND payslip_id IS NOT NULL"),
    )
    op.create_table(
        "sandbox_call",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("order_sha256", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.CHAR(length=3), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.CheckConstraint("kind IN ('deposit', 'payout')", name=op.f("ck_sandbox_call_kind")),
        sa.PrimaryKeyConstraint("key", name="pk_sandbox_call"),
        sa.UniqueConstraint("external_id", name="uq_sandbox_call_external_id"),
    )
    op.create_table(
        "sandbox_lever",
        sa.Column("effect", sa.String(20), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("times_left", sa.Integer(), nullable=False),
        sa.Column("pulled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("times_left >= 0", name=op.f("ck_sandbox_lever_times_left_not_negative")),
        sa.CheckConstraint("effect IN ('decline', 'fail', 'lose_answer')", name=op.f("ck_sandbox_lever_effect")),
        sa.CheckConstraint("kind IN ('deposit', 'payout')", name=op.f("ck_sandbox_lever_kind")),
        sa.PrimaryKeyConstraint("id", name="pk_sandbox_lever"),
    )
    role = sa.make_url(current_app.config["SQLALCHEMY_DATABASE_URI"]).username
    owner = op.get_bind().execute(sa.text("SELECT current_user")).scalar_one()
    if role and role != owner:
        for table, columns in MAY_CHANGE.items():
            op.execute(f'REVOKE UPDATE, DELETE ON {table} FROM "{role}"')
            if columns:
                op.execute(f'GRANT UPDATE ({columns}) ON {table} TO "{role}"')


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
