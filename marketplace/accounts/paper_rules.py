"""What a company shows of itself as files, and how long they lie here. Pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from marketplace.core.problems import Conflict

MOST_PAPERS: Final = 10
"""Papers that lie here of one company at a time, as of one person (rule DOCUMENTS)."""
KEPT_AFTER_DECISION = timedelta(days=30)
"""As long as the decision can be contested, as people's documents are kept (rule DOCUMENTS)."""
KEPT_AT_MOST = timedelta(days=180)


class Shows(StrEnum):
    """What a paper is to show."""

    ENTITY = "entity"
    """That the company stands in the register, and what the register says of it."""
    AUTHORITY = "authority"
    """That the signatory may sign for it."""
    OWNERS = "owners"
    """To whom it belongs in the end."""


class PaperStatus(StrEnum):
    HELD = "held"
    ERASED = "erased"


PAPER_TRANSITIONS: Mapping[PaperStatus, frozenset[PaperStatus]] = MappingProxyType(
    {PaperStatus.HELD: frozenset({PaperStatus.ERASED}), PaperStatus.ERASED: frozenset()}
)


class TooManyPapers(Conflict):
    code = "too_many_papers"
    title = f"At most {MOST_PAPERS} papers of one company lie here."
    remedy = "Take one back that is not needed, or put several pages into one PDF."


class PaperInUse(Conflict):
    code = "paper_in_use"
    title = "An operator looks at this paper, or has decided by it."
    remedy = "It is erased by itself after the decision; the day stands beside it."


def check_room(held: int) -> None:
    """Raises TooManyPapers when there is no room for one more."""
    if held >= MOST_PAPERS:
        raise TooManyPapers(field="file", held=held)


def erase_at(handed_in_at: datetime, decided_at: datetime | None) -> datetime:
    """When a paper is erased: some days after the decision it was for, and never later than the longest time."""
    last = handed_in_at + KEPT_AT_MOST
    return last if decided_at is None else min(last, decided_at + KEPT_AFTER_DECISION)
