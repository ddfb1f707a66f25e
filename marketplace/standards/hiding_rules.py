"""Words that abuse people are hidden, with a reason, and their author may contest it (ABUSE)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final
from uuid import UUID

from marketplace.core.problems import Conflict, Forbidden
from marketplace.standards.catalogue import RULES

ABUSE: Final = RULES["ABUSE"]
CONTEST_FOR: Final = timedelta(days=ABUSE.parameters["days_to_contest"])
ANSWER_WITHIN: Final = timedelta(days=ABUSE.parameters["answer_days"])


class HiddenKind(StrEnum):
    """Which words were hidden. What `Hiding.thing_id` is follows from it."""

    COMMENT = "comment"
    """A comment on a change that lowers a protection, by its id."""
    CREDIT = "credit"
    """The name under which the author is credited by a company, by the company's id."""


class HidingStatus(StrEnum):
    HIDDEN = "hidden"
    CONTESTED = "contested"
    UPHELD = "upheld"
    """Another operator found that the words stay hidden. Whoever finds otherwise later can still lift it."""
    LIFTED = "lifted"


HIDING_TRANSITIONS: Mapping[HidingStatus, frozenset[HidingStatus]] = MappingProxyType(
    {
        HidingStatus.HIDDEN: frozenset({HidingStatus.CONTESTED, HidingStatus.LIFTED}),
        HidingStatus.CONTESTED: frozenset({HidingStatus.UPHELD, HidingStatus.LIFTED}),
        HidingStatus.UPHELD: frozenset({HidingStatus.LIFTED}),
        HidingStatus.LIFTED: frozenset(),
    }
)


class HiddenAlready(Conflict):
    code = "hidden_already"
    title = "These words are hidden already."


class NothingToHide(Conflict):
    code = "nothing_to_hide"
    title = "These words were taken back, so nobody reads them."


class OwnWords(Forbidden):
    code = "own_words"
    title = "Nobody decides about words of their own."
    remedy = "Take them back, contest that they were hidden, or ask another operator."


class HidThem(Forbidden):
    code = "hid_them"
    title = "Whoever hid the words does not say that they stay hidden."
    remedy = "Another operator decides. You can show them again yourself."


class NotContestable(Conflict):
    code = "hiding_not_contestable"
    title = "This can be contested once, within 30 days."
    remedy = "You can still take the words back, or write others in their place."


class AnsweredByTime(Conflict):
    code = "hiding_answer_late"
    title = "The time for an answer is over: the words are shown again."


def check_hider(author: UUID, by: UUID) -> None:
    """Raises OwnWords."""
    if author == by:
        raise OwnWords


def check_contest(status: HidingStatus, hidden_at: datetime, now: datetime) -> None:
    """Once, and in time (ABUSE). Raises NotContestable."""
    if status is not HidingStatus.HIDDEN or now >= hidden_at + CONTEST_FOR:
        raise NotContestable


def check_answer(author: UUID, hidden_by: UUID, answer_by: datetime, by: UUID, now: datetime) -> None:
    """Whether somebody may find that the words stay hidden: neither who hid nor who wrote them, and while the person
    waits. Raises OwnWords, HidThem, AnsweredByTime."""
    check_hider(author, by)
    if hidden_by == by:
        raise HidThem
    if now >= answer_by:
        raise AnsweredByTime
