"""Who bears a deposit that a payer's bank has kept.

A chargeback that was lost stood on the service's pocket, as a debt of its company, for ever: no verb said that it is
taken from what the company has, or that the service gives it up.
"""

import sqlalchemy as sa
from alembic import op
from flask import current_app

from migrations.staying import refuse_while

revision = "0134"
down_revision = "0133"

KINDS = (
    "'paid', 'found', 'booked', 'ended', 'explained', 'credited', 'given_back', 'taken_in', 'sent', 'returned', "
    "'taken_back'"
)
WHOLE = "num_nonnulls(bearer, bearer_reason, bearer_decided_by, bearer_decided_at) IN (0, 4)"


def upgrade() -> None:
    _kinds(f"{KINDS}, 'borne'")
    op.add_column("chargeback", sa.Column("bearer", sa.String(20), nullable=True))
    op.add_column("chargeback", sa.Column("bearer_reason", sa.Text(), nullable=True))
    op.add_column("chargeback", sa.Column("bearer_decided_by", sa.Uuid(), nullable=True))
    op.add_column("chargeback", sa.Column("bearer_decided_at", sa.DateTime(timezone=True), nullable=True))
    op.create_foreign_key(
        "fk_chargeback_bearer_decided_by_person", "chargeback", "person", ["bearer_decided_by"], ["id"]
    )
    op.create_index("ix_chargeback_bearer_decided_by", "chargeback", ["bearer_decided_by"])
    op.create_check_constraint(op.f("ck_chargeback_bearer"), "chargeback", "bearer IN ('company', 'service')")
    op.create_check_constraint(op.f("ck_chargeback_bearer_whole"), "chargeback", WHOLE)
    once = "bearer IS NULL OR status = 'lost' AND (bearer = 'company') = (paid_again_at IS NOT NULL)"
    op.create_check_constraint(op.f("ck_chargeback_borne_once"), "chargeback", once)
    role = sa.make_url(current_app.config["SQLALCHEMY_DATABASE_URI"]).username
    if role and role != op.get_bind().execute(sa.text("SELECT current_user")).scalar_one():
        columns = "bearer, bearer_reason, bearer_decided_by, bearer_decided_at"
        op.execute(f'GRANT UPDATE ({columns}) ON chargeback TO "{role}"')


def downgrade() -> None:
    refuse_while("chargeback", "bearer IS NOT NULL", "who bears what a bank has kept")
    refuse_while("money_act", "kind = 'borne'", "who bears what a bank has kept")
    op.drop_constraint(op.f("ck_chargeback_borne_once"), "chargeback", type_="check")
    op.drop_constraint(op.f("ck_chargeback_bearer_whole"), "chargeback", type_="check")
    for column in ("bearer_decided_at", "bearer_decided_by", "bearer_reason", "bearer"):
        op.drop_column("chargeback", column)
    _kinds(KINDS)


def _kinds(allowed: str) -> None:
    op.drop_constraint(op.f("ck_money_act_kind"), "money_act", type_="check")
    op.create_check_constraint(op.f("ck_money_act_kind"), "money_act", f"kind IN ({allowed})")
