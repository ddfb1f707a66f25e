"""The verbs of contracts: write a template, propose, sign, decline, end."""

import secrets
from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select

from marketplace.accounts import queries as accounts
from marketplace.accounts.models import Company
from marketplace.accounts.rules import Actor, Right, reason_given, require_company, require_person
from marketplace.contracts import benefits, queries
from marketplace.contracts.models import Contract, ContractVersion, Signature, SignedName, Template
from marketplace.contracts.rules import (
    ContractStatus,
    Method,
    NotProposable,
    Party,
    SignedAlready,
    check_name,
    check_rate_holds,
    check_same_text,
    rate_of,
    seal_of,
    sha256_of,
)
from marketplace.contracts.terms import Refusal, check_terms, refuse
from marketplace.contracts.text import render
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import record, record_many
from marketplace.core.ids import new_id
from marketplace.core.lifecycle import WrongState, move_one
from marketplace.core.problems import NotFound
from marketplace.workforce.models import Contractor
from marketplace.workforce.rules import ContractorStatus

LIVE = (ContractStatus.PROPOSED, ContractStatus.IN_FORCE)

# --- the company writes and proposes --------------------------------------------------------------------------------


def read_template(company_id: UUID, terms: Mapping[str, Any], *, by: Actor) -> str:
    """The text that `write_template()` would sign, to be read before. Nothing is written down. Raises TermsRefused."""
    require_company(by, company_id, Right.MEMBERS)
    return _complete(accounts.company(company_id, by), terms)[1]


def write_template(
    company_id: UUID, terms: Mapping[str, Any], name: str, text_sha256: str | None = None, *, by: Actor
) -> Template:
    """Writes terms down as the company's next text and signs them for it, for everybody they are proposed to.

    `terms` have the shape of `schemas.ContractTermsSchema`; `name` is the signer's own, typed by them; `text_sha256`
    is that of the text they read, if they read one. Raises TermsRefused, naming every term that cannot be offered,
    AnotherText or NameDiffers.
    """
    require_company(by, company_id, Right.MEMBERS)
    signer = require_person(by)
    company = _lock_company(company_id)
    whole, text = _complete(company, terms)
    if text_sha256 is not None:
        check_same_text(text_sha256, sha256_of(text))
    latest = db.session.scalar(select(func.max(Template.number)).where(Template.company_id == company_id))
    row = Template(
        company_id=company_id,
        number=(latest or 0) + 1,
        terms=whole,
        text=text,
        text_sha256=sha256_of(text),
        written_at=clock.now(),
    )
    db.session.add(row)
    db.session.flush()
    _sign(Party.COMPANY, signer, name, row.text_sha256, template_id=row.id)
    record("contract_template.signed", row, by=by, data={"number": row.number, "text_sha256": row.text_sha256})
    return row


def _complete(company: Company, terms: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
    """Fair terms with their parties, and their text."""
    check_terms(terms)
    titles = _titles()
    refuse([_no_plan(code) for code in terms["benefits"] if code not in titles])
    parties = {"company": _company_party(company), "contractor": None}
    whole = dict(terms) | {"parties": parties, "template": None}
    return whole, render(whole, titles)


def propose(template_id: UUID, contractor_ids: Collection[UUID], *, by: Actor) -> list[Contract]:
    """Proposes the template's terms to vetted contractors and returns their contracts, in the order of the ids.

    Whoever has a contract with the company already gets a further version of it to sign; until they do, the one before
    holds. Proposing the same template again changes nothing. The number of statements does not depend on how many
    they are, up to a thousand. Raises NotProposable, or RateFalls when somebody was
    promised more.
    """
    template = queries.template(template_id, by)
    require_company(by, template.company_id, Right.MEMBERS)
    _lock_company(template.company_id)
    people = _vetted(contractor_ids)
    live = _live_contracts(template.company_id, people)
    before = queries.newest_versions([contract.id for contract in live.values()])
    asked = [one for one in people.values() if one.id not in live or before[live[one.id].id].template_id != template.id]
    for agreed in queries.latest_signed_versions([live[one.id].id for one in asked if one.id in live]).values():
        check_rate_holds(agreed.rate, rate_of(template.terms))
    contracts = live | _new_contracts(template.company_id, [one.id for one in asked if one.id not in live])
    _write_versions(template, [(contracts[one.id], one) for one in asked], before, by)
    return [contracts[one] for one in people]


def _new_contracts(company_id: UUID, contractor_ids: Sequence[UUID]) -> dict[UUID, Contract]:
    shared = {"company_id": company_id, "status": ContractStatus.PROPOSED, "proposed_at": clock.now()}
    rows = [shared | {"id": new_id(), "contractor_id": each} for each in contractor_ids]
    made = db.session.scalars(insert(Contract).returning(Contract), rows).all() if rows else []
    return {contract.contractor_id: contract for contract in made}


def _write_versions(
    template: Template,
    asked: Sequence[tuple[Contract, Contractor]],
    before: Mapping[UUID, ContractVersion],
    by: Actor,
) -> None:
    """The next version of each contract, and its event. `before` are the newest versions so far, by contract."""
    titles = _titles()
    rows = []
    told: dict[str, list[tuple[Contract, dict[str, Any]]]] = {}
    for contract, person in asked:
        number = before[contract.id].number + 1 if contract.id in before else 1
        row = _version(contract, template, person, number, titles)
        event = "contract.proposed" if number == 1 else "contract.amendment_proposed"
        told.setdefault(event, []).append((contract, {"version": number, "text_sha256": row["text_sha256"]}))
        rows.append(row)
    if rows:
        db.session.execute(insert(ContractVersion), rows)
    for event, each in told.items():
        record_many(event, each, by=by)


def _version(
    contract: Contract, template: Template, person: Contractor, number: int, titles: Mapping[str, str]
) -> dict[str, Any]:
    origin = {
        "id": str(template.id),
        "number": template.number,
        "text_sha256": template.text_sha256,
        "contract": str(contract.id),
        "version": number,
    }
    contractor = {"id": str(person.id), "country": person.country, "subdivision": person.subdivision}
    parties = template.terms["parties"] | {"contractor": contractor}
    terms = template.terms | {"parties": parties, "template": origin}
    text, until = render(terms, titles), terms["effective_to"]
    return {
        "id": new_id(),
        "contract_id": contract.id,
        "company_id": contract.company_id,
        "contractor_id": contract.contractor_id,
        "template_id": template.id,
        "number": number,
        "terms": terms,
        "text": text,
        "text_sha256": sha256_of(text),
        "effective_from": date.fromisoformat(terms["effective_from"]),
        "effective_to": date.fromisoformat(until) if until else None,
        "written_at": clock.now(),
    }


# --- the contractor answers -----------------------------------------------------------------------------------------


def sign(contract_id: UUID, name: str, text_sha256: str, *, by: Actor) -> ContractVersion:
    """The contractor signs the newest version of their contract, which from then on holds.

    `name` is their own, typed by them; `text_sha256` is that of the text they read. Raises AnotherText when a newer
    one was proposed meanwhile, NameDiffers, SignedAlready, or WrongState when the contract was declined or has ended.
    """
    contract = _own(contract_id, by)
    version = queries.newest_versions([contract.id]).get(contract.id)
    if contract.status not in LIVE or version is None:
        raise WrongState("There is nothing to sign any more.", state=str(contract.status))
    if queries.is_signed(version.id):
        raise SignedAlready
    check_same_text(text_sha256, version.text_sha256)
    _sign(Party.CONTRACTOR, contract.contractor_id, name, version.text_sha256, version_id=version.id)
    data = {"version": version.number, "text_sha256": version.text_sha256}
    if contract.status == ContractStatus.PROPOSED:
        move_one(contract, ContractStatus.IN_FORCE, by=by, event="contract.signed", data=data)
    else:
        record("contract.amendment_signed", contract, by=by, data=data)
    return version


def decline(contract_id: UUID, *, by: Actor) -> Contract:
    """The contractor does not want the contract that was proposed. Raises WrongState once it is in force."""
    contract = _own(contract_id, by)
    move_one(contract, ContractStatus.DECLINED, by=by, event="contract.declined")
    return contract


def end(contract_id: UUID, reason: str, *, by: Actor) -> Contract:
    """Either party gives notice: the contractor's takes effect at once, the company's after the days it agreed to.

    The company says why. Raises ReasonMissing, or WrongState unless the contract is in force.
    """
    contract = queries.contract(contract_id, by)
    moment, notice = clock.now(), timedelta()
    if not by.is_in_person(contract.contractor_id):
        require_company(by, contract.company_id, Right.MEMBERS)
        reason = reason_given(reason)
        if (agreed := queries.latest_signed(contract.id)) is not None:
            notice = timedelta(days=agreed.terms["termination"]["notice_days"])
    values = {"ends_at": moment + notice, "end_reason": reason.strip()}
    data = {"ends_at": (moment + notice).isoformat()}
    move_one(contract, ContractStatus.ENDED, by=by, event="contract.ended", values=values, data=data)
    return contract


# --- signing and finding --------------------------------------------------------------------------------------------


def _sign(party: Party, person_id: UUID, name: str, text_sha256: str, **signed: UUID) -> None:
    typed, salt = check_name(name, accounts.person(person_id).name), secrets.token_hex(16)
    signature = Signature(
        party=party,
        person_id=person_id,
        method=Method.TYPED_NAME,
        signed_sha256=text_sha256,
        name_seal=seal_of(salt, typed),
        signed_at=clock.now(),
        **signed,
    )
    db.session.add(signature)
    db.session.flush()
    db.session.add(SignedName(signature_id=signature.id, name=typed, salt=salt))


def _own(contract_id: UUID, by: Actor) -> Contract:
    """The contract, locked, if it is the asker's as a contractor. To the company's members it is not theirs to sign."""
    mine = select(Contract).where(Contract.id == contract_id, Contract.contractor_id == require_person(by))
    found = db.session.scalars(mine.with_for_update().execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise NotFound
    return found


def _lock_company(company_id: UUID) -> Company:
    """One template or proposal of a company at a time, so that numbers and live contracts stay single."""
    return db.session.scalars(select(Company).where(Company.id == company_id).with_for_update()).one()


def _vetted(contractor_ids: Collection[UUID]) -> dict[UUID, Contractor]:
    found = select(Contractor).where(Contractor.id.in_(contractor_ids), Contractor.status == ContractorStatus.VETTED)
    people = {person.id: person for person in db.session.scalars(found)}
    if missing := [str(one) for one in contractor_ids if one not in people]:
        raise NotProposable(field="contractor_ids", contractor_ids=missing)
    return {one: people[one] for one in contractor_ids}


def _live_contracts(company_id: UUID, people: Collection[UUID]) -> dict[UUID, Contract]:
    found = select(Contract).where(
        Contract.company_id == company_id, Contract.contractor_id.in_(people), Contract.status.in_(LIVE)
    )
    locked = found.order_by(Contract.id).with_for_update().execution_options(populate_existing=True)
    return {contract.contractor_id: contract for contract in db.session.scalars(locked)}


def _company_party(company: Company) -> dict[str, str]:
    return {"id": str(company.id), "name": company.legal_name, "country": company.country}


def _titles() -> dict[str, str]:
    return {code: plan.title for code, plan in benefits.plans().items()}


def _no_plan(code: str) -> Refusal:
    return Refusal("benefits", f"There is no plan {code!r}.", f"Choose among: {', '.join(_titles())}.")
