"""Stripe's own command line as a client that we did not write: it reads what the service has done at the stand-in, and
asks of it what it would ask of Stripe.

It is on npm: `make test` installs it where there is npm. The tests need `stripe` on the PATH, or STRIPE_CLI with its
place, and are left out otherwise.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from tests.stripe_contract.server import KEY, Standin
from tests.stripe_contract.test_reconciling import paid_in

PROGRAM = os.environ.get("STRIPE_CLI") or shutil.which("stripe")
pytestmark = pytest.mark.skipif(PROGRAM is None, reason="Stripe's command line is not installed.")
Run, Ask = Callable[..., str], Callable[..., Any]


@pytest.fixture
def run(standin: Standin, tmp_path: Path) -> Run:
    def ran(*words: str) -> str:
        told = subprocess.run(
            [str(PROGRAM), *words, "--api-base", standin.address, "--api-key", KEY],
            env=os.environ | {"XDG_CONFIG_HOME": str(tmp_path), "STRIPE_CLI_TELEMETRY_OPTOUT": "1"},
            capture_output=True,
            timeout=20,
            check=True,
        )
        return told.stdout.decode()

    return ran


@pytest.fixture
def ask(run: Run) -> Ask:
    return lambda *words: json.loads(run(*words))


def test_stripes_own_client_reads_what_the_service_has_done(ask: Ask, app: Flask, standin: Standin) -> None:
    paid_in(standin, "10.00")
    charge = standin.world.all("charge")[0]["id"]
    told = ask("charges", "retrieve", charge)
    assert (told["amount"], told["currency"], told["status"]) == (1000, "usd", "succeeded")
    moved = ask("balance_transactions", "list", "--limit", "1")["data"]
    assert [each["source"] for each in moved] == [charge]
    assert ask("balance", "retrieve")["livemode"] is False


@pytest.mark.parametrize(
    "name", ["transfer.reversed", "payment_intent.payment_failed", "charge.refunded", "charge.dispute.created"]
)
def test_it_triggers_what_it_triggers_at_stripe(run: Run, app: Flask, standin: Standin, name: str) -> None:
    standin.world.top_up(10_000)
    assert "Trigger succeeded!" in run("trigger", name)
    assert name in [event["type"] for event in standin.world.events]


def test_what_it_may_not_do_it_is_told_in_stripes_words(ask: Ask, app: Flask) -> None:
    made = ask("post", "/v1/accounts", "-d", "country=KE", "-d", "capabilities[transfers][requested]=true")
    order = ("transfers", "create", "--amount", "500", "--currency", "usd", "--destination", made["id"])
    assert ask(*order, "--idempotency", "one")["error"]["code"] == "insufficient_capabilities_for_transfer"
    assert ask("transfers", "retrieve", "tr_none")["error"]["code"] == "resource_missing"
    assert ask("get", "/v1/nothing")["error"]["type"] == "invalid_request_error"
