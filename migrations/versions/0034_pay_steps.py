"""What gigs ask to be proven, what levels of a skill earn, and the step at which somebody was booked.

What was booked before is at the step that multiplies nothing.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0034"
down_revision = "0033"


def upgrade() -> None:
    nothing = sa.text("'{}'")
    op.add_column(
        "gig", sa.Column("qualifications", postgresql.ARRAY(sa.Text()), nullable=False, server_default=nothing)
    )
    op.add_column("gig", sa.Column("skill_levels", postgresql.JSONB(), nullable=False, server_default=nothing))
    op.add_column("gig", sa.Column("steps", postgresql.JSONB(), nullable=True))
    op.add_column("booking", sa.Column("step_points", sa.Integer(), nullable=False, server_default=sa.text("10000")))
    for table, column in (("gig", "qualifications"), ("gig", "skill_levels"), ("booking", "step_points")):
        op.alter_column(table, column, server_default=None)
    op.create_check_constraint(op.f("ck_booking_step_never_less"), "booking", "step_points >= 10000")


def downgrade() -> None:
    op.drop_constraint(op.f("ck_booking_step_never_less"), "booking")
    op.drop_column("booking", "step_points")
    for column in ("steps", "skill_levels", "qualifications"):
        op.drop_column("gig", column)
