"""A workers' own channel on the wire: sealed bytes as Base64 (RFC 4648, section 4), as a browser made them.

All of them are AES-GCM with the nonce in the first 12 bytes and the tag in the last 16. Before that stands in a private
key the salt of its passphrase, and in a key that was sealed for a member the public key of a pair made for it alone.
"""

import marshmallow as ma

from marketplace.core.http import Flag, Pattern, page_schema
from marketplace.messages.channel_rules import LEAST_ROUNDS, MOST_MEMBERS, NAME_LENGTH

ENOUGH_ROUNDS = 10_000_000
LONGEST_WORDS = 16_000
"""Characters of Base64: some 4,000 of text in the longest alphabet."""


def _sealed(least: int, most: int, told: str, *, required: bool = True) -> ma.fields.String:
    base64 = Pattern(r"^[A-Za-z0-9+/]*={0,2}$", error="This is not Base64.")
    held = [ma.validate.Length(least, most), base64]
    return ma.fields.String(required=required, validate=held, metadata={"description": told})


def _public_key() -> ma.fields.String:
    return _sealed(88, 88, "An uncompressed point of P-256, in Base64")


def _private_key(*, required: bool = True) -> ma.fields.String:
    return _sealed(200, 400, "The private key, encrypted under a passphrase that is never sent", required=required)


def _rounds(*, required: bool = True) -> ma.fields.Integer:
    told = {"description": "Of PBKDF2 with SHA-256 over the passphrase"}
    held = ma.validate.Range(LEAST_ROUNDS, ENOUGH_ROUNDS)
    return ma.fields.Integer(strict=True, required=required, validate=held, metadata=told)


def _epoch() -> ma.fields.Integer:
    told = {"description": "Which key, counted from one"}
    return ma.fields.Integer(strict=True, required=True, validate=ma.validate.Range(1, 1_000_000), metadata=told)


class NewChannelMemberSchema(ma.Schema):
    """A name for this channel, which need not be one's own, and a key pair that was made on one's device."""

    name = ma.fields.String(
        required=True,
        validate=[ma.validate.Length(*NAME_LENGTH), Pattern(r"^\S+( \S+)*$", error="Write it without spare blanks.")],
    )
    public_key = _public_key()
    sealed_key = _private_key()
    rounds = _rounds()


class ChannelMemberChangeSchema(ma.Schema):
    is_muted = Flag()
    has_looked = Flag(metadata={"description": "Whether you have read what is new"})
    sealed_key = _private_key(required=False)
    rounds = _rounds(required=False)

    @ma.validates_schema
    def check_together(self, data: dict[str, object], **_more: object) -> None:
        if ("sealed_key" in data) is not ("rounds" in data):
            raise ma.ValidationError("Give both or neither.", "rounds")


class SealedChannelKeySchema(ma.Schema):
    """The key of the channel, sealed for one member."""

    member_id = ma.fields.UUID(required=True)
    wrapped = _sealed(168, 168, "The key, which that member alone can open")
    proof = _sealed(80, 80, "Shows under the key that a person let the member in")


class LetIntoChannelSchema(SealedChannelKeySchema):
    epoch = _epoch()


class NewChannelEpochSchema(ma.Schema):
    epoch = _epoch()
    link = ma.fields.String(
        load_default=None,
        allow_none=True,
        validate=[ma.validate.Length(80, 80), Pattern(r"^[A-Za-z0-9+/]*={0,2}$", error="This is not Base64.")],
        metadata={"description": "Shows under the key before that a member made this one; null to begin anew"},
    )
    keys = ma.fields.List(
        ma.fields.Nested(SealedChannelKeySchema), required=True, validate=ma.validate.Length(1, MOST_MEMBERS)
    )

    @ma.validates_schema
    def check_once(self, data: dict[str, list[dict[str, object]]], **_more: object) -> None:
        if len({each["member_id"] for each in data["keys"]}) < len(data["keys"]):
            raise ma.ValidationError("Each member is named once.", "keys")


class NewChannelWordsSchema(ma.Schema):
    """Encrypted words. `mark` is a random number that your program makes and binds into them."""

    mark = ma.fields.UUID(required=True)
    epoch = _epoch()
    sealed = _sealed(40, LONGEST_WORDS, "Bound to company, epoch, member and mark")


class OwnChannelSchema(ma.Schema):
    company_id = ma.fields.UUID(required=True)
    company_name = ma.fields.String(required=True)
    is_joined = ma.fields.Boolean(required=True)
    is_muted = ma.fields.Boolean(required=True)
    has_news = ma.fields.Boolean(required=True)


class OwnChannelsSchema(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(OwnChannelSchema), required=True)


class OwnChannelMembershipSchema(ma.Schema):
    id = ma.fields.UUID(required=True)
    name = ma.fields.String(required=True)
    public_key = ma.fields.String(required=True)
    sealed_key = ma.fields.String(required=True)
    rounds = ma.fields.Integer(required=True)
    is_muted = ma.fields.Boolean(required=True)


class ChannelMemberSchema(ma.Schema):
    """Somebody else, or you, as members see each other. `is_in` says whether they hold the present key."""

    id = ma.fields.UUID(required=True)
    name = ma.fields.String(required=True)
    public_key = ma.fields.String(required=True)
    is_in = ma.fields.Boolean(required=True)
    proof = ma.fields.String(required=True, allow_none=True)


class OwnChannelKeySchema(ma.Schema):
    epoch = ma.fields.Integer(required=True)
    wrapped = ma.fields.String(required=True)


class ChannelEpochSchema(ma.Schema):
    epoch = ma.fields.Integer(required=True)
    link = ma.fields.String(required=True, allow_none=True)
    begun_at = ma.fields.AwareDateTime(required=True)


class InsideChannelSchema(ma.Schema):
    """What a member's program needs. `is_due` says that somebody has left who knows the key, `may_begin_anew` that you
    may begin with a key that nobody else has."""

    company_id = ma.fields.UUID(required=True)
    me = ma.fields.Nested(OwnChannelMembershipSchema, required=True)
    epoch = ma.fields.Integer(required=True)
    is_due = ma.fields.Boolean(required=True)
    may_begin_anew = ma.fields.Boolean(required=True)
    members = ma.fields.List(ma.fields.Nested(ChannelMemberSchema), required=True)
    keys = ma.fields.List(ma.fields.Nested(OwnChannelKeySchema), required=True)
    epochs = ma.fields.List(ma.fields.Nested(ChannelEpochSchema), required=True)


class ChannelWordsSchema(ma.Schema):
    id = ma.fields.UUID(required=True)
    mark = ma.fields.UUID(required=True)
    epoch = ma.fields.Integer(required=True)
    member_id = ma.fields.UUID(required=True)
    name = ma.fields.String(required=True)
    sealed = ma.fields.String(required=True)
    said_at = ma.fields.AwareDateTime(required=True)


ChannelWordsPage = page_schema(ChannelWordsSchema, "ChannelWordsPage")
