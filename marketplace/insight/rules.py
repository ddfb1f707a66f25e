"""The law of a person's record: what its format is, how a value stands in it, and what becomes of it at the end."""

from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum, StrEnum
from typing import Any
from uuid import UUID

from marketplace.core.problems import Conflict, Invalid
from marketplace.standards.catalogue import RULES

FORMAT = "setara.person-record"
VERSION = 1
"""Of the format. Sections and members may be added to a version; one that is taken away or means something else makes
the next."""
MAYBE_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that a spreadsheet would compute instead of show."""


LONGEST_CREDIT = 80
"""Characters of a name under which somebody is credited."""
NOBODYS_NAME = "(erased)"
"""What stands where an erased person's name stood."""


class BadCreditName(Invalid):
    code = "bad_credit_name"
    title = "This cannot stand on the page as a name."
    remedy = "Write a name in letters, on one line, without an address in it."


def credit_name(name: str) -> str:
    """The name without the blanks around it. Raises BadCreditName for what is no name: nothing written, signs that
    cannot be seen, or an address that readers would take for an advertisement."""
    given = " ".join(name.split(" ")).strip()
    if not any(sign.isalpha() for sign in given) or not given.isprintable() or len(given) > LONGEST_CREDIT:
        raise BadCreditName(field="name")
    if any(mark in given.lower() for mark in ("@", "://", "www.")):
        raise BadCreditName(field="name")
    return given


class Fate(StrEnum):
    """What becomes of a section's rows when the person is erased."""

    GONE = "gone"
    """They are deleted."""
    EMPTIED = "emptied"
    """What is personal in them, words included, is emptied. The rest belongs to others too and stays under a number."""
    STAYS = "stays"
    """They hold numbers, times and amounts under an id that then names nobody."""


def plain(value: Any) -> Any:
    """A value of the database as JSON: ids and moments as text (RFC 4122, RFC 3339), exact numbers as text, minor units
    of money as they are, a stretch of time as {"from", "until"}."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, UUID | Decimal):
        return str(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    if hasattr(value, "lower_inc"):
        return {"from": plain(value.lower), "until": plain(value.upper)}
    return value


def cell(value: Any) -> str:
    """A plain value as a cell of a CSV table. A text that a spreadsheet would take for a formula gets an apostrophe
    before it; the JSON has it as it is."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(MAYBE_A_FORMULA) else text


class Obstacle(StrEnum):
    """What has to be done before somebody can be erased."""

    COMPANY = "company"
    """They are a member of a company, in whose name others would act with their rights."""
    OPERATOR = "operator"
    ACCOUNT = "account"
    """Their account as a contractor is not closed."""
    CONTRACT = "contract"
    SHIFT = "shift"
    """They are booked, or at work."""
    TIMESHEET = "timesheet"
    """Time that was not paid yet."""
    CUT = "cut"
    """Time that was cut, and can still be disputed, ruled on or paid."""
    APPEAL = "appeal"
    SECOND = "second"
    """What an operator wants to do with their money waits for a second person."""
    MONEY = "money"
    """Earned and not paid out."""


class StillOpen(Conflict):
    code = "still_open"
    title = "Something is still open, and nobody is erased before it is settled."
    remedy = "Settle what the page of erasure names; nothing of it may be lost by it."


class BenefitsKept(Conflict):
    code = "benefits_kept"
    title = "Benefits that were earned are still kept for this person."
    remedy = "Use them, or say that you give them up."


class NotConfirmed(Invalid):
    code = "not_confirmed"
    title = "Type the e-mail address of the account to confirm that it is meant."


class AlreadyErased(Conflict):
    code = "already_erased"
    title = "This person was erased."


# --- signed work records --------------------------------------------------------------------------------------------

VALID_FOR = timedelta(days=RULES["WORK_RECORD"].parameters["valid_days"])
"""How long a signed work record can be shown (rule WORK_RECORD)."""
LIST_VALID_FOR = timedelta(days=1)
"""How long a saved list of what was taken back is good for checking."""


class Part(StrEnum):
    """What a person may put into a signed work record, each by their own choice."""

    NAME = "name"
    HOURS = "hours"
    """Paid hours by kind of work."""
    PERIOD = "period"
    """The first and the last month of it."""
    COMPANIES = "companies"
    SKILLS = "skills"
    LANGUAGES = "languages"
    QUALIFICATIONS = "qualifications"
    """Skills and languages that were tested, or shown to a human, and are good now."""
    APPROVAL = "approval"
    """How much of the time that was handed in was approved."""


class Because(StrEnum):
    """Why a signed record was taken back."""

    BY_PERSON = "by_person"
    ERASED = "erased"
    KEY_LOST = "key_lost"
    """The key that it was signed with may be in other hands."""


class NothingToAttest(Conflict):
    code = "nothing_to_attest"
    title = "There is no approved work yet that could be attested."
    remedy = "Work, and come back when a timesheet was approved."


class NoPartChosen(Invalid):
    code = "no_part_chosen"
    title = "A record of nothing attests nothing."
    remedy = "Choose at least one part beside your name."


def check_parts(parts: Collection[Part]) -> None:
    """Raises NoPartChosen unless there is something beside the name."""
    if not set(parts) - {Part.NAME}:
        raise NoPartChosen(field="parts")


def moment(at: datetime) -> str:
    """A moment to the second, in UTC, as XMLSchema's dateTimeStamp."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def hours(minutes: int) -> str:
    """Minutes as hours with two digits, for a record that is signed: a text, since 0.1 hours is no exact number."""
    return str((Decimal(minutes) / 60).quantize(Decimal("0.01")))
