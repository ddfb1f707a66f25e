"""When people may work, and for how long."""

from typing import Final

from marketplace.standards.catalogue.entry import rule
from marketplace.standards.catalogue.references import HOURS_TEST, WTD
from marketplace.standards.verdicts import Basis, Rule

HOURS: Final[tuple[Rule, ...]] = (
    rule(
        "AGE",
        Basis.STANDARD,
        "Whoever works is at least 18 years old on the day of the work, where they are.",
        "ILO C138, art. 3 (18 for hazardous work); house policy for all work",
        f"{HOURS_TEST}::test_eighteen_is_reached_on_the_birthday_where_one_lives",
        years=18,
    ),
    rule(
        "REST",
        Basis.LAW,
        "In the 24 hours from the beginning of work lie 11 hours of rest in one piece, or more where the place's law "
        "asks for more.",
        f"{WTD}, art. 3; 12 hours by the law of South Africa, Bulgaria, Spain and Georgia",
        f"{HOURS_TEST}::test_eleven_hours_lie_between_two_days_of_work",
        minutes=660,
    ),
    rule(
        "DAY_OFF",
        Basis.LAW,
        "In seven days lie 24 hours of rest in one piece; 36 in South Africa, 42 in Ukraine.",
        f"{WTD}, art. 5; Basic Conditions of Employment Act, s. 15 (ZA); Labour Code (UA)",
        f"{HOURS_TEST}::test_a_seventh_day_in_a_row_is_refused",
        minutes=1440,
        za_minutes=2160,
        ua_minutes=2520,
    ),
    rule(
        "DAY",
        Basis.HOUSE,
        "Nobody works more than 10 hours in a day, all gigs together.",
        "House policy; German law allows 10 hours at most",
        f"{HOURS_TEST}::test_ten_hours_end_a_day",
        minutes=600,
    ),
    rule(
        "WEEK",
        Basis.LAW,
        "Nobody works more than 48 hours from Monday to Sunday, all gigs together.",
        f"{WTD}, art. 6; ILO C001, art. 2",
        f"{HOURS_TEST}::test_forty_eight_hours_end_a_week",
        minutes=2880,
    ),
    rule(
        "BREAK",
        Basis.LAW,
        "Work of more than 6 hours is broken for at least 30 minutes.",
        f"{WTD}, art. 4; the 30 minutes are house policy, as in German law",
        f"{HOURS_TEST}::test_more_than_six_hours_need_a_break",
        after_minutes=360,
        minutes=30,
    ),
)
