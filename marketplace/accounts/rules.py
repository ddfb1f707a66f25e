"""Who may do what: roles, scopes, and the Actor that every verb is told."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID

import email_validator

from marketplace.core.problems import Conflict, Forbidden, Invalid, NotFound, Unauthenticated

SESSION_KEY_LASTS = timedelta(hours=12)
"""How long a personal key, the API's sign-in, is good for."""
PASSWORD_LENGTH = (10, 200)
"""Fewest and most characters. Length is what makes a password strong: NIST SP 800-63B, section 5.1.1.2, asks for no
mixture of kinds and for no regular change."""
LOCALES = ("en", "id")


class CompanyRole(StrEnum):
    """What a member is in a company. Each may do what stands under its name in `COMPANY_RIGHTS`."""

    OWNER = "owner"
    MANAGER = "manager"
    FINANCE = "finance"
    VIEWER = "viewer"


class OperatorRole(StrEnum):
    """What an operator of the service is trusted with."""

    ADMIN = "admin"
    VETTING = "vetting"
    FINANCE = "finance"
    STANDARDS = "standards"
    DISPUTES = "disputes"
    """Rules on disputes between contractors and companies."""


class Right(StrEnum):
    """What can be done in a company's name. Also the scopes of an API key."""

    READ = "read"
    GIGS = "gigs"
    """Write gigs and shifts, publish, send offers."""
    TIMESHEETS = "timesheets"
    """Approve or cut time."""
    MONEY = "money"
    """Deposit, see pay lines and statements."""
    MEMBERS = "members"
    """Invite members, make and revoke API keys, sign contracts for the company."""


COMPANY_RIGHTS: Mapping[CompanyRole, frozenset[Right]] = MappingProxyType(
    {
        CompanyRole.OWNER: frozenset(Right),
        CompanyRole.MANAGER: frozenset({Right.READ, Right.GIGS, Right.TIMESHEETS}),
        CompanyRole.FINANCE: frozenset({Right.READ, Right.MONEY, Right.TIMESHEETS}),
        CompanyRole.VIEWER: frozenset({Right.READ}),
    }
)


class CompanyStatus(StrEnum):
    """Only a verified company may publish: an operator has looked who it is."""

    APPLIED = "applied"
    VERIFIED = "verified"
    REFUSED = "refused"
    SUSPENDED = "suspended"


COMPANY_TRANSITIONS: Mapping[CompanyStatus, frozenset[CompanyStatus]] = MappingProxyType(
    {
        CompanyStatus.APPLIED: frozenset({CompanyStatus.VERIFIED, CompanyStatus.REFUSED, CompanyStatus.SUSPENDED}),
        # A verified company whose name or signatory changed waits again.
        CompanyStatus.VERIFIED: frozenset({CompanyStatus.APPLIED, CompanyStatus.SUSPENDED}),
        CompanyStatus.REFUSED: frozenset({CompanyStatus.APPLIED}),
        CompanyStatus.SUSPENDED: frozenset({CompanyStatus.VERIFIED}),
    }
)


class BadAddress(Invalid):
    code = "email_not_valid"
    title = "This is not an e-mail address."


class WeakPassword(Invalid):
    code = "password_too_short"
    title = f"A password has {PASSWORD_LENGTH[0]} to {PASSWORD_LENGTH[1]} characters."
    remedy = "Take a few words that only you would put together."


class WrongCredentials(Unauthenticated):
    """One answer for an unknown address, a wrong password and a closed account: nobody learns who is here."""

    code = "wrong_credentials"
    title = "The e-mail address or the password is not right."
    remedy = "Try again, or have a new password sent."


class KeyNotValid(Unauthenticated):
    code = "key_not_valid"
    title = "This API key is unknown, expired or revoked."
    remedy = "Sign in again, or make a new key."


class TokenNotValid(Conflict):
    code = "link_not_valid"
    title = "This link is no longer good: it was used, or it is too old."
    remedy = "Ask for a new one."


class EmailNotConfirmed(Conflict):
    code = "email_not_confirmed"
    title = "Confirm your e-mail address first."
    remedy = "Follow the link in the message that we sent you, or have it sent again."


class LastOwner(Conflict):
    code = "last_owner"
    title = "A company keeps at least one owner."
    remedy = "Make another member an owner first."


class AlreadyMember(Conflict):
    code = "already_member"
    title = "This person is a member of the company already."


class NoSuchPerson(Invalid):
    code = "no_such_person"
    title = "Nobody with a confirmed account has this e-mail address."
    remedy = "Ask them to sign up and to confirm their address first."


class ScopeOutOfReach(Invalid):
    code = "scope_out_of_reach"
    title = "A key cannot do more than the person who makes it."


class ExpiryPast(Invalid):
    code = "expiry_past"
    title = "The key would have ended before it began."
    remedy = "Name a moment that is still to come, or none."


class RoleOutOfReach(Forbidden):
    code = "role_out_of_reach"
    title = "Nobody gives a role that may do more than they may themselves."
    remedy = "Ask somebody who holds those rights."


class OwnCompany(Forbidden):
    code = "own_company"
    title = "No operator decides about a company of their own."
    remedy = "Ask another operator."


class ReasonMissing(Invalid):
    code = "reason_missing"
    title = "This needs a reason in words."


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever asks: a person with their roles, or the service itself (`person_id` None).

    `kind` is what the audit line says: "person", "key" (a program with a company's API key, made by the person),
    "job" or "console".
    """

    person_id: UUID | None
    kind: str = "person"
    companies: Mapping[UUID, frozenset[Right]] = field(default_factory=dict)
    operator: frozenset[OperatorRole] = frozenset()

    def may(self, right: Right, company_id: UUID) -> bool:
        return right in self.companies.get(company_id, frozenset())

    def is_in_person(self, person_id: UUID) -> bool:
        """Whether that person themselves asks. A company's key is nobody in person, although it knows its maker."""
        return self.person_id == person_id and self.kind != "key"

    def belongs_to(self, company_id: UUID) -> bool:
        return company_id in self.companies

    def is_operator(self, *roles: OperatorRole) -> bool:
        """Whether the person is an operator, in one of the roles if any are named. An admin is in all of them."""
        if not self.operator:
            return False
        return not roles or OperatorRole.ADMIN in self.operator or bool(self.operator.intersection(roles))


CLOCK = Actor(person_id=None, kind="job")
"""The service itself, acting because a time came or an event asked for it."""
CONSOLE = Actor(person_id=None, kind="console")
"""Whoever may type commands on the machine: they could read and write everything anyway."""


def require_company(by: Actor, company_id: UUID, right: Right) -> None:
    """Other people's companies do not exist (NotFound); one's own may be out of reach (Forbidden)."""
    if not by.belongs_to(company_id):
        raise NotFound
    if not by.may(right, company_id):
        raise Forbidden(f"This needs the right '{right}' in the company.", right=str(right))


def require_operator(by: Actor, *roles: OperatorRole) -> None:
    """Only an operator in one of the roles. Anybody else is told that there is nothing here."""
    if not by.operator:
        raise NotFound
    if not by.is_operator(*roles):
        raise Forbidden(f"This needs an operator's role: {', '.join(roles)}.")


def require_person(by: Actor) -> UUID:
    """The person who acts for themselves. Raises Unauthenticated when there is none.

    A company's key is nobody in person, although it remembers who made it: it gets Forbidden.
    """
    if by.person_id is None:
        raise Unauthenticated
    if by.kind == "key":
        raise Forbidden("A company's key cannot do what only a person can.", remedy="Sign in as the person.")
    return by.person_id


def address(text: str) -> str:
    """The address in the one spelling in which it is kept: normalised, lower case. Raises BadAddress."""
    try:
        return email_validator.validate_email(text.strip(), check_deliverability=False).normalized.lower()
    except email_validator.EmailNotValidError as bad:
        raise BadAddress(str(bad), field="email") from bad


def check_password(password: str) -> None:
    """Raises WeakPassword when it is too short, or so long that hashing it would be an attack."""
    shortest, longest = PASSWORD_LENGTH
    if not shortest <= len(password) <= longest:
        raise WeakPassword(field="password")


def check_expiry(expires_at: datetime | None, moment: datetime) -> None:
    """Raises ExpiryPast unless a key that ends at `expires_at` is good for a while from `moment` on."""
    if expires_at is not None and expires_at <= moment:
        raise ExpiryPast(field="expires_at")


def require_confirmed(confirmed_at: datetime | None) -> None:
    """Whoever applies for something has shown that the address is theirs. Raises EmailNotConfirmed."""
    if confirmed_at is None:
        raise EmailNotConfirmed


def reason_given(reason: str) -> str:
    """The reason without the blanks around it. Raises ReasonMissing when nothing is left."""
    if not (given := reason.strip()):
        raise ReasonMissing(field="reason")
    return given


def check_owner_stays(roles: Mapping[UUID, CompanyRole], leaving: UUID) -> None:
    """Raises LastOwner when nobody but the person is an owner. `roles` are those of all members by person."""
    if not any(role is CompanyRole.OWNER for person, role in roles.items() if person != leaving):
        raise LastOwner


def check_scopes(scopes: Collection[Right], held: Collection[Right]) -> None:
    """A key's scopes are some, and none that its maker does not hold. Raises ScopeOutOfReach."""
    if not scopes:
        raise ScopeOutOfReach("A key needs at least one scope.", field="scopes")
    if beyond := set(scopes).difference(held):
        raise ScopeOutOfReach(f"You do not hold: {', '.join(sorted(beyond))}.", field="scopes")


def check_role(role: CompanyRole, held: Collection[Right]) -> None:
    """Raises RoleOutOfReach when the role may do what the giver may not: a key that manages members makes no owner."""
    if beyond := COMPANY_RIGHTS[role].difference(held):
        raise RoleOutOfReach(f"You do not hold: {', '.join(sorted(beyond))}.", field="role")


def key_rights(scopes: Collection[Right], maker: CompanyRole) -> frozenset[Right]:
    """What a company's key may do now: its scopes, as far as the person who made it still holds them.

    So nobody has to remember to revoke the keys of somebody whose role was taken away.
    """
    return COMPANY_RIGHTS[maker].intersection(scopes)


def available_account(company_id: UUID) -> str:
    """The ledger's name of the money that a company can still dispose of."""
    return f"company:{company_id}:available"
