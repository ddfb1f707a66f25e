"""A company's gigs: written, judged by the gate, funded, opened, paused, closed."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import marshmallow as ma
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext

from marketplace.accounts import queries as accounts
from marketplace.accounts.auth import actor
from marketplace.accounts.rules import Actor
from marketplace.core import clock
from marketplace.core.http import page
from marketplace.core.money import BadMoney, Money
from marketplace.core.problems import NotFound
from marketplace.gigs import funding, gate, queries, service
from marketplace.gigs.models import Gig, PublishDecision
from marketplace.gigs.rules import GateRefused, GigStatus
from marketplace.gigs.schemas import FundSchema, NewRateSchema
from marketplace.messages import queries as messages
from marketplace.shifts import costing
from marketplace.standards import queries as standards
from marketplace.standards.rules import Verdict
from marketplace.surveys import queries as surveys
from marketplace.web import answers, choices, verdict_pictures, words
from marketplace.web import company_pictures as pictures
from marketplace.web.amounts import plain_in_field
from marketplace.web.company import SHOWN, after, blueprint, saved
from marketplace.web.forms import Form
from marketplace.web.gig_form import GigForm, money_values, values_of
from marketplace.web.survey_pictures import said_bars
from marketplace.workforce.rules import Level

PRESSES: Mapping[str, Callable[..., Any]] = {
    "pause": service.pause,
    "close": service.close,
    "take-back": funding.take_back,
}
"""The buttons of a gig that need nothing more than a press."""
ABOUT_THE_RATE = frozenset({"FLOOR", "HOUSE_FLOOR", "HAZARD", "SHARE"})
"""Rules whose limit is an hourly rate."""
ABOUT_FLOORS = ABOUT_THE_RATE - {"SHARE"}
"""Those that hold an hour against a floor."""


@dataclass(frozen=True, slots=True)
class Use:
    """The number that would pass a broken rule, and the page that puts it into the form."""

    label: str
    url: str


# --- listing and writing --------------------------------------------------------------------------------------------


@blueprint.get("/gigs")
def list_gigs(company_id: UUID) -> str:
    found = page(queries.company_gigs(company_id, actor()), Gig.id, limit=SHOWN, after=after())
    return render_template("company/gigs.html", found=found)


@blueprint.route("/gigs/new", methods=["GET", "POST"])
def write_gig(company_id: UUID) -> ResponseReturnValue:
    by = actor()
    usual = {"contact_id": str(by.person_id), "rate.currency": "USD", "hazard_class": "H0"}
    form = Form(GigForm, usual if (like := _like()) is None else values_of(like))
    if (gig := _handed_in(form, lambda terms: service.draft(company_id, terms, by=by))) is None:
        return _gig_form(form, company_id, by, None), form.status
    return saved("show_gig", gig_id=gig.id)


@blueprint.route("/gigs/<uuid:gig_id>/edit", methods=["GET", "POST"])
def edit_gig(company_id: UUID, gig_id: UUID) -> ResponseReturnValue:
    """Other terms for a draft. `?rate=` puts a number into the form, as the gate's verdicts suggest it."""
    gig = own_gig(gig_id)
    suggested = {"rate.amount": _suggested(gig)} if "rate" in request.args else {}
    form = Form(GigForm, values_of(gig) | suggested)
    if _handed_in(form, lambda terms: service.revise(gig_id, terms, by=actor())) is None:
        return _gig_form(form, company_id, actor(), gig), form.status
    return saved("show_gig", gig_id=gig_id)


def _like() -> Gig | None:
    """The gig of the same company that a new one is written after, if the address names one."""
    known = request.args.get("like", type=UUID)
    return None if known is None else own_gig(known)


def _handed_in(form: Form, act: Callable[[Any], Gig]) -> Gig | None:
    return form.run(act) if request.method == "POST" else None


def _gig_form(form: Form, company_id: UUID, by: Actor, gig: Gig | None) -> str:
    regions = standards.regions(clock.now().date())
    names = dict(words.countries())
    own = [name.removeprefix("languages.") for name in form.values if name.startswith("languages.")]
    spoken = list(dict.fromkeys(["en", str(get_locale()), *own]))
    return render_template(
        "company/gig_form.html",
        form=form,
        gig=gig,
        known_places=[(each.country, names[each.country]) for each in regions if each.subdivision is None],
        members=[(str(each.person_id), each.name) for each in accounts.members(company_id, by)],
        languages_known=words.languages(spoken),
        spoken=len(spoken),
        levels=list(Level),
        skills=[kind.replace("_", "-") for kind, _ in choices.work_kinds()],
        currencies=words.currencies(),
        choices=choices,
    )


# --- one gig --------------------------------------------------------------------------------------------------------


@blueprint.get("/gigs/<uuid:gig_id>")
def show_gig(company_id: UUID, gig_id: UUID, **forms: Form) -> ResponseReturnValue:
    """The gig with its money, what the gate says of it now, and what can be done with it."""
    gig = own_gig(gig_id)
    shown = _forms(gig) | forms
    return _gig_page(gig, shown), max(form.status for form in shown.values())


@blueprint.post("/gigs/<uuid:gig_id>/publish")
def publish(company_id: UUID, gig_id: UUID) -> ResponseReturnValue:
    return _ask_gate(gig_id, service.publish)


@blueprint.post("/gigs/<uuid:gig_id>/resume")
def resume(company_id: UUID, gig_id: UUID) -> ResponseReturnValue:
    return _ask_gate(gig_id, service.resume)


@blueprint.post("/gigs/<uuid:gig_id>/fund")
def fund(company_id: UUID, gig_id: UUID) -> ResponseReturnValue:
    own_gig(gig_id)
    form = Form(FundSchema)
    if not form.done(lambda data: funding.fund(gig_id, data["money"], by=actor()).money):
        return show_gig(company_id, gig_id, fund=form)
    return saved("show_gig", said=_told(form), gig_id=gig_id)


@blueprint.post("/gigs/<uuid:gig_id>/raise-rate")
def raise_rate(company_id: UUID, gig_id: UUID) -> ResponseReturnValue:
    own_gig(gig_id)
    form = Form(NewRateSchema)
    if not form.done(lambda data: service.raise_rate(gig_id, data["rate"], by=actor()).rate):
        return show_gig(company_id, gig_id, raising=form)
    return saved("show_gig", said=_told(form), gig_id=gig_id)


def _told(form: Form) -> str:
    """What was done with the money that the form has made."""
    return answers.told(money=words.money_words(form.made)) if isinstance(form.made, Money) else ""


@blueprint.post("/gigs/<uuid:gig_id>/do/<press>")
def press_gig(company_id: UUID, gig_id: UUID, press: str) -> ResponseReturnValue:
    if press not in PRESSES:
        raise NotFound
    own_gig(gig_id)
    form = Form(ma.Schema)
    done = form.done(lambda _: PRESSES[press](gig_id, by=actor()))
    return saved("show_gig", gig_id=gig_id) if done else show_gig(company_id, gig_id, pressed=form)


@blueprint.get("/gigs/<uuid:gig_id>/decisions")
def list_decisions(company_id: UUID, gig_id: UUID) -> str:
    """What the gate answered so far, refusals too, with every verdict as it was."""
    gig = own_gig(gig_id)
    found = page(queries.decisions(gig_id, actor()), PublishDecision.id, limit=5, after=after())
    bars = {each.id: pictures.outcome_bar(row["outcome"] for row in each.verdicts) for each in found["items"]}
    return render_template("company/decisions.html", gig=gig, found=found, bars=bars, rows=_rows)


def own_gig(gig_id: UUID) -> Gig:
    """A gig of the company that the address names. Raises NotFound."""
    gig = queries.company_gig(gig_id, actor())
    if gig.company_id != (request.view_args or {})["company_id"]:
        raise NotFound
    return gig


# --- the parts of the page ------------------------------------------------------------------------------------------


def _ask_gate(gig_id: UUID, verb: Callable[..., PublishDecision]) -> ResponseReturnValue:
    """A refusal is kept by the verb, and so it is not raised: the page shows it and is answered with 422."""
    gig = own_gig(gig_id)
    form = Form(ma.Schema)
    decision = form.run(lambda _: verb(gig_id, by=actor()))
    if decision is not None and decision.passed:
        flash(gettext("The gate let the gig pass. It is open."))
        return redirect(url_for("company.show_gig", company_id=gig.company_id, gig_id=gig_id))
    if decision is not None:
        form.problem, form.status = GateRefused(), GateRefused.status
    return show_gig(gig.company_id, gig_id, pressed=form)


def _forms(gig: Gig) -> dict[str, Form]:
    missing = gate.needed_funds(gig, gig.rate) - queries.committed(gig)
    missing = max(missing, Money.zero(gig.currency))
    rate = {"rate.amount": _suggested(gig), "rate.currency": gig.currency}
    return {
        "fund": Form(FundSchema, money_values("money", missing)),
        "raising": Form(NewRateSchema, rate),
        "pressed": Form(ma.Schema),
    }


def _suggested(gig: Gig) -> str:
    """The number of the address, which is written one way, as the reader of the form writes it."""
    return plain_in_field(request.args.get("rate", ""), gig.currency)


def _gig_page(gig: Gig, forms: Mapping[str, Form]) -> str:
    by = actor()
    judgement = service.judge(gig.id, by=by)
    verdicts = sorted(judgement.verdicts, key=lambda each: pictures.ORDER.index(each.outcome))
    funds, needed = queries.funds(gig.id, by), gate.needed_funds(gig, gig.rate)
    return render_template(
        "company/gig.html",
        gig=gig,
        contact=accounts.person_name([gig.contact_id])[gig.contact_id],
        language_names=dict(words.languages()),
        countries=dict(words.countries()),
        models=dict(choices.choices(choices.MODELS)),
        verdicts=[(each, _use(gig, each.rule, each.limit) if each.failed else None) for each in verdicts],
        best=_best_rate(gig, verdicts),
        verdict_bar=pictures.verdict_bar(verdicts),
        verdict_words=pictures.verdict_words(verdicts),
        against=verdict_pictures.against_floors(judgement.reckoning),
        money_bar=verdict_pictures.money_bar(judgement.reckoning),
        money_sentence=verdict_pictures.money_sentence(judgement.reckoning),
        like_work=judgement.like_work,
        least=_least(gig, verdicts),
        funds=funds,
        needed=needed,
        funds_bar=pictures.funds_bar(funds, needed),
        cost=judgement.cost,
        cover=costing.funds_of(gig.id, seen_by=by) if gig.status is GigStatus.OPEN else None,
        instructions=queries.instructions(gig.id, by),
        pilots=queries.pilots(gig.id, by),
        inherited=queries.inherited_pilot(gig.id, by),
        rates=queries.rates(gig.id, by),
        known=messages.answers(gig.id, seen_by=by),
        said_of=surveys.said_of(gig.id, seen_by=by),
        said_bars=said_bars,
        events=queries.timeline(gig.id, by)[:SHOWN],
        **forms,
    )


def _use(gig: Gig, rule: str, limit: str | None) -> Use | None:
    """The page where what is missing is set right, or with the number that would pass, where there is one number."""
    where: dict[str, Any] = {"company_id": gig.company_id, "gig_id": gig.id}
    if rule == "ESCROW":
        return Use(gettext("Set the missing money aside"), url_for("company.show_gig", **where) + "#fund")
    if rule == "CARE_LINE":
        return Use(gettext("Say whom people call"), url_for("company.name_care_line", company_id=gig.company_id))
    rate = _amount(limit, gig.currency) if rule in ABOUT_THE_RATE else None
    return None if rate is None else Use(gettext("Use this number"), _with_rate(gig, rate))


def _best_rate(gig: Gig, verdicts: Iterable[Verdict]) -> Use | None:
    """The lowest rate that passes every broken rule about the rate, where there is more than one number."""
    limits = [_amount(each.limit, gig.currency) for each in verdicts if each.failed and each.rule in ABOUT_THE_RATE]
    rates = {limit.amount for limit in limits if limit is not None}
    if len(rates) < 2:
        return None
    rate = Money(max(rates), gig.currency)
    words_of_rate = words.money_words(rate)
    return Use(gettext("Use %(rate)s: it passes every rule about the rate", rate=words_of_rate), _with_rate(gig, rate))


def _least(gig: Gig, verdicts: Iterable[Verdict]) -> Money | None:
    """The lowest rate that passes every rule about floors, whether the gig's own does or not."""
    limits = [_amount(each.limit, gig.currency) for each in verdicts if each.rule in ABOUT_FLOORS]
    return max((limit for limit in limits if limit is not None), key=lambda limit: limit.amount, default=None)


def _with_rate(gig: Gig, rate: Money) -> str:
    """The page with the form into which the rate is put."""
    where: dict[str, Any] = {"company_id": gig.company_id, "gig_id": gig.id, "rate": str(rate.decimal)}
    if gig.status is GigStatus.DRAFT:
        return url_for("company.edit_gig", **where) + "#rate"
    return url_for("company.show_gig", **where) + "#raise"


def _amount(limit: str | None, currency: str) -> Money | None:
    """ "16.25 USD" as money of the gig's currency; None for a limit that is not an amount."""
    number, _, code = (limit or "").partition(" ")
    try:
        return Money.of(number, code) if code == currency else None
    except BadMoney:
        return None


def _rows(decision: PublishDecision) -> list[Any]:
    """A decision's stored verdicts, the broken ones first."""
    order = [str(outcome) for outcome in pictures.ORDER]
    return sorted(decision.verdicts, key=lambda each: order.index(str(each["outcome"])))
