"""What a gig's instructions are, who verifies them against what, and which version counts. Pure."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from marketplace.core.problems import Conflict, Forbidden, Invalid
from marketplace.gigs.rules import LONGEST_TEXT, BadTerms
from marketplace.standards.catalogue import RULES

INSTRUCTIONS_NOTICE = timedelta(hours=RULES["INSTRUCTIONS_CHANGE"].parameters["notice_hours"])
"""How long before a shift a new version must have been told, to hold in it."""


class ChecklistItem(StrEnum):
    """What instructions hold before somebody signs them off (P10, after Partnership on AI's fourth guideline)."""

    EDGE_CASES = "edge_cases"
    EXAMPLES = "examples"
    CONTACT = "contact"
    DATA_HANDLING = "data_handling"
    NO_TARGETS = "no_targets"
    """Nothing in them sets a pace or a quota (P16)."""


class SameAuthor(Forbidden):
    code = "same_author"
    title = "Instructions are verified by somebody other than their author."
    remedy = "Ask another member of the company to read and verify them."


class ChecklistIncomplete(Invalid):
    code = "checklist_incomplete"
    title = "Instructions are verified against the whole checklist."
    remedy = "Add what is missing in a new version, or confirm that it is there."


class AlreadyVerified(Conflict):
    code = "already_verified"
    title = "This version has been verified already."
    remedy = "Write a new version if something is to change."


def check_instructions(text: str) -> None:
    """Raises BadTerms unless there are words, and not more than anybody reads."""
    if not text.strip() or len(text) > LONGEST_TEXT:
        raise BadTerms(f"Instructions have 1 to {LONGEST_TEXT} characters.", field="text")


def check_verifier(author_id: UUID, verifier_id: UUID, checked: Collection[ChecklistItem]) -> None:
    """P10: signed off by somebody other than the author, against the whole checklist. Raises SameAuthor or
    ChecklistIncomplete, naming what is missing."""
    if author_id == verifier_id:
        raise SameAuthor
    missing = [str(item) for item in ChecklistItem if item not in checked]
    if missing:
        raise ChecklistIncomplete(f"Not confirmed: {', '.join(missing)}.", field="checked", missing=missing)


def holds_from(at: datetime, *, replaces_another: bool, is_draft: bool) -> datetime:
    """P11: from when on a version holds that is verified at that moment: at once where nothing is worked under another
    one yet, else after the notice of INSTRUCTIONS_CHANGE."""
    return at + INSTRUCTIONS_NOTICE if replaces_another and not is_draft else at


def in_force(verified: Mapping[int, bool]) -> int | None:
    """The version of the instructions that counts, of versions and whether each is verified: the newest verified one.

    A version that is written while people work does not count before somebody has verified it (P10, P11).
    """
    return max((version for version, is_verified in verified.items() if is_verified), default=None)


def ready_to_publish(verified: Mapping[int, bool]) -> bool:
    """Whether a draft's instructions are verified. The newest version must be: nobody publishes words that are still
    being changed."""
    return bool(verified) and verified[max(verified)]
