"""Contractors in whatever state a test needs them."""

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from itertools import count
from typing import Any

from marketplace.accounts.models import Person
from marketplace.accounts.rules import Actor, OperatorRole
from marketplace.core import clock
from marketplace.workforce import agreement, applying, availability, declarations, documents, service
from marketplace.workforce.calendar import Window
from marketplace.workforce.models import Contractor
from marketplace.workforce.papers import IdentityPaper, IdentityShown, Purpose, Tax, Work, WorkBasis
from marketplace.workforce.rules import MET_BY_SUBMITTING, Level, RequirementKind, Ruling
from tests import papers
from tests.factories import accounts

YEARS = timedelta(days=3 * 365)
LOOKED_AT = tuple(kind for kind in RequirementKind if kind not in MET_BY_SUBMITTING)
"""What an operator decides about."""
_paper_numbers = count(100_000_000)
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


def declared(me: Actor, *, country: str = "US") -> None:
    """Declares all that a requirement asks for in fields, and hands in a picture for who somebody is and where."""
    number = str(next(_paper_numbers))
    documents.hand_in([(Purpose.IDENTITY, papers.png()), (Purpose.RESIDENCE, papers.png())], by=me)
    declarations.declare(
        identity=IdentityShown(IdentityPaper.PASSPORT, country, clock.now().date() + YEARS, number),
        work=Work(WorkBasis.CITIZEN),
        tax=Tax(country, "other", number),
        terms_sha256=agreement.CURRENT.sha256,
        by=me,
    )


def shown(me: Actor, *, country: str = "US") -> None:
    """Declares and hands in everything that an application asks for."""
    declared(me, country=country)
    applying.open_sandbox_accounts([me])
    words = set(RequirementKind) - {RequirementKind.AGE, RequirementKind.PAYOUT_ACCOUNT}
    service.submit_requirements(dict.fromkeys(sorted(words), "As declared."), by=me)


def ready(who: Person | None = None, *, checked_by: Actor | None = None, **more: Any) -> Contractor:
    """An applicant who meets every requirement and waits for the decision. Takes what `applied` takes."""
    made = applied(who, **more)
    shown(accounts.actor_of(made.id), country=made.country)
    operator = checked_by or accounts.operator(OperatorRole.VETTING)
    service.decide_requirements(made.id, dict.fromkeys(LOOKED_AT, Ruling(True, "Looked at it.")), by=operator)
    return made


def contractor(who: Person | None = None, *, windows: Collection[Window] = WHOLE_WEEK, **more: Any) -> Contractor:
    """A vetted contractor, in Kansas and available all week unless it says otherwise. Takes what `applied` takes."""
    operator = accounts.operator(OperatorRole.VETTING)
    made = ready(who, checked_by=operator, **more)
    availability.set_availability(windows, by=accounts.actor_of(made.id))
    return service.vet(made.id, "Everything was shown.", by=operator)
