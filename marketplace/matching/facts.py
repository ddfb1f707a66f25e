"""The facts of an instance, read set-based: one statement for each kind of fact, for all shifts and all people."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.dialects.postgresql import Range

from marketplace.contracts import crews
from marketplace.contracts import queries as contracts
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.gigs.models import Gig
from marketplace.matching import weighing
from marketplace.matching.instance import First, Instance, Member, Opening, Past, Signed, Work, born_for
from marketplace.matching.models import MatchRun
from marketplace.matching.objective import Weights
from marketplace.matching.rules import SEASON
from marketplace.matching.waves import MEASURED, WITHIN, Answers, sizes
from marketplace.shifts import queries as shifts
from marketplace.shifts.crew_first import first_until
from marketplace.shifts.eligibility import Agreed, Busy, Person
from marketplace.shifts.handover_rules import BY as HANDED_OVER
from marketplace.shifts.models import Booking, Offer, Shift
from marketplace.shifts.queries import COUNTS_AS_WORKED
from marketplace.shifts.rules import OPEN_OFFER, OfferStatus
from marketplace.standards.hazard import HazardClass
from marketplace.standards.hours import Span, age_on
from marketplace.workforce.models import Contractor
from marketplace.workforce.rules import ContractorStatus

MINUTE = timedelta(minutes=1)
CAME_TO_NOTHING = (OfferStatus.WITHDRAWN, OfferStatus.NOT_CHOSEN)
SAID_YES = (OfferStatus.ACCEPTED, OfferStatus.NOT_CHOSEN)
ANSWERED = (*SAID_YES, OfferStatus.DECLINED, OfferStatus.EXPIRED)
ScheduledWork = Sequence[tuple[Shift, Gig]]


def read(
    found: ScheduledWork,
    *,
    only: Collection[UUID] | None = None,
    seed: int = 0,
    but_for: UUID | None = None,
    weights: Weights | None = None,
    around: Span | None = None,
) -> Instance:
    """What a plan for these shifts is reckoned from: their open seats, and every vetted person who has a contract with
    one of their companies; of those only the named ones, if they are named. An open offer of the shift `but_for` takes
    nobody's time: the plan is about that very offer. Weighed as it is now, unless other `weights` are given.
    What people do is read for `around` where that is more than the shifts themselves."""
    at = clock.now()
    return Instance(
        at=at,
        weights=weights or weighing.current(),
        seed=seed,
        works=works(found),
        openings=openings(found, at),
        members=members(found, at, only, but_for, around) if found else [],
    )


def works(found: ScheduledWork) -> dict[UUID, Work]:
    """What the gigs ask for and pay, in the order of their ids."""
    return {gig.id: _work(gig) for gig in sorted({gig for _, gig in found}, key=lambda gig: gig.id)}


def asked_about(shift_ids: Collection[UUID]) -> tuple[dict[UUID, set[UUID]], dict[UUID, int]]:
    """For each shift: everybody who was ever asked to take it, and how many have not answered.

    What they answered is not read. An offer that came to nothing because the seats were gone, taken back or not chosen,
    does not count: whoever had it can be asked again when a seat is free.
    """
    offers = select(Offer.shift_id, Offer.contractor_id, Offer.status).where(
        Offer.shift_id.in_(shift_ids), Offer.status.not_in(CAME_TO_NOTHING)
    )
    asked: dict[UUID, set[UUID]] = defaultdict(set)
    unanswered: dict[UUID, int] = defaultdict(int)
    for row in db.session.execute(offers):
        asked[row.shift_id].add(row.contractor_id)
        unanswered[row.shift_id] += row.status in OPEN_OFFER
    return asked, unanswered


def waiting_of(contractor_ids: Collection[UUID], but_for: UUID | None = None) -> dict[UUID, list[Busy]]:
    """What each person is asked about and has not answered, or said yes to and awaits, as time that is taken; the shift
    `but_for` aside."""
    found: dict[UUID, list[Busy]] = defaultdict(list)
    pending = (
        select(Offer.contractor_id, Shift.starts_at, Shift.ends_at, Shift.is_training, Gig.hazard_class)
        .join(Shift, Shift.id == Offer.shift_id)
        .join(Gig, Gig.id == Offer.gig_id)
        .where(Offer.contractor_id.in_(contractor_ids), Offer.status.in_(OPEN_OFFER))
        .order_by(Offer.id)
    )
    if but_for is not None:
        pending = pending.where(Offer.shift_id != but_for)
    for row in db.session.execute(pending):
        hazard_class = HazardClass.H0 if row.is_training else row.hazard_class
        found[row.contractor_id].append(Busy(Span(row.starts_at, row.ends_at), hazard_class))
    return found


def answers_of(work_kinds: Collection[str], at: datetime) -> dict[str, dict[int, Answers]]:
    """What each half of all people answered to offers of such work, over all companies, in the time that WAVES
    measures: counts, and nobody's name. An offer that was taken back is no answer, one that is open not yet, and
    silence is none of whoever it did not reach (rule REACHED)."""
    half = func.get_byte(func.uuid_send(Offer.contractor_id), 15).op("&")(1)
    counted = (
        select(
            Gig.work_kind,
            half.label("half"),
            func.count().filter(Offer.status.in_(SAID_YES)).label("yeses"),
            func.count().label("offers"),
        )
        .join(Gig, Gig.id == Offer.gig_id)
        .where(
            Offer.made_at > at - MEASURED,
            Offer.status.in_(ANSWERED),
            # Whoever asked for a shift, or takes one over, says yes to it: it tells nothing of those who are asked.
            ~Offer.claimed,
            Offer.reason["by"].astext.is_distinct_from(HANDED_OVER),
            or_(Offer.status != OfferStatus.EXPIRED, Offer.reached_at.is_not(None)),
            Gig.work_kind.in_(work_kinds),
        )
        .group_by(Gig.work_kind, half)
    )
    found: dict[str, dict[int, Answers]] = {}
    for row in db.session.execute(counted):
        found.setdefault(str(row.work_kind), {})[row.half] = Answers(row.yeses, row.offers)
    return found


def firsts(found: Collection[Shift], at: datetime) -> dict[UUID, First]:
    """Of the shifts for which a crew is asked first: the people who are in it at that moment, and until when they are,
    reckoned from the first search. A crew that nobody is in keeps nobody waiting."""
    named = {shift.id: shift for shift in found if shift.crew_id is not None}
    if not named:
        return {}
    searches = select(MatchRun.shift_id, func.min(MatchRun.at)).where(MatchRun.shift_id.in_(named))
    searched = {row[0]: row[1] for row in db.session.execute(searches.group_by(MatchRun.shift_id))}
    people = crews.people_of({shift.crew_id for shift in named.values() if shift.crew_id is not None}, at)
    return {
        known: First(first_until(searched.get(known, at), shift.starts_at), people[shift.crew_id])
        for known, shift in named.items()
        if shift.crew_id is not None and shift.crew_id in people
    }


def openings(found: ScheduledWork, at: datetime) -> list[Opening]:
    """The seats of the shifts that nobody is asked about, in the order of their ids."""
    asked, unanswered = asked_about([shift.id for shift, _ in found])
    first = firsts([shift for shift, _ in found], at)
    soon = {str(gig.work_kind) for shift, gig in found if shift.starts_at - at <= WITHIN}
    measured = answers_of(soon, at) if soon else {}
    return [
        _opening(
            shift,
            gig,
            max(0, shift.seats_open - unanswered.get(shift.id, 0)),
            frozenset(asked.get(shift.id, ())),
            measured.get(str(gig.work_kind), {}) if shift.starts_at - at <= WITHIN else None,
            first.get(shift.id),
        )
        for shift, gig in sorted(found, key=lambda pair: pair[0].id)
    ]


def _opening(
    shift: Shift,
    gig: Gig,
    seats: int,
    asked: frozenset[UUID],
    measured: Mapping[int, Answers] | None,
    first: First | None,
) -> Opening:
    """`measured` is None of a shift whose seats are offered to one person at a time."""
    waves = (seats, seats) if measured is None else sizes(seats, measured)
    span = Span(shift.starts_at, shift.ends_at)
    return Opening(shift.id, gig.id, span, seats, asked, waves, first, shift.is_training)


def _work(gig: Gig) -> Work:
    return Work(
        gig_id=gig.id,
        company_id=gig.company_id,
        criteria=gig.criteria,
        hazard_class=gig.hazard_class,
        hazard_categories=tuple(gig.hazard_categories),
        rate=gig.rate,
        fee_percent=gig.fee_percent,
        margin=gig.margin,
        work_kind=str(gig.work_kind),
        pay_steps=gig.pay_steps,
    )


def members(
    found: ScheduledWork,
    at: datetime,
    only: Collection[UUID] | None,
    but_for: UUID | None = None,
    around: Span | None = None,
) -> list[Member]:
    """The people who may be asked for these shifts, as `read()` tells of them, in the order of their ids."""
    signed = _signed({gig.company_id for _, gig in found}, at, only)
    wanted = signed.keys() if only is None else signed.keys() & set(only)
    vetted = select(Contractor).where(Contractor.id.in_(wanted), Contractor.status == ContractorStatus.VETTED)
    people = list(db.session.scalars(vetted.order_by(Contractor.id)))
    ids = [who.id for who in people]
    around = around or Span(min(shift.starts_at for shift, _ in found), max(shift.ends_at for shift, _ in found))
    facts = shifts.unsigned(people, around)
    past, waiting = _past(ids, around), waiting_of(ids, but_for)
    return [
        Member(
            person=_as_stored(facts[who.id], waiting.get(who.id, ()), at),
            signed=signed[who.id],
            band_min_minutes=who.band_min_hours * 60,
            band_max_minutes=who.band_max_hours * 60,
            past=past.get(who.id, ()),
        )
        for who in people
    ]


def _as_stored(person: Person, waiting: Sequence[Busy], at: datetime) -> Person:
    """The person as an instance tells of them: the birthday only by the full years of age."""
    born_on = person.born_on
    if born_on is not None:
        today = at.astimezone(person.zone).date()
        born_on = born_for(age_on(born_on, today), today)
    return replace(person, born_on=born_on, busy=(*person.busy, *waiting))


def _signed(
    company_ids: Collection[UUID], at: datetime, only: Collection[UUID] | None
) -> dict[UUID, dict[UUID, list[Signed]]]:
    found: dict[UUID, dict[UUID, list[Signed]]] = defaultdict(lambda: defaultdict(list))
    for each in contracts.holdings(company_ids, at, only):
        agreed = Agreed(each.version_id, each.rate, HazardClass(each.highest_class))
        signed = Signed(agreed, each.effective_from, each.effective_to, each.ends_at)
        found[each.contractor_id][each.company_id].append(signed)
    return found


def _past(ids: Collection[UUID], around: Span) -> Mapping[UUID, list[Past]]:
    """What was booked or worked and begins so shortly before one of the shifts that a score may count it; what somebody
    lost for no fault of theirs is among it."""
    window = Range(around.starts_at - SEASON, around.ends_at)
    booked = select(Booking.contractor_id, Booking.company_id, Booking.during).where(
        Booking.contractor_id.in_(ids), Booking.status.in_(COUNTS_AS_WORKED), Booking.during.overlaps(window)
    )
    found: dict[UUID, list[Past]] = defaultdict(list)
    for row in db.session.execute(booked.order_by(Booking.id)):
        begun, ended = row.during.lower, row.during.upper
        found[row.contractor_id].append(Past(begun, (ended - begun) // MINUTE, row.company_id))
    return found
