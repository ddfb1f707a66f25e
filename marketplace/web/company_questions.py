"""A company's pages about what it is asked: the list with what is late first, one thread, and answers for everybody."""

from uuid import UUID

import marshmallow as ma
from flask import render_template, request
from flask.typing import ResponseReturnValue

from marketplace.accounts import queries as accounts
from marketplace.accounts.auth import actor
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.http import page
from marketplace.core.problems import NotFound
from marketplace.gigs import queries as gigs
from marketplace.gigs.rules import NOT_CLOSED
from marketplace.messages import answers, queries, threads
from marketplace.messages.models import Thread
from marketplace.messages.rules import parts_of
from marketplace.messages.schemas import NewAnswerSchema, NewMessageSchema
from marketplace.web.company import SHOWN, after, blueprint, saved
from marketplace.web.company_gigs import own_gig
from marketplace.web.forms import Form
from marketplace.web.questions import shortened

MOST_LATE = 50


@blueprint.get("/questions")
def list_questions(company_id: UUID) -> str:
    by = actor()
    late = db.session.scalars(queries.overdue(company_id, seen_by=by).order_by(Thread.id).limit(MOST_LATE)).all()
    found = page(queries.company_threads(company_id, seen_by=by), Thread.id, limit=SHOWN, after=after())
    names = accounts.person_name([each.contractor_id for each in [*late, *found["items"]]])
    return render_template("company/questions.html", late=late, found=found, names=names)


@blueprint.get("/questions/<uuid:thread_id>")
def show_question(company_id: UUID, thread_id: UUID, form: Form | None = None) -> ResponseReturnValue:
    thread = _own(company_id, thread_id)
    shown = form or Form(NewMessageSchema)
    names = accounts.person_name([thread.contractor_id, *(each.said_by for each in thread.messages)])
    return render_template("company/question.html", thread=thread, form=shown, names=names), shown.status


@blueprint.post("/questions/<uuid:thread_id>")
def answer_question(company_id: UUID, thread_id: UUID) -> ResponseReturnValue:
    _own(company_id, thread_id)
    form = Form(NewMessageSchema)
    done = form.done(lambda data: threads.write(thread_id, **data, by=actor()))
    return saved("show_question", thread_id=thread_id) if done else show_question(company_id, thread_id, form)


@blueprint.post("/questions/<uuid:thread_id>/close")
def close_question(company_id: UUID, thread_id: UUID) -> ResponseReturnValue:
    _own(company_id, thread_id)
    form = Form(ma.Schema)
    done = form.done(lambda _: threads.close(thread_id, by=actor()))
    return saved("list_questions") if done else show_question(company_id, thread_id, form)


@blueprint.route("/gigs/<uuid:gig_id>/answers", methods=["GET", "POST"])
def show_answers(company_id: UUID, gig_id: UUID) -> ResponseReturnValue:
    """What was answered for everybody, what people asked twice, and the form. `?version=` and `?part=` name a part."""
    gig, by = own_gig(gig_id), actor()
    version = request.args.get("version", type=int)
    form = Form(NewAnswerSchema, {"part": request.args.get("part", ""), "version": str(version or "")})
    if form.done(lambda data: answers.publish(gig_id, **data, by=by)):
        return saved("show_answers", gig_id=gig_id)
    held = gigs.instructions_of(gig_id, version) if version else gigs.instructions_at(gig_id, clock.now())
    parts = parts_of(held.text) if held is not None else []
    return render_template(
        "company/answers.html",
        gig=gig,
        form=form,
        known=queries.answers(gig_id, seen_by=by),
        parts=[(str(number), shortened(number, part)) for number, part in enumerate(parts, start=1)],
        can_answer=gig.status in NOT_CLOSED,
    ), form.status


def _own(company_id: UUID, thread_id: UUID) -> Thread:
    """A thread of the company that the address names. Raises NotFound."""
    found = queries.thread(thread_id, seen_by=actor())
    if found.company_id != company_id:
        raise NotFound
    return found
