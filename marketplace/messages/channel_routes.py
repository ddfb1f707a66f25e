"""The doors of a workers' own channel. They are for people in person: to everybody else there is nothing here."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from marketplace.accounts.auth import actor
from marketplace.core.http import PageArgs, page, problems
from marketplace.messages import channel_queries as queries
from marketplace.messages import channel_schemas as s
from marketplace.messages import channels
from marketplace.messages.channel_models import ChannelWords

blueprint = Blueprint(
    "channels", __name__, url_prefix="/api/v1/channels", description="Workers among themselves, encrypted end to end."
)


@blueprint.get("")
@blueprint.response(200, s.OwnChannelsSchema)
@problems(blueprint, 401)
def list_channels() -> dict[str, Sequence[queries.OwnChannel]]:
    """The channels that are open to you: one for each company with which you have a contract in force."""
    return {"items": queries.mine(seen_by=actor())}


@blueprint.get("/<uuid:company_id>")
@blueprint.etag
@blueprint.response(200, s.InsideChannelSchema)
@problems(blueprint, 401, 404, 409)
def show_channel(company_id: UUID) -> queries.Inside:
    """Members, public keys, and the keys that were sealed for you."""
    return queries.inside(company_id, seen_by=actor())


@blueprint.post("/<uuid:company_id>/members")
@blueprint.arguments(s.NewChannelMemberSchema)
@blueprint.response(201, s.InsideChannelSchema)
@problems(blueprint, 401, 404, 409, 422, 429)
def join(given: dict[str, Any], company_id: UUID) -> queries.Inside:
    """Come in under a name of your choice. Somebody who is in lets you in by sealing the key for you."""
    return channels.join(company_id, **given, by=actor())


@blueprint.patch("/<uuid:company_id>/members/me")
@blueprint.arguments(s.ChannelMemberChangeSchema)
@blueprint.response(200, s.InsideChannelSchema)
@problems(blueprint, 401, 404, 409, 422)
def change(given: dict[str, Any], company_id: UUID) -> queries.Inside:
    """Mute it, say that you have looked, or keep your private key under another passphrase."""
    return channels.change(company_id, **given, by=actor())


@blueprint.delete("/<uuid:company_id>/members/me")
@blueprint.response(204)
@problems(blueprint, 401, 404, 409)
def leave(company_id: UUID) -> None:
    """Leave it. The others make a new key, which you never had, before anybody writes again."""
    channels.leave(company_id, by=actor())


@blueprint.post("/<uuid:company_id>/epochs")
@blueprint.arguments(s.NewChannelEpochSchema)
@blueprint.response(201, s.InsideChannelSchema)
@problems(blueprint, 401, 404, 409, 422)
def begin_epoch(given: dict[str, Any], company_id: UUID) -> queries.Inside:
    """Begin a new key: the first, one after somebody has left, or one anew when nobody lets you in."""
    keys = [channels.SealedKey(**key) for key in given["keys"]]
    return channels.begin_epoch(company_id, given["epoch"], given["link"], keys, by=actor())


@blueprint.post("/<uuid:company_id>/keys")
@blueprint.arguments(s.LetIntoChannelSchema)
@blueprint.response(201, s.InsideChannelSchema)
@problems(blueprint, 401, 404, 409, 422)
def let_in(given: dict[str, Any], company_id: UUID) -> queries.Inside:
    """Let a member in who waits: hand on the present key, sealed for them."""
    return channels.let_in(company_id, given.pop("epoch"), channels.SealedKey(**given), by=actor())


@blueprint.get("/<uuid:company_id>/words")
@blueprint.arguments(PageArgs, location="query")
@blueprint.response(200, s.ChannelWordsPage)
@problems(blueprint, 401, 404, 409, 422)
def list_words(args: dict[str, Any], company_id: UUID) -> dict[str, Any]:
    """The encrypted words of the last 180 days, newest first."""
    return page(queries.words(company_id, seen_by=actor()), ChannelWords.id, **args)


@blueprint.post("/<uuid:company_id>/words")
@blueprint.arguments(s.NewChannelWordsSchema)
@blueprint.response(201, s.ChannelWordsSchema)
@problems(blueprint, 401, 404, 409, 422, 429)
def say(given: dict[str, Any], company_id: UUID) -> ChannelWords:
    """Write. The same mark again has no effect."""
    return channels.say(company_id, **given, by=actor())


@blueprint.delete("/<uuid:company_id>/words/<uuid:words_id>")
@blueprint.response(204)
@problems(blueprint, 401, 404, 409)
def take_back(company_id: UUID, words_id: UUID) -> None:
    """Delete what you wrote."""
    channels.take_back(company_id, words_id, by=actor())
