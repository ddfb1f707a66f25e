"""An invitation has a name and an answer of its own, so that a company learns from neither whether an account is there.

Whoever confirmed their address had answered all who invited them, as far as these were told until now.
"""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"


def upgrade() -> None:
    op.add_column("invitation", sa.Column("name", sa.Text(), nullable=False, server_default=""))
    op.alter_column("invitation", "name", server_default=None)
    op.add_column("invitation", sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(
        "UPDATE invitation SET name = person.name, answered_at = person.confirmed_at FROM person"
        " WHERE person.id = invitation.person_id"
    )


def downgrade() -> None:
    op.drop_column("invitation", "answered_at")
    op.drop_column("invitation", "name")
