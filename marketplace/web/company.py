"""A company's own pages: what stands and what waits. Its people, gigs, shifts, money and contracts stand beside it."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext

from marketplace.accounts import queries
from marketplace.accounts.auth import actor
from marketplace.accounts.rules import Actor, Right, require_company
from marketplace.gigs.models import Gig
from marketplace.pay import queries as pay
from marketplace.standards import queries as standards
from marketplace.web import answers, site, waiting
from marketplace.web import company_pictures as pictures
from marketplace.web.words import countries, named_place

blueprint = Blueprint("company", __name__, url_prefix="/company/<uuid:company_id>")
SHOWN = 20


@blueprint.before_request
def _only_members() -> ResponseReturnValue | None:
    """Strangers sign in first; to everybody else's eyes the company does not exist."""
    if (sign_in := site.ask_to_sign_in()) is not None:
        return sign_in
    require_company(actor(), here(), Right.READ)
    return None


def here() -> UUID:
    """The company of the address that is shown."""
    arguments: Mapping[str, Any] = request.view_args or {}
    found: UUID = arguments["company_id"]
    return found


@blueprint.context_processor
def _known() -> dict[str, Any]:
    """For every template: the company, and whether the reader has a right in it: `may("money")`."""
    by, company_id = actor(), here()
    if not by.belongs_to(company_id):
        return {}  # The page that says that there is nothing here.
    return {
        "company": queries.company(company_id, by),
        "may": lambda right: by.may(Right(right), company_id),
        "unreached": unreached_of,
        "place_named": named_place,
    }


def unreached_of(gigs: Iterable[Gig]) -> list[tuple[str, str]]:
    """The titles of gigs with those of their countries in which the service's rail pays nobody yet (rule
    RAIL_REACH)."""
    named = dict(countries())
    found = ((gig.title, standards.unreached(gig.places)) for gig in gigs)
    return [(title, ", ".join(named.get(code, code) for code in codes)) for title, codes in found if codes]


def _navigation() -> list[tuple[str, Any, int]]:
    by = actor()
    if not by.belongs_to(here()):
        return []
    entries: list[tuple[str, Any, int]] = [
        ("company.overview", lazy_gettext("Overview"), 0),
        ("company.list_gigs", lazy_gettext("Gigs"), 0),
        ("company.list_shifts", lazy_gettext("Shifts"), 0),
        ("company.list_timesheets", lazy_gettext("Timesheets"), waiting.count(waiting.to_approve(here(), by))),
        ("company.list_questions", lazy_gettext("Questions"), waiting.questions(here(), by)),
        ("company.list_contracts", lazy_gettext("Contracts"), 0),
        ("company.list_benefits", lazy_gettext("Benefits"), 0),
        ("company.list_tests", lazy_gettext("Tests"), 0),
        ("company.show_money", lazy_gettext("Money"), 0),
        ("company.list_members", lazy_gettext("Members"), 0),
    ]
    rights = {"company.show_money": Right.MONEY, "company.list_questions": Right.GIGS}
    return [entry for entry in entries if by.may(rights.get(entry[0], Right.READ), here())]


def _belonging(by: Actor) -> list[site.Place]:
    if by.person_id is None:
        return []
    mine = queries.companies_of(by.person_id)
    return [site.Place(company.legal_name, url_for("company.overview", company_id=company.id)) for company in mine]


_PAGES = {
    "invoice": "company.show_invoice",
    "chargeback": "company.show_chargeback",
    "bonus": "company.show_bonus",
    "thread": "company.show_question",
    "dispute": "company.show_dispute",
    "timesheet": "company.show_timesheet",
    "shift": "company.show_shift",
    "gig": "company.show_gig",
}
"""Where a notice about a company leads, the narrowest thing first."""


def _links(by: Actor, about: Mapping[str, str]) -> str | None:
    company_id = UUID(about["company"]) if "company" in about else None
    if company_id is None or not by.may(Right.READ, company_id):
        return None
    if "restriction" in about or "appeal" in about:
        return url_for("company.list_blocks", company_id=company_id)
    if "defect" in about:
        return url_for("company.show_answers", company_id=company_id, gig_id=UUID(about["gig"]))
    for word, endpoint in _PAGES.items():
        if word in about:
            named: dict[str, Any] = {f"{word}_id": UUID(about[word])}
            return url_for(endpoint, company_id=company_id, **named)
    return url_for("company.overview", company_id=company_id)


site.navigation(blueprint, _navigation)
site.belonging(blueprint, _belonging)
site.links(blueprint, _links)


@blueprint.get("")
def overview(company_id: UUID) -> str:
    """Where the company's money is, what waits for somebody, and what happened."""
    by = actor()
    return render_template(
        "company/overview.html",
        purses=purses(company_id, by),
        waits=waiting.at_company(company_id, by),
        decided=next(iter(queries.decisions(company_id, by)), None),
        identity=queries.identity(company_id, by) if by.may(Right.MEMBERS, company_id) else None,
        events=queries.happenings(company_id, by, limit=SHOWN),
    )


def purses(company_id: UUID, by: Actor) -> list[pictures.Purse]:
    """The company's money as bars; none for members who may not see it."""
    if not by.may(Right.MONEY, company_id):
        return []
    return pictures.purses(pay.balances(company_id, by), pay.owed_so_far(company_id, by))


def saved(endpoint: str, *, said: str = "", **where: Any) -> ResponseReturnValue:
    """Back to a page of the same company, which says what was done."""
    flash(said or answers.told())
    return redirect(url_for(f"company.{endpoint}", company_id=here(), **where))


def after() -> UUID | None:
    """The cursor of a list."""
    return request.args.get("after", type=UUID)
