"""Deposits by invoice.

A company whose accounts payable wants a paper could only pay at a page at once, or by a transfer that somebody reads
off a statement. The terms of an invoice stand beside its payment, which stays what the books know; whom it is sent to
is emptied once it is sent. A company is a customer of a rail once. The sandbox remembers when its invoices are due and
what became of them.
"""

import sqlalchemy as sa
from alembic import op
from flask import current_app
from sqlalchemy.dialects import postgresql

from migrations.staying import refuse_while

revision = "0140"
down_revision = "0139"

EFFECTS = "'decline', 'fail', 'lose_answer', 'keep_fee', 'charge_back', 'inquire', 'restrict', 'fail_later'"
STATES = "'draft', 'open', 'paid', 'void', 'uncollectible', 'overdue'"
MOMENT = sa.DateTime(timezone=True)
REMEMBERED = ("invoice_due_at", "invoice_paid_at", "invoice_void_at")
CHANGED = {
    "rail_customer": "external_id",
    "deposit_invoice": "email, state, number, due_at, paid_amount, called_off_at, called_off_by, void_tries",
}


def upgrade() -> None:
    _effects(f"{EFFECTS}, 'pay_invoice'")
    for column in REMEMBERED:
        op.add_column("sandbox_call", sa.Column(column, MOMENT, nullable=True))
    op.create_table(
        "rail_customer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("rail", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name="fk_rail_customer_company_id_company"),
        sa.PrimaryKeyConstraint("id", name="pk_rail_customer"),
        sa.UniqueConstraint("company_id", "rail", name="uq_rail_customer_company_id_rail"),
        sa.UniqueConstraint("rail", "external_id", name="uq_rail_customer_rail_external_id"),
    )
    op.create_table(
        "deposit_invoice",
        sa.Column("payment_op_id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("buyer", postgresql.JSONB(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("days_until_due", sa.SmallInteger(), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("due_at", MOMENT, nullable=True),
        sa.Column("paid_amount", sa.BigInteger(), nullable=False),
        sa.Column("called_off_at", MOMENT, nullable=True),
        sa.Column("void_tries", sa.Integer(), nullable=False),
        sa.Column("called_off_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("days_until_due BETWEEN 1 AND 60", name=op.f("ck_deposit_invoice_days_within_bounds")),
        sa.CheckConstraint("paid_amount >= 0", name=op.f("ck_deposit_invoice_paid_not_negative")),
        sa.CheckConstraint("state <> 'overdue'", name=op.f("ck_deposit_invoice_overdue_is_not_kept")),
        sa.CheckConstraint(
            "(called_off_at IS NULL) = (called_off_by IS NULL)", name=op.f("ck_deposit_invoice_called_off_by_somebody")
        ),
        sa.CheckConstraint(f"state IN ({STATES})", name=op.f("ck_deposit_invoice_state")),
        sa.ForeignKeyConstraint(
            ["payment_op_id"], ["payment_op.id"], name="fk_deposit_invoice_payment_op_id_payment_op"
        ),
        sa.ForeignKeyConstraint(["called_off_by"], ["person.id"], name="fk_deposit_invoice_called_off_by_person"),
        sa.PrimaryKeyConstraint("payment_op_id", name="pk_deposit_invoice"),
    )
    op.create_index("ix_deposit_invoice_called_off_by", "deposit_invoice", ["called_off_by"])
    role = sa.make_url(current_app.config["SQLALCHEMY_DATABASE_URI"]).username
    if role and role != op.get_bind().execute(sa.text("SELECT current_user")).scalar_one():
        for table, changed in CHANGED.items():
            op.execute(f'REVOKE UPDATE, DELETE ON {table} FROM "{role}"')
            op.execute(f'GRANT UPDATE ({changed}) ON {table} TO "{role}"')
        op.execute(f'GRANT UPDATE (invoice_paid_at, invoice_void_at) ON sandbox_call TO "{role}"')


def downgrade() -> None:
    refuse_while("deposit_invoice", "true", "deposits that were asked for by invoice")
    op.drop_table("deposit_invoice")
    op.drop_table("rail_customer")
    op.execute("DELETE FROM sandbox_lever WHERE effect = 'pay_invoice'")
    for column in REMEMBERED:
        op.drop_column("sandbox_call", column)
    _effects(EFFECTS)


def _effects(allowed: str) -> None:
    op.drop_constraint(op.f("ck_sandbox_lever_effect"), "sandbox_lever", type_="check")
    op.create_check_constraint(op.f("ck_sandbox_lever_effect"), "sandbox_lever", f"effect IN ({allowed})")
