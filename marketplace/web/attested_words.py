"""What a work record says, in words: of one's own before it is signed, and of one that somebody was shown.

A record that is shown may come from any service that signs such records, so nothing is taken for granted of its values.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from flask_babel import format_date, gettext

from marketplace.web.rule_words import input_words
from marketplace.web.words import duration, language_name, name_of, number

_BESIDE = frozenset({"hours", "basis", "from", "until", "handedIn", "approved", "percent"})
"""What is not told member by member."""


class Line(NamedTuple):
    """One thing that is attested, and what stands at its end."""

    words: str
    aside: str = ""


def lines(told: Any) -> list[Line]:
    """A part of a record, which is a text, an object or a list of objects."""
    rows = told if isinstance(told, Sequence) and not isinstance(told, str) else [told]
    return [_line(row) if isinstance(row, Mapping) else Line(str(row)) for row in rows]


def _line(row: Mapping[str, Any]) -> Line:
    if "percent" in row:
        words = gettext(
            "%(approved)s of %(handed_in)s were approved: %(percent)s %%",
            approved=_hours(row.get("approved")),
            handed_in=_hours(row.get("handedIn")),
            percent=_number(row["percent"]),
        )
        return Line(str(words))
    aside = _hours(row["hours"]) if "hours" in row else gettext("own word") if row.get("basis") == "declared" else ""
    return Line(" · ".join([*_members(row), *_span(row)]), str(aside))


def _members(row: Mapping[str, Any]) -> Iterator[str]:
    for name, value in row.items():
        if name in ("kind", "skill"):
            yield name_of("work", str(value).replace("-", "_"))
        elif name in ("level", "languageLevel"):
            yield str(gettext("level %(level)s", level=value))
        elif name == "language":
            yield language_name(str(value))
        elif name not in _BESIDE:
            yield input_words(name, value)


def _span(row: Mapping[str, Any]) -> Iterator[str]:
    """From when until when, each month once."""
    moments = dict.fromkeys(_moment(str(row[name])) for name in ("from", "until") if name in row)
    if "from" not in row and moments:
        yield str(gettext("until %(moment)s", moment=next(iter(moments))))
    elif moments:
        yield " – ".join(moments)


def _moment(text: str) -> str:
    """A day or a month of ISO 8601; anything else as it is written."""
    try:
        found = date.fromisoformat(text if len(text) > len("2026-11") else f"{text}-01")
    except ValueError:
        return text
    return str(format_date(found, "long" if len(text) > len("2026-11") else "MMMM yyyy", rebase=False))


def _hours(value: Any) -> str:
    try:
        return duration(Decimal(str(value)) * 60)
    except (InvalidOperation, OverflowError, ValueError):
        return str(value)


def _number(value: Any) -> str:
    try:
        return number(Decimal(str(value)))
    except (InvalidOperation, ValueError):
        return str(value)
