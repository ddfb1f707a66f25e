"""A machine clock that stands still: business time is then exactly what a test moved it to."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine


@pytest.fixture(autouse=True)
def _still_clock() -> Iterator[None]:
    with time_machine.travel(datetime.now(UTC), tick=False):
        yield
