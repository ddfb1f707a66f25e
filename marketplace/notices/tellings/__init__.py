"""Who hears of which event, and in which words: a table for each room whose events are told.

The words are English, which is also what the catalogues of other languages are looked up by. `%(gig)s` and its like are
facts about the event (`rules.FACTS`), found when the words are shown, so that a notice holds no copy of a name.
"""

from collections.abc import Mapping
from types import MappingProxyType

from marketplace.notices.rules import Audience, Telling
from marketplace.notices.tellings import (
    accounts,
    contracts,
    deposits,
    messages,
    pay,
    qualifications,
    shifts,
    timesheets,
    workforce,
)

TELLINGS: Mapping[str, tuple[Telling, ...]] = MappingProxyType(
    {
        **accounts.TOLD,
        **workforce.TOLD,
        **contracts.TOLD,
        **shifts.TOLD,
        **timesheets.TOLD,
        **messages.TOLD,
        **qualifications.TOLD,
        **deposits.TOLD,
        **pay.TOLD,
    }
)


def telling(event: str, audience: Audience) -> Telling:
    """The words for an audience that the event is told to."""
    return next(each for each in TELLINGS[event] if each.audience is audience)
