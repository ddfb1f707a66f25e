"""Many shifts of a gig at once, from a sheet or a calendar file: looked at line by line, then planned all or none."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from marketplace.accounts.rules import Actor, Right, require_company
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.problems import Invalid, NotFound, Problem
from marketplace.gigs.models import Gig
from marketplace.shifts import costing, laying
from marketplace.shifts.costing import PlanPrice
from marketplace.shifts.laying import Planned
from marketplace.shifts.models import Shift
from marketplace.shifts.sheet import Fault, Row, Sheet, SheetNotGood, read


@dataclass(frozen=True, slots=True)
class Look:
    """What a file would plan: its `rows`, what is wrong with which line, and the minutes of all seats together.
    `minutes_left` are those that the gig may still plan, or None if nothing limits it (house rule PILOT); `price` is
    what the rows cost."""

    rows: Sequence[Row]
    faults: Sequence[Fault]
    minutes: int
    minutes_left: int | None
    price: PlanPrice


def look(
    gig_id: UUID, content: str, timezone: str, seats: int, crew_id: UUID | None = None, standby: int = 0, *, by: Actor
) -> Look:
    """What the file says, and what is wrong with it. It plans nothing. Raises NotFound, UnknownZone.

    `timezone`, `seats` and `standby` stand for lines that say none. The gig is not locked: nobody's yes waits for a
    look.
    """
    gig = db.session.get(Gig, gig_id)
    if gig is None:
        raise NotFound
    require_company(by, gig.company_id, Right.GIGS)
    return _look(gig, content, timezone, (seats, standby), crew_id)


def plan(
    gig_id: UUID, content: str, timezone: str, seats: int, crew_id: UUID | None = None, standby: int = 0, *, by: Actor
) -> Sequence[Shift]:
    """Plans every shift of the file, or none. Raises SheetNotGood, which names every bad line, and what
    `laying.check()` raises."""
    gig = laying.own_gig(gig_id, by=by)
    found = _look(gig, content, timezone, (seats, standby), crew_id)
    if found.faults:
        raise SheetNotGood(found.faults)
    return laying.lay(gig, [_planned(row, crew_id) for row in found.rows], by=by)


def _look(gig: Gig, content: str, timezone: str, usual: tuple[int, int], crew_id: UUID | None) -> Look:
    """`usual` are the seats, and the people who stand by, of lines that say none."""
    clock.zone(timezone)
    seats, standby = usual
    sheet: Sheet = read(content.encode(), timezone, seats, _is_zone, standby)
    now, rows, faults = clock.now(), [], list(sheet.faults)
    for row in sheet.rows:
        try:
            laying.check_plan(_planned(row, crew_id), gig.company_id, now)
            rows.append(row)
        except Problem as wrong:
            faults.append(Fault(row.line, wrong.detail.replace("%", "%%")))
    planned = [_planned(row, crew_id) for row in rows]
    faults.sort(key=lambda fault: fault.line)
    minutes = sum(each.seat_minutes for each in planned)
    return Look(rows, faults, minutes, laying.volume_left(gig), costing.price_of(gig, planned))


def _planned(row: Row, crew_id: UUID | None) -> Planned:
    return Planned(row.starts_at, row.ends_at, row.timezone, row.seats, crew_id, standby=row.standby)


def _is_zone(name: str) -> bool:
    try:
        clock.zone(name)
    except Invalid:
        return False
    return True
