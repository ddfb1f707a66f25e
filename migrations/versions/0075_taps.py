"""Presses of the clock that a device kept while it had no network.

Each has the number that the device gave it, under a unique key: a phone that does not know whether its message arrived
sends it again. What the device said stands beside when it came, since whoever approves the time may want to see both.
Rows are added and their outcome is written once more where a press is refused; nothing is deleted.
"""

import sqlalchemy as sa
from alembic import op

revision = "0075"
down_revision = "0074"


def upgrade() -> None:
    op.create_table(
        "clock_tap",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("booking_id", sa.Uuid(), nullable=False),
        sa.Column("contractor_id", sa.Uuid(), nullable=False),
        sa.Column("press", sa.String(20), nullable=False),
        sa.Column("pressed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(20), nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "press IN ('clock_in', 'work', 'waiting', 'paid_break', 'unpaid_break', 'outage', 'clock_out')",
            name=op.f("ck_clock_tap_press"),
        ),
        sa.CheckConstraint("outcome IN ('counted', 'refused')", name=op.f("ck_clock_tap_outcome")),
        sa.CheckConstraint("(outcome = 'refused') = (code IS NOT NULL)", name=op.f("ck_clock_tap_refused_because")),
        sa.CheckConstraint("outcome = 'refused' OR counted_at IS NOT NULL", name=op.f("ck_clock_tap_counted_when")),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name="fk_clock_tap_booking_id_booking"),
        sa.ForeignKeyConstraint(["contractor_id"], ["contractor.id"], name="fk_clock_tap_contractor_id_contractor"),
        sa.PrimaryKeyConstraint("id", name="pk_clock_tap"),
        sa.UniqueConstraint("contractor_id", "key", name="uq_clock_tap_contractor_id_key"),
    )
    op.create_index("ix_clock_tap_booking_id", "clock_tap", ["booking_id"])


def downgrade() -> None:
    op.drop_table("clock_tap")
