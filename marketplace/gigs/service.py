"""The verbs of a gig's life: draft, revise, publish, pause, resume, raise the rate, close."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from marketplace.accounts.models import Company, Member
from marketplace.accounts.rules import Actor, CompanyStatus, Right, require_company
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import record
from marketplace.core.lifecycle import move, move_one
from marketplace.core.money import Money
from marketplace.core.problems import NotFound
from marketplace.gigs import funding, gate, hazards, queries
from marketplace.gigs.models import Gig, GigRate, PublishDecision
from marketplace.gigs.rules import (
    NOT_CLOSED,
    BadTerms,
    DecisionOutcome,
    GateRefused,
    GigStatus,
    Question,
    StillFunded,
    Terms,
    check_raise,
    check_terms,
    newly_broken,
)
from marketplace.standards import queries as standards
from marketplace.standards.rates import FEE_PERCENT
from marketplace.standards.rules import broken


def draft(company_id: UUID, terms: Terms, *, by: Actor) -> Gig:
    """A gig that only its company sees. Raises BadTerms, ProtectedAttribute or a Problem about a skill or language."""
    require_company(by, company_id, Right.GIGS)
    gig = Gig(company_id=company_id, status=GigStatus.DRAFT, drafted_at=clock.now())
    _write_terms(gig, terms)
    db.session.add(gig)
    record("gig.drafted", gig, by=by)
    return gig


def revise(gig_id: UUID, terms: Terms, *, by: Actor) -> Gig:
    """Other terms for a draft, in place of all the old ones. Raises what `draft` does, WrongState once it is published,
    StillFunded when the currency changes while the gig holds money."""
    gig = queries.locked(gig_id, Right.GIGS, by, GigStatus.DRAFT)
    if terms.rate.currency != gig.currency and queries.committed(gig):
        raise StillFunded(field="rate")
    _write_terms(gig, terms)
    record("gig.revised", gig, by=by)
    return gig


def judge(gig_id: UUID, *, by: Actor) -> gate.Judgement:
    """What the gate would say now, without asking it: nothing is stored and nothing changes. For insiders."""
    return gate.judge(queries.company_gig(gig_id, by))


def publish(gig_id: UUID, *, by: Actor) -> PublishDecision:
    """Asks the gate to open a draft, and stores its answer with every verdict.

    A refusal is not raised, because it must be remembered: look at `passed`. Only when no verdict fails is the gig
    open, at a rate that from now on can only rise. Raises WrongState unless it is a draft.
    """
    gig = queries.locked(gig_id, Right.GIGS, by, GigStatus.DRAFT)
    return _ask(gig, Question.PUBLISH, by)


def pause(gig_id: UUID, *, by: Actor) -> Gig:
    """Stops new offers; what is booked stands. Raises WrongState unless the gig is open."""
    gig = queries.locked(gig_id, Right.GIGS, by, GigStatus.OPEN)
    move_one(gig, GigStatus.PAUSED, by=by, event="gig.paused")
    return gig


def pause_all(company_id: UUID, *, by: Actor) -> list[UUID]:
    """Pauses every open gig of a company that is suspended, or has to be verified again, and returns their ids; nothing
    while it is verified, since the job that asks may come late. The service itself or an operator may."""
    if by.kind != "job" and not by.is_operator():
        raise NotFound
    found = select(Gig.id).join(Company, Company.id == Gig.company_id).where(Company.id == company_id)
    found = found.where(Company.status != CompanyStatus.VERIFIED, Gig.status == GigStatus.OPEN)
    # In the order of their ids, as a plan shares them.
    ids = db.session.scalars(found.order_by(Gig.id).with_for_update(of=Gig)).all()
    return move(Gig, ids, old=GigStatus.OPEN, new=GigStatus.PAUSED, by=by, event="gig.paused")


def resume(gig_id: UUID, *, by: Actor) -> PublishDecision:
    """Asks the gate to open a paused gig again, as `publish` does: what was fair last year may not be today."""
    gig = queries.locked(gig_id, Right.GIGS, by, GigStatus.PAUSED)
    return _ask(gig, Question.RESUME, by)


def raise_rate(gig_id: UUID, rate: Money, *, by: Actor) -> Gig:
    """A higher rate for what is offered from now on, as a new version (P5). Raises RateMayNotFall, CurrencyMismatch,
    WrongState unless the gig is open or paused, and GateRefused when the higher rate breaks a rule that held before,
    such as ESCROW: fund the gig first."""
    gig = queries.locked(gig_id, Right.GIGS, by, GigStatus.OPEN, GigStatus.PAUSED)
    check_raise(gig.rate, rate)
    verdicts = gate.judge_at(gig, rate)
    if newly_broken(list(gate.judge(gig).verdicts), verdicts):
        raise GateRefused(field="rate", verdicts=[verdict.as_dict() for verdict in verdicts])
    old, gig.rate_amount = gig.rate, rate.amount
    _write_rate(gig, rate, clock.now(), by)
    record("gig.rate_raised", gig, by=by, data={"from": str(old), "to": str(rate)})
    return gig


def close(gig_id: UUID, *, by: Actor) -> Gig:
    """Ends a gig. What no booking has reserved goes back to the company at once; what bookings give back later follows
    by `return_due`. Raises WrongState when it is closed already."""
    gig = queries.locked(gig_id, Right.GIGS, by, *NOT_CLOSED)
    move_one(gig, GigStatus.CLOSED, by=by, event="gig.closed", values={"closed_at": clock.now()})
    funding.give_back(gig, by=by)
    return gig


def _write_terms(gig: Gig, terms: Terms) -> None:
    check_terms(terms)
    is_member = select(Member.id).where(Member.company_id == gig.company_id, Member.person_id == terms.contact_id)
    if db.session.scalar(is_member) is None:
        raise BadTerms("The contact is a member of the company.", field="contact_id")
    for place in terms.criteria.places:
        standards.check_place(place.country, place.subdivision)
    for column, value in _columns(terms).items():
        setattr(gig, column, value)


def _columns(terms: Terms) -> Mapping[str, Any]:
    criteria = terms.criteria
    return {
        "title": terms.title.strip(),
        "description": terms.description,
        "work_kind": terms.work_kind,
        "payment_model": terms.payment_model,
        "rate_amount": terms.rate.amount,
        "currency": terms.rate.currency,
        "margin_amount": terms.margin.amount if terms.margin else None,
        "margin_party": terms.margin_party,
        "client_pays_amount": terms.client_pays.amount if terms.client_pays else None,
        "fee_percent": FEE_PERCENT,
        "planned_minutes": terms.planned_minutes,
        "unpaid": {str(kind): minutes for kind, minutes in terms.unpaid.items()},
        "piece_amount": terms.piece_price.amount if terms.piece_price else None,
        "most_pieces": terms.most_pieces,
        "hazard_class": terms.hazard_class,
        "hazard_categories": sorted(set(terms.hazard_categories)),
        "places": [place.as_dict() for place in criteria.places],
        "skills": sorted(set(criteria.skills)),
        "languages": [need.as_dict() for need in sorted(criteria.languages)],
        "criteria_reason": criteria.reason,
        "qualifications": sorted(criteria.qualifications),
        "skill_levels": {need.skill: need.level for need in criteria.skill_levels},
        "steps": terms.pay_steps.as_dict() if terms.pay_steps else None,
        "contact_id": terms.contact_id,
        "data_use": terms.data_use,
    }


def _ask(gig: Gig, question: Question, by: Actor) -> PublishDecision:
    moment = clock.now()
    verdicts = list(gate.judge(gig).verdicts)
    failed = broken(verdicts)
    decision = PublishDecision(
        gig_id=gig.id,
        company_id=gig.company_id,
        question=question,
        outcome=DecisionOutcome.REFUSED if failed else DecisionOutcome.PASSED,
        verdicts=[verdict.as_dict() for verdict in verdicts],
        at=moment,
    )
    db.session.add(decision)
    if failed:
        rules = sorted({verdict.rule for verdict in failed})
        record("gig.refused", decision, by=by, data={"question": str(question), "rules": rules})
        return decision
    db.session.flush()
    data = {"decision": str(decision.id)}
    if question is Question.RESUME:
        move_one(gig, GigStatus.OPEN, by=by, event="gig.resumed", data=data)
        return decision
    move_one(gig, GigStatus.OPEN, by=by, event="gig.published", values={"opened_at": moment}, data=data)
    _write_rate(gig, gig.rate, moment, by)
    hazards.write_class(gig, moment, by)
    return decision


def _write_rate(gig: Gig, rate: Money, moment: datetime, by: Actor) -> None:
    versions = select(func.coalesce(func.max(GigRate.version), 0)).where(GigRate.gig_id == gig.id)
    db.session.add(
        GigRate(
            gig_id=gig.id,
            version=(db.session.scalar(versions) or 0) + 1,
            rate_amount=rate.amount,
            currency=rate.currency,
            valid_from=moment,
            set_by=by.person_id,
        )
    )
