"""A shift that is added late to somebody's schedule pays an hour beside its time.

Whether a schedule was there is asked of the moment at which a shift was planned, so shifts say when that was, and
bookings from when to when they were one. What happened before is told by the events; nobody was promised anything
beside the time until now, so no booking that stands is owed more.
"""

import sqlalchemy as sa
from alembic import op

from migrations.staying import refuse_while

revision = "0063"
down_revision = "0062"

KINDS = ("wages", "paid_break", "call_in", "neutral_hours")
LATER_KINDS = (
    "guaranteed_hours", "qualification_time", "skill_step", "hazard_premium", "overtime_premium", "night_premium",
    "top_up", "sick_accrual", "sick_leave", "benefit_cash_out", "health_contribution", "platform_fee",
    "third_party_margin",
)  # fmt: skip


def upgrade() -> None:
    op.add_column("shift", sa.Column("planned_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("shift", sa.Column("moved_from", sa.Uuid(), nullable=True))
    op.create_foreign_key("fk_shift_moved_from_shift", "shift", "shift", ["moved_from"], ["id"])
    op.add_column("booking", sa.Column("made_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("booking", sa.Column("off_at", sa.DateTime(timezone=True), nullable=True))
    for table in ("booking", "timesheet_line"):
        op.add_column(table, sa.Column("added_minutes", sa.Integer(), nullable=False, server_default="0"))
        op.alter_column(table, "added_minutes", server_default=None)
        op.create_check_constraint(op.f(f"ck_{table}_added_not_negative"), table, "added_minutes >= 0")
    _tell("shift", "planned_at", "'shift.scheduled'")
    _tell("booking", "made_at", "'booking.made'")
    _tell("booking", "off_at", "'booking.released', 'booking.cancelled', 'booking.taken_out'")
    op.execute("UPDATE shift SET planned_at = starts_at WHERE planned_at IS NULL")
    op.execute(
        "UPDATE booking SET made_at = offer.made_at FROM offer WHERE offer.id = offer_id AND booking.made_at IS NULL"
    )
    op.alter_column("shift", "planned_at", nullable=False)
    op.alter_column("booking", "made_at", nullable=False)
    _allow((*KINDS, "predictability", *LATER_KINDS))


def downgrade() -> None:
    refuse_while("pay_line", "kind = 'predictability'", "pay for shifts that were added late")
    _allow((*KINDS, *LATER_KINDS))
    for table in ("timesheet_line", "booking"):
        op.drop_column(table, "added_minutes")
    for column in ("off_at", "made_at"):
        op.drop_column("booking", column)
    op.drop_constraint("fk_shift_moved_from_shift", "shift")
    for column in ("moved_from", "planned_at"):
        op.drop_column("shift", column)


def _tell(table: str, column: str, names: str) -> None:
    """Writes down when the event of one of these names happened to each row."""
    op.execute(
        f"UPDATE {table} SET {column} = event.at FROM event"
        f" WHERE event.subject_id = {table}.id AND event.name IN ({names})"
    )


def _allow(kinds: tuple[str, ...]) -> None:
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    op.drop_constraint(op.f("ck_pay_line_kind"), "pay_line", type_="check")
    op.create_check_constraint(op.f("ck_pay_line_kind"), "pay_line", f"kind IN ({listed})")
