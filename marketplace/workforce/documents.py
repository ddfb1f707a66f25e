"""Documents: handed in, looked at, erased. Their content lies in the vault; a look by an operator is an event."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.dialects.postgresql import insert

from marketplace.accounts.rules import CLOCK, Actor, OperatorRole, require_operator, require_person
from marketplace.core import clock, files, vault
from marketplace.core import papers as handed_in
from marketplace.core.db import db
from marketplace.core.events import record, record_each
from marketplace.core.files import FileKind
from marketplace.core.ids import new_id
from marketplace.core.lifecycle import WrongState
from marketplace.core.problems import NotFound
from marketplace.core.retention import PaperStatus
from marketplace.workforce import papers
from marketplace.workforce.models import Contractor, Requirement
from marketplace.workforce.paper_models import Document, ResidenceChange
from marketplace.workforce.papers import KEPT, DocumentInUse, MoveStatus, Purpose
from marketplace.workforce.rules import ContractorStatus, RequirementStatus


@dataclass(frozen=True, slots=True)
class Content:
    """A document that may be shown to whoever asked, and what it is."""

    document: Document
    kind: FileKind
    bytes: bytes


def hand_in(given: Sequence[tuple[Purpose, bytes]], *, by: Actor) -> list[Document]:
    """Takes documents of the contractor: all of them, or none. What they are is found in their content.

    Raises what `files.inspect` raises, TooManyDocuments, and Erased for somebody whose data were erased.
    """
    return hand_in_many([(purpose, content, by) for purpose, content in given])


def hand_in_many(given: Sequence[tuple[Purpose, bytes, Actor]]) -> list[Document]:
    """As `hand_in()`, of many people, each document with whose it is: as many statements as for one of one person."""
    actors = {require_person(by): by for _, _, by in given}
    # Reading a picture costs much: only for whoever may hand one in at all, and not while others wait for the lock.
    _check_open(actors)
    clean = [(require_person(by), purpose, files.inspect(content)) for purpose, content, by in given]
    _lock(actors)
    _check_room(Counter(owner for owner, _, _ in clean))
    moment = clock.now()
    kept = vault.put_many([(owner, each.content) for owner, _, each in clean])
    rows: list[dict[str, Any]] = [
        {
            "id": new_id(),
            "contractor_id": owner,
            "purpose": purpose,
            "status": PaperStatus.HELD,
            "media_type": each.kind,
            "size": len(each.content),
            "pages": each.pages,
            "file_id": file_id,
            "handed_in_at": moment,
            "erase_at": KEPT.until(moment, None),
        }
        for (owner, purpose, each), file_id in zip(clean, kept, strict=True)
    ]
    if not rows:
        return []
    made = list(db.session.scalars(insert(Document).returning(Document), rows))
    record_each("document.handed_in", ((each, {"purpose": each.purpose}, actors[each.contractor_id]) for each in made))
    return made


def take_back(document_id: UUID, *, by: Actor) -> Document:
    """The contractor takes a document back before anybody looks at it. It is erased at once. Raises DocumentInUse."""
    me = require_person(by)
    _lock([me])
    found = _find(document_id, me)
    if _is_in_use(found):
        raise DocumentInUse
    if not _erase([found], by):
        raise WrongState("It has been erased already.", state=str(PaperStatus.ERASED))
    return found


def documents(contractor_id: UUID, seen_by: Actor) -> list[Document]:
    """What somebody has handed in, erased documents too, the newest first: what they are, not what they show.

    For themselves and for operators of vetting. Raises NotFound or Forbidden.
    """
    _require_view(contractor_id, seen_by)
    found = select(Document).where(Document.contractor_id == contractor_id).order_by(Document.id.desc())
    return list(db.session.scalars(found))


def read(contractor_id: UUID, document_id: UUID, *, by: Actor) -> Content:
    """The content of a document. When an operator reads it, an event says who and when; nothing else does.

    Raises NotFound for everybody but the person and operators of vetting, Erased, VaultLocked.
    """
    _require_view(contractor_id, by)
    found = _find(document_id, contractor_id)
    if found.file_id is None:
        raise vault.Erased
    content = vault.get(found.file_id)
    if not by.is_in_person(contractor_id):
        record("document.read", found, by=by)
    return Content(found, found.media_type, content)


def keep_until(contractor_ids: Collection[UUID], decided_at: datetime | None, purpose: Purpose | None = None) -> None:
    """Something was decided by people's documents (all, or those of one purpose), or is open again (None): sets when
    they are erased. Documents of a move are not touched by what is decided about the application."""
    of_purpose = Document.purpose == purpose if purpose else Document.purpose != Purpose.MOVE
    handed_in.keep_until(Document, [Document.contractor_id.in_(contractor_ids), of_purpose], KEPT, decided_at)


def erase_due(limit: int) -> int:
    """Erases documents whose time is over, and returns how many. The row stays and says that it was erased."""
    return len(_erase(handed_in.overdue(Document, limit), CLOCK))


def erase_all(contractor_id: UUID, *, by: Actor) -> int:
    """Erases every document of somebody now, and returns how many: for whoever closes an account or erases a person."""
    held = select(Document).where(Document.contractor_id == contractor_id, Document.status == PaperStatus.HELD)
    return len(_erase(db.session.scalars(held.with_for_update()).all(), by))


def held_by_purpose(contractor_ids: Sequence[UUID]) -> Mapping[UUID, Mapping[Purpose, int]]:
    """How many documents lie here of each person, by purpose: one statement. The caller has checked who asks."""
    counted = select(Document.contractor_id, Document.purpose, func.count()).where(
        Document.contractor_id.in_(contractor_ids), Document.status == PaperStatus.HELD
    )
    found: dict[UUID, dict[Purpose, int]] = {}
    for person, purpose, count in db.session.execute(counted.group_by(Document.contractor_id, Document.purpose)):
        found.setdefault(person, {})[purpose] = count
    return found


def _erase(found: Sequence[Document], by: Actor) -> list[UUID]:
    return handed_in.erase(found, "document.erased", by=by, told=("purpose",))


def _is_in_use(document: Document) -> bool:
    """Whether an operator looks at it now, or has decided by it."""
    if document.purpose is Purpose.MOVE:
        waits = select(ResidenceChange.id).where(
            ResidenceChange.contractor_id == document.contractor_id, ResidenceChange.status == MoveStatus.ASKED
        )
        return db.session.scalar(waits) is not None
    shown = select(Requirement.id).where(
        Requirement.contractor_id == document.contractor_id,
        Requirement.kind == document.purpose.value,
        or_(
            Requirement.status == RequirementStatus.SUBMITTED,
            and_(Requirement.status == RequirementStatus.MET, Requirement.decided_at >= document.handed_in_at),
        ),
    )
    return db.session.scalar(shown) is not None


def _find(document_id: UUID, contractor_id: UUID) -> Document:
    found = select(Document).where(Document.id == document_id, Document.contractor_id == contractor_id)
    if (row := db.session.scalars(found).one_or_none()) is None:
        raise NotFound
    return row


def _open(contractor_ids: Collection[UUID]) -> Select[UUID]:
    return select(Contractor.id).where(Contractor.id.in_(contractor_ids), Contractor.status != ContractorStatus.CLOSED)


def _check_open(contractor_ids: Collection[UUID]) -> None:
    """Raises NotFound for whoever is no contractor, or has closed their account."""
    if len(db.session.scalars(_open(contractor_ids)).all()) < len(contractor_ids):
        raise NotFound


def _lock(contractor_ids: Collection[UUID]) -> None:
    """As `_check_open()`, and nobody else decides about them or hands in anything of theirs until the commit."""
    locked = _open(contractor_ids).order_by(Contractor.id).with_for_update()
    if len(db.session.scalars(locked).all()) < len(contractor_ids):
        raise NotFound


def _check_room(more: Mapping[UUID, int]) -> None:
    """Raises TooManyDocuments where somebody would have more than may lie here."""
    held = select(Document.contractor_id, func.count().label("held")).where(
        Document.contractor_id.in_(more), Document.status == PaperStatus.HELD
    )
    known = {row.contractor_id: row.held for row in db.session.execute(held.group_by(Document.contractor_id))}
    for contractor_id, count in more.items():
        papers.check_room(known.get(contractor_id, 0), count)


def _require_view(contractor_id: UUID, by: Actor) -> None:
    if not by.is_in_person(contractor_id):
        require_operator(by, OperatorRole.VETTING)
    if db.session.get(Contractor, contractor_id) is None:
        raise NotFound
