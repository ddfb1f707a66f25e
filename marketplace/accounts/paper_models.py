"""What a company handed in as files. Their contents lie in the vault."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.accounts import paper_rules
from marketplace.accounts.paper_rules import PaperStatus, Shows
from marketplace.core.db import Instant, choice
from marketplace.core.files import FileKind
from marketplace.core.lifecycle import Stateful


class CompanyPaper(Stateful):
    """A file by which a company shows what it is. It lies encrypted with the company's key until `erase_at`."""

    __tablename__ = "company_paper"
    __table_args__ = (
        CheckConstraint("(file_id IS NULL) = (status = 'erased')", name="erased_without_file"),
        CheckConstraint("(erased_at IS NULL) = (status = 'held')", name="erased_when"),
        Index("ix_company_paper_erase_at", "erase_at", postgresql_where=text("status = 'held'")),
        Index("ix_company_paper_company_id_id", "company_id", "id"),
    )
    about: ClassVar[Mapping[str, str]] = MappingProxyType({"company_paper": "id", "company": "company_id"})
    transitions = paper_rules.PAPER_TRANSITIONS

    company_id: Mapped[UUID] = mapped_column(ForeignKey("company.id"))
    shows: Mapped[Shows] = mapped_column(choice(Shows, "shows"))
    status: Mapped[PaperStatus] = mapped_column(choice(PaperStatus, "status"))
    media_type: Mapped[FileKind] = mapped_column(choice(FileKind, "media_type"))
    size: Mapped[int] = mapped_column(Integer)
    pages: Mapped[int] = mapped_column(SmallInteger)
    file_id: Mapped[UUID | None] = mapped_column(ForeignKey("sealed_file.id"))
    handed_in_at: Mapped[Instant]
    erase_at: Mapped[Instant]
    erased_at: Mapped[Instant | None]
