"""One clock for all business time. Tests and the demonstration may move it; production may not."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from flask import current_app
from sqlalchemy import BigInteger, CheckConstraint, SmallInteger, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.db import Base, db
from marketplace.core.problems import Conflict, Invalid

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


class UnknownZone(Invalid):
    code = "unknown_time_zone"
    title = "This is not a time zone of the IANA database."
    remedy = "Give a name such as Asia/Pontianak."


class ClockOffset(Base):
    """The one row that every process reads: how far business time stands from the machine's."""

    __tablename__ = "clock_offset"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    microseconds: Mapped[int] = mapped_column(BigInteger)


def now() -> datetime:
    """The present moment in UTC: the machine's clock, and where time may be moved, as far from it as it was moved.

    The offset is read once for each transaction, so that a verb that asks twice is not torn by a move in between.
    """
    return datetime.now(UTC) + _offset()


def machine_time() -> datetime:
    """What the machine's own clock says: for delays of machines, never for business."""
    return datetime.now(UTC)


def move_to(moment: datetime) -> None:
    """Makes `now()` continue from the moment in every process. Raises ClockIsFixed in production, OutOfTime."""
    if not current_app.config["CLOCK_MOVABLE"]:
        raise ClockIsFixed
    if not EARLIEST <= moment < LATEST:
        raise OutOfTime(field="now")
    offset = moment - datetime.now(UTC)
    micros = offset // timedelta(microseconds=1)
    row = insert(ClockOffset).values(id=1, microseconds=micros)
    db.session.execute(row.on_conflict_do_update(index_elements=["id"], set_={"microseconds": micros}))
    db.session().info[_CACHED] = offset


def forget() -> None:
    """Drops what this session remembers of the offset, so that the next `now()` reads the row again."""
    db.session().info.pop(_CACHED, None)


def _offset() -> timedelta:
    if not current_app.config["CLOCK_MOVABLE"]:
        return timedelta()
    info = db.session().info
    if _CACHED not in info:
        info[_CACHED] = timedelta(microseconds=db.session.scalar(select(ClockOffset.microseconds)) or 0)
    remembered: timedelta = info[_CACHED]
    return remembered


def zone(name: str) -> ZoneInfo:
    """The zone of that IANA name. Raises UnknownZone."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as unknown:
        raise UnknownZone(f"{name!r} is not known.", field="timezone") from unknown
