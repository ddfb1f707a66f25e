"""The vault: what is too private for a column, encrypted so that a person's part of it can be thrown away for good.

Every owner (a person, a company) has a data key of their own. It stands in the database, wrapped by a key that only the
configuration holds, and everything of theirs is encrypted with it (AES-256-GCM, a fresh nonce each time, bound to the
owner and to what it is, so that nothing can be moved to another's row). `throw_away()` forgets the data key: from then
on nobody can read what was sealed with it, wherever a copy of it still lies. A backup of the database from before holds
the wrapped key too, so backups must not be kept longer than erasure is promised within.

Files lie in the database and not in a folder: they come and go in the transaction of their own row, every process on
every machine sees them, no address of the web server leads to them, and one backup holds both. They are few and small
(`core.files` limits them), and they are erased after weeks.
"""

import hmac
import os
from base64 import urlsafe_b64decode
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import structlog
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import Flask, current_app
from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, Text, delete, event, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from marketplace.core import clock
from marketplace.core.db import Base, Id, Instant, db
from marketplace.core.ids import new_id
from marketplace.core.problems import Problem

KEY_BYTES = 32
_NONCE_BYTES = 12
_FORMAT = b"\x01"
_MATCHING = UUID(int=0)
"""The owner whose data key makes fingerprints: wrapped like the others, so that they outlive a rotation."""
_DERIVED = "development"
_RING = "setara_vault"
_OPENED = "setara_vault_opened"
log = structlog.get_logger()


class Erased(Problem):
    code = "erased"
    status = 410
    title = "This was erased and cannot be read again."
    remedy = "If it is still needed, ask the person for it anew."


class VaultLocked(Problem):
    """The configuration lacks the key, or what lies there is not what was sealed."""

    code = "vault_locked"
    status = 503
    title = "This is encrypted and cannot be opened now."
    remedy = "Whoever runs the service has to name the key in SETARA_VAULT_KEYS again."


class DataKey(Base):
    """An owner's key, wrapped by the configured key of that id; without it once it was thrown away."""

    __tablename__ = "data_key"
    __table_args__ = (
        CheckConstraint("(wrapped IS NULL) = (thrown_away_at IS NOT NULL)", name="wrapped_or_thrown_away"),
        Index("ix_data_key_key_id", "key_id"),
    )

    owner_id: Mapped[UUID] = mapped_column(primary_key=True)
    key_id: Mapped[str] = mapped_column(Text)
    wrapped: Mapped[bytes | None] = mapped_column(LargeBinary)
    made_at: Mapped[Instant]
    thrown_away_at: Mapped[Instant | None]


class SealedFile(Base):
    """A file of an owner, encrypted. What it is and who may see it is said by the row of a room that names it."""

    __tablename__ = "sealed_file"

    id: Mapped[Id]
    owner_id: Mapped[UUID] = mapped_column(ForeignKey("data_key.owner_id"), index=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    put_at: Mapped[Instant]


@dataclass(frozen=True, slots=True)
class Ring:
    """The configured keys by their ids. New data keys are wrapped by the first."""

    current: str
    keys: Mapping[str, bytes] = field(repr=False)

    def wrap(self, owner_id: UUID, key: bytes) -> bytes:
        return _encrypt(self.keys[self.current], key, _bound_to(owner_id, "data key"))

    def unwrap(self, owner_id: UUID, key_id: str, wrapped: bytes) -> bytes:
        """Raises VaultLocked."""
        if key_id not in self.keys:
            raise VaultLocked(f"The configuration has no key {key_id!r}.")
        return _decrypt(self.keys[key_id], wrapped, _bound_to(owner_id, "data key"))


def init_app(app: Flask) -> None:
    """Reads the keys. Outside production one is derived from the known secret where none is configured, and said so."""
    keys: Mapping[str, str] = app.config["VAULT_KEYS"]
    if keys:
        opened = {name: urlsafe_b64decode(text) for name, text in keys.items()}
        app.extensions[_RING] = Ring(next(iter(opened)), opened)
        return
    secret = app.config["SECRET_KEY"].encode()
    derived = HKDF(SHA256(), KEY_BYTES, salt=None, info=b"setara vault").derive(secret)
    app.extensions[_RING] = Ring(_DERIVED, {_DERIVED: derived})


# --- sealing --------------------------------------------------------------------------------------------------------


def seal(owner_id: UUID, plain: bytes, *, what: str) -> bytes:
    """The bytes encrypted with the owner's key, which is made when there is none. `what` names what they are, and must
    be said again to open them. Raises Erased once the key was thrown away."""
    return _encrypt(_data_key(owner_id), plain, _bound_to(owner_id, what))


def unseal(owner_id: UUID, sealed: bytes, *, what: str) -> bytes:
    """What `seal()` was given. Raises Erased, or VaultLocked."""
    return _decrypt(_data_key(owner_id), sealed, _bound_to(owner_id, what))


def put(owner_id: UUID, contents: Sequence[bytes]) -> list[UUID]:
    """Keeps files of the owner, encrypted, in one statement, and returns their ids. Raises Erased."""
    return put_many([(owner_id, content) for content in contents])


def put_many(contents: Sequence[tuple[UUID, bytes]]) -> list[UUID]:
    """As `put()`, each file with its owner: as many statements for the files of a hundred people as for one's."""
    moment, ids = clock.now(), [new_id() for _ in contents]
    open_keys({owner_id for owner_id, _ in contents})
    rows = [
        {
            "id": file_id,
            "owner_id": owner_id,
            "sealed": seal(owner_id, content, what=str(file_id)),
            "put_at": moment,
        }
        for file_id, (owner_id, content) in zip(ids, contents, strict=True)
    ]
    if rows:
        db.session.execute(insert(SealedFile), rows)
    return ids


def get(file_id: UUID) -> bytes:
    """The content of a file. The caller has made sure that the asker may see it, and has left an event. Raises Erased,
    also when there is no such file any more, or VaultLocked."""
    found = db.session.execute(select(SealedFile.owner_id, SealedFile.sealed).where(SealedFile.id == file_id)).first()
    if found is None:
        raise Erased
    return unseal(found.owner_id, found.sealed, what=str(file_id))


def remove(file_ids: Sequence[UUID]) -> None:
    """Deletes files. The rows that name them must no longer do so."""
    db.session.execute(delete(SealedFile).where(SealedFile.id.in_(file_ids)))


def throw_away(owner_id: UUID) -> bool:
    """Makes everything unreadable that was ever sealed for the owner, and refuses to seal more. Says whether there was
    a key to throw away. For whoever erases a person: it cannot be undone."""
    if owner_id == _MATCHING:
        raise ValueError("The key of the fingerprints belongs to nobody who could be erased.")
    moment = clock.now()
    values: dict[str, Any] = {"owner_id": owner_id, "key_id": _ring().current, "made_at": moment}
    known = db.session.scalars(select(DataKey.wrapped).where(DataKey.owner_id == owner_id).with_for_update()).first()
    row = insert(DataKey).values(**values, wrapped=None, thrown_away_at=moment)
    thrown = {"wrapped": None, "thrown_away_at": moment}
    db.session.execute(row.on_conflict_do_update(index_elements=["owner_id"], set_=thrown))
    _opened().pop(owner_id, None)
    return known is not None


def readable(owner_ids: Collection[UUID]) -> set[UUID]:
    """Those of the owners whose key was not thrown away: what was sealed for the others is gone."""
    thrown = select(DataKey.owner_id).where(DataKey.owner_id.in_(owner_ids), DataKey.wrapped.is_(None))
    return set(owner_ids) - set(db.session.scalars(thrown))


def fingerprint(purpose: str, text: str) -> str:
    """A keyed digest (64 hexadecimal digits) by which two equal texts of one purpose are known to be equal, and from
    which nobody without the key can try out texts."""
    return hmac.digest(_data_key(_MATCHING), f"{purpose}\0{text}".encode(), "sha256").hex()


def rewrap(limit: int) -> int:
    """Wraps data keys anew that an older configured key wraps, and returns how many: afterwards the older one can be
    taken out of the configuration. Raises VaultLocked."""
    ring = _ring()
    found = select(DataKey).where(DataKey.key_id != ring.current, DataKey.wrapped.is_not(None))
    rows = db.session.scalars(found.order_by(DataKey.owner_id).limit(limit).with_for_update(skip_locked=True)).all()
    for row in rows:
        if row.wrapped is not None:
            row.wrapped = ring.wrap(row.owner_id, ring.unwrap(row.owner_id, row.key_id, row.wrapped))
            row.key_id = ring.current
    return len(rows)


def locked() -> tuple[int, dict[str, int]]:
    """How many data keys there are, and how many of them cannot be opened, by the key that wrapped them and that is
    missing from the configuration or is another one there. Reads each of them, a part at a time."""
    ring, looked = _ring(), 0
    closed: dict[str, int] = {}
    known = select(DataKey.owner_id, DataKey.key_id, DataKey.wrapped).where(DataKey.wrapped.is_not(None))
    for row in db.session.execute(known.execution_options(yield_per=1000)):
        looked += 1
        try:
            ring.unwrap(row.owner_id, row.key_id, row.wrapped or b"")
        except VaultLocked:
            closed[row.key_id] = closed.get(row.key_id, 0) + 1
    return looked, closed


# --- keys -----------------------------------------------------------------------------------------------------------


def _ring() -> Ring:
    found: Ring = current_app.extensions[_RING]
    return found


def _opened() -> dict[UUID, bytes]:
    """The data keys that the running transaction has opened."""
    found: dict[UUID, bytes] = db.session().info.setdefault(_OPENED, {})
    return found


@event.listens_for(Session, "after_soft_rollback")
def _forget_opened(session: Session, _previous: Any) -> None:
    """A key that was made in a savepoint is gone with it: whatever it would still seal could never be read."""
    session.info.pop(_OPENED, None)


def open_keys(owner_ids: Collection[UUID]) -> None:
    """Has the data keys of these owners at hand, in two statements at most: they are made where there are none. Raises
    Erased, VaultLocked."""
    opened = _opened()
    closed = sorted(owner_ids - opened.keys())
    if not closed:
        return
    opened.update(_find(closed))
    opened.update(_make([owner_id for owner_id in closed if owner_id not in opened]))
    # Somebody else was faster to make them.
    opened.update(_find([owner_id for owner_id in closed if owner_id not in opened]))
    if not opened.keys() >= set(closed):
        raise VaultLocked


def _data_key(owner_id: UUID) -> bytes:
    open_keys({owner_id})
    return _opened()[owner_id]


def _find(owner_ids: Sequence[UUID]) -> dict[UUID, bytes]:
    if not owner_ids:
        return {}
    known = select(DataKey.owner_id, DataKey.key_id, DataKey.wrapped).where(DataKey.owner_id.in_(owner_ids))
    found, ring = {}, _ring()
    for row in db.session.execute(known):
        if row.wrapped is None:
            raise Erased
        found[row.owner_id] = ring.unwrap(row.owner_id, row.key_id, row.wrapped)
    return found


def _make(owner_ids: Sequence[UUID]) -> dict[UUID, bytes]:
    """The keys that were made here: those of all owners but for whom somebody else was faster."""
    if not owner_ids:
        return {}
    ring, moment = _ring(), clock.now()
    if ring.current == _DERIVED and current_app.config["ENVIRONMENT"] == "development" and _MATCHING in owner_ids:
        log.warning("vault", key="derived from SECRET_KEY, for development only", remedy="set SETARA_VAULT_KEYS")
    keys = {owner_id: os.urandom(KEY_BYTES) for owner_id in owner_ids}
    rows = [
        {"owner_id": owner_id, "key_id": ring.current, "wrapped": ring.wrap(owner_id, key), "made_at": moment}
        for owner_id, key in keys.items()
    ]
    row = insert(DataKey).on_conflict_do_nothing().returning(DataKey.owner_id)
    return {owner_id: keys[owner_id] for owner_id in db.session.scalars(row, rows)}


def _bound_to(owner_id: UUID, what: str) -> bytes:
    return owner_id.bytes + what.encode()


def _encrypt(key: bytes, plain: bytes, bound_to: bytes) -> bytes:
    nonce = os.urandom(_NONCE_BYTES)
    return _FORMAT + nonce + AESGCM(key).encrypt(nonce, plain, bound_to)


def _decrypt(key: bytes, sealed: bytes, bound_to: bytes) -> bytes:
    start = len(_FORMAT) + _NONCE_BYTES
    if not sealed.startswith(_FORMAT) or len(sealed) < start:
        raise VaultLocked("What lies there was not sealed by this version.")
    try:
        return AESGCM(key).decrypt(sealed[len(_FORMAT) : start], sealed[start:], bound_to)
    except InvalidTag as wrong:
        raise VaultLocked("What lies there is not what was sealed.") from wrong
