"""The doors of people, sign-ins and companies: their routes, bodies that they take, and how to ask one."""

from dataclasses import asdict
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient

from marketplace.accounts.guidelines import CURRENT
from tests.factories import accounts

SESSIONS = "POST /api/v1/sessions"
SIGN_OUT = "DELETE /api/v1/sessions/current"
SIGN_UP = "POST /api/v1/people"
ME = "GET /api/v1/people/me"
CHANGE_ME = "PATCH /api/v1/people/me"
CONFIRM = "POST /api/v1/people/confirmations"
ASK_CONFIRMATION = "POST /api/v1/people/me/confirmation-messages"
ASK_RESET = "POST /api/v1/password-resets"
RESET = "POST /api/v1/password-resets/<token>"
APPLY = "POST /api/v1/companies"
COMPANIES = "GET /api/v1/companies"
COMPANY = "GET /api/v1/companies/<uuid:company_id>"
VERIFY = "POST /api/v1/companies/<uuid:company_id>/verify"
REFUSE = "POST /api/v1/companies/<uuid:company_id>/refuse"
CONTEST = "POST /api/v1/companies/<uuid:company_id>/contest"
IDENTITY = "PUT /api/v1/companies/<uuid:company_id>/identity"
SHOW_IDENTITY = "GET /api/v1/companies/<uuid:company_id>/identity"
ADOPT = "POST /api/v1/companies/<uuid:company_id>/adoption"
WITHDRAW = "POST /api/v1/companies/<uuid:company_id>/adoption/withdraw"
ADOPTERS = "GET /api/v1/adopters"
ADOPTER = "GET /api/v1/adopters/<uuid:company_id>"
TAX_NUMBER = "POST /api/v1/companies/<uuid:company_id>/identity/tax-number"
SUSPEND = "POST /api/v1/companies/<uuid:company_id>/suspend"
EVENTS = "GET /api/v1/companies/<uuid:company_id>/events"
DECISIONS = "GET /api/v1/companies/<uuid:company_id>/decisions"
MEMBERS = "GET /api/v1/companies/<uuid:company_id>/members"
CHANGE_ROLE = "PATCH /api/v1/companies/<uuid:company_id>/members/<uuid:person_id>"
REMOVE_MEMBER = "DELETE /api/v1/companies/<uuid:company_id>/members/<uuid:person_id>"
MAKE_KEY = "POST /api/v1/companies/<uuid:company_id>/keys"
KEYS = "GET /api/v1/companies/<uuid:company_id>/keys"
REVOKE_KEY = "POST /api/v1/companies/<uuid:company_id>/keys/<uuid:key_id>/revoke"

BODIES: dict[str, dict[str, Any]] = {
    CHANGE_ME: {"name": "Ana Other"},
    APPLY: {"legal_name": "Lab GmbH", "country": "DE", "signatory_name": "Olga Owner"},
    VERIFY: {"reason": "seen its papers"},
    SUSPEND: {"reason": "does not answer"},
    REFUSE: {"reason": "No such entry in the register."},
    CONTEST: {"words": "The entry was made on Monday."},
    ADOPT: {"name": "Olga Owner", "text_sha256": CURRENT.sha256},
    IDENTITY: asdict(accounts.IDENTITY),
    CHANGE_ROLE: {"role": "finance"},
    MAKE_KEY: {"name": "robot", "scopes": ["read"]},
}
OF_A_COMPANY = (
    *(COMPANY, EVENTS, DECISIONS, MEMBERS, CHANGE_ROLE, REMOVE_MEMBER),
    *(MAKE_KEY, KEYS, REVOKE_KEY, CONTEST, IDENTITY, SHOW_IDENTITY, ADOPT, WITHDRAW),
)


def doors(*routes: str, question: str) -> list[Any]:
    """The routes as parameters of a test that answers the question for each."""
    return [pytest.param(route, marks=pytest.mark.door(route, question), id=route) for route in routes]


def ask(client: FlaskClient, route: str, ids: dict[str, UUID] | None = None, **more: Any) -> Any:
    """Makes the request of a route, with the ids in their places (or fresh ones that belong to nothing)."""
    method, _, path = route.partition(" ")
    for name in ("company_id", "person_id", "key_id"):
        path = path.replace(f"<uuid:{name}>", str((ids or {}).get(name) or uuid4()))
    if route in BODIES:
        more.setdefault("json", BODIES[route])
    return client.open(path, method=method, **more)
