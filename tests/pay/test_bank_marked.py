"""What a person has marked of a transfer, and what a bank statement says of it: one transfer is one deposit."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from marketplace.accounts.models import Company
from marketplace.core.db import db, transaction
from marketplace.core.lifecycle import WrongState
from marketplace.ledger import queries as books
from marketplace.pay import refunds
from marketplace.pay.bank import asked as asked_for
from marketplace.pay.bank import deposits as bank_deposits
from marketplace.pay.bank import keeping
from marketplace.pay.bank import rules as bank_rules
from marketplace.pay.bank.rules import LineStatus
from marketplace.pay.by_hand import findings
from marketplace.pay.by_hand.models import PaymentFinding
from marketplace.pay.by_hand.rules import (
    BadFinding,
    FindingOutcome,
    FindingStatus,
    LooksBooked,
    LooksMarked,
    ReferenceTaken,
    SeveralLines,
)
from marketplace.pay.models import PaymentOp
from marketplace.pay.seconds import service as seconds
from tests.factories import accounts, pay
from tests.pay.books import everything_holds
from tests.pay.test_bank import _company, asked, available, content, lines, ours, usd
from tests.pay.test_bank_files import camt, entry, table
from tests.web.visitor import Visitor

__all__ = ["_company", "ours"]


def seen_by(reference: str) -> findings.Found:
    return findings.Found(outcome=FindingOutcome.HAPPENED, reference=reference, happened_on=date(2026, 11, 17))


def marked(company: Company, amount: str, day: date, reference: str = "b0") -> PaymentOp:
    """A deposit that was asked for, and that one person has marked, or two."""
    (op,) = asked(company, amount)
    told = findings.Found(outcome=FindingOutcome.HAPPENED, reference=reference, happened_on=day)
    with transaction():
        (found,) = asked_for.find([op.id], told, by=pay.finance())
        if found.status is FindingStatus.WAITING:
            asked_for.confirm(found.id, by=pay.finance())
    return op


@pytest.mark.parametrize("amount", ["100.00", "5000.00"])
def test_what_was_marked_by_the_reference_of_a_line_is_its_deposit_within_weeks(ours: Company, amount: str) -> None:
    """The person wrote down 3 October, and the bank has booked it 45 days later. Of 5,000.00 too nobody agrees again,
    since no money moves; and another deposit of the same sum still waits for its own transfer."""
    op = marked(ours, amount, date(2026, 10, 3))
    (other,) = asked(ours, amount)
    with transaction():
        bank_deposits.take(content(ours, amount).replace(",B0", ", B0 "), by=pay.finance())
    (line,) = lines()
    assert (line.status, line.payment_op_id, available(ours)) == (LineStatus.POSTED, op.id, usd(amount))
    assert findings.of([other.id]) == {}
    everything_holds()


@pytest.mark.parametrize("reference", ["b0", "b1"])
def test_a_line_under_the_reference_comes_before_one_near_it(ours: Company, reference: str) -> None:
    """Two transfers of 100.00 on one day, of which one was marked: whichever line is read first, they are two."""
    op = marked(ours, "100.00", date(2026, 11, 17), reference)
    with transaction():
        bank_deposits.take(content(ours, "100.00", "100.00"), by=pay.finance())
    assert [line.own_reference.lower() for line in lines() if line.payment_op_id == op.id] == [reference]
    assert available(ours) == usd("200.00")


def test_the_references_of_a_large_statement_take_few_locks(app: Flask) -> None:
    with transaction():
        asked_for.hold_references({f"B{at}" for at in range(bank_rules.MOST_LINES)})
        held = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()"
        assert 0 < (db.session.scalar(text(held)) or 0) < 2 * asked_for.SHARED


def test_a_transfer_that_was_marked_for_another_company_is_nobody_elses(ours: Company) -> None:
    """By hand it was marked for another lab than its words name. A person decides: it is that lab's, and is booked
    once."""
    with transaction():
        other = accounts.company()
    op, (own,) = marked(other, "100.00", date(2026, 11, 17)), asked(ours, "100.00")
    with transaction():
        bank_deposits.take(content(ours, "100.00"), by=pay.finance())
    (line,) = lines()
    assert (line.status, available(ours), available(other)) == (LineStatus.STRAY, usd("0.00"), usd("100.00"))
    with pytest.raises(WrongState):
        bank_deposits.assign(line.id, ours.id, by=pay.finance())
    with transaction():
        bank_deposits.assign(line.id, other.id, by=pay.finance())
    assert (line.payment_op_id, available(other), findings.of([own.id])) == (op.id, usd("100.00"), {})
    everything_holds()


def test_a_reference_that_a_bank_gives_again_is_another_transfer_as_a_person_says(
    ours: Company, client: FlaskClient
) -> None:
    """Marked for another lab on 2 October, and 46 days later there is a line of as much under its reference, which was
    that deposit, or nobody's."""
    with transaction():
        other = accounts.company(legal_name="Orchard Ltd.")
    marked(other, "100.00", date(2026, 10, 2))
    text, finance = content(ours, "100.00"), pay.finance()
    with transaction():
        bank_deposits.take(text, by=finance)
    (line,) = lines()
    assert (line.status, available(ours)) == (LineStatus.STRAY, usd("0.00"))
    for company in (ours, other):
        with pytest.raises(LooksMarked), transaction():
            bank_deposits.assign(line.id, company.id, another=" ", by=finance)
    # What it is nobody has said yet: it is sent back as any other, and kept with a reason, like here.
    asked_for.check_open(line)
    with pytest.raises(LooksMarked), transaction():
        keeping.keep(line.id, "Nobody's.", by=finance)
    desk = Visitor(client).signed_in(accounts.person_of(finance.person_id))
    for path in ("/desk/bank", f"/desk/bank/{line.id}/company?name=lab"):
        assert "more than 45 days before or after" in desk.look(path).words
    desk.send(
        f"/desk/bank/{line.id}/company?name=lab", "/assign", company_id=ours.id, another="Their bank counts anew."
    )
    db.session.expire_all()
    assert (line.status, available(ours), available(other)) == (LineStatus.POSTED, usd("100.00"), usd("100.00"))
    assert line.another == "Their bank counts anew."
    everything_holds()


@pytest.mark.parametrize("are_one", [True, False])
def test_what_may_have_been_marked_and_is_taken_back_waits_for_a_person(ours: Company, are_one: bool) -> None:
    """100.00 were marked on 2 October, and a line of 17 November has their reference; on the 18th the bank takes 100.00
    back under it. Where the line is that deposit, 100.00 are gone; where it is another, 100.00 of 200.00 stay."""
    marked(ours, "100.00", date(2026, 10, 2))
    finance, named = pay.finance(), bank_rules.reference_of(ours.id)
    with transaction():
        bank_deposits.take(content(ours, "100.00"), by=finance)
        bank_deposits.take(table(f"2026-11-18,-100.00,USD,{named},Lab,B0"), by=finance)
    came, gone = sorted(lines(), key=lambda line: line.booked_on)
    assert (came.status, gone.status) == (LineStatus.STRAY, LineStatus.STRAY)
    assert refunds.taken_back(ours.id) == {"USD": usd("100.00")}
    with transaction():
        if are_one:
            bank_deposits.send_back(came.id, "It is the deposit of 2 October.", by=finance)
        else:
            bank_deposits.assign(came.id, ours.id, another="Their bank counts anew.", by=finance)
        bank_deposits.assign(gone.id, ours.id, by=finance)
    assert available(ours) == usd("0.00" if are_one else "100.00")
    everything_holds()


@pytest.mark.parametrize("is_kept", [True, False])
def test_what_was_marked_meanwhile_a_second_person_reads(ours: Company, app: Flask, *, is_kept: bool) -> None:
    """One says whose 100.00 are, or that they are the service's; before another agrees a third marks a deposit under
    their reference, and of a day long ago. What was said before is taken back; the second person reads what is new."""
    one, two, (op,) = pay.finance(), pay.finance(), asked(ours, "100.00")
    with transaction():
        bank_deposits.take(content(ours, "100.00", words="for the work"), by=one)
    (line,) = lines()
    app.config["TWO_PEOPLE_ABOVE"] = "1.00"
    try:
        with transaction():
            if is_kept:
                act = keeping.keep(line.id, "Nobody's.", by=one)
            else:
                bank_deposits.assign(line.id, accounts.company().id, by=one)
    finally:
        app.config["TWO_PEOPLE_ABOVE"] = "500.00"
    with transaction():
        asked_for.find([op.id], replace(seen_by("B0"), happened_on=date(2026, 10, 2)), by=pay.finance())
    with pytest.raises(LooksMarked), transaction():
        seconds.agree(act.id, by=two) if is_kept else bank_deposits.confirm(line.id, by=two)
    assert books.balance("rail:manual", "USD") == usd("-100.00")
    everything_holds()


def test_a_number_within_a_file_is_no_reference_of_the_bank(ours: Company) -> None:
    """Entry number 1 of one file was marked by hand for another lab; weeks later another file has a number 1 too."""
    with transaction():
        other = accounts.company()
    marked(other, "100.00", date(2026, 10, 17), reference="1")
    numbered = camt(entry("100.00", bank_rules.reference_of(ours.id)))
    numbered = numbered.replace("<AcctSvcrRef>B100.00</AcctSvcrRef>", "<NtryRef>1</NtryRef>")
    with transaction():
        bank_deposits.take(numbered, by=pay.finance())
    assert (lines()[0].status, available(ours)) == (LineStatus.POSTED, usd("100.00"))


def test_a_transfer_that_a_line_has_booked_is_no_other_deposit(ours: Company) -> None:
    """400.00 came and are a deposit of their own; the company asks for 400.00 afterwards. Whoever marks that by the
    reference of the line is told so; by another it is another transfer, and none is two deposits."""
    one = pay.finance()
    with transaction():
        bank_deposits.take(content(ours, "400.00"), by=one)
    ops = asked(ours, "400.00", "400.00")
    with pytest.raises(ReferenceTaken) as refused, transaction():
        asked_for.find([ops[0].id], seen_by(" b0"), by=one)
    assert refused.value.members == {"line": str(lines()[0].id)}
    assert available(ours) == usd("400.00")
    with pytest.raises(BadFinding, match="of its own"), transaction():
        asked_for.find([op.id for op in ops], seen_by("B7"), by=pay.finance())
    with transaction():
        asked_for.find([ops[0].id], seen_by("B7"), by=pay.finance())
    with pytest.raises(ReferenceTaken) as refused, transaction():
        asked_for.find([ops[1].id], seen_by("B7"), by=pay.finance())
    assert refused.value.members == {"deposit": str(ops[0].id)}
    assert available(ours) == usd("800.00")
    everything_holds()


def test_what_a_line_has_booked_meanwhile_nobody_confirms(ours: Company, app: Flask) -> None:
    """One person found 400.00 beyond what they may say alone; the statement of another books the same transfer."""
    one, (op,) = pay.finance(), asked(ours, "400.00")
    app.config["TWO_PEOPLE_ABOVE"] = "100.00"
    try:
        with transaction():
            (found,) = asked_for.find([op.id], seen_by("B0"), by=one)
    finally:
        app.config["TWO_PEOPLE_ABOVE"] = "500.00"
    with transaction():
        bank_deposits.take(content(ours, "400.00"), by=pay.finance())
    with pytest.raises(ReferenceTaken), transaction():
        asked_for.confirm(found.id, by=pay.finance())
    assert available(ours) == usd("400.00")
    everything_holds()


def found_for_two(ours: Company, app: Flask, op: PaymentOp, reference: str) -> UUID:
    """What one person has found beyond what they may say alone."""
    app.config["TWO_PEOPLE_ABOVE"] = "100.00"
    try:
        with transaction():
            return asked_for.find([op.id], seen_by(reference), by=pay.finance())[0].id
    finally:
        app.config["TWO_PEOPLE_ABOVE"] = "500.00"


@pytest.mark.parametrize("alone", [False, True])
def test_what_looks_like_a_line_that_was_booked_meanwhile_takes_a_reason(
    ours: Company, app: Flask, *, alone: bool
) -> None:
    """400.00 were seen online; the statement books as much for the company as a deposit of its own, since what was
    asked for is spoken for. The same transfer would be credited twice, whether a second person confirms what was found
    or somebody finds it anew alone. A line of another amount says nothing."""
    (op,) = asked(ours, "400.00")
    found = found_for_two(ours, app, op, "seen online")
    with transaction():
        bank_deposits.take(content(ours, "401.00"), by=pay.finance())
        assert asked_for.like_booked([findings.of([op.id])[op.id]]) == {}
        bank_deposits.take(content(ours, "400.00"), by=pay.finance())
    line = lines()[0]
    if alone:
        with transaction():
            asked_for.contradict(found, by=pay.finance())

    def settle(another: str) -> PaymentFinding:
        if alone:
            return asked_for.find([op.id], replace(seen_by("seen online"), another=another), by=pay.finance())[0]
        return asked_for.confirm(found, another=another, by=pay.finance())

    for another in ("", " "):
        with pytest.raises(LooksBooked) as refused, transaction():
            settle(another)
        assert refused.value.members == {"line": str(line.id), "deposit": str(line.payment_op_id)}
    assert available(ours) == usd("801.00")
    with transaction():
        settled = settle("Two invoices of one sum.")
    assert (settled.another, available(ours)) == ("Two invoices of one sum.", usd("1201.00"))
    everything_holds()


def test_a_transfer_that_a_person_has_told_of_before_looks_like_no_other(ours: Company, app: Flask) -> None:
    """The line that came was one found by hand: what is found of a second deposit is not that."""
    ops = asked(ours, "400.00", "400.00")
    with transaction():
        asked_for.find([ops[0].id], seen_by("seen online"), by=pay.finance())
        bank_deposits.take(content(ours, "400.00"), by=pay.finance())
    found = found_for_two(ours, app, ops[1], "seen again")
    with transaction():
        asked_for.confirm(found, by=pay.finance())
    assert available(ours) == usd("800.00")
    everything_holds()


def alike(ours: Company, *days: int) -> None:
    """Large transfers of these days under one reference of the bank's, which a bank may give twice."""
    named = bank_rules.reference_of(ours.id)
    rows = [f"2026-11-{day},5000.00,USD,{named} {at},Lab,B0" for at, day in enumerate(days)]
    with transaction():
        bank_deposits.take(table(*rows), by=pay.finance())


def test_of_two_lines_alike_each_has_its_own_finding(ours: Company) -> None:
    ops = asked(ours, "5000.00", "5000.00")
    alike(ours, 17, 18)
    made = findings.of([op.id for op in ops])
    with transaction():
        asked_for.confirm(made[ops[1].id].id, by=pay.finance())
        asked_for.contradict(made[ops[0].id].id, by=pay.finance())
    assert {(line.finding_id, line.status, line.payment_op_id) for line in lines()} == {
        (made[ops[1].id].id, LineStatus.POSTED, ops[1].id),
        (None, LineStatus.STRAY, None),
    }


@pytest.mark.parametrize(("days", "is_known"), [((17, 18), True), ((17, 17), False), ((18, 18), False)])
def test_which_of_two_lines_alike_a_person_has_found_the_day_says_or_nobody(
    ours: Company, days: tuple[int, ...], is_known: bool
) -> None:
    """Nobody had asked for a deposit when they came, so neither has found anything. A person tells of one by its
    reference, on 17 November."""
    alike(ours, *days)
    (op,) = asked(ours, "5000.00")
    with transaction():
        (found,) = asked_for.find([op.id], seen_by("B0"), by=pay.finance())
    if is_known:
        with transaction():
            asked_for.confirm(found.id, by=pay.finance())
        assert [line.booked_on.day for line in lines() if line.payment_op_id == op.id] == [17]
        return
    with pytest.raises(SeveralLines) as refused, transaction():
        asked_for.confirm(found.id, by=pay.finance())
    assert set(refused.value.members["lines"]) == {str(line.id) for line in lines()}
    with transaction():
        bank_deposits.confirm(lines()[1].id, by=pay.finance())
    assert (lines()[1].payment_op_id, available(ours)) == (op.id, usd("5000.00"))


def test_whoever_contradicts_what_a_line_has_found_doubts_the_line(ours: Company) -> None:
    """It would be a deposit of its own beside the one that was asked for, which somebody could mark by hand later."""
    first, second, (op,) = pay.finance(), pay.finance(), asked(ours, "5000.00")
    with transaction():
        bank_deposits.take(content(ours, "5000.00"), by=first)
        asked_for.contradict(findings.of([op.id])[op.id].id, by=second)
    (line,) = lines()
    assert (line.status, line.company_id, findings.of([op.id])) == (LineStatus.STRAY, None, {})
    with pytest.raises(WrongState):
        bank_deposits.confirm(line.id, by=second)
    with transaction():
        bank_deposits.assign(line.id, ours.id, by=second)
        bank_deposits.confirm(line.id, by=first)
    assert (line.payment_op_id, available(ours)) == (op.id, usd("5000.00"))
    everything_holds()
