"""Questions of people about gigs: threads and their words, what waits for a first reply, what instructions leave open.

Words are written once and can be emptied, as in a dispute. A thread knows a shift by its id alone, because shifts ask
messages which time waited for an answer, and not the other way round.
"""

import sqlalchemy as sa
from alembic import op
from flask import current_app

revision = "0052"
down_revision = "0051"

TABLES = ("thread", "thread_message", "question", "instruction_defect", "published_answer")
OPEN = "answered_at IS NULL AND withdrawn_at IS NULL"


def upgrade() -> None:
    _thread()
    _thread_message()
    _question()
    _instruction_defect()
    _published_answer()
    op.execute(
        "CREATE TRIGGER only_emptied BEFORE UPDATE OF words ON thread_message"
        " FOR EACH ROW EXECUTE FUNCTION only_emptied('words')"
    )
    role = sa.make_url(current_app.config["SQLALCHEMY_DATABASE_URI"]).username
    if role and role != op.get_bind().execute(sa.text("SELECT current_user")).scalar_one():
        op.execute(f'REVOKE UPDATE, DELETE ON thread_message, published_answer FROM "{role}"')
        op.execute(f'GRANT UPDATE (words) ON thread_message TO "{role}"')


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)


def _thread() -> None:
    op.create_table(
        "thread",
        *_ids("id", "gig_id", "company_id", "contractor_id"),
        sa.Column("shift_id", sa.Uuid(), nullable=True),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.CheckConstraint("status IN ('waiting', 'answered', 'closed')", name=op.f("ck_thread_status")),
        *_to("thread", "gig", "company", "contractor"),
        sa.PrimaryKeyConstraint("id", name="pk_thread"),
    )
    op.create_index("ix_thread_contractor_id_id", "thread", ["contractor_id", "id"])
    op.create_index("ix_thread_company_id_id", "thread", ["company_id", "id"])
    op.create_index("ix_thread_gig_id", "thread", ["gig_id"])


def _thread_message() -> None:
    op.create_table(
        "thread_message",
        *_ids("id", "thread_id"),
        sa.Column("side", sa.String(20), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        *_ids("said_by"),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("side IN ('contractor', 'company')", name=op.f("ck_thread_message_side")),
        *_to("thread_message", "thread"),
        sa.ForeignKeyConstraint(["said_by"], ["person.id"], name="fk_thread_message_said_by_person"),
        sa.PrimaryKeyConstraint("id", name="pk_thread_message"),
    )
    op.create_index("ix_thread_message_thread_id_id", "thread_message", ["thread_id", "id"])
    op.create_index("ix_thread_message_said_by_said_at", "thread_message", ["said_by", "said_at"])


def _question() -> None:
    op.create_table(
        "question",
        *_ids("id", "thread_id", "gig_id", "company_id", "contractor_id"),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("part", sa.Integer(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        *(sa.Column(name, sa.DateTime(timezone=True)) for name in ("answered_at", "withdrawn_at", "told_at")),
        sa.CheckConstraint("due_at > asked_at", name=op.f("ck_question_due_later")),
        sa.CheckConstraint("answered_at IS NULL OR withdrawn_at IS NULL", name=op.f("ck_question_ended_once")),
        sa.CheckConstraint("(part IS NULL) = (version IS NULL)", name=op.f("ck_question_part_of_a_version")),
        *_to("question", "thread", "gig", "company", "contractor"),
        sa.PrimaryKeyConstraint("id", name="pk_question"),
    )
    op.create_index("ix_question_thread_id", "question", ["thread_id"])
    op.create_index("ix_question_gig_id_contractor_id", "question", ["gig_id", "contractor_id"])
    op.create_index("ix_question_company_id_asked_at", "question", ["company_id", "asked_at"])
    untold = sa.text(f"{OPEN} AND told_at IS NULL")
    op.create_index("ix_question_due_at", "question", ["due_at"], postgresql_where=untold)


def _instruction_defect() -> None:
    op.create_table(
        "instruction_defect",
        *_ids("id", "gig_id", "company_id"),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("status", sa.String(20), nullable=False),
        sa.CheckConstraint("(status = 'open') = (closed_at IS NULL)", name=op.f("ck_instruction_defect_closed_when")),
        sa.CheckConstraint("status IN ('open', 'rewritten', 'explained')", name=op.f("ck_instruction_defect_status")),
        *_to("instruction_defect", "gig", "company"),
        sa.PrimaryKeyConstraint("id", name="pk_instruction_defect"),
    )
    op.create_index("ix_instruction_defect_company_id", "instruction_defect", ["company_id"])
    op.create_index(
        "uq_instruction_defect_gig_id_version_part",
        "instruction_defect",
        ["gig_id", "version", "part"],
        unique=True,
        postgresql_where=sa.text("status = 'open'"),
    )


def _published_answer() -> None:
    op.create_table(
        "published_answer",
        *_ids("id", "gig_id", "company_id"),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("part", sa.Integer(), nullable=True),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        *_ids("published_by"),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(part IS NULL) = (version IS NULL)", name=op.f("ck_published_answer_part_of_a_version")),
        *_to("published_answer", "gig", "company"),
        sa.ForeignKeyConstraint(["published_by"], ["person.id"], name="fk_published_answer_published_by_person"),
        sa.PrimaryKeyConstraint("id", name="pk_published_answer"),
    )
    op.create_index("ix_published_answer_company_id", "published_answer", ["company_id"])
    op.create_index("ix_published_answer_gig_id_id", "published_answer", ["gig_id", "id"])


def _ids(*names: str) -> list[sa.Column[object]]:
    return [sa.Column(name, sa.Uuid(), nullable=False) for name in names]


def _to(table: str, *others: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([f"{other}_id"], [f"{other}.id"], name=f"fk_{table}_{other}_id_{other}")
        for other in others
    ]
