"""When a day begins somewhere."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """When the day begins there, in UTC; where a clock skips midnight, the first moment after it."""
    return datetime.combine(day, time(), zone).astimezone(UTC)
