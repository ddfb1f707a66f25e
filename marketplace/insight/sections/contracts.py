"""What was agreed with them, and what they have by it."""

from marketplace.contracts.benefit_models import CashOut, Expiry, Transfer
from marketplace.contracts.crew_models import CrewMember
from marketplace.contracts.models import (
    BenefitEntry,
    Contract,
    ContractVersion,
    DeclinedVersion,
    Enrolment,
    LeavePay,
    Signature,
    SignedName,
    StatusReading,
)
from marketplace.contracts.off_boarding_models import OffBoarding
from marketplace.insight.sections.section import EMPTIED, GONE, STAYS, Section, own, through
from marketplace.matching.models import SavedShift
from marketplace.pay.runs.fee_models import RailFee
from marketplace.shifts.feed_models import CalendarFeed
from marketplace.shifts.guarantee_models import Guarantee

CONTRACTS: tuple[Section, ...] = (
    own("contracts", "contracts", "Your contracts", EMPTIED, Contract.contractor_id, empties=("end_reason",)),
    own("contract_versions", "contracts", "Their texts", STAYS, ContractVersion.contractor_id),
    through(
        "declined_versions",
        "contracts",
        "Changes that you declined",
        STAYS,
        DeclinedVersion.version_id,
        ContractVersion.contractor_id,
    ),
    own("signatures", "contracts", "Your signatures", STAYS, Signature.person_id),
    through("signed_names", "contracts", "The names under them", GONE, SignedName.signature_id, Signature.person_id),
    through(
        "contract_facts",
        "contracts",
        "What your work was found to be in fact",
        STAYS,
        StatusReading.contract_id,
        Contract.contractor_id,
    ),
    own("calendar_feeds", "shifts", "Addresses of your calendar", GONE, CalendarFeed.person_id, without=("sha256",)),
    own("saved_shifts", "matching", "Open shifts that you keep in view", GONE, SavedShift.contractor_id),
    own("crews", "contracts", "Crews that you are in", GONE, CrewMember.contractor_id),
    own("guarantees", "shifts", "Hours that were guaranteed to you, week by week", STAYS, Guarantee.contractor_id),
    own("off_boardings", "contracts", "The ends of your contracts, step by step", STAYS, OffBoarding.contractor_id),
    own(
        "enrolments",
        "contracts",
        "Your insurances",
        EMPTIED,
        Enrolment.contractor_id,
        empties=("member_number", "proof"),
    ),
    own("benefits", "contracts", "Your benefits, entry by entry", STAYS, BenefitEntry.contractor_id),
    own("leave_pay", "contracts", "Leave that was paid", STAYS, LeavePay.contractor_id),
    own("rail_fees", "pay", "What a rail kept of your pay, and who made it good", STAYS, RailFee.contractor_id),
    own("cash_outs", "contracts", "Benefits that were paid out to you", STAYS, CashOut.contractor_id),
    own(
        "benefit_transfers",
        "contracts",
        "Benefits that went to another provider, or came from one",
        EMPTIED,
        Transfer.contractor_id,
        empties=("provider", "account", "evidence", "reason"),
    ),
    own("leave_that_ended", "contracts", "Leave that ended with a year", STAYS, Expiry.contractor_id),
)
