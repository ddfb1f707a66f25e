"""Many shifts from a file: what a CSV sheet or an iCalendar file says, and what is wrong with which line. Pure.

A sheet has a line for each shift, in the clock time of a zone. Of a calendar each VEVENT is one (RFC 5545): one that
recurs is not taken, since a series is started as what it is.
"""

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final, NoReturn
from zoneinfo import ZoneInfo

from icalendar import Calendar
from icalendar.error import IncompleteComponent

from marketplace.core.problems import Invalid
from marketplace.shifts.recurrence import moment, shows

MOST_ROWS: Final = 1000
MOST_BYTES: Final = 256 * 1024
COLUMNS: Final = ("day", "begins", "ends", "seats", "timezone", "standby")
"""The columns of a sheet, named in its first line; the last three may be missing."""
_BEGIN = "BEGIN:VCALENDAR"


@dataclass(frozen=True, slots=True)
class Row:
    """A shift that a file asks for. `line` is counted from one; both moments are UTC."""

    line: int
    starts_at: datetime
    ends_at: datetime
    timezone: str
    seats: int
    standby: int = 0


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a line. The sentence has a place, as in `%(most)s`, for each thing that is `named`, so that it
    can be said in any language."""

    line: int
    sentence: str
    named: Mapping[str, str | int] = field(default_factory=dict)

    @property
    def words(self) -> str:
        return self.sentence % self.named


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a file says: the shifts that can be read, and what is wrong with the other lines."""

    rows: Sequence[Row]
    faults: Sequence[Fault]


class SheetNotGood(Invalid):
    """`faults` name each bad line. No shift was planned."""

    code = "sheet_not_good"
    title = "Something in the file is not right, so no shift was planned."
    remedy = "Correct the lines that are named, and send the whole file again."

    def __init__(self, faults: Sequence[Fault]) -> None:
        words = "; ".join(f"line {fault.line}: {fault.words}" for fault in faults[:3])
        told = [{"line": fault.line, "words": fault.words} for fault in faults]
        super().__init__(f"{len(faults)} bad lines. {words}", field="file", faults=told)
        self.faults = faults


class _Bad(Exception):
    """A line that cannot be read."""

    def __init__(self, sentence: str, **named: str | int) -> None:
        super().__init__(sentence)
        self.sentence, self.named = sentence, named


class _Unreadable(Exception):
    """A file that cannot be read."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.sentence)
        self.fault = fault


def read(content: bytes, timezone: str, seats: int, known: Callable[[str], bool], standby: int = 0) -> Sheet:
    """What the file says, whichever of the two it is. `timezone`, `seats` and `standby` stand where it says none;
    `known` tells whether a name is one of a zone. A file that cannot be read at all has one fault."""
    try:
        lines = list(_lines(content, timezone))
    except _Unreadable as broken:
        return Sheet((), [broken.fault])
    if not lines:
        return Sheet((), [Fault(1, "No shift stands in the file.")])
    if len(lines) > MOST_ROWS:
        return Sheet((), [Fault(lines[MOST_ROWS][0], "There are more than %(most)s shifts.", {"most": MOST_ROWS})])
    rows, faults = [], []
    usual = {"timezone": timezone, "seats": str(seats), "standby": str(standby)}
    for line, told in lines:
        try:
            rows.append(_row(line, usual | told, known))
        except _Bad as bad:
            faults.append(Fault(line, bad.sentence, bad.named))
    return Sheet(rows, faults + _twice(rows))


def _twice(rows: Sequence[Row]) -> list[Fault]:
    """What stands in the file before already: one shift with more seats is meant, or a line was pasted twice."""
    seen: dict[tuple[datetime, datetime], int] = {}
    first = {row.line: seen.setdefault((row.starts_at, row.ends_at), row.line) for row in rows}
    sentence = "The same time stands in line %(before)s already."
    return [Fault(line, sentence, {"before": before}) for line, before in first.items() if before != line]


def _lines(content: bytes, timezone: str) -> Iterator[tuple[int, dict[str, str]]]:
    """What each shift's line says, by the names of the columns."""
    if len(content) > MOST_BYTES:
        raise _Unreadable(Fault(1, "The file is larger than %(most)s kB.", {"most": MOST_BYTES // 1024}))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as bad:
        raise _Unreadable(Fault(content[: bad.start].count(b"\n") + 1, "This is not UTF-8.")) from bad
    return _events(text, timezone) if text.lstrip().upper().startswith(_BEGIN) else _table(text)


def write(rows: Sequence[Row]) -> str:
    """The shifts as a sheet that `read()` reads."""
    written = io.StringIO(newline="")
    table = csv.writer(written)
    table.writerow(COLUMNS)
    for row in rows:
        begins, ends = (each.astimezone(ZoneInfo(row.timezone)) for each in (row.starts_at, row.ends_at))
        times = [begins.date().isoformat(), f"{begins:%H:%M}", f"{ends:%H:%M}"]
        table.writerow([*times, row.seats, row.timezone, row.standby])
    return written.getvalue()


# --- a sheet ----------------------------------------------------------------------------------------------------------


def _table(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    first = text.partition("\n")[0]
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=";" if ";" in first else ",", strict=True)
    try:
        named = [name.strip().lower() for name in rows.fieldnames or ()]
        rows.fieldnames = named
        if not {"day", "begins", "ends"} <= set(named) <= set(COLUMNS) or len(set(named)) < len(named):
            wanted = {"columns": ", ".join(COLUMNS)}
            raise _Unreadable(Fault(1, "The first line names the columns: %(columns)s.", wanted))
        for row in rows:
            extra = {"too_many": "1"} if None in row else {}
            yield rows.line_num, {name: row[name].strip() for name in named if (row[name] or "").strip()} | extra
    except csv.Error as broken:
        told = {"broken": str(broken)}
        raise _Unreadable(Fault(rows.reader.line_num, "This is not CSV: %(broken)s.", told)) from broken


def _row(line: int, told: Mapping[str, str], known: Callable[[str], bool]) -> Row:
    if "wrong" in told:
        raise _Bad(told["wrong"])
    if "too_many" in told:
        raise _Bad("The line has more fields than the first line names.")
    if not known(told["timezone"]):
        raise _Bad("%(zone)s is not a time zone of the IANA database.", zone=told["timezone"])
    starts_at, ends_at = _moments(told, ZoneInfo(told["timezone"]))
    return Row(line, starts_at, ends_at, told["timezone"], _seats(told["seats"]), _people(told["standby"]))


def _moments(told: Mapping[str, str], place: ZoneInfo) -> tuple[datetime, datetime]:
    if "starts_at" in told:
        return datetime.fromisoformat(told["starts_at"]), datetime.fromisoformat(told["ends_at"])
    for name in ("day", "begins", "ends"):
        if name not in told:
            raise _Bad("The field %(name)s is empty.", name=name)
    day, begins, ends = _day(told["day"]), _time(told["begins"]), _time(told["ends"])
    try:
        last = day if ends > begins else day + timedelta(days=1)
        found = moment(day, begins, place), moment(last, ends, place)
        shown = shows(found[0], place, begins) and shows(found[1], place, ends)
    except OverflowError:  # The first and the last day of the calendar have no neighbour.
        _no_day(told["day"])
    if not shown:
        raise _Bad("On that day the clock of this zone leaves this time out.")
    return found


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text) if len(text) == len("2026-12-01") else _no_day(text)
    except ValueError:
        _no_day(text)


def _no_day(text: str) -> NoReturn:
    raise _Bad("%(text)s is not a day. Write it as 2026-12-01.", text=text)


def _time(text: str) -> time:
    try:
        return datetime.strptime(text, "%H:%M").replace(tzinfo=UTC).time()
    except ValueError as wrong:
        raise _Bad("%(text)s is not a time of day. Write it as 09:00.", text=text) from wrong


def _seats(text: str) -> int:
    if not _is_number(text):
        raise _Bad("%(text)s is not a number of seats.", text=text)
    return int(text)


def _people(text: str) -> int:
    if not _is_number(text):
        raise _Bad("%(text)s is not a number of people who stand by.", text=text)
    return int(text)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= len("9999")


# --- a calendar -------------------------------------------------------------------------------------------------------


def _events(text: str, timezone: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Each VEVENT with the line on which it begins. Times without a zone stand on the clock of `timezone`."""
    try:
        calendar = Calendar.from_ical(text)
    except (ValueError, KeyError, IndexError, OSError) as broken:  # A zone may name a directory of the database.
        raise _Unreadable(Fault(1, "This is not an iCalendar file.")) from broken
    begins = [number for number, line in enumerate(text.splitlines(), 1) if line.strip().upper() == "BEGIN:VEVENT"]
    for line, event in zip(begins, calendar.walk("VEVENT"), strict=False):
        yield line, _told(event, timezone)


def _told(event: Any, timezone: str) -> dict[str, str]:
    if "RRULE" in event or "RDATE" in event:
        return {"wrong": "It recurs. Plan it as shifts that recur."}
    if str(event.get("STATUS", "")).upper() == "CANCELLED":
        return {"wrong": "It is cancelled."}
    try:
        starts, ends = event.start, event.end
        if not isinstance(starts, datetime) or not isinstance(ends, datetime):
            return {"wrong": "It has days, but no times."}
        here = ZoneInfo(timezone)
        begins, stops = (
            (each if each.tzinfo else each.replace(tzinfo=here)).astimezone(UTC) for each in (starts, ends)
        )
    except (IncompleteComponent, ValueError, TypeError, OverflowError):
        return {"wrong": "It has no beginning and end that can be read."}
    zone = _unknown_zone(event) or getattr(starts.tzinfo, "key", None)
    moments = {"starts_at": begins.isoformat(), "ends_at": stops.isoformat()}
    return moments | ({"timezone": str(zone)} if zone not in (None, "UTC") else {})


def _unknown_zone(event: Any) -> str | None:
    """The zone that a time of the event names and that nobody knows: it would be read on another clock."""
    times = (event[name] for name in ("DTSTART", "DTEND") if name in event)
    return next((str(each.params["TZID"]) for each in times if "TZID" in each.params and not each.dt.tzinfo), None)
