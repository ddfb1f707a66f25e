"""A line of pieces that a ruling restored may pay nothing for them: a top-up has paid their time before. It counts
them all the same.
"""

from alembic import op

from migrations.staying import refuse_while

revision = "0139"
down_revision = "0138"


def upgrade() -> None:
    _worth("amount > 0 OR seconds > 0 OR pieces > 0")


def downgrade() -> None:
    refuse_while("pay_line", "amount = 0 AND seconds = 0", "lines that count pieces which were paid before")
    _worth("amount > 0 OR seconds > 0")


def _worth(something: str) -> None:
    op.drop_constraint(op.f("ck_pay_line_worth_something"), "pay_line", type_="check")
    op.create_check_constraint(op.f("ck_pay_line_worth_something"), "pay_line", something)
