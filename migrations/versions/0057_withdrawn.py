"""What was given without a test can be taken back, by a decision that is contested like any other about a person.

A decision now names the company whose member took it, so that an appeal against it knows whose side not to take; those
that were blocks are told apart by their restriction until now. One that was taken back in the moment in which it was
given ends when it begins.
"""

import sqlalchemy as sa
from alembic import op

revision = "0057"
down_revision = "0056"

OUTCOMES = ("vetted", "refused", "suspended", "reinstated", "restricted", "blocked", "closed")


def upgrade() -> None:
    _allow((*OUTCOMES, "withdrawn"))
    op.add_column("vetting_decision", sa.Column("company_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        "fk_vetting_decision_company_id_company", "vetting_decision", "company", ["company_id"], ["id"]
    )
    op.execute(
        "UPDATE vetting_decision SET company_id = restriction.company_id FROM restriction"
        " WHERE restriction.decision_id = vetting_decision.id AND vetting_decision.outcome = 'blocked'"
    )
    op.add_column("holding", sa.Column("until_before", sa.DateTime(timezone=True), nullable=True))
    op.add_column("holding", sa.Column("withdrawal_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        "fk_holding_withdrawal_id_vetting_decision", "holding", "vetting_decision", ["withdrawal_id"], ["id"]
    )
    op.create_index(
        "ix_holding_withdrawal_id", "holding", ["withdrawal_id"], postgresql_where=sa.text("withdrawal_id IS NOT NULL")
    )
    _check("withdrawn_by_a_decision", "until_before IS NULL OR withdrawal_id IS NOT NULL")
    _check("only_granted_is_withdrawn", "withdrawal_id IS NULL OR granted_by IS NOT NULL")
    op.drop_constraint(op.f("ck_holding_ends_after_it_begins"), "holding")
    _check("ends_after_it_begins", "until >= since")


def downgrade() -> None:
    # What was taken back stays so: the end of the holding says it.
    op.execute("UPDATE holding SET until = since + interval '1 second' WHERE until = since")
    op.drop_constraint(op.f("ck_holding_ends_after_it_begins"), "holding")
    _check("ends_after_it_begins", "until > since")
    op.drop_constraint(op.f("ck_holding_only_granted_is_withdrawn"), "holding")
    op.drop_constraint(op.f("ck_holding_withdrawn_by_a_decision"), "holding")
    op.drop_index("ix_holding_withdrawal_id", "holding")
    op.drop_column("holding", "withdrawal_id")
    op.drop_column("holding", "until_before")
    op.drop_column("vetting_decision", "company_id")
    op.execute("DELETE FROM appeal WHERE id IN (SELECT id FROM vetting_decision WHERE outcome = 'withdrawn')")
    op.execute("DELETE FROM vetting_decision WHERE outcome = 'withdrawn'")
    _allow(OUTCOMES)


def _allow(outcomes: tuple[str, ...]) -> None:
    op.drop_constraint(op.f("ck_vetting_decision_outcome"), "vetting_decision")
    listed = ", ".join(f"'{outcome}'" for outcome in outcomes)
    op.create_check_constraint(op.f("ck_vetting_decision_outcome"), "vetting_decision", f"outcome IN ({listed})")


def _check(name: str, sentence: str) -> None:
    op.create_check_constraint(op.f(f"ck_holding_{name}"), "holding", sentence)
