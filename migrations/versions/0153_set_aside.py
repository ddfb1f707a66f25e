"""What cannot be reckoned of one person waits in a run of its own, and the others of their run are paid.

One timesheet whose price could not be told stopped the whole run, and every later one of the same people: the clock
begins none while another still gathers. What was set aside stays payable, by its own run alone, which is tried again
after a day or when somebody asks.

An earlier version would have that run pay all that its whole scope has to be paid.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

from migrations.staying import refuse_while

revision = "0153"
down_revision = "0152"


def upgrade() -> None:
    op.add_column("pay_run", sa.Column("things", ARRAY(sa.Uuid()), nullable=True))
    op.add_column("pay_run", sa.Column("try_at", sa.DateTime(timezone=True), nullable=True))
    op.create_check_constraint(
        op.f("ck_pay_run_waits_alone"), "pay_run", "parted_from_id IS NOT NULL OR num_nonnulls(things, try_at) = 0"
    )
    waiting = sa.text("things IS NOT NULL AND status = 'started'")
    op.create_index("ix_pay_run_set_aside", "pay_run", ["id"], postgresql_where=waiting)


def downgrade() -> None:
    waiting = "things IS NOT NULL AND status = 'started'"
    refuse_while("pay_run", waiting, "runs of what could not be reckoned with others")
    op.drop_index("ix_pay_run_set_aside", "pay_run")
    op.drop_constraint(op.f("ck_pay_run_waits_alone"), "pay_run")
    op.drop_column("pay_run", "try_at")
    op.drop_column("pay_run", "things")
