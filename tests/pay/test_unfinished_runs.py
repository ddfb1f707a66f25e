"""Runs that are not at their end: those that wait for payouts, and one that cannot go on, keep no other from it; nor
does what cannot be reckoned or booked."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from jobs.runner import run_pending
from marketplace.accounts.rules import CLOCK, available_account
from marketplace.core import clock
from marketplace.core.db import db, transaction
from marketplace.core.events import Event
from marketplace.core.money import Money
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import Entry, InsufficientFunds, Move
from marketplace.pay import instant, previews, proof, service, to_date
from marketplace.pay.invoices import invoicing
from marketplace.pay.invoices.models import InvoiceLine
from marketplace.pay.models import PaymentOp, PayRun, Payslip
from marketplace.pay.rails import payments
from marketplace.pay.rules import FURTHEST_AHEAD, LeverEffect, PayslipStatus, RunStatus, TooFarAhead, payable
from marketplace.pay.runs import booking, lines, parting, pay_day
from marketplace.pay.runs import service as runs
from marketplace.pay.runs.reasons import Work
from marketplace.pay.taxes import withholding
from marketplace.shifts.models import Booking, hold_account
from marketplace.shifts.timesheet_models import Timesheet, TimesheetLine
from marketplace.shifts.timesheet_rules import TimesheetStatus
from marketplace.standards.rates import PriceLine
from tests.factories import accounts, shifts
from tests.factories import pay as made
from tests.factories.shifts import MONDAY
from tests.pay.books import everything_holds
from tests.web.visitor import Visitor


def status_of(run: PayRun) -> RunStatus:
    db.session.refresh(run)
    return run.status


def after_a_day() -> None:
    with transaction():
        clock.move_to(clock.now() + parting.AGAIN_AFTER)


def issued() -> list[Payslip]:
    return list(db.session.scalars(select(Payslip).where(Payslip.status == PayslipStatus.ISSUED)))


def test_runs_that_wait_for_payouts_are_no_work_and_end_when_those_are_made(app: Flask) -> None:
    made.lever(LeverEffect.DECLINE)
    refused = made.started(made.worked_and_approved().company_id)
    runs.finish_run(refused.id)
    payments.advance_ops()
    waits = made.started(made.worked_and_approved().company_id)
    runs.finish_run(waits.id)
    left = made.started(made.worked_and_approved().company_id)
    assert runs.finish_runs() == 1
    assert [status_of(each) for each in (refused, waits, left)] == [RunStatus.PAYING] * 3
    payments.advance_ops()
    assert runs.finish_runs() == 0
    assert [status_of(each) for each in (refused, waits, left)] == [RunStatus.PAYING, RunStatus.PAID, RunStatus.PAID]


def test_a_run_that_cannot_go_on_is_told_of_when_the_others_are_paid(app: Flask) -> None:
    """Its last day is one after which there is none: nobody can start such a run, and rows may be older than rules."""
    broken, other = (made.started(made.worked_and_approved().company_id) for _ in range(2))
    with transaction():
        broken.through = date.max
    with pytest.raises(ExceptionGroup, match="cannot go on") as told:
        runs.finish_runs()
    assert [each.__notes__ for each in told.value.exceptions] == [[f"pay run {broken.id}"]]
    assert [status_of(each) for each in (broken, other)] == [RunStatus.STARTED, RunStatus.PAYING]


def test_no_run_looks_further_ahead_than_ten_years(app: Flask) -> None:
    me, last = made.finance(), clock.now().date() + FURTHEST_AHEAD
    assert previews.compare(None, through=last, seen_by=me).currencies == []
    for look in (
        lambda: previews.compare(None, through=last + timedelta(days=1), seen_by=me),
        lambda: service.start_run(None, through=last + timedelta(days=1), by=me),
    ):
        with pytest.raises(TooFarAhead) as refused:
            look()
        assert (refused.value.field, refused.value.members) == ("through", {"latest": last.isoformat()})


def test_a_year_adds_up_in_the_order_in_which_payslips_were_issued(app: Flask) -> None:
    """A run is frozen with 60.00 USD of Ana's; what she then has paid at once, 60.00 too, is issued before: 60.00, and
    120.00 on the payslip that was made first."""
    with transaction():
        scene = shifts.scene()
        ana = shifts.contracted(scene)
    made.worked_and_approved(scene, person=ana, starts_at=MONDAY)
    first = made.started()
    while status_of(first) is not RunStatus.FROZEN:
        runs.advance_run(first.id)
    made.worked_and_approved(scene, person=ana, starts_at=MONDAY + timedelta(days=7))
    second = instant.pay_now(by=accounts.actor_of(ana.id))
    for run in (second, first):
        runs.finish_run(run.id)
    slips = db.session.scalars(select(Payslip).where(Payslip.contractor_id == ana.id))
    nets = {slip.run_id: str(to_date.year_to_date(slip).net) for slip in slips}
    assert nets == {second.id: "60.00 USD", first.id: "120.00 USD"}


def test_a_payslip_that_cannot_be_booked_waits_alone_and_the_others_are_paid(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two people earn 60.00 each, and a fault takes a cent out of the hold of Ana's. Her payslip gets a run of its own,
    which says why; Budi's is booked and paid. Once the cent is back she is paid too, and nothing was written twice."""
    with transaction():
        scene = shifts.scene()
        ana = shifts.contracted(scene)
    short, other = (
        made.worked_and_approved(scene, person=ana),
        made.worked_and_approved(scene, starts_at=MONDAY + timedelta(days=1)),
    )
    made.short(short)
    run = made.started(scene.company_id)
    assert runs.finish_run(run.id) is RunStatus.PAYING
    assert [each.contractor_id for each in issued()] == [other.contractor_id]
    (alone,) = db.session.scalars(select(PayRun).where(PayRun.parted_from_id == run.id))
    assert (alone.status, alone.scope, alone.rail) == (RunStatus.FROZEN, run.scope, run.rail)
    (told,) = db.session.scalars(select(Event).where(Event.name == "pay_run.parted"))
    assert (told.data["because"], told.ref("pay_run")) == ("insufficient_funds", alone.id)
    (late,) = db.session.scalars(select(Event).where(Event.name == "payslip.late"))
    assert (late.ref("contractor"), late.ref("pay_run")) == (ana.id, alone.id)
    assert [each.net for each in instant.ready(accounts.actor_of(ana.id)).waits] == [Money(6000, "USD")]
    assert instant.ready(accounts.actor_of(other.contractor_id)).waits == ()
    with transaction():
        ledger.post(Entry("mended", [Move(available_account(scene.company_id), hold_account(short.id), made.CENT)]))
    runs.finish_runs()
    assert status_of(alone) is RunStatus.FROZEN, "it is tried again after a day"
    after_a_day()
    runs.finish_runs()
    payments.advance_ops()
    runs.finish_runs()
    assert [status_of(each) for each in (run, alone)] == [RunStatus.PAID] * 2
    assert sorted(each.net_amount for each in issued()) == [6000, 6000]
    assert instant.ready(accounts.actor_of(ana.id)).waits == ()
    assert [check.name for check in proof.prove() if not check.holds] == []
    monkeypatch.setitem(app.config, "SELLER", {"name": "Setara eG", "address": "Berlin", "country": "DE"})
    with transaction():
        invoicing.issue_due()
    fees = {f"fees:{each.id}:{scene.company_id}:USD" for each in (run, alone)}
    assert set(db.session.scalars(select(InvoiceLine.cause))) == fees


def test_the_only_payslip_of_a_last_piece_keeps_nobody_waiting(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three people in pieces of two: the third payslip is the only one of its piece, and not of its run."""
    monkeypatch.setattr(runs, "BATCH", 2)
    with transaction():
        scene = shifts.scene()
    works = [made.worked_and_approved(scene, starts_at=MONDAY + timedelta(days=day)) for day in range(3)]
    run = made.started(scene.company_id)
    while status_of(run) is not RunStatus.FROZEN:
        runs.advance_run(run.id)
    last = db.session.scalars(select(Payslip).order_by(Payslip.id.desc()).limit(1)).one()
    made.short(next(booking for booking in works if booking.contractor_id == last.contractor_id))
    assert runs.finish_run(run.id) is RunStatus.PAYING
    assert len(issued()) == 2
    assert db.session.scalars(select(PayRun.parted_from_id).where(PayRun.id == last.run_id)).one() == run.id


def test_the_only_payslip_of_a_run_waits_alone_too_and_so_its_person_and_finance_know(app: Flask) -> None:
    """What somebody asked for at once is a run of one: it raised at every look, and nobody was told."""
    booking = made.worked_and_approved()
    made.short(booking)
    me = accounts.actor_of(booking.contractor_id)
    with transaction():
        asked = instant.pay_now(by=me)
    assert runs.finish_run(asked.id) is RunStatus.PAID
    (alone,) = db.session.scalars(select(PayRun).where(PayRun.parted_from_id == asked.id))
    assert [str(each.net) for each in instant.ready(me).waits] == ["60.00 USD"]
    after_a_day()
    runs.finish_runs()
    assert (status_of(alone), len(db.session.scalars(select(PayRun)).all())) == (RunStatus.FROZEN, 2)
    with transaction():
        ledger.post(Entry("mended", [Move(available_account(booking.company_id), hold_account(booking.id), made.CENT)]))
    after_a_day()
    runs.finish_runs()
    assert (status_of(alone), len(instant.ready(me).waits)) == (RunStatus.PAYING, 0)


@pytest.mark.parametrize("is_sound", [True, False])
def test_a_first_piece_that_cannot_be_booked_keeps_later_ones_only_where_no_other_can(
    app: Flask, monkeypatch: pytest.MonkeyPatch, is_sound: bool
) -> None:
    """Pieces of two: nothing of the first two people's payslips can be booked, and that of the third, or not."""
    monkeypatch.setattr(runs, "BATCH", 2)
    scene = shifts.scene()
    for day in range(3):
        made.worked_and_approved(scene, starts_at=MONDAY + timedelta(days=day))
    run = made.started(scene.company_id)
    while status_of(run) is not RunStatus.FROZEN:
        runs.advance_run(run.id)
    slips = db.session.scalars(select(Payslip).order_by(Payslip.id)).all()
    broken = {each.id for each in slips[: 2 if is_sound else 3]}
    book = booking.book

    def unless_broken(ids: Sequence[UUID]) -> None:
        assert not broken & {*ids}
        book(ids)

    monkeypatch.setattr(booking, "book", unless_broken)
    if is_sound:
        assert runs.finish_run(run.id) is RunStatus.PAYING
    else:
        with pytest.raises(AssertionError):
            runs.finish_run(run.id)
    parted = db.session.scalars(select(PayRun.id).where(PayRun.parted_from_id == run.id)).all()
    assert (len(issued()), len(parted)) == ((1, 2) if is_sound else (0, 0))


def test_a_payout_that_cannot_be_begun_keeps_nobody_else_waiting(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of three people in pieces of two a fault takes a cent from what is payable to one: the payouts of the two
    others are begun, and the run says each time what is wrong, until it is mended."""
    monkeypatch.setattr(runs, "BATCH", 2)
    scene = shifts.scene()
    for day in range(3):
        made.worked_and_approved(scene, starts_at=MONDAY + timedelta(days=day))
    run = made.started(scene.company_id)
    while status_of(run) is not RunStatus.POSTED:
        runs.advance_run(run.id)
    short = issued()[0].contractor_id
    with transaction():
        ledger.post(Entry("a fault", [Move(payable(short), available_account(scene.company_id), made.CENT)]))
    for _ in range(2):
        with pytest.raises(InsufficientFunds):
            runs.finish_run(run.id)
        found = db.session.scalars(select(PaymentOp.contractor_id).where(PaymentOp.payslip_id.is_not(None))).all()
        assert len({*found} - {short}) == len(found) == 2
    with transaction():
        ledger.post(Entry("mended", [Move(available_account(scene.company_id), payable(short), made.CENT)]))
    assert runs.finish_run(run.id) is RunStatus.PAYING
    payments.advance_ops()
    assert runs.finish_run(run.id) is RunStatus.PAID
    everything_holds()


# --- what cannot be reckoned ----------------------------------------------------------------------------------------


@pytest.fixture
def faults(monkeypatch: pytest.MonkeyPatch) -> dict[UUID, Exception | None]:
    """What the price of these bookings raises; None has it say less than nothing, which the table of lines refuses."""
    broken: dict[UUID, Exception | None] = {}
    price = lines.priced

    def priced(work: Work, leave_left: int | None = None) -> tuple[PriceLine, ...]:
        found = price(work, leave_left)
        if work.booking_id not in broken:
            return found
        if failure := broken[work.booking_id]:
            raise failure
        return (replace(found[0], money=-found[0].money), *found[1:])

    monkeypatch.setattr(lines, "priced", priced)
    return broken


def begun() -> list[PayRun]:
    """Pay runs that the clock has just begun, taken as far as they go."""
    with transaction():
        started = pay_day.start_due_runs(by=CLOCK)
    run_pending()
    return started


def set_aside() -> list[tuple[set[UUID], RunStatus]]:
    """What waits or waited in runs of its own, with where those are."""
    db.session.expire_all()
    found = select(PayRun).where(PayRun.things.is_not(None)).order_by(PayRun.id)
    return [(set(each.things or ()), each.status) for each in db.session.scalars(found)]


def late_told() -> list[tuple[UUID | None, list[UUID]]]:
    """Who was told that which of their things are late."""
    found = db.session.scalars(select(Event).where(Event.name == "contractor.pay_late"))
    return sorted((each.ref("contractor"), [UUID(late["id"]) for late in each.data["late"]]) for each in found)


def sheet_of(booking: Booking) -> Timesheet:
    line = select(TimesheetLine.timesheet_id).where(TimesheetLine.booking_id == booking.id)
    return db.session.get_one(Timesheet, db.session.scalars(line).one(), populate_existing=True)


def test_what_cannot_be_reckoned_waits_alone_and_the_others_are_paid(
    app: Flask, faults: dict[UUID, Exception | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four people worked, in pieces of three timesheets. The price of Ana's first week raises, and that of Budi is less
    than nothing; Ana's second week, Citra and Dewi are paid. What waits is tried once a day, and starts no run; once
    Ana's is mended she is paid, and Budi goes on waiting alone."""
    monkeypatch.setattr(runs, "BATCH", 3)
    with transaction():
        scene = shifts.scene()
        ana = shifts.contracted(scene)
    first, budi, citra, dewi, second = (
        made.worked_and_approved(scene, person=ana if day in (0, 7) else None, starts_at=MONDAY + timedelta(days=day))
        for day in (0, 1, 2, 3, 7)
    )
    faults |= {first.id: ValueError("a name that nobody else reads"), budi.id: None}
    waiting = {sheet_of(each).id for each in (first, budi)}
    after_a_day()
    (run,) = begun()
    runs.finish_runs()
    assert status_of(run) is RunStatus.PAID
    paid = sorted((each.contractor_id, each.net_amount) for each in issued())
    assert paid == sorted((each.contractor_id, 6000) for each in (second, citra, dewi))
    assert (run.timesheets, run.timesheets_due) == (3, 3)
    assert set().union(*(things for things, _ in set_aside())) == waiting
    assert {sheet_of(each).status for each in (first, budi)} == {TimesheetStatus.APPROVED}
    told = db.session.scalars(select(Event).where(Event.name == "pay_run.set_aside")).all()
    assert sum(each.data["things"] for each in told) == 2
    assert {(each.data["because"], each.data["detail"]) for each in told} <= {
        ("fault", "ValueError"),
        ("fault", "ck_payslip_no_negative_sums"),
    }
    (wrong,) = (check for check in proof.prove() if not check.holds)
    assert wrong.wrong == [f"booking:{first.id}:hold: what is owed cannot be reckoned (ValueError)"]
    assert late_told() == sorted([(ana.id, [sheet_of(first).id]), (budi.contractor_id, [sheet_of(budi).id])])
    before = len(told)
    for _ in range(2):
        after_a_day()
        assert begun() == []
        runs.finish_runs()
    assert len(db.session.scalars(select(Event).where(Event.name == "pay_run.set_aside")).all()) == before
    assert {status for _, status in set_aside()} == {RunStatus.STARTED}
    assert len(late_told()) == 2, "once, not at each try"
    later = made.worked_and_approved(scene, starts_at=MONDAY + timedelta(days=14))
    after_a_day()
    assert len(begun()) == 1, "what waits alone is no run that gathers"
    assert made.payslip_of(later.contractor_id).status is PayslipStatus.ISSUED
    del faults[first.id]
    after_a_day()
    runs.finish_runs()
    payments.advance_ops()
    runs.finish_runs()
    assert sorted(each.contractor_id for each in issued()).count(ana.id) == 2
    assert {frozenset(things) for things, at in set_aside() if at is RunStatus.STARTED} == {
        frozenset({sheet_of(budi).id})
    }
    assert len(late_told()) == 2, "also where some of what waits together is parted again"
    assert [each for each in proof.prove() if not each.holds] == []


def test_whose_pay_waits_alone_reads_it_on_their_own_page(
    client: FlaskClient, faults: dict[UUID, Exception | None]
) -> None:
    """Ana's first week cannot be reckoned. Her page stands, says so, and lets her have the second paid at once; then it
    says what waits, and of the second too while its payslip cannot be booked."""
    with transaction():
        scene = shifts.scene()
        ana = shifts.contracted(scene)
    first, other, _ = (
        made.worked_and_approved(scene, person=ana if day != 1 else None, starts_at=MONDAY + timedelta(days=day))
        for day in (0, 1, 7)
    )
    faults[first.id] = ValueError()
    visitor = Visitor(client).signed_in(accounts.person_of(ana.id))
    page = visitor.look("/work/pay")
    assert "the sum cannot be said beforehand" in page.words
    assert visitor.hand_in(page, "/work/pay/now").status == 200
    (asked,) = db.session.scalars(select(PayRun).where(PayRun.contractor_id == ana.id))
    while status_of(asked) is not RunStatus.FROZEN:
        runs.advance_run(asked.id)
    assert "the timesheet of the week from Nov 23, 2026 on" in visitor.look("/work/pay").words
    runs.finish_run(asked.id)
    assert [each.contractor_id for each in issued()] == [ana.id]
    assert instant.ready(accounts.actor_of(other.contractor_id)).waits == ()
    third = made.worked_and_approved(scene, person=ana, starts_at=MONDAY + timedelta(days=14))
    made.short(third)
    made.paid(scene.company_id)
    told = client.get("/api/v1/payslips/ready", headers=accounts.bearer(accounts.actor_of(ana.id))).json
    assert (told["currencies"], told["is_known"]) == ([], True)
    assert [(each["kind"], each["day"], each["net"]) for each in told["waits"]] == [
        (None, None, {"amount": "60.00", "currency": "USD"}),
        ("timesheet", "2026-11-23", None),
    ]
    assert "$60.00 USD, whose payslip waits" in visitor.look("/work/pay").words
    run_pending()
    inbox = visitor.look("/inbox").words
    assert [inbox.count(title) for title in ("Some of your pay is late", "$60.00 USD of your pay is late")] == [1, 1]
    assert "This could not be reckoned: the timesheet of the week from Nov 23, 2026 on. That is a fault" in inbox


def test_where_nothing_can_be_reckoned_the_program_is_at_fault_and_the_run_waits_whole(
    app: Flask, faults: dict[UUID, Exception | None]
) -> None:
    """The prices of both people raise: nothing is set aside and nobody told, the job fails at every look, and the run
    goes on by itself once the program is mended."""
    scene = shifts.scene()
    works = [made.worked_and_approved(scene, starts_at=MONDAY + timedelta(days=day)) for day in range(2)]
    faults |= {each.id: ValueError("no such rule") for each in works}
    run = made.started(scene.company_id)
    for _ in range(2):
        with pytest.raises(ExceptionGroup, match="cannot go on"):
            runs.finish_runs()
    assert (status_of(run), set_aside(), late_told()) == (RunStatus.STARTED, [], [])
    faults.clear()
    runs.finish_runs()
    assert len(issued()) == 2
    assert status_of(run) is RunStatus.PAYING


def test_a_first_piece_that_cannot_be_reckoned_keeps_no_later_one_that_can(
    app: Flask, faults: dict[UUID, Exception | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pieces of two, as where more than a piece of one company's comes first and all of it is wrong."""
    monkeypatch.setattr(runs, "BATCH", 2)
    scene = shifts.scene()
    works = [made.worked_and_approved(scene, starts_at=MONDAY + timedelta(days=day)) for day in range(5)]
    works.sort(key=lambda each: sheet_of(each).id)
    faults |= {each.id: ValueError() for each in works[:4]}
    assert runs.finish_run(made.started().id) is RunStatus.PAYING
    assert [each.contractor_id for each in issued()] == [works[4].contractor_id]
    assert [status for _, status in set_aside()] == [RunStatus.STARTED] * 2


def test_what_can_be_reckoned_but_not_together_is_reckoned_in_parts(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = shifts.scene()
    for day in range(3):
        made.worked_and_approved(scene, starts_at=MONDAY + timedelta(days=day))
    one_by_one = runs.draft

    def draft(works: Sequence[Work], *more: Any) -> list[lines.DraftLine]:
        assert len(works) < 3
        return one_by_one(works, *more)

    monkeypatch.setattr(runs, "draft", draft)
    made.paid(scene.company_id)
    assert (len(issued()), set_aside()) == (3, [])


def test_a_payslip_that_a_table_refuses_waits_alone(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault withholds a cent more than one of two people earns."""
    scene = shifts.scene()
    broken, other = (made.worked_and_approved(scene, starts_at=MONDAY + timedelta(days=day)) for day in range(2))
    take = withholding.take

    def too_much(slips: Sequence[Payslip]) -> None:
        take(slips)
        for slip in slips:
            if slip.contractor_id == broken.contractor_id:
                slip.withheld_amount = slip.net_amount + 1

    monkeypatch.setattr(withholding, "take", too_much)
    run = made.paid(scene.company_id)
    assert [each.contractor_id for each in issued()] == [other.contractor_id]
    (told,) = db.session.scalars(select(Event).where(Event.name == "pay_run.parted"))
    assert (told.data["because"], told.data["detail"]) == ("fault", "ck_payslip_withheld_of_pay")
    assert status_of(run) is RunStatus.PAID
