"""What people declare about themselves: the paper that shows who they are, why they may work, their tax number, and
that they agree to the terms. Declaring is not yet handing in: `service.submit_requirements` has an operator look."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, tuple_
from sqlalchemy.dialects.postgresql import insert

from marketplace.accounts.rules import Actor, OperatorRole, require_operator, require_person
from marketplace.core import clock, vault
from marketplace.core.db import Base, db
from marketplace.core.events import record_each
from marketplace.core.problems import NotFound
from marketplace.workforce import agreement, expiring, papers, policy, queries, signals
from marketplace.workforce.bars import SignalKind
from marketplace.workforce.models import Contractor, Requirement
from marketplace.workforce.paper_models import IdentityDeclaration, TaxProfile, TermsSignature, WorkDeclaration
from marketplace.workforce.papers import IdentityShown, Policy, Remark, Tax, Work
from marketplace.workforce.rules import ContractorStatus, NothingChosen, RequirementKind, RequirementStatus, check_place

TAX_NUMBER = "tax number"


@dataclass(frozen=True, slots=True)
class Declared:
    """What somebody has declared; None where they have not."""

    identity: IdentityDeclaration | None
    work: WorkDeclaration | None
    tax: TaxProfile | None
    terms: TermsSignature | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """What somebody declares of themselves; None where they say nothing."""

    by: Actor
    identity: IdentityShown | None = None
    work: Work | None = None
    tax: Tax | None = None
    terms_sha256: str | None = None

    @property
    def parts(self) -> list[str]:
        """The names of what is said."""
        whole = {"identity": self.identity, "work": self.work, "tax": self.tax, "terms": self.terms_sha256}
        return [name for name, part in whole.items() if part is not None]


def declare(
    *,
    identity: IdentityShown | None = None,
    work: Work | None = None,
    tax: Tax | None = None,
    terms_sha256: str | None = None,
    by: Actor,
) -> None:
    """Writes down what is given, in place of what was declared before; all of it, or none.

    Raises NothingChosen, BadPlace, PaperExpired, BadNumber, ProviderNotOffered, PermitWithoutEnd, BadTaxNumber,
    OtherText, and WrongState for an identity or a right to work that an operator has accepted and that cannot be
    renewed yet (rule PAPERS_END).
    """
    declare_many([Declaration(by=by, identity=identity, work=work, tax=tax, terms_sha256=terms_sha256)])


def declare_many(given: Sequence[Declaration]) -> None:
    """As `declare()`, of many people: everything is written down, or nothing, in as many statements as for one."""
    if not all(each.parts for each in given):
        raise NothingChosen
    told = {require_person(each.by): each for each in given}
    people = queries.locked_many(told)
    _begin_renewals(people, told)
    today = {known: expiring.today_of(who) for known, who in people.items()}
    asked = policy.current()
    shown = {known: _identity(each.identity, asked, today[known]) for known, each in told.items() if each.identity}
    for known, each in told.items():
        if each.work is not None:
            papers.check_work(each.work, today[known])
    _put(IdentityDeclaration, shown)
    # One paper, two accounts: a person looks at it, whatever either of them says (rule PERSON).
    signals.note_fingerprints(SignalKind.DOCUMENT, {known: each["number_hash"] for known, each in shown.items()})
    bases = {known: {"basis": each.work.basis, "until": each.work.until} for known, each in told.items() if each.work}
    _put(WorkDeclaration, bases)
    _put(TaxProfile, {known: _tax(known, each.tax) for known, each in told.items() if each.tax})
    _sign({known: each.terms_sha256 for known, each in told.items() if each.terms_sha256 is not None})
    record_each(
        "contractor.declared", [(people[known], {"parts": each.parts}, each.by) for known, each in told.items()]
    )


def declared(contractor_id: UUID, seen_by: Actor) -> Declared:
    """For the person and for operators of vetting. Raises NotFound or Forbidden."""
    if not seen_by.is_in_person(contractor_id):
        require_operator(seen_by, OperatorRole.VETTING)
    if db.session.get(Contractor, contractor_id) is None:
        raise NotFound
    signed = select(TermsSignature).where(TermsSignature.contractor_id == contractor_id)
    again = {"populate_existing": True}
    return Declared(
        identity=db.session.get(IdentityDeclaration, contractor_id, execution_options=again),
        work=db.session.get(WorkDeclaration, contractor_id, execution_options=again),
        tax=db.session.get(TaxProfile, contractor_id, execution_options=again),
        terms=db.session.scalars(signed.order_by(TermsSignature.version.desc()).limit(1)).one_or_none(),
    )


def terms_to_answer(contractor_id: UUID) -> agreement.TermsChange | None:
    """What is said otherwise now than in the edition that somebody agreed to last; None when that is the present one,
    or they have agreed to none: an application asks for that. Whoever leaves is not asked. The caller is that person.

    Until they answer, what they agreed to holds between them and the service.
    """
    leaving = (ContractorStatus.REFUSED, ContractorStatus.CLOSING, ContractorStatus.CLOSED)
    signed = (
        select(func.max(TermsSignature.version))
        .join(Contractor, Contractor.id == TermsSignature.contractor_id)
        .where(Contractor.id == contractor_id, Contractor.status.not_in(leaving))
    )
    version = db.session.scalar(signed)
    return None if version is None else agreement.change_since(version)


def tax_number(contractor_id: UUID, *, by: Actor) -> str | None:
    """The whole tax number, for the person themselves: what they gave, or None. Raises NotFound, Erased."""
    if not by.is_in_person(contractor_id):
        raise NotFound
    found = db.session.get(TaxProfile, contractor_id)
    if found is None or found.sealed_number is None:
        return None
    return vault.unseal(contractor_id, found.sealed_number, what=TAX_NUMBER).decode()


def remarks(contractor_id: UUID, seen_by: Actor) -> list[Remark]:
    """What a machine noticed about somebody's papers, for operators of vetting. It decides nothing."""
    require_operator(seen_by, OperatorRole.VETTING)
    found = declared(contractor_id, seen_by)
    me = db.session.get(Contractor, contractor_id)
    if me is None:
        raise NotFound
    paper, number_hash = found.identity, found.identity.number_hash if found.identity else None
    known = papers.Known(
        residence=me.country,
        born_on=me.born_on,
        issued_by=paper.country if paper else None,
        expires_on=paper.expires_on if paper else None,
        work_until=found.work.until if found.work else None,
        tax_country=found.tax.country if found.tax else None,
        same_paper=len(same_paper(number_hash)) - 1 if number_hash else 0,
    )
    return papers.remarks(known, clock.now().date())


def same_paper(number_hash: str) -> list[UUID]:
    """Everybody who has declared the same paper: for whoever asks whether one person has several accounts."""
    found = select(IdentityDeclaration.contractor_id).where(IdentityDeclaration.number_hash == number_hash)
    return list(db.session.scalars(found.order_by(IdentityDeclaration.contractor_id)))


def paper_hash(kind: str, country: str, number: str) -> str:
    """The keyed digest of a paper's number: equal for the same paper however it was typed. Raises BadNumber."""
    return vault.fingerprint(f"{kind} {country}", papers.plain_number(number))


def _identity(given: IdentityShown, asked: Policy, today: date) -> Mapping[str, Any]:
    check_place(given.country, None)
    papers.check_identity(given, asked, today)
    return {
        "provider": given.provider,
        "kind": given.kind,
        "country": given.country,
        "expires_on": given.expires_on,
        "number_hash": paper_hash(given.kind, given.country, given.number),
    }


def _tax(me: UUID, given: Tax) -> Mapping[str, Any]:
    check_place(given.country, None)
    number = papers.check_tax(given)
    values: dict[str, Any] = {"country": given.country, "number_kind": given.number_kind}
    if number is None:
        return values | {"sealed_number": None, "last_digits": None, "number_hash": None}
    return values | {
        "sealed_number": vault.seal(me, number.encode(), what=TAX_NUMBER),
        "last_digits": papers.last_digits(number),
        "number_hash": vault.fingerprint(f"tax {given.country}", number),
    }


def _sign(texts: Mapping[UUID, str]) -> None:
    """Agreeing again to the same version changes nothing."""
    shared = {"version": agreement.CURRENT.version, "signed_at": clock.now()}
    rows = []
    for known, text_sha256 in texts.items():
        agreement.check_text(text_sha256)
        rows.append(shared | {"contractor_id": known, "text_sha256": text_sha256})
    if rows:
        db.session.execute(insert(TermsSignature).on_conflict_do_nothing(), rows)


def _put(table: type[Base], told: Mapping[UUID, Mapping[str, Any]]) -> None:
    moment = clock.now()
    rows = [{"contractor_id": known, "declared_at": moment} | dict(values) for known, values in told.items()]
    if not rows:
        return
    row = insert(table)
    again = {name: row.excluded[name] for name in rows[0] if name != "contractor_id"}
    db.session.execute(row.on_conflict_do_update(index_elements=["contractor_id"], set_=again), rows)


_NOT_BEHIND = {"identity": RequirementKind.IDENTITY, "work": RequirementKind.RIGHT_TO_WORK}
"""What an operator has accepted is not exchanged behind their back."""


def _begin_renewals(people: Mapping[UUID, Contractor], told: Mapping[UUID, Declaration]) -> None:
    """A statement only where something accepted could be exchanged."""
    asked = [(known, _NOT_BEHIND[part]) for known, each in told.items() for part in each.parts if part in _NOT_BEHIND]
    if not asked:
        return
    met = select(Requirement).where(
        tuple_(Requirement.contractor_id, Requirement.kind).in_(asked), Requirement.status == RequirementStatus.MET
    )
    for row in db.session.scalars(met.execution_options(populate_existing=True)).all():
        expiring.begin_renewal(people[row.contractor_id], row, by=told[row.contractor_id].by)
