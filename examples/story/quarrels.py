"""A cut of a timesheet, what becomes of it, and another one that is still open when the story ends."""

from uuid import UUID

from sqlalchemy import func, select

from examples.story import script
from examples.story.stage import Story
from marketplace.core.db import db, transaction
from marketplace.disputes import service as disputes
from marketplace.shifts import cuts
from marketplace.shifts.cuts import NewCut
from marketplace.shifts.models import Booking
from marketplace.shifts.timesheet_models import Timesheet, TimesheetCut, TimesheetLine
from marketplace.shifts.timesheet_rules import CutCategory, TimesheetStatus

CUT_MINUTES = 60


def cut_with_a_reason(story: Story) -> None:
    """The lab takes an hour off the timesheet of whoever forgot to clock out, and says why; the rest is approved."""
    owner = story.world.owner("lab")
    with transaction():
        line = _line_of(story.journal["forgotten"]["shift"], story.world.people[story.journal["forgotten"]["person"]])
        cuts.cut(
            line.timesheet_id,
            [
                NewCut(
                    line.id,
                    CUT_MINUTES,
                    CutCategory.FORGOTTEN_CLOCK_OUT,
                    "Instructions, first page: work ends with the last answer sent.",
                    "No answer was sent in the last hour; answers of that hour would put it right.",
                )
            ],
            by=owner,
        )
    story.note(
        "cut",
        f"The lab cuts {CUT_MINUTES} minutes off that timesheet, with a category, a clause and what is missing. The "
        "rest is approved at once, and the hour's money stays held.",
    )


def claim_against_the_cut(story: Story) -> None:
    person = story.journal["forgotten"]["person"]
    with transaction():
        cut = _cut_of(story.world.people[person])
        disputes.claim(
            cut, "My telephone died. I sent answers until the end; they carry the time.", by=story.world.person(person)
        )
    story.tell("The contractor disputes it, in their own words. An operator of neither side has 14 days.")


def ruling(story: Story) -> None:
    """An operator who is on neither side rules; the money is paid by the next run."""
    with transaction():
        cut = _cut_of(story.world.people[story.journal["forgotten"]["person"]])
        disputes.rule(
            cut, CUT_MINUTES, "Answers were received until two minutes before the end.", by=story.world.operator("tia")
        )
    story.note("ruling", f"The operator restores all {CUT_MINUTES} minutes, in writing. The next pay run pays them.")


def open_dispute(story: Story) -> None:
    """Another cut, and another dispute, which the service's present still finds open."""
    with transaction():
        line = _earliest_submitted_line(story)
        booking = db.session.get_one(Booking, line.booking_id)
        cuts.cut(
            line.timesheet_id,
            [
                NewCut(
                    line.id,
                    CUT_MINUTES // 2,
                    CutCategory.NOT_AT_WORK,
                    "Instructions, first page: pauses of more than ten minutes are breaks.",
                    "Between ten and half past ten nothing was labelled.",
                )
            ],
            by=story.world.owner("second"),
        )
        me = story.world.person(story.crowd.number_of(booking.contractor_id))
    with transaction():
        assert me.person_id is not None
        disputes.claim(_cut_of(me.person_id), "The queue was empty. Waiting is work.", by=me)
    story.note("open_dispute", "Another cut is disputed on pay day; it waits for a ruling when the story ends.")


def _line_of(shift: int, person_id: UUID) -> TimesheetLine:
    """The line of a booking, by the number of its shift and its person."""
    start = script.shifts()[shift].starts_at
    return db.session.scalars(
        select(TimesheetLine)
        .join(Booking, Booking.id == TimesheetLine.booking_id)
        .where(Booking.contractor_id == person_id, func.lower(Booking.during) == start)
    ).one()


def _cut_of(person_id: UUID) -> UUID:
    return db.session.scalars(select(TimesheetCut.id).where(TimesheetCut.contractor_id == person_id)).one()


def _earliest_submitted_line(story: Story) -> TimesheetLine:
    """A line of the second lab that still waits for an answer: the earliest, of the lowest number."""
    rows = db.session.execute(
        select(TimesheetLine, Booking.contractor_id, Booking.during)
        .join(Timesheet, Timesheet.id == TimesheetLine.timesheet_id)
        .join(Booking, Booking.id == TimesheetLine.booking_id)
        .where(Timesheet.status == TimesheetStatus.SUBMITTED, Timesheet.company_id == story.world.companies["second"])
    ).all()
    first = min(rows, key=lambda row: (row.during.lower, story.crowd.number_of(row.contractor_id)))
    line: TimesheetLine = first.TimesheetLine
    return line
