"""The verbs of API keys: make, find, revoke. A key reads `setara_PREFIX_SECRET`; the secret is shown once.

An API sign-in is a key too: a personal one, without a company, that ends after 12 hours.
"""

import hashlib
import hmac
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, Uuid, bindparam, or_, select, update

from marketplace.accounts.models import ApiKey, Member, Person
from marketplace.accounts.queries import actor_with, rights_of
from marketplace.accounts.rules import (
    SESSION_KEY_LASTS,
    Actor,
    KeyNotValid,
    Right,
    check_expiry,
    check_scopes,
    key_rights,
    require_company,
    require_person,
)
from marketplace.core import clock
from marketplace.core.db import db, send, send_last
from marketplace.core.events import record
from marketplace.core.problems import NotFound
from marketplace.core.sending import Fixed, Order, Rows

MARK = "setara"
USE_NOTED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class IssuedKey:
    """A fresh key with its secret text: the only time that it can be seen."""

    row: ApiKey
    secret: str


@dataclass(frozen=True, slots=True)
class KnownKey:
    """What a presented key turned out to be: whose, and if it is a company's, with which rights."""

    id: UUID
    person_id: UUID
    company_id: UUID | None
    rights: frozenset[Right]
    actor: Actor
    """Who asks with it: its person with all their rights, or for a company's key, the key with its own."""


# Built once: every request asks it, and building a statement takes longer than running it.
_FOUND = Fixed(
    select(
        ApiKey.id, ApiKey.person_id, ApiKey.company_id, ApiKey.sha256, ApiKey.scopes, ApiKey.expires_at,
        ApiKey.revoked_at, ApiKey.last_used_at, Member.role,
        *(found.label(name) for name, found in zip(("member", "grants"), rights_of(ApiKey.person_id), strict=True)),
    )
    .join(Person, Person.id == ApiKey.person_id)
    .outerjoin(Member, (Member.company_id == ApiKey.company_id) & (Member.person_id == ApiKey.person_id))
    .where(ApiKey.prefix == bindparam("prefix"), Person.active)
)  # fmt: skip
_DUE = or_(ApiKey.last_used_at.is_(None), ApiKey.last_used_at <= bindparam("before", type_=DateTime(timezone=True)))
_FREE = select(ApiKey.id).where(ApiKey.id == bindparam("key", type_=Uuid()), _DUE).with_for_update(skip_locked=True)
_NOTED = Fixed(
    update(ApiKey).where(ApiKey.id.in_(_FREE)).values(last_used_at=bindparam("moment", type_=DateTime(timezone=True)))
)


def make_key(
    company_id: UUID, name: str, scopes: Collection[Right], expires_at: datetime | None = None, *, by: Actor
) -> IssuedKey:
    """A key for a program of the company. Needs the right to manage members, and only a person makes one.

    Raises ScopeOutOfReach when the scopes are more than the maker's own rights, ExpiryPast when it has ended already.
    """
    require_company(by, company_id, Right.MEMBERS)
    check_scopes(scopes, by.companies[company_id])
    moment = clock.now()
    check_expiry(expires_at, moment)
    row = ApiKey(
        person_id=require_person(by),
        company_id=company_id,
        name=name,
        scopes=sorted(scopes),
        made_at=moment,
        expires_at=expires_at,
    )
    issued = _issue(row)
    record("key.made", issued.row, by=by, data={"scopes": issued.row.scopes})
    return issued


def make_personal_key(person_id: UUID) -> IssuedKey:
    """A key that can do whatever its person can, for 12 hours. The caller knows who it is."""
    moment = clock.now()
    return _issue(
        ApiKey(person_id=person_id, name="sign-in", scopes=[], made_at=moment, expires_at=moment + SESSION_KEY_LASTS)
    )


def revoke_key(key_id: UUID, by: Actor) -> ApiKey:
    """Ends a key: one's own personal one, or a company's by whoever manages its members. Repeating it is harmless."""
    key = db.session.get(ApiKey, key_id)
    if key is None:
        raise NotFound
    if key.company_id is not None:
        require_company(by, key.company_id, Right.MEMBERS)
    elif key.person_id != require_person(by):
        raise NotFound
    if key.revoked_at is None:
        key.revoked_at = clock.now()
        record("key.revoked", key, by=by)
    return key


def revoke_personal_keys(person_id: UUID) -> None:
    """Ends all API sign-ins of a person."""
    mine = update(ApiKey).where(ApiKey.person_id == person_id, ApiKey.company_id.is_(None), ApiKey.revoked_at.is_(None))
    db.session.execute(mine.values(revoked_at=clock.now()))


def find_key(text: str) -> KnownKey:
    """The key behind the text that a program sent, in one statement. Raises KeyNotValid.

    A company's key whose maker has left the company, or has lost every right in its scopes, is not valid any more.
    """
    mark, _, rest = text.partition("_")
    prefix, _, secret = rest.partition("_")
    if mark != MARK or not secret:
        raise KeyNotValid
    row = send(*clock.unread(), Order(_FOUND, {"prefix": prefix}, _only))[-1]
    # An unknown prefix is compared too, with a digest that nothing has, so that it takes the same time.
    kept = row.sha256 if row is not None else "0" * 64
    if not hmac.compare_digest(kept, _digest(secret)) or row is None:
        raise KeyNotValid
    moment, rights = clock.now(), _rights(row)
    if row.revoked_at is not None or (row.expires_at is not None and row.expires_at <= moment) or rights is None:
        raise KeyNotValid
    _note_use(row, moment)
    return KnownKey(row.id, row.person_id, row.company_id, rights, _actor(row, rights))


def _only(rows: Rows) -> Any | None:
    return rows[0] if rows else None


def _actor(row: Any, rights: frozenset[Right]) -> Actor:
    if row.company_id is None:
        return actor_with(row.person_id, row.member, row.grants)
    return Actor(row.person_id, "key", {row.company_id: rights})


def _issue(row: ApiKey) -> IssuedKey:
    row.prefix, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
    row.sha256 = _digest(secret)
    db.session.add(row)
    db.session.flush()
    return IssuedKey(row, f"{MARK}_{row.prefix}_{secret}")


def _rights(row: Any) -> frozenset[Right] | None:
    """The rights of a company's key, none for a personal key; None when there is nothing left of a company's key."""
    if row.company_id is None:
        return frozenset()
    held = key_rights([Right(scope) for scope in row.scopes], row.role) if row.role is not None else frozenset()
    return held or None


def _note_use(row: Any, moment: datetime) -> None:
    """Notes the use once a minute, with the commit, and passes by a row that somebody else is just noting: no request
    waits for it."""
    before = moment - USE_NOTED_EVERY
    if row.last_used_at is None or row.last_used_at <= before:
        send_last(Order(_NOTED, {"key": row.id, "before": before, "moment": moment}, len))


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
