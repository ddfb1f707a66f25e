"""Moving: shown, decided by a person, and then the new place's floor and law hold."""

from datetime import timedelta

import pytest
from flask import Flask

from marketplace.accounts.rules import Actor, OperatorRole, ReasonMissing
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import timeline
from marketplace.core.lifecycle import WrongState
from marketplace.core.problems import NotFound
from marketplace.shifts.models import Offer
from marketplace.standards import queries as standards
from marketplace.workforce import documents, papers, residence, rules
from marketplace.workforce.models import Contractor
from marketplace.workforce.paper_models import ResidenceChange
from marketplace.workforce.papers import MoveStatus, Purpose
from tests.factories import accounts, shifts, workforce
from tests.papers import png

SEATTLE = ("US", "US-WA", "America/Los_Angeles", "Since Monday; the lease shows it.")


@pytest.fixture
def operator(app: Flask) -> Actor:
    return accounts.operator(OperatorRole.VETTING)


def moving(ana: Contractor) -> ResidenceChange:
    me = accounts.actor_of(ana.id)
    documents.hand_in([(Purpose.MOVE, png())], by=me)
    return residence.ask_to_move(*SEATTLE, by=me)


def floor_at_home(who: Contractor) -> str:
    found = standards.floor_for(who.country, who.subdivision, currency="USD", on=clock.now().date())
    return str(found.lowest_rate())


def test_the_floor_follows_a_move_from_the_decision_on(operator: Actor) -> None:
    ana = workforce.contractor()
    asked = moving(ana)
    assert (ana.subdivision, floor_at_home(ana)) == ("US-KS", "7.25 USD")
    residence.decide(asked.id, True, "The lease names her and the flat.", by=operator)
    assert (ana.subdivision, ana.timezone) == ("US-WA", "America/Los_Angeles")
    assert floor_at_home(ana) == "17.13 USD"
    (kept,) = residence.history(ana.id, accounts.actor_of(ana.id))
    assert (kept.from_subdivision, kept.subdivision, kept.status) == ("US-KS", "US-WA", MoveStatus.GRANTED)
    assert "residence_change.granted" in [event.name for event in timeline("contractor", ana.id)]


def test_a_refused_or_withdrawn_move_changes_nothing(operator: Actor) -> None:
    ana = workforce.contractor()
    me = accounts.actor_of(ana.id)
    asked = moving(ana)
    with pytest.raises(papers.MoveWaits):
        residence.ask_to_move(*SEATTLE, by=me)
    with pytest.raises(ReasonMissing):
        residence.decide(asked.id, False, " ", by=operator)
    residence.decide(asked.id, False, "The lease is in another name.", by=operator)
    with pytest.raises(WrongState):
        residence.decide(asked.id, True, "Oh well.", by=operator)
    residence.ask_to_move(*SEATTLE, by=me)
    residence.take_back(by=me)
    with pytest.raises(NotFound):
        residence.take_back(by=me)
    assert ana.subdivision == "US-KS"


def test_a_move_is_shown_by_a_document_and_asked_by_somebody_who_is_vetted(operator: Actor) -> None:
    ana, applicant = workforce.contractor(), workforce.applied()
    with pytest.raises(papers.EvidenceMissing):
        residence.ask_to_move(*SEATTLE, by=accounts.actor_of(ana.id))
    with pytest.raises(papers.NothingMoved):
        residence.ask_to_move("US", "US-KS", "America/Chicago", "I am here.", by=accounts.actor_of(ana.id))
    with pytest.raises(papers.NotVettedYet):
        residence.ask_to_move(*SEATTLE, by=accounts.actor_of(applicant.id))
    with pytest.raises(NotFound):
        residence.queue(accounts.actor_of(ana.id))


def test_nobody_decides_about_their_own_move(operator: Actor) -> None:
    ana = workforce.contractor()
    asked = moving(ana)
    both = Actor(ana.id, operator=operator.operator)
    with pytest.raises(rules.OwnCase):
        residence.decide(asked.id, True, "I live there.", by=both)


def test_what_was_accepted_keeps_its_terms(app: Flask) -> None:
    shifts.at(shifts.MONDAY - timedelta(days=1))
    there = shifts.scene()
    ana = shifts.contracted(there)
    booking = shifts.booked(there, ana)
    offer = db.session.get_one(Offer, booking.offer_id)
    before = dict(offer.terms)
    residence.decide(moving(ana).id, True, "Seen the lease.", by=accounts.operator(OperatorRole.VETTING))
    db.session.expire_all()
    assert (offer.terms, offer.status) == (before, "accepted")
