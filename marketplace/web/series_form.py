"""A series as people write it: every so many days, weeks or months, on these days, until a day. It becomes a rule."""

from datetime import date
from typing import Any, ClassVar

import marshmallow as ma
from flask_babel import gettext, lazy_gettext, ngettext

from marketplace.shifts.recurrence import WEEKDAYS, part
from marketplace.shifts.series_models import ShiftSeries
from marketplace.shifts.series_schemas import (
    ChangeSeriesSchema,
    EndSeriesSchema,
    LeaveOutSchema,
    NewSeriesSchema,
    WantedSchema,
)
from marketplace.web.words import day as day_words
from marketplace.web.words import weekdays

UNITS = ("DAILY", "WEEKLY", "MONTHLY")
_BEFORE_IT_BEGINS = lazy_gettext("The last day comes after the first.")
_DAYS = lazy_gettext("Days of the week can be chosen where it recurs by weeks.")


class _Recurs(ma.Schema):
    """`every`, `unit`, `weekdays` and `last` in place of the rule. Without weekdays the first day's own counts."""

    every = ma.fields.Integer(required=True, strict=True, validate=ma.validate.Range(1, 99))
    unit = ma.fields.String(required=True, validate=ma.validate.OneOf(UNITS))
    weekdays = ma.fields.List(ma.fields.String(validate=ma.validate.OneOf(WEEKDAYS)), load_default=list)
    last = ma.fields.Date(load_default=None, allow_none=True)

    def __init__(self, **more: Any) -> None:
        super().__init__(exclude=("rule",), **more)


class SeriesForm(_Recurs, NewSeriesSchema):
    """A new series."""

    typed_in: ClassVar = {"starts_at": "first_day", "ends_at": "ends"}

    @ma.post_load
    def make_rule(self, data: dict[str, Any], **_more: Any) -> dict[str, Any]:
        return _with_rule(data, data["first_day"])


class WantedForm(_Recurs, WantedSchema):
    """A series as it is to be. `as_before` keeps its days, whatever stands in the fields of the rule."""

    as_before = ma.fields.Boolean(load_default=False)

    @ma.post_load
    def make_rule(self, data: dict[str, Any], **_more: Any) -> dict[str, Any]:
        as_before, made = data.pop("as_before"), _with_rule(data, data["from_day"])
        return made | {"rule": None} if as_before else made


class ChangeForm(WantedForm, ChangeSeriesSchema):
    """The series as it is to be, at the price that was seen."""


def _with_rule(data: dict[str, Any], first_day: date) -> dict[str, Any]:
    every, unit, days, last = (data.pop(name) for name in ("every", "unit", "weekdays", "last"))
    if days and unit != "WEEKLY":
        raise ma.ValidationError(str(_DAYS), "weekdays")
    if last is not None and last < first_day:
        raise ma.ValidationError(str(_BEFORE_IT_BEGINS), "last")
    parts = [f"FREQ={unit}", f"INTERVAL={every}"]
    parts += ["BYDAY=" + ",".join(day for day in WEEKDAYS if day in days)] if days else []
    parts += [f"UNTIL={last:%Y%m%d}"] if last is not None else []
    return data | {"rule": ";".join(parts)}


class LeaveOutForm(LeaveOutSchema):
    """The day and the price stand hidden in the form."""


class EndForm(EndSeriesSchema):
    """The last day and the price stand hidden in the form."""


def as_it_is(of: ShiftSeries, from_day: date) -> dict[str, Any]:
    """What a form about changing the series begins with."""
    until = next(iter(part(of.rule, "UNTIL")), "")
    return {
        "from_day": from_day.isoformat(),
        "begins": f"{of.begins:%H:%M}",
        "ends": f"{of.ends:%H:%M}",
        "as_before": "true",
        "every": next(iter(part(of.rule, "INTERVAL")), "1"),
        "unit": part(of.rule, "FREQ")[0],
        "weekdays": [day for day in part(of.rule, "BYDAY") if day in WEEKDAYS],
        "last": date.fromisoformat(until).isoformat() if until else "",
        "seats": str(of.seats),
        "crew_id": str(of.crew_id or ""),
        "standby": str(of.standby),
    }


def rule_words(rule: str, first_day: date) -> str:
    """A rule as people read it: "every 2 weeks on Monday, Wednesday, until Friday, January 1, 2027"."""
    every = int(next(iter(part(rule, "INTERVAL")), "1"))
    words = _every(part(rule, "FREQ")[0], every)
    if on := _on(rule, first_day):
        words = gettext("%(every)s on %(days)s", every=words, days=on)
    if until := part(rule, "UNTIL"):
        words = gettext("%(every)s, until %(day)s", every=words, day=day_words(date.fromisoformat(until[0])))
    if count := part(rule, "COUNT"):
        number = int(count[0])
        words = ngettext("%(every)s, once", "%(every)s, %(num)d times", number, every=words)
    return str(words)


def _every(frequency: str, number: int) -> str:
    once = {"DAILY": gettext("every day"), "WEEKLY": gettext("every week"), "MONTHLY": gettext("every month")}
    several = {
        "DAILY": gettext("every %(num)d days", num=number),
        "WEEKLY": gettext("every %(num)d weeks", num=number),
        "MONTHLY": gettext("every %(num)d months", num=number),
    }
    return str((once if number == 1 else several)[frequency])


def _on(rule: str, first_day: date) -> str:
    names = weekdays()
    days, numbers = part(rule, "BYDAY"), part(rule, "BYMONTHDAY")
    if numbers:
        return ", ".join(_number(each) for each in numbers)
    if days:
        return ", ".join(_nth(each[:-2], names[WEEKDAYS.index(each[-2:])]) for each in days)
    frequency = part(rule, "FREQ")[0]
    if frequency == "WEEKLY":
        return names[first_day.weekday()]
    return _number(str(first_day.day)) if frequency == "MONTHLY" else ""


def _number(number: str) -> str:
    if number == "-1":
        return str(gettext("the last day"))
    if number.startswith("-"):
        return str(gettext("day %(number)s from the end", number=number[1:]))
    return str(gettext("day %(number)s", number=number))


def _nth(nth: str, weekday: str) -> str:
    if not nth:
        return weekday
    if nth == "-1":
        return str(gettext("the last %(weekday)s", weekday=weekday))
    if nth.startswith("-"):
        return str(gettext("%(weekday)s number %(number)s from the end", weekday=weekday, number=nth[1:]))
    return str(gettext("%(weekday)s number %(number)s", weekday=weekday, number=nth))
