"""Who leads a shift, and the minutes before and after it in which they do.

These minutes are shifts of one seat, so that everything that protects work protects them: an offer with its terms,
money that is held, the caps, rest, and a line of their own on the timesheet. This table says what they are beside.
"""

import sqlalchemy as sa
from alembic import op

revision = "0086"
down_revision = "0085"


def upgrade() -> None:
    op.create_table(
        "lead_minutes",
        sa.Column("shift_id", sa.Uuid(), nullable=False),
        sa.Column("leads_id", sa.Uuid(), nullable=False),
        sa.Column("contractor_id", sa.Uuid(), nullable=False),
        sa.Column("part", sa.String(20), nullable=False),
        sa.Column("named_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("named_by", sa.Uuid(), nullable=False),
        sa.CheckConstraint("part IN ('briefing', 'checking')", name=op.f("ck_lead_minutes_part")),
        sa.CheckConstraint("shift_id <> leads_id", name=op.f("ck_lead_minutes_beside_another")),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=f"fk_lead_minutes_{column}_{table}")
            for column, table in (
                ("shift_id", "shift"),
                ("leads_id", "shift"),
                ("contractor_id", "contractor"),
                ("named_by", "person"),
            )
        ),
        sa.PrimaryKeyConstraint("shift_id", name="pk_lead_minutes"),
    )
    op.create_index("ix_lead_minutes_leads_id", "lead_minutes", ["leads_id"])
    op.create_index("ix_lead_minutes_contractor_id", "lead_minutes", ["contractor_id"])


def downgrade() -> None:
    op.drop_table("lead_minutes")
