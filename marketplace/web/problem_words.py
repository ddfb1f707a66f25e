"""What a refusal says of this one case, in the reader's language, its moments, sums and states as people read them.

The detail of a problem is written for programs too: in English, with moments in ISO 8601 and states by their codes.
"""

import re
from datetime import datetime
from typing import Final

from marketplace.core.problems import Problem
from marketplace.web.patterns import Patterns
from marketplace.web.words import amounts, day, said, status_words, when

PATTERNS: Final = (
    "What the rail says of it (%(what)s) could not be written down (%(why)s): a person decides.",
    "It is marked as paid, and %(paid)s came of it through Stripe: a person looks for the rest.",
    "It is void, and %(paid)s came of it before: a person decides.",
    "Stripe moved %(amount)s %(currency)s, which is not what was ordered.",
    "Stripe asks for %(amount)s %(currency)s, which is not what was ordered.",
    "Stripe would ask for %(amount)s %(currency)s, which is not what was ordered.",
    "Stripe has %(there)s bytes of a paper of %(all)s.",
    "The sandbox does not know %(name)s.",
    "A filled seat would weigh %(fill)s, and what ranks people %(ranking)s.",
    "The chosen hours would weigh %(band)s, and another part %(heaviest)s.",
    "Give %(part)s a whole number from 0 to %(most)s.",
    "Comments are open until %(moment)s. So far %(unanswered)s of them have no answer.",
    "Comments were open until %(moment)s; %(unanswered)s of them have no answer.",
    "The gig is %(status)s; this is for one that is %(allowed)s.",
    "The most that one amount may be is %(most)s.",
    "The most that can be paid in at once is %(most)s.",
    "The gig is in %(currency)s.",
    "The test is paid in %(currency)s.",
    "The change is %(status)s.",
    "The booking is %(status)s.",
    "The flag is %(status)s.",
    "The qualification is %(status)s.",
    "%(status)s is not followed by %(wanted)s.",
    "Its payment has not come to its end in the books.",
    "It is %(moment)s.",
    "It begins at %(moment)s.",
    "It ended at %(moment)s.",
    "It was due by %(moment)s.",
    "It was open until %(moment)s.",
    "It was good until %(moment)s.",
    "You hold it until %(moment)s.",
    "From %(moment)s on.",
    "It costs %(price)s now.",
    "It is %(rate)s now.",
    "The company has %(have)s available; %(missing)s more is needed.",
    "The gig has %(have)s set aside; %(missing)s more is needed.",
    "The test has %(have)s set aside; %(missing)s more is needed.",
    "The person is owed %(have)s by now; %(missing)s more is needed.",
    "There is %(have)s set aside for it; %(missing)s more is needed.",
    "There is %(there)s.",
    "%(missing)s more is needed.",
    "It lies between %(least)s and %(most)s.",
    "These categories need %(hazard)s.",
    "Minutes that were cut: %(minutes)s.",
    "Pieces that were cut: %(minutes)s.",
    "Pieces of the line that can be cut: %(most)s.",
    "Pieces of this shift that are paid at most: %(most)s.",
    "Counted already: %(before)s.",
    "Minutes of the line that can be cut: %(minutes)s.",
    "Minutes of the line that can be cut for this reason: %(minutes)s.",
    "%(planned)s of %(cap)s minutes are planned; %(minutes)s more are asked for.",
    "A shift has 1 to %(most)s seats.",
    "At most as many stand by as the shift has seats, which are %(seats)s.",
    "A shift begins within %(days)s days.",
    "A shift ends at most %(hours)s hours after its start.",
    "You want at least %(least)s hours a week, and the week leaves %(left)s.",
    "%(least)s to %(most)s hours a week.",
    "It begins now or later and lasts at most %(days)s days.",
    "There were %(seats)s seats a week for each hundred vetted people.",
    "This has 1 to %(most)s characters.",
    "The title has 1 to %(most)s characters.",
    "The description has 1 to %(most)s characters.",
    "The code has 1 to %(most)s characters.",
    "A code has %(letters)s letters and digits.",
    "Instructions have 1 to %(most)s characters.",
    "A question has 1 to %(most)s characters.",
    "A gig plans 1 to %(most)s minutes of work.",
    "A gig names 1 to %(most)s places, each once.",
    "A pilot names the 1 to %(most)s places of its workers.",
    "A skill is asked for once, at a level from 1 to %(most)s.",
    "A skill has levels from 1 to %(most)s.",
    "Levels from 1 to %(most)s are named once each, the lowest first.",
    "A test is estimated to take 1 to %(most)s minutes.",
    "A limit is a safety cap, no pressure: at least %(times)s times the estimate, %(least)s minutes.",
    "An item has 1 to %(most)s points.",
    "There are 2 to %(most)s to choose from.",
    "They have %(parts)s parts.",
    "It has %(size)s MB.",
    "It has %(pages)s pages.",
    "%(owed)s is owed, and %(most)s can go back.",
    "Agreed was %(agreed)s, offered is %(offered)s.",
    "%(value)s has more digits than %(currency)s has.",
    "%(value)s is not a country.",
    "%(value)s is not a country code.",
    "%(value)s is not a part of %(country)s.",
    "%(value)s is not a subdivision of %(country)s.",
    "%(value)s is not known.",
    "%(value)s is not a number.",
    "%(value)s is not a skill's name.",
    "The account %(account)s is none of the service's own (SETARA_PAYER_ACCOUNT, SETARA_BANK_ACCOUNTS).",
    "Line %(line)s is not UTF-8.",
    "There is no name in line %(line)s.",
    "Missing columns: %(columns)s.",
    "The line is %(status)s.",
    "It is %(status)s.",
)
"""Details that a page meets, the longer before the shorter that they begin with."""
_MOMENT: Final = re.compile(r"(\d{4}-\d\d-\d\d)[T ]\d\d:\d\d\S*( UTC)?")
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")
_STATES: Final = frozenset({"status", "wanted", "allowed"})


def problem_said(sentence: object) -> str:
    """What a refusal says, in the reader's language where it is known there."""
    words = str(sentence)
    if (whole := said(words)) != words:
        return whole
    return _PATTERNS.told(words) or words


def _value(name: str, text: str) -> str:
    if name in _STATES:
        return " / ".join(status_words(each) for each in text.split(" or "))
    if _MOMENT.fullmatch(text):
        return when(datetime.fromisoformat(text.replace(" UTC", "+00:00")))
    if _DAY.fullmatch(text):
        return day(datetime.fromisoformat(text).date())
    return amounts(text)


_PATTERNS: Final = Patterns(PATTERNS, _value)


def title_of(code: str) -> str | None:
    """The English title of the house's own problem with this code."""
    kinds = [Problem]
    for kind in kinds:
        if vars(kind).get("code") == code:
            return kind.title
        kinds += kind.__subclasses__()
    return None
