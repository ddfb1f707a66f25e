"""What is known of a place, as somebody enters it, and what a change of it would take from people.

Nothing is overwritten: a change is a new version. One that lowers a protection, by a law that fell or by a slip of the
finger, counts only when a second person has confirmed it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType
from typing import Any, Final

from marketplace.core.problems import Conflict, Forbidden, Invalid
from marketplace.standards.catalogue import RULES
from marketplace.standards.floor import Benchmark, FloorKind, Period, hours_per
from marketplace.standards.verdicts import Confidence

_AS_OF: Final = re.compile(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?")


class Protection(StrEnum):
    """What a place's law gives to people there."""

    FLOOR = "floor"
    REST = "rest"
    WEEK = "week"
    OVERTIME = "overtime"


class ChangeStatus(StrEnum):
    """A change that lowers nothing is in force at once; one that lowers something waits for a second person."""

    WAITING = "waiting"
    IN_FORCE = "in_force"
    REFUSED = "refused"


CHANGE_TRANSITIONS: Final[Mapping[ChangeStatus, frozenset[ChangeStatus]]] = MappingProxyType(
    {
        ChangeStatus.WAITING: frozenset({ChangeStatus.IN_FORCE, ChangeStatus.REFUSED}),
        ChangeStatus.IN_FORCE: frozenset(),
        ChangeStatus.REFUSED: frozenset(),
    }
)


class BadRegion(Invalid):
    code = "bad_region"
    title = "This cannot be kept as what is known of a place."
    remedy = "Give each value with its unit and confidence, where it was published, and from when it holds."


class ChangedMeanwhile(Conflict):
    code = "place_changed"
    title = "What is known of the place has changed since."
    remedy = "Look at the newest version and change that."


class SamePerson(Forbidden):
    code = "same_person"
    title = "A change that lowers a protection is confirmed by somebody else than who proposed it."
    remedy = "Ask another operator of standards to look at it."


class NothingChanges(Invalid):
    code = "nothing_changes"
    title = "This is what is known of the place already."


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionFacts:
    """What is known of a place, by the columns of its row. Amounts are in the currency's own unit, as published. None
    means that nothing was found."""

    currency: str
    timezones: tuple[str, ...]
    min_wage: Decimal | None = None
    min_wage_period: Period | None = None
    min_wage_hourly: Decimal | None = None
    min_wage_confidence: Confidence | None = None
    living_wage: Decimal | None = None
    living_wage_period: Period | None = None
    living_wage_confidence: Confidence | None = None
    weekly_hours: Decimal | None = None
    overtime_multiplier: Decimal | None = None
    daily_rest_hours: Decimal | None = None
    hours_confidence: Confidence | None = None
    source: str = ""
    as_of: str = ""
    notes: str = ""

    def benchmarks(self) -> tuple[Benchmark, ...]:
        """The wages among them."""
        found = (
            (FloorKind.MINIMUM_WAGE, self.min_wage, self.min_wage_period, self.min_wage_confidence),
            (FloorKind.MINIMUM_HOURLY_WAGE, self.min_wage_hourly, Period.HOUR, self.min_wage_confidence),
            (FloorKind.LIVING_WAGE, self.living_wage, self.living_wage_period, self.living_wage_confidence),
        )
        return tuple(
            Benchmark(kind, amount, self.currency, period, self.source, self.as_of, confidence)
            for kind, amount, period, confidence in found
            if amount is not None and period is not None
        )

    def hourly(self) -> dict[FloorKind, Fraction]:
        """Each wage made hourly by the place's own week, in the currency's own unit, exact."""
        return {
            each.kind: Fraction(each.amount) / hours_per(each.period, self.weekly_hours) for each in self.benchmarks()
        }

    def as_json(self) -> dict[str, Any]:
        """The facts as JSON keeps them; numbers are texts. `RegionFacts.of()` reads them again."""
        kept = {field.name: getattr(self, field.name) for field in fields(self)}
        return {
            name: str(value) if isinstance(value, Decimal) else list(value) if isinstance(value, tuple) else value
            for name, value in kept.items()
        }

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> "RegionFacts":
        """The facts that `as_json()` kept."""
        made = dict(kept) | {"timezones": tuple(kept["timezones"])}
        for name, kind in _KINDS.items():
            made[name] = None if kept[name] is None else kind(kept[name])
        return cls(**made)


_KINDS: Final[Mapping[str, Any]] = MappingProxyType(
    dict.fromkeys(
        ("min_wage", "min_wage_hourly", "living_wage", "weekly_hours", "overtime_multiplier", "daily_rest_hours"),
        Decimal,
    )
    | dict.fromkeys(("min_wage_period", "living_wage_period"), Period)
    | dict.fromkeys(("min_wage_confidence", "living_wage_confidence", "hours_confidence"), Confidence)
)


@dataclass(frozen=True, slots=True)
class Difference:
    """One fact that a version changed, in words; empty where nothing was known."""

    field: str
    before: str
    after: str


def check_facts(facts: RegionFacts, valid_from: date, today: date) -> None:
    """Raises BadRegion for a value without its period, confidence, source or day, for numbers that no law has, and for
    a day that is over: what was judged by then stays judged."""
    if not facts.source.strip():
        raise BadRegion("A value without a source counts for nothing.", field="facts.source")
    if not _AS_OF.fullmatch(facts.as_of):
        raise BadRegion('Say from when the values are: "2026-01-01", "2026-01" or "2026".', field="facts.as_of")
    if valid_from < today:
        raise BadRegion("A version holds from today on or later.", field="valid_from")
    if not facts.timezones:
        raise BadRegion("A place has a time zone.", field="facts.timezones")
    _check_wholes(facts)
    _check_numbers(facts)


def _check_wholes(facts: RegionFacts) -> None:
    for name in ("min_wage", "living_wage"):
        if (getattr(facts, name) is None) != (getattr(facts, f"{name}_period") is None):
            raise BadRegion("A wage and its period are given together.", field=f"facts.{name}_period")
    has_hours = any(
        value is not None for value in (facts.weekly_hours, facts.overtime_multiplier, facts.daily_rest_hours)
    )
    for name, has_value in (
        ("min_wage_confidence", facts.min_wage is not None or facts.min_wage_hourly is not None),
        ("living_wage_confidence", facts.living_wage is not None),
        ("hours_confidence", has_hours),
    ):
        if has_value and getattr(facts, name) is None:
            raise BadRegion("Say how far the value can be trusted.", field=f"facts.{name}")


_BETWEEN: Final = (
    ("min_wage", Decimal("0.01"), Decimal(10) ** 12),
    ("min_wage_hourly", Decimal("0.01"), Decimal(10) ** 12),
    ("living_wage", Decimal("0.01"), Decimal(10) ** 12),
    ("weekly_hours", Decimal(1), Decimal(84)),
    ("overtime_multiplier", Decimal(1), Decimal(10)),
    ("daily_rest_hours", Decimal(1), Decimal(23)),
)


def _check_numbers(facts: RegionFacts) -> None:
    for name, least, most in _BETWEEN:
        value = getattr(facts, name)
        if value is not None and not least <= value <= most:
            raise BadRegion(f"It lies between {least} and {most}.", field=f"facts.{name}")


def lowered(before: RegionFacts | None, after: RegionFacts) -> tuple[Protection, ...]:
    """The protections that the change would lower. Where nothing was known before, the house's own numbers held.

    Every published wage counts by itself, made hourly by the week of its version: a longer week lowers a monthly wage.
    In another currency nothing can be compared, so it counts as lower.
    """
    was, now = _held(before), _held(after)
    found = [Protection.FLOOR] if before is not None and _wage_falls(before, after) else []
    found += [Protection.REST] if now[Protection.REST] < was[Protection.REST] else []
    found += [Protection.WEEK] if now[Protection.WEEK] > was[Protection.WEEK] else []
    return (*found, *([Protection.OVERTIME] if now[Protection.OVERTIME] < was[Protection.OVERTIME] else []))


def _wage_falls(before: RegionFacts, after: RegionFacts) -> bool:
    was, now = before.hourly(), after.hourly()
    if before.currency != after.currency:
        return bool(was)
    return any(now.get(kind, Fraction(0)) < hourly for kind, hourly in was.items())


def _held(facts: RegionFacts | None) -> dict[Protection, Decimal]:
    """What held of hours, with the house's numbers where the place has none or a weaker one."""
    rest = Decimal(RULES["REST"].parameters["minutes"]) / 60
    overtime = RULES["OVERTIME"].parameters
    known = facts or RegionFacts(currency="", timezones=())
    return {
        Protection.REST: max(known.daily_rest_hours or rest, rest),
        Protection.WEEK: known.weekly_hours or Decimal(overtime["minutes_a_week_where_unknown"]) / 60,
        Protection.OVERTIME: known.overtime_multiplier or Decimal(overtime["percent_where_unknown"]) / 100,
    }


def differences(before: RegionFacts | None, after: RegionFacts) -> list[Difference]:
    """What a version changed, field by field, in the order of the row. Of a first version: all that it knows."""
    was = before or RegionFacts(currency="", timezones=())
    pairs = (
        (field.name, _words(getattr(was, field.name)), _words(getattr(after, field.name))) for field in fields(after)
    )
    return [Difference(*pair) for pair in pairs if pair[1] != pair[2]]


def _words(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return ", ".join(value) if isinstance(value, tuple) else str(value)
