"""Small disputed sums are paid at once, so a dispute says itself what its end restored."""

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"

ENDS = ("unclaimed", "withdrawn", "ruled", "not_ruled")


def upgrade() -> None:
    op.add_column("dispute", sa.Column("advanced_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("dispute", sa.Column("restored_minutes", sa.Integer(), nullable=True))
    op.execute(
        "UPDATE dispute SET restored_minutes = timesheet_cut.restored_minutes FROM timesheet_cut"
        " WHERE timesheet_cut.id = dispute.id AND dispute.status <> 'claimed'"
    )
    op.create_check_constraint(
        op.f("ck_dispute_restored_when_ended"), "dispute", "(status = 'claimed') = (restored_minutes IS NULL)"
    )
    _allow((*ENDS, "advanced"))


def downgrade() -> None:
    op.execute("UPDATE timesheet_cut SET ended_because = 'not_ruled' WHERE ended_because = 'advanced'")
    _allow(ENDS)
    op.drop_constraint(op.f("ck_dispute_restored_when_ended"), "dispute")
    op.drop_column("dispute", "restored_minutes")
    op.drop_column("dispute", "advanced_at")


def _allow(ends: tuple[str, ...]) -> None:
    op.drop_constraint(op.f("ck_timesheet_cut_ended_because"), "timesheet_cut")
    listed = ", ".join(f"'{each}'" for each in ends)
    op.create_check_constraint(op.f("ck_timesheet_cut_ended_because"), "timesheet_cut", f"ended_because IN ({listed})")
