"""A person who is owed, a company that pays, and Stripe between them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from flask import Flask
from sqlalchemy import select

from marketplace.core import clock
from marketplace.core.db import db, transaction
from marketplace.core.money import Money
from marketplace.pay.methods import service as methods
from marketplace.pay.methods.fields import MethodKind
from marketplace.pay.methods.rules import NameCheck
from marketplace.pay.models import PaymentOp
from marketplace.pay.rails import payments
from marketplace.pay.rails.models import RailAccount
from marketplace.pay.rails.rail import Order, Result
from marketplace.pay.rails.stripe_rail import StripeRail
from marketplace.pay.rails.stripe_rules import TEST
from marketplace.pay.rules import OpKind, OpStatus
from marketplace.pay.runs import service as runs
from marketplace.standards.rail_reach import Agreement
from tests.factories import accounts
from tests.factories import pay as made
from tests.stripe_contract.operations import answer
from tests.stripe_contract.server import KEY, Standin
from tests.stripe_contract.world import World

ACCOUNT = "acct_000001"
"""The first account that a fresh world makes."""
PATIENCE, HURRY = (2.0, 5.0), (2.0, 0.3)
"""How long a client waits, as `stripe_rail.SECONDS`: as a rule, and where a test is about a slow answer."""


@dataclass(frozen=True)
class Owed:
    """60.00 USD that a run has written down for a person in Kansas. `at` is the moment."""

    op_id: UUID
    contractor_id: UUID
    company_id: UUID
    run_id: UUID
    at: datetime


class Forgetful(StripeRail):
    """What must not be: a new key for each attempt."""

    def send(self, order: Order) -> Result:
        return super().send(replace(order, key=str(uuid4())))


@contextmanager
def on_stripe(app: Flask, standin: Standin) -> Iterator[None]:
    """The application with a test key, whose Stripe is the stand-in."""
    ours = {
        "RAIL": TEST, "STRIPE_KEY": KEY, "STRIPE_BASE": standin.address,
        "STRIPE_FILES_BASE": standin.files_address, "STRIPE_SECONDS": PATIENCE, "STRIPE_COUNTRY": "US",
        "STRIPE_WEBHOOK_SECRET": standin.world.secrets["platform"],
        "STRIPE_CONNECT_WEBHOOK_SECRET": standin.world.secrets["connect"],
    }  # fmt: skip
    before = {name: app.config[name] for name in ours}
    app.config.update(ours)
    app.extensions.pop("setara_stripe_rail", None)
    try:
        yield
    finally:
        app.config.update(before)
        app.extensions.pop("setara_stripe_rail", None)


@contextmanager
def in_a_hurry(app: Flask) -> Iterator[None]:
    """The application waits for no slow answer."""
    app.config["STRIPE_SECONDS"] = HURRY
    app.extensions.pop("setara_stripe_rail", None)
    try:
        yield
    finally:
        app.config["STRIPE_SECONDS"] = PATIENCE
        app.extensions.pop("setara_stripe_rail", None)


def owed() -> Owed:
    booking = made.worked_and_approved()
    with transaction():
        reached(booking.contractor_id)
    run_id = made.started().id
    runs.finish_run(run_id)
    op = db.session.scalars(select(PaymentOp).where(PaymentOp.kind == OpKind.PAYOUT)).one()
    return Owed(op.id, booking.contractor_id, booking.company_id, run_id, clock.now())


def reached(contractor_id: UUID, external_id: str = ACCOUNT) -> None:
    """The person is paid into that account at Stripe."""
    account = RailAccount(
        contractor_id=contractor_id, rail=TEST, country="US", agreement=Agreement.FULL,
        external_id=external_id, can_receive=True, can_pay_out=True, missing=[], asked_at=clock.now(),
    )  # fmt: skip
    db.session.add(account)
    db.session.flush()
    methods.begin(
        contractor_id, TEST, MethodKind.STRIPE, country="US", currency="USD", rail_account_id=account.id,
        name_check=NameCheck.SAME, by=accounts.actor_of(contractor_id),
    )  # fmt: skip


def onboarded(world: World) -> str:
    account = opened(world)
    assert account == ACCOUNT
    return account


def opened(world: World) -> str:
    """An account of somebody who has given everything that was asked for."""
    told = {"country": "US", "capabilities": {"transfers": {"requested": True}}}
    account: str = answer(world, "POST", "/v1/accounts", {}, told, None)["id"]
    world.onboard(account)
    return account


def status_of(op_id: UUID) -> OpStatus:
    return db.session.scalars(select(PaymentOp.status).where(PaymentOp.id == op_id)).one()


def op_of(op_id: UUID) -> PaymentOp:
    return db.session.get_one(PaymentOp, op_id, populate_existing=True)


def later(how_long: timedelta) -> None:
    with transaction():
        clock.move_to(clock.now() + how_long)


def until_known(op_id: UUID, *, rounds: int = 6) -> OpStatus:
    """Asks as the jobs would, with the pauses that they keep, until the rail has said what became of a payment."""
    for _ in range(rounds):
        payments.advance_ops()
        if status_of(op_id) not in (OpStatus.INTENT, OpStatus.SENT, OpStatus.UNKNOWN):
            break
        later(timedelta(minutes=10))
    return status_of(op_id)


def usd(amount: str) -> Money:
    return Money.of(amount, "USD")
