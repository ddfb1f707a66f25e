"""The doors of payout methods, of payments by hand, of findings and of pauses, and their five questions."""

from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient

from marketplace.accounts.rules import OperatorRole
from marketplace.core import clock
from marketplace.core.db import transaction
from marketplace.core.idempotency import HEADER
from tests.factories import accounts, workforce
from tests.factories import pay as made
from tests.pay.test_manual import by_hand, owed
from tests.web.visitor import Visitor

__all__ = ["by_hand"]

METHODS, METHOD = "/api/v1/payout-methods", "/api/v1/payout-methods/<uuid:method_id>"
FILES, FILE = "/api/v1/manual-files", "/api/v1/manual-files/<uuid:file_id>"
FINDINGS, FINDING = "/api/v1/payment-findings", "/api/v1/payment-findings/<uuid:finding_id>"
PAUSES = "/api/v1/rail-pauses"
GIVE, MINE, OFFERED = f"POST {METHODS}", f"GET {METHODS}", f"GET {METHODS}/offered"
TAKE_BACK, NAMES, NAME = f"POST {METHOD}/take-back", f"GET {METHODS}/names", f"POST {METHOD}/name"
HEAPS, MAKE, LIST, SHOW = f"GET {FILES}/waiting", f"POST {FILES}", f"GET {FILES}", f"GET {FILE}"
CONTENT, RELEASE, WITHDRAW = f"GET {FILE}/content", f"POST {FILE}/release", f"POST {FILE}/withdraw"
FIND, FOUND = f"POST {FINDINGS}", f"GET {FINDINGS}"
CONFIRM, CONTRADICT = f"POST {FINDING}/confirm", f"POST {FINDING}/contradict"
PAUSE, PAUSED, RESUME = f"POST {PAUSES}", f"GET {PAUSES}", f"POST {PAUSES}/<uuid:pause_id>/resume"
REPLACE = "POST /api/v1/rails/account/replacement"

OF_PERSON = (GIVE, MINE, OFFERED, TAKE_BACK)
OF_FINANCE = (
    NAMES, NAME, HEAPS, MAKE, LIST, SHOW, CONTENT, RELEASE, WITHDRAW, FIND, FOUND, CONFIRM, CONTRADICT, PAUSE, PAUSED,
    RESUME,
)  # fmt: skip
BANK = {
    "kind": "bank_account", "country": "DE", "currency": "EUR", "holder": "Ana Example",
    "details": {"iban": "DE89 3704 0044 0532 0130 00"},
}  # fmt: skip
BODIES: dict[str, Any] = {
    GIVE: BANK,
    NAME: {"decision": "clear", "reason": "It is hers."},
    MAKE: {"kind": "bank_account", "currency": "USD"},
    FIND: {"payment_ids": [str(uuid4())], "outcome": "did_not_happen", "reason": "It came back."},
    PAUSE: {"rail": "sandbox", "currency": "USD", "why": "Our bank is closed."},
}


def marks(question: str, *routes: str) -> list[Any]:
    return [pytest.param(route, marks=pytest.mark.door(route, question), id=route) for route in routes]


def ask(client: FlaskClient, route: str, who: dict[str, str] | None = None, of: object = None, **more: Any) -> Any:
    method, _, path = route.partition(" ")
    address = "/".join(str(of or uuid4()) if part.startswith("<") else part for part in path.split("/"))
    if method == "POST":
        more.setdefault("json", BODIES.get(route))
    return client.open(address, method=method, headers={HEADER: uuid4().hex} | (who or {}), **more)


def finance() -> dict[str, str]:
    return accounts.bearer(made.finance())


@pytest.mark.parametrize("route", marks("not_signed_in", *OF_PERSON, *OF_FINANCE, REPLACE))
def test_a_stranger_is_asked_to_sign_in(client: FlaskClient, route: str) -> None:
    assert ask(client, route, query_string={"country": "DE"}).status_code == 401


@pytest.mark.parametrize(
    "route", marks("not_mine", TAKE_BACK, NAME, SHOW, CONTENT, RELEASE, WITHDRAW, CONFIRM, CONTRADICT, RESUME)
)
def test_what_is_for_finance_is_for_nobody_else(client: FlaskClient, route: str) -> None:
    stranger = accounts.bearer(workforce.contractor().id)
    method = ask(client, GIVE, accounts.bearer(workforce.contractor().id)).json["id"]
    assert ask(client, route, stranger, method).status_code == 404
    if route != TAKE_BACK:
        assert ask(client, route, accounts.bearer(accounts.operator(OperatorRole.VETTING)), method).status_code == 403


@pytest.mark.parametrize(
    ("route", "more"),
    [
        pytest.param(route, more, marks=pytest.mark.door(route, "wrong_shape"), id=f"{route} {number}")
        for number, (route, more) in enumerate(
            (
                (GIVE, {"json": BANK | {"details": {"iban": "DE00"}}}),
                (GIVE, {"json": BANK | {"kind": "stripe"}}),
                (GIVE, {"json": BANK | {"currency": "XXQ"}}),
                (OFFERED, {"query_string": {"country": "Germany"}}),
                (NAME, {"json": {"decision": "doubt", "reason": "Hm."}}),
                (MAKE, {"json": {"kind": "cheque", "currency": "USD"}}),
                (LIST, {"query_string": {"limit": "0"}}),
                (FIND, {"json": {"payment_ids": [], "outcome": "happened"}}),
                (FOUND, {"query_string": {"after": "yesterday"}}),
                (CONFIRM, {"json": {"another": 5}}),
                (PAUSE, {"json": {"rail": "sandbox", "currency": "USD", "why": ""}}),
            )
        )
    ],
)
def test_the_wrong_shape(client: FlaskClient, route: str, more: dict[str, Any]) -> None:
    who = accounts.bearer(workforce.contractor().id) if route in OF_PERSON else finance()
    assert ask(client, route, who, **more).status_code == 422


@pytest.mark.door(GIVE, "works")
@pytest.mark.door(GIVE, "wrong_state")
@pytest.mark.door(MINE, "works")
@pytest.mark.door(OFFERED, "works")
@pytest.mark.door(TAKE_BACK, "works")
@pytest.mark.door(TAKE_BACK, "wrong_state")
@pytest.mark.door(NAMES, "works")
@pytest.mark.door(NAME, "works")
@pytest.mark.door(NAME, "wrong_state")
def test_a_person_gives_changes_and_takes_back(client: FlaskClient) -> None:
    me = accounts.bearer(workforce.contractor().id)
    offered = ask(client, OFFERED, me, query_string={"country": "KE"}).json
    assert (offered["bank"], [each["code"] for each in offered["providers"]]) == (
        ["bank_code", "branch_code", "account_number"],
        ["mpesa_ke", "airtel_ke", "paypal"],
    )
    first = ask(client, GIVE, me, json=BANK | {"holder": "Budi Santoso"})
    assert (first.status_code, first.json["status"], first.json["name_check"]) == (201, "in_force", "waiting")
    second = ask(client, GIVE, me).json
    assert (second["status"], second["ending"]) == ("waiting", "3000")
    assert ask(client, GIVE, me).json["code"] == "payout_change_under_way"
    assert ask(client, TAKE_BACK, me, second["id"]).json["status"] == "taken_back"
    assert ask(client, TAKE_BACK, me, second["id"]).json["code"] == "payout_change_over"
    assert [each["status"] for each in ask(client, MINE, me).json["items"]] == ["taken_back", "in_force"]
    (name,) = ask(client, NAMES, finance()).json["items"]
    assert (name["party"], name["holder"], name["ending"]) == ("Ana Example", "Budi Santoso", "3000")
    decided = ask(client, NAME, finance(), name["id"]).json
    assert (decided["name_check"], decided["details"]) == ("cleared", {})
    assert ask(client, NAME, finance(), name["id"]).json["code"] == "payout_name_decided"


@pytest.mark.door(HEAPS, "works")
@pytest.mark.door(MAKE, "works")
@pytest.mark.door(MAKE, "wrong_state")
@pytest.mark.door(LIST, "works")
@pytest.mark.door(SHOW, "works")
@pytest.mark.door(CONTENT, "works")
@pytest.mark.door(CONTENT, "wrong_state")
@pytest.mark.door(RELEASE, "works")
@pytest.mark.door(RELEASE, "wrong_state")
@pytest.mark.door(WITHDRAW, "works")
@pytest.mark.door(WITHDRAW, "wrong_state")
@pytest.mark.door(FIND, "works")
@pytest.mark.door(FIND, "wrong_state")
@pytest.mark.door(FOUND, "works")
@pytest.mark.door(CONFIRM, "works")
@pytest.mark.door(CONFIRM, "wrong_state")
@pytest.mark.door(CONTRADICT, "works")
@pytest.mark.door(CONTRADICT, "wrong_state")
def test_two_people_pay_by_a_file(client: FlaskClient, by_hand: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(by_hand.config, "TWO_PEOPLE_ABOVE", "50.00")
    op, one, other = owed(), finance(), finance()
    (heap,) = ask(client, HEAPS, one).json["items"]
    assert (heap["kind"], heap["money"]) == ("bank_account", {"amount": "60.00", "currency": "USD"})
    put_back = ask(client, MAKE, one).json["id"]
    assert ask(client, MAKE, one).json["code"] == "nothing_to_put_in_a_file"
    assert ask(client, WITHDRAW, one, put_back).json["status"] == "withdrawn"
    assert ask(client, WITHDRAW, one, put_back).json["code"] == "wrong_state"
    file = ask(client, MAKE, one).json["id"]
    assert ask(client, CONTENT, one, file).json["code"] == "file_not_released"
    assert ask(client, RELEASE, one, file).json["code"] == "second_person_needed"
    assert ask(client, RELEASE, other, file).json["status"] == "released"
    assert ask(client, RELEASE, other, file).json["code"] == "wrong_state"
    content = ask(client, CONTENT, one, file)
    assert (content.mimetype, content.data[:5]) == ("application/xml", b"<?xml")
    assert [each["status"] for each in ask(client, LIST, one).json["items"]] == ["released", "withdrawn"]
    (line,) = ask(client, SHOW, one, file).json["lines"]
    assert line["payment_id"] == str(op.id)
    told = {
        "payment_ids": [str(op.id)], "outcome": "happened", "reference": "A-1",
        "happened_on": clock.now().date().isoformat(), "arrived": {"amount": "60.00", "currency": "USD"},
    }  # fmt: skip
    (first,) = ask(client, FIND, one, json=told).json["items"]
    assert ask(client, FIND, other, json=told).json["code"] == "payment_found_already"
    assert [each["id"] for each in ask(client, FOUND, other).json["items"]] == [first["id"]]
    assert ask(client, CONTRADICT, one, first["id"]).json["status"] == "contradicted"
    assert ask(client, CONTRADICT, one, first["id"]).json["code"] == "wrong_state"
    (second,) = ask(client, FIND, one, json=told).json["items"]
    assert ask(client, CONFIRM, other, second["id"]).json["status"] == "holds"
    assert ask(client, CONFIRM, other, second["id"]).status_code == 409
    assert ask(client, SHOW, one, file).json["file"]["status"] == "settled"


@pytest.mark.door(PAUSE, "works")
@pytest.mark.door(PAUSE, "wrong_state")
@pytest.mark.door(PAUSED, "works")
@pytest.mark.door(RESUME, "works")
@pytest.mark.door(RESUME, "wrong_state")
def test_an_operator_has_a_currency_wait(client: FlaskClient) -> None:
    pause = ask(client, PAUSE, finance()).json
    assert (pause["try_at"], pause["ended_at"]) == (None, None)
    assert ask(client, PAUSE, finance()).json["code"] == "rail_paused_already"
    assert [each["id"] for each in ask(client, PAUSED, finance()).json["items"]] == [pause["id"]]
    assert ask(client, RESUME, finance(), pause["id"]).json["ended_at"] is not None
    assert ask(client, RESUME, finance(), pause["id"]).json["code"] == "rail_not_paused"


# --- pages ----------------------------------------------------------------------------------------------------------


def test_the_pages_of_a_payment_by_hand(client: FlaskClient, by_hand: Any) -> None:
    op = owed()
    hers = Visitor(client.application.test_client()).signed_in(accounts.person_of(op.contractor_id))
    assert "It is paid by hand" in hers.look(f"/work/payouts/{op.id}").words
    odi = Visitor(client).signed_in(accounts.person_of(made.finance().person_id))
    assert "$60.00" in odi.look("/desk/by-hand").words
    odi.send("/desk/by-hand", kind="bank_account", currency="USD", provider="")
    page = odi.look("/desk/by-hand")
    address = "/desk/by-hand/files/" + page.html.split('href="/desk/by-hand/files/')[1].split('"')[0]
    assert odi.client.get(f"{address}/content").status_code == 200
    assert 'id="payment_ids-error"' in odi.send(address, "lines", outcome="happened", reference="A-1").html
    refused = odi.send(address, "lines", payment_ids=str(op.id), outcome="happened", reference="A-1")
    assert "was paid on a day" in refused.words
    day = clock.now().date().isoformat()
    done = odi.send(
        address, "lines", payment_ids=str(op.id), outcome="happened", reference="A-1", happened_on=day,
        arrived__amount="59.00", arrived__currency="USD",
    )  # fmt: skip
    assert "every line is marked" in done.words


def test_a_person_gives_an_account_and_changes_it(client: FlaskClient) -> None:
    with transaction():
        me = workforce.contractor().id
    hers = Visitor(client).signed_in(accounts.person_of(me))
    give = "/work/payout-account/give?country=DE"
    fields = {"kind": "bank_account", "country": "DE", "currency": "EUR", "holder": "Ana Example", "provider": ""}
    wrong = hers.send(give, **fields, details__iban="DE00")
    assert "This is not how such a number is written" in wrong.words
    assert "…3000" in hers.send(give, **fields, details__iban="DE89370400440532013000").words
    changed = hers.send(give, **fields, details__iban="DE02120300000000202051")
    assert "Until then you are paid to the old account" in changed.words
    assert "Until then" not in hers.hand_in(changed, "take-back").words
