"""The hours of a week as a form: for each day some stretches from a time to a time, as the clock on the wall shows."""

from collections.abc import Mapping, Sequence
from datetime import time
from typing import Any

import marshmallow as ma
from flask_babel import lazy_gettext

from marketplace.workforce.rules import DAY, Window

DAYS = range(7)
_HALF = lazy_gettext("Give both times, from and to, or none.")


class WeekSchema(ma.Schema):
    """What the form of the week sends: fields `from_0_1` and `to_0_1` are Monday's second stretch. Loads to Windows.

    A stretch that ends at 00:00 ends at midnight; one that ends before it begins ends on the next day.
    """

    @ma.post_load
    def make_windows(self, data: Mapping[str, time], **_more: Any) -> list[Window]:
        windows = []
        for name, begins in sorted(data.items()):
            _, day, _slot = name.split("_")
            if name.startswith("from_"):
                ends = data[name.replace("from_", "to_")]
                windows.append(Window(int(day), _minute(begins), _minute(ends) or DAY))
        return windows

    @ma.validates_schema
    def check_pairs(self, data: Mapping[str, time], **_more: Any) -> None:
        names = {name.split("_", 1)[1] for name in data}
        wrong = [name for name in names if not {f"from_{name}", f"to_{name}"} <= data.keys()]
        if wrong:
            raise ma.ValidationError({f"from_{name}": [str(_HALF)] for name in wrong})


def week_schema(windows: Sequence[Window]) -> ma.Schema:
    """A form with room for one stretch more a day than there are, and at least two."""
    fields = {f"{end}_{day}_{slot}": ma.fields.Time("%H:%M") for end in ("from", "to") for day, slot in slots(windows)}
    return WeekSchema.from_dict(fields)()  # type: ignore[arg-type]


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
    return values


def clock_face(minute: int) -> str:
    """Minutes since midnight as a clock shows them; 24 hours are midnight again."""
    return f"{minute // 60 % 24:02d}:{minute % 60:02d}"


def _minute(at: time) -> int:
    return at.hour * 60 + at.minute
