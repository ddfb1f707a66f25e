"""What matching saw and decided. Neither is ever changed; an explanation speaks of a person, so it can be erased."""

import sqlalchemy as sa
from alembic import op
from flask import current_app
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "match_run",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("shift_id", sa.Uuid(), nullable=False),
        sa.Column("gig_id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("weights_version", sa.Integer(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("offered", sa.Integer(), nullable=False),
        sa.Column("cutoff", sa.Integer(), nullable=True),
        sa.Column("input", postgresql.JSONB(), nullable=False),
        sa.Column("input_sha256", sa.CHAR(64), nullable=False),
        sa.CheckConstraint("seats >= 0 AND offered BETWEEN 0 AND seats", name=op.f("ck_match_run_no_more_than_seats")),
        *(_refers("match_run", table) for table in ("shift", "gig", "company")),
        sa.PrimaryKeyConstraint("id", name="pk_match_run"),
    )
    op.create_index("ix_match_run_shift_id_id", "match_run", ["shift_id", "id"])
    op.create_index("ix_match_run_gig_id", "match_run", ["gig_id"])
    op.create_index("ix_match_run_company_id", "match_run", ["company_id"])
    op.create_table(
        "explanation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("shift_id", sa.Uuid(), nullable=False),
        sa.Column("contractor_id", sa.Uuid(), nullable=False),
        sa.Column("outcome", sa.String(20), nullable=False),
        sa.Column("reason", postgresql.JSONB(), nullable=False),
        sa.Column("verdict", postgresql.JSONB(), nullable=True),
        sa.CheckConstraint(
            "outcome IN ('offered', 'not_needed', 'not_eligible', 'asked_before')", name=op.f("ck_explanation_outcome")
        ),
        sa.CheckConstraint(
            "(outcome = 'not_eligible') = (verdict IS NOT NULL)", name=op.f("ck_explanation_no_has_a_rule")
        ),
        sa.ForeignKeyConstraint(["run_id"], ["match_run.id"], name="fk_explanation_run_id_match_run"),
        *(_refers("explanation", table) for table in ("shift", "contractor")),
        sa.PrimaryKeyConstraint("id", name="pk_explanation"),
        sa.UniqueConstraint("run_id", "contractor_id", name="uq_explanation_run_id_contractor_id"),
    )
    op.create_index("ix_explanation_contractor_id", "explanation", ["contractor_id"])
    op.create_index("ix_explanation_shift_id_contractor_id_id", "explanation", ["shift_id", "contractor_id", "id"])
    role = sa.make_url(current_app.config["SQLALCHEMY_DATABASE_URI"]).username
    owner = op.get_bind().execute(sa.text("SELECT current_user")).scalar_one()
    if role and role != owner:
        op.execute(f'REVOKE UPDATE, DELETE ON match_run FROM "{role}"')
        op.execute(f'REVOKE UPDATE ON explanation FROM "{role}"')


def downgrade() -> None:
    for table in ("explanation", "match_run"):
        op.drop_table(table)


def _refers(table: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([f"{other}_id"], [f"{other}.id"], name=f"fk_{table}_{other}_id_{other}")
