"""What a contract promises."""

from datetime import date
from typing import Final

from marketplace.standards.catalogue.entry import rule
from marketplace.standards.catalogue.references import ENGAGEMENT, FAIRWORK, PAI
from marketplace.standards.verdicts import Basis, Rule

TERMS: Final[tuple[Rule, ...]] = (
    rule(
        "GUARANTEED_HOURS",
        Basis.HOUSE,
        "What a contract guarantees for a week is paid, at its rate or the floor if that is higher, less what was paid "
        "for and what was refused. A refusal counts of a shift without distressing work that was offered 72 hours "
        "before it began and could be answered for 24. A week of which the contract holds some days guarantees so many "
        "sevenths; days off that the person has entered guarantee nothing. Nor do days on which a human's decision has "
        "suspended them, unless the suspension is found wrong or nobody answers its appeal in time; until that is "
        "known such a week waits.",
        "House policy: hours that are promised and not given are the company's risk, and nobody is to be asked at an "
        "hour's notice so that a refusal can be counted; nobody may offer work to whoever is suspended, and who was "
        "suspended wrongly loses nothing by it",
        "tests/shifts/test_guarantees.py::test_ten_hours_are_guaranteed_and_four_are_given",
        version=2,
        since=date(2026, 11, 29),
        refusal_counts_hours_before=72,
        refusal_counts_hours_open=24,
        settled_hours_after=48,
    ),
    rule(
        "ACCIDENT",
        Basis.HOUSE,
        "An offer says by whom a person is insured against accidents from the first minute: insurer, policy and whom "
        "to call. Where nobody is, it says that there is no insurance.",
        "House policy: cover from minute one; an insurance that is only promised is none",
        "tests/contracts/test_plans.py::test_an_offer_says_who_insures_or_that_nobody_does",
    ),
    rule(
        "STATUS",
        Basis.STANDARD,
        "Whoever is called self-employed is not directed, bound and dependent like an employee: the facts of the "
        "contract, and of what really happens, give a verdict that both read before they sign and when it changes. A "
        "label never decides it.",
        "ILO R198, paragraph 13 (indicators), and Directive (EU) 2024/2831 (presumption of employment), both from "
        "recall; that two indicators are enough, and the share of hours, is house policy",
        f"{ENGAGEMENT}::test_a_label_does_not_decide",
        indicators_for_presumption=2,
        weeks=13,
        dependence_percent=75,
        dependence_least_hours=100,
    ),
    rule(
        "AMENDMENT",
        Basis.HOUSE,
        "A contract changes only by a further version that the contractor signs: silence and a no leave the old one in "
        "force, and rank nobody. What is worse for the contractor holds at the earliest 14 days after it was proposed; "
        "the rate and the benefits that were agreed never fall.",
        f"House policy after {FAIRWORK}, 3.1 (clear terms, changes with notice); {PAI} (P5)",
        "tests/contracts/test_amendments.py::test_what_is_worse_waits_for_its_notice",
        notice_days=14,
    ),
)
