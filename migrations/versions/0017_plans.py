"""Plans of a horizon, stored with their input.

A search for one shift is a plan of one shift from here on. The searches made before stored their input in another shape
and a row for each person they looked at; they decided about offers that keep their own reason, so they are dropped.
"""

import sqlalchemy as sa
from alembic import op
from flask import current_app
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"

WRITTEN_ONCE = ("plan_input", "planned_seat")


def upgrade() -> None:
    op.drop_table("explanation")
    op.execute("DELETE FROM match_run")
    _plan()
    op.create_table(
        "plan_input",
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        _refers("plan_input", "plan"),
        sa.PrimaryKeyConstraint("plan_id", name="pk_plan_input"),
    )
    op.drop_column("match_run", "input")
    op.add_column("match_run", sa.Column("plan_id", sa.Uuid(), nullable=False))
    op.add_column("match_run", sa.Column("turn", sa.Integer(), nullable=True))
    op.add_column("match_run", sa.Column("refused", postgresql.JSONB(), nullable=False))
    op.create_foreign_key("fk_match_run_plan_id_plan", "match_run", "plan", ["plan_id"], ["id"])
    op.create_unique_constraint("uq_match_run_plan_id_shift_id", "match_run", ["plan_id", "shift_id"])
    _planned_seat()
    if role := _role():
        op.execute(f'REVOKE UPDATE ON {", ".join(WRITTEN_ONCE)} FROM "{role}"')


def downgrade() -> None:
    op.drop_table("planned_seat")
    op.drop_table("plan_input")
    op.execute("DELETE FROM match_run")
    op.drop_constraint("uq_match_run_plan_id_shift_id", "match_run")
    op.drop_constraint("fk_match_run_plan_id_plan", "match_run")
    for column in ("plan_id", "turn", "refused"):
        op.drop_column("match_run", column)
    op.add_column("match_run", sa.Column("input", postgresql.JSONB(), nullable=False))
    op.drop_table("plan")
    _explanation()


def _plan() -> None:
    op.create_table(
        "plan",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=True),
        sa.Column("scope", sa.String(20), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("weights_version", sa.Integer(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("planned", sa.Integer(), nullable=False),
        sa.Column("offered", sa.Integer(), nullable=False),
        sa.Column("report", postgresql.JSONB(), nullable=False),
        sa.Column("input_sha256", sa.CHAR(64), nullable=True),
        sa.Column("status", sa.String(20), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_plan_ends_after_start")),
        sa.CheckConstraint("seats >= 0 AND planned BETWEEN 0 AND seats", name=op.f("ck_plan_no_more_than_seats")),
        sa.CheckConstraint("offered BETWEEN 0 AND planned", name=op.f("ck_plan_no_more_offers_than_planned")),
        sa.CheckConstraint("(status = 'done') = (input_sha256 IS NOT NULL)", name=op.f("ck_plan_done_has_an_input")),
        sa.CheckConstraint("scope IN ('shift', 'urgent', 'horizon')", name=op.f("ck_plan_scope")),
        sa.CheckConstraint("status IN ('running', 'done', 'failed')", name=op.f("ck_plan_status")),
        _refers("plan", "company"),
        sa.PrimaryKeyConstraint("id", name="pk_plan"),
    )
    op.create_index("ix_plan_company_id_id", "plan", ["company_id", "id"])
    horizon = sa.text("scope = 'horizon'")
    op.create_index("ix_plan_horizon", "plan", ["company_id", "made_at"], postgresql_where=horizon)


def _planned_seat() -> None:
    op.create_table(
        "planned_seat",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("shift_id", sa.Uuid(), nullable=False),
        sa.Column("contractor_id", sa.Uuid(), nullable=False),
        sa.Column("offer_id", sa.Uuid(), nullable=True),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["match_run.id"], name="fk_planned_seat_run_id_match_run"),
        *(_refers("planned_seat", table) for table in ("plan", "shift", "contractor", "offer")),
        sa.PrimaryKeyConstraint("id", name="pk_planned_seat"),
        sa.UniqueConstraint("run_id", "contractor_id", name="uq_planned_seat_run_id_contractor_id"),
        sa.UniqueConstraint("plan_id", "turn", name="uq_planned_seat_plan_id_turn"),
    )
    op.create_index("ix_planned_seat_contractor_id_plan_id", "planned_seat", ["contractor_id", "plan_id"])
    op.create_index("ix_planned_seat_shift_id", "planned_seat", ["shift_id"])
    op.create_index("ix_planned_seat_offer_id", "planned_seat", ["offer_id"])


def _explanation() -> None:
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
    if role := _role():
        op.execute(f'REVOKE UPDATE ON explanation FROM "{role}"')


def _refers(table: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([f"{other}_id"], [f"{other}.id"], name=f"fk_{table}_{other}_id_{other}")


def _role() -> str | None:
    """The application's role, where it is another than the one that migrates."""
    role = sa.make_url(current_app.config["SQLALCHEMY_DATABASE_URI"]).username
    owner = op.get_bind().execute(sa.text("SELECT current_user")).scalar_one()
    return role if role and role != owner else None
