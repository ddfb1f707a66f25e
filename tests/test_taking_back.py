"""Migrations on a database with money in it, down and up again: nothing that anybody was issued is lost by them.

How an upgrade from an early version goes is a test of the backup, which brings its rows (`test_backup.py`).
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from flask_migrate import downgrade, upgrade
from sqlalchemy import select

from marketplace.app import create_app
from marketplace.core import clock
from marketplace.core.db import db, transaction
from marketplace.core.embedded import EmbeddedPostgres
from marketplace.core.http import SetaraFlask
from marketplace.core.money import Money
from marketplace.pay import instant, service
from marketplace.pay.by_hand import findings
from marketplace.pay.by_hand.rules import FindingOutcome
from marketplace.pay.invoices import invoicing
from marketplace.pay.models import Payslip
from marketplace.pay.rails import chargeback_papers as papers
from marketplace.pay.rails import chargebacks
from marketplace.pay.rails.chargeback_models import Chargeback
from marketplace.pay.rails.chargeback_rules import Shows
from marketplace.pay.rules import LeverEffect, OpKind, OpStatus
from marketplace.pay.runs import service as runs
from marketplace.pay.seals import proofs, sealing, verify
from tests import papers as files
from tests.catalogue import catalogue
from tests.conftest import MIGRATIONS, Database, own_database
from tests.factories import accounts, disputes
from tests.factories import pay as made
from tests.pay.books import everything_holds
from tests.pay.test_chargebacks import WORDS, look, owner, taken_back
from tests.pay.test_invoices import SELLER
from tests.pay.test_payout_contests import contested, declined, newest, payee

FIRST = "0113"
"""Down to here they are taken back. What was issued by 0113 is to come through all that follow, those to come too."""
ANEW: Mapping[str, set[str]] = {
    "booking": {"further_overtime_percent"},
    "chargeback": {"read_at"},
    "chargeback_evidence": {"id", "handed_in_at", "erase_at", "erased_at"},
    "money_act": {"id"},
    "sandbox_call": {"failed_at", "inquired_at"},
}
"""What a migration makes up anew when it goes up again, by table: nobody was told of it, or it says nothing."""
LOST: Mapping[str, set[str]] = {"pay_line": {"floor", "night_law"}, "pay_run": {"contractor_id", "timesheets_due"}}
"""What pay says of itself and an earlier version cannot: no amount, and no part of a seal."""
STAYS = (
    "journal_entry|posting|seal|sealed_entry|pay_line|payslip|bonus|payment_op|withholding|benefit_entry|timesheet_cut|bank_line"
    "|bank_balance|line_reopening|chargeback|chargeback_paper|payout_contest|invoice|invoice_line|sealed_file"
)
"""Tables of which no migration deletes a row."""
A_BONUS = """
INSERT INTO bonus (id, company_id, gig_id, contractor_id, contract_version_id, amount, currency, held_amount, reason,
                   written_by, written_at, granted_at, status)
SELECT gen_random_uuid(), company_id, gig_id, contractor_id, contract_version_id, 5, currency, 5, '',
       (SELECT id FROM person WHERE id <> contractor_id LIMIT 1), made_at, made_at, 'granted'
FROM booking LIMIT 1
"""
A_BALANCE = """
INSERT INTO bank_balance (id, statement_id, account, currency, opened_on, opening, closed_on, closing)
VALUES (gen_random_uuid(), gen_random_uuid(), '', 'USD', '2026-11-30', 0, '2026-11-30', 5)
"""
ANOTHER = """
INSERT INTO bank_line (id, statement_id, identity, known_by, kind, booked_on, amount, currency, words, payer,
                       bank_reference, status, another)
VALUES (gen_random_uuid(), gen_random_uuid(), '', 'words', 'came', '2026-11-30', 5, 'USD', '', '', '', 'stray', 'So.')
"""
IN_PARTS = """
INSERT INTO deposit_invoice (payment_op_id, buyer, days_until_due, state, paid_amount, void_tries, parts)
SELECT gen_random_uuid(), '{}', 30, 'paid', 5, 0, parts::jsonb FROM (VALUES
    ('[{"kind": "payment_intent", "id": "pi_1", "amount": 2}, {"kind": "payment_intent", "id": "pi_2", "amount": 3}]'),
    ('[{"kind": "charge", "id": "ch_1", "amount": 5}]'), ('[{"kind": "payment_intent", "id": "pi_3", "amount": 5}]')
) AS told (parts)
"""
REMINDED = """
WITH op AS (SELECT id FROM payment_op LIMIT 1), told AS (
    INSERT INTO event (at, name, doer_kind, subject_id, about, data)
    SELECT '2026-11-30T12:00Z', 'deposit.overdue', 'clock', id, '{}', '{}' FROM op
)
INSERT INTO deposit_invoice (payment_op_id, buyer, days_until_due, state, paid_amount, void_tries, reminded_at)
SELECT id, '{}', 30, 'open', 0, 0, '2026-11-30T12:00Z' FROM op
"""
IN_THE_WAY: Sequence[tuple[str, str, str]] = (
    ("runs of what could not be reckoned with others (rows of pay_run: 1)",
     "UPDATE pay_run SET parted_from_id = id, things = '{}' WHERE status = 'paying'",
     "UPDATE pay_run SET things = NULL"),
    ("runs of payslips that could not be booked with others (rows of pay_run: 1)",
     "UPDATE pay_run SET parted_from_id = id WHERE status = 'paying'", "UPDATE pay_run SET parted_from_id = NULL"),
    ("why a transfer is another than one that was marked (rows of bank_line: 1)", ANOTHER, "DELETE FROM bank_line"),
    ("what banks say that they hold (rows of bank_balance: 1)", A_BALANCE, "DELETE FROM bank_balance"),
    ("bookings that promise more for the night by a law (rows of booking: 1)",
     "UPDATE booking SET night_law = '{}' WHERE id IN (SELECT id FROM booking LIMIT 1)",
     "UPDATE booking SET night_law = NULL"),
    ("bonuses (rows of bonus: 1)", A_BONUS, "DELETE FROM bonus"),
    ("by which payments deposits have come (rows of deposit_invoice: 2)", IN_PARTS, "DELETE FROM deposit_invoice"),
    ("pay for days of rest (rows of pay_line: {wages})",
     "UPDATE pay_line SET kind = 'rest_day_premium', premium_days = '[{}]' WHERE kind = 'wages'",
     "UPDATE pay_line SET kind = 'holiday_premium' WHERE kind = 'rest_day_premium'"),
    ("pay for public holidays (rows of pay_line: {wages})", "",
     "UPDATE pay_line SET kind = 'piece', pieces = 3, premium_days = NULL WHERE kind = 'holiday_premium'"),
    ("bookings that promise more for a public holiday (rows of booking: 1)",
     "UPDATE booking SET premium_days = '[{}]' WHERE id IN (SELECT id FROM booking LIMIT 1)",
     "UPDATE booking SET premium_days = NULL"),
    ("runs of some countries that are being reckoned (rows of pay_run: 1)",
     "UPDATE pay_run SET status = 'started', all_but = '{KE}' WHERE status = 'paid' AND company_id IS NULL",
     "UPDATE pay_run SET status = 'paid', all_but = '{}' WHERE all_but <> '{}'"),
    ("what was sent for somebody and waits for a second person (rows of money_act: 1)",
     "UPDATE money_act SET status = 'waiting', kind = 'taken_in'", "UPDATE money_act SET kind = 'found'"),
    ("pay for pieces (rows of pay_line: {wages})", "",
     "UPDATE pay_line SET kind = 'further_overtime', pieces = NULL WHERE kind = 'piece'"),
    ("cuts of pieces (rows of timesheet_cut: 1)",
     "UPDATE timesheet_cut SET minutes = 0, pieces = 60 WHERE restored_minutes = 0",
     "UPDATE timesheet_cut SET minutes = 60, pieces = 0 WHERE pieces > 0"),
    ("bookings whose pieces were counted (rows of booking: 1)",
     "UPDATE booking SET pieces = 0 WHERE id IN (SELECT id FROM booking LIMIT 1)", "UPDATE booking SET pieces = NULL"),
    ("pay for further overtime (rows of pay_line: {wages})", "",
     "UPDATE pay_line SET kind = 'outage' WHERE kind = 'further_overtime'"),
    ("questions of banks (rows of chargeback: 1)",
     "UPDATE chargeback SET status = 'inquiry' WHERE evidence_id IS NULL",
     "UPDATE chargeback SET status = 'open' WHERE status = 'inquiry'"),
    ("what waits for a second person (rows of money_act: 1)", "", "UPDATE money_act SET status = 'alone'"),
    ("pay for waiting, outages and cancelled shifts (rows of pay_line: {wages})", "",
     "UPDATE pay_line SET kind = 'wages' WHERE kind = 'outage'"),
    ("papers against chargebacks (rows of chargeback_paper: 1)", "",
     "UPDATE chargeback_paper SET status = 'erased', file_id = NULL, erased_at = handed_in_at"),
    ("runs of one person that are being reckoned (rows of pay_run: 1)",
     "UPDATE pay_run SET status = 'started', contractor_id = gen_random_uuid() WHERE status = 'paying'",
     "UPDATE pay_run SET status = 'paying' WHERE status = 'started'"),
    ("chargebacks and what was said against them (rows of chargeback: 3)", "", ""),
)  # fmt: skip
"""From the newest migration to older ones: what stands in the way, and what puts it there and takes it away."""
GONE = findings.Found(outcome=FindingOutcome.DID_NOT, reason="The bank knows nothing of it.")


@pytest.fixture(scope="module")
def old(server: EmbeddedPostgres, template: str, testrun_uid: str, worker_id: str) -> Iterator[Database]:
    """A database in which people were paid, taxed, invoiced, cut, charged back and contested, all of it sealed."""
    with own_database(server, template, f"old_{testrun_uid[:8]}_{worker_id}") as own:
        with at_work(own) as app:
            app.config["SELLER"] = SELLER
            _chargebacks()
            _pay()
            with transaction():
                invoicing.issue_due()
                while sealing.seal_due():
                    pass
            everything_holds()
        yield own


@contextmanager
def at_work(there: Database) -> Iterator[SetaraFlask]:
    """The application on that database."""
    app = create_app(there.settings())
    with app.app_context():
        try:
            yield app
        finally:
            db.session.remove()
            db.engine.dispose()


def _chargebacks() -> None:
    """One that was won and whose words are erased, and one that a bank has before it and that is paid again."""
    won = taken_back()
    with transaction():
        chargebacks.hand_in(won.company_id, won.id, WORDS, by=owner(won))
    look()
    with transaction():
        clock.move_to(clock.now() + timedelta(days=31))
        papers.erase_due(10)
    waits = _charged_back(won.company_id)
    with transaction():
        chargebacks.hand_in(waits.company_id, waits.id, WORDS, by=owner(waits))
        chargebacks.pay_again(waits.company_id, waits.id, by=owner(waits))


def _charged_back(company_id: UUID) -> Chargeback:
    """Twelve dollars that a bank has taken back, of which nobody has said anything yet."""
    made.lever(LeverEffect.CHARGE_BACK, OpKind.DEPOSIT)
    made.deposited(company_id, Money.of("12.00", "USD"))
    with transaction():
        chargebacks.look_at_sandbox()
    return db.session.scalars(select(Chargeback).where(Chargeback.evidence_id.is_(None))).one()


def _pay() -> None:
    """Two cuts, one of them claimed and ruled; somebody who is taxed; somebody paid at once, by a payout that was
    declined, contested, ordered anew, and found by hand not to have arrived."""
    disputes.ruled(disputes.claimed(disputes.worked_and_cut()))
    disputes.worked_and_cut()
    made.taxed()
    made.paid()
    mine = made.worked_and_approved()
    with transaction():
        at_once = instant.pay_now(by=accounts.actor_of(mine.contractor_id)).id
    runs.finish_run(at_once)
    refused = declined(newest(mine.contractor_id))
    contested(refused)
    with transaction():
        service.retry_payout(refused.id, by=payee(refused))
        parked = newest(mine.contractor_id)
        parked.status, parked.first_sent_at, parked.tries = OpStatus.PARKED, clock.now(), 1
    with transaction():
        findings.find([parked.id], GONE, by=made.finance())
    runs.finish_run(at_once)


def rows_of(there: Database) -> dict[str, list[dict[str, Any]]]:
    """All rows of all tables, by the names of their columns."""
    with psycopg.connect(there.admin_dsn) as admin:
        names = admin.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        ).fetchall()
        return {
            name: [row for (row,) in admin.execute(f'SELECT to_jsonb(t) FROM "{name}" t').fetchall()]
            for (name,) in names
        }


def compared(rows: Mapping[str, Sequence[dict[str, Any]]]) -> dict[str, list[str]]:
    """The rows without what need not come back."""
    return {name: sorted(_without(row, ANEW.get(name, set()) | LOST.get(name, set())) for row in every)
            for name, every in rows.items()}  # fmt: skip


def _without(row: dict[str, Any], columns: set[str]) -> str:
    return json.dumps({column: value for column, value in row.items() if column not in columns}, sort_keys=True)


def test_what_was_issued_goes_down_and_up_again_unharmed(old: Database) -> None:
    before, shape = compared(rows_of(old)), catalogue(old.admin_dsn)
    for table in ("chargeback_evidence", "invoice_line", "money_act", "pay_line", "payout_contest", "withholding"):
        assert before[table], f"no {table} tries the migrations"
    with at_work(old):
        downgrade(str(MIGRATIONS), revision=FIRST)
        between = rows_of(old)
        upgrade(str(MIGRATIONS))
        assert catalogue(old.admin_dsn) == shape
        after = compared(rows_of(old))
        assert {table: rows for table, rows in before.items() if rows != after[table]} == {}
        for table in ("journal_entry", "posting", "pay_line", "payslip", "payment_op", "timesheet_cut"):
            assert len(between[table]) == len(before[table]), table
        everything_holds()
        published = "".join(proofs.lines())
        for slip in db.session.scalars(select(Payslip)):
            told = proofs.of_payslip(slip.id, accounts.actor_of(slip.contractor_id))
            assert verify.check(json.dumps(told), published).code == verify.HOLDS


def test_nobody_is_reminded_twice_of_an_invoice(old: Database) -> None:
    """Going back forgets of whom it was, and the event says so when the database comes up again."""
    with at_work(old), psycopg.connect(old.admin_dsn, autocommit=True) as admin:
        admin.execute(REMINDED)
        before = rows_of(old)["deposit_invoice"]
        downgrade(str(MIGRATIONS), revision="0144")
        assert all("reminded_at" not in row for row in rows_of(old)["deposit_invoice"])
        upgrade(str(MIGRATIONS))
        assert rows_of(old)["deposit_invoice"] == before
        admin.execute("DELETE FROM deposit_invoice")


def test_what_an_earlier_version_could_not_keep_is_named_with_its_number_and_stays(
    old: Database, caplog: pytest.LogCaptureFixture
) -> None:
    with at_work(old), psycopg.connect(old.admin_dsn, autocommit=True) as admin:
        found = _charged_back(db.session.scalars(select(Chargeback.company_id).limit(1)).one())
        with transaction():
            papers.attach(found.company_id, found.id, Shows.RECEIPT, files.png(), by=owner(found))
        (wages,) = admin.execute("SELECT count(*) FROM pay_line WHERE kind = 'wages'").fetchone() or (0,)
        admin.execute("SET session_replication_role = replica")
        for _, there, _ in IN_THE_WAY:
            admin.execute(there)
        for words, _, gone in IN_THE_WAY:
            caplog.clear()
            before = rows_of(old) if gone == "" else None
            with pytest.raises(SystemExit):
                downgrade(str(MIGRATIONS), revision="0110")
            assert words.format(wages=wages) in caplog.text
            admin.execute(gone)
        assert rows_of(old) == before, "Those that were taken back before it are there again."


def test_no_migration_deletes_what_was_issued() -> None:
    for file in (MIGRATIONS / "versions").glob("*.py"):
        assert not re.search(rf"DELETE\s+FROM\s+(?:{STAYS})\b", file.read_text()), file.name
