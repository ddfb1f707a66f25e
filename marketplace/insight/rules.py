"""The law of a person's record: what its format is, how a value stands in it, and what becomes of it at the end."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum, StrEnum
from typing import Any
from uuid import UUID

FORMAT = "setara.person-record"
VERSION = 1
"""Of the format. Sections and members may be added to a version; one that is taken away or means something else makes
the next."""
MAYBE_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that a spreadsheet would compute instead of show."""


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
