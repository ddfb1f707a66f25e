"""What becomes of somebody whom a company asks to be one of its members. Pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from marketplace.core.problems import Conflict

ASKED_AGAIN_AFTER = timedelta(days=1)
"""The same company does not write to the same address again before that: silence is an answer, too."""


class JoiningStatus(StrEnum):
    WAITING = "waiting"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    REVOKED = "revoked"
    """Taken back by the company."""


JOINING_TRANSITIONS: Mapping[JoiningStatus, frozenset[JoiningStatus]] = MappingProxyType(
    {
        JoiningStatus.WAITING: frozenset({JoiningStatus.ACCEPTED, JoiningStatus.DECLINED, JoiningStatus.REVOKED}),
        # Whoever said no, or has left, can be asked again.
        JoiningStatus.ACCEPTED: frozenset({JoiningStatus.WAITING}),
        JoiningStatus.DECLINED: frozenset({JoiningStatus.WAITING}),
        JoiningStatus.REVOKED: frozenset({JoiningStatus.WAITING}),
    }
)


class AskedToday(Conflict):
    """`again_from` is from when on they can be asked again."""

    code = "asked_today"
    title = "The company has written to this address within a day."
    remedy = "Wait for the answer. Whoever has not answered by tomorrow can be asked again."


class InvitationOver(Conflict):
    code = "invitation_over"
    title = "This invitation no longer holds: it was answered or taken back, or is too old."
    remedy = "Ask the company to invite you again."


def check_asked(invited_at: datetime, at: datetime) -> None:
    """Raises AskedToday."""
    if at < invited_at + ASKED_AGAIN_AFTER:
        again = (invited_at + ASKED_AGAIN_AFTER).isoformat()
        raise AskedToday(field="email", again_from=again)
