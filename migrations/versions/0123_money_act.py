"""Count all that one operator does with money by hand, and let a second one look at what the service bears.

Only what was found to be paid counted towards the limit of two people: not deposits, not lines of bank statements, and
what the service bears, credits, gives back and takes in was for one person to say, at any amount. What one person has
done alone is written down from here on, with what they found and booked before, so that a file or a day that has begun
is counted whole.
"""

import sqlalchemy as sa
from alembic import op
from flask import current_app

from migrations.staying import refuse_while

revision = "0123"
down_revision = "0122"
LINE = "bank_line"
KINDS = "'paid', 'found', 'booked', 'ended', 'explained', 'credited', 'given_back', 'taken_in', 'sent', 'returned'"
BEFORE = "'stray', 'matched', 'booked', 'sent_back'"
STATUSES = "'stray', 'matched', 'ending', 'booked', 'sent_back'"


def upgrade() -> None:
    op.create_table(
        "money_act",
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.CHAR(3), nullable=False),
        sa.Column("said", sa.dialects.postgresql.JSONB(), nullable=False),
        sa.Column("done_by", sa.Uuid(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_money_act_amount_not_negative")),
        sa.CheckConstraint("status = 'waiting' OR said = '{}'", name=op.f("ck_money_act_says_nothing_any_more")),
        sa.CheckConstraint("(answered_by IS NULL) = (answered_at IS NULL)", name=op.f("ck_money_act_answered_when")),
        sa.CheckConstraint("status <> 'agreed' OR answered_by <> done_by", name=op.f("ck_money_act_agreed_by_another")),
        sa.CheckConstraint(f"kind IN ({KINDS})", name=op.f("ck_money_act_kind")),
        sa.CheckConstraint("status IN ('alone', 'waiting', 'agreed', 'withdrawn')", name=op.f("ck_money_act_status")),
        sa.ForeignKeyConstraint(["done_by"], ["person.id"], name="fk_money_act_done_by_person"),
        sa.ForeignKeyConstraint(["answered_by"], ["person.id"], name="fk_money_act_answered_by_person"),
        sa.PrimaryKeyConstraint("id", name="pk_money_act"),
    )
    waiting, by_file = sa.text("status = 'waiting'"), sa.text("file_id IS NOT NULL")
    op.create_index("uq_money_act_subject", "money_act", ["subject"], unique=True, postgresql_where=waiting)
    op.create_index("ix_money_act_done_by_done_at", "money_act", ["done_by", "done_at"])
    op.create_index("ix_money_act_done_by_file_id", "money_act", ["done_by", "file_id"], postgresql_where=by_file)
    op.create_index("ix_money_act_answered_by", "money_act", ["answered_by"])
    _before()
    _line_may(STATUSES, "status IN ('ending', 'sent_back')", "'stray', 'matched', 'ending'")
    role = sa.make_url(current_app.config["SQLALCHEMY_DATABASE_URI"]).username
    if role and role != op.get_bind().execute(sa.text("SELECT current_user")).scalar_one():
        op.execute(f'REVOKE UPDATE, DELETE ON money_act FROM "{role}"')
        op.execute(f'GRANT UPDATE (status, said, answered_by, answered_at) ON money_act TO "{role}"')


def downgrade() -> None:
    refuse_while("money_act", "status = 'waiting'", "what waits for a second person")
    op.execute("UPDATE bank_line SET status = 'stray', reason = NULL, matched_by = NULL WHERE status = 'ending'")
    _line_may(BEFORE, "status = 'sent_back'", "'stray', 'matched'")
    op.drop_table("money_act")


def _before() -> None:
    """What each person has found, and booked, alone: also that a payout or a refund did not happen, which makes it
    payable again, and what came back as the whole payout."""
    op.execute(
        """
        INSERT INTO money_act (id, kind, subject, file_id, amount, currency, said, done_by, done_at, status)
        SELECT gen_random_uuid(), 'found', op.id::text, by_hand.file_id, op.amount, op.currency, '{}', found.found_by,
               found.found_at, 'alone'
        FROM payment_finding found
        JOIN payment_op op ON op.id = found.payment_op_id
        LEFT JOIN manual_payment by_hand ON by_hand.payment_op_id = op.id
        WHERE found.status = 'holds' AND found.answered_by IS NULL
          AND (op.kind IN ('payout', 'refund')
               OR found.outcome = 'happened' AND op.kind IN ('deposit', 'reversal'))
          AND NOT EXISTS (SELECT FROM bank_line WHERE bank_line.payment_op_id = op.id)
        """
    )
    op.execute(
        """
        INSERT INTO money_act (id, kind, subject, file_id, amount, currency, said, done_by, done_at, status)
        SELECT gen_random_uuid(), CASE line.status WHEN 'booked' THEN 'booked' ELSE 'ended' END, line.id::text,
               line.statement_id, coalesce(payout.amount, line.amount), coalesce(payout.currency, line.currency), '{}',
               line.decided_by, line.decided_at, 'alone'
        FROM bank_line line
        LEFT JOIN payment_op payout ON payout.id = line.payment_op_id AND line.kind = 'came_back'
        WHERE line.status IN ('booked', 'sent_back') AND coalesce(line.matched_by, line.decided_by) = line.decided_by
          AND coalesce(line.reason, '') <> 'The bank has taken it back.'
        """
    )


def _line_may(statuses: str, has_reason: str, waiting: str) -> None:
    """What a line may be, when it says why, and which lines somebody looks for."""
    op.drop_constraint(op.f("ck_bank_line_status"), LINE)
    op.create_check_constraint(op.f("ck_bank_line_status"), LINE, f"status IN ({statuses})")
    op.drop_constraint(op.f("ck_bank_line_sent_back_has_reason"), LINE)
    op.create_check_constraint(
        op.f("ck_bank_line_sent_back_has_reason"), LINE, f"({has_reason}) = (reason IS NOT NULL)"
    )
    op.drop_index("ix_bank_line_waiting", LINE)
    op.create_index("ix_bank_line_waiting", LINE, ["id"], postgresql_where=sa.text(f"status IN ({waiting})"))
