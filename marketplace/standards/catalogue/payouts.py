"""How pay reaches people, and how money comes and goes back."""

from datetime import date
from typing import Final

from marketplace.standards.catalogue.entry import rule
from marketplace.standards.catalogue.references import FAIRWORK
from marketplace.standards.verdicts import Basis, Rule

PAYOUTS: Final[tuple[Rule, ...]] = (
    rule(
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
    rule(
        "PAY_GROUP",
        Basis.HOUSE,
        "Operators may choose the days of the week on which people of some countries are paid. Nobody waits for such a "
        "day longer than 36 hours after what they earned is ready to be paid, so that PAY_TERM holds; whoever is in no "
        "group is paid on every day, and everybody may have it at once.",
        "House policy: banks and wallets of a country work on days of their own, and 168 hours of PAY_TERM less 48 "
        "until work is handed in and 72 until silence is a yes leave 48, of which 12 are for the payment",
        "tests/pay/test_pay_groups.py::test_nobody_waits_for_a_pay_day_longer_than_the_rule_allows",
        since=date(2026, 11, 30),
        most_wait_hours=36,
    ),
    rule(
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
    rule(
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
    rule(
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
    rule(
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
    rule(
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
    rule(
        "CHARGEBACK",
        Basis.HOUSE,
        "What a payer's bank takes back is never taken from those who worked. It is a matter between the service and "
        "the company, which reads what was taken back, what it has paid for since, and until when its bank takes "
        "evidence; it hands in what speaks against it, with papers, or pays again. A bank that only asks is answered "
        "alike, and no money is booked for it. Where a company cannot answer, or has asked its bank itself, operators "
        "of finance do; they and the company are reminded 3 days and 1 day before the deadline. Of what a bank has "
        "kept and the company has not paid again operators of finance decide, with a reason that it reads: it is "
        "taken from what the company has available, or the service bears it and it is owed no longer. What the bank "
        "gives back after all, or in part, whoever has borne it has again, the company before the service; what comes "
        "back in another currency counts at the sourced rate of the day on which the rail told it, and as all of the "
        "rest where no more than 2 percent is missing, since that much a rail keeps for an exchange. What was handed "
        "in is erased 30 days after the bank's decision, and after a year in any case; its digest stays.",
        "House policy: whoever worked has done their part, and rails take chargebacks from the platform's balance "
        "(docs.stripe.com/connect/separate-charges-and-transfers); Stripe keeps up to 2 percent of what it exchanges "
        "(docs.stripe.com/currencies/conversions)",
        "tests/pay/test_chargebacks.py::test_what_workers_were_paid_stays_theirs",
        since=date(2026, 11, 30),
        version=5,
        exchange_percent=2,
        first_days=3,
        last_days=1,
        days_after_decision=30,
        most_days=365,
    ),
    rule(
        "TWO_PEOPLE",
        Basis.HOUSE,
        "What operators do with money by hand takes two different people above the limit that the service has set: "
        "what they pay by a file, find out about a payment, book by a bank statement, give back, take back, take in, "
        "and have the service bear. So does what one person alone does of it by one file, or on one day, once it comes "
        "to more. A file is frozen when it is made, each payment is in one at a time, and nothing is marked twice. Its "
        "contents are erased 90 days after every line of it was marked.",
        "House policy: separation of duties, as auditors ask of whoever can move money by hand; the numbers are ours",
        "tests/pay/test_two_people.py::test_what_one_person_does_alone_is_counted_whatever_it_is",
        version=4,
        since=date(2026, 11, 30),
        file_kept_days=90,
    ),
    rule(
        "LANDED",
        Basis.HOUSE,
        "Promised net pay, the rates, what the rail kept and what arrived stand on the payslip; how much less arrived "
        "than was promised is measured over all payouts.",
        "House policy: the rate of the day is not what arrives",
        "tests/pay/test_landed.py::test_what_arrived_stands_beside_what_was_promised",
    ),
)
