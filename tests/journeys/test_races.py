"""Everybody at once, over real HTTP and with commits that are real: one wins, the others are told, nothing breaks."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import func, select

from marketplace.accounts.rules import CompanyRole, available_account
from marketplace.core import queue
from marketplace.core.db import db, transaction
from marketplace.core.http import SetaraFlask
from marketplace.core.money import Money
from marketplace.gigs.models import Gig, GigRate, PublishDecision
from marketplace.gigs.rules import GigStatus
from marketplace.ledger import queries as books
from marketplace.matching import deciding
from marketplace.pay import proof
from marketplace.pay.models import PayLine, PaymentOp, PayRun, SandboxCall
from marketplace.pay.rules import OpKind, RunStatus
from marketplace.pay.runs import service as runs
from marketplace.shifts.models import Booking, Offer, Shift, TimeEntry
from marketplace.shifts.rules import BookingStatus, OfferStatus
from marketplace.workforce.models import Contractor, VettingDecision
from marketplace.workforce.rules import ContractorStatus
from tests.factories import accounts, gigs, workforce
from tests.factories import pay as payments
from tests.factories import shifts as make
from tests.factories.shifts import MONDAY
from tests.journeys.service import Answer, Service, at_once, wait_until

pytestmark = pytest.mark.truncating
HIGHEST_COST = Money.of("67.40", "USD")
"""Of four hours at 15.00 USD in Kansas: wages 60.00, sick leave 2.00, health 2.40, fee 3.00."""
Inside = Callable[[], AbstractContextManager[None]]


@pytest.fixture
def inside(apart_app: SetaraFlask) -> Inside:
    """`with inside():` acts on, or looks at, the service's database by the verbs, and commits."""

    @contextmanager
    def act() -> Iterator[None]:
        with apart_app.app_context(), transaction():
            yield

    return act


@pytest.fixture(autouse=True)
def _every_truth_holds_at_the_end(inside: Inside, web: Service) -> Iterator[None]:
    said = len(web.log("web"))
    yield
    with inside():
        assert [(check.name, check.wrong) for check in proof.prove() if not check.holds] == []
    assert "Traceback" not in web.log("web")[said:]


def statuses(answers: list[Answer]) -> dict[tuple[int, str], int]:
    """How often each status came, with the code of its problem."""
    return dict(Counter((answer.status, answer.code) for answer in answers))


def accept(web: Service, offer: Offer) -> Callable[[], Answer]:
    """A yes that can be sent as often as wanted: every time under the same key."""
    path, who = f"/api/v1/offers/{offer.id}/accept", accounts.bearer(offer.contractor_id)
    return partial(web.send, "POST", path, who, key=f"yes to {offer.id}")


def test_forty_people_and_five_seats(web: Service, inside: Inside) -> None:
    """Everybody's program sends its yes twice at the same moment, as one that saw no answer does."""
    with inside():
        scene = make.scene()
        shift = make.shift(scene, seats=5)
        gig_id, shift_id, hold = scene.gig.id, shift.id, scene.gig.hold_account
        offers = make.asked(scene, shift, [make.contracted(scene) for _ in range(40)])
        yeses = [accept(web, offer) for offer in offers for _again in range(2)]
        before = books.balance(hold, "USD")
    answers = at_once(yeses)
    assert statuses(answers) == {(202, ""): 80}
    assert {answer.body["status"] for answer in answers} == {"collected"}
    for first, again in zip(answers[::2], answers[1::2], strict=True):
        assert first.body["id"] == again.body["id"]
    with inside():
        assert deciding.decide_due() == 1
    with inside():
        bookings = db.session.scalars(select(Booking).where(Booking.gig_id == gig_id)).all()
        assert len(bookings) == len({booking.contractor_id for booking in bookings}) == 5
        assert {books.balance(booking.hold_account, "USD") for booking in bookings} == {HIGHEST_COST}
        assert books.balance(hold, "USD") == before - Money(5 * HIGHEST_COST.amount, "USD")
        assert db.session.get_one(Shift, shift_id).seats_taken == 5
        left = Counter(db.session.scalars(select(Offer.status)))
        assert left == {OfferStatus.ACCEPTED: 5, OfferStatus.NOT_CHOSEN: 35}


def test_one_person_and_two_shifts_at_one_time(web: Service, inside: Inside) -> None:
    with inside():
        scene = make.scene()
        early, late = make.shift(scene, seats=5), make.shift(scene, MONDAY + timedelta(hours=2), seats=5)
        people = [make.contracted(scene) for _ in range(4)]
        yeses = [accept(web, make.offered(scene, shift, person)) for person in people for shift in (early, late)]
    answers = at_once(yeses)
    assert statuses(answers) == {(200, ""): 4, (409, "double_booked"): 4}
    assert all(answer.body["elsewhere"] for answer in answers if answer.status == 409)
    with inside():
        assert len(set(db.session.scalars(select(Booking.contractor_id)))) == 4
        assert db.session.scalar(select(func.sum(Shift.seats_taken))) == 4


def test_the_same_request_ten_times(web: Service, inside: Inside) -> None:
    with inside():
        lab = accounts.company().id
        who = accounts.bearer(accounts.owner_of(lab))
    money = {"money": {"amount": "10.00", "currency": "USD"}}
    answers = at_once([partial(web.send, "POST", f"/api/v1/companies/{lab}/deposits", who, money, key="once")] * 10)
    assert {answer.status for answer in answers} == {202}
    assert len({answer.body["id"] for answer in answers}) == 1
    assert sum("Idempotency-Replayed" in answer.headers for answer in answers) == 9
    with inside():
        assert db.session.scalars(select(PaymentOp.amount)).all() == [1000]
        assert queue.depth()["rail.advance", "todo"] == 1


def test_two_people_publish_one_gig(web: Service, inside: Inside) -> None:
    with inside():
        ready = [gigs.ready_gig() for _ in range(4)]
        presses = []
        for gig in ready:
            two = (accounts.owner_of(gig.company_id), accounts.member(gig.company_id, CompanyRole.MANAGER))
            path = f"/api/v1/gigs/{gig.id}/publish"
            presses += [partial(web.send, "POST", path, accounts.bearer(by)) for by in two]
    assert statuses(at_once(presses)) == {(200, ""): 4, (409, "wrong_state"): 4}
    with inside():
        assert set(db.session.scalars(select(Gig.status))) == {GigStatus.OPEN}
        assert db.session.scalar(select(func.count(PublishDecision.id))) == 4
        assert db.session.scalars(select(GigRate.version)).all() == [1] * 4


def test_fund_and_close_at_once(web: Service, inside: Inside) -> None:
    """Whoever comes first, nothing stays behind: the money was never in, or came back with the closing."""
    with inside():
        drafts = [gigs.draft_gig() for _ in range(5)]
        presses = []
        for gig in drafts:
            gigs.money_for(gig.company_id, Money.of("70.00", "USD"))
            who = accounts.bearer(accounts.owner_of(gig.company_id))
            fund = {"money": {"amount": "70.00", "currency": "USD"}}
            presses.append(partial(web.send, "POST", f"/api/v1/gigs/{gig.id}/fund", who, fund))
            presses.append(partial(web.send, "POST", f"/api/v1/gigs/{gig.id}/close", who))
    answers = at_once(presses)
    assert {(a.status, a.code) for a in answers[::2]} <= {(200, ""), (201, ""), (409, "wrong_state")}
    assert {(a.status, a.code) for a in answers[1::2]} == {(200, "")}
    with inside():
        for gig in db.session.scalars(select(Gig)):
            assert gig.status is GigStatus.CLOSED
            assert books.balance(gig.hold_account, "USD") == Money(0, "USD")
            assert books.balance(available_account(gig.company_id), "USD") == Money.of("70.00", "USD")


def test_the_last_money_is_spent_once(web: Service, inside: Inside) -> None:
    with inside():
        lab = accounts.company()
        gigs.money_for(lab.id, Money.of("100.00", "USD"))
        who = accounts.bearer(accounts.owner_of(lab.id))
        drafts = [gigs.draft_gig(lab).id for _ in range(6)]
        lab_id = lab.id
    fund = {"money": {"amount": "40.00", "currency": "USD"}}
    answers = at_once([partial(web.send, "POST", f"/api/v1/gigs/{gig}/fund", who, fund) for gig in drafts])
    assert Counter(answer.code for answer in answers) == {"": 2, "insufficient_funds": 4}
    with inside():
        assert books.balance(available_account(lab_id), "USD") == Money.of("20.00", "USD")


def test_one_operator_vets_and_another_refuses(web: Service, inside: Inside) -> None:
    with inside():
        applicants = [workforce.ready().id for _ in range(4)]
        desks = [(verb, accounts.bearer(accounts.operator())) for verb in ("vet", "refuse")]
    presses = [
        partial(web.send, "POST", f"/api/v1/vetting/contractors/{one}/{verb}", who, {"reason": "I have looked."})
        for one in applicants
        for verb, who in desks
    ]
    assert statuses(at_once(presses)) == {(200, ""): 4, (409, "wrong_state"): 4}
    with inside():
        for person in db.session.scalars(select(Contractor)):
            (decision,) = db.session.scalars(select(VettingDecision).where(VettingDecision.contractor_id == person.id))
            assert person.status == ContractorStatus(decision.outcome)


def test_clock_in_pressed_ten_times(web: Service, inside: Inside) -> None:
    with inside():
        booking = make.booked(make.scene())
        make.at(MONDAY)
        booking_id, who = booking.id, accounts.bearer(booking.contractor_id)
    answers = at_once([partial(web.send, "POST", f"/api/v1/bookings/{booking_id}/clock-in", who)] * 10)
    assert {(answer.status, answer.body["status"]) for answer in answers} == {(200, "working")}
    with inside():
        assert db.session.scalar(select(func.count(TimeEntry.id))) == 1
        assert db.session.get_one(Booking, booking_id).status is BookingStatus.WORKING


def test_two_pay_runs_at_once_pay_each_week_once(web: Service, inside: Inside, apart_app: SetaraFlask) -> None:
    with apart_app.app_context():
        with transaction():
            scene = make.scene()
        for day in range(4):
            payments.worked_and_approved(scene, starts_at=MONDAY + timedelta(days=day))
    with inside():
        desks = [accounts.bearer(payments.finance()) for _ in range(2)]
    through = {"through": MONDAY.date().isoformat()}
    answers = at_once([partial(web.send, "POST", "/api/v1/pay-runs", who, through) for who in desks])
    assert [answer.status for answer in answers] == [202, 202]
    with two_workers(web):
        wait_until(lambda: not unfinished_jobs(inside), "both runs")
    with apart_app.app_context():
        runs.finish_runs()
    with inside():
        assert db.session.scalars(select(PayRun.status)).all() == [RunStatus.PAID] * 2
        lines = select(func.count(PayLine.id), func.count(PayLine.timesheet_id.distinct()), func.sum(PayLine.amount))
        assert tuple(db.session.execute(lines).one()) == (16, 4, 4 * HIGHEST_COST.amount)
        paid = select(func.count(SandboxCall.key), func.sum(SandboxCall.amount)).where(
            SandboxCall.kind == OpKind.PAYOUT
        )
        assert tuple(db.session.execute(paid).one()) == (4, 4 * 6000)


@contextmanager
def two_workers(web: Service) -> Iterator[None]:
    workers = [web.start_jobs("worker") for _ in range(2)]
    yield
    for worker in workers:
        worker.kill()
        worker.wait()


def unfinished_jobs(inside: Inside) -> dict[Any, int]:
    with inside():
        return {state: count for state, count in queue.depth().items() if state[1] != "failed"}
