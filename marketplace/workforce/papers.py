"""What an applicant shows beside their words: documents, who they are, why they may work, their tax number. Pure rules.

What a service asks for is a policy with a version (rule VETTING); who looks at it is always a person.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from types import MappingProxyType

from marketplace.core.problems import Conflict, Invalid
from marketplace.core.retention import Retention
from marketplace.standards.hours import old_enough_on
from marketplace.standards.rules import RULES
from marketplace.workforce.rules import RequirementKind

_NUMBERS = RULES["DOCUMENTS"].parameters
MOST_DOCUMENTS = _NUMBERS["most_documents"]
"""Documents that lie here of one person at a time."""
KEPT = Retention(timedelta(days=_NUMBERS["days_after_decision"]), timedelta(days=_NUMBERS["most_days"]))


class Purpose(StrEnum):
    """What a document is to show."""

    IDENTITY = "identity"
    RESIDENCE = "residence"
    RIGHT_TO_WORK = "right_to_work"
    MOVE = "move"
    """A new residence, after the first was accepted."""


class IdentityPaper(StrEnum):
    PASSPORT = "passport"
    NATIONAL_ID = "national_id"
    DRIVING_LICENCE = "driving_licence"
    RESIDENCE_PERMIT = "residence_permit"


class Provider(StrEnum):
    """How somebody's identity is checked. The decision is an operator's whichever it is."""

    DOCUMENTS = "documents"
    """A picture of the paper is handed in, encrypted, looked at and erased."""
    CALL = "call"
    """The paper is held into a camera; nothing of it is kept."""

    @property
    def needs_document(self) -> bool:
        return self is Provider.DOCUMENTS


class WorkBasis(StrEnum):
    """Why somebody may work where they live."""

    CITIZEN = "citizen"
    PERMANENT_RESIDENT = "permanent_resident"
    FREE_MOVEMENT = "free_movement"
    PERMIT = "permit"


class MoveStatus(StrEnum):
    ASKED = "asked"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


MOVE_TRANSITIONS: Mapping[MoveStatus, frozenset[MoveStatus]] = MappingProxyType(
    {
        MoveStatus.ASKED: frozenset({MoveStatus.GRANTED, MoveStatus.REFUSED, MoveStatus.WITHDRAWN}),
        MoveStatus.GRANTED: frozenset(),
        MoveStatus.REFUSED: frozenset(),
        MoveStatus.WITHDRAWN: frozenset(),
    }
)


@dataclass(frozen=True, slots=True)
class Policy:
    """What this service asks of applicants. `documents_for` names what is not taken on somebody's word alone;
    `work_evidence_in` the countries where the right to work is shown whatever it rests on."""

    version: int
    kinds: tuple[RequirementKind, ...]
    identity_by: tuple[Provider, ...]
    documents_for: frozenset[RequirementKind]
    work_evidence_in: frozenset[str]


FIRST_POLICY = Policy(
    version=RULES["VETTING"].version,
    kinds=tuple(RequirementKind),
    identity_by=(Provider.DOCUMENTS,),
    documents_for=frozenset({RequirementKind.IDENTITY, RequirementKind.RESIDENCE}),
    work_evidence_in=frozenset(),
)
"""What is asked until operators publish another."""
ALWAYS_ASKED = frozenset({RequirementKind.IDENTITY, RequirementKind.AGE, RequirementKind.TERMS})
"""Nobody works here unknown, too young, or without having agreed: no policy leaves these out."""


class BadPolicy(Invalid):
    code = "bad_policy"
    title = "This policy would not protect anybody."
    remedy = "Ask for identity, age and terms at least, and name at least one way to check an identity."


def check_policy(kinds: Collection[RequirementKind], providers: Collection[Provider]) -> None:
    """Raises BadPolicy."""
    if left_out := ALWAYS_ASKED.difference(kinds):
        raise BadPolicy(f"Left out: {', '.join(sorted(left_out))}.", field="kinds")
    if not providers:
        raise BadPolicy(field="identity_by")


# --- who somebody is, and why they may work -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class IdentityShown:
    """The paper that shows who somebody is. Its number is kept as a keyed digest alone."""

    kind: IdentityPaper
    country: str
    expires_on: date
    number: str
    provider: Provider = Provider.DOCUMENTS


@dataclass(frozen=True, slots=True)
class Work:
    basis: WorkBasis
    until: date | None = None


class PaperExpired(Invalid):
    code = "paper_expired"
    title = "This paper is no longer valid."
    remedy = "Show another one, or renew it first."


class BadNumber(Invalid):
    code = "bad_number"
    title = "This is not a number of such a paper."
    remedy = "Copy it as it is printed: letters and digits; blanks, dots and hyphens make no difference."


class ProviderNotOffered(Invalid):
    code = "provider_not_offered"
    title = "An identity is not checked in this way here."


class PermitWithoutEnd(Invalid):
    code = "permit_without_end"
    title = "A permit says until when it is good."
    remedy = "Give the last day that is printed on it."


_PAPER_NUMBER = re.compile("[A-Z0-9]{4,32}")


def plain_number(number: str) -> str:
    """A number as it is compared: capitals and digits. Raises BadNumber."""
    plain = re.sub(r"[\s.\-/]", "", number).upper()
    if not _PAPER_NUMBER.fullmatch(plain):
        raise BadNumber(field="number")
    return plain


def check_identity(given: IdentityShown, policy: Policy, today: date) -> None:
    """Raises PaperExpired, BadNumber or ProviderNotOffered."""
    if given.provider not in policy.identity_by:
        raise ProviderNotOffered(remedy=f"Possible is: {', '.join(policy.identity_by)}.", field="provider")
    plain_number(given.number)
    _check_valid(given.expires_on, today, "expires_on")


def check_work(given: Work, today: date) -> None:
    """Raises PermitWithoutEnd or PaperExpired."""
    if given.until is not None:
        _check_valid(given.until, today, "until")
    elif given.basis is WorkBasis.PERMIT:
        raise PermitWithoutEnd(field="until")


def _check_valid(until: date, today: date, field: str) -> None:
    if until < today:
        raise PaperExpired(f"It was good until {until.isoformat()}.", field=field)


@dataclass(frozen=True, slots=True)
class Known:
    """What a machine may compare of one person, for whoever looks at their papers."""

    residence: str
    born_on: date | None
    issued_by: str | None
    expires_on: date | None
    work_until: date | None
    tax_country: str | None
    same_paper: int
    """How many other accounts have declared the same paper."""


class Remark(StrEnum):
    """What a machine noticed. It proposes nothing but a second look, and decides nothing."""

    SAME_PAPER = "same_paper"
    PAPER_EXPIRED = "paper_expired"
    PAPER_ENDS_SOON = "paper_ends_soon"
    PERMIT_EXPIRED = "permit_expired"
    PERMIT_ENDS_SOON = "permit_ends_soon"
    ISSUED_ELSEWHERE = "issued_elsewhere"
    TAXED_ELSEWHERE = "taxed_elsewhere"
    JUST_OF_AGE = "just_of_age"


SOON = timedelta(days=60)


def remarks(known: Known, today: date) -> list[Remark]:
    """What an operator may want to look at twice, the weightiest first."""
    found = [Remark.SAME_PAPER] if known.same_paper else []
    ends = (
        (known.expires_on, Remark.PAPER_EXPIRED, Remark.PAPER_ENDS_SOON),
        (known.work_until, Remark.PERMIT_EXPIRED, Remark.PERMIT_ENDS_SOON),
    )
    for until, over, soon in ends:
        if until is not None and until < today + SOON:
            found.append(over if until < today else soon)
    if known.born_on is not None and old_enough_on(known.born_on) > today - timedelta(days=365):
        found.append(Remark.JUST_OF_AGE)
    if known.issued_by not in (None, known.residence):
        found.append(Remark.ISSUED_ELSEWHERE)
    if known.tax_country not in (None, known.residence):
        found.append(Remark.TAXED_ELSEWHERE)
    return found


# --- what is enough to be looked at ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Evidence:
    """What lies here of one person."""

    country: str
    documents: frozenset[Purpose]
    identity_by: Provider | None
    work: WorkBasis | None
    has_tax: bool
    terms_version: int | None


class EvidenceMissing(Conflict):
    """`missing` names the requirement and what it lacks."""

    code = "evidence_missing"
    title = "Something that belongs to this step is missing."
    remedy = "Add what is missing, then hand the step in."


def missing_evidence(
    kinds: Collection[RequirementKind], found: Evidence, policy: Policy, terms_version: int
) -> dict[RequirementKind, str]:
    """What keeps each of the requirements from being looked at: "declaration" or "document"."""
    return {kind: lack for kind in kinds if (lack := _lack(kind, found, policy, terms_version))}


def _lack(kind: RequirementKind, found: Evidence, policy: Policy, terms_version: int) -> str | None:
    declared = {
        RequirementKind.IDENTITY: found.identity_by is not None,
        RequirementKind.RIGHT_TO_WORK: found.work is not None,
        RequirementKind.TAX: found.has_tax,
        RequirementKind.TERMS: found.terms_version == terms_version,
    }
    if not declared.get(kind, True):
        return "declaration"
    if _needs_document(kind, found, policy) and kind.value not in found.documents:
        return "document"
    return None


def _needs_document(kind: RequirementKind, found: Evidence, policy: Policy) -> bool:
    if kind is RequirementKind.IDENTITY:
        return kind in policy.documents_for and found.identity_by is Provider.DOCUMENTS
    if kind is RequirementKind.RIGHT_TO_WORK:
        everywhere = kind in policy.documents_for or found.country in policy.work_evidence_in
        return everywhere or found.work is WorkBasis.PERMIT
    return kind in policy.documents_for


def check_evidence(kinds: Collection[RequirementKind], found: Evidence, policy: Policy, terms_version: int) -> None:
    """Raises EvidenceMissing, naming each requirement that cannot be looked at yet."""
    missing = missing_evidence(kinds, found, policy, terms_version)
    if missing:
        words = ", ".join(f"{kind} ({lack})" for kind, lack in missing.items())
        raise EvidenceMissing(f"Missing: {words}.", missing={str(kind): lack for kind, lack in missing.items()})


# --- documents ------------------------------------------------------------------------------------------------------


class TooManyDocuments(Conflict):
    code = "too_many_documents"
    title = f"At most {MOST_DOCUMENTS} documents of one person lie here."
    remedy = "Take one back that is not needed, or put several pages into one PDF."


class DocumentInUse(Conflict):
    code = "document_in_use"
    title = "An operator looks at this document, or has decided by it."
    remedy = "It is erased by itself after the decision; the day stands beside it."


def check_room(held: int, more: int) -> None:
    """Raises TooManyDocuments."""
    if held + more > MOST_DOCUMENTS:
        raise TooManyDocuments(field="file", held=held)


# --- moving ---------------------------------------------------------------------------------------------------------


class NothingMoved(Invalid):
    code = "nothing_moved"
    title = "This is where you live already."


class MoveWaits(Conflict):
    code = "move_waits"
    title = "You have asked already, and an operator looks at it."
    remedy = "Wait for the answer, or take the request back first."


class NotVettedYet(Conflict):
    code = "not_vetted_yet"
    title = "Moving is for people who are vetted: a new application shows where you live now."
    remedy = "Show your residence as a step of the application."


# --- tax ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Tax:
    """Where somebody pays taxes, and their number there. `number` is None when they say that they have none."""

    country: str
    number_kind: str
    number: str | None


NO_NUMBER = "none"
OTHER_NUMBER = "other"
TAX_NUMBERS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "AR": {"cuil": "[0-9]{11}"},
        "BG": {"egn": "[0-9]{10}"},
        "BR": {"cpf": "[0-9]{11}"},
        "CO": {"nit": "[0-9]{6,10}"},
        "DE": {"idnr": "[0-9]{11}"},
        "ES": {"nif": "[0-9XYZ][0-9]{7}[A-Z]"},
        "GB": {"utr": "[0-9]{10}", "nino": "[A-Z]{2}[0-9]{6}[A-D]"},
        "ID": {"npwp": "[0-9]{15,16}"},
        "IN": {"pan": "[A-Z]{5}[0-9]{4}[A-Z]"},
        "KE": {"kra_pin": "[A-Z][0-9]{9}[A-Z]"},
        "MX": {"rfc": "[A-Z]{4}[0-9]{6}[A-Z0-9]{3}"},
        "NG": {"tin": "[0-9]{8,13}"},
        "PH": {"tin": "[0-9]{9}([0-9]{3,5})?"},
        "PL": {"pesel": "[0-9]{11}", "nip": "[0-9]{10}"},
        "RO": {"cnp": "[0-9]{13}"},
        "UA": {"rnokpp": "[0-9]{10}"},
        "US": {"ssn": "[0-9]{9}", "itin": "9[0-9]{8}"},
        "VE": {"rif": "[VEP][0-9]{9}"},
        "ZA": {"itr": "[0-9]{10}"},
    }
)
"""The numbers that natural persons have there and their printed shapes, from the tax authorities' own forms as commonly
described; not from the law. A country that is missing here has numbers too: they are taken unchecked."""


class BadTaxNumber(Invalid):
    code = "bad_tax_number"
    title = "This is not a tax number of that kind."
    remedy = "Copy it as it stands in a letter of the tax office, or say that you have none."


def check_tax(given: Tax) -> str | None:
    """The number as it is kept, or None. Raises BadTaxNumber."""
    kinds = TAX_NUMBERS.get(given.country, {})
    if given.number_kind == NO_NUMBER:
        if given.number:
            raise BadTaxNumber("There is a number, though it says that there is none.", field="number")
        return None
    if given.number_kind not in (*kinds, OTHER_NUMBER):
        raise BadTaxNumber(f"{given.country} has no {given.number_kind!r} here.", field="number_kind")
    plain = re.sub(r"[\s.\-/]", "", given.number or "").upper()
    shape = kinds.get(given.number_kind, "[A-Z0-9]{4,32}")
    if not re.fullmatch(shape, plain):
        raise BadTaxNumber(field="number")
    return plain


def last_digits(number: str) -> str:
    """What is shown of a number that was given: its end, never more than a third of it."""
    return number[-min(4, len(number) // 3) :]
