"""How many people stand by for each shift of a series.

Until now people could stand by for a shift that was planned already, one by one. What recurs says it once, and each of
its shifts is laid with the seats in which people stand by for it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0089"
down_revision = "0088"


def upgrade() -> None:
    op.add_column("shift_series", sa.Column("standby", sa.Integer(), nullable=False, server_default="0"))
    op.alter_column("shift_series", "standby", server_default=None)
    op.create_check_constraint(op.f("ck_shift_series_standby_for_seats"), "shift_series", "standby BETWEEN 0 AND seats")


def downgrade() -> None:
    op.drop_constraint(op.f("ck_shift_series_standby_for_seats"), "shift_series", type_="check")
    op.drop_column("shift_series", "standby")
