"""Work at night earns what the law of the place says.

Everybody's night was the house's, from 22:00 to 06:00 at a tenth of the rate. A booking now keeps the law under which
it was promised more, with its minutes step by step, a timesheet what of them was worked, and the line of pay both. All
are NULL where the house's night holds, so that they take no room. Bookings that were made before keep the house's
night: the money for more is not held.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from migrations.staying import refuse_while

revision = "0147"
down_revision = "0146"


def upgrade() -> None:
    for table in ("booking", "timesheet_line", "pay_line"):
        op.add_column(table, sa.Column("night_law", JSONB(), nullable=True))
    op.create_check_constraint(
        op.f("ck_pay_line_a_night_has_a_law"), "pay_line", "night_law IS NULL OR kind = 'night_premium'"
    )


def downgrade() -> None:
    refuse_while("booking", "night_law IS NOT NULL", "bookings that promise more for the night by a law")
    op.drop_constraint(op.f("ck_pay_line_a_night_has_a_law"), "pay_line", type_="check")
    for table in ("booking", "timesheet_line", "pay_line"):
        op.drop_column(table, "night_law")
