"""Workers' own channel on a page: the shell of it, and the doors that its script asks. Everything that is read there is
opened in the browser; what passes here is sealed."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import marshmallow as ma
from flask import jsonify, render_template, request
from flask.typing import ResponseReturnValue

from marketplace.accounts import queries as accounts
from marketplace.accounts.auth import actor
from marketplace.core.db import db
from marketplace.core.http import page
from marketplace.core.problems import Invalid, Problem
from marketplace.messages import channel_queries as queries
from marketplace.messages import channel_schemas as s
from marketplace.messages import channels
from marketplace.messages.channel_models import ChannelWords
from marketplace.messages.channel_rules import KEPT, LEAST_ROUNDS, NAME_LENGTH, WAITS, NotJoined
from marketplace.web.words import said
from marketplace.web.work import blueprint

READ_AT_ONCE = 100
"""Messages that a page shows; the API has all of them."""


@blueprint.get("/channels")
def list_channels() -> str:
    return render_template("work/channels.html", found=queries.mine(seen_by=actor()))


@blueprint.get("/channels/<uuid:company_id>")
def show_channel(company_id: UUID) -> str:
    """Nothing of the channel itself: whether somebody is in it, their script asks."""
    queries.entrance(company_id, actor())
    return render_template(
        "work/channel.html",
        company_id=company_id,
        company=accounts.company_name([company_id])[company_id],
        rounds=LEAST_ROUNDS,
        name_length=NAME_LENGTH,
        kept_days=KEPT.days,
        wait_days=WAITS.days,
    )


@blueprint.get("/channels/<uuid:company_id>/inside")
def look_inside(company_id: UUID) -> ResponseReturnValue:
    """What the script needs, or null while the person has not come in."""

    def look() -> queries.Inside | None:
        try:
            return queries.inside(company_id, seen_by=actor())
        except NotJoined:
            return None

    return _answered(look, s.InsideChannelSchema())


@blueprint.get("/channels/<uuid:company_id>/words")
def list_channel_words(company_id: UUID) -> ResponseReturnValue:
    def look() -> dict[str, Any]:
        return page(queries.words(company_id, seen_by=actor()), ChannelWords.id, limit=READ_AT_ONCE, after=None)

    return _answered(look, s.ChannelWordsPage())


@blueprint.post("/channels/<uuid:company_id>/join")
def join_channel(company_id: UUID) -> ResponseReturnValue:
    given = _given(s.NewChannelMemberSchema())
    return _answered(lambda: channels.join(company_id, **given, by=actor()), s.InsideChannelSchema())


@blueprint.post("/channels/<uuid:company_id>/change")
def change_channel(company_id: UUID) -> ResponseReturnValue:
    given = _given(s.ChannelMemberChangeSchema())
    return _answered(lambda: channels.change(company_id, **given, by=actor()), s.InsideChannelSchema())


@blueprint.post("/channels/<uuid:company_id>/leave")
def leave_channel(company_id: UUID) -> ResponseReturnValue:
    return _answered(lambda: channels.leave(company_id, by=actor()), ma.Schema())


@blueprint.post("/channels/<uuid:company_id>/epochs")
def begin_channel_epoch(company_id: UUID) -> ResponseReturnValue:
    given = _given(s.NewChannelEpochSchema())
    keys = [channels.SealedKey(**key) for key in given["keys"]]
    return _answered(
        lambda: channels.begin_epoch(company_id, given["epoch"], given["link"], keys, by=actor()),
        s.InsideChannelSchema(),
    )


@blueprint.post("/channels/<uuid:company_id>/keys")
def let_into_channel(company_id: UUID) -> ResponseReturnValue:
    given = _given(s.LetIntoChannelSchema())
    epoch = given.pop("epoch")
    key = channels.SealedKey(**given)
    return _answered(lambda: channels.let_in(company_id, epoch, key, by=actor()), s.InsideChannelSchema())


@blueprint.post("/channels/<uuid:company_id>/words")
def say_in_channel(company_id: UUID) -> ResponseReturnValue:
    given = _given(s.NewChannelWordsSchema())
    return _answered(lambda: channels.say(company_id, **given, by=actor()), s.ChannelWordsSchema())


@blueprint.post("/channels/<uuid:company_id>/words/<uuid:words_id>/take-back")
def take_back_in_channel(company_id: UUID, words_id: UUID) -> ResponseReturnValue:
    return _answered(lambda: channels.take_back(company_id, words_id, by=actor()), ma.Schema())


def _given(schema: ma.Schema) -> Any:
    try:
        return schema.load(request.get_json())
    except ma.ValidationError as wrong:
        raise Invalid from wrong


def _answered(act: Callable[[], Any], schema: ma.Schema) -> ResponseReturnValue:
    """What came of it, or why not, in the language of the page."""
    try:
        with db.session.begin_nested():
            done = act()
            return jsonify(done=None if done is None else schema.dump(done))
    except Problem as refused:
        remedy = said(refused.what_to_do) if refused.what_to_do else None
        return jsonify(code=refused.code, title=said(refused.title), remedy=remedy), refused.status
