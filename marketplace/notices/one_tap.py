"""Links in messages that answer one question, without signing in and on the poorest phone.

A link is a signature, and lies in no table: over its purpose, the thing, the person whose answer it is, what exactly
they were shown, and its end. Whoever holds it can give that one answer in the person's name, and nothing else: it signs
nobody in. It is used once because the thing is then answered, and it ends with the thing: an offer that was withdrawn
has nothing left to answer. Looking at it changes nothing, since programs look at links before people do.

A room that has a question of its own adds a row to `PURPOSES`, and its events to `ASKED_BY`.
"""

import binascii
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import aliased

from marketplace.accounts.rules import Actor
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.problems import Conflict, NotFound
from marketplace.shifts import confirming, covering, offers
from marketplace.shifts.confirmation import opens_at
from marketplace.shifts.handover_models import CoverCall, Handover
from marketplace.shifts.handover_queries import looks_at
from marketplace.shifts.handover_rules import HandoverKind, HandoverStatus
from marketplace.shifts.models import Booking, Offer, Shift
from marketplace.shifts.rules import BookingStatus, OfferStatus
from marketplace.workforce.models import Contractor

PAGE: Final = "/a/"
"""Where a link leads; the token follows. Short, since a text message is paid for by its letters."""
_ID, _END, _MAC = 16, 4, 12
"""Bytes of a token after its first letter. Nobody guesses one of 2^96 over a network."""


class LinkOver(Conflict):
    code = "link_over"
    title = "This question is answered, or over."
    remedy = "Sign in to see what became of it."


@dataclass(frozen=True, slots=True)
class Thing:
    """What a link is about, as it stands now. `version` is what the person was shown, so that a link to something else
    is none; `terms` what they said yes to or would; `until` how long an answer is awaited, and `ends_at` when no answer
    can matter any more."""

    id: UUID
    person_id: UUID
    company_id: UUID
    version: str
    terms: Mapping[str, Any]
    until: datetime
    ends_at: datetime
    is_open: bool
    status: str


Find = Callable[[Collection[UUID]], dict[UUID, Thing]]
"""The things of these ids, in as many statements as for one."""
Answer = Callable[[UUID, Actor], object]


@dataclass(frozen=True, slots=True)
class Purpose:
    """A question: `letter` begins its tokens and is never given to another one, `word` is how events name its thing,
    `answers` are the verbs behind the buttons, by their names."""

    name: str
    letter: str
    word: str
    find: Find
    answers: Mapping[str, Answer]


@dataclass(frozen=True, slots=True)
class Asked:
    """The question behind a link."""

    purpose: Purpose
    thing: Thing


def _offers(ids: Collection[UUID]) -> dict[UUID, Thing]:
    found = select(Offer, Shift.starts_at).join(Shift, Shift.id == Offer.shift_id).where(Offer.id.in_(ids))
    now = clock.now()
    return {
        offer.id: Thing(
            offer.id,
            offer.contractor_id,
            offer.company_id,
            offer.terms_sha256,
            offer.terms,
            offer.expires_at,
            begins,
            offer.status is OfferStatus.PENDING and now < offer.expires_at,
            str(offer.status),
        )
        for offer, begins in db.session.execute(found)
    }


def _bookings(ids: Collection[UUID]) -> dict[UUID, Thing]:
    found = select(Booking, Offer.terms, Offer.terms_sha256).join(Offer, Offer.id == Booking.offer_id)
    now = clock.now()
    return {
        booking.id: Thing(
            booking.id,
            booking.contractor_id,
            booking.company_id,
            digest,
            terms,
            booking.starts_at,
            booking.starts_at,
            booking.status is BookingStatus.BOOKED
            and booking.confirmed_at is None
            and opens_at(booking.starts_at) <= now < booking.starts_at,
            "confirmed" if booking.confirmed_at else str(booking.status),
        )
        for booking, terms, digest in db.session.execute(found.where(Booking.id.in_(ids)))
    }


def _covers(ids: Collection[UUID]) -> dict[UUID, Thing]:
    """Each with the terms that its person would say yes to now; a link to others than they were told of answers
    nothing. One more read of the person for each, since each of them has a week of their own."""
    new = aliased(Booking)
    found = (
        select(CoverCall, Handover, Booking, Offer.terms, Contractor, new.contractor_id.label("taker_id"))
        .join(Handover, Handover.id == CoverCall.handover_id)
        .join(Booking, Booking.id == Handover.booking_id)
        .join(Offer, Offer.id == Booking.offer_id)
        .join(Contractor, Contractor.id == CoverCall.contractor_id)
        .outerjoin(new, new.id == Handover.new_booking_id)
        .where(CoverCall.id.in_(ids))
    )
    rows, now, things = db.session.execute(found).all(), clock.now(), {}
    waiting: dict[UUID, list[Contractor]] = {}
    for row in rows:
        if row.Handover.status is HandoverStatus.OPEN and row.Booking.status is BookingStatus.BOOKED:
            waiting.setdefault(row.Booking.id, []).append(row.Contractor)
    seats = {row.Booking.id: row.Booking for row in rows}
    looks = {
        (booking_id, look.person.contractor_id): look
        for booking_id, people in waiting.items()
        for look in looks_at(seats[booking_id], people, HandoverKind.COVER)
    }
    for call, handover, booking, terms, who, taker_id in rows:
        look = looks.get((booking.id, who.id))
        as_told = look is not None and look.terms_sha256 == call.terms_sha256
        things[call.id] = Thing(
            call.id,
            who.id,
            handover.company_id,
            call.terms_sha256,
            look.terms if look is not None and look.terms is not None else terms,
            booking.starts_at,
            booking.starts_at,
            as_told and now < booking.starts_at,
            "accepted" if taker_id == who.id else _cover_status(handover, look is not None and not as_told),
        )
    return things


def _cover_status(handover: Handover, has_other_terms: bool) -> str:
    return "terms_changed" if has_other_terms else str(handover.status)


PURPOSES: Final = (
    Purpose(
        "offer",
        "o",
        "offer",
        _offers,
        MappingProxyType(
            {
                "yes": lambda known, by: offers.say_yes(known, by=by),
                "no": lambda known, by: offers.decline(known, by=by),
            }
        ),
    ),
    # To give a seat back may count, which has to be read first: that is for the page of the shift.
    Purpose(
        "coming",
        "c",
        "booking",
        _bookings,
        MappingProxyType({"yes": lambda known, by: confirming.confirm(known, by=by)}),
    ),
    Purpose(
        "cover",
        "k",
        "cover",
        _covers,
        MappingProxyType({"yes": lambda known, by: covering.take(known, by=by)}),
    ),
)
ASKED_BY: Mapping[str, Purpose] = MappingProxyType(
    {
        "offer.made": PURPOSES[0],
        "booking.confirm_asked": PURPOSES[1],
        "booking.confirm_urged": PURPOSES[1],
        "cover.wanted": PURPOSES[2],
    }
)
"""Of an event: the question that its messages carry a link to."""
_BY_LETTER: Final = {purpose.letter: purpose for purpose in PURPOSES}


def links(purpose: Purpose, ids: Collection[UUID]) -> dict[UUID, str]:
    """The links to the question about each of these things that still awaits its answer, for whoever is asked."""
    base = current_app.config["BASE_URL"]
    found = purpose.find(ids).values()
    return {thing.id: f"{base}{PAGE}{_token(purpose, thing)}" for thing in found if thing.is_open}


def read(token: str) -> Asked:
    """What a link asks, as it stands now, whether or not it can still be answered. Raises NotFound for what is no link
    of ours, or is too old."""
    purpose = _BY_LETTER.get(token[:1])
    try:
        body = urlsafe_b64decode(token[1:] + "=" * (-len(token[1:]) % 4))
    except (binascii.Error, ValueError):
        body = b""
    if purpose is None or len(body) != _ID + _END + _MAC:
        raise NotFound
    thing = purpose.find([UUID(bytes=body[:_ID])]).get(UUID(bytes=body[:_ID]))
    end = datetime.fromtimestamp(int.from_bytes(body[_ID : _ID + _END]), UTC)
    if thing is None or not hmac.compare_digest(body, _signed(purpose, thing, end)) or end <= clock.now():
        raise NotFound
    return Asked(purpose, thing)


def answer(token: str, said: str) -> Asked:
    """Gives the answer in the name of the person who was asked, by the verb that they would give it with; what stands
    then. Raises NotFound, LinkOver, and what the verb raises."""
    asked = read(token)
    if said not in asked.purpose.answers:
        raise NotFound
    if not asked.thing.is_open:
        raise LinkOver
    # Not the person with all their rights: whoever holds the link holds this one answer.
    asked.purpose.answers[said](asked.thing.id, Actor(asked.thing.person_id, "link"))
    return read(token)


def _token(purpose: Purpose, thing: Thing) -> str:
    return purpose.letter + urlsafe_b64encode(_signed(purpose, thing, thing.ends_at)).rstrip(b"=").decode()


def _signed(purpose: Purpose, thing: Thing, end: datetime) -> bytes:
    body = thing.id.bytes + int(end.timestamp()).to_bytes(_END)
    told = "\0".join(("one tap", purpose.letter, str(thing.person_id), thing.version)).encode()
    return body + hmac.digest(current_app.config["SECRET_KEY"].encode(), told + b"\0" + body, "sha256")[:_MAC]
