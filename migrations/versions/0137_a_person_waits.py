"""Whose money waits is a person to what counts acts by hand.

The acts stand in the standards, below the contractors, and a key that points up ties both rooms together. A contractor
has the id of their person, so the same column says the same.
"""

from alembic import op

revision = "0137"
down_revision = "0136"

TO = "fk_money_act_contractor_id_{}"


def upgrade() -> None:
    _point("contractor", "person")


def downgrade() -> None:
    _point("person", "contractor")


def _point(before: str, after: str) -> None:
    op.drop_constraint(TO.format(before), "money_act", type_="foreignkey")
    op.create_foreign_key(TO.format(after), "money_act", after, ["contractor_id"], ["id"])
