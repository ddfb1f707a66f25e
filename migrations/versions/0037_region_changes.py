"""Operators change what is known of places: each change is a row, each version a further one.

A change that lowers a protection makes its version only when a second person has confirmed it; both the change and the
version say who the two were. The versions that came with the file have nobody. Operators of standards are told of what
waits for them.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0037"
down_revision = "0036"

BEFORE = ("person", "contractor", "gigs", "timesheets", "money", "members", "vetting", "finance", "admin", "disputes")


def upgrade() -> None:
    _tell((*BEFORE, "standards"))
    op.add_column("region", sa.Column("entered_by", sa.Uuid(), nullable=True))
    op.add_column("region", sa.Column("confirmed_by", sa.Uuid(), nullable=True))
    op.add_column("region", sa.Column("entered_at", sa.DateTime(timezone=True), nullable=True))
    op.create_check_constraint(op.f("ck_region_two_people"), "region", "confirmed_by <> entered_by")
    op.create_table(
        "region_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("country", sa.CHAR(2), nullable=False),
        sa.Column("subdivision", sa.Text(), nullable=True),
        sa.Column("based_on", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("facts", postgresql.JSONB(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("lowers", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("proposed_by", sa.Uuid(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("status IN ('waiting', 'in_force', 'refused')", name=op.f("ck_region_change_status")),
        sa.CheckConstraint("decided_by <> proposed_by OR status = 'refused'", name=op.f("ck_region_change_two_people")),
        sa.CheckConstraint(
            "(status = 'in_force') = (version IS NOT NULL)", name=op.f("ck_region_change_in_force_has_a_version")
        ),
        sa.CheckConstraint(
            "status <> 'waiting' OR decided_at IS NULL", name=op.f("ck_region_change_waiting_is_undecided")
        ),
        sa.PrimaryKeyConstraint("id", name="pk_region_change"),
    )
    op.create_index("ix_region_change_status_id", "region_change", ["status", "id"])


def downgrade() -> None:
    for table in ("notice", "mail"):
        op.execute(f"DELETE FROM {table} WHERE audience = 'standards'")
    _tell(BEFORE)
    op.drop_table("region_change")
    op.drop_constraint(op.f("ck_region_two_people"), "region", type_="check")
    for column in ("entered_at", "confirmed_by", "entered_by"):
        op.drop_column("region", column)


def _tell(audiences: tuple[str, ...]) -> None:
    listed = ", ".join(f"'{audience}'" for audience in audiences)
    for table in ("notice", "mail"):
        op.drop_constraint(op.f(f"ck_{table}_audience"), table)
        op.create_check_constraint(op.f(f"ck_{table}_audience"), table, f"audience IN ({listed})")
