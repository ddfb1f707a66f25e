"""Back-pay: a class is raised after the work was paid, and the next run pays the rest of its price."""

from collections.abc import Sequence
from datetime import timedelta

from flask import Flask
from sqlalchemy import func, select

from marketplace.accounts.rules import CLOCK, OperatorRole
from marketplace.core import clock
from marketplace.core.db import db, transaction
from marketplace.core.money import Money
from marketplace.gigs import hazards
from marketplace.gigs import service as closing
from marketplace.ledger import queries as books
from marketplace.pay import previews
from marketplace.pay.models import PayLine
from marketplace.pay.runs import pay_day, settlements
from marketplace.shifts import flags, raising
from marketplace.shifts.models import Booking
from marketplace.shifts.timesheet_models import TimesheetCut
from marketplace.shifts.timesheet_rules import CutEnd
from marketplace.standards.hazard import HazardCategory, HazardClass
from marketplace.standards.line_kinds import LineKind
from marketplace.workforce.pay_scope import PayScope
from tests.factories import accounts, disputes, gigs, pay
from tests.factories import shifts as make
from tests.factories.shifts import Scene
from tests.pay.books import everything_holds

HATE: Sequence[str] = ("hate",)
H1 = {"hazard_class": HazardClass.H1, "hazard_categories": (HazardCategory.INSULTS,)}


def usd(amount: str) -> Money:
    return Money.of(amount, "USD")


def scene_of(minutes: int = 2400, beside: str = "100.00") -> Scene:
    """A gig of class H1 at 15.00 USD, with so much planned and so much of its company's money beside."""
    with transaction():
        scene = make.scene(minutes=minutes, **H1)
        if beside:
            gigs.money_for(scene.company_id, usd(beside))
    return scene


def flagged(scene: Scene) -> Booking:
    """Four hours that were flagged on their day."""
    with transaction():
        done = make.worked(scene, make.contracted(scene))
        flags.flag(done.id, HazardCategory.HATE, "Slurs.", by=accounts.actor_of(done.contractor_id))
    return done


def flagged_and_paid(scene: Scene) -> Booking:
    """The same, paid before anybody has answered the flag."""
    done = flagged(scene)
    with transaction():
        pay.approved(scene, done)
    pay.paid()
    return done


def to_h2(scene: Scene) -> raising.Raised:
    with transaction():
        return raising.raise_class(scene.gig.id, HazardClass.H2, HATE, by=scene.company)


def back_pay_lines(booking: Booking) -> list[tuple[LineKind, int, Money]]:
    lines = select(PayLine).where(PayLine.booking_id == booking.id, PayLine.back_pay_id.is_not(None))
    return [(line.kind, line.seconds // 60, line.money) for line in db.session.scalars(lines.order_by(PayLine.id))]


def test_work_that_was_paid_before_the_raise_is_paid_the_rest_by_the_next_run(app: Flask) -> None:
    """Four hours at 15.00 are paid when the class is raised to H2: 25 % of 60.00 are 15.00, and health, 4 % of 75.00
    less 4 % of 60.00, is 0.60. Wages, leave and fee were paid."""
    scene = scene_of()
    done = flagged_and_paid(scene)
    raised = to_h2(scene)
    assert (raised.repriced, raised.held) == ([done.id], usd("15.60"))
    assert done.hazard_class is HazardClass.H2
    assert books.balance(done.hold_account, "USD") == usd("15.60")
    everything_holds()
    (told,) = previews.preview(PayScope(clock.now().date()), seen_by=pay.finance())
    assert (told.net, told.cost) == (usd("15.00"), usd("15.60"))
    pay.paid()
    assert back_pay_lines(done) == [
        (LineKind.HAZARD_PREMIUM, 240, usd("15.00")),
        (LineKind.HEALTH_CONTRIBUTION, 0, usd("0.60")),
    ]
    assert pay.payslip_of(done.contractor_id).net == usd("15.00")
    assert books.balance(done.hold_account, "USD") == usd("0")
    everything_holds()
    pay.paid()
    assert len(back_pay_lines(done)) == 2


def test_back_pay_and_a_restored_cut_of_one_booking_add_up_to_its_price(app: Flask) -> None:
    """One hour of four is cut and three are paid; then the class is raised, and then the hour is restored: of the
    premium 11.25 belong to the three, 3.75 to the hour, and all of it is what four hours in H2 cost."""
    scene = scene_of()
    done = flagged(scene)
    cut = disputes.cut(scene, done)
    pay.paid()
    to_h2(scene)
    disputes.claimed(cut)
    everything_holds()
    pay.paid()
    assert back_pay_lines(done)[0] == (LineKind.HAZARD_PREMIUM, 180, usd("11.25"))
    everything_holds()
    with transaction():
        settlements.settle(db.session.get_one(TimesheetCut, cut.id), 60, CutEnd.NOT_RULED, by=CLOCK)
    pay.paid()
    assert _sums(done) == WHOLE_IN_H2
    assert books.balance(done.hold_account, "USD") == usd("0")
    everything_holds()


def test_back_pay_waits_for_a_restored_cut_of_its_booking(app: Flask) -> None:
    """Both are due in one run. Each is the whole price less what was paid: together they would pay a premium twice."""
    scene = scene_of()
    done = flagged(scene)
    cut = disputes.cut(scene, done)
    pay.paid()
    to_h2(scene)
    disputes.ruled(disputes.claimed(cut))
    pay.paid()
    assert _sums(done) == WHOLE_IN_H2
    everything_holds()
    pay.paid()
    assert (_sums(done), back_pay_lines(done)) == (WHOLE_IN_H2, [])
    assert books.balance(done.hold_account, "USD") == usd("0")


WHOLE_IN_H2 = {
    LineKind.WAGES: usd("60.00"),
    LineKind.HAZARD_PREMIUM: usd("15.00"),
    LineKind.SICK_ACCRUAL: usd("2.00"),
    LineKind.HEALTH_CONTRIBUTION: usd("3.00"),
    LineKind.PLATFORM_FEE: usd("3.00"),
}


def _sums(booking: Booking) -> dict[LineKind, Money]:
    sums = select(PayLine.kind, func.sum(PayLine.amount)).where(PayLine.booking_id == booking.id)
    return {kind: Money(int(amount), "USD") for kind, amount in db.session.execute(sums.group_by(PayLine.kind))}


def test_what_could_not_be_held_is_held_by_the_clock_once_there_is_money(app: Flask) -> None:
    """Nobody has to ask again: as soon as the company has paid in, the job holds the premium and the next run pays."""
    scene = scene_of(minutes=240, beside="")
    done = flagged_and_paid(scene)
    operator = accounts.operator(OperatorRole.STANDARDS)
    with transaction():
        assert raising.raise_class(scene.gig.id, HazardClass.H2, HATE, by=operator).unheld == usd("15.60")
        assert raising.hold_unheld() == 0
        gigs.money_for(scene.company_id, usd("15.59"))
        assert raising.hold_unheld() == 0
        gigs.money_for(scene.company_id, usd("0.01"))
        assert (raising.hold_unheld(), raising.hold_unheld()) == (1, 0)
    assert [row.unheld for row in hazards.history(scene.gig.id, operator)] == [usd("0"), usd("15.60"), usd("0")]
    pay.paid()
    assert pay.payslip_of(done.contractor_id).net == usd("15.00")
    everything_holds()


def test_a_gig_that_was_closed_meanwhile_owes_its_back_pay(app: Flask) -> None:
    scene = scene_of()
    done = flagged_and_paid(scene)
    with transaction():
        closing.close(scene.gig.id, by=scene.company)
    assert to_h2(scene).repriced == [done.id]
    pay.paid()
    assert pay.payslip_of(done.contractor_id).net == usd("15.00")
    everything_holds()


def test_the_clock_starts_a_run_for_back_pay(app: Flask) -> None:
    scene = scene_of()
    flagged_and_paid(scene)
    to_h2(scene)
    with transaction():
        make.at(clock.now() + timedelta(hours=23))
        assert pay_day.start_due_runs(by=CLOCK) == []
        make.at(clock.now() + timedelta(hours=1))
        assert pay_day.start_due_runs(by=CLOCK)
