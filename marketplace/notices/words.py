"""The words of a notice in the language of the moment, with the facts they name looked up for many events at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

from babel import Locale
from flask import current_app
from flask_babel import format_date, format_time, get_locale, gettext, lazy_gettext, ngettext
from flask_babel.speaklater import LazyString
from sqlalchemy import select

from marketplace.accounts.models import Company, Person
from marketplace.core.clock import zone
from marketplace.core.db import db
from marketplace.core.events import Event
from marketplace.core.money import Money
from marketplace.gigs.models import Gig
from marketplace.notices.rules import Telling
from marketplace.pay.bonuses.models import Bonus
from marketplace.pay.models import PaymentOp, Payslip
from marketplace.pay.runs.counts import PaidFor
from marketplace.qualifications.models import Qualification
from marketplace.shifts.handover_models import Handover
from marketplace.shifts.models import Booking, Shift


@dataclass(frozen=True, slots=True)
class Said:
    """A line and what stands below it."""

    title: str
    words: str


class Known:
    """The names, times and amounts behind the ids of some events: one statement for each kind, however many events."""

    def __init__(self, events: Sequence[Event]) -> None:
        self._companies = _column(Company.id, Company.legal_name, events, "company")
        self._gigs = _column(Gig.id, Gig.title, events, "gig")
        self._people = _column(Person.id, Person.name, events, "contractor")
        self._tests = _column(Qualification.id, Qualification.title, events, "qualification")
        self._shifts = {row.id: row for row in _rows(Shift, events, "shift")}
        # A request to take a shift over names the booking alone, so that nothing of it is told to the company.
        alone = [event for event in events if event.ref("handover") is not None]
        self._seats = {row.id: row for row in _handed(alone)} if alone else {}
        told = [event for event in events if event.ref("cover") is not None]
        self._covers = {row.id: row for row in _covered(told)} if told else {}
        self._payments = {row.id: row for row in _rows(PaymentOp, events, "payment")}
        self._payslips = {row.id: row for row in _rows(Payslip, events, "payslip")}
        self._bonuses = {row.id: row for row in _rows(Bonus, events, "bonus")}

    def say(self, event: Event, telling: Telling, *, link: str = "", code: str = "") -> Said:
        """The words about one of the events, in the language of the moment."""
        facts = {
            "company": self._companies.get(event.ref("company"), ""),
            "gig": self._gigs.get(event.ref("gig"), self._gig(event)),
            "contractor": self._people.get(event.ref("contractor"), ""),
            "shift": self._shift(event),
            "money": self._money(event),
            "test": self._tests.get(event.ref("qualification"), ""),
            "check": event.data.get("sentence", ""),
            "place": _place(event),
            "day": _day(event),
            "missing": ", ".join(str(MISSING[each]) for each in event.data.get("missing", ())),
            "late": _late(event),
            "link": link,
            "code": code,
            "home": current_app.config["BASE_URL"],
        }
        return Said(gettext(telling.title, **facts), gettext(telling.words, **facts))

    def _gig(self, event: Event) -> str:
        seat = self._seat(event)
        return "" if seat is None else str(seat.title)

    def _seat(self, event: Event) -> Any:
        return self._seats.get(event.ref("booking")) or self._covers.get(event.ref("handover"))

    def _shift(self, event: Event) -> str:
        shift = self._shifts.get(event.ref("shift")) or self._seat(event)
        return "" if shift is None else span(shift.starts_at, shift.ends_at, shift.timezone)

    def _money(self, event: Event) -> str:
        payment, payslip = self._payments.get(event.ref("payment")), self._payslips.get(event.ref("payslip"))
        if payment is not None:
            words = _amount(payment.money)
            if payment.moves_real_money:
                return words
            return str(gettext("%(money)s (sandbox: no money moves)", money=words))
        if payslip is not None:
            return _amount(payslip.net)
        bonus = self._bonuses.get(event.ref("bonus"))
        return "" if bonus is None else _amount(bonus.money)


def span(start: datetime, end: datetime, place: str) -> str:
    """From when to when in the zone, which is named: "6 Mar 2023, 9:00 to 13:00 (America/Chicago)"."""
    first, last = (moment.astimezone(zone(place)) for moment in (start, end))
    if first.date() == last.date():
        ends = format_time(last, "short", rebase=False)
    else:
        ends = f"{format_date(last, 'medium', rebase=False)}, {format_time(last, 'short', rebase=False)}"
    day, begins = format_date(first, "medium", rebase=False), format_time(first, "short", rebase=False)
    return str(gettext("%(day)s, %(begins)s to %(ends)s (%(zone)s)", day=day, begins=begins, ends=ends, zone=place))


def _place(event: Event) -> str:
    """ "Kenya", or "United States (US-KS)"."""
    code = str(event.data.get("place", ""))
    country = code.partition("-")[0]
    name = str((get_locale() or Locale("en")).territories.get(country, country))
    return name if code == country else f"{name} ({code})"


MISSING: Mapping[str, LazyString] = MappingProxyType(
    {
        "answer": lazy_gettext("an answer"),
        "receipt": lazy_gettext("a receipt"),
        "service_documentation": lazy_gettext("a paper of what was ordered and delivered"),
        "customer_communication": lazy_gettext("a paper of what was written about it"),
        "stuck": lazy_gettext("the answer was handed in and is stuck on its way"),
    }
)
"""What a bank has not been told yet, by the names that the event of a deadline has for it."""


LATE: Mapping[PaidFor, LazyString] = MappingProxyType(
    {
        PaidFor.TIMESHEET: lazy_gettext("the timesheet of the week from %(day)s on"),
        PaidFor.RULING: lazy_gettext("what a ruling restored in the week from %(day)s on"),
        PaidFor.BACK_PAY: lazy_gettext("back-pay for the week from %(day)s on"),
        PaidFor.TEST: lazy_gettext("the test of %(day)s"),
        PaidFor.GUARANTEE: lazy_gettext("guaranteed hours of the week from %(day)s on"),
        PaidFor.BONUS: lazy_gettext("the bonus of %(day)s"),
        PaidFor.BENEFIT: lazy_gettext("the benefit that you asked for on %(day)s"),
        PaidFor.RAIL_FEE: lazy_gettext("what the payment rail kept on %(day)s"),
    }
)
"""What can be late, kind by kind. Tax that is given back is reckoned by nobody."""
MOST_LATE = 5
"""How many things of one person's a notice names; their page of pay has all."""


def late_words(kind: PaidFor, day: date) -> str:
    return str(LATE[kind]) % {"day": format_date(day, "medium")}


def _late(event: Event) -> str:
    found = event.data.get("late", ())
    said = [late_words(PaidFor(each["kind"]), date.fromisoformat(each["day"])) for each in found[:MOST_LATE]]
    if more := len(found) - len(said):
        said.append(ngettext("%(num)d more", "%(num)d more", more))
    return ", ".join(said)


def _day(event: Event) -> str:
    """The day that an event names as `until`."""
    said = event.data.get("until")
    return "" if said is None else format_date(date.fromisoformat(said[:10]), "long")


def _amount(money: Money) -> str:
    words = money.format(str(get_locale() or "en"))
    return words if any(letter.isalpha() for letter in words) else f"{words} {money.currency}"


def _ids(events: Sequence[Event], word: str) -> set[UUID]:
    return {found for event in events if (found := event.ref(word)) is not None}


def _handed(events: Sequence[Event]) -> Sequence[Any]:
    """The seats of some events, each with its shift's time and its gig's title."""
    columns = (Booking.id, Shift.starts_at, Shift.ends_at, Shift.timezone, Gig.title)
    found = select(*columns).join(Shift, Shift.id == Booking.shift_id).join(Gig, Gig.id == Booking.gig_id)
    return db.session.execute(found.where(Booking.id.in_(_ids(events, "booking")))).all()


def _covered(events: Sequence[Event]) -> Sequence[Any]:
    """The seats that some requests are about, by the request, each with its shift's time and its gig's title."""
    columns = (Handover.id, Shift.starts_at, Shift.ends_at, Shift.timezone, Gig.title)
    found = select(*columns).join(Shift, Shift.id == Handover.shift_id).join(Gig, Gig.id == Handover.gig_id)
    return db.session.execute(found.where(Handover.id.in_(_ids(events, "handover")))).all()


def _column(key: Any, column: Any, events: Sequence[Event], word: str) -> dict[UUID | None, str]:
    ids = _ids(events, word)
    return {row[0]: row[1] for row in db.session.execute(select(key, column).where(key.in_(ids)))} if ids else {}


def _rows(model: Any, events: Sequence[Event], word: str) -> Sequence[Any]:
    ids = _ids(events, word)
    return db.session.scalars(select(model).where(model.id.in_(ids))).all() if ids else []
