"""Reads of templates and contracts, and which version holds when."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Date,
    DateTime,
    ScalarSelect,
    Select,
    bindparam,
    cast,
    exists,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import aliased, defer

from marketplace.accounts.rules import CLOCK, Actor, Right, require_company
from marketplace.contracts.changes import Change, Section, changes, compare
from marketplace.contracts.models import (
    Contract,
    ContractVersion,
    DeclinedVersion,
    Signature,
    SignedName,
    Template,
    Translation,
)
from marketplace.contracts.rules import ContractStatus, Method, Party, rate_of
from marketplace.contracts.terms import as_offered
from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.core.problems import NotFound

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class SignatureLine:
    """A signature as the parties see it. `signs` is the template or version; `name` is None once it is erased."""

    signs: UUID | None
    party: Party
    person_id: UUID
    name: str | None
    method: Method
    signed_sha256: str
    signed_at: datetime


@dataclass(frozen=True, slots=True)
class SignedVersion:
    """A version with the signatures under it, the company's first, and its translations. `declined_at` is when the
    contractor did not want it, if they said so."""

    version: ContractVersion
    signatures: Sequence[SignatureLine]
    translations: Sequence[Translation]
    declined_at: datetime | None

    @property
    def signed(self) -> bool:
        """Whether the contractor has signed it."""
        return any(line.party is Party.CONTRACTOR for line in self.signatures)

    @property
    def waits(self) -> bool:
        """Whether it waits for the contractor's answer."""
        return not self.signed and self.declined_at is None


@dataclass(frozen=True, slots=True)
class Answered:
    """Versions that their contractors have answered, by their ids."""

    signed: frozenset[UUID]
    declined: frozenset[UUID]


@dataclass(frozen=True, slots=True)
class Amendment:
    """What a version changes against the one that was signed before it: terms, and words by section. `language` is
    that of the words."""

    before: ContractVersion
    after: ContractVersion
    changes: Sequence[Change]
    language: str
    sections: Sequence[Section]


def template(template_id: UUID, seen_by: Actor) -> Template:
    """A company's template, for its members. Raises NotFound for everybody else."""
    found = db.session.get(Template, template_id)
    if found is None:
        raise NotFound
    require_company(seen_by, found.company_id, Right.READ)
    return found


def templates(company_id: UUID, seen_by: Actor) -> Select[Template]:
    """A company's templates, for its members. Raises NotFound for everybody else."""
    require_company(seen_by, company_id, Right.READ)
    return select(Template).where(Template.company_id == company_id)


def contract(contract_id: UUID, seen_by: Actor) -> Contract:
    """A contract as its two parties, operators and the service may see it. Raises NotFound for everybody else."""
    found = db.session.get(Contract, contract_id)
    if found is None or not _may_see(found, seen_by):
        raise NotFound
    return found


def contracts(seen_by: Actor, company_id: UUID | None = None) -> Select[Contract]:
    """One's own contracts as a contractor and those of one's companies; of one company if it is named."""
    if company_id is not None:
        require_company(seen_by, company_id, Right.READ)
        return select(Contract).where(Contract.company_id == company_id)
    readable = [known for known in seen_by.companies if seen_by.may(Right.READ, known)]
    mine: ColumnElement[bool] = Contract.company_id.in_(readable)
    if seen_by.kind != "key":
        mine = or_(mine, Contract.contractor_id == seen_by.person_id)
    return select(Contract).where(mine)


def versions(contract_id: UUID, seen_by: Actor) -> list[ContractVersion]:
    """Every version of a contract, the newest first. Raises NotFound as `contract` does."""
    contract(contract_id, seen_by)
    found = select(ContractVersion).where(ContractVersion.contract_id == contract_id)
    return list(db.session.scalars(found.order_by(ContractVersion.number.desc())))


def newest_versions(contract_ids: Collection[UUID]) -> dict[UUID, ContractVersion]:
    """The newest version of each of the contracts, by contract, in one statement. For the verbs of this room."""
    return _newest(select(ContractVersion), contract_ids)


def latest_signed(contract_id: UUID) -> ContractVersion | None:
    """The newest version of a contract that the contractor signed. For the verbs of this room."""
    return latest_signed_versions([contract_id]).get(contract_id)


def latest_signed_versions(contract_ids: Collection[UUID]) -> dict[UUID, ContractVersion]:
    """`latest_signed()` of each of the contracts that has one, by contract, in one statement."""
    signed = select(ContractVersion).join(Signature, Signature.version_id == ContractVersion.id)
    return _newest(signed, contract_ids)


def _newest(found: Select[ContractVersion], contract_ids: Collection[UUID]) -> dict[UUID, ContractVersion]:
    if not contract_ids:
        return {}
    newest = (
        found.where(ContractVersion.contract_id.in_(contract_ids))
        .ext(distinct_on(ContractVersion.contract_id))
        .order_by(ContractVersion.contract_id, ContractVersion.number.desc())
    )
    return {version.contract_id: version for version in db.session.scalars(newest)}


def is_signed(version_id: UUID) -> bool:
    """Whether the contractor signed that version."""
    return db.session.scalar(select(Signature.id).where(Signature.version_id == version_id)) is not None


def answered(version_ids: Collection[UUID]) -> Answered:
    """Which of these versions their contractors have signed or declined: two statements."""
    signed = select(Signature.version_id).where(Signature.version_id.in_(version_ids))
    declined = select(DeclinedVersion.version_id).where(DeclinedVersion.version_id.in_(version_ids))
    return Answered(
        frozenset(known for known in db.session.scalars(signed) if known), frozenset(db.session.scalars(declined))
    )


def is_declined(version_id: UUID) -> bool:
    """Whether the contractor declined that version of a contract in force."""
    return db.session.get(DeclinedVersion, version_id) is not None


def translations(text_sha256s: Collection[str]) -> dict[str, list[Translation]]:
    """The translations of texts with these hashes, by hash, in one statement."""
    found: dict[str, list[Translation]] = {}
    rows = select(Translation).where(Translation.original_sha256.in_(text_sha256s)).order_by(Translation.language)
    for row in db.session.scalars(rows):
        found.setdefault(row.original_sha256, []).append(row)
    return found


def changed_for(contractor_id: UUID) -> set[UUID]:
    """The contracts of somebody of which a change waits for their answer."""
    later = aliased(ContractVersion)
    found = (
        select(ContractVersion.contract_id)
        .join(Contract, Contract.id == ContractVersion.contract_id)
        .where(
            Contract.contractor_id == contractor_id,
            Contract.status == ContractStatus.IN_FORCE,
            ~exists().where(Signature.version_id == ContractVersion.id),
            ~exists().where(DeclinedVersion.version_id == ContractVersion.id),
            ~exists().where(later.contract_id == ContractVersion.contract_id, later.number > ContractVersion.number),
        )
    )
    return set(db.session.scalars(found))


def amendment(contract_id: UUID, number: int, language: str, seen_by: Actor) -> Amendment:
    """What version `number` of a contract changes against the newest before it that was signed. The words are in the
    language asked for where both have it, else in that which prevails. Raises NotFound, also when there is no version
    before it."""
    told = {each.version.number: each for each in signed_versions(contract_id, seen_by)}
    earlier = [each for each in told.values() if each.version.number < number]
    if number not in told or not earlier:
        raise NotFound
    after = told[number]
    before = next((each for each in earlier if each.signed), earlier[0])
    old, new = _text_in(before, language), _text_in(after, language)
    if old is None or new is None:
        language, old, new = str(after.version.terms["language"]), before.version.text, after.version.text
    found = changes(as_offered(before.version.terms), as_offered(after.version.terms))
    return Amendment(before.version, after.version, found, language, compare(old, new))


def _text_in(told: SignedVersion, language: str) -> str | None:
    if told.version.terms["language"] == language:
        return told.version.text
    return next((each.text for each in told.translations if each.language == language), None)


def signed_versions(contract_id: UUID, seen_by: Actor) -> list[SignedVersion]:
    """Every version of a contract with the signatures under it, the newest first. Raises NotFound as `contract` does.

    The company's signature is that under the version's template; the contractor's is there once it is given.
    """
    found = versions(contract_id, seen_by)
    lines, translated = _signature_lines(found), translations([version.text_sha256 for version in found])
    of_these = DeclinedVersion.version_id.in_([version.id for version in found])
    declined = {row.version_id: row.declined_at for row in db.session.scalars(select(DeclinedVersion).where(of_these))}
    return [
        SignedVersion(
            version,
            [line for line in lines if line.signs in (version.template_id, version.id)],
            translated.get(version.text_sha256, []),
            declined.get(version.id),
        )
        for version in found
    ]


def _signature_lines(found: Collection[ContractVersion]) -> list[SignatureLine]:
    given = (
        select(Signature, SignedName.name)
        .outerjoin(SignedName, SignedName.signature_id == Signature.id)
        .where(
            or_(
                Signature.template_id.in_({version.template_id for version in found}),
                Signature.version_id.in_({version.id for version in found}),
            )
        )
        .order_by(Signature.id)
    )
    return [
        SignatureLine(s.template_id or s.version_id, s.party, s.person_id, name, s.method, s.signed_sha256, s.signed_at)
        for s, name in db.session.execute(given)
    ]


def in_force(company_id: UUID, contractor_id: UUID, at: datetime) -> ContractVersion | None:
    """The version that holds between the two at that moment, if one does. See `in_force_many`."""
    return in_force_many(company_id, [contractor_id], at).get(contractor_id)


def in_force_many(company_id: UUID, contractor_ids: Collection[UUID], at: datetime) -> dict[UUID, ContractVersion]:
    """The version that holds at that moment for each of the contractors who have one, in one statement.

    It is the latest that the contractor had signed by then, within its days (in UTC), of a contract that had not ended.
    """
    return _holding(_OF_SOME, at, company=company_id, contractors=list(contractor_ids))


def in_force_of_company(company_id: UUID, at: datetime) -> dict[UUID, ContractVersion]:
    """As `in_force_many`, for every contractor who has a contract with the company."""
    return _holding(_OF_COMPANY, at, company=company_id)


@dataclass(frozen=True, slots=True)
class Holding:
    """A version that the contractor signed, without its text: its promised rate, and when it holds."""

    version_id: UUID
    company_id: UUID
    contractor_id: UUID
    rate: Money
    highest_class: str
    effective_from: date
    effective_to: date | None
    ends_at: datetime | None


def holdings(
    company_ids: Collection[UUID] | None, since: datetime, contractor_ids: Collection[UUID] | None = None
) -> list[Holding]:
    """Every version that may hold at some moment after `since` between these companies, or any, and anybody who has
    signed one by then, or the named ones: in one statement. The latest signed of each contractor comes first; of those
    that hold at a moment the first is the one that `in_force` finds."""
    terms = ContractVersion.terms
    found = (
        select(
            ContractVersion.id,
            ContractVersion.company_id,
            ContractVersion.contractor_id,
            terms["pay"].label("pay"),
            terms["hazard"]["highest_class"].astext.label("highest_class"),
            ContractVersion.effective_from,
            ContractVersion.effective_to,
            Contract.ends_at,
        )
        .join(Contract, Contract.id == ContractVersion.contract_id)
        .join(Signature, Signature.version_id == ContractVersion.id)
        .where(
            true() if company_ids is None else ContractVersion.company_id.in_(company_ids),
            true() if contractor_ids is None else ContractVersion.contractor_id.in_(contractor_ids),
            Contract.status.in_([ContractStatus.IN_FORCE, ContractStatus.ENDED]),
            or_(Contract.ends_at.is_(None), Contract.ends_at > since),
            or_(ContractVersion.effective_to.is_(None), ContractVersion.effective_to >= since.astimezone(UTC).date()),
            Signature.signed_at <= since,
        )
        .order_by(ContractVersion.contractor_id, Signature.signed_at.desc(), ContractVersion.number.desc())
    )
    return [
        Holding(
            row.id,
            row.company_id,
            row.contractor_id,
            rate_of({"pay": row.pay}),
            row.highest_class,
            row.effective_from,
            row.effective_to,
            row.ends_at,
        )
        for row in db.session.execute(found)
    ]


@dataclass(frozen=True, slots=True)
class Held:
    """What a seat asks of the version that holds: its id, its lowest hourly pay and the highest class it allows."""

    version_id: UUID
    rate: Money
    highest_class: str

    @classmethod
    def of(cls, found: Sequence[Any]) -> "Held":
        """From what `held_by()` finds."""
        version_id, pay, highest_class = found
        return cls(UUID(version_id), rate_of({"pay": pay}), highest_class)


def held_by(contractor: Any, company: Any, at: Any) -> ScalarSelect[Any]:
    """The version that `in_force` finds, as JSON for `Held.of`, none where there is none: part of a statement about
    contractors. The arguments are columns of it, or parameters."""
    terms = ContractVersion.terms
    found = func.jsonb_build_array(ContractVersion.id, terms["pay"], terms["hazard"]["highest_class"])
    day = cast(func.timezone("UTC", at), Date)
    held = _that_hold(select(found), company, at, day).where(ContractVersion.contractor_id == contractor)
    return held.order_by(Signature.signed_at.desc(), ContractVersion.number.desc()).limit(1).scalar_subquery()


def _that_hold(found: Select[T], company: Any, at: Any, day: Any) -> Select[T]:
    """Of the versions those that somebody signed by then and that hold on that day."""
    return (
        found.select_from(ContractVersion)
        .join(Contract, Contract.id == ContractVersion.contract_id)
        .join(Signature, Signature.version_id == ContractVersion.id)
        .where(
            ContractVersion.company_id == company,
            Contract.status.in_([ContractStatus.IN_FORCE, ContractStatus.ENDED]),
            or_(Contract.ends_at.is_(None), Contract.ends_at > at),
            Signature.signed_at <= at,
            ContractVersion.effective_from <= day,
            or_(ContractVersion.effective_to.is_(None), ContractVersion.effective_to >= day),
        )
    )


# Built once, since building a statement takes longer than running it.
_AT, _DAY = bindparam("at", type_=DateTime(timezone=True)), bindparam("day", type_=Date())
_OF_COMPANY = (
    # The text is long, and whoever asks what holds wants its terms.
    _that_hold(select(ContractVersion).options(defer(ContractVersion.text)), bindparam("company"), _AT, _DAY)
    .ext(distinct_on(ContractVersion.contractor_id))
    .order_by(ContractVersion.contractor_id, Signature.signed_at.desc(), ContractVersion.number.desc())
)
_OF_SOME = _OF_COMPANY.where(ContractVersion.contractor_id.in_(bindparam("contractors", expanding=True)))


def under_contract(at: datetime) -> Select[UUID, UUID]:
    """The pairs (company, contractor) between whom a contract holds at that moment, to be narrowed by either. It holds
    as `in_force` says."""
    day = at.astimezone(UTC).date()
    return (
        select(ContractVersion.company_id, ContractVersion.contractor_id)
        .join(Contract, Contract.id == ContractVersion.contract_id)
        .join(Signature, Signature.version_id == ContractVersion.id)
        .where(
            Contract.status.in_([ContractStatus.IN_FORCE, ContractStatus.ENDED]),
            or_(Contract.ends_at.is_(None), Contract.ends_at > at),
            Signature.signed_at <= at,
            ContractVersion.effective_from <= day,
            or_(ContractVersion.effective_to.is_(None), ContractVersion.effective_to >= day),
        )
        .distinct()
    )


def _holding(found: Select[ContractVersion], at: datetime, **whose: Any) -> dict[UUID, ContractVersion]:
    facts = {"at": at, "day": at.astimezone(UTC).date()} | whose
    return {version.contractor_id: version for version in db.session.scalars(found, facts)}


def _may_see(found: Contract, seen_by: Actor) -> bool:
    is_self = seen_by.is_in_person(found.contractor_id)
    return is_self or seen_by.may(Right.READ, found.company_id) or seen_by.is_operator() or seen_by == CLOCK
