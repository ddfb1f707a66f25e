"""Whoever said something of a change that lowers a protection is told when an operator has answered it."""

from alembic import op

revision = "0069"
down_revision = "0068"

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
)


def upgrade() -> None:
    _tell((*BEFORE, "commenter"))


def downgrade() -> None:
    for table in ("notice", "mail"):
        op.execute(f"DELETE FROM {table} WHERE audience = 'commenter'")
    _tell(BEFORE)


def _tell(audiences: tuple[str, ...]) -> None:
    allowed = ", ".join(f"'{each}'" for each in audiences)
    for table in ("notice", "mail"):
        op.drop_constraint(op.f(f"ck_{table}_audience"), table)
        op.create_check_constraint(op.f(f"ck_{table}_audience"), table, f"audience IN ({allowed})")
