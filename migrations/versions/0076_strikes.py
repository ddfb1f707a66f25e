"""What an operator decides to count about a missed shift or a very late no, until it falls off.

A strike rests on a decision with a written reason, and on the finding that a job put before the operators. It keeps
nobody from anything, so no column of a person repeats it. Seats that were given back or missed get an index: a job asks
for them every few minutes, and they are few among all bookings.
"""

import sqlalchemy as sa
from alembic import op

revision = "0076"
down_revision = "0075"

KINDS = ("account_match", "strikes", "paper_ended")
OUTCOMES = ("vetted", "refused", "suspended", "reinstated", "restricted", "blocked", "closed", "withdrawn")


def upgrade() -> None:
    _allow("proposal", "kind", (*KINDS, "strike"))
    _allow("vetting_decision", "outcome", (*OUTCOMES, "struck"))
    op.create_table(
        "strike",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contractor_id", sa.Uuid(), nullable=False),
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("status", sa.String(20), nullable=False),
        sa.CheckConstraint("(status = 'live') = (ended_at IS NULL)", name=op.f("ck_strike_ended_when")),
        sa.CheckConstraint("status IN ('live', 'expired', 'lifted')", name=op.f("ck_strike_status")),
        sa.ForeignKeyConstraint(["contractor_id"], ["contractor.id"], name="fk_strike_contractor_id_contractor"),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name="fk_strike_proposal_id_proposal"),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["vetting_decision.id"], name="fk_strike_decision_id_vetting_decision"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_strike"),
        sa.UniqueConstraint("proposal_id", name="uq_strike_proposal_id"),
        sa.UniqueConstraint("decision_id", name="uq_strike_decision_id"),
    )
    op.create_index("ix_strike_contractor_id", "strike", ["contractor_id"])
    op.create_index("ix_strike_status_expires_at", "strike", ["status", "expires_at"])
    op.create_index(
        "ix_booking_given_up",
        "booking",
        ["contractor_id"],
        postgresql_where=sa.text("status IN ('no_show', 'released')"),
    )


def downgrade() -> None:
    op.drop_index("ix_booking_given_up", "booking")
    op.drop_table("strike")
    # Whoever contested a strike has a row of the same id.
    op.execute("DELETE FROM appeal WHERE id IN (SELECT id FROM vetting_decision WHERE outcome = 'struck')")
    op.execute("DELETE FROM vetting_decision WHERE outcome = 'struck'")
    op.execute("DELETE FROM proposal WHERE kind = 'strike'")
    _allow("vetting_decision", "outcome", OUTCOMES)
    _allow("proposal", "kind", KINDS)


def _allow(table: str, column: str, values: tuple[str, ...]) -> None:
    op.drop_constraint(op.f(f"ck_{table}_{column}"), table)
    listed = ", ".join(f"'{value}'" for value in values)
    op.create_check_constraint(op.f(f"ck_{table}_{column}"), table, f"{column} IN ({listed})")
