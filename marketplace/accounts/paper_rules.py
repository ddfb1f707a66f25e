"""What a company shows of itself as files, and how long they lie here. Pure."""

from datetime import timedelta
from enum import StrEnum
from typing import Final

from marketplace.core.problems import Conflict
from marketplace.core.retention import Retention

MOST_PAPERS: Final = 10
"""Papers that lie here of one company at a time, as of one person (rule DOCUMENTS)."""
KEPT: Final = Retention(after_decision=timedelta(days=30), at_most=timedelta(days=180))
"""As people's documents are kept (rule DOCUMENTS)."""


class Shows(StrEnum):
    """What a paper is to show."""

    ENTITY = "entity"
    """That the company stands in the register, and what the register says of it."""
    AUTHORITY = "authority"
    """That the signatory may sign for it."""
    OWNERS = "owners"
    """To whom it belongs in the end."""


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
