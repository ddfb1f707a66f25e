"""A mistake of the clock on the pages of both sides."""

from datetime import UTC, datetime, time, timedelta

from sqlalchemy import select

from marketplace.accounts.models import Person
from marketplace.core.db import db
from marketplace.shifts import attendance, corrections
from marketplace.shifts.clock_rules import CorrectionStatus, EntryKind
from marketplace.shifts.correction_models import Correction
from marketplace.shifts.timesheet_models import TimesheetLine
from marketplace.web.correcting import CorrectionForm
from tests.factories import accounts
from tests.factories import shifts as make
from tests.factories.shifts import MONDAY, ZONE, Scene
from tests.shifts.test_standby import called_after
from tests.web.visitor import Visitor


def test_both_sides_see_both_times_and_say_what_they_think(visitor: Visitor, scene: Scene) -> None:
    """The clock saw 9:25 to 13:00 in Kansas. The person writes 9:00, a break at 11:00 and work again at 11:15."""
    booking = make.booked(scene)
    make.at(MONDAY + timedelta(minutes=25))
    me = accounts.actor_of(booking.contractor_id)
    attendance.clock_in(booking.id, by=me)
    make.at(MONDAY + timedelta(minutes=240))
    attendance.clock_out(booking.id, by=me)
    visitor.signed_in(db.session.get_one(Person, booking.contractor_id))
    assert "The clock is wrong" in visitor.look(f"/work/shifts/{booking.id}").words
    path = f"/work/shifts/{booking.id}/corrections"
    rows = {"from_0": "09:00", "from_1": "11:00", "kind_1": "unpaid_break", "from_2": "11:15", "kind_2": "work"}
    refused = visitor.send(path, **rows | {"ends": "13:30", "words": "I forgot."})
    assert (refused.status, "The clock counts within the shift." in refused.words) == (422, True)
    written = visitor.hand_in(refused, **rows | {"ends": "13:00", "words": "I forgot."})
    assert "Before: 3 h 35 min paid" in written.words
    assert "Instead: 3 h 45 min paid" in written.words
    (made,) = corrections.of_bookings([booking.id])
    assert [each["kind"] for each in made.after] == ["work", "unpaid_break", "work"]
    sheet_id = db.session.scalars(select(TimesheetLine.timesheet_id)).one()
    visitor.hand_in(visitor.look("/work"), "/sign-out")
    visitor.signed_in(db.session.get_one(Person, scene.company.person_id))
    sheet = f"/company/{scene.company_id}/timesheets/{sheet_id}"
    assert "corrected, look at both" in visitor.look(sheet).words
    page = visitor.look(f"{sheet}/shifts/{booking.id}")
    assert "“I forgot.”" in page.words
    told = visitor.hand_in(page, f"{made.id}/contest", words="You came late.")
    assert "not agreed" in told.words
    assert made.status is CorrectionStatus.CONTESTED
    visitor.hand_in(told, **rows | {"from_0": "09:30", "ends": "13:00", "words": "The logs begin then."})
    proposed = db.session.scalars(select(Correction).where(Correction.number == 2)).one()
    assert (proposed.status, proposed.minutes_before, proposed.minutes_after) == (CorrectionStatus.PROPOSED, 225, 195)
    visitor.hand_in(visitor.look(sheet), "/sign-out")
    visitor.signed_in(db.session.get_one(Person, booking.contractor_id))
    agreed = visitor.send(path, f"{proposed.id}/accept")
    assert "It would take minutes" not in agreed.words
    assert db.session.scalars(select(TimesheetLine.work_minutes)).one() == 195


def test_the_rows_are_read_on_the_clock_of_the_place(scene: Scene) -> None:
    """Through a night, and through the hour that the clock of Kansas shows twice."""
    booking = make.booked(scene)
    night = CorrectionForm(booking, "America/Chicago")
    night.starts_at = datetime(2027, 11, 7, 3, tzinfo=UTC)  # 22:00 on Saturday
    night.ends_at = night.starts_at + timedelta(hours=9)
    night.known = []
    data = {"from_0": time(22), "from_1": time(1, 30), "kind_1": EntryKind.PAID_BREAK, "from_2": time(1, 30)}
    read = night.read(data | {"ends": time(6)})
    assert [(each.kind, (each.ended_at - each.started_at) / timedelta(hours=1)) for each in read] == [
        (EntryKind.WORK, 3.5),
        (EntryKind.WORK, 5.5),
    ]


def test_who_stood_by_and_forgot_to_press_writes_from_the_call_on(scene: Scene) -> None:
    """Called twenty seconds after 9:30, and missed: what they write as 9:30 is the moment of the call."""
    booking = called_after(scene, 30 + 1 / 3)
    make.at(MONDAY + timedelta(minutes=50))
    assert attendance.mark_no_shows() == 1
    form = CorrectionForm(booking, ZONE)
    assert form.values == {"kind_0": "work", "from_0": "09:30", "ends": "13:00"}
    (written,) = form.read({"from_0": time(9, 30), "ends": time(13)})
    assert (written.started_at, written.ended_at) == (booking.called_at, booking.ends_at)
