"""What people declare about themselves: the paper that shows who they are, why they may work, their tax number, and
that they agree to the terms. Declaring is not yet handing in: `service.submit_requirements` has an operator look."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from marketplace.accounts.rules import Actor, OperatorRole, require_operator, require_person
from marketplace.core import clock, vault
from marketplace.core.db import Base, db
from marketplace.core.events import record
from marketplace.core.lifecycle import WrongState
from marketplace.core.problems import NotFound
from marketplace.workforce import agreement, papers, policy, signals
from marketplace.workforce.bars import SignalKind
from marketplace.workforce.models import Contractor, Requirement
from marketplace.workforce.paper_models import IdentityDeclaration, TaxProfile, TermsSignature, WorkDeclaration
from marketplace.workforce.papers import IdentityShown, Remark, Tax, Work
from marketplace.workforce.rules import NothingChosen, RequirementKind, RequirementStatus, check_place

TAX_NUMBER = "tax number"


@dataclass(frozen=True, slots=True)
class Declared:
    """What somebody has declared; None where they have not."""

    identity: IdentityDeclaration | None
    work: WorkDeclaration | None
    tax: TaxProfile | None
    terms: TermsSignature | None


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
    OtherText, and WrongState for an identity or a right to work that an operator has accepted.
    """
    parts = {"identity": identity, "work": work, "tax": tax, "terms": terms_sha256}
    if not (told := [name for name, part in parts.items() if part is not None]):
        raise NothingChosen
    me = _me(by)
    _refuse_accepted(me.id, identity is not None, work is not None)
    today = clock.now().astimezone(clock.zone(me.timezone)).date()
    if identity is not None:
        values = _identity(identity, today)
        _put(IdentityDeclaration, me.id, values)
        # One paper, two accounts: a person looks at it, whatever either of them says (rule PERSON).
        signals.note_fingerprint(me.id, SignalKind.DOCUMENT, values["number_hash"])
    if work is not None:
        papers.check_work(work, today)
        _put(WorkDeclaration, me.id, {"basis": work.basis, "until": work.until})
    if tax is not None:
        _put(TaxProfile, me.id, _tax(me.id, tax))
    if terms_sha256 is not None:
        _sign(me.id, terms_sha256)
    record("contractor.declared", me, by=by, data={"parts": told})


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


def _identity(given: IdentityShown, today: date) -> Mapping[str, Any]:
    check_place(given.country, None)
    papers.check_identity(given, policy.current(), today)
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


def _sign(me: UUID, text_sha256: str) -> None:
    """Agreeing again to the same version changes nothing."""
    agreement.check_text(text_sha256)
    row = insert(TermsSignature).values(
        contractor_id=me, version=agreement.CURRENT.version, text_sha256=text_sha256, signed_at=clock.now()
    )
    db.session.execute(row.on_conflict_do_nothing())


def _put(table: type[Base], me: UUID, values: Mapping[str, Any]) -> None:
    whole = dict(values) | {"declared_at": clock.now()}
    row = insert(table).values(contractor_id=me, **whole)
    db.session.execute(row.on_conflict_do_update(index_elements=["contractor_id"], set_=whole))


def _refuse_accepted(me: UUID, identity: bool, work: bool) -> None:
    """What an operator has accepted is not exchanged behind their back. A statement only where it could be."""
    asked = [
        kind for kind, given in ((RequirementKind.IDENTITY, identity), (RequirementKind.RIGHT_TO_WORK, work)) if given
    ]
    if not asked:
        return
    met = select(Requirement.kind).where(
        Requirement.contractor_id == me, Requirement.kind.in_(asked), Requirement.status == RequirementStatus.MET
    )
    if (kind := db.session.scalars(met.limit(1)).one_or_none()) is not None:
        raise WrongState(f"An operator has accepted this: {kind}.", state=str(RequirementStatus.MET))


def _me(by: Actor) -> Contractor:
    """Locked, as by whoever decides: what is accepted in this moment is not exchanged in it."""
    me = require_person(by)
    if (found := db.session.get(Contractor, me, with_for_update=True, populate_existing=True)) is None:
        raise NotFound
    return found
