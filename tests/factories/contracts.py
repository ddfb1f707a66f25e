"""Terms that may be offered, and contracts in whatever state a test needs them."""

from copy import deepcopy
from datetime import date
from typing import Any
from uuid import UUID

from marketplace.accounts import queries as people
from marketplace.contracts import queries, service
from marketplace.contracts.defaults import decent_terms
from marketplace.contracts.models import Contract, ContractVersion, Template
from tests.factories import accounts, workforce

FAIR_TERMS = decent_terms(date(2023, 1, 1), "15.00", "USD")


def terms(**changes: Any) -> dict[str, Any]:
    """Fair terms with changes by dotted path, the dots written as two underscores: `pay__amount="16.00"`."""
    made = deepcopy(FAIR_TERMS)
    for path, value in changes.items():
        *steps, last = path.split("__")
        place = made
        for step in steps:
            place = place[step]
        place[last] = value
    return made


def template(company_id: UUID, **changes: Any) -> Template:
    """A template that the company's first owner signed. Takes what `terms` takes."""
    owner = accounts.owner_of(company_id)
    assert owner.person_id is not None
    return service.write_template(company_id, terms(**changes), people.person(owner.person_id).name, by=owner)


def proposed(company_id: UUID | None = None, contractor_id: UUID | None = None, **changes: Any) -> Contract:
    """A contract that waits for the contractor; both parties are made if they are not given."""
    company_id = company_id or accounts.company().id
    contractor_id = contractor_id or workforce.contractor().id
    written = template(company_id, **changes)
    return service.propose(written.id, [contractor_id], by=accounts.owner_of(company_id))[0]


def signed(contract: Contract) -> ContractVersion:
    """Signs the newest version of the contract as its contractor."""
    me = accounts.actor_of(contract.contractor_id)
    newest = queries.versions(contract.id, me)[0]
    name = people.person(contract.contractor_id).name
    return service.sign(contract.id, name, newest.text_sha256, by=me)


def in_force(company_id: UUID | None = None, contractor_id: UUID | None = None, **changes: Any) -> ContractVersion:
    """A signed contract between the two, who are made if they are not given."""
    return signed(proposed(company_id, contractor_id, **changes))
