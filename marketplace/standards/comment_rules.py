"""Comments on a change that lowers a protection: how long they are open, who speaks, and when everybody was heard."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from marketplace.core.problems import Conflict, Forbidden, Invalid
from marketplace.standards.catalogue import RULES

OPEN_FOR: Final = timedelta(days=RULES["COMMENTS"].parameters["days_open"])
LONGEST: Final = 4000
"""Characters of a comment, and of an answer."""
MOST_ANSWERED: Final = 100
"""Comments that one answer serves."""


class Speaker(StrEnum):
    """As whom somebody spoke, which is all that is told of them."""

    PERSON = "person"
    """For themselves: a contractor, or somebody who may become one."""
    COMPANY = "company"
    OPERATOR = "operator"


class CommentsOver(Conflict):
    code = "comments_over"
    title = "This change is no longer open to comments."
    remedy = "What was said of it, and what operators answered, stands on its page."


class CommentsOpen(Conflict):
    code = "comments_open"
    title = "This change is still open to comments."
    remedy = "Wait until the days are over, then answer what people said."


class CommentsUnanswered(Conflict):
    code = "comments_unanswered"
    title = "People commented on this change and have no answer."
    remedy = "Answer every comment in writing; one answer may serve several."


class NoComment(Conflict):
    code = "no_comment"
    title = "There is no comment of yours on it."


class OwnComment(Forbidden):
    code = "own_comment"
    title = "Nobody answers their own comment."
    remedy = "Ask another operator of standards to answer it."


class NotToAnswer(Invalid):
    code = "not_to_answer"
    title = "One of these comments is not on this change, was taken back, or has an answer."
    remedy = "Load the comments again and choose those that wait."


def speaks_as(*, is_operator: bool, for_company: bool) -> Speaker:
    """Whoever has power here speaks as who has it, whatever else they are."""
    if is_operator:
        return Speaker.OPERATOR
    return Speaker.COMPANY if for_company else Speaker.PERSON


def check_over(until: datetime, unanswered: int, now: datetime) -> None:
    """Raises CommentsOpen until the days are over, with their end and how many comments have no answer yet."""
    if now < until:
        raise CommentsOpen(
            f"Comments are open until {until:%Y-%m-%d %H:%M} UTC. So far {unanswered} of them have no answer.",
            until=until.isoformat(),
            unanswered=unanswered,
        )


def check_heard(until: datetime, unanswered: int, now: datetime) -> None:
    """Rule COMMENTS: the days are over and every comment has an answer. Raises CommentsOpen, CommentsUnanswered."""
    check_over(until, unanswered, now)
    if unanswered:
        raise CommentsUnanswered(
            f"Comments were open until {until:%Y-%m-%d %H:%M} UTC; {unanswered} of them have no answer.",
            until=until.isoformat(),
            unanswered=unanswered,
        )
