"""Power or network lost on a shift: time of its own kind, and an end of a booking that is no missed shift."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"

KINDS = ("work", "waiting", "paid_break", "unpaid_break")
STATUSES = ("booked", "working", "worked", "released", "cancelled", "no_show", "sick", "taken_out")
RULES = ("NOTICE", "CALL_IN", "HAZARD")


def upgrade() -> None:
    _allow("time_entry", "kind", (*KINDS[:2], "outage", *KINDS[2:]))
    _allow("booking", "status", (*STATUSES, "excused"))
    for table in ("booking", "timesheet_line"):
        _allow(table, "compensation_rule", (*RULES, "OUTAGE"))


def downgrade() -> None:
    op.execute("UPDATE time_entry SET kind = 'waiting' WHERE kind = 'outage'")
    op.execute("UPDATE booking SET status = 'cancelled' WHERE status = 'excused'")
    for table in ("booking", "timesheet_line"):
        op.execute(sa.text(f"UPDATE {table} SET compensation_rule = 'NOTICE' WHERE compensation_rule = 'OUTAGE'"))
        _allow(table, "compensation_rule", RULES)
    _allow("booking", "status", STATUSES)
    _allow("time_entry", "kind", KINDS)


def _allow(table: str, column: str, options: tuple[str, ...]) -> None:
    op.drop_constraint(op.f(f"ck_{table}_{column}"), table)
    listed = ", ".join(f"'{each}'" for each in options)
    op.create_check_constraint(op.f(f"ck_{table}_{column}"), table, f"{column} IN ({listed})")
