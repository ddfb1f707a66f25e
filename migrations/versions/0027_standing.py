"""Restrictions with a scope and an end, and appeals with a term for the answer.

Before, an operator could only stop every offer, without an end, and nobody had to answer a contest. Restrictions rest
on a decision like every other, so that the reason stands once, where it can be emptied. What was contested and not
answered yet gets the full term for an answer from now on.
"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"

BEFORE = ("vetted", "refused", "suspended", "reinstated")


def upgrade() -> None:
    _allow("vetting_decision", "outcome", (*BEFORE, "restricted", "blocked"))
    op.add_column("contractor", sa.Column("barred_until", sa.DateTime(timezone=True), nullable=True))
    _restriction()
    _appeal()


def downgrade() -> None:
    op.drop_table("appeal")
    op.drop_table("restriction")
    op.drop_column("contractor", "barred_until")
    op.execute("DELETE FROM vetting_decision WHERE outcome IN ('restricted', 'blocked')")
    _allow("vetting_decision", "outcome", BEFORE)


def _restriction() -> None:
    op.create_table(
        "restriction",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contractor_id", sa.Uuid(), nullable=False),
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(20), nullable=False),
        sa.Column("scope", sa.String(20), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=True),
        sa.Column("gig_id", sa.Uuid(), nullable=True),
        sa.Column("category", sa.Text(), nullable=True),
        sa.Column("begins_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.Column("status", sa.String(20), nullable=False),
        sa.CheckConstraint("expires_at > begins_at", name=op.f("ck_restriction_expires_after_begin")),
        sa.CheckConstraint(
            "(scope IN ('company', 'gig')) = (company_id IS NOT NULL)", name=op.f("ck_restriction_company_of_scope")
        ),
        sa.CheckConstraint("(scope = 'gig') = (gig_id IS NOT NULL)", name=op.f("ck_restriction_gig_of_scope")),
        sa.CheckConstraint(
            "(scope = 'category') = (category IS NOT NULL)", name=op.f("ck_restriction_category_of_scope")
        ),
        sa.CheckConstraint(
            "source <> 'company' OR scope IN ('company', 'gig')", name=op.f("ck_restriction_company_own_gigs")
        ),
        sa.CheckConstraint("(status = 'active') = (ended_at IS NULL)", name=op.f("ck_restriction_ended_when")),
        _one_of("restriction", "source", "operator", "company"),
        _one_of("restriction", "scope", "company", "gig", "category", "all"),
        _one_of("restriction", "status", "active", "expired", "lifted"),
        _refers("restriction", "contractor"),
        _refers("restriction", "vetting_decision", "decision_id"),
        _refers("restriction", "company"),
        _refers("restriction", "person", "ended_by"),
        sa.PrimaryKeyConstraint("id", name="pk_restriction"),
    )
    op.create_index("ix_restriction_contractor_id_status", "restriction", ["contractor_id", "status"])
    op.create_index("ix_restriction_status_expires_at", "restriction", ["status", "expires_at"])
    op.create_index("ix_restriction_company_id", "restriction", ["company_id"])


def _appeal() -> None:
    op.create_table(
        "appeal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contractor_id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=True),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.CheckConstraint("(status = 'open') = (answered_at IS NULL)", name=op.f("ck_appeal_answered_when")),
        sa.CheckConstraint(
            "(status IN ('upheld', 'overturned', 'changed')) = (answered_by IS NOT NULL)",
            name=op.f("ck_appeal_answered_by_somebody"),
        ),
        _one_of("appeal", "status", "open", "upheld", "overturned", "changed", "lapsed"),
        sa.ForeignKeyConstraint(["id"], ["vetting_decision.id"], name="fk_appeal_id_vetting_decision"),
        _refers("appeal", "contractor"),
        _refers("appeal", "company"),
        _refers("appeal", "person", "answered_by"),
        sa.PrimaryKeyConstraint("id", name="pk_appeal"),
    )
    op.create_index("ix_appeal_status_answer_by", "appeal", ["status", "answer_by"])
    op.create_index("ix_appeal_contractor_id", "appeal", ["contractor_id"])
    op.execute(
        """
        INSERT INTO appeal (id, contractor_id, filed_at, answer_by, reason, status)
        SELECT DISTINCT ON (d.contractor_id) d.id, d.contractor_id, d.contested_at, now() + interval '14 days', '',
            'open'
        FROM vetting_decision d JOIN contractor c ON c.id = d.contractor_id
        WHERE d.contested_at IS NOT NULL AND c.status IN ('applied', 'suspended')
            AND NOT EXISTS (
                SELECT 1 FROM vetting_decision later WHERE later.contractor_id = d.contractor_id AND later.id > d.id
            )
        ORDER BY d.contractor_id, d.id DESC
        """
    )


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
