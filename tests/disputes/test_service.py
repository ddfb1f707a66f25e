"""A cut, a claim, a ruling, and the money that follows them."""

from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError

from marketplace.accounts import service as people
from marketplace.accounts.models import Person
from marketplace.accounts.rules import CompanyRole, OperatorRole
from marketplace.core import clock
from marketplace.core.db import db, transaction
from marketplace.core.events import timeline
from marketplace.core.lifecycle import WrongState
from marketplace.core.money import Money
from marketplace.core.problems import Forbidden, NotFound
from marketplace.disputes import queries, service
from marketplace.disputes.rules import (
    BadRuling,
    DisputeStatus,
    NothingSaid,
    NotImpartial,
    StatementKind,
    TooLateToRule,
)
from marketplace.gigs import funding
from marketplace.ledger import queries as books
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import Entry, Move
from marketplace.pay import previews, progress
from marketplace.pay.invoices import company_months, invoicing
from marketplace.pay.invoices.company_months import Flow
from marketplace.pay.models import PayLine
from marketplace.pay.runs import pay_day, works
from marketplace.pay.runs.counts import Count, PaidFor
from marketplace.pay.runs.lines import owed
from marketplace.shifts import attendance
from marketplace.shifts.clock_rules import EntryKind
from marketplace.shifts.models import Booking
from marketplace.shifts.timesheet_models import TimesheetCut
from marketplace.shifts.timesheet_rules import CutEnd, CutStatus, TooLateToDispute
from marketplace.standards.line_kinds import LineKind
from marketplace.workforce.pay_scope import PayScope
from tests.factories import accounts, shifts
from tests.factories import disputes as make
from tests.factories import pay as made
from tests.factories.shifts import MONDAY, Scene
from tests.pay.books import everything_holds, undone


def usd(amount: str) -> Money:
    return Money.of(amount, "USD")


def balance(name: str) -> Money:
    return books.balance(name, "USD")


def lines_of(booking_id: object) -> list[tuple[LineKind, int, Money, bool]]:
    found = db.session.scalars(select(PayLine).where(PayLine.booking_id == booking_id).order_by(PayLine.id))
    return [(line.kind, int(line.seconds), line.money, line.cut_id is not None) for line in found]


# --- the worked example ---------------------------------------------------------------------------------------------


def test_one_hour_cut_and_restored(scene: Scene) -> None:
    """240 minutes at 15.00 USD, 60 of them cut: 45.00 of wages are paid at once, and 15.00 with their benefits by the
    ruling. The company pays 3.75 for the handling."""
    before, fees = balance(scene.gig.hold_account), balance("platform:fees")
    cut = make.worked_and_cut(scene)
    booking = db.session.get_one(Booking, cut.booking_id)
    everything_holds()
    made.paid()
    assert lines_of(booking.id) == [
        (LineKind.WAGES, 180 * 60, usd("45.00"), False),
        (LineKind.SICK_ACCRUAL, 360, usd("1.50"), False),
        (LineKind.HEALTH_CONTRIBUTION, 0, usd("1.80"), False),
        (LineKind.PLATFORM_FEE, 0, usd("2.25"), False),
    ]
    assert balance(booking.hold_account) == usd("67.40") - usd("50.55")
    everything_holds()

    dispute = make.ruled(make.claimed(cut))
    assert (dispute.status, db.session.get_one(TimesheetCut, cut.id).status) == (
        DisputeStatus.RULED,
        CutStatus.RESTORED,
    )
    everything_holds()
    made.paid()
    assert lines_of(booking.id)[4:] == [
        (LineKind.WAGES, 60 * 60, usd("15.00"), True),
        (LineKind.SICK_ACCRUAL, 120, usd("0.50"), True),
        (LineKind.HEALTH_CONTRIBUTION, 0, usd("0.60"), True),
        (LineKind.PLATFORM_FEE, 0, usd("0.75"), True),
    ]
    slip = made.payslip_of(booking.contractor_id)
    assert (slip.net, slip.benefits, slip.cost) == (usd("15.00"), usd("1.10"), usd("16.85"))
    assert db.session.get_one(TimesheetCut, cut.id).status is CutStatus.PAID
    assert balance(booking.hold_account) == usd("0")
    assert balance("platform:fees") == fees + usd("3.00") + usd("3.75")
    assert balance(scene.gig.hold_account) == before - usd("67.40") - usd("3.75")
    everything_holds()


def test_a_part_is_restored_and_the_rest_is_the_gigs(scene: Scene) -> None:
    before = balance(scene.gig.hold_account)
    cut = make.worked_and_cut(scene)
    made.paid()
    make.ruled(make.claimed(cut), 20)
    made.paid()
    (wages,) = [line for line in lines_of(cut.booking_id) if line[3] and line[0] is LineKind.WAGES]
    assert wages[1:3] == (20 * 60, usd("5.00"))
    assert balance(f"booking:{cut.booking_id}:hold") == usd("0")
    # 200 minutes: 50.00, 1.67 leave, 2.00 health, 2.50 fee.
    assert balance(scene.gig.hold_account) == before - usd("56.17") - usd("3.75")
    everything_holds()


@pytest.mark.parametrize("when", ["before", "after"])
def test_what_is_not_restored_goes_back_to_the_gig(scene: Scene, when: str) -> None:
    """Whether the pay run comes before or after the ruling."""
    before = balance(scene.gig.hold_account)
    cut = make.worked_and_cut(scene)
    if when == "after":
        made.paid()
    make.ruled(make.claimed(cut), 0)
    everything_holds()
    if when == "before":
        made.paid()
    assert balance(f"booking:{cut.booking_id}:hold") == usd("0")
    assert balance(scene.gig.hold_account) == before - usd("50.55")
    found = db.session.get_one(TimesheetCut, cut.id)
    assert (found.status, found.ended_because, found.reason) == (CutStatus.UPHELD, CutEnd.RULED, make.REASON)
    everything_holds()
    made.paid()
    assert len(lines_of(cut.booking_id)) == 4


def test_a_ruling_before_the_first_pay_run_is_paid_by_the_second(scene: Scene) -> None:
    cut = make.worked_and_cut(scene)
    make.ruled(make.claimed(cut))
    made.paid()
    assert [line[3] for line in lines_of(cut.booking_id)] == [False] * 4
    assert balance(f"booking:{cut.booking_id}:hold") == usd("16.85")
    everything_holds()
    made.paid()
    assert [line[3] for line in lines_of(cut.booking_id)] == [False] * 4 + [True] * 4
    everything_holds()


def test_a_whole_line_cut_and_restored(scene: Scene) -> None:
    cut = make.worked_and_cut(scene, 240)
    made.paid()
    assert lines_of(cut.booking_id) == []
    assert balance(f"booking:{cut.booking_id}:hold") == usd("67.40")
    everything_holds()
    make.ruled(make.claimed(cut), 240)
    made.paid()
    assert made.payslip_of(cut.contractor_id).cost == usd("67.40")
    everything_holds()


def test_a_whole_line_cut_for_good_owes_nothing(scene: Scene) -> None:
    before = balance(scene.gig.hold_account)
    cut = make.worked_and_cut(scene, 240)
    made.paid()
    make.ruled(make.claimed(cut), 0)
    assert balance(scene.gig.hold_account) == before
    everything_holds()


# --- when nobody says anything --------------------------------------------------------------------------------------


def test_without_a_claim_the_money_goes_back_after_30_days(scene: Scene) -> None:
    before = balance(scene.gig.hold_account)
    cut = make.worked_and_cut(scene)
    made.paid()
    with transaction():
        shifts.at(cut.claim_until - timedelta(minutes=1))
        assert service.close_unclaimed() == 0
        shifts.at(cut.claim_until)
        assert (service.close_unclaimed(), service.close_unclaimed()) == (1, 0)
    assert cut.claim_until - cut.cut_at == timedelta(days=30)
    assert balance(scene.gig.hold_account) == before - usd("50.55")
    with pytest.raises((TooLateToDispute, WrongState)):
        make.claimed(cut)
    everything_holds()


def test_nobody_claims_after_the_window_even_before_the_job_came(scene: Scene) -> None:
    cut = make.worked_and_cut(scene)
    with transaction():
        shifts.at(cut.claim_until)
    with pytest.raises(TooLateToDispute):
        make.claimed(cut)


def test_without_a_ruling_everything_is_restored(scene: Scene) -> None:
    """And the company pays no fee for it: the service earns nothing by its own silence."""
    cut = make.worked_and_cut(scene)
    made.paid()
    fees = balance("platform:fees")
    dispute = make.claimed(cut)
    assert dispute.rule_by - dispute.claimed_at == timedelta(days=14)
    with transaction():
        shifts.at(dispute.rule_by - timedelta(minutes=1))
        assert service.restore_unruled() == 0
        shifts.at(dispute.rule_by)
    with pytest.raises(TooLateToRule):
        make.ruled(dispute, 0)
    with transaction():
        assert (service.restore_unruled(), service.restore_unruled()) == (1, 0)
    assert balance("platform:fees") == fees
    made.paid()
    assert made.payslip_of(cut.contractor_id).net == usd("15.00")
    found = db.session.get_one(TimesheetCut, cut.id)
    assert (dispute.status, found.ended_because) == (DisputeStatus.DEFAULTED, CutEnd.NOT_RULED)
    everything_holds()


def test_a_claim_taken_back_lets_the_cut_stand(scene: Scene) -> None:
    cut = make.worked_and_cut(scene)
    made.paid()
    dispute = make.claimed(cut)
    me = accounts.actor_of(cut.contractor_id)
    with transaction():
        service.withdraw(dispute.id, by=me)
    assert balance(f"booking:{cut.booking_id}:hold") == usd("0")
    for again in (lambda: service.withdraw(dispute.id, by=me), lambda: service.claim(cut.id, "again", by=me)):
        with pytest.raises(WrongState):
            again()
    everything_holds()


def test_a_preview_tells_what_a_ruling_restored(scene: Scene) -> None:
    cut = make.worked_and_cut(scene)
    made.paid()
    make.ruled(make.claimed(cut))
    (seen,) = previews.preview(PayScope(clock.now().date()), seen_by=made.finance())
    assert (seen.people, seen.net, seen.cost) == (1, usd("15.00"), usd("16.85"))
    assert (seen.timesheets, seen.other_pay) == (0, [Count(PaidFor.RULING, 1)]), "its timesheet was paid before"
    far = progress.of(made.paid().id, seen_by=made.finance())
    assert (far.timesheets, far.timesheets_in_all, far.other_pay) == (0, 0, seen.other_pay)


def test_the_clock_starts_a_run_for_what_a_ruling_restored(scene: Scene) -> None:
    cut = make.worked_and_cut(scene)
    made.paid()
    make.ruled(make.claimed(cut))
    with transaction():
        shifts.at(clock.now() + timedelta(hours=23))
        assert pay_day.start_due_runs(by=service.CLOCK) == []
        shifts.at(clock.now() + timedelta(hours=1))
        assert pay_day.start_due_runs(by=service.CLOCK)


# --- the handling fee -----------------------------------------------------------------------------------------------


def _leave_only_holds(scene: Scene) -> None:
    """Nothing of the company's money is free, neither its own nor the gig's."""
    with transaction():
        funding.hand_back(scene.gig.id, balance(scene.gig.hold_account), by=scene.company)
        name = f"company:{scene.company_id}:available"
        ledger.post(Entry(f"test:{uuid4()}", [Move(name, "rail:sandbox", balance(name))]))


def test_a_company_without_money_delays_no_ruling(scene: Scene) -> None:
    cut = make.worked_and_cut(scene)
    made.paid()
    _leave_only_holds(scene)
    dispute = make.ruled(make.claimed(cut))
    told = timeline("dispute", dispute.id)[0].data
    assert (told["restored_minutes"], told["fee"]) == (60, None)
    made.paid()
    assert made.payslip_of(cut.contractor_id).net == usd("15.00")


def test_the_fee_comes_from_the_company_first_and_from_the_gig_else(scene: Scene) -> None:
    one = make.worked_and_cut(scene)
    other = make.worked_and_cut(scene, starts_at=MONDAY + timedelta(days=1))
    made.deposited(scene.company_id, usd("5.00"))
    before, available = balance(scene.gig.hold_account), f"company:{scene.company_id}:available"
    assert balance(available) == usd("5.00")
    make.ruled(make.claimed(one))
    assert (balance(available), balance(scene.gig.hold_account)) == (usd("1.25"), before)
    dispute = make.ruled(make.claimed(other), 1)
    assert (balance(available), balance(scene.gig.hold_account)) == (usd("1.25"), before - usd("3.75"))
    assert timeline("dispute", dispute.id)[0].data["fee"] == "3.75 USD"
    assert [each.money for each in invoicing._handling(None)] == [usd("3.75")] * 2
    assert invoicing._handling(clock.now() + timedelta(days=1)) == [], "before there were invoices nobody wrote one"
    (month,) = company_months.month_of(scene.company_id, f"{clock.now():%Y-%m}", scene.company)
    assert month.flows[Flow.HANDLING] == usd("-7.50")
    everything_holds()


# --- who may --------------------------------------------------------------------------------------------------------


def test_only_whose_time_it_was_claims_and_withdraws(scene: Scene) -> None:
    cut = make.worked_and_cut(scene)
    for by in (scene.company, make.judge(), accounts.actor_of(accounts.person().id)):
        with pytest.raises(NotFound):
            service.claim(cut.id, "mine", by=by)
    dispute = make.claimed(cut)
    for by in (scene.company, make.judge()):
        with pytest.raises(NotFound):
            service.withdraw(dispute.id, by=by)


def test_both_sides_speak_and_the_others_do_not(scene: Scene) -> None:
    dispute = make.claimed(make.worked_and_cut(scene))
    me = accounts.actor_of(dispute.contractor_id)
    service.answer(dispute.id, "The door log says otherwise.", by=scene.company)
    service.answer(dispute.id, "I worked from home.", by=me)
    for by in (shifts.scene().company, make.judge()):
        with pytest.raises(NotFound):
            service.answer(dispute.id, "I too", by=by)
    with pytest.raises(Forbidden):
        service.answer(dispute.id, "I too", by=accounts.member(scene.company_id, CompanyRole.VIEWER))
    with pytest.raises(NothingSaid):
        service.answer(dispute.id, "  ", by=me)
    make.ruled(dispute, 0)
    with pytest.raises(WrongState):
        service.answer(dispute.id, "One more thing.", by=me)
    told = queries.dispute(dispute.id, seen_by=me).statements
    assert [each.kind for each in told] == list(StatementKind)
    names = [event.name for event in reversed(timeline("dispute", dispute.id))]
    assert names == ["dispute.claimed", "dispute.answered", "dispute.answered", "dispute.ruled"]
    assert "door log" not in str([event.data for event in timeline("dispute", dispute.id)])


def test_who_may_not_rule(scene: Scene) -> None:
    dispute = make.claimed(make.worked_and_cut(scene))
    with pytest.raises(NotFound):
        service.rule(dispute.id, 0, "no", by=scene.company)
    with pytest.raises(Forbidden):
        service.rule(dispute.id, 0, "no", by=accounts.operator(OperatorRole.FINANCE))
    judge = make.judge()
    assert judge.person_id is not None
    email = db.session.get_one(Person, judge.person_id).email
    people.add_member(scene.company_id, email, CompanyRole.VIEWER, by=scene.company)
    member = accounts.actor_of(judge)
    with pytest.raises(NotImpartial):
        service.rule(dispute.id, 0, "no", by=member)
    for minutes in (-1, 61):
        with pytest.raises(BadRuling):
            service.rule(dispute.id, minutes, "no", by=make.judge())
    with pytest.raises(NothingSaid):
        service.rule(dispute.id, 0, " ", by=make.judge())
    make.ruled(dispute)
    with pytest.raises(WrongState):
        service.rule(dispute.id, 0, "again", by=make.judge())


def test_who_sees_a_dispute(scene: Scene) -> None:
    dispute = make.claimed(make.worked_and_cut(scene))
    me, judge = accounts.actor_of(dispute.contractor_id), make.judge()
    for by in (me, judge, scene.company):
        assert queries.dispute(dispute.id, seen_by=by).id == dispute.id
    for by in (me, judge):
        assert db.session.scalars(queries.disputes(seen_by=by)).one().id == dispute.id
    assert db.session.scalars(queries.disputes(scene.company_id, seen_by=scene.company)).one().id == dispute.id
    assert db.session.scalars(queries.to_rule(judge)).one().id == dispute.id
    stranger = shifts.scene().company
    for refused in (
        lambda: queries.dispute(dispute.id, seen_by=stranger),
        lambda: queries.disputes(scene.company_id, seen_by=stranger),
    ):
        with pytest.raises(NotFound):
            refused()
    assert db.session.scalars(queries.disputes(seen_by=stranger)).all() == []


def test_what_a_cut_says_stays(scene: Scene) -> None:
    make.claimed(make.worked_and_cut(scene))
    for sentence in (
        "UPDATE timesheet_cut SET minutes = 1",
        "DELETE FROM timesheet_cut",
        "DELETE FROM dispute_statement",
    ):
        with pytest.raises(ProgrammingError, match="permission denied"), db.session.begin_nested():
            db.session.execute(text(sentence))


# --- whatever is cut and ruled --------------------------------------------------------------------------------------


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_is_ruled_the_sum_is_the_price_of_the_minutes(app: Flask, data: st.DataObject) -> None:
    """Random rates, breaks, cuts and rulings, before and after the first run: what is paid in the end is the price of
    the minutes after the ruling, to the minor unit, and what may be owed is held all the time."""
    with undone():
        with transaction():
            there = shifts.scene(rate=Money(data.draw(st.integers(1100, 9999), label="rate"), "USD"))
            booking = shifts.booked(there)
            me = accounts.actor_of(booking.contractor_id)
            attended = data.draw(st.integers(2, 240), label="minutes")
            pause = data.draw(st.integers(0, attended), label="minutes before the break")
            shifts.at(booking.starts_at)
            attendance.clock_in(booking.id, by=me)
            shifts.at(booking.starts_at + timedelta(minutes=pause))
            if pause < attended:
                attendance.start_break(booking.id, EntryKind.PAID_BREAK, by=me)
            shifts.at(booking.starts_at + timedelta(minutes=attended))
            attendance.clock_out(booking.id, by=me)
        cut = make.cut(there, booking, data.draw(st.integers(1, attended), label="cut"))
        if data.draw(st.booleans(), label="paid before the ruling"):
            made.paid()
        everything_holds()
        restored = data.draw(st.integers(0, cut.minutes), label="restored")
        make.ruled(make.claimed(cut), restored)
        for _ in range(2):
            everything_holds()
            made.paid()
        everything_holds()
        (work,) = works.of_cuts([cut.id])
        assert work.minutes.work + work.minutes.paid_break == attended - cut.minutes + restored
        assert works.issued([cut.booking_id]).get(cut.booking_id, usd("0")) == owed(work)
        assert balance(f"booking:{cut.booking_id}:hold") == usd("0")
