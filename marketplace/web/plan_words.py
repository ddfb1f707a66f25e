"""What kept seats open, and what they need, in words."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from flask_babel import gettext, lazy_gettext, ngettext

from marketplace.core.money import Money
from marketplace.matching.engine import ASKED_BEFORE
from marketplace.matching.gaps import Need
from marketplace.matching.report import NOBODY_LEFT, TOO_FEW
from marketplace.standards.catalogue import RULES
from marketplace.web import words
from marketplace.web.words import money_words, said

_NO_RULE = MappingProxyType(
    {
        ASKED_BEFORE: lazy_gettext("Most had been asked before; nobody is asked twice for the same shift."),
        NOBODY_LEFT: lazy_gettext("Everybody under contract whom the rules let pass has a seat."),
        TOO_FEW: lazy_gettext("Fewer than 5 people could be meant, so nothing more is told of them."),
    }
)


def because(rule: str) -> str:
    """The sentence of a rule that kept people out."""
    if rule in _NO_RULE:
        return str(_NO_RULE[rule])
    return said(RULES[rule].sentence) if rule in RULES else rule


def need_words(step: Mapping[str, Any]) -> str:
    """ "3 more people if Indonesian B1 instead of B2": a step of `matching.gaps`, as it is stored."""
    change = _change(Need(step["need"]), step["name"], step["before"], step["after"])
    more: int = step["more"]
    return str(ngettext("%(num)d more person %(change)s", "%(num)d more people %(change)s", more, change=change))


def _change(need: Need, name: str, before: str, after: str) -> str:
    named = {
        Need.LANGUAGE: dict(words.languages()).get(name, name),
        Need.PLACE: dict(words.countries()).get(name, name),
    }.get(need, name.replace("-", " "))
    if need in (Need.LANGUAGE, Need.SKILL_LEVEL) and after:
        return str(gettext("if %(name)s %(after)s instead of %(before)s", name=named, after=after, before=before))
    if need is Need.PAY:
        amount, currency = after.split(" ")
        return str(gettext("if an hour paid %(money)s", money=money_words(Money.of(amount, currency))))
    if need is Need.PLACE:
        return str(gettext("if it were open to %(place)s too", place=named))
    if need is Need.HOURS:
        hours = int(after)
        if hours > 0:
            return str(ngettext("if it began %(num)d hour later", "if it began %(num)d hours later", hours))
        return str(ngettext("if it began %(num)d hour earlier", "if it began %(num)d hours earlier", -hours))
    return str(gettext("if %(name)s were not needed", name=named))
