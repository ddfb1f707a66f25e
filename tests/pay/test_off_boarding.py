"""The end of a contract as a record: what is done, when, and that both sides read it."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from jobs import business
from jobs import standing as jobs
from marketplace.contracts import off_boarding, service
from marketplace.contracts.models import Contract
from marketplace.contracts.off_boarding_models import OffBoarding
from marketplace.contracts.off_boarding_rules import BenefitsOutcome, EndedBy, Step
from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.pay.closing import service as closing
from tests.factories import accounts, pay
from tests.factories import shifts as make
from tests.pay.books import everything_holds

SHOW = "GET /api/v1/contracts/<uuid:contract_id>/off-boarding"


def contract_of(contractor_id: Any) -> Contract:
    return db.session.scalars(select(Contract).where(Contract.contractor_id == contractor_id)).one()


def done(row: OffBoarding) -> set[Step]:
    return {each.step for each in row.steps if each.done_at is not None}


def test_the_end_of_a_contract_is_written_down_step_by_step(app: Flask) -> None:
    """Four hours are worked before the company's notice of 14 days runs out. Its last pay day is 7 days after that;
    what is owed is paid, and the benefits go along."""
    there = make.scene()
    ana = make.contracted(there)
    worked = make.worked(there, ana)
    contract = contract_of(ana.id)
    service.end(contract.id, "The project ends.", by=there.company)
    row = off_boarding.ended(contract.id, accounts.actor_of(ana.id))
    assert (row.ended_through, row.ends_at, row.pay_by - row.ends_at) == (
        EndedBy.COMPANY, contract.ends_at, timedelta(days=7),
    )  # fmt: skip
    business.off_board()
    assert done(row) == {Step.WORK_RECORD}
    make.at(row.ends_at)
    business.off_board()
    assert done(row) == {Step.WORK_RECORD, Step.ACCESS}
    pay.approved(there, worked)
    pay.paid()
    business.off_board()
    assert done(row) == set(Step) - {Step.DATA}
    assert row.benefits_outcome is BenefitsOutcome.KEPT
    off_boarding.mark_erased(ana.id)
    db.session.refresh(row)
    assert done(row) == set(Step)


def test_an_account_that_closes_pays_its_benefits_out_unasked(app: Flask) -> None:
    """2.40 USD for health and 2.00 of sick leave come with a payslip of their own, and nothing is left."""
    there = make.scene()
    ana = make.contracted(there)
    me = accounts.actor_of(ana.id)
    pay.approved(there, make.worked(there, ana))
    pay.paid()
    closing.leave("", by=me)
    row = off_boarding.ended(contract_of(ana.id).id, me)
    for _ in range(2):
        jobs.close_accounts()
        business.off_board()
    assert (row.ended_through, row.paid_at is not None, row.benefits_settled_at) == (EndedBy.ACCOUNT, True, None)
    pay.paid()
    assert pay.payslip_of(ana.id).net == Money.of("4.40", "USD")
    jobs.close_accounts()
    business.off_board()
    assert row.benefits_outcome is BenefitsOutcome.PAID_OUT
    everything_holds()


@pytest.mark.door(SHOW, "works")
@pytest.mark.door(SHOW, "not_signed_in")
@pytest.mark.door(SHOW, "not_mine")
def test_both_sides_read_it(client: FlaskClient) -> None:
    there = make.scene()
    ana = make.contracted(there)
    contract = contract_of(ana.id)
    path = f"/api/v1/contracts/{contract.id}/off-boarding"
    mine = accounts.bearer(ana.id)
    assert client.get(path, headers=mine).status_code == 404
    service.end(contract.id, "", by=accounts.actor_of(ana.id))
    for who in (ana.id, there.company):
        told = client.get(path, headers=accounts.bearer(who)).json
        assert (told["ended_through"], [each["step"] for each in told["steps"]]) == (
            "contractor",
            [each.value for each in Step],
        )
    assert client.get(path).status_code == 401
    other = make.contracted(there)
    assert client.get(path, headers=accounts.bearer(other.id)).status_code == 404
    assert client.get(path.replace(str(contract.id), str(uuid4())), headers=mine).status_code == 404
