"""A later gig takes over the pilot of an earlier one: what counts, and for which work."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace.accounts.models import Company, Person
from marketplace.accounts.rules import CompanyRole
from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.gigs import gate, inheriting, preparation, queries, service
from marketplace.gigs.instruction_rules import SameAuthor
from marketplace.gigs.models import Gig
from marketplace.gigs.rules import CannotInherit, Where, WorkKind
from marketplace.standards.rules import HazardClass, PaymentModel
from tests.factories import accounts, gigs
from tests.web.visitor import Visitor

DOOR = "PUT /api/v1/gigs/<uuid:gig_id>/inherited-pilot"


def usd(amount: str) -> Money:
    return Money.of(amount, "USD")


@pytest.fixture
def earlier(app: Flask) -> Gig:
    """An open gig whose pilot of 5 people and 20 items took 90 seconds an item."""
    gig = gigs.open_gig()
    preparation.record_pilot(gig.id, gigs.pilot_report(), by=accounts.owner_of(gig.company_id))
    return gig


def later(earlier: Gig, text: str = "Draw tightly. Ask when in doubt.", **terms: Any) -> Gig:
    """A funded draft of the same company, whose owner wrote the instructions."""
    gig = gigs.draft_gig(db.session.get_one(Company, earlier.company_id), **terms)
    gigs.verified_instructions(gig, text)
    gigs.fund_fully(gig)
    return gig


def test_a_later_gig_does_not_start_anew(earlier: Gig) -> None:
    """The same instructions: whoever writes the gig links it, and its 40 hours are no limit any more. A third gig that
    names the second one inherits from the first."""
    owner = accounts.owner_of(earlier.company_id)
    second, third = later(earlier), later(earlier)
    assert gate.pilot_cap(second) == 40 * 60
    inheriting.inherit_pilot(second.id, earlier.id, by=owner)
    assert gate.pilot_cap(second) is None
    assert service.publish(second.id, by=owner).passed
    assert inheriting.inherit_pilot(third.id, second.id, by=owner).from_gig_id == earlier.id


def test_the_price_of_a_piece_is_held_against_the_inherited_time(earlier: Gig) -> None:
    """At 90 seconds an item 40 pieces make an hour: 0.15 USD make 6.00, 0.30 make 12.00, and the floor of Kansas is
    7.25. A pilot of the gig's own that took 180 seconds counts beside it, and halves both."""
    owner = accounts.owner_of(earlier.company_id)
    gig = later(earlier, payment_model=PaymentModel.PIECE, piece_price=usd("0.15"), most_pieces=60, rate=usd("12.00"))
    inheriting.inherit_pilot(gig.id, earlier.id, by=owner)
    assert broken(gig) == ["PIECE_PRICE"]
    gig.piece_amount = 30
    gigs.fund_fully(gig)
    assert broken(gig) == []
    preparation.record_pilot(gig.id, gigs.pilot_report(item_seconds_p75=180), by=owner)
    assert broken(gig) == ["PIECE_PRICE"]


def broken(gig: Gig) -> list[str]:
    return [each.rule for each in gate.judge(gig).verdicts if each.outcome == "fail"]


def test_other_words_are_answered_for_by_somebody_who_did_not_write_them(earlier: Gig) -> None:
    owner = accounts.owner_of(earlier.company_id)
    reader = accounts.member(earlier.company_id, CompanyRole.MANAGER)
    gig = later(earlier, "Draw tightly around bicycles and scooters.")
    with pytest.raises(SameAuthor):
        inheriting.inherit_pilot(gig.id, earlier.id, changes="Scooters, too.", same_work=True, by=owner)
    with pytest.raises(CannotInherit):
        inheriting.inherit_pilot(gig.id, earlier.id, changes="Scooters, too.", by=reader)
    inheriting.inherit_pilot(gig.id, earlier.id, changes="Scooters, too.", same_work=True, by=reader)
    assert gate.pilot_cap(gig) is None
    gigs.verified_instructions(gig, "Translate each sentence.")
    assert gate.pilot_cap(gig) == 40 * 60, "words that changed before it opened are answered for anew"


@pytest.mark.parametrize(
    "terms", [{"work_kind": WorkKind.TRANSLATION}, {"hazard_class": HazardClass.H1, "hazard_categories": ("sexual",)}]
)
def test_other_or_heavier_work_inherits_nothing(earlier: Gig, terms: dict[str, Any]) -> None:
    gig = later(earlier, **terms)
    with pytest.raises(CannotInherit):
        inheriting.inherit_pilot(gig.id, earlier.id, by=accounts.owner_of(earlier.company_id))


def test_a_place_where_nobody_took_part_is_not_inherited(earlier: Gig) -> None:
    gig = later(earlier, criteria=gigs.Criteria(places=(gigs.KANSAS, Where("KE"))))
    inheriting.inherit_pilot(gig.id, earlier.id, by=accounts.owner_of(earlier.company_id))
    assert gate.lacks_of_pilot(gig) == "nobody took part from KE"


@pytest.mark.door(DOOR, "works")
@pytest.mark.door(DOOR, "not_signed_in")
@pytest.mark.door(DOOR, "not_mine")
@pytest.mark.door(DOOR, "wrong_state")
@pytest.mark.door(DOOR, "wrong_shape")
def test_a_company_takes_over_its_own_pilot_alone(client: FlaskClient, earlier: Gig) -> None:
    owner, stranger = accounts.owner_of(earlier.company_id), gigs.open_gig()
    gig, unpiloted = later(earlier), later(earlier)
    path = f"/api/v1/gigs/{gig.id}/inherited-pilot"

    def ask(from_gig: Any, who: Any = owner) -> Any:
        headers = accounts.bearer(who) if who else {}
        return client.put(path, json={"from_gig_id": str(from_gig)}, headers=headers)

    assert ask(earlier.id, None).status_code == 401
    assert ask(earlier.id, accounts.owner_of(stranger.company_id)).status_code == 404
    assert ask(stranger.id).status_code == 404
    assert ask("no-gig").status_code == 422
    refused = ask(unpiloted.id)
    assert (refused.status_code, refused.json["code"]) == (409, "cannot_inherit_pilot")
    assert ask(earlier.id).json["from_gig_id"] == str(earlier.id)
    found = client.get(f"/api/v1/gigs/{gig.id}/pilots", headers=accounts.bearer(owner)).json
    assert found["inherited"]["from_gig_id"] == str(earlier.id)


def test_the_page_takes_over_a_pilot(client: FlaskClient, earlier: Gig) -> None:
    """A gig is written after an earlier one, and its pilot is taken over on the page of pilots."""
    owner = accounts.owner_of(earlier.company_id)
    gig = later(earlier)
    there = Visitor(client).signed_in(db.session.get_one(Person, owner.person_id))
    copied = there.look(f"/company/{earlier.company_id}/gigs/new?like={earlier.id}")
    assert copied.form().values["title"] == [earlier.title]
    page = there.look(f"/company/{earlier.company_id}/gigs/{gig.id}/pilot")
    done = there.hand_in(page, "/inherited-pilot", from_gig_id=earlier.id)
    assert "counts for this gig" in done.words
    assert queries.inherited_pilot_of(gig.id) is not None
