"""From approved minutes to money, step by step, and what a run leaves in the books."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError, ProgrammingError

from marketplace.accounts.rules import OperatorRole
from marketplace.contracts import benefits
from marketplace.core import clock
from marketplace.core.db import db, transaction
from marketplace.core.events import Event
from marketplace.core.money import Money, total
from marketplace.core.problems import Forbidden, NotFound
from marketplace.gigs.rules import Criteria, Where
from marketplace.ledger import queries as books
from marketplace.pay import previews, service
from marketplace.pay.models import PayLine, PaymentOp, PayRun, Payslip, SandboxCall
from marketplace.pay.rails import payments
from marketplace.pay.rules import LeverEffect, NothingToRetry, OpStatus, RunStatus
from marketplace.pay.runs import service as runs
from marketplace.shifts import attendance, scheduling
from marketplace.shifts.clock_rules import EntryKind
from marketplace.shifts.models import Booking
from marketplace.shifts.timesheet_models import Timesheet
from marketplace.shifts.timesheet_rules import TimesheetStatus
from marketplace.standards.catalogue import RULES
from marketplace.standards.line_kinds import LineKind, Payee
from marketplace.workforce.models import Contractor
from marketplace.workforce.pay_scope import PayScope
from tests.factories import accounts, shifts
from tests.factories import pay as made
from tests.factories.shifts import MONDAY, Scene
from tests.pay.books import everything, everything_holds, undone

FAR = date(2027, 12, 31)
Statements = Callable[[], AbstractContextManager[list[str]]]


def usd(amount: str) -> Money:
    return Money.of(amount, "USD")


def balance(name: str) -> Money:
    return books.balance(name, "USD")


# --- the worked example ---------------------------------------------------------------------------------------------


def test_four_hours_in_kansas(scene: Scene) -> None:
    """4 h at 15.00 USD: 60.00 wages, 8 minutes of sick leave worth 2.00, 2.40 health, 3.00 fee: 67.40 to pay."""
    before = balance(scene.gig.hold_account)
    booking = made.worked_and_approved(scene)
    ana = booking.contractor_id
    assert balance(booking.hold_account) == usd("67.40")
    run = made.paid(scene.company_id)
    assert run.status is RunStatus.PAID
    slip = made.payslip_of(ana)
    assert (slip.net, slip.benefits, slip.cost) == (usd("60.00"), usd("4.40"), usd("67.40"))
    lines = db.session.scalars(select(PayLine).where(PayLine.payslip_id == slip.id).order_by(PayLine.id)).all()
    told = [(line.kind, line.minutes, line.money, line.rule) for line in lines]
    assert told == [
        (LineKind.WAGES, 240, usd("60.00"), "WAGES"),
        (LineKind.SICK_ACCRUAL, 8, usd("2.00"), "SICK"),
        (LineKind.HEALTH_CONTRIBUTION, 0, usd("2.40"), "HEALTH"),
        (LineKind.PLATFORM_FEE, 0, usd("3.00"), "FEE"),
    ]
    assert {(line.contract_version, line.engagement_type) for line in lines} == {(1, "contractor")}
    assert all(line.rule_version == RULES[line.rule].version for line in lines)
    assert {line.contract_version_id for line in lines} == {booking.contract_version_id}
    assert {
        name: balance(name)
        for name in (
            f"contractor:{ana}:payable",
            f"contractor:{ana}:in_flight",
            f"benefit:{ana}:sick_leave",
            f"benefit:{ana}:health",
            "platform:fees",
            booking.hold_account,
        )
    } == {
        f"contractor:{ana}:payable": usd("0"),
        f"contractor:{ana}:in_flight": usd("0"),
        f"benefit:{ana}:sick_leave": usd("2.00"),
        f"benefit:{ana}:health": usd("2.40"),
        "platform:fees": usd("3.00"),
        booking.hold_account: usd("0"),
    }
    assert balance(scene.gig.hold_account) == before - usd("67.40")
    everything_holds()


def test_the_benefit_ledger_has_what_the_payslip_tells(scene: Scene) -> None:
    booking = made.worked_and_approved(scene)
    made.paid()
    mine = benefits.balances(booking.contractor_id, accounts.actor_of(booking.contractor_id))
    held = {entry.plan.code: entry.seconds if entry.money is None else entry.money for entry in mine}
    assert held == {"sick-leave": 480, "health-stipend": usd("2.40")}


def test_what_was_not_worked_goes_back_to_the_gig(scene: Scene) -> None:
    """The shift of four hours ends for Ana after three: 45.00 of wages, and the rest of the hold is the gig's again."""
    before = balance(scene.gig.hold_account)
    booking = _worked_for(scene, timedelta(hours=3))
    made.paid()
    slip = made.payslip_of(booking.contractor_id)
    assert (slip.net, slip.cost) == (usd("45.00"), usd("50.55"))
    assert balance(scene.gig.hold_account) == before - usd("50.55")
    assert balance(booking.hold_account) == usd("0")
    everything_holds()


def test_overtime_is_promised_held_and_paid_in_the_steps_of_its_law(app: Flask) -> None:
    """Ten hours in Jakarta, of which the ninth earns half the rate more and the tenth all of it: 150.00, 7.50 and 15.00
    are promised. Who leaves half an hour early loses half of the tenth, and its premium."""
    with transaction():
        found = shifts.scene(criteria=Criteria(places=(Where("ID"),)))
        ana = shifts.contracted(found, country="ID", subdivision=None, timezone="Asia/Jakarta")
        offer = shifts.offered(found, shifts.shift(found, shifts.MONDAY.replace(hour=1), 10, zone="Asia/Jakarta"), ana)
        assert offer.terms["pay"] == {"amount": "172.50", "currency": "USD"}
        booking = shifts.accepted(offer)
        assert str(booking.held.decimal) == offer.terms["company_cost"]["amount"]
        me = accounts.actor_of(ana.id)
        shifts.at(booking.starts_at)
        attendance.clock_in(booking.id, by=me)
        shifts.at(booking.ends_at - timedelta(minutes=30))
        attendance.clock_out(booking.id, by=me)
        made.approved(found, booking)
    made.paid()
    slip = made.payslip_of(ana.id)
    lines = db.session.scalars(select(PayLine).where(PayLine.payslip_id == slip.id, PayLine.rule == "OVERTIME")).all()
    assert {line.kind: (line.minutes, line.money, line.rate) for line in lines} == {
        LineKind.OVERTIME_PREMIUM: (60, usd("7.50"), usd("7.50")),
        LineKind.FURTHER_OVERTIME: (30, usd("7.50"), usd("15.00")),
    }
    everything_holds()


def test_a_shift_that_the_company_ends_is_filled_up_to_the_call_in_minimum(scene: Scene) -> None:
    """Four hours scheduled, ended after 30 minutes: 30 minutes of work and 90 of call-in, two hours in all."""
    with transaction():
        booking = shifts.booked(scene)
        me = accounts.actor_of(booking.contractor_id)
        shifts.at(booking.starts_at)
        attendance.clock_in(booking.id, by=me)
        shifts.at(booking.starts_at + timedelta(minutes=30))
        price = scheduling.cancellation_price(booking.shift_id, by=scene.company)
        scheduling.cancel_shift(booking.shift_id, price.total, "The data is broken.", by=scene.company)
        made.approved(scene, booking)
    made.paid()
    slip = made.payslip_of(booking.contractor_id)
    lines = db.session.scalars(select(PayLine).where(PayLine.payslip_id == slip.id)).all()
    assert {line.kind: line.minutes for line in lines if line.minutes} == {
        LineKind.WAGES: 30,
        LineKind.CALL_IN: 90,
        LineKind.SICK_ACCRUAL: 1,
    }
    assert slip.net == usd("30.00")
    everything_holds()


def test_each_minute_is_paid_under_the_reason_that_it_had(scene: Scene) -> None:
    with transaction():
        booking = shifts.booked(scene)
        me = accounts.actor_of(booking.contractor_id)
        shifts.at(booking.starts_at)
        attendance.clock_in(booking.id, by=me)
        pressed = ((60, EntryKind.PAID_BREAK), (70, EntryKind.UNPAID_BREAK), (100, EntryKind.WAITING))
        for minute, kind in (*pressed, (200, EntryKind.OUTAGE)):
            shifts.at(booking.starts_at + timedelta(minutes=minute))
            attendance.switch(booking.id, kind, by=me)
        shifts.at(booking.ends_at)
        attendance.clock_out(booking.id, by=me)
        made.approved(scene, booking)
    made.paid()
    slip = made.payslip_of(booking.contractor_id)
    lines = db.session.scalars(select(PayLine).where(PayLine.payslip_id == slip.id)).all()
    told = {line.kind: (line.minutes, line.rule) for line in lines if line.rate and line.payee_kind is Payee.CONTRACTOR}
    assert told == {
        LineKind.WAGES: (60, "WAGES"),
        LineKind.PAID_BREAK: (10, "PAID_BREAK"),
        LineKind.WAITING: (100, "WAITING"),
        LineKind.OUTAGE: (40, "OUTAGE"),
    }
    assert slip.net == usd("52.50")
    everything_holds()


def test_who_clocks_in_and_out_at_once_gets_no_payslip_and_the_gig_its_money(scene: Scene) -> None:
    before = balance(scene.gig.hold_account)
    booking = _worked_for(scene, timedelta(0))
    made.paid()
    assert db.session.scalars(select(Payslip)).all() == []
    assert (balance(scene.gig.hold_account), balance(booking.hold_account)) == (before, usd("0"))
    everything_holds()


# --- which work a run takes -----------------------------------------------------------------------------------------


def test_a_run_takes_approved_timesheets_and_locks_them(scene: Scene) -> None:
    done = made.worked_and_approved(scene)
    with transaction():
        waiting = shifts.worked(scene, starts_at=MONDAY + timedelta(days=1))
    made.paid()
    assert [line.booking_id for line in db.session.scalars(select(PayLine))] == [done.id] * 4
    statuses = {sheet.contractor_id: sheet.status for sheet in db.session.scalars(select(Timesheet))}
    assert statuses == {
        done.contractor_id: TimesheetStatus.LOCKED,
        waiting.contractor_id: TimesheetStatus.SUBMITTED,
    }


def test_a_second_run_pays_nothing_twice(scene: Scene) -> None:
    made.worked_and_approved(scene)
    made.paid()
    before = everything()
    again = made.paid()
    assert again.status is RunStatus.PAID
    assert everything() == before


def test_a_run_of_one_company_leaves_the_others(scene: Scene) -> None:
    mine = made.worked_and_approved(scene)
    with transaction():
        other = shifts.scene()
    theirs = made.worked_and_approved(other)
    made.paid(other.company_id)
    assert set(db.session.scalars(select(PayLine.booking_id))) == {theirs.id}
    made.paid(scene.company_id)
    assert set(db.session.scalars(select(PayLine.booking_id))) == {theirs.id, mine.id}
    everything_holds()


def test_a_run_takes_weeks_that_began_by_its_day(scene: Scene) -> None:
    made.worked_and_approved(scene)
    sunday = MONDAY.date() - timedelta(days=1)
    made.paid(through=sunday)
    assert db.session.scalar(select(func.count(PayLine.id))) == 0
    made.paid(through=MONDAY.date())
    assert db.session.scalar(select(func.count(PayLine.id))) == 4


def test_two_companies_one_person_one_payslip(scene: Scene) -> None:
    first = made.worked_and_approved(scene)
    with transaction():
        other = shifts.scene()
        person = db.session.get_one(Contractor, first.contractor_id)
        shifts.contract(other, person)
        second = shifts.worked(other, person, starts_at=MONDAY + timedelta(days=1))
        made.approved(other, second)
    made.paid()
    slip = made.payslip_of(first.contractor_id)
    assert (slip.net, slip.cost) == (usd("120.00"), usd("134.80"))
    assert db.session.scalar(select(func.count(Payslip.id))) == 1
    everything_holds()


def test_many_timesheets_go_through_in_batches(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "BATCH", 2)
    bookings = [made.worked_and_approved(scene, starts_at=MONDAY + timedelta(days=day)) for day in range(3)]
    run = made.paid()
    assert run.status is RunStatus.PAID
    slips = db.session.scalars(select(Payslip)).all()
    assert {slip.contractor_id for slip in slips} == {booking.contractor_id for booking in bookings}
    assert total((slip.cost for slip in slips), "USD") == usd("202.20")
    everything_holds()


def test_a_payslip_is_the_sum_of_its_lines_from_the_first_piece_of_a_run_on(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One person's two weeks are taken in two transactions, and stand on one payslip, which has grown."""
    monkeypatch.setattr(runs, "BATCH", 1)
    with transaction():
        ana = shifts.contracted(scene)
        for day in (0, 7):
            made.approved(scene, shifts.worked(scene, ana, starts_at=MONDAY + timedelta(days=day)))
    run_id = made.started(through=FAR).id
    sums = []
    for _ in range(2):
        runs.advance_run(run_id)
        slip = db.session.scalars(select(Payslip).execution_options(populate_existing=True)).one()
        own = select(func.sum(PayLine.amount)).where(PayLine.payslip_id == slip.id)
        sums.append((slip.net, slip.benefits, slip.cost, db.session.scalar(own)))
    assert sums == [
        (usd("60.00"), usd("4.40"), usd("67.40"), 6740),
        (usd("120.00"), usd("8.80"), usd("134.80"), 13480),
    ]
    runs.finish_run(run_id)
    everything_holds()


def test_more_timesheets_take_no_more_statements(scene: Scene, statements: Statements) -> None:
    """Of computing, freezing and booking; each payout is a payment of its own. The first run opens an account, too."""
    counts = []
    for monday in (MONDAY, MONDAY + timedelta(days=7)):
        for day in range(1 if monday == MONDAY else 4):
            made.worked_and_approved(scene, starts_at=monday + timedelta(days=day))
        run_id = made.started().id
        with statements() as seen:
            while runs.advance_run(run_id):
                status = db.session.scalars(select(PayRun.status).where(PayRun.id == run_id)).one()
                if status is RunStatus.POSTED:
                    break
        counts.append(len(seen))
    assert counts[0] >= counts[1]


def test_a_preview_is_what_the_run_pays(scene: Scene) -> None:
    made.worked_and_approved(scene)
    (seen,) = previews.preview(PayScope(FAR), seen_by=made.finance())
    assert (seen.timesheets, seen.people, seen.net, seen.benefits, seen.cost) == (
        1, 1, usd("60.00"), usd("4.40"), usd("67.40"),
    )  # fmt: skip
    assert db.session.scalar(select(func.count(PayLine.id))) == 0
    made.paid()
    assert previews.preview(PayScope(FAR), seen_by=made.finance()) == []


def test_who_may_start_a_run(scene: Scene) -> None:
    with pytest.raises(NotFound):
        service.start_run(scene.company_id, through=FAR, by=scene.company)
    vetting = accounts.operator(OperatorRole.VETTING)
    with pytest.raises(Forbidden):
        service.start_run(None, through=FAR, by=vetting)


# --- payouts --------------------------------------------------------------------------------------------------------


def test_a_refused_payout_is_payable_again_and_keeps_the_run_open(scene: Scene) -> None:
    booking = made.worked_and_approved(scene)
    ana = booking.contractor_id
    made.lever(LeverEffect.DECLINE)
    run = made.paid()
    assert run.status is RunStatus.PAYING
    assert balance(f"contractor:{ana}:payable") == usd("60.00")
    refused = db.session.scalars(select(PaymentOp).where(PaymentOp.contractor_id == ana)).one()
    assert (refused.status, refused.who_can_fix) == (OpStatus.REFUSED, "contractor")
    everything_holds()
    with transaction():
        service.retry_payout(refused.id, by=accounts.actor_of(ana))
    assert balance(f"contractor:{ana}:payable") == usd("0")
    with pytest.raises(NothingToRetry):
        service.retry_payout(refused.id, by=accounts.actor_of(ana))
    payments.advance_ops()
    assert runs.finish_run(run.id) is RunStatus.PAID
    assert balance(f"contractor:{ana}:in_flight") == usd("0")
    everything_holds()


def test_a_payout_whose_answer_was_lost_happens_once(scene: Scene) -> None:
    booking = made.worked_and_approved(scene)
    made.lever(LeverEffect.LOSE_ANSWER)
    run = made.paid()
    assert run.status is RunStatus.PAYING
    assert balance(f"contractor:{booking.contractor_id}:in_flight") == usd("60.00")
    everything_holds()
    with transaction():
        clock.move_to(clock.now() + timedelta(minutes=5))
    payments.advance_ops()
    assert runs.finish_run(run.id) is RunStatus.PAID
    calls = db.session.scalars(select(SandboxCall).where(SandboxCall.key.like("payout:%"))).all()
    assert [(call.amount, call.currency) for call in calls] == [(6000, "USD")]
    everything_holds()


def test_other_people_do_not_retry_my_payout(scene: Scene) -> None:
    booking = made.worked_and_approved(scene)
    made.lever(LeverEffect.DECLINE)
    made.paid()
    refused = db.session.scalars(select(PaymentOp.id).where(PaymentOp.contractor_id == booking.contractor_id)).one()
    stranger = accounts.actor_of(accounts.person())
    for nobody in (stranger, scene.company):
        with pytest.raises(NotFound):
            service.retry_payout(refused, by=nobody)


def test_the_run_tells_what_it_did(scene: Scene) -> None:
    booking = made.worked_and_approved(scene)
    run = made.paid()
    told = [e.name for e in db.session.scalars(select(Event).where(Event.name.op("~")("^pay")).order_by(Event.id))]
    assert told == [
        "pay_run.started", "pay_run.computed", "pay_run.frozen", "payslip.issued", "pay_run.posted",
        "payout.requested", "pay_run.payouts_begun", "payout.sent", "payout.paid", "pay_run.paid",
    ]  # fmt: skip
    for name in ("payslip.issued", "payout.paid"):
        one = db.session.scalars(select(Event).where(Event.name == name)).one()
        assert one.ref("contractor") == booking.contractor_id
    assert db.session.scalars(select(Event).where(Event.name == "pay_run.posted")).one().ref("pay_run") == run.id


# --- what the database refuses --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "sentence",
    [
        "UPDATE pay_line SET amount = amount + 1",
        "UPDATE pay_line SET payslip_id = NULL",
        "DELETE FROM pay_line",
        "UPDATE payslip SET net_amount = 0",
        "DELETE FROM payslip",
        "DELETE FROM payment_op",
    ],
)
def test_what_was_computed_stays(scene: Scene, sentence: str) -> None:
    made.worked_and_approved(scene)
    made.paid()
    with pytest.raises(ProgrammingError, match="permission denied"), db.session.begin_nested():
        db.session.execute(text(sentence))


def test_no_piece_of_work_is_paid_twice(scene: Scene) -> None:
    made.worked_and_approved(scene)
    made.paid()
    fresh = "jsonb_populate_record(line, jsonb_build_object('id', gen_random_uuid()))"
    copy = f"INSERT INTO pay_line SELECT ({fresh}).* FROM pay_line line"
    with pytest.raises(IntegrityError, match="uq_pay_line_cause"), db.session.begin_nested():
        db.session.execute(text(copy))


def test_no_payslip_has_two_payouts_under_way(scene: Scene) -> None:
    booking = made.worked_and_approved(scene)
    made.paid()
    slip = made.payslip_of(booking.contractor_id)
    with pytest.raises(IntegrityError, match="uq_payment_op_payslip_id"), db.session.begin_nested():
        service.pay_out([slip], by=made.finance())


# --- whatever was worked --------------------------------------------------------------------------------------------


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_was_worked_payslips_are_postings(app: Flask, data: st.DataObject) -> None:
    """Random rates, stays, breaks and numbers of people: no cent is lost, and the proof holds."""
    with undone():
        rate = Money(data.draw(st.integers(1100, 9999), label="rate"), "USD")
        there = shifts.scene(rate=rate, minutes=6000)
        for day in range(data.draw(st.integers(1, 3), label="people")):
            stay = timedelta(seconds=data.draw(st.integers(0, 4 * 3600), label="stay"))
            pause = data.draw(st.sampled_from([None, *EntryKind]), label="pause")
            _worked_for(there, stay, starts_at=MONDAY + timedelta(days=day), pause=pause)
        before = balance(there.gig.hold_account)
        held = total((Money(b.held_amount, "USD") for b in db.session.scalars(select(Booking))), "USD")
        run = made.paid()
        assert run.status is RunStatus.PAID
        cost = total((slip.cost for slip in db.session.scalars(select(Payslip))), "USD")
        assert balance(there.gig.hold_account) == before + held - cost
        everything_holds()


def _worked_for(
    scene: Scene, stay: timedelta, *, starts_at: object = MONDAY, pause: EntryKind | None = None
) -> Booking:
    """A booking of four hours of which so much was worked, with a break after half of it; approved and committed."""
    with transaction():
        booking = shifts.booked(scene, starts_at=starts_at)
        me = accounts.actor_of(booking.contractor_id)
        shifts.at(booking.starts_at)
        attendance.clock_in(booking.id, by=me)
        if pause is not None:
            shifts.at(booking.starts_at + stay / 2)
            attendance.switch(booking.id, pause, by=me)
        shifts.at(booking.starts_at + stay)
        attendance.clock_out(booking.id, by=me)
        made.approved(scene, booking)
    return booking
