"""One gig from post to payslip over REST alone, at a service of real processes: every number of it."""

from typing import Any

import pytest

from examples.one_gig.client import Client
from examples.one_gig.play import PASSWORD, Outcome, play
from examples.one_gig.scene import Narrator
from marketplace.standards.catalogue import RULES
from tests.journeys.service import Service

pytestmark = pytest.mark.truncating


def test_one_gig_from_post_to_payslip(service: Service) -> None:
    def make_operator(email: str) -> None:
        service.command("people", "make-operator", email, "admin")

    outcome = play(service.url, make_operator, Narrator(silent=True))
    the_gate_refused_132_an_hour(outcome.refusal)
    the_refusal_is_stored(service, outcome)
    a_second_booking_was_refused(outcome.double_booking)
    the_payslip_is_right_to_the_cent(outcome.payslip)
    the_payslip_is_right_in_rupiah(outcome.rupiah)
    every_truth_holds(outcome.proof, at_the_sandbox=2)
    assert '"status": 500' not in service.log("web")
    assert "Traceback" not in service.log("web") + service.log("jobs")


def the_gate_refused_132_an_hour(refusal: dict[str, Any]) -> None:
    """Each broken rule with the number that would pass: four hours at 1.32 are 5.28, and 5.93 with sick leave, health
    and fee. What is no number is in the remedy."""
    failed = {each["rule"]: each for each in refusal["verdicts"] if each["outcome"] == "fail"}
    assert (refusal["status"], refusal["code"]) == (422, "gate_refused")
    assert {rule: verdict["limit"] for rule, verdict in failed.items()} == {
        "HOUSE_FLOOR": "5.00 USD",
        "FLOOR": "7.25 USD",
        "ESCROW": "5.93 USD",
        "INSTRUCTIONS": None,
    }
    for verdict in failed.values():
        assert all(verdict[member] for member in ("sentence", "source", "inputs", "remedy", "version")), verdict
    assert failed["FLOOR"]["inputs"]["place"] == "US-KS"
    assert failed["FLOOR"]["remedy"] == "Raise the rate to 7.25 USD an hour."


def the_refusal_is_stored(service: Service, outcome: Outcome) -> None:
    manager = Client(service.url)
    manager.sign_in("milo@lab.example", PASSWORD)
    gig_id = outcome.refusal["instance"].split("/")[-2]
    passed, refused = manager.get(f"/gigs/{gig_id}/decisions")["items"]
    assert (passed["outcome"], refused["outcome"]) == ("passed", "refused")
    assert refused["id"] == outcome.refusal["decision"]
    assert refused["verdicts"] == outcome.refusal["verdicts"]


def a_second_booking_was_refused(refusal: dict[str, Any]) -> None:
    assert (refusal["status"], refusal["code"]) == (409, "double_booked")
    assert refusal["remedy"]


def the_payslip_is_right_to_the_cent(seen: dict[str, Any]) -> None:
    """Four hours at 15.00. Sick leave is one hour for thirty: 8 minutes. Health is 4 per cent, the fee 5 per cent."""
    lines = [each["line"] for each in seen["lines"]]
    assert [(line["kind"], line["minutes"], line["money"]["amount"], line["rule"]) for line in lines] == [
        ("wages", "240", "60.00", "WAGES"),
        ("sick_accrual", "8", "2.00", "SICK"),
        ("health_contribution", "0", "2.40", "HEALTH"),
        ("platform_fee", "0", "3.00", "FEE"),
    ]
    for line in lines:
        assert (line["contract_version"], line["engagement_type"]) == (1, "contractor")
        assert line["rule_version"] == RULES[line["rule"]].version
        assert (line["contract_id"], line["money"]["currency"]) == (lines[0]["contract_id"], "USD")
    slip = seen["payslip"]
    sums = [slip[part] for part in ("net", "benefits", "cost")]
    assert sums == [{"amount": amount, "currency": "USD"} for amount in ("60.00", "4.40", "67.40")]
    assert slip["pay_date"] == "2023-05-10"
    assert [(payout["money"]["amount"], payout["status"]) for payout in seen["payouts"]] == [("60.00", "done")]
    assert (seen["moves_real_money"], seen["notice"]) == (False, "Sandbox: no money moves.")


def the_payslip_is_right_in_rupiah(seen: dict[str, Any]) -> None:
    """ECB, 10 May 2023: 1.0950 USD and 16,150.98 IDR for a euro, so 15.00 USD are Rp 221,246.30."""
    assert seen["net_there"] == {"amount": "884985.21", "currency": "IDR"}
    assert seen["lines"][0]["rate_there"] == {"amount": "221246.30", "currency": "IDR"}
    exchange = seen["exchange"]
    assert (exchange["quoted_on"], exchange["asked_for"]) == ("2023-05-10", "2023-05-10")
    assert exchange["source"] == "European Central Bank reference rate"


def every_truth_holds(proof: dict[str, Any], *, at_the_sandbox: int) -> None:
    assert [check["name"] for check in proof["checks"] if not check["holds"] or check["wrong"]] == []
    examined = {check["name"]: check["examined"] for check in proof["checks"]}
    assert examined["payslips_equal_postings"] == examined["nobody_is_paid_twice"] == 1
    assert examined["rails_agree"] == at_the_sandbox
