"""Guaranteed hours: each week is reckoned once it is settled, and what is owed is held for the next pay run.

The rule GUARANTEED_HOURS stands in `guaranteed`; here it gets its facts and its money. A week is one row, so a job that
looks twice, or at the same time as another, writes nothing twice.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import ceil
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Date as DateType
from sqlalchemy import Select, and_, case, cast, exists, func, or_, select, tuple_, update
from sqlalchemy import Text as TextType

from marketplace.accounts.rules import CLOCK, Actor, available_account
from marketplace.contracts import queries as contracts
from marketplace.contracts.models import Contract, ContractVersion, Signature
from marketplace.contracts.rules import rate_of
from marketplace.core import clock
from marketplace.core.db import db, each_alone
from marketplace.core.events import record
from marketplace.core.ids import new_id
from marketplace.core.money import Money
from marketplace.gigs.funding import GUARANTEE, hold_or_advance
from marketplace.gigs.models import Gig
from marketplace.ledger import service as ledger
from marketplace.ledger.models import LedgerAccount
from marketplace.ledger.rules import Entry, Move
from marketplace.shifts import guaranteed as rules
from marketplace.shifts.guarantee_models import Guarantee
from marketplace.shifts.guaranteed import Held, Refused, Seat
from marketplace.shifts.handover_queries import swapped_at_home
from marketplace.shifts.models import Booking, Offer, Shift
from marketplace.shifts.rules import ACTIVE_BOOKING, BookingStatus, OfferStatus, ShiftStatus
from marketplace.shifts.timesheet_models import TimesheetLine
from marketplace.standards import queries as standards
from marketplace.standards.hours import Span, week_of
from marketplace.standards.rates import PriceInput, cost, price
from marketplace.workforce import queries as workforce
from marketplace.workforce import suspensions
from marketplace.workforce.calendar import Calendar
from marketplace.workforce.models import Contractor
from marketplace.workforce.pay_scope import PayScope
from marketplace.workforce.rules import ContractorStatus

Pair = tuple[UUID, UUID]
"""A company and a contractor."""


def reckon_due(limit: int = 100, but: Collection[Pair] = ()) -> int:
    """Reckons the oldest week of each of these pairs that is over and settled. Returns how many weeks were reckoned."""
    is_reckoned: dict[Pair, bool] = {}
    each_alone(_pairs(limit, but), lambda pair: is_reckoned.update({pair: _reckon_next(pair)}))
    return sum(is_reckoned.values())


def recover_due(limit: int = 100) -> int:
    """Takes back what was advanced for companies that have money again. Returns how many weeks it looked at."""
    name = func.concat("company:", cast(Guarantee.company_id, TextType), ":available")
    own = and_(LedgerAccount.name == name, LedgerAccount.currency == Guarantee.currency, LedgerAccount.balance > 0)
    found = select(Guarantee).join(LedgerAccount, own).where(Guarantee.recovered_amount < Guarantee.advanced_amount)
    rows = db.session.scalars(
        found.order_by(Guarantee.id).limit(limit).with_for_update(of=Guarantee, skip_locked=True)
    ).all()
    there = ledger.hold_still({(available_account(row.company_id), row.currency) for row in rows})
    for row in rows:
        account, currency = pair = (available_account(row.company_id), row.currency)
        back = Money(row.advanced_amount - row.recovered_amount, currency)
        if back := min(there[pair], back, key=lambda each: each.amount):
            cause = f"guarantee:{row.id}:recovered:{row.recovered_amount}"
            ledger.post(Entry(cause, [Move(account, GUARANTEE, back)]))
            there[pair] -= back
            row.recovered_amount += back.amount
    return len(rows)


def of_contract(contract_id: UUID, seen_by: Actor) -> Select[Guarantee]:
    """The weeks of a contract, for its parties and operators. Raises NotFound for everybody else."""
    return select(Guarantee).where(Guarantee.contract_id == contracts.contract(contract_id, seen_by).id)


def latest(contract_id: UUID, seen_by: Actor, limit: int = 12) -> list[Guarantee]:
    """The newest of them. Raises as `of_contract` does."""
    found = of_contract(contract_id, seen_by).order_by(Guarantee.week.desc(), Guarantee.id.desc()).limit(limit)
    return list(db.session.scalars(found))


def is_unsettled(contractor_id: UUID) -> bool:
    """Whether a week of somebody's, over or not, is still to be reckoned or paid. For the end of an account."""
    unpaid = exists().where(
        Guarantee.contractor_id == contractor_id, Guarantee.taken_at.is_(None), Guarantee.owed_minutes > 0
    )
    if db.session.scalar(select(unpaid)):
        return True
    pairs = _guaranteeing().where(ContractVersion.contractor_id == contractor_id)
    return any(_next_week(_versions(pair), _last(pair)) is not None for pair in _ids(pairs))


# --- for pay --------------------------------------------------------------------------------------------------------


def payable(scope: PayScope) -> Select[UUID]:
    """Reckoned weeks that owe something and that no run has taken."""
    found = select(Guarantee.id).where(
        Guarantee.taken_at.is_(None), Guarantee.owed_minutes > 0, Guarantee.week <= scope.through
    )
    return scope.narrow(found, Guarantee.contractor_id, Guarantee.company_id).order_by(Guarantee.id)


def take(ids: Collection[UUID]) -> None:
    """Says of these that a run has taken them. The caller has locked them."""
    taken = update(Guarantee).where(Guarantee.id.in_(ids)).values(taken_at=clock.now())
    db.session.execute(taken, execution_options={"synchronize_session": False})


# --- whose week is due ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Version:
    """A signed version with its terms, and what the rule reads of it."""

    row: ContractVersion
    held: Held

    @property
    def zone(self) -> ZoneInfo:
        return clock.zone(self.row.terms["work_place"]["timezone"])


def _guaranteeing() -> Select[UUID, UUID]:
    """Pairs with a signed version that guarantees something, each once."""
    hours = ContractVersion.terms["hours"]["min_guaranteed"].as_integer()
    found = select(ContractVersion.company_id, ContractVersion.contractor_id)
    return found.join(Signature, Signature.version_id == ContractVersion.id).where(hours > 0).distinct()


def _pairs(limit: int, but: Collection[Pair]) -> Sequence[Pair]:
    """Pairs of which a week may be due, those first that have waited longest; whoever is suspended comes last, since a
    week that may still count waits. `_reckon_next()` looks closer."""
    today = clock.now().date()
    last = select(func.max(Guarantee.week)).where(
        Guarantee.company_id == ContractVersion.company_id, Guarantee.contractor_id == ContractVersion.contractor_id
    )
    reckoned = last.correlate(ContractVersion).scalar_subquery()
    begins = func.min(func.greatest(ContractVersion.effective_from, cast(Signature.signed_at, DateType)))
    never_ends = cast("9999-12-31", DateType)
    until = func.max(case((Contract.ends_at.is_(None), never_ends), else_=cast(Contract.ends_at, DateType)))
    next_from = func.coalesce(reckoned + 7, begins)
    pair = tuple_(ContractVersion.company_id, ContractVersion.contractor_id)
    found = (
        select(ContractVersion.company_id, ContractVersion.contractor_id)
        .join(Signature, Signature.version_id == ContractVersion.id)
        .join(Contract, Contract.id == ContractVersion.contract_id)
        .join(Contractor, Contractor.id == ContractVersion.contractor_id)
        .where(pair.in_(_guaranteeing()), pair.not_in(but))
        .group_by(ContractVersion.company_id, ContractVersion.contractor_id, Contractor.status)
        # A day's leeway: what a day is depends on the zone.
        .having(and_(next_from <= today, until >= next_from - 1))
        .order_by(
            Contractor.status == ContractorStatus.SUSPENDED,
            next_from,
            ContractVersion.company_id,
            ContractVersion.contractor_id,
        )
        .limit(limit)
    )
    return _ids(found)


def _ids(found: Select[UUID, UUID]) -> list[Pair]:
    return [(row[0], row[1]) for row in db.session.execute(found)]


def _versions(pair: Pair) -> list[_Version]:
    found = (
        select(ContractVersion, Signature.signed_at, Contract.ends_at)
        .join(Signature, Signature.version_id == ContractVersion.id)
        .join(Contract, Contract.id == ContractVersion.contract_id)
        .where(ContractVersion.company_id == pair[0], ContractVersion.contractor_id == pair[1])
        .order_by(Signature.signed_at, ContractVersion.number)
    )
    return [
        _Version(
            version,
            Held(
                signed_at,
                version.number,
                version.effective_from,
                version.effective_to,
                ends_at,
                version.terms["hours"]["min_guaranteed"],
            ),
        )
        for version, signed_at, ends_at in db.session.execute(found)
    ]


def _last(pair: Pair) -> Guarantee | None:
    own = select(Guarantee).where(Guarantee.company_id == pair[0], Guarantee.contractor_id == pair[1])
    return db.session.scalars(own.order_by(Guarantee.week.desc()).limit(1)).one_or_none()


def _next_week(versions: Sequence[_Version], last: Guarantee | None) -> date | None:
    """The Monday of the next week that guarantees something and has begun; None where there is none."""
    zone = versions[-1].zone
    today = clock.now().astimezone(zone).date()
    first = min(max(each.held.first_day, each.held.signed_at.astimezone(zone).date()) for each in versions)
    monday = week_of(first) if last is None else last.week + rules.WEEK
    held = [each.held for each in versions]
    while monday <= today:
        holding = [rules.newest(day, held, zone) for day in rules.days_of(monday)]
        if any(each is not None and each.weekly_hours for each in holding):
            return monday
        monday += rules.WEEK
    return None


# --- a week ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Week:
    """A week of a pair: how it passes, the days of it that guarantee something, and the version that held last."""

    pair: Pair
    monday: date
    zone: ZoneInfo
    during: Span
    days: frozenset[date]
    last: ContractVersion

    def has(self, moment: datetime) -> bool:
        return moment.astimezone(self.zone).date() in self.days


def _reckon_next(pair: Pair) -> bool:
    """Reckons the next week of the pair, if it is over and everything in it has ended."""
    # The person first, as everywhere: two that look at once come one after the other, and the second finds the row.
    person = db.session.get_one(Contractor, pair[1], with_for_update={"key_share": True}, populate_existing=True)
    versions = _versions(pair)
    week = _next(pair, versions, _last(pair))
    if week is None or clock.now() < week.during.ends_at + rules.SETTLED_AFTER or _is_running(week):
        return False
    held, days = [each.held for each in versions], rules.days_of(week.monday)
    suspended = suspensions.of_person(person.id)
    if any(each.may_fall and _paused(each).covers(day, week.zone) for each in suspended for day in days):
        return False
    paused = [_paused(each) for each in suspended if not each.fell]
    calendar = workforce.calendars([person.id], days[0], days[-1]).get(person.id, Calendar())
    promised = rules.guaranteed(days, held, week.zone, calendar, paused)
    made = _write(week, rules.reckon(promised, _seats(week), _refusals(week)), person)
    event = "guarantee.owed" if made.owed_minutes else "guarantee.met"
    record(event, made, by=CLOCK, data={"minutes": made.owed_minutes, "week": week.monday.isoformat()})
    return True


def _paused(suspension: suspensions.Suspension) -> rules.Paused:
    return rules.Paused(suspension.begins_at, suspension.ends_at)


def _next(pair: Pair, versions: Sequence[_Version], last: Guarantee | None) -> _Week | None:
    monday = _next_week(versions, last)
    if monday is None:
        return None
    zone = versions[-1].zone
    during = rules.bounds(monday, zone)
    # Where somebody has moved, a week begins where the one before it ended: no hour is lost between two zones.
    if last is not None and last.week + rules.WEEK == monday and last.ends_at < during.ends_at:
        during = Span(last.ends_at, during.ends_at)
    holding = {
        day: found
        for day in rules.days_of(monday)
        if (found := rules.newest(day, [each.held for each in versions], zone)) and found.weekly_hours
    }
    newest = holding[max(holding)]
    return _Week(
        pair, monday, zone, during, frozenset(holding), next(each.row for each in versions if each.held is newest)
    )


def _is_running(week: _Week) -> bool:
    running = _bookings(week).where(Booking.status.in_(ACTIVE_BOOKING))
    return db.session.scalars(running.limit(1)).first() is not None


def _bookings(week: _Week) -> Select[Booking]:
    begins = func.lower(Booking.during)
    return select(Booking).where(
        Booking.company_id == week.pair[0],
        Booking.contractor_id == week.pair[1],
        begins >= week.during.starts_at,
        begins < week.during.ends_at,
    )


def _seats(week: _Week) -> list[Seat]:
    """What the person had seats for. A seat that they gave up is a refusal, or another one stands in its place."""
    gone = (BookingStatus.RELEASED, BookingStatus.HANDED_OVER)
    found = _bookings(week).where(Booking.status.not_in(gone)).add_columns(TimesheetLine)
    found = found.outerjoin(TimesheetLine, TimesheetLine.booking_id == Booking.id)
    return [
        Seat(
            Span(booking.starts_at, booking.ends_at),
            booking.status,
            0
            if line is None
            else line.paid_minutes + line.compensation_minutes + line.standby_minutes + line.sick_minutes,
            0 if line is None else line.unpaid_break_minutes,
            frozenset(() if line is None else line.flags),
        )
        for booking, line in db.session.execute(found)
        if week.has(booking.starts_at)
    ]


def _refusals(week: _Week) -> list[Refused]:
    """Offers to which they said no or nothing, and seats that they gave back or over, of shifts that were held. For one
    that they swapped they have another one of the company. Nobody refuses what did not reach them, and it is offered
    when it did (rule REACHED)."""
    unanswered = and_(Offer.status == OfferStatus.EXPIRED, Offer.reached_at.is_not(None))
    handed_over = and_(Booking.status == BookingStatus.HANDED_OVER, ~swapped_at_home())
    found = (
        select(Offer, Shift, Gig.hazard_class)
        .join(Shift, Shift.id == Offer.shift_id)
        .join(Gig, Gig.id == Offer.gig_id)
        .outerjoin(Booking, Booking.offer_id == Offer.id)
        .where(
            Offer.company_id == week.pair[0],
            Offer.contractor_id == week.pair[1],
            or_(
                Offer.status == OfferStatus.DECLINED,
                unanswered,
                Booking.status == BookingStatus.RELEASED,
                handed_over,
            ),
            Shift.status != ShiftStatus.CANCELLED,
            # Whoever says no to standing by has refused no work: most of it may be none.
            Shift.standby_of.is_(None),
            Shift.starts_at >= week.during.starts_at,
            Shift.starts_at < week.during.ends_at,
        )
    )
    return [
        Refused(
            Span(shift.starts_at, shift.ends_at),
            offer.reached_at or offer.made_at,
            offer.expires_at,
            offer.status is not OfferStatus.EXPIRED,
            hazard_class,
        )
        for offer, shift, hazard_class in db.session.execute(found)
        if week.has(shift.starts_at)
    ]


def _write(week: _Week, found: rules.Week, person: Contractor) -> Guarantee:
    rate = _rate(week, person)
    priced = cost(price(PriceInput(rate=rate, guaranteed_minutes=found.owed)))
    made = Guarantee(
        id=new_id(),
        contract_id=week.last.contract_id,
        contract_version_id=week.last.id,
        company_id=week.pair[0],
        contractor_id=week.pair[1],
        week=week.monday,
        timezone=week.zone.key,
        starts_at=week.during.starts_at,
        ends_at=week.during.ends_at,
        guaranteed_minutes=found.guaranteed,
        given_minutes=found.given,
        refused_minutes=found.refused,
        owed_minutes=found.owed,
        rate_amount=rate.amount,
        currency=rate.currency,
        held_amount=priced.amount,
        advanced_amount=0,
        recovered_amount=0,
        reckoned_at=clock.now(),
    )
    if priced:
        rest = hold_or_advance(made.company_id, made.hold_account, made.held, f"guarantee:{made.id}")
        made.advanced_amount = rest.amount
    db.session.add(made)
    db.session.flush()
    return made


def _rate(week: _Week, person: Contractor) -> Money:
    """An hour that is owed though nobody worked it earns no less than one of work: the floor of the week's last day is
    asked."""
    agreed = rate_of(week.last.terms)
    asked = ((person.country, person.subdivision), agreed.currency, max(week.days))
    floor = Money(ceil(standards.floors([asked])[asked].hourly), agreed.currency)
    return max(agreed, floor, key=lambda each: each.amount)
