"""What days that earn more are paid: promised with the yes, held, paid under the day's own name, and told."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import select

from marketplace.accounts import queries as people
from marketplace.core.db import db, transaction
from marketplace.core.money import Money
from marketplace.gigs.rules import Criteria, Where
from marketplace.pay.models import PayLine
from marketplace.pay.runs import so_far, works
from marketplace.pay.runs.lines import owed
from marketplace.shifts import attendance, timesheets
from marketplace.shifts.models import Booking, Offer
from marketplace.shifts.timesheet_models import Timesheet, TimesheetLine
from marketplace.shifts.timesheet_rules import TimesheetStatus
from marketplace.standards.line_kinds import LineKind
from tests.factories import accounts, pay, shifts
from tests.factories.shifts import Scene
from tests.pay.books import everything_holds
from tests.web.visitor import Visitor

NATAL = "Hari Raya Natal"


def usd(amount: str) -> Money:
    return Money.of(amount, "USD")


def booked_at_15(
    begins: datetime, hours: int, country: str = "ID", zone: str = "Asia/Jakarta"
) -> tuple[Scene, Booking]:
    """Somebody there who said yes to a shift of so many hours, at 15.00 an hour."""
    scene = shifts.scene(criteria=Criteria(places=(Where(country),)))
    ana = shifts.contracted(scene, country=country, subdivision=None, timezone=zone)
    offer = shifts.offered(scene, shifts.shift(scene, begins, hours, zone=zone), ana)
    booking = shifts.accepted(offer)
    assert str(booking.held.decimal) == offer.terms["company_cost"]["amount"]
    return scene, booking


def worked(scene: Scene, booking: Booking, left: timedelta) -> None:
    """From its start to so long before its end, and approved."""
    me = accounts.actor_of(booking.contractor_id)
    shifts.at(booking.starts_at)
    attendance.clock_in(booking.id, by=me)
    shifts.at(booking.ends_at - left)
    attendance.clock_out(booking.id, by=me)
    sheet = db.session.scalars(select(Timesheet).where(Timesheet.contractor_id == booking.contractor_id)).one()
    if sheet.status is TimesheetStatus.OPEN:
        timesheets.submit(sheet.id, by=me)
    pay.approved(scene, booking)


def premium(booking: Booking) -> PayLine:
    found = select(PayLine).where(PayLine.booking_id == booking.id, PayLine.kind == LineKind.HOLIDAY_PREMIUM)
    return db.session.scalars(found).one()


def test_christmas_is_promised_held_and_paid_by_name(client: FlaskClient) -> None:
    """Ten hours on Christmas Day in Jakarta: beside 150.00 of wages the first eight hours earn 120.00 more, the ninth
    30.00 and the tenth 45.00. Who leaves half an hour early loses half of the tenth. Page, paper and API name the day,
    and the hold of what is not paid yet is what is paid."""
    with transaction():
        scene, booking = booked_at_15(datetime(2026, 12, 25, 1, tzinfo=UTC), 10)
        terms = db.session.get_one(Offer, booking.offer_id).terms
        assert (terms["pay"]["amount"], terms["overtime_minutes"]) == ("345.00", 0)
        worked(scene, booking, timedelta(minutes=30))
        (due,) = so_far.not_yet_paid(booking.ends_at, among=[booking.id])
        (priced,) = works.of_timesheets(
            db.session.scalars(select(TimesheetLine.timesheet_id).where(TimesheetLine.booking_id == booking.id)).all()
        )
        assert due.minutes == priced.minutes
    pay.paid()
    line, slip = premium(booking), pay.payslip_of(booking.contractor_id)
    assert (line.minutes, line.money, line.rate, line.rule) == (570, usd("172.50"), None, "PUBLIC_HOLIDAY")
    assert slip.net == usd("315.00")
    (day,) = line.premium_days or ()
    assert (day["on"], day["name"], day["steps"]) == ("2026-12-25", NATAL, [[480, 200], [60, 300], [30, 400]])
    visitor = Visitor(client).signed_in(people.person(booking.contractor_id))
    rates = "8 h at 200 % of the rate, 1 h at 300 % of the rate, 30 min at 400 % of the rate"
    told = f"{NATAL}, Friday, December 25, 2026: {rates}"
    assert told in " ".join(visitor.look(f"/work/pay/{slip.id}").words.split())
    assert told in " ".join(visitor.look(f"/work/timesheets/{line.timesheet_id}").words.split())
    assert NATAL in visitor.look(f"/work/shifts/{booking.id}").words
    paper = PdfReader(BytesIO(client.get(f"/work/pay/{slip.id}/payslip.pdf").data))
    assert NATAL in " ".join("".join(page.extract_text() for page in paper.pages).split())
    everything_holds()


@pytest.mark.parametrize(
    ("begins", "left", "minutes"),
    [
        # 20:00 on Christmas Eve to 02:00: two hours of the day itself, of which whoever leaves at one has one.
        (datetime(2026, 12, 24, 13, tzinfo=UTC), timedelta(), 120),
        (datetime(2026, 12, 24, 13, tzinfo=UTC), timedelta(hours=1), 60),
        # 22:00 on the day to 04:00, and left at one: both hours of the day were worked.
        (datetime(2026, 12, 25, 15, tzinfo=UTC), timedelta(hours=3), 120),
    ],
)
def test_a_shift_across_midnight_is_split_where_its_person_lives(
    client: FlaskClient, begins: datetime, left: timedelta, minutes: int
) -> None:
    with transaction():
        scene, booking = booked_at_15(begins, 6)
        worked(scene, booking, left)
    pay.paid()
    line = premium(booking)
    assert (line.minutes, line.money, line.rate) == (minutes, usd("15.00") * Fraction(minutes, 60), usd("15.00"))
    everything_holds()


def test_a_sixth_day_of_work_in_jakarta_is_paid_as_a_day_of_rest(client: FlaskClient) -> None:
    """After five booked days of seven and a half hours a sixth, yes said to it last, earns twice the rate."""
    with transaction():
        scene = shifts.scene(criteria=Criteria(places=(Where("ID"),)))
        ana = shifts.contracted(scene, country="ID", subdivision=None, timezone="Asia/Jakarta")
        shifts.more_money(scene, usd("300.00"))
        monday = shifts.MONDAY.replace(hour=1)
        for day in range(1, 6):
            shifts.booked(scene, ana, shifts.shift(scene, monday + timedelta(days=day), 7.5, zone="Asia/Jakarta"))
        booking = shifts.booked(scene, ana, shifts.shift(scene, monday, 2.5, zone="Asia/Jakarta"))
        worked(scene, booking, timedelta())
    pay.paid()
    found = select(PayLine).where(PayLine.booking_id == booking.id, PayLine.kind == LineKind.REST_DAY_PREMIUM)
    line = db.session.scalars(found).one()
    assert (line.minutes, line.money, line.rule) == (150, usd("37.50"), "REST_DAY")
    page = Visitor(client).signed_in(people.person(ana.id)).look(f"/work/pay/{line.payslip_id}")
    told = "Weekly day of rest, Monday, November 23, 2026: 2 h 30 min at 200 % of the rate"
    assert told in " ".join(page.words.split())
    everything_holds()


def test_two_hours_of_christmas_in_kuala_lumpur_are_paid_as_two_days(client: FlaskClient) -> None:
    """Of three hours two are worked: two days' wages, 240.00, are promised, held, and paid all the same."""
    with transaction():
        begins = datetime(2026, 12, 25, 1, tzinfo=UTC)
        scene, booking = booked_at_15(begins, 3, country="MY", zone="Asia/Kuala_Lumpur")
        assert db.session.get_one(Offer, booking.offer_id).terms["pay"]["amount"] == "240.00"
        worked(scene, booking, timedelta(hours=1))
        (due,) = so_far.not_yet_paid(booking.ends_at, among=[booking.id])
        assert owed(due) < booking.held
    pay.paid()
    line, slip = premium(booking), pay.payslip_of(booking.contractor_id)
    assert (line.minutes, line.money, line.rate, slip.net) == (120, usd("210.00"), None, usd("240.00"))
    visitor = Visitor(client).signed_in(people.person(booking.contractor_id))
    told = "2 h at 200 % of the rate, no less than the pay of 16 h in all"
    assert told in " ".join(visitor.look(f"/work/pay/{slip.id}").words.split())
    everything_holds()


def test_the_night_of_christmas_in_manila_is_paid_of_the_days_rate(client: FlaskClient) -> None:
    """Four hours to midnight: 60.00 of wages, as much for the day, and 10 % of both for the last two hours, 6.00. Who
    leaves at eleven has one of those. Offer, page and paper name the law's percentage."""
    with transaction():
        scene, booking = booked_at_15(datetime(2026, 12, 25, 12, tzinfo=UTC), 4, country="PH", zone="Asia/Manila")
        terms = db.session.get_one(Offer, booking.offer_id).terms
        assert (terms["pay"]["amount"], terms["night_law"]["steps"]) == ("126.00", [[120, 2000]])
        worked(scene, booking, timedelta(hours=1))
        (due,) = so_far.not_yet_paid(booking.ends_at, among=[booking.id])
        sheets = select(TimesheetLine.timesheet_id).where(TimesheetLine.booking_id == booking.id)
        (priced,) = works.of_timesheets(db.session.scalars(sheets).all())
        assert due.minutes == priced.minutes
    pay.paid()
    found = select(PayLine).where(PayLine.booking_id == booking.id, PayLine.kind == LineKind.NIGHT_PREMIUM)
    line, slip = db.session.scalars(found).one(), pay.payslip_of(booking.contractor_id)
    assert (line.minutes, line.money, line.rate, slip.net) == (60, usd("3.00"), usd("3.00"), usd("93.00"))
    assert line.night_law is not None
    assert line.night_law["steps"] == [[60, 2000]]
    visitor = Visitor(client).signed_in(people.person(booking.contractor_id))
    assert "1 h with 20 % more" in visitor.look(f"/work/pay/{slip.id}").words
    assert "2 h with 20 % more" in visitor.look(f"/work/shifts/{booking.id}").words
    paper = PdfReader(BytesIO(client.get(f"/work/pay/{slip.id}/payslip.pdf").data))
    assert "1 h with 20 % more" in " ".join("".join(page.extract_text() for page in paper.pages).split())
    everything_holds()
