"""The world that the tests of all doors look at: built once for a module, since it takes seconds."""

from collections.abc import Iterator

import pytest

from marketplace.core.http import SetaraFlask
from tests.api import world as worlds
from tests.api.world import World
from tests.conftest import rolled_back


@pytest.fixture(scope="module")
def world(_room_app: SetaraFlask) -> Iterator[World]:
    """In a transaction that is rolled back at the end of the module. Enter `world.undone()` around each call."""
    with rolled_back(_room_app):
        yield worlds.build(_room_app)
