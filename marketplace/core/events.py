"""Event: one row written in the same transaction as the change it tells of.

The same row is the audit line, the line in a page's timeline, the source of notices and the body of a webhook. The
application's role may insert and read events, not change or delete them. An event holds ids, never personal data.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, Protocol
from uuid import UUID

from sqlalchemy import BigInteger, Identity, Index, Text, insert, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, Session, mapped_column

from marketplace.core import clock, queue
from marketplace.core.db import Base, Id, Instant, Json, before_commit, db

REACT = "react"
"""The job that answers committed events; its argument is `event_ids`."""
_FRESH = "setara_fresh_events"


class Doer(Protocol):
    """Whoever does something: a person, or the service itself with no person behind it."""

    @property
    def person_id(self) -> UUID | None: ...
    @property
    def kind(self) -> str: ...


class Subject(Base):
    """A row that events can be about. `about` maps words to its own columns, the row's own first."""

    __abstract__ = True
    about: ClassVar[Mapping[str, str]]

    id: Mapped[Id]


class Event(Base):
    __tablename__ = "event"
    __table_args__ = (
        Index("ix_event_about", "about", postgresql_using="gin"),
        Index("ix_event_subject_id_id", "subject_id", "id"),
        Index("ix_event_doer_id_id", "doer_id", "id", postgresql_where="doer_id IS NOT NULL"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    at: Mapped[Instant]
    name: Mapped[str] = mapped_column(Text)
    doer_id: Mapped[UUID | None]
    doer_kind: Mapped[str] = mapped_column(Text)
    subject_id: Mapped[UUID]
    about: Mapped[list[str]] = mapped_column(ARRAY(Text))
    data: Mapped[Json]

    def ref(self, word: str) -> UUID | None:
        """The id behind a word of `about`: `event.ref("gig")`."""
        for entry in self.about:
            name, _, value = entry.partition(":")
            if name == word:
                return UUID(value)
        return None


_WRITTEN = insert(Event).returning(Event.id)


def record(name: str, subject: Subject, *, by: Doer, data: Mapping[str, Any] | None = None) -> Event:
    """Writes the event of one changed row and has it answered after the commit. `data` must be JSON as it stands."""
    db.session.flush()  # A row that was only just added gets its id here.
    row = {
        "at": clock.now(),
        "name": name,
        "doer_id": by.person_id,
        "doer_kind": by.kind,
        "subject_id": subject.id,
        "about": references(subject),
        "data": dict(data or {}),
    }
    event_id = db.session.connection().execute(_WRITTEN, row).scalar_one()
    announce([event_id])
    return Event(id=event_id, **row)


def record_many(name: str, told: Iterable[tuple[Subject, Mapping[str, Any]]], *, by: Doer) -> None:
    """As `record()`, of many rows, each with what is to be said of it: one statement for a thousand of them."""
    record_each(name, ((subject, data, by) for subject, data in told))


def record_each(name: str, told: Iterable[tuple[Subject, Mapping[str, Any], Doer]]) -> None:
    """As `record_many()`, of rows each of which was changed by somebody else."""
    db.session.flush()
    shared = {"at": clock.now(), "name": name}
    rows = [
        shared
        | {"doer_id": by.person_id, "doer_kind": by.kind}
        | {"subject_id": subject.id, "about": references(subject), "data": dict(data)}
        for subject, data, by in told
    ]
    if rows:
        announce(db.session.scalars(_WRITTEN, rows).all())


def references(subject: Subject) -> list[str]:
    """`["gig:0199…", "company:0199…"]` of a row, its own first, without those that are empty."""
    pairs = ((word, getattr(subject, column)) for word, column in subject.about.items())
    return [f"{word}:{value}" for word, value in pairs if value is not None]


def announce(event_ids: Sequence[int]) -> None:
    """Has the job that reacts to events started when, and only when, the transaction commits: one job for all."""
    if not event_ids:
        return
    db.session().info.setdefault(_FRESH, []).extend(event_ids)
    before_commit(REACT, _defer_reactions)


def _defer_reactions(session: Session) -> None:
    fresh = session.info.pop(_FRESH, [])
    queue.defer_last(REACT, event_ids=fresh)


def timeline(word: str, subject_id: UUID, *, limit: int = 50) -> list[Event]:
    """The newest events about a thing, newest first. The caller has made sure that the asker may see the thing."""
    found = select(Event).where(Event.about.contains([f"{word}:{subject_id}"])).order_by(Event.id.desc())
    return list(db.session.scalars(found.limit(limit)))


def log(name: str | None = None, *, before: int | None = None, limit: int = 50) -> list[Event]:
    """The newest events of the whole service, newest first, of one name if it is given. `before` is the id of the last
    one of the page before. The caller has made sure that the asker may see everything."""
    found = select(Event).order_by(Event.id.desc()).limit(limit)
    if name is not None:
        found = found.where(Event.name == name)
    if before is not None:
        found = found.where(Event.id < before)
    return list(db.session.scalars(found))
