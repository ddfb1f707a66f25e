"""The floor that a top-up reaches, on its line.

A line said how much an hour was topped up by and not to what: the wage, its source and the exchange rate by which it
was compared were gone once somebody entered newer ones. Lines that were issued before keep none.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0131"
down_revision = "0130"


def upgrade() -> None:
    op.add_column("pay_line", sa.Column("floor", JSONB(), nullable=True))
    op.create_check_constraint(op.f("ck_pay_line_a_top_up_has_a_floor"), "pay_line", "floor IS NULL OR kind = 'top_up'")


def downgrade() -> None:
    op.drop_constraint(op.f("ck_pay_line_a_top_up_has_a_floor"), "pay_line")
    op.drop_column("pay_line", "floor")
