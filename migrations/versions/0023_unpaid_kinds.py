"""Unpaid minutes stand by their kind, and a piece has a price.

One number hid which minutes nobody pays: reading, training, qualification, waiting, rework and breaks are named one by
one, by the company in a gig and as measured in a pilot, and the more of the two counts against the floor. The number of
a gig that was written before stands under reading, the first of what it was said to hold.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0023"
down_revision = "0022"

KINDS = ("reading", "training", "qualification", "waiting", "rework", "breaks")
UNPAID = " + ".join(f"coalesce((unpaid->>'{kind}')::integer, 0)" for kind in KINDS)


def upgrade() -> None:
    for table in ("gig", "gig_pilot"):
        op.add_column(table, sa.Column("unpaid", postgresql.JSONB(), nullable=False, server_default="{}"))
    op.drop_constraint(op.f("ck_gig_unpaid_less_than_an_hour"), "gig", type_="check")
    op.execute("UPDATE gig SET unpaid = jsonb_build_object('reading', unpaid_minutes) WHERE unpaid_minutes > 0")
    op.drop_column("gig", "unpaid_minutes")
    op.add_column("gig", sa.Column("piece_amount", sa.BigInteger(), nullable=True))
    for table in ("gig", "gig_pilot"):
        op.alter_column(table, "unpaid", server_default=None)
        name = op.f(f"ck_{table}_unpaid_less_than_an_hour")
        op.create_check_constraint(name, table, f"{UNPAID} BETWEEN 0 AND 59")
    op.create_check_constraint(op.f("ck_gig_piece_positive"), "gig", "piece_amount > 0")
    op.create_check_constraint(
        op.f("ck_gig_a_price_is_of_pieces"), "gig", "payment_model IN ('piece', 'hybrid') OR piece_amount IS NULL"
    )


def downgrade() -> None:
    for name in ("a_price_is_of_pieces", "piece_positive", "unpaid_less_than_an_hour"):
        op.drop_constraint(op.f(f"ck_gig_{name}"), "gig", type_="check")
    op.drop_column("gig", "piece_amount")
    op.add_column("gig", sa.Column("unpaid_minutes", sa.SmallInteger(), nullable=False, server_default="0"))
    op.execute(f"UPDATE gig SET unpaid_minutes = {UNPAID}")
    op.alter_column("gig", "unpaid_minutes", server_default=None)
    op.create_check_constraint(op.f("ck_gig_unpaid_less_than_an_hour"), "gig", "unpaid_minutes BETWEEN 0 AND 59")
    op.drop_constraint(op.f("ck_gig_pilot_unpaid_less_than_an_hour"), "gig_pilot", type_="check")
    for table in ("gig", "gig_pilot"):
        op.drop_column(table, "unpaid")
