"""One clock for all business time. Tests and the demonstration may move it; production may not."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, reset_tzpath

from flask import current_app
from sqlalchemy import BigInteger, CheckConstraint, SmallInteger, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core import queue
from marketplace.core.db import Base, Instant, db, send_one, transaction
from marketplace.core.problems import Conflict, Invalid
from marketplace.core.sending import Fixed, Order, Rows

# The rules of the zones are those of the pinned package, whatever the machine has, unless PYTHONTZPATH names others.
if "PYTHONTZPATH" not in os.environ:
    reset_tzpath(to=())

LOOK = "timetable.look"
"""The job that looks at everything on the timetable at once; it takes no arguments."""
_CACHED = "setara_clock_offset"
EARLIEST, LATEST = datetime(1999, 1, 4, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
"""Between these time may be moved. The first is the day of the first exchange rates that are known. Near the last year
that Python can count every sum of times would fail, also those of the request that would move the clock back."""


class ClockIsFixed(Conflict):
    code = "clock_is_fixed"
    title = "The clock of this service cannot be moved."
    remedy = "Moving time is for tests and demonstrations only."


class OutOfTime(Invalid):
    code = "out_of_time"
    title = f"The clock can be moved from {EARLIEST.year} to before {LATEST.year}."


class GoesBack(Invalid):
    code = "clock_goes_back"
    title = "This moment lies before what time it is."
    remedy = "Choose a later one, or say that the clock is to go back."


class UnknownZone(Invalid):
    code = "unknown_time_zone"
    title = "This is not a time zone of the IANA database."
    remedy = "Give a name such as Asia/Pontianak."


class ClockOffset(Base):
    """The one row that every process reads: how far business time stands from the machine's, or where it is still."""

    __tablename__ = "clock_offset"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    microseconds: Mapped[int] = mapped_column(BigInteger)
    still_at: Mapped[Instant | None]
    """While it is set, business time does not pass at all: what happens in it does not depend on a machine's speed."""


@dataclass(frozen=True, slots=True)
class _Standing:
    offset: timedelta
    still_at: datetime | None


_READ = Fixed(select(ClockOffset.microseconds, ClockOffset.still_at))
_held: ContextVar[_Standing | None] = ContextVar("setara_clock_held", default=None)


def now() -> datetime:
    """The present moment in UTC: the machine's clock, and where time may be moved, as far from it as it was moved.

    The offset is read once for each transaction, so that a verb that asks twice is not torn by a move in between.
    """
    standing = _standing()
    return standing.still_at or datetime.now(UTC) + standing.offset


def machine_time() -> datetime:
    """What the machine's own clock says: for delays of machines, never for business."""
    return datetime.now(UTC)


def move_to(moment: datetime, *, still: bool = False) -> None:
    """Makes `now()` continue from the moment in every process, or be that moment until the next move if it is to stand
    `still`. Raises ClockIsFixed in production, OutOfTime."""
    if not current_app.config["CLOCK_MOVABLE"]:
        raise ClockIsFixed
    if not EARLIEST <= moment < LATEST:
        raise OutOfTime(field="now")
    offset = moment - datetime.now(UTC)
    standing = _Standing(offset, moment if still else None)
    values = {"microseconds": offset // timedelta(microseconds=1), "still_at": standing.still_at}
    row = insert(ClockOffset).values(id=1, **values)
    db.session.execute(row.on_conflict_do_update(index_elements=["id"], set_=values))
    db.session().info[_CACHED] = standing


def travel_to(moment: datetime, *, still: bool = False, back: bool = True) -> None:
    """`move_to()`, and has everything on the timetable looked at in the new time, instead of when its turn comes.

    Raises GoesBack for a moment before this minute unless it may go `back`: what has happened stays, and would lie
    ahead.
    """
    if not back and moment < (present := now().replace(second=0, microsecond=0)):
        raise GoesBack(f"It is {present.isoformat()}.", field="now")
    move_to(moment, still=still)
    queue.defer(LOOK)


def stands_still() -> bool:
    """Whether business time does not pass: then nothing comes due but by a move."""
    return _standing().still_at is not None


def run_on() -> None:
    """Lets time that stands still go on from where it stands. Time that runs already is left alone."""
    if (still_at := _standing().still_at) is not None:
        move_to(still_at)


@contextmanager
def held() -> Iterator[None]:
    """While it lasts, every transaction of this thread has the time that stands still, and reads it no more: for work
    of many transactions. Whoever lets time stand still moves it on when that work is done.

    Time that passes is not held: what somebody starts after they moved the clock is not of a day that is over.
    """
    with transaction():
        standing = _standing()
    token = _held.set(standing if standing.still_at is not None else None)
    try:
        yield
    finally:
        _held.reset(token)


def forget() -> None:
    """Drops what this session remembers of the offset, so that the next `now()` reads the row again."""
    db.session().info.pop(_CACHED, None)


def unread() -> list[Order[None]]:
    """What reads the offset, to be sent with other statements by whoever will ask for `now()`; nothing where this
    transaction knows it."""
    if not current_app.config["CLOCK_MOVABLE"] or _held.get() is not None or _CACHED in db.session().info:
        return []
    return [Order(_READ, {}, _remember)]


def _standing() -> _Standing:
    if not current_app.config["CLOCK_MOVABLE"]:
        return _Standing(timedelta(), None)
    if (held_at := _held.get()) is not None:
        return held_at
    for order in unread():
        send_one(order)
    remembered: _Standing = db.session().info[_CACHED]
    return remembered


def _remember(rows: Rows) -> None:
    known = [_Standing(timedelta(microseconds=row.microseconds), row.still_at) for row in rows]
    db.session().info[_CACHED] = known[0] if known else _Standing(timedelta(), None)


def zone(name: str) -> ZoneInfo:
    """The zone of that IANA name. Raises UnknownZone."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as unknown:
        raise UnknownZone(f"{name!r} is not known.", field="timezone") from unknown
