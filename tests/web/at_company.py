"""A company's pages, as one of its members visits them."""

from typing import Any
from uuid import UUID

from tests.web.visitor import Visitor


class AtCompany:
    """A visitor whose paths begin at the company."""

    def __init__(self, visitor: Visitor, company_id: UUID) -> None:
        self.visitor, self.root = visitor, f"/company/{company_id}"

    def look(self, path: str) -> Any:
        return self.visitor.look(self.root + path)

    def send(self, path: str, action: str = "", **fields: Any) -> Any:
        return self.visitor.send(self.root + path, self.root + action if action else "", **fields)
