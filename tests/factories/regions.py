"""Changes that lower a protection of a place, what people say of them, and the end of the days for it."""

from dataclasses import replace
from decimal import Decimal

from marketplace.accounts.rules import Actor, OperatorRole
from marketplace.core import clock
from marketplace.standards import comments, queries, regions
from marketplace.standards.comment_rules import OPEN_FOR
from marketplace.standards.models import RegionChange
from tests.factories import accounts


def proposed(country: str = "DE", *, by: Actor | None = None, hours: int = 60) -> RegionChange:
    """A longer week for a country, which waits."""
    newest = queries.newest_version(country, None)
    assert newest is not None
    facts = replace(queries.facts_of(newest), weekly_hours=Decimal(hours))
    operator = by or accounts.operator(OperatorRole.STANDARDS)
    return regions.change(country, None, facts, by=operator, based_on=newest.version)


def commented(*by: Actor) -> RegionChange:
    """One that each of them has commented on."""
    made = proposed()
    for who in by:
        comments.say(made.id, "Sixty hours leave no evening.", by=who)
    return made


def comments_end() -> None:
    """The days for comments on everything proposed until now are over."""
    clock.move_to(clock.now() + OPEN_FOR)
