"""The verbs of threads: ask, go on, close, and tell a company once of what waits too long."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import func, insert, select, update
from sqlalchemy.dialects.postgresql import distinct_on

from marketplace.accounts.models import Company, Person
from marketplace.accounts.rules import CLOCK, Actor, require_person
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import Event, record, record_many
from marketplace.core.ids import new_id
from marketplace.core.lifecycle import move, move_one
from marketplace.gigs.models import Gig, Instructions
from marketplace.messages import defects, queries
from marketplace.messages.models import Message, Question, Thread
from marketplace.messages.rules import (
    MOST_AN_HOUR,
    MOST_TOLD_AN_HOUR,
    MOST_WAITING,
    MustAnswerFirst,
    NoSuchPart,
    Side,
    ThreadStatus,
    TooManyMessages,
    TooManyWaiting,
    first_reply_due,
    parts_of,
)
from marketplace.standards import public_holidays


@dataclass(frozen=True, slots=True)
class About:
    """What is asked about: a gig, or one shift of it, in a zone, with the instructions that hold there."""

    gig: Gig
    shift_id: UUID | None
    timezone: str
    instructions: Instructions | None


def ask(about: About, words: str, part: int | None, *, by: Actor) -> Thread:
    """For shifts, which knows that the person has to do with the gig: opens a thread with its first question. `part`
    numbers a part of the instructions. Raises NoSuchPart, TooManyMessages, TooManyWaiting."""
    me, gig = require_person(by), about.gig
    _check_part(about.instructions, part)
    _check_pace(me)
    waiting = select(func.count()).where(
        Thread.contractor_id == me, Thread.gig_id == gig.id, Thread.status == ThreadStatus.WAITING
    )
    if db.session.scalars(waiting).one() >= MOST_WAITING:
        raise TooManyWaiting
    row = Thread(
        gig_id=gig.id,
        company_id=gig.company_id,
        contractor_id=me,
        shift_id=about.shift_id,
        timezone=about.timezone,
        opened_at=clock.now(),
        status=ThreadStatus.WAITING,
    )
    db.session.add(row)
    record("thread.asked", row, by=by)
    _say(row, Side.CONTRACTOR, words, me)
    version = about.instructions.version if about.instructions is not None and part is not None else None
    _wait(row, version, part, by)
    return queries.thread(row.id, seen_by=by)


def write(thread_id: UUID, words: str, asks: bool = True, *, by: Actor) -> Thread:
    """A message of either side; a closed thread is open again. The company's answers what waits. `asks` says whether a
    contractor's message waits for an answer. Raises NotFound, TooManyMessages."""
    row = _locked(thread_id, by)
    side, me = queries.side_of(row, by), require_person(by)
    _check_pace(me)
    if side is Side.COMPANY:
        _answer(row, by)
    elif asks and row.status is not ThreadStatus.WAITING:
        move_one(row, ThreadStatus.WAITING, by=by, event="thread.asked")
        _wait(row, None, None, by)
    elif row.status is ThreadStatus.CLOSED:
        move_one(row, ThreadStatus.ANSWERED, by=by, event="thread.said")
    else:
        record("thread.said", row, by=by)
    _say(row, side, words, me)
    return queries.thread(row.id, seen_by=by)


def close(thread_id: UUID, *, by: Actor) -> Thread:
    """Either side ends the thread. A contractor's open question is withdrawn by it; a company answers first. Raises
    NotFound, MustAnswerFirst, WrongState when it is closed."""
    row = _locked(thread_id, by)
    if row.status is ThreadStatus.WAITING:
        if queries.side_of(row, by) is Side.COMPANY:
            raise MustAnswerFirst
        _end_question(row, "withdrawn_at")
    move_one(row, ThreadStatus.CLOSED, by=by, event="thread.closed")
    return queries.thread(row.id, seen_by=by)


def tell(about: About, people: Collection[UUID], words: str, *, by: Actor) -> Sequence[Thread]:
    """For shifts, which knows who has a seat and has locked the gig: the company writes the same to these people about
    one shift, to each in a thread of their own; where there is one it goes on. Nobody owes an answer, so nothing waits
    for one; and what is written to many answers nobody's question, so a thread that waits still does (FIRST_REPLY).
    As many statements for a hundred people as for one. Raises TooManyMessages."""
    me, now, gig = require_person(by), clock.now(), about.gig
    _check_tellings(about)
    known = _of_shift(about, people)
    closed = [row.id for row in known.values() if row.status is ThreadStatus.CLOSED]
    move(Thread, closed, old=ThreadStatus.CLOSED, new=ThreadStatus.ANSWERED, by=by, event="shift.told")
    fresh = [
        Thread(
            gig_id=gig.id,
            company_id=gig.company_id,
            contractor_id=person_id,
            shift_id=about.shift_id,
            timezone=about.timezone,
            opened_at=now,
            status=ThreadStatus.ANSWERED,
        )
        for person_id in people
        if person_id not in known
    ]
    db.session.add_all(fresh)
    open_ = [row for row in known.values() if row.id not in closed]
    record_many("shift.told", [(row, {}) for row in (*fresh, *open_)], by=by)
    said = {"side": Side.COMPANY, "words": words.strip(), "said_by": me, "said_at": now}
    ids = [row.id for row in (*known.values(), *fresh)]
    db.session.execute(insert(Message), [said | {"id": new_id(), "thread_id": each} for each in ids])
    return queries.of_ids(ids)


def tell_overdue(limit: int) -> int:
    """Tells companies of first replies that are late, each once (FIRST_REPLY). Returns how many."""
    due = select(Question).where(queries.is_open(), Question.told_at.is_(None), Question.due_at <= clock.now())
    late = db.session.scalars(due.order_by(Question.due_at).limit(limit).with_for_update(skip_locked=True)).all()
    for each in late:
        each.told_at = clock.now()
    record_many("question.overdue", [(each, {}) for each in late], by=CLOCK)
    return len(late)


def _of_shift(about: About, people: Collection[UUID]) -> dict[UUID, Thread]:
    """The newest thread of each of the people about the shift, of those who have one, locked."""
    newest = (
        select(Thread.id)
        .where(Thread.shift_id == about.shift_id, Thread.contractor_id.in_(people))
        .ext(distinct_on(Thread.contractor_id))
        .order_by(Thread.contractor_id, Thread.id.desc())
    )
    found = select(Thread).where(Thread.id.in_(newest)).order_by(Thread.id).with_for_update(of=Thread)
    rows = db.session.scalars(found.execution_options(populate_existing=True))
    return {row.contractor_id: row for row in rows}


def _check_tellings(about: About) -> None:
    """What a company says of itself about a shift is counted; its answers to questions are not."""
    since = clock.now() - timedelta(hours=1)
    # One telling writes its events within a moment, those of closed threads before the others.
    moments = func.date_trunc("second", Event.at)
    told = select(func.count(moments.distinct())).where(
        Event.name == "shift.told", Event.about.contains([f"shift:{about.shift_id}"]), Event.at > since
    )
    if db.session.scalars(told).one() >= MOST_TOLD_AN_HOUR:
        raise TooManyMessages


def _locked(thread_id: UUID, by: Actor) -> Thread:
    """The thread, locked, for one of its two sides. Raises NotFound."""
    queries.thread(thread_id, seen_by=by)
    found = select(Thread).where(Thread.id == thread_id).with_for_update(of=Thread)
    return db.session.scalars(found.execution_options(populate_existing=True)).one()


def _answer(row: Thread, by: Actor) -> None:
    if row.status is ThreadStatus.WAITING:
        _end_question(row, "answered_at")
        move_one(row, ThreadStatus.ANSWERED, by=by, event="thread.answered")
    elif row.status is ThreadStatus.CLOSED:
        move_one(row, ThreadStatus.ANSWERED, by=by, event="thread.told")
    else:
        record("thread.told", row, by=by)


def _end_question(row: Thread, how: str) -> None:
    ends = update(Question).where(Question.thread_id == row.id, queries.is_open())
    db.session.execute(ends.values({how: clock.now()}))


def _say(row: Thread, side: Side, words: str, person_id: UUID) -> None:
    said = Message(thread_id=row.id, side=side, words=words.strip(), said_by=person_id, said_at=clock.now())
    db.session.add(said)
    db.session.flush()


def _wait(row: Thread, version: int | None, part: int | None, by: Actor) -> None:
    """The thread begins to wait for a first reply."""
    now = clock.now()
    country = db.session.get_one(Company, row.company_id).country
    asked = Question(
        thread_id=row.id,
        gig_id=row.gig_id,
        company_id=row.company_id,
        contractor_id=row.contractor_id,
        version=version,
        part=part,
        asked_at=now,
        due_at=first_reply_due(now, clock.zone(row.timezone), _days_off(country, now)),
    )
    db.session.add(asked)
    db.session.flush()
    if version is not None and part is not None:
        defects.open_if_twice(row.gig_id, version, part, by=by)


def _days_off(country: str, now: datetime) -> Collection[date]:
    """The public holidays where the company is, of the weeks to come. Where none are known, only weekends are off."""
    found: set[date] = set()
    for year in {now.year, (now + timedelta(days=30)).year}:
        try:
            found.update(public_holidays.of_place(country, None, year))
        except public_holidays.NoHolidaysKnown:
            continue
    return found


def _check_part(instructions: Instructions | None, part: int | None) -> None:
    parts = [] if instructions is None else parts_of(instructions.text)
    if part is not None and not 1 <= part <= len(parts):
        raise NoSuchPart(f"They have {len(parts)} parts.", field="part")


def _check_pace(person_id: UUID) -> None:
    # One after the other: two messages at once would each count without the other.
    db.session.execute(select(Person.id).where(Person.id == person_id).with_for_update(key_share=True))
    since = clock.now() - timedelta(hours=1)
    # What a company wrote to many at once was written once.
    written = select(func.count(Message.said_at.distinct())).where(
        Message.said_by == person_id, Message.said_at > since
    )
    if db.session.scalars(written).one() >= MOST_AN_HOUR:
        raise TooManyMessages
