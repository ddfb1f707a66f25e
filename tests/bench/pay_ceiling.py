"""The rows of a paid week as PostgreSQL alone can write them, and as the ORM would: no rule is asked.

One INSERT..SELECT for each table, from the same time entries into the same tables: lines of timesheets, payslips, five
lines of pay for each booking, an accrual for two of them, an entry for each person, a posting for each line, and the
kept balances of all accounts.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select, text

from marketplace.contracts.models import BenefitEntry, BenefitPlan
from marketplace.contracts.rules import EntryKind
from marketplace.core import clock
from marketplace.core.db import db, transaction
from marketplace.core.ids import new_id
from marketplace.ledger.models import JournalEntry, LedgerAccount, Posting
from marketplace.pay.models import PayLine, PayRun
from marketplace.pay.rules import RunStatus
from marketplace.standards.line_kinds import Payee

STATEMENTS = (
    """
    INSERT INTO timesheet (id, gig_id, company_id, contractor_id, week, timezone, submitted_at, decided_at, status)
    SELECT gen_random_uuid(), gig_id, company_id, contractor_id, week, 'America/Chicago', :at, :at, 'locked'
    FROM (SELECT DISTINCT gig_id, company_id, contractor_id, week FROM booking WHERE company_id = :company) AS week
    """,
    """
    INSERT INTO timesheet_line (id, timesheet_id, booking_id, work_minutes, waiting_minutes, paid_break_minutes,
        unpaid_break_minutes, overtime_minutes, compensation_minutes, flags, sick_minutes, night_minutes, added_minutes,
        outage_minutes, standby_minutes, further_overtime_minutes)
    SELECT gen_random_uuid(), timesheet.id, booking.id, clock.work, 0, clock.breaks, 0, booking.overtime_minutes, 0,
        '[]', 0, 0, 0, 0, 0, 0
    FROM booking
    JOIN timesheet USING (contractor_id, gig_id, week)
    JOIN (
        SELECT booking_id,
            coalesce(sum(extract(epoch FROM ended_at - started_at) / 60) FILTER (WHERE kind = 'work'), 0)::int AS work,
            coalesce(sum(extract(epoch FROM ended_at - started_at) / 60) FILTER (WHERE kind <> 'work'), 0)::int
                AS breaks
        FROM time_entry GROUP BY booking_id
    ) AS clock ON clock.booking_id = booking.id
    WHERE booking.company_id = :company AND NOT EXISTS (SELECT FROM timesheet_line WHERE booking_id = booking.id)
    """,
    """
    INSERT INTO payslip (id, run_id, contractor_id, currency, net_amount, benefits_amount, leave_amount, cost_amount,
        issued_at, pay_date, status)
    SELECT gen_random_uuid(), :run, contractor_id, 'USD', 1, 1, 0, 1, :at, CAST(:at AS timestamptz)::date, 'issued'
    FROM (SELECT DISTINCT contractor_id FROM booking WHERE company_id = :company) AS person
    """,
    """
    INSERT INTO pay_line (id, run_id, payslip_id, contractor_id, company_id, gig_id, booking_id, timesheet_id, kind,
        payee_kind, began_at, seconds, rate_amount, amount, currency, payer, payee, rule, rule_version, contract_id,
        contract_version_id, contract_version, engagement_type, cause)
    SELECT gen_random_uuid(), :run, slip.id, booking.contractor_id, booking.company_id, booking.gig_id, booking.id,
        line.timesheet_id, part.kind, part.payee, lower(booking.during), line.work_minutes * part.seconds, rate_amount,
        part.amount, booking.currency, 'booking:' || booking.id || '\\:hold',
        CASE part.payee WHEN 'platform' THEN 'platform:fees'
            WHEN 'benefits' THEN 'benefit:' || booking.contractor_id || '\\:' || part.account
            ELSE 'contractor:' || booking.contractor_id || '\\:payable' END,
        part.rule, 1, version.contract_id, version.id, version.number, 'contractor',
        'booking:' || booking.id || '\\:' || part.kind
    FROM booking
    JOIN timesheet_line line ON line.booking_id = booking.id
    JOIN payslip slip ON slip.run_id = :run AND slip.contractor_id = booking.contractor_id
    JOIN contract_version version ON version.id = booking.contract_version_id
    CROSS JOIN (VALUES
        ('wages', 'contractor', 'payable', 60, 1000, 'WAGES'),
        ('paid_break', 'contractor', 'payable', 10, 250, 'PAID_BREAK'),
        ('sick_accrual', 'benefits', 'sick_leave', 2, 200, 'SICK'),
        ('health_contribution', 'benefits', 'health', 0, 240, 'HEALTH'), ('platform_fee', 'platform', '', 0, 300, 'FEE')
    ) AS part (kind, payee, account, seconds, amount, rule)
    WHERE booking.company_id = :company
    """,
    """
    INSERT INTO benefit_entry (id, contractor_id, plan_id, kind, quantity, currency, cause, reference, rule,
        rule_version, at)
    SELECT line.id, line.contractor_id, plan.id, 'accrue',
        CASE line.kind WHEN 'sick_accrual' THEN line.seconds ELSE line.amount END,
        CASE line.kind WHEN 'sick_accrual' THEN NULL ELSE line.currency END,
        line.cause, 'booking:' || line.booking_id, line.rule, line.rule_version, line.began_at
    FROM pay_line line
    JOIN benefit_plan plan
        ON plan.code = CASE line.kind WHEN 'sick_accrual' THEN 'sick-leave' ELSE 'health-stipend' END
    WHERE line.run_id = :run AND line.payee_kind = 'benefits'
    """,
    """
    INSERT INTO journal_entry (id, cause, at, data)
    SELECT id, 'payslip:' || id, :at, '{}' FROM payslip WHERE run_id = :run
    """,
    """
    INSERT INTO ledger_account (id, name, currency, balance)
    SELECT gen_random_uuid(), payee, currency, 0
    FROM (SELECT DISTINCT payee, currency FROM pay_line WHERE run_id = :run AND payee_kind <> 'platform') AS new
    """,
    """
    UPDATE ledger_account SET balance = balance + side.amount
    FROM (
        SELECT name, currency, sum(amount) AS amount
        FROM (
            SELECT payer AS name, currency, -amount AS amount FROM pay_line WHERE run_id = :run
            UNION ALL SELECT payee, currency, amount FROM pay_line WHERE run_id = :run AND payee_kind <> 'platform'
        ) AS sides
        GROUP BY name, currency
    ) AS side
    WHERE ledger_account.name = side.name AND ledger_account.currency = side.currency
    """,
    """
    INSERT INTO posting (entry_id, source_id, destination_id, amount, currency)
    SELECT line.payslip_id, source.id, destination.id, line.amount, line.currency
    FROM pay_line line
    JOIN ledger_account source ON source.name = line.payer AND source.currency = line.currency
    JOIN ledger_account destination ON destination.name = line.payee AND destination.currency = line.currency
    WHERE line.run_id = :run
    """,
)


def by_statements(company_id: UUID) -> None:
    """Writes a week in one transaction, a statement for each table."""
    with transaction():
        at = clock.now()
        run = PayRun(company_id=company_id, through=at.date(), rail="sandbox", started_at=at, status=RunStatus.PAID)
        db.session.add(run)
        db.session.flush()
        given = {"company": company_id, "run": run.id, "at": at}
        for statement in STATEMENTS:
            db.session.execute(text(statement), given)


def by_orm(company_id: UUID, bookings: int) -> Callable[[], int]:
    """Reads what so many bookings were paid, and returns what writes as much again by `add_all()` of the ORM, in one
    transaction, and says how many rows that were."""
    with transaction():
        lines = select(*PayLine.__table__.columns).where(PayLine.company_id == company_id).limit(5 * bookings)
        read = db.session.execute(lines).mappings()
        told = [{name: value for name, value in row.items() if value is not None} for row in read]
        names = {each[side] for each in told for side in ("payer", "payee")}
        found = select(LedgerAccount.name, LedgerAccount.id).where(LedgerAccount.name.in_(names))
        accounts = {row.name: row.id for row in db.session.execute(found)}
        plan = db.session.scalars(select(BenefitPlan.id).limit(1)).one()
    return lambda: _add_all(told, accounts, plan)


def _add_all(told: Sequence[Mapping[str, Any]], accounts: Mapping[str, UUID], plan: UUID) -> int:
    entry = JournalEntry(id=new_id(), cause=f"orm:{new_id()}", at=clock.now(), data={})
    lines = [PayLine(**{**each, "id": new_id(), "cause": f"orm:{each['cause']}"}) for each in told]
    accruals = [
        BenefitEntry(
            contractor_id=line.contractor_id,
            plan_id=plan,
            kind=EntryKind.ACCRUE,
            quantity=line.amount,
            currency=line.currency,
            cause=line.cause,
            reference=f"booking:{line.booking_id}",
            rule=line.rule,
            rule_version=line.rule_version,
            at=line.began_at,
        )
        for line in lines
        if line.payee_kind is Payee.BENEFITS
    ]
    postings = [
        Posting(
            entry_id=entry.id,
            source_id=accounts[line.payer],
            destination_id=accounts[line.payee],
            amount=line.amount,
            currency=line.currency,
        )
        for line in lines
    ]
    with transaction():
        db.session.add(entry)
        db.session.flush()
        db.session.add_all([*lines, *accruals, *postings])
    db.session.remove()
    return 1 + len(lines) + len(accruals) + len(postings)


def keep_balances() -> None:
    """Adds to the kept balances what `add_all()` has posted, which left them alone: the books of the next week begin
    as they should."""
    with transaction():
        db.session.execute(text(_KEPT))


_KEPT = """
UPDATE ledger_account SET balance = balance + side.amount
FROM (
    SELECT id, sum(amount) AS amount
    FROM (
        SELECT source_id AS id, -amount AS amount FROM posting JOIN journal_entry entry ON entry.id = entry_id
        WHERE entry.cause LIKE 'orm:%'
        UNION ALL
        SELECT destination_id, amount FROM posting JOIN journal_entry entry ON entry.id = entry_id
        WHERE entry.cause LIKE 'orm:%'
    ) AS sides
    GROUP BY id
) AS side
WHERE ledger_account.id = side.id AND ledger_account.balance IS NOT NULL
"""
