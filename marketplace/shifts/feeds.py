"""Calendar feeds: a secret address is made, shown once, read by a program that cannot sign in, and revoked."""

import hashlib
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit
from uuid import UUID

from flask import current_app
from sqlalchemy import Select, func, select

from marketplace.accounts import queries as accounts
from marketplace.accounts.models import Company, Person
from marketplace.accounts.rules import Actor, Right, require_company, require_person
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import record
from marketplace.core.problems import Conflict, NotFound
from marketplace.gigs.models import Gig
from marketplace.shifts import ical
from marketplace.shifts.feed_models import CalendarFeed
from marketplace.shifts.ical import Entry
from marketplace.shifts.models import Booking, Shift
from marketplace.shifts.rules import ACTIVE_BOOKING, BookingStatus, ShiftStatus

ADDRESS = "/api/v1/calendars/"
"""Where a feed is read; the secret follows."""
BACK = timedelta(days=31)
"""How far back a calendar reaches."""
MOST_FEEDS = 10
MOST_ENTRIES = 5000


class TooManyFeeds(Conflict):
    code = "too_many_feeds"
    title = "There are as many addresses of calendars as one person may have."
    remedy = "Revoke one that you do not use."


@dataclass(frozen=True, slots=True)
class IssuedFeed:
    """A fresh feed with its address: the only time that it can be seen."""

    row: CalendarFeed
    address: str


@dataclass(frozen=True, slots=True)
class Shown:
    """What an address shows, and its strong validator."""

    content: bytes
    etag: str


def make(company_id: UUID | None = None, *, by: Actor) -> IssuedFeed:
    """A secret address of the person's own shifts, or of those of a company of theirs. Raises NotFound,
    TooManyFeeds."""
    me = require_person(by)
    if company_id is not None:
        require_company(by, company_id, Right.READ)
    # The person is locked: two addresses that are made at once must not pass the limit together.
    db.session.get_one(Person, me, with_for_update={"key_share": True})
    if (db.session.scalar(select(func.count()).select_from(mine(by=by).subquery())) or 0) >= MOST_FEEDS:
        raise TooManyFeeds(limit=MOST_FEEDS)
    secret = secrets.token_urlsafe(32)
    row = CalendarFeed(person_id=me, company_id=company_id, sha256=_digest(secret), made_at=clock.now())
    db.session.add(row)
    record("calendar_feed.made", row, by=by)
    return IssuedFeed(row, f"{current_app.config['BASE_URL']}{ADDRESS}{secret}")


def mine(*, by: Actor) -> Select[CalendarFeed]:
    """The person's addresses that are not revoked."""
    return select(CalendarFeed).where(CalendarFeed.person_id == require_person(by), CalendarFeed.revoked_at.is_(None))


def revoke(feed_id: UUID, *, by: Actor) -> CalendarFeed:
    """Ends an address at once: its maker does, or, of a company's, whoever may manage its members. Doing it twice is
    doing it once. Raises NotFound."""
    row = db.session.get(CalendarFeed, feed_id, with_for_update=True)
    if row is None:
        raise NotFound
    if row.person_id != require_person(by):
        if row.company_id is None:
            raise NotFound
        require_company(by, row.company_id, Right.MEMBERS)
    if row.revoked_at is None:
        row.revoked_at = clock.now()
        record("calendar_feed.revoked", row, by=by)
    return row


def of_company(company_id: UUID, *, seen_by: Actor) -> Select[CalendarFeed]:
    """The addresses of a company's shifts that are not revoked, for whoever may manage its members."""
    require_company(seen_by, company_id, Right.MEMBERS)
    return select(CalendarFeed).where(CalendarFeed.company_id == company_id, CalendarFeed.revoked_at.is_(None))


def show(secret: str) -> Shown:
    """The calendar behind an address, for whoever has it. Raises NotFound once it is revoked, or its maker is not a
    member of the company any more."""
    found = select(CalendarFeed).where(CalendarFeed.sha256 == _digest(secret), CalendarFeed.revoked_at.is_(None))
    feed = db.session.scalar(found)
    if feed is None:
        raise NotFound
    if feed.company_id is None:
        name, entries = "Setara", _of_person(feed.person_id)
    else:
        require_company(accounts.actor_of(feed.person_id), feed.company_id, Right.READ)
        name, entries = db.session.get_one(Company, feed.company_id).legal_name, _of_company(feed.company_id)
    host = urlsplit(current_app.config["BASE_URL"]).hostname or "setara"
    content = ical.write(entries, name, host)
    return Shown(content, hashlib.sha256(content).hexdigest())


def _of_person(person_id: UUID) -> Iterator[Entry]:
    found = (
        select(Booking.id, Booking.during, Booking.status, Gig.title, Company.legal_name)
        .join(Gig, Gig.id == Booking.gig_id)
        .join(Company, Company.id == Booking.company_id)
        .where(Booking.contractor_id == person_id, func.upper(Booking.during) > clock.now() - BACK)
        .order_by(Booking.id.desc())
        .limit(MOST_ENTRIES)
    )
    base = current_app.config["BASE_URL"]
    for row in db.session.execute(found):
        held = row.status in (*ACTIVE_BOOKING, BookingStatus.WORKED, BookingStatus.STOOD_BY)
        url = f"{base}/work/shifts/{row.id}"
        yield Entry(row.id, row.during.lower, row.during.upper, f"{row.title}, {row.legal_name}", url, held)


def _of_company(company_id: UUID) -> Iterator[Entry]:
    found = (
        select(Shift, Gig.title)
        .join(Gig, Gig.id == Shift.gig_id)
        .where(Shift.company_id == company_id, Shift.ends_at > clock.now() - BACK)
        .order_by(Shift.starts_at.desc(), Shift.id)
        .limit(MOST_ENTRIES)
    )
    base = current_app.config["BASE_URL"]
    for shift, title in db.session.execute(found):
        summary = f"{title} ({shift.seats_taken}/{shift.seats})"
        url = f"{base}/company/{company_id}/shifts/{shift.id}"
        held = shift.status is not ShiftStatus.CANCELLED
        yield Entry(shift.id, shift.starts_at, shift.ends_at, summary, url, held)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
