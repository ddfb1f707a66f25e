"""What lowers a protection of a place is open to comments before it holds.

One comment a person and change, which its person may write anew and which can be emptied; an operator's answer is
written once and can be emptied. A change that waited already was announced to nobody: its fourteen days begin now.
Contractors of a place are a new audience of notices.
"""

import sqlalchemy as sa
from alembic import op
from flask import current_app

revision = "0061"
down_revision = "0060"

BEFORE = (
    "person",
    "contractor",
    "gigs",
    "timesheets",
    "money",
    "members",
    "vetting",
    "finance",
    "admin",
    "disputes",
    "standards",
)


def upgrade() -> None:
    op.add_column("region_change", sa.Column("comments_until", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE region_change SET comments_until = now() + interval '14 days' WHERE status = 'waiting'")
    op.create_check_constraint(
        op.f("ck_region_change_waiting_is_announced"),
        "region_change",
        "status <> 'waiting' OR comments_until IS NOT NULL",
    )
    _answer()
    _comment()
    _tell((*BEFORE, "place"))
    op.execute(
        "CREATE TRIGGER only_emptied BEFORE UPDATE OF words ON region_answer"
        " FOR EACH ROW EXECUTE FUNCTION only_emptied('words')"
    )
    role = sa.make_url(current_app.config["SQLALCHEMY_DATABASE_URI"]).username
    if role and role != op.get_bind().execute(sa.text("SELECT current_user")).scalar_one():
        op.execute(f'REVOKE UPDATE, DELETE ON region_answer, region_comment FROM "{role}"')
        op.execute(f'GRANT UPDATE (words) ON region_answer TO "{role}"')
        op.execute(f'GRANT UPDATE (words, edited_at, answer_id) ON region_comment TO "{role}"')


def downgrade() -> None:
    for table in ("notice", "mail"):
        op.execute(f"DELETE FROM {table} WHERE audience = 'place'")
    _tell(BEFORE)
    for table in ("region_comment", "region_answer"):
        op.drop_table(table)
    op.drop_constraint(op.f("ck_region_change_waiting_is_announced"), "region_change")
    op.drop_column("region_change", "comments_until")


def _answer() -> None:
    op.create_table(
        "region_answer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("change_id", sa.Uuid(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("answered_by", sa.Uuid(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["change_id"], ["region_change.id"], name="fk_region_answer_change_id_region_change"),
        sa.PrimaryKeyConstraint("id", name="pk_region_answer"),
    )
    op.create_index("ix_region_answer_change_id", "region_answer", ["change_id"])


def _comment() -> None:
    op.create_table(
        "region_comment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("change_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("speaker", sa.String(20), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("speaker IN ('person', 'company', 'operator')", name=op.f("ck_region_comment_speaker")),
        sa.ForeignKeyConstraint(["change_id"], ["region_change.id"], name="fk_region_comment_change_id_region_change"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_region_comment_person_id_person"),
        sa.ForeignKeyConstraint(["answer_id"], ["region_answer.id"], name="fk_region_comment_answer_id_region_answer"),
        sa.PrimaryKeyConstraint("id", name="pk_region_comment"),
        sa.UniqueConstraint("change_id", "person_id", name="uq_region_comment_change_id_person_id"),
    )
    op.create_index(
        "ix_region_comment_unanswered",
        "region_comment",
        ["change_id"],
        postgresql_where=sa.text("answer_id IS NULL AND words <> ''"),
    )
    op.create_index("ix_region_comment_person_id", "region_comment", ["person_id"])


def _tell(audiences: tuple[str, ...]) -> None:
    allowed = ", ".join(f"'{each}'" for each in audiences)
    for table in ("notice", "mail"):
        op.drop_constraint(op.f(f"ck_{table}_audience"), table)
        op.create_check_constraint(op.f(f"ck_{table}_audience"), table, f"audience IN ({allowed})")
