"""When a call of a rail is answered next, so that a rail that is silent is asked again after a pause.

Without one, eight tries were over before a short failure was, and the call waited for a person. The moment also says
which calls another process is answering just now.
"""

import sqlalchemy as sa
from alembic import op
from flask import current_app

revision = "0099"
down_revision = "0098"


def upgrade() -> None:
    op.add_column("rail_event", sa.Column("try_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE rail_event SET try_at = received_at")
    op.alter_column("rail_event", "try_at", nullable=False)
    _index("try_at")
    role = sa.make_url(current_app.config["SQLALCHEMY_DATABASE_URI"]).username
    if role and role != op.get_bind().execute(sa.text("SELECT current_user")).scalar_one():
        op.execute(f'GRANT UPDATE (try_at) ON rail_event TO "{role}"')


def downgrade() -> None:
    _index("received_at")
    op.drop_column("rail_event", "try_at")


def _index(column: str) -> None:
    op.drop_index("ix_rail_event_waiting", table_name="rail_event")
    op.create_index("ix_rail_event_waiting", "rail_event", [column], postgresql_where=sa.text("outcome = 'waiting'"))
