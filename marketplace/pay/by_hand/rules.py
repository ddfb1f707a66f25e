"""The law of paying by hand: what becomes of a payment and of a file, and when two people are needed (TWO_PEOPLE)."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from marketplace.core.problems import Conflict, Forbidden, Invalid


class ManualStatus(StrEnum):
    """Where a payment stands that a person makes."""

    WAITING = "waiting"
    IN_FILE = "in_file"
    PAID = "paid"
    FAILED = "failed"


MANUAL_TRANSITIONS: Mapping[ManualStatus, frozenset[ManualStatus]] = MappingProxyType(
    {
        ManualStatus.WAITING: frozenset({ManualStatus.IN_FILE, ManualStatus.PAID, ManualStatus.FAILED}),
        # Out of a file that nobody may have sent.
        ManualStatus.IN_FILE: frozenset({ManualStatus.WAITING, ManualStatus.PAID, ManualStatus.FAILED}),
        ManualStatus.PAID: frozenset(),
        ManualStatus.FAILED: frozenset(),
    }
)


class FileStatus(StrEnum):
    MADE = "made"
    """Frozen, and read by nobody: above the limit a second person has to let it go."""
    RELEASED = "released"
    """It can be downloaded. Once somebody has, or has marked a line of it, it may be at the bank: each line is marked,
    and nothing is taken out any more."""
    WITHDRAWN = "withdrawn"
    SETTLED = "settled"
    """Every line of it is marked."""


FILE_TRANSITIONS: Mapping[FileStatus, frozenset[FileStatus]] = MappingProxyType(
    {
        FileStatus.MADE: frozenset({FileStatus.RELEASED, FileStatus.WITHDRAWN}),
        FileStatus.RELEASED: frozenset({FileStatus.SETTLED, FileStatus.WITHDRAWN}),
        FileStatus.WITHDRAWN: frozenset(),
        FileStatus.SETTLED: frozenset(),
    }
)


class FileFormat(StrEnum):
    PAIN_001 = "pain.001.001.09"
    """ISO 20022: a credit transfer that a customer orders from a bank."""
    CSV = "csv"


class FindingOutcome(StrEnum):
    """What a person found out about a payment."""

    HAPPENED = "happened"
    DID_NOT = "did_not_happen"


FOUND_NOT_PAID = "found_not_paid"
"""The code of a payment of which a person found that it did not happen, for a reason in words of their own."""


class FindingStatus(StrEnum):
    WAITING = "waiting"
    """Above the limit a second person has to find the same."""
    HOLDS = "holds"
    CONTRADICTED = "contradicted"


FINDING_TRANSITIONS: Mapping[FindingStatus, frozenset[FindingStatus]] = MappingProxyType(
    {
        FindingStatus.WAITING: frozenset({FindingStatus.HOLDS, FindingStatus.CONTRADICTED}),
        FindingStatus.HOLDS: frozenset(),
        FindingStatus.CONTRADICTED: frozenset(),
    }
)


class NothingToPay(Conflict):
    code = "nothing_to_put_in_a_file"
    title = "No payment waits that such a file could carry."
    remedy = "Load the page again: somebody else may have made the file."


class OwnPayment(Forbidden):
    code = "own_payment"
    title = "Nobody says or decides what becomes of a payment to themselves."
    remedy = "Ask another operator of finance to look."


class NotReleased(Conflict):
    code = "file_not_released"
    title = "This file is not, or no longer, there to be downloaded."
    remedy = "Above the limit another operator of finance lets it go first; what was paid long ago is erased."


class ListedInFile(Conflict):
    code = "file_pays_listed"
    title = "The name of somebody in this file is like one on a list of sanctions, or is one."
    remedy = "Withdraw the file and make it again: their pay waits for a later one, once the likeness is cleared."


MARK_EACH = "It may be at the bank already: stop it there, and mark line by line what became of it."
"""What to do with a file that somebody has downloaded before."""


class PaysListed(Conflict):
    code = "payment_to_listed"
    title = "The name of whoever is paid is like one on a list of sanctions, and nobody has said whether it is them."
    remedy = (
        "An operator of vetting says first whether it is them: if it is, two operators of finance mark what was paid. "
        "What the bank has not paid is marked as not paid."
    )


class FoundAlready(Conflict):
    code = "payment_found_already"
    title = "Somebody has written down what became of this payment."
    remedy = "Nothing is marked twice: load the page again and look who did."


class ReferenceTaken(Conflict):
    """`deposit` is the other deposit, or `line` the line of a bank statement, that has the reference."""

    code = "reference_of_another_deposit"
    title = "This is the reference of a transfer that stands in the books already."
    remedy = "Look at the other one; a transfer of its own is written down by the reference that the bank gives it."


class LooksBooked(Conflict):
    """`line` is the line of a bank statement, and `deposit` what it was booked as."""

    code = "deposit_looks_booked"
    title = "A bank statement has booked as much for this company in these days: it may be the same transfer."
    remedy = "Look at both at the bank. Take the finding back if they are one; if it is another transfer, say why."


class LooksMarked(Conflict):
    """`deposit` is what was marked by hand."""

    code = "transfer_looks_marked"
    title = "A deposit of as much was marked by hand under this reference, more than 45 days before or after."
    remedy = (
        "Look at both at the bank. If it is another transfer, say why; if they are one, write down that it was sent "
        "back, and why: nothing is booked by that."
    )


class SeveralLines(Conflict):
    """`lines` are those that wait."""

    code = "finding_fits_several_lines"
    title = "Several lines of bank statements have this reference, and nobody can tell which of them was found."
    remedy = "Confirm the line that it is at the desk of bank statements; it confirms the finding too."


class NothingToFind(Conflict):
    code = "payment_needs_no_finding"
    title = "What becomes of this payment is not for a person to say."
    remedy = "Only what a person pays, in a file that was let go, or what is parked, is marked."


class BadFinding(Invalid):
    code = "finding_not_whole"
    title = "Something is missing of what was found."
    remedy = "Say the reference and the day of what was paid; say why, of what was not."
