"""What a contract makes of a person, whatever it calls them: worked examples."""

from dataclasses import replace
from decimal import Decimal

import pytest

from marketplace.standards.engagement import INDICATORS, Dependence, Practice, judge_contract_share, judge_status
from marketplace.standards.verdicts import Outcome

FREE = Practice()
HOURS_100 = 100 * 60


def test_a_label_does_not_decide() -> None:
    """Told how to work and forbidden to work for others: two indicators, and "contractor" is the wrong word."""
    bound = Practice(directs_how=True, exclusive=True)
    verdict = judge_status("contractor", bound)
    assert (verdict.outcome, verdict.inputs["indicators"]) == (Outcome.FAIL, "2")
    assert judge_status("employee", bound).outcome is Outcome.PASS
    assert judge_status("contractor", FREE).outcome is Outcome.PASS
    assert judge_status("contractor", replace(FREE, supplies_equipment=True)).outcome is Outcome.NOTE


@pytest.mark.parametrize("name", INDICATORS)
def test_each_fact_counts_once(name: str) -> None:
    one = replace(FREE, **{name: True})
    assert judge_status("contractor", one).outcome is Outcome.NOTE
    assert judge_status("contractor", one, Dependence(HOURS_100, HOURS_100)).outcome is Outcome.FAIL


@pytest.mark.parametrize(
    ("here", "everywhere", "counts"),
    [
        (75 * 60, HOURS_100, True),
        (75 * 60 - 1, HOURS_100, False),
        (HOURS_100 - 1, HOURS_100 - 1, False),
        (0, 0, False),
    ],
)
def test_three_quarters_of_a_hundred_hours_are_dependence(here: int, everywhere: int, counts: bool) -> None:
    verdict = judge_status("contractor", FREE, Dependence(here, everywhere))
    assert (verdict.outcome is Outcome.NOTE) is counts


def test_what_others_keep_leaves_seventy_percent() -> None:
    """An hour's pay with 4 % for health and a thirtieth for sick leave is 107.33 %; with the fee of 5 % there is room
    for margins of 41 %."""
    assert judge_contract_share([]).inputs["share"] == "95.5 %"
    assert judge_contract_share([Decimal("10"), Decimal("31")]).outcome is Outcome.PASS
    refused = judge_contract_share([Decimal("10"), Decimal("31.01")])
    assert (refused.outcome, refused.limit) == (Outcome.FAIL, "margins of 41.00 % together")
