"""What stands on the clock of a booking that is over, and how it is written anew."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select

from marketplace.core.db import db
from marketplace.shifts import caps
from marketplace.shifts.clock_rules import EntryFlag, EntryKind, EntrySource
from marketplace.shifts.exposure import Exposed, stop_moment
from marketplace.shifts.hours import Stretch
from marketplace.shifts.models import Booking, TimeEntry
from marketplace.standards.hazard import HazardClass
from marketplace.workforce.models import Contractor


def entries_of(booking: Booking) -> Sequence[TimeEntry]:
    found = select(TimeEntry).where(TimeEntry.booking_id == booking.id)
    return db.session.scalars(found.order_by(TimeEntry.started_at, TimeEntry.ended_at)).all()


def stretches_of(entries: Sequence[TimeEntry]) -> list[Stretch]:
    """The closed ones of some length, as the clock counted them."""
    return [
        Stretch(each.kind, each.started_at, each.ended_at)
        for each in entries
        if each.ended_at is not None and each.ended_at > each.started_at
    ]


def write(
    booking: Booking,
    stretches: Sequence[Stretch],
    source: EntrySource,
    flags: Sequence[EntryFlag],
    *,
    is_forgotten: bool = False,
) -> None:
    """Puts these stretches in the place of what stands on the clock. One that stood there stays with what its device
    had said; each other is new, and flagged. Of a clock that `is_forgotten` the last one says so."""
    known = {(each.kind, each.started_at, each.ended_at): each for each in entries_of(booking)}
    wanted = [(each.kind, each.started_at, each.ended_at) for each in stretches]
    for key, entry in known.items():
        if key not in wanted:
            db.session.delete(entry)
    db.session.flush()
    written = [known.get(key) or _new(booking, key, source, flags) for key in wanted]
    for entry in written[:-1]:
        entry.flags = [flag for flag in entry.flags if flag != EntryFlag.FORGOTTEN]
    if is_forgotten and EntryFlag.FORGOTTEN not in written[-1].flags:
        written[-1].flags = [*written[-1].flags, str(EntryFlag.FORGOTTEN)]
    db.session.add_all(written)
    db.session.flush()


def _new(
    booking: Booking, key: tuple[EntryKind, datetime, datetime], source: EntrySource, flags: Sequence[EntryFlag]
) -> TimeEntry:
    kind, started_at, ended_at = key
    return TimeEntry(
        booking_id=booking.id,
        contractor_id=booking.contractor_id,
        kind=kind,
        started_at=started_at,
        ended_at=ended_at,
        source=source,
        flags=[str(flag) for flag in flags],
    )


def runs_elsewhere(booking: Booking, stretches: Sequence[Stretch]) -> bool:
    """Whether the person's clock ran in another booking in that time."""
    others = select(TimeEntry.id).where(
        TimeEntry.contractor_id == booking.contractor_id,
        TimeEntry.booking_id != booking.id,
        TimeEntry.started_at < stretches[-1].ended_at,
        (TimeEntry.ended_at.is_(None)) | (TimeEntry.ended_at > stretches[0].started_at),
    )
    return db.session.scalars(others.limit(1)).first() is not None


def breaks_cap(booking: Booking, stretches: Sequence[Stretch]) -> bool:
    """Whether so much work goes beyond a cap of its hazard class, with what its person was exposed to elsewhere."""
    hazard_class = HazardClass(booking.hazard_class)
    zone = ZoneInfo(db.session.get_one(Contractor, booking.contractor_id).timezone)
    spent = caps.spent_elsewhere(booking)
    for each in stretches:
        if each.kind in caps.EXPOSURE:
            if stop_moment(each.started_at, each.ended_at, zone, hazard_class, spent) is not None:
                return True
            spent.append(Exposed(hazard_class, each.started_at, each.ended_at))
    return False
