"""What a company handed in as files. Their contents lie in the vault."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.accounts.paper_rules import Shows
from marketplace.core.db import choice
from marketplace.core.papers import Paper, paper_constraints


class CompanyPaper(Paper):
    """A file by which a company shows what it is."""

    __tablename__ = "company_paper"
    __table_args__ = paper_constraints("company_paper", "company_id")
    about: ClassVar[Mapping[str, str]] = MappingProxyType({"company_paper": "id", "company": "company_id"})

    company_id: Mapped[UUID] = mapped_column(ForeignKey("company.id"))
    shows: Mapped[Shows] = mapped_column(choice(Shows, "shows"))
