"""Proposals of jobs and rules, and what accounts are seen with.

A machine decides about nobody: what it finds is a row that a human looks at, and that ends. Signals are keyed digests,
so that equal ones are known to be equal and nothing else is. A restriction may now be a pause, behind which no decision
stands but a proposal, and which ends by itself.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0035"
down_revision = "0034"

SOURCES = ("operator", "company")


def upgrade() -> None:
    _proposal()
    _signal()
    op.add_column("restriction", sa.Column("proposal_id", sa.Uuid(), nullable=True))
    op.create_foreign_key("fk_restriction_proposal_id_proposal", "restriction", "proposal", ["proposal_id"], ["id"])
    op.alter_column("restriction", "decision_id", nullable=True)
    _allow("restriction", "source", (*SOURCES, "match"))
    for name, condition in (
        ("decided_unless_paused", "(source = 'match') = (decision_id IS NULL)"),
        ("paused_by_proposal", "(source = 'match') = (proposal_id IS NOT NULL)"),
    ):
        op.create_check_constraint(op.f(f"ck_restriction_{name}"), "restriction", condition)


def downgrade() -> None:
    op.execute("DELETE FROM restriction WHERE source = 'match'")
    for name in ("decided_unless_paused", "paused_by_proposal"):
        op.drop_constraint(op.f(f"ck_restriction_{name}"), "restriction")
    _allow("restriction", "source", SOURCES)
    op.alter_column("restriction", "decision_id", nullable=False)
    op.drop_constraint("fk_restriction_proposal_id_proposal", "restriction")
    op.drop_column("restriction", "proposal_id")
    op.drop_table("signal")
    op.drop_table("proposal")


def _proposal() -> None:
    op.create_table(
        "proposal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("contractor_id", sa.Uuid(), nullable=False),
        sa.Column("other_id", sa.Uuid(), nullable=True),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("rule_version", sa.Integer(), nullable=False),
        sa.Column("evidence", postgresql.JSONB(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decision_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.CheckConstraint("expires_at > made_at", name=op.f("ck_proposal_expires_after_made")),
        sa.CheckConstraint("(status = 'open') = (ended_at IS NULL)", name=op.f("ck_proposal_ended_when")),
        sa.CheckConstraint(
            "(status IN ('accepted', 'dismissed')) = (decided_by IS NOT NULL)",
            name=op.f("ck_proposal_decided_by_somebody"),
        ),
        sa.CheckConstraint(
            "(status = 'accepted') = (decision_id IS NOT NULL)", name=op.f("ck_proposal_accepted_by_decision")
        ),
        _one_of("proposal", "kind", "account_match", "strikes"),
        _one_of("proposal", "status", "open", "accepted", "dismissed", "expired"),
        _refers("proposal", "contractor"),
        _refers("proposal", "contractor", "other_id"),
        _refers("proposal", "person", "decided_by"),
        _refers("proposal", "vetting_decision", "decision_id"),
        sa.PrimaryKeyConstraint("id", name="pk_proposal"),
        sa.UniqueConstraint("key", name="uq_proposal_key"),
    )
    op.create_index("ix_proposal_status_expires_at", "proposal", ["status", "expires_at"])
    op.create_index("ix_proposal_contractor_id", "proposal", ["contractor_id"])
    op.create_index("ix_proposal_other_id", "proposal", ["other_id"])


def _signal() -> None:
    op.create_table(
        "signal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        _one_of("signal", "kind", "payout_account", "document", "device", "network", "user_agent"),
        _refers("signal", "person"),
        sa.PrimaryKeyConstraint("id", name="pk_signal"),
        sa.UniqueConstraint("person_id", "kind", "fingerprint", name="uq_signal_person_id_kind_fingerprint"),
    )
    op.create_index("ix_signal_kind_fingerprint", "signal", ["kind", "fingerprint"])
    op.create_index("ix_signal_kind_last_at", "signal", ["kind", "last_at"])


def _allow(table: str, column: str, options: tuple[str, ...]) -> None:
    name = f"ck_{table}_{column}"
    op.drop_constraint(op.f(name), table)
    listed = ", ".join(f"'{option}'" for option in options)
    op.create_check_constraint(op.f(name), table, f"{column} IN ({listed})")


def _one_of(table: str, column: str, *options: str) -> sa.CheckConstraint:
    listed = ", ".join(f"'{option}'" for option in options)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=op.f(f"ck_{table}_{column}"))


def _refers(table: str, other: str, column: str | None = None) -> sa.ForeignKeyConstraint:
    own = column or f"{other}_id"
    return sa.ForeignKeyConstraint([own], [f"{other}.id"], name=f"fk_{table}_{own}_{other}")
