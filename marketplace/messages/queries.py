"""Reads of messages: one's own threads, a company's, and what can be said of a gig without naming anybody."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from marketplace.accounts.rules import Actor, Right, require_company, require_person
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.problems import NotFound
from marketplace.gigs import queries as gigs
from marketplace.gigs.models import Gig
from marketplace.messages.models import Defect, PublishedAnswer, Question, Thread
from marketplace.messages.rules import LEAST_MEASURED, MEASURED_OVER, DefectStatus, ReplyTime, Side, ThreadStatus, Wait


@dataclass(frozen=True, slots=True)
class Replies:
    """How fast questions about a gig, and of its whole company, were answered; None where too few were asked."""

    gig: ReplyTime | None
    company: ReplyTime | None


@dataclass(frozen=True, slots=True)
class GigAnswers:
    """What everybody who works on a gig may read: published answers, parts that people asked about twice, reply
    times."""

    gig: Gig
    items: Sequence[PublishedAnswer]
    defects: Sequence[Defect]
    replies: Replies


def thread(thread_id: UUID, *, seen_by: Actor) -> Thread:
    """A thread with its words: for its contractor, and for members with the right to the gig. Raises NotFound."""
    found = _whole().where(Thread.id == thread_id).execution_options(populate_existing=True)
    row = db.session.scalars(found).one_or_none()
    if row is None:
        raise NotFound
    side_of(row, seen_by)
    return row


def of_ids(ids: Collection[UUID]) -> Sequence[Thread]:
    """Threads with their words, in the order in which they were opened. Without permission."""
    found = _whole().where(Thread.id.in_(ids)).order_by(Thread.id).execution_options(populate_existing=True)
    return db.session.scalars(found).all()


def side_of(row: Thread, by: Actor) -> Side:
    """On which side of the thread somebody stands. Raises NotFound for everybody else."""
    if by.is_in_person(row.contractor_id):
        return Side.CONTRACTOR
    if by.may(Right.GIGS, row.company_id):
        return Side.COMPANY
    raise NotFound


def my_threads(*, seen_by: Actor) -> Select[Thread]:
    return _whole().where(Thread.contractor_id == require_person(seen_by))


def company_threads(company_id: UUID, *, seen_by: Actor) -> Select[Thread]:
    """For members with the right to gigs. Raises NotFound or Forbidden."""
    require_company(seen_by, company_id, Right.GIGS)
    return _whole().where(Thread.company_id == company_id)


def overdue(company_id: UUID, *, seen_by: Actor) -> Select[Thread]:
    """The company's threads whose first reply is late. Raises NotFound or Forbidden."""
    of_company = Question.company_id == company_id
    late = select(Question.thread_id).where(of_company, is_open(), Question.due_at <= clock.now())
    return company_threads(company_id, seen_by=seen_by).where(Thread.id.in_(late))


def waiting(company_id: UUID, *, seen_by: Actor) -> Select[Thread]:
    return company_threads(company_id, seen_by=seen_by).where(Thread.status == ThreadStatus.WAITING)


def answers(gig_id: UUID, *, seen_by: Actor) -> GigAnswers:
    """For whoever may see the gig. Raises NotFound."""
    return answers_of(gigs.gig(gig_id, seen_by))


def answers_of(gig: Gig) -> GigAnswers:
    """`answers()` without permission: for whoever knows that the reader has to do with the gig."""
    told = select(PublishedAnswer).where(PublishedAnswer.gig_id == gig.id).order_by(PublishedAnswer.id.desc())
    return GigAnswers(gig, db.session.scalars(told).all(), open_defects(gig.id), replies(gig))


def open_defects(gig_id: UUID) -> Sequence[Defect]:
    """The parts of a gig's instructions that are to be mended. Without permission."""
    found = select(Defect).where(Defect.gig_id == gig_id, Defect.status == DefectStatus.OPEN)
    return db.session.scalars(found.order_by(Defect.version, Defect.part)).all()


def replies(gig: Gig) -> Replies:
    """Without permission: it names nobody, and stands in every offer (FIRST_REPLY)."""
    return Replies(_reply_time(Question.gig_id == gig.id), _reply_time(Question.company_id == gig.company_id))


def waits(gig_id: UUID, contractor_id: UUID) -> list[Wait]:
    """For shifts: the stretches in which that person's time on the gig is protected (OPEN_QUESTION): from each question
    that is open now, and from each that was answered late to its answer."""
    found = select(Question.asked_at, Question.answered_at).where(
        Question.gig_id == gig_id,
        Question.contractor_id == contractor_id,
        or_(is_open(), Question.answered_at > Question.due_at),
    )
    return [Wait(row.asked_at, row.answered_at) for row in db.session.execute(found)]


def is_open() -> ColumnElement[bool]:
    """A question that waits for its first reply."""
    return and_(Question.answered_at.is_(None), Question.withdrawn_at.is_(None))


def _reply_time(whose: ColumnElement[bool]) -> ReplyTime | None:
    now = clock.now()
    end = func.coalesce(Question.answered_at, Question.withdrawn_at, now)
    in_time = Question.answered_at <= Question.due_at
    # What was withdrawn before it was due says nothing; after that it was the company's silence.
    counts = or_(Question.answered_at.is_not(None), func.coalesce(Question.withdrawn_at, now) >= Question.due_at)
    seconds = func.extract("epoch", end - Question.asked_at)
    found = select(
        func.count().label("questions"),
        func.count().filter(in_time).label("in_time"),
        func.percentile_cont(0.5).within_group(seconds).label("median"),
    ).where(whose, counts, Question.asked_at > now - MEASURED_OVER)
    row = db.session.execute(found).one()
    if row.questions < LEAST_MEASURED:
        return None
    return ReplyTime(row.questions, 100 * row.in_time // row.questions, round(row.median / 60))


def _whole() -> Select[Thread]:
    return select(Thread).options(joinedload(Thread.gig), selectinload(Thread.messages), selectinload(Thread.questions))
