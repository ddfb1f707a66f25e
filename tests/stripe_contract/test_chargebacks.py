"""A chargeback at Stripe: told by its call, answered once by the same rail interface, and decided."""

from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from marketplace.core.db import db, transaction
from marketplace.ledger import queries as books
from marketplace.pay.models import PaymentOp
from marketplace.pay.rails import chargebacks, inbox, payments, reconciling
from marketplace.pay.rails.chargeback_models import Chargeback
from marketplace.pay.rails.chargeback_rules import ChargebackStatus
from marketplace.pay.rules import LOOK_AGAIN, OpKind, OpStatus
from tests.factories import accounts
from tests.stripe_contract.paying import later, status_of, until_known, usd
from tests.stripe_contract.server import Fault, Standin
from tests.stripe_contract.test_reconciling import paid_in

WORDS = "We ordered this work, signed for it, and have its results."


def told(client: FlaskClient, standin: Standin) -> Chargeback | None:
    """Every call that Stripe has for us, answered."""
    for event in standin.world.events:
        if event["type"].startswith("charge.dispute."):
            body, headers = standin.world.signed(event)
            client.post("/api/v1/rails/stripe/platform", data=body, headers=headers)
    inbox.handle_due()
    return db.session.scalars(select(Chargeback).execution_options(populate_existing=True)).one_or_none()


@pytest.fixture
def disputed(standin: Standin, app: Flask, client: FlaskClient) -> Chargeback:
    paid_in(standin, "10.00")
    later(LOOK_AGAIN)
    payments.advance_ops()
    standin.world.dispute(standin.world.all("charge")[0]["id"], 1000)
    found = told(client, standin)
    assert found is not None
    return found


def hand_in(found: Chargeback) -> UUID:
    with transaction():
        by = accounts.owner_of(found.company_id)
        known = chargebacks.hand_in(found.company_id, found.id, WORDS, by=by).evidence_id
    assert known is not None
    return known


def test_the_deposit_of_a_dispute_is_found_and_the_bank_decides(
    disputed: Chargeback, standin: Standin, client: FlaskClient
) -> None:
    deposit = db.session.get_one(PaymentOp, disputed.deposit_id)
    assert (deposit.kind, disputed.money, disputed.status) == (OpKind.DEPOSIT, usd("10.00"), ChargebackStatus.OPEN)
    assert disputed.due_by is not None
    op_id = hand_in(disputed)
    assert until_known(op_id) is OpStatus.DONE
    assert standin.world.all("dispute")[0]["evidence"]["uncategorized_text"] == WORDS
    reviewed = told(client, standin)
    assert reviewed is not None
    assert reviewed.status is ChargebackStatus.UNDER_REVIEW
    standin.world.decided(disputed.external_id, "won")
    won = told(client, standin)
    assert won is not None
    assert won.status is ChargebackStatus.WON
    reconciling.reconcile()
    assert books.balance("platform:chargebacks", "USD") == usd("-15.00"), "the bank's fee is not given back"


def test_a_bank_that_is_not_convinced_keeps_what_it_has_taken(
    disputed: Chargeback, standin: Standin, client: FlaskClient
) -> None:
    assert until_known(hand_in(disputed)) is OpStatus.DONE
    reviewed = told(client, standin)
    assert reviewed is not None
    assert reviewed.status is ChargebackStatus.UNDER_REVIEW
    standin.world.decided(disputed.external_id, "lost")
    lost = told(client, standin)
    assert lost is not None
    assert lost.status is ChargebackStatus.LOST
    reconciling.reconcile()
    assert books.balance("platform:chargebacks", "USD") == usd("-25.00"), "10.00 that were taken, and the bank's fee"


@pytest.mark.parametrize("fault", [Fault.RESET_BEFORE, Fault.RESET_AFTER, Fault.SAVED_500_AFTER])
def test_evidence_is_handed_in_once_whatever_gets_lost(disputed: Chargeback, standin: Standin, fault: Fault) -> None:
    op_id = hand_in(disputed)
    standin.faults.append(fault)
    assert until_known(op_id) is OpStatus.DONE
    assert standin.world.all("dispute")[0]["evidence_details"]["submission_count"] == 1


def test_evidence_that_comes_too_late_is_refused(disputed: Chargeback, standin: Standin) -> None:
    op_id = hand_in(disputed)
    standin.world.decided(disputed.external_id, "lost")
    until_known(op_id)
    assert status_of(op_id) is OpStatus.REFUSED
