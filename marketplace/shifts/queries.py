"""Reads of shifts, offers, bookings and timesheets; and the facts about people that eligibility asks for."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Date,
    DateTime,
    Row,
    ScalarSelect,
    Select,
    Uuid,
    any_,
    bindparam,
    cast,
    func,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import selectinload
from sqlalchemy.orm.attributes import set_committed_value

from marketplace.accounts.rules import Actor, Right, require_company, require_person
from marketplace.contracts import queries as contracts
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.lifecycle import WrongState
from marketplace.core.money import Money
from marketplace.core.problems import NotFound
from marketplace.gigs.models import Gig, criteria_of
from marketplace.gigs.piece_pay import most_of
from marketplace.gigs.rules import Criteria
from marketplace.qualifications import queries as qualifications
from marketplace.qualifications.levels import PaySteps
from marketplace.shifts.eligibility import AROUND, Agreed, Busy, Person, Seat, for_training
from marketplace.shifts.hours import scheduled_minutes
from marketplace.shifts.models import Booking, Offer, Shift
from marketplace.shifts.rules import ACTIVE_BOOKING, BookingStatus, OfferStatus
from marketplace.shifts.timesheet_models import Timesheet, TimesheetLine
from marketplace.shifts.timesheet_rules import TimesheetStatus
from marketplace.standards import queries as standards
from marketplace.standards.hazard import OPT_IN, HazardClass
from marketplace.standards.hours import Span
from marketplace.workforce import queries as workforce
from marketplace.workforce import restrictions
from marketplace.workforce.calendar import quiet_of
from marketplace.workforce.models import Contractor, HazardConsent, Language, Skill
from marketplace.workforce.rules import ContractorStatus, Level

COUNTS = (*ACTIVE_BOOKING, BookingStatus.WORKED, BookingStatus.STOOD_BY)
"""Bookings that count into a person's hours: what is promised, what was worked, and the time of standing by."""
GIVEN_BACK = (BookingStatus.RELEASED, BookingStatus.SICK, BookingStatus.TAKEN_OUT)
"""Bookings that gave their seat back before the work began."""
COUNTS_AS_WORKED = (*COUNTS, BookingStatus.SICK, BookingStatus.TAKEN_OUT)
"""Bookings that a score may count: illness, or a heavier class, takes hours and no point (SICK_CANCEL, HAZARD)."""


def shift(shift_id: UUID, *, seen_by: Actor) -> Shift:
    """A shift, for its company's members and operators always; for a contractor, if they were ever asked to take it."""
    found = db.session.get(Shift, shift_id)
    if found is None:
        raise NotFound
    if not _is_insider(found.company_id, seen_by):
        asked = select(Offer.id).where(Offer.shift_id == shift_id, Offer.contractor_id == require_person(seen_by))
        if db.session.scalar(asked.limit(1)) is None:
            raise NotFound
    return found


def company_shifts(company_id: UUID | None = None, gig_id: UUID | None = None, *, seen_by: Actor) -> Select[Shift]:
    """The shifts of the asker's companies; of one company, or of one gig, if it is named."""
    if company_id is not None:
        require_company(seen_by, company_id, Right.READ)
        found = select(Shift).where(Shift.company_id == company_id)
    else:
        readable = [known for known in seen_by.companies if seen_by.may(Right.READ, known)]
        found = select(Shift).where(Shift.company_id.in_(readable))
    return found if gig_id is None else found.where(Shift.gig_id == gig_id)


def offers_of_shift(shift_id: UUID, *, seen_by: Actor) -> Select[Offer]:
    """Every offer of a shift, for its company."""
    found = db.session.get(Shift, shift_id)
    if found is None:
        raise NotFound
    require_company(seen_by, found.company_id, Right.READ)
    return select(Offer).where(Offer.shift_id == shift_id)


def my_offers(status: OfferStatus | None = None, *, seen_by: Actor) -> Select[Offer]:
    """The offers made to the person, of one status if it is named."""
    found = select(Offer).where(Offer.contractor_id == require_person(seen_by))
    return found if status is None else found.where(Offer.status == status)


def offer(offer_id: UUID, *, seen_by: Actor) -> Offer:
    """One offer, for whom it was made to and for the company that made it."""
    found = db.session.get(Offer, offer_id)
    if found is None or not _may_see(found, seen_by):
        raise NotFound
    return found


def booking(booking_id: UUID, *, seen_by: Actor) -> Booking:
    """One booking with its time entries, for its person and its company."""
    found = db.session.get(Booking, booking_id, options=[selectinload(Booking.entries)], populate_existing=True)
    if found is None or not _may_see(found, seen_by):
        raise NotFound
    return found


def begun_or_not(found: Booking) -> Booking:
    """The booking of somebody who may see it, with its time entries. Of one whose work has not begun there are none, so
    nothing is read."""
    if found.status is not BookingStatus.BOOKED:
        return db.session.get_one(Booking, found.id, options=[selectinload(Booking.entries)], populate_existing=True)
    set_committed_value(found, "entries", [])
    return found


def my_bookings(status: BookingStatus | None = None, *, seen_by: Actor) -> Select[Booking]:
    """The person's bookings with their time entries, of one status if it is named."""
    found = select(Booking).where(Booking.contractor_id == require_person(seen_by))
    found = found.options(selectinload(Booking.entries))
    return found if status is None else found.where(Booking.status == status)


def bookings_of_shift(shift_id: UUID, *, seen_by: Actor) -> Select[Booking]:
    """The bookings of a shift with their time entries, for its company."""
    found = db.session.get(Shift, shift_id)
    if found is None:
        raise NotFound
    require_company(seen_by, found.company_id, Right.READ)
    return select(Booking).where(Booking.shift_id == shift_id).options(selectinload(Booking.entries))


def given_back(shift_id: UUID) -> Sequence[Row[UUID, datetime]]:
    """The bookings of a shift whose seat was free again before the work began, for whatever reason, and the `moment`
    since when, the newest first. The caller has made sure that the asker may know it."""
    moment = func.coalesce(Booking.off_at, Booking.sick_at).label("moment")
    found = select(Booking.id, moment).where(Booking.shift_id == shift_id, Booking.status.in_(GIVEN_BACK))
    return db.session.execute(found.order_by(moment.desc(), Booking.id.desc())).all()


def timesheet(timesheet_id: UUID, *, seen_by: Actor) -> Timesheet:
    """One timesheet with its lines, for its person, its company and operators."""
    found = db.session.get(Timesheet, timesheet_id, options=[_LINES], populate_existing=True)
    if found is None or not (seen_by.is_operator() or _may_see(found, seen_by)):
        raise NotFound
    return found


def timesheets(
    company_id: UUID | None = None, status: TimesheetStatus | None = None, *, seen_by: Actor
) -> Select[Timesheet]:
    """The person's own timesheets with their lines, or those of a company; of one status if it is named."""
    found = select(Timesheet).options(_LINES)
    if company_id is None:
        found = found.where(Timesheet.contractor_id == require_person(seen_by))
    else:
        require_company(seen_by, company_id, Right.READ)
        found = found.where(Timesheet.company_id == company_id)
    return found if status is None else found.where(Timesheet.status == status)


def check_same_shift(booking: Booking, shift: Shift) -> None:
    """Raises WrongState where the booking, read under its lock, is not of the shift that was locked before it: whoever
    stood by was given a seat meanwhile. The caller begins anew."""
    if booking.shift_id != shift.id:
        raise WrongState("It has changed since it was loaded.", state=str(booking.status))


def _is_insider(company_id: UUID, seen_by: Actor) -> bool:
    return seen_by.is_operator() or seen_by.may(Right.READ, company_id)


def _may_see(row: Offer | Booking | Timesheet, seen_by: Actor) -> bool:
    return seen_by.is_in_person(row.contractor_id) or seen_by.may(Right.READ, row.company_id)


_LINES = selectinload(Timesheet.lines).options(selectinload(TimesheetLine.booking), selectinload(TimesheetLine.cut))


# --- facts for eligibility --------------------------------------------------------------------------------------------


def seat_of(row: Shift | Row[Any], gig: Gig | Row[Any]) -> Seat:
    """A seat of the shift as the rules read it, at the gig's present rate; from the two, or from rows with their
    columns."""
    seat = Seat(
        span=Span(row.starts_at, row.ends_at),
        criteria=criteria_of(gig),
        hazard_class=gig.hazard_class,
        hazard_categories=tuple(gig.hazard_categories),
        rate=Money(gig.rate_amount, gig.currency),
        fee_percent=gig.fee_percent,
        margin=None if gig.margin_amount is None else Money(gig.margin_amount, gig.currency),
        company_id=row.company_id,
        gig_id=row.gig_id,
        work_kind=str(gig.work_kind),
        pay_steps=PaySteps.of(gig.steps),
        is_standby=row.standby_of is not None,
        pieces=most_of(gig, scheduled_minutes(row.starts_at, row.ends_at)),
    )
    return for_training(seat) if row.is_training else seat


def facts_of(company: Any, starts_at: Any, ends_at: Any) -> tuple[ColumnElement[Any], ...]:
    """What `persons()` reads of contractors for a seat of the company at that time, as columns of a statement about
    contractors; the arguments are other columns of it, or parameters. So a yes reads everything at once."""
    first, last = (cast(func.timezone("UTC", moment), Date) for moment in (starts_at, ends_at))
    begins, ends = starts_at - AROUND, ends_at + AROUND
    week, days = workforce.said_by(Contractor.id, first, last)
    who = (
        Contractor.id, Contractor.status, Contractor.born_on, Contractor.country, Contractor.subdivision,
        Contractor.timezone, Contractor.barred_until, Contractor.quiet_from_minute, Contractor.quiet_until_minute,
    )  # fmt: skip
    return (
        *(each.label(f"who_{each.key}") for each in who),
        contracts.held_by(Contractor.id, company, ends_at).label("held"),
        _shifts_of(Contractor.id, begins, ends).label("shifts"),
        qualifications.tried_by(Contractor.id, begins, ends).label("attempts"),
        week.label("week"),
        days.label("days"),
        standards.hours_in(Contractor.country, Contractor.subdivision, first).label("hours"),
    )


def people(contractors: Sequence[Contractor], company_id: UUID, seat: Seat) -> dict[UUID, Person]:
    """What the rules ask of these people for that seat: one statement, however many they are, and one more for each
    kind of fact that few seats ask for."""
    return _by_id(persons(_read(contractors, company_id, seat.span), [seat]))


def unsigned(contractors: Sequence[Contractor], around: Span) -> dict[UUID, Person]:
    """As `people`, for any work within that span of time and without anybody's contract."""
    return _by_id(_persons(_read(contractors, None, around), _Rare(True, True, True, True)))


def persons(rows: Sequence[Row[Any]], seats: Sequence[Seat]) -> list[Person]:
    """As `people`, of rows with the columns of `facts_of()`, each for a seat or all for one."""
    return _persons(rows, _asked_by(seats))


def _by_id(found: Sequence[Person]) -> dict[UUID, Person]:
    return {each.contractor_id: each for each in found}


@dataclass(frozen=True, slots=True)
class _Rare:
    """The kinds of facts that only some seats ask for, each by a statement of its own."""

    skills: bool
    languages: bool
    consents: bool
    proofs: bool


def _asked_by(seats: Sequence[Seat]) -> _Rare:
    return _Rare(
        skills=any(seat.criteria.skills for seat in seats),
        languages=any(seat.criteria.languages for seat in seats),
        consents=any(seat.hazard_class in OPT_IN for seat in seats),
        proofs=any(asks_for_proofs(seat.criteria, seat.pay_steps) for seat in seats),
    )


def _read(contractors: Sequence[Contractor], company_id: UUID | None, around: Span) -> Sequence[Row[Any]]:
    ids = [contractor.id for contractor in contractors]
    facts = {"ids": ids, "company": company_id, "starts_at": around.starts_at, "ends_at": around.ends_at}
    return db.session.execute(_PEOPLE, facts).all()


def _persons(rows: Sequence[Row[Any]], rare: _Rare) -> list[Person]:
    ids, now = [row.who_id for row in rows], clock.now()
    skilled = _skills(ids) if rare.skills else {}
    spoken = _languages(ids) if rare.languages else {}
    given = _consents(ids) if rare.consents else {}
    proven = qualifications.proofs(ids) if rare.proofs else {}
    barred = restrictions.bars_of([row.who_id for row in rows if (row.who_barred_until or now) > now], now)
    found = []
    for row in rows:
        who, hours = row.who_id, standards.Hours.of(row.hours)
        person = Person(
            contractor_id=who,
            status=row.who_status,
            born_on=row.who_born_on,
            country=row.who_country,
            subdivision=row.who_subdivision,
            zone=ZoneInfo(row.who_timezone),
            contract=_agreed(row),
            skills=frozenset(skilled.get(who, ())),
            languages=spoken.get(who, {}),
            consents=given.get(who, {}),
            busy=_busy(row),
            calendar=workforce.calendar_of(row.week, row.days),
            quiet=quiet_of(row.who_quiet_from_minute, row.who_quiet_until_minute),
            daily_rest_hours=hours.daily_rest_hours,
            weekly_hours=hours.weekly_hours,
            overtime_multiplier=hours.overtime_multiplier,
            bars=tuple(barred.get(who, ())),
            proofs=tuple(proven.get(who, ())),
        )
        found.append(person)
    return found


def _agreed(row: Row[Any]) -> Agreed | None:
    if row.held is None:
        return None
    held = contracts.Held.of(row.held)
    return Agreed(held.version_id, held.rate, HazardClass(held.highest_class))


def _busy(row: Row[Any]) -> list[Busy]:
    """Shifts, and the minutes of tests, which are work and keep nobody from a place (TEST_HOURS)."""
    booked = [
        Busy(Span(_moment(begins), _moment(ends)), HazardClass(hazard), active)
        for begins, ends, hazard, active in row.shifts or ()
    ]
    return booked + [Busy(span, HazardClass.H0, False) for span in qualifications.time_at_tests(row.attempts)]


_moment = datetime.fromisoformat


def _shifts_of(contractor: Any, begins: Any, ends: Any) -> ScalarSelect[Any]:
    """The shifts of somebody that can decide about work between these moments, as JSON."""
    active = Booking.status.in_(ACTIVE_BOOKING)
    shift = func.jsonb_build_array(func.lower(Booking.during), func.upper(Booking.during), Booking.hazard_class, active)
    found = select(func.jsonb_agg(shift)).where(*_deciding(contractor, begins, ends))
    return found.scalar_subquery()


def _deciding(contractor: Any, begins: Any, ends: Any) -> tuple[ColumnElement[bool], ...]:
    """What is promised to somebody, or was worked, and is near enough to decide about work between these moments."""
    near = Booking.during.overlaps(func.tstzrange(begins, ends))
    return Booking.contractor_id == contractor, near, Booking.status.in_(COUNTS)


def asks_for_proofs(criteria: Criteria, steps: PaySteps | None) -> bool:
    """Whether what a person holds of qualifications can decide anything: whether they may, or what they earn."""
    return bool(criteria.qualifications or criteria.skill_levels or criteria.languages or steps)


def pool(company_id: UUID, at: datetime) -> list[Contractor]:
    """The vetted people who have a contract with the company in force at that moment: those whom it can ask."""
    under_contract = contracts.in_force_of_company(company_id, at)
    found = select(Contractor).where(
        Contractor.id.in_(under_contract.keys()), Contractor.status == ContractorStatus.VETTED
    )
    return list(db.session.scalars(found.order_by(Contractor.id)))


def agreed(contractor_id: UUID, company_id: UUID, at: datetime) -> Agreed | None:
    """The terms of somebody's contract with the company that hold at that moment."""
    version = contracts.in_force(company_id, contractor_id, at)
    if version is None:
        return None
    return Agreed(version.id, version.rate, HazardClass(version.terms["hazard"]["highest_class"]))


# Built once: every yes asks them, and building a statement takes longer than running it.
_MOMENT = DateTime(timezone=True)
_PEOPLE = select(
    *facts_of(
        bindparam("company", type_=Uuid()), bindparam("starts_at", type_=_MOMENT), bindparam("ends_at", type_=_MOMENT)
    )
).where(Contractor.id == any_(bindparam("ids", type_=ARRAY(Uuid()))))
_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_SKILLS = select(Skill.contractor_id, Skill.skill).where(Skill.contractor_id.in_(_IDS))
_SPOKEN = select(Language.contractor_id, Language.language, Language.level).where(Language.contractor_id.in_(_IDS))
_CONSENTED = select(HazardConsent.contractor_id, HazardConsent.category, HazardConsent.up_to).where(
    HazardConsent.contractor_id.in_(_IDS), HazardConsent.revoked_at.is_(None)
)


def _skills(ids: Collection[UUID]) -> dict[UUID, set[str]]:
    found: dict[UUID, set[str]] = {}
    for row in db.session.execute(_SKILLS, {"ids": ids}):
        found.setdefault(row.contractor_id, set()).add(row.skill)
    return found


def _languages(ids: Collection[UUID]) -> dict[UUID, dict[str, Level]]:
    found: dict[UUID, dict[str, Level]] = {}
    for row in db.session.execute(_SPOKEN, {"ids": ids}):
        found.setdefault(row.contractor_id, {})[row.language] = row.level
    return found


def _consents(ids: Collection[UUID]) -> dict[UUID, dict[str, HazardClass]]:
    found: dict[UUID, dict[str, HazardClass]] = {}
    for row in db.session.execute(_CONSENTED, {"ids": ids}):
        found.setdefault(row.contractor_id, {})[row.category] = HazardClass(row.up_to)
    return found


def booked(contractor_id: UUID, around: Span) -> list[Span]:
    """The shifts of somebody that can decide about other work in that span of time: what is promised, what was worked.
    The caller has made sure that the asker may know it."""
    near = _deciding(contractor_id, around.starts_at - AROUND, around.ends_at + AROUND)
    found = db.session.execute(select(func.lower(Booking.during), func.upper(Booking.during)).where(*near))
    return [Span(row[0], row[1]) for row in found]
