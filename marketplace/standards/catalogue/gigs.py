"""What a gig is published with, and what its content may do to people."""

from datetime import date
from typing import Final

from marketplace.standards.catalogue.entry import rule
from marketplace.standards.catalogue.references import FAIRWORK, GATE, PAI
from marketplace.standards.verdicts import Basis, Rule

GIGS: Final[tuple[Rule, ...]] = (
    rule(
        "PILOT",
        Basis.HOUSE,
        "A finished, paid pilot of at least 5 workers, one from each place, and 20 items comes before piece work; an "
        "hourly gig may open without one, as its own pilot, up to 40 booked hours: its approved shifts fill the pilot, "
        "and 20 hours of them stand for the items. A later gig of the same company and kind of work, no more "
        "distressing, takes over a finished pilot with its times, if its instructions are the same or somebody who did "
        "not write them confirms that it is the same work.",
        f"{PAI}, guideline 2 (P7); the numbers and the rolling pilot are house policy",
        f"{GATE}::test_an_hourly_gig_is_its_own_pilot_up_to_a_volume",
        version=3,
        since=date(2026, 11, 29),
        least_workers=5,
        least_items=20,
        least_hours=20,
        minutes_without_pilot=2400,
    ),
    rule(
        "INSTRUCTIONS",
        Basis.STANDARD,
        "Somebody other than their author has verified the instructions: that they tell edge cases, examples, whom to "
        "ask and how to handle the data, and that they set no pace and no quota.",
        f"{PAI}, guideline 4 (P10; P16: no time pressure)",
        f"{GATE}::test_what_the_company_must_have_done",
        version=2,
        since=date(2026, 11, 29),
    ),
    rule(
        "INSTRUCTIONS_CHANGE",
        Basis.HOUSE,
        "A new version of the instructions holds in shifts that begin 24 hours after it was verified and told; a shift "
        "is worked, and judged, under the version that held when it began.",
        f"{PAI}, guideline 4 (P11); the 24 hours are house policy",
        "tests/shifts/test_prepared.py::test_a_shift_is_judged_under_the_version_that_held_when_it_began",
        notice_hours=24,
    ),
    rule(
        "FIRST_REPLY",
        Basis.HOUSE,
        "A question about a gig has its first reply within one business day: at the same time of the next day that is "
        "neither a weekend nor a public holiday where the company is; what is asked on such a day counts as asked at "
        "its end. How fast a company replied in the last 90 days is shown in its offers once 5 questions were "
        "answered or due, and silence counts as long as it lasts.",
        f"{PAI}, guideline 4 (P13: a first reply within one business day); the other numbers are house policy",
        "tests/messages/test_rules.py::test_a_first_reply_is_due_within_one_business_day",
        since=date(2026, 11, 29),
        least_questions=5,
        measured_days=90,
    ),
    rule(
        "OPEN_QUESTION",
        Basis.STANDARD,
        "While somebody's question about a gig has no answer, no minute since they asked is cut as one in which they "
        "did not work; where the answer came late, no minute until it ever is.",
        f"{PAI}, guideline 4 (P14: an open question blocks penalties for time)",
        "tests/messages/test_protection.py::test_no_minute_that_waited_for_an_answer_is_cut",
        since=date(2026, 11, 29),
    ),
    rule(
        "ASKED_TWICE",
        Basis.HOUSE,
        "What 2 people ask about the same part of the instructions is a fault of the instructions: it stays open "
        "until a new version is verified, or the company answers it for everybody.",
        f"{PAI}, guideline 4 (P14: asked twice, it is a defect of the instructions)",
        "tests/messages/test_threads.py::test_what_is_asked_twice_is_a_fault_of_the_instructions",
        since=date(2026, 11, 29),
        people=2,
    ),
    rule(
        "COMPANY",
        Basis.HOUSE,
        "The company and the person who signs for it are verified before its first gig opens.",
        "House policy: contractors are vetted everywhere, companies too seldom",
        f"{GATE}::test_what_the_company_must_have_done",
    ),
    rule(
        "CRITERIA",
        Basis.STANDARD,
        "Contractors are chosen by declared criteria that belong to the job, never by a protected attribute.",
        f"{PAI}, guideline 3 (P8); {FAIRWORK}, 4.2; ILO C111, art. 1",
        f"{GATE}::test_protected_attributes_choose_nobody",
    ),
    rule(
        "HAZARD",
        Basis.HOUSE,
        "Distressing work earns at least the floor and its premium (H2 25 %, H3 50 %), is opted into, and ends after "
        "the daily and weekly minutes of its class; neutral hours at the base rate fill the schedule. A worker's flag "
        "can raise the class, with back-pay.",
        "House policy: no sourced exposure limit was found; up to 10 hours a day are reported by moderators",
        "tests/shifts/test_raising.py::test_a_shift_that_becomes_heavier_after_two_hours",
        version=2,
        h2_premium_percent=25,
        h3_premium_percent=50,
        h1_minutes_a_day=360,
        h1_minutes_a_week=1800,
        h2_minutes_a_day=240,
        h2_minutes_a_week=1200,
        h3_minutes_a_day=120,
        h3_minutes_a_week=480,
    ),
    rule(
        "AFTER_CARE",
        Basis.HOUSE,
        "Care after distressing work stays open after the last minute of it, for 6 months where it was very "
        "distressing (H3) and for 1 month where it was distressing (H2), and the company pays for it.",
        "House policy: what such work does to people shows later than the shift; no sourced term was found",
        "tests/shifts/test_after_care.py::test_care_stays_open_for_six_months_after_the_last_minute",
        version=2,
        since=date(2026, 11, 29),
        h2_months=1,
        h3_months=6,
    ),
    rule(
        "CARE_LINE",
        Basis.HOUSE,
        "Distressing work (H2, H3) is published only when the company has named whom people call after it, at the "
        "company's cost.",
        f"House policy: care that nobody can reach is no care; {PAI}, guideline 2, asks for support at hand",
        "tests/standards/test_hazards.py::test_distressing_work_waits_until_somebody_can_be_called",
        since=date(2026, 11, 29),
    ),
    rule(
        "HAZARD_CLASS",
        Basis.HOUSE,
        "A gig stands at least in the class of the most distressing content it declares.",
        "House policy: under-declared classes cost contractors caps and premium",
        "tests/standards/test_hazards.py::test_the_class_covers_the_declared_content",
    ),
    rule(
        "ILLEGAL_CONTENT",
        Basis.LAW,
        "Child sexual abuse material and other content that is unlawful to possess is never given to contractors.",
        "Criminal law of every place served; house policy refuses the whole gig",
        "tests/standards/test_hazards.py::test_unlawful_content_is_refused",
    ),
)
