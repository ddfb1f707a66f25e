"""What a bar does to offers: those in its scope are refused with the rule and the day, all else is as it was."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.core.db import db, transaction
from marketplace.matching import facts
from marketplace.matching import service as matching
from marketplace.matching.engine import solve
from marketplace.matching.rules import Outcome
from marketplace.shifts import attendance, barred, offers
from marketplace.shifts.models import Booking, Shift
from marketplace.shifts.rules import BookingStatus, NotEligible, OfferStatus
from marketplace.workforce import restrictions, service
from marketplace.workforce.bars import EVERYTHING, Scope, Target
from tests.factories import accounts, pay, standing
from tests.factories import shifts as make
from tests.factories.shifts import MONDAY, Scene
from tests.shifts.test_races import at_once

DAY = timedelta(days=1)


def verdict_against(there: Scene, shift: Shift, who: Any) -> dict[str, Any]:
    with pytest.raises(NotEligible) as refused, db.session.begin_nested():
        make.offered(there, shift, who)
    found: dict[str, Any] = refused.value.members["verdict"]
    return found


def test_a_restriction_says_no_with_its_rule_and_its_end_and_without_its_reason(app: Flask) -> None:
    there = make.scene()
    ana, shift = make.contracted(there), make.shift(there)
    row = standing.restricted(ana.id)
    said = verdict_against(there, shift, ana)
    assert (said["rule"], said["inputs"]["scope"]) == ("RESTRICTION", "all")
    assert said["inputs"]["until"] == row.expires_at.isoformat(timespec="minutes")
    assert standing.REASON not in str(said)
    explained = matching.explain(shift.id, ana.id, seen_by=accounts.actor_of(ana.id))
    assert (explained.outcome, explained.verdict and explained.verdict["rule"]) == (Outcome.NOT_ELIGIBLE, "RESTRICTION")
    restrictions.lift(row.id, "A mistake.", by=standing.operator())
    assert make.offered(there, shift, ana).status is OfferStatus.PENDING


def test_a_scope_leaves_all_other_work_alone(app: Flask) -> None:
    there = make.scene()
    ana, shift = make.contracted(there), make.shift(there)
    kind = str(there.gig.work_kind)
    other = next(each for each in ("code", "translation") if each != kind)
    standing.restricted(ana.id, Target(Scope.CATEGORY, category=other))
    assert make.offered(there, shift, ana).status is OfferStatus.PENDING
    standing.restricted(ana.id, Target(Scope.CATEGORY, category=kind))
    assert verdict_against(there, make.shift(there, MONDAY + DAY), ana)["inputs"]["scope"] == "category"


def test_a_block_is_felt_at_that_company_alone(app: Flask) -> None:
    """Rule BLOCK: the plan of another company is the same to the point, whoever is blocked elsewhere."""
    there, elsewhere = make.scene(), make.scene()
    ana, bea = (make.contracted(there) for _ in range(2))
    for each in (ana, bea):
        make.contract(elsewhere, each)
    theirs = make.shift(elsewhere, MONDAY + DAY, seats=2)
    before = solve(facts.read([(theirs, elsewhere.gig)]))
    standing.blocked(there.company, there.company_id, ana.id)
    assert solve(facts.read([(theirs, elsewhere.gig)])) == before
    ours = make.shift(there, seats=2)
    assert verdict_against(there, ours, ana)["rule"] == "BLOCK"
    made = matching.match(ours.id, by=there.company)
    assert [offer.contractor_id for offer in made] == [bea.id]
    made = matching.match(theirs.id, by=elsewhere.company)
    assert {offer.contractor_id for offer in made} == {ana.id, bea.id}
    assert all("block" not in str(offer.reason).lower() for offer in made)


def test_a_stored_instance_remembers_its_bars(app: Flask) -> None:
    there = make.scene()
    ana = make.contracted(there)
    standing.blocked(there.company, there.company_id, ana.id, gig_id=there.gig.id)
    standing.restricted(ana.id, days=3)
    instance = facts.read([(make.shift(there), there.gig)])
    again = type(instance).of(instance.as_dict())
    (member,) = instance.members
    assert [each.person.bars for each in again.members] == [member.person.bars]
    assert len(member.person.bars) == 2
    assert solve(again) == solve(instance)


def test_open_offers_in_the_scope_are_taken_back_and_accepted_shifts_are_kept(
    app: Flask, work: Callable[[], int]
) -> None:
    """Whoever is restricted, blocked or suspended works what they accepted, and is paid for it."""
    there = make.scene()
    ana = make.contracted(there)
    booking = make.booked(there, ana)
    waiting = make.offered(there, make.shift(there, MONDAY + DAY), ana)
    work()
    standing.blocked(there.company, there.company_id, ana.id)
    work()
    assert (waiting.status, booking.status) == (OfferStatus.WITHDRAWN, BookingStatus.BOOKED)
    service.suspend(ana.id, "Two people share this account.", by=standing.operator())
    work()
    me = accounts.actor_of(ana.id)
    make.at(booking.starts_at)
    attendance.clock_in(booking.id, by=me)
    make.at(booking.ends_at)
    attendance.clock_out(booking.id, by=me)
    assert booking.status is BookingStatus.WORKED
    pay.approved(there, booking)
    pay.paid(there.company_id)
    assert pay.payslip_of(ana.id).net.amount == 6000


def test_a_bar_of_something_else_takes_nothing_back(app: Flask) -> None:
    there = make.scene()
    ana = make.contracted(there)
    waiting = make.offered(there, make.shift(there), ana)
    standing.restricted(ana.id, Target(Scope.CATEGORY, category="code"))
    assert barred.withdraw_offers(ana.id) == 0
    assert waiting.status is OfferStatus.PENDING


@pytest.mark.truncating
def test_a_yes_and_a_restriction_at_once(apart_app: Flask) -> None:
    """The yes that came first is kept; the one that came second is refused. Never a booking made under a bar."""
    with apart_app.app_context(), transaction():
        there = make.scene()
        ana = make.contracted(there)
        offer, by = make.offered(there, make.shift(there), ana), standing.operator()
        offer_id, ana_id, until = offer.id, ana.id, MONDAY + 20 * DAY
        me = accounts.actor_of(ana_id)
    race = [
        partial(offers.accept, offer_id, by=me),
        partial(restrictions.restrict, ana_id, EVERYTHING, "Why.", until, by=by),
    ]
    said_yes, restricted = at_once(apart_app, race)
    assert restricted == "done"
    with apart_app.app_context():
        booked = db.session.scalars(select(Booking).where(Booking.offer_id == offer_id)).all()
        assert (said_yes, len(booked)) in {("done", 1), ("not_eligible", 0)}
