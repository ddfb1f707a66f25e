"""What waited for an answer is not cut (OPEN_QUESTION)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from marketplace.messages import threads
from marketplace.shifts import attendance, cuts
from marketplace.shifts.clock_rules import WaitedForAnswer
from marketplace.shifts.models import Booking
from marketplace.shifts.timesheet_rules import CutCategory
from tests.factories import accounts, disputes
from tests.factories import messages as talk
from tests.factories import shifts as make
from tests.factories.shifts import Scene


def asked_at_work(scene: Scene) -> tuple[Booking, threads.Thread]:
    """Four hours are worked from nine on; at ten the person asks."""
    booking = make.booked(scene)
    me = accounts.actor_of(booking.contractor_id)
    make.at(booking.starts_at)
    attendance.clock_in(booking.id, by=me)
    make.at(booking.starts_at + timedelta(hours=1))
    row = talk.asked(scene, me)
    make.at(booking.ends_at)
    attendance.clock_out(booking.id, by=me)
    return booking, row


def test_no_minute_that_waited_for_an_answer_is_cut(scene: Scene) -> None:
    """Of 240 minutes 180 waited: 60 can be cut as not worked, and not one more while nobody answers."""
    booking, row = asked_at_work(scene)
    line = disputes.line_of(booking)
    for category in (CutCategory.NOT_AT_WORK, CutCategory.FORGOTTEN_CLOCK_OUT):
        with pytest.raises(WaitedForAnswer, match="for this reason: 60"):
            cuts.cut(line.timesheet_id, [disputes.new_cut(booking, 61, category)], by=scene.company)
    make.at(row.questions[0].due_at + timedelta(minutes=1))
    threads.write(row.id, talk.ANSWER, by=scene.company)
    with pytest.raises(WaitedForAnswer, match="for this reason: 60"):
        cuts.cut(line.timesheet_id, [disputes.new_cut(booking, 61)], by=scene.company)
    cuts.cut(line.timesheet_id, [disputes.new_cut(booking, 60)], by=scene.company)
    assert disputes.cut_of(booking).minutes == 60


def test_an_answer_in_time_leaves_the_company_its_right(scene: Scene) -> None:
    booking, row = asked_at_work(scene)
    threads.write(row.id, talk.ANSWER, by=scene.company)
    cuts.cut(disputes.line_of(booking).timesheet_id, [disputes.new_cut(booking, 200)], by=scene.company)
    assert disputes.cut_of(booking).minutes == 200


def test_other_reasons_and_other_people_are_not_protected(scene: Scene) -> None:
    booking, _ = asked_at_work(scene)
    somebody_else = disputes.new_cut(booking, 240, CutCategory.SOMEBODY_ELSE)
    cuts.cut(disputes.line_of(booking).timesheet_id, [replace(somebody_else)], by=scene.company)
    other = make.worked(scene, starts_at=booking.ends_at + timedelta(days=1))
    cuts.cut(disputes.line_of(other).timesheet_id, [disputes.new_cut(other, 100)], by=scene.company)
    assert disputes.cut_of(other).minutes == 100
