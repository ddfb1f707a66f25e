"""Care after distressing work: open for months after the last of it, at the company's cost (AFTER_CARE).

Nothing is written down for it: what somebody worked says it, also where the class of the work was raised later.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from uuid import UUID

from sqlalchemy import func, select

from marketplace.accounts import queries as accounts
from marketplace.accounts.models import CareLine
from marketplace.accounts.rules import Actor, require_person
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.shifts.hours import months_after
from marketplace.shifts.models import Booking, TimeEntry
from marketplace.standards.catalogue import RULES
from marketplace.standards.hazard import OPT_IN, HazardClass

_NUMBERS = RULES["AFTER_CARE"].parameters
MONTHS: Mapping[HazardClass, int] = MappingProxyType(
    {HazardClass.H2: _NUMBERS["h2_months"], HazardClass.H3: _NUMBERS["h3_months"]}
)
"""How long care stays open after each class that is opted into."""


@dataclass(frozen=True, slots=True)
class AfterCare:
    """What one company owes one person: who pays, whom to call, until when. `line` is None while the company has named
    nobody; it pays all the same."""

    company_id: UUID
    company: str
    last_exposure: datetime
    open_until: datetime
    is_open: bool
    line: CareLine | None


def mine(*, seen_by: Actor) -> Sequence[AfterCare]:
    """The care that the person may claim, or could, by company: that which is open longest, the newest first."""
    now = clock.now()
    last = func.max(func.coalesce(TimeEntry.ended_at, now))
    found = (
        select(Booking.company_id, Booking.hazard_class, last.label("last"))
        .join(TimeEntry, TimeEntry.booking_id == Booking.id)
        .where(Booking.contractor_id == require_person(seen_by), Booking.hazard_class.in_(OPT_IN))
        .group_by(Booking.company_id, Booking.hazard_class)
        .order_by(last.desc())
    )
    longest: dict[UUID, tuple[datetime, datetime]] = {}
    for company_id, hazard_class, moment in db.session.execute(found):
        care = (months_after(moment, MONTHS[hazard_class]), moment)
        longest[company_id] = max(care, longest.get(company_id, care))
    names, lines = accounts.company_name(list(longest)), accounts.care_lines(list(longest))
    return [
        AfterCare(known, names[known], last_one, until, now < until, lines.get(known))
        for known, (until, last_one) in longest.items()
    ]
