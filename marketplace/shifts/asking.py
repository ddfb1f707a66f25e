"""Offers as a set: whoever knows the shifts and the people already asks hundreds in a few statements."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, NoReturn
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.dialects.postgresql import insert as upsert

from marketplace.accounts.rules import Actor
from marketplace.contracts.insurance import Covers, accident_covers
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import record_many
from marketplace.core.ids import new_id
from marketplace.core.lifecycle import move
from marketplace.gigs.models import Gig
from marketplace.gigs.rules import GigStatus
from marketplace.shifts import adding, queries
from marketplace.shifts.eligibility import ONE_PLACE, Person, Seat, first_no
from marketplace.shifts.hours import MINUTE, collected_until
from marketplace.shifts.models import Offer, Shift
from marketplace.shifts.rules import (
    OPEN_OFFER,
    BadOffer,
    DoubleBooked,
    GigNotOpen,
    NotEligible,
    OfferStatus,
    SeatsGone,
    ShiftBegun,
    ShiftStatus,
)
from marketplace.shifts.terms import digest, snapshot
from marketplace.standards.verdicts import Verdict

ELSEWHERE = "/api/v1/offers?status=pending"
"""What else is open to a person who came too late."""
AT_ONCE = 500
"""Offers in one statement."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One shift for one person, and why they are asked. `person` is as the rules read them now, contract included.
    `claimed`: they asked for it themselves. `answer` is how long they have to answer once the offer has reached them,
    where it is not as long as it stands."""

    shift: Shift
    person: Person
    reason: Mapping[str, Any]
    expires_at: datetime
    claimed: bool = False
    answer: timedelta | None = None


def ask(asked: Sequence[Asked], gigs: Sequence[Gig], *, by: Actor) -> list[Offer]:
    """Makes the offers, after the same rules for each as for one: everybody is eligible or nobody is asked.

    `gigs` are those of the shifts, held by `hold_gigs()`, and the shifts are locked. Somebody who has an open offer of
    the same shift keeps it and is not asked twice. Where more people are asked about a shift than it has seats that are
    promised to nobody, or somebody has `claimed` it, their yeses are collected (rule RACE). Returns the offers that
    were made. Raises NotEligible, DoubleBooked, GigNotOpen, ShiftBegun, BadOffer, SeatsGone.
    """
    now, known = clock.now(), {gig.id: gig for gig in gigs}
    for shift in {each.shift for each in asked}:
        check_open(shift, known[shift.gig_id])
        if not shift.seats_open:
            raise SeatsGone
    windows = _windows(asked, now)
    companies, people = {each.shift.company_id for each in asked}, {each.person.contractor_id for each in asked}
    covers = accident_covers(companies, people)
    late = adding.owed([each.shift for each in asked], people)
    rows = [
        _row(each, _seat(each, known[each.shift.gig_id], late), known[each.shift.gig_id], covers, now, windows)
        for each in asked
    ]
    made: list[Offer] = []
    for start in range(0, len(rows), AT_ONCE):
        insert = upsert(Offer).on_conflict_do_nothing().returning(Offer)
        made += db.session.scalars(insert, rows[start : start + AT_ONCE]).all()
    record_many("offer.claimed", [(offer, {}) for offer in made if offer.claimed], by=by)
    record_many("offer.made", [(offer, {}) for offer in made if not offer.claimed], by=by)
    return made


def hold_gigs(gig_ids: Collection[UUID]) -> dict[UUID, Gig]:
    """The gigs as they stand now, shared until the commit: an offer tells of their class and rate, so whoever raises,
    pauses or closes one comes before the offers and is seen, or after them and sees them.

    For whoever is about to `ask()`, before any shift is locked: a raise locks the gig first and its shifts then.
    """
    found = select(Gig).where(Gig.id.in_(gig_ids)).order_by(Gig.id).with_for_update(read=True)
    return {gig.id: gig for gig in db.session.scalars(found.execution_options(populate_existing=True))}


def promised(shift_ids: Collection[UUID]) -> dict[UUID, int]:
    """How many seats of each shift stand in somebody's offer alone, whose answer is awaited. The shifts are locked."""
    alone = select(Offer.shift_id, func.count()).where(
        Offer.shift_id.in_(shift_ids), Offer.status == OfferStatus.PENDING, ~Offer.collects
    )
    return {row[0]: row[1] for row in db.session.execute(alone.group_by(Offer.shift_id))}


def _windows(asked: Sequence[Asked], now: datetime) -> dict[UUID, datetime]:
    """The shifts of which more people are asked than seats are promised to nobody, or were before, each with the end of
    its window: one for all who are asked, as long as the longest time that was meant for any of them."""
    collecting = _collecting(asked) | {each.shift.id for each in asked if each.claimed}
    wanted = {known: max(each.expires_at for each in asked if each.shift.id == known) for known in collecting}
    begins = {each.shift.id: each.shift.starts_at for each in asked}
    return {known: collected_until(until, begins[known], now) for known, until in wanted.items()}


def _collecting(asked: Sequence[Asked]) -> set[UUID]:
    shifts = {each.shift.id: each.shift for each in asked}
    wanted = Counter(each.shift.id for each in asked)
    collecting, among = set(), {(each.shift.id, each.person.contractor_id) for each in asked}
    free = {known: shift.seats_open for known, shift in shifts.items()}
    open_ones = select(Offer.shift_id, Offer.contractor_id, Offer.collects).where(
        Offer.shift_id.in_(shifts), Offer.status.in_(OPEN_OFFER)
    )
    for row in db.session.execute(open_ones):
        wanted[row.shift_id] -= (row.shift_id, row.contractor_id) in among
        if row.collects:
            collecting.add(row.shift_id)
        else:
            free[row.shift_id] -= 1
    return collecting | {known for known, count in wanted.items() if count > free[known]}


def take_back(which: ColumnElement[bool], *, because: str | None = None, by: Actor) -> None:
    """Takes open offers back, those whose yes is collected among them, for what changes the shift for everybody."""
    found = select(Offer.id, Offer.status).where(which, Offer.status.in_(OPEN_OFFER)).order_by(Offer.id)
    rows = db.session.execute(found.with_for_update()).all()
    for status in OPEN_OFFER:
        move(
            Offer,
            [row.id for row in rows if row.status is status],
            old=status,
            new=OfferStatus.WITHDRAWN,
            by=by,
            event="offer.withdrawn",
            data={"because": because} if because else {},
        )


def check_open(shift: Shift, gig: Gig) -> None:
    """Raises GigNotOpen or ShiftBegun unless people can be asked to take the shift."""
    if gig.status is not GigStatus.OPEN:
        raise GigNotOpen(f"It is {gig.status}.")
    if shift.status is not ShiftStatus.SCHEDULED or shift.starts_at <= clock.now():
        raise ShiftBegun


def check_person(seat: Seat, person: Person) -> None:
    """Raises NotEligible or DoubleBooked, with the first rule that says no."""
    if (verdict := first_no(seat, person)) is not None:
        refuse(verdict, person.contractor_id)


def refuse(verdict: Verdict, contractor_id: UUID) -> NoReturn:
    """Raises NotEligible or DoubleBooked with the rule that said no."""
    if verdict.rule == ONE_PLACE.id:
        raise DoubleBooked(contractor_id=str(contractor_id), elsewhere=ELSEWHERE)
    raise NotEligible(
        verdict.sentence,
        remedy=verdict.remedy,
        contractor_id=str(contractor_id),
        verdict=verdict.as_dict(),
    )


def terms_of(
    shift: Shift, gig: Gig, seat: Seat, person: Person, reason: Mapping[str, Any], covers: Covers
) -> dict[str, Any]:
    """What the person is to see before their yes, as JSON; they have a contract."""
    words = {"id": str(gig.id), "title": gig.title, "work_kind": str(gig.work_kind), "data_use": gig.data_use}
    cover = covers.on(shift.company_id, person.contractor_id, shift.starts_at.astimezone(UTC).date())
    return snapshot(seat, person, gig=words, timezone=shift.timezone, reason=reason, cover=cover)


def _seat(asked: Asked, gig: Gig, late: adding.Late) -> Seat:
    """The seat for this person, with what it pays them beside its time."""
    minutes = late.get((asked.shift.id, asked.person.contractor_id), 0)
    return replace(queries.seat_of(asked.shift, gig), added_minutes=minutes)


def _row(
    asked: Asked, seat: Seat, gig: Gig, covers: Covers, now: datetime, windows: Mapping[UUID, datetime]
) -> dict[str, Any]:
    shift, window = asked.shift, windows.get(asked.shift.id)
    until = window or asked.expires_at
    if not now < asked.expires_at <= shift.starts_at:
        raise BadOffer("An offer expires in the future, at the latest when its shift begins.", field="expires_at")
    check_person(seat, asked.person)
    terms = terms_of(shift, gig, seat, asked.person, asked.reason, covers)
    return {
        "id": new_id(),
        "shift_id": shift.id,
        "gig_id": shift.gig_id,
        "company_id": shift.company_id,
        "contractor_id": asked.person.contractor_id,
        "reason": dict(asked.reason),
        "terms": terms,
        "terms_sha256": digest(terms),
        "made_at": now,
        "expires_at": until,
        "first_until": until,
        "answer_minutes": -(-(asked.answer or until - now) // MINUTE),
        "reached_at": now,
        "collects": window is not None,
        "claimed": asked.claimed,
        "status": OfferStatus.PENDING,
    }
