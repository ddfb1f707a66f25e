"""What shifts of a gig will cost, read before they are planned and after: with the places in which people live who may
take them, with what is added late, with leads and people who stand by, and how far the gig's money reaches.

However many shifts are asked about, it takes the same few statements. Whoever has a contract with the company and lives
in one of the gig's places may take a seat; while nobody has, it is reckoned for the places themselves.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import and_, exists, func, not_, or_, select

from marketplace.accounts.rules import Actor, Right, require_company
from marketplace.contracts import crews
from marketplace.contracts.models import Contract
from marketplace.contracts.rules import ContractStatus
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.money import Money, total
from marketplace.core.problems import NotFound
from marketplace.gigs.models import Gig
from marketplace.gigs.piece_pay import most_of
from marketplace.ledger.models import LedgerAccount
from marketplace.shifts import adding, estimates
from marketplace.shifts.estimates import MOST_TIMES, Cover, Estimate, Seats
from marketplace.shifts.hours import added_late, scheduled_minutes
from marketplace.shifts.laying import Planned
from marketplace.shifts.leading_models import LeadMinutes, LeadPlan
from marketplace.shifts.models import Shift
from marketplace.shifts.reserve import most_waited, unused_minutes
from marketplace.shifts.rules import PriceChanged, ShiftStatus
from marketplace.standards import queries as standards
from marketplace.standards.hazard import HazardClass
from marketplace.standards.held import highest_cost
from marketplace.standards.hours import Span
from marketplace.standards.premium_days import Place
from marketplace.standards.rates import NO_STEP, PriceInput, cost, price
from marketplace.standards.shift_price import ShiftWork
from marketplace.workforce.models import Contractor
from marketplace.workforce.rules import ContractorStatus

_HOME = (Contractor.country, Contractor.subdivision, Contractor.timezone)
_HOMES = select(Contractor.id, *_HOME)
Home = tuple[standards.Code, str | None]
"""Where somebody lives: the country and the part of it, and the zone of their clock where it is known."""


@dataclass(frozen=True, slots=True)
class _Lead:
    """The minutes of the lead of a crew, and where they live."""

    before: int
    after: int
    home: Home


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanPrice:
    """What shifts cost their company before anybody is asked: the `estimate` of all seats, at most `added` for people
    who had a schedule of those weeks (NOTICE), `lead` for the minutes of the leads whom crews bring (LEAD), `standby`
    for people who stand by, if none of them is needed (STANDBY), and how far the gig's money reaches for all that is
    open and planned (`funds`). `by_people` says that it is reckoned for where the company's people live.
    `unreached` are countries of the gig in which the service's rail pays nobody yet (RAIL_REACH)."""

    estimate: Estimate
    added: Money
    lead: Money
    standby: Money
    funds: Cover
    by_people: bool
    unreached: Sequence[str]

    @property
    def least(self) -> Money:
        """The least, if all seats are taken by people who cost the least, and whoever stands by does so in vain."""
        return self.estimate.least + self.standby

    @property
    def total(self) -> Money:
        """The most, everything included but what other work of the same week adds as overtime."""
        return self.estimate.most + self.added + self.lead + self.standby


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftPrice(PlanPrice):
    """Of one shift. `people` had a schedule of its week and are owed `minutes` each if they get a seat; `full_week` is
    what all seats cost at most if everybody in them has worked eight hours on five other days of that week."""

    people: int
    minutes: int
    full_week: Money

    @property
    def work(self) -> Money:
        """What all of its seats cost at most."""
        return self.estimate.most


def price_of(gig: Gig, planned: Sequence[Planned]) -> PlanPrice:
    """What these shifts of the gig, planned now, cost. The caller has checked who asks."""
    return PlanPrice(**_Reading(gig, planned).costs())


def price_of_one(gig: Gig, planned: Planned) -> ShiftPrice:
    """As `price_of()`, of one shift, with what is told of one alone."""
    found = _Reading(gig, [planned])
    (seats,) = found.seats
    return ShiftPrice(
        people=found.people.get(planned.starts_at, 0),
        minutes=added_late(planned.starts_at, planned.ends_at, found.now),
        full_week=seats.full_week * seats.count,
        **found.costs(),
    )


def funds_of(gig_id: UUID, *, seen_by: Actor) -> Cover:
    """How far the gig's money reaches for the nearest open seats of its shifts, for its company. Raises NotFound."""
    return _Reading(_own(gig_id, seen_by), ()).cover()


def beside(gig_id: UUID, *, seen_by: Actor) -> dict[str, Any]:
    """What is told of a gig beside what was planned of it (`BesideSchema`), for its company. Raises NotFound."""
    gig = _own(gig_id, seen_by)
    return {"funds": _Reading(gig, ()).cover(), "unreached": standards.unreached(gig.places)}


def _own(gig_id: UUID, seen_by: Actor) -> Gig:
    gig = db.session.get(Gig, gig_id)
    if gig is None:
        raise NotFound
    require_company(seen_by, gig.company_id, Right.READ)
    return gig


def check_price(gig: Gig, planned: Planned, agreed: Money) -> None:
    """Raises PriceChanged when the shift costs more than was agreed to."""
    asked = price_of(gig, [planned]).total
    if asked > agreed:
        raise PriceChanged(f"It costs {asked} now.", price=str(asked))


def added_of(gig: Gig, planned: Sequence[Planned]) -> Money:
    """What it adds at most that these shifts, planned now, are added late to the schedules of people (NOTICE)."""
    return _Reading(gig, planned).added()


def standby_of(gig: Gig, planned: Sequence[Planned]) -> Money:
    """What the people who are to stand by for these shifts cost if none of them is needed."""
    sums = (unused_cost(gig, each.starts_at, each.ends_at) * each.standby for each in planned if each.standby)
    return total(sums, gig.currency)


def unused_cost(gig: Gig, starts_at: datetime, ends_at: datetime) -> Money:
    """What one person costs at most who stands by for such a shift of the gig in vain (rule STANDBY)."""
    points = gig.pay_steps.highest if gig.pay_steps else NO_STEP
    minutes = unused_minutes(starts_at, ends_at)
    given = PriceInput(rate=gig.rate, standby_minutes=minutes, fee_percent=gig.fee_percent, step_points=points)
    return cost(price(given))


def lead_cost(gig: Gig, parts: Sequence[int], *, training: bool) -> Money:
    """What minutes of a lead cost at most, each part a shift of its own (rule LEAD), where it is not known yet when
    they are: but for adding them late, and for hours that earn more."""
    sums = (
        highest_cost(
            gig.rate,
            minutes,
            hazard_class=HazardClass.H0 if training else gig.hazard_class,
            fee_percent=gig.fee_percent,
            margin=gig.margin,
            step_points=_highest_step(gig, training),
            pieces=most_of(gig, minutes, is_training=training),
        )
        for minutes in parts
        if minutes
    )
    return total(sums, gig.currency)


class _Reading:
    """What is read once, for all the shifts that are asked about and for those that are open."""

    def __init__(self, gig: Gig, planned: Sequence[Planned]) -> None:
        self.gig, self.planned, self.now = gig, planned, clock.now()
        self.people = _scheduled(gig, planned, self.now)
        self.leads = _leads({each.crew_id for each in planned if each.crew_id is not None})
        self.open = _open_seats(gig, self.now)
        living = _homes_of_people(gig)
        self.by_people = bool(living)
        self.homes = living or _homes_of_places(gig, self.now.date())
        every = [each.starts_at for each in (*planned, *self.open)]
        codes = {code for code, _ in self.homes} | {lead.home[0] for lead in self.leads.values()}
        self.hours = standards.hours_on(codes, {_day(moment) for moment in every})
        self.known: dict[tuple[date, str], tuple[Place, ...]] = {}
        self.seats = [self._seats(each, each.training, each.seats) for each in planned]

    def costs(self) -> dict[str, Any]:
        """The members of a `PlanPrice`."""
        found = estimates.estimate(self.seats, self.gig.currency)
        return {
            "estimate": found,
            "added": self.added(),
            "lead": self._lead(),
            "standby": standby_of(self.gig, self.planned),
            "funds": self.cover(),
            "by_people": self.by_people,
            "unreached": standards.unreached(self.gig.places),
        }

    def added(self) -> Money:
        sums = (
            seats.late(minutes) * min(people, each.seats)
            for each, seats in zip(self.planned, self.seats, strict=True)
            if (people := self.people.get(each.starts_at, 0))
            and (minutes := added_late(each.starts_at, each.ends_at, self.now))
        )
        return total(sums, self.gig.currency)

    def cover(self) -> Cover:
        beside = self.added() + self._lead()
        seats = []
        for each, known in zip(self.planned, self.seats, strict=True):
            seats.append((each.starts_at, each.seats, known.highest))
            # Whoever stands by may be called, so that a yes holds what a seat costs.
            beside += known.standing_by(most_waited(each.starts_at, each.ends_at)) * each.standby
        for row in self.open:
            known = self._seats(row, row.is_training, row.seats)
            if row.is_beside:
                beside += known.standing_by(most_waited(row.starts_at, row.ends_at)) * row.seats
            else:
                seats.append((row.starts_at, row.seats, known.highest))
            beside += self._minutes_of_lead(row, row.is_training, (row.lead_before, row.lead_after)) * row.plans
        return estimates.cover(in_hold(self.gig), seats, beside, self._unseen())

    def _unseen(self) -> int:
        """Open seats of shifts to come at other times than the nearest."""
        of_all = int(self.open[0].of_all or 0) if self.open else 0
        seen: int = sum(row.seats for row in self.open if not row.is_beside)
        return of_all - seen

    def _lead(self) -> Money:
        """For the leads whom the crews bring, where they live. By the time that they are asked they have a seat in that
        week, so that whatever is late now is added late to their schedule."""
        sums = (
            self._minutes_of_lead(each, each.training, (lead.before, lead.after), lead.home)
            for each in self.planned
            if each.crew_id is not None and (lead := self.leads.get(each.crew_id)) is not None
        )
        return total(sums, self.gig.currency)

    def _minutes_of_lead(
        self, shift: Planned | Any, training: bool, minutes: tuple[int, int], home: Home | None = None
    ) -> Money:
        before, after = (timedelta(minutes=each) for each in minutes)
        parts = ((shift.starts_at - before, shift.starts_at), (shift.ends_at, shift.ends_at + after))
        found = Money.zero(self.gig.currency)
        for begins, ends in parts:
            if begins < ends:
                work = _work(self.gig, begins, ends, training)
                late = replace(work, added_minutes=added_late(begins, ends, self.now))
                found += Seats(late, 1, self._places(shift, home), _highest_step(self.gig, training)).highest
        return found

    def _seats(self, shift: Planned | Any, training: bool, count: int) -> Seats:
        work = _work(self.gig, shift.starts_at, shift.ends_at, training)
        return Seats(work, count, self._places(shift), _highest_step(self.gig, training))

    def _places(self, shift: Planned | Any, home: Home | None = None) -> tuple[Place, ...]:
        """The places with what is known of their hours on the day of the shift; on its clock where no zone is known."""
        day = _day(shift.starts_at)
        if home is not None:
            return (self._place(home, day, shift.timezone),)
        if (day, shift.timezone) not in self.known:
            self.known[day, shift.timezone] = tuple(self._place(each, day, shift.timezone) for each in self.homes)
        return self.known[day, shift.timezone]

    def _place(self, home: Home, day: date, timezone: str) -> Place:
        (country, subdivision), zone = home
        hours = self.hours[(country, subdivision), day]
        own = clock.zone(zone or timezone)
        return Place(country, subdivision, own, hours.weekly_hours, hours.overtime_multiplier)


def _work(gig: Gig, starts_at: datetime, ends_at: datetime, training: bool) -> ShiftWork:
    """What a seat of the gig pays at that time, as `queries.seat_of()` has it."""
    return ShiftWork(
        span=Span(starts_at, ends_at),
        rate=gig.rate,
        fee_percent=gig.fee_percent,
        hazard_class=HazardClass.H0 if training else gig.hazard_class,
        margin=gig.margin,
        pieces=most_of(gig, scheduled_minutes(starts_at, ends_at), is_training=training),
        is_training=training,
    )


def _highest_step(gig: Gig, training: bool) -> int:
    return gig.pay_steps.highest if gig.pay_steps and not training else NO_STEP


def _day(moment: datetime) -> date:
    """The day of which the hours of a place are read: as for a yes, that of UTC."""
    return moment.astimezone(UTC).date()


def _scheduled(gig: Gig, planned: Sequence[Planned], now: datetime) -> dict[datetime, int]:
    starts = [each.starts_at for each in planned if added_late(each.starts_at, each.ends_at, now)]
    return adding.scheduled_at(gig.company_id, starts, now) if starts else {}


def _leads(crew_ids: Collection[UUID]) -> dict[UUID, _Lead]:
    members = crews.leads_of(crew_ids)
    ids = [member.contractor_id for member in members.values()]
    homes = {row.id: row for row in db.session.execute(_HOMES.where(Contractor.id.in_(ids)))} if ids else {}
    return {
        crew_id: _Lead(member.lead_before, member.lead_after, _home(homes[member.contractor_id]))
        for crew_id, member in members.items()
    }


def _homes_of_people(gig: Gig) -> list[Home]:
    """Where people live who have a contract in force with the company and may take a seat of the gig: each place
    once."""
    found = (
        select(*_HOME)
        .join(Contract, Contract.contractor_id == Contractor.id)
        .where(
            Contract.company_id == gig.company_id,
            # In force alone, whom an index of the company's finds; to whom notice was given is soon gone.
            Contract.status == ContractStatus.IN_FORCE,
            Contractor.status == ContractorStatus.VETTED,
        )
        .distinct()
    )
    rows = [_home(row) for row in db.session.execute(found)]
    return sorted((home for home in rows if any(each.admits(*home[0]) for each in gig.criteria.places)), key=str)


def _homes_of_places(gig: Gig, on: date) -> list[Home]:
    codes = [(each.country, each.subdivision) for each in gig.criteria.places]
    known: list[Home] = list(standards.zones_in(codes, on))
    there = {code for code, _ in known}
    return known + [(code, None) for code in codes if code not in there]


def _home(row: Any) -> Home:
    return (row.country, row.subdivision), row.timezone


def _open_seats(gig: Gig, now: datetime) -> Sequence[Any]:
    """The open seats of shifts to come, the nearest times first: of each time how many, whether they are seats of the
    shift itself or of those who stand by and lead, and the minutes of leads who are still to be asked. Beside each how
    many seats of shifts themselves there are at all times (`of_all`), which no limit cuts."""
    left = Shift.seats - Shift.seats_taken
    of_lead = exists().where(LeadMinutes.shift_id == Shift.id)
    beside = or_(Shift.standby_of.is_not(None), of_lead)
    is_beside = beside.label("is_beside")
    of_all = func.sum(func.sum(left).filter(not_(beside))).over().label("of_all")
    lead = [func.coalesce(each, 0) for each in (LeadPlan.minutes_before, LeadPlan.minutes_after)]
    time = (Shift.starts_at, Shift.ends_at, Shift.timezone, Shift.is_training, is_beside)
    planned = (lead[0].label("lead_before"), lead[1].label("lead_after"))
    found = (
        select(*time, *planned, func.sum(left).label("seats"), func.count(LeadPlan.shift_id).label("plans"), of_all)
        .outerjoin(LeadPlan, and_(LeadPlan.shift_id == Shift.id, LeadPlan.settled_at.is_(None)))
        .where(
            Shift.gig_id == gig.id,
            Shift.status == ShiftStatus.SCHEDULED,
            Shift.starts_at > now,
            or_(left > 0, LeadPlan.shift_id.is_not(None)),
        )
        .group_by(*time, *lead)
        .order_by(*time, *lead)
    )
    return db.session.execute(found.limit(MOST_TIMES)).all()


def in_hold(gig: Gig) -> Money:
    """What the gig can still promise."""
    found = select(LedgerAccount.balance).where(
        LedgerAccount.name == gig.hold_account, LedgerAccount.currency == gig.currency
    )
    return Money(db.session.scalar(found) or 0, gig.currency)
