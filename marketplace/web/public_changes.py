"""Pages for everybody about changes that lower a protection: what each changes, and what people say of it."""

from collections.abc import Mapping
from math import ceil
from uuid import UUID

import marshmallow as ma
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from marketplace.accounts.auth import actor, actor_or_none, person_asking
from marketplace.accounts.rules import Actor, OperatorRole
from marketplace.core import clock
from marketplace.core.http import page
from marketplace.core.limits import WORDS, limiter
from marketplace.standards import comments, hiding
from marketplace.standards.catalogue import RULES
from marketplace.standards.comment_rules import LONGEST
from marketplace.standards.comment_schemas import NewCommentSchema
from marketplace.standards.comments import Announced, Said
from marketplace.standards.models import RegionChange, RegionComment
from marketplace.web import site
from marketplace.web.forms import Form
from marketplace.web.pictures import Part, Segment, stacked
from marketplace.web.public import blueprint
from marketplace.web.words import named_place

SHOWN = 50
_DAY_SECONDS = 86_400


def _links(by: Actor, about: Mapping[str, str]) -> str | None:
    if "hiding" in about:
        return url_for("public.my_hidden")
    return url_for("public.show_change", change_id=UUID(about["region_change"])) if "region_change" in about else None


site.links(blueprint, _links)


@blueprint.get("/changes")
def list_changes() -> str:
    """Changes that lower a protection, the newest first."""
    found = page(comments.announced(), RegionChange.id, limit=SHOWN, after=request.args.get("after", type=UUID))
    changes = comments.told(found["items"])
    return render_template("public/changes.html", changes=changes, next=found["next"], named_place=named_place)


@blueprint.get("/changes/<uuid:change_id>")
def show_change(change_id: UUID, form: Form | None = None) -> ResponseReturnValue:
    by = actor_or_none()
    change = comments.change(change_id)
    mine = _own(change_id, by)
    shown = form or Form(NewCommentSchema)
    found = page(comments.said_of(change_id), RegionComment.id, limit=SHOWN, after=request.args.get("after", type=UUID))
    found["items"] = comments.read(found["items"], seen_by=by)
    return render_template(
        "public/change.html",
        change=change,
        place=named_place(change.row.country, change.row.subdivision),
        found=found,
        mine=mine,
        form=shown,
        longest=LONGEST,
        answers=by is not None and by.is_operator(OperatorRole.STANDARDS),
        hides=by is not None and by.is_operator(hiding.ROLE),
        days=days_bar(change),
        days_words=days_words(change),
    ), shown.status


@blueprint.post("/changes/<uuid:change_id>/comment")
@limiter.limit(WORDS, key_func=person_asking)
def comment_on_change(change_id: UUID) -> ResponseReturnValue:
    by, form = actor(), Form(NewCommentSchema)
    if not form.done(lambda data: comments.say(change_id, **data, by=by)):
        return show_change(change_id, form)
    flash(gettext("It stands on this page, without your name. An operator answers when the days are over."))
    return redirect(url_for("public.show_change", change_id=change_id))


@blueprint.post("/changes/<uuid:change_id>/comment/take-back")
def take_comment_back(change_id: UUID) -> ResponseReturnValue:
    by, form = actor(), Form(ma.Schema)
    if not form.done(lambda _: comments.take_back(change_id, by=by)):
        return show_change(change_id, form)
    return redirect(url_for("public.show_change", change_id=change_id))


def _own(change_id: UUID, by: Actor | None) -> Said | None:
    mine = comments.own(change_id, seen_by=by) if by is not None and by.person_id else None
    return comments.read([mine], seen_by=by)[0] if mine is not None else None


def days_bar(change: Announced) -> list[Segment]:
    """How many of the days are over, and how many are left."""
    left = _days_left(change)
    over = RULES["COMMENTS"].parameters["days_open"] - left
    return stacked(
        [
            Part(gettext("days that are over"), str(over), over, "pass"),
            Part(gettext("days that are left"), str(left), left, "ground"),
        ]
    )


def days_words(change: Announced) -> str:
    """The same as a sentence."""
    days = RULES["COMMENTS"].parameters["days_open"]
    return str(gettext("%(left)s of %(days)s days for comments are left.", left=_days_left(change), days=days))


def _days_left(change: Announced) -> int:
    until = change.row.comments_until
    if not change.is_open or until is None:
        return 0
    return ceil((until - clock.now()).total_seconds() / _DAY_SECONDS)
