"""Pay: bonuses, payslips, payouts, taxes, invoices and the accounts that pay goes to."""

from collections.abc import Mapping
from types import MappingProxyType

from marketplace.notices.rules import Audience, Channel, Telling

TOLD: Mapping[str, tuple[Telling, ...]] = MappingProxyType(
    {
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
        "pay_run.parted": (
            Telling(
                Audience.FINANCE,
                Channel.BOTH,
                "A payslip could not be booked",
                "It waits in a pay run of its own, whose page says why; the others of its run are paid. It is tried "
                "again every day, or at once from that page.",
            ),
        ),
        "pay_run.set_aside": (
            Telling(
                Audience.FINANCE,
                Channel.BOTH,
                "Some pay could not be reckoned",
                "It waits in a pay run of its own, whose page says whose it is and why; the others of its run are "
                "paid. It is tried again every day, or at once from that page.",
            ),
        ),
        "contractor.pay_late": (
            Telling(
                Audience.CONTRACTOR,
                Channel.BOTH,
                "Some of your pay is late",
                "This could not be reckoned: %(late)s. That is a fault of the service and not yours. Everything else "
                "is paid as ever. Finance was told, and it is tried again every day. What is owed to you stays owed, "
                "and its money is held. Your page of pay shows it until it is paid.",
            ),
        ),
        "payslip.late": (
            Telling(
                Audience.CONTRACTOR,
                Channel.BOTH,
                "%(money)s of your pay is late",
                "It is reckoned and could not be booked. That is a fault of the service and not yours. Everything "
                "else is paid as ever. Finance was told, and it is tried again every day. What is owed to you stays "
                "owed. Your page of pay shows it until it is paid.",
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
    }
)
