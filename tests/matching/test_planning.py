"""Plans of a horizon against the database: what they keep, what they store, when the clock makes one, and races."""

import threading
import zlib
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from datetime import timedelta
from hashlib import sha256

import pytest
from sqlalchemy import delete, func, select

from marketplace.accounts.rules import CLOCK, Actor, CompanyRole
from marketplace.core import clock
from marketplace.core.db import db, transaction
from marketplace.core.events import Event, record, timeline
from marketplace.core.http import SetaraFlask
from marketplace.core.problems import Forbidden, NotFound
from marketplace.gigs import service as gigs
from marketplace.insight.models import Erasure
from marketplace.matching import carrying, facts, forgetting, making, planning, service
from marketplace.matching.models import MatchRun, Plan, PlanInput, PlannedSeat
from marketplace.matching.rules import HORIZON, LONGEST_OFFER, BadHorizon, Outcome, PlanRunning, PlanStatus
from marketplace.shifts import offers, raising, sick
from marketplace.shifts.models import Booking, Offer
from marketplace.shifts.rules import BookingStatus, OfferStatus
from marketplace.standards.hazard import HazardCategory, HazardClass
from marketplace.workforce.models import Contractor
from tests.factories import accounts
from tests.factories import shifts as make
from tests.factories.shifts import MONDAY, Scene

Statements = Callable[[], AbstractContextManager[list[str]]]
DAY = timedelta(days=1)


def me(person: Contractor) -> Actor:
    return accounts.actor_of(person.id)


def plan_ahead(**more: object) -> Plan:
    now = clock.now()
    return planning.plan(now, now + HORIZON, by=CLOCK, **more)  # type: ignore[arg-type]


def asked(status: OfferStatus = OfferStatus.PENDING) -> list[Offer]:
    return list(db.session.scalars(select(Offer).where(Offer.status == status).order_by(Offer.id)))


def test_a_plan_asks_people_for_many_shifts_and_says_what_it_came_to(scene: Scene) -> None:
    people = [make.contracted(scene) for _ in range(3)]
    shifts = [make.shift(scene, MONDAY + number * DAY, seats=2) for number in range(3)]
    # Two more whose hours have no room; with them there are enough people to be told of.
    for _ in range(2):
        make.contracted(scene, band=(0, 3))
    plan = plan_ahead()
    assert (plan.status, plan.seats, plan.planned, plan.offered) == (PlanStatus.DONE, 6, 6, 6)
    made = asked()
    assert Counter(offer.shift_id for offer in made) == {shift.id: 2 for shift in shifts}
    # Six seats for three people who differ in nothing: two each.
    assert Counter(offer.contractor_id for offer in made) == {person.id: 2 for person in people}
    for offer in made:
        assert offer.terms["why"] == offer.reason
        assert offer.reason["plan_id"] == str(plan.id)
        assert {"score", "rank", "weights_version", "parts", "run_id"} < set(offer.reason)
        assert offer.expires_at - offer.made_at <= LONGEST_OFFER
    # Five people, of whom three were asked: too few to tell what they were asked for.
    assert plan.report["places"] == [{"place": "US", "people": 5, "asked": None, "minutes": None}]
    assert [event.name for event in reversed(timeline("plan", plan.id))] == ["plan.asked", "plan.done"]
    told = db.session.scalar(select(func.count()).select_from(Event).where(Event.name == "offer.made"))
    assert told == 6


def test_a_plan_is_stored_with_its_input_and_can_be_repeated_from_it(scene: Scene) -> None:
    for band in ((0, 40), (10, 12), (20, 30)):
        make.contracted(scene, band=band)
    for number in range(3):
        make.shift(scene, MONDAY + number * DAY, seats=2)
    plan = plan_ahead()
    body = db.session.scalars(select(PlanInput.body)).one()
    assert sha256(zlib.decompress(body)).hexdigest() == plan.input_sha256
    # As a day begins, and no id does: four digits alone may stand in one.
    assert b'"1990-' not in zlib.decompress(body), "the input tells nobody's birthday"
    stored = db.session.scalars(select(PlannedSeat).order_by(PlannedSeat.turn)).all()
    again = sorted((given for each in making.replay(plan.id) for given in each.given), key=lambda given: given.turn)
    assert [(seat.shift_id, seat.contractor_id, seat.turn, seat.rank, seat.score) for seat in stored] == [
        (each.shift_id, each.contractor_id, each.turn, each.scored.rank, each.scored.score) for each in again
    ]
    assert {seat.offer_id for seat in stored} == {offer.id for offer in asked()}


def test_a_replan_keeps_bookings_and_open_offers_and_asks_nobody_twice(scene: Scene) -> None:
    people = [make.contracted(scene) for _ in range(3)]
    shift = make.shift(scene, seats=2)
    plan_ahead()
    first, second = asked()
    booking = offers.accept(first.id, by=accounts.actor_of(first.contractor_id))
    again = plan_ahead()
    assert (again.seats, again.offered) == (0, 0)
    offers.decline(second.id, by=accounts.actor_of(second.contractor_id))
    third = plan_ahead()
    (late,) = asked()
    assert (third.seats, third.offered, late.shift_id) == (1, 1, shift.id)
    assert {first.contractor_id, second.contractor_id, late.contractor_id} == {person.id for person in people}
    assert db.session.get_one(Booking, booking.id).status is BookingStatus.BOOKED
    told = service.explain(shift.id, second.contractor_id, seen_by=accounts.actor_of(second.contractor_id))
    assert told.outcome is Outcome.ASKED_BEFORE


def test_an_open_offer_takes_its_time_and_its_hours_over_all_companies(scene: Scene) -> None:
    ana, other = make.contracted(scene, band=(0, 6)), make.scene()
    make.contract(other, ana)
    make.offered(other, make.shift(other), ana)
    at_once = make.shift(scene, MONDAY + timedelta(hours=1), hours=1)
    beyond = make.shift(scene, MONDAY + DAY, hours=3)
    assert plan_ahead().planned == 0
    rules = [service.explain(shift.id, ana.id, seen_by=me(ana)).verdict for shift in (at_once, beyond)]
    assert [verdict and verdict["rule"] for verdict in rules] == ["ONE_PLACE", "HOURS_BAND"]


def test_what_the_plan_gave_before_is_the_reason_that_is_told(scene: Scene) -> None:
    """One person, two shifts at once: the second says that the first took the time, not that others had more points."""
    ana = make.contracted(scene)
    for _ in range(4):
        make.contracted(scene, band=(0, 3))
    shifts = [make.shift(scene), make.shift(scene, MONDAY + timedelta(hours=2))]
    plan_ahead()
    (offer,) = asked()
    (left,) = [shift for shift in shifts if shift.id != offer.shift_id]
    told = service.explain(left.id, ana.id, seen_by=me(ana))
    assert told.outcome is Outcome.NOT_ELIGIBLE
    assert told.verdict is not None
    assert told.verdict["rule"] == "ONE_PLACE"
    run = db.session.scalars(select(MatchRun).where(MatchRun.shift_id == left.id)).one()
    assert (run.turn, run.refused) == (None, {"ONE_PLACE": 1, "HOURS_BAND": 4})


def test_once_the_input_is_erased_the_rules_of_now_answer(scene: Scene) -> None:
    ana, _ = make.contracted(scene, band=(0, 3)), make.contracted(scene)
    shift = make.shift(scene)
    plan = plan_ahead()
    before = service.explain(shift.id, ana.id, seen_by=me(ana))
    db.session.execute(delete(PlanInput).where(PlanInput.plan_id == plan.id))
    with pytest.raises(NotFound):
        making.replay(plan.id)
    after = service.explain(shift.id, ana.id, seen_by=me(ana))
    assert before.verdict == after.verdict
    assert (before.cutoff is None, after.cutoff is None) == (False, True)


def test_the_input_is_forgotten_after_ninety_days(scene: Scene) -> None:
    make.contracted(scene)
    make.shift(scene)
    plan = plan_ahead()
    clock.move_to(plan.made_at + timedelta(days=90) - timedelta(seconds=1))
    assert forgetting.forget_old(10) == 0
    clock.move_to(plan.made_at + timedelta(days=90))
    assert (forgetting.forget_old(10), forgetting.forget_old(10)) == (1, 0)
    assert making.instance_of(plan.id) is None


def test_who_is_erased_is_taken_out_of_inputs_and_the_others_still_read_their_reasons(
    scene: Scene, work: Callable[[], int]
) -> None:
    ana, budi = make.contracted(scene), make.contracted(scene, band=(0, 3))
    shift = make.shift(scene)
    plan = plan_ahead()
    told = service.explain(shift.id, budi.id, seen_by=me(budi))
    with transaction():
        record("person.erased", Erasure(id=ana.id, erased_at=clock.now()), by=CLOCK)
    work()
    db.session.expire_all()
    body = db.session.scalars(select(PlanInput.body)).one()
    assert str(ana.id).encode() not in zlib.decompress(body)
    assert str(budi.id).encode() in zlib.decompress(body)
    assert service.explain(shift.id, budi.id, seen_by=me(budi)) == told
    with pytest.raises(NotFound):
        making.replay(plan.id)


def test_the_clock_plans_once_a_day_and_when_a_shift_has_come(scene: Scene) -> None:
    make.contracted(scene)
    assert planning.plan_due() == 0, "there is nothing to plan"
    make.shift(scene, seats=2)
    assert (planning.plan_due(), planning.plan_due()) == (1, 0)
    make.shift(scene, MONDAY + DAY)
    assert planning.plan_due() == 0, "a quarter of an hour has not passed"
    make.at(clock.now() + timedelta(minutes=16))
    assert (planning.plan_due(), planning.plan_due()) == (1, 0)
    make.at(clock.now() + timedelta(hours=2))
    assert planning.plan_due() == 0, "every shift has been looked at today"
    make.at(clock.now() + timedelta(hours=12))
    assert (planning.plan_due(), planning.plan_due()) == (1, 0)
    assert len(asked()) == 2


def test_only_the_horizon_is_planned(scene: Scene) -> None:
    make.contracted(scene)
    make.shift(scene, MONDAY + HORIZON)
    assert planning.plan_due() == 0
    for until in (clock.now(), clock.now() + 5 * HORIZON):
        with pytest.raises(BadHorizon):
            planning.plan(clock.now(), until, by=CLOCK)


def test_who_may_plan(scene: Scene) -> None:
    other, ana = make.scene(), make.contracted(scene)
    for shift_of in (scene, other):
        make.shift(shift_of)
    for by, company_id in ((scene.company, other.company_id), (scene.company, None), (me(ana), scene.company_id)):
        with pytest.raises(NotFound):
            planning.order(company_id=company_id, by=by)
    with pytest.raises(Forbidden):
        planning.order(company_id=scene.company_id, by=accounts.member(scene.company_id, CompanyRole.VIEWER))
    now = clock.now()
    own = planning.plan(now, now + HORIZON, company_id=scene.company_id, by=scene.company)
    assert (own.seats, [offer.contractor_id for offer in asked()]) == (1, [ana.id])


def test_a_plan_that_was_ordered_is_made_once_by_its_job(scene: Scene, work: Callable[[], int]) -> None:
    make.contracted(scene)
    make.shift(scene)
    ordered = planning.order(company_id=scene.company_id, by=scene.company)
    assert ordered.status is PlanStatus.RUNNING
    with pytest.raises(PlanRunning):
        planning.order(company_id=scene.company_id, by=scene.company)
    work()
    made = db.session.get_one(Plan, ordered.id)
    assert (made.status, made.offered) == (PlanStatus.DONE, 1)
    making.make(made.id)
    making.give_up(made.id)
    assert db.session.get_one(Plan, ordered.id).status is PlanStatus.DONE
    assert len(asked()) == 1


def test_a_plan_takes_the_same_statements_for_few_and_for_many(scene: Scene, statements: Statements) -> None:
    counts = []
    for number, people in enumerate((2, 6)):
        for _ in range(people):
            make.contracted(scene)
        for shift in range(people):
            make.shift(scene, MONDAY + (2 * number + 1) * DAY + timedelta(hours=5 * (shift % 2)), hours=2)
        db.session.expire_all()
        with statements() as seen:
            assert plan_ahead().offered == people
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_whoever_was_quicker_than_the_plan_keeps_what_they_have(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the reckoning and the offers somebody is asked by hand for the same time, and a seat is taken."""
    ana, budi = make.contracted(scene), make.contracted(scene)
    shift, elsewhere = make.shift(scene), make.shift(scene)
    carry_out = carrying.carry_out

    def interrupted(*given: object, **more: object) -> carrying.Made:
        offers.accept(make.offered(scene, elsewhere, ana).id, by=me(ana))
        make.offered(scene, shift, budi)
        return carry_out(*given, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(carrying, "carry_out", interrupted)
    plan = plan_ahead()
    assert (plan.planned, plan.offered) == (2, 0)
    seats = db.session.scalars(select(PlannedSeat)).all()
    assert {seat.offer_id for seat in seats} == {None}
    for seat in seats:
        told = service.explain(seat.shift_id, seat.contractor_id, seen_by=accounts.actor_of(seat.contractor_id))
        assert (told.outcome, told.verdict) == (Outcome.TOO_LATE, None)


@pytest.mark.truncating
def test_an_offer_tells_what_a_gig_has_become_while_it_was_planned(
    apart_app: SetaraFlask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the reckoning and the offers somebody else raises the class of one gig and pauses another: nobody is
    shown the old class, and nobody is asked for what is paused."""
    with apart_app.app_context(), transaction():
        heavier, paused = make.scene(), make.scene()
        for scene in (heavier, paused):
            make.contracted(scene)
            make.shift(scene)
        heavier_id, paused_id = heavier.gig.id, paused.gig.id
    carry_out = carrying.carry_out

    def elsewhere() -> None:
        with apart_app.app_context(), transaction():
            raising.raise_class(heavier_id, HazardClass.H1, [HazardCategory.INSULTS], by=heavier.company)
            gigs.pause(paused_id, by=paused.company)

    def interrupted(*given: object, **more: object) -> carrying.Made:
        with ThreadPoolExecutor(1) as pool:
            pool.submit(elsewhere).result()
        return carry_out(*given, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(carrying, "carry_out", interrupted)
    with apart_app.app_context():
        with transaction():
            plan = plan_ahead()
            assert (plan.planned, plan.offered) == (2, 1)
        (offer,) = asked()
        assert (offer.gig_id, offer.terms["hazards"]["class"]) == (heavier_id, "H1")


@pytest.mark.truncating
def test_a_gig_cannot_change_between_its_offers_and_their_commit(apart_app: SetaraFlask) -> None:
    """A raise waits for offers that are being made, and takes them back."""
    with apart_app.app_context(), transaction():
        scene = make.scene()
        make.contracted(scene)
        make.shift(scene)
        gig_id = scene.gig.id

    def heavier() -> None:
        with apart_app.app_context(), transaction():
            raising.raise_class(gig_id, HazardClass.H1, [HazardCategory.INSULTS], by=scene.company)

    with ThreadPoolExecutor(1) as pool:
        with apart_app.app_context(), transaction():
            assert plan_ahead().offered == 1
            raised = pool.submit(heavier)
            with pytest.raises(TimeoutError):
                raised.result(timeout=1)
        raised.result()
    with apart_app.app_context():
        assert (len(asked()), len(asked(OfferStatus.WITHDRAWN))) == (0, 1)


@pytest.mark.truncating
def test_plans_and_yeses_at_once_never_sell_a_seat_twice(apart_app: SetaraFlask) -> None:
    """Two plans run while everybody who has an offer says yes: no seat is offered or booked beyond what there are."""
    with apart_app.app_context(), transaction():
        scene = make.scene()
        people = [make.contracted(scene).id for _ in range(6)]
        shifts = [make.shift(scene, MONDAY + number * DAY, hours=2, seats=2).id for number in range(4)]
        plan_ahead()
        waiting = [(offer.id, offer.contractor_id) for offer in asked()]
        late = make.shift(scene, MONDAY + 4 * DAY, hours=2, seats=3).id
    failed: list[BaseException] = []

    def run(work: Callable[[], object]) -> None:
        try:
            with apart_app.app_context(), transaction():
                work()
        except BaseException as error:
            failed.append(error)

    jobs = [plan_ahead, plan_ahead]
    jobs += [lambda o=offer, c=who: offers.accept(o, by=accounts.actor_of(c)) for offer, who in waiting]
    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    with apart_app.app_context(), transaction():
        held = Counter(booking.shift_id for booking in db.session.scalars(select(Booking)))
        open_offers = Counter(offer.shift_id for offer in asked())
        assert {shift: held[shift] for shift in shifts} == dict.fromkeys(shifts, 2)
        assert (open_offers, held[late]) == ({late: 3}, 0)
        assert len(people) == 6


def test_who_fell_ill_has_the_same_past_as_who_worked(scene: Scene) -> None:
    """SICK_CANCEL: what a score may know of the two is the same, so illness costs no point."""
    well, ill = make.contracted(scene), make.contracted(scene)
    make.worked(scene, well)
    clock.move_to(MONDAY - DAY)
    booking = make.booked(scene, ill)
    sick.report_sick(booking.id, by=me(ill))
    clock.move_to(MONDAY + DAY)
    later = make.shift(scene, MONDAY + 3 * DAY)
    members = {member.id: member for member in facts.read([(later, scene.gig)]).members}
    assert members[ill.id].past == members[well.id].past != ()
