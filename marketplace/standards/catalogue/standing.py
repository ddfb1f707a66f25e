"""How it is decided about people, and how they contest it."""

from datetime import date
from typing import Final

from marketplace.standards.catalogue.entry import rule
from marketplace.standards.catalogue.references import FAIRWORK, PAI
from marketplace.standards.verdicts import Basis, Rule

STANDING: Final[tuple[Rule, ...]] = (
    rule(
        "DECISION",
        Basis.STANDARD,
        "No machine refuses, restricts, suspends or closes anybody: it proposes at most, for 30 days, and a human "
        "decides, with reasons in writing that the person can read from the moment on from which it holds.",
        "Directive (EU) 2024/2831 (platform work), art. 10 and 11: human decision, reasons on the same day",
        "tests/workforce/test_proposals.py::test_a_proposal_alone_changes_nothing",
        version=2,
        proposal_days=30,
    ),
    rule(
        "PERSON",
        Basis.HOUSE,
        "Two accounts that share a payout account, an identity document or a device go to a human, and the newer "
        "gets no new offers for at most 7 days; earned pay is paid. A shared network or kind of browser is shown "
        "beside, and never a reason. Devices, networks and browsers are forgotten 90 days after they were seen last.",
        "House policy: accounts are rented and stolen, and poor people share phones",
        "tests/workforce/test_signals.py::test_a_shared_payout_account_pauses_the_newer_for_seven_days",
        pause_days=7,
        forget_days=90,
    ),
    rule(
        "PAPERS_END",
        Basis.HOUSE,
        "Who shows an identity document, a right to work or a residence that holds until a day is told 30 and 7 days "
        "before, and can renew it from 60 days before on. After that day new offers rest until an operator has "
        "accepted a renewed one, and somebody is asked to look, anew after 90 days; booked shifts are kept, and "
        "earned pay is paid. Whatever goes further is decided by a human, with reasons that can be contested.",
        "Directive (EU) 2024/2831 (platform work), art. 10 and 11: human decision; the numbers are house policy",
        "tests/workforce/test_expiring.py::test_who_shows_a_paper_that_ends_is_told_30_and_7_days_before",
        first_days=30,
        last_days=7,
        renew_days=60,
        pause_days=90,
    ),
    rule(
        "INTAKE",
        Basis.HOUSE,
        "When in the last 4 weeks there were fewer than 100 seats a week for each hundred vetted people, new "
        "applications wait, and the page says so; from 120 on they are taken again. With fewer than 200 people, or in "
        "the first 4 weeks of shifts, intake is open. Who has applied is not affected.",
        "House policy: vetting people into empty queues is unpaid hope",
        "tests/workforce/test_intake.py::test_below_a_seat_a_week_each_new_applications_wait",
        weeks=4,
        least_people=200,
        pause_below_seats=100,
        reopen_from_seats=120,
    ),
    rule(
        "OFFBOARDING",
        Basis.STANDARD,
        "Whoever leaves, or is made to, gives or gets notice and a reason, is paid all that is owed before the account "
        "closes, is told of every balance, takes their record along, and keeps follow-up care for 180 days after very "
        "distressing work. No balance is forfeited.",
        f"{PAI} (P18: notice, reason, pay-out, export, reference, care); the 180 days are house policy",
        "tests/pay/test_closing.py::test_an_account_closes_when_nothing_is_owed_and_not_before",
        care_days=180,
    ),
    rule(
        "RESTRICTION",
        Basis.HOUSE,
        "An operator may keep somebody from new offers of one company, one gig, one kind of work, or all, for at most "
        "90 days. Accepted shifts are kept, and what was earned is paid.",
        f"{FAIRWORK}, 4.1 (due process); that it always ends, and the days, are house policy",
        "tests/workforce/test_restrictions.py::test_a_restriction_always_ends",
        most_days=90,
    ),
    rule(
        "BLOCK",
        Basis.HOUSE,
        "A company may block somebody for its own gigs, with a reason that they read and can contest, for at most 180 "
        "days. It leaves no trace in rank elsewhere; accepted shifts are kept, or cancelled at the price of NOTICE.",
        f"{FAIRWORK}, 4.1 (due process); the days are house policy, since a block elsewhere lasts for ever",
        "tests/shifts/test_bars.py::test_a_block_is_felt_at_that_company_alone",
        most_days=180,
    ),
    rule(
        "RELIABILITY",
        Basis.HOUSE,
        "What giving a seat back counts is told before it, on the steps by which a company pays for its own no "
        "(NOTICE): less than 24 hours before the start 2 points, less than 72 hours 1, a missed shift 3. It counts "
        "nothing within 15 minutes of the yes, where somebody took the seat before the start, or for sickness, an "
        "outage, heavier work or another good cause that a human finds; and after 30 days no more. A cause can be "
        "stated as soon as the seat is given back, and as long as it counts: an operator answers in writing, and a no "
        "can be contested. No money is taken, and no rank, rule or offer reads it.",
        f"{FAIRWORK}, 3.1 (cancelling for a good cause does not hurt the rating); the numbers are house policy, after "
        "Clipboard, which shows the loss before it, and WAE, where it falls off on day 31",
        "tests/shifts/test_reliability.py::test_both_sides_stand_on_the_same_steps",
        version=2,
        since=date(2026, 11, 29),
        half_points=1,
        whole_points=2,
        missed_points=3,
        free_minutes=15,
        days=30,
    ),
    rule(
        "STRIKE",
        Basis.HOUSE,
        "A missed shift, or a seat that was given back less than 24 hours before the start and that nobody took, is "
        "put before an operator 48 hours after the shift, and the person is asked what should be known. It is a "
        "strike only if the operator decides so in writing; it can be contested, and falls off 30 days after what "
        "happened. Three in force are put before an operator again: none of them keeps anybody from anything by "
        "itself.",
        f"{FAIRWORK}, 4.1 (due process); Directive (EU) 2024/2831 (platform work), art. 10; the numbers are house "
        "policy after WAE (three in 30 days, which suspends there without anybody deciding)",
        "tests/shifts/test_reliability.py::test_a_missed_shift_is_put_before_a_human_and_falls_off",
        since=date(2026, 11, 29),
        days=30,
        live_strikes=3,
        after_hours=48,
    ),
    rule(
        "APPEAL",
        Basis.HOUSE,
        "A refusal, suspension, restriction or block can be contested for 30 days; somebody who did not decide it "
        "answers within 14 days, in writing, and when nobody has answered by then it falls.",
        f"{FAIRWORK}, 4.1 (due process); Directive (EU) 2024/2831 (platform work), art. 11 (reply within two weeks); "
        "the 30 days, and that silence favours the person, are house policy",
        "tests/workforce/test_appeals.py::test_what_nobody_answers_in_time_falls",
        version=2,
        days_to_contest=30,
        answer_days=14,
    ),
)
