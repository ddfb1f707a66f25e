"""What a person was told about a year: written once; a correction is the next version, which says what changed."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CHAR, CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.db import Instant, Json, JsonList, choice
from marketplace.core.events import Subject
from marketplace.pay.taxes.schemes import Form


class YearStatement(Subject):
    """One version of the statement of a calendar year. It holds ids of companies and their names, and nobody else's."""

    __tablename__ = "year_statement"
    __table_args__ = (
        UniqueConstraint("contractor_id", "year", "version"),
        CheckConstraint("version >= 1", name="version_from_one"),
    )
    about: ClassVar[Mapping[str, str]] = MappingProxyType({"year_statement": "id", "contractor": "contractor_id"})

    contractor_id: Mapped[UUID] = mapped_column(ForeignKey("contractor.id"))
    year: Mapped[int]
    version: Mapped[int]
    country: Mapped[str] = mapped_column(CHAR(2))
    form: Mapped[Form] = mapped_column(choice(Form, "form"))
    figures: Mapped[Json]
    sha256: Mapped[str] = mapped_column(CHAR(64))
    changed: Mapped[JsonList]
    """What differs from the version before; empty of the first."""
    issued_at: Mapped[Instant]
