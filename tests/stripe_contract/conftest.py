"""The application on the Stripe rail, and a Stripe of its own on the loopback."""

from collections.abc import Iterator

import pytest

from marketplace.core import clock
from marketplace.core.db import db, transaction
from marketplace.core.http import SetaraFlask
from marketplace.pay.rails import known as known_rails
from marketplace.pay.rails.stripe_rail import StripeRail
from tests.conftest import kept
from tests.stripe_contract import paying
from tests.stripe_contract.paying import Owed
from tests.stripe_contract.server import KEY, Fault, Standin, serving


@pytest.fixture(scope="module")
def _served() -> Iterator[Standin]:
    with serving() as standin:
        yield standin


@pytest.fixture
def standin(_served: Standin) -> Iterator[Standin]:
    """A Stripe that has seen nothing yet. Whatever it answered was an answer of Stripe's."""
    _served.reset()
    yield _served
    assert _served.wrong == []


@pytest.fixture(scope="module", autouse=True)
def _on_stripe(_room_app: SetaraFlask, _served: Standin) -> Iterator[None]:
    with on_stripe(_room_app, _served):
        yield


on_stripe = paying.on_stripe


@pytest.fixture(autouse=True)
def _patience(request: pytest.FixtureRequest, _room_app: SetaraFlask, _on_stripe: None) -> Iterator[None]:
    """Whoever is about a slow answer hardly waits for one. All others do: a busy machine is slow by itself."""
    case = getattr(request.node, "callspec", None)
    if case is None or case.params.get("fault") is not Fault.SLOW_AFTER:
        yield
        return
    with paying.in_a_hurry(_room_app):
        yield


@pytest.fixture
def rail(standin: Standin, app: SetaraFlask) -> StripeRail:
    return known_rails.stripe()


@pytest.fixture(scope="module")
def _owed(ground: None) -> Owed:
    return kept(paying.owed)


@pytest.fixture
def owed(_owed: Owed, standin: Standin, app: SetaraFlask) -> Owed:
    """Somebody whose payout is written down and not sent, with an account at a Stripe that holds enough."""
    paying.onboarded(standin.world)
    standin.world.top_up(100_000)
    with transaction():
        clock.move_to(_owed.at)
    db.session.remove()
    return _owed


assert KEY.startswith("sk_test_"), "no test may ever hold another"
