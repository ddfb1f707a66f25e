"""Addresses under which a calendar program reads shifts."""

from types import MappingProxyType
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CHAR, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.db import Instant
from marketplace.core.events import Subject


class CalendarFeed(Subject):
    """A secret address: of its person's own shifts, or, with a company, of the shifts of that company, as long as its
    maker is a member of it. Only the SHA-256 of the secret is kept: it is 32 random bytes."""

    __tablename__ = "calendar_feed"
    __table_args__ = (UniqueConstraint("sha256"),)
    about: ClassVar = MappingProxyType({"feed": "id", "person": "person_id", "company": "company_id"})

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    company_id: Mapped[UUID | None] = mapped_column(ForeignKey("company.id"), index=True)
    sha256: Mapped[str] = mapped_column(CHAR(64))
    made_at: Mapped[Instant]
    revoked_at: Mapped[Instant | None]
