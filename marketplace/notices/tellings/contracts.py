"""Contracts, crews, promised hours and benefits."""

from collections.abc import Mapping
from types import MappingProxyType

from marketplace.notices.rules import Audience, Channel, Telling

TOLD: Mapping[str, tuple[Telling, ...]] = MappingProxyType(
    {
        "contract.proposed": (
            Telling(
                Audience.CONTRACTOR,
                Channel.BOTH,
                "A contract to sign: %(company)s",
                "Read it in peace. You get no offers of the company before it is signed.",
            ),
        ),
        "crew.member_added": (
            Telling(
                Audience.CONTRACTOR,
                Channel.INBOX,
                "You are in a crew of %(company)s",
                "You can leave the crew at any time, under 'Contracts'. No points read who is in a crew.",
            ),
        ),
        "crew.member_removed": (
            Telling(
                Audience.CONTRACTOR,
                Channel.INBOX,
                "You are no longer in a crew of %(company)s",
                "Your contract, your offers and your shifts stay as they are.",
            ),
        ),
        "contract.amendment_proposed": (
            Telling(
                Audience.CONTRACTOR,
                Channel.BOTH,
                "A change of your contract: %(company)s",
                "The old terms hold until you sign. You need not.",
            ),
        ),
        "contract.amendment_declined": (
            Telling(
                Audience.MEMBERS,
                Channel.INBOX,
                "%(contractor)s declined a change of the contract",
                "The version that was signed before holds on.",
            ),
        ),
        "contract.amendment_signed": (
            Telling(
                Audience.MEMBERS,
                Channel.INBOX,
                "%(contractor)s signed a change of the contract",
                "The contract's page says from which day on it holds.",
            ),
        ),
        "contract.signed": (
            Telling(
                Audience.MEMBERS,
                Channel.INBOX,
                "%(contractor)s signed the contract",
                "Shifts can be offered from now on.",
            ),
        ),
        "contract.declined": (
            Telling(
                Audience.MEMBERS,
                Channel.INBOX,
                "%(contractor)s declined the contract",
                "It costs nobody anything to say no.",
            ),
        ),
        "contract.status_changed": (
            Telling(
                Audience.CONTRACTOR,
                Channel.BOTH,
                "What your work for %(company)s is in fact has changed",
                "The rule STATUS says something else of your contract than before. A label does not decide who is "
                "employed; the contract's page says which facts count.",
            ),
            Telling(
                Audience.MEMBERS,
                Channel.BOTH,
                "What the work of %(contractor)s is in fact has changed",
                "The rule STATUS says something else of the contract than before; its page says which facts count.",
            ),
        ),
        "contract.ended": (
            Telling(
                Audience.CONTRACTOR,
                Channel.BOTH,
                "Your contract ends: %(company)s",
                "Notice was given; the contract's page says until when it still holds. What you have earned is paid.",
            ),
            Telling(Audience.MEMBERS, Channel.INBOX, "The contract of %(contractor)s ends", "Notice was given."),
        ),
        "guarantee.owed": (
            Telling(
                Audience.CONTRACTOR,
                Channel.INBOX,
                "Guaranteed hours are paid: %(company)s",
                "Fewer hours were offered than your contract guarantees. What is missing comes with your next payslip; "
                "the contract's page shows the week.",
            ),
            Telling(
                Audience.MONEY,
                Channel.INBOX,
                "Guaranteed hours of %(contractor)s were not offered",
                "What was guaranteed and not offered was set aside from your money. The contract's page shows the "
                "week.",
            ),
        ),
        "benefit_transfer.asked": (
            Telling(
                Audience.FINANCE,
                Channel.INBOX,
                "A benefit waits to be sent: %(money)s",
                "%(contractor)s has named to whom.",
            ),
        ),
        "benefit_transfer.sent": (
            Telling(
                Audience.CONTRACTOR,
                Channel.BOTH,
                "%(money)s of your benefits was sent",
                "Where the proof is stands beside it.",
            ),
        ),
        "benefit_transfer.returned": (
            Telling(
                Audience.CONTRACTOR,
                Channel.BOTH,
                "%(money)s of your benefits could not be sent",
                "It is your benefit again. Read the reason.",
            ),
        ),
        "benefit_transfer.received": (
            Telling(
                Audience.CONTRACTOR,
                Channel.BOTH,
                "%(money)s came to your benefits from another provider",
                "Read why, and where it is.",
            ),
        ),
        "benefit.will_expire": (
            Telling(
                Audience.CONTRACTOR,
                Channel.BOTH,
                "Some of your sick leave ends with this year",
                "You have more hours than carry over. What is beyond the limit ends with the year where you live; the "
                "money of it is paid to you with the next payslip.",
            ),
        ),
        "benefit.expired": (
            Telling(
                Audience.CONTRACTOR,
                Channel.BOTH,
                "Some of your sick leave has ended",
                "It was more than carries over. The money of it comes with your next payslip.",
            ),
        ),
    }
)
