"""A mistake of the clock as people write it: from when on the clock counted what, on the clock of the shift's place."""

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import marshmallow as ma

from marketplace.shifts.clock_entries import entries_of, stretches_of
from marketplace.shifts.clock_rules import EntryKind
from marketplace.shifts.correction_schemas import MOST_WORDS
from marketplace.shifts.hours import Stretch
from marketplace.shifts.models import Booking
from marketplace.web.words import name_of

MORE_ROWS = 3
"""Empty rows below those of what stands on the clock."""
A_DAY = timedelta(days=1)


class CorrectionForm:
    """The rows of one booking's clock: what each counts, and from when; each lasts until the next begins."""

    def __init__(self, booking: Booking, zone: str) -> None:
        self.starts_at, self.ends_at, self.zone = booking.clock_from, booking.ends_at, ZoneInfo(zone)
        self.known = stretches_of(entries_of(booking)) or [Stretch(EntryKind.WORK, self.starts_at, self.ends_at)]
        self.rows = range(len(self.known) + MORE_ROWS)

    @property
    def values(self) -> dict[str, str]:
        """What stands in the fields: the clock as it is."""
        kinds = {f"kind_{row}": str(each.kind) for row, each in enumerate(self.known)}
        begins = {f"from_{row}": self._face(each.started_at) for row, each in enumerate(self.known)}
        return kinds | begins | {"ends": self._face(self.known[-1].ended_at)}

    def schema(self) -> ma.Schema:
        fields: dict[str, Any] = {f"kind_{row}": ma.fields.Enum(EntryKind, by_value=True) for row in self.rows}
        fields |= {f"from_{row}": ma.fields.Time("%H:%M") for row in self.rows}
        fields |= {
            "ends": ma.fields.Time("%H:%M", required=True),
            "words": ma.fields.String(required=True, validate=ma.validate.Length(1, MOST_WORDS)),
        }
        return ma.Schema.from_dict(fields, name="CorrectionRows")()

    def read(self, data: Mapping[str, Any]) -> list[Stretch]:
        """The stretches that the rows tell, in their order. Empty rows are left out."""
        told = [
            (data.get(f"kind_{row}", EntryKind.WORK), data[f"from_{row}"]) for row in self.rows if f"from_{row}" in data
        ]
        moments: list[datetime] = []
        for at in [each for _, each in told] + [data["ends"]]:
            moments.append(self._moment(at, moments[-1] if moments else self.starts_at))
        return [
            Stretch(kind, begins, ends)
            for (kind, _), begins, ends in zip(told, moments[:-1], moments[1:], strict=True)
            if ends > begins
        ]

    def kinds(self) -> list[tuple[str, str]]:
        return [(str(kind), name_of("time", kind)) for kind in EntryKind]

    def _face(self, at: datetime) -> str:
        return f"{at.astimezone(self.zone):%H:%M}"

    def _moment(self, at: time, earliest: datetime) -> datetime:
        """The first moment from then on at which the clock of the place shows that time. One that stood on the clock
        keeps its seconds; of an hour that the clock shows twice the first that fits is meant."""
        stood = [moment for each in self.known for moment in (each.started_at, each.ended_at)]
        bounds = [self.starts_at, self.ends_at]
        for moment in stood + bounds:
            if moment >= earliest and self._face(moment) == f"{at:%H:%M}":
                return moment
        day = earliest.astimezone(self.zone).date()
        tries = [
            datetime.combine(day + number * A_DAY, at.replace(fold=fold), self.zone).astimezone(UTC)
            for number in range(2)
            for fold in range(2)
        ]
        floor = earliest.replace(second=0, microsecond=0)
        return next((moment for moment in tries if moment >= floor), tries[-1])
