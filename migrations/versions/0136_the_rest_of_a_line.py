"""What came with a payout that came back, and is more than it.

Of 60.00 that were paid 60.01 came back: nobody could book the line, or end it, so its person waited for ever. The
payout is booked, and what is more is a line of its own, which somebody says whose it is, or that it is the service's.
"""

import sqlalchemy as sa
from alembic import op

from migrations.staying import refuse_while

revision = "0136"
down_revision = "0135"

KINDS = (
    "'paid', 'found', 'booked', 'ended', 'explained', 'credited', 'given_back', 'taken_in', 'sent', 'returned', "
    "'taken_back', 'borne'"
)
STATUSES = "'stray', 'matched', 'ending', 'booked', 'sent_back'"


def upgrade() -> None:
    op.add_column("bank_line", sa.Column("rest_of_id", sa.Uuid(), nullable=True))
    op.create_foreign_key("fk_bank_line_rest_of_id_bank_line", "bank_line", "bank_line", ["rest_of_id"], ["id"])
    there = sa.text("rest_of_id IS NOT NULL")
    op.create_index("uq_bank_line_rest_of_id", "bank_line", ["rest_of_id"], unique=True, postgresql_where=there)
    _allow("money_act", "kind", f"kind IN ({KINDS}, 'kept')")
    _allow("bank_line", "status", f"status IN ({STATUSES}, 'kept')")
    _allow("bank_line", "sent_back_has_reason", "(status IN ('ending', 'sent_back', 'kept')) = (reason IS NOT NULL)")


def downgrade() -> None:
    refuse_while("bank_line", "rest_of_id IS NOT NULL OR status = 'kept'", "what came with a payout that came back")
    refuse_while("money_act", "kind = 'kept'", "what the service keeps of what came by bank")
    _allow("bank_line", "sent_back_has_reason", "(status IN ('ending', 'sent_back')) = (reason IS NOT NULL)")
    _allow("bank_line", "status", f"status IN ({STATUSES})")
    _allow("money_act", "kind", f"kind IN ({KINDS})")
    op.drop_column("bank_line", "rest_of_id")


def _allow(table: str, name: str, condition: str) -> None:
    op.drop_constraint(op.f(f"ck_{table}_{name}"), table, type_="check")
    op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, condition)
