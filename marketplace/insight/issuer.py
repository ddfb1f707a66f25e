"""The service as an issuer: its name, its keys, what it publishes of them, and what it signs."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlsplit
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import current_app
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from marketplace.accounts.rules import CONSOLE, Actor, OperatorRole, require_operator
from marketplace.core import clock, vault
from marketplace.core.db import db
from marketplace.core.events import record
from marketplace.core.ids import new_id
from marketplace.insight import proof
from marketplace.insight.models import IssuerKey, WorkRecord
from marketplace.insight.rules import Because, moment

_WHAT = "issuer key"


def did() -> str:
    """The service's name as an issuer: did:web of the host under which it is reached."""
    return f"did:web:{quote(urlsplit(current_app.config['BASE_URL']).netloc, safe='')}"


def did_document() -> dict[str, Any]:
    """What everybody may know of the issuer's keys (W3C DID Core, Controlled Identifiers). Old keys stay in it, so that
    old records can be checked; one that was lost says since when nothing of it counts."""
    keys = db.session.scalars(select(IssuerKey).order_by(IssuerKey.id.desc())).all()
    name = did()
    return {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
        "id": name,
        "verificationMethod": [_method(key, name) for key in keys],
        "assertionMethod": [_address(key, name) for key in keys],
    }


def keys(seen_by: Actor) -> list[IssuerKey]:
    """Every key, the newest first, for admins. Raises NotFound or Forbidden for everybody else."""
    require_operator(seen_by, OperatorRole.ADMIN)
    return list(db.session.scalars(select(IssuerKey).order_by(IssuerKey.id.desc())))


def signed(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document signed with the present key."""
    key = present()
    private = Ed25519PrivateKey.from_private_bytes(vault.unseal(key.id, key.sealed, what=_WHAT))
    method = _address(key, did())
    return proof.sign(document, private, method=method, created=moment(clock.now()))


def rotate(*, lost: bool, by: Actor) -> IssuerKey:
    """Signs with a new key from now on. If the old one is `lost`, it may be in other hands: nothing that it signed
    counts any more, and every record that it signed is taken back. For admins. Raises NotFound, Forbidden."""
    if by != CONSOLE:
        require_operator(by, OperatorRole.ADMIN)
    now = clock.now()
    old = db.session.scalars(select(IssuerKey).where(IssuerKey.retired_at.is_(None)).with_for_update()).one_or_none()
    if old is not None:
        old.retired_at = now
        if lost:
            old.lost_at = now
            _take_back(old.id)
            vault.throw_away(old.id)
    db.session.flush()
    made = present()
    record("issuer_key.rotated", made, by=by, data={"lost": lost})
    return made


def present() -> IssuerKey:
    """The key that signs now; it is made when there is none."""
    found = select(IssuerKey).where(IssuerKey.retired_at.is_(None))
    if (key := db.session.scalars(found).one_or_none()) is not None:
        return key
    private, key_id = Ed25519PrivateKey.generate(), new_id()
    row = insert(IssuerKey).values(
        id=key_id,
        multikey=proof.multikey(private.public_key()),
        sealed=vault.seal(key_id, private.private_bytes_raw(), what=_WHAT),
        made_at=clock.now(),
    )
    # Two that need the first key at once make one.
    db.session.execute(row.on_conflict_do_nothing())
    return db.session.scalars(found).one()


def _take_back(key_id: UUID) -> None:
    mine = update(WorkRecord).where(WorkRecord.key_id == key_id, WorkRecord.revoked_at.is_(None))
    db.session.execute(mine.values(revoked_at=clock.now(), revoked_because=Because.KEY_LOST))


def _address(key: IssuerKey, name: str) -> str:
    return f"{name}#{key.multikey}"


def _method(key: IssuerKey, name: str) -> dict[str, str]:
    told = {"id": _address(key, name), "type": "Multikey", "controller": name, "publicKeyMultibase": key.multikey}
    return told | ({"revoked": moment(key.lost_at)} if key.lost_at is not None else {})
