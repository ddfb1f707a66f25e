"""Reads of shifts, offers, bookings and timesheets; and the facts about people that eligibility asks for."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import BindParameter, Integer, Select, bindparam, false, func, literal, null, select, union_all
from sqlalchemy.orm import selectinload

from marketplace.accounts.rules import Actor, Right, require_company, require_person
from marketplace.contracts import queries as contracts
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.problems import NotFound
from marketplace.gigs.models import Gig
from marketplace.gigs.rules import Criteria
from marketplace.qualifications import queries as qualifications
from marketplace.qualifications.levels import PaySteps
from marketplace.qualifications.rules import spans as at_tests
from marketplace.shifts.eligibility import AROUND, Agreed, Busy, Person, Seat, for_training
from marketplace.shifts.models import Booking, Offer, Shift, Timesheet, TimesheetLine
from marketplace.shifts.rules import ACTIVE_BOOKING, BookingStatus, OfferStatus, TimesheetStatus
from marketplace.standards import queries as standards
from marketplace.standards.hazard import OPT_IN, HazardClass
from marketplace.standards.hours import Span
from marketplace.workforce import queries as workforce
from marketplace.workforce import restrictions
from marketplace.workforce.calendar import NOTHING_SAID
from marketplace.workforce.models import Contractor, HazardConsent, Language, Skill
from marketplace.workforce.rules import ContractorStatus, Level

COUNTS = (*ACTIVE_BOOKING, BookingStatus.WORKED)
"""Bookings that count into a person's hours: what is promised and what was worked."""
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


def _is_insider(company_id: UUID, seen_by: Actor) -> bool:
    return seen_by.is_operator() or seen_by.may(Right.READ, company_id)


def _may_see(row: Offer | Booking | Timesheet, seen_by: Actor) -> bool:
    return seen_by.is_in_person(row.contractor_id) or seen_by.may(Right.READ, row.company_id)


_LINES = selectinload(Timesheet.lines).options(selectinload(TimesheetLine.booking), selectinload(TimesheetLine.cut))


# --- facts for eligibility --------------------------------------------------------------------------------------------


def seat_of(row: Shift, gig: Gig) -> Seat:
    """A seat of the shift as the rules read it, at the gig's present rate."""
    seat = _work_seat(row, gig)
    return for_training(seat) if row.is_training else seat


def _work_seat(row: Shift, gig: Gig) -> Seat:
    return Seat(
        span=Span(row.starts_at, row.ends_at),
        criteria=gig.criteria,
        hazard_class=gig.hazard_class,
        hazard_categories=tuple(gig.hazard_categories),
        rate=gig.rate,
        fee_percent=gig.fee_percent,
        margin=gig.margin,
        company_id=gig.company_id,
        gig_id=gig.id,
        work_kind=str(gig.work_kind),
        pay_steps=gig.pay_steps,
    )


def people(contractors: Sequence[Contractor], company_id: UUID, seat: Seat) -> dict[UUID, Person]:
    """What the rules ask of these people for that seat: one statement for each kind of fact, however many they are.

    Facts that the seat does not ask for are not read.
    """
    agreed = _agreed([contractor.id for contractor in contractors], company_id, seat)
    found = unsigned(
        contractors,
        seat.span,
        skills=bool(seat.criteria.skills),
        languages=bool(seat.criteria.languages),
        consents=seat.hazard_class in OPT_IN,
        proofs=asks_for_proofs(seat.criteria, seat.pay_steps),
    )
    return {known: replace(person, contract=agreed.get(known)) for known, person in found.items()}


def unsigned(
    contractors: Sequence[Contractor],
    around: Span,
    *,
    skills: bool = True,
    languages: bool = True,
    consents: bool = True,
    proofs: bool = True,
) -> dict[UUID, Person]:
    """As `people`, for any work within that span of time and without anybody's contract."""
    ids = [contractor.id for contractor in contractors]
    skilled = _skills(ids) if skills else {}
    spoken = _languages(ids) if languages else {}
    given = _consents(ids) if consents else {}
    proven = qualifications.proofs(ids) if proofs else {}
    busy = _busy(ids, around)
    calendars = workforce.calendars(ids, around.starts_at.date(), around.ends_at.date())
    barred = restrictions.in_force(contractors, clock.now())
    regions = standards.regions_in({contractor.country for contractor in contractors}, around.starts_at.date())
    found = {}
    for who in contractors:
        region = regions.get((who.country, who.subdivision)) or regions.get((who.country, None))
        found[who.id] = Person(
            contractor_id=who.id,
            status=who.status,
            born_on=who.born_on,
            country=who.country,
            subdivision=who.subdivision,
            zone=ZoneInfo(who.timezone),
            contract=None,
            skills=frozenset(skilled.get(who.id, ())),
            languages=spoken.get(who.id, {}),
            consents=given.get(who.id, {}),
            busy=busy.get(who.id, ()),
            calendar=calendars.get(who.id, NOTHING_SAID),
            quiet=who.quiet,
            daily_rest_hours=region.daily_rest_hours if region else None,
            weekly_hours=region.weekly_hours if region else None,
            overtime_multiplier=region.overtime_multiplier if region else None,
            bars=tuple(barred.get(who.id, ())),
            proofs=tuple(proven.get(who.id, ())),
        )
    return found


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


def _agreed(ids: Collection[UUID], company_id: UUID, seat: Seat) -> dict[UUID, Agreed]:
    versions = contracts.in_force_many(company_id, ids, seat.span.ends_at)
    return {
        contractor_id: Agreed(version.id, version.rate, HazardClass(version.terms["hazard"]["highest_class"]))
        for contractor_id, version in versions.items()
    }


# Built once: every yes asks them, and building a statement takes longer than running it.
_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_SKILLS = select(Skill.contractor_id, Skill.skill).where(Skill.contractor_id.in_(_IDS))
_SPOKEN = select(Language.contractor_id, Language.language, Language.level).where(Language.contractor_id.in_(_IDS))
_CONSENTED = select(HazardConsent.contractor_id, HazardConsent.category, HazardConsent.up_to).where(
    HazardConsent.contractor_id.in_(_IDS), HazardConsent.revoked_at.is_(None)
)
_SHIFTS = select(
    Booking.contractor_id,
    func.lower(Booking.during).label("starts_at"),
    func.upper(Booking.during).label("ends_at"),
    Booking.hazard_class,
    Booking.status.in_(ACTIVE_BOOKING).label("active"),
    null().cast(Integer).label("minutes"),
).where(
    Booking.contractor_id.in_(_IDS),
    Booking.during.overlaps(func.tstzrange(bindparam("begins"), bindparam("ends"))),
    Booking.status.in_(COUNTS),
)
_TESTS = qualifications.TIME_AT_TESTS.subquery()
_WORK = union_all(
    _SHIFTS,
    select(
        _TESTS.c.contractor_id,
        _TESTS.c.started_at,
        _TESTS.c.last_seen_at,
        literal(HazardClass.H0.value),
        false(),
        _TESTS.c.minutes,
    ),
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
    found = db.session.execute(_SHIFTS, _window([contractor_id], around))
    return [Span(row.starts_at, row.ends_at) for row in found]


def _busy(ids: Collection[UUID], around: Span) -> dict[UUID, list[Busy]]:
    """Shifts, and the minutes of tests, which are work and keep nobody from a place (TEST_HOURS)."""
    found: dict[UUID, list[Busy]] = {}
    for row in db.session.execute(_WORK, _window(ids, around)):
        whole = row.minutes is None
        spans = [Span(row.starts_at, row.ends_at)] if whole else at_tests(row.starts_at, row.ends_at, row.minutes)
        mine = found.setdefault(row.contractor_id, [])
        mine.extend(Busy(span, HazardClass(row.hazard_class), row.active) for span in spans)
    return found


def _window(ids: Collection[UUID], around: Span) -> dict[str, Any]:
    return {"ids": ids, "begins": around.starts_at - AROUND, "ends": around.ends_at + AROUND}
