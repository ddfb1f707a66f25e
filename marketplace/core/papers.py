"""Files that somebody handed in for a decision. A room's table says whose they are and what they show; how long they
lie here, and how they are erased, is the same for all. Their contents lie in the vault."""

from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    func,
    select,
    text,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core import clock, vault
from marketplace.core.db import Instant, choice, db
from marketplace.core.events import Doer
from marketplace.core.files import FileKind
from marketplace.core.lifecycle import Stateful, move
from marketplace.core.retention import PAPER_TRANSITIONS, PaperStatus, Retention


class Paper(Stateful):
    """A file that lies encrypted with its owner's key until `erase_at`. The row stays and says that it was erased."""

    __abstract__ = True
    transitions = PAPER_TRANSITIONS

    status: Mapped[PaperStatus] = mapped_column(choice(PaperStatus, "status"))
    media_type: Mapped[FileKind] = mapped_column(choice(FileKind, "media_type"))
    size: Mapped[int] = mapped_column(Integer)
    pages: Mapped[int] = mapped_column(SmallInteger)
    file_id: Mapped[UUID | None] = mapped_column(ForeignKey("sealed_file.id"))
    handed_in_at: Mapped[Instant]
    erase_at: Mapped[Instant]
    erased_at: Mapped[Instant | None]


P = TypeVar("P", bound=Paper)


def paper_constraints(table: str, owner: str) -> tuple[CheckConstraint | Index, ...]:
    """What a table of papers holds to, and how it is looked for by its column `owner`."""
    return (
        CheckConstraint("(file_id IS NULL) = (status = 'erased')", name="erased_without_file"),
        CheckConstraint("(erased_at IS NULL) = (status = 'held')", name="erased_when"),
        Index(f"ix_{table}_erase_at", "erase_at", postgresql_where=text("status = 'held'")),
        Index(f"ix_{table}_{owner}_id", owner, "id"),
    )


def keep_until(
    table: type[Paper], which: Sequence[ColumnElement[bool]], kept: Retention, decided_at: datetime | None
) -> None:
    """Something was decided by these papers, or is open again (None): sets when they are erased."""
    last = table.handed_in_at + kept.at_most
    until = last if decided_at is None else func.least(last, decided_at + kept.after_decision)
    found = update(table).where(table.status == PaperStatus.HELD, *which)
    db.session.execute(found.values(erase_at=until))


def overdue(table: type[P], limit: int) -> Sequence[P]:
    """Papers whose time is over, locked; those that another worker is at are left to it."""
    due = select(table).where(table.status == PaperStatus.HELD, table.erase_at <= clock.now())
    found = due.order_by(table.erase_at).limit(limit).with_for_update(skip_locked=True)
    return db.session.scalars(found).all()


def erase(found: Sequence[Paper], event: str, *, by: Doer, told: Sequence[str]) -> list[UUID]:
    """Erases papers of one table and their contents, and returns the ids of those that were still here."""
    if not found:
        return []
    contents = [each.file_id for each in found if each.file_id is not None]
    erased = move(
        type(found[0]),
        [each.id for each in found],
        old=PaperStatus.HELD,
        new=PaperStatus.ERASED,
        by=by,
        event=event,
        values={"file_id": None, "erased_at": clock.now()},
        told=told,
    )
    if erased:
        vault.remove(contents)
    return erased
