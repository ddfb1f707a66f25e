"""A contractor's pages about what they asked: the list, one thread, the form, and what was answered for everybody."""

from uuid import UUID

import marshmallow as ma
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from marketplace.accounts.auth import actor
from marketplace.core.db import db
from marketplace.core.http import page
from marketplace.core.problems import NotFound
from marketplace.messages import queries, threads
from marketplace.messages.models import Thread
from marketplace.messages.rules import parts_of
from marketplace.messages.schemas import NewMessageSchema, NewQuestionSchema
from marketplace.shifts import questions
from marketplace.shifts.models import Shift
from marketplace.web.contractor import company_names
from marketplace.web.forms import Form
from marketplace.web.work import SHOWN, blueprint, cursor, own
from marketplace.workforce import queries as workforce

SHORT = 80


@blueprint.get("/questions")
def list_questions() -> str:
    found = page(queries.my_threads(seen_by=actor()), Thread.id, limit=SHOWN, after=cursor())
    return render_template("work/questions.html", found=found, companies=company_names(found["items"]))


@blueprint.get("/questions/<uuid:thread_id>")
def show_question(thread_id: UUID, form: Form | None = None) -> ResponseReturnValue:
    by = actor()
    thread = own(queries.thread(thread_id, seen_by=by), by)
    shown = form or Form(NewMessageSchema)
    names = company_names([thread])
    shift = None if thread.shift_id is None else db.session.get(Shift, thread.shift_id)
    zone = workforce.contractor(thread.contractor_id, by).timezone
    page_of = {"thread": thread, "form": shown, "companies": names, "shift": shift, "zone": zone}
    return render_template("work/question.html", **page_of), shown.status


@blueprint.post("/questions/<uuid:thread_id>")
def go_on(thread_id: UUID) -> ResponseReturnValue:
    form, by = Form(NewMessageSchema), actor()
    own(queries.thread(thread_id, seen_by=by), by)
    if not form.done(lambda data: threads.write(thread_id, **data, by=by)):
        return show_question(thread_id, form)
    return redirect(url_for("work.show_question", thread_id=thread_id))


@blueprint.post("/questions/<uuid:thread_id>/close")
def close_question(thread_id: UUID) -> ResponseReturnValue:
    form, by = Form(ma.Schema), actor()
    own(queries.thread(thread_id, seen_by=by), by)
    if not form.done(lambda _: threads.close(thread_id, by=by)):
        return show_question(thread_id, form)
    return redirect(url_for("work.list_questions"))


@blueprint.route("/gigs/<uuid:gig_id>/ask", methods=["GET", "POST"])
def ask_about(gig_id: UUID) -> ResponseReturnValue:
    """`?shift=` names a shift that was offered, `?part=` the part of the instructions that somebody has read."""
    by, shift_id = actor(), request.args.get("shift", type=UUID)
    about = questions.about(gig_id, shift_id, by=by)
    given = {"shift_id": str(shift_id or ""), "part": request.args.get("part", "")}
    form = Form(NewQuestionSchema, given)
    if request.method == "POST":
        asked = form.run(lambda data: questions.ask(gig_id, **data, by=by))
        if asked is not None:
            flash(gettext("Asked. You are told when the company answers."))
            return redirect(url_for("work.show_question", thread_id=asked.id))
    text = about.instructions.text if about.instructions is not None else ""
    return render_template(
        "work/ask.html",
        about=about,
        form=form,
        parts=[(str(number), shortened(number, part)) for number, part in enumerate(parts_of(text), start=1)],
        known=queries.answers_of(about.gig),
    ), form.status


@blueprint.get("/gigs/<uuid:gig_id>/answers")
def show_answers(gig_id: UUID) -> str:
    """For whoever has to do with the gig, and for everybody else whom it is open to."""
    by = actor()
    try:
        known = queries.answers_of(questions.about(gig_id, by=by).gig)
        may_ask = True
    except NotFound:
        known, may_ask = queries.answers(gig_id, seen_by=by), False
    return render_template("work/answers.html", known=known, may_ask=may_ask)


def shortened(number: int, part: str) -> str:
    """A part of instructions as one line of a list."""
    line = " ".join(part.split())
    return f"{number}. {line if len(line) <= SHORT else line[:SHORT].rstrip() + '…'}"
