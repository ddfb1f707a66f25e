"""What rules said before they said what they say now. Lines are only added: a verdict or a line of pay names the
version that it was made by, and whoever reads it years later finds here what that version said."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Final

from marketplace.standards.verdicts import Edition

FIRST: Final = date(2026, 11, 22)
"""The day on which the first catalogue was published."""


def _before(version: int, sentence: str, since: date, until: date, **parameters: int) -> Edition:
    return Edition(version, sentence, since, until, MappingProxyType(parameters))


EARLIER: Final[Mapping[str, tuple[Edition, ...]]] = MappingProxyType(
    {
        "OVERTIME": (
            _before(
                1,
                "Minutes beyond the place's standard week earn its overtime multiple, or one and a half where none is "
                "known.",
                FIRST,
                date(2026, 11, 30),
                percent_where_unknown=150,
                minutes_a_week_where_unknown=2400,
            ),
        ),
        "NIGHT": (
            _before(
                1,
                "Work between 22:00 and 06:00, where the contractor is, earns 10 % more.",
                FIRST,
                date(2026, 11, 30),
                percent=10,
                from_hour=22,
                to_hour=6,
            ),
        ),
        "PUBLIC_HOLIDAY": (
            _before(
                1,
                "Work on a public holiday of the place where the contractor lives, from midnight to midnight there, "
                "earns the multiple that the law of the place has for it, overtime of that day in the law's steps. A "
                "minute earns one multiple, that of the day or that of overtime, whichever is higher, unless the law "
                "says what both together earn; distressing work and work at night come on top. It is promised with the "
                "yes: a day that is moved later takes nothing back. Where no law is known nothing is added.",
                date(2026, 11, 30),
                date(2026, 11, 30),
            ),
        ),
        "REST_DAY": (
            _before(
                1,
                "Work on the weekly day of rest by the law of the place where the contractor lives earns the multiple "
                "that the law has for it, as on a public holiday: on a day of the calendar, or on the day that makes "
                "the days of work in the week so many, whatever is booked coming before what is added. A day that is a "
                "holiday too earns the higher multiple, or what the law says of both. Where no law is known nothing is "
                "added.",
                date(2026, 11, 30),
                date(2026, 11, 30),
            ),
        ),
        "TWO_PEOPLE": (
            _before(
                1,
                "What people pay by a file, and what they find out about a payment that is parked, takes two different "
                "people above the limit that the service has set. A file is frozen when it is made, each payment is in "
                "one at a time, and nothing is marked twice. Its contents are erased 90 days after every line of it "
                "was marked.",
                date(2026, 11, 29),
                date(2026, 11, 29),
                file_kept_days=90,
            ),
            _before(
                2,
                "What people pay by a file, and what they find out about a payment that is parked, takes two different "
                "people above the limit that the service has set; so does what one person alone marks as paid in one "
                "file, or on one day, once it comes to more. A file is frozen when it is made, each payment is in one "
                "at a time, and nothing is marked twice. Its contents are erased 90 days after every line of it was "
                "marked.",
                date(2026, 11, 29),
                date(2026, 11, 30),
                file_kept_days=90,
            ),
            _before(
                3,
                "What operators do with money by hand takes two different people above the limit that the service has "
                "set: what they pay by a file, find out about a payment, book by a bank statement, give back, take in, "
                "and have the service bear. So does what one person alone does of it by one file, or on one day, once "
                "it comes to more. A file is frozen when it is made, each payment is in one at a time, and nothing is "
                "marked twice. Its contents are erased 90 days after every line of it was marked.",
                date(2026, 11, 30),
                date(2026, 11, 30),
                file_kept_days=90,
            ),
        ),
        "FEE": (
            _before(
                1,
                "The service's fee is a percentage of paid work, on top of it and never out of it; premiums and "
                "called-off time bear none.",
                FIRST,
                date(2026, 11, 30),
                percent=5,
            ),
        ),
        "PAYOUT": (
            _before(
                1,
                "No balance is forfeited or carried on, however small: what was earned is paid out whole. What a rail "
                "keeps of a payout is paid to the person by the next run, by the companies whose work it paid, each in "
                "proportion; where one has no money the service advances it.",
                date(2026, 11, 29),
                date(2026, 11, 30),
            ),
        ),
        "CHARGEBACK": (
            _before(
                1,
                "What a payer's bank takes back is never taken from those who worked. It is a matter between the "
                "service and the company, which reads what was taken back, what it has paid for since, and until when "
                "its bank takes evidence; it hands in what speaks against it, or pays again.",
                date(2026, 11, 29),
                date(2026, 11, 30),
            ),
            _before(
                2,
                "What a payer's bank takes back is never taken from those who worked. It is a matter between the "
                "service and the company, which reads what was taken back, what it has paid for since, and until when "
                "its bank takes evidence; it hands in what speaks against it, with papers, or pays again. A bank that "
                "only asks is answered alike, and no money is booked for it. Where a company cannot answer, or has "
                "asked its bank itself, operators of finance do; they and the company are reminded 3 days and 1 day "
                "before the deadline. What was handed in is erased 30 days after the bank's decision, and after a year "
                "in any case; its digest stays.",
                date(2026, 11, 30),
                date(2026, 11, 30),
                first_days=3,
                last_days=1,
                days_after_decision=30,
                most_days=365,
            ),
            _before(
                3,
                "What a payer's bank takes back is never taken from those who worked. It is a matter between the "
                "service and the company, which reads what was taken back, what it has paid for since, and until when "
                "its bank takes evidence; it hands in what speaks against it, with papers, or pays again. A bank that "
                "only asks is answered alike, and no money is booked for it. Where a company cannot answer, or has "
                "asked its bank itself, operators of finance do; they and the company are reminded 3 days and 1 day "
                "before the deadline. Of what a bank has kept and the company has not paid again operators of finance "
                "decide, with a reason that it reads: it is taken from what the company has available, or the service "
                "bears it and it is owed no longer. What was handed in is erased 30 days after the bank's decision, "
                "and after a year in any case; its digest stays.",
                date(2026, 11, 30),
                date(2026, 11, 30),
                first_days=3,
                last_days=1,
                days_after_decision=30,
                most_days=365,
            ),
            _before(
                4,
                "What a payer's bank takes back is never taken from those who worked. It is a matter between the "
                "service and the company, which reads what was taken back, what it has paid for since, and until when "
                "its bank takes evidence; it hands in what speaks against it, with papers, or pays again. A bank that "
                "only asks is answered alike, and no money is booked for it. Where a company cannot answer, or has "
                "asked its bank itself, operators of finance do; they and the company are reminded 3 days and 1 day "
                "before the deadline. Of what a bank has kept and the company has not paid again operators of finance "
                "decide, with a reason that it reads: it is taken from what the company has available, or the service "
                "bears it and it is owed no longer. What the bank gives back after all, or in part, whoever has borne "
                "it has again, the company before the service. What was handed in is erased 30 days after the bank's "
                "decision, and after a year in any case; its digest stays.",
                date(2026, 11, 30),
                date(2026, 11, 30),
                first_days=3,
                last_days=1,
                days_after_decision=30,
                most_days=365,
            ),
        ),
        "PAYOUT_APPEAL": (
            _before(
                1,
                "A payout that was refused, held back or taken back can be contested for 30 days by whoever was to be "
                "paid; somebody who had no part in it answers within 14 days, in writing. Where they were right, and "
                "where nobody has answered by then, it is ordered again; what may have gone out already is never sent "
                "twice.",
                date(2026, 11, 29),
                date(2026, 11, 29),
                days_to_contest=30,
                answer_days=14,
            ),
            _before(
                2,
                "A payout that was refused, held back or taken back can be contested for 30 days by whoever was to be "
                "paid; somebody who had no part in it answers within 14 days, in writing. Where they were right, and "
                "where nobody has answered by then, it is ordered again; what may have gone out already is never sent "
                "twice. Only a human says whose account it is: where a name waits, or an account was refused as "
                "somebody else's, silence pays nothing to it; the contest stays open, and more operators are told "
                "every 14 days. The money stays the person's, and goes to another account of their own once there is "
                "one.",
                date(2026, 11, 29),
                date(2026, 11, 30),
                days_to_contest=30,
                answer_days=14,
            ),
        ),
        "APPEAL": (
            _before(
                1,
                "A refusal or suspension can be contested for 30 days; somebody who did not decide it then looks at it "
                "again.",
                FIRST,
                FIRST,
                days_to_contest=30,
            ),
        ),
        "RELIABILITY": (
            _before(
                1,
                "What giving a seat back counts is told before it, on the steps by which a company pays for its own no "
                "(NOTICE): less than 24 hours before the start 2 points, less than 72 hours 1, a missed shift 3. It "
                "counts nothing within 15 minutes of the yes, where somebody took the seat before the start, or for "
                "sickness, an outage, heavier work or another good cause that a human finds; and after 30 days no "
                "more. No money is taken, and no rank, rule or offer reads it.",
                date(2026, 11, 29),
                date(2026, 11, 29),
                half_points=1,
                whole_points=2,
                missed_points=3,
                free_minutes=15,
                days=30,
            ),
        ),
        "CORRECT": (
            _before(
                1,
                "A mistake of the clock can be corrected by its person within 48 hours after the shift, until the "
                "timesheet is answered: it counts at once, and what stood before stays beside it with who changed it "
                "and why. What a company corrects counts at once where it gives minutes; to take any it needs the "
                "person's yes, or a cut.",
                date(2026, 11, 29),
                date(2026, 11, 29),
                correct_within_hours=48,
            ),
        ),
        "PILOT": (
            _before(
                1,
                "A finished, paid pilot of at least 5 workers, one from each place, and 20 items comes before piece "
                "work; an hourly gig may open without one, as its own pilot, up to 40 booked hours.",
                FIRST,
                date(2026, 11, 29),
                least_workers=5,
                least_items=20,
                minutes_without_pilot=2400,
            ),
            _before(
                2,
                "A finished, paid pilot of at least 5 workers, one from each place, and 20 items comes before piece "
                "work; an hourly gig may open without one, as its own pilot, up to 40 booked hours: its approved "
                "shifts fill the pilot, and 20 hours of them stand for the items.",
                date(2026, 11, 29),
                date(2026, 11, 29),
                least_workers=5,
                least_items=20,
                least_hours=20,
                minutes_without_pilot=2400,
            ),
        ),
        "INSTRUCTIONS": (
            _before(
                1,
                "Somebody other than their author has verified the instructions.",
                FIRST,
                date(2026, 11, 29),
            ),
        ),
        "AFTER_CARE": (
            _before(
                1,
                "Care after very distressing work (H3) stays open for 6 months after the last minute of it, and the "
                "company pays for it.",
                FIRST,
                date(2026, 11, 29),
                months=6,
            ),
        ),
        "DECISION": (
            _before(
                1,
                "No machine refuses, restricts, suspends or closes anybody: it proposes at most. A human decides, with "
                "reasons in writing that the person can read from the moment on from which it holds.",
                FIRST,
                FIRST,
            ),
        ),
        "HAZARD": (
            _before(
                1,
                "Distressing work earns at least the floor and its premium (H2 25 %, H3 50 %), is opted into, and "
                "keeps to the daily and weekly minutes of its class.",
                FIRST,
                FIRST,
                h2_premium_percent=25,
                h3_premium_percent=50,
                h1_minutes_a_day=360,
                h1_minutes_a_week=1800,
                h2_minutes_a_day=240,
                h2_minutes_a_week=1200,
                h3_minutes_a_day=120,
                h3_minutes_a_week=480,
            ),
        ),
        "PAY_TERM": (
            _before(
                1,
                "A timesheet that the company leaves unanswered for 72 hours is approved; no contract lets it pay "
                "later than in 7 days.",
                FIRST,
                FIRST,
                silence_hours=72,
                most_days=7,
            ),
        ),
        "REJECT": (
            _before(
                1,
                "A company that cuts time says for each cut of which kind it is, which clause it relies on, and what "
                "is missing or would be right; the rest is approved at once. A cut that is overturned costs the "
                "company the pay of 15 minutes for its handling.",
                FIRST,
                FIRST,
                fee_minutes=15,
            ),
            _before(
                2,
                "A company that cuts time says for each cut of which kind it is, which clause it relies on, and what "
                "is missing or would be right; the rest is approved at once. A cut that a ruling overturns costs the "
                "company the pay of 15 minutes for its handling.",
                FIRST,
                date(2026, 11, 30),
                fee_minutes=15,
            ),
        ),
        "APPEAL_ADVANCE": (
            _before(
                1,
                "A disputed cut of up to two hours is paid by the next run, before anybody has ruled, three times a "
                "person in 30 days; whoever was paid keeps it, and where the company was right the service bears it.",
                FIRST,
                date(2026, 11, 30),
                most_minutes=120,
                times_in_30_days=3,
            ),
        ),
        "NOTICE": (
            _before(
                1,
                "A shift that the company cancels less than 24 hours before its start pays the whole call-in minimum, "
                "less than 72 hours before it half of that.",
                FIRST,
                date(2026, 11, 29),
                whole_within_hours=24,
                half_within_hours=72,
            ),
            _before(
                2,
                "A shift that the company cancels less than 24 hours before its start pays the whole call-in minimum, "
                "less than 72 hours before it half of that. One that is moved pays the same, and less than 14 days "
                "before its start at least one hour.",
                date(2026, 11, 29),
                date(2026, 11, 29),
                whole_within_hours=24,
                half_within_hours=72,
                moved_hour_within_days=14,
            ),
            _before(
                3,
                "A shift that the company cancels less than 24 hours before its start pays the whole call-in minimum, "
                "less than 72 hours before it half of that. One that is moved pays the same, and less than 14 days "
                "before its start at least one hour. One that is planned less than 14 days before its start pays one "
                "hour beside its time, and never more than its own length, to whoever works it and had a booking with "
                "the company in the same week when it was planned; whoever had none has no schedule to which it is "
                "added.",
                date(2026, 11, 29),
                date(2026, 11, 29),
                whole_within_hours=24,
                half_within_hours=72,
                moved_hour_within_days=14,
                added_hour_within_days=14,
            ),
        ),
        "CASH_OUT": (
            _before(
                1,
                "The money of the health contribution is paid to its owner with the next pay run after they ask; the "
                "money of sick leave when the account ends. Nothing is kept of it.",
                date(2026, 11, 29),
                date(2026, 11, 29),
            ),
        ),
        "GUARANTEED_HOURS": (
            _before(
                1,
                "What a contract guarantees for a week is paid, at its rate or the floor if that is higher, less what "
                "was paid for and what was refused. A refusal counts of a shift without distressing work that was "
                "offered 72 hours before it began and could be answered for 24. A week of which the contract holds "
                "some days guarantees so many sevenths; days off that the person has entered guarantee nothing.",
                date(2026, 11, 29),
                date(2026, 11, 29),
                refusal_counts_hours_before=72,
                refusal_counts_hours_open=24,
                settled_hours_after=48,
            ),
        ),
        "SICK": (
            _before(
                1,
                "Each 30 hours worked earn one hour of paid sick leave, funded when they are worked.",
                FIRST,
                FIRST,
                hours_worked_per_hour=30,
                most_hours_a_year=40,
            ),
            _before(
                2,
                "Each 30 hours worked earn one hour of paid sick leave, funded when they are worked; whoever falls ill "
                "is paid the rest of the shift's schedule from it, as far as it has accrued.",
                FIRST,
                FIRST,
                hours_worked_per_hour=30,
                most_hours_a_year=40,
            ),
        ),
        "SCREENING": (
            _before(
                1,
                "Where a list of sanctions is loaded, everybody's name is compared with it, in whatever script it is "
                "written, when they apply and whenever a list is loaded; a likeness of 85 of 100 goes to a person, who "
                "clears it or confirms it with a reason. Years of birth that differ take 10. Nobody is refused by a "
                "machine.",
                FIRST,
                date(2026, 11, 30),
                least_score=85,
                points_when_birth_differs=10,
            ),
        ),
        "STANDBY": (
            _before(
                1,
                "Who stands by for a shift keeps all of it free, in the sum of weekly hours too, and is there for its "
                "first 60 minutes. From 24 hours before the start on a seat that nobody has or is asked about is "
                "theirs, and so is that of somebody who does not come; who said that they are ready begins at once, "
                "who did not has 15 minutes. Called, they are paid for the work and for the minutes from the start to "
                "the call; not called, for half of the schedule, and no less than those 60 minutes. All of it is at "
                "the full rate, so never below the floor, and the money for the whole shift is held from their yes on.",
                date(2026, 11, 29),
                date(2026, 11, 29),
                ready_minutes=60,
                unused_percent=50,
                call_within_hours=24,
                answer_minutes=15,
            ),
        ),
        "PAYOUT_CHANGE": (
            _before(
                1,
                "Who changes where they are paid is told by every way that they have, whatever they chose; money goes "
                "to the old account for 48 hours more, and until then the change can be taken back.",
                date(2026, 11, 29),
                date(2026, 11, 29),
                hours=48,
            ),
        ),
    }
)
"""The versions before the one in force, by the rule's id, oldest first."""
