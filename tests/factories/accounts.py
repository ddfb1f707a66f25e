"""People, operators, companies and the ways in which they sign in."""

from dataclasses import replace
from itertools import count
from uuid import UUID

from marketplace.accounts import keys, queries, service
from marketplace.accounts.entity import Identity
from marketplace.accounts.models import Company, Person
from marketplace.accounts.rules import CONSOLE, Actor, CompanyRole, OperatorRole, Right

IDENTITY = Identity(
    legal_name="Lab Example GmbH",
    country="DE",
    address="Example Street 1, 50667 Cologne",
    register="Commercial register B of Cologne",
    register_number="HRB 12345",
    owners="Olga Owner",
    signatory_name="Olga Owner",
    authority="Managing director",
    register_proof="https://register.example/HRB12345",
    authority_proof="https://register.example/HRB12345",
    tax_number="DE 123456789",
)
PASSWORD = "four small green lamps"
_numbers = count(1)


def person(
    email: str | None = None, *, name: str = "Ana Example", locale: str = "en", confirmed: bool = True
) -> Person:
    """Somebody with an account, whose password is PASSWORD."""
    made = service.sign_up(email or f"person{next(_numbers)}@example.com", PASSWORD, name, locale)
    assert made is not None, "the address is taken"
    if confirmed:
        service.confirm(service.verification_link(made.id).rsplit("/", 1)[1])
    return made


def person_of(person_id: UUID | None) -> Person:
    """The person of an actor, a booking or an offer."""
    assert person_id is not None
    return queries.person(person_id)


def operator(*roles: OperatorRole) -> Actor:
    """An operator in the roles, an admin if none is named."""
    who = person(name="Odi Operator")
    for role in roles or (OperatorRole.ADMIN,):
        service.grant_operator(who.id, role, "needed by a test", by=CONSOLE)
    return actor_of(who)


def company(
    owner: Person | Actor | None = None,
    *,
    verified: bool = True,
    legal_name: str = "Lab Example GmbH",
    country: str = "DE",
) -> Company:
    """A company, verified unless it says otherwise. Its owner is a new person if none is given."""
    by = actor_of(owner or person(name="Olga Owner"))
    made = service.apply_company(legal_name, country, "Olga Owner", by=by)
    service.hand_in(made.id, replace(IDENTITY, legal_name=legal_name, country=country), by=actor_of(by))
    if verified:
        service.verify_company(made.id, "seen its papers", by=operator(OperatorRole.VETTING))
    return made


def owner_of(company_id: UUID) -> Actor:
    """The first owner of the company, with the rights of now."""
    seen_by = Actor(None, companies={company_id: frozenset(Right)})
    owners = [m for m in queries.members(company_id, seen_by) if m.role is CompanyRole.OWNER]
    return actor_of(owners[0].person_id)


def member(company_id: UUID, role: CompanyRole = CompanyRole.MANAGER) -> Actor:
    """A new person in the company."""
    who = person(name="Mia Member")
    service.add_member(company_id, who.email, role, by=owner_of(company_id))
    return actor_of(who)


def actor_of(who: Person | Actor | UUID) -> Actor:
    """The person with the rights of now: an Actor is a snapshot, so ask again after a change."""
    if isinstance(who, Actor):
        assert who.person_id is not None
        return queries.actor_of(who.person_id)
    return queries.actor_of(who if isinstance(who, UUID) else who.id)


def bearer(who: Person | Actor | UUID) -> dict[str, str]:
    """The headers of a request that the person makes with a fresh personal key."""
    actor = actor_of(who)
    assert actor.person_id is not None
    return headers(keys.make_personal_key(actor.person_id).secret)


def company_bearer(company_id: UUID, *scopes: Right) -> dict[str, str]:
    """The headers of a request that a program of the company makes; with every right if none is named."""
    issued = service.make_key(company_id, "program", scopes or tuple(Right), by=owner_of(company_id))
    return headers(issued.secret)


def headers(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}
