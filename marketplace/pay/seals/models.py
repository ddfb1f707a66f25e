"""Seals over the books, and which entry stands where in them."""

from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Integer, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.db import Base, Instant
from marketplace.pay.seals.rules import SealLine


class Seal(Base):
    """One hash tree over entries of the books, and the seal before it. Written once, and published."""

    __tablename__ = "seal"
    __table_args__ = (
        UniqueConstraint("first"),
        CheckConstraint("number > 0 AND first >= 0 AND count > 0", name="covers_something"),
        CheckConstraint("length(root) = 32 AND length(previous) = 32", name="digests_are_whole"),
    )

    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    first: Mapped[int] = mapped_column(BigInteger)
    """The place of its first leaf among the leaves of all seals."""
    count: Mapped[int] = mapped_column(Integer)
    root: Mapped[bytes] = mapped_column(LargeBinary)
    previous: Mapped[bytes] = mapped_column(LargeBinary)
    """The digest of the line of the seal before it."""
    sealed_at: Mapped[Instant]

    @property
    def line(self) -> SealLine:
        return SealLine(self.number, self.first, self.count, self.root, self.previous, self.sealed_at)


class SealedEntry(Base):
    """An entry as a leaf of a seal. Its salt is thrown away with the person whom the entry is about; the leaf stays, so
    that the seal can still be checked."""

    __tablename__ = "sealed_entry"
    __table_args__ = (
        UniqueConstraint("entry_id"),
        CheckConstraint("length(leaf) = 32 AND length(salt) = 32", name="digests_are_whole"),
    )

    seal_number: Mapped[int] = mapped_column(ForeignKey("seal.number"), primary_key=True)
    place: Mapped[int] = mapped_column(Integer, primary_key=True)
    entry_id: Mapped[UUID] = mapped_column(ForeignKey("journal_entry.id"))
    leaf: Mapped[bytes] = mapped_column(LargeBinary)
    salt: Mapped[bytes | None] = mapped_column(LargeBinary)
