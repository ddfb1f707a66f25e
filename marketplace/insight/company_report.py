"""A company's record of one quarter, for everybody (rule REPORT): whom it pays, what an hour brings them, what reaches
them, and how it deals with them. Read whenever it is asked for, a statement for each part; nothing is kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, exists, extract, func, or_, select

from marketplace.accounts.models import Company
from marketplace.accounts.rules import Actor
from marketplace.contracts.models import Contract, ContractVersion, Signature
from marketplace.contracts.rules import ContractStatus
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.core.problems import NotFound
from marketplace.disputes.models import Dispute
from marketplace.gigs.models import Gig
from marketplace.insight.publishing import is_public
from marketplace.insight.report_rules import WINDOWS, NoSuchQuarter, PlaceShare, Quarter, enough, told_places
from marketplace.pay.models import PayLine, Payslip
from marketplace.pay.rules import PayslipStatus
from marketplace.shifts.hazard_models import HazardFlag
from marketplace.shifts.models import Booking
from marketplace.shifts.timesheet_models import TimesheetCut, TimesheetLine
from marketplace.standards.catalogue import RULES
from marketplace.standards.hazard import HazardClass
from marketplace.standards.line_kinds import LineKind, Payee
from marketplace.surveys import queries as surveys
from marketplace.surveys.models import SurveyAnswer
from marketplace.surveys.rules import Figure
from marketplace.workforce.models import Contractor

PAID_IN_DAYS = RULES["PAY_TERM"].parameters["most_days"]
_WORK = (LineKind.WAGES, LineKind.TRAINING, LineKind.PIECE)
"""Lines of the time at work. Pieces that are paid beside wages have no time of their own."""
_TIME = (
    LineKind.WAGES,
    LineKind.TRAINING,
    LineKind.PIECE,
    LineKind.PAID_BREAK,
    LineKind.WAITING,
    LineKind.OUTAGE,
    LineKind.CALL_IN,
    LineKind.CANCELLATION,
    LineKind.NEUTRAL_HOURS,
    LineKind.QUALIFICATION_TIME,
    LineKind.GUARANTEED_HOURS,
)
"""The lines whose time is paid for; premiums and benefits come on top of the same time."""


@dataclass(frozen=True, slots=True)
class HourlyPay:
    """What people were paid for an hour of paid time, premiums included: a quarter of them had `lower` or less, half of
    them `median` or less, three quarters `upper` or less."""

    people: int
    lower: Money
    median: Money
    upper: Money


@dataclass(frozen=True, slots=True)
class Reached:
    """How much of what was paid for the work reached people, as pay and benefits. Where the company sells the work on,
    of what it was paid itself, if that was more."""

    currency: str
    percent: Decimal


@dataclass(frozen=True, slots=True)
class Between:
    """Somebody in between, and how much of what the company paid was theirs; None where too few people were paid."""

    party: str
    currency: str
    percent: Decimal | None


@dataclass(frozen=True, slots=True)
class Cuts:
    """Timesheets' lines that the company cut, by how that ended ("open" while it has not), and how many were disputed.
    `median_days` is how long a dispute took."""

    cut: int
    ends: Mapping[str, int]
    disputed: int
    median_days: Decimal | None


@dataclass(frozen=True, slots=True)
class Exposure:
    """Hours of work of one hazard class; None where too few people did it."""

    hazard_class: HazardClass
    hours: Decimal | None


@dataclass(frozen=True, slots=True)
class Turnover:
    """Of the contracts that were in force within so many days before the end of the record, how many ended there."""

    days: int
    in_force: int
    ended: int


@dataclass(frozen=True, slots=True)
class TimeToPay:
    """From the end of a shift to its payslip: the days of half of the shifts, and how many were paid in time."""

    shifts: int
    median_days: Decimal
    percent_in_time: Decimal


@dataclass(frozen=True, slots=True)
class Flags:
    """What people flagged of the work, and how long the first answer of an operator took."""

    flagged: int
    answered: int
    median_hours: Decimal | None


@dataclass(frozen=True, slots=True)
class Report:
    """A quarter of a company. Whatever too few people stand behind is empty. `public` says whether everybody reads
    it."""

    company: Company
    quarter: Quarter
    has_ended: bool
    public: bool
    people: int | None
    places: Sequence[PlaceShare]
    pay: Sequence[HourlyPay]
    reached: Sequence[Reached]
    between: Sequence[Between]
    cuts: Cuts | None
    hazards: Sequence[Exposure]
    turnover: Sequence[Turnover]
    time_to_pay: TimeToPay | None
    flags: Flags | None
    said: Sequence[Figure]
    """What people said of its gigs, in groups that became whole in the quarter (rule SURVEY)."""


def show(company_id: UUID, quarter: Quarter | None = None, *, seen_by: Actor | None) -> Report:
    """The company's record of a quarter, the last one that ended if none is named.

    For everybody where the company adopted the guidelines or agreed; before that for its members and for operators,
    who alone read a quarter that still runs: from day to day, what was added would be somebody's. Raises NotFound,
    NoSuchQuarter.
    """
    company = db.session.get(Company, company_id)
    if company is None:
        raise NotFound
    present = Quarter.of(clock.now())
    asked = quarter or present.before
    insider = seen_by is not None and (seen_by.belongs_to(company_id) or seen_by.is_operator())
    public = is_public(company_id, asked)
    if not (insider or public):
        raise NotFound
    if asked > present or (asked == present and not insider):
        raise NoSuchQuarter
    where = _About(company_id, asked)
    places = where.places()
    people = sum(count for _, count in places)
    return Report(
        company=company,
        quarter=asked,
        has_ended=asked < present,
        public=public and asked < present,
        people=people if enough(people) else None,
        places=told_places(places),
        pay=where.pay(),
        reached=where.reached(),
        between=where.between(),
        cuts=where.cuts(),
        hazards=where.hazards(),
        turnover=where.turnover(),
        time_to_pay=where.time_to_pay(),
        flags=where.flags(),
        said=surveys.figures(SurveyAnswer.company_id == company_id, since=asked.begins, until=asked.ends),
    )


@dataclass(frozen=True, slots=True)
class _About:
    """One company in one quarter: a statement for each part of its record."""

    company_id: UUID
    quarter: Quarter

    def places(self) -> list[tuple[str, int]]:
        """How many people were paid, by the country that they live in."""
        found = (
            select(Contractor.country, func.count(PayLine.contractor_id.distinct()))
            .join(Contractor, Contractor.id == PayLine.contractor_id)
            .where(*self._paid())
            .group_by(Contractor.country)
        )
        return [(country, people) for country, people in db.session.execute(found)]

    def pay(self) -> list[HourlyPay]:
        amount = func.sum(case((PayLine.payee_kind == Payee.CONTRACTOR, PayLine.amount), else_=0))
        seconds = func.sum(case((PayLine.kind.in_(_TIME), PayLine.seconds), else_=0))
        each = (
            select(PayLine.currency, func.round(amount * 3600 / seconds).label("hourly"))
            .where(*self._paid())
            .group_by(PayLine.currency, PayLine.contractor_id)
            .having(seconds > 0)
            .subquery()
        )
        quartiles = [func.percentile_disc(part).within_group(each.c.hourly) for part in (0.25, 0.5, 0.75)]
        found = select(each.c.currency, func.count(), *quartiles).group_by(each.c.currency).order_by(each.c.currency)
        return [
            HourlyPay(people, *(Money(int(amount), currency) for amount in amounts))
            for currency, people, *amounts in db.session.execute(found)
            if enough(people)
        ]

    def reached(self) -> list[Reached]:
        """By gig first: what its client paid is known for each."""
        time = func.sum(case((PayLine.kind.in_(_TIME), PayLine.seconds), else_=0))
        theirs = case((PayLine.payee_kind.in_((Payee.CONTRACTOR, Payee.BENEFITS)), PayLine.amount), else_=0)
        sold_on = func.coalesce(Gig.client_pays_amount * time / 3600, 0)
        by_gig = (
            select(
                PayLine.currency,
                func.sum(theirs).label("reached"),
                func.greatest(func.sum(PayLine.amount), sold_on).label("paid"),
            )
            .outerjoin(Gig, Gig.id == PayLine.gig_id)
            .where(*self._paid())
            .group_by(PayLine.currency, Gig.id)
            .subquery()
        )
        people = (
            select(PayLine.currency, func.count(PayLine.contractor_id.distinct()).label("people"))
            .where(*self._paid())
            .group_by(PayLine.currency)
            .subquery()
        )
        found = (
            select(by_gig.c.currency, func.sum(by_gig.c.reached), func.sum(by_gig.c.paid), people.c.people)
            .join(people, people.c.currency == by_gig.c.currency)
            .group_by(by_gig.c.currency, people.c.people)
            .order_by(by_gig.c.currency)
        )
        rows = db.session.execute(found)
        return [
            Reached(currency, _percent(part, whole)) for currency, part, whole, count in rows if enough(count) and whole
        ]

    def between(self) -> list[Between]:
        """A margin is declared with each gig and offer, so that who takes one is told however few people worked
        there; how much it came to is not."""
        people = func.count(PayLine.contractor_id.distinct()).label("people")
        whole = (
            select(PayLine.currency, func.sum(PayLine.amount).label("paid"), people)
            .where(*self._paid())
            .group_by(PayLine.currency)
            .subquery()
        )
        taken = func.sum(PayLine.amount)
        found = (
            select(Gig.margin_party, PayLine.currency, taken, whole.c.paid, whole.c.people)
            .join(Gig, Gig.id == PayLine.gig_id)
            .join(whole, whole.c.currency == PayLine.currency)
            .where(*self._paid(), PayLine.payee_kind == Payee.THIRD_PARTY, Gig.margin_party.is_not(None))
            .group_by(Gig.margin_party, PayLine.currency, whole.c.paid, whole.c.people)
            .order_by(taken.desc(), Gig.margin_party)
        )
        rows = db.session.execute(found)
        return [
            Between(str(party), currency, _percent(part, paid) if enough(count) else None)
            for party, currency, part, paid, count in rows
        ]

    def cuts(self) -> Cuts | None:
        took = func.extract("epoch", Dispute.ended_at - Dispute.claimed_at)
        ended = func.coalesce(TimesheetCut.ended_because, "open")
        inside = TimesheetCut.company_id == self.company_id, *self._within(TimesheetCut.cut_at)
        if self._too_few(TimesheetCut.contractor_id, *inside):
            return None
        by_end = select(ended, func.count()).where(*inside).group_by(ended).order_by(ended)
        ends = {str(end): count for end, count in db.session.execute(by_end)}
        disputes = (
            select(func.count(), func.percentile_cont(0.5).within_group(took))
            .join(TimesheetCut, TimesheetCut.id == Dispute.id)
            .where(*inside)
        )
        disputed, median = db.session.execute(disputes).one()
        return Cuts(sum(ends.values()), ends, disputed, _in(median, 86_400))

    def hazards(self) -> list[Exposure]:
        minutes = func.sum(TimesheetLine.work_minutes)
        people = func.count(Booking.contractor_id.distinct())
        found = (
            select(Booking.hazard_class, minutes, people)
            .join(TimesheetLine, TimesheetLine.booking_id == Booking.id)
            .where(Booking.company_id == self.company_id, *self._within(func.lower(Booking.during)))
            .group_by(Booking.hazard_class)
            .having(minutes > 0)
            .order_by(Booking.hazard_class)
        )
        return [
            Exposure(hazard, _in(worked, 60) if enough(count) else None)
            for hazard, worked, count in db.session.execute(found)
        ]

    def turnover(self) -> list[Turnover]:
        until = min(self.quarter.ends, clock.now())
        signed = exists().where(
            ContractVersion.contract_id == Contract.id,
            Signature.version_id == ContractVersion.id,
            Signature.signed_at < until,
        )
        over = and_(Contract.status == ContractStatus.ENDED, Contract.ends_at < until)
        counts: list[Any] = []
        for days in WINDOWS:
            since = until - timedelta(days=days)
            held = or_(Contract.ends_at.is_(None), Contract.ends_at >= since)
            counts += [func.count().filter(held), func.count().filter(held, over)]
        found = select(*counts).select_from(Contract).where(Contract.company_id == self.company_id, signed)
        told = db.session.execute(found).one()
        pairs = zip(WINDOWS, told[::2], told[1::2], strict=True)
        return [Turnover(days, in_force, ended) for days, in_force, ended in pairs if enough(in_force)]

    def time_to_pay(self) -> TimeToPay | None:
        """Of wages as they were first paid: what a dispute restored later is told with the disputes."""
        took = extract("epoch", Payslip.issued_at - func.upper(Booking.during))
        in_time = func.count().filter(took <= PAID_IN_DAYS * 86_400)
        found = (
            select(
                func.count(),
                func.percentile_cont(0.5).within_group(took),
                in_time,
                func.count(PayLine.contractor_id.distinct()),
            )
            .join(Booking, Booking.id == PayLine.booking_id)
            .where(*self._paid(), PayLine.kind.in_(_WORK), PayLine.seconds > 0, PayLine.cut_id.is_(None))
        )
        shifts, median, punctual, people = db.session.execute(found.join(Payslip)).one()
        days = _in(median, 86_400)
        return TimeToPay(shifts, days, _percent(punctual, shifts)) if days is not None and enough(people) else None

    def flags(self) -> Flags | None:
        took = func.extract("epoch", HazardFlag.answered_at - HazardFlag.at)
        inside = HazardFlag.company_id == self.company_id, *self._within(HazardFlag.at)
        if self._too_few(HazardFlag.contractor_id, *inside):
            return None
        found = select(
            func.count(), func.count(HazardFlag.answered_at), func.percentile_cont(0.5).within_group(took)
        ).where(*inside)
        flagged, answered, median = db.session.execute(found).one()
        return Flags(flagged, answered, _in(median, 3600))

    def _paid(self) -> tuple[ColumnElement[bool], ...]:
        """Lines that the company paid for time in the quarter, on payslips that were issued."""
        issued = select(Payslip.id).where(Payslip.status == PayslipStatus.ISSUED)
        return (
            PayLine.company_id == self.company_id,
            PayLine.kind.not_in((LineKind.SICK_LEAVE, LineKind.RAIL_FEE)),
            # A bonus makes no hour better paid than it is (BONUS).
            PayLine.bonus_id.is_(None),
            PayLine.payslip_id.in_(issued),
            *self._within(PayLine.began_at),
        )

    def _too_few(self, whose: Any, *inside: ColumnElement[bool]) -> bool:
        """Whether somebody stands behind such rows, and too few to be told of. None at all can be told: it is about
        nobody."""
        people = db.session.scalar(select(func.count(whose.distinct())).where(*inside)) or 0
        return people > 0 and not enough(people)

    def _within(self, moment: Any) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
        return moment >= self.quarter.begins, moment < self.quarter.ends


def _percent(part: int | Decimal, whole: int | Decimal) -> Decimal:
    return (100 * Decimal(part) / Decimal(whole)).quantize(Decimal("0.1"))


def _in(count: float | Decimal | None, unit: int) -> Decimal | None:
    """A count of seconds or minutes in a larger unit, to a tenth."""
    return None if count is None else (Decimal(str(count)) / unit).quantize(Decimal("0.1"))
