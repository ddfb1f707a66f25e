import pytest
from flask.testing import FlaskClient

from marketplace.accounts.models import Company, Person
from marketplace.accounts.rules import OperatorRole
from tests.factories import accounts
from tests.web.at_company import AtCompany
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


@pytest.fixture
def owner() -> Person:
    return accounts.person("olga@lab.example", name="Olga Owner")


@pytest.fixture
def company(owner: Person) -> Company:
    return accounts.company(owner)


@pytest.fixture
def at(visitor: Visitor, owner: Person, company: Company) -> AtCompany:
    """The owner, signed in at the company's pages."""
    visitor.signed_in(owner)
    return AtCompany(visitor, company.id)
