"""The operators' desk as a visitor sees it."""

from typing import Any

from marketplace.accounts import queries as accounts_queries
from marketplace.accounts.models import Person
from marketplace.accounts.rules import OperatorRole
from tests.factories import accounts
from tests.web.visitor import Page, Visitor


class Desk:
    """A visitor whose paths begin at the desk."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor = visitor

    def look(self, path: str) -> Page:
        return self.visitor.look(f"/desk{path}")

    def send(self, path: str, action: str = "", **fields: Any) -> Page:
        return self.visitor.send(f"/desk{path}", f"/desk{action}" if action else "", **fields)


def operator(*roles: OperatorRole) -> Person:
    person_id = accounts.operator(*roles).person_id
    assert person_id is not None
    return accounts_queries.person(person_id)
