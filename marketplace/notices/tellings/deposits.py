"""Companies' money: deposits, what banks take back of them and give back, and refunds."""

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
                "What of it does not follow from what was known was not written down: look at it at the rail, and at "
                "the calls that matched nothing. Money that came back in another currency you count on its page.",
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
        "refund.reversed": (
            Telling(
                Audience.MONEY,
                Channel.BOTH,
                "%(money)s that went back to you came back",
                "Your bank did not take it. It is available again.",
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
        "refund.returned": (
            Telling(Audience.MONEY, Channel.INBOX, "%(money)s went back to you", "It may take some days to arrive."),
        ),
        "refund.refused": (
            Telling(Audience.MONEY, Channel.BOTH, "%(money)s could not be sent back", "It is available again."),
        ),
    }
)
