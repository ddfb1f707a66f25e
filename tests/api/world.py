"""A world with something of everything in it, and the roles that look at it: two companies, of which the roles know
only the first, and the second has things that are nobody's business."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import Engine, select
from uuid_utils.compat import uuid7

from jobs.runner import run_pending
from marketplace.accounts import adoption
from marketplace.accounts import papers as company_papers
from marketplace.accounts.guidelines import CURRENT
from marketplace.accounts.models import Company
from marketplace.accounts.paper_rules import Shows
from marketplace.accounts.rules import Actor, CompanyRole, OperatorRole, Right
from marketplace.contracts import crews
from marketplace.contracts import service as agreements
from marketplace.core import clock, vault
from marketplace.core.db import db
from marketplace.core.http import SetaraFlask
from marketplace.core.money import Money
from marketplace.gigs import service as gigs
from marketplace.insight import crediting, work_records
from marketplace.insight.rules import Part
from marketplace.matching import contests as match_contests
from marketplace.matching import planning, tried_shifts
from marketplace.matching import service as matching
from marketplace.matching import trials as matching_trials
from marketplace.matching.objective import NEWEST_SHIPPED
from marketplace.messages import channels as opening
from marketplace.notices import phones
from marketplace.pay import deposit_invoices
from marketplace.pay import service as paying
from marketplace.pay.by_hand.models import ManualFile, PaymentFinding
from marketplace.pay.by_hand.rules import FileFormat, FileStatus, FindingOutcome, FindingStatus
from marketplace.pay.contests import service as payout_contests
from marketplace.pay.groups import service as pay_groups
from marketplace.pay.invoices import invoicing
from marketplace.pay.methods import service as methods
from marketplace.pay.methods.fields import MethodKind
from marketplace.pay.methods.rules import NameCheck
from marketplace.pay.models import PaymentOp
from marketplace.pay.rails import chargeback_papers, chargebacks, pausing
from marketplace.pay.rails import payments as sending
from marketplace.pay.rails.chargeback_models import Chargeback
from marketplace.pay.rails.chargeback_rules import Shows as Evidence
from marketplace.pay.rails.models import RailAccount, RailEvent, RailMovement
from marketplace.pay.rails.rules import Endpoint, Match, Outcome
from marketplace.pay.rules import SANDBOX, LeverEffect, OpKind, OpStatus
from marketplace.pay.seals import sealing
from marketplace.pay.taxes.schemes import Form
from marketplace.pay.taxes.year_models import YearStatement
from marketplace.pay.taxes.year_rules import sealed
from marketplace.qualifications import attempts, contests
from marketplace.qualifications.models import TestContest
from marketplace.shifts import attendance, feeds, flags, offers, questions, scheduling
from marketplace.shifts.handover_rules import HandoverKind
from marketplace.standards import comments
from marketplace.standards.act_models import MoneyAct
from marketplace.standards.act_rules import ActKind, ActStatus
from marketplace.standards.hazard import HazardCategory
from marketplace.standards.rail_reach import Agreement
from marketplace.workforce import documents, residence
from marketplace.workforce import service as contractors
from marketplace.workforce.bars import Scope, Target
from marketplace.workforce.models import Contractor
from marketplace.workforce.papers import Purpose
from tests import papers
from tests.api.world_ids import ids_of, secrets_of
from tests.conftest import by_chance
from tests.factories import (
    accounts,
    channels,
    contracts,
    disputes,
    handovers,
    pay,
    qualifications,
    regions,
    shifts,
    standing,
    surveys,
    workforce,
)
from tests.factories import gigs as make_gigs
from tests.factories.shifts import MONDAY, Scene

DAY = timedelta(days=1)


@dataclass(frozen=True)
class World:
    """`roles` are the headers that each comes with, `people` who comes in three of them. `ids` are what a parameter of
    that name may be, the first company's things first. `secrets` are ids that only operators may see."""

    app: SetaraFlask
    engine: Engine
    roles: Mapping[str, Mapping[str, str]]
    people: Mapping[str, Actor]
    ids: Mapping[str, tuple[str, ...]]
    secrets: frozenset[str]

    @contextmanager
    def undone(self) -> Iterator[None]:
        """What is called meanwhile finds the world as it was built, and leaves it so. What it moves is moved by chance,
        since those who call have looked up neither what they send nor what it is sent to."""
        with by_chance(), self.app.app_context():
            savepoint = db._app_engines[self.app][None].begin_nested()
            try:
                yield
            finally:
                db.session.remove()
                savepoint.rollback()


def build(app: SetaraFlask) -> World:
    """In the transaction of the application's engine, which whoever calls this rolls back at the end."""
    ours, theirs = _company(), _company()
    ana = _a_week_of(ours)
    bea = _a_week_of(theirs)
    for there, who in ((ours, ana), (theirs, bea)):
        _tests_of(there, who)
        adoption.adopt(there.company_id, "Olga Owner", CURRENT.sha256, by=there.company)
        work_records.set_naming(there.company_id, True, by=there.company)
        work_records.issue(list(Part), by=accounts.actor_of(who.id))
        company_papers.hand_in(there.company_id, Shows.ENTITY, papers.png(), by=there.company)
        crew = crews.make(there.company_id, "Night desk", by=there.company)
        crews.add(crew.id, [who.id], by=there.company)
        for rule in ("FREQ=WEEKLY;BYDAY=FR", "FREQ=MONTHLY;BYMONTHDAY=29"):
            shifts.series(there, rule, first_day=(MONDAY + 4 * DAY).date())
    announced = regions.commented(*(accounts.actor_of(who.id) for who in (ana, bea)))
    own = comments.own(announced.id, seen_by=accounts.actor_of(ana.id))
    assert own is not None
    comments.hide(announced.id, own.id, "It names a neighbour.", by=accounts.operator(OperatorRole.VETTING))
    crediting.ask(ours.company_id, "Ana K.", by=accounts.actor_of(ana.id))
    viewer = accounts.member(ours.company_id, CompanyRole.VIEWER)
    admin = accounts.operator()
    accounts.company_bearer(theirs.company_id)
    roles: dict[str, Mapping[str, str]] = {
        "stranger": {},
        "contractor": accounts.bearer(ana.id),
        "owner": accounts.bearer(ours.company),
        "viewer": accounts.bearer(viewer),
        "key": accounts.company_bearer(ours.company_id, Right.READ, Right.GIGS),
        "operator": accounts.bearer(admin),
    }
    mine, _, _ = (feeds.make(company, by=ours.company) for company in (None, ours.company_id, ours.company_id))
    for who in (ana.id, viewer):
        phones.add("+62 812 3456 789", by=accounts.actor_of(who))
    matching_trials.order_weights(NEWEST_SHIPPED.parts, by=admin)
    _at_the_rail(ana)
    with pytest.MonkeyPatch.context() as named:
        named.setitem(
            app.config,
            "SELLER",
            {"name": "Setara eG", "address": "Street 1, Berlin", "country": "DE", "vat_number": ""},
        )
        invoicing.issue_due()
    _by_hand(ana, admin)
    run_pending()
    ids = ids_of(ours, ana) | {"secret": (mine.address.rpartition("/")[2],)}
    people = {"contractor": accounts.actor_of(ana.id), "owner": ours.company, "operator": admin}
    return World(app, db.engine, roles, people, ids, secrets_of(theirs))


def _at_the_rail(ana: Contractor) -> None:
    """Her account, two movements and two calls, as a real rail would have told of them, and a year that is over."""
    now, named = clock.now(), {"rail": SANDBOX}
    account = RailAccount(
        contractor_id=ana.id, country="US", agreement=Agreement.FULL, external_id="acct_1", can_receive=True,
        can_pay_out=True, missing=["external_account"], asked_at=now, looked_at=now, **named,
    )  # fmt: skip
    db.session.add(account)
    db.session.flush()
    methods.begin(
        ana.id, SANDBOX, MethodKind.STRIPE, country="US", currency="USD", rail_account_id=account.id,
        name_check=NameCheck.SAME, by=accounts.actor_of(ana.id),
    )  # fmt: skip
    for number in (1, 2):
        db.session.add(
            RailMovement(
                id=f"txn_{number}", kind="transfer", amount=-700, fee=0, currency="USD", created_at=now, seen_at=now,
                match=Match.STRAY, why="no_payment_of_ours", **named,
            )
        )  # fmt: skip
        db.session.add(
            RailEvent(
                id=f"evt_{number}", endpoint=Endpoint.PLATFORM, name="transfer.created", about_kind="transfer",
                about_id="tr_1", is_live=False, created_at=now, received_at=now, try_at=now, tries=1,
                outcome=Outcome.UNMATCHED, error="no_such_payment", **named,
            )
        )  # fmt: skip
    db.session.flush()
    told = {"year": 2025, "country": "US", "form": "generic", "law": None, "companies": [], "benefits": []}
    for version in (1, 2):
        db.session.add(
            YearStatement(
                contractor_id=ana.id, year=2025, version=version, country="US", form=Form.GENERIC, figures=told,
                sha256=sealed(told), changed=[], issued_at=now,
            )
        )  # fmt: skip
    db.session.flush()


def _by_hand(ana: Contractor, admin: Actor) -> None:
    """Where she is going to be paid, the name on which is another; files and findings as operators of finance
    make them, and two currencies that wait."""
    methods.give(
        kind=MethodKind.BANK, country="DE", currency="EUR", holder="Somebody Else", by=accounts.actor_of(ana.id),
        details={"iban": "DE89370400440532013000"},
    )  # fmt: skip
    finance, now = accounts.operator(OperatorRole.FINANCE), clock.now()
    for number, (currency, op_id) in enumerate(
        zip(("USD", "EUR"), db.session.scalars(select(PaymentOp.id).limit(2)), strict=True), 1
    ):
        pausing.pause(SANDBOX, currency, "Our bank is closed.", by=finance)
        pay_groups.make(f"Group {number}", [("KE", "UG")[number - 1]], [number], "Africa/Nairobi", by=finance)
        file_id = uuid7()
        (sealed_id,) = vault.put(file_id, [b"Name,Amount"])
        file = ManualFile(
            id=file_id, kind=MethodKind.BANK, format=FileFormat.PAIN_001, currency=currency, total_amount=700, lines=1,
            sha256="0" * 64, sealed_id=sealed_id, made_by=finance.person_id, made_at=now,
            released_by=admin.person_id, released_at=now, status=FileStatus.RELEASED,
        )  # fmt: skip
        finding = PaymentFinding(
            payment_op_id=op_id, outcome=FindingOutcome.DID_NOT, reference="", reason="It came back.",
            found_by=finance.person_id, found_at=now, status=FindingStatus.WAITING,
        )  # fmt: skip
        act = MoneyAct(
            kind=ActKind.EXPLAINED, subject=f"txn_{number}", amount=700, currency=currency, said={"note": "A bonus."},
            done_by=finance.person_id, done_at=now, status=ActStatus.WAITING,
        )  # fmt: skip
        db.session.add_all((file, finding, act))
    db.session.flush()


def _company() -> Scene:
    """A company with gigs in every state, money, and texts."""
    there = shifts.scene(minutes=4800, pilot=True)
    ours = db.session.get_one(Company, there.company_id)
    make_gigs.draft_gig(ours, by=there.company)
    make_gigs.ready_gig(ours)
    gigs.pause(make_gigs.open_gig(ours).id, by=there.company)
    gigs.close(make_gigs.open_gig(ours).id, by=there.company)
    contracts.template(there.company_id)
    accounts.company_bearer(there.company_id, Right.READ)
    pay.deposited(there.company_id, Money.of("5000.00", "USD"))
    pay.lever(LeverEffect.CHARGE_BACK, OpKind.DEPOSIT, owner_id=there.company_id)
    pay.deposited(there.company_id, Money.of("10.00", "USD"))
    chargebacks.look_at_sandbox()
    deposit_invoices.ask(there.company_id, Money.of("10.00", "USD"), 30, "PO-7", by=there.company)
    taken = db.session.scalars(select(Chargeback.id).where(Chargeback.company_id == there.company_id)).one()
    chargeback_papers.attach(there.company_id, taken, Evidence.RECEIPT, papers.png(), by=there.company)
    return there


def _paid_at_the_second_try(there: Scene, ana: Contractor) -> None:
    """Her bank has declined the first, which she contests."""
    pay.lever(LeverEffect.DECLINE)
    pay.paid(there.company_id)
    came_back = select(PaymentOp).where(PaymentOp.contractor_id == ana.id, PaymentOp.status == OpStatus.REFUSED)
    payout_id = db.session.scalars(came_back).one().id
    payout_contests.contest(payout_id, "My account is open.", by=accounts.actor_of(ana.id))
    paying.retry_payout(payout_id, by=accounts.actor_of(ana.id))
    sending.advance_ops()


def _a_week_of(there: Scene) -> Contractor:
    """Work that was paid, in progress, to come, and that nobody took, of somebody and of others. It is Tuesday."""
    shifts.at(MONDAY - DAY)
    ana, bea = (shifts.contracted(there) for _ in range(2))
    worked = pay.worked_and_approved(there, person=ana)
    for amount in ("20.00", "30.00", "600.00"):
        pay.bonus(worked, amount)
    _paid_at_the_second_try(there, ana)
    for most in (3, sealing.MOST):
        sealing.seal_due(most)
    disputes.claimed(disputes.worked_and_cut(there, person=ana, starts_at=MONDAY + timedelta(hours=5)))
    shifts.offered(there, shifts.shift(there, MONDAY + 2 * DAY, seats=2), ana)
    offers.decline(shifts.offered(there, shifts.shift(there, MONDAY + 3 * DAY), ana).id, by=accounts.actor_of(ana.id))
    offers.withdraw(shifts.offered(there, shifts.shift(there, MONDAY + 3 * DAY), bea).id, by=there.company)
    mine = shifts.booked(there, ana, starts_at=MONDAY + 8 * DAY)
    given = shifts.booked(there, bea, starts_at=MONDAY + 8 * DAY)
    handovers.proposed(handovers.asked(given, HandoverKind.SWAP), mine)
    offers.release(shifts.booked(there, bea, starts_at=MONDAY + 9 * DAY).id, by=accounts.actor_of(bea.id))
    planned = shifts.shift(there, MONDAY + 9 * DAY)
    matching.match(planned.id, by=there.company)
    match_contests.contest(planned.id, "I am free that day.", by=accounts.actor_of(ana.id))
    tried_shifts.order(planned.id, tried_shifts.Tried(seats=2), by=there.company)
    for _ in range(2):
        planning.plan(MONDAY, MONDAY + 5 * DAY, company_id=there.company_id, by=there.company)
    _cancelled(there)
    cara = shifts.contracted(there)
    standing.matched(cara, workforce.contractor())
    standing.contested(cara.id, standing.blocked(there.company, there.company_id, cara.id).decision_id)
    standing.restricted(ana.id, Target(Scope.CATEGORY, category="code"))
    shifts.corrected(there, shifts.worked(there, ana, starts_at=MONDAY + timedelta(hours=10), hours=1))
    working = [shifts.booked(there, person, starts_at=MONDAY + DAY) for person in (ana, bea)]
    shifts.at(MONDAY + DAY)
    for booking in working:
        attendance.clock_in(booking.id, by=accounts.actor_of(booking.contractor_id))
        flags.flag(booking.id, HazardCategory.HATE, "Slurs.", by=accounts.actor_of(booking.contractor_id))
    for person in (ana, ana, bea):
        questions.ask(there.gig.id, "Shadows?", by=accounts.actor_of(person.id))
    _among_themselves(there, ana, bea)
    surveys.asked(there.gig, ana)
    surveys.low(there.gig)
    contracts.proposed(there.company_id, workforce.contractor().id)
    over = contracts.in_force(there.company_id, workforce.contractor().id)
    agreements.end(over.contract_id, "", by=accounts.actor_of(over.contractor_id))
    agreed = contracts.in_force(there.company_id, workforce.contractor().id)
    contracts.proposed(there.company_id, agreed.contractor_id, pay__amount="16.00")
    contractors.contest("I was there.", by=accounts.actor_of(_refused().id))
    workforce.ready()
    for mover in (ana, bea):
        _moving(mover)
    return ana


def _among_themselves(there: Scene, *people: Contractor) -> None:
    """A channel of the workers' own in which two have written."""
    first, second = (accounts.actor_of(person.id) for person in people)
    _, number = channels.joined(there, "Kite", first)
    opening.begin_epoch(there.company_id, 1, None, [channels.key_for(number)], by=first)
    _, number = channels.joined(there, "Heron", second)
    opening.let_in(there.company_id, 1, channels.key_for(number), by=first)
    for who in (first, second):
        channels.said(there, who)


def _tests_of(there: Scene, who: Contractor) -> None:
    """Two tests, of which somebody failed one and contested it, and is in the middle of the other."""
    failed, begun = (qualifications.company_test(there.company_id) for _ in range(2))
    me = accounts.actor_of(who.id)
    for each in (who, workforce.contractor()):
        done = qualifications.taken(failed, each.id, right=0)
        contests.contest(done.id, done.item_ids[0], "It is wrong.", by=accounts.actor_of(each.id))
    qualifications.answered(attempts.start(begun.id, by=me), right=1, by=me)
    contests.uphold(_contest_of(done.id), None, "It is.", by=qualifications.manager_of(failed))
    for number in range(2):
        qualifications.service_test(code=f"service-{there.gig.id}-{number}")


def _contest_of(attempt_id: UUID) -> UUID:
    return db.session.scalars(select(TestContest.id).where(TestContest.attempt_id == attempt_id)).one()


def _moving(who: Contractor) -> None:
    me = accounts.actor_of(who.id)
    documents.hand_in([(Purpose.MOVE, papers.png())], by=me)
    residence.ask_to_move("US", "US-WA", "America/Los_Angeles", "Since May.", by=me)


def _cancelled(there: Scene) -> None:
    shift = shifts.shift(there, MONDAY + 10 * DAY)
    price = scheduling.cancellation_price(shift.id, by=there.company)
    scheduling.cancel_shift(shift.id, price.total, "The data is late.", by=there.company)


def _refused() -> Contractor:
    made = workforce.ready()
    return contractors.refuse(made.id, "The papers do not match.", by=accounts.operator())
