"""Threads: who may ask and answer, what is late, how fast a company is, and what was badly written."""

from datetime import timedelta

import pytest

from marketplace.accounts.rules import CLOCK, CompanyRole
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import timeline
from marketplace.core.lifecycle import WrongState
from marketplace.core.problems import Forbidden, NotFound
from marketplace.gigs import preparation
from marketplace.gigs.instruction_rules import ChecklistItem
from marketplace.messages import answers, defects, queries, threads
from marketplace.messages.rules import (
    DefectStatus,
    MustAnswerFirst,
    NoSuchPart,
    ReplyTime,
    Side,
    ThreadStatus,
    TooManyMessages,
    TooManyWaiting,
)
from marketplace.shifts import prepared, questions
from tests.factories import accounts, workforce
from tests.factories import messages as talk
from tests.factories import shifts as make
from tests.factories.shifts import Scene


def test_a_question_is_answered_closed_and_opened_again(scene: Scene) -> None:
    ana = talk.asker(scene)
    row = talk.asked(scene, ana)
    assert (row.status, row.questions[0].due_at - clock.now() > timedelta(hours=20)) == (ThreadStatus.WAITING, True)
    with pytest.raises(MustAnswerFirst):
        threads.close(row.id, by=scene.company)
    assert threads.write(row.id, talk.ANSWER, by=scene.company).status is ThreadStatus.ANSWERED
    assert threads.write(row.id, "Thank you.", False, by=ana).status is ThreadStatus.ANSWERED
    assert threads.close(row.id, by=scene.company).status is ThreadStatus.CLOSED
    with pytest.raises(WrongState):
        threads.close(row.id, by=ana)
    again = threads.write(row.id, "And a reflection?", by=ana)
    assert (again.status, len(again.questions)) == (ThreadStatus.WAITING, 2)
    assert [each.side for each in again.messages] == [Side.CONTRACTOR, Side.COMPANY, Side.CONTRACTOR, Side.CONTRACTOR]
    assert threads.close(row.id, by=ana).questions[1].withdrawn_at is not None
    told = timeline("thread", row.id)
    assert [each.name.partition(".")[2] for each in reversed(told)] == [
        "asked", "answered", "said", "closed", "asked", "closed",
    ]  # fmt: skip
    assert not any("shadow" in str(each.data) for each in told)


def test_either_side_takes_up_again_what_was_answered_or_closed(scene: Scene) -> None:
    ana = talk.asker(scene)
    row = talk.asked(scene, ana)
    threads.write(row.id, talk.ANSWER, by=scene.company)
    assert threads.write(row.id, "And a reflection?", by=ana).status is ThreadStatus.WAITING
    threads.write(row.id, talk.ANSWER, by=scene.company)
    threads.close(row.id, by=ana)
    assert threads.write(row.id, "One word more.", by=scene.company).status is ThreadStatus.ANSWERED


def test_who_may_ask_and_who_may_read(scene: Scene) -> None:
    ana, stranger = talk.asker(scene), accounts.actor_of(workforce.contractor().id)
    row = talk.asked(scene, ana)
    with_contract = accounts.actor_of(make.contracted(scene).id)
    assert talk.asked(scene, with_contract).shift_id is None
    for by in (stranger, with_contract, accounts.operator(), make.scene().company):
        with pytest.raises(NotFound):
            queries.thread(row.id, seen_by=by)
    with pytest.raises(NotFound):
        questions.ask(scene.gig.id, talk.WORDS, by=stranger)
    with pytest.raises(NotFound):
        queries.thread(row.id, seen_by=accounts.member(scene.company_id, CompanyRole.VIEWER))
    manager = accounts.member(scene.company_id, CompanyRole.MANAGER)
    assert threads.write(row.id, talk.ANSWER, by=manager).status is ThreadStatus.ANSWERED


def test_a_shift_is_named_by_whoever_has_an_offer_of_it(scene: Scene) -> None:
    offer, other = talk.offered(scene), talk.offered(scene)
    ana = accounts.actor_of(offer.contractor_id)
    assert talk.asked(scene, ana, shift_id=offer.shift_id).shift_id == offer.shift_id
    with pytest.raises(NotFound):
        talk.asked(scene, ana, shift_id=other.shift_id)


def test_nobody_floods_a_company(scene: Scene) -> None:
    ana = talk.asker(scene)
    row, *_ = [talk.asked(scene, ana) for _ in range(10)]
    with pytest.raises(TooManyWaiting):
        talk.asked(scene, ana)
    for _ in range(20):
        threads.write(row.id, "?", by=ana)
    with pytest.raises(TooManyMessages):
        threads.write(row.id, "?", by=ana)
    make.at(clock.now() + timedelta(hours=2))
    threads.write(row.id, "?", by=ana)


def test_a_late_reply_is_told_once(scene: Scene) -> None:
    row = talk.asked(scene)
    assert threads.tell_overdue(10) == 0
    make.at(row.questions[0].due_at)
    assert (threads.tell_overdue(10), threads.tell_overdue(10)) == (1, 0)
    assert timeline("question", row.questions[0].id)[0].name == "question.overdue"
    late = queries.overdue(scene.company_id, seen_by=scene.company)
    assert [each.id for each in db.session.scalars(late)] == [row.id]


def test_how_fast_a_company_replies_counts_its_silence(scene: Scene) -> None:
    """Three questions are answered after two hours, one after five days, and one never: 60 % in time, half within two
    hours. Of four nothing was said."""
    rows = [talk.asked(scene) for _ in range(4)]
    begin = clock.now()
    make.at(begin + timedelta(hours=2))
    for row in rows[:3]:
        threads.write(row.id, talk.ANSWER, by=scene.company)
    make.at(begin + timedelta(days=4))
    assert queries.replies(scene.gig).gig is None, "four were answered or due"
    last = make.contracted(scene)
    questions.ask(scene.gig.id, talk.WORDS, by=accounts.actor_of(last.id))
    make.at(begin + timedelta(days=9))
    threads.write(rows[3].id, talk.ANSWER, by=scene.company)
    told = queries.replies(scene.gig)
    assert told.gig == ReplyTime(5, 60, 120)
    assert told.company == told.gig
    make.at(begin + timedelta(days=100))
    assert queries.replies(scene.gig).gig is None, "only the last 90 days count"


def test_what_is_asked_twice_is_a_fault_of_the_instructions(scene: Scene) -> None:
    ana = talk.asker(scene)
    first = talk.asked(scene, ana, part=1)
    talk.asked(scene, ana, part=1)
    with pytest.raises(NoSuchPart):
        talk.asked(scene, part=2)
    assert not queries.open_defects(scene.gig.id)
    second = talk.asked(scene, part=1)
    (defect,) = queries.open_defects(scene.gig.id)
    assert (defect.version, defect.part) == (1, 1)
    talk.asked(scene, part=1)
    assert len(queries.open_defects(scene.gig.id)) == 1, "one ticket for one fault"
    told = answers.publish(scene.gig.id, "Shadows?", talk.ANSWER, 1, by=scene.company)
    assert (told.version, defect.status) == (1, DefectStatus.EXPLAINED)
    for row in (first, second):
        read = queries.thread(row.id, seen_by=scene.company)
        assert (read.status, read.messages[-1].words) == (ThreadStatus.ANSWERED, talk.ANSWER)
        assert read.questions[0].answered_at == told.published_at
    talk.asked(scene, part=1)
    assert not queries.open_defects(scene.gig.id), "it was explained after the first three"


def test_a_new_version_mends_the_instructions(scene: Scene) -> None:
    talk.asked(scene, part=1)
    talk.asked(scene, part=1)
    (defect,) = queries.open_defects(scene.gig.id)
    written = preparation.write_instructions(scene.gig.id, "Draw without shadows.", "Shadows.", by=scene.company)
    assert defects.mend(written.id, by=CLOCK) == 0, "nobody has verified it"
    reader = accounts.member(scene.company_id, CompanyRole.MANAGER)
    preparation.verify_instructions(scene.gig.id, written.version, list(ChecklistItem), by=reader)
    assert (defects.mend(written.id, by=CLOCK), defect.status) == (1, DefectStatus.REWRITTEN)
    with pytest.raises(Forbidden):
        defects.mend(written.id, by=scene.company)


def test_an_offer_says_how_fast_the_company_replies(scene: Scene) -> None:
    offer = talk.offered(scene)
    ana = accounts.actor_of(offer.contractor_id)
    assert prepared.for_offer(offer.id, seen_by=ana).replies.gig is None
    for _ in range(5):
        threads.write(talk.asked(scene, ana).id, talk.ANSWER, by=scene.company)
    assert prepared.for_offer(offer.id, seen_by=ana).replies.gig == ReplyTime(5, 100, 0)
