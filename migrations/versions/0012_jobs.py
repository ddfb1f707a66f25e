"""What the clock fired last, and what the checks found last.

Any number of clocks read the timetable; the row of an entry, locked, is what keeps them from firing it twice. The
application may read at which migration the database stands, to say whether it is ready: Alembic makes that table before
the first migration could change what the application's role is given by default.
"""

import sqlalchemy as sa
from alembic import op
from flask import current_app

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "schedule",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("last_fire", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_schedule"),
    )
    op.create_table(
        "check_result",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("broken", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_check_result"),
        sa.UniqueConstraint("name", name="uq_check_result_name"),
    )
    if role := other_role():
        op.execute(f'GRANT SELECT ON alembic_version TO "{role}"')


def downgrade() -> None:
    if role := other_role():
        op.execute(f'REVOKE SELECT ON alembic_version FROM "{role}"')
    op.drop_table("check_result")
    op.drop_table("schedule")


def other_role() -> str | None:
    """The role of DATABASE_URL where it is another than the owner that runs this."""
    role = sa.make_url(current_app.config["SQLALCHEMY_DATABASE_URI"]).username
    owner = op.get_bind().execute(sa.text("SELECT current_user")).scalar_one()
    return role if role and role != owner else None
