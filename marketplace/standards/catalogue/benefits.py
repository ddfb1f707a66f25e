"""What accrues beside pay."""

from datetime import date
from typing import Final

from marketplace.standards.catalogue.entry import rule
from marketplace.standards.catalogue.references import FAIRWORK, RATES
from marketplace.standards.verdicts import Basis, Rule

BENEFITS: Final[tuple[Rule, ...]] = (
    rule(
        "SICK",
        Basis.LAW,
        "Each 30 hours worked earn one hour of paid sick leave, funded when they are worked; whoever falls ill is paid "
        "the rest of the shift's schedule from it, as far as it has accrued. It carries over from year to year; in a "
        "year no more than 40 hours accrue, 56 in New York and 48 in Colorado.",
        "California Labor Code 246 and New York Labor Law 196-b: 1 hour per 30 hours; the caps by news of their laws",
        "tests/pay/test_sick_leave.py::test_a_sick_shift_of_four_hours_pays_the_one_hour_that_was_earned",
        version=3,
        hours_worked_per_hour=30,
        most_hours_a_year=40,
        us_ny_hours_a_year=56,
        us_co_hours_a_year=48,
    ),
    rule(
        "CARRY_OVER",
        Basis.HOUSE,
        "Money that is put aside for a person never expires. Sick leave carries over; where a plan limits that, at "
        "least 80 hours do, whoever has more is told 30 days before the year ends, and the money of hours that end is "
        "paid to them.",
        "House policy, at the number of California Labor Code 246 (j), under which accrued leave is not capped below "
        "80 hours; an hour that ends has been paid for",
        "tests/contracts/test_moving.py::test_two_hours_too_many_end_and_their_money_is_paid",
        since=date(2026, 11, 29),
        least_hours=80,
        told_days_before=30,
    ),
    rule(
        "CASH_OUT",
        Basis.HOUSE,
        "The money of the health contribution is paid to its owner with the next pay run after they ask; the money of "
        "sick leave when the account ends. Whatever still stands when an account closes is paid without being asked "
        "for. Nothing is kept of it.",
        "House policy: it is the person's money; leave is for being ill as long as there is work to be ill from",
        "tests/pay/test_cash_out.py::test_the_health_money_of_four_hours_is_paid_out_by_the_next_run",
        version=2,
        since=date(2026, 11, 29),
    ),
    rule(
        "TRANSFER",
        Basis.HOUSE,
        "Benefits belong to the person and go along from company to company; their money goes to another provider when "
        "they ask, with a statement, and comes in from one with evidence.",
        "House policy: there is no published standard for the records of portable benefits",
        "tests/contracts/test_moving.py::test_money_goes_to_another_provider_in_two_steps",
        since=date(2026, 11, 29),
    ),
    rule(
        "SICK_CANCEL",
        Basis.STANDARD,
        "Whoever reports sick for a shift, before it or during it, is free of it; no rank, rating or offer reads that.",
        f"{FAIRWORK}, 3.1 (cancelling because of sickness does not hurt the rating)",
        "tests/shifts/test_sick.py::test_nothing_that_ranks_people_reads_that_somebody_was_ill",
    ),
    rule(
        "HEALTH",
        Basis.HOUSE,
        "The company adds 4 % of gross earnings towards health cover.",
        "House policy after the DoorDash pilots in Pennsylvania, Georgia and Maryland (4 % of earnings)",
        f"{RATES}::test_four_hours_at_fifteen_dollars",
        percent=4,
    ),
)
