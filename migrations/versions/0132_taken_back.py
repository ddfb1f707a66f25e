"""Count what one operator takes back of payouts with everything else that they do with money by hand.

Any payout could be taken back from its person's account by one operator alone, at any amount.
"""

import sqlalchemy as sa
from alembic import op

revision = "0132"
down_revision = "0131"

KINDS = "'paid', 'found', 'booked', 'ended', 'explained', 'credited', 'given_back', 'taken_in', 'sent', 'returned'"


def upgrade() -> None:
    _kinds(f"{KINDS}, 'taken_back'")


def downgrade() -> None:
    op.execute(sa.text("DELETE FROM money_act WHERE kind = 'taken_back'"))
    _kinds(KINDS)


def _kinds(allowed: str) -> None:
    op.drop_constraint(op.f("ck_money_act_kind"), "money_act", type_="check")
    op.create_check_constraint(op.f("ck_money_act_kind"), "money_act", f"kind IN ({allowed})")
