"""People are asked once how the work of a gig was, and an operator looks at what is low.

An answer has no column that names a person: only the survey, which its person alone reads, knows its answer. So the
figures and the words can be read without anybody's name, and erasing a person empties their words alone. What was
answered is written once; words can be emptied.
"""

import sqlalchemy as sa
from alembic import op
from flask import current_app

revision = "0056"
down_revision = "0055"

ASKS = ("time", "instructions", "pay", "work", "again")


def upgrade() -> None:
    _answer()
    _survey()
    _concern()
    op.execute(
        "CREATE TRIGGER only_emptied BEFORE UPDATE OF words ON survey_answer"
        " FOR EACH ROW EXECUTE FUNCTION only_emptied('words')"
    )
    role = sa.make_url(current_app.config["SQLALCHEMY_DATABASE_URI"]).username
    if role and role != op.get_bind().execute(sa.text("SELECT current_user")).scalar_one():
        op.execute(f'REVOKE UPDATE, DELETE ON survey_answer FROM "{role}"')
        op.execute(f'GRANT UPDATE (words) ON survey_answer TO "{role}"')


def downgrade() -> None:
    for table in ("survey_concern", "survey", "survey_answer"):
        op.drop_table(table)


def _answer() -> None:
    op.create_table(
        "survey_answer",
        *_ids("id", "gig_id", "company_id"),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        *(sa.Column(f"{ask}_points", sa.Integer(), nullable=False) for ask in ASKS),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("named", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            " AND ".join(f"{ask}_points BETWEEN 1 AND 5" for ask in ASKS), name=op.f("ck_survey_answer_on_the_scale")
        ),
        *_to("survey_answer", "gig", "company"),
        sa.PrimaryKeyConstraint("id", name="pk_survey_answer"),
    )
    op.create_index("ix_survey_answer_gig_id_answered_at", "survey_answer", ["gig_id", "answered_at"])
    op.create_index("ix_survey_answer_company_id", "survey_answer", ["company_id"])


def _survey() -> None:
    op.create_table(
        "survey",
        *_ids("id", "gig_id", "company_id", "contractor_id"),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("closes_at > asked_at", name=op.f("ck_survey_closes_later")),
        sa.CheckConstraint("answer_id IS NULL OR ended_at IS NOT NULL", name=op.f("ck_survey_answered_is_ended")),
        *_to("survey", "gig", "company", "contractor"),
        sa.ForeignKeyConstraint(["answer_id"], ["survey_answer.id"], name="fk_survey_answer_id_survey_answer"),
        sa.PrimaryKeyConstraint("id", name="pk_survey"),
        sa.UniqueConstraint("gig_id", "contractor_id", name="uq_survey_gig_id_contractor_id"),
        sa.UniqueConstraint("answer_id", name="uq_survey_answer_id"),
    )
    op.create_index("ix_survey_contractor_id_id", "survey", ["contractor_id", "id"])


def _concern() -> None:
    asks = ", ".join(f"'{ask}'" for ask in ASKS)
    op.create_table(
        "survey_concern",
        *_ids("id", "gig_id", "company_id"),
        sa.Column("ask", sa.String(20), nullable=False),
        sa.Column("answers", sa.Integer(), nullable=False),
        sa.Column("mean_hundredths", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.Uuid(), nullable=True),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("status", sa.String(20), nullable=False),
        sa.CheckConstraint(f"ask IN ({asks})", name=op.f("ck_survey_concern_ask")),
        sa.CheckConstraint("status IN ('open', 'closed')", name=op.f("ck_survey_concern_status")),
        sa.CheckConstraint("(status = 'closed') = (closed_at IS NOT NULL)", name=op.f("ck_survey_concern_closed_when")),
        sa.CheckConstraint("(closed_at IS NULL) = (closed_by IS NULL)", name=op.f("ck_survey_concern_closed_by_whom")),
        *_to("survey_concern", "gig", "company"),
        sa.ForeignKeyConstraint(["closed_by"], ["person.id"], name="fk_survey_concern_closed_by_person"),
        sa.PrimaryKeyConstraint("id", name="pk_survey_concern"),
        sa.UniqueConstraint("gig_id", "ask", "answers", name="uq_survey_concern_gig_id_ask_answers"),
    )
    op.create_index("ix_survey_concern_company_id", "survey_concern", ["company_id"])
    op.create_index(
        "uq_survey_concern_open",
        "survey_concern",
        ["gig_id", "ask"],
        unique=True,
        postgresql_where=sa.text("status = 'open'"),
    )


def _ids(*names: str) -> list[sa.Column[object]]:
    return [sa.Column(name, sa.Uuid(), nullable=False) for name in names]


def _to(table: str, *others: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([f"{other}_id"], [f"{other}.id"], name=f"fk_{table}_{other}_id_{other}")
        for other in others
    ]
