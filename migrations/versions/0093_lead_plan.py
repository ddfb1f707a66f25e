"""Who is to lead a shift once they have a seat in it, and who leads a crew.

A shift that is moved ends the minutes of its lead, and a crew that is asked first may bring a lead. Neither can be
asked for their minutes before they said yes to the shift itself, so the intent waits in a table of its own. The lead of
a crew stands on their membership: whoever leaves leads it no more.
"""

import sqlalchemy as sa
from alembic import op

revision = "0093"
down_revision = "0092"


def upgrade() -> None:
    for column in ("lead_before", "lead_after"):
        op.add_column("crew_member", sa.Column(column, sa.Integer(), nullable=False, server_default="0"))
        op.alter_column("crew_member", column, server_default=None)
    op.add_column("crew_member", sa.Column("lead_named_by", sa.Uuid(), nullable=True))
    op.create_foreign_key("fk_crew_member_lead_named_by_person", "crew_member", "person", ["lead_named_by"], ["id"])
    op.create_check_constraint(
        op.f("ck_crew_member_lead_minutes_not_negative"), "crew_member", "lead_before >= 0 AND lead_after >= 0"
    )
    op.create_check_constraint(
        op.f("ck_crew_member_lead_named_by_somebody"),
        "crew_member",
        "(lead_before + lead_after > 0) = (lead_named_by IS NOT NULL)",
    )
    op.create_index(
        "uq_crew_member_lead",
        "crew_member",
        ["crew_id"],
        unique=True,
        postgresql_where=sa.text("lead_named_by IS NOT NULL"),
    )
    op.create_table(
        "lead_plan",
        sa.Column("shift_id", sa.Uuid(), nullable=False),
        sa.Column("contractor_id", sa.Uuid(), nullable=False),
        sa.Column("minutes_before", sa.Integer(), nullable=False),
        sa.Column("minutes_after", sa.Integer(), nullable=False),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("planned_by", sa.Uuid(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("because", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "minutes_before >= 0 AND minutes_after >= 0", name=op.f("ck_lead_plan_minutes_not_negative")
        ),
        sa.CheckConstraint("minutes_before + minutes_after > 0", name=op.f("ck_lead_plan_some_minutes")),
        sa.CheckConstraint("because IS NULL OR settled_at IS NOT NULL", name=op.f("ck_lead_plan_because_once_settled")),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=f"fk_lead_plan_{column}_{table}")
            for column, table in (("shift_id", "shift"), ("contractor_id", "contractor"), ("planned_by", "person"))
        ),
        sa.PrimaryKeyConstraint("shift_id", name="pk_lead_plan"),
    )
    op.create_index("ix_lead_plan_contractor_id", "lead_plan", ["contractor_id"])
    op.create_index("ix_lead_plan_waiting", "lead_plan", ["shift_id"], postgresql_where=sa.text("settled_at IS NULL"))


def downgrade() -> None:
    op.drop_table("lead_plan")
    op.drop_index("uq_crew_member_lead", "crew_member")
    for name in ("lead_minutes_not_negative", "lead_named_by_somebody"):
        op.drop_constraint(op.f(f"ck_crew_member_{name}"), "crew_member", type_="check")
    op.drop_constraint("fk_crew_member_lead_named_by_person", "crew_member", type_="foreignkey")
    for column in ("lead_named_by", "lead_after", "lead_before"):
        op.drop_column("crew_member", column)
