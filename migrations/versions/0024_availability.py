"""Availability by wish, exceptions by date, and quiet hours.

What stood as a window until now was a wish to work. A check that compares with NULL lets NULL pass, so both ends of the
quiet hours are asked for together.
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"

WISHES = ("desired", "undesired", "unavailable")


def upgrade() -> None:
    op.add_column("availability_window", sa.Column("wish", sa.String(20), nullable=False, server_default="desired"))
    op.alter_column("availability_window", "wish", server_default=None)
    _wishes("availability_window")
    op.create_table(
        "availability_exception",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contractor_id", sa.Uuid(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("start_minute", sa.SmallInteger(), nullable=False),
        sa.Column("end_minute", sa.SmallInteger(), nullable=False),
        sa.Column("wish", sa.String(20), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.CheckConstraint("last_day - first_day BETWEEN 0 AND 365", name=op.f("ck_availability_exception_days")),
        sa.CheckConstraint(
            "start_minute BETWEEN 0 AND 1439 AND end_minute BETWEEN 1 AND 1440 AND start_minute <> end_minute",
            name=op.f("ck_availability_exception_stretch"),
        ),
        sa.ForeignKeyConstraint(
            ["contractor_id"], ["contractor.id"], name="fk_availability_exception_contractor_id_contractor"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_availability_exception"),
    )
    _wishes("availability_exception")
    op.create_index(
        "ix_availability_exception_contractor_id_last_day", "availability_exception", ["contractor_id", "last_day"]
    )
    for end in ("from", "until"):
        op.add_column("contractor", sa.Column(f"quiet_{end}_minute", sa.SmallInteger(), nullable=True))
    op.create_check_constraint(
        op.f("ck_contractor_quiet"),
        "contractor",
        "(quiet_from_minute IS NULL) = (quiet_until_minute IS NULL) AND quiet_from_minute BETWEEN 0 AND 1439"
        " AND quiet_until_minute BETWEEN 0 AND 1439 AND quiet_from_minute <> quiet_until_minute",
    )


def _wishes(table: str) -> None:
    listed = ", ".join(f"'{wish}'" for wish in WISHES)
    op.create_check_constraint(op.f(f"ck_{table}_wish"), table, f"wish IN ({listed})")


def downgrade() -> None:
    op.drop_constraint(op.f("ck_contractor_quiet"), "contractor", type_="check")
    for end in ("until", "from"):
        op.drop_column("contractor", f"quiet_{end}_minute")
    op.drop_table("availability_exception")
    # A window that nobody wishes for would become a wish.
    op.execute("DELETE FROM availability_window WHERE wish <> 'desired'")
    op.drop_constraint(op.f("ck_availability_window_wish"), "availability_window", type_="check")
    op.drop_column("availability_window", "wish")
