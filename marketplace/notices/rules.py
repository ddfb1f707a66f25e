"""To whom and where events are told, and how often a message is tried. What is told stands in `tellings`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from marketplace.accounts.rules import OperatorRole, Right


class Audience(StrEnum):
    """Whom an event is told to. All but the first are told unless they did it themselves."""

    PERSON = "person"
    """The person that the event is about."""
    CONTRACTOR = "contractor"
    """The contractor that the event is about."""
    GIGS = "gigs"
    """Members of the company who may work on its gigs; likewise the next three for their rights."""
    TIMESHEETS = "timesheets"
    MONEY = "money"
    MEMBERS = "members"
    VETTING = "vetting"
    """Operators in this role; likewise the others below."""
    FINANCE = "finance"
    ADMIN = "admin"
    DISPUTES = "disputes"
    STANDARDS = "standards"
    PLACE = "place"
    """Contractors who live where the event is about."""
    COMMENTER = "commenter"
    """Whoever said what an operator has answered. The event names the answer, and nobody."""
    AUTHOR = "author"
    """Whoever wrote words that were hidden. The event names the hiding, and nobody."""
    COLLEAGUE = "colleague"
    """The other one of a handover: who is asked by name, or whose request a proposal answers. The event names the
    request or proposal, and not them."""
    CHANNEL = "channel"
    """Whoever is in a workers' own channel and has looked since they were told last. The event names nobody."""


COMPANY_AUDIENCES: Mapping[Audience, Right] = MappingProxyType(
    {
        Audience.GIGS: Right.GIGS,
        Audience.TIMESHEETS: Right.TIMESHEETS,
        Audience.MONEY: Right.MONEY,
        Audience.MEMBERS: Right.MEMBERS,
    }
)
OPERATOR_AUDIENCES: Mapping[Audience, OperatorRole] = MappingProxyType(
    {
        Audience.VETTING: OperatorRole.VETTING,
        Audience.FINANCE: OperatorRole.FINANCE,
        Audience.DISPUTES: OperatorRole.DISPUTES,
        Audience.ADMIN: OperatorRole.ADMIN,
        Audience.STANDARDS: OperatorRole.STANDARDS,
    }
)


class Channel(StrEnum):
    """Where it is told. What cannot wait until somebody looks goes outside too, by the ways that they chose; a secret
    goes to the one address that it is about."""

    INBOX = "inbox"
    BOTH = "both"
    EVERYWHERE = "everywhere"
    """In the inbox and by every way that they have, whatever they chose: whoever has taken over an account may have
    chosen a way of their own."""
    MAIL = "mail"
    NUMBER = "number"
    """As a text message to the telephone number that the event is about, and nowhere else."""


IN_INBOX = frozenset({Channel.INBOX, Channel.BOTH, Channel.EVERYWHERE})


@dataclass(frozen=True, slots=True)
class Telling:
    """How an event is told to one audience."""

    audience: Audience
    channel: Channel
    title: str
    words: str


FACTS = (
    "company", "gig", "contractor", "shift", "money", "test", "check", "place", "day", "missing", "late",
    "link", "code", "home",
)  # fmt: skip
"""What words may name. `shift` is when it is, `check` a truth that broke, `place` where it holds, `day` until when,
`missing` what a bank has not been told, `late` what of somebody's pay waits, `link` a secret address, `code` a secret
number, `home` ours."""

MOST_TRIES = 8


def next_try(tries: int, now: datetime) -> datetime | None:
    """When a message that was tried so often is tried again: after 1, 2, 4 ... 64 minutes. None: it is given up."""
    return None if tries >= MOST_TRIES else now + timedelta(minutes=2 ** (tries - 1))
