"""Stripe as a rail, beside the sandbox: people's accounts there, its calls, and every movement of its balance.

A payment may now wait for its payer (a page of the rail's), be sent back to a company (refund), or be taken back from a
person (reversal), each of them a payment of its own that names the one it undoes. `rail_event` keeps no more of a call
than what it is about: the thing is read again, and nobody's name or address lies here. What a movement says is written
once; its cause, and what an operator found out of a stray one, are added.
"""

import sqlalchemy as sa
from alembic import op
from flask import current_app
from sqlalchemy.dialects import postgresql

from migrations.staying import refuse_while

revision = "0095"
down_revision = "0094"

OLD_KINDS = "'deposit', 'payout'"
NEW_KINDS = "'deposit', 'payout', 'refund', 'reversal'"
OLD_STATUSES = "'intent', 'sent', 'unknown', 'parked', 'done', 'refused'"
NEW_STATUSES = "'intent', 'sent', 'unknown', 'parked', 'with_payer', 'done', 'refused', 'reversed'"
NEW_TABLES = ("rail_account", "rail_event", "rail_payout", "rail_movement", "rail_balance")
MAY_CHANGE = {
    "rail_account": (
        "country, external_id, can_receive, can_pay_out, missing, disabled_reason, problem, looked_at, closed_at"
    ),
    "rail_event": "tries, outcome, error",
    "rail_payout": "state, failure, arrives_on, looked_at",
    "rail_movement": "match, cause, why, note, payment_op_id, explained_by, explained_at",
    "rail_balance": "available, pending, at",
}


def upgrade() -> None:
    for name, kind in (
        ("of_id", sa.Uuid()),
        ("pay_url", sa.Text()),
        ("waits_until", sa.DateTime(timezone=True)),
        ("reason", sa.Text()),
    ):
        op.add_column("payment_op", sa.Column(name, kind, nullable=True))
    op.create_foreign_key("fk_payment_op_of_id_payment_op", "payment_op", "payment_op", ["of_id"], ["id"])
    op.create_index("ix_payment_op_of_id", "payment_op", ["of_id"], postgresql_where=sa.text("of_id IS NOT NULL"))
    for table in ("payment_op", "sandbox_call", "sandbox_lever"):
        _replace(table, "kind", f"kind IN ({NEW_KINDS})")
    _replace("payment_op", "status", f"status IN ({NEW_STATUSES})")
    _replace(
        "payment_op",
        "done_has_external_id",
        "status NOT IN ('done', 'with_payer', 'reversed') OR external_id IS NOT NULL",
    )
    _replace("payment_op", "deposit_has_company", "(kind IN ('deposit', 'refund')) = (company_id IS NOT NULL)")
    _replace("payment_op", "payout_has_contractor", "(kind IN ('payout', 'reversal')) = (contractor_id IS NOT NULL)")
    _replace("payment_op", "arrived_when_done", "arrived_amount IS NULL OR status IN ('done', 'reversed')")
    op.create_check_constraint(
        op.f("ck_payment_op_undoes_another"), "payment_op", "(kind IN ('refund', 'reversal')) = (of_id IS NOT NULL)"
    )
    _index_ops(
        "status NOT IN ('refused', 'reversed') AND payslip_id IS NOT NULL", "'intent', 'sent', 'unknown', 'with_payer'"
    )
    op.create_table(
        "rail_account",
        sa.Column("contractor_id", sa.Uuid(), nullable=False),
        sa.Column("rail", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("agreement", sa.String(20), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("can_receive", sa.Boolean(), nullable=False),
        sa.Column("can_pay_out", sa.Boolean(), nullable=False),
        sa.Column("missing", postgresql.JSONB(), nullable=False),
        sa.Column("disabled_reason", sa.Text(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("agreement IN ('full', 'recipient')", name=op.f("ck_rail_account_agreement")),
        sa.CheckConstraint(
            "external_id IS NOT NULL OR NOT (can_receive OR can_pay_out)",
            name=op.f("ck_rail_account_known_before_used"),
        ),
        sa.ForeignKeyConstraint(["contractor_id"], ["contractor.id"], name="fk_rail_account_contractor_id_contractor"),
        sa.PrimaryKeyConstraint("id", name="pk_rail_account"),
        sa.UniqueConstraint("rail", "external_id", name="uq_rail_account_rail_external_id"),
    )
    op.create_index(
        "uq_rail_account_open",
        "rail_account",
        ["contractor_id", "rail"],
        unique=True,
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "rail_event",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("rail", sa.Text(), nullable=False),
        sa.Column("endpoint", sa.String(20), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=True),
        sa.Column("about_kind", sa.Text(), nullable=False),
        sa.Column("about_id", sa.Text(), nullable=False),
        sa.Column("is_live", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(20), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.CheckConstraint("endpoint IN ('platform', 'connect')", name=op.f("ck_rail_event_endpoint")),
        sa.CheckConstraint(
            "outcome IN ('waiting', 'handled', 'ignored', 'unmatched', 'failed')", name=op.f("ck_rail_event_outcome")
        ),
        sa.PrimaryKeyConstraint("id", name="pk_rail_event"),
    )
    waiting = sa.text("outcome = 'waiting'")
    op.create_index("ix_rail_event_waiting", "rail_event", ["received_at"], postgresql_where=waiting)
    op.create_index("ix_rail_event_outcome", "rail_event", ["outcome", "received_at"])
    op.create_table(
        "rail_payout",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("rail", sa.Text(), nullable=False),
        sa.Column("contractor_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.CHAR(3), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("arrives_on", sa.Date(), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_rail_payout_amount_positive")),
        sa.ForeignKeyConstraint(["contractor_id"], ["contractor.id"], name="fk_rail_payout_contractor_id_contractor"),
        sa.PrimaryKeyConstraint("id", name="pk_rail_payout"),
    )
    op.create_index("ix_rail_payout_contractor_id", "rail_payout", ["contractor_id"])
    op.create_table(
        "rail_movement",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("rail", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("fee", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.CHAR(3), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("payment_op_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("match", sa.String(20), nullable=False),
        sa.Column("cause", sa.Text(), nullable=True),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("explained_by", sa.Uuid(), nullable=True),
        sa.Column("explained_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("match IN ('matched', 'stray', 'explained')", name=op.f("ck_rail_movement_match")),
        sa.CheckConstraint(
            "(match = 'matched') = (cause IS NOT NULL)", name=op.f("ck_rail_movement_matched_has_cause")
        ),
        sa.ForeignKeyConstraint(["payment_op_id"], ["payment_op.id"], name="fk_rail_movement_payment_op_id_payment_op"),
        sa.ForeignKeyConstraint(["explained_by"], ["person.id"], name="fk_rail_movement_explained_by_person"),
        sa.PrimaryKeyConstraint("id", name="pk_rail_movement"),
    )
    has_cause, is_stray = sa.text("cause IS NOT NULL"), sa.text("match = 'stray'")
    op.create_index("uq_rail_movement_cause", "rail_movement", ["cause"], unique=True, postgresql_where=has_cause)
    op.create_index("ix_rail_movement_created_at", "rail_movement", ["created_at"])
    op.create_index("ix_rail_movement_payment_op_id", "rail_movement", ["payment_op_id"])
    op.create_index("ix_rail_movement_explained_by", "rail_movement", ["explained_by"])
    op.create_index("ix_rail_movement_stray", "rail_movement", ["created_at"], postgresql_where=is_stray)
    op.create_table(
        "rail_balance",
        sa.Column("rail", sa.Text(), nullable=False),
        sa.Column("currency", sa.CHAR(3), nullable=False),
        sa.Column("available", sa.BigInteger(), nullable=False),
        sa.Column("pending", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("rail", "currency", name="pk_rail_balance"),
    )
    role = sa.make_url(current_app.config["SQLALCHEMY_DATABASE_URI"]).username
    if role and role != op.get_bind().execute(sa.text("SELECT current_user")).scalar_one():
        op.execute(f'GRANT UPDATE (pay_url, waits_until, reason) ON payment_op TO "{role}"')
        for table, columns in MAY_CHANGE.items():
            op.execute(f'REVOKE UPDATE, DELETE ON {table} FROM "{role}"')
            op.execute(f'GRANT UPDATE ({columns}) ON {table} TO "{role}"')


def downgrade() -> None:
    for table in reversed(NEW_TABLES):
        op.drop_table(table)
    op.execute("DELETE FROM sandbox_lever WHERE kind IN ('refund', 'reversal')")
    op.execute("DELETE FROM sandbox_call WHERE kind IN ('refund', 'reversal')")
    refuse_while(
        "payment_op",
        "of_id IS NOT NULL OR status IN ('with_payer', 'reversed')",
        "payments that were undone, or that a payer has before them",
    )
    _index_ops("status <> 'refused' AND payslip_id IS NOT NULL", "'intent', 'sent', 'unknown'")
    op.drop_constraint(op.f("ck_payment_op_undoes_another"), "payment_op", type_="check")
    _replace("payment_op", "arrived_when_done", "arrived_amount IS NULL OR status = 'done'")
    _replace("payment_op", "payout_has_contractor", "(kind = 'payout') = (contractor_id IS NOT NULL)")
    _replace("payment_op", "deposit_has_company", "(kind = 'deposit') = (company_id IS NOT NULL)")
    _replace("payment_op", "done_has_external_id", "status <> 'done' OR external_id IS NOT NULL")
    _replace("payment_op", "status", f"status IN ({OLD_STATUSES})")
    for table in ("payment_op", "sandbox_call", "sandbox_lever"):
        _replace(table, "kind", f"kind IN ({OLD_KINDS})")
    for name in ("reason", "waits_until", "pay_url", "of_id"):
        op.drop_column("payment_op", name)


def _index_ops(alive: str, due: str) -> None:
    op.drop_index("uq_payment_op_payslip_id", "payment_op")
    op.create_index(
        "uq_payment_op_payslip_id", "payment_op", ["payslip_id"], unique=True, postgresql_where=sa.text(alive)
    )
    op.drop_index("ix_payment_op_next_try_at", "payment_op")
    waiting = sa.text(f"status IN ({due})")
    op.create_index("ix_payment_op_next_try_at", "payment_op", ["next_try_at"], postgresql_where=waiting)


def _replace(table: str, name: str, condition: str) -> None:
    op.drop_constraint(op.f(f"ck_{table}_{name}"), table, type_="check")
    op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, condition)
