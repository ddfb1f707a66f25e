"""Deposits that payers' banks have taken back, and what companies say against that.

The books had a chargeback on the service's own pocket, and nobody told the company: it could neither hand in evidence
before its bank's deadline nor pay again. What it hands in goes out as a payment that moves no money, so that its answer
is known once whatever is lost on the way. The sandbox's bank takes a deposit back where a lever says so, and remembers
that like everything else.
"""

import sqlalchemy as sa
from alembic import op
from flask import current_app

from migrations.staying import refuse_while

revision = "0111"
down_revision = "0110"

OLD_KINDS = "'deposit', 'payout', 'refund', 'reversal'"
NEW_KINDS = f"{OLD_KINDS}, 'evidence'"
OLD_EFFECTS = "'decline', 'fail', 'lose_answer', 'keep_fee'"
WITH_KINDS = ("payment_op", "sandbox_call", "sandbox_lever", "manual_payment")


def upgrade() -> None:
    for table in WITH_KINDS:
        _replace(table, "kind", f"kind IN ({NEW_KINDS})")
    _replace("sandbox_lever", "effect", f"effect IN ({OLD_EFFECTS}, 'charge_back')")
    _replace(
        "payment_op", "deposit_has_company", "(kind IN ('deposit', 'refund', 'evidence')) = (company_id IS NOT NULL)"
    )
    _replace("payment_op", "undoes_another", "(kind IN ('refund', 'reversal', 'evidence')) = (of_id IS NOT NULL)")
    op.add_column("sandbox_call", sa.Column("charged_back_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "chargeback",
        sa.Column("rail", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("deposit_id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.CHAR(3), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("evidence_id", sa.Uuid(), nullable=True),
        sa.Column("paid_again_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paid_again_by", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_chargeback_amount_positive")),
        sa.CheckConstraint(
            "(status IN ('won', 'lost')) = (ended_at IS NOT NULL)", name=op.f("ck_chargeback_ended_when")
        ),
        sa.CheckConstraint(
            "(paid_again_at IS NULL) = (paid_again_by IS NULL)", name=op.f("ck_chargeback_paid_again_by_somebody")
        ),
        sa.CheckConstraint("status IN ('open', 'under_review', 'won', 'lost')", name=op.f("ck_chargeback_status")),
        sa.ForeignKeyConstraint(["deposit_id"], ["payment_op.id"], name="fk_chargeback_deposit_id_payment_op"),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name="fk_chargeback_company_id_company"),
        sa.ForeignKeyConstraint(["evidence_id"], ["payment_op.id"], name="fk_chargeback_evidence_id_payment_op"),
        sa.ForeignKeyConstraint(["paid_again_by"], ["person.id"], name="fk_chargeback_paid_again_by_person"),
        sa.PrimaryKeyConstraint("id", name="pk_chargeback"),
        sa.UniqueConstraint("rail", "external_id", name="uq_chargeback_rail_external_id"),
    )
    for column in ("deposit_id", "company_id", "evidence_id", "paid_again_by"):
        op.create_index(f"ix_chargeback_{column}", "chargeback", [column])
    op.create_index("ix_chargeback_status_due_by", "chargeback", ["status", "due_by"])
    role = sa.make_url(current_app.config["SQLALCHEMY_DATABASE_URI"]).username
    if role and role != op.get_bind().execute(sa.text("SELECT current_user")).scalar_one():
        op.execute(f'REVOKE UPDATE, DELETE ON chargeback FROM "{role}"')
        changed = "status, evidence_id, paid_again_at, paid_again_by, ended_at"
        op.execute(f'GRANT UPDATE ({changed}) ON chargeback TO "{role}"')


def downgrade() -> None:
    refuse_while("chargeback", "true", "chargebacks and what was said against them")
    op.drop_table("chargeback")
    op.drop_column("sandbox_call", "charged_back_at")
    op.execute("DELETE FROM sandbox_lever WHERE kind = 'evidence' OR effect = 'charge_back'")
    op.execute("DELETE FROM sandbox_call WHERE kind = 'evidence'")
    _replace("payment_op", "undoes_another", "(kind IN ('refund', 'reversal')) = (of_id IS NOT NULL)")
    _replace("payment_op", "deposit_has_company", "(kind IN ('deposit', 'refund')) = (company_id IS NOT NULL)")
    _replace("sandbox_lever", "effect", f"effect IN ({OLD_EFFECTS})")
    for table in WITH_KINDS:
        _replace(table, "kind", f"kind IN ({OLD_KINDS})")


def _replace(table: str, name: str, condition: str) -> None:
    op.drop_constraint(op.f(f"ck_{table}_{name}"), table, type_="check")
    op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, condition)
