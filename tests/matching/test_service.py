"""Who is asked for a real shift, and what each person is told about it."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import delete, select

from marketplace.accounts.rules import CLOCK, Actor, CompanyRole
from marketplace.core.db import db
from marketplace.core.events import timeline
from marketplace.core.problems import Forbidden, NotFound
from marketplace.gigs import service as gigs
from marketplace.gigs.rules import Criteria, LanguageNeed
from marketplace.matching import making, planning, service
from marketplace.matching.models import MatchRun, PlanInput, PlannedSeat
from marketplace.matching.rules import SENTENCES, Outcome
from marketplace.shifts import offers, raising
from marketplace.shifts.models import Offer
from marketplace.shifts.rules import GigNotOpen, OfferStatus, ShiftBegun
from marketplace.standards.hazard import HazardCategory, HazardClass
from marketplace.workforce import availability
from marketplace.workforce import service as workforce
from marketplace.workforce.calendar import Dated, Quiet, Window, Wish
from marketplace.workforce.models import Contractor
from marketplace.workforce.rules import Level
from tests.factories import accounts
from tests.factories import shifts as make
from tests.factories import workforce as contractors
from tests.factories.gigs import KANSAS
from tests.factories.shifts import MONDAY, Scene

Statements = Callable[[], AbstractContextManager[list[str]]]


def me(person: Contractor) -> Actor:
    return accounts.actor_of(person.id)


def asked(made: list[Offer]) -> list[object]:
    return [offer.contractor_id for offer in made]


def test_the_best_are_asked_for_the_open_seats_and_told_why(scene: Scene) -> None:
    free = make.contracted(scene)
    nights = make.contracted(scene, windows=[Window(0, 0, 300)])
    unsaid = make.contracted(scene, windows=[])
    shift = make.shift(scene, seats=2)
    made = service.match(shift.id, by=scene.company)
    assert asked(made) == [free.id, unsaid.id]
    # Availability 30 x 100, band 30 x 90 (4 of 40 chosen hours), spread 20 x 100.
    assert made[0].reason["score"] == 7700
    assert made[0].terms["why"] == made[0].reason
    assert made[0].expires_at == MONDAY - timedelta(days=4, hours=3)
    told = service.explain(shift.id, nights.id, seen_by=me(nights))
    assert (told.outcome, told.cutoff, told.reason["score"]) == (Outcome.NOT_NEEDED, 6200, 4700)
    assert service.explain(shift.id, free.id, seen_by=me(free)).outcome is Outcome.OFFERED


def test_whoever_cannot_work_then_is_not_asked_and_whoever_would_rather_not_comes_last(scene: Scene) -> None:
    away, rather_not, unsaid = make.contracted(scene), make.contracted(scene), make.contracted(scene, windows=[])
    day = MONDAY.astimezone(ZoneInfo("America/Chicago")).date()
    availability.add_exception(Dated(day, day), by=me(away))
    availability.add_exception(Dated(day, day, wish=Wish.UNDESIRED), by=me(rather_not))
    shift = make.shift(scene, seats=3)
    made = service.match(shift.id, by=scene.company)
    assert asked(made) == [unsaid.id, rather_not.id]
    told = service.explain(shift.id, away.id, seen_by=me(away))
    assert told.verdict
    assert (told.outcome, told.verdict["rule"]) == (Outcome.NOT_ELIGIBLE, "AVAILABLE")


def test_whoever_sleeps_has_half_an_hour_after_it_to_answer(scene: Scene) -> None:
    """A day to answer would end at six in the morning in Kansas."""
    asleep = make.contracted(scene)
    availability.set_quiet(Quiet(22 * 60, 7 * 60), by=me(asleep))
    (offer,) = service.match(make.shift(scene).id, by=scene.company)
    local = offer.expires_at.astimezone(ZoneInfo("America/Chicago"))
    assert (local.hour, local.minute) == (7, 30)


def test_whoever_is_short_of_their_hours_comes_first(scene: Scene) -> None:
    busy = make.contracted(scene, band=(10, 40))
    for day in (1, 2):
        make.booked(scene, busy, starts_at=MONDAY + timedelta(days=day), hours=6)
    idle = make.contracted(scene, band=(10, 40))
    assert asked(service.match(make.shift(scene).id, by=scene.company)) == [idle.id]


def test_who_has_worked_for_the_company_comes_first_among_equals(scene: Scene) -> None:
    known, new = make.contracted(scene, band=(20, 40)), make.contracted(scene, band=(20, 40))
    other = make.scene()
    make.contract(other, new)
    make.worked(scene, known, starts_at=MONDAY - timedelta(days=4))
    make.worked(other, new, starts_at=MONDAY - timedelta(days=3))
    make.at(MONDAY - timedelta(days=2))
    assert asked(service.match(make.shift(scene).id, by=scene.company)) == [known.id]


def test_a_higher_level_of_the_needed_language_counts(app: Flask) -> None:
    need = Criteria(places=(KANSAS,), languages=(LanguageNeed("en", Level.B2),), reason="The text is English.")
    scene = make.scene(criteria=need)
    better = make.contracted(scene, languages={"en": Level.C2})
    make.contracted(scene, languages={"en": Level.B2})
    assert asked(service.match(make.shift(scene).id, by=scene.company)) == [better.id]


def test_whom_a_rule_keeps_out_learns_which(scene: Scene) -> None:
    booked = make.contracted(scene)
    make.booked(scene, booked)
    full = make.contracted(scene, band=(0, 3))
    stranger = contractors.contractor()
    shift = make.shift(scene, MONDAY + timedelta(hours=1))
    assert service.match(shift.id, by=scene.company) == []
    with pytest.raises(NotFound):  # To somebody without a contract, and never asked, it is another's shift.
        service.explain(shift.id, stranger.id, seen_by=me(stranger))
    odi = accounts.operator()
    found = {who.id: service.explain(shift.id, who.id, seen_by=me(who)) for who in (booked, full)}
    found[stranger.id] = service.explain(shift.id, stranger.id, seen_by=odi)
    rules = {who: told.verdict["rule"] for who, told in found.items() if told.verdict}
    assert rules == {booked.id: "ONE_PLACE", full.id: "HOURS_BAND", stranger.id: "CONTRACT"}
    assert {told.outcome for told in found.values()} == {Outcome.NOT_ELIGIBLE}
    assert all(told.verdict and told.verdict["remedy"] for told in found.values())


def test_a_no_changes_no_place_in_any_later_search(scene: Scene) -> None:
    people = [make.contracted(scene) for _ in range(3)]
    shift = make.shift(scene, MONDAY + timedelta(days=1), seats=3)
    before = {each.contractor_id: each.reason for each in service.match(shift.id, by=scene.company)}
    for offer in db.session.scalars(select(Offer)):
        offers.decline(offer.id, by=accounts.actor_of(offer.contractor_id))
    again = make.shift(scene, MONDAY + timedelta(days=1), seats=3)
    after = {each.contractor_id: each.reason for each in service.match(again.id, by=scene.company)}
    assert {who: reason["score"] for who, reason in before.items()} == {
        who: reason["score"] for who, reason in after.items()
    }
    assert len(after) == len(people)


def test_seats_that_somebody_is_asked_about_are_not_offered_again(scene: Scene) -> None:
    for _ in range(3):
        make.contracted(scene)
    shift = make.shift(scene, seats=2)
    first = service.match(shift.id, by=scene.company)
    assert (len(first), service.match(shift.id, by=scene.company)) == (2, [])
    offers.decline(first[0].id, by=accounts.actor_of(first[0].contractor_id))
    (third,) = service.match(shift.id, by=scene.company)
    assert third.contractor_id not in asked(first)
    told = service.explain(shift.id, first[0].contractor_id, seen_by=accounts.actor_of(first[0].contractor_id))
    assert told.outcome is Outcome.ASKED_BEFORE


def test_a_seat_that_is_free_again_is_offered_to_whoever_could_not_answer(scene: Scene) -> None:
    ana, budi = make.contracted(scene), make.contracted(scene)
    shift = make.shift(scene)
    for person in (ana, budi):
        make.offered(scene, shift, person)
    mine = db.session.scalars(select(Offer).where(Offer.contractor_id == ana.id)).one()
    booking = offers.accept(mine.id, by=me(ana))
    offers.release(booking.id, by=me(ana))
    assert asked(service.match(shift.id, by=scene.company)) == [budi.id]


def test_a_search_stores_what_it_saw_and_can_be_repeated_from_it(scene: Scene) -> None:
    for band in ((0, 40), (10, 40), (20, 30)):
        make.contracted(scene, band=band)
    shift = make.shift(scene)
    (offer,) = service.match(shift.id, by=scene.company)
    run = db.session.scalars(select(MatchRun)).one()
    assert (run.seats, run.offered, len(run.input_sha256)) == (1, 1, 64)
    (again,) = making.replay(run.plan_id)
    (given,) = again.given
    assert (given.contractor_id, given.scored.score, again.cutoff) == (offer.contractor_id, run.cutoff, run.cutoff)
    seat = db.session.scalars(select(PlannedSeat)).one()
    assert (seat.run_id, seat.offer_id, seat.contractor_id) == (run.id, offer.id, offer.contractor_id)
    assert timeline("match", run.id)[0].data == {"seats": 1, "offered": 1}


def test_the_clock_searches_for_every_urgent_shift_with_seats_nobody_is_asked_about(scene: Scene) -> None:
    people = [make.contracted(scene) for _ in range(2)]
    shift = make.shift(scene)
    other = make.shift(scene, MONDAY + timedelta(hours=5), seats=3)
    assert planning.match_due() == 0
    make.at(MONDAY - timedelta(days=2))
    assert (planning.match_due(), planning.match_due()) == (2, 0)
    assert {o.shift_id for o in db.session.scalars(select(Offer))} == {shift.id, other.id}
    newcomer = make.contracted(scene)
    make.at(MONDAY - timedelta(days=2) + timedelta(minutes=16))
    assert (planning.match_due(), planning.match_due()) == (1, 0)
    late = db.session.scalars(select(Offer).where(Offer.shift_id == other.id)).all()
    assert {o.contractor_id for o in late} == {newcomer.id, *(person.id for person in people)}


def test_the_clock_leaves_paused_gigs_alone(scene: Scene) -> None:
    make.contracted(scene)
    shift = make.shift(scene)
    gigs.pause(scene.gig.id, by=scene.company)
    make.at(MONDAY - timedelta(days=2))
    assert (planning.match_due(), planning.plan_due()) == (0, 0)
    with pytest.raises(GigNotOpen):
        service.match(shift.id, by=scene.company)


def test_nobody_is_asked_once_the_shift_has_begun(scene: Scene) -> None:
    shift = make.shift(scene)
    make.at(MONDAY)
    with pytest.raises(ShiftBegun):
        service.match(shift.id, by=scene.company)


def test_who_may_search_and_who_may_ask_why(scene: Scene) -> None:
    ana, budi = make.contracted(scene), make.contracted(scene)
    shift = make.shift(scene)
    other = make.scene().company
    for by in (other, me(ana)):
        with pytest.raises(NotFound):
            service.match(shift.id, by=by)
    with pytest.raises(Forbidden):
        service.match(shift.id, by=accounts.member(scene.company_id, CompanyRole.VIEWER))
    (offer,) = service.match(shift.id, by=CLOCK)
    told, untold = (ana, budi) if offer.contractor_id == ana.id else (budi, ana)
    assert service.explain(shift.id, told.id, seen_by=scene.company).outcome is Outcome.OFFERED
    for who, seen_by in [(untold, scene.company), (told, me(untold)), (told, other)]:
        with pytest.raises(NotFound):
            service.explain(shift.id, who.id, seen_by=seen_by)
    assert service.explain(shift.id, untold.id, seen_by=accounts.operator()).outcome is Outcome.NOT_NEEDED


def test_before_any_search_the_rules_of_now_answer(scene: Scene) -> None:
    ana, budi = make.contracted(scene), make.contracted(scene)
    shift = make.shift(scene, seats=2)
    assert service.explain(shift.id, ana.id, seen_by=me(ana)).outcome is Outcome.NOT_NEEDED
    by_hand = make.offered(scene, shift, budi)
    told = service.explain(shift.id, budi.id, seen_by=me(budi))
    assert (told.outcome, told.reason, by_hand.status) == (Outcome.OFFERED, {"by": "hand"}, OfferStatus.PENDING)


def test_whoever_is_asked_by_hand_after_a_search_is_told_that(scene: Scene) -> None:
    ana, budi = make.contracted(scene), make.contracted(scene)
    shift = make.shift(scene, seats=2)
    plain = service.match(shift.id, by=CLOCK)
    assert {offer.contractor_id for offer in plain} == {ana.id, budi.id}
    late = make.contracted(scene)
    by_hand = make.offered(scene, shift, late)
    told = service.explain(shift.id, late.id, seen_by=me(late))
    assert (told.outcome, told.reason, told.cutoff) == (Outcome.OFFERED, by_hand.reason, None)
    assert told.sentence == "The company asked this person by hand."


def test_an_offer_of_a_search_is_told_as_such_once_the_search_is_erased(scene: Scene) -> None:
    ana, shift = make.contracted(scene), make.shift(scene)
    (offer,) = service.match(shift.id, by=CLOCK)
    for memory in (PlannedSeat, PlanInput):
        db.session.execute(delete(memory))
    told = service.explain(shift.id, ana.id, seen_by=me(ana))
    assert (told.outcome, told.sentence) == (Outcome.OFFERED, SENTENCES[Outcome.OFFERED])
    assert told.reason == offer.reason


def test_an_offer_that_was_taken_back_is_no_question_asked(scene: Scene) -> None:
    """A raise of the class takes back what nobody has answered: then the shift is another one, and whoever was asked
    before is asked again, and shown the new class. Whoever said no is not."""
    ana, budi = make.contracted(scene), make.contracted(scene)
    shift = make.shift(scene, seats=2)
    first = {offer.contractor_id: offer for offer in service.match(shift.id, by=CLOCK)}
    offers.decline(first[budi.id].id, by=me(budi))
    raising.raise_class(scene.gig.id, HazardClass.H1, [HazardCategory.INSULTS], by=scene.company)
    db.session.refresh(first[ana.id])
    assert first[ana.id].status is OfferStatus.WITHDRAWN
    (again,) = service.match(shift.id, by=CLOCK)
    assert (again.contractor_id, again.terms["hazards"]["class"]) == (ana.id, "H1")


def test_a_search_takes_the_same_statements_for_few_people_and_for_many(scene: Scene, statements: Statements) -> None:
    counts = []
    for number in (2, 6):
        for _ in range(number):
            make.contracted(scene, languages={"en": Level.C1, "id": Level.A2})
        shift = make.shift(scene)
        db.session.expire_all()
        with statements() as seen:
            assert len(service.match(shift.id, by=CLOCK)) == 1
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_a_suspended_person_is_not_searched(scene: Scene) -> None:
    ana = make.contracted(scene)
    workforce.suspend(ana.id, "The account was sold, it seems.", by=accounts.operator())
    shift = make.shift(scene)
    assert service.match(shift.id, by=scene.company) == []
    told = service.explain(shift.id, ana.id, seen_by=me(ana))
    assert told.verdict
    assert told.verdict["rule"] == "STANDING"
