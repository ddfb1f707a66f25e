"""The end of an account as a record of its own: why, what was stated, and when nothing was owed any more.

Before, an account could be marked closed and nothing was said of what is still owed. Now it is on its way out
("closing") until everything is paid.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0040"
down_revision = "0039"

STATUSES = ("applied", "vetted", "refused", "suspended")
OUTCOMES = ("vetted", "refused", "suspended", "reinstated", "restricted", "blocked")


def upgrade() -> None:
    _allow("contractor", "status", (*STATUSES, "closing", "closed"))
    _allow("vetting_decision", "outcome", (*OUTCOMES, "closed"))
    op.create_table(
        "closing",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contractor_id", sa.Uuid(), nullable=False),
        sa.Column("decision_id", sa.Uuid(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("notice_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("care_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stated", postgresql.JSONB(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("status", sa.String(20), nullable=False),
        sa.CheckConstraint("(status = 'open') = (ended_at IS NULL)", name=op.f("ck_closing_ended_when")),
        sa.CheckConstraint("status IN ('open', 'done', 'taken_back')", name=op.f("ck_closing_status")),
        sa.ForeignKeyConstraint(["contractor_id"], ["contractor.id"], name="fk_closing_contractor_id_contractor"),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["vetting_decision.id"], name="fk_closing_decision_id_vetting_decision"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_closing"),
    )
    op.create_index(
        "uq_closing_open", "closing", ["contractor_id"], unique=True, postgresql_where=sa.text("status = 'open'")
    )
    op.create_index("ix_closing_status_asked_at", "closing", ["status", "asked_at"])


def downgrade() -> None:
    op.drop_table("closing")
    op.execute("DELETE FROM appeal WHERE id IN (SELECT id FROM vetting_decision WHERE outcome = 'closed')")
    op.execute("DELETE FROM vetting_decision WHERE outcome = 'closed'")
    op.execute("UPDATE contractor SET status = 'closed' WHERE status = 'closing'")
    _allow("vetting_decision", "outcome", OUTCOMES)
    _allow("contractor", "status", (*STATUSES, "closed"))


def _allow(table: str, column: str, options: tuple[str, ...]) -> None:
    name = f"ck_{table}_{column}"
    op.drop_constraint(op.f(name), table)
    listed = ", ".join(f"'{option}'" for option in options)
    op.create_check_constraint(op.f(name), table, f"{column} IN ({listed})")
