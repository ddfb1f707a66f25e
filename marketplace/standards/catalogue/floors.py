"""What pay has to reach, and what is told of it, before work is published."""

from datetime import date
from typing import Final

from marketplace.standards.catalogue.entry import rule
from marketplace.standards.catalogue.references import FAIRWORK, GATE, PAI
from marketplace.standards.verdicts import Basis, Rule

FLOORS: Final[tuple[Rule, ...]] = (
    rule(
        "FLOOR",
        Basis.STANDARD,
        "An hour of work, with the unpaid minutes that belong to it and after everything taken from the pay, earns at "
        "least the highest of the place's minimum wage, its living wage and the house floor.",
        f"{PAI}, guideline 1; {FAIRWORK}, 1.2; ILO C001, art. 2 (a day is 8 hours)",
        f"{GATE}::test_floor_in_kansas_is_the_federal_minimum",
        hours_a_day=8,
        hours_a_week_where_unknown=40,
    ),
    rule(
        "HOUSE_FLOOR",
        Basis.HOUSE,
        "No hour of work earns less than 5.00 USD, wherever it is done.",
        "House policy: most countries have no sourced living wage; Karya pays about 5 USD, Prolific asks for 8",
        f"{GATE}::test_a_place_without_data_falls_to_the_house_floor_and_says_so",
        usd_cents_an_hour=500,
    ),
    rule(
        "LIKE_WORK",
        Basis.HOUSE,
        "Beside the number that passes stands the median paid for like work, of at least 3 open gigs of at least 3 "
        "other companies; of fewer, nobody learns what one of them pays.",
        "House policy: a minimum alone tells companies how low to go",
        "tests/gigs/test_service.py::test_too_few_gigs_of_others_have_no_median",
        since=date(2026, 11, 29),
        least_gigs=3,
        least_companies=3,
    ),
    rule(
        "WITHHOLDING",
        Basis.LAW,
        "Tax that the law of the contractor's country has a company of that country withhold is the contractor's own "
        "and is paid in their name: the floor is compared before it, as minimum wages are. Where a law is not "
        "supported nothing is withheld, and the contractor is told to declare it.",
        "The laws of each country, listed with their sources under /api/v1/taxes/schemes; that what is not sourced is "
        "not withheld is house policy",
        "tests/pay/test_tax_rules.py::test_worked_examples",
        since=date(2026, 11, 29),
    ),
    rule(
        "SHARE",
        Basis.HOUSE,
        "At least 70 % of what the company pays for the work reaches the contractor as pay and benefits.",
        "House policy; in the case reported by TIME on 18 January 2023 about 11 % did (1.32 of 12.50 USD an hour)",
        f"{GATE}::test_the_share_of_2023_would_be_refused",
        least_percent=70,
    ),
    rule(
        "MARGINS",
        Basis.STANDARD,
        "Whoever keeps a part of what the company pays is named, with the amount; it comes on top of the rate.",
        "Partnership on AI, path to responsible sourcing, steps 3 and 4 (supply chain)",
        f"{GATE}::test_money_that_nobody_named_keeps_is_refused",
    ),
    rule(
        "SPREAD",
        Basis.HOUSE,
        "Within one gig the highest hourly rate is at most twice the lowest, the hazard premium aside.",
        "House policy: places must not be played against each other",
        f"{GATE}::test_the_highest_rate_is_at_most_twice_the_lowest",
        most_times=2,
    ),
    rule(
        "CURRENCY",
        Basis.STANDARD,
        "Pay is promised in a national currency; where a rate is sourced it may be taken in the contractor's own.",
        f"{FAIRWORK}, 1.1",
        f"{GATE}::test_pay_is_promised_in_a_national_currency",
    ),
    rule(
        "RAIL_REACH",
        Basis.HOUSE,
        "A gig opens only where the service's payment rail pays people in at least one of its places; its company "
        "reads in which of them nobody can be paid yet. What people there earn is theirs whole, and waits until they "
        "can be paid.",
        f"House policy: work that cannot be paid in time is not offered as if it could; {FAIRWORK}, 1.1",
        f"{GATE}::test_a_place_that_no_rail_reaches_is_named_and_alone_refused",
        since=date(2026, 11, 30),
    ),
    rule(
        "ESCROW",
        Basis.STANDARD,
        "A gig opens when pay, premiums, benefits and fees of the planned work are held.",
        f"{FAIRWORK}, 1.1",
        f"{GATE}::test_the_planned_work_is_funded_before_it_opens",
    ),
    rule(
        "PIECE_PRICE",
        Basis.STANDARD,
        "The price of a piece makes at least the floor of the place in an hour, at the time that three of four items "
        "of a pilot took at most and with the unpaid minutes that belong to it.",
        f"{PAI}, guideline 1 (P3: if paid per task, the pilot sets the price); three of four is house policy",
        f"{GATE}::test_the_price_of_a_piece_is_set_by_the_pilots_time",
        since=date(2026, 11, 29),
    ),
    rule(
        "PAYMENT_MODEL",
        Basis.STANDARD,
        "Work is paid by the hour, by the piece or both; pay for performance alone is refused.",
        f"{PAI}, guideline 1 (P4)",
        f"{GATE}::test_pay_for_performance_alone_is_refused",
    ),
)
