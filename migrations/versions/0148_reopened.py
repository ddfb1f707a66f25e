"""What was said of a line of a bank statement can be taken back.

A transfer that somebody kept for the service, or wrote down as sent back, was so for ever, also by mistake. Two people
take it back; what was said before, and why it was wrong, is kept, and is never changed.
"""

import sqlalchemy as sa
from alembic import op
from flask import current_app

from migrations.staying import refuse_while

revision = "0148"
down_revision = "0147"

KINDS = (
    "'paid', 'found', 'booked', 'ended', 'explained', 'credited', 'given_back', 'taken_in', 'sent', 'returned', "
    "'taken_back', 'borne', 'kept', 'granted'"
)
STATUSES = "'stray', 'matched', 'ending', 'booked', 'sent_back', 'kept'"


def upgrade() -> None:
    op.create_table(
        "line_reopening",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("was", sa.String(20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("said_by", sa.Uuid(), nullable=False),
        sa.Column("agreed_by", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("said_by <> agreed_by", name=op.f("ck_line_reopening_two_people")),
        sa.CheckConstraint(f"was IN ({STATUSES})", name=op.f("ck_line_reopening_was")),
        sa.ForeignKeyConstraint(["line_id"], ["bank_line.id"], name="fk_line_reopening_line_id_bank_line"),
        sa.ForeignKeyConstraint(["said_by"], ["person.id"], name="fk_line_reopening_said_by_person"),
        sa.ForeignKeyConstraint(["agreed_by"], ["person.id"], name="fk_line_reopening_agreed_by_person"),
        sa.PrimaryKeyConstraint("id", name="pk_line_reopening"),
    )
    op.create_index("ix_line_reopening_line_id", "line_reopening", ["line_id"])
    _allow(f"kind IN ({KINDS}, 'reopened')")
    role = sa.make_url(current_app.config["SQLALCHEMY_DATABASE_URI"]).username
    if role and role != op.get_bind().execute(sa.text("SELECT current_user")).scalar_one():
        op.execute(f'REVOKE UPDATE, DELETE ON line_reopening FROM "{role}"')


def downgrade() -> None:
    refuse_while("line_reopening", "true", "what was taken back of lines of bank statements")
    refuse_while("money_act", "kind = 'reopened'", "what is to be taken back of lines of bank statements")
    _allow(f"kind IN ({KINDS})")
    op.drop_table("line_reopening")


def _allow(condition: str) -> None:
    op.drop_constraint(op.f("ck_money_act_kind"), "money_act", type_="check")
    op.create_check_constraint(op.f("ck_money_act_kind"), "money_act", condition)
