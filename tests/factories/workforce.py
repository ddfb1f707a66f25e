"""Contractors in whatever state a test needs them."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from marketplace.accounts.models import Person
from marketplace.accounts.rules import Actor, OperatorRole
from marketplace.workforce import availability, service
from marketplace.workforce.calendar import Window
from marketplace.workforce.models import Contractor
from marketplace.workforce.rules import Level, RequirementKind
from tests.factories import accounts

WHOLE_WEEK = tuple(Window(day, 0, 1440) for day in range(7))


def applied(
    who: Person | None = None,
    *,
    country: str = "US",
    subdivision: str | None = "US-KS",
    timezone: str = "America/Chicago",
    born_on: date = date(1990, 5, 17),
    payout_currency: str = "USD",
    languages: Mapping[str, Level] | None = None,
    skills: Collection[str] = ("image-labelling",),
    band: tuple[int, int] = (0, 40),
) -> Contractor:
    """Somebody in Kansas who has applied and shown nothing yet."""
    return service.apply(
        country,
        subdivision,
        timezone,
        born_on,
        payout_currency,
        languages={"en": Level.C1} if languages is None else languages,
        skills=skills,
        band=band,
        by=accounts.actor_of(who or accounts.person()),
    )


def ready(who: Person | None = None, *, checked_by: Actor | None = None, **more: Any) -> Contractor:
    """An applicant who meets every requirement and waits for the decision. Takes what `applied` takes."""
    made = applied(who, **more)
    me = accounts.actor_of(made.id)
    operator = checked_by or accounts.operator(OperatorRole.VETTING)
    service.open_sandbox_account(by=me)
    for kind in (RequirementKind.IDENTITY, RequirementKind.RESIDENCE, RequirementKind.RIGHT_TO_WORK):
        service.submit_requirement(kind, "Shown in a video call.", by=me)
    service.submit_requirement(RequirementKind.TERMS, "I agree.", by=me)
    for kind in RequirementKind:
        if kind is not RequirementKind.TERMS:
            service.decide_requirement(made.id, kind, True, "Looked at it.", by=operator)
    return made


def contractor(who: Person | None = None, *, windows: Collection[Window] = WHOLE_WEEK, **more: Any) -> Contractor:
    """A vetted contractor, in Kansas and available all week unless it says otherwise. Takes what `applied` takes."""
    operator = accounts.operator(OperatorRole.VETTING)
    made = ready(who, checked_by=operator, **more)
    availability.set_availability(windows, by=accounts.actor_of(made.id))
    return service.vet(made.id, "Everything was shown.", by=operator)
