"""Whether a plan keeps every rule and counts what its report says. It shares no code with the solver, on purpose.

Plain Python over the rows of the files, with the words of the files and moments of `datetime`: slow, and easy to read
beside docs/matching-files.md. It knows nothing of how a plan was made.
"""

import csv
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow.parquet

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
LEVELS = ["A1", "A2", "B1", "B2", "C1", "C2"]
WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
RULES = {"day": 600, "week": 2880, "rest": 660, "longest_day": 780, "hazard_day": 240}
SCORES: dict[str, Any] = {
    "urgency": [8_000_000, 4_000_000, 2_000_000, 1_000_000],
    "quality": 400,
    "continuity": 10_000,
    "language": 2_000,
    "want": 20_000,
    "band": 60,
    "spread_from": [0, 1200, 2400, 4800],
    "spread_points": [30, 20, 10, 0],
}
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, order=True)
class Work:
    """A time that somebody works: booked, or given by the plan."""

    start: datetime
    end: datetime
    is_hazardous: bool


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found: every broken rule in a sentence, and what the plan counts by parts."""

    broken: Sequence[str]
    filled: int
    objective: Mapping[str, int]

    @property
    def holds(self) -> bool:
        return not self.broken


class Instance:
    """The rows of a folder."""

    def __init__(self, folder: Path) -> None:
        manifest = json.loads((folder / "manifest.json").read_text())
        self.rules = RULES | manifest.get("rules", {})
        self.scores = SCORES | manifest.get("scores", {})
        kind = manifest.get("tables", "csv")
        self.people = {row["id"]: row for row in _rows(folder / f"contractors.{kind}")}
        self.shifts = {row["id"]: row for row in _rows(folder / f"shifts.{kind}")}
        self.booked: dict[str, list[Work]] = defaultdict(list)
        self.away: dict[str, list[tuple[datetime, datetime]]] = defaultdict(list)
        for row in _rows(folder / f"bookings.{kind}"):
            start, end = _moment(row["starts_at"]), _moment(row["ends_at"])
            if row["kind"] == "away":
                self.away[row["contractor"]].append((start, end))
            else:
                self.booked[row["contractor"]].append(Work(start, end, row["kind"] == "hazard"))

    def check(self, plan: Sequence[tuple[str, str]]) -> Checked:
        """Judges pairs of a shift and a contractor."""
        broken = [*self._rows_broken(plan)]
        known = [pair for pair in dict.fromkeys(plan) if pair[0] in self.shifts and pair[1] in self.people]
        given: dict[str, list[str]] = defaultdict(list)
        for shift, person in known:
            given[person].append(shift)
        totals: Counter[str] = Counter(fill=0, fit=0, want=0, band=0, spread=0)
        for person, shifts in given.items():
            broken += [f"{person}: {words}" for words in self.broken_by(person, shifts)]
            totals.update(self.counts(person, shifts))
        objective = dict(totals) | {"total": sum(totals.values())}
        return Checked(broken, len(known), objective)

    def _rows_broken(self, plan: Sequence[tuple[str, str]]) -> Iterator[str]:
        for pair, times in Counter(plan).items():
            if times > 1:
                yield f"{pair[1]} has a seat of {pair[0]} {times} times."
        for shift, taken in Counter(shift for shift, _ in plan).items():
            if shift not in self.shifts:
                yield f"There is no shift {shift}."
            elif taken > int(self.shifts[shift]["seats"]):
                yield f"{shift} has {self.shifts[shift]['seats']} seats, and {taken} are given."
        for person in dict.fromkeys(person for _, person in plan):
            if person not in self.people:
                yield f"There is no contractor {person}."

    # --- the rules ----------------------------------------------------------------------------------------------------

    def broken_by(self, person: str, shifts: Sequence[str]) -> list[str]:
        """Every rule that the shifts break for the person, in a sentence each."""
        who = self.people[person]
        rows = [self.shifts[shift] for shift in shifts]
        found = [f"{row['id']}: {words}" for row in rows for words in self._unfit(who, row)]
        given = sorted(_work(row) for row in rows)
        booked = self.booked[person]
        found += self._at_once(person, given)
        found += self._caps(who, given, booked)
        found += self._stretches(given, booked)
        return found

    def _unfit(self, who: Row, shift: Row) -> Iterator[str]:
        lacking = set(_words(shift["skills"])) - set(_words(who["skills"]))
        if lacking:
            yield f"lacks {', '.join(sorted(lacking))}."
        spoken = dict(word.split(":") for word in _words(who["languages"]))
        for word in _words(shift["languages"]):
            language, level = word.split(":")
            if language not in spoken or LEVELS.index(spoken[language]) < LEVELS.index(level):
                yield f"does not speak {word}."
        regions = _words(shift["regions"])
        if regions and who["region"] not in regions:
            yield f"is offered in {', '.join(regions)} alone."
        if int(shift["rate"]) < int(who["floor"]):
            yield f"pays {shift['rate']}, less than {who['floor']}."
        if int(shift["hazard"]) and int(who["hazard_minutes"]) == 0:
            yield "is hazardous without consent."
        if not _lies_in(who["available"], _moment(shift["starts_at"]), _moment(shift["ends_at"])):
            yield "lies in hours that are not available."

    def _at_once(self, person: str, given: Sequence[Work]) -> Iterator[str]:
        taken = [(work.start, work.end) for work in self.booked[person]] + self.away[person]
        for number, work in enumerate(given):
            others = taken + [(other.start, other.end) for other in given[:number]]
            for start, end in others:
                if start < work.end and work.start < end:
                    yield f"two things at once from {max(start, work.start)}."

    def _caps(self, who: Row, given: Sequence[Work], booked: Sequence[Work]) -> Iterator[str]:
        zone, rules = ZoneInfo(who["zone"]), self.rules
        hazard = [work for work in given if work.is_hazardous]
        hazard_booked = [work for work in booked if work.is_hazardous]
        by_day = (_by_day, "a day")
        by_week = (_by_week, "a week")
        limits = [
            (by_day, given, booked, rules["day"], ""),
            (by_week, given, booked, rules["week"], ""),
            ((_by_pay_week, "a week"), given, booked, int(who["most_minutes"]), "chosen "),
            (by_day, hazard, hazard_booked, rules["hazard_day"], "hazardous "),
            (by_week, hazard, hazard_booked, int(who["hazard_minutes"]), "hazardous "),
        ]
        for (count, words), new, old, most, kind in limits:
            touched, used = count(new, zone), count([*new, *old], zone)
            for period in touched:
                if used[period] > most:
                    yield f"{used[period]} {kind}minutes in {words} from {period}, at most {most}."

    def _stretches(self, given: Sequence[Work], booked: Sequence[Work]) -> Iterator[str]:
        rest, longest = self.rules["rest"] * MINUTE, self.rules["longest_day"] * MINUTE
        stretch: list[Work] = []
        for work in [*sorted([*given, *booked]), None]:
            if work is not None and (not stretch or work.start - max(each.end for each in stretch) < rest):
                stretch.append(work)
                continue
            if any(each in given for each in stretch):
                length = max(each.end for each in stretch) - stretch[0].start
                if length > longest or (longest == timedelta(0) and len(stretch) > 1):
                    yield f"works {length} from {stretch[0].start} without a rest."
            stretch = [] if work is None else [work]

    # --- the objective ------------------------------------------------------------------------------------------------

    def counts(self, person: str, shifts: Sequence[str]) -> dict[str, int]:
        """What the shifts count for the person, by parts."""
        who, scores = self.people[person], self.scores
        rows = [self.shifts[shift] for shift in shifts]
        given = [_work(row) for row in rows]
        wanted = who["wanted"] or who["available"]
        in_hours = [work for work in given if _lies_in(wanted, work.start, work.end)]
        return {
            "fill": sum(scores["urgency"][int(row["urgency"])] for row in rows),
            "fit": sum(self._fit(who, row) for row in rows),
            "want": scores["want"] * len(in_hours),
            "band": scores["band"] * self._towards_least(who, given, self.booked[person]),
            "spread": self._spread(int(who["recent_minutes"]), sum(_minutes(work) for work in given)),
        }

    def _fit(self, who: Row, shift: Row) -> int:
        spoken = dict(word.split(":") for word in _words(who["languages"]))
        needed = dict(word.split(":") for word in _words(shift["languages"]))
        above = [LEVELS.index(spoken[language]) - LEVELS.index(level) for language, level in needed.items()]
        knows = shift["company"] != "" and shift["company"] in _words(who["companies"])
        points = self.scores["quality"] * int(who["quality"]) + self.scores["language"] * min(above, default=0)
        return int(points + self.scores["continuity"] * knows)

    def _towards_least(self, who: Row, given: Sequence[Work], booked: Sequence[Work]) -> int:
        """Minutes of the given shifts that fill the hours which the person wants at least, week by week."""
        zone, least = ZoneInfo(who["zone"]), int(who["least_minutes"])
        new, old = _by_pay_week(given, zone), _by_pay_week(booked, zone)
        return sum(min(least, old[week] + minutes) - min(least, old[week]) for week, minutes in new.items())

    def _spread(self, recent: int, minutes: int) -> int:
        begins, points = self.scores["spread_from"], self.scores["spread_points"]
        total = 0
        for begin, end, each in zip(begins, [*begins[1:], 2**30], points, strict=True):
            total += each * max(0, min(end, recent + minutes) - max(begin, recent))
        return total


def check(folder: Path, plan: Path, report: Path | None = None) -> Checked:
    """Judges a plan of files, and whether its report says what it counts."""
    instance = Instance(folder)
    with plan.open(newline="") as file:
        rows = [(row["shift"], row["contractor"]) for row in csv.DictReader(file)]
    found = instance.check(rows)
    if report is None:
        return found
    return Checked([*found.broken, *_untrue(json.loads(report.read_text()), found)], found.filled, found.objective)


def _untrue(told: Row, found: Checked) -> Iterator[str]:
    if told["filled"] != found.filled:
        yield f"The report says {told['filled']} filled seats; there are {found.filled}."
    for part, points in found.objective.items():
        if told["objective"][part] != points:
            yield f"The report says {told['objective'][part]} points of {part}; there are {points}."
    if found.objective["total"] > told["bound"]:
        yield f"The plan counts {found.objective['total']}, more than its bound {told['bound']}."


def _rows(path: Path) -> Iterable[Row]:
    if path.suffix == ".parquet":
        yield from pyarrow.parquet.read_table(path).to_pylist()
        return
    with path.open(newline="", encoding="utf-8-sig") as file:
        yield from csv.DictReader(file)


def _words(text: str) -> list[str]:
    return text.split()


def _moment(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%MZ").replace(tzinfo=UTC)


def _work(shift: Row) -> Work:
    return Work(_moment(shift["starts_at"]), _moment(shift["ends_at"]), int(shift["hazard"]) == 1)


def _minutes(work: Work) -> int:
    return (work.end - work.start) // MINUTE


def _lies_in(hours: str, start: datetime, end: datetime) -> bool:
    hour = start.replace(minute=0)
    while hour < end:
        if not _is_open(hours, 24 * hour.weekday() + hour.hour):
            return False
        hour += HOUR
    return True


def _is_open(hours: str, hour: int) -> bool:
    if not hours.strip():
        return True
    if len(hours) == 42 and " " not in hours:
        return bool(int(hours[hour // 4], 16) >> (3 - hour % 4) & 1)
    parts = hours.lower().split()
    for day, window in zip(parts[::2], parts[1::2], strict=True):
        begin, end = window.split("-")
        if WEEKDAYS.index(day) == hour // 24 and int(begin) <= hour % 24 < int(end):
            return True
    return False


def _by_day(works: Iterable[Work], zone: ZoneInfo) -> Counter[Any]:
    """Minutes on each local day; work over midnight counts on both sides of it."""
    found: Counter[Any] = Counter()
    for work in works:
        start = work.start
        while start < work.end:
            local = start.astimezone(zone)
            tomorrow = datetime.combine(local.date() + DAY, datetime.min.time(), zone).astimezone(UTC)
            end = min(work.end, tomorrow)
            found[local.date()] += (end - start) // MINUTE
            start = end
    return found


def _by_week(works: Iterable[Work], zone: ZoneInfo) -> Counter[Any]:
    found: Counter[Any] = Counter()
    for day, minutes in _by_day(works, zone).items():
        found[day - timedelta(days=day.weekday())] += minutes
    return found


def _by_pay_week(works: Iterable[Work], zone: ZoneInfo) -> Counter[Any]:
    """All minutes of a shift, in the local week in which it begins."""
    found: Counter[Any] = Counter()
    for work in works:
        day = work.start.astimezone(zone).date()
        found[day - timedelta(days=day.weekday())] += _minutes(work)
    return found
