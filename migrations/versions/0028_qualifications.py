"""Qualifications: tests in versions, attempts with their answers and money, what is held, and contested results.

Minutes at a test are paid like work, but stand under no contract and belong to no shift, so a pay line may be about an
attempt instead of a booking. What was asked, answered right and corrected is written once: the application may not
change an item, a correction or a funding.
"""

import sqlalchemy as sa
from alembic import op
from flask import current_app
from sqlalchemy.dialects import postgresql

from migrations.staying import refuse_while

revision = "0028"
down_revision = "0027"

TABLES = (
    "qualification",
    "test_funding",
    "test_version",
    "attempt",
    "test_item",
    "holding",
    "test_answer",
    "test_contest",
    "item_correction",
)
WRITTEN_ONCE = {"test_item": "UPDATE", "item_correction": "UPDATE, DELETE", "test_funding": "UPDATE, DELETE"}
OF_WORK = ("company_id", "gig_id", "booking_id", "timesheet_id")
OF_A_CONTRACT = ("contract_id", "contract_version_id", "contract_version", "engagement_type")
OLD_KINDS = (
    "wages",
    "paid_break",
    "call_in",
    "neutral_hours",
    "hazard_premium",
    "overtime_premium",
    "sick_accrual",
    "sick_leave",
    "health_contribution",
    "platform_fee",
    "third_party_margin",
)


def upgrade() -> None:
    _qualification()
    _test_funding()
    _test_version()
    _attempt()
    _test_item()
    _holding()
    _test_answer()
    _test_contest()
    _item_correction()
    _pay_line()
    role = sa.make_url(current_app.config["SQLALCHEMY_DATABASE_URI"]).username
    owner = op.get_bind().execute(sa.text("SELECT current_user")).scalar_one()
    if role and role != owner:
        for table, rights in WRITTEN_ONCE.items():
            op.execute(f'REVOKE {rights} ON {table} FROM "{role}"')


def downgrade() -> None:
    refuse_while("pay_line", "attempt_id IS NOT NULL", "pay for tests")
    op.drop_constraint(op.f("ck_pay_line_has_a_payer"), "pay_line")
    op.drop_constraint(op.f("ck_pay_line_of_work_or_of_a_test"), "pay_line")
    op.drop_constraint("fk_pay_line_attempt_id_attempt", "pay_line")
    op.drop_column("pay_line", "attempt_id")
    for column in (*OF_WORK, *OF_A_CONTRACT):
        op.alter_column("pay_line", column, nullable=False)
    _allow(OLD_KINDS)
    for table in reversed(TABLES):
        op.drop_table(table)


def _pay_line() -> None:
    op.add_column("pay_line", sa.Column("attempt_id", sa.Uuid(), nullable=True))
    op.create_foreign_key("fk_pay_line_attempt_id_attempt", "pay_line", "attempt", ["attempt_id"], ["id"])
    op.create_index("ix_pay_line_attempt_id", "pay_line", ["attempt_id"])
    for column in (*OF_WORK, *OF_A_CONTRACT):
        op.alter_column("pay_line", column, nullable=True)
    op.create_check_constraint(
        op.f("ck_pay_line_of_work_or_of_a_test"),
        "pay_line",
        "num_nonnulls(gig_id, booking_id, timesheet_id, contract_id, contract_version_id, contract_version,"
        " engagement_type) = CASE WHEN attempt_id IS NULL THEN 7 ELSE 0 END",
    )
    op.create_check_constraint(
        op.f("ck_pay_line_has_a_payer"), "pay_line", "company_id IS NOT NULL OR attempt_id IS NOT NULL"
    )
    _allow((*OLD_KINDS[:4], "qualification_time", "skill_step", *OLD_KINDS[4:]))


def _allow(kinds: tuple[str, ...]) -> None:
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    op.drop_constraint(op.f("ck_pay_line_kind"), "pay_line", type_="check")
    op.create_check_constraint(op.f("ck_pay_line_kind"), "pay_line", f"kind IN ({listed})")


def _qualification() -> None:
    op.create_table(
        "qualification",
        sa.Column("company_id", sa.Uuid(), nullable=True),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("skill", sa.Text(), nullable=True),
        sa.Column("skill_level", sa.SmallInteger(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("language_level", sa.String(20), nullable=True),
        sa.Column("rate_amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.CHAR(length=3), nullable=False),
        sa.Column("valid_days", sa.SmallInteger(), nullable=False),
        sa.Column("retake_days", sa.SmallInteger(), nullable=False),
        sa.Column("most_attempts", sa.SmallInteger(), nullable=False),
        sa.Column("period_days", sa.SmallInteger(), nullable=False),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "language_level IN ('A1', 'A2', 'B1', 'B2', 'C1', 'C2')", name=op.f("ck_qualification_language_level")
        ),
        sa.CheckConstraint("status IN ('draft', 'open', 'closed')", name=op.f("ck_qualification_status")),
        sa.CheckConstraint(
            "(language IS NULL) = (language_level IS NULL)", name=op.f("ck_qualification_language_has_a_level")
        ),
        sa.CheckConstraint("(skill IS NULL) = (skill_level IS NULL)", name=op.f("ck_qualification_skill_has_a_level")),
        sa.CheckConstraint("rate_amount > 0", name=op.f("ck_qualification_rate_positive")),
        sa.CheckConstraint("skill IS NULL OR language IS NULL", name=op.f("ck_qualification_proves_one_thing")),
        sa.CheckConstraint("skill_level BETWEEN 1 AND 4", name=op.f("ck_qualification_levels")),
        sa.CheckConstraint(
            "valid_days > 0 AND retake_days >= 0 AND most_attempts > 0 AND period_days > 0",
            name=op.f("ck_qualification_days"),
        ),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name="fk_qualification_company_id_company"),
        sa.PrimaryKeyConstraint("id", name="pk_qualification"),
        sa.UniqueConstraint("code", name="uq_qualification_code"),
    )
    op.create_index("ix_qualification_company_id_id", "qualification", ["company_id", "id"])
    op.create_index("ix_qualification_skill_skill_level", "qualification", ["skill", "skill_level"])


def _test_funding() -> None:
    op.create_table(
        "test_funding",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("qualification_id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.CHAR(length=3), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("kind IN ('funded', 'returned')", name=op.f("ck_test_funding_kind")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_test_funding_amount_positive")),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name="fk_test_funding_company_id_company"),
        sa.ForeignKeyConstraint(["entry_id"], ["journal_entry.id"], name="fk_test_funding_entry_id_journal_entry"),
        sa.ForeignKeyConstraint(
            ["qualification_id"], ["qualification.id"], name="fk_test_funding_qualification_id_qualification"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_test_funding"),
    )
    op.create_index("ix_test_funding_company_id", "test_funding", ["company_id"])
    op.create_index("ix_test_funding_qualification_id_id", "test_funding", ["qualification_id", "id"])


def _test_version() -> None:
    op.create_table(
        "test_version",
        sa.Column("qualification_id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("pass_percent", sa.SmallInteger(), nullable=False),
        sa.Column("draw", sa.SmallInteger(), nullable=True),
        sa.Column("estimate_minutes", sa.SmallInteger(), nullable=False),
        sa.Column("limit_minutes", sa.SmallInteger(), nullable=True),
        sa.Column("reveal", sa.String(20), nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("reveal IN ('never', 'after_pass')", name=op.f("ck_test_version_reveal")),
        sa.CheckConstraint("draw > 0", name=op.f("ck_test_version_draws_some")),
        sa.CheckConstraint("estimate_minutes > 0", name=op.f("ck_test_version_estimate_positive")),
        sa.CheckConstraint("limit_minutes >= 3 * estimate_minutes", name=op.f("ck_test_version_limit_is_no_pressure")),
        sa.CheckConstraint("pass_percent BETWEEN 1 AND 100", name=op.f("ck_test_version_pass_is_a_percentage")),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name="fk_test_version_company_id_company"),
        sa.ForeignKeyConstraint(
            ["qualification_id"], ["qualification.id"], name="fk_test_version_qualification_id_qualification"
        ),
        sa.ForeignKeyConstraint(["written_by"], ["person.id"], name="fk_test_version_written_by_person"),
        sa.PrimaryKeyConstraint("id", name="pk_test_version"),
        sa.UniqueConstraint("qualification_id", "number", name="uq_test_version_qualification_id_number"),
    )
    op.create_index("ix_test_version_company_id", "test_version", ["company_id"])


def _attempt() -> None:
    op.create_table(
        "attempt",
        sa.Column("qualification_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=True),
        sa.Column("contractor_id", sa.Uuid(), nullable=False),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("item_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("rate_amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.CHAR(length=3), nullable=False),
        sa.Column("typical_minutes", sa.SmallInteger(), nullable=False),
        sa.Column("cap_minutes", sa.SmallInteger(), nullable=False),
        sa.Column("held_amount", sa.BigInteger(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("worked_seconds", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paid_minutes", sa.SmallInteger(), nullable=True),
        sa.Column("flags", postgresql.JSONB(), nullable=False),
        sa.Column("scored", sa.Integer(), nullable=True),
        sa.Column("most", sa.Integer(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("status IN ('started', 'passed', 'failed', 'abandoned')", name=op.f("ck_attempt_status")),
        sa.CheckConstraint("(status = 'started') = (ended_at IS NULL)", name=op.f("ck_attempt_ended_when")),
        sa.CheckConstraint(
            "(status IN ('passed', 'failed')) = (scored IS NOT NULL)", name=op.f("ck_attempt_scored_when_handed_in")
        ),
        sa.CheckConstraint("(ended_at IS NULL) = (paid_minutes IS NULL)", name=op.f("ck_attempt_ended_is_paid")),
        sa.CheckConstraint("paid_minutes BETWEEN 1 AND cap_minutes", name=op.f("ck_attempt_paid_within_the_cap")),
        sa.CheckConstraint(
            "rate_amount > 0 AND held_amount > 0 AND cap_minutes > 0", name=op.f("ck_attempt_money_positive")
        ),
        sa.CheckConstraint("scored BETWEEN 0 AND most", name=op.f("ck_attempt_scored_within_the_most")),
        sa.CheckConstraint("taken_at IS NULL OR ended_at IS NOT NULL", name=op.f("ck_attempt_taken_after_its_end")),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name="fk_attempt_company_id_company"),
        sa.ForeignKeyConstraint(["contractor_id"], ["contractor.id"], name="fk_attempt_contractor_id_contractor"),
        sa.ForeignKeyConstraint(
            ["qualification_id"], ["qualification.id"], name="fk_attempt_qualification_id_qualification"
        ),
        sa.ForeignKeyConstraint(["version_id"], ["test_version.id"], name="fk_attempt_version_id_test_version"),
        sa.PrimaryKeyConstraint("id", name="pk_attempt"),
    )
    op.create_index("ix_attempt_company_id", "attempt", ["company_id"])
    op.create_index("ix_attempt_contractor_id_id", "attempt", ["contractor_id", "id"])
    op.create_index("ix_attempt_ended_at", "attempt", ["ended_at"], postgresql_where=sa.text("taken_at IS NULL"))
    op.create_index(
        "ix_attempt_last_seen_at", "attempt", ["last_seen_at"], postgresql_where=sa.text("status = 'started'")
    )
    op.create_index("ix_attempt_qualification_id", "attempt", ["qualification_id"])
    op.create_index("ix_attempt_version_id_status", "attempt", ["version_id", "status"])
    op.create_index(
        "uq_attempt_started",
        "attempt",
        ["contractor_id", "qualification_id"],
        unique=True,
        postgresql_where=sa.text("status = 'started'"),
    )


def _test_item() -> None:
    op.create_table(
        "test_item",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("prompt", sa.Text(), nullable=False),
        sa.Column("ask", postgresql.JSONB(), nullable=False),
        sa.Column("key", postgresql.JSONB(), nullable=False),
        sa.Column("points", sa.SmallInteger(), nullable=False),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('choice_one', 'choice_many', 'text', 'pattern', 'number', 'classes', 'ranking')",
            name=op.f("ck_test_item_kind"),
        ),
        sa.CheckConstraint("points BETWEEN 1 AND 10", name=op.f("ck_test_item_points")),
        sa.ForeignKeyConstraint(["version_id"], ["test_version.id"], name="fk_test_item_version_id_test_version"),
        sa.PrimaryKeyConstraint("id", name="pk_test_item"),
        sa.UniqueConstraint("version_id", "position", name="uq_test_item_version_id_position"),
    )


def _holding() -> None:
    op.create_table(
        "holding",
        sa.Column("qualification_id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=True),
        sa.Column("contractor_id", sa.Uuid(), nullable=False),
        sa.Column("attempt_id", sa.Uuid(), nullable=True),
        sa.Column("granted_by", sa.Uuid(), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(attempt_id IS NULL) = (granted_by IS NOT NULL)", name=op.f("ck_holding_passed_or_granted")
        ),
        sa.CheckConstraint("until > since", name=op.f("ck_holding_ends_after_it_begins")),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempt.id"], name="fk_holding_attempt_id_attempt"),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name="fk_holding_company_id_company"),
        sa.ForeignKeyConstraint(["contractor_id"], ["contractor.id"], name="fk_holding_contractor_id_contractor"),
        sa.ForeignKeyConstraint(["granted_by"], ["person.id"], name="fk_holding_granted_by_person"),
        sa.ForeignKeyConstraint(
            ["qualification_id"], ["qualification.id"], name="fk_holding_qualification_id_qualification"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_holding"),
        sa.UniqueConstraint("attempt_id", name="uq_holding_attempt_id"),
    )
    op.create_index("ix_holding_contractor_id_until", "holding", ["contractor_id", "until"])
    op.create_index("ix_holding_qualification_id", "holding", ["qualification_id"])
    op.create_index("ix_holding_until", "holding", ["until"], postgresql_where=sa.text("reminded_at IS NULL"))


def _test_answer() -> None:
    op.create_table(
        "test_answer",
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("value", postgresql.JSONB(), nullable=True),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("scored", sa.Integer(), nullable=True),
        sa.CheckConstraint("scored BETWEEN 0 AND 10000", name=op.f("ck_test_answer_scored_is_a_part")),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempt.id"], name="fk_test_answer_attempt_id_attempt"),
        sa.ForeignKeyConstraint(["item_id"], ["test_item.id"], name="fk_test_answer_item_id_test_item"),
        sa.PrimaryKeyConstraint("attempt_id", "item_id", name="pk_test_answer"),
    )
    op.create_index("ix_test_answer_item_id", "test_answer", ["item_id"])


def _test_contest() -> None:
    op.create_table(
        "test_contest",
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("qualification_id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=True),
        sa.Column("contractor_id", sa.Uuid(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("contested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("status IN ('open', 'upheld', 'dismissed')", name=op.f("ck_test_contest_status")),
        sa.CheckConstraint("(status = 'open') = (decided_at IS NULL)", name=op.f("ck_test_contest_decided_when")),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (decided_by IS NULL)", name=op.f("ck_test_contest_decided_by_somebody")
        ),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempt.id"], name="fk_test_contest_attempt_id_attempt"),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name="fk_test_contest_company_id_company"),
        sa.ForeignKeyConstraint(["contractor_id"], ["contractor.id"], name="fk_test_contest_contractor_id_contractor"),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name="fk_test_contest_decided_by_person"),
        sa.ForeignKeyConstraint(["item_id"], ["test_item.id"], name="fk_test_contest_item_id_test_item"),
        sa.ForeignKeyConstraint(
            ["qualification_id"], ["qualification.id"], name="fk_test_contest_qualification_id_qualification"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_test_contest"),
        sa.UniqueConstraint("attempt_id", name="uq_test_contest_attempt_id"),
    )
    op.create_index("ix_test_contest_company_id", "test_contest", ["company_id"])
    op.create_index("ix_test_contest_contractor_id", "test_contest", ["contractor_id"])
    op.create_index("ix_test_contest_qualification_id", "test_contest", ["qualification_id"])
    op.create_index("ix_test_contest_status", "test_contest", ["status"], postgresql_where=sa.text("status = 'open'"))


def _item_correction() -> None:
    op.create_table(
        "item_correction",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("contest_id", sa.Uuid(), nullable=False),
        sa.Column("key", postgresql.JSONB(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["contest_id"], ["test_contest.id"], name="fk_item_correction_contest_id_test_contest"),
        sa.ForeignKeyConstraint(["item_id"], ["test_item.id"], name="fk_item_correction_item_id_test_item"),
        sa.PrimaryKeyConstraint("id", name="pk_item_correction"),
    )
    op.create_index("ix_item_correction_contest_id", "item_correction", ["contest_id"])
    op.create_index("ix_item_correction_item_id_id", "item_correction", ["item_id", "id"])
