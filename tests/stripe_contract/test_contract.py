"""The stand-in keeps Stripe's contract: what real Stripe was seen to refuse is refused, in the same words."""

import pytest

from tests.stripe_contract.contract import StripeRefuses, blank, check_answer, check_object, operation, parameters
from tests.stripe_contract.operations import answer
from tests.stripe_contract.world import World


@pytest.mark.parametrize(
    ("path", "body", "code", "param", "text"),
    [
        ("transfers", "amount=1&currency=usd&destination=acct_1&bogus=1", "parameter_unknown", "bogus",
         "Received unknown parameter: bogus"),
        ("accounts", "controller[fees][nope]=1", "parameter_unknown", "controller[fees][nope]",
         "Received unknown parameter: controller[fees][nope]"),
        ("payouts", "amount=abc&currency=usd", "parameter_invalid_integer", "amount", "Invalid integer: abc"),
        ("payouts", "amount=0&currency=usd", "parameter_invalid_integer", "amount",
         "This value must be greater than or equal to 1."),
        ("transfers", "amount=1&currency=usd", "parameter_missing", "destination",
         "Missing required param: destination."),
        ("checkout/sessions", "mode=payment&payment_method_types[0]=card",
         "payment_method_types_no_longer_supported", "payment_method_types", None),
        ("transfers", "amount=1&currency=usd&destination=a&metadata[x]=" + "y" * 501, None, "metadata[x]", None),
        ("account_links", "account=acct_1&type=nonsense", None, "type", None),
    ],
)  # fmt: skip
def test_a_wrong_request_is_refused(path: str, body: str, code: str | None, param: str, text: str | None) -> None:
    with pytest.raises(StripeRefuses) as refused:
        parameters(operation("POST", f"/v1/{path}"), "", body.encode())
    assert (refused.value.error.get("code"), refused.value.error["param"]) == (code, param)
    assert text is None or refused.value.error["message"] == text


def test_brackets_become_what_the_document_says() -> None:
    body = (
        "mode=payment&line_items[0][quantity]=1&line_items[0][price_data][unit_amount]=1000"
        "&line_items[0][price_data][currency]=usd&line_items[0][price_data][product_data][name]=A+deposit"
        "&metadata[setara_op]=7&expand[]=payment_intent"
    )
    told = parameters(operation("POST", "/v1/checkout/sessions"), "", body.encode())
    price = {"unit_amount": 1000, "currency": "usd", "product_data": {"name": "A deposit"}}
    assert told == {
        "mode": "payment", "line_items": [{"quantity": 1, "price_data": price}], "metadata": {"setara_op": "7"},
        "expand": ["payment_intent"],
    }  # fmt: skip


@pytest.mark.parametrize("version", ["", "2026-08-26.dahlia"])
def test_what_is_no_longer_taken_is_taken_of_who_names_an_older_version(version: str) -> None:
    body = b"mode=payment&payment_method_types[0]=card"
    told = parameters(operation("POST", "/v1/checkout/sessions"), "", body, version=version)
    assert told["payment_method_types"] == ["card"]


def test_what_the_document_has_and_the_stand_in_has_not_is_refused_as_unknown() -> None:
    with pytest.raises(StripeRefuses, match="Unrecognized request URL") as refused:
        answer(World(), "GET", "/v1/events/{id}", {"id": "evt_1"}, {}, None)
    assert refused.value.status == 404


def test_more_than_fifty_keys_of_metadata_are_refused() -> None:
    body = "amount=1&currency=usd&destination=a&" + "&".join(f"metadata[k{n}]=v" for n in range(51))
    with pytest.raises(StripeRefuses, match="50 keys"):
        parameters(operation("POST", "/v1/transfers"), "", body.encode())


def test_no_other_operation_is_there() -> None:
    with pytest.raises(StripeRefuses) as refused:
        operation("POST", "/v1/nonsense")
    assert refused.value.status == 404


def test_an_answer_that_stripe_would_not_give_is_found_out() -> None:
    found = operation("POST", "/v1/transfers")
    made = blank("transfer") | {"id": "tr_1", "object": "transfer", "amount": 1, "currency": "usd"}
    made["reversals"] = {"object": "list", "data": [], "has_more": False, "url": "/v1/transfers/tr_1/reversals"}
    check_answer(found, made)
    for wrong in ({"amount": "1"}, {"reversed": None}, {"object": "payout"}):
        with pytest.raises(AssertionError):
            check_answer(found, made | wrong)
    with pytest.raises(AssertionError):
        check_object("transfer", {"id": "tr_1"})
