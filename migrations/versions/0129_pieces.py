"""A promised piece is paid.

A gig could pay by the piece, or by the hour and the piece, and no line of pay could count one: hours alone were paid.
Now a booking says how many pieces came of it, a line of pay how many it pays, and a cut takes pieces as it takes
minutes. The trap: what is held from the yes on has to cover them, so a gig publishes how many an hour it pays at most;
the gigs that have a price already, and never said so, get one a minute, and what their bookings lack is held when it is
paid, as top-ups are.
"""

import sqlalchemy as sa
from alembic import op
from flask import current_app

from migrations.staying import refuse_while

revision = "0129"
down_revision = "0128"

KINDS = (
    *("wages", "training"),
    *("paid_break", "waiting", "outage", "call_in", "cancellation", "neutral_hours", "predictability", "standby"),
    *("guaranteed_hours", "qualification_time"),
    *(
        "skill_step",
        "hazard_premium",
        "overtime_premium",
        "further_overtime",
        "night_premium",
        "top_up",
        "sick_accrual",
        "sick_leave",
    ),
    *("benefit_cash_out", "rail_fee", "health_contribution", "platform_fee", "third_party_margin"),
)
REASONS = ("not_at_work", "outside_shift", "forgotten_clock_out", "counted_twice", "somebody_else")
ENDED = "(status IN ('restored', 'paid')) = (restored_minutes{0} > 0)"


def upgrade() -> None:
    op.add_column("gig", sa.Column("most_pieces", sa.Integer(), nullable=True))
    op.execute("UPDATE gig SET most_pieces = 60 WHERE piece_amount IS NOT NULL")
    _check("gig", "pieces_have_a_most", "(piece_amount IS NULL) = (most_pieces IS NULL)")
    _check("gig", "most_pieces_positive", "most_pieces > 0")
    op.add_column("booking", sa.Column("pieces", sa.Integer(), nullable=True))
    _check("booking", "pieces_not_negative", "pieces >= 0")
    op.add_column("pay_line", sa.Column("pieces", sa.Integer(), nullable=True))
    _instead("pay_line", "kind", _one_of("kind", (*KINDS[:2], "piece", *KINDS[2:])))
    _check("pay_line", "a_line_of_pieces_counts_them", "(kind = 'piece') = (pieces IS NOT NULL)")
    _check("pay_line", "pieces_not_negative", "pieces >= 0")
    for name in ("pieces", "restored_pieces"):
        op.add_column("timesheet_cut", sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
        op.alter_column("timesheet_cut", name, server_default=None)
    op.drop_constraint(op.f("ck_timesheet_cut_minutes_positive"), "timesheet_cut", type_="check")
    _check("timesheet_cut", "minutes_or_pieces", "minutes >= 0 AND pieces >= 0 AND (minutes > 0) <> (pieces > 0)")
    both = "restored_minutes BETWEEN 0 AND minutes AND restored_pieces BETWEEN 0 AND pieces"
    _instead("timesheet_cut", "never_restored_beyond", both)
    _instead("timesheet_cut", "restored_is_some", ENDED.format(" + restored_pieces"))
    _instead("timesheet_cut", "category", _one_of("category", (*REASONS, "not_delivered")))
    _each_role("GRANT UPDATE (restored_pieces) ON timesheet_cut TO")
    op.add_column("dispute", sa.Column("restored_pieces", sa.Integer(), nullable=False, server_default="0"))
    op.alter_column("dispute", "restored_pieces", server_default=None)


def downgrade() -> None:
    refuse_while("pay_line", "kind = 'piece'", "pay for pieces")
    refuse_while("timesheet_cut", "pieces > 0", "cuts of pieces")
    refuse_while("booking", "pieces IS NOT NULL", "bookings whose pieces were counted")
    op.drop_column("dispute", "restored_pieces")
    _instead("timesheet_cut", "category", _one_of("category", REASONS))
    _instead("timesheet_cut", "restored_is_some", ENDED.format(""))
    _instead("timesheet_cut", "never_restored_beyond", "restored_minutes BETWEEN 0 AND minutes")
    op.drop_constraint(op.f("ck_timesheet_cut_minutes_or_pieces"), "timesheet_cut", type_="check")
    _check("timesheet_cut", "minutes_positive", "minutes > 0")
    for name in ("pieces", "restored_pieces"):
        op.drop_column("timesheet_cut", name)
    for name in ("pieces_not_negative", "a_line_of_pieces_counts_them"):
        op.drop_constraint(op.f(f"ck_pay_line_{name}"), "pay_line", type_="check")
    _instead("pay_line", "kind", _one_of("kind", KINDS))
    op.drop_column("pay_line", "pieces")
    op.drop_column("booking", "pieces")
    for name in ("most_pieces_positive", "pieces_have_a_most"):
        op.drop_constraint(op.f(f"ck_gig_{name}"), "gig", type_="check")
    op.drop_column("gig", "most_pieces")


def _each_role(words: str) -> None:
    role = sa.make_url(current_app.config["SQLALCHEMY_DATABASE_URI"]).username
    if role and role != op.get_bind().execute(sa.text("SELECT current_user")).scalar_one():
        op.execute(f'{words} "{role}"')


def _check(table: str, name: str, condition: str) -> None:
    op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, condition)


def _instead(table: str, name: str, condition: str) -> None:
    op.drop_constraint(op.f(f"ck_{table}_{name}"), table, type_="check")
    _check(table, name, condition)


def _one_of(column: str, options: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(option) for option in options)})"
