"""What a late no counts, told before it; and strikes: proposed by a job, decided by a human, contested, fallen off."""

from datetime import timedelta
from types import ModuleType

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from marketplace.accounts.models import Person
from marketplace.core import clock
from marketplace.core.db import db, transaction
from marketplace.core.problems import NotFound
from marketplace.matching import engine, facts, instance, planning
from marketplace.matching import rules as ranking
from marketplace.shifts import attendance, eligibility, late_no, offers, outage, reliability, sick
from marketplace.shifts.late_no import NothingCounts, Step, Why, step_of
from marketplace.shifts.models import Booking, Shift
from marketplace.shifts.reliability import GivingBack, Reliability, propose_strikes
from marketplace.workforce import appeals, proposals, restrictions, reviews, strikes
from marketplace.workforce.bars import (
    AppealStatus,
    BadAnswer,
    BadMeasure,
    Measure,
    ProposalClosed,
    ProposalKind,
    ProposalStatus,
)
from marketplace.workforce.standing_models import Proposal, Strike
from tests.factories import accounts, standing
from tests.factories import shifts as make
from tests.factories.shifts import MONDAY, WEDNESDAY, Scene
from tests.shifts.test_races import at_once
from tests.web.visitor import Visitor

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
GOOD_CAUSE = "POST /api/v1/bookings/<uuid:booking_id>/good-cause"
GIVING_BACK = "GET /api/v1/bookings/<uuid:booking_id>/giving-back"
MINE = "GET /api/v1/contractors/me/reliability"
STRIKES = "GET /api/v1/contractors/me/strikes"
OF_PERSON = "GET /api/v1/vetting/contractors/<uuid:contractor_id>/strikes"


def own(booking: Booking) -> Reliability:
    return reliability.mine(by=accounts.actor_of(booking.contractor_id))


def told(booking: Booking) -> GivingBack:
    return reliability.giving_back(booking.id, by=accounts.actor_of(booking.contractor_id))


def released(booking: Booking) -> Booking:
    return offers.release(booking.id, by=accounts.actor_of(booking.contractor_id))


def missed(scene: Scene, booking: Booking | None = None) -> Booking:
    """Somebody who did not come, two days after the shift."""
    found = booking or make.booked(scene)
    make.at(found.starts_at + HOUR)
    attendance.mark_no_shows()
    make.at(found.ends_at + 48 * HOUR)
    return found


def open_ones() -> list[Proposal]:
    found = select(Proposal).where(Proposal.status == ProposalStatus.OPEN)
    return list(db.session.scalars(found.order_by(Proposal.id)))


def struck(scene: Scene, booking: Booking | None = None) -> Strike:
    missed(scene, booking)
    propose_strikes()
    proposal = next(each for each in open_ones() if each.kind is ProposalKind.STRIKE)
    reviews.accept(proposal.id, Measure.STRIKE, "Nobody said anything.", by=standing.operator())
    return db.session.scalars(select(Strike).where(Strike.proposal_id == proposal.id)).one()


@pytest.mark.parametrize(
    ("before", "step", "points", "company_pays"),
    [
        (73 * HOUR, Step.IN_TIME, 0, 0),
        (72 * HOUR, Step.IN_TIME, 0, 0),
        (71 * HOUR, Step.HALF, 1, 60),
        (24 * HOUR, Step.HALF, 1, 60),
        (23 * HOUR, Step.WHOLE, 2, 120),
        (timedelta(minutes=1), Step.WHOLE, 2, 120),
    ],
)
def test_both_sides_stand_on_the_same_steps(
    scene: Scene, before: timedelta, step: Step, points: int, company_pays: int
) -> None:
    """A shift of four hours: where the company pays 60 or 120 minutes, the person's no counts 1 or 2, and no money."""
    booking = make.booked(scene)
    make.at(MONDAY - before)
    found = told(booking)
    assert (found.step, found.points, found.points_after) == (step, points, points)
    paid = next((rung.company_pays_minutes for rung in found.ladder if rung.step is found.step), 0)
    assert paid == company_pays
    released(booking)
    assert own(booking).points == points


def test_a_yes_can_be_taken_back_for_a_quarter_of_an_hour(scene: Scene) -> None:
    make.at(MONDAY - 3 * HOUR)
    booking = make.booked(scene)
    make.at(MONDAY - 3 * HOUR + timedelta(minutes=15))
    assert told(booking).points == 0
    assert step_of(MONDAY, clock.now() - timedelta(minutes=16), clock.now()) is Step.WHOLE
    released(booking)
    assert own(booking).items == []


def test_nothing_counts_where_somebody_took_the_seat(scene: Scene) -> None:
    booking = make.booked(scene)
    make.at(MONDAY - 5 * HOUR)
    released(booking)
    assert own(booking).points == 2
    other = make.booked(scene, shift=db.session.get_one(Shift, booking.shift_id))
    (item,) = own(booking).items
    assert (item.why, own(booking).points) == (Why.TAKEN, 0)
    missed(scene, other)
    assert own(booking).points == 0, "that the other did not come counts for the other"
    assert propose_strikes() == 1
    assert [each.contractor_id for each in open_ones()] == [other.contractor_id]


def test_a_missed_shift_is_put_before_a_human_and_falls_off(scene: Scene) -> None:
    booking = make.booked(scene)
    make.at(MONDAY + HOUR)
    attendance.mark_no_shows()
    assert (own(booking).points, propose_strikes()) == (3, 0), "an outage can still be told"
    make.at(booking.ends_at + 48 * HOUR)
    assert (propose_strikes(), propose_strikes()) == (1, 0)
    (proposal,) = open_ones()
    assert (proposal.kind, proposal.evidence["step"]) == (ProposalKind.STRIKE, "missed")
    assert strikes.in_force(booking.contractor_id, clock.now()) == []
    with pytest.raises(BadMeasure):
        reviews.accept(proposal.id, Measure.SUSPEND, "Not there.", by=standing.operator())
    reviews.accept(proposal.id, Measure.STRIKE, "Nobody said anything.", by=standing.operator())
    (strike,) = strikes.in_force(booking.contractor_id, clock.now())
    assert (strike.reason, strike.expires_at) == ("Nobody said anything.", MONDAY + 30 * DAY)
    assert restrictions.of_person(booking.contractor_id, accounts.actor_of(booking.contractor_id)) == []
    make.at(MONDAY + 30 * DAY)
    assert (strikes.expire_due(), strikes.expire_due()) == (1, 0)
    assert (own(booking).points, own(booking).items) == (0, [])


def test_a_very_late_no_is_looked_at_and_an_earlier_one_is_not(scene: Scene) -> None:
    late, early = make.booked(scene), make.booked(scene)
    make.at(MONDAY - 30 * HOUR)
    released(early)
    make.at(MONDAY - 2 * HOUR)
    released(late)
    make.at(MONDAY + 3 * DAY)
    assert propose_strikes() == 1
    assert [each.evidence["booking"] for each in open_ones()] == [str(late.id)]


def test_illness_outages_and_what_a_company_ends_never_count(scene: Scene) -> None:
    ill, without_power = make.booked(scene), make.booked(scene)
    make.at(MONDAY - HOUR)
    sick.report_sick(ill.id, by=accounts.actor_of(ill.contractor_id))
    missed(scene, without_power)
    make.at(without_power.ends_at + 47 * HOUR)
    outage.report_outage(without_power.id, by=accounts.actor_of(without_power.contractor_id))
    make.at(MONDAY + 5 * DAY)
    assert propose_strikes() == 0
    assert [own(each).points for each in (ill, without_power)] == [0, 0]


def test_good_cause_is_read_first_and_excused(scene: Scene) -> None:
    booking = missed(scene)
    propose_strikes()
    (proposal,) = open_ones()
    proposals.answer(proposal.id, "My mother was taken to hospital.", by=accounts.actor_of(booking.contractor_id))
    proposals.dismiss(proposal.id, "Nobody could have come.", by=standing.operator())
    (item,) = own(booking).items
    assert (item.why, item.points, propose_strikes()) == (Why.EXCUSED, 0, 0)


def test_a_cause_can_be_stated_from_the_late_no_on_and_is_excused_by_a_human(scene: Scene) -> None:
    """Thirty hours before the start a no counts one point, which no job puts before anybody: the person does."""
    booking = make.booked(scene)
    me = accounts.actor_of(booking.contractor_id)
    make.at(MONDAY - 30 * HOUR)
    with pytest.raises(NothingCounts):
        reliability.state_cause(booking.id, "It is not given back yet.", by=me)
    released(booking)
    for words in ("My child fell ill.", "My child is in hospital."):
        reliability.state_cause(booking.id, words, by=me)
    (proposal,) = open_ones()
    assert (proposal.words, proposal.evidence["step"], own(booking).points) == ("My child is in hospital.", "half", 1)
    with pytest.raises(BadMeasure):
        reviews.accept(proposal.id, Measure.STRIKE, "Late.", by=standing.operator())
    proposals.dismiss(proposal.id, "Nobody could have come.", by=standing.operator())
    (item,) = own(booking).items
    assert (item.why, item.cause, own(booking).points) == (Why.EXCUSED, "My child is in hospital.", 0)
    with pytest.raises(ProposalClosed):
        reliability.state_cause(booking.id, "And more.", by=me)
    with pytest.raises(NotFound):
        reliability.state_cause(booking.id, "Not mine.", by=scene.company)


@pytest.mark.parametrize("answered", [True, False])
def test_a_cause_that_is_found_no_good_one_is_contested_and_falls(scene: Scene, answered: bool) -> None:
    """Two hours before the start; a strike cannot come of it before the shift, and none is proposed beside it."""
    booking = make.booked(scene)
    make.at(MONDAY - 2 * HOUR)
    released(booking)
    reliability.state_cause(booking.id, "I forgot.", by=accounts.actor_of(booking.contractor_id))
    (proposal,) = open_ones()
    with pytest.raises(BadMeasure):
        reviews.accept(proposal.id, Measure.STRIKE, "Late.", by=standing.operator())
    reviews.accept(proposal.id, Measure.COUNTS, "Forgetting is no cause.", by=standing.operator())
    make.at(MONDAY + 3 * DAY)
    assert (own(booking).points, propose_strikes(), own(booking).strikes) == (2, 0, [])
    assert proposal.decision_id is not None
    appeal = standing.contested(booking.contractor_id, proposal.decision_id)
    if answered:
        with pytest.raises(BadAnswer):
            reviews.answer(appeal.id, AppealStatus.CHANGED, "Hm.", clock.now() + DAY, by=standing.operator())
        reviews.answer(appeal.id, AppealStatus.OVERTURNED, "They were told the wrong day.", by=standing.operator())
    else:
        make.at(appeal.answer_by)
        appeals.lapse_due()
    assert {item.why for item in own(booking).items} == {Why.EXCUSED}


def test_a_cause_goes_with_the_seat_on_the_page(client: FlaskClient, scene: Scene) -> None:
    booking, other = make.booked(scene), make.booked(scene)
    make.at(MONDAY - 30 * HOUR)
    visitor = Visitor(client).signed_in(db.session.get_one(Person, booking.contractor_id))
    page = visitor.look(f"/work/shifts/{booking.id}/give-back")
    done = visitor.hand_in(page, "/give-back", words="My child is in hospital.")
    assert (done.status, booking.status) == (200, "released")
    assert "My child is in hospital." in visitor.look("/work/reliability").words
    visitor.hand_in(done, "/sign-out")
    visitor.signed_in(db.session.get_one(Person, other.contractor_id))
    visitor.hand_in(visitor.look(f"/work/shifts/{other.id}/give-back"), "/give-back")
    late = visitor.look("/work/reliability")
    said = visitor.hand_in(late, f"/work/reliability/{other.id}", words="The bus burned.")
    assert (said.status, "The bus burned." in said.words) == (200, True)
    said_of = [each.words for each in open_ones() if each.kind is ProposalKind.STRIKE]
    assert said_of == ["My child is in hospital.", "The bus burned."]


@pytest.mark.parametrize("answered", [True, False])
def test_a_strike_falls_on_appeal_or_by_silence(scene: Scene, answered: bool) -> None:
    strike = struck(scene)
    appeal = standing.contested(strike.contractor_id, strike.decision_id)
    if answered:
        with pytest.raises(BadAnswer):
            reviews.answer(appeal.id, AppealStatus.CHANGED, "Hm.", clock.now() + DAY, by=standing.operator())
        reviews.answer(appeal.id, AppealStatus.OVERTURNED, "The clock was wrong.", by=standing.operator())
    else:
        make.at(appeal.answer_by)
        appeals.lapse_due()
    assert strike.status == "lifted"
    assert reliability.mine(by=accounts.actor_of(strike.contractor_id)).points == 0


def test_three_strikes_are_a_reason_to_look_and_nothing_else(scene: Scene) -> None:
    ana = make.contracted(scene)
    for day in range(3):
        start = max(MONDAY + 7 * day * DAY, clock.now() + DAY)
        struck(scene, make.booked(scene, ana, starts_at=start))
    (proposal,) = open_ones()
    assert (proposal.kind, proposal.evidence["live"]) == (ProposalKind.STRIKES, 3)
    make.booked(scene, ana, starts_at=clock.now() + 2 * DAY)
    by = standing.operator()
    reviews.accept(proposal.id, Measure.RESTRICT, "Three shifts stood empty.", clock.now() + 7 * DAY, by=by)
    (restriction,) = restrictions.of_person(ana.id, accounts.actor_of(ana.id))
    assert restriction.expires_at == clock.now() + 7 * DAY


@pytest.mark.parametrize("module", [eligibility, engine, facts, instance, planning, ranking])
def test_nothing_that_chooses_people_can_read_it(module: ModuleType) -> None:
    assert not {"reliability", "late_no", "strikes"} & set(vars(module))


@pytest.mark.truncating
def test_a_job_that_several_workers_run_at_once_proposes_each_once(apart_app: Flask) -> None:
    with apart_app.app_context(), transaction():
        scene = make.scene()
        bookings = [make.booked(scene) for _ in range(3)]
        make.at(MONDAY + HOUR)
        attendance.mark_no_shows()
        make.at(MONDAY + 3 * DAY)
        assert {each.status for each in bookings} == {"no_show"}
    assert at_once(apart_app, [propose_strikes] * 4) == ["done"] * 4
    with apart_app.app_context():
        assert len(open_ones()) == 3


@pytest.mark.door(GOOD_CAUSE, "works")
@pytest.mark.door(GOOD_CAUSE, "wrong_state")
@pytest.mark.door(GOOD_CAUSE, "wrong_shape")
@pytest.mark.door(GIVING_BACK, "works")
@pytest.mark.door(GIVING_BACK, "wrong_state")
@pytest.mark.door(MINE, "works")
@pytest.mark.door(STRIKES, "works")
@pytest.mark.door(OF_PERSON, "works")
def test_the_doors_tell_it(client: FlaskClient, scene: Scene) -> None:
    booking = make.booked(scene)
    make.at(MONDAY - HOUR)
    address = f"/api/v1/bookings/{booking.id}/giving-back"
    answer = client.get(address, headers=accounts.bearer(booking.contractor_id))
    assert (answer.status_code, answer.json["step"], answer.json["is_looked_at"]) == (200, "whole", True)
    cause = f"/api/v1/bookings/{booking.id}/good-cause"
    mine = accounts.bearer(booking.contractor_id)
    assert client.post(cause, json={"words": "Why?"}, headers=mine).json["code"] == "nothing_counts"
    assert client.post(cause, json={"words": ""}, headers=mine).status_code == 422
    strike = struck(scene, booking)
    mine = accounts.bearer(booking.contractor_id)
    assert client.get(address, headers=mine).status_code == 409
    assert client.get("/api/v1/contractors/me/reliability", headers=mine).json["points"] == 3
    assert client.post(cause, json={"words": "Late."}, headers=mine).json["code"] == "proposal_closed"
    other = make.booked(scene, starts_at=clock.now() + 2 * DAY)
    make.at(clock.now() + HOUR)
    released(other)
    stated = client.post(
        cause.replace(str(booking.id), str(other.id)),
        json={"words": "A flood."},
        headers=accounts.bearer(other.contractor_id),
    )
    assert (stated.status_code, stated.json["cause"], stated.json["why"]) == (200, "A flood.", "counts")
    listed = client.get("/api/v1/contractors/me/strikes", headers=mine).json["items"]
    assert [(each["reason"], each["status"]) for each in listed] == [("Nobody said anything.", "live")]
    theirs = f"/api/v1/vetting/contractors/{booking.contractor_id}/strikes"
    seen = client.get(theirs, headers=accounts.bearer(standing.operator())).json["items"]
    assert [each["id"] for each in seen] == [str(strike.id)]


@pytest.mark.door(GOOD_CAUSE, "not_signed_in")
@pytest.mark.door(GOOD_CAUSE, "not_mine")
@pytest.mark.door(GIVING_BACK, "not_signed_in")
@pytest.mark.door(GIVING_BACK, "not_mine")
@pytest.mark.door(MINE, "not_signed_in")
@pytest.mark.door(STRIKES, "not_signed_in")
@pytest.mark.door(OF_PERSON, "not_signed_in")
@pytest.mark.door(OF_PERSON, "not_mine")
def test_nobody_reads_what_counts_for_somebody_else(client: FlaskClient, scene: Scene) -> None:
    booking = make.booked(scene)
    back = f"/api/v1/bookings/{booking.id}/giving-back"
    theirs = f"/api/v1/vetting/contractors/{booking.contractor_id}/strikes"
    cause = f"/api/v1/bookings/{booking.id}/good-cause"
    assert client.post(cause, json={"words": "x"}).status_code == 401
    for address in (back, theirs, "/api/v1/contractors/me/reliability", "/api/v1/contractors/me/strikes"):
        assert client.get(address).status_code == 401
    for somebody in (accounts.bearer(scene.company), accounts.bearer(make.contracted(scene).id)):
        assert client.get(back, headers=somebody).status_code == 404
        assert client.post(cause, json={"words": "x"}, headers=somebody).status_code == 404
        assert client.get(theirs, headers=somebody).status_code == 404
    with pytest.raises(NotFound):
        reliability.giving_back(booking.id, by=scene.company)


def test_the_scene_begins_in_time() -> None:
    """The numbers above are about a shift that is more than 72 hours away when it is taken."""
    assert MONDAY - WEDNESDAY > late_no.HALF_WITHIN
