"""What a gig's planned work costs by its parts, before anybody knows when it is, and what dear hours cost on top."""

from flask.testing import FlaskClient

from marketplace.core.money import Money
from marketplace.gigs.rules import Criteria, Where
from tests.factories import accounts, gigs


def test_a_draft_is_told_its_parts_and_what_an_hour_costs_more(client: FlaskClient) -> None:
    """Four hours at 15.00: 60.00, 2.00 sick leave and 2.40 health, 3.00 fee. An hour at night pays a tenth more and
    0.06 of it to health: 1.56; in overtime, in both places, half more: 7.80. Only Indonesia pays more on holidays and
    on the day of rest: twice the rate, 15.60 more."""
    gig = gigs.draft_gig(criteria=Criteria(places=(Where("US", "US-KS"), Where("ID"))))
    headers = accounts.bearer(accounts.owner_of(gig.company_id))
    cost = client.get(f"/api/v1/gigs/{gig.id}/verdicts", headers=headers).json["cost"]
    parts = {part["kind"]: part["money"]["amount"] for part in cost["parts"]}
    assert (parts, cost["total"]["amount"]) == ({"time": "60.00", "benefits": "4.40", "fee": "3.00"}, "67.40")
    on_top = {each["kind"]: (each["percent"], each["money"]["amount"], each["places"]) for each in cost["on_top"]}
    assert on_top["night"] == (110, "1.56", ["US-KS", "ID"])
    assert on_top["holiday"] == on_top["rest_day"] == (200, "15.60", ["ID"])
    assert Money.of(on_top["overtime"][1], "USD") >= Money.of("7.80", "USD")
