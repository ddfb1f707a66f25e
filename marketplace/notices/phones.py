"""The verbs of telephone numbers: give one, prove it by the code that was sent there, take it away."""

import hmac
from collections.abc import Collection
from datetime import timedelta
from typing import Final
from uuid import UUID

import phonenumbers
from flask import current_app
from sqlalchemy import func, select

from marketplace.accounts.models import Person
from marketplace.accounts.rules import Actor, require_person
from marketplace.core import clock, vault
from marketplace.core.db import db
from marketplace.core.events import record
from marketplace.core.problems import Conflict, Invalid, NotFound, TooMany
from marketplace.notices.address_models import Phone
from marketplace.notices.carrying import is_open
from marketplace.notices.ways import Way

CODE_LASTS: Final = timedelta(minutes=10)
MOST_TRIES: Final = 5
"""Wrong codes before a new one must be sent: of a million codes five are 0.0005 percent."""
MOST_CODES: Final = 5
"""Codes to one person or one number in a day: text messages cost money, and must not be a way to annoy somebody."""
_IN: Final = timedelta(days=1)
_DIGITS: Final = 6
_COUNTRY: Final = 2
_WHAT: Final = "phone"


class BadNumber(Invalid):
    code = "number_not_valid"
    title = "This is not a telephone number that messages can be sent to."
    remedy = "Give it with the code of its country, such as +62 812 3456 789."


class NoTexts(Conflict):
    code = "no_text_messages"
    title = "This service sends no text messages."
    remedy = "E-mail and the inbox tell you everything."


class TooManyCodes(TooMany):
    code = "too_many_codes"
    title = "There were as many codes in a day as may be sent."
    remedy = "Try again tomorrow."


class WrongCode(Invalid):
    code = "code_not_right"
    title = "This code is not right."
    remedy = "Look at the newest message. After five wrong ones, have a new code sent."


class CodeOver(Conflict):
    code = "code_over"
    title = "This code is no longer good."
    remedy = "Have a new one sent."


def mine(*, by: Actor) -> list[Phone]:
    """The number that messages go to, and one that waits for its code: at most two, the proven one first."""
    found = select(Phone).where(Phone.person_id == require_person(by), Phone.ended_at.is_(None))
    return list(db.session.scalars(found.order_by(Phone.proven_at.nulls_last())))


def add(number: str, *, by: Actor) -> Phone:
    """Has a code sent to a number. Until it is typed, messages go where they went before; a number that still waited
    for its code is dropped. Raises BadNumber, NoTexts, TooManyCodes."""
    me, moment = require_person(by), clock.now()
    if not is_open(Way.SMS):
        raise NoTexts
    parsed = _parsed(number)
    written = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    # The person is locked: two numbers that are given at once must not pass the limit together.
    db.session.get_one(Person, me, with_for_update={"key_share": True})
    fingerprint = vault.fingerprint(_WHAT, written)
    lately = select(func.count()).where(
        (Phone.person_id == me) | (Phone.fingerprint == fingerprint), Phone.asked_at > moment - _IN
    )
    if (db.session.scalar(lately) or 0) >= MOST_CODES:
        raise TooManyCodes(limit=MOST_CODES)
    for other in mine(by=by):
        if other.proven_at is None:
            other.ended_at = moment
    db.session.flush()
    row = Phone(
        person_id=me,
        sealed=vault.seal(me, written.encode(), what=_WHAT),
        shown=f"+{parsed.country_code} … {written[-3:]}",
        region=phonenumbers.region_code_for_number(parsed),
        fingerprint=fingerprint,
        asked_at=moment,
    )
    db.session.add(row)
    record("phone.code_asked", row, by=by)
    return row


def prove(phone_id: UUID, code: str, *, by: Actor) -> Phone:
    """Types the code. A right one makes the number the person's own, and the one before it ends, which is told there.

    A wrong one is counted, so it is no refusal that rolls back: the number comes back without `proven_at`, and the door
    answers WrongCode after the commit. Raises NotFound, CodeOver.
    """
    # The person before their numbers, as where one is given: a number that is proven must not end in the same moment.
    db.session.get_one(Person, require_person(by), with_for_update={"key_share": True})
    row = _own(phone_id, by)
    if row.proven_at is not None:
        return row
    moment = clock.now()
    if row.ended_at is not None or row.tries >= MOST_TRIES or moment >= row.asked_at + CODE_LASTS:
        raise CodeOver
    if not hmac.compare_digest(code_of(row).encode(), "".join(code.split()).encode("utf-8", "replace")):
        row.tries += 1
        db.session.flush()
        return row
    for other in mine(by=by):
        if other.proven_at is not None:
            _end(other, by)
    row.proven_at = moment
    record("phone.proven", row, by=by)
    return row


def remove(phone_id: UUID, *, by: Actor) -> Phone:
    """Ends a number: no message goes there any more but the one that says so. Doing it twice is doing it once. Raises
    NotFound."""
    row = _own(phone_id, by)
    if row.ended_at is None:
        _end(row, by)
    return row


def code_of(phone: Phone) -> str:
    """The code that shows that a number is somebody's: six digits that follow from the row and the secret of the
    service, so that it lies in no table, not even as a digest that all of a million codes could be tried against."""
    text = f"phone code\0{phone.id}\0{phone.asked_at.timestamp()}".encode()
    digest = hmac.digest(current_app.config["SECRET_KEY"].encode(), text, "sha256")
    return str(int.from_bytes(digest) % 10**_DIGITS).zfill(_DIGITS)


def number_of(phone: Phone) -> str:
    """The number in full, as in E.164, for whoever sends a message there. Raises Erased, VaultLocked."""
    return vault.unseal(phone.person_id, phone.sealed, what=_WHAT).decode()


def proven_of(person_ids: Collection[UUID]) -> dict[UUID, Phone]:
    """The proven numbers of people. One statement. Without permission: it is for notices."""
    found = select(Phone).where(Phone.person_id.in_(person_ids), Phone.proven_at.is_not(None), Phone.ended_at.is_(None))
    return {phone.person_id: phone for phone in db.session.scalars(found)}


def _end(row: Phone, by: Actor) -> None:
    row.ended_at = clock.now()
    db.session.flush()
    # Where no code was typed the number may be a stranger's, who is not written to about it.
    if row.proven_at is not None:
        record("phone.ended", row, by=by)


def _own(phone_id: UUID, by: Actor) -> Phone:
    me = require_person(by)
    row = db.session.get(Phone, phone_id, with_for_update=True, populate_existing=True)
    if row is None or row.person_id != me:
        raise NotFound
    return row


def _parsed(number: str) -> phonenumbers.PhoneNumber:
    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException as bad:
        raise BadNumber(field="number") from bad
    kinds = phonenumbers.PhoneNumberType
    kind = phonenumbers.number_type(parsed)
    # Numbers that cost whoever calls them are how such services are robbed.
    # Some numbers are of no country: satellites, and what is sold worldwide at a price of its own.
    country = phonenumbers.region_code_for_number(parsed)
    if kind not in (kinds.MOBILE, kinds.FIXED_LINE_OR_MOBILE) or country is None or len(country) != _COUNTRY:
        raise BadNumber(field="number")
    return parsed
