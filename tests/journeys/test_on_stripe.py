"""The small story on other rails than the sandbox, by the same code: a service of real processes, and a Stripe of its
own that calls it; and a demonstration world whose money comes later, or by bank."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from examples.one_gig.client import Client
from examples.one_gig.play import PASSWORD, play
from examples.one_gig.scene import Narrator
from marketplace.core.db import db, snapshot
from marketplace.core.http import SetaraFlask
from marketplace.gigs.models import Gig
from marketplace.gigs.rules import GigStatus
from marketplace.pay import proof
from marketplace.pay.bank.models import BankLine
from marketplace.pay.bank.rules import LineStatus
from tests.conftest import Database
from tests.forked import flask
from tests.journeys.service import Service, wait_until
from tests.journeys.test_one_gig import every_truth_holds, the_payslip_is_right_to_the_cent
from tests.stripe_contract.server import Standin, serving
from tests.stripe_contract.telling import telling

pytestmark = pytest.mark.truncating


@pytest.fixture
def standin() -> Iterator[Standin]:
    with serving() as started:
        yield started
        assert started.wrong == []


@pytest.fixture
def service(apart: Database, tmp_path: Path, standin: Standin) -> Iterator[Service]:
    started = Service(apart, tmp_path)
    started.settings |= standin.settings
    try:
        started.start_web()
        started.start_jobs()
        with telling(standin, started.url):
            yield started
    finally:
        started.stop()


def test_one_gig_settles_at_stripe(service: Service, standin: Standin) -> None:
    """100.00 USD by a test card, of which Stripe keeps 3.20; 60.00 to Ana's account there, of which 59.40 come to her
    bank; then the lab's bank takes all of the deposit back, which costs the service 15.00 more and Ana nothing."""

    def make_operator(email: str) -> None:
        service.command("people", "make-operator", email, "admin")

    def pay_by_card(session: str) -> bool:
        service.command("rail", "test-card", session)
        return True

    outcome = play(service.url, make_operator, Narrator(silent=True), pay_by_card)
    the_payslip_is_right_to_the_cent(outcome.payslip)
    every_truth_holds(outcome.proof, at_the_sandbox=0)
    (transfer,) = standin.world.all("transfer")
    assert (transfer["amount"], transfer["destination"]) == (6000, standin.world.all("account")[0]["id"])
    ana, odi, dana = (signed_in(service, each) for each in ("ana@kansas", "odi@setara", "dana@lab"))
    payout = standin.world.pay_out(transfer["destination"], 5940)["id"]
    standin.world.carries(payout, transfer["id"], fee=60, currency="usd", rate=1.0)
    standin.world.payout_is(payout, "paid")
    slip = f"/payslips/{outcome.payslip['payslip']['id']}"
    wait_until(lambda: ana.get(slip)["payouts"][0]["arrived"], "what came to Ana's bank")
    landed = ana.get(slip)["payouts"][0]
    assert (landed["arrived"]["amount"], landed["rail_fee"]["amount"]) == ("59.40", "0.60")
    assert landed["landed_less_promised"]["amount"] == "-0.60"
    standin.world.dispute(standin.world.all("charge")[-1]["id"], 10_000)
    company = dana.get("/people/me")["companies"][0]["company_id"]
    wait_until(lambda: dana.get(f"/companies/{company}/chargebacks")["items"], "the chargeback")
    wait_until(lambda: kinds_of(odi) >= {"charge", "transfer", "dispute"}, "the movements of Stripe's balance")
    assert {each["match"] for each in odi.get("/rails/movements")["items"]} == {"matched"}
    wait_until(lambda: differences(odi) == ["0.00"], "a balance of Stripe's that is the books'")
    assert [each["status"] for each in ana.get(slip)["payouts"]] == ["done"]
    service.command("books", "prove")
    assert "Traceback" not in service.log("web") + service.log("jobs")


def signed_in(service: Service, who: str) -> Client:
    client = Client(service.url)
    client.sign_in(f"{who}.example", PASSWORD)
    return client


def differences(operator: Client) -> list[str]:
    return [each["difference"]["amount"] for each in operator.get("/rails/standing")["standings"]]


def kinds_of(operator: Client) -> set[str]:
    return {each["kind"] for each in operator.get("/rails/movements")["items"]}


def test_a_world_whose_rail_waits_begins_unfunded_and_goes_on(
    apart: Database, apart_app: SetaraFlask, tmp_path: Path, standin: Standin
) -> None:
    standin.world.cards_are_declined = True
    first = loaded(apart, tmp_path / "first", standin.settings)
    (session,) = standin.world.all("checkout.session")
    assert session["url"] in first
    assert "The lab's deposit is not there yet" in first
    assert gigs_of(apart_app) == [GigStatus.DRAFT]
    standin.world.pay(session["id"])
    assert "not there yet" not in loaded(apart, tmp_path / "again", standin.settings)
    assert gigs_of(apart_app) == [GigStatus.DRAFT, GigStatus.OPEN, GigStatus.OPEN]


def test_by_hand_the_world_is_funded_by_a_bank_statement(
    apart: Database, apart_app: SetaraFlask, tmp_path: Path
) -> None:
    said = loaded(apart, tmp_path / "said", {"SETARA_RAIL": "manual"})
    assert "not there yet" not in said
    assert gigs_of(apart_app) == [GigStatus.DRAFT, GigStatus.OPEN, GigStatus.OPEN]
    with apart_app.app_context(), snapshot():
        assert [line.status for line in db.session.scalars(db.select(BankLine))] == [LineStatus.POSTED]
        assert [check.name for check in proof.prove() if not check.holds] == []


def loaded(database: Database, said: Path, settings: Mapping[str, str]) -> str:
    ended = flask(["demo", "load"], database.environ(SETARA_DEMO="1", **settings), said)
    assert ended.code == 0, ended.said
    return ended.said


def gigs_of(app: SetaraFlask) -> list[GigStatus]:
    with app.app_context(), snapshot():
        return sorted(db.session.scalars(db.select(Gig.status)))
