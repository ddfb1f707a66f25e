"""Bonuses: what a company gives somebody beside the pay of their work.

A row has its money from the beginning, in an account of its own, since closing a gig or sending deposits back must not
leave it behind; so its line of pay names the gig and is none of the gig's money. It is written once: only what was said
to it and that a run took it is added, and its words can be emptied when the person is erased.
"""

import sqlalchemy as sa
from alembic import op
from flask import current_app

from migrations.staying import refuse_while

revision = "0146"
down_revision = "0145"

KINDS = (
    *("wages", "training", "piece"),
    *("paid_break", "waiting", "outage", "call_in", "cancellation", "neutral_hours", "predictability", "standby"),
    *("guaranteed_hours", "qualification_time", "skill_step", "hazard_premium", "overtime_premium", "further_overtime"),
    *("holiday_premium", "rest_day_premium", "night_premium", "top_up", "sick_accrual", "sick_leave"),
    *("benefit_cash_out", "rail_fee", "health_contribution", "platform_fee", "third_party_margin"),
)
ACTS = (
    *("paid", "found", "booked", "ended", "explained", "credited", "given_back", "taken_in", "sent", "returned"),
    *("taken_back", "borne", "kept"),
)
NO_WORK = "attempt_id IS NULL AND cash_out_id IS NULL"
UNDER_CONTRACT = (
    " AND num_nonnulls(contract_id, contract_version_id, contract_version, engagement_type) ="
    f" CASE WHEN {NO_WORK} AND rail_fee_id IS NULL THEN 4 ELSE 0 END"
)
THREE = f"WHEN {NO_WORK} AND guarantee_id IS NULL AND rail_fee_id IS NULL THEN 3 ELSE 0 END{UNDER_CONTRACT}"
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "bonus",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("gig_id", sa.Uuid(), nullable=False),
        sa.Column("contractor_id", sa.Uuid(), nullable=False),
        sa.Column("contract_version_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.CHAR(3), nullable=False),
        sa.Column("held_amount", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=False),
        sa.Column("written_at", MOMENT, nullable=False),
        sa.Column("granted_at", MOMENT, nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.Column("withdrawal", sa.Text(), nullable=True),
        sa.Column("taken_at", MOMENT, nullable=True),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        *(
            sa.CheckConstraint(condition, name=op.f(f"ck_bonus_{name}"))
            for name, condition in {
                "amount_positive": "amount > 0",
                "held_covers_it": "held_amount >= amount",
                "granted_when": "(status = 'granted') = (granted_at IS NOT NULL)",
                "only_what_is_owed_is_paid": "taken_at IS NULL OR status = 'granted'",
                "withdrawn_with_reason": "(status = 'withdrawn') = (withdrawal IS NOT NULL)",
                "answered_when": "(answered_by IS NULL) = (answered_at IS NULL)",
                "waits_for_an_answer": "status <> 'waiting' OR answered_at IS NULL",
                "agreed_by_another": "status <> 'granted' OR answered_by <> written_by",
                "nobodys_own": "written_by <> contractor_id AND answered_by <> contractor_id",
                "status": "status IN ('waiting', 'granted', 'withdrawn')",
            }.items()
        ),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=f"fk_bonus_{column}_{table}")
            for column, table in {
                "company_id": "company",
                "gig_id": "gig",
                "contractor_id": "contractor",
                "contract_version_id": "contract_version",
                "written_by": "person",
                "answered_by": "person",
            }.items()
        ),
        sa.PrimaryKeyConstraint("id", name="pk_bonus"),
    )
    op.create_index("ix_bonus_company_id_id", "bonus", ["company_id", "id"])
    op.create_index("ix_bonus_waiting", "bonus", ["company_id"], postgresql_where=sa.text("status = 'waiting'"))
    due = sa.text("status = 'granted' AND taken_at IS NULL")
    op.create_index("ix_bonus_due", "bonus", ["granted_at"], postgresql_where=due)
    op.create_index("ix_bonus_contractor_id", "bonus", ["contractor_id"])
    op.create_index("ix_bonus_gig_id", "bonus", ["gig_id"])
    op.add_column("pay_line", sa.Column("bonus_id", sa.Uuid(), nullable=True))
    op.create_foreign_key("fk_pay_line_bonus_id_bonus", "pay_line", "bonus", ["bonus_id"], ["id"])
    op.create_index("ix_pay_line_bonus_id", "pay_line", ["bonus_id"], postgresql_where=sa.text("bonus_id IS NOT NULL"))
    at = KINDS.index("sick_accrual")
    _check("pay_line", "kind", _one_of((*KINDS[:at], "bonus", *KINDS[at:])))
    _check(
        "pay_line",
        "of_work_or_of_a_test",
        "num_nonnulls(gig_id, booking_id, timesheet_id) = CASE WHEN bonus_id IS NOT NULL THEN 1 " + THREE,
    )
    op.create_check_constraint(
        op.f("ck_pay_line_bonus_of_a_gig"),
        "pay_line",
        "bonus_id IS NULL OR gig_id IS NOT NULL AND kind IN ('bonus', 'health_contribution')",
    )
    op.create_check_constraint(
        op.f("ck_pay_line_bonus_has_its_line"), "pay_line", "kind <> 'bonus' OR bonus_id IS NOT NULL"
    )
    _check("money_act", "kind", _one_of((*ACTS, "granted")))
    role = sa.make_url(current_app.config["SQLALCHEMY_DATABASE_URI"]).username
    if role and role != op.get_bind().execute(sa.text("SELECT current_user")).scalar_one():
        changed = "status, granted_at, answered_by, answered_at, withdrawal, taken_at, reason"
        op.execute(f'REVOKE UPDATE, DELETE ON bonus FROM "{role}"')
        op.execute(f'GRANT UPDATE ({changed}) ON bonus TO "{role}"')
    op.execute(
        "CREATE TRIGGER only_emptied BEFORE UPDATE OF reason, withdrawal ON bonus"
        " FOR EACH ROW EXECUTE FUNCTION only_emptied('reason', 'withdrawal')"
    )


def downgrade() -> None:
    refuse_while("bonus", "true", "bonuses")
    _check("money_act", "kind", _one_of(ACTS))
    op.drop_constraint(op.f("ck_pay_line_bonus_has_its_line"), "pay_line", type_="check")
    op.drop_constraint(op.f("ck_pay_line_bonus_of_a_gig"), "pay_line", type_="check")
    _check("pay_line", "of_work_or_of_a_test", "num_nonnulls(gig_id, booking_id, timesheet_id) = CASE " + THREE)
    _check("pay_line", "kind", _one_of(KINDS))
    op.drop_column("pay_line", "bonus_id")
    op.drop_table("bonus")


def _check(table: str, name: str, condition: str) -> None:
    op.drop_constraint(op.f(f"ck_{table}_{name}"), table, type_="check")
    op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, condition)


def _one_of(kinds: tuple[str, ...]) -> str:
    return f"kind IN ({', '.join(map(repr, kinds))})"
