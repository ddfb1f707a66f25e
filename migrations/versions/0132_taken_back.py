"""Count what one operator takes back of payouts with everything else that they do with money by hand.

Any payout could be taken back from its person's account by one operator alone, at any amount.
"""

from alembic import op

from migrations.staying import refuse_while

revision = "0132"
down_revision = "0131"

KINDS = "'paid', 'found', 'booked', 'ended', 'explained', 'credited', 'given_back', 'taken_in', 'sent', 'returned'"


def upgrade() -> None:
    _kinds(f"{KINDS}, 'taken_back'")


def downgrade() -> None:
    refuse_while("money_act", "kind = 'taken_back'", "payouts that were taken back")
    _kinds(KINDS)


def _kinds(allowed: str) -> None:
    op.drop_constraint(op.f("ck_money_act_kind"), "money_act", type_="check")
    op.create_check_constraint(op.f("ck_money_act_kind"), "money_act", f"kind IN ({allowed})")
