"""Every rule of the house, as data: the code of all rooms reads its rules here, and docs/rules.md is written from here.

A sentence or a number that changes is a new version of its rule: raise `version`, say `since` when, and write the old
one into `history.py`, where it stays readable. A test remembers what each version said. "House" marks a number that no
law or standard gives; its source then says what it was weighed against. Fairwork's and the Partnership on AI's points
are our own reading of their texts.
"""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Final

from marketplace.standards.history import EARLIER, FIRST
from marketplace.standards.verdicts import Basis, Rule

PAI: Final = "Partnership on AI, Responsible Sourcing of Data Enrichment Services (2021)"
FAIRWORK: Final = "Fairwork, Cloudwork Principles (June 2024)"
WTD: Final = "Directive 2003/88/EC (working time)"
GATE: Final = "tests/standards/test_gate.py"
HOURS: Final = "tests/standards/test_hours.py"
RATES: Final = "tests/standards/test_rates.py"
PIECES: Final = "tests/standards/test_pieces.py"
ENGAGEMENT: Final = "tests/standards/test_engagement.py"
SEATS: Final = "tests/shifts/test_eligibility.py"
TESTS: Final = "tests/qualifications"


def _rule(
    rule_id: str,
    basis: Basis,
    sentence: str,
    source: str,
    held_by: str,
    /,
    version: int = 1,
    since: date = FIRST,
    **parameters: int,
) -> Rule:
    earlier, numbers = EARLIER.get(rule_id, ()), MappingProxyType(parameters)
    return Rule(rule_id, version, sentence, basis, source, since, held_by, numbers, earlier)


_PAY = (
    _rule(
        "FLOOR",
        Basis.STANDARD,
        "An hour of work, with the unpaid minutes that belong to it and after everything taken from the pay, earns at "
        "least the highest of the place's minimum wage, its living wage and the house floor.",
        f"{PAI}, guideline 1; {FAIRWORK}, 1.2; ILO C001, art. 2 (a day is 8 hours)",
        f"{GATE}::test_floor_in_kansas_is_the_federal_minimum",
        hours_a_day=8,
        hours_a_week_where_unknown=40,
    ),
    _rule(
        "HOUSE_FLOOR",
        Basis.HOUSE,
        "No hour of work earns less than 5.00 USD, wherever it is done.",
        "House policy: most countries have no sourced living wage; Karya pays about 5 USD, Prolific asks for 8",
        f"{GATE}::test_a_place_without_data_falls_to_the_house_floor_and_says_so",
        usd_cents_an_hour=500,
    ),
    _rule(
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
    _rule(
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
    _rule(
        "SHARE",
        Basis.HOUSE,
        "At least 70 % of what the company pays for the work reaches the contractor as pay and benefits.",
        "House policy; in the case reported by TIME on 18 January 2023 about 11 % did (1.32 of 12.50 USD an hour)",
        f"{GATE}::test_the_share_of_2023_would_be_refused",
        least_percent=70,
    ),
    _rule(
        "MARGINS",
        Basis.STANDARD,
        "Whoever keeps a part of what the company pays is named, with the amount; it comes on top of the rate.",
        "Partnership on AI, path to responsible sourcing, steps 3 and 4 (supply chain)",
        f"{GATE}::test_money_that_nobody_named_keeps_is_refused",
    ),
    _rule(
        "SPREAD",
        Basis.HOUSE,
        "Within one gig the highest hourly rate is at most twice the lowest, the hazard premium aside.",
        "House policy: places must not be played against each other",
        f"{GATE}::test_the_highest_rate_is_at_most_twice_the_lowest",
        most_times=2,
    ),
    _rule(
        "CURRENCY",
        Basis.STANDARD,
        "Pay is promised in a national currency; where a rate is sourced it may be taken in the contractor's own.",
        f"{FAIRWORK}, 1.1",
        f"{GATE}::test_pay_is_promised_in_a_national_currency",
    ),
    _rule(
        "RAIL_REACH",
        Basis.HOUSE,
        "A gig opens only where the service's payment rail pays people in at least one of its places; its company "
        "reads in which of them nobody can be paid yet. What people there earn is theirs whole, and waits until they "
        "can be paid.",
        f"House policy: work that cannot be paid in time is not offered as if it could; {FAIRWORK}, 1.1",
        f"{GATE}::test_a_place_that_no_rail_reaches_is_named_and_alone_refused",
        since=date(2026, 11, 30),
    ),
    _rule(
        "ESCROW",
        Basis.STANDARD,
        "A gig opens when pay, premiums, benefits and fees of the planned work are held.",
        f"{FAIRWORK}, 1.1",
        f"{GATE}::test_the_planned_work_is_funded_before_it_opens",
    ),
    _rule(
        "PIECE_PRICE",
        Basis.STANDARD,
        "The price of a piece makes at least the floor of the place in an hour, at the time that three of four items "
        "of a pilot took at most and with the unpaid minutes that belong to it.",
        f"{PAI}, guideline 1 (P3: if paid per task, the pilot sets the price); three of four is house policy",
        f"{GATE}::test_the_price_of_a_piece_is_set_by_the_pilots_time",
        since=date(2026, 11, 29),
    ),
    _rule(
        "PAYMENT_MODEL",
        Basis.STANDARD,
        "Work is paid by the hour, by the piece or both; pay for performance alone is refused.",
        f"{PAI}, guideline 1 (P4)",
        f"{GATE}::test_pay_for_performance_alone_is_refused",
    ),
)

_GIGS = (
    _rule(
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
    _rule(
        "INSTRUCTIONS",
        Basis.STANDARD,
        "Somebody other than their author has verified the instructions: that they tell edge cases, examples, whom to "
        "ask and how to handle the data, and that they set no pace and no quota.",
        f"{PAI}, guideline 4 (P10; P16: no time pressure)",
        f"{GATE}::test_what_the_company_must_have_done",
        version=2,
        since=date(2026, 11, 29),
    ),
    _rule(
        "INSTRUCTIONS_CHANGE",
        Basis.HOUSE,
        "A new version of the instructions holds in shifts that begin 24 hours after it was verified and told; a shift "
        "is worked, and judged, under the version that held when it began.",
        f"{PAI}, guideline 4 (P11); the 24 hours are house policy",
        "tests/shifts/test_prepared.py::test_a_shift_is_judged_under_the_version_that_held_when_it_began",
        notice_hours=24,
    ),
    _rule(
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
    _rule(
        "OPEN_QUESTION",
        Basis.STANDARD,
        "While somebody's question about a gig has no answer, no minute since they asked is cut as one in which they "
        "did not work; where the answer came late, no minute until it ever is.",
        f"{PAI}, guideline 4 (P14: an open question blocks penalties for time)",
        "tests/messages/test_protection.py::test_no_minute_that_waited_for_an_answer_is_cut",
        since=date(2026, 11, 29),
    ),
    _rule(
        "ASKED_TWICE",
        Basis.HOUSE,
        "What 2 people ask about the same part of the instructions is a fault of the instructions: it stays open "
        "until a new version is verified, or the company answers it for everybody.",
        f"{PAI}, guideline 4 (P14: asked twice, it is a defect of the instructions)",
        "tests/messages/test_threads.py::test_what_is_asked_twice_is_a_fault_of_the_instructions",
        since=date(2026, 11, 29),
        people=2,
    ),
    _rule(
        "COMPANY",
        Basis.HOUSE,
        "The company and the person who signs for it are verified before its first gig opens.",
        "House policy: contractors are vetted everywhere, companies too seldom",
        f"{GATE}::test_what_the_company_must_have_done",
    ),
    _rule(
        "CRITERIA",
        Basis.STANDARD,
        "Contractors are chosen by declared criteria that belong to the job, never by a protected attribute.",
        f"{PAI}, guideline 3 (P8); {FAIRWORK}, 4.2; ILO C111, art. 1",
        f"{GATE}::test_protected_attributes_choose_nobody",
    ),
    _rule(
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
    _rule(
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
    _rule(
        "CARE_LINE",
        Basis.HOUSE,
        "Distressing work (H2, H3) is published only when the company has named whom people call after it, at the "
        "company's cost.",
        f"House policy: care that nobody can reach is no care; {PAI}, guideline 2, asks for support at hand",
        f"{GATE}::test_distressing_work_waits_until_somebody_can_be_called",
        since=date(2026, 11, 29),
    ),
    _rule(
        "HAZARD_CLASS",
        Basis.HOUSE,
        "A gig stands at least in the class of the most distressing content it declares.",
        "House policy: under-declared classes cost contractors caps and premium",
        f"{GATE}::test_the_class_covers_the_declared_content",
    ),
    _rule(
        "ILLEGAL_CONTENT",
        Basis.LAW,
        "Child sexual abuse material and other content that is unlawful to possess is never given to contractors.",
        "Criminal law of every place served; house policy refuses the whole gig",
        f"{GATE}::test_unlawful_content_is_refused",
    ),
)

_PEOPLE = (
    _rule(
        "AGE",
        Basis.STANDARD,
        "Whoever works is at least 18 years old on the day of the work, where they are.",
        "ILO C138, art. 3 (18 for hazardous work); house policy for all work",
        f"{HOURS}::test_eighteen_is_reached_on_the_birthday_where_one_lives",
        years=18,
    ),
    _rule(
        "REST",
        Basis.LAW,
        "In the 24 hours from the beginning of work lie 11 hours of rest in one piece, or more where the place's law "
        "asks for more.",
        f"{WTD}, art. 3; 12 hours by the law of South Africa, Bulgaria, Spain and Georgia",
        f"{HOURS}::test_eleven_hours_lie_between_two_days_of_work",
        minutes=660,
    ),
    _rule(
        "DAY_OFF",
        Basis.LAW,
        "In seven days lie 24 hours of rest in one piece; 36 in South Africa, 42 in Ukraine.",
        f"{WTD}, art. 5; Basic Conditions of Employment Act, s. 15 (ZA); Labour Code (UA)",
        f"{HOURS}::test_a_seventh_day_in_a_row_is_refused",
        minutes=1440,
        za_minutes=2160,
        ua_minutes=2520,
    ),
    _rule(
        "DAY",
        Basis.HOUSE,
        "Nobody works more than 10 hours in a day, all gigs together.",
        "House policy; German law allows 10 hours at most",
        f"{HOURS}::test_ten_hours_end_a_day",
        minutes=600,
    ),
    _rule(
        "WEEK",
        Basis.LAW,
        "Nobody works more than 48 hours from Monday to Sunday, all gigs together.",
        f"{WTD}, art. 6; ILO C001, art. 2",
        f"{HOURS}::test_forty_eight_hours_end_a_week",
        minutes=2880,
    ),
    _rule(
        "BREAK",
        Basis.LAW,
        "Work of more than 6 hours is broken for at least 30 minutes.",
        f"{WTD}, art. 4; the 30 minutes are house policy, as in German law",
        f"{HOURS}::test_more_than_six_hours_need_a_break",
        after_minutes=360,
        minutes=30,
    ),
    _rule(
        "DECISION",
        Basis.STANDARD,
        "No machine refuses, restricts, suspends or closes anybody: it proposes at most, for 30 days, and a human "
        "decides, with reasons in writing that the person can read from the moment on from which it holds.",
        "Directive (EU) 2024/2831 (platform work), art. 10 and 11: human decision, reasons on the same day",
        "tests/workforce/test_proposals.py::test_a_proposal_alone_changes_nothing",
        version=2,
        proposal_days=30,
    ),
    _rule(
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
    _rule(
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
    _rule(
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
    _rule(
        "OFFBOARDING",
        Basis.STANDARD,
        "Whoever leaves, or is made to, gives or gets notice and a reason, is paid all that is owed before the account "
        "closes, is told of every balance, takes their record along, and keeps follow-up care for 180 days after very "
        "distressing work. No balance is forfeited.",
        f"{PAI} (P18: notice, reason, pay-out, export, reference, care); the 180 days are house policy",
        "tests/pay/test_closing.py::test_an_account_closes_when_nothing_is_owed_and_not_before",
        care_days=180,
    ),
    _rule(
        "RESTRICTION",
        Basis.HOUSE,
        "An operator may keep somebody from new offers of one company, one gig, one kind of work, or all, for at most "
        "90 days. Accepted shifts are kept, and what was earned is paid.",
        f"{FAIRWORK}, 4.1 (due process); that it always ends, and the days, are house policy",
        "tests/workforce/test_restrictions.py::test_a_restriction_always_ends",
        most_days=90,
    ),
    _rule(
        "BLOCK",
        Basis.HOUSE,
        "A company may block somebody for its own gigs, with a reason that they read and can contest, for at most 180 "
        "days. It leaves no trace in rank elsewhere; accepted shifts are kept, or cancelled at the price of NOTICE.",
        f"{FAIRWORK}, 4.1 (due process); the days are house policy, since a block elsewhere lasts for ever",
        "tests/shifts/test_bars.py::test_a_block_is_felt_at_that_company_alone",
        most_days=180,
    ),
    _rule(
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
    _rule(
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
    _rule(
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

_RECORDS = (
    _rule(
        "EXPORT",
        Basis.LAW,
        "Whoever has an account reads everything the service holds about them, at any time and at no cost: on a page, "
        "as JSON with a published schema, and as tables.",
        "Regulation (EU) 2016/679, art. 15 and 20; Directive (EU) 2024/2831 (platform work: data generated by work, "
        "ratings included)",
        "tests/insight/test_record.py::test_no_column_that_names_people_is_forgotten",
    ),
    _rule(
        "ERASURE",
        Basis.LAW,
        "Whoever is owed nothing and has nothing open can have themselves erased: names, addresses, documents and "
        "words about them go at once and for good; the books, events and hashes keep amounts and times under a number "
        "that names nobody.",
        "Regulation (EU) 2016/679, art. 17, with its paragraph 3 (b) for what bookkeeping laws demand, such as ten "
        "years by s. 147 AO and s. 257 HGB (DE)",
        "tests/insight/test_erasure.py::test_nothing_of_a_person_is_left_and_every_balance_is",
    ),
    _rule(
        "WORK_RECORD",
        Basis.HOUSE,
        "Whoever worked takes a signed record of it along, with the parts they choose; anybody can check it without "
        "asking the service, for a year, and nothing in it depends on offers that were declined.",
        "House policy after Partnership on AI (P18: a reference when work ends) and Directive (EU) 2024/2831 "
        "(portability); W3C Verifiable Credentials Data Model 2.0",
        "tests/insight/test_work_records.py::test_a_record_attests_what_was_chosen_and_nothing_else",
        valid_days=365,
    ),
    _rule(
        "REPORT",
        Basis.STANDARD,
        "Each quarter of a company that adopted the guidelines, or agreed, is public: where its people live, who is in "
        "between, what an hour brings, what reaches people, disputes, distressing hours, contracts that ended, how "
        "soon it pays. What fewer than 5 people stand behind is told to nobody.",
        f"{PAI} (transparency about a supply chain's conditions); the minimum count is house policy",
        "tests/insight/test_company_report.py::test_five_people_are_told_of_and_four_are_not",
        since=date(2026, 11, 29),
        least_people=5,
    ),
    _rule(
        "SURVEY",
        Basis.HOUSE,
        "Whoever was paid for the last of their work at a gig is asked once how it was, and may answer within 30 days "
        "or not. Answers rank nobody. They are told in groups of 5, without a name or a word; a mean below 2.50 of 5 "
        "is looked at by an operator.",
        "Partnership on AI, path to responsible sourcing, step 5 (workers' voices; P21: a survey after each gig); the "
        "numbers are house policy",
        "tests/surveys/test_service.py::test_five_answers_are_told_and_nine_say_no_more",
        since=date(2026, 11, 29),
        answers_together=5,
        days_to_answer=30,
        low_hundredths=250,
    ),
    _rule(
        "COMMENTS",
        Basis.HOUSE,
        "What lowers a protection of a place is announced on a page of its own, told to the contractors who live "
        "there, and open to comments for 14 days. It does not hold before these are over and an operator has answered "
        "every comment in writing; nobody answers their own.",
        "Partnership on AI, path to responsible sourcing, step 5 (workers' voices; P21: people speak on changes of "
        "rules before they hold); the number is house policy",
        "tests/standards/test_comments.py::test_everybody_is_heard_before_a_protection_falls",
        since=date(2026, 11, 29),
        days_open=14,
    ),
    _rule(
        "ABUSE",
        Basis.HOUSE,
        "Words that insult, threaten or expose people may be hidden by an operator, who says why in writing; criticism "
        "of work, pay, a company or this service is no reason. Their author still reads them, and can contest it once "
        "for 30 days; another operator answers within 14 days, in writing, and when nobody has answered by then they "
        "are shown again.",
        f"{FAIRWORK}, 4.1 (due process); Regulation (EU) 2022/2065 (digital services), art. 14, 17 and 20 (a stated "
        "reason, a complaint that no machine decides); the days, and that silence favours the person, are house policy",
        "tests/standards/test_hiding.py::test_what_nobody_answers_in_time_is_shown_again",
        since=date(2026, 11, 29),
        days_to_contest=30,
        answer_days=14,
    ),
    _rule(
        "VETTING",
        Basis.HOUSE,
        "Before anybody is offered work, an operator has looked at who they are, how old they are, where they live and "
        "why they may work there, as far as the published policy asks; a machine proposes at most. How long it takes "
        "is told once 20 decisions of the last 90 days show it.",
        f"{FAIRWORK}, 4.1 (due process); Directive (EU) 2024/2831 (platform work), human oversight; the numbers are "
        "house policy",
        "tests/workforce/test_applications.py::test_how_long_it_takes_is_told_once_there_are_enough",
        least_decisions=20,
        days_back=90,
    ),
    _rule(
        "SCREENING",
        Basis.HOUSE,
        "Where a list of sanctions is loaded, everybody's name is compared with it, in whatever script it is written, "
        "when they apply, whenever a list is loaded and before pay goes out; a likeness of 85 of 100 goes to a person, "
        "who clears it or confirms it with a reason. Years of birth that differ take 10. Nobody is refused by a "
        "machine: pay waits meanwhile, stays its person's, and goes out as soon as the likeness is cleared.",
        "House policy after Directive (EU) 2024/2831 (platform work), human oversight; Council Regulation (EC) No "
        "881/2002, art. 2 (nothing is made available to who is listed); no law gives a score",
        "tests/pay/test_screened_pay.py::test_pay_waits_for_a_person_and_goes_out_once_the_name_is_cleared",
        version=2,
        since=date(2026, 11, 30),
        least_score=85,
        points_when_birth_differs=10,
    ),
    _rule(
        "DOCUMENTS",
        Basis.HOUSE,
        "A document that somebody hands in is encrypted, seen by nobody but themselves and the operators who vet "
        "people, with a line in the audit for each look, and erased 30 days after the decision it was for, and after "
        "180 days in any case; at most 10 of a person lie here at a time.",
        "Regulation (EU) 2016/679 (GDPR), art. 5(1)(c), (e) and (f), 32; the numbers are house policy: as long as a "
        "decision can be contested",
        "tests/workforce/test_documents.py::test_a_document_is_erased_when_the_decision_can_no_longer_be_contested",
        days_after_decision=30,
        most_days=180,
        most_documents=10,
    ),
)

_SEATS = (
    _rule(
        "STANDING",
        Basis.HOUSE,
        "Work is offered to people whom an operator has vetted and who are not suspended.",
        "House policy: a person is vetted, suspended and reinstated by a human, with a written reason",
        f"{SEATS}::test_each_rule_can_say_no",
    ),
    _rule(
        "CONTRACT",
        Basis.HOUSE,
        "A contract with the company is in force for the whole shift, promises no higher rate and covers its hazard "
        "class.",
        f"House policy after {FAIRWORK}, 3.1 (clear terms); {PAI} (P5: no pay below what was agreed)",
        f"{SEATS}::test_each_rule_can_say_no",
    ),
    _rule(
        "ONE_PLACE",
        Basis.HOUSE,
        "Nobody is booked in two places at once.",
        "House policy, held by the database",
        f"{SEATS}::test_each_rule_can_say_no",
    ),
    _rule(
        "AVAILABLE",
        Basis.HOUSE,
        "Nobody is asked to work at a time of which they said that they cannot.",
        "House policy: what people want counts as points, what they cannot do is no matter of points",
        f"{SEATS}::test_nobody_is_asked_about_time_that_they_keep_free",
    ),
    _rule(
        "RACE",
        Basis.HOUSE,
        "A seat is offered to one person alone until the offer's time is over. Where more people are asked than seats "
        "are open, yeses are collected for a window of at least 15 minutes, at most a day and at most half of the time "
        "to the start; then the published points decide among them, never who was first, and each is told the result "
        "and why. Until then a yes can be taken back.",
        "House policy: first come, first served pays for a fast network",
        "tests/matching/test_deciding.py::test_three_of_five_yeses_and_the_fastest_is_not_among_them",
        least_minutes=15,
        most_minutes=1440,
    ),
    _rule(
        "REACHED",
        Basis.HOUSE,
        "The time to answer an offer counts from the moment at which it reached its person: when a message about it "
        "was taken by whoever carries it, or a text message arrived, or they looked at it, and never in their quiet "
        "hours. Whoever has no other way is reached by the inbox. It waits at most 60 minutes for that, and not beyond "
        "half of the time to the shift, so that others can still be asked. A window of collected yeses stays open for "
        "15 minutes after somebody was reached who is in it, within the same half. What was seen within a minute "
        "counts as seen at once; what reached nobody counts as no answer, neither for waves nor for guaranteed hours.",
        "House policy: a slow network and a night's sleep must cost nobody their work",
        "tests/shifts/test_reached.py::test_the_time_to_answer_counts_from_when_it_was_seen",
        since=date(2026, 11, 29),
        wait_minutes=60,
        late_minutes=1,
    ),
    _rule(
        "WAVES",
        Basis.HOUSE,
        "Until 72 hours before a shift each of its seats is offered to one person at a time. From then on so many are "
        "asked that no more yeses are expected than seats are open, by what all people answered to offers of such work "
        "in the last 28 days, as if there had been 16 yeses to 20 offers before; at most two for each seat. What "
        "somebody answered never counts for themselves: each half of the people is sized by the answers of the other.",
        "House policy: declines must not come back by the side door, and a yes should rarely be in vain",
        "tests/matching/test_waves.py::test_so_many_are_asked_as_fill_the_seats",
        within_hours=72,
        days=28,
        prior_offers=20,
        prior_yeses=16,
        most_times=2,
    ),
    _rule(
        "QUIET",
        Basis.HOUSE,
        "In the quiet hours that somebody chose, on the clock of their own wall, nothing is sent to them: it waits "
        "until these are over. Messages about a shift of theirs that runs, or begins within 4 hours, ring all the "
        "same, and for whoever allows it an offer that would be over before. What they asked for themselves comes at "
        "once, and the inbox always has everything.",
        "House policy: who must be reachable at night is on call, and being on call is work",
        "tests/notices/test_quiet.py::test_what_rings_at_night_and_what_waits",
        since=date(2026, 11, 29),
        soon_hours=4,
    ),
    _rule(
        "HANDOVER",
        Basis.HOUSE,
        "Until a shift begins, whoever is booked may ask one person, or everybody who may do the work, to take it "
        "over, alone or against a shift of theirs. Both see all terms before their yes, and every rule of a yes is "
        "asked of whoever takes a seat, for the week as it is afterwards. The seat is never empty in between: until "
        "somebody has taken it, whoever asks is booked. Nobody pays anybody for it, and nothing that ranks people "
        "reads any of it. The company is told who comes and does not pick: everybody whom its requirements let pass "
        "is equal. What a seat pays beside its time goes with it: a handover makes no hour of NOTICE, and saves none.",
        "House policy after Oregon, where no pay is owed for a changed schedule if employees swap or cover among "
        "themselves, which their employer may ask to approve before (ORS 653.455 (3)(b), read in copies of 2019 and "
        "2026); of Seattle (SMC 14.22) the same is said, with low confidence. Both are for retail, hotels and food. "
        "That a company does not approve is ours: a yes by its own requirements needs no second one, and whoever "
        "could refuse one person could choose people",
        "tests/shifts/test_handovers.py::test_a_cover_hands_over_seat_and_money_at_the_takers_own_terms",
        since=date(2026, 11, 29),
        most_people_asked_a_day=20,
        most_proposals_for_a_shift=20,
    ),
    _rule(
        "CREW_FIRST",
        Basis.HOUSE,
        "Where a company chose so for a shift, a crew of its own is asked first: for at most 24 hours from the first "
        "search for it, and not in the last 7 days before the shift, so that everybody else has as long to answer as "
        "if there were no crew. Every offer of the shift says so. Being in a crew, leaving it or declining is no part "
        "of any points.",
        "House policy: people who know each other's work may stay together, and no shift is closed to the others",
        "tests/matching/test_crew_first.py::test_a_day_for_the_crew_and_no_shorter_time_for_the_others",
        since=date(2026, 11, 29),
        most_hours=24,
        last_days_without=7,
    ),
    _rule(
        "INFORMED",
        Basis.STANDARD,
        "Before a yes an offer shows hazards, times, what is paid and what becomes of the data; a no changes no place "
        "in any later search.",
        f"{PAI} (P9: informed choice); {FAIRWORK}, 2.2 (risks are flagged before accepting)",
        "tests/shifts/test_offers.py::test_an_offer_shows_everything_before_the_yes",
        since=date(2026, 11, 29),
    ),
    _rule(
        "EXPLAIN",
        Basis.LAW,
        "What ranks people is published with its weights; each offer tells its points, and each search is stored so "
        "that it can be repeated.",
        "Directive (EU) 2024/2831 (platform work), art. 9 and 11",
        "tests/matching/test_routes.py::test_the_weights_are_published",
        since=date(2026, 11, 29),
    ),
    _rule(
        "NO_RETALIATION",
        Basis.STANDARD,
        "No rank and no rule of seats reads what somebody declined, opted out of, disputed or said.",
        f"{FAIRWORK}, 4.1 and 5.1; Directive (EU) 2024/2831 (platform work)",
        "tests/shifts/test_eligibility.py::test_no_rule_can_read_what_a_person_declined_disputed_or_said",
        since=date(2026, 11, 29),
    ),
    _rule(
        "OWN_CHANNEL",
        Basis.LAW,
        "People who work for the same company can talk among themselves in a channel that neither the company nor the "
        "service reads: words are encrypted in their browsers, under keys that only members hold, and members let each "
        "other in. It has no door for the company, for operators and for programs, which learn neither who is in it "
        "nor how much is said. Encrypted words are deleted after 180 days, and nobody has to wait longer than 7 days "
        "for somebody to let them in before they may begin anew.",
        "Directive (EU) 2024/2831 (platform work), art. 20 (communication channels: private and secure, no access and "
        "no monitoring); ILO C087, art. 2; the numbers are house policy",
        "tests/browser/test_channel.py::test_two_people_talk_and_nobody_else_can_read_it",
        since=date(2026, 11, 29),
        keep_days=180,
        wait_days=7,
    ),
    _rule(
        "DATA",
        Basis.LAW,
        "Nothing is kept of what people feel or do outside of their shifts; screens, keys, cameras and whereabouts are "
        "not watched.",
        "Directive (EU) 2024/2831 (platform work), art. 7",
        "tests/standards/test_watching.py::test_no_column_watches_people",
        since=date(2026, 11, 29),
    ),
    _rule(
        "HOURS_BAND",
        Basis.HOUSE,
        "Nobody is asked to work more weekly hours than the band they chose.",
        "House policy: plans fill chosen bands first, then spread the rest",
        "tests/matching/test_rules.py::test_a_full_band_is_not_asked_for_more",
    ),
)

_PRICES = (
    _rule(
        "WAGES",
        Basis.HOUSE,
        "Every minute of work is paid at the agreed hourly rate.",
        "The contract; FLSA, 29 CFR 785.11 (work suffered or permitted is work time)",
        f"{RATES}::test_four_hours_at_fifteen_dollars",
    ),
    _rule(
        "WAITING",
        Basis.STANDARD,
        "Whoever is on a shift and has nothing to do is paid for it as for work: every minute, at the agreed rate, "
        "with the premiums of the hour.",
        f"{PAI}, guideline 1 (P2: waiting belongs to the work); FLSA, 29 CFR 785.15 (engaged to wait)",
        f"{RATES}::test_waiting_and_an_outage_earn_what_work_earns_and_say_why",
        since=date(2026, 11, 30),
    ),
    _rule(
        "PIECES",
        Basis.LAW,
        "A piece pays its price. By the piece, the time at work is topped up to the hourly rate, or to the floor where "
        "that is higher; breaks, waiting and all other paid time earn the hourly rate beside it. By the hour and the "
        "piece, pieces come on top of the wages. Overtime is reckoned on the regular rate: the hourly pay and what "
        "pieces add to it, by the minutes of the shift. How many there are the contractor says within 48 hours after "
        "the shift; the company may say more and never fewer, to take any it needs a cut. Pieces of the whole shift "
        "are counted up to the most an hour that was published, and their money is held from the yes on.",
        "29 CFR 778.111 (a pieceworker's regular rate is what was earned by the hours worked) and 778.318 (hours that "
        "make nothing count); California Labor Code 226.2 (rest and waiting are paid apart from pieces); UK National "
        "Minimum Wage Regulations 2015, regs 36 to 43 (output work reaches the minimum); that the regular rate is of "
        "the shift, not of the week, and who says how many pieces there are, is house policy",
        f"{PIECES}::test_by_the_piece_four_hours_are_topped_up_to_the_rate",
        since=date(2026, 11, 30),
    ),
    _rule(
        "PAID_BREAK",
        Basis.HOUSE,
        "Breaks that belong to the work are paid as work: 10 minutes in 2 hours, more in distressing work.",
        f"{PAI} (P17); the minutes are house policy",
        f"{RATES}::test_paid_breaks_are_work",
        h0_minutes=10,
        h0_every_minutes=120,
        h1_minutes=10,
        h1_every_minutes=60,
        h2_minutes=15,
        h2_every_minutes=60,
        h3_minutes=15,
        h3_every_minutes=45,
    ),
    _rule(
        "OVERTIME",
        Basis.LAW,
        "Minutes beyond the place's standard week, and beyond its standard day where its law has one, earn its "
        "overtime multiple, or one and a half where none is known; where its law pays overtime in steps, the later "
        "hours earn the higher multiple. No minute is counted by the day and by the week.",
        "The law of the place, as its region row and marketplace/standards/data/overtime.csv quote it; 29 USC 207 (US)",
        "tests/standards/test_overtime.py::test_worked_examples",
        version=2,
        since=date(2026, 11, 30),
        percent_where_unknown=150,
        minutes_a_week_where_unknown=2400,
    ),
    _rule(
        "NIGHT",
        Basis.LAW,
        "Work between 22:00 and 06:00, where the contractor is, earns 10 % more.",
        "Labor Code of the Philippines, art. 86 (night shift differential); house policy in every other place",
        f"{RATES}::test_work_at_night_earns_its_premium",
        percent=10,
        from_hour=22,
        to_hour=6,
    ),
    _rule(
        "TOP_UP",
        Basis.STANDARD,
        "When work is paid, the floor of its day and place is asked again, the unpaid minutes counted; what the rate "
        "falls short of it is topped up, from the company's money, or from the service's until the company has paid.",
        f"{PAI}, guideline 1 (P2, P3: the price is checked again on live data); {FAIRWORK}, 1.2; that the service "
        "advances it is house policy",
        "tests/pay/test_top_ups.py::test_a_floor_that_rose_after_the_yes_is_topped_up_when_the_work_is_paid",
    ),
    _rule(
        "CALL_IN",
        Basis.LAW,
        "A shift that the company ends or empties pays at least the shorter of the schedule and half the schedule, "
        "that half no less than 2 and no more than 4 hours.",
        "California IWC wage orders, s. 5 (reporting time pay); Ward v. Tilly's (2019)",
        f"{RATES}::test_the_call_in_minimum",
        least_minutes=120,
        most_minutes=240,
    ),
    _rule(
        "NOTICE",
        Basis.HOUSE,
        "A shift that the company cancels less than 24 hours before its start pays the whole call-in minimum, less "
        "than 72 hours before it half of that. One that is moved pays the same, and less than 14 days before its start "
        "at least one hour. One that is planned less than 14 days before its start pays one hour beside its time, and "
        "never more than its own length, to whoever works it and had a booking with the company in the same week when "
        "it was planned, or would have had one if the company had not taken it back for nothing; whoever had none has "
        "no schedule to which it is added.",
        "House policy: one curve for all gigs, since a laxer one for work on demand would make every gig on demand; "
        "after Oregon SB 828 (ORS 653.455 (2): half pay for hours that are cancelled, an hour's for a shift that is "
        "moved or added late). That only a schedule can be added to, so that new work can open at once, is house "
        "policy; the service, not the company, finds the people, so nobody is chosen for having none",
        "tests/shifts/test_adding.py::test_a_shift_added_late_pays_an_hour_beside_its_time",
        version=4,
        since=date(2026, 11, 29),
        whole_within_hours=24,
        half_within_hours=72,
        moved_hour_within_days=14,
        added_hour_within_days=14,
    ),
    _rule(
        "CONFIRM",
        Basis.HOUSE,
        "Whoever said yes more than 48 hours before a shift is asked 48 hours before its start whether they still "
        "come, and, if they have not answered, by e-mail too 16 hours before it; one tap answers. Silence costs "
        "nothing: the seat stays theirs, nobody else is asked to take it, and who comes in time works. The company "
        "reads who has not confirmed, and can have somebody stand by.",
        "House policy: Instawork asks 48 hours ahead and drops who is silent 16 hours ahead; but a phone without "
        "credit or network is no no, and of two people in one seat one would be sent home",
        "tests/shifts/test_confirming.py::test_silence_is_told_to_the_company_and_takes_nothing",
        since=date(2026, 11, 29),
        ask_within_hours=48,
        again_within_hours=16,
    ),
    _rule(
        "STANDBY",
        Basis.LAW,
        "Who stands by for a shift keeps all of it free, in the sum of weekly hours too, and is there for its first 60 "
        "minutes. From 24 hours before the start on a seat that nobody has or is asked about is theirs, and so is that "
        "of somebody who does not come; who said that they are ready begins at once, who did not has 15 minutes. "
        "Called, they are paid for the work and for the minutes from the start to the call; not called, for half of "
        "the schedule, and no less than those 60 minutes. All of it is at the full rate, so never below the floor, and "
        "the money for the whole shift is held from their yes on. A no to it refuses no guaranteed hours.",
        "Oregon SB 828 (ORS 653.455 (2)(b)(D): half pay for hours on call that are not used; not its voluntary standby "
        "list, ORS 653.432, whose hours pay nothing beside); that the time of being there is paid in full is house "
        "policy after Instawork, which pays backups who are sent home; the other numbers are house policy",
        "tests/shifts/test_standby.py::test_standing_by_in_vain_pays_half_and_no_less_than_the_hour",
        version=2,
        since=date(2026, 11, 29),
        ready_minutes=60,
        unused_percent=50,
        call_within_hours=24,
        answer_minutes=15,
    ),
    _rule(
        "OUTAGE",
        Basis.HOUSE,
        "Power or network lost on a shift: up to 60 minutes of it are paid, also to whoever could not come at all and "
        "says so within 48 hours, four shifts in 30 days; it is never a missed shift.",
        "House policy: it happens where the work is",
        "tests/shifts/test_outage.py::test_an_hour_of_an_outage_is_paid_and_the_rest_is_a_break",
        paid_minutes=60,
        report_within_hours=48,
        paid_shifts_in_30_days=4,
    ),
    _rule(
        "OFFLINE",
        Basis.HOUSE,
        "A phone without network costs nobody a minute: what is pressed on it counts from when it was pressed, within "
        "the shift and in the order of the presses. Up to 15 minutes late it counts as it is; up to 24 hours late it "
        "is a claim, flagged to both sides, that only a cut with its reasons can question.",
        "House policy: networks fail where the work is. The longest shift has 13 hours; 24 let a phone come home first",
        "tests/shifts/test_taps.py::test_a_shift_without_network_is_paid_to_the_minute",
        since=date(2026, 11, 29),
        believed_minutes=15,
        claimed_hours=24,
    ),
    _rule(
        "LEAD",
        Basis.HOUSE,
        "Minutes in which the lead of a shift briefs the others before it, or checks after it, are work: planned with "
        "their price, offered to the lead alone, held and paid at their own rate, up to 60 on each side.",
        "House policy: who leads others is often asked to come early and stay late for nothing",
        "tests/shifts/test_leading.py::test_a_lead_is_paid_for_the_minutes_before_and_after",
        since=date(2026, 11, 29),
        most_minutes=60,
    ),
    _rule(
        "CORRECT",
        Basis.HOUSE,
        "A mistake of the clock can be corrected by its person within 48 hours after the shift, until a pay run has "
        "taken the timesheet: it counts at once, what was approved waits for its company again, and what stood before "
        "stays beside it with who changed it and why. Time that was cut is disputed instead. What a company corrects "
        "counts at once where it gives minutes; to take any it needs the person's yes, or a cut.",
        "House policy: whoever forgot to press should not lose the pay, no minute goes in silence, and a company that "
        "approves at once must not end the time to find a mistake",
        "tests/shifts/test_corrections.py::test_a_forgotten_clock_in_is_corrected_and_paid",
        version=2,
        since=date(2026, 11, 29),
        correct_within_hours=48,
    ),
    _rule(
        "PAY_TERM",
        Basis.HOUSE,
        "Work is paid within 7 days after its shift: it is handed in 48 hours after the shift at the latest, a company "
        "that leaves it unanswered for 72 hours has approved it, and no contract allows more.",
        f"{FAIRWORK}, 1.1 (pay in an agreed time); the numbers are house policy",
        "tests/pay/test_pay_term.py::test_every_shift_of_a_week_is_paid_within_seven_days",
        version=2,
        hand_in_hours=48,
        silence_hours=72,
        most_days=7,
    ),
    _rule(
        "PAYOUT",
        Basis.HOUSE,
        "No balance is forfeited or carried on, however small: what was earned is paid out whole. What a rail keeps of "
        "a payout is paid to the person by the next run, by the companies whose work it paid, each in proportion; "
        "where one has no money the service advances it. A payout that a bank sends back is the person's whole, and "
        "paid again: what the bank kept is borne alike, and what a rate took by the service; what was made good of it "
        "before is not made good again. Where more than a tenth is missing, two people agree that it is that payout.",
        "House policy: a minimum payout, or a fee out of the pay, takes most from who earns least; of a rate, which "
        "no company chooses, the service bears the risk",
        "tests/pay/test_rail_fees.py::test_what_a_rail_keeps_is_paid_by_the_company",
        since=date(2026, 11, 30),
        version=2,
        most_kept_percent=10,
    ),
    _rule(
        "INSTANT_PAY",
        Basis.HOUSE,
        "Whoever has approved work, or anything else that is ready to be paid, can have it paid at once, every 24 "
        "hours, at no cost of theirs; nobody else's pay day is a reason to wait.",
        "House policy: what was earned is the person's own, and advances on it are sold to workers dearly; once a day "
        "since each payout costs the company what the rail keeps of it",
        "tests/pay/test_instant.py::test_four_hours_are_paid_at_once_and_nobody_elses",
        since=date(2026, 11, 29),
        hours=24,
    ),
    _rule(
        "PAYOUT_CHANGE",
        Basis.HOUSE,
        "Who changes where they are paid is told by every way that they have, whatever they chose; money goes to the "
        "old account for 48 hours more, and until then the change can be taken back. A payout that a rail was asked "
        "for just before the 48 hours are over still goes to the old account, even where it arrives later.",
        "House policy: whoever steals an account first changes where it is paid; what is under way cannot be called "
        "back",
        "tests/pay/test_methods.py::test_a_changed_account_is_told_and_waits_for_48_hours",
        since=date(2026, 11, 29),
        version=2,
        hours=48,
    ),
    _rule(
        "NAME_MATCH",
        Basis.HOUSE,
        "An account that carries another name than the contract's party goes to a human. Pay to it waits until they "
        "have cleared it, or refused it with a reason; it is never lost.",
        "House policy: accounts are rented and stolen, and people's names are written in many ways; below 85 of 100 "
        "points of likeness a machine cannot say",
        "tests/pay/test_methods.py::test_another_name_parks_the_pay_with_a_human",
        since=date(2026, 11, 29),
        least_alike=85,
    ),
    _rule(
        "PAYOUT_APPEAL",
        Basis.HOUSE,
        "A payout that was refused, held back or taken back can be contested for 30 days by whoever was to be paid; "
        "somebody who had no part in it answers within 14 days, in writing. Where they were right, and where nobody "
        "has answered by then, it is ordered again; what may have gone out already is never sent twice. Only a human "
        "says whose account it is, and whether a name on a list of sanctions is theirs: where a name waits, or an "
        "account was refused as somebody else's, silence pays nothing to it; the contest stays open, and more "
        "operators are told every 14 days. The money stays the person's, and goes to another account of their own once "
        "there is one.",
        f"{FAIRWORK}, 4.1 (due process); Directive (EU) 2024/2831 (platform work), art. 11 (reply within two weeks); "
        "the 30 days, that silence favours the person, and that it clears no name, since whoever has stolen an account "
        "would only have to wait, are house policy",
        "tests/pay/test_payout_contests.py::test_what_nobody_answers_in_time_is_paid_again",
        since=date(2026, 11, 30),
        version=3,
        days_to_contest=30,
        answer_days=14,
    ),
    _rule(
        "CHARGEBACK",
        Basis.HOUSE,
        "What a payer's bank takes back is never taken from those who worked. It is a matter between the service and "
        "the company, which reads what was taken back, what it has paid for since, and until when its bank takes "
        "evidence; it hands in what speaks against it, with papers, or pays again. A bank that only asks is answered "
        "alike, and no money is booked for it. Where a company cannot answer, or has asked its bank itself, operators "
        "of finance do; they and the company are reminded 3 days and 1 day before the deadline. What was handed in is "
        "erased 30 days after the bank's decision, and after a year in any case; its digest stays.",
        "House policy: whoever worked has done their part, and rails take chargebacks from the platform's balance "
        "(docs.stripe.com/connect/separate-charges-and-transfers)",
        "tests/pay/test_chargebacks.py::test_what_workers_were_paid_stays_theirs",
        since=date(2026, 11, 30),
        version=2,
        first_days=3,
        last_days=1,
        days_after_decision=30,
        most_days=365,
    ),
    _rule(
        "TWO_PEOPLE",
        Basis.HOUSE,
        "What operators do with money by hand takes two different people above the limit that the service has set: "
        "what they pay by a file, find out about a payment, book by a bank statement, give back, take in, and have the "
        "service bear. So does what one person alone does of it by one file, or on one day, once it comes to more. A "
        "file is frozen when it is made, each payment is in one at a time, and nothing is marked twice. Its contents "
        "are erased 90 days after every line of it was marked.",
        "House policy: separation of duties, as auditors ask of whoever can move money by hand; the numbers are ours",
        "tests/pay/test_two_people.py::test_what_one_person_does_alone_is_counted_whatever_it_is",
        version=3,
        since=date(2026, 11, 30),
        file_kept_days=90,
    ),
    _rule(
        "LANDED",
        Basis.HOUSE,
        "Promised net pay, the rates, what the rail kept and what arrived stand on the payslip; how much less arrived "
        "than was promised is measured over all payouts.",
        "House policy: the rate of the day is not what arrives",
        "tests/pay/test_landed.py::test_what_arrived_stands_beside_what_was_promised",
    ),
    _rule(
        "REJECT",
        Basis.HOUSE,
        "A company that cuts time or pieces says for each cut of which kind it is, which clause it relies on, and what "
        "is missing or would be right; the rest is approved at once. A cut that a ruling overturns costs the company "
        "the pay of 15 minutes for its handling.",
        f"{PAI} (P15: every rejection has a reason code and evidence); the fee is house policy, since a rule about the "
        "length of reasons would breed boilerplate",
        "tests/disputes/test_service.py::test_one_hour_cut_and_restored",
        version=3,
        since=date(2026, 11, 30),
        fee_minutes=15,
    ),
    _rule(
        "DISPUTE",
        Basis.HOUSE,
        "A cut can be disputed for 30 days, and its money stays held as long; an operator who belongs to neither side "
        "rules within 14 days, in writing, and when nobody has ruled by then everything is restored.",
        f"{PAI} (P15: an appeal to a person not involved); Directive (EU) 2024/2831 (platform work), human review of "
        "decisions; the numbers, and that silence favours the worker, are house policy",
        "tests/disputes/test_service.py::test_without_a_ruling_everything_is_restored",
        claim_days=30,
        ruling_days=14,
    ),
    _rule(
        "APPEAL_ADVANCE",
        Basis.HOUSE,
        "A disputed cut of up to two hours, or of pieces that are worth no more, is paid by the next run, before "
        "anybody has ruled, three times a person in 30 days; whoever was paid keeps it, and where the company was "
        "right the service bears it.",
        "House policy: pay in escrow for weeks is a loss to who lives from it",
        "tests/disputes/test_advances.py::test_a_small_sum_is_paid_at_once_and_a_lost_dispute_costs_the_service",
        version=2,
        since=date(2026, 11, 30),
        most_minutes=120,
        times_in_30_days=3,
    ),
    _rule(
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
    _rule(
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
    _rule(
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
    _rule(
        "TRANSFER",
        Basis.HOUSE,
        "Benefits belong to the person and go along from company to company; their money goes to another provider when "
        "they ask, with a statement, and comes in from one with evidence.",
        "House policy: there is no published standard for the records of portable benefits",
        "tests/contracts/test_moving.py::test_money_goes_to_another_provider_in_two_steps",
        since=date(2026, 11, 29),
    ),
    _rule(
        "SICK_CANCEL",
        Basis.STANDARD,
        "Whoever reports sick for a shift, before it or during it, is free of it; no rank, rating or offer reads that.",
        f"{FAIRWORK}, 3.1 (cancelling because of sickness does not hurt the rating)",
        "tests/shifts/test_sick.py::test_nothing_that_ranks_people_reads_that_somebody_was_ill",
    ),
    _rule(
        "HEALTH",
        Basis.HOUSE,
        "The company adds 4 % of gross earnings towards health cover.",
        "House policy after the DoorDash pilots in Pennsylvania, Georgia and Maryland (4 % of earnings)",
        f"{RATES}::test_four_hours_at_fifteen_dollars",
        percent=4,
    ),
    _rule(
        "FEE",
        Basis.HOUSE,
        "The service's fee is a percentage of paid work, on top of it and never out of it; premiums and called-off "
        "time bear none.",
        f"{FAIRWORK}, 1.2 (pay after costs); the percentage is house policy",
        f"{RATES}::test_the_fee_comes_on_top",
        percent=5,
    ),
    _rule(
        "EXCHANGE",
        Basis.STANDARD,
        "An amount is exchanged at a sourced rate of the day or the last one before it, at most 7 days old; a floor "
        "may be compared at one of the last 92 days.",
        f"{FAIRWORK}, 1.1; rates of the European Central Bank, or entered with their source",
        "tests/standards/test_exchange.py::test_fifteen_dollars_in_rupiah",
        days_back=7,
        days_back_for_floors=92,
    ),
)

_TERMS = (
    _rule(
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
    _rule(
        "ACCIDENT",
        Basis.HOUSE,
        "An offer says by whom a person is insured against accidents from the first minute: insurer, policy and whom "
        "to call. Where nobody is, it says that there is no insurance.",
        "House policy: cover from minute one; an insurance that is only promised is none",
        "tests/contracts/test_plans.py::test_an_offer_says_who_insures_or_that_nobody_does",
    ),
    _rule(
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
    _rule(
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

_TESTS = (
    _rule(
        "QUALIFICATION_TIME",
        Basis.STANDARD,
        "The minutes of a qualification test are paid, pass or fail, by whoever owns the test: at its stated rate or "
        "at the floor of the person's place, whichever is higher. The money is held before the first minute.",
        f"{PAI} (P12: training and qualification are paid); that a silence of up to 15 minutes counts is house policy",
        f"{TESTS}/test_pay.py::test_a_failed_test_is_paid_like_a_passed_one",
        silent_minutes=15,
    ),
    _rule(
        "TRAINING",
        Basis.STANDARD,
        "Work is learned in shifts of their own, which pay the gig's rate like work, whether or not a test is passed "
        "after them. They are open to whoever still lacks the gig's qualifications, show nothing distressing, count in "
        "the hours of a day and a week, and nothing that is done in them counts for or against anybody.",
        f"{PAI}, guideline 4 (P12: training is paid); that it shows nothing distressing is house policy",
        "tests/shifts/test_training.py::test_training_is_paid_like_work_to_who_lacks_the_qualification",
        since=date(2026, 11, 29),
    ),
    _rule(
        "TEST_GRANT",
        Basis.HOUSE,
        "A qualification that is given without a test names what shows it and why. Whoever gave it may take it back, "
        "with a reason that the person reads and can contest; what was passed is never taken back, and shifts that "
        "were accepted keep their pay.",
        f"{FAIRWORK}, 4.1 (due process); {PAI} (P5, P15); that only what was given can be taken back is house policy",
        f"{TESTS}/test_attempts.py::test_what_was_given_is_taken_back_with_a_reason_and_on_appeal_given_back",
    ),
    _rule(
        "TEST_HOURS",
        Basis.HOUSE,
        "The minutes of a test are work: they count in the hours of a day and a week, in the rest between two days and "
        "in the free day, beside all shifts. A test whose longest time would break one of these is not begun, nor one "
        "of a company that is not verified at the moment.",
        f"{WTD}, art. 2 (working time), 3, 5 and 6, as DAY, WEEK, REST and DAY_OFF apply it; applying it to tests is "
        "house policy",
        f"{TESTS}/test_rules.py::test_a_test_that_would_break_the_week_is_not_begun",
    ),
    _rule(
        "TEST_TIMER",
        Basis.HOUSE,
        "A time limit of a test is a safety cap of at least three times what three of four people need, and no "
        "pressure; whoever is cut off goes on within 24 hours.",
        f"{PAI} (P16: no time pressure); the numbers are house policy",
        f"{TESTS}/test_rules.py::test_a_limit_is_three_times_what_three_of_four_people_need",
        times_p75=3,
        least_attempts=5,
        resume_hours=24,
    ),
    _rule(
        "TEST_RESULT",
        Basis.HOUSE,
        "A result can be contested for 30 days; a human who did not write the test looks at it, and a correction "
        "scores everybody anew who took it. No machine's score restricts anybody, and no correction takes anything "
        "away.",
        f"{FAIRWORK}, 4.1 (due process); {PAI} (P15: a person not involved); the 30 days are house policy",
        f"{TESTS}/test_contests.py::test_a_correction_scores_everybody_anew",
        days_to_contest_result=30,
    ),
    _rule(
        "TEST_VERSION",
        Basis.HOUSE,
        "A published test never changes: a new version counts for whoever begins after it, and who holds the "
        "qualification keeps it until it ends. Its holder is reminded 30 days before and can renew from then on.",
        f"{PAI} (P11: nothing is rejected under a version that came later); the days are house policy",
        f"{TESTS}/test_attempts.py::test_a_new_version_in_the_middle_of_an_attempt_changes_nothing",
        renew_days=30,
    ),
    _rule(
        "SKILL_STEP",
        Basis.STANDARD,
        "A higher level of a skill never earns less: each step of a gig multiplies its rate by at least one, is told "
        "in the offer, and is held before the work.",
        f"{PAI}, guideline 1 (P6: pay follows difficulty); the four levels are house policy",
        f"{RATES}::test_a_level_of_a_skill_pays_its_step",
        most_level=4,
    ),
)

RULES: Final[Mapping[str, Rule]] = MappingProxyType(
    {rule.id: rule for rule in (*_PAY, *_GIGS, *_PEOPLE, *_RECORDS, *_SEATS, *_PRICES, *_TERMS, *_TESTS)}
)
"""Every rule in force, by its id."""
