"""The verbs of contracts: write a template, propose it or a change, sign, decline, end."""

import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select, tuple_
from sqlalchemy.dialects.postgresql import insert as upsert

from marketplace.accounts import queries as accounts
from marketplace.accounts.models import Company
from marketplace.accounts.rules import Actor, Right, reason_given, require_company, require_person
from marketplace.contracts import off_boarding, queries, writing
from marketplace.contracts.changes import changes, check_promises_hold, holds_from
from marketplace.contracts.models import (
    Contract,
    ContractVersion,
    DeclinedVersion,
    Signature,
    SignedName,
    Template,
    Translation,
)
from marketplace.contracts.off_boarding_rules import EndedBy
from marketplace.contracts.plans import plans
from marketplace.contracts.rules import (
    ContractStatus,
    GroundNotAgreed,
    Method,
    NotProposable,
    Party,
    SignedAlready,
    check_name,
    check_same_text,
    seal_of,
)
from marketplace.contracts.terms import Refusal, as_offered, check_terms, refuse
from marketplace.contracts.writing import Written
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import record, record_each, record_many
from marketplace.core.ids import new_id
from marketplace.core.lifecycle import WrongState, move, move_one
from marketplace.core.problems import NotFound
from marketplace.standards import queries as standards
from marketplace.standards.rules import Place
from marketplace.workforce.models import Contractor
from marketplace.workforce.rules import ContractorStatus

LIVE = (ContractStatus.PROPOSED, ContractStatus.IN_FORCE)

# --- the company writes and proposes --------------------------------------------------------------------------------


def read_template(company_id: UUID, terms: Mapping[str, Any], *, by: Actor) -> Written:
    """The text that `write_template()` would sign, to be read before. Nothing is written down. Raises TermsRefused."""
    require_company(by, company_id, Right.MEMBERS)
    return _complete(accounts.company(company_id, by), terms)


def write_template(
    company_id: UUID,
    terms: Mapping[str, Any],
    name: str,
    text_sha256: str | None = None,
    *,
    address: str | None = None,
    by: Actor,
) -> Template:
    """Writes terms down as the company's next text and signs them for it, for everybody they are proposed to.

    `terms` have the shape of `schemas.ContractTermsSchema`; `name` is the signer's own, typed by them; `text_sha256`
    is that of the text they read, if they read one; `address` is the network address that they sign from. Raises
    TermsRefused, naming every term that cannot be offered, AnotherText or NameDiffers.
    """
    require_company(by, company_id, Right.MEMBERS)
    signer = require_person(by)
    company = _lock_company(company_id)
    written = _complete(company, terms)
    if text_sha256 is not None:
        check_same_text(text_sha256, written.text_sha256)
    latest = db.session.scalar(select(func.max(Template.number)).where(Template.company_id == company_id))
    row = Template(
        company_id=company_id,
        number=(latest or 0) + 1,
        terms=dict(written.terms),
        text=written.text,
        text_sha256=written.text_sha256,
        written_at=clock.now(),
    )
    db.session.add(row)
    db.session.flush()
    _keep_translations([written])
    _sign(Party.COMPANY, [_Signed(row.text_sha256, signer, name, address, template_id=row.id)])
    record("contract_template.signed", row, by=by, data={"number": row.number, "text_sha256": row.text_sha256})
    return row


def _complete(company: Company, terms: Mapping[str, Any]) -> Written:
    """Fair terms with their parties, and their text."""
    check_terms(terms)
    titles = _titles()
    refuse([_no_plan(code) for code in terms["benefits"] if code not in titles])
    return writing.for_company(terms, company, titles)


def _keep_translations(written: Iterable[Written]) -> None:
    """Writes translations down beside their texts. The same text has the same ones, whoever signs it."""
    rows = [
        {
            "original_sha256": each.text_sha256,
            "language": named["language"],
            "text": each.translations[named["language"]],
            "text_sha256": named["text_sha256"],
        }
        for each in written
        for named in each.terms["translations"]
    ]
    if rows:
        db.session.execute(upsert(Translation).on_conflict_do_nothing(), rows)


def propose(template_id: UUID, contractor_ids: Sequence[UUID], *, by: Actor) -> list[Contract]:
    """Proposes the template to each vetted contractor, and returns their contracts in the order asked for.

    Somebody who has a contract with the company gets a further version to sign: an amendment, which holds once it is
    signed and until then changes nothing. Somebody who was proposed this very template gets no second version. Raises
    NotProposable, RateFalls or BenefitFalls; then nothing is proposed to anybody.
    """
    template = queries.template(template_id, by)
    require_company(by, template.company_id, Right.MEMBERS)
    _lock_company(template.company_id)
    people = _vetted(contractor_ids)
    live = _live_contracts(template.company_id, people)
    before = queries.newest_versions([contract.id for contract in live.values()])
    asked = [one for one in people.values() if one.id not in live or before[live[one.id].id].template_id != template.id]
    agreed = queries.latest_signed_versions([live[one.id].id for one in asked if one.id in live])
    for version in agreed.values():
        check_promises_hold(version.terms, template.terms)
    contracts = live | _new_contracts(template.company_id, [one.id for one in asked if one.id not in live])
    _write_versions(template, [_Asked(contracts[one.id], one) for one in asked], before, agreed, by)
    return [contracts[one] for one in people]


@dataclass(frozen=True, slots=True)
class _Asked:
    """Somebody to whom a version is proposed, and the contract it belongs to."""

    contract: Contract
    person: Contractor


def _new_contracts(company_id: UUID, contractor_ids: Sequence[UUID]) -> dict[UUID, Contract]:
    shared = {"company_id": company_id, "status": ContractStatus.PROPOSED, "proposed_at": clock.now()}
    rows = [shared | {"id": new_id(), "contractor_id": each} for each in contractor_ids]
    made = db.session.scalars(insert(Contract).returning(Contract), rows).all() if rows else []
    return {contract.contractor_id: contract for contract in made}


def _write_versions(
    template: Template,
    asked: Sequence[_Asked],
    before: Mapping[UUID, ContractVersion],
    agreed: Mapping[UUID, ContractVersion],
    by: Actor,
) -> None:
    """The next version of each contract, and its event. `before` are the newest versions so far, `agreed` the newest
    that were signed, by contract."""
    titles, places = _titles(), _places(template, [one.person for one in asked])
    rows, texts = [], []
    told: dict[str, list[tuple[Contract, dict[str, Any]]]] = {}
    for one in asked:
        number = before[one.contract.id].number + 1 if one.contract.id in before else 1
        since = _since(template, agreed.get(one.contract.id))
        place = places[one.person.country, one.person.subdivision]
        written = writing.for_contractor(template, one.contract, one.person, number, since, place, titles)
        texts.append(written)
        rows.append(_row(one.contract, template, number, written))
        event = "contract.proposed" if number == 1 else "contract.amendment_proposed"
        told.setdefault(event, []).append((one.contract, {"version": number, "text_sha256": written.text_sha256}))
    if rows:
        db.session.execute(insert(ContractVersion), rows)
        _keep_translations(texts)
    for event, each in told.items():
        record_many(event, each, by=by)


def _since(template: Template, agreed: ContractVersion | None) -> writing.Since:
    """From which day the template holds for somebody, who has agreed to another or to none."""
    today, wanted = clock.now().date(), date.fromisoformat(template.terms["effective_from"])
    if agreed is None:
        return writing.Since(wanted, today)
    found = changes(as_offered(agreed.terms), as_offered(template.terms))
    return writing.Since(holds_from(found, wanted, today), today)


def _places(template: Template, people: Sequence[Contractor]) -> dict[standards.Code, Place]:
    """The floors of everybody's places, in the currency of the terms."""
    codes = sorted({(one.country, one.subdivision) for one in people}, key=lambda code: (code[0], code[1] or ""))
    if not codes:
        return {}
    currency = template.terms["pay"]["currency"]
    return dict(zip(codes, standards.places(codes, currency=currency, on=clock.now().date()), strict=True))


def _row(contract: Contract, template: Template, number: int, written: Written) -> dict[str, Any]:
    until = written.terms["effective_to"]
    return {
        "id": new_id(),
        "contract_id": contract.id,
        "company_id": contract.company_id,
        "contractor_id": contract.contractor_id,
        "template_id": template.id,
        "number": number,
        "terms": dict(written.terms),
        "text": written.text,
        "text_sha256": written.text_sha256,
        "effective_from": date.fromisoformat(written.terms["effective_from"]),
        "effective_to": date.fromisoformat(until) if until else None,
        "written_at": clock.now(),
    }


# --- the contractor answers -----------------------------------------------------------------------------------------


def sign(contract_id: UUID, name: str, text_sha256: str, *, address: str | None = None, by: Actor) -> ContractVersion:
    """The contractor signs the newest version of their contract, which from then on holds.

    `name` is their own, typed by them; `text_sha256` is that of the text they read; `address` the network address they
    sign from. Raises AnotherText when a newer one was proposed meanwhile, NameDiffers, SignedAlready, or WrongState
    when it was declined or the contract has ended.
    """
    return sign_many([Signing(contract_id, name, text_sha256, by, address)])[0]


@dataclass(frozen=True, slots=True)
class Signing:
    """What a contractor gives when they sign a contract of theirs, as `sign()` takes it."""

    contract_id: UUID
    name: str
    text_sha256: str
    by: Actor
    address: str | None = None


def sign_many(signings: Sequence[Signing]) -> list[ContractVersion]:
    """As `sign()`, of many contractors, each in their own name: all of them sign, or nobody, in as many statements as
    for one."""
    given = {each.contract_id: each for each in signings}
    actors = {known: each.by for known, each in given.items()}
    contracts = _own(actors)
    newest = queries.newest_versions(given)
    answered = queries.answered([version.id for version in newest.values()])
    signed = []
    for known, each in given.items():
        version = _to_sign(contracts[known], newest.get(known), answered)
        check_same_text(each.text_sha256, version.text_sha256)
        person_id = contracts[known].contractor_id
        signed.append(_Signed(version.text_sha256, person_id, each.name, each.address, version_id=version.id))
    _sign(Party.CONTRACTOR, signed)
    told = {known: {"version": newest[known].number, "text_sha256": newest[known].text_sha256} for known in given}
    _take_effect(list(contracts.values()), told, actors)
    return [newest[known] for known in given]


def _to_sign(contract: Contract, version: ContractVersion | None, answered: queries.Answered) -> ContractVersion:
    """The version, if it waits for a signature. Raises WrongState, SignedAlready."""
    if contract.status not in LIVE or version is None:
        raise WrongState("There is nothing to sign any more.", state=str(contract.status))
    if version.id in answered.signed:
        raise SignedAlready
    if version.id in answered.declined:
        raise WrongState("You have declined this change; the version before it holds.", state="declined")
    return version


def _take_effect(
    contracts: Sequence[Contract], told: Mapping[UUID, Mapping[str, Any]], by: Mapping[UUID, Actor]
) -> None:
    """A contract that was only proposed is in force once it is signed. The contracts are locked."""
    new = [each.id for each in contracts if each.status is ContractStatus.PROPOSED]
    amended = [each for each in contracts if each.status is not ContractStatus.PROPOSED]
    move(
        Contract,
        new,
        old=ContractStatus.PROPOSED,
        new=ContractStatus.IN_FORCE,
        by=by,
        event="contract.signed",
        data_by_row=told,
    )
    record_each("contract.amendment_signed", ((each, told[each.id], by[each.id]) for each in amended))


def decline(contract_id: UUID, *, by: Actor) -> Contract:
    """The contractor does not want what was proposed: the contract, or a change of it. Nothing else follows; after a
    change that is declined the version that was signed holds on. Raises WrongState when nothing waits for an answer."""
    contract = _own({contract_id: by})[contract_id]
    version = queries.newest_versions([contract.id])[contract.id]
    if contract.status != ContractStatus.IN_FORCE or queries.is_signed(version.id):
        move_one(contract, ContractStatus.DECLINED, by=by, event="contract.declined")
        return contract
    if queries.is_declined(version.id):
        raise WrongState("You have declined this change already.", state="declined")
    db.session.add(DeclinedVersion(version_id=version.id, declined_at=clock.now()))
    record("contract.amendment_declined", contract, by=by, data={"version": version.number})
    return contract


def end(contract_id: UUID, reason: str, *, by: Actor) -> Contract:
    """Either party gives notice: the contractor's takes effect at once, the company's after the days it agreed to.

    The company says why, by one of the reasons that both have signed. Raises ReasonMissing, GroundNotAgreed, or
    WrongState unless the contract is in force.
    """
    contract = queries.contract(contract_id, by)
    moment, notice = clock.now(), timedelta()
    if not by.is_in_person(contract.contractor_id):
        require_company(by, contract.company_id, Right.MEMBERS)
        reason = reason_given(reason)
        if (agreed := queries.latest_signed(contract.id)) is not None:
            _check_ground(reason, agreed.terms["termination"]["reasons"])
            notice = timedelta(days=agreed.terms["termination"]["notice_days"])
    values = {"ends_at": moment + notice, "end_reason": reason.strip()}
    data = {"ends_at": (moment + notice).isoformat()}
    move_one(contract, ContractStatus.ENDED, by=by, event="contract.ended", values=values, data=data)
    is_own = by.is_in_person(contract.contractor_id)
    off_boarding.begin(contract, EndedBy.CONTRACTOR if is_own else EndedBy.COMPANY)
    return contract


def end_with_account(contractor_id: UUID, *, by: Actor) -> datetime | None:
    """Ends what a person has signed, because their account is being closed: at once if they close it themselves, else
    after the days of notice that each contract agreed to. What was only proposed is declined. Returns when the last of
    them ends. That the account is being closed is for the caller to know."""
    found = select(Contract).where(Contract.contractor_id == contractor_id, Contract.status.in_(LIVE))
    ends = []
    for contract in db.session.scalars(found.order_by(Contract.id).with_for_update()):
        if contract.status is ContractStatus.PROPOSED:
            move_one(contract, ContractStatus.DECLINED, by=by, event="contract.declined")
            continue
        agreed = None if by.is_in_person(contractor_id) else queries.latest_signed(contract.id)
        notice = timedelta(days=agreed.terms["termination"]["notice_days"]) if agreed is not None else timedelta()
        ends.append(clock.now() + notice)
        values = {"ends_at": ends[-1], "end_reason": ""}
        move_one(contract, ContractStatus.ENDED, by=by, event="contract.ended", values=values)
        off_boarding.begin(contract, EndedBy.ACCOUNT)
    return max(ends, default=None)


def _check_ground(reason: str, grounds: Sequence[str]) -> None:
    if reason not in grounds:
        raise GroundNotAgreed(field="reason", grounds=list(grounds))


# --- signing and finding --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Signed:
    """The text of a template or of a version, and what its signer typed under it."""

    text_sha256: str
    person_id: UUID
    name: str
    address: str | None
    template_id: UUID | None = None
    version_id: UUID | None = None


def _sign(party: Party, signed: Sequence[_Signed]) -> None:
    """Writes signatures down for one of the two parties. Raises NameDiffers."""
    known = accounts.person_name([each.person_id for each in signed])
    names = [(check_name(each.name, known[each.person_id]), secrets.token_hex(16)) for each in signed]
    signatures = [
        Signature(
            party=party,
            person_id=each.person_id,
            method=Method.TYPED_NAME,
            signed_sha256=each.text_sha256,
            name_seal=seal_of(salt, typed),
            address_seal=None if each.address is None else seal_of(salt, each.address),
            signed_at=clock.now(),
            template_id=each.template_id,
            version_id=each.version_id,
        )
        for each, (typed, salt) in zip(signed, names, strict=True)
    ]
    db.session.add_all(signatures)
    db.session.flush()
    pairs = zip(signatures, names, strict=True)
    db.session.add_all([SignedName(signature_id=row.id, name=typed, salt=salt) for row, (typed, salt) in pairs])


def _own(wanted: Mapping[UUID, Actor]) -> dict[UUID, Contract]:
    """The contracts, locked, if each is its asker's as a contractor. To the company's members it is not theirs to
    sign."""
    pairs = [(contract_id, require_person(by)) for contract_id, by in wanted.items()]
    mine = select(Contract).where(tuple_(Contract.id, Contract.contractor_id).in_(pairs))
    found = mine.order_by(Contract.id).with_for_update()
    rows = {row.id: row for row in db.session.scalars(found.execution_options(populate_existing=True))}
    if len(rows) < len(wanted):
        raise NotFound
    return rows


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


def _titles() -> dict[str, str]:
    return {code: plan.title for code, plan in plans().items() if plan.is_offered}


def _no_plan(code: str) -> Refusal:
    return Refusal("benefits", f"There is no plan {code!r}.", f"Choose among: {', '.join(_titles())}.")
