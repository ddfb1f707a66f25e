"""The publishing gate, asked by a gig: what opens it, what keeps it shut, and that each answer is kept."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError

from marketplace.accounts.rules import Actor
from marketplace.core.db import db
from marketplace.core.events import Event
from marketplace.core.money import CurrencyMismatch, Money
from marketplace.gigs import funding, gate, preparation, queries, service
from marketplace.gigs.models import Gig, PublishDecision
from marketplace.gigs.rules import (
    Criteria,
    GigStatus,
    Where,
)
from marketplace.standards.rules import HazardCategory, HazardClass, PaymentModel, UnpaidKind
from tests.factories import accounts, gigs


def usd(amount: str) -> Money:
    return Money.of(amount, "USD")


def owner(gig: Gig) -> Actor:
    return accounts.owner_of(gig.company_id)


def failed(decision: PublishDecision) -> set[str]:
    return {verdict["rule"] for verdict in decision.verdicts if verdict["outcome"] == "fail"}


def told(gig: Gig) -> list[str]:
    return [event.name for event in reversed(queries.timeline(gig.id, owner(gig)))]


def test_what_is_in_order_opens(app: Flask) -> None:
    gig = gigs.ready_gig()
    decision = service.publish(gig.id, by=owner(gig))
    assert decision.passed
    assert gig.status is GigStatus.OPEN
    assert gig.opened_at == decision.at
    assert [rate.rate for rate in queries.rates(gig.id, owner(gig))] == [usd("15.00")]
    assert told(gig)[-1] == "gig.published"


def test_four_hours_at_fifteen_dollars_need_67_40(app: Flask) -> None:
    """60.00 wages, 2.00 sick leave, 2.40 health, 3.00 fee: the example of standards' prices."""
    gig = gigs.draft_gig()
    assert gate.needed_funds(gig, gig.rate) == usd("67.40")
    [escrow] = [v for v in service.judge(gig.id, by=owner(gig)).verdicts if v.rule == "ESCROW"]
    assert escrow.inputs == {"held": "0.00 USD", "needed": "67.40 USD"}


def _unverified_company(**other: Any) -> Gig:
    return gigs.ready_gig(accounts.company(verified=False), **other)


def _unread(**other: Any) -> Gig:
    gig = gigs.draft_gig(**other)
    preparation.write_instructions(gig.id, "Draw tightly.", by=owner(gig))
    gigs.fund_fully(gig)
    return gig


def _a_cent_short(**other: Any) -> Gig:
    gig = gigs.draft_gig(**other)
    gigs.verified_instructions(gig)
    gigs.money_for(gig.company_id, usd("67.39"))
    funding.fund(gig.id, usd("67.39"), by=owner(gig))
    return gig


BY_THE_PIECE: dict[str, Any] = {"payment_model": PaymentModel.PIECE, "piece_price": usd("0.40"), "most_pieces": 60}


@pytest.mark.parametrize(
    ("rule", "make", "other"),
    [
        ("COMPANY", _unverified_company, {}),
        ("INSTRUCTIONS", _unread, {}),
        ("ESCROW", _a_cent_short, {}),
        ("FLOOR", gigs.ready_gig, {"rate": usd("7.24")}),
        ("FLOOR", gigs.ready_gig, {"rate": usd("7.25"), "unpaid": {UnpaidKind.READING: 1}}),
        ("HOUSE_FLOOR", gigs.ready_gig, {"rate": usd("4.99")}),
        ("SHARE", gigs.ready_gig, {"client_pays": usd("50.00")}),
        ("MARGINS", gigs.ready_gig, {"client_pays": usd("20.00")}),
        ("PAYMENT_MODEL", gigs.ready_gig, {"payment_model": PaymentModel.PERFORMANCE}),
        ("PILOT", gigs.ready_gig, BY_THE_PIECE),
        ("PIECE_PRICE", gigs.ready_gig, BY_THE_PIECE),
        ("HAZARD_CLASS", gigs.ready_gig, {"hazard_categories": (HazardCategory.HATE,)}),
        ("HAZARD_CLASS", gigs.ready_gig, {"hazard_class": HazardClass.H2}),
        ("ILLEGAL_CONTENT", gigs.ready_gig, {"hazard_categories": (HazardCategory.UNLAWFUL,)}),
    ],
)
def test_each_rule_keeps_the_gate_shut_and_is_remembered(
    app: Flask, rule: str, make: Callable[..., Gig], other: dict[str, Any]
) -> None:
    gig = make(**other)
    decision = service.publish(gig.id, by=owner(gig))
    assert not decision.passed
    assert rule in failed(decision)
    assert gig.status is GigStatus.DRAFT
    assert all(v["source"] and v["sentence"] and v["version"] for v in decision.verdicts)
    assert all(v["remedy"] for v in decision.verdicts if v["outcome"] == "fail")
    assert db.session.scalars(queries.decisions(gig.id, owner(gig))).all() == [decision]
    refused = db.session.scalars(select(Event).where(Event.name == "gig.refused")).one()
    assert rule in refused.data["rules"]
    assert queries.rates(gig.id, owner(gig)) == []


def test_a_refusal_names_every_rule_that_is_broken(app: Flask) -> None:
    gig = gigs.draft_gig(accounts.company(verified=False), rate=usd("2.00"))
    decision = service.publish(gig.id, by=owner(gig))
    assert failed(decision) == {"COMPANY", "INSTRUCTIONS", "ESCROW", "FLOOR", "HOUSE_FLOOR"}
    floor = next(v for v in decision.verdicts if v["rule"] == "FLOOR")
    assert floor["limit"] == "7.25 USD"


def test_judging_decides_nothing(app: Flask) -> None:
    gig = gigs.ready_gig()
    judgement = service.judge(gig.id, by=owner(gig))
    assert not any(verdict.failed for verdict in judgement.verdicts)
    assert gig.status is GigStatus.DRAFT
    assert db.session.scalars(queries.decisions(gig.id, owner(gig))).all() == []


def test_pilots_of_several_places_add_up(app: Flask) -> None:
    java = Where("ID", "ID-JB")
    gig = gigs.ready_gig(**BY_THE_PIECE, criteria=Criteria(places=(gigs.KANSAS, java)), rate=usd("15.00"))
    preparation.record_pilot(gig.id, gigs.pilot_report(workers=4, items=15), by=owner(gig))
    assert "PILOT" in failed(service.publish(gig.id, by=owner(gig)))
    preparation.record_pilot(gig.id, gigs.pilot_report(workers=1, items=5, places=(java,)), by=owner(gig))
    assert "PILOT" not in failed(service.publish(gig.id, by=owner(gig)))


def test_an_unpaid_pilot_is_none(app: Flask) -> None:
    gig = gigs.ready_gig(**BY_THE_PIECE)
    preparation.record_pilot(gig.id, gigs.pilot_report(paid=usd("0")), by=owner(gig))
    assert failed(service.publish(gig.id, by=owner(gig))) == {"PILOT"}
    with pytest.raises(CurrencyMismatch):
        preparation.record_pilot(gig.id, gigs.pilot_report(paid=Money.of("1", "EUR")), by=owner(gig))


def test_what_the_pilot_measured_counts_against_the_floor(app: Flask) -> None:
    """Five minutes are said and fifteen were measured: 15.00 USD for 75 minutes are 12.00 an hour. A second pilot that
    was slower sets the price of a piece: 200 seconds at 0.40 USD make 7.20, and with the fifteen minutes 5.76."""
    gig = gigs.ready_gig(**BY_THE_PIECE, unpaid={UnpaidKind.READING: 5})
    preparation.record_pilot(gig.id, gigs.pilot_report(unpaid={UnpaidKind.READING: 15}), by=owner(gig))
    judged = {verdict.rule: verdict for verdict in gate.judge(gig).verdicts}
    assert judged["FLOOR"].inputs["effective_rate"] == "12.00 USD"
    assert judged["FLOOR"].inputs["unpaid_minutes"] == "15 (reading 15)"
    assert not judged["PIECE_PRICE"].failed
    preparation.record_pilot(gig.id, gigs.pilot_report(item_seconds_p75=200), by=owner(gig))
    judged = {verdict.rule: verdict for verdict in gate.judge(gig).verdicts}
    assert (judged["PIECE_PRICE"].failed, judged["PIECE_PRICE"].limit) == (True, "0.51 USD")


def test_an_hourly_gig_may_open_as_its_own_pilot(app: Flask) -> None:
    gig = gigs.open_gig()
    assert gate.pilot_cap(gig) == 40 * 60
    preparation.record_pilot(gig.id, gigs.pilot_report(), by=owner(gig))
    assert gate.pilot_cap(gig) is None


def test_an_answer_is_written_once(app: Flask) -> None:
    gigs.open_gig()
    for sentence in (
        "UPDATE publish_decision SET outcome = 'passed'",
        "DELETE FROM publish_decision",
        "UPDATE gig_rate SET rate_amount = 1",
        "DELETE FROM gig_funding",
        "UPDATE gig_instructions SET text = ''",
        "DELETE FROM gig_instructions",
    ):
        with pytest.raises(ProgrammingError, match="permission denied"), db.session.begin_nested():
            db.session.execute(text(sentence))


def test_distressing_work_is_published_once_somebody_can_be_called(app: Flask) -> None:
    gig = gigs.draft_gig(hazard_class=HazardClass.H2, hazard_categories=(HazardCategory.HATE,))
    gigs.verified_instructions(gig)
    gigs.fund_fully(gig)
    assert failed(service.publish(gig.id, by=owner(gig))) == {"CARE_LINE"}
    gigs.care_line(gig.company_id)
    assert service.publish(gig.id, by=owner(gig)).passed
