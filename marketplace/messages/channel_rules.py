"""The law of the workers' own channel (OWN_CHANNEL): what the service may hold of it, and when a new key is due.

Words are encrypted in the browsers of those who write and read them. Each *epoch* of a channel has one key, which the
members' browsers make and hand on, sealed for each of them alone. Whoever leaves has known the key, so a new epoch
begins before anybody writes again.
"""

from base64 import b64decode
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey

from marketplace.core.problems import Conflict, Invalid, TooMany
from marketplace.standards.catalogue import RULES

_NUMBERS = RULES["OWN_CHANNEL"].parameters
KEPT = timedelta(days=_NUMBERS["keep_days"])
WAITS = timedelta(days=_NUMBERS["wait_days"])
"""After so long at the door somebody may begin anew: those who are in may all have lost their passphrases."""
MOST_WORDS_AN_HOUR = 120
"""Of one person in one channel."""
MOST_MEMBERS = 1000
"""A browser seals a new key for each of them at once, and a telephone does that in a few seconds."""
MOST_JOINS_A_DAY = 5
"""Of one person in one channel: each is somebody new to all others."""
LEAST_ROUNDS = 600_000
"""Of PBKDF2 with SHA-256 over the passphrase: OWASP, Password Storage Cheat Sheet (2023)."""
NAME_LENGTH = (2, 40)


class NotJoined(Conflict):
    code = "channel_not_joined"
    title = "You are not in this channel yet."
    remedy = "Come in under a name of your choice first."


class AlreadyJoined(Conflict):
    code = "channel_joined"
    title = "You are in this channel already."


class NameTaken(Conflict):
    code = "channel_name_taken"
    title = "Somebody in the channel has, or had, this name."
    remedy = "Choose another one, so that nobody is taken for somebody else."


class ChannelFull(Conflict):
    code = "channel_full"
    title = f"A channel has at most {MOST_MEMBERS} members."


class NotLetIn(Conflict):
    code = "channel_key_missing"
    title = "You do not hold the key of the channel yet."
    remedy = "Ask a colleague who is in to let you in."


class KeyChanged(Conflict):
    code = "channel_key_changed"
    title = "The key of the channel is another one by now."
    remedy = "Load the channel again."


class NewKeyDue(Conflict):
    code = "channel_key_due"
    title = "Somebody has left who knows the key, so a new one is needed first."
    remedy = "Load the channel again: your browser makes one."


class KeyIsGood(Conflict):
    code = "channel_key_good"
    title = "Nobody has left, and the channel needs no new key."


class KeyHeld(Conflict):
    code = "channel_key_held"
    title = "This member holds the key already."


class WrongKeys(Invalid):
    code = "channel_keys_wrong"
    title = "A new key is sealed once for you, and once for others who held the one before."


class NoSuchMember(Invalid):
    code = "no_such_member"
    title = "Nobody in the channel has this number."


class BadPublicKey(Invalid):
    code = "public_key_not_valid"
    title = "This is not a public key on the curve P-256."


class TooManyWords(TooMany):
    code = "too_many_words"
    title = "You have written a great deal here in the last hour."
    remedy = "Write again in a while."


class TooManyJoins(TooMany):
    code = "too_many_joins"
    title = "You have come in anew several times today."
    remedy = "Come in again tomorrow."


@dataclass(frozen=True, slots=True)
class Turn:
    """What decides whether somebody may begin a new epoch: who holds the key of the present one, how many were ever
    handed it, and since when whoever asks stands at the door."""

    me: UUID
    joined_at: datetime
    epoch: int
    handed_out: int
    holders: Collection[UUID]

    @property
    def is_due(self) -> bool:
        """Whether somebody knows the key who is no longer in."""
        return self.handed_out > len(self.holders)

    def may_begin_anew(self, now: datetime) -> bool:
        """Whether somebody without the key may begin with one that nobody else has: at first, when nobody who is in
        holds it any more, or when nobody has let them in for a while."""
        return self.me not in self.holders and (not self.holders or now >= self.joined_at + WAITS)


def check_turn(turn: Turn, epoch: int, sealed_for: Collection[UUID], linked: bool, now: datetime) -> None:
    """Whether a new epoch may begin with keys sealed for these members. Raises KeyChanged when another was begun
    meanwhile, KeyIsGood, NotLetIn, WrongKeys."""
    if epoch != turn.epoch + 1:
        raise KeyChanged
    goes_on = turn.me in turn.holders
    if goes_on and not turn.is_due:
        raise KeyIsGood
    if not goes_on and not turn.may_begin_anew(now):
        raise NotLetIn
    allowed = set(turn.holders) if goes_on else {turn.me}
    if linked is not goes_on or turn.me not in sealed_for or not allowed.issuperset(sealed_for):
        raise WrongKeys(field="keys")


def check_public_key(text: str) -> None:
    """The Base64 of an uncompressed point of P-256 (SEC 1, 2.3.3): what others' browsers cannot read would keep them
    from making a new key. Raises BadPublicKey."""
    try:
        EllipticCurvePublicKey.from_encoded_point(SECP256R1(), b64decode(text, validate=True))
    except ValueError as bad:
        raise BadPublicKey(field="public_key") from bad
