"""The verbs of finding out who a company is: it tells, operators decide in writing, it may contest."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from marketplace.accounts import entity, papers, queries
from marketplace.accounts.entity import Identity
from marketplace.accounts.models import Company, CompanyDecision, CompanyIdentity
from marketplace.accounts.rules import (
    Actor,
    CompanyStatus,
    OperatorRole,
    OwnCompany,
    Right,
    reason_given,
    require_company,
    require_operator,
    require_person,
)
from marketplace.core import clock, vault
from marketplace.core.db import db
from marketplace.core.events import record
from marketplace.core.ids import new_id
from marketplace.core.lifecycle import move_one
from marketplace.core.problems import NotFound

_TAX_NUMBER = "company tax number"


def hand_in(company_id: UUID, told: Identity, *, by: Actor) -> CompanyIdentity:
    """The company tells who it is, in place of what it told before. Raises BadIdentity.

    A refused company waits for a decision again; so does a verified one whose name, register entry or signatory
    changed, and until then it publishes nothing new.
    """
    require_company(by, company_id, Right.MEMBERS)
    company = _locked(company_id)
    row = db.session.get(CompanyIdentity, company_id)
    entity.check_identity(told, has_tax_number=row is not None)
    changed = entity.changed(_facts(company, row), told)
    row = row or CompanyIdentity(company_id=company_id)
    for name in ("address", "register", "register_number", "owners", "authority", "register_proof", "authority_proof"):
        setattr(row, name, getattr(told, name).strip())
    if told.tax_number is not None:
        row.tax_number_sealed = vault.seal(company_id, told.tax_number.encode(), what=_TAX_NUMBER)
        row.tax_number_shown = entity.masked(told.tax_number)
    row.handed_in_at = clock.now()
    db.session.add(row)
    company.legal_name, company.country = told.legal_name.strip(), told.country
    company.signatory_name = told.signatory_name.strip()
    event = entity.AFTER_HANDING_IN.get(company.status)
    if event is None or (company.status is CompanyStatus.VERIFIED and not changed):
        record("company.described", company, by=by, data={"changed": changed})
    else:
        move_one(company, CompanyStatus.APPLIED, by=by, event=event, data={"changed": changed})
        papers.keep_until(company_id, None)
    return row


def verify_company(company_id: UUID, reason: str, seen: datetime | None = None, *, by: Actor) -> Company:
    """An operator has looked who it is and who signs for it; also what ends a suspension.

    `seen` is the `told_at` of what they looked at. Raises OwnCompany, IdentityIncomplete, ToldOtherwise, DecidedBefore,
    WrongState, ReasonMissing.
    """
    company = _for_operator(company_id, by)
    if db.session.get(CompanyIdentity, company_id, populate_existing=True) is None:
        raise entity.IdentityIncomplete(missing=[*entity.VERIFIED_FACTS])
    _check_seen(company_id, seen)
    return _decide(company, CompanyStatus.VERIFIED, reason, by)


def refuse_company(company_id: UUID, reason: str, seen: datetime | None = None, *, by: Actor) -> Company:
    """An operator turns a company down that waits. It reads the reason, can contest it, and can hand in anew.

    `seen`, and what is raised, as in `verify_company()`.
    """
    company = _for_operator(company_id, by)
    _check_seen(company_id, seen)
    return _decide(company, CompanyStatus.REFUSED, reason, by)


def suspend_company(company_id: UUID, reason: str, seen: datetime | None = None, *, by: Actor) -> Company:
    """Stops a company from publishing and offering. What was promised to people still holds. `seen` and what is raised
    as in `verify_company()`."""
    company = _for_operator(company_id, by)
    _check_seen(company_id, seen)
    return _decide(company, CompanyStatus.SUSPENDED, reason, by)


def told_at(company_id: UUID) -> datetime | None:
    """When the company last told something of itself, in words or by a paper that it handed in or took back; None when
    it never has. The caller has made sure that the asker may know."""
    return max((at for at in _told(company_id).values() if at is not None), default=None)


def contest_decision(company_id: UUID, words: str, *, by: Actor) -> Company:
    """The company answers a refusal or suspension: somebody who did not take it looks again. A refused company waits
    to be decided about. Raises NothingToContest, TooLateToContest, ReasonMissing."""
    require_company(by, company_id, Right.MEMBERS)
    company, moment = _locked(company_id), clock.now()
    last = _last(company_id)
    if last is None or last.outcome is not company.status:
        raise entity.NothingToContest
    entity.check_contest(last.outcome, last.decided_at, last.contested_at, moment)
    last.contest, last.contested_at = reason_given(words), moment
    papers.keep_until(company_id, None)
    data = {"decision_id": str(last.id)}
    if company.status is CompanyStatus.REFUSED:
        move_one(company, CompanyStatus.APPLIED, by=by, event="company.refusal_contested", data=data)
    else:
        record("company.suspension_contested", company, by=by, data=data)
    return company


def read_tax_number(company_id: UUID, *, by: Actor) -> str:
    """The whole tax number, for an operator who compares it; that it was read is remembered. Raises NotFound while
    none was told."""
    company = _for_operator(company_id, by)
    row = db.session.get(CompanyIdentity, company_id)
    if row is None:
        raise NotFound
    record("company.tax_number_read", company, by=by)
    return vault.unseal(company_id, row.tax_number_sealed, what=_TAX_NUMBER).decode()


def _told(company_id: UUID) -> dict[str, datetime | None]:
    row = db.session.get(CompanyIdentity, company_id, populate_existing=True)
    return {"identity": None if row is None else row.handed_in_at, "papers": papers.changed_at(company_id)}


def _check_seen(company_id: UUID, seen: datetime | None) -> None:
    """The company is locked, as by whoever changes what it tells. Raises ToldOtherwise, naming what is another now."""
    if seen is None:
        return
    if changed := [name for name, at in _told(company_id).items() if at is not None and at > seen]:
        raise entity.ToldOtherwise(f"Another: {', '.join(changed)}.", field="seen", changed=changed)


def _facts(company: Company, row: CompanyIdentity | None) -> dict[str, str]:
    stands_in = {name: company if hasattr(Company, name) else row for name in entity.VERIFIED_FACTS}
    return {name: getattr(source, name, "") for name, source in stands_in.items()}


def _for_operator(company_id: UUID, by: Actor) -> Company:
    require_operator(by, OperatorRole.VETTING)
    queries.company(company_id, by)
    if by.belongs_to(company_id):
        raise OwnCompany
    return _locked(company_id)


def _decide(company: Company, outcome: CompanyStatus, reason: str, by: Actor) -> Company:
    moment, decider = clock.now(), require_person(by)
    last = _last(company.id)
    entity.check_decider(decider, last.decided_by if last is not None and last.contested_at is not None else None)
    decision = CompanyDecision(
        id=new_id(),
        company_id=company.id,
        outcome=outcome,
        reason=reason_given(reason),
        decided_by=decider,
        decided_at=moment,
    )
    values = {"verified_at": moment} if outcome is CompanyStatus.VERIFIED else {}
    data = {"decision_id": str(decision.id)}
    move_one(company, outcome, by=by, event=f"company.{outcome}", values=values, data=data)
    db.session.add(decision)
    papers.keep_until(company.id, moment)
    return company


def _last(company_id: UUID) -> CompanyDecision | None:
    found = select(CompanyDecision).where(CompanyDecision.company_id == company_id)
    return db.session.scalars(found.order_by(CompanyDecision.id.desc()).limit(1)).one_or_none()


def _locked(company_id: UUID) -> Company:
    found = select(Company).where(Company.id == company_id).with_for_update()
    company = db.session.scalars(found.execution_options(populate_existing=True)).one_or_none()
    if company is None:
        raise NotFound
    return company
