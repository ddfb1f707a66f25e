"""Banks that only ask, deadlines that move, and reminders of them.

A bank may ask about a deposit before it takes it back, and people were told nothing of that. Its deadline stood as it
was told first, although banks move it, and nobody was reminded. `read_at` is when the rail was asked last: of two
processes that read the same dispute, the one that read it first and writes last must not put an old deadline back.
"""

import sqlalchemy as sa
from alembic import op
from flask import current_app

from migrations.staying import refuse_while

revision = "0125"
down_revision = "0124"

OLD, NEW = "'open', 'under_review', 'won', 'lost'", "'inquiry', 'inquiry_reviewed', 'inquiry_closed'"
EFFECTS = "'decline', 'fail', 'lose_answer', 'keep_fee', 'charge_back'"


def upgrade() -> None:
    _replace("chargeback", "status", f"status IN ({NEW}, {OLD})")
    _replace("chargeback", "ended_when", "(status IN ('won', 'lost', 'inquiry_closed')) = (ended_at IS NOT NULL)")
    _replace("sandbox_lever", "effect", f"effect IN ({EFFECTS}, 'inquire')")
    op.add_column("sandbox_call", sa.Column("inquired_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("chargeback", sa.Column("reminded_days", sa.SmallInteger(), nullable=True))
    read_at = sa.Column("read_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now())
    op.add_column("chargeback", read_at)
    op.alter_column("chargeback", "read_at", server_default=None)
    role = sa.make_url(current_app.config["SQLALCHEMY_DATABASE_URI"]).username
    if role and role != op.get_bind().execute(sa.text("SELECT current_user")).scalar_one():
        op.execute(f'GRANT UPDATE (due_by, read_at, reminded_days) ON chargeback TO "{role}"')


def downgrade() -> None:
    refuse_while("chargeback", "status LIKE 'inquiry%'", "questions of banks")
    op.execute("DELETE FROM sandbox_lever WHERE effect = 'inquire'")
    op.drop_column("chargeback", "read_at")
    op.drop_column("chargeback", "reminded_days")
    op.drop_column("sandbox_call", "inquired_at")
    _replace("sandbox_lever", "effect", f"effect IN ({EFFECTS})")
    _replace("chargeback", "ended_when", "(status IN ('won', 'lost')) = (ended_at IS NOT NULL)")
    _replace("chargeback", "status", f"status IN ({OLD})")


def _replace(table: str, name: str, condition: str) -> None:
    op.drop_constraint(op.f(f"ck_{table}_{name}"), table, type_="check")
    op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, condition)
