"""A change that lowers a protection, at the desk: what people say of it, and the answers that it waits for."""

from uuid import UUID

from flask import render_template
from flask.typing import ResponseReturnValue

from marketplace.accounts.auth import actor
from marketplace.accounts.rules import require_operator
from marketplace.core.http import page
from marketplace.standards import comments, hiding
from marketplace.standards.comment_rules import LONGEST, MOST_ANSWERED
from marketplace.standards.comment_schemas import NewCommentAnswerSchema
from marketplace.standards.models import RegionComment
from marketplace.web.forms import Form
from marketplace.web.operator import after, blueprint, saved
from marketplace.web.public_changes import days_bar, days_words
from marketplace.web.words import named_place


@blueprint.get("/places/changes/<uuid:change_id>")
def show_change(change_id: UUID, form: Form | None = None) -> ResponseReturnValue:
    by = actor()
    require_operator(by)
    change = comments.change(change_id)
    shown = form or Form(NewCommentAnswerSchema)
    mine = comments.own(change_id, seen_by=by)
    found = page(comments.said_of(change_id), RegionComment.id, limit=MOST_ANSWERED, after=after())
    return render_template(
        "operator/change.html",
        change=change,
        place=named_place(change.row.country, change.row.subdivision),
        found=found | {"items": comments.read(found["items"], seen_by=by)},
        hides=by.is_operator(hiding.ROLE),
        mine=mine.id if mine else None,
        me=by.person_id,
        form=shown,
        longest=LONGEST,
        days=days_bar(change),
        days_words=days_words(change),
    ), shown.status


@blueprint.post("/places/changes/<uuid:change_id>/answers")
def answer_comments(change_id: UUID) -> ResponseReturnValue:
    form = Form(NewCommentAnswerSchema)
    done = form.done(lambda data: comments.answer(change_id, **data, by=actor()))
    return saved("show_change", change_id=change_id) if done else show_change(change_id, form)
