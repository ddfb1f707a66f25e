"""Cuts of timesheets, disputes about them, and what rulings restore.

Before, a company could say "disputed" of a whole timesheet, without a reason, and so hold up all of its pay. Now it
takes minutes off single lines, with reasons, and the rest is approved at once. Timesheets that are disputed in the old
way go back to the company, which has 72 hours again.
"""

import sqlalchemy as sa
from alembic import op
from flask import current_app

revision = "0014"
down_revision = "0013"

WRITTEN_ONCE = ("timesheet_cut", "dispute_statement")
MAY_CHANGE = "status, restored_minutes, ended_at, ended_because, reason"
"""What the application may add to a cut: how it ended, never what it said."""
SHEETS = ("open", "submitted", "approved", "locked")
ROLES = ("admin", "vetting", "finance", "standards")
AUDIENCES = ("person", "contractor", "gigs", "timesheets", "money", "members", "vetting", "finance", "admin")


def upgrade() -> None:
    op.execute("UPDATE timesheet SET status = 'submitted', submitted_at = now() WHERE status = 'disputed'")
    _allow("timesheet", "status", SHEETS)
    _allow("operator_grant", "role", (*ROLES, "disputes"))
    for table in ("notice", "mail"):
        _allow(table, "audience", (*AUDIENCES, "disputes"))
    _timesheet_cut()
    op.add_column("pay_line", sa.Column("cut_id", sa.Uuid(), nullable=True))
    op.create_foreign_key("fk_pay_line_cut_id_timesheet_cut", "pay_line", "timesheet_cut", ["cut_id"], ["id"])
    _dispute()
    role = sa.make_url(current_app.config["SQLALCHEMY_DATABASE_URI"]).username
    owner = op.get_bind().execute(sa.text("SELECT current_user")).scalar_one()
    if role and role != owner:
        op.execute(f'REVOKE UPDATE, DELETE ON {", ".join(WRITTEN_ONCE)} FROM "{role}"')
        op.execute(f'GRANT UPDATE ({MAY_CHANGE}) ON timesheet_cut TO "{role}"')


def downgrade() -> None:
    op.drop_table("dispute_statement")
    op.drop_table("dispute")
    op.drop_constraint("fk_pay_line_cut_id_timesheet_cut", "pay_line")
    op.drop_column("pay_line", "cut_id")
    op.drop_table("timesheet_cut")
    op.execute("DELETE FROM notice WHERE audience = 'disputes'")
    op.execute("DELETE FROM mail WHERE audience = 'disputes'")
    op.execute("DELETE FROM operator_grant WHERE role = 'disputes'")
    for table in ("notice", "mail"):
        _allow(table, "audience", AUDIENCES)
    _allow("operator_grant", "role", ROLES)
    _allow("timesheet", "status", ("open", "submitted", "approved", "disputed", "locked"))


def _timesheet_cut() -> None:
    op.create_table(
        "timesheet_cut",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("timesheet_id", sa.Uuid(), nullable=False),
        sa.Column("booking_id", sa.Uuid(), nullable=False),
        sa.Column("gig_id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("contractor_id", sa.Uuid(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("category", sa.String(20), nullable=False),
        sa.Column("clause", sa.Text(), nullable=False),
        sa.Column("missing", sa.Text(), nullable=False),
        sa.Column("cut_by", sa.Uuid(), nullable=False),
        sa.Column("cut_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claim_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("restored_minutes", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_because", sa.String(20), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("status", sa.String(20), nullable=False),
        sa.CheckConstraint("minutes > 0", name=op.f("ck_timesheet_cut_minutes_positive")),
        sa.CheckConstraint(
            "restored_minutes BETWEEN 0 AND minutes", name=op.f("ck_timesheet_cut_never_restored_beyond")
        ),
        sa.CheckConstraint(
            "(status IN ('open', 'claimed')) = (ended_at IS NULL)", name=op.f("ck_timesheet_cut_ended_when")
        ),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (ended_because IS NULL)", name=op.f("ck_timesheet_cut_ended_because_of")
        ),
        sa.CheckConstraint(
            "(status IN ('restored', 'paid')) = (restored_minutes > 0)", name=op.f("ck_timesheet_cut_restored_is_some")
        ),
        _one_of(
            "timesheet_cut",
            "category",
            "not_at_work",
            "outside_shift",
            "forgotten_clock_out",
            "counted_twice",
            "somebody_else",
        ),
        _one_of("timesheet_cut", "ended_because", "unclaimed", "withdrawn", "ruled", "not_ruled"),
        _one_of("timesheet_cut", "status", "open", "claimed", "upheld", "restored", "paid"),
        *(_refers("timesheet_cut", each) for each in ("timesheet", "booking", "gig", "company", "contractor")),
        _refers("timesheet_cut", "timesheet_line", "line_id"),
        _refers("timesheet_cut", "person", "cut_by"),
        sa.PrimaryKeyConstraint("id", name="pk_timesheet_cut"),
        sa.UniqueConstraint("line_id", name="uq_timesheet_cut_line_id"),
        sa.UniqueConstraint("booking_id", name="uq_timesheet_cut_booking_id"),
    )
    op.create_index("ix_timesheet_cut_status_claim_until", "timesheet_cut", ["status", "claim_until"])
    op.create_index("ix_timesheet_cut_timesheet_id", "timesheet_cut", ["timesheet_id"])


def _dispute() -> None:
    op.create_table(
        "dispute",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("timesheet_id", sa.Uuid(), nullable=False),
        sa.Column("booking_id", sa.Uuid(), nullable=False),
        sa.Column("gig_id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("contractor_id", sa.Uuid(), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rule_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ruled_by", sa.Uuid(), nullable=True),
        sa.Column("status", sa.String(20), nullable=False),
        sa.CheckConstraint("(status = 'claimed') = (ended_at IS NULL)", name=op.f("ck_dispute_ended_when")),
        sa.CheckConstraint("(status = 'ruled') = (ruled_by IS NOT NULL)", name=op.f("ck_dispute_ruled_by_somebody")),
        _one_of("dispute", "status", "claimed", "ruled", "defaulted", "withdrawn"),
        sa.ForeignKeyConstraint(["id"], ["timesheet_cut.id"], name="fk_dispute_id_timesheet_cut"),
        *(_refers("dispute", each) for each in ("timesheet", "booking", "gig", "company", "contractor")),
        _refers("dispute", "person", "ruled_by"),
        sa.PrimaryKeyConstraint("id", name="pk_dispute"),
    )
    op.create_index("ix_dispute_company_id", "dispute", ["company_id"])
    op.create_index("ix_dispute_contractor_id", "dispute", ["contractor_id"])
    op.create_index("ix_dispute_status_rule_by", "dispute", ["status", "rule_by"])
    op.create_table(
        "dispute_statement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dispute_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("said_by", sa.Uuid(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        _one_of("dispute_statement", "kind", "claim", "answer", "reply", "reason"),
        _refers("dispute_statement", "dispute"),
        _refers("dispute_statement", "person", "said_by"),
        sa.PrimaryKeyConstraint("id", name="pk_dispute_statement"),
    )
    op.create_index("ix_dispute_statement_dispute_id_id", "dispute_statement", ["dispute_id", "id"])


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
