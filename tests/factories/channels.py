"""What browsers hand in for a workers' own channel: real keys on the curve, and bytes that open nothing."""

import secrets
from base64 import b64encode
from typing import Any
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from marketplace.accounts.rules import Actor
from marketplace.messages import channels
from marketplace.messages.channel_queries import Inside
from marketplace.messages.channel_rules import LEAST_ROUNDS
from marketplace.messages.channels import SealedKey
from tests.factories import accounts
from tests.factories import shifts as make
from tests.factories.shifts import Scene


def sealed(size: int) -> str:
    return b64encode(secrets.token_bytes(size)).decode()


def pair() -> dict[str, Any]:
    """A new member's key pair, as their browser hands it in."""
    point = generate_private_key(SECP256R1()).public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return {"public_key": b64encode(point).decode(), "sealed_key": sealed(182), "rounds": LEAST_ROUNDS}


def key_for(member_id: UUID) -> SealedKey:
    return SealedKey(member_id, sealed(125), sealed(60))


def worker(scene: Scene) -> Actor:
    """Somebody with a contract with the scene's company."""
    return accounts.actor_of(make.contracted(scene).id)


def joined(scene: Scene, name: str, by: Actor | None = None) -> tuple[Actor, UUID]:
    """Somebody who came in, and their number as a member."""
    who = by or worker(scene)
    return who, channels.join(scene.company_id, name, **pair(), by=who).me.id


def begun(scene: Scene, name: str = "Kite") -> tuple[Actor, UUID]:
    """Somebody who came in first and made the first key."""
    who, member_id = joined(scene, name)
    channels.begin_epoch(scene.company_id, 1, None, [key_for(member_id)], by=who)
    return who, member_id


def let_in(scene: Scene, name: str, host: Actor, epoch: int = 1) -> tuple[Actor, UUID]:
    """Somebody whom `host` let in."""
    who, member_id = joined(scene, name)
    channels.let_in(scene.company_id, epoch, key_for(member_id), by=host)
    return who, member_id


def said(scene: Scene, by: Actor, epoch: int = 1) -> UUID:
    """Words that nobody can open."""
    return channels.say(scene.company_id, uuid4(), epoch, sealed(284), by=by).id


def seen(inside: Inside) -> dict[str, bool]:
    """Who is there, and whether they hold the present key."""
    return {each.name: each.is_in for each in inside.members}
