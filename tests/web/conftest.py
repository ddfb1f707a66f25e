import pytest
from flask.testing import FlaskClient

from tests.web.visitor import Visitor


@pytest.fixture
def visitor(client: FlaskClient) -> Visitor:
    """Somebody with a browser who is not signed in."""
    return Visitor(client)
