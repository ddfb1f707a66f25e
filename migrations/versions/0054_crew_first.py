"""A shift can name a crew of its company that is asked first. Until when follows from the first search for it, which is
stored already."""

import sqlalchemy as sa
from alembic import op

revision = "0054"
down_revision = "0053"


def upgrade() -> None:
    op.add_column("shift", sa.Column("crew_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        "fk_shift_crew_id_company_id_crew", "shift", "crew", ["crew_id", "company_id"], ["id", "company_id"]
    )


def downgrade() -> None:
    op.drop_constraint("fk_shift_crew_id_company_id_crew", "shift", type_="foreignkey")
    op.drop_column("shift", "crew_id")
