"""Guaranteed hours: what a week owes, with numbers, and that no hour of it is lost or paid twice."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from marketplace.accounts.rules import Actor, OperatorRole
from marketplace.contracts import service as contracts
from marketplace.contracts.models import Contract
from marketplace.core.db import db, transaction
from marketplace.core.money import Money
from marketplace.gigs.funding import GUARANTEE
from marketplace.ledger import queries as books
from marketplace.pay.models import PayLine
from marketplace.shifts import guaranteed, guarantees, offers, standby
from marketplace.shifts.clock_rules import EntryFlag
from marketplace.shifts.guarantee_models import Guarantee
from marketplace.shifts.guaranteed import Held, Refused, Seat, Week
from marketplace.shifts.handover_rules import HandoverKind
from marketplace.shifts.rules import BookingStatus
from marketplace.standards.hazard import HazardClass
from marketplace.standards.hours import Span
from marketplace.standards.line_kinds import LineKind
from marketplace.workforce import availability
from marketplace.workforce import service as vetting
from marketplace.workforce.calendar import DAY, Calendar, Dated, Window, Wish
from marketplace.workforce.models import Contractor
from tests.factories import accounts, gigs, pay, workforce
from tests.factories import handovers as handing
from tests.factories import shifts as make
from tests.factories.shifts import MONDAY, WEDNESDAY, Scene
from tests.pay.books import everything_holds

MON = date(2026, 11, 23)
MON_MIDNIGHT = datetime(2026, 11, 23, 6, tzinfo=UTC)
NEXT = datetime(2026, 11, 30, 6, tzinfo=UTC)
"""Midnight in Kansas at the end of that week."""
SETTLED = NEXT + timedelta(hours=48)
KANSAS = ZoneInfo("America/Chicago")
FREE = Calendar()


def usd(amount: str) -> Money:
    return Money.of(amount, "USD")


def span(hour: int, hours: float = 4, day: int = 0) -> Span:
    starts_at = datetime.combine(MON + timedelta(days=day), time(hour), UTC)
    return Span(starts_at, starts_at + timedelta(hours=hours))


def held(hours: int = 10, first: date = date(2026, 1, 1), until: datetime | None = None) -> Held:
    return Held(datetime(2026, 1, 1, tzinfo=UTC), 1, first, None, until, hours)


def refused(during: Span, before: int = 100, open_for: int = 48, **more: bool | HazardClass) -> Refused:
    made_at = during.starts_at - timedelta(hours=before)
    given = {"answered": True, "hazard_class": HazardClass.H0} | more
    return Refused(during, made_at, made_at + timedelta(hours=open_for), **given)  # type: ignore[arg-type]


def seat(during: Span, status: BookingStatus, paid: int, unpaid: int = 0, *flags: EntryFlag) -> Seat:
    return Seat(during, status, paid, unpaid, frozenset(flags))


# --- the rule ---------------------------------------------------------------------------------------------------------


def test_a_week_that_the_contract_holds_in_part_guarantees_its_part() -> None:
    """20 hours a week are 1200 minutes; from Thursday on 4 of 7 days, 685.7, rounded up; until Tuesday 10:00 two."""
    days = guaranteed.days_of(MON)
    assert guaranteed.guaranteed(days, [held(20)], KANSAS, FREE) == 1200
    assert guaranteed.guaranteed(days, [held(20, MON + timedelta(days=3))], KANSAS, FREE) == 686
    ends = datetime(2026, 11, 24, 16, tzinfo=UTC)
    assert guaranteed.guaranteed(days, [held(20, until=ends)], KANSAS, FREE) == 343


def test_an_amendment_in_mid_week_is_reckoned_by_days() -> None:
    """10 hours until Wednesday, then 20: three days of 600 and four of 1200 minutes, 257.1 + 685.7."""
    more = Held(datetime(2026, 11, 20, tzinfo=UTC), 2, MON + timedelta(days=3), None, None, 20)
    assert guaranteed.guaranteed(guaranteed.days_of(MON), [held(10), more], KANSAS, FREE) == 943


def test_days_off_guarantee_nothing_and_no_week_more_than_one_can_work() -> None:
    """Two days off of seven: 5/7 of 1200. A week of which only Monday's first four hours are free guarantees these."""
    away = Calendar((), (Dated(MON, MON + timedelta(days=1)),))
    assert guaranteed.guaranteed(guaranteed.days_of(MON), [held(20)], KANSAS, away) == 858
    weekend = Calendar((Window(5, 0, DAY, Wish.UNAVAILABLE), Window(6, 0, DAY, Wish.UNAVAILABLE)))
    assert guaranteed.guaranteed(guaranteed.days_of(MON), [held(20)], KANSAS, weekend) == 1200
    rest = tuple(Window(day, 0, DAY, Wish.UNAVAILABLE) for day in range(1, 7))
    monday = Calendar((Window(0, 240, DAY, Wish.UNAVAILABLE), *rest))
    assert guaranteed.guaranteed(guaranteed.days_of(MON), [held(20)], KANSAS, monday) == 240


def test_a_week_is_worth_the_same_when_a_clock_changes_or_a_month_ends() -> None:
    """The weeks of 1 November 2026 (169 hours in Kansas) and of 8 March (167); both guarantee 1200 minutes."""
    for monday, hours in ((date(2026, 10, 26), 169), (date(2026, 3, 2), 167), (date(2026, 6, 29), 168)):
        week = guaranteed.bounds(monday, KANSAS)
        assert (week.ends_at - week.starts_at) == timedelta(hours=hours)
        assert guaranteed.guaranteed(guaranteed.days_of(monday), [held(20)], KANSAS, FREE) == 1200


@pytest.mark.parametrize(
    ("one", "minutes"),
    [
        (refused(span(15)), 240),
        (refused(span(15), before=71), 0),
        (refused(span(15), open_for=2), 240),
        (refused(span(15), open_for=23, answered=False), 0),
        (refused(span(15), open_for=24, answered=False), 240),
        (refused(span(15), hazard_class=HazardClass.H1), 0),
    ],
    ids=["in time", "too late", "answered soon", "hardly open", "open long enough", "distressing"],
)
def test_a_refusal_counts_as_far_as_the_rule_says(one: Refused, minutes: int) -> None:
    assert guaranteed.refused_minutes([one], []) == minutes


def test_an_hour_is_refused_once_and_not_where_one_works() -> None:
    """15 to 19 and 17 to 21 are six hours; from 16 to 18 the person works for the company: four are left."""
    both = [refused(span(15)), refused(span(17))]
    assert guaranteed.refused_minutes(both, []) == 360
    assert guaranteed.refused_minutes(both, [seat(span(16, 2), BookingStatus.WORKED, 120)]) == 240


@pytest.mark.parametrize(
    ("one", "minutes"),
    [
        (seat(span(8), BookingStatus.WORKED, 60), 240),
        (seat(span(8, 8), BookingStatus.WORKED, 450, 30), 450),
        (seat(span(8), BookingStatus.WORKED, 120, 0, EntryFlag.ENDED_BY_COMPANY), 120),
        (seat(span(8), BookingStatus.WORKED, 90, 0, EntryFlag.FELL_ILL), 90),
        (seat(span(8), BookingStatus.NO_SHOW, 0), 240),
        (seat(span(8), BookingStatus.CANCELLED, 60), 60),
        (seat(span(8), BookingStatus.SICK, 45), 45),
        (seat(span(8), BookingStatus.EXCUSED, 60), 60),
    ],
)
def test_who_leaves_was_given_the_shift_and_who_falls_ill_what_is_paid(one: Seat, minutes: int) -> None:
    assert guaranteed.given(one) == minutes


hours = st.integers(0, 160)
seats = st.lists(
    st.builds(lambda at, long: seat(_at(at, long), BookingStatus.WORKED, long * 60), hours, st.integers(1, 8)),
    max_size=8,
)
refusals = st.lists(st.builds(lambda at, long: refused(_at(at, long)), hours, st.integers(1, 12)), max_size=8)


def _at(hour: int, long: int) -> Span:
    starts_at = datetime.combine(MON, time(), UTC) + timedelta(hours=hour)
    return Span(starts_at, starts_at + timedelta(hours=long))


@given(st.integers(0, 48 * 60), seats, refusals)
def test_nothing_is_lost_and_nothing_is_paid_twice(minutes: int, worked: list[Seat], said_no: list[Refused]) -> None:
    """Given, refused and owed cover what was guaranteed, to the minute; what comes on top of it owes nothing; and the
    same refusal told twice is one."""
    week = guaranteed.reckon(minutes, worked, said_no)
    assert week.owed == max(0, minutes - week.given - week.refused)
    assert week.owed + week.given + week.refused >= minutes
    assert guaranteed.reckon(minutes, worked, said_no * 2) == week
    assert week.refused <= sum(
        (each.during.ends_at - each.during.starts_at) // timedelta(minutes=1) for each in said_no
    )


@given(st.integers(1, 48), st.integers(1, 6))
def test_a_week_that_is_divided_between_two_contracts_is_whole(weekly: int, day: int) -> None:
    """Two parts are together the whole, but for the minute that rounding in the person's favour may give."""
    days = guaranteed.days_of(MON)
    one = guaranteed.guaranteed(days[:day], [held(weekly)], KANSAS, FREE)
    other = guaranteed.guaranteed(days[day:], [held(weekly)], KANSAS, FREE)
    assert weekly * 60 <= one + other <= weekly * 60 + 1


@given(
    st.dates(date(2020, 1, 1), date(2035, 12, 31)), st.sampled_from(["America/Chicago", "Africa/Cairo", "Asia/Jakarta"])
)
def test_every_moment_lies_in_exactly_one_week(day: date, zone: str) -> None:
    monday = day - timedelta(days=day.weekday())
    here, after = (guaranteed.bounds(monday + each, ZoneInfo(zone)) for each in (timedelta(), guaranteed.WEEK))
    assert here.ends_at == after.starts_at
    noon = datetime.combine(day, time(12), ZoneInfo(zone)).astimezone(UTC)
    assert here.starts_at <= noon < here.ends_at


# --- the verbs --------------------------------------------------------------------------------------------------------


@pytest.fixture
def scene(app: Flask) -> Iterator[Scene]:
    with transaction():
        made = make.scene()
    yield made
    everything_holds()


def guaranteed_to(scene: Scene, weekly: int = 10) -> Contractor:
    """Somebody in Kansas with a contract that guarantees so many hours a week, signed the Wednesday before."""
    person = workforce.contractor()
    terms = make.TERMS | {"hours": {**make.TERMS["hours"], "min_guaranteed": weekly}, "effective_from": MON.isoformat()}
    make.contract_with(scene, person, terms)
    return person


def reckoned() -> list[Guarantee]:
    with transaction():
        guarantees.reckon_due()
    return list(db.session.scalars(select(Guarantee).order_by(Guarantee.week)))


def weeks(found: list[Guarantee]) -> list[Week]:
    return [Week(each.guaranteed_minutes, each.given_minutes, each.refused_minutes) for each in found]


def test_ten_hours_are_guaranteed_and_four_are_given(scene: Scene) -> None:
    """Of 600 minutes 240 are worked. 360 are owed at the contract's 10.00: 60.00 and 2.40 for health, from the
    company's money. The work itself is paid at the gig's 15.00. The next look owes nothing more."""
    with transaction():
        person = guaranteed_to(scene)
        booking = make.worked(scene, person)
        pay.approved(scene, booking)
        gigs.money_for(scene.company_id, usd("100.00"))
        make.at(SETTLED - timedelta(seconds=1))
    before = books.balance(f"company:{scene.company_id}:available", "USD")
    assert reckoned() == []
    with transaction():
        make.at(SETTLED)
    (week,) = reckoned()
    assert (weeks([week]), week.owed_minutes, week.held) == ([Week(600, 240, 0)], 360, usd("62.40"))
    assert books.balance(f"company:{scene.company_id}:available", "USD") == before - usd("62.40")
    assert len(reckoned()) == 1
    everything_holds()
    pay.paid()
    lines = db.session.scalars(select(PayLine).where(PayLine.guarantee_id == week.id).order_by(PayLine.id)).all()
    assert [(line.kind, line.minutes, line.money, line.rule) for line in lines] == [
        (LineKind.GUARANTEED_HOURS, 360, usd("60.00"), "GUARANTEED_HOURS"),
        (LineKind.HEALTH_CONTRIBUTION, 0, usd("2.40"), "HEALTH"),
    ]
    assert pay.payslip_of(person.id).net == usd("120.00")
    assert books.balance(week.hold_account, "USD") == usd("0")


def test_what_was_refused_in_time_is_not_owed(scene: Scene) -> None:
    """Offered on Wednesday: Monday's four hours are refused, Tuesday's given back. Friday's offer of the day before
    counts for nothing."""
    with transaction():
        person = guaranteed_to(scene)
        me = accounts.actor_of(person.id)
        offers.decline(make.offered(scene, make.shift(scene), person).id, by=me)
        booking = make.booked(scene, person, starts_at=MONDAY + timedelta(days=1))
        offers.release(booking.id, by=me)
        make.at(MONDAY + timedelta(days=3))
        late = make.shift(scene, MONDAY + timedelta(days=4), hours=2)
        offers.decline(make.offered(scene, late, person).id, by=me)
        gigs.money_for(scene.company_id, usd("100.00"))
        make.at(SETTLED)
    assert weeks(reckoned()) == [Week(600, 0, 480)]


def test_a_no_to_standing_by_refuses_no_hours(scene: Scene) -> None:
    """Nobody loses guaranteed hours to an offer of which half may be paid, and none worked."""
    with transaction():
        person = guaranteed_to(scene)
        seat = make.booked(scene)
        beside = standby.plan(seat.shift_id, 1, usd("1000.00"), by=scene.company)
        offers.decline(make.offered(scene, beside, person).id, by=accounts.actor_of(person.id))
        gigs.money_for(scene.company_id, usd("200.00"))
        make.at(SETTLED)
    assert weeks(reckoned()) == [Week(600, 0, 0)]


def test_who_swaps_at_one_company_refuses_nothing_and_who_hands_over_does(scene: Scene) -> None:
    """Monday's four hours are swapped for Tuesday's, which are worked; Wednesday's two are handed over. Of 600 minutes
    240 are given and 120 refused."""
    with transaction():
        person, other = guaranteed_to(scene), make.contracted(scene)
        monday, theirs = make.booked(scene, person), make.booked(scene, other, starts_at=MONDAY + timedelta(days=1))
        wednesday = make.booked(scene, person, starts_at=MONDAY + timedelta(days=2), hours=2)
        make.at(WEDNESDAY + timedelta(hours=1))
        tuesday = handing.accepted(handing.proposed(handing.asked(monday, HandoverKind.SWAP), theirs))
        handing.taken(handing.asked(wednesday), other.id)
        pay.approved(scene, make.work(tuesday))
        gigs.money_for(scene.company_id, usd("100.00"))
        make.at(SETTLED)
    assert weeks(reckoned()) == [Week(600, 240, 120)]


def test_without_the_company_s_money_the_service_advances_it_and_takes_it_back(scene: Scene) -> None:
    """Of 104.00 the company has 4.00."""
    with transaction():
        person = guaranteed_to(scene)
        gigs.money_for(scene.company_id, usd("4.00"))
        make.at(SETTLED)
    (week,) = reckoned()
    assert (week.held, week.advanced_amount) == (usd("104.00"), 10_000)
    pay.paid()
    assert pay.payslip_of(person.id).net == usd("100.00")
    with transaction():
        gigs.money_for(scene.company_id, usd("30.00"))
        assert guarantees.recover_due() == 1
        gigs.money_for(scene.company_id, usd("80.00"))
        assert guarantees.recover_due() == 1
        assert guarantees.recover_due() == 0
    assert books.balance(GUARANTEE, "USD") == usd("0")


def test_weeks_are_caught_up_one_by_one_and_the_last_ends_with_the_contract(scene: Scene) -> None:
    """Nobody looked for three weeks; the contractor left on the Wednesday of the third, which guarantees three days."""
    with transaction():
        person = guaranteed_to(scene, weekly=7)
        gigs.money_for(scene.company_id, usd("500.00"))
        make.at(MONDAY + timedelta(days=16))
        contract = db.session.scalars(select(Contract).where(Contract.contractor_id == person.id)).one()
        contracts.end(contract.id, "", by=accounts.actor_of(person.id))
        assert guarantees.is_unsettled(person.id)
        make.at(MONDAY + timedelta(days=30))
    for _ in range(4):
        found = reckoned()
    assert [each.guaranteed_minutes for each in found] == [420, 420, 180]
    assert guarantees.is_unsettled(person.id)
    pay.paid()
    assert not guarantees.is_unsettled(person.id)


def test_days_off_and_running_work_are_respected(scene: Scene) -> None:
    """A week off guarantees nothing and leaves its row; it waits as long as a clock of it runs."""
    with transaction():
        person = guaranteed_to(scene)
        booking = make.booked(scene, person)
        make.at(MONDAY - timedelta(days=2))
        availability.add_exception(
            Dated(MON + timedelta(days=1), MON + timedelta(days=6)), by=accounts.actor_of(person.id)
        )
        gigs.money_for(scene.company_id, usd("500.00"))
        make.at(SETTLED)
    assert reckoned() == []
    with transaction():
        booking.status = BookingStatus.NO_SHOW
    assert weeks(reckoned()) == [Week(86, 240, 0)]


# --- the door ---------------------------------------------------------------------------------------------------------

DOOR = "GET /api/v1/contracts/<uuid:contract_id>/guarantees"


@pytest.mark.door(DOOR, "works")
@pytest.mark.door(DOOR, "not_signed_in")
@pytest.mark.door(DOOR, "not_mine")
@pytest.mark.door(DOOR, "wrong_shape")
def test_both_sides_read_the_weeks(client: FlaskClient, scene: Scene) -> None:
    with transaction():
        person = guaranteed_to(scene)
        make.at(SETTLED)
    (week,) = reckoned()
    path = f"/api/v1/contracts/{week.contract_id}/guarantees"
    for who in (person.id, scene.company):
        (told,) = client.get(path, headers=accounts.bearer(who)).json["items"]
        assert (told["week"], told["owed_minutes"], told["held"]["amount"]) == ("2026-11-23", 600, "104.00")
    mine = accounts.bearer(person.id)
    assert client.get(path).status_code == 401
    assert client.get(path, headers=accounts.bearer(workforce.contractor().id)).status_code == 404
    assert client.get(path, query_string={"limit": "0"}, headers=mine).status_code == 422


def suspended(person: Contractor, at: datetime) -> Actor:
    """Somebody of vetting suspends the person at that moment; returns another who could look at it again."""
    make.at(at)
    vetting.suspend(person.id, "An account was shared.", by=accounts.operator(OperatorRole.VETTING))
    return accounts.operator(OperatorRole.VETTING)


def test_a_guarantee_rests_while_a_suspension_stands(scene: Scene) -> None:
    """Suspended on Wednesday noon: Monday to Wednesday guarantee three sevenths of 600 minutes, 258; the week waits for
    the 30 days in which it can be contested, and is reckoned then."""
    with transaction():
        person = guaranteed_to(scene)
        suspended(person, MONDAY + timedelta(days=2, hours=3))
        gigs.money_for(scene.company_id, usd("100.00"))
        make.at(SETTLED)
    assert reckoned() == []
    with transaction():
        make.at(MONDAY + timedelta(days=33))
    assert weeks(reckoned())[0] == Week(258, 0, 0)


def test_who_was_suspended_wrongly_loses_nothing(scene: Scene) -> None:
    """The appeal is open when the week is settled, so the week waits; an operator finds the suspension wrong, and all
    600 minutes are owed at 10.00."""
    with transaction():
        person = guaranteed_to(scene)
        other = suspended(person, MONDAY + timedelta(days=2))
        vetting.contest("It was my brother's phone.", by=accounts.actor_of(person.id))
        gigs.money_for(scene.company_id, usd("200.00"))
        make.at(SETTLED)
    assert reckoned() == []
    with transaction():
        vetting.reinstate(person.id, "The phone is shared.", by=other)
    (week, *_) = reckoned()
    assert (week.owed_minutes, week.held) == (600, usd("104.00"))


def test_a_suspension_that_an_operator_ends_has_stood(scene: Scene) -> None:
    """Nobody contested it: from Tuesday to Thursday nothing was guaranteed, so four sevenths are, 343 minutes."""
    with transaction():
        person = guaranteed_to(scene)
        other = suspended(person, MON_MIDNIGHT + timedelta(days=1))
        make.at(MON_MIDNIGHT + timedelta(days=4))
        vetting.reinstate(person.id, "It is cleared up.", by=other)
        gigs.money_for(scene.company_id, usd("200.00"))
        make.at(SETTLED)
    assert weeks(reckoned()) == [Week(343, 0, 0)]
