"""The operators' desk: what waits, and the companies that ask to be let in. The rest of the desk stands beside it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

import marshmallow as ma
from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from flask_babel.speaklater import LazyString

from marketplace.accounts import papers, queries, service
from marketplace.accounts.auth import actor, actor_or_none
from marketplace.accounts.models import Company
from marketplace.accounts.paper_routes import shown as shown_paper
from marketplace.accounts.rules import Actor, CompanyStatus, OperatorRole
from marketplace.accounts.schemas import CompanyVerificationSchema
from marketplace.core import idempotency
from marketplace.core.events import timeline
from marketplace.core.http import page
from marketplace.core.problems import NotFound
from marketplace.notices.carrying import outbox_is_open
from marketplace.pay.bank.deposits import SECOND
from marketplace.pay.bank.models import BankLine
from marketplace.standards.act_models import MoneyAct
from marketplace.web import answers, choices, site, waiting
from marketplace.web.forms import Form

blueprint = Blueprint("operator", __name__, url_prefix="/desk")
SHOWN = 20
FEW = 8
"""So many pages of a desk stand side by side; more stand below headings."""
Status = TypeVar("Status", bound=StrEnum)
DECISIONS: Mapping[str, Callable[..., Company]] = {
    "verify": service.verify_company,
    "refuse": service.refuse_company,
    "suspend": service.suspend_company,
}
"""What an operator can decide about a company, with a reason."""
OPEN_TO: Mapping[CompanyStatus, tuple[str, ...]] = {
    CompanyStatus.APPLIED: ("verify", "refuse", "suspend"),
    CompanyStatus.VERIFIED: ("suspend",),
    CompanyStatus.SUSPENDED: ("verify",),
}


class CompanyDecisionForm(CompanyVerificationSchema):
    decision = ma.fields.String(required=True, validate=ma.validate.OneOf(DECISIONS))


@blueprint.before_request
def _only_operators() -> ResponseReturnValue | None:
    """Strangers sign in first; to everybody else there is no desk."""
    if (sign_in := site.ask_to_sign_in()) is not None:
        return sign_in
    if not actor().is_operator():
        raise NotFound
    return None


@blueprint.context_processor
def _known() -> dict[str, Any]:
    """For every template: whether the operator has a duty: `duty("finance")`."""
    by = actor_or_none()
    return {"duty": lambda role: by is not None and by.is_operator(OperatorRole(role))}


def _navigation() -> list[site.Link | site.Heading]:
    by = actor()
    waits = waiting.on_desk(by) if by.is_operator() else None
    if waits is None:
        return []
    applicants = (waits.applicants or 0) + (waits.renewals or 0)
    groups: list[tuple[LazyString, list[tuple[OperatorRole, str, LazyString, int]]]] = [
        (
            lazy_gettext("People"),
            [
                (OperatorRole.VETTING, "operator.list_companies", lazy_gettext("Companies"), waits.companies or 0),
                (OperatorRole.VETTING, "operator.list_waiting", lazy_gettext("Queue"), applicants),
                (OperatorRole.VETTING, "operator.list_people", lazy_gettext("People"), 0),
                (OperatorRole.VETTING, "operator.list_proposals", lazy_gettext("Findings"), waits.proposals or 0),
                (OperatorRole.VETTING, "operator.list_hidden", lazy_gettext("Hidden words"), waits.hidden or 0),
            ],
        ),
        (
            lazy_gettext("Contested"),
            [
                (OperatorRole.DISPUTES, "operator.list_disputes", lazy_gettext("Disputes"), waits.disputes or 0),
                (OperatorRole.VETTING, "operator.list_appeals", lazy_gettext("Appeals"), waits.appeals or 0),
                (
                    OperatorRole.DISPUTES,
                    "operator.list_match_contests",
                    lazy_gettext("Contested offers"),
                    waits.matches or 0,
                ),
                (
                    OperatorRole.DISPUTES,
                    "operator.list_payout_contests",
                    lazy_gettext("Contested payouts"),
                    waits.payouts or 0,
                ),
            ],
        ),
        (
            lazy_gettext("Money"),
            [
                (
                    OperatorRole.FINANCE,
                    "operator.show_pay",
                    lazy_gettext("Pay"),
                    sum(filter(None, (waits.stuck, waits.alone, waits.seconds, waits.chargebacks, waits.strays))),
                ),
                (OperatorRole.FINANCE, "operator.list_transfers", lazy_gettext("Transfers"), waits.transfers or 0),
                (OperatorRole.FINANCE, "operator.show_proof", lazy_gettext("Proof"), 0),
            ],
        ),
        (
            lazy_gettext("Rules and work"),
            [
                (OperatorRole.STANDARDS, "operator.list_places", lazy_gettext("Places"), 0),
                (OperatorRole.STANDARDS, "operator.show_rates", lazy_gettext("Rates"), 0),
                (OperatorRole.STANDARDS, "operator.list_benefits", lazy_gettext("Benefits"), 0),
                (OperatorRole.STANDARDS, "operator.list_tests", lazy_gettext("Tests"), 0),
                (OperatorRole.STANDARDS, "operator.list_surveys", lazy_gettext("Surveys"), waits.concerns or 0),
                (OperatorRole.STANDARDS, "operator.list_flags", lazy_gettext("Flags"), 0),
                (OperatorRole.STANDARDS, "operator.list_weights", lazy_gettext("Weights"), 0),
            ],
        ),
        (
            lazy_gettext("Service"),
            [
                (OperatorRole.ADMIN, "operator.list_plans", lazy_gettext("Plans"), 0),
                (OperatorRole.ADMIN, "operator.show_log", lazy_gettext("Audit"), 0),
                (OperatorRole.ADMIN, "operator.show_clock", lazy_gettext("Clock"), 0),
            ],
        ),
    ]
    own = [
        site.Heading(label, [(endpoint, name, count) for duty, endpoint, name, count in links if by.is_operator(duty)])
        for label, links in groups
    ]
    desk: site.Link = ("operator.desk", lazy_gettext("Desk"), 0)
    if sum(len(group.links) for group in own) <= FEW:
        return [desk, *(link for group in own for link in group.links)]
    # A heading over one page says no more than the page.
    return [desk, *(group if len(group.links) > 1 else group.links[0] for group in own if group.links)]


def _belonging(by: Actor) -> list[site.Place]:
    return [site.Place(gettext("The desk"), url_for("operator.desk"))] if by.is_operator() else []


def _links(by: Actor, about: Mapping[str, str]) -> str | None:
    if "dispute" in about and by.is_operator(OperatorRole.DISPUTES):
        return url_for("operator.show_dispute", dispute_id=UUID(about["dispute"]))
    if "proposal" in about and by.is_operator(OperatorRole.VETTING):
        return url_for("operator.show_proposal", proposal_id=UUID(about["proposal"]))
    if "hiding" in about and by.is_operator(OperatorRole.VETTING):
        return url_for("operator.show_hidden", hiding_id=UUID(about["hiding"]))
    if "appeal" in about and by.is_operator(OperatorRole.VETTING):
        return url_for("operator.show_appeal", appeal_id=UUID(about["appeal"]))
    if "payout_contest" in about and by.is_operator(OperatorRole.DISPUTES):
        return url_for("operator.show_payout_contest", payout_contest_id=UUID(about["payout_contest"]))
    if "chargeback" in about and by.is_operator(OperatorRole.FINANCE):
        company_id, chargeback_id = (UUID(about[word]) for word in ("company", "chargeback"))
        return url_for("operator.show_chargeback", company_id=company_id, chargeback_id=chargeback_id)
    if "concern" in about and by.is_operator(OperatorRole.STANDARDS):
        return url_for("operator.list_surveys")
    if "company" in about and by.is_operator(OperatorRole.VETTING):
        return url_for("operator.show_company", company_id=UUID(about["company"]))
    if "contractor" in about and by.is_operator(OperatorRole.VETTING):
        return url_for("operator.show_person", contractor_id=UUID(about["contractor"]))
    return None


site.navigation(blueprint, _navigation)
site.belonging(blueprint, _belonging)
site.links(blueprint, _links)


@blueprint.get("")
def desk() -> str:
    """What waits for an operator, as far as their duties reach."""
    settings = current_app.config
    return render_template(
        "operator/desk.html",
        waits=waiting.on_desk(actor()),
        movable=settings["CLOCK_MOVABLE"],
        has_outbox=outbox_is_open(),
    )


# --- companies ------------------------------------------------------------------------------------------------------


@blueprint.get("/companies")
def list_companies() -> str:
    """Companies of one status, those that wait first."""
    status = chosen(CompanyStatus.APPLIED)
    found = page(queries.companies(actor(), status), Company.id, limit=SHOWN, after=after())
    return render_template("operator/companies.html", found=found, status=status, statuses=list(CompanyStatus))


@blueprint.get("/companies/<uuid:company_id>")
def show_company(company_id: UUID, form: Form | None = None, tax_number: str = "") -> ResponseReturnValue:
    by = actor()
    company = queries.company(company_id, by)
    shown = form or Form(CompanyDecisionForm)
    decisions = queries.decisions(company_id, by)
    return render_template(
        "operator/company.html",
        company=company,
        members=queries.members(company_id, by),
        identity=queries.identity(company_id, by) if by.is_operator(OperatorRole.VETTING) else None,
        tax_number=tax_number,
        told_at=service.told_at(company_id) if by.is_operator(OperatorRole.VETTING) else None,
        papers=papers.papers(company_id, by) if by.is_operator(OperatorRole.VETTING) else [],
        shows=choices.SHOWS,
        decisions=decisions,
        deciders=queries.person_name([each.decided_by for each in decisions]),
        labels=choices.DECISIONS,
        open_to=OPEN_TO.get(company.status, ()),
        events=timeline("company", company_id, limit=SHOWN),
        form=shown,
    ), shown.status


@blueprint.post("/companies/<uuid:company_id>/tax-number")
@idempotency.unkept
def read_tax_number(company_id: UUID) -> ResponseReturnValue:
    """The whole number, shown once; that it was read is remembered."""
    return show_company(company_id, tax_number=service.read_tax_number(company_id, by=actor()))


@blueprint.get("/companies/<uuid:company_id>/papers/<uuid:paper_id>")
def look_at_paper(company_id: UUID, paper_id: UUID) -> ResponseReturnValue:
    """The paper itself, and a line in the audit."""
    content = papers.read(company_id, paper_id, by=actor())
    return shown_paper(content, content.kind)


@blueprint.post("/companies/<uuid:company_id>")
def decide_company(company_id: UUID) -> ResponseReturnValue:
    form = Form(CompanyDecisionForm)
    done = form.done(lambda data: _decide(company_id, **data))
    return saved("show_company", company_id=company_id) if done else show_company(company_id, form)


def _decide(company_id: UUID, decision: str, reason: str, seen: datetime | None) -> Company:
    return DECISIONS[decision](company_id, reason, seen, by=actor())


# --- shared by the pages --------------------------------------------------------------------------------------------


def chosen(usual: Status) -> Status:
    """The status that the address asks for, or the usual one."""
    asked = request.args.get("status")
    return next((status for status in type(usual) if status == asked), usual)


def saved(endpoint: str, *, said: str = "", made: object = None, **where: Any) -> ResponseReturnValue:
    """Back to a page of the desk, which says what was done, or that what was made waits for somebody else."""
    waits = isinstance(made, MoneyAct) or (isinstance(made, BankLine) and made.status in SECOND)
    flash(gettext("Nothing has moved yet: a second person has to agree.") if waits else said or answers.told())
    return redirect(url_for(f"operator.{endpoint}", **where))


def after() -> UUID | None:
    """The cursor of a list."""
    return request.args.get("after", type=UUID)
