"""What people find out about payments by hand: whole, not of their own pay, and two of them above a limit."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select, update

from marketplace.accounts.rules import OperatorRole
from marketplace.core import clock
from marketplace.core.db import db, transaction
from marketplace.core.lifecycle import WrongState
from marketplace.core.money import Money
from marketplace.pay import service
from marketplace.pay.by_hand import files as manual_files
from marketplace.pay.by_hand import findings
from marketplace.pay.by_hand.findings import Found
from marketplace.pay.by_hand.rules import (
    BadFinding,
    FileStatus,
    FindingStatus,
    NothingToFind,
    NothingToPay,
    NotReleased,
    OwnPayment,
)
from marketplace.pay.models import PaymentOp
from marketplace.pay.rules import OpKind, OpStatus
from marketplace.pay.runs import service as runs
from marketplace.standards.act_models import MoneyAct
from marketplace.standards.act_rules import ActKind, ActStatus, SecondPerson
from tests.factories import accounts, pay
from tests.pay.books import everything_holds
from tests.pay.test_manual import HAPPENED, by_hand, made, not_paid, op_of, owed, paid, parked

__all__ = ["by_hand"]


def test_above_the_limit_it_takes_two_people(by_hand: Flask) -> None:
    """At a limit of 50.00 USD one person makes the file of 60.00, and another lets it go; likewise what was found."""
    by_hand.config["TWO_PEOPLE_ABOVE"] = "50.00"
    try:
        op, one, other = owed(), pay.finance(), pay.finance()
        file = made(by=one)
        assert file.status is FileStatus.MADE
        with pytest.raises(NotReleased):
            manual_files.download(file.id, by=one)
        with pytest.raises(SecondPerson):
            manual_files.release(file.id, by=one)
        with pytest.raises(NothingToFind):
            findings.find([op.id], not_paid(), by=one)
        with transaction():
            manual_files.release(file.id, by=other)
            (found,) = findings.find([op.id], paid(), by=one)
        assert (found.status, op_of(op.owner_id).status) == (FindingStatus.WAITING, OpStatus.WAITING)
        with pytest.raises(SecondPerson):
            findings.confirm(found.id, by=one)
        with transaction():
            findings.contradict(found.id, by=other)
            (second,) = findings.find([op.id], paid(), by=other)
        with transaction():
            findings.confirm(second.id, by=one)
        with pytest.raises(WrongState):
            findings.contradict(second.id, by=other)
        assert op_of(op.owner_id).status is OpStatus.DONE
    finally:
        by_hand.config["TWO_PEOPLE_ABOVE"] = "500.00"
    everything_holds()


def test_small_lines_that_come_to_much_take_two_people(by_hand: Flask) -> None:
    """At a limit of 100.00 USD one person marks 60.00 as paid; the next 60.00 of the day make 120.00 and wait for
    another one."""
    by_hand.config["TWO_PEOPLE_ABOVE"] = "100.00"
    try:
        ops, one, other = [owed(), owed()], pay.finance(), pay.finance()
        file = made(by=one)
        with transaction():
            manual_files.release(file.id, by=other)
            (first,) = findings.find([ops[0].id], paid(), by=one)
            (second,) = findings.find([ops[1].id], paid(), by=one)
        assert (first.status, second.status) == (FindingStatus.HOLDS, FindingStatus.WAITING)
        with transaction():
            findings.confirm(second.id, by=other)
        assert op_of(ops[1].owner_id).status is OpStatus.DONE
    finally:
        by_hand.config["TWO_PEOPLE_ABOVE"] = "500.00"
    everything_holds()


def test_small_files_that_come_to_much_take_two_people(by_hand: Flask) -> None:
    """At a limit of 100.00 USD one person makes a file of 60.00 and has it; the next of 60.00 on that day is let go by
    another. Marking the first as paid is not counted again."""
    by_hand.config["TWO_PEOPLE_ABOVE"] = "100.00"
    try:
        one, op = pay.finance(), owed()
        first = made(by=one)
        with transaction():
            (found,) = findings.find([op.id], paid(), by=one)
        owed()
        second = made(by=one)
        assert (first.status, second.status) == (FileStatus.SETTLED, FileStatus.MADE)
        assert found.status is FindingStatus.HOLDS
        acts = db.session.execute(select(MoneyAct.kind, MoneyAct.amount, MoneyAct.file_id)).all()
        assert acts == [(ActKind.PAID, 6000, first.id)]
        with transaction():
            assert manual_files.release(second.id, by=pay.finance()).status is FileStatus.RELEASED
    finally:
        by_hand.config["TWO_PEOPLE_ABOVE"] = "500.00"


def test_what_was_let_go_by_another_file_is_no_part_of_this_one(by_hand: Flask) -> None:
    """At a limit of 100.00 USD one person makes a file of 60.00 and withdraws it, which counts no more: they may make
    it again. Of 120.00 in a file that two others let go, they mark nothing alone."""
    by_hand.config["TWO_PEOPLE_ABOVE"] = "100.00"
    try:
        one, op = pay.finance(), owed()
        for _ in range(2):
            file = made(by=one)
            assert file.status is FileStatus.RELEASED
            with transaction():
                manual_files.withdraw(file.id, by=one)
        statuses = db.session.scalars(select(MoneyAct.status)).all()
        assert statuses == [ActStatus.WITHDRAWN, ActStatus.WITHDRAWN]
        ops = [op, owed()]
        file = made(by=pay.finance())
        with transaction():
            manual_files.release(file.id, by=pay.finance())
            clock.move_to(clock.now() + timedelta(days=1))
            # As it stood before what is withdrawn was undone.
            db.session.execute(update(MoneyAct).values(status=ActStatus.ALONE))
            found = findings.find([each.id for each in ops], paid(), by=one)
        assert [each.status for each in found] == [FindingStatus.WAITING, FindingStatus.WAITING]
    finally:
        by_hand.config["TWO_PEOPLE_ABOVE"] = "500.00"


def test_small_payouts_that_are_parked_and_come_to_much_take_two_people(app: Flask) -> None:
    """Likewise 60.00 and 60.00 USD at another rail, each found to have gone out by the same person."""
    app.config["TWO_PEOPLE_ABOVE"] = "100.00"
    one = pay.finance()
    try:
        found = []
        for name in ("A", "B"):
            pay.worked_and_approved()
            runs.finish_run(pay.started().id)
            fresh = select(PaymentOp).where(PaymentOp.kind == OpKind.PAYOUT, PaymentOp.status == OpStatus.INTENT)
            op = db.session.scalars(fresh).one()
            with transaction():
                op.status, op.first_sent_at, op.tries = OpStatus.PARKED, clock.now(), 1
                found += findings.find([op.id], replace(paid(), reference=name), by=one)
        assert [each.status for each in found] == [FindingStatus.HOLDS, FindingStatus.WAITING]
    finally:
        app.config["TWO_PEOPLE_ABOVE"] = "500.00"


def test_what_was_found_not_to_be_paid_goes_into_no_file_while_it_waits(by_hand: Flask) -> None:
    """Of 60.00 USD above the limit one person finds that they were not paid: until a second one has answered, no file
    carries them, or they would be paid by the file and be payable again."""
    by_hand.config["TWO_PEOPLE_ABOVE"] = "50.00"
    try:
        op, one, other = owed(), pay.finance(), pay.finance()
        with transaction():
            (found,) = findings.find([op.id], not_paid(), by=one)
        assert manual_files.heaps(one) == []
        with pytest.raises(NothingToPay):
            made(by=one)
        with transaction():
            findings.contradict(found.id, by=other)
        assert made(by=one).lines == 1
    finally:
        by_hand.config["TWO_PEOPLE_ABOVE"] = "500.00"


def test_a_payment_that_has_gone_on_is_settled_by_no_finding_of_before(app: Flask) -> None:
    """Found not to have happened while it was parked, and asked about again since: the second person confirms nothing,
    or it would be given back and happen all the same. Two payments have two references."""
    app.config["TWO_PEOPLE_ABOVE"] = "50.00"
    lab = accounts.company().id
    try:
        with transaction():
            op, beside = parked(lab), parked(lab)
        with pytest.raises(BadFinding, match="of its own"):
            findings.find([op.id, beside.id], paid(), by=pay.finance())
        with transaction():
            (found,) = findings.find([op.id], not_paid(), by=pay.finance())
        with transaction():
            service.unpark(op.id, by=pay.finance())
        with pytest.raises(NothingToFind):
            findings.confirm(found.id, by=pay.finance())
    finally:
        app.config["TWO_PEOPLE_ABOVE"] = "500.00"


def test_more_payments_than_a_statement_has_parameters_are_asked_about(app: Flask) -> None:
    assert findings.of([uuid4() for _ in range(65_536)]) == {}


def test_nobody_finds_what_became_of_their_own_pay(by_hand: Flask) -> None:
    op = owed()
    me = replace(accounts.actor_of(op.owner_id), operator=frozenset({OperatorRole.FINANCE}))
    with pytest.raises(OwnPayment):
        findings.find([op.id], not_paid(), by=me)


@pytest.mark.parametrize(
    ("found", "field"),
    [
        (Found(outcome=HAPPENED, happened_on=datetime(2026, 1, 1, tzinfo=UTC).date()), "reference"),
        (Found(outcome=HAPPENED, reference="A"), "happened_on"),
        (Found(outcome=HAPPENED, reference="A", happened_on=datetime(2999, 1, 1, tzinfo=UTC).date()), "happened_on"),
        (
            Found(
                outcome=HAPPENED,
                reference="A",
                happened_on=datetime(2026, 1, 1, tzinfo=UTC).date(),
                arrived=Money(0, "USD"),
            ),
            "arrived",
        ),
    ],
)
def test_a_finding_is_whole(app: Flask, found: Found, field: str) -> None:
    with pytest.raises(BadFinding) as refused:
        findings.find([accounts.person().id], found, by=pay.finance())
    assert refused.value.field == field
