"""A payslip by what it pays for: a shift with its lines and the stretches of its clock; a test; a week; a bonus."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from uuid import UUID

from sqlalchemy import select

from marketplace.core.db import db
from marketplace.pay.models import PayLine
from marketplace.pay.payslips import LineView, PayslipView
from marketplace.shifts.models import TimeEntry


@dataclass(frozen=True, slots=True)
class Piece:
    """Lines that pay the same, and the clock that their minutes were counted by; none where no clock ran."""

    lines: Sequence[LineView]
    clock: Sequence[TimeEntry]

    @property
    def first(self) -> PayLine:
        """The line that says what all of them are about."""
        return self.lines[0].line


def pieces(view: PayslipView) -> list[Piece]:
    """The lines of a payslip in their order, those of one piece together."""
    clocks = _clocks({each.line.booking_id for each in view.lines if each.line.booking_id is not None})
    found = []
    for _, lines in groupby(view.lines, key=lambda each: _of(each.line)):
        own = list(lines)
        booking_id = own[0].line.booking_id
        found.append(Piece(own, clocks.get(booking_id, []) if booking_id else []))
    return found


def _of(line: PayLine) -> tuple[UUID | None, ...]:
    corrected = (line.cut_id, line.back_pay_id)
    beside = (line.attempt_id, line.guarantee_id, line.cash_out_id, line.rail_fee_id, line.bonus_id)
    return (line.booking_id, *corrected, *beside)


def _clocks(booking_ids: set[UUID]) -> Mapping[UUID, Sequence[TimeEntry]]:
    found = select(TimeEntry).where(TimeEntry.booking_id.in_(booking_ids)).order_by(TimeEntry.started_at, TimeEntry.id)
    clocks: dict[UUID, list[TimeEntry]] = defaultdict(list)
    for entry in db.session.scalars(found):
        clocks[entry.booking_id].append(entry)
    return clocks
