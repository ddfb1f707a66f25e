"""What somebody says against one decision of matching, and the answer of a human.

Whoever was, or was not, asked for a shift could read why, and say nothing against it. What they were told is kept with
it: the plan's input is forgotten after 90 days, and the weights may be others by then. The words of both are emptied
when the person is erased; what was told stays as it was.
"""

import sqlalchemy as sa
from alembic import op
from flask import current_app
from sqlalchemy.dialects import postgresql

revision = "0107"
down_revision = "0106"


def upgrade() -> None:
    op.create_table(
        "match_contest",
        sa.Column("shift_id", sa.Uuid(), nullable=False),
        sa.Column("contractor_id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=True),
        sa.Column("offer_id", sa.Uuid(), nullable=True),
        sa.Column("outcome", sa.String(20), nullable=False),
        sa.Column("told", postgresql.JSONB(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('offered', 'not_needed', 'not_eligible', 'exchanged', 'together', 'asked_before', "
            "'beyond_wave', 'crew_first', 'too_late')",
            name=op.f("ck_match_contest_outcome"),
        ),
        sa.CheckConstraint(
            "status IN ('open', 'upheld', 'overturned', 'lapsed')", name=op.f("ck_match_contest_status")
        ),
        sa.CheckConstraint("(status = 'open') = (answered_at IS NULL)", name=op.f("ck_match_contest_answered_when")),
        sa.CheckConstraint(
            "(status IN ('upheld', 'overturned')) = (answered_by IS NOT NULL)",
            name=op.f("ck_match_contest_answered_by_somebody"),
        ),
        sa.ForeignKeyConstraint(["shift_id"], ["shift.id"], name="fk_match_contest_shift_id_shift"),
        sa.ForeignKeyConstraint(["contractor_id"], ["contractor.id"], name="fk_match_contest_contractor_id_contractor"),
        sa.ForeignKeyConstraint(["run_id"], ["match_run.id"], name="fk_match_contest_run_id_match_run"),
        sa.ForeignKeyConstraint(["offer_id"], ["offer.id"], name="fk_match_contest_offer_id_offer"),
        sa.ForeignKeyConstraint(["answered_by"], ["person.id"], name="fk_match_contest_answered_by_person"),
        sa.PrimaryKeyConstraint("id", name="pk_match_contest"),
        sa.UniqueConstraint("shift_id", "contractor_id", name="uq_match_contest_shift_id_contractor_id"),
    )
    op.create_index("ix_match_contest_contractor_id", "match_contest", ["contractor_id"])
    op.create_index("ix_match_contest_status_answer_by", "match_contest", ["status", "answer_by"])
    role = sa.make_url(current_app.config["SQLALCHEMY_DATABASE_URI"]).username
    if role and role != op.get_bind().execute(sa.text("SELECT current_user")).scalar_one():
        op.execute(f'REVOKE UPDATE, DELETE ON match_contest FROM "{role}"')
        op.execute(f'GRANT UPDATE (status, answered_at, answered_by, answer, words) ON match_contest TO "{role}"')


def downgrade() -> None:
    op.drop_table("match_contest")
