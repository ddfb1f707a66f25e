"""What the answers of many say about the items of a test: how hard each is, whether it tells who can do it, and whether
its key looks wrong. Pure; for the owner's eyes, and nothing follows from it by itself."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import StatisticsError, correlation
from uuid import UUID

LEAST_ANSWERS = 10
"""Fewer say nothing about an item."""
TOO_LOW = -0.05
HARD = 20


@dataclass(frozen=True, slots=True)
class ItemReport:
    """`right_percent` is the average worth of its answers. `discrimination` is how far doing well in it goes with doing
    well in the others, from -1 to 1; None where that cannot be said. `is_suspicious` where those who do well elsewhere
    do badly here, or hardly anybody has it right: its key may be wrong."""

    item_id: UUID
    answers: int
    right_percent: int
    discrimination: float | None
    is_suspicious: bool


def report(item_ids: Sequence[UUID], scores: Iterable[tuple[UUID, UUID, int]]) -> list[ItemReport]:
    """One report for each item, in the order given, of scores as (attempt, item, ten-thousandths)."""
    by_item: dict[UUID, dict[UUID, int]] = {item_id: {} for item_id in item_ids}
    sums: dict[UUID, int] = {}
    for attempt_id, item_id, scored in scores:
        if item_id in by_item:
            by_item[item_id][attempt_id] = scored
            sums[attempt_id] = sums.get(attempt_id, 0) + scored
    return [_report(item_id, found, sums) for item_id, found in by_item.items()]


def _report(item_id: UUID, found: dict[UUID, int], sums: dict[UUID, int]) -> ItemReport:
    own = list(found.values())
    rest = [sums[attempt_id] - scored for attempt_id, scored in found.items()]
    right = sum(own) // (100 * len(own)) if own else 0
    told = len(own) >= LEAST_ANSWERS
    discrimination = _correlation(own, rest) if told else None
    against = discrimination is not None and discrimination < TOO_LOW
    return ItemReport(item_id, len(own), right, discrimination, told and (against or right < HARD))


def _correlation(own: Sequence[int], rest: Sequence[int]) -> float | None:
    """Pearson's; None where everybody did alike."""
    try:
        return round(correlation(own, rest), 2)
    except StatisticsError:
        return None
