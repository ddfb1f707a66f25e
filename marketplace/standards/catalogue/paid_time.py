"""What time earns: at work, beside it, and where work does not come."""

from datetime import date
from typing import Final

from marketplace.standards.catalogue.entry import rule
from marketplace.standards.catalogue.references import FAIRWORK, PAI, PIECES, RATES
from marketplace.standards.verdicts import Basis, Rule

PAID_TIME: Final[tuple[Rule, ...]] = (
    rule(
        "WAGES",
        Basis.HOUSE,
        "Every minute of work is paid at the agreed hourly rate.",
        "The contract; FLSA, 29 CFR 785.11 (work suffered or permitted is work time)",
        f"{RATES}::test_four_hours_at_fifteen_dollars",
    ),
    rule(
        "WAITING",
        Basis.STANDARD,
        "Whoever is on a shift and has nothing to do is paid for it as for work: every minute, at the agreed rate, "
        "with the premiums of the hour.",
        f"{PAI}, guideline 1 (P2: waiting belongs to the work); FLSA, 29 CFR 785.15 (engaged to wait)",
        f"{RATES}::test_waiting_and_an_outage_earn_what_work_earns_and_say_why",
        since=date(2026, 11, 30),
    ),
    rule(
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
    rule(
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
    rule(
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
    rule(
        "PUBLIC_HOLIDAY",
        Basis.LAW,
        "Work on a public holiday of the place where the contractor lives earns the multiple that the law of the place "
        "has for it, overtime of that day in the law's steps, and no less than the law grants in days' wages, however "
        "short the work is. The day is from midnight to midnight there; where the law says so, a shift on two days is "
        "of the one with its greater part. A minute earns one multiple, that of the day or that of overtime, whichever "
        "is higher, unless the law says what both together earn; distressing work and work at night come on top. It is "
        "promised with the yes: a day that is moved later takes nothing back. Where no law is known nothing is added.",
        "The law of the place, as marketplace/standards/data/premium_days.csv quotes it; which days are holidays there "
        "is told by the library holidays. That a law's multiple is of the hours worked, without the pay that it may "
        "give for a holiday on which nobody works, that a day's wage is the pay of the hours that the law has for a "
        "day, and that it does not add up with a call-in minimum, is house policy",
        "tests/standards/test_premium_days.py::test_worked_examples",
        version=2,
        since=date(2026, 11, 30),
    ),
    rule(
        "REST_DAY",
        Basis.LAW,
        "Work on the weekly day of rest by the law of the place where the contractor lives earns the multiple that the "
        "law has for it, and no less than it grants in days' wages, as on a public holiday: on a day of the calendar, "
        "from an hour on where the law says so, or on the day that makes the days of work in the week so many, "
        "whatever is booked coming before what is added. A day that is a holiday too earns the higher multiple, or "
        "what the law says of both. Where no law is known nothing is added.",
        "The law of the place, as marketplace/standards/data/premium_days.csv quotes it; that whatever is booked comes "
        "first, and that a week is Monday to Sunday where the contractor lives, is house policy",
        "tests/standards/test_premium_days.py::test_days_of_rest",
        version=2,
        since=date(2026, 11, 30),
    ),
    rule(
        "NIGHT",
        Basis.LAW,
        "Work between 22:00 and 06:00, where the contractor is, earns 10 % more. Where the law of the place where they "
        "live has a night of its own, its hours and its percentage hold: of the rate, or of what the minute earns "
        "otherwise on a holiday, a day of rest or in overtime, as the law counts; and where it has one multiple for "
        "overtime at night, that is paid in place of both. It is promised with the yes.",
        "The law of the place, as marketplace/standards/data/night.csv quotes it; Labor Code of the Philippines, art. "
        "86 (night shift differential); house policy in every other place",
        "tests/standards/test_nights.py::test_worked_examples",
        version=2,
        since=date(2026, 11, 30),
        percent=10,
        from_hour=22,
        to_hour=6,
    ),
    rule(
        "TOP_UP",
        Basis.STANDARD,
        "When work is paid, the floor of its day and place is asked again, the unpaid minutes counted; what the rate "
        "falls short of it is topped up, from the company's money, or from the service's until the company has paid.",
        f"{PAI}, guideline 1 (P2, P3: the price is checked again on live data); {FAIRWORK}, 1.2; that the service "
        "advances it is house policy",
        "tests/pay/test_top_ups.py::test_a_floor_that_rose_after_the_yes_is_topped_up_when_the_work_is_paid",
    ),
    rule(
        "BONUS",
        Basis.HOUSE,
        "A company may give a bonus to whoever has worked on a gig of its: an amount that it decides on after the "
        "work, with a reason that the person reads. It comes beside everything else and counts toward nothing: neither "
        "a floor nor a top-up, an overtime rate or a published hourly pay is reached with it. It bears no fee and no "
        "margin; the contribution to health cover is added, and tax is withheld as of other pay. Its money is set "
        "aside when it is given. Above what one person may do alone, by one bonus or in sum on one day, a second "
        "member of the company agrees first; until then it can be taken back, with a reason. After that it is owed "
        "and paid by the next run, whatever becomes of the gig. Nobody gives one to themselves.",
        "29 USC 207 (e)(3), 29 CFR 778.211 (a bonus of which the employer alone decides, near the end of the work and "
        "by no earlier promise, is no part of the regular rate) and 778.208, 778.209 (one that was promised for hours, "
        f"output or quality is: it belongs into the rate of a gig); {PAI}, guideline 1 (P1, P2: the rate itself "
        "reaches the living wage); that it counts toward no floor, bears no fee and takes two people is house policy",
        "tests/pay/test_bonuses.py::test_a_bonus_of_fifty_dollars_is_paid_beside_the_work",
        since=date(2026, 11, 30),
    ),
    rule(
        "CALL_IN",
        Basis.LAW,
        "A shift that the company ends or empties pays at least the shorter of the schedule and half the schedule, "
        "that half no less than 2 and no more than 4 hours.",
        "California IWC wage orders, s. 5 (reporting time pay); Ward v. Tilly's (2019)",
        f"{RATES}::test_the_call_in_minimum",
        least_minutes=120,
        most_minutes=240,
    ),
    rule(
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
    rule(
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
    rule(
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
    rule(
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
    rule(
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
    rule(
        "LEAD",
        Basis.HOUSE,
        "Minutes in which the lead of a shift briefs the others before it, or checks after it, are work: planned with "
        "their price, offered to the lead alone, held and paid at their own rate, up to 60 on each side.",
        "House policy: who leads others is often asked to come early and stay late for nothing",
        "tests/shifts/test_leading.py::test_a_lead_is_paid_for_the_minutes_before_and_after",
        since=date(2026, 11, 29),
        most_minutes=60,
    ),
    rule(
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
)
