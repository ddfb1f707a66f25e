"""The person behind the account: what goes to a human, what rests meanwhile, and what never is a reason."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from jobs import standing as jobs
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.problems import NotFound
from marketplace.shifts import offers
from marketplace.shifts.rules import BookingStatus, NotEligible
from marketplace.workforce import proposals, restrictions, signals
from marketplace.workforce.bars import FLEETING, MATCHING, ProposalStatus, RestrictionStatus, SignalKind, Source
from marketplace.workforce.rules import ContractorStatus
from marketplace.workforce.standing_models import Proposal, Restriction, Signal
from tests.factories import accounts, pay, standing, workforce
from tests.factories import shifts as make
from tests.factories.shifts import MONDAY

DAY = timedelta(days=1)


def pauses() -> list[Restriction]:
    return list(db.session.scalars(select(Restriction).where(Restriction.source == Source.MATCH)))


def test_a_shared_payout_account_pauses_the_newer_for_seven_days(app: Flask) -> None:
    """Rule PERSON: the older goes on, nothing is decided, and the clock ends it where nobody has."""
    older, newer = workforce.contractor(), workforce.contractor()
    match = standing.matched(older, newer)
    assert (match.contractor_id, match.other_id, match.status) == (newer.id, older.id, ProposalStatus.OPEN)
    (pause,) = pauses()
    assert (pause.contractor_id, pause.decision_id, pause.expires_at - pause.begins_at) == (newer.id, None, 7 * DAY)
    assert {each.status for each in (older, newer)} == {ContractorStatus.VETTED}
    assert "proves nothing" in pause.reason
    clock.move_to(pause.expires_at)
    jobs.expire_restrictions()
    jobs.expire_proposals()
    assert (pause.status, match.status) == (RestrictionStatus.EXPIRED, ProposalStatus.EXPIRED)


def test_a_paused_account_is_still_paid_and_keeps_its_shifts(app: Flask) -> None:
    there = make.scene()
    older, newer = make.contracted(there), make.contracted(there)
    booking = make.booked(there, newer)
    waiting = make.offered(there, make.shift(there, MONDAY + DAY), newer)
    standing.matched(older, newer, SignalKind.DEVICE)
    with pytest.raises(NotEligible) as refused, db.session.begin_nested():
        offers.accept(waiting.id, by=accounts.actor_of(newer.id))
    assert refused.value.members["verdict"]["rule"] == "PERSON"
    assert booking.status is BookingStatus.BOOKED
    make.at(booking.starts_at)
    make.attendance.clock_in(booking.id, by=accounts.actor_of(newer.id))
    make.at(booking.ends_at)
    make.attendance.clock_out(booking.id, by=accounts.actor_of(newer.id))
    pay.approved(there, booking)
    pay.paid(there.company_id)
    assert pay.payslip_of(newer.id).net.amount == 6000
    assert make.offered(there, make.shift(there, MONDAY + 2 * DAY), older).contractor_id == older.id


@pytest.mark.parametrize("kind", sorted(set(SignalKind) - MATCHING))
def test_a_shared_phone_or_network_is_never_a_reason(app: Flask, kind: SignalKind) -> None:
    one, two = workforce.contractor(), workforce.contractor()
    for each in (one, two):
        signals.note(each.id, kind, "203.0.113.7")
    assert (pauses(), db.session.scalars(select(Proposal)).all()) == ([], [])
    (shared,) = signals.shared(one.id, two.id, standing.operator())
    assert (shared.kind, shared.is_reason) == (kind, False)


def test_a_pair_rests_once_however_much_it_shares(app: Flask) -> None:
    older, newer = workforce.contractor(), workforce.contractor()
    standing.matched(older, newer, SignalKind.DEVICE)
    signals.note(older.id, SignalKind.DEVICE, str(older.id))
    standing.matched(older, newer, SignalKind.DOCUMENT)
    assert len(pauses()) == 1
    shares = [each.evidence["shares"] for each in proposals.about(newer.id, standing.operator())]
    assert sorted(shares) == ["device", "document"]


def test_dismissing_ends_the_pause_at_once(app: Flask) -> None:
    match = standing.matched(workforce.contractor(), workforce.contractor())
    proposals.dismiss(match.id, "They are sisters.", by=standing.operator())
    (pause,) = pauses()
    assert (pause.status, pause.end_reason) == (RestrictionStatus.LIFTED, "They are sisters.")
    assert restrictions.in_force([db.session.get_one(workforce.Contractor, match.contractor_id)], clock.now()) == {}


def test_whoever_is_no_contractor_is_matched_with_nobody(app: Flask) -> None:
    ana, person = workforce.contractor(), accounts.person()
    for each in (ana.id, person.id):
        signals.note(each, SignalKind.DEVICE, "the same")
    assert pauses() == []


def test_only_digests_are_kept_and_the_fleeting_are_forgotten(app: Flask) -> None:
    """Rule PERSON: 90 days after they were seen last. A payout account stays as long as the account does."""
    ana = workforce.contractor()
    for kind in FLEETING:
        signals.note(ana.id, kind, "203.0.113.7")
    rows = db.session.scalars(select(Signal).where(Signal.person_id == ana.id)).all()
    assert {row.kind for row in rows} == {*FLEETING, SignalKind.PAYOUT_ACCOUNT, SignalKind.DOCUMENT}
    assert all(re.fullmatch("[0-9a-f]{64}", row.fingerprint) for row in rows)
    clock.move_to(clock.now() + 60 * DAY)
    signals.note(ana.id, SignalKind.DEVICE, "203.0.113.7")
    clock.move_to(clock.now() + 31 * DAY)
    jobs.forget_signals()
    left = db.session.scalars(select(Signal.kind).where(Signal.person_id == ana.id)).all()
    assert set(left) == {SignalKind.DEVICE, SignalKind.PAYOUT_ACCOUNT, SignalKind.DOCUMENT}


def test_nobody_but_an_operator_compares_accounts(app: Flask) -> None:
    one, two = workforce.contractor(), workforce.contractor()
    with pytest.raises(NotFound):
        signals.shared(one.id, two.id, accounts.actor_of(one.id))
