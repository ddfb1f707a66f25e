"""Shifts for training: who may take one, what they earn, and what does not count there."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from marketplace.accounts.models import Person
from marketplace.accounts.rules import CLOCK
from marketplace.core.db import db, transaction
from marketplace.core.money import Money
from marketplace.gigs.rules import Criteria
from marketplace.matching import making
from marketplace.matching import service as matching
from marketplace.matching.models import PlanInput
from marketplace.pay.models import PayLine
from marketplace.qualifications.models import Qualification
from marketplace.qualifications.rules import Proves
from marketplace.shifts import piloting, raising, scheduling
from marketplace.shifts.models import Shift
from marketplace.shifts.rules import NotEligible
from marketplace.standards.hazard import HazardClass
from marketplace.standards.line_kinds import LineKind
from tests.factories import gigs, pay
from tests.factories import qualifications as tests
from tests.factories import shifts as make
from tests.factories.shifts import MONDAY, Scene
from tests.pay.books import everything_holds
from tests.web.visitor import Visitor

HATE = {"hazard_class": HazardClass.H2, "hazard_categories": ("hate",)}


def usd(amount: str) -> Money:
    return Money.of(amount, "USD")


@pytest.fixture
def boxes(app: Flask) -> Qualification:
    with transaction():
        make.at(MONDAY - timedelta(days=5))
        return tests.service_test(proves=Proves("image-labelling", 3))


def asks_for(test: Qualification) -> Criteria:
    return Criteria(places=(gigs.KANSAS,), reason="The work needs it.", qualifications=(test.code,))


def training(there: Scene, seats: int = 1) -> Shift:
    return scheduling.schedule(
        there.gig.id, MONDAY, MONDAY + timedelta(hours=4), make.ZONE, seats, training=True, by=there.company
    )


def test_training_is_paid_like_work_to_who_lacks_the_qualification(boxes: Qualification) -> None:
    """The work itself is refused to Ana, who has not passed the test. Four hours of training for it are paid at the
    gig's 20.00 without the premium of its class: 80.00, 2.67 sick leave, 3.20 health, 4.00 fee."""
    with transaction():
        there = make.scene(criteria=asks_for(boxes), rate=usd("20.00"), **HATE)
        ana = make.contracted(there)
        with pytest.raises(NotEligible):
            make.offered(there, make.shift(there, MONDAY + timedelta(days=1)), ana)
        offer = make.offered(there, training(there), ana)
        booking = make.accepted(offer)
        assert (offer.terms["training"], offer.terms["hazards"]["class"]) == (True, "H0")
        assert booking.held == usd("89.87")
        raising.raise_class(there.gig.id, HazardClass.H3, ("graphic_abuse",), by=there.company)
        assert booking.hazard_class == HazardClass.H0, "training shows nothing of what is raised"
        make.work(booking)
        pay.approved(there, booking)
    assert piloting.roll([there.gig.id], by=CLOCK) == 0, "training fills no pilot"
    pay.paid()
    lines = {line.kind: line for line in db.session.scalars(select(PayLine))}
    assert LineKind.WAGES not in lines
    told = lines[LineKind.TRAINING]
    assert (told.minutes, told.money, told.rule, told.rule_version) == (240, usd("80.00"), "TRAINING", 1)
    assert sum(line.amount for line in lines.values()) == booking.held_amount
    everything_holds()


def test_matching_asks_for_training_whom_the_work_is_refused(boxes: Qualification) -> None:
    """What the plan was reckoned from says so when it is read again."""
    there = make.scene(criteria=asks_for(boxes))
    ana = make.contracted(there)
    work = make.shift(there, MONDAY + timedelta(days=1))
    assert matching.match(work.id, by=there.company) == []
    shift = training(there)
    (offer,) = matching.match(shift.id, by=there.company)
    assert (offer.contractor_id, offer.terms["training"]) == (ana.id, True)
    newest = db.session.scalars(select(PlanInput.plan_id).order_by(PlanInput.plan_id.desc()).limit(1)).one()
    stored = making.instance_of(newest)
    assert stored is not None
    assert [opening.is_training for opening in stored.openings] == [True]


def test_training_is_outside_the_volume_of_a_pilot(app: Flask) -> None:
    """Forty hours are planned; ten seats of training come on top."""
    there = make.scene()
    make.shift(there, MONDAY + timedelta(days=1), seats=10)
    assert training(there, seats=10).is_training


def test_a_company_plans_training_on_the_page(client: FlaskClient) -> None:
    there = make.scene()
    owner = Visitor(client).signed_in(db.session.get_one(Person, there.company.person_id))
    fields = {"gig_id": there.gig.id, "day": "2026-11-26", "begins": "09:00", "ends": "13:00", "seats": "1"}
    done = owner.send(f"/company/{there.company_id}/shifts/new", **fields, timezone=make.ZONE, training="true")
    assert "training" in done.words
    ana = make.contracted(there)
    shift = db.session.scalars(select(Shift).where(Shift.is_training)).one()
    offer = make.offered(there, shift, ana)
    hers = Visitor(client.application.test_client()).signed_in(db.session.get_one(Person, ana.id))
    assert "learned in this shift" in hers.look(f"/work/offers/{offer.id}").words
