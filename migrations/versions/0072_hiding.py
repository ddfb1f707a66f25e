"""Words that abuse people are hidden by an operator, and their author can contest it.

The words stay where they are: what is hidden is told by a row beside them, so that lifting it brings them back as they
are. The row refers to them by their id alone, since they stand in several rooms. Of the same words one hiding holds at
a time, and nobody answers a contest who hid or wrote them. Reasons can be emptied and not changed.
"""

import sqlalchemy as sa
from alembic import op
from flask import current_app

revision = "0072"
down_revision = "0071"

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
    "place",
    "commenter",
)
UPDATABLE = (
    "reason, contest, contested_at, answer_by, answer, answered_by, answered_at, lift_reason, lifted_by, lifted_at,"
    " status"
)


def upgrade() -> None:
    _hiding()
    _tell((*BEFORE, "author"))
    op.execute(
        "CREATE TRIGGER only_emptied BEFORE UPDATE OF reason, contest, answer, lift_reason ON hiding"
        " FOR EACH ROW EXECUTE FUNCTION only_emptied('reason', 'contest', 'answer', 'lift_reason')"
    )
    role = sa.make_url(current_app.config["SQLALCHEMY_DATABASE_URI"]).username
    if role and role != op.get_bind().execute(sa.text("SELECT current_user")).scalar_one():
        op.execute(f'REVOKE UPDATE, DELETE ON hiding FROM "{role}"')
        op.execute(f'GRANT UPDATE ({UPDATABLE}) ON hiding TO "{role}"')


def downgrade() -> None:
    for table in ("notice", "mail"):
        op.execute(f"DELETE FROM {table} WHERE audience = 'author'")
    _tell(BEFORE)
    op.drop_table("hiding")


def _hiding() -> None:
    op.create_table(
        "hiding",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("thing_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("hidden_by", sa.Uuid(), nullable=False),
        sa.Column("hidden_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("contest", sa.Text(), nullable=True),
        sa.Column("contested_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lift_reason", sa.Text(), nullable=True),
        sa.Column("lifted_by", sa.Uuid(), nullable=True),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("status", sa.String(20), nullable=False),
        sa.CheckConstraint("kind IN ('comment', 'credit')", name=op.f("ck_hiding_kind")),
        sa.CheckConstraint("status IN ('hidden', 'contested', 'upheld', 'lifted')", name=op.f("ck_hiding_status")),
        sa.CheckConstraint("(status = 'lifted') = (lifted_at IS NOT NULL)", name=op.f("ck_hiding_lifted_when")),
        sa.CheckConstraint(
            "(contested_at IS NULL) = (answer_by IS NULL)", name=op.f("ck_hiding_contested_is_answered_by")
        ),
        sa.CheckConstraint("(answered_at IS NULL) = (answered_by IS NULL)", name=op.f("ck_hiding_answered_by_whom")),
        sa.CheckConstraint(
            "answered_by <> hidden_by AND answered_by <> author_id", name=op.f("ck_hiding_answered_by_another")
        ),
        *(
            sa.ForeignKeyConstraint([column], ["person.id"], name=f"fk_hiding_{column}_person")
            for column in ("author_id", "hidden_by", "answered_by", "lifted_by")
        ),
        sa.PrimaryKeyConstraint("id", name="pk_hiding"),
    )
    op.create_index(
        "uq_hiding_kind_thing_id_author_id",
        "hiding",
        ["kind", "thing_id", "author_id"],
        unique=True,
        postgresql_where=sa.text("status <> 'lifted'"),
    )
    op.create_index("ix_hiding_author_id_id", "hiding", ["author_id", "id"])
    op.create_index("ix_hiding_answer_by", "hiding", ["answer_by"], postgresql_where=sa.text("status = 'contested'"))


def _tell(audiences: tuple[str, ...]) -> None:
    allowed = ", ".join(f"'{each}'" for each in audiences)
    for table in ("notice", "mail"):
        op.drop_constraint(op.f(f"ck_{table}_audience"), table)
        op.create_check_constraint(op.f(f"ck_{table}_audience"), table, f"audience IN ({allowed})")
