"""Keep what a bank kept of a payout that came back, by which rate it was reckoned, and that no run pays that.

A payout that came back less a fee, or in another currency, waited as a stray for ever, and its person for the money.
"""

import sqlalchemy as sa
from alembic import op
from flask import current_app

from migrations.staying import refuse_while

revision = "0120"
down_revision = "0119"

CHECKS = {
    "kept_whole": "(kept_amount IS NULL) = (kept_currency IS NULL)",
    "rate_has_source": "(rate IS NULL) = (rate_source IS NULL)",
    "kept_of_what_came_back": "(kind = 'came_back' AND status = 'booked' AND company_id IS NULL)"
    " OR num_nonnulls(kept_amount, rate) = 0",
}


def upgrade() -> None:
    op.add_column("bank_line", sa.Column("kept_amount", sa.BigInteger))
    op.add_column("bank_line", sa.Column("kept_currency", sa.CHAR(3)))
    op.add_column("bank_line", sa.Column("rate", sa.Numeric))
    op.add_column("bank_line", sa.Column("rate_source", sa.Text))
    for name, check in CHECKS.items():
        op.create_check_constraint(op.f(f"ck_bank_line_{name}"), "bank_line", check)
    role = sa.make_url(current_app.config["SQLALCHEMY_DATABASE_URI"]).username
    if role and role != op.get_bind().execute(sa.text("SELECT current_user")).scalar_one():
        op.execute(f'GRANT UPDATE (kept_amount, kept_currency, rate, rate_source) ON bank_line TO "{role}"')
    op.add_column("rail_fee", sa.Column("on_the_way_back", sa.Boolean, nullable=False, server_default=sa.text("false")))
    op.create_check_constraint(
        op.f("ck_rail_fee_no_run_pays_the_way_back"), "rail_fee", "NOT on_the_way_back OR taken_at IS NOT NULL"
    )


def downgrade() -> None:
    refuse_while("bank_line", "num_nonnulls(kept_amount, rate) > 0", "what a bank kept of what came back")
    op.drop_constraint(op.f("ck_rail_fee_no_run_pays_the_way_back"), "rail_fee")
    op.drop_column("rail_fee", "on_the_way_back")
    for name in CHECKS:
        op.drop_constraint(op.f(f"ck_bank_line_{name}"), "bank_line")
    for column in ("rate_source", "rate", "kept_currency", "kept_amount"):
        op.drop_column("bank_line", column)
