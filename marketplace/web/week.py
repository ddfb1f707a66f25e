"""The hours of a week as a form: for each day some stretches from a time to a time, as the clock on the wall shows."""

from collections.abc import Mapping, Sequence
from datetime import time
from typing import Any

import marshmallow as ma
from flask_babel import lazy_gettext

from marketplace.workforce.calendar import DAY, Window, Wish

DAYS = range(7)
ENDS = ("from", "to")
_HALF = lazy_gettext("Give both times, from and to, or none.")


class WeekSchema(ma.Schema):
    """What the form of the week sends: fields `from_0_1`, `to_0_1` and `wish_0_1` are Monday's second stretch. Loads to
    Windows.

    A stretch that ends at 00:00 ends at midnight; one that ends before it begins ends on the next day.
    """

    @ma.post_load
    def make_windows(self, data: Mapping[str, Any], **_more: Any) -> list[Window]:
        windows = []
        for name, begins in sorted(data.items()):
            if name.startswith("from_"):
                place = name.removeprefix("from_")
                day, ends = int(place.partition("_")[0]), data[f"to_{place}"]
                wish = data.get(f"wish_{place}", Wish.DESIRED)
                windows.append(Window(day, minute_of(begins), minute_of(ends) or DAY, wish))
        return windows

    @ma.validates_schema
    def check_pairs(self, data: Mapping[str, Any], **_more: Any) -> None:
        names = {name.split("_", 1)[1] for name in data if not name.startswith("wish_")}
        wrong = [name for name in names if not {f"from_{name}", f"to_{name}"} <= data.keys()]
        if wrong:
            raise ma.ValidationError({f"from_{name}": [str(_HALF)] for name in wrong})


def week_schema(windows: Sequence[Window]) -> ma.Schema:
    """A form with room for one stretch more a day than there are, and at least two."""
    places = slots(windows)
    fields: dict[str, Any] = {f"{end}_{day}_{slot}": ma.fields.Time("%H:%M") for end in ENDS for day, slot in places}
    fields |= {f"wish_{day}_{slot}": ma.fields.Enum(Wish, by_value=True) for day, slot in places}
    return WeekSchema.from_dict(fields)()


def slots(windows: Sequence[Window]) -> list[tuple[int, int]]:
    """Every (day, place in the day) that the form has fields for."""
    counts = [sum(window.weekday == day for window in windows) for day in DAYS]
    return [(day, slot) for day in DAYS for slot in range(max(2, counts[day] + 1))]


def week_values(windows: Sequence[Window]) -> dict[str, str]:
    """What stands in the form's fields for these windows."""
    values = {}
    for day in DAYS:
        for slot, window in enumerate(window for window in sorted(windows) if window.weekday == day):
            values[f"from_{day}_{slot}"] = clock_face(window.start_minute)
            values[f"to_{day}_{slot}"] = clock_face(window.end_minute)
            values[f"wish_{day}_{slot}"] = str(window.wish)
    return values


def clock_face(minute: int) -> str:
    """Minutes since midnight as a clock shows them; 24 hours are midnight again."""
    return f"{minute // 60 % 24:02d}:{minute % 60:02d}"


def minute_of(at: time) -> int:
    """Minutes since midnight."""
    return at.hour * 60 + at.minute
