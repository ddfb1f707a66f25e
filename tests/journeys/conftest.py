"""Services that tests play with: a whole one for each test, or only its web server for the tests of a module."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Database
from tests.journeys.service import Service


@pytest.fixture
def service(apart: Database, tmp_path: Path) -> Iterator[Service]:
    """Web and jobs on a database that is empty before and after."""
    started = Service(apart, tmp_path)
    try:
        started.start_web()
        started.start_jobs()
        yield started
    finally:
        started.stop()


@pytest.fixture(scope="module")
def _one_web(_apart_database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    started = Service(_apart_database, tmp_path_factory.mktemp("web"))
    try:
        started.start_web()
        yield started
    finally:
        started.stop()


@pytest.fixture
def web(_one_web: Service, apart: Database) -> Service:
    """A web server without jobs, whose database is emptied after each test. It keeps nothing between requests, so that
    the tests of a module share it."""
    return _one_web
