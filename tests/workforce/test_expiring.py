"""Papers that hold until a day: who is told, what rests and what does not, and that no decision comes too late."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import select

from jobs import standing as jobs
from marketplace.accounts.rules import Actor, OperatorRole
from marketplace.core import clock
from marketplace.core.db import db, transaction
from marketplace.core.events import timeline
from marketplace.core.http import SetaraFlask
from marketplace.core.lifecycle import WrongState
from marketplace.core.retention import PaperStatus
from marketplace.shifts import offers
from marketplace.shifts.rules import BookingStatus, NotEligible
from marketplace.workforce import declarations, documents, expiring, proposals, service, validity, versions
from marketplace.workforce.bars import RestrictionStatus, Source
from marketplace.workforce.models import Contractor, Requirement
from marketplace.workforce.papers import IdentityPaper, IdentityShown, PaperExpired, Purpose, Work, WorkBasis
from marketplace.workforce.rules import RequirementKind, RequirementStatus, Ruling, ShownOtherwise
from marketplace.workforce.standing_models import Proposal, Restriction
from tests.factories import accounts, standing, workforce
from tests.factories import shifts as make
from tests.factories.shifts import MONDAY
from tests.papers import pdf, png

DAY = timedelta(days=1)
IDENTITY, RESIDENCE, WORK = (
    RequirementKind.IDENTITY, RequirementKind.RESIDENCE, RequirementKind.RIGHT_TO_WORK,
)  # fmt: skip


def requirement(contractor_id: object, kind: RequirementKind = IDENTITY) -> Requirement:
    found = select(Requirement).where(Requirement.contractor_id == contractor_id, Requirement.kind == kind)
    return db.session.scalars(found.execution_options(populate_existing=True)).one()


def ends(who: Contractor, until: date, kind: RequirementKind = IDENTITY) -> Requirement:
    """What they showed is good until that day."""
    row = requirement(who.id, kind)
    row.valid_until, row.reminded_days = until, None
    db.session.flush()
    return row


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)


def look(day: date | datetime) -> None:
    clock.move_to(day if isinstance(day, datetime) else noon(day))
    jobs.remind_of_papers()
    jobs.pause_for_papers()


def pauses() -> list[Restriction]:
    found = select(Restriction).where(Restriction.source == Source.PAPER)
    return list(db.session.scalars(found.order_by(Restriction.begins_at, Restriction.id)))


def renewed(me: Actor, until: date) -> None:
    """A new passport is declared, its picture handed in, and an operator is asked to look."""
    documents.hand_in([(Purpose.IDENTITY, png())], by=me)
    number = f"R{until:%Y%m%d}"
    declarations.declare(identity=IdentityShown(IdentityPaper.PASSPORT, "US", until, number), by=me)
    service.submit_requirement(IDENTITY, "The new one.", by=me)


# --- the rule -------------------------------------------------------------------------------------------------------


def test_who_shows_a_paper_that_ends_is_told_30_and_7_days_before(app: Flask) -> None:
    """Rule PAPERS_END: 30 and 7 days before, once each; the day after its last one new offers rest for 90 days."""
    ana = workforce.contractor()
    last = clock.now().date() + 100 * DAY
    row = ends(ana, last)
    told = []
    for left in (31, 30, 30, 8, 7, 7, 0):
        look(last - left * DAY)
        told.append(sum(event.name == "requirement.ends_soon" for event in timeline("contractor", ana.id)))
    assert told == [0, 1, 1, 1, 2, 2, 2]
    assert pauses() == []
    for _ in range(2):
        look(last + DAY)
    (pause,) = pauses()
    assert (pause.decision_id, pause.expires_at - pause.begins_at) == (None, 90 * DAY)
    assert "an operator accepts it" in pause.reason
    finding = db.session.get_one(Proposal, pause.proposal_id)
    assert finding.evidence == {"requirement": str(row.id), "kind": "identity", "until": last.isoformat()}
    # Nobody has looked for 90 days: it is put before them anew.
    clock.move_to(pause.expires_at)
    jobs.expire_restrictions()
    jobs.expire_proposals()
    look(pause.expires_at)
    assert [each.status for each in pauses()] == [RestrictionStatus.EXPIRED, RestrictionStatus.ACTIVE]


def test_each_reminder_is_given_once_and_one_that_was_missed_is_not_given_late() -> None:
    until = date(2027, 3, 31)
    cases = {31: None, 30: 30, 8: 30, 7: 7, 0: 7, -1: None}
    assert {left: validity.reminder(until, until - left * DAY, None) for left in cases} == cases
    assert [validity.reminder(until, until - left * DAY, 30) for left in (20, 7)] == [None, 7]
    assert validity.reminder(until, until, 7) is None


def test_the_last_day_is_one_of_the_persons_own_calendar(app: Flask) -> None:
    """In Kiribati (UTC+14) the day is over when it has hardly begun in Samoa's American part (UTC-11)."""
    last = clock.now().date() + 50 * DAY
    people = {
        zone: workforce.contractor(country=country, subdivision=None, timezone=zone)
        for country, zone in (("KI", "Pacific/Kiritimati"), ("AS", "Pacific/Pago_Pago"))
    }
    for who in people.values():
        ends(who, last)
    paused: Mapping[str, set[object]] = {
        name: set() for name in ("before Kiribati's midnight", "after it", "before Samoa's midnight", "after that")
    }
    for name, moment in zip(
        paused,
        (
            noon(last) - timedelta(hours=3),
            noon(last) - timedelta(hours=1),
            noon(last) + timedelta(hours=22),
            noon(last) + DAY,
        ),
        strict=True,
    ):
        look(moment)
        paused[name].update(each.contractor_id for each in pauses())
    kiribati, samoa = (who.id for who in people.values())
    assert list(paused.values()) == [set(), {kiribati}, {kiribati}, {kiribati, samoa}]


def test_what_is_booked_is_kept_and_new_offers_rest_until_a_renewed_paper_is_accepted(app: Flask) -> None:
    there = make.scene()
    ana, operator = make.contracted(there), accounts.operator(OperatorRole.VETTING)
    me = accounts.actor_of(ana.id)
    booking = make.booked(there, ana)
    waiting = make.offered(there, make.shift(there, MONDAY + DAY), ana)
    ends(ana, clock.now().date() - DAY)
    jobs.pause_for_papers()
    with pytest.raises(NotEligible) as refused, db.session.begin_nested():
        offers.accept(waiting.id, by=me)
    assert refused.value.members["verdict"]["rule"] == "PAPERS_END"
    assert booking.status is BookingStatus.BOOKED
    renewed(me, clock.now().date() + 400 * DAY)
    row = requirement(ana.id)
    assert (row.status, row.valid_until) == (RequirementStatus.SUBMITTED, clock.now().date() - DAY)
    assert db.session.scalars(expiring.renewals(operator)).all() == [row]
    service.decide_requirement(ana.id, IDENTITY, Ruling(True, "Their photograph."), by=operator)
    (pause,) = pauses()
    assert (pause.status, pause.end_reason) == (RestrictionStatus.LIFTED, "Their photograph.")
    assert requirement(ana.id).valid_until == clock.now().date() + 400 * DAY
    assert proposals.about(ana.id, operator)[0].reason == "Their photograph."
    offers.accept(waiting.id, by=me)
    # The document is erased as one of an application is.
    newest = documents.documents(ana.id, me)[0]
    assert newest.status is PaperStatus.HELD
    assert newest.erase_at <= clock.now() + 30 * DAY


def test_an_operator_may_find_that_nothing_follows(app: Flask) -> None:
    """A permit that the law itself has prolonged: dismissed, and not raised again for that day."""
    # At noon it is the same day in Chicago, where she lives.
    clock.move_to(noon(clock.now().date() + DAY))
    ana = workforce.contractor()
    ends(ana, clock.now().date() - DAY, WORK)
    look(clock.now())
    (pause,) = pauses()
    assert pause.proposal_id is not None
    proposals.answer(pause.proposal_id, "The law prolongs it.", by=accounts.actor_of(ana.id))
    proposals.dismiss(pause.proposal_id, "So it does.", by=standing.operator())
    look(clock.now() + 100 * DAY)
    assert [each.status for each in pauses()] == [RestrictionStatus.LIFTED]


def test_what_is_accepted_holds_until_the_day_that_the_operator_reads(app: Flask) -> None:
    made, operator = workforce.applied(), accounts.operator(OperatorRole.VETTING)
    me, today = accounts.actor_of(made.id), clock.now().date()
    workforce.shown(me)
    declared = requirement(made.id)
    with pytest.raises(PaperExpired):
        service.decide_requirement(made.id, IDENTITY, Ruling(True, "Seen.", today - 2 * DAY), by=operator)
    with pytest.raises(validity.HasNoEnd):
        service.decide_requirement(made.id, RequirementKind.AGE, Ruling(True, "Seen.", today + DAY), by=operator)
    rulings = {IDENTITY: Ruling(True, "Seen."), RESIDENCE: Ruling(True, "A lease.", today + 200 * DAY)}
    service.decide_requirements(made.id, rulings, by=operator)
    assert declared.valid_until == today + workforce.YEARS
    assert requirement(made.id, RESIDENCE).valid_until == today + 200 * DAY


def test_what_was_accepted_is_renewed_from_60_days_before_and_not_earlier(app: Flask) -> None:
    clock.move_to(noon(clock.now().date() + DAY))
    ana = workforce.contractor()
    me = accounts.actor_of(ana.id)
    row = ends(ana, clock.now().date() + 62 * DAY)
    with pytest.raises(WrongState) as early, db.session.begin_nested():
        renewed(me, clock.now().date() + 900 * DAY)
    assert early.value.members["renewable_from"] == (row.valid_until - 60 * DAY).isoformat()  # type: ignore[operator]
    clock.move_to(clock.now() + 2 * DAY)
    with pytest.raises(WrongState), db.session.begin_nested():
        # What an operator would look at is the old declaration.
        service.submit_requirement(IDENTITY, "The new one.", by=me)
    renewed(me, clock.now().date() + 900 * DAY)
    assert requirement(ana.id).status is RequirementStatus.SUBMITTED
    ends(ana, clock.now().date() + DAY, RESIDENCE)
    documents.hand_in([(Purpose.RESIDENCE, pdf())], by=me)
    service.submit_requirement(RESIDENCE, "A new lease.", by=me)


# --- what was seen --------------------------------------------------------------------------------------------------


def test_nothing_is_decided_about_what_is_no_longer_there(app: Flask) -> None:
    """Each of the three parts, and which of them it was."""
    made, operator = workforce.applied(), accounts.operator(OperatorRole.VETTING)
    me = accounts.actor_of(made.id)
    workforce.shown(me)

    def decide(seen: str, kind: RequirementKind = WORK, met: bool = True) -> None:
        with db.session.begin_nested():
            service.decide_requirement(made.id, kind, Ruling(met, "Seen.", seen=seen), by=operator)

    def version(kind: RequirementKind = WORK) -> str:
        return versions.by_kind([requirement(made.id, kind)])[kind]

    before = version()
    declarations.declare(work=Work(WorkBasis.FREE_MOVEMENT), by=me)
    documents.hand_in([(Purpose.RIGHT_TO_WORK, png())], by=me)
    with pytest.raises(ShownOtherwise) as refused:
        decide(before)
    assert refused.value.members["changed"] == ["declaration", "documents"]
    now = refused.value.members["version"]
    assert now == version()
    decide(now)
    # A colleague has accepted it meanwhile: nobody refuses it without having seen that.
    with pytest.raises(ShownOtherwise) as late:
        decide(now, met=False)
    assert late.value.members["changed"] == ["handed_in"]
    # What belongs to another requirement changes nothing.
    identity = version()
    documents.hand_in([(Purpose.RESIDENCE, pdf())], by=me)
    assert version() == identity
    decide(version(IDENTITY), IDENTITY)


@pytest.mark.truncating
def test_a_renewal_accepted_while_the_job_looks_pauses_nobody_for_long(apart_app: SetaraFlask) -> None:
    """Three workers look while an operator accepts: whoever comes first, one pause at most, and none that is left."""
    with apart_app.app_context():
        with transaction():
            ana, operator = workforce.contractor(), accounts.operator(OperatorRole.VETTING)
            who, me = ana.id, accounts.actor_of(ana.id)
            ends(ana, clock.now().date() - DAY)
            renewed(me, clock.now().date() + 400 * DAY)
        start = Barrier(4)

        def worker(work: object) -> None:
            assert callable(work)
            with apart_app.app_context():
                start.wait(10)
                with transaction():
                    work()
                db.session.remove()

        def accept() -> None:
            service.decide_requirement(who, IDENTITY, Ruling(True, "Seen."), by=operator)

        with ThreadPoolExecutor(4) as pool:
            for done in [pool.submit(worker, work) for work in (expiring.pause_due,) * 3 + (accept,)]:
                done.result()
        with transaction():
            assert [each.status for each in pauses()] in ([], [RestrictionStatus.LIFTED])
            assert expiring.pause_due() == 0
