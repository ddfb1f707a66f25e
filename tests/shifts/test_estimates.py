"""What shifts will cost: the estimate is what a yes holds, and the company hears how far its money reaches."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.accounts import queries as people
from marketplace.accounts.rules import Actor
from marketplace.contracts import crews
from marketplace.core.db import db, transaction
from marketplace.core.events import Event, timeline
from marketplace.core.money import Money
from marketplace.gigs.rules import Criteria, Where
from marketplace.notices.models import Notice
from marketplace.shifts import bulk, costing, estimates, scheduling
from marketplace.shifts.eligibility import Busy, Seat, place_of
from marketplace.shifts.estimates import Seats
from marketplace.shifts.terms import highest, price_input, work_of
from marketplace.standards.hazard import HazardClass
from marketplace.standards.hours import Span
from marketplace.standards.piece_rates import Pieces
from marketplace.standards.premium_days import Place
from marketplace.standards.rates import cost, price
from tests.factories import accounts
from tests.factories import shifts as make
from tests.factories.shifts import MONDAY, ZONE
from tests.shifts.test_eligibility import ANA, SEAT
from tests.web.visitor import Visitor

Statements = Callable[[], AbstractContextManager[list[str]]]
Work = Callable[[], int]
CHRISTMAS = datetime(2026, 12, 25, 1, tzinfo=UTC)
"""Eight in the morning in Jakarta, and seven in the evening of the day before in Kansas."""
HOUR = timedelta(hours=1)
BOTH = Criteria(places=(Where("ID"), Where("US", "US-KS")))
HOMES = {
    "ID": Place("ID", None, ZoneInfo("Asia/Jakarta"), Decimal(40), Decimal("1.5")),
    "US-KS": Place("US", "US-KS", ZoneInfo("America/Chicago"), Decimal(40), Decimal("1.5")),
    "US-CA": Place("US", "US-CA", ZoneInfo("America/Los_Angeles"), Decimal(40), Decimal("1.5")),
    "PH": Place("PH", None, ZoneInfo("Asia/Manila"), Decimal(48), Decimal("1.25")),
    "BR": Place("BR", None, ZoneInfo("America/Sao_Paulo")),
    "DE": Place("DE", None, ZoneInfo("Europe/Berlin"), Decimal(48)),
}


def usd(amount: str) -> Money:
    return Money.of(amount, "USD")


def money(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "USD"}


SEATS = st.builds(
    lambda begins, minutes, hazard, margin, pieces, added, training: replace(
        SEAT,
        span=Span(begins, begins + timedelta(minutes=minutes)),
        hazard_class=hazard,
        margin=None if margin is None else Money(margin, "USD"),
        pieces=None if pieces is None else Pieces(Money(pieces, "USD"), minutes, instead_of_wages=added > 30),
        added_minutes=added,
        is_training=training,
    ),
    st.integers(-700, 700).map(lambda quarters: CHRISTMAS + quarters * timedelta(minutes=15)),
    st.integers(15, 960),
    st.sampled_from(HazardClass),
    st.none() | st.integers(0, 333),
    st.none() | st.integers(1, 77),
    st.integers(0, 60),
    st.booleans(),
)  # fmt: skip


@given(seat=SEATS, homes=st.lists(st.sampled_from(sorted(HOMES)), min_size=1, unique=True), number=st.integers(0, 9))
def test_the_estimate_of_a_known_person_is_what_their_yes_holds(seat: Seat, homes: list[str], number: int) -> None:
    """To the minor unit, wherever they live and whenever it is; and everybody's hold lies between least and most."""
    places = tuple(HOMES[name] for name in homes)
    place = places[number % len(places)]
    person = replace(
        ANA, country=place.country, subdivision=place.subdivision, zone=place.zone, weekly_hours=place.weekly_hours,
        overtime_multiplier=place.overtime_multiplier,
    )  # fmt: skip
    held = highest(price_input(seat, person), seat)
    alone = estimates.estimate([Seats(work_of(seat), 1, (place_of(person),))], "USD")
    assert alone.least == alone.most == held
    assert sum(part.most.amount for part in alone.parts) == held.amount
    found = estimates.estimate([Seats(work_of(seat), 1, places)], "USD")
    assert found.least <= held <= found.most


def test_a_yes_to_stand_by_holds_what_the_pieces_cost_in_fewer_minutes() -> None:
    """Ten hours in California, the last two of them overtime, with 300 pieces at 0.50. Called after an hour, whoever
    stands by has 300 pieces in nine hours, and each of the two earns more by them; so much is held, and estimated."""
    seat = replace(SEAT, span=Span(MONDAY, MONDAY + 10 * HOUR), pieces=Pieces(usd("0.50"), 300))
    standby, person = replace(seat, is_standby=True), replace(ANA, subdivision="US-CA")
    called = {"work_minutes": 540, "standby_minutes": 60, "pieces": seat.pieces}
    costs = cost(price(replace(price_input(standby, person), **called)))
    assert highest(price_input(seat, person), seat) < costs <= highest(price_input(standby, person), standby)
    seats = Seats(work_of(seat), 1, (place_of(person),))
    assert seats.standing_by(60) == highest(price_input(standby, person), standby)


def test_a_full_week_is_told_as_what_a_person_who_has_one_costs() -> None:
    """Four hours at 15.00 for somebody in Kansas who works eight hours on five other days: 30.00 more for half the
    rate, and 1.20 to health on it: 98.60 in place of 67.40."""
    seats = Seats(work_of(SEAT), 1, (HOMES["US-KS"],))
    week = [MONDAY - HOUR + timedelta(days=day) for day in range(1, 6)]
    busy = [Busy(Span(begins, begins + 8 * HOUR), HazardClass.H0) for begins in week]
    person = replace(ANA, busy=busy, weekly_hours=Decimal(40), overtime_multiplier=Decimal("1.5"))
    assert (seats.highest, seats.full_week) == (usd("67.40"), usd("98.60"))
    assert highest(price_input(SEAT, person), SEAT) == seats.full_week


def test_the_money_reaches_for_the_earliest_seats_first() -> None:
    """100.00 for three seats of 30.00 tomorrow and two of 40.00 today: both of today, none of tomorrow, since what is
    left is less than one. What people cost who stand by is needed, too."""
    tomorrow, today = (MONDAY + timedelta(days=day) for day in (1, 0))
    found = estimates.cover(usd("100.00"), [(tomorrow, 3, usd("30.00")), (today, 2, usd("40.00"))], usd("5.00"))
    assert (found.seats, found.open_seats, found.covered, found.needed, found.missing) == (
        5,
        5,
        2,
        usd("175.00"),
        usd("75.00"),
    )


def test_the_nearest_times_alone_are_looked_at_and_it_is_said_of_how_many(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """50 times of two seats and one who stands by, of which the nearest 24 with those who stand by are 48 rows: each
    seat costs 16.85 for its hour, and so does who may be called. One time that is planned is looked at beside them. By
    then the plan is committed, so that no yes waits for the reading: where that fails the plan stands, and whoever asks
    again under the key is told, then has the same answer."""
    read, commit = costing.beside, Session.commit
    commits: list[None] = []
    before: list[int] = []

    def told(*args: UUID, **more: Actor) -> dict[str, Any]:
        before.append(len(commits))
        if len(before) == 1:
            raise RuntimeError
        return read(*args, **more)

    monkeypatch.setattr(costing, "beside", told)
    there = make.scene(minutes=90_000, pilot=True)
    begins = [MONDAY + number * 24 * HOUR for number in range(50)]
    lines = (f"{at:%Y-%m-%d},{at:%H:%M},{at + HOUR:%H:%M},2,1" for at in begins)
    sheet = {"content": "\n".join(["day,begins,ends,seats,standby", *lines]), "timezone": "UTC", "seats": 1}
    headers = accounts.bearer(there.company)
    keyed = headers | {"Idempotency-Key": str(uuid4())}
    sheet |= {"gig_id": str(there.gig.id)}
    monkeypatch.setattr(Session, "commit", lambda self: commits.append(commit(self)))
    failed, first, again = (client.post("/api/v1/shifts/sheet", json=sheet, headers=keyed) for _ in range(3))
    assert (before, again.headers["Idempotency-Replayed"], again.json) == ([1, 2], "true", first.json)
    made = first.json
    assert (failed.status_code, failed.json) == (201, made | {"funds": None, "unreached": None})
    assert made["unreached"] == []
    assert (made["funds"]["seats"], made["funds"]["open_seats"]) == (48, 100)
    assert made["funds"]["needed"] == money(str(usd("16.85") * 72).split()[0])
    plan = {"gig_id": str(there.gig.id), "starts_at": (begins[-1] + 9 * HOUR).isoformat(), "timezone": ZONE, "seats": 3}
    plan |= {"ends_at": (begins[-1] + 10 * HOUR).isoformat()}
    price = client.post("/api/v1/shifts/price", json=plan, headers=headers).json
    assert (price["funds"]["seats"], price["funds"]["open_seats"]) == (51, 103)
    owner = Visitor(client).signed_in(people.person(there.company.person_id))
    page = owner.look(f"/company/{there.company_id}/gigs/{there.gig.id}").html
    assert "any that are planned here: 48 of its 100 open seats" in page


def test_a_shift_on_christmas_is_dear_in_jakarta_and_the_yes_holds_what_was_said(client: FlaskClient) -> None:
    """Eight hours. In Kansas, where it is 19:00 to 03:00, five of them at night: 120.00 and 7.50, 4.00 sick leave, 5.10
    health, 6.00 fee: 142.60. In Jakarta the day doubles the pay: 240.00, 4.00, 9.60, 6.00: 259.60. So the money for
    two seats at the most is no money for five, and says so before and after; and a yes takes what was said."""
    there = make.scene(criteria=BOTH)
    ana = make.contracted(there, country="ID", subdivision=None, timezone="Asia/Jakarta")
    bea = make.contracted(there)
    plan = {
        "gig_id": str(there.gig.id), "starts_at": CHRISTMAS.isoformat(), "ends_at": (CHRISTMAS + 8 * HOUR).isoformat(),
        "timezone": ZONE, "seats": 5,
    }  # fmt: skip
    headers = accounts.bearer(there.company)
    price = client.post("/api/v1/shifts/price", json=plan, headers=headers).json
    assert (price["estimate"]["least"]["amount"], price["work"]["amount"]) == ("713.00", "1298.00")
    parts = {part["kind"]: (part["least"]["amount"], part["most"]["amount"]) for part in price["estimate"]["parts"]}
    assert parts["night"] == ("37.50", "0.00")
    assert parts["holiday"] == ("0.00", "600.00")
    (dearest,) = price["estimate"]["most_for"]
    assert (dearest["country"], dearest["days"][0]["steps"], price["by_people"]) == ("ID", [[480, 200]], True)
    funds = {"held": money("674.00"), "needed": money("1298.00"), "missing": money("624.00"), "seats": 5, "covered": 2}
    funds |= {"open_seats": 5}
    made = client.post("/api/v1/shifts", json=plan, headers=headers | {"Idempotency-Key": str(uuid4())}).json
    assert price["funds"] == made["funds"] == funds
    shift = scheduling.own_shift(made["id"], by=there.company)
    for who, held in ((bea, "142.60"), (ana, "259.60")):
        assert make.accepted(make.offered(there, shift, who)).held == usd(held)
    left = costing.funds_of(there.gig.id, seen_by=there.company)
    assert (left.held, left.seats, left.covered) == (usd("674.00") - usd("142.60") - usd("259.60"), 3, 1)


def test_previews_price_the_lead_and_ask_as_much_for_many_rows_as_for_one(
    client: FlaskClient, statements: Statements
) -> None:
    """The lead of the crew briefs for 15 minutes and checks for 30: 3.75 and 7.50, 0.13 and 0.25 sick leave, 0.15 and
    0.30 health, 0.19 and 0.38 fee, which are 12.65, for each shift."""
    there = make.scene(minutes=90_000, pilot=True)
    ana = make.contracted(there)
    crew = crews.make(there.company_id, "Night desk", by=there.company)
    crews.add(crew.id, [ana.id], by=there.company)
    crews.name_lead(crew.id, ana.id, 15, 30, by=there.company)
    far = (MONDAY + timedelta(days=14)).date()
    days = {
        "rule": "FREQ=DAILY;COUNT=1",
        "first_day": far.isoformat(),
        "begins": "09:00",
        "ends": "13:00",
        "timezone": ZONE,
    }
    asked = days | {"gig_id": str(there.gig.id), "seats": 1, "crew_id": str(crew.id)}
    shown = client.post("/api/v1/shift-series/preview", json=asked, headers=accounts.bearer(there.company)).json
    assert (shown["price"]["lead"]["amount"], shown["price"]["estimate"]["seats"]) == ("12.65", 1)
    taken = []
    for count in (1, 200):
        begins = [MONDAY + timedelta(days=20) + number * 24 * HOUR for number in range(count)]
        lines = (f"{at:%Y-%m-%d},{at:%H:%M},{at + HOUR:%H:%M}" for at in begins)
        text = "\n".join(["day,begins,ends", *lines])
        with statements() as seen:
            look = bulk.look(there.gig.id, text, "UTC", 2, crew.id, by=there.company)
        assert (look.faults, look.price.estimate.seats, look.price.lead) == ([], 2 * count, usd("12.65") * count)
        taken.append(len(seen))
    assert taken[1] <= taken[0]


def test_a_yes_that_finds_no_money_tells_the_company_once(client: FlaskClient, work: Work) -> None:
    """By API and by page alike; again once more money was set aside and did not reach either."""
    with transaction():
        there = make.scene(minutes=240)
        shift = make.shift(there, seats=3)
        people_asked = [make.contracted(there) for _ in range(3)]
        first, *rest = make.asked(there, shift, people_asked)
        make.accepted(first)
    asked = [(offer, accounts.bearer(accounts.actor_of(offer.contractor_id))) for offer in rest]
    told = []
    for offer, headers in (*asked, *asked):
        answer = client.post(f"/api/v1/offers/{offer.id}/accept", headers=headers | {"Idempotency-Key": str(uuid4())})
        assert answer.json["code"] == "gig_out_of_funds"
        work()
        told.append([event.name for event in timeline("gig", there.gig.id)].count("gig.out_of_funds"))
    assert told == [1, 1, 1, 1]
    make.more_money(there, usd("1.00"))
    visitor = Visitor(client).signed_in(people.person(rest[0].contractor_id))
    assert visitor.send(f"/work/offers/{rest[0].id}", "/accept").status == 409
    work()
    assert [event.name for event in timeline("gig", there.gig.id)].count("gig.out_of_funds") == 2
    heard = select(func.count()).select_from(Notice).join(Event, Event.id == Notice.event_id)
    heard = heard.where(Notice.person_id == there.company.person_id, Event.name == "gig.out_of_funds")
    assert db.session.scalar(heard) == 2
