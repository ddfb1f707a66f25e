"""What somebody showed may hold until a day: then they are told before it, and new offers rest after it.

The day stands with the requirement, since it is what an operator accepted; a declaration may be exchanged. What was
accepted before takes the day that was declared then. Whatever of that is over already lets new offers rest at the next
look, as it should have: the person is told what to do, and nothing else is touched.
"""

import sqlalchemy as sa
from alembic import op

revision = "0062"
down_revision = "0061"

SOURCES = ("operator", "company", "match")
KINDS = ("account_match", "strikes")


def upgrade() -> None:
    op.add_column("requirement", sa.Column("valid_until", sa.Date(), nullable=True))
    op.add_column("requirement", sa.Column("reminded_days", sa.SmallInteger(), nullable=True))
    op.create_check_constraint(
        op.f("ck_requirement_reminded_of_an_end"), "requirement", "valid_until IS NOT NULL OR reminded_days IS NULL"
    )
    for kind, table, day in (
        ("identity", "identity_declaration", "expires_on"),
        ("right_to_work", "work_declaration", "until"),
    ):
        op.execute(
            f"UPDATE requirement SET valid_until = {table}.{day} FROM {table}"
            f" WHERE {table}.contractor_id = requirement.contractor_id"
            f" AND requirement.kind = '{kind}' AND requirement.status = 'met'"
        )
    op.create_index(
        "ix_requirement_valid_until",
        "requirement",
        ["valid_until"],
        postgresql_where=sa.text("valid_until IS NOT NULL"),
    )
    _allow("proposal", "kind", (*KINDS, "paper_ended"))
    _allow("restriction", "source", (*SOURCES, "paper"))
    _rest("source IN ('match', 'paper')")


def downgrade() -> None:
    op.execute("DELETE FROM restriction WHERE source = 'paper'")
    op.execute("DELETE FROM proposal WHERE kind = 'paper_ended'")
    _rest("source = 'match'")
    _allow("restriction", "source", SOURCES)
    _allow("proposal", "kind", KINDS)
    op.drop_index("ix_requirement_valid_until", "requirement")
    op.drop_constraint(op.f("ck_requirement_reminded_of_an_end"), "requirement")
    op.drop_column("requirement", "reminded_days")
    op.drop_column("requirement", "valid_until")


def _allow(table: str, column: str, values: tuple[str, ...]) -> None:
    op.drop_constraint(op.f(f"ck_{table}_{column}"), table)
    listed = ", ".join(f"'{value}'" for value in values)
    op.create_check_constraint(op.f(f"ck_{table}_{column}"), table, f"{column} IN ({listed})")


def _rest(paused: str) -> None:
    """Nobody decided what rests while somebody looks."""
    for name, sentence in (
        ("decided_unless_paused", f"({paused}) = (decision_id IS NULL)"),
        ("paused_by_proposal", f"({paused}) = (proposal_id IS NOT NULL)"),
    ):
        op.drop_constraint(op.f(f"ck_restriction_{name}"), "restriction")
        op.create_check_constraint(op.f(f"ck_restriction_{name}"), "restriction", sentence)
