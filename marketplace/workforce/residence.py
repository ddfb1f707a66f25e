"""Moving: somebody says where they live now and shows it, and an operator decides. From then on the floor, the hours
and the rest of the new place hold for new offers; what was accepted keeps its terms, which stand in the offer."""

from uuid import UUID

from sqlalchemy import Select, select

from marketplace.accounts.rules import Actor, OperatorRole, reason_given, require_operator, require_person
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import record
from marketplace.core.lifecycle import move_one
from marketplace.core.problems import NotFound
from marketplace.core.retention import PaperStatus
from marketplace.workforce import documents, papers
from marketplace.workforce.models import Contractor
from marketplace.workforce.paper_models import Document, ResidenceChange
from marketplace.workforce.papers import EvidenceMissing, MoveStatus, MoveWaits, NothingMoved, Purpose
from marketplace.workforce.rules import ContractorStatus, check_decider, check_place


def ask_to_move(country: str, subdivision: str | None, timezone: str, note: str, *, by: Actor) -> ResidenceChange:
    """Somebody who is vetted lives elsewhere now; the document that shows it was handed in before, for a move.

    Raises NotVettedYet, BadPlace, UnknownZone, NothingMoved, MoveWaits, EvidenceMissing.
    """
    me = _locked(require_person(by))
    if me.status in (ContractorStatus.APPLIED, ContractorStatus.REFUSED):
        raise papers.NotVettedYet
    check_place(country, subdivision)
    clock.zone(timezone)
    if (country, subdivision, timezone) == (me.country, me.subdivision, me.timezone):
        raise NothingMoved(field="country")
    if waiting(me.id) is not None:
        raise MoveWaits
    shown = select(Document.id).where(
        Document.contractor_id == me.id, Document.purpose == Purpose.MOVE, Document.status == PaperStatus.HELD
    )
    if db.session.scalar(shown.limit(1)) is None:
        raise EvidenceMissing("Missing: a document that shows where you live now.", missing={"residence": "document"})
    row = ResidenceChange(
        contractor_id=me.id,
        status=MoveStatus.ASKED,
        from_country=me.country,
        from_subdivision=me.subdivision,
        country=country,
        subdivision=subdivision,
        timezone=timezone,
        note=note,
        reason="",
        asked_at=clock.now(),
    )
    db.session.add(row)
    record("residence_change.asked", row, by=by)
    return row


def take_back(*, by: Actor) -> ResidenceChange:
    """Takes the request back that waits. Raises NotFound when none does."""
    me = _locked(require_person(by))
    if (row := waiting(me.id)) is None:
        raise NotFound
    values = {"decided_at": clock.now()}
    move_one(row, MoveStatus.WITHDRAWN, by=by, event="residence_change.withdrawn", values=values)
    documents.keep_until([me.id], clock.now(), Purpose.MOVE)
    return row


def decide(move_id: UUID, granted: bool, reason: str, *, by: Actor) -> ResidenceChange:
    """An operator has looked at what shows the new residence. Granted, it is where the contractor lives from now on.

    Raises NotFound or Forbidden, OwnCase, ReasonMissing, WrongState.
    """
    require_operator(by, OperatorRole.VETTING)
    found = db.session.get(ResidenceChange, move_id)
    if found is None:
        raise NotFound
    me = _locked(found.contractor_id)
    check_decider(require_person(by), me.id, earlier=None)
    moment = clock.now()
    new = MoveStatus.GRANTED if granted else MoveStatus.REFUSED
    values = {"reason": reason_given(reason), "decided_by": by.person_id, "decided_at": moment}
    move_one(found, new, by=by, event=f"residence_change.{new}", values=values)
    documents.keep_until([me.id], moment, Purpose.MOVE)
    if granted:
        me.country, me.subdivision, me.timezone = found.country, found.subdivision, found.timezone
    return found


def waiting(contractor_id: UUID) -> ResidenceChange | None:
    """The request that waits, if one does. The caller has made sure that the asker may see it."""
    found = select(ResidenceChange).where(
        ResidenceChange.contractor_id == contractor_id, ResidenceChange.status == MoveStatus.ASKED
    )
    return db.session.scalars(found).one_or_none()


def history(contractor_id: UUID, seen_by: Actor) -> list[ResidenceChange]:
    """Every move that somebody has asked for, the newest first, for them and for operators of vetting."""
    if not seen_by.is_in_person(contractor_id):
        require_operator(seen_by, OperatorRole.VETTING)
    if db.session.get(Contractor, contractor_id) is None:
        raise NotFound
    found = select(ResidenceChange).where(ResidenceChange.contractor_id == contractor_id)
    return list(db.session.scalars(found.order_by(ResidenceChange.id.desc())))


def queue(seen_by: Actor) -> Select[ResidenceChange]:
    """Moves that wait for an operator. Raises NotFound or Forbidden."""
    require_operator(seen_by, OperatorRole.VETTING)
    return select(ResidenceChange).where(ResidenceChange.status == MoveStatus.ASKED)


def _locked(contractor_id: UUID) -> Contractor:
    found = select(Contractor).where(Contractor.id == contractor_id, Contractor.status != ContractorStatus.CLOSED)
    locked = found.with_for_update().execution_options(populate_existing=True)
    if (row := db.session.scalars(locked).one_or_none()) is None:
        raise NotFound
    return row
