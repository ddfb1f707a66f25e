"""How people show what they can, and what that earns."""

from datetime import date
from typing import Final

from marketplace.standards.catalogue.entry import rule
from marketplace.standards.catalogue.references import FAIRWORK, PAI, QUALIFICATION_TESTS, RATES, WTD
from marketplace.standards.verdicts import Basis, Rule

QUALIFICATIONS: Final[tuple[Rule, ...]] = (
    rule(
        "QUALIFICATION_TIME",
        Basis.STANDARD,
        "The minutes of a qualification test are paid, pass or fail, by whoever owns the test: at its stated rate or "
        "at the floor of the person's place, whichever is higher. The money is held before the first minute.",
        f"{PAI} (P12: training and qualification are paid); that a silence of up to 15 minutes counts is house policy",
        f"{QUALIFICATION_TESTS}/test_pay.py::test_a_failed_test_is_paid_like_a_passed_one",
        silent_minutes=15,
    ),
    rule(
        "TRAINING",
        Basis.STANDARD,
        "Work is learned in shifts of their own, which pay the gig's rate like work, whether or not a test is passed "
        "after them. They are open to whoever still lacks the gig's qualifications, show nothing distressing, count in "
        "the hours of a day and a week, and nothing that is done in them counts for or against anybody.",
        f"{PAI}, guideline 4 (P12: training is paid); that it shows nothing distressing is house policy",
        "tests/shifts/test_training.py::test_training_is_paid_like_work_to_who_lacks_the_qualification",
        since=date(2026, 11, 29),
    ),
    rule(
        "TEST_GRANT",
        Basis.HOUSE,
        "A qualification that is given without a test names what shows it and why. Whoever gave it may take it back, "
        "with a reason that the person reads and can contest; what was passed is never taken back, and shifts that "
        "were accepted keep their pay.",
        f"{FAIRWORK}, 4.1 (due process); {PAI} (P5, P15); that only what was given can be taken back is house policy",
        f"{QUALIFICATION_TESTS}/test_attempts.py::test_what_was_given_is_taken_back_with_a_reason_and_on_appeal_given_back",
    ),
    rule(
        "TEST_HOURS",
        Basis.HOUSE,
        "The minutes of a test are work: they count in the hours of a day and a week, in the rest between two days and "
        "in the free day, beside all shifts. A test whose longest time would break one of these is not begun, nor one "
        "of a company that is not verified at the moment.",
        f"{WTD}, art. 2 (working time), 3, 5 and 6, as DAY, WEEK, REST and DAY_OFF apply it; applying it to tests is "
        "house policy",
        f"{QUALIFICATION_TESTS}/test_rules.py::test_a_test_that_would_break_the_week_is_not_begun",
    ),
    rule(
        "TEST_TIMER",
        Basis.HOUSE,
        "A time limit of a test is a safety cap of at least three times what three of four people need, and no "
        "pressure; whoever is cut off goes on within 24 hours.",
        f"{PAI} (P16: no time pressure); the numbers are house policy",
        f"{QUALIFICATION_TESTS}/test_rules.py::test_a_limit_is_three_times_what_three_of_four_people_need",
        times_p75=3,
        least_attempts=5,
        resume_hours=24,
    ),
    rule(
        "TEST_RESULT",
        Basis.HOUSE,
        "A result can be contested for 30 days; a human who did not write the test looks at it, and a correction "
        "scores everybody anew who took it. No machine's score restricts anybody, and no correction takes anything "
        "away.",
        f"{FAIRWORK}, 4.1 (due process); {PAI} (P15: a person not involved); the 30 days are house policy",
        f"{QUALIFICATION_TESTS}/test_contests.py::test_a_correction_scores_everybody_anew",
        days_to_contest_result=30,
    ),
    rule(
        "TEST_VERSION",
        Basis.HOUSE,
        "A published test never changes: a new version counts for whoever begins after it, and who holds the "
        "qualification keeps it until it ends. Its holder is reminded 30 days before and can renew from then on.",
        f"{PAI} (P11: nothing is rejected under a version that came later); the days are house policy",
        f"{QUALIFICATION_TESTS}/test_attempts.py::test_a_new_version_in_the_middle_of_an_attempt_changes_nothing",
        renew_days=30,
    ),
    rule(
        "SKILL_STEP",
        Basis.STANDARD,
        "A higher level of a skill never earns less: each step of a gig multiplies its rate by at least one, is told "
        "in the offer, and is held before the work.",
        f"{PAI}, guideline 1 (P6: pay follows difficulty); the four levels are house policy",
        f"{RATES}::test_a_level_of_a_skill_pays_its_step",
        most_level=4,
    ),
)
