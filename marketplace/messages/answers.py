"""The verb of published answers: what one person asked and everybody should know, in the company's words."""

from uuid import UUID

from sqlalchemy import insert, select, update

from marketplace.accounts.rules import Actor, Right, require_person
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import record
from marketplace.core.ids import new_id
from marketplace.core.lifecycle import move
from marketplace.gigs import queries as gigs
from marketplace.gigs.rules import NOT_CLOSED
from marketplace.messages import defects, queries
from marketplace.messages.models import Defect, Message, PublishedAnswer, Question, Thread
from marketplace.messages.rules import DefectStatus, NoSuchPart, Side, ThreadStatus, parts_of


def publish(
    gig_id: UUID, question: str, answer: str, part: int | None = None, version: int | None = None, *, by: Actor
) -> PublishedAnswer:
    """Answers everybody. With `part`, a part of that version of the instructions or of those that hold now, it answers
    the open questions about it and closes its ticket. Raises NotFound, Forbidden, NoSuchPart, WrongState when the gig
    is closed."""
    gig = gigs.locked(gig_id, Right.GIGS, by, *NOT_CLOSED)
    now = clock.now()
    held = gigs.instructions_at(gig_id, now) if version is None else gigs.instructions_of(gig_id, version)
    parts = [] if held is None else parts_of(held.text)
    if part is not None and not 1 <= part <= len(parts):
        raise NoSuchPart(f"They have {len(parts)} parts.", field="part")
    row = PublishedAnswer(
        gig_id=gig.id,
        company_id=gig.company_id,
        version=held.version if held is not None and part is not None else None,
        part=part,
        question=question.strip(),
        answer=answer.strip(),
        published_by=require_person(by),
        published_at=now,
    )
    db.session.add(row)
    record("answer.published", row, by=by)
    if row.version is not None:
        _answer_all(row, by)
        tickets = select(Defect.id).where(Defect.gig_id == gig.id, Defect.version == row.version, Defect.part == part)
        defects.close(db.session.scalars(tickets).all(), DefectStatus.EXPLAINED, by=by)
    return row


def _answer_all(row: PublishedAnswer, by: Actor) -> None:
    """The open questions about the part get the answer in their own threads, in four statements however many."""
    same = (Question.gig_id == row.gig_id, Question.version == row.version, Question.part == row.part)
    waiting = select(Thread.id).join(Question, Question.thread_id == Thread.id).where(*same, queries.is_open())
    ids = db.session.scalars(waiting.order_by(Thread.id).with_for_update(of=Thread)).all()
    old, new = ThreadStatus.WAITING, ThreadStatus.ANSWERED
    moved = move(Thread, ids, old=old, new=new, by=by, event="thread.answered")
    if not moved:
        return
    now = row.published_at
    ends = update(Question).where(Question.thread_id.in_(moved), queries.is_open())
    db.session.execute(ends.values(answered_at=now))
    said = {"side": Side.COMPANY, "words": row.answer, "said_by": row.published_by, "said_at": now}
    db.session.execute(insert(Message), [said | {"id": new_id(), "thread_id": each} for each in moved])
