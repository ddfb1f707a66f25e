"""A contractor's pages about tests: what can be taken and what it pays, taking one, its result, and where it leads."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import marshmallow as ma
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from marketplace.accounts.auth import actor
from marketplace.accounts.rules import Actor, require_person
from marketplace.core import clock
from marketplace.core.http import page
from marketplace.core.money import Money
from marketplace.gigs import queries as gigs
from marketplace.gigs.models import Gig
from marketplace.gigs.rules import NotVetted
from marketplace.qualifications import attempt_rules, attempts, contests, levels, papers, queries
from marketplace.qualifications.models import Attempt
from marketplace.qualifications.papers import Asked
from marketplace.qualifications.rules import AttemptStatus, TimeOver
from marketplace.qualifications.schemas import ContestedSchema
from marketplace.qualifications.scoring import Item, ItemKind
from marketplace.shifts import attempting
from marketplace.standards.rates import stepped
from marketplace.web.contractor import company_names
from marketplace.web.forms import Form
from marketplace.web.pictures import Part, Segment, stacked
from marketplace.web.words import money_words
from marketplace.web.work import NOTHING_MORE, SHOWN, blueprint, cursor
from marketplace.workforce import queries as workforce


class AnswersForm(ma.Schema):
    """All answers of a page: each item reads its own fields."""

    class Meta:
        unknown = ma.EXCLUDE


@dataclass(frozen=True, slots=True)
class Rung:
    """One level of a skill: what the best open gig pays an hour at it, and the tests that prove it. `more` is the
    picture: the base rate, and what the level adds."""

    level: int
    pays: Money | None
    picture: Sequence[Segment]
    tests: Sequence[queries.Openness]
    is_mine: bool


@blueprint.get("/tests")
def list_tests() -> str:
    """What I can qualify for and what it pays, what I hold, and what I tried."""
    by = actor()
    me = require_person(by)
    tests = queries.open_to(me, by)
    tried = page(queries.attempts_of(me), Attempt.id, limit=SHOWN, after=cursor())
    return render_template(
        "work/tests.html",
        tests=tests,
        held=queries.holdings(me, by),
        tried=tried,
        zone=workforce.contractor(me, by).timezone,
        companies=company_names([each.qualification for each in tests]),
    )


@blueprint.post("/tests/<uuid:qualification_id>/begin")
def begin_test(qualification_id: UUID) -> ResponseReturnValue:
    form = Form(NOTHING_MORE)
    begun = form.run(lambda _: attempting.begin(qualification_id, by=actor()))
    if begun is None:
        problem = form.problem
        flash(f"{gettext(problem.title)} {problem.detail}" if problem else gettext("That did not work."), "error")
        return redirect(url_for("work.list_tests"))
    return redirect(url_for("work.show_test", attempt_id=begun.id))


@blueprint.get("/tests/attempts/<uuid:attempt_id>")
def show_test(attempt_id: UUID, form: Form | None = None) -> ResponseReturnValue:
    """The items while it is under way; the result, item by item, once it has ended."""
    by = actor()
    sheet = papers.sheet(attempt_id, by)
    shown = form or Form(NOTHING_MORE)
    me = workforce.contractor(require_person(by), by)
    under_way = sheet.attempt.status is AttemptStatus.STARTED
    return render_template(
        "work/test.html" if under_way else "work/test_result.html",
        sheet=sheet,
        attempt=sheet.attempt,
        form=shown,
        blank=Form(ContestedSchema),
        zone=me.timezone,
        pay=_pay(sheet.attempt),
        picture=_result_picture(sheet),
        key_words=_key_words,
        free_from=_free_from(sheet),
    ), shown.status


@blueprint.post("/tests/attempts/<uuid:attempt_id>/items/<uuid:item_id>")
def save_answer(attempt_id: UUID, item_id: UUID) -> ResponseReturnValue:
    """One item by itself, as the page saves it while somebody types. Nothing is shown."""
    by = actor()
    found = next((each for each in papers.sheet(attempt_id, by).items if each.id == item_id), None)
    value = None if found is None else answer_of(found, request.form)
    attempts.save(attempt_id, item_id, value, by=by)
    return "", 204


@blueprint.post("/tests/attempts/<uuid:attempt_id>/hand-in")
def hand_in_test(attempt_id: UUID) -> ResponseReturnValue:
    """Everything as it stands on the page, and then the result: for browsers without a script, too."""
    form = Form(AnswersForm)
    done = form.done(lambda _: _save_all(attempt_id, request.form, actor()))
    return redirect(url_for("work.show_test", attempt_id=attempt_id)) if done else show_test(attempt_id, form)


@blueprint.post("/tests/attempts/<uuid:attempt_id>/give-up")
def give_up_test(attempt_id: UUID) -> ResponseReturnValue:
    form = Form(NOTHING_MORE)
    done = form.done(lambda _: attempts.give_up(attempt_id, by=actor()))
    return redirect(url_for("work.show_test", attempt_id=attempt_id)) if done else show_test(attempt_id, form)


@blueprint.post("/tests/attempts/<uuid:attempt_id>/contest")
def contest_test(attempt_id: UUID) -> ResponseReturnValue:
    form = Form(ContestedSchema)
    done = form.done(lambda data: contests.contest(attempt_id, **data, by=actor()))
    if not done:
        return show_test(attempt_id, form)
    flash(gettext("Contested. A human who did not write the test looks at it."))
    return redirect(url_for("work.show_test", attempt_id=attempt_id))


@blueprint.get("/tests/leads")
def show_leads() -> str:
    """Where this leads: for each skill its levels, what they pay in open gigs, and what it takes to reach them."""
    by = actor()
    me = require_person(by)
    tests = queries.open_to(me, by)
    proofs = queries.proofs([me]).get(me, [])
    try:
        open_gigs = gigs.stepped_gigs(by)
    except NotVetted:
        open_gigs = []
    skills = {each.qualification.skill for each in tests} | {gig.pay_steps.skill for gig in open_gigs if gig.pay_steps}
    ladders = {
        skill: _ladder(skill, levels.level_of(proofs, skill, clock.now()), tests, open_gigs)
        for skill in sorted(each for each in skills if each)
    }
    return render_template("work/leads.html", ladders=ladders)


def _ladder(skill: str, mine: int, tests: Sequence[queries.Openness], open_gigs: Sequence[Gig]) -> Sequence[Rung]:
    own = [(gig, gig.pay_steps) for gig in open_gigs if gig.pay_steps and gig.pay_steps.skill == skill]
    best: dict[int, tuple[Money, Money]] = {}
    for gig, steps in own:
        for level in range(levels.MOST_LEVEL + 1):
            pays = stepped(gig.rate, steps.at(level))
            if level not in best or (pays.currency == best[level][0].currency and pays > best[level][0]):
                best[level] = pays, gig.rate
    most = max((pays.amount for pays, _ in best.values()), default=0)
    return [
        Rung(
            level,
            best[level][0] if level in best else None,
            _rung_picture(*best[level], most) if level in best else (),
            [each for each in tests if (each.qualification.skill, each.qualification.skill_level) == (skill, level)],
            level == mine,
        )
        for level in range(levels.MOST_LEVEL + 1)
    ]


def _rung_picture(pays: Money, base: Money, most: int) -> Sequence[Segment]:
    more = pays - base
    return stacked(
        [
            Part(gettext("base rate"), money_words(base), base.amount, "c"),
            Part(gettext("for the level"), money_words(more), more.amount, "a"),
        ],
        whole=most,
    )


# --- answers ----------------------------------------------------------------------------------------------------------


def answer_of(asked: Asked, form: MultiDict[str, str]) -> Any:
    """What stands in an item's fields, in the shape of an answer; None where nothing does."""
    name = f"a.{asked.id}"
    if asked.kind in (ItemKind.CHOICE_ONE, ItemKind.CHOICE_MANY):
        return form.getlist(name) or None
    if asked.kind in (ItemKind.CLASSES, ItemKind.RANKING):
        chosen = {each["id"]: form.get(f"{name}.{each['id']}", "") for each in asked.ask["things"]}
        given: Mapping[str, Any] = {thing: value for thing, value in chosen.items() if value}
        if asked.kind is ItemKind.RANKING:
            given = {thing: int(value) for thing, value in given.items() if value.isdecimal()}
        return given or None
    return form.get(name, "").strip() or None


def _save_all(attempt_id: UUID, form: MultiDict[str, str], by: Actor) -> Attempt:
    sheet = papers.sheet(attempt_id, by)
    if sheet.attempt.status is AttemptStatus.STARTED:
        # At the safety cap what was saved before counts, and handing in stays possible.
        with suppress(TimeOver):
            for asked in sheet.items:
                if (value := answer_of(asked, form)) != asked.value:
                    attempts.save(attempt_id, asked.id, value, by=by)
    return attempts.hand_in(attempt_id, by=by)


# --- results ----------------------------------------------------------------------------------------------------------


def _pay(found: Attempt) -> Money | None:
    return None if found.paid_minutes is None else attempt_rules.wages(found.rate, found.paid_minutes)


def _result_picture(sheet: papers.Sheet) -> Sequence[Segment]:
    percent = sheet.attempt.percent
    if percent is None:
        return ()
    return stacked(
        [
            Part(gettext("reached"), f"{percent} %", percent, "pass" if sheet.attempt.status == "passed" else "note"),
            Part(gettext("not reached"), f"{100 - percent} %", 100 - percent, "ground"),
        ]
    )


def _key_words(asked: Asked) -> list[str]:
    if asked.key is None:
        return []
    return papers.key_words(Item(asked.kind, asked.prompt, asked.key, asked.ask), asked.key)


def _free_from(sheet: papers.Sheet) -> Any:
    found = sheet.qualification
    if sheet.attempt.status not in (AttemptStatus.FAILED, AttemptStatus.ABANDONED):
        return None
    past = queries.past(sheet.attempt.contractor_id, found.id)
    return attempt_rules.free_from(
        past, retake_days=found.retake_days, most_attempts=found.most_attempts, period_days=found.period_days
    )
