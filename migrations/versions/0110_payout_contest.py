"""What somebody says against what became of a payout to them, and the answer of a human.

A payout that was refused, held back or taken back was told of and could be tried again, and nobody had to answer
whoever said that it was wrong. What they were told is kept with it, since the next try has words of its own. All words
are emptied when the person is erased.

An account that an operator has refused may be the person's after all: the status of a payout method knew no way back,
and needs none in the table, since its status is written by `move()`.
"""

import sqlalchemy as sa
from alembic import op
from flask import current_app

from migrations.staying import refuse_while

revision = "0110"
down_revision = "0109"


def upgrade() -> None:
    op.create_table(
        "payout_contest",
        sa.Column("payment_op_id", sa.Uuid(), nullable=False),
        sa.Column("contractor_id", sa.Uuid(), nullable=False),
        sa.Column("decision", sa.String(20), nullable=False),
        sa.Column("refusal_code", sa.Text(), nullable=True),
        sa.Column("told", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("decision IN ('refused', 'parked', 'taken_back')", name=op.f("ck_payout_contest_decision")),
        sa.CheckConstraint(
            "status IN ('open', 'upheld', 'overturned', 'lapsed')", name=op.f("ck_payout_contest_status")
        ),
        sa.CheckConstraint("(status = 'open') = (answered_at IS NULL)", name=op.f("ck_payout_contest_answered_when")),
        sa.CheckConstraint(
            "(status IN ('upheld', 'overturned')) = (answered_by IS NOT NULL)",
            name=op.f("ck_payout_contest_answered_by_somebody"),
        ),
        sa.ForeignKeyConstraint(
            ["payment_op_id"], ["payment_op.id"], name="fk_payout_contest_payment_op_id_payment_op"
        ),
        sa.ForeignKeyConstraint(
            ["contractor_id"], ["contractor.id"], name="fk_payout_contest_contractor_id_contractor"
        ),
        sa.ForeignKeyConstraint(["answered_by"], ["person.id"], name="fk_payout_contest_answered_by_person"),
        sa.PrimaryKeyConstraint("id", name="pk_payout_contest"),
        sa.UniqueConstraint("payment_op_id", name="uq_payout_contest_payment_op_id"),
    )
    op.create_index("ix_payout_contest_contractor_id", "payout_contest", ["contractor_id"])
    op.create_index("ix_payout_contest_status_answer_by", "payout_contest", ["status", "answer_by"])
    role = sa.make_url(current_app.config["SQLALCHEMY_DATABASE_URI"]).username
    if role and role != op.get_bind().execute(sa.text("SELECT current_user")).scalar_one():
        op.execute(f'REVOKE UPDATE, DELETE ON payout_contest FROM "{role}"')
        op.execute(
            f'GRANT UPDATE (status, answered_at, answered_by, answer, words, told) ON payout_contest TO "{role}"'
        )


def downgrade() -> None:
    refuse_while("payout_contest", "true", "what people said against what became of their pay")
    op.drop_table("payout_contest")
