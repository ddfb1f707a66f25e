"""The verbs of time: what somebody says about their weeks, about certain days, and when nothing may ring."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from marketplace.accounts.rules import Actor, require_person
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import record, record_each
from marketplace.core.ids import new_id
from marketplace.core.problems import NotFound
from marketplace.standards import public_holidays
from marketplace.workforce import calendar, queries
from marketplace.workforce.calendar import Dated, Quiet, Window, Wish
from marketplace.workforce.models import AvailabilityException, AvailabilityWindow, Contractor
from marketplace.workforce.rules import check_band


def set_availability(windows: Collection[Window], *, by: Actor) -> Contractor:
    """Sets the weekly windows, in the contractor's local time, in place of those before.

    Raises BadWindow, and ContradictoryAvailability for windows that say different things about the same minute, or that
    leave fewer hours than the contractor wants at the least.
    """
    return set_availabilities([(by, windows)])[0]


def set_availabilities(said: Sequence[tuple[Actor, Collection[Window]]]) -> list[Contractor]:
    """As `set_availability()`, of many people, each in their own name: as many statements as for one."""
    actors = {require_person(by): by for by, _ in said}
    weeks = {require_person(by): windows for by, windows in said}
    people = queries.locked_many(weeks)
    for known, windows in weeks.items():
        calendar.check_windows(windows)
        calendar.check_room(windows, people[known].band_min_hours)
    _write(weeks)
    record_each("contractor.availability_set", [(people[known], {}, actors[known]) for known in weeks])
    return [people[known] for known in weeks]


def paint(hours: Collection[tuple[int, int]], wish: Wish | None, *, by: Actor) -> Contractor:
    """Says something else about some hours of the week, pairs of weekday and hour, and leaves the others as they are.

    Raises what `set_availability` does.
    """
    me = queries.locked(require_person(by))
    windows = calendar.painted(queries.windows(me.id), hours, wish)
    return set_availability(windows, by=by)


def set_band(min_hours: int, max_hours: int, *, by: Actor) -> Contractor:
    """Sets how many hours a week the contractor wants. Raises BadBand, and ContradictoryAvailability when the week does
    not leave so many."""
    check_band(min_hours, max_hours)
    me = queries.locked(require_person(by))
    calendar.check_room(queries.windows(me.id), min_hours)
    me.band_min_hours, me.band_max_hours = min_hours, max_hours
    record("contractor.band_set", me, by=by)
    return me


def add_exception(dated: Dated, note: str = "", *, by: Actor) -> AvailabilityException:
    """Says of certain days what holds in place of the week. Raises BadException, TooManyExceptions,
    ContradictoryAvailability."""
    me = queries.locked(require_person(by))
    known = queries.exceptions(me.id)
    calendar.check_exception(dated, [each.dated for each in known], _today(me))
    row = AvailabilityException(**_columns(me, dated, note))
    db.session.add(row)
    record("contractor.exception_added", row, by=by)
    return row


def remove_exception(exception_id: UUID, *, by: Actor) -> None:
    """Lets the week hold again on those days. Raises NotFound unless it is the contractor's own."""
    me = queries.locked(require_person(by))
    row = db.session.get(AvailabilityException, exception_id)
    if row is None or row.contractor_id != me.id:
        raise NotFound
    record("contractor.exception_removed", row, by=by)
    db.session.delete(row)
    db.session.flush()


def add_holidays(year: int, wish: Wish, *, by: Actor) -> list[AvailabilityException]:
    """Says the same of every public holiday of that year that is still to come where the contractor lives, one
    exception each, which can be removed like any other.

    A day about which an exception says something else already is left as it is. Raises NoHolidaysKnown,
    TooManyExceptions.
    """
    me = queries.locked(require_person(by))
    today = _today(me)
    found = public_holidays.of_place(me.country, me.subdivision, year)
    known = [each.dated for each in queries.exceptions(me.id)]
    taken = {day for day in found for each in known if each.first_day <= day <= each.last_day}
    new = {day: name for day, name in found.items() if day >= today and day not in taken}
    if len(known) + len(new) > calendar.MOST_EXCEPTIONS:
        raise calendar.TooManyExceptions
    rows = [_columns(me, Dated(day, day, wish=wish), name[:200]) | {"id": new_id()} for day, name in new.items()]
    made: list[AvailabilityException] = []
    if rows:
        made += db.session.scalars(insert(AvailabilityException).returning(AvailabilityException), rows).all()
    record("contractor.holidays_added", me, by=by, data={"year": year, "days": len(made)})
    return made


def set_quiet(quiet: Quiet | None, *, by: Actor) -> Contractor:
    """Sets the hours of each day at which nothing rings, or takes them away."""
    me = queries.locked(require_person(by))
    me.quiet_from_minute = quiet.from_minute if quiet else None
    me.quiet_until_minute = quiet.until_minute if quiet else None
    record("contractor.quiet_set", me, by=by)
    return me


def _write(weeks: Mapping[UUID, Collection[Window]]) -> None:
    db.session.execute(delete(AvailabilityWindow).where(AvailabilityWindow.contractor_id.in_(weeks)))
    rows = [
        {
            "contractor_id": known,
            "weekday": each.weekday,
            "start_minute": each.start_minute,
            "end_minute": each.end_minute,
            "wish": each.wish,
        }
        for known, windows in weeks.items()
        for each in sorted(windows)
    ]
    if rows:
        db.session.execute(insert(AvailabilityWindow), rows)


def _columns(me: Contractor, dated: Dated, note: str) -> dict[str, object]:
    return {
        "contractor_id": me.id,
        "first_day": dated.first_day,
        "last_day": dated.last_day,
        "start_minute": dated.start_minute,
        "end_minute": dated.end_minute,
        "wish": dated.wish,
        "note": note.strip(),
    }


def _today(me: Contractor) -> date:
    return clock.now().astimezone(clock.zone(me.timezone)).date()
