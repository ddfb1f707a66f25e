"""Who may do what: roles, scopes, and the Actor that every verb is told."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID

from marketplace.core.problems import Forbidden, NotFound, Unauthenticated


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


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever asks: a person with their roles, or the service itself (`person_id` None).

    `kind` is what the audit line says: "person", "key" (a program with a company's API key) or "job".
    """

    person_id: UUID | None
    kind: str = "person"
    companies: Mapping[UUID, frozenset[Right]] = field(default_factory=dict)
    operator: frozenset[OperatorRole] = frozenset()

    def may(self, right: Right, company_id: UUID) -> bool:
        return right in self.companies.get(company_id, frozenset())

    def belongs_to(self, company_id: UUID) -> bool:
        return company_id in self.companies

    def is_operator(self, *roles: OperatorRole) -> bool:
        """Whether the person is an operator, in one of the roles if any are named. An admin is in all of them."""
        if not self.operator:
            return False
        return not roles or OperatorRole.ADMIN in self.operator or bool(self.operator.intersection(roles))


CLOCK = Actor(person_id=None, kind="job")
"""The service itself, acting because a time came or an event asked for it."""


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
    """The person behind the actor. Raises Unauthenticated when there is none."""
    if by.person_id is None:
        raise Unauthenticated
    return by.person_id
