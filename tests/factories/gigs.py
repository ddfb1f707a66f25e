"""Gigs in every state, made as a company makes them."""

from dataclasses import replace
from itertools import count
from typing import Any
from uuid import UUID

from flask import current_app

from marketplace.accounts import service as companies
from marketplace.accounts.models import Company
from marketplace.accounts.rules import Actor, CompanyRole, available_account
from marketplace.core.money import Money
from marketplace.gigs import funding, gate, preparation, service
from marketplace.gigs.instruction_rules import ChecklistItem
from marketplace.gigs.models import Gig, Instructions
from marketplace.gigs.rules import Criteria, PilotReport, Terms, Where, WorkKind
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import Entry, Move
from marketplace.standards.hazard import OPT_IN
from marketplace.standards.rules import HazardClass, PaymentModel
from tests.factories import accounts

KANSAS = Where("US", "US-KS")
RATE = Money.of("15.00", "USD")
PLANNED = 240
_numbers = count(1)


def terms(contact: UUID, **other: Any) -> Terms:
    """Four hours of neutral image labelling in Kansas at 15.00 USD an hour, but for what is named otherwise."""
    usual = Terms(
        title="Boxes around bicycles",
        description="Draw a box around each bicycle.",
        work_kind=WorkKind.IMAGE_LABELLING,
        payment_model=PaymentModel.HOURLY,
        rate=RATE,
        planned_minutes=PLANNED,
        hazard_class=HazardClass.H0,
        criteria=Criteria(places=(KANSAS,)),
        contact_id=contact,
        data_use="The boxes train a model that warns drivers.",
    )
    return replace(usual, **other)


def money_for(company_id: UUID, money: Money) -> None:
    """Gives the company money to dispose of, as a deposit would."""
    rail = current_app.config["RAIL"]
    moves = [Move(f"rail:{rail}", available_account(company_id), money)]
    ledger.post(Entry(f"test:deposit:{next(_numbers)}", moves))


def draft_gig(company: Company | None = None, *, by: Actor | None = None, **other: Any) -> Gig:
    """A draft, of a new verified company unless one is given; `other` are members of its terms."""
    company = company or accounts.company()
    by = by or accounts.owner_of(company.id)
    assert by.person_id is not None
    return service.draft(company.id, terms(by.person_id, **other), by=by)


def verified_instructions(gig: Gig, text: str = "Draw tightly. Ask when in doubt.") -> Instructions:
    """A new version, written by the owner and verified by another member."""
    written = preparation.write_instructions(gig.id, text, by=accounts.owner_of(gig.company_id))
    reader = accounts.member(gig.company_id, CompanyRole.MANAGER)
    return preparation.verify_instructions(gig.id, written.version, list(ChecklistItem), by=reader)


def fund_fully(gig: Gig) -> None:
    """Gives the company what the planned work costs at most, and puts it into the gig's hold."""
    needed = gate.needed_funds(gig, gig.rate)
    money_for(gig.company_id, needed)
    funding.fund(gig.id, needed, by=accounts.owner_of(gig.company_id))


def care_line(company_id: UUID) -> None:
    """Says whom people call after distressing work for the company."""
    by = accounts.owner_of(company_id)
    companies.name_care_line(company_id, "Example Care", "+1 555 0199, at all hours", by=by)


def ready_gig(company: Company | None = None, **other: Any) -> Gig:
    """A draft that the gate will let pass."""
    gig = draft_gig(company, **other)
    verified_instructions(gig)
    fund_fully(gig)
    if gig.hazard_class in OPT_IN:
        care_line(gig.company_id)
    return gig


def open_gig(company: Company | None = None, **other: Any) -> Gig:
    """A gig that passed the gate."""
    gig = ready_gig(company, **other)
    decision = service.publish(gig.id, by=accounts.owner_of(gig.company_id))
    assert decision.passed, decision.verdicts
    return gig


def pilot_report(**other: Any) -> PilotReport:
    """A paid pilot of 5 workers and 20 items in Kansas."""
    usual = PilotReport(
        workers=5, items=20, places=(KANSAS,), item_seconds_p75=90, paid=Money.of("40.00", "USD"), fixes="Two examples."
    )
    return replace(usual, **other)
