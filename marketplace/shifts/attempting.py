"""Beginning a test beside one's shifts: its minutes are work, and count in a week's hours and in rest (TEST_HOURS).

The room of tests stands below this one and knows no shifts, so they are read here, under the lock that a yes takes too.
"""

from datetime import timedelta
from uuid import UUID

from marketplace.accounts.rules import Actor, require_person
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.problems import NotFound
from marketplace.qualifications import attempts
from marketplace.qualifications.models import Attempt
from marketplace.shifts import queries
from marketplace.standards.hours import Span
from marketplace.workforce.models import Contractor


def begin(qualification_id: UUID, *, by: Actor) -> Attempt:
    """Begins the test, or goes on with it, as `attempts.start()` does, and raises what it raises."""
    me = require_person(by)
    if db.session.get(Contractor, me, with_for_update={"key_share": True}, populate_existing=True) is None:
        raise NotFound
    now = clock.now()
    shifts = queries.booked(me, Span(now, now + timedelta(minutes=1)))
    return attempts.start(qualification_id, shifts, by=by)
