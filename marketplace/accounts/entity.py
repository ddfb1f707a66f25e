"""Which legal entity a company is, who owns it and who may sign for it, and what has to be shown of that. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from types import MappingProxyType
from uuid import UUID

from marketplace.accounts.rules import CompanyStatus
from marketplace.core.problems import Conflict, Forbidden, Invalid

CONTEST_FOR = timedelta(days=30)
"""How long a refusal or a suspension can be contested, as people's can (rule APPEAL)."""
CONTESTABLE = frozenset({CompanyStatus.REFUSED, CompanyStatus.SUSPENDED})
LONGEST = 500
"""Characters of any one of the facts."""
_TAX_NUMBER = re.compile(r"[0-9A-Za-z][0-9A-Za-z ./-]{2,39}")


class BadIdentity(Invalid):
    code = "bad_identity"
    title = "Something that tells who the company is is not right."


class IdentityIncomplete(Conflict):
    """`missing` names what the company has not told yet."""

    code = "identity_incomplete"
    title = "The company has not yet told all by which it can be verified."
    remedy = "Wait until it has; it is told what is missing."


class NothingToContest(Conflict):
    code = "no_company_decision_to_contest"
    title = "There is no refusal or suspension of the company that is not contested yet."


class TooLateToContest(Conflict):
    code = "company_contest_too_late"
    title = "A decision about a company can be contested for 30 days."
    remedy = "Hand in anew what was not right, or write to the operators."


class ToldOtherwise(Conflict):
    """`changed` names what is another now: "identity", "papers"."""

    code = "company_told_otherwise"
    title = "The company has told something else since you looked."
    remedy = "Look at what it tells now, and decide about that."


class DecidedBefore(Forbidden):
    code = "decided_before"
    title = "A contested decision about a company is looked at by somebody who did not take it."
    remedy = "Ask another operator."


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What a company tells of itself. `register` is the one it is entered in and `register_number` its number there;
    `owners` are the people to whom it belongs in the end; `authority` is by what the signatory may sign (an office that
    the register names, or a power of attorney). The last two say where an operator can see the proof of both.

    `tax_number` is None where it was told before and stays as it is: nobody is shown it, so nobody can send it back.
    """

    legal_name: str
    country: str
    address: str
    register: str
    register_number: str
    owners: str
    signatory_name: str
    authority: str
    register_proof: str
    authority_proof: str
    tax_number: str | None = None


VERIFIED_FACTS = ("legal_name", "country", "register", "register_number", "signatory_name", "authority")
"""What an operator verified: when one of these changes, somebody looks again."""


def check_identity(told: Identity, *, has_tax_number: bool) -> None:
    """Raises BadIdentity for the first fact that is missing or too long, or a tax number that is none."""
    for each in fields(Identity):
        value = getattr(told, each.name)
        if each.name != "tax_number" and not 0 < len(value.strip()) <= LONGEST:
            raise BadIdentity(f"This has 1 to {LONGEST} characters.", field=each.name)
    if told.tax_number is None and not has_tax_number:
        raise BadIdentity("Tell the company's tax number.", field="tax_number")
    if told.tax_number is not None and not _TAX_NUMBER.fullmatch(told.tax_number):
        raise BadIdentity("A tax number has 3 to 40 letters, digits, spaces, dots, dashes.", field="tax_number")


def masked(tax_number: str) -> str:
    """All that pages show of it: the last three characters."""
    return f"•••{tax_number[-3:]}"


def changed(before: Mapping[str, str], told: Identity) -> list[str]:
    """The verified facts that are told otherwise now."""
    return [name for name in VERIFIED_FACTS if before.get(name) != getattr(told, name).strip()]


def check_contest(outcome: CompanyStatus, decided_at: datetime, contested_at: datetime | None, at: datetime) -> None:
    """Raises NothingToContest or TooLateToContest."""
    if outcome not in CONTESTABLE or contested_at is not None:
        raise NothingToContest
    if at > decided_at + CONTEST_FOR:
        raise TooLateToContest


def check_decider(decider: UUID, earlier: UUID | None) -> None:
    """`earlier` is who took the decision that is contested. Raises DecidedBefore."""
    if decider == earlier:
        raise DecidedBefore


AFTER_HANDING_IN: Mapping[CompanyStatus, str] = MappingProxyType(
    {CompanyStatus.REFUSED: "company.handed_in_again", CompanyStatus.VERIFIED: "company.changed"}
)
"""What makes a company wait for a decision again, by what it was."""
