"""What a payer's bank gives back in another currency is counted as so much of the deposit.

A rail tells it as its own balance counts it, and nobody wrote it down: a company that had paid a lost chargeback again
never had it back. A chargeback knows now what came, and how much of that an operator has counted.
"""

import sqlalchemy as sa
from alembic import op
from flask import current_app

from migrations.staying import refuse_while

revision = "0152"
down_revision = "0151"

KINDS = (
    "'paid', 'found', 'booked', 'ended', 'explained', 'credited', 'given_back', 'taken_in', 'sent', 'returned', "
    "'taken_back', 'borne', 'kept', 'granted', 'reopened'"
)
AMOUNTS = ("foreign_amount", "foreign_counted")
RULES = {
    "foreign_counted_of_it": "foreign_counted BETWEEN 0 AND foreign_amount",
    "foreign_whole": "num_nonnulls(foreign_currency, foreign_at) = CASE WHEN foreign_amount > 0 THEN 2 ELSE 0 END",
}


def upgrade() -> None:
    for column in AMOUNTS:
        op.add_column("chargeback", sa.Column(column, sa.BigInteger(), nullable=False, server_default="0"))
        op.alter_column("chargeback", column, server_default=None)
    op.add_column("chargeback", sa.Column("foreign_currency", sa.CHAR(3), nullable=True))
    op.add_column("chargeback", sa.Column("foreign_at", sa.DateTime(timezone=True), nullable=True))
    for name, rule in RULES.items():
        op.create_check_constraint(op.f(f"ck_chargeback_{name}"), "chargeback", rule)
    _allow(f"kind IN ({KINDS}, 'counted')")
    role = sa.make_url(current_app.config["SQLALCHEMY_DATABASE_URI"]).username
    if role and role != op.get_bind().execute(sa.text("SELECT current_user")).scalar_one():
        changed = f"{', '.join(AMOUNTS)}, foreign_currency, foreign_at"
        op.execute(f'GRANT UPDATE ({changed}) ON chargeback TO "{role}"')


def downgrade() -> None:
    refuse_while("chargeback", "foreign_counted > 0", "what banks have given back in another currency")
    refuse_while("money_act", "kind = 'counted'", "what banks have given back in another currency")
    _allow(f"kind IN ({KINDS})")
    for name in RULES:
        op.drop_constraint(op.f(f"ck_chargeback_{name}"), "chargeback", type_="check")
    for column in ("foreign_at", "foreign_currency", *AMOUNTS):
        op.drop_column("chargeback", column)


def _allow(condition: str) -> None:
    op.drop_constraint(op.f("ck_money_act_kind"), "money_act", type_="check")
    op.create_check_constraint(op.f("ck_money_act_kind"), "money_act", condition)
