"""A shift as people write it: a day and two times on the clock of a place. The zone's rules make moments of them."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

import marshmallow as ma
from flask_babel import lazy_gettext

from marketplace.core import clock
from marketplace.core.problems import Problem
from marketplace.shifts.schemas import NewShiftSchema, ShiftMoveSchema
from marketplace.web.typed import typed

_NO_SUCH_TIME = lazy_gettext("On that day the clock of this zone leaves this time out. Choose another.")


class OnTheClock(ma.Schema):
    """`day`, `begins` and `ends` in place of the two moments. A shift that ends before it begins ends on the next day;
    of an hour that the clock shows twice, the first is meant. To be mixed into a schema of the two moments."""

    typed_in: ClassVar = {"starts_at": "day", "ends_at": "ends"}
    day = ma.fields.Date(required=True)
    begins = ma.fields.Time("%H:%M", required=True)
    ends = ma.fields.Time("%H:%M", required=True)

    def __init__(self, **more: Any) -> None:
        super().__init__(exclude=("starts_at", "ends_at"), **more)

    @ma.pre_load
    def take_from_fields(self, data: Mapping[str, Any], **_more: Any) -> dict[str, Any]:
        return typed(self, data)

    @ma.post_load
    def make_moments(self, data: dict[str, Any], **_more: Any) -> dict[str, Any]:
        day, begins, ends = data.pop("day"), data.pop("begins"), data.pop("ends")
        place = _zone(data["timezone"])
        try:
            last = day if ends > begins else day + timedelta(days=1)
            data["starts_at"] = _moment(day, begins, place, "begins")
            data["ends_at"] = _moment(last, ends, place, "ends")
        except OverflowError as out_of_time:
            raise ma.ValidationError(str(_NO_SUCH_TIME), "day") from out_of_time
        return data


class ShiftForm(OnTheClock, NewShiftSchema):
    """A new shift."""


class MoveForm(OnTheClock, ShiftMoveSchema):
    """The new time of a shift, on the clock of its own zone, at the price that was seen."""

    timezone = ma.fields.String(required=True)

    @ma.post_load
    def make_moments(self, data: dict[str, Any], **more: Any) -> dict[str, Any]:
        made = super().make_moments(data, **more)
        return {name: value for name, value in made.items() if name != "timezone"}


def moment(day: date, at: time, place: ZoneInfo) -> datetime | None:
    """The UTC moment at which the clock of the place shows that time, the first if it does twice, None if never."""
    local = datetime.combine(day, at, place)
    found = local.astimezone(UTC)
    return found if found.astimezone(place).replace(tzinfo=None) == local.replace(tzinfo=None) else None


def _moment(day: date, at: time, place: ZoneInfo, field: str) -> datetime:
    if (found := moment(day, at, place)) is None:
        raise ma.ValidationError(str(_NO_SUCH_TIME), field)
    return found


def _zone(name: str) -> ZoneInfo:
    try:
        return clock.zone(name)
    except Problem as unknown:
        raise ma.ValidationError(unknown.title, "timezone") from unknown
