"""Shifts that recur.

A series is a rule; what people accept, work and are paid for stays a shift. So a shift names the series and the day
that it was laid for, and no day of a series is laid twice, whichever worker comes first.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0067"
down_revision = "0066"


def upgrade() -> None:
    op.create_table(
        "shift_series",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("gig_id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("begins", sa.Time(), nullable=False),
        sa.Column("ends", sa.Time(), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("except_days", postgresql.ARRAY(sa.Date()), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("crew_id", sa.Uuid(), nullable=True),
        sa.Column("filled_until", sa.Date(), nullable=False),
        sa.Column("held_up_because", sa.Text(), nullable=True),
        sa.Column("try_again_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_because", sa.Text(), nullable=True),
        sa.Column("status", sa.String(20), nullable=False),
        sa.CheckConstraint("status IN ('active', 'ended')", name=op.f("ck_shift_series_status")),
        sa.CheckConstraint("seats > 0", name=op.f("ck_shift_series_seats_positive")),
        sa.CheckConstraint(
            "(held_up_because IS NULL) = (try_again_at IS NULL)", name=op.f("ck_shift_series_held_up_and_tried_again")
        ),
        sa.ForeignKeyConstraint(["gig_id"], ["gig.id"], name="fk_shift_series_gig_id_gig"),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name="fk_shift_series_company_id_company"),
        sa.ForeignKeyConstraint(
            ["crew_id", "company_id"], ["crew.id", "crew.company_id"], name="fk_shift_series_crew_id_company_id_crew"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_shift_series"),
        sa.UniqueConstraint("id", "gig_id", name="uq_shift_series_id_gig_id"),
    )
    op.create_index("ix_shift_series_gig_id", "shift_series", ["gig_id"])
    op.create_index("ix_shift_series_company_id", "shift_series", ["company_id"])
    op.create_index(
        "ix_shift_series_filled_until", "shift_series", ["filled_until"], postgresql_where=sa.text("status = 'active'")
    )
    op.add_column("shift", sa.Column("series_id", sa.Uuid(), nullable=True))
    op.add_column("shift", sa.Column("series_day", sa.Date(), nullable=True))
    op.create_foreign_key(
        "fk_shift_series_id_gig_id_shift_series", "shift", "shift_series", ["series_id", "gig_id"], ["id", "gig_id"]
    )
    op.create_check_constraint(
        op.f("ck_shift_day_of_its_series"), "shift", "(series_id IS NULL) = (series_day IS NULL)"
    )
    op.create_unique_constraint("uq_shift_series_id_series_day", "shift", ["series_id", "series_day"])


def downgrade() -> None:
    op.drop_constraint("uq_shift_series_id_series_day", "shift")
    op.drop_constraint(op.f("ck_shift_day_of_its_series"), "shift")
    op.drop_constraint("fk_shift_series_id_gig_id_shift_series", "shift")
    op.drop_column("shift", "series_day")
    op.drop_column("shift", "series_id")
    op.drop_table("shift_series")
