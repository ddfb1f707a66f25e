"""Top-ups: the floor rises between the yes and the pay day, and nobody is paid less than it."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import select

from marketplace.accounts import queries as people
from marketplace.core.db import db, transaction
from marketplace.core.money import Money
from marketplace.gigs import funding
from marketplace.gigs.models import Gig, GigFunding
from marketplace.gigs.rules import FundingKind
from marketplace.ledger import queries as books
from marketplace.pay.models import PayLine
from marketplace.shifts.models import Booking
from marketplace.shifts.timesheet_models import TimesheetLine
from marketplace.standards.floor import Period
from marketplace.standards.line_kinds import LineKind
from marketplace.standards.models import RegionVersion
from marketplace.standards.verdicts import Confidence
from tests.factories import gigs, pay, standards
from tests.factories import shifts as make
from tests.factories.shifts import MONDAY, Scene
from tests.pay.books import everything_holds
from tests.web.visitor import Visitor


def usd(amount: str) -> Money:
    return Money.of(amount, "USD")


def kansas_asks(wage: str, since: date) -> None:
    """A minimum wage of Kansas from that day on; before it 7.25."""
    with transaction():
        db.session.add_all([_kansas(1, "7.25", date(2026, 1, 1)), _kansas(2, wage, since)])


def _kansas(version: int, wage: str, since: date, currency: str = "USD") -> RegionVersion:
    return RegionVersion(
        country="US",
        subdivision="US-KS",
        version=version,
        valid_from=since,
        currency=currency,
        timezones=["America/Chicago"],
        min_wage=Decimal(wage),
        min_wage_period=Period.HOUR,
        min_wage_confidence=Confidence.HIGH,
        weekly_hours=Decimal(40),
        source="a statute of the test",
        as_of=since.isoformat(),
        notes="",
    )


def approved(scene: Scene, starts_at: datetime = MONDAY) -> Booking:
    """Four hours at 15.00, worked and approved."""
    with transaction():
        booking = make.worked(scene, starts_at=starts_at)
        pay.approved(scene, booking)
    return booking


def top_ups(booking: Booking) -> list[tuple[int, Money, Money | None, str]]:
    found = select(PayLine).where(PayLine.booking_id == booking.id, PayLine.kind == LineKind.TOP_UP)
    return [(line.seconds // 60, line.money, line.rate, line.rule) for line in db.session.scalars(found)]


STATUTE = {
    "kind": "minimum_wage",
    "period": "hour",
    "source": "a statute of the test",
    "as_of": MONDAY.date().isoformat(),
}


def floor_of(booking: Booking) -> dict[str, Any] | None:
    found = select(PayLine.floor).where(PayLine.booking_id == booking.id, PayLine.kind == LineKind.TOP_UP)
    return db.session.scalars(found).one()


def fundings(scene: Scene) -> list[tuple[FundingKind, Money]]:
    found = select(GigFunding).where(GigFunding.gig_id == scene.gig.id).order_by(GigFunding.id)
    return [(row.kind, row.money) for row in db.session.scalars(found)]


def test_a_floor_that_rose_after_the_yes_is_topped_up_when_the_work_is_paid(app: Flask) -> None:
    """Four hours at 15.00 in Kansas, whose minimum wage is 16.00 from that Monday on: 4.00 more, and health is 4 % of
    64.00, 2.56 instead of 2.40. The 4.16 that the yes did not hold come out of the gig's hold."""
    with transaction():
        scene = make.scene()
    booking = approved(scene)
    kansas_asks("16.00", MONDAY.date())
    before = books.balance(scene.gig.hold_account, "USD")
    pay.paid()
    assert top_ups(booking) == [(240, usd("4.00"), usd("1.00"), "TOP_UP")]
    assert floor_of(booking) == STATUTE | {"amount": "16.00", "currency": "USD", "exchange": None}
    assert pay.payslip_of(booking.contractor_id).net == usd("64.00")
    assert books.balance(scene.gig.hold_account, "USD") == before - usd("4.16")
    everything_holds()


def test_a_floor_in_another_currency_is_kept_with_the_rate_it_was_compared_by(client: FlaskClient) -> None:
    """15.00 EUR at 1.10 USD for one are 16.50 USD: four hours at 15.00 USD lack 6.00. A rate of that day which is
    entered later changes no payslip, and the line says which one it was; its page and its paper, too."""
    with transaction():
        scene = make.scene()
    booking = approved(scene)
    with transaction():
        db.session.add_all([_kansas(1, "7.25", date(2026, 1, 1)), _kansas(2, "15.00", MONDAY.date(), "EUR")])
        db.session.add(standards.rate("EUR", "USD", "1.10", MONDAY.date()))
    pay.paid()
    with transaction():
        db.session.add(standards.rate("EUR", "USD", "2.00", MONDAY.date()))
    assert top_ups(booking) == [(240, usd("6.00"), usd("1.50"), "TOP_UP")]
    used = {"base": "EUR", "quote": "USD", "rate": "1.1", "quoted_on": MONDAY.date().isoformat()}
    asked = {"amount": "15.00", "currency": "EUR", "exchange": used | {"source": standards.SOURCE}}
    assert floor_of(booking) == STATUTE | asked
    address = f"/work/pay/{pay.payslip_of(booking.contractor_id).id}"
    visitor = Visitor(client).signed_in(people.person(booking.contractor_id))
    told = "Topped up to the floor: minimum wage of 15 EUR an hour; a statute of the test; 1 EUR = 1.1 USD"
    assert told in " ".join(visitor.look(address).words.split())
    paper = PdfReader(BytesIO(client.get(f"{address}/payslip.pdf").data))
    assert "15 EUR an hour" in " ".join("".join(page.extract_text() for page in paper.pages).split())


def test_the_day_of_the_work_decides(app: Flask) -> None:
    with transaction():
        scene = make.scene()
    booking = approved(scene)
    kansas_asks("16.00", MONDAY.date() + timedelta(days=1))
    pay.paid()
    assert (top_ups(booking), pay.payslip_of(booking.contractor_id).net) == ([], usd("60.00"))


def test_unpaid_minutes_count_and_the_rate_itself_is_enough_at_the_floor(app: Flask) -> None:
    """With ten unpaid minutes to the hour 15.00 are 12.857 for an hour: a wage of 12.86 asks for 15.01 (15.0034 rounded
    up), a cent more, and one of 12.85 for nothing."""
    with transaction():
        scene = make.scene()
        db.session.get_one(Gig, scene.gig.id).unpaid = {"reading": 10}
    booking = approved(scene)
    kansas_asks("12.86", MONDAY.date())
    pay.paid()
    assert top_ups(booking) == [(240, usd("0.04"), usd("0.01"), "TOP_UP")]


def test_without_the_company_s_money_the_service_advances_it_and_takes_it_back(app: Flask) -> None:
    with transaction():
        scene = make.scene(minutes=240)
    booking = approved(scene)
    kansas_asks("16.00", MONDAY.date())
    with transaction():
        gigs.money_for(scene.company_id, usd("1.00"))
    pay.paid()
    assert pay.payslip_of(booking.contractor_id).net == usd("64.00")
    assert fundings(scene)[1:] == [(FundingKind.FUNDED, usd("1.00")), (FundingKind.ADVANCED, usd("3.16"))]
    assert books.balance(funding.GUARANTEE, "USD") == usd("-3.16")
    everything_holds()
    for paid_in in ("2.00", "5.00"):
        with transaction():
            gigs.money_for(scene.company_id, usd(paid_in))
            assert funding.recover_due(10) == 1
    assert fundings(scene)[3:] == [(FundingKind.RECOVERED, usd("2.00")), (FundingKind.RECOVERED, usd("1.16"))]
    assert books.balance(funding.GUARANTEE, "USD") == usd("0")
    with transaction():
        assert funding.recover_due(10) == 0
    everything_holds()


def test_work_at_night_is_promised_held_and_paid(app: Flask) -> None:
    """From 20:00 to midnight in Kansas: two hours at 10 % more, 3.00, are promised, held and on the payslip."""
    evening = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
    with transaction():
        scene = make.scene()
    booking = approved(scene, evening)
    line = db.session.scalars(select(TimesheetLine).where(TimesheetLine.booking_id == booking.id)).one()
    assert (booking.night_minutes, booking.night_zone, line.night_minutes) == (120, "America/Chicago", 120)
    assert booking.held == usd("70.52")
    pay.paid()
    assert pay.payslip_of(booking.contractor_id).net == usd("63.00")
    everything_holds()
