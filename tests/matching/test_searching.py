"""Among very many people the index leads to the same ones as a look at everybody would."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, text, update

from marketplace.accounts.rules import Actor, OperatorRole
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.http import SetaraFlask
from marketplace.core.ids import new_id
from marketplace.gigs.models import Gig
from marketplace.matching import facts, hunting, index_rules, indexing, making, searching, service
from marketplace.matching.engine import solve
from marketplace.matching.index_models import MatchCell, MatchMark, MatchPair, MatchPerson, MatchStale
from marketplace.matching.index_rules import bits_for
from marketplace.matching.instance import First
from marketplace.matching.models import MatchRun
from marketplace.matching.planned import Planned
from marketplace.matching.rules import Outcome, PlanScope
from marketplace.shifts import offers
from marketplace.shifts.models import Shift
from marketplace.shifts.rules import ShiftStatus
from marketplace.standards.hazard import HazardCategory, HazardClass
from marketplace.workforce import availability
from marketplace.workforce import service as workforce
from marketplace.workforce.calendar import Dated, Window, Wish
from marketplace.workforce.models import Contractor
from marketplace.workforce.rules import Level
from tests.conftest import again, kept
from tests.factories import accounts
from tests.factories import shifts as make
from tests.factories.shifts import MONDAY, WEDNESDAY, ZONE, Scene

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
NIGHTS = [Window(day, 1260, 360) for day in range(7)]
NO_NIGHTS = [Window(day, 1260, 360, Wish.UNAVAILABLE) for day in range(7)]
WEEKDAYS = [Window(day, 540, 1020) for day in range(5)]
KINDS: list[dict[str, object]] = [
    {},
    {"windows": []},
    {"windows": WEEKDAYS, "band": (10, 30)},
    {"windows": NIGHTS, "languages": {"en": Level.C2}},
    {"windows": NO_NIGHTS, "skills": ()},
    {"windows": [*WEEKDAYS, *NO_NIGHTS], "band": (20, 20)},
    {"languages": {"en": Level.B1}, "band": (0, 5)},
    {"highest_class": "H1", "pay": "14.00"},
]
"""Nights and days, speakers and those who speak less, skilled or not; beside them come two more of the first."""


@dataclass(frozen=True)
class Crowd:
    scene: Scene
    busy: Contractor
    worked: Contractor


def _crowd() -> Crowd:
    scene = make.scene()
    made = [make.contracted(scene, **kind) for kind in (*KINDS, {}, {})]  # type: ignore[arg-type]
    make.consent(made[0], HazardCategory.VIOLENCE, HazardClass.H3)
    availability.add_exception(Dated(MONDAY.date(), MONDAY.date()), by=me(made[1]))
    availability.add_exception(Dated(MONDAY.date(), MONDAY.date(), wish=Wish.DESIRED), by=me(made[2]))
    make.booked(scene, made[8], starts_at=MONDAY + HOUR)
    make.worked(scene, made[9], starts_at=WEDNESDAY + 20 * HOUR)
    make.at(WEDNESDAY + 30 * HOUR)
    return Crowd(scene, made[8], made[9])


@pytest.fixture(scope="module")
def _made(ground: None) -> Crowd:
    return kept(_crowd)


@pytest.fixture
def crowd(_made: Crowd, app: SetaraFlask) -> Iterator[Crowd]:
    """Ten people of eight kinds, who are very many: the index is asked about them, and bit by bit."""
    make.at(WEDNESDAY + 30 * HOUR)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(searching, "FEW", 0)
        patched.setattr(searching, "LEAST", 1)
        patched.setattr(hunting, "AT_ONCE", 1)
        patched.setattr(hunting, "RARE", -1)
        while indexing.refresh_due():
            pass
        yield Crowd(*(again(each) for each in (_made.scene, _made.busy, _made.worked)))


def me(person: Contractor) -> Actor:
    return accounts.actor_of(person.id)


def scheduled(scene: Scene, start: timedelta, hours: int, seats: int) -> Shift:
    """A shift that only the search knows."""
    begins = MONDAY + start
    return Shift(
        id=new_id(), gig_id=scene.gig.id, company_id=scene.company_id, starts_at=begins,
        ends_at=begins + hours * HOUR, timezone=ZONE, seats=seats, seats_taken=0, is_training=False,
        status=ShiftStatus.SCHEDULED, planned_at=WEDNESDAY,
    )  # fmt: skip


def told(planned: list[Planned]) -> list[tuple[UUID, int, int]]:
    return [(each.contractor_id, each.scored.score, each.scored.rank) for one in planned for each in one.given]


def by_all(shift: Shift, gig: Gig) -> list[Planned]:
    """The plan that comes of a look at everybody, with the same groups of equals."""
    whole = facts.read([(shift, gig)])
    bits = bits_for(len(whole.members))
    return solve(replace(whole, openings=[replace(each, lot_bits=bits) for each in whole.openings]))


def by_index(shift: Shift, gig: Gig) -> list[Planned]:
    found = searching.read([(shift, gig)], PlanScope.SHIFT)
    assert found.is_narrowed
    return solve(found)


@pytest.mark.parametrize("knobs", ["cells", "groups", "in vain", "rare marks", "rare people"])
def test_the_same_people_are_asked(crowd: Crowd, knobs: str) -> None:
    with pytest.MonkeyPatch.context() as patched:
        if knobs == "groups":
            patched.setattr(index_rules, "GROUPED_FROM", 1)
            patched.setattr(index_rules, "IN_GROUP", 2)
            patched.setattr(hunting, "GROUPED_FROM", 0)
        # Ten people are rare whatever they have, unless nobody is.
        patched.setattr(hunting, "RARE", 4 if knobs == "rare marks" else 4096 if knobs == "rare people" else -1)
        if knobs == "in vain":
            patched.setattr(hunting, "IN_VAIN", 0)
            patched.setattr(hunting, "HARDLY_ANY", 0)
        gig = db.session.get_one(Gig, crowd.scene.gig.id)
        usual = {key: getattr(gig, key) for key in ("skills", "languages", "places")}
        db.session.expunge(gig)

        @settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
        @given(
            start=st.integers(-30, 24 * 16),
            hours=st.integers(1, 12),
            seats=st.integers(1, 5),
            skills=st.sampled_from([[], ["image-labelling"], ["rare"]]),
            needs=st.sampled_from([[], [{"language": "en", "level": "B1"}], [{"language": "en", "level": "C1"}]]),
            hazard=st.sampled_from([HazardClass.H0, HazardClass.H2]),
            rate=st.sampled_from([1000, 1500]),
            anywhere=st.booleans(),
        )
        def same(
            start: int, hours: int, seats: int, skills: list[str], needs: list[dict[str, str]], hazard: HazardClass,
            rate: int, anywhere: bool,
        ) -> None:  # fmt: skip
            gig.skills, gig.languages, gig.hazard_class, gig.rate_amount = skills, needs, hazard, rate
            gig.hazard_categories = ["violence"] if hazard is HazardClass.H2 else []
            gig.places = [{"country": "US", "subdivision": None}] if anywhere else usual["places"]
            shift = scheduled(crowd.scene, start * HOUR, hours, seats)
            assert told(by_index(shift, gig)) == told(by_all(shift, gig))

        same()


def test_several_shifts_that_begin_soon_are_planned_together(crowd: Crowd) -> None:
    gig = crowd.scene.gig
    found = [(scheduled(crowd.scene, n * DAY, 4, 2), gig) for n in range(3)]
    narrowed = searching.read(found, PlanScope.URGENT)
    assert narrowed.is_narrowed
    assert told(solve(narrowed)) == told(solve(facts.read(found)))


Verb = Callable[[Crowd], UUID]


def a_week(crowd: Crowd) -> UUID:
    availability.set_availability(NO_NIGHTS, by=me(crowd.worked))
    return crowd.worked.id


def a_day(crowd: Crowd) -> UUID:
    availability.add_exception(Dated(MONDAY.date(), MONDAY.date()), by=me(crowd.worked))
    return crowd.worked.id


def a_consent(crowd: Crowd) -> UUID:
    make.consent(crowd.worked, HazardCategory.VIOLENCE, HazardClass.H2)
    return crowd.worked.id


def a_contract(crowd: Crowd) -> UUID:
    return make.contracted(crowd.scene).id


def a_yes(crowd: Crowd) -> UUID:
    make.booked(crowd.scene, crowd.worked, starts_at=MONDAY + 2 * DAY)
    return crowd.worked.id


def a_no(crowd: Crowd) -> UUID:
    booking = make.booked(crowd.scene, crowd.worked, starts_at=MONDAY + 2 * DAY)
    indexing.refresh_due()
    offers.release(booking.id, by=me(crowd.worked))
    return crowd.worked.id


def standing(crowd: Crowd) -> UUID:
    operator = accounts.operator(OperatorRole.VETTING)
    workforce.suspend(crowd.worked.id, "A reason in writing.", by=operator)
    return crowd.worked.id


def by_hand(crowd: Crowd) -> UUID:
    """What no verb has done is seen as well."""
    db.session.execute(update(Contractor).where(Contractor.id == crowd.worked.id).values(band_min_hours=1))
    return crowd.worked.id


@pytest.mark.parametrize("verb", [a_week, a_day, a_consent, a_contract, a_yes, a_no, standing, by_hand])
def test_no_verb_can_forget_the_index(crowd: Crowd, verb: Verb) -> None:
    """Who is changed is looked at themselves until the index knows; then it says what is true."""
    changed = verb(crowd)
    db.session.flush()
    assert changed in set(db.session.scalars(select(MatchStale.contractor_id)))
    shift = scheduled(crowd.scene, timedelta(0), 4, 10)
    before = told(by_index(shift, crowd.scene.gig))
    assert before == told(by_all(shift, crowd.scene.gig))
    while indexing.refresh_due():
        pass
    assert told(by_index(shift, crowd.scene.gig)) == before
    assert indexing.compare(None)[1] == []


def test_cells_and_marks_are_counted(crowd: Crowd) -> None:
    a_contract(crowd)
    indexing.refresh_due()
    counted = text("SELECT count(*) FROM match_pair WHERE cell_id = :cell")
    for cell in db.session.scalars(select(MatchCell)):
        assert cell.people == db.session.scalar(counted, {"cell": cell.id})
    real = Counter(mark for marks in db.session.scalars(select(MatchPerson.marks)) for mark in marks)
    assert {row.mark: row.people for row in db.session.scalars(select(MatchMark)) if row.people} == real
    make.at(clock.now() + 30 * DAY)
    indexing.compare(None)
    assert indexing.sweep() > 0


def test_what_the_index_says_wrongly_is_found_and_put_right(crowd: Crowd) -> None:
    lost, lowered = crowd.busy.id, crowd.worked.id
    db.session.execute(delete(MatchPair).where(MatchPair.contractor_id == lost))
    db.session.execute(update(MatchPerson).where(MatchPerson.contractor_id == lowered).values(marks=[]))
    found = indexing.compare(None)[1]
    assert sorted(found) == sorted(f"person {known}" for known in (lost, lowered))
    assert indexing.compare(None)[1] == []
    assert db.session.scalar(select(MatchPair.place).where(MatchPair.contractor_id == lost)) is not None


def test_whoever_was_not_looked_at_learns_why_all_the_same(crowd: Crowd) -> None:
    """Two seats of a night among ten people: those who cannot come before the second were not looked at."""
    shift = make.shift(crowd.scene, MONDAY + 3 * DAY + 14 * HOUR, seats=2)
    assert len(service.match(shift.id, by=crowd.scene.company)) == 2
    run = db.session.scalars(select(MatchRun).where(MatchRun.shift_id == shift.id)).one()
    instance = making.instance_of(run.plan_id)
    assert instance is not None
    looked_at = {member.id for member in instance.members}
    others = [known for known in db.session.scalars(select(MatchPair.contractor_id)) if known not in looked_at]
    outcomes = Counter(service.explain(shift.id, known, seen_by=accounts.operator()).outcome for known in others)
    assert outcomes.keys() == {Outcome.NOT_NEEDED, Outcome.NOT_ELIGIBLE}
    assert run.cutoff is not None
    assert making.replay(run.plan_id)[0].seats == 2
    # Who has more points by now than it took then is told that nobody has searched since.
    (days,) = db.session.scalars(select(Contractor).where(Contractor.id.in_(others), Contractor.band_max_hours == 20))
    assert service.explain(shift.id, days.id, seen_by=accounts.operator()).outcome is Outcome.NOT_ELIGIBLE
    availability.set_availability([Window(day, 0, 1440) for day in range(7)], by=me(days))
    now = service.explain(shift.id, days.id, seen_by=accounts.operator())
    assert (now.outcome, now.cutoff) == (Outcome.NOT_NEEDED, None)


def test_few_people_are_all_read_and_so_are_many_of_whom_most_were_changed(crowd: Crowd) -> None:
    shift, gig = scheduled(crowd.scene, timedelta(0), 4, 1), crowd.scene.gig
    assert not searching.read([(shift, gig)], PlanScope.HORIZON).is_narrowed
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(searching, "FEW", 500)
        assert not searching.read([(shift, gig)], PlanScope.SHIFT).is_narrowed
        patched.setattr(searching, "FEW", 0)
        patched.setattr(searching, "MOST_STALE", 0)
        a_day(crowd)
        assert not searching.read([(shift, gig)], PlanScope.SHIFT).is_narrowed


def test_a_crew_that_is_asked_first_is_looked_at_alone(crowd: Crowd) -> None:
    shift = scheduled(crowd.scene, 7 * DAY, 4, 1)
    crew = First(clock.now() + HOUR, frozenset({crowd.worked.id}))
    whole = facts.openings([(shift, crowd.scene.gig)], clock.now())
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(facts, "openings", lambda *_: [replace(each, first=crew) for each in whole])
        assert [member.id for member in searching.read([(shift, crowd.scene.gig)], PlanScope.SHIFT).members] == [
            crowd.worked.id
        ]


def test_the_index_is_built_at_the_console(crowd: Crowd, app: SetaraFlask) -> None:
    db.session.execute(delete(MatchPair))
    db.session.execute(delete(MatchPerson))
    told = app.test_cli_runner().invoke(args=["matching", "reindex"])
    assert told.exit_code == 0
    assert "10 can be found" in told.output
    assert indexing.compare(None)[1] == []
