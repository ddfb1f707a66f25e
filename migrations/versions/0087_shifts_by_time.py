"""Find a company's shifts by the time at which they begin.

Its calendar, its list of what is to come and its empty seats ask for the shifts of a company in a stretch
of time; the index over the company alone found all that it ever had, and everything else was sorted away. The new one
begins with the same column, so it serves whatever the old one did.
"""

from alembic import op

revision = "0087"
down_revision = "0086"


def upgrade() -> None:
    op.create_index("ix_shift_company_id_starts_at", "shift", ["company_id", "starts_at"])
    op.drop_index("ix_shift_company_id", table_name="shift")


def downgrade() -> None:
    op.create_index("ix_shift_company_id", "shift", ["company_id"])
    op.drop_index("ix_shift_company_id_starts_at", table_name="shift")
