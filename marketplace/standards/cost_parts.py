"""What a company pays for, in the few parts in which an estimate tells it: the lines of a price, put together. Pure."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from marketplace.core.money import Money
from marketplace.standards.line_kinds import LineKind
from marketplace.standards.rates import PriceLine


class PartKind(StrEnum):
    """What a part of an estimate is for."""

    TIME = "time"
    """Pay for time at the base rate."""
    PIECES = "pieces"
    SKILL_STEP = "skill_step"
    HAZARD = "hazard"
    NIGHT = "night"
    HOLIDAY = "holiday"
    REST_DAY = "rest_day"
    OVERTIME = "overtime"
    BENEFITS = "benefits"
    FEE = "fee"
    MARGIN = "margin"


_PART_OF: Final = MappingProxyType(
    {
        LineKind.PIECE: PartKind.PIECES,
        LineKind.SKILL_STEP: PartKind.SKILL_STEP,
        LineKind.HAZARD_PREMIUM: PartKind.HAZARD,
        LineKind.NIGHT_PREMIUM: PartKind.NIGHT,
        LineKind.HOLIDAY_PREMIUM: PartKind.HOLIDAY,
        LineKind.REST_DAY_PREMIUM: PartKind.REST_DAY,
        LineKind.OVERTIME_PREMIUM: PartKind.OVERTIME,
        LineKind.FURTHER_OVERTIME: PartKind.OVERTIME,
        LineKind.SICK_ACCRUAL: PartKind.BENEFITS,
        LineKind.HEALTH_CONTRIBUTION: PartKind.BENEFITS,
        LineKind.PLATFORM_FEE: PartKind.FEE,
        LineKind.THIRD_PARTY_MARGIN: PartKind.MARGIN,
    }
)
"""The part to which a line belongs; all others are pay for time."""


def parts_of(lines: Iterable[PriceLine]) -> Mapping[PartKind, Money]:
    """What the lines come to, part by part, in one order always; a part without a line is left out."""
    found: dict[PartKind, Money] = {}
    for line in lines:
        kind = _PART_OF.get(line.kind, PartKind.TIME)
        found[kind] = found[kind] + line.money if kind in found else line.money
    return {kind: found[kind] for kind in PartKind if kind in found}
