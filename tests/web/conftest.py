import pytest
from flask.testing import FlaskClient

from marketplace.accounts.models import Person
from marketplace.accounts.rules import OperatorRole
from tests.web.desk import Desk, operator
from tests.web.visitor import Visitor


@pytest.fixture
def visitor(client: FlaskClient) -> Visitor:
    """Somebody with a browser who is not signed in."""
    return Visitor(client)


@pytest.fixture
def admin(app: object) -> Person:
    return operator(OperatorRole.ADMIN)


@pytest.fixture
def desk(visitor: Visitor, admin: Person) -> Desk:
    """An admin, signed in at the desk."""
    return Desk(visitor.signed_in(admin))
