"""Invoices of the service to companies, and how companies want to be billed.

The row of a series is locked until its invoice is committed, so that numbers have no gap: what is rolled back gives its
number back. An invoice is written once, but for when its VAT was taken from the company, which may come later: nobody's
pay waits for it. A line's cause is unique, so nothing is charged on two invoices. Runs that are booked already count as
invoiced: their companies were told nothing of VAT when they paid.
"""

import sqlalchemy as sa
from alembic import op
from flask import current_app
from sqlalchemy.dialects import postgresql

revision = "0102"
down_revision = "0101"

TABLES = {
    "company_billing": "vat_number, address, told_at",
    "invoice_series": "last",
    "invoiced_run": "",
    "invoice": "vat_taken_at",
    "invoice_line": "",
}


def upgrade() -> None:
    op.create_table(
        "company_billing",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("vat_number", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name="fk_company_billing_company_id_company"),
        sa.PrimaryKeyConstraint("company_id", name="pk_company_billing"),
    )
    op.create_table(
        "invoice_series",
        sa.Column("series", sa.Text(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("series", name="pk_invoice_series"),
    )
    op.create_table(
        "invoiced_run",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["pay_run.id"], name="fk_invoiced_run_run_id_pay_run"),
        sa.PrimaryKeyConstraint("run_id", name="pk_invoiced_run"),
    )
    op.execute(
        "INSERT INTO invoiced_run (run_id, at)"
        " SELECT id, now() FROM pay_run WHERE status IN ('posted', 'paying', 'paid')"
    )
    op.create_table(
        "invoice",
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("series", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("of_id", sa.Uuid(), nullable=True),
        sa.Column("currency", sa.CHAR(3), nullable=False),
        sa.Column("net_amount", sa.BigInteger(), nullable=False),
        sa.Column("vat_percent", sa.Numeric(5, 2), nullable=False),
        sa.Column("vat_amount", sa.BigInteger(), nullable=False),
        sa.Column("treatment", sa.String(20), nullable=False),
        sa.Column("seller", postgresql.JSONB(), nullable=False),
        sa.Column("buyer", postgresql.JSONB(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("vat_taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("kind IN ('invoice', 'credit_note')", name=op.f("ck_invoice_kind")),
        sa.CheckConstraint(
            "treatment IN ('domestic', 'reverse_charge', 'no_number', 'outside_scope', 'not_supported')",
            name=op.f("ck_invoice_treatment"),
        ),
        sa.CheckConstraint("number >= 1 AND net_amount > 0 AND vat_amount >= 0", name=op.f("ck_invoice_positive")),
        sa.CheckConstraint("(kind = 'credit_note') = (of_id IS NOT NULL)", name=op.f("ck_invoice_credit_of_another")),
        sa.CheckConstraint("(kind = 'credit_note') = (reason IS NOT NULL)", name=op.f("ck_invoice_credit_has_reason")),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name="fk_invoice_company_id_company"),
        sa.ForeignKeyConstraint(["of_id"], ["invoice.id"], name="fk_invoice_of_id_invoice"),
        sa.PrimaryKeyConstraint("id", name="pk_invoice"),
        sa.UniqueConstraint("series", "number", name="uq_invoice_series_number"),
    )
    op.create_index("ix_invoice_company_id_id", "invoice", ["company_id", "id"])
    op.create_index("ix_invoice_of_id", "invoice", ["of_id"], postgresql_where=sa.text("of_id IS NOT NULL"))
    op.create_index("ix_invoice_vat_open", "invoice", ["id"], postgresql_where=sa.text("vat_taken_at IS NULL"))
    op.create_table(
        "invoice_line",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.CHAR(3), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_invoice_line_amount_positive")),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"], name="fk_invoice_line_invoice_id_invoice"),
        sa.PrimaryKeyConstraint("id", name="pk_invoice_line"),
        sa.UniqueConstraint("cause", name="uq_invoice_line_cause"),
    )
    op.create_index("ix_invoice_line_invoice_id", "invoice_line", ["invoice_id"])
    role = sa.make_url(current_app.config["SQLALCHEMY_DATABASE_URI"]).username
    if role and role != op.get_bind().execute(sa.text("SELECT current_user")).scalar_one():
        for table, columns in TABLES.items():
            op.execute(f'REVOKE UPDATE, DELETE ON {table} FROM "{role}"')
            if columns:
                op.execute(f'GRANT UPDATE ({columns}) ON {table} TO "{role}"')


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
