"""The pages of whoever owns tests, a company or the service: describe, write, try, publish, fund, read what came of it.

The same pages stand in the companies' blueprint and in the operators'; the address says whose tests they are.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import marshmallow as ma
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from marketplace.accounts import queries as accounts
from marketplace.accounts.auth import actor
from marketplace.accounts.rules import Right
from marketplace.contracts import granting
from marketplace.core.db import db
from marketplace.core.events import timeline
from marketplace.core.http import page
from marketplace.core.problems import NotFound
from marketplace.qualifications import (
    analysis,
    attempt_rules,
    authoring,
    contests,
    funding,
    holdings,
    papers,
    queries,
)
from marketplace.qualifications.levels import MOST_LEVEL
from marketplace.qualifications.models import Attempt, Holding, Qualification, TestContest, TestVersion
from marketplace.qualifications.rules import AttemptStatus, Paper
from marketplace.qualifications.schemas import (
    GrantSchema,
    QualificationSpecSchema,
    TestMoneySchema,
    WithdrawalSchema,
)
from marketplace.qualifications.scoring import Item, ItemKind
from marketplace.web import answers, choices, company, operator, words
from marketplace.web.examining_forms import ItemForm, PaperForm, VerdictForm, decided, spec_values
from marketplace.web.forms import Form
from marketplace.web.pictures import Part, Segment, stacked
from marketplace.workforce.rules import Level

SHOWN = 20
Owner = UUID | None


def list_tests(company_id: Owner = None) -> str:
    found = page(queries.owned(company_id, actor()), Qualification.id, limit=SHOWN, after=_after())
    waiting = db.session.scalars(queries.to_decide(actor(), company_id).limit(SHOWN)).all()
    return _page("tests/list.html", found=found, waiting=waiting)


def write_test(company_id: Owner = None) -> ResponseReturnValue:
    form = Form(QualificationSpecSchema, {"rate.currency": "USD", "valid_days": "365", "retake_days": "7"})
    if request.method == "POST":
        made = form.run(lambda data: authoring.draft(company_id, data["spec"], by=actor()))
        if made is not None:
            return _saved("show_test", qualification_id=made.id)
    return _form_page(form, None), form.status


def edit_test(qualification_id: UUID, company_id: Owner = None) -> ResponseReturnValue:
    found = _own(qualification_id, company_id)
    form = Form(QualificationSpecSchema, spec_values(found))
    if form.done(lambda data: authoring.revise(qualification_id, data["spec"], by=actor())):
        return _saved("show_test", qualification_id=qualification_id)
    return _form_page(form, found), form.status


def show_test(qualification_id: UUID, company_id: Owner = None, **forms: Form) -> ResponseReturnValue:
    """The test with its items, its money, what came of it, and what can be done."""
    found = _own(qualification_id, company_id)
    every = queries.versions(found.id)
    newest, current = (every[0] if every else None), queries.in_force(found.id)
    shown = {
        "item_form": Form(ItemForm, {"points": "1"}),
        "paper": Form(PaperForm, _paper_values(newest)),
        "money_form": Form(TestMoneySchema, {"money.currency": found.currency}),
        "grant": Form(GrantSchema),
        "withdrawing": Form(WithdrawalSchema),
        "pressed": Form(ma.Schema),
    } | forms
    given = db.session.scalars(queries.granted(found.id, actor()).order_by(Holding.id.desc()).limit(SHOWN)).all()
    return _page(
        "tests/test.html",
        test=found,
        given=given,
        holders=accounts.person_name([each.contractor_id for each in given]),
        people=_people(company_id),
        newest=newest,
        current=current,
        versions=every,
        key_words=lambda item: papers.key_words(item.item, item.key),
        kinds=[(kind.value, words.name_of("item", kind)) for kind in ItemKind],
        funds=queries.funds(found),
        needed=_needed(found, current),
        results=_results(found.id),
        reports=_reports(current),
        events=timeline("qualification", found.id, limit=SHOWN),
        **shown,
    ), max(form.status for form in shown.values())


def add_item(qualification_id: UUID, company_id: Owner = None) -> ResponseReturnValue:
    found = _own(qualification_id, company_id)
    form = Form(ItemForm)

    def write(item: Item) -> TestVersion:
        paper = _paper(found)
        return authoring.write(found.id, replace(paper, items=(*paper.items, item)), by=actor())

    done = form.done(write)
    return _saved("show_test", qualification_id=found.id) if done else show_test(found.id, company_id, item_form=form)


def drop_item(qualification_id: UUID, place: int, company_id: Owner = None) -> ResponseReturnValue:
    found = _own(qualification_id, company_id)
    form = Form(ma.Schema)

    def write(_: Any) -> TestVersion:
        paper = _paper(found)
        left = [item for number, item in enumerate(paper.items) if number != place]
        draw = None if paper.draw is None else min(paper.draw, max(1, len(left)))
        return authoring.write(found.id, replace(paper, items=left, draw=draw), by=actor())

    done = form.done(write)
    return _saved("show_test", qualification_id=found.id) if done else show_test(found.id, company_id, pressed=form)


def set_paper(qualification_id: UUID, company_id: Owner = None) -> ResponseReturnValue:
    found = _own(qualification_id, company_id)
    form = Form(PaperForm)
    done = form.done(
        lambda data: authoring.write(found.id, replace(data, items=_paper(found).items), by=actor()),
    )
    return _saved("show_test", qualification_id=found.id) if done else show_test(found.id, company_id, paper=form)


def fund_test(qualification_id: UUID, company_id: Owner = None) -> ResponseReturnValue:
    found = _own(qualification_id, company_id)
    form = Form(TestMoneySchema)
    done = form.done(lambda data: funding.fund(found.id, data["money"], by=actor()))
    return _saved("show_test", qualification_id=found.id) if done else show_test(found.id, company_id, money_form=form)


def grant_test(qualification_id: UUID, company_id: Owner = None) -> ResponseReturnValue:
    found = _own(qualification_id, company_id)
    form = Form(GrantSchema)
    done = form.done(lambda data: granting.grant(found.id, **data, by=actor()))
    return _saved("show_test", qualification_id=found.id) if done else show_test(found.id, company_id, grant=form)


def withdraw_test(qualification_id: UUID, holding_id: UUID, company_id: Owner = None) -> ResponseReturnValue:
    found = _own(qualification_id, company_id)
    form = Form(WithdrawalSchema)
    done = form.done(lambda data: holdings.withdraw(found.id, holding_id, data["reason"], by=actor()))
    return _saved("show_test", qualification_id=found.id) if done else show_test(found.id, company_id, withdrawing=form)


PRESSES: Mapping[str, Callable[..., Any]] = {
    "publish": authoring.publish,
    "close": authoring.close,
    "take-back": funding.take_back,
}
"""The buttons of a test that need nothing more than a press."""


def press_test(qualification_id: UUID, press: str, company_id: Owner = None) -> ResponseReturnValue:
    if press not in PRESSES:
        raise NotFound
    found = _own(qualification_id, company_id)
    form = Form(ma.Schema)
    done = form.done(lambda _: PRESSES[press](found.id, by=actor()))
    return _saved("show_test", qualification_id=found.id) if done else show_test(found.id, company_id, pressed=form)


def preview_test(qualification_id: UUID, version_id: UUID, company_id: Owner = None) -> str:
    """A version as a contractor sees it. Nothing that is typed here is kept."""
    found = _own(qualification_id, company_id)
    return _page("tests/preview.html", test=found, items=papers.preview(version_id, actor()))


def show_contest(contest_id: UUID, company_id: Owner = None, form: Form | None = None) -> ResponseReturnValue:
    """A contested item: what was asked, what counts as right, what the person says."""
    found = _contest(contest_id, company_id)
    version = next(
        each for each in queries.versions(found.qualification_id) if found.item_id in {item.id for item in each.items}
    )
    item = next(each for each in version.items if each.id == found.item_id)
    shown = form or Form(VerdictForm)
    answer = queries.answers(found.attempt_id).get(item.id)
    return _page(
        "tests/contest.html",
        contest=found,
        item=item,
        answer=papers.answer_words(item.item, answer.value if answer else None),
        right=papers.key_words(item.item, item.key),
        who=accounts.person_name([found.contractor_id])[found.contractor_id],
        form=shown,
    ), shown.status


def decide_contest(contest_id: UUID, company_id: Owner = None) -> ResponseReturnValue:
    found = _contest(contest_id, company_id)
    item = queries.items([found.item_id])[0].item
    form = Form(VerdictForm)

    def decide(data: dict[str, str]) -> TestContest:
        if data["verdict"] == "dismiss":
            return contests.dismiss(contest_id, data["reason"], by=actor())
        return contests.uphold(contest_id, decided(item, data), data["reason"], by=actor())

    return _saved("list_tests") if form.done(decide) else show_contest(contest_id, company_id, form)


_RULES: Sequence[tuple[str, Callable[..., Any], tuple[str, ...]]] = (
    ("", list_tests, ("GET",)),
    ("/new", write_test, ("GET", "POST")),
    ("/<uuid:qualification_id>", show_test, ("GET",)),
    ("/<uuid:qualification_id>/edit", edit_test, ("GET", "POST")),
    ("/<uuid:qualification_id>/items", add_item, ("POST",)),
    ("/<uuid:qualification_id>/items/<int:place>/drop", drop_item, ("POST",)),
    ("/<uuid:qualification_id>/paper", set_paper, ("POST",)),
    ("/<uuid:qualification_id>/fund", fund_test, ("POST",)),
    ("/<uuid:qualification_id>/grant", grant_test, ("POST",)),
    ("/<uuid:qualification_id>/granted/<uuid:holding_id>/withdraw", withdraw_test, ("POST",)),
    ("/<uuid:qualification_id>/do/<press>", press_test, ("POST",)),
    ("/<uuid:qualification_id>/versions/<uuid:version_id>", preview_test, ("GET",)),
    ("/contested/<uuid:contest_id>", show_contest, ("GET",)),
    ("/contested/<uuid:contest_id>", decide_contest, ("POST",)),
)

for _blueprint in (company.blueprint, operator.blueprint):
    for _rule, _view, _methods in _RULES:
        _blueprint.add_url_rule(f"/tests{_rule}", _view.__name__, _view, methods=list(_methods))


# --- shared by the pages ----------------------------------------------------------------------------------------------


def _to(endpoint: str, **named: Any) -> str:
    """The address of a page of the same owner."""
    scope: dict[str, Any] = {"company_id": _owner()} if _owner() is not None else {}
    return url_for(f"{request.blueprint}.{endpoint}", **scope, **named)


def _owner() -> Owner:
    return (request.view_args or {}).get("company_id")


def _page(template: str, **told: Any) -> str:
    return render_template(template, to=_to, owner=_owner(), **told)


def _saved(endpoint: str, **named: Any) -> ResponseReturnValue:
    flash(answers.told())
    return redirect(_to(endpoint, **named))


def _after() -> UUID | None:
    return request.args.get("after", type=UUID)


def _own(qualification_id: UUID, company_id: Owner) -> Qualification:
    found = queries.own(qualification_id, actor())
    if found.company_id != company_id:
        raise NotFound
    return found


def _contest(contest_id: UUID, company_id: Owner) -> TestContest:
    found = db.session.scalars(queries.contests(actor(), company_id).where(TestContest.id == contest_id)).one_or_none()
    if found is None:
        raise NotFound
    return found


def _form_page(form: Form, found: Qualification | None) -> str:
    return _page(
        "tests/form.html",
        form=form,
        test=found,
        currencies=words.currencies(),
        skills=[("", "–"), *_skills(found)],
        languages_known=[("", "–"), *words.languages()],
        levels=[("", "–"), *((str(each), str(each)) for each in range(1, MOST_LEVEL + 1))],
        language_levels=[("", "–"), *((each.value, each.value) for each in Level)],
    )


def _skills(found: Qualification | None) -> list[tuple[str, str]]:
    """What a test may prove: the kinds of work, and what this one proves already, whatever it is."""
    usual = [(kind.replace("_", "-"), str(name)) for kind, name in choices.work_kinds()]
    own = found.skill if found else None
    return [*usual, *([(own, own)] if own and own not in dict(usual) else [])]


def _people(company_id: Owner) -> list[tuple[str, str]]:
    """Whom a company can choose by name; operators choose by address alone, and readers nobody."""
    if company_id is None or not actor().may(Right.GIGS, company_id):
        return []
    return [(str(person_id), name) for person_id, name in granting.people(company_id, actor()).items()]


def _paper(found: Qualification) -> Paper:
    """The newest version as it could be written again; an empty one where there is none."""
    every = queries.versions(found.id)
    if not every:
        return Paper(items=(), pass_percent=70, estimate_minutes=10)
    newest = every[0]
    return Paper(
        items=[item.item for item in newest.items],
        pass_percent=newest.pass_percent,
        estimate_minutes=newest.estimate_minutes,
        draw=newest.draw,
        limit_minutes=newest.limit_minutes,
        reveal=newest.reveal,
    )


def _paper_values(newest: TestVersion | None) -> dict[str, str]:
    names = ("pass_percent", "estimate_minutes", "draw", "limit_minutes", "reveal")
    return {} if newest is None else {name: str(getattr(newest, name) or "") for name in names}


def _needed(found: Qualification, current: TestVersion | None) -> Any:
    if current is None:
        return None
    minutes = attempt_rules.typical_minutes(
        current.estimate_minutes, queries.measured([current.id]).get(current.id, [])
    )
    return attempt_rules.highest_cost(found.rate, attempt_rules.cap_minutes(minutes, current.limit_minutes))


def _results(qualification_id: UUID) -> Sequence[Segment]:
    """How many passed, failed, ended without a result and are under way."""
    found = db.session.scalars(queries.attempts_at(qualification_id, actor()).with_only_columns(Attempt.status))
    counted = Counter(found)
    kinds = {
        AttemptStatus.PASSED: "pass",
        AttemptStatus.FAILED: "note",
        AttemptStatus.ABANDONED: "d",
        AttemptStatus.STARTED: "c",
    }
    return stacked(
        [Part(words.status_words(each), str(counted[each]), counted[each], kind) for each, kind in kinds.items()]
    )


def _reports(current: TestVersion | None) -> Mapping[UUID, tuple[analysis.ItemReport, Sequence[Segment]]]:
    if current is None:
        return {}
    scores = [(each.attempt_id, each.item_id, each.scored) for each in queries.scored_items(current.id)]
    found = analysis.report([item.id for item in current.items], scores)
    return {each.item_id: (each, _right_bar(each)) for each in found if each.answers}


def _right_bar(each: analysis.ItemReport) -> Sequence[Segment]:
    right = each.right_percent
    return stacked(
        [
            Part(gettext("right"), f"{right} %", right, "fail" if each.is_suspicious else "pass"),
            Part(gettext("not right"), f"{100 - right} %", 100 - right, "ground"),
        ]
    )
