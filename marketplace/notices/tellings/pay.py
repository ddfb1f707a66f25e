"""Money: deposits, payslips, payouts, taxes, invoices and the accounts that pay goes to."""

from collections.abc import Mapping
from types import MappingProxyType

from marketplace.notices.rules import Audience, Channel, Telling

TOLD: Mapping[str, tuple[Telling, ...]] = MappingProxyType(
    {
        "deposit.received": (
            Telling(Audience.MONEY, Channel.INBOX, "%(money)s arrived", "The deposit of %(company)s can be used."),
        ),
        "deposit.refused": (
            Telling(Audience.MONEY, Channel.BOTH, "A deposit of %(money)s was refused", "Nothing of it was booked."),
        ),
        "deposit.overdue": (
            Telling(
                Audience.MONEY,
                Channel.BOTH,
                "The invoice for a deposit of %(money)s was due on %(day)s",
                "It can still be paid. If you do not want to pay it any more, call it off on the page of the deposit.",
            ),
        ),
        "chargeback.opened": (
            Telling(
                Audience.MONEY,
                Channel.BOTH,
                "Your bank took back a deposit of %(money)s",
                "Hand in what speaks against it before the bank's deadline, or pay it again. The page says until when, "
                "and what it had paid for.",
            ),
            Telling(
                Audience.FINANCE,
                Channel.BOTH,
                "A bank took back a deposit of %(money)s of %(company)s",
                "The company has been told. The page of chargebacks says how many days are left.",
            ),
        ),
        "chargeback.inquired": (
            Telling(
                Audience.MONEY,
                Channel.BOTH,
                "Your bank asks about a deposit of %(money)s",
                "It has taken nothing yet. Answer it before its deadline: it takes the money back only if it is not "
                "content.",
            ),
            Telling(
                Audience.FINANCE,
                Channel.BOTH,
                "A bank asks about a deposit of %(money)s of %(company)s",
                "It has taken nothing yet. The company has been told; the page of chargebacks says how many days are "
                "left.",
            ),
        ),
        "chargeback.inquiry_closed": (
            Telling(
                Audience.MONEY,
                Channel.INBOX,
                "Your bank asks no more about a deposit of %(money)s",
                "It has taken nothing.",
            ),
        ),
        "chargeback.deadline_moved": (
            Telling(
                Audience.MONEY,
                Channel.INBOX,
                "Your bank moved its deadline for a deposit of %(money)s",
                "It takes evidence until %(day)s.",
            ),
            Telling(
                Audience.FINANCE,
                Channel.INBOX,
                "A bank moved its deadline for a deposit of %(money)s of %(company)s",
                "It takes evidence until %(day)s.",
            ),
        ),
        "chargeback.due_soon": (
            Telling(
                Audience.FINANCE,
                Channel.BOTH,
                "A bank takes evidence for %(company)s until %(day)s",
                "It is about a deposit of %(money)s. What is missing: %(missing)s.",
            ),
            Telling(
                Audience.MONEY,
                Channel.BOTH,
                "Your bank takes evidence until %(day)s",
                "It is about a deposit of %(money)s. What is missing: %(missing)s.",
            ),
        ),
        "chargeback.won": (
            Telling(
                Audience.MONEY,
                Channel.BOTH,
                "The bank gave back a deposit of %(money)s",
                "What you paid again for it is available to you.",
            ),
        ),
        "chargeback.lost": (
            Telling(
                Audience.MONEY,
                Channel.BOTH,
                "The bank kept a deposit of %(money)s that it took back",
                "What you have not paid again you owe to the service: pay it again on its page.",
            ),
            Telling(
                Audience.FINANCE,
                Channel.INBOX,
                "The bank kept a deposit of %(money)s of %(company)s",
                "The service bears it until the company pays again, or you say who bears it.",
            ),
        ),
        "chargeback.reinstated": (
            Telling(
                Audience.MONEY,
                Channel.BOTH,
                "The bank gave back a deposit of %(money)s after all",
                "What was taken from you for it is available to you again, and you owe nothing for it.",
            ),
            Telling(
                Audience.FINANCE,
                Channel.INBOX,
                "The bank gave back a deposit of %(money)s of %(company)s after all",
                "Whoever had borne it has it again: the company, or else the service.",
            ),
        ),
        "chargeback.partly_reinstated": (
            Telling(
                Audience.MONEY,
                Channel.BOTH,
                "The bank gave back a part of a deposit of %(money)s",
                "What you had paid for that part is available to you again; the page says what you still owe.",
            ),
            Telling(
                Audience.FINANCE,
                Channel.INBOX,
                "The bank gave back a part of a deposit of %(money)s of %(company)s",
                "Whoever had borne that part has it again: the company, or else the service.",
            ),
        ),
        "chargeback.amount_changed": (
            Telling(
                Audience.MONEY,
                Channel.INBOX,
                "Your bank asks for another amount of a deposit of %(money)s",
                "The page says how much it is now. What you had paid beyond that is available to you again.",
            ),
            Telling(
                Audience.FINANCE,
                Channel.INBOX,
                "A bank asks for another amount of a deposit of %(money)s of %(company)s",
                "The page of the chargeback says how much it is now.",
            ),
        ),
        "chargeback.unclear": (
            Telling(
                Audience.FINANCE,
                Channel.BOTH,
                "What the payment rail says of a deposit of %(money)s that a bank took back is unclear",
                "What of it does not follow from what was known, such as money that came back in another currency, was "
                "not written down. Look at it at the rail, and at the calls that matched nothing.",
            ),
        ),
        "chargeback.borne_by_company": (
            Telling(
                Audience.MONEY,
                Channel.BOTH,
                "What your bank kept of a deposit, %(money)s, was taken from what you have available",
                "An operator decided it. The reason stands on the page of what your bank took back.",
            ),
        ),
        "chargeback.borne_by_service": (
            Telling(
                Audience.MONEY,
                Channel.BOTH,
                "You no longer owe %(money)s that your bank kept of a deposit",
                "The service bears it. The reason stands on the page of what your bank took back.",
            ),
        ),
        "evidence.refused": (
            Telling(
                Audience.MONEY,
                Channel.BOTH,
                "The bank did not take what you handed in",
                "The page of the chargeback says why. Hand it in again, or pay it again.",
            ),
        ),
        "evidence.parked": (
            Telling(
                Audience.FINANCE,
                Channel.BOTH,
                "Evidence of %(company)s for a bank is stuck",
                "The bank has a deadline. Look at it by hand.",
            ),
        ),
        "bonus.granted": (
            Telling(
                Audience.CONTRACTOR,
                Channel.BOTH,
                "%(company)s gives you a bonus of %(money)s",
                "It is for your work on “%(gig)s”. Who gave it and why stands on your page of pay; it is paid with the "
                "next pay run.",
            ),
        ),
        "bonus.waiting": (
            Telling(
                Audience.MONEY,
                Channel.BOTH,
                "A bonus of %(money)s for %(contractor)s waits for a second person",
                "It is too much for one. Look at the reason on the page of “%(gig)s”, and agree or take it back.",
            ),
        ),
        "bonus.withdrawn": (
            Telling(
                Audience.MONEY,
                Channel.INBOX,
                "A bonus of %(money)s for %(contractor)s was taken back",
                "Nobody had agreed to it yet. Its money is available again.",
            ),
        ),
        "payslip.issued": (
            Telling(
                Audience.CONTRACTOR,
                Channel.BOTH,
                "Your payslip: %(money)s",
                "It shows every line with its rule and its contract.",
            ),
        ),
        "year_statement.issued": (
            Telling(
                Audience.CONTRACTOR,
                Channel.BOTH,
                "Your statement of the year is there",
                "It says what you earned and what was withheld.",
            ),
        ),
        "year_statement.corrected": (
            Telling(
                Audience.CONTRACTOR,
                Channel.BOTH,
                "Your statement of a year has changed",
                "The new version names what changed.",
            ),
        ),
        "invoice.issued": (
            Telling(Audience.MONEY, Channel.INBOX, "There is an invoice", "It is for the fee of the service."),
        ),
        "credit_note.issued": (
            Telling(
                Audience.MONEY, Channel.INBOX, "There is a credit note", "It says why; the money is available again."
            ),
        ),
        "withholding.given_back": (
            Telling(
                Audience.CONTRACTOR,
                Channel.BOTH,
                "Tax that was withheld is given back to you",
                "It is paid with the next pay run.",
            ),
        ),
        "payout.paid": (
            Telling(
                Audience.CONTRACTOR, Channel.BOTH, "%(money)s was paid out to you", "It is on its way to your account."
            ),
        ),
        "payout.refused": (
            Telling(
                Audience.CONTRACTOR,
                Channel.BOTH,
                "A payout of %(money)s came back",
                "The page of the payout says why. The money is still yours: look at where you are paid. What you think "
                "is wrong you can contest there for 30 days.",
            ),
            Telling(
                Audience.FINANCE, Channel.INBOX, "A payout of %(money)s came back", "%(contractor)s has been told."
            ),
        ),
        "payout.delayed": (
            Telling(
                Audience.CONTRACTOR,
                Channel.BOTH,
                "A payout of %(money)s is late",
                "It is not because of you: the payment rail could not send it. The money is yours as before, and it "
                "goes out as soon as it can.",
            ),
            Telling(
                Audience.FINANCE,
                Channel.INBOX,
                "A payout of %(money)s was refused",
                "It is no fault of %(contractor)s. The page of pay says why, and whether it is tried again by itself.",
            ),
        ),
        "refund.reversed": (
            Telling(
                Audience.MONEY,
                Channel.BOTH,
                "%(money)s that went back to you came back",
                "Your bank did not take it. It is available again.",
            ),
        ),
        "payout.parked": (
            Telling(
                Audience.CONTRACTOR,
                Channel.BOTH,
                "A payout of %(money)s is held back until somebody has looked",
                "The money is yours as before. The page of the payout says why; what you think is wrong you can "
                "contest there for 30 days.",
            ),
            Telling(
                Audience.FINANCE,
                Channel.BOTH,
                "A payout of %(money)s is stuck",
                "It is to %(contractor)s. Look at it by hand.",
            ),
        ),
        "payout.bounced": (
            Telling(
                Audience.CONTRACTOR,
                Channel.INBOX,
                "%(money)s did not reach your bank",
                "Your bank sent it back to your account at the payment rail, where it is yours. Look at your bank "
                "details.",
            ),
            Telling(
                Audience.FINANCE,
                Channel.INBOX,
                "A bank sent back a payout of %(money)s to %(contractor)s",
                "It lies in their account at the payment rail. Where they cannot mend it, it can be taken back and "
                "paid again.",
            ),
        ),
        "payout.reversed": (
            Telling(
                Audience.CONTRACTOR,
                Channel.BOTH,
                "A payout of %(money)s came back",
                "The page of the payout says why. All of it is yours as before, also what a bank has kept, and you can "
                "have it paid again there. What you think is wrong you can contest there for 30 days.",
            ),
        ),
        "reversal.requested": (
            Telling(
                Audience.CONTRACTOR,
                Channel.BOTH,
                "An operator has a payout of %(money)s taken back",
                "The page of the payout says why. The money is yours as before; what you think is wrong you can "
                "contest there for 30 days.",
            ),
        ),
        "payout_contest.filed": (
            Telling(
                Audience.DISPUTES,
                Channel.BOTH,
                "%(contractor)s contests what became of a payout of %(money)s",
                "Somebody who had no part in it answers within 14 days. Without an answer it is paid again, but to no "
                "account that waits for a human.",
            ),
        ),
        "payout_contest.upheld": (
            Telling(
                Audience.CONTRACTOR,
                Channel.BOTH,
                "What you contested of a payout of %(money)s was answered: it was right",
                "Read the reason. The money is yours as before.",
            ),
        ),
        "payout_contest.overturned": (
            Telling(
                Audience.CONTRACTOR,
                Channel.BOTH,
                "What you contested of a payout of %(money)s was answered: you were right",
                "Read the reason. It is ordered again, as far as it is not on its way.",
            ),
        ),
        "payout_contest.lapsed": (
            Telling(
                Audience.CONTRACTOR,
                Channel.BOTH,
                "Nobody answered in time what you contested of a payout of %(money)s, which decides for you",
                "It is ordered again, as far as it is not on its way.",
            ),
            Telling(
                Audience.DISPUTES,
                Channel.INBOX,
                "What %(contractor)s contested of a payout was not answered in time",
                "It was decided for them.",
            ),
        ),
        "payout_contest.raised": (
            Telling(
                Audience.CONTRACTOR,
                Channel.BOTH,
                "Nobody has answered yet what you contested of a payout of %(money)s",
                "Only a human says whose account it is, so that nobody is paid by waiting who has stolen one. More "
                "operators were told, and one of them has to answer. The money is yours as before: give another "
                "account of your own, and it goes there.",
            ),
            *(
                Telling(
                    audience,
                    Channel.BOTH,
                    "What %(contractor)s contests of a payout has waited for 14 days",
                    "It is about whose account it is, which silence does not decide. An operator of disputes who had "
                    "no part in it has to answer.",
                )
                for audience in (Audience.DISPUTES, Audience.FINANCE, Audience.ADMIN)
            ),
        ),
        "payout_method.change_asked": (
            Telling(
                Audience.PERSON,
                Channel.EVERYWHERE,
                "Where you are paid is about to change",
                "The new account counts in 48 hours; until then pay goes to the old one, and so does a payout that is "
                "under way by then, even where it arrives later. Keep the old account open until it has. If it was not "
                "you, sign in, take the change back under “Where you are paid”, and choose a new password.",
            ),
        ),
        "payout_method.taken_back": (
            Telling(Audience.PERSON, Channel.BOTH, "Where you are paid stays as it was", "The change was taken back."),
        ),
        "payout_method.in_force": (
            Telling(
                Audience.PERSON,
                Channel.EVERYWHERE,
                "Where you are paid has changed",
                "From now on pay goes to the new account. A payout that was under way already still goes to the old "
                "one. If it was not you, tell us at once.",
            ),
        ),
        "payout_method.name_differs": (
            Telling(
                Audience.PERSON,
                Channel.BOTH,
                "Somebody looks at the name on your account",
                "It is not the name that your contracts carry. Pay to it waits until an operator has looked, and is "
                "not lost.",
            ),
            Telling(
                Audience.FINANCE,
                Channel.INBOX,
                "%(contractor)s has given an account with another name",
                "Look whether it is theirs. Pay to it waits.",
            ),
        ),
        "payout_method.name_cleared": (
            Telling(
                Audience.PERSON, Channel.BOTH, "The name on your account was cleared", "Pay goes there from now on."
            ),
        ),
        "payout_method.refused": (
            Telling(
                Audience.PERSON,
                Channel.BOTH,
                "Your account was refused",
                "The reason stands under “Where you are paid”. Your pay is kept; give an account that is your own.",
            ),
        ),
        "money_act.waiting": (
            Telling(
                Audience.FINANCE,
                Channel.INBOX,
                "Something with money waits for a second person",
                "Look whether it is right, and agree or take it back.",
            ),
        ),
        "bank_line.matched": (
            Telling(
                Audience.FINANCE,
                Channel.INBOX,
                "A line of a bank statement waits for a second person",
                "Look whether it is right, and agree or take it back.",
            ),
        ),
        "bank_line.ending": (
            Telling(
                Audience.FINANCE,
                Channel.INBOX,
                "A line of a bank statement waits for a second person",
                "Look whether it is right, and agree or take it back.",
            ),
        ),
        "manual_file.made": (
            Telling(
                Audience.FINANCE,
                Channel.INBOX,
                "A file of payments was made",
                "Above the limit a second person lets it go.",
            ),
        ),
        "payment_finding.made": (
            Telling(
                Audience.FINANCE,
                Channel.INBOX,
                "Somebody has found what became of a payment",
                "Above the limit a second person looks too.",
            ),
        ),
        "rail_pause.began": (
            Telling(
                Audience.FINANCE,
                Channel.BOTH,
                "Payouts of a currency wait",
                "The payment rail has no money for them, or somebody has stopped them. The page of pay says until "
                "when.",
            ),
        ),
        "rail_account.ready": (
            Telling(
                Audience.CONTRACTOR,
                Channel.BOTH,
                "You can be paid",
                "Your account at the payment rail can receive money.",
            ),
        ),
        "rail_account.restricted": (
            Telling(
                Audience.CONTRACTOR,
                Channel.BOTH,
                "You cannot be paid at the moment",
                "Your account at the payment rail can receive no money. Look at what is missing there.",
            ),
        ),
        "rail_account.bank_refused": (
            Telling(
                Audience.CONTRACTOR,
                Channel.BOTH,
                "Your bank sent a payment back",
                "Look at your bank details at the payment rail.",
            ),
        ),
        "refund.returned": (
            Telling(Audience.MONEY, Channel.INBOX, "%(money)s went back to you", "It may take some days to arrive."),
        ),
        "refund.refused": (
            Telling(Audience.MONEY, Channel.BOTH, "%(money)s could not be sent back", "It is available again."),
        ),
    }
)
