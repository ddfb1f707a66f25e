"""Whose money it is that waits for a second person.

An act named its person by a text, which no foreign key knew: somebody could be erased while what another provider had
sent for them, with the number of their account, waited for ever.
"""

import sqlalchemy as sa
from alembic import op

from migrations.staying import refuse_while

revision = "0130"
down_revision = "0129"

FILLED = """
UPDATE money_act act SET contractor_id = coalesce(
    (SELECT contractor_id FROM withholding WHERE act.kind = 'given_back' AND withholding.id::text = act.subject),
    (SELECT contractor_id FROM benefit_transfer moved
     WHERE act.kind IN ('sent', 'returned') AND moved.id::text = act.subject),
    (SELECT id FROM contractor WHERE act.kind = 'taken_in' AND contractor.id::text = act.subject)
)
WHERE kind IN ('given_back', 'sent', 'returned', 'taken_in')
"""


def upgrade() -> None:
    op.add_column("money_act", sa.Column("contractor_id", sa.Uuid(), nullable=True))
    op.create_foreign_key("fk_money_act_contractor_id_contractor", "money_act", "contractor", ["contractor_id"], ["id"])
    named = sa.text("contractor_id IS NOT NULL")
    op.create_index("ix_money_act_contractor_id", "money_act", ["contractor_id"], postgresql_where=named)
    op.execute(FILLED)


def downgrade() -> None:
    refuse_while(
        "money_act",
        "status = 'waiting' AND kind = 'taken_in'",
        "what was sent for somebody and waits for a second person",
    )
    op.execute("UPDATE money_act SET subject = contractor_id::text WHERE kind = 'taken_in'")
    op.drop_index("ix_money_act_contractor_id", "money_act")
    op.drop_column("money_act", "contractor_id")
