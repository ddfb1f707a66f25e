"""Shifts that recur: laid ahead by a job, freed of a day, ended at a price; and their doors with the five questions."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from marketplace.contracts import crews
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.lifecycle import WrongState
from marketplace.core.money import Money
from marketplace.gigs import service as gigs
from marketplace.shifts import changing, scheduling, series
from marketplace.shifts.changing import Wanted
from marketplace.shifts.models import Offer, Shift
from marketplace.shifts.recurrence import BadRecurrence, Recurrence
from marketplace.shifts.rules import BadShift, BookingStatus, GigNotOpen, PriceChanged, SeriesStatus, ShiftStatus
from marketplace.shifts.series_models import ShiftSeries
from tests.conftest import kept
from tests.factories import accounts
from tests.factories import shifts as make
from tests.factories.shifts import MONDAY, ZONE, Scene
from tests.pay.books import everything_holds

NOTHING = Money.of("0.00", "USD")
PREVIEW = "POST /api/v1/shift-series/preview"
START = "POST /api/v1/shift-series"
LIST = "GET /api/v1/companies/<uuid:company_id>/shift-series"
SHOW = "GET /api/v1/shift-series/<uuid:series_id>"
SHIFTS = "GET /api/v1/shift-series/<uuid:series_id>/shifts"
DAY_PRICE = "GET /api/v1/shift-series/<uuid:series_id>/day-price"
LEAVE_OUT = "POST /api/v1/shift-series/<uuid:series_id>/leave-out"
END_PRICE = "GET /api/v1/shift-series/<uuid:series_id>/ending-price"
END = "POST /api/v1/shift-series/<uuid:series_id>/end"
CHANGE_PRICE = "POST /api/v1/shift-series/<uuid:series_id>/change-price"
CHANGE = "POST /api/v1/shift-series/<uuid:series_id>/change"


@pytest.fixture(scope="module")
def _scene(ground: None) -> Scene:
    """Wednesday 18 November 2026, six in the morning in Kansas, with a gig that has shown what it needs."""
    return kept(lambda: make.scene(minutes=12_000, pilot=True))


def held(of: ShiftSeries) -> list[Shift]:
    found = select(Shift).where(Shift.series_id == of.id, Shift.status == ShiftStatus.SCHEDULED)
    return list(db.session.scalars(found.order_by(Shift.starts_at)))


def days(of: ShiftSeries) -> list[str]:
    return [f"{shift.series_day:%m-%d}" for shift in held(of)]


def on(shift: Shift) -> str:
    return shift.starts_at.astimezone(UTC).isoformat(timespec="minutes")


# --- the verbs ------------------------------------------------------------------------------------------------------


def test_a_series_is_laid_four_weeks_ahead_and_goes_on(scene: Scene) -> None:
    of = make.series(scene)
    assert days(of) == ["11-23", "11-25", "11-30", "12-02", "12-07", "12-09", "12-14", "12-16"]
    assert [on(held(of)[0]), held(of)[0].seats, held(of)[0].timezone] == ["2026-11-23T15:00+00:00", 2, ZONE]
    assert series.fill_due() == 0
    clock.move_to(MONDAY)
    assert (series.fill_due(), series.fill_due()) == (1, 0)
    assert days(of)[-2:] == ["12-16", "12-21"]


def test_a_look_tells_what_late_days_cost(scene: Scene) -> None:
    """Ana has a shift on Monday. On the Wednesday before, two shifts a week are added: each of the two of that week
    pays her an hour at 15.60 beside its time; in the weeks after it she has no schedule."""
    make.booked(scene, make.contracted(scene), starts_at=MONDAY + timedelta(hours=6))
    clock.move_to(clock.now() + timedelta(hours=1))
    given = {"rule": "FREQ=WEEKLY;BYDAY=TU,FR", "first_day": MONDAY.date(), "begins": time(9), "ends": time(11)}
    shown = series.preview(scene.gig.id, **given, timezone=ZONE, seats=1, by=scene.company)
    assert [f"{each.day:%m-%d}" for each in shown.items[:3]] == ["11-24", "11-27", "12-01"]
    assert str(shown.price.added) == "31.20 USD"


def test_shifts_keep_their_clock_time_over_the_change_to_summer_time(scene: Scene) -> None:
    clock.move_to(datetime(2027, 3, 1, 12, tzinfo=UTC))
    of = make.series(scene, "FREQ=WEEKLY", first_day=date(2027, 3, 8))
    assert [on(shift)[5:] for shift in held(of)[:2]] == ["03-08T15:00+00:00", "03-15T14:00+00:00"]


def test_a_series_of_today_leaves_out_what_has_begun(scene: Scene) -> None:
    of = make.series(scene, "FREQ=DAILY;COUNT=2", first_day=date(2026, 11, 18), begins=time(5), ends=time(7))
    assert (days(of), of.status) == (["11-19"], SeriesStatus.ACTIVE)
    clock.move_to(MONDAY)
    assert (series.fill_due(), of.status) == (1, SeriesStatus.ENDED)


def test_the_volume_of_a_pilot_holds_a_series_up_and_its_end_frees_it(app: Flask) -> None:
    """House rule PILOT: 2400 minutes, which are ten shifts of four hours; four weeks of days would be 25."""
    there = make.scene()
    of = make.series(there, "FREQ=DAILY", ends=time(13), seats=1)
    assert (len(held(of)), of.held_up_because, of.filled_until) == (10, "volume_cap_reached", date(2026, 12, 2))
    assert series.fill_due() == 0
    make.preparation.record_pilot(there.gig.id, make.gigs.pilot_report(), by=there.company)
    clock.move_to(clock.now() + timedelta(hours=1))
    assert series.fill_due() == 1
    assert (len(held(of)), of.held_up_because) == (24, None)


def test_a_paused_gig_gets_no_shifts_and_a_closed_one_ends_the_series(scene: Scene) -> None:
    of = make.series(scene)
    gigs.pause(scene.gig.id, by=scene.company)
    clock.move_to(MONDAY)
    assert series.fill_due() == 1
    assert (of.held_up_because, len(held(of))) == ("gig_not_open", 8)
    gigs.resume(scene.gig.id, by=scene.company)
    clock.move_to(MONDAY + timedelta(hours=1, minutes=5))
    assert series.fill_due() == 1
    assert (of.held_up_because, len(held(of))) == (None, 9)


def test_a_crew_is_asked_first_where_it_still_can_be(scene: Scene) -> None:
    crew = crews.make(scene.company_id, "Night desk", by=scene.company)
    of = make.series(scene, crew_id=crew.id)
    assert [shift.crew_id for shift in held(of)[:2]] == [None, crew.id]
    crews.close(crew.id, by=scene.company)
    clock.move_to(MONDAY)
    series.fill_due()
    assert held(of)[-1].crew_id is None


@pytest.mark.parametrize(
    ("wrong", "problem", "field"),
    [
        ({"rule": "FREQ=DAILY;UNTIL=20261101"}, BadRecurrence, "rule"),
        ({"rule": "FREQ=DAILY;UNTIL=00010101"}, BadRecurrence, "rule"),
        ({"first_day": date(2026, 11, 17)}, BadShift, "first_day"),
        ({"first_day": date(2027, 11, 20)}, BadShift, "first_day"),
        ({"begins": time(9, 0, 30)}, BadShift, "begins"),
        ({"begins": time(9), "ends": time(9)}, BadShift, "ends_at"),
        ({"seats": 0}, BadShift, "seats"),
        ({"seats": 501}, BadShift, "seats"),
        ({"crew_id": uuid4()}, BadShift, "crew_id"),
    ],
)
def test_what_cannot_recur_is_refused(scene: Scene, wrong: dict[str, Any], problem: type, field: str) -> None:
    with pytest.raises(problem) as refused:
        make.series(scene, **wrong)
    assert refused.value.field == field


def test_a_day_is_left_out_at_its_price(scene: Scene) -> None:
    """Two days before, half of the call-in minimum of two hours at 15.60 with the benefit is owed (rule NOTICE)."""
    of, ana = make.series(scene), make.contracted(scene)
    booking = make.booked(scene, ana, held(of)[0])
    clock.move_to(MONDAY - timedelta(days=2))
    price = series.price_of_day(of.id, date(2026, 11, 23), by=scene.company)
    assert (str(price.total), len(price.shifts)) == ("15.60 USD", 1)
    with pytest.raises(PriceChanged):
        series.leave_out(of.id, date(2026, 11, 23), NOTHING, "A holiday.", by=scene.company)
    series.leave_out(of.id, date(2026, 11, 23), price.total, "A holiday.", by=scene.company)
    series.leave_out(of.id, date(2026, 12, 23), NOTHING, "Christmas.", by=scene.company)
    assert booking.status is BookingStatus.CANCELLED
    assert (booking.compensation_minutes, booking.compensation_rule) == (60, "NOTICE")
    clock.move_to(MONDAY + timedelta(days=7))
    series.fill_due()
    assert days(of)[:2] == ["11-25", "11-30"]
    assert "12-23" not in days(of)
    assert days(of)[-1] == "12-28"
    for no_such_day in (date(2026, 12, 24), date.min, date.max):
        with pytest.raises(BadRecurrence):
            series.leave_out(of.id, no_such_day, NOTHING, "No such day.", by=scene.company)
    everything_holds()


def test_a_series_is_ended_at_the_price_of_what_comes_after(scene: Scene) -> None:
    of, ana = make.series(scene), make.contracted(scene)
    stays, goes = (make.booked(scene, ana, shift) for shift in (held(of)[0], held(of)[1]))
    clock.move_to(MONDAY - timedelta(hours=1))
    price = series.price_of_ending(of.id, date(2026, 11, 24), by=scene.company)
    assert (str(price.total), len(price.shifts)) == ("15.60 USD", 7)
    with pytest.raises(BadShift):
        series.end(of.id, date(2026, 11, 21), price.total, "No more data.", by=scene.company)
    series.end(of.id, date(2026, 11, 24), price.total, "No more data.", by=scene.company)
    assert (of.status, days(of)) == (SeriesStatus.ACTIVE, ["11-23"])
    assert (stays.status, goes.status) == (BookingStatus.BOOKED, BookingStatus.CANCELLED)
    clock.move_to(MONDAY + timedelta(days=3))
    assert (series.fill_due(), of.status) == (1, SeriesStatus.ENDED)
    with pytest.raises(WrongState):
        series.end(of.id, date(2026, 11, 24), price.total, "Again.", by=scene.company)
    everything_holds()


def test_a_last_day_beyond_the_horizon_is_kept(scene: Scene) -> None:
    of = make.series(scene)
    series.end(of.id, date(2026, 12, 21), NOTHING, "The year ends.", by=scene.company)
    assert (of.status, len(held(of))) == (SeriesStatus.ACTIVE, 8)
    clock.move_to(MONDAY + timedelta(days=7))
    series.fill_due()
    assert (of.status, days(of)[-1]) == (SeriesStatus.ACTIVE, "12-21")


def wanted(of: ShiftSeries, from_day: str, **more: Any) -> Wanted:
    """The series as it is, from that day on, but for what is named."""
    as_it_is = {"rule": None, "begins": of.begins, "ends": of.ends, "seats": of.seats, "crew_id": of.crew_id}
    return Wanted(date.fromisoformat(from_day), **as_it_is | more)


def test_a_series_is_changed_from_a_day_on_and_people_whose_time_stays_keep_it(scene: Scene) -> None:
    """Mondays and Wednesdays at nine become Mondays at nine and Fridays, from the last day of November on. Ana's Monday
    stays hers. Bea's Wednesday is cancelled, two weeks before for nothing; one Monday that was cancelled by itself does
    not come back."""
    of = make.series(scene)
    first = held(of)
    ana, bea = make.contracted(scene), make.contracted(scene)
    monday, wednesday = make.booked(scene, ana, first[2]), make.booked(scene, bea, first[5])
    scheduling.cancel_shift(first[6].id, NOTHING, "A holiday.", by=scene.company)
    change = wanted(of, "2026-11-30", rule="FREQ=WEEKLY;BYDAY=MO,FR", seats=3)
    price = changing.price(of.id, change, by=scene.company)
    assert (price.kept, len(price.moved), len(price.cancelled), price.laid) == (2, 0, 3, 2)
    new = changing.change(of.id, change, price.total, "Less data.", by=scene.company)
    assert (of.status, of.last_day, new.follows_id) == (SeriesStatus.ACTIVE, date(2026, 11, 29), of.id)
    assert (days(of), days(new)) == (["11-23", "11-25"], ["11-30", "12-04", "12-07", "12-11"])
    assert (monday.status, wednesday.status) == (BookingStatus.BOOKED, BookingStatus.CANCELLED)
    assert {shift.seats for shift in held(new)} == {3}
    everything_holds()
    with pytest.raises(WrongState):
        changing.change(of.id, change, price.total, "Once more.", by=scene.company)


def test_other_times_move_the_shifts_at_the_price_of_moving(scene: Scene) -> None:
    """Tomorrow's shift goes to the afternoon: Ana, who has it, is paid half of the two hours that would be the
    call-in minimum, at 15.60, and is asked about the new time. Those two weeks ahead are moved for nothing."""
    of = make.series(scene, "FREQ=DAILY", first_day=date(2026, 11, 19))
    ana = make.contracted(scene)
    booking = make.booked(scene, ana, held(of)[0])
    change = wanted(of, "2026-11-19", begins=time(13), ends=time(15))
    price = changing.price(of.id, change, by=scene.company)
    assert (len(price.moved), price.moved[0].total) == (len(held(of)), Money.of("15.60", "USD"))
    with pytest.raises(PriceChanged):
        changing.change(of.id, change, price.total - Money(1, "USD"), "Late data.", by=scene.company)
    db.session.expire_all()
    new = changing.change(of.id, change, price.total, "Late data.", by=scene.company)
    assert (booking.status, booking.compensation_minutes) == (BookingStatus.CANCELLED, 60)
    asked = db.session.scalars(select(Offer).where(Offer.contractor_id == ana.id, Offer.status == "pending")).all()
    assert held(new)[0].id in {each.shift_id for each in asked}
    assert {on(shift)[-11:] for shift in held(new)} == {"19:00+00:00"}
    assert held(new)[0].moved_from == booking.shift_id
    everything_holds()


def test_fewer_seats_are_never_taken_from_people(scene: Scene) -> None:
    of = make.series(scene, seats=3)
    taken = held(of)[0]
    for _ in range(2):
        make.booked(scene, shift=taken)
    change = wanted(of, "2026-11-20", seats=1)
    new = changing.change(of.id, change, NOTHING, "Less data.", by=scene.company)
    assert [shift.seats for shift in held(new)] == [2] + [1] * (len(held(new)) - 1)


@pytest.mark.parametrize(
    ("rule", "from_day", "rest"),
    [
        ("FREQ=DAILY;INTERVAL=3", date(2026, 11, 24), ("FREQ=DAILY;INTERVAL=3", date(2026, 11, 26))),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE", date(2026, 11, 26), (None, date(2026, 12, 7))),
        ("FREQ=DAILY;COUNT=5", date(2026, 11, 25), ("FREQ=DAILY;COUNT=3", date(2026, 11, 25))),
        ("FREQ=MONTHLY;BYMONTHDAY=31", date(2026, 12, 1), (None, date(2026, 12, 31))),
    ],
)
def test_the_rest_of_a_series_keeps_its_rhythm_and_its_end(
    rule: str, from_day: date, rest: tuple[str | None, date]
) -> None:
    whole = Recurrence(rule, MONDAY.date(), time(9), time(11), ZoneInfo(ZONE))
    left = whole.rest(from_day)
    assert (left.rule, left.first_day) == (rest[0] or rule, rest[1])
    before, until = from_day - timedelta(days=1), MONDAY.date() + timedelta(days=400)
    assert list(left.days(before, until)) == list(whole.days(before, until))


def test_what_has_begun_or_ends_before_is_not_changed(scene: Scene) -> None:
    of = make.series(scene)
    for wrong in ("2026-11-17", "2028-01-01"):
        with pytest.raises(BadShift):
            changing.price(of.id, wanted(of, wrong), by=scene.company)
    clock.move_to(MONDAY + timedelta(hours=1))
    with pytest.raises(BadShift, match="has begun"):
        changing.price(of.id, wanted(of, "2026-11-23"), by=scene.company)
    series.end(of.id, date(2026, 12, 21), NOTHING, "The year ends.", by=scene.company)
    with pytest.raises(BadShift, match="last day"):
        changing.price(of.id, wanted(of, "2026-12-22"), by=scene.company)


# --- the doors ------------------------------------------------------------------------------------------------------


def body(scene: Scene | None = None, **more: Any) -> dict[str, Any]:
    return {
        "gig_id": str(scene.gig.id if scene else uuid4()),
        "rule": "FREQ=WEEKLY;BYDAY=MO,WE",
        "first_day": "2026-11-23",
        "begins": "09:00",
        "ends": "11:00",
        "timezone": ZONE,
    } | more


LEFT = {"day": "2026-11-23", "agreed": {"amount": "0.00", "currency": "USD"}, "reason": "A holiday."}
ENDED = {"last_day": "2026-11-24", "agreed": {"amount": "0.00", "currency": "USD"}, "reason": "No more data."}
LATER = {"from_day": "2026-11-30", "begins": "13:00", "ends": "15:00", "seats": 2}
AGREED = {"agreed": {"amount": "1000.00", "currency": "USD"}, "reason": "The data comes at noon."}
BODIES = {
    PREVIEW: body(seats=2),
    START: body(seats=1),
    LEAVE_OUT: LEFT,
    END: ENDED,
    CHANGE_PRICE: LATER,
    CHANGE: LATER | AGREED,
}
QUERIES = {DAY_PRICE: {"day": "2026-11-23"}, END_PRICE: {"last_day": "2026-11-24"}}


def doors(*routes: str, question: str) -> list[Any]:
    return [pytest.param(route, marks=pytest.mark.door(route, question), id=route) for route in routes]


def ask(client: FlaskClient, route: str, of: ShiftSeries | None = None, who: Any = None, **more: Any) -> Any:
    method, _, path = route.partition(" ")
    path = path.replace("<uuid:company_id>", str(of.company_id if of else uuid4()))
    path = path.replace("<uuid:series_id>", str(of.id if of else uuid4()))
    if route in BODIES:
        more.setdefault("json", BODIES[route])
    headers = {"Idempotency-Key": str(uuid4())} if route in (LEAVE_OUT, END, CHANGE) else {}
    if who is not None:
        headers |= accounts.bearer(who)
    return client.open(path, method=method, headers=headers, query_string=QUERIES.get(route), **more)


READING = (LIST, SHOW, SHIFTS)
ALL = (PREVIEW, START, *READING, DAY_PRICE, LEAVE_OUT, END_PRICE, END, CHANGE_PRICE, CHANGE)


@pytest.mark.parametrize("route", doors(*ALL, question="not_signed_in"))
def test_a_stranger_is_asked_to_sign_in(client: FlaskClient, route: str) -> None:
    answer = ask(client, route)
    assert (answer.status_code, answer.json["code"]) == (401, "not_signed_in")


@pytest.mark.parametrize("route", doors(*ALL, question="not_mine"))
def test_series_of_others_do_not_exist(client: FlaskClient, scene: Scene, route: str) -> None:
    of = make.series(scene)
    given = {"json": BODIES[route] | {"gig_id": str(scene.gig.id)}} if route in (PREVIEW, START) else {}
    for stranger in (accounts.owner_of(accounts.company().id), make.contracted(scene).id):
        answer = ask(client, route, of, stranger, **given)
        assert (answer.status_code, answer.json["code"]) == (404, "not_found")
    assert len(held(of)) == 8


@pytest.mark.parametrize("route", doors(*ALL, question="works"))
def test_the_doors_of_a_series(client: FlaskClient, scene: Scene, route: str) -> None:
    of = make.series(scene)
    given = {"json": BODIES[route] | {"gig_id": str(scene.gig.id)}} if route in (PREVIEW, START) else {}
    answer = ask(client, route, of, scene.company, **given)
    assert answer.status_code == (201 if route in (START, CHANGE) else 200), answer.json
    told = {
        PREVIEW: lambda j: j["items"][0] == {
            "day": "2026-11-23", "starts_at": "2026-11-23T15:00:00+00:00", "ends_at": "2026-11-23T17:00:00+00:00",
            "shifted": False,
        },
        START: lambda j: (j["rule"], j["begins"], j["status"]) == ("FREQ=WEEKLY;BYDAY=MO,WE", "09:00", "active"),
        LIST: lambda j: [each["id"] for each in j["items"]] == [str(of.id)],
        SHOW: lambda j: (j["filled_until"], j["seats"]) == ("2026-12-16", 2),
        SHIFTS: lambda j: {each["series_id"] for each in j["items"]} == {str(of.id)},
        DAY_PRICE: lambda j: (len(j["shifts"]), j["total"]["amount"]) == (1, "0.00"),
        END_PRICE: lambda j: (len(j["shifts"]), j["total"]["amount"]) == (7, "0.00"),
        LEAVE_OUT: lambda j: j["except_days"] == ["2026-11-23"],
        END: lambda j: (j["last_day"], j["status"]) == ("2026-11-24", "active"),
        CHANGE_PRICE: lambda j: (len(j["moved"]), j["kept"], j["total"]["amount"]) == (6, 0, "0.00"),
        CHANGE: lambda j: (j["follows_id"], j["first_day"], j["begins"]) == (str(of.id), "2026-11-30", "13:00"),
    }  # fmt: skip
    assert told[route](answer.json), answer.json


@pytest.mark.parametrize("route", doors(START, LEAVE_OUT, END, CHANGE_PRICE, CHANGE, question="wrong_state"))
def test_the_wrong_state_is_a_conflict(client: FlaskClient, scene: Scene, route: str) -> None:
    of = make.series(scene)
    if route == START:
        gigs.pause(scene.gig.id, by=scene.company)
        answer = ask(client, route, of, scene.company, json=body(scene, seats=1))
        assert (answer.status_code, answer.json["code"]) == (409, GigNotOpen.code)
        return
    series.end(of.id, date(2026, 11, 17), NOTHING, "No more.", by=scene.company)
    answer = ask(client, route, of, scene.company)
    assert (answer.status_code, answer.json["code"]) == (409, "wrong_state")


@pytest.mark.parametrize(
    "route",
    doors(
        PREVIEW, START, LIST, SHIFTS, DAY_PRICE, LEAVE_OUT, END_PRICE, END, CHANGE_PRICE, CHANGE, question="wrong_shape"
    ),
)
def test_the_wrong_shape_is_told_by_field(client: FlaskClient, scene: Scene, route: str) -> None:
    of = make.series(scene)
    method, _, path = route.partition(" ")
    path = path.replace("<uuid:series_id>", str(of.id)).replace("<uuid:company_id>", str(of.company_id))
    headers = accounts.bearer(scene.company) | {"Idempotency-Key": str(uuid4())}
    more = (
        {"json": {"begins": "25:00"}}
        if method == "POST"
        else {"query_string": {"day": "x", "last_day": "x", "limit": "x"}}
    )
    assert client.open(path, method=method, headers=headers, **more).status_code == 422


def test_the_series_of_one_gig(scene: Scene) -> None:
    of = make.series(scene)
    found = db.session.scalars(series.of_company(scene.company_id, uuid4(), seen_by=scene.company)).all()
    assert not found
    mine = db.session.scalars(series.of_company(scene.company_id, scene.gig.id, seen_by=scene.company)).all()
    assert [UUID(str(each.id)) for each in mine] == [of.id]
