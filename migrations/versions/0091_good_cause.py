"""An operator may find that a late no counts, though its person stated a cause.

Until now only a missed shift or a very late no came before somebody who could excuse it. What is stated for any late no
is answered in writing, and a no to it is a decision that can be contested, so it needs an outcome of its own.
"""

from alembic import op

revision = "0091"
down_revision = "0090"

OUTCOMES = ("vetted", "refused", "suspended", "reinstated", "restricted", "blocked", "closed", "withdrawn", "struck")


def upgrade() -> None:
    _allow((*OUTCOMES, "counted"))


def downgrade() -> None:
    op.execute(
        "UPDATE proposal SET status = 'expired', decided_by = NULL, decision_id = NULL WHERE decision_id IN"
        " (SELECT id FROM vetting_decision WHERE outcome = 'counted')"
    )
    op.execute("DELETE FROM appeal WHERE id IN (SELECT id FROM vetting_decision WHERE outcome = 'counted')")
    op.execute("DELETE FROM vetting_decision WHERE outcome = 'counted'")
    _allow(OUTCOMES)


def _allow(values: tuple[str, ...]) -> None:
    op.drop_constraint(op.f("ck_vetting_decision_outcome"), "vetting_decision")
    listed = ", ".join(f"'{value}'" for value in values)
    op.create_check_constraint(op.f("ck_vetting_decision_outcome"), "vetting_decision", f"outcome IN ({listed})")
