"""A company's pages: who sees them, what they do, and that a refusal keeps what was typed."""

from uuid import uuid4

import pytest

from marketplace.accounts import queries as accounts_queries
from marketplace.accounts.models import Company, Person
from marketplace.accounts.rules import CompanyRole, OperatorRole, Right
from marketplace.contracts import queries as contracts_queries
from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.gigs import queries as gigs_queries
from marketplace.gigs.instruction_rules import ChecklistItem
from marketplace.gigs.models import Gig
from marketplace.gigs.rules import GigStatus
from marketplace.pay import queries as pay_queries
from tests.factories import accounts, contracts, gigs, shifts, workforce
from tests.web.at_company import AtCompany
from tests.web.visitor import Page, Visitor

PAGES = (
    "",
    "/members",
    "/keys",
    "/contracts",
    "/contracts/templates/new",
    "/gigs",
    "/gigs/new",
    "/shifts",
    "/shifts/new",
    "/timesheets",
    "/money",
    "/money/paid",
    "/money/statement",
)


# --- who sees them --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", PAGES)
def test_a_member_opens_every_page(at: AtCompany, path: str) -> None:
    page = at.look(path)
    assert page.status == 200, page.words
    assert page.address == at.root + path


@pytest.mark.parametrize("path", PAGES)
def test_a_stranger_signs_in_first(visitor: Visitor, company: Company, path: str) -> None:
    assert visitor.look(f"/company/{company.id}{path}").address == "/sign-in"


@pytest.mark.parametrize("path", PAGES)
def test_to_everybody_else_the_company_does_not_exist(visitor: Visitor, company: Company, path: str) -> None:
    visitor.signed_in(accounts.person())
    assert visitor.look(f"/company/{company.id}{path}").status == 404
    assert visitor.look(f"/company/{uuid4()}{path}").status == 404


def test_things_of_another_company_are_not_shown_under_this_one(at: AtCompany, owner: Person) -> None:
    other = accounts.company(owner)
    gig = gigs.draft_gig(other)
    written = contracts.template(other.id)
    proposed = contracts.proposed(other.id)
    for path in (f"/gigs/{gig.id}", f"/contracts/templates/{written.id}", f"/contracts/{proposed.id}"):
        assert at.look(path).status == 404
        assert at.visitor.look(f"/company/{other.id}{path}").status == 200


def test_whoever_has_one_company_goes_straight_there(visitor: Visitor, company: Company, owner: Person) -> None:
    visitor.signed_in(owner)
    assert visitor.look("/").address == f"/company/{company.id}"


def test_a_suspended_company_reads_why(at: AtCompany, company: Company) -> None:
    accounts.service.suspend_company(company.id, "Gone quiet.", by=accounts.operator(OperatorRole.VETTING))
    assert "Their reason: Gone quiet." in at.look("").words


def test_a_viewer_is_offered_nothing_that_they_may_not_do(visitor: Visitor, company: Company) -> None:
    viewer = accounts.person()
    accounts.service.add_member(company.id, viewer.email, CompanyRole.VIEWER, by=accounts.owner_of(company.id))
    gig = gigs.draft_gig(company)
    visitor.signed_in(viewer)
    page = visitor.look(f"/company/{company.id}/gigs/{gig.id}")
    assert page.status == 200
    assert not page.offers("/publish")
    assert visitor.look(f"/company/{company.id}/money").status == 403


# --- people ---------------------------------------------------------------------------------------------------------


def test_a_member_is_invited_says_yes_is_changed_and_removed(at: AtCompany, company: Company) -> None:
    mia = accounts.person("mia@lab.example", name="Mia Manager")
    owner = db.session.get_one(Person, accounts.owner_of(company.id).person_id)
    page = at.send("/members", "/members", email="mia@lab.example", role="manager")
    assert "waits for an answer" in page.words
    assert "Mia Manager" not in page.words
    at.visitor.send("/account", "/sign-out")
    at.visitor.signed_in(mia)
    assert company.legal_name in at.visitor.send("/account", "/yes").words
    assert accounts.actor_of(mia).may(Right.GIGS, company.id)
    at.visitor.send("/account", "/sign-out")
    at.visitor.signed_in(owner)
    said = at.send("/members", f"/members/{mia.id}/role", role="finance").words
    assert "What the new role may do, and what it may not, holds at once." in said
    assert accounts.actor_of(mia).may(Right.MONEY, company.id)
    assert "keys that they made are good no more" in at.send("/members", f"/members/{mia.id}/remove").words
    assert not accounts.actor_of(mia).belongs_to(company.id)


def test_an_unknown_address_is_answered_as_a_known_one_and_asked_once_a_day(at: AtCompany) -> None:
    page = at.send("/members", "/members", email="nobody@lab.example", role="viewer")
    assert (page.status, "A message is on its way." in page.words) == (200, True)
    page = at.send("/members", "/members", email="nobody@lab.example", role="viewer")
    assert (page.status, "has written to this address within a day" in page.words) == (409, True)
    assert page.form("/members").values["email"] == ["nobody@lab.example"]
    assert page.form("/members").values["role"] == ["viewer"]
    assert "taken back" in at.visitor.send(f"{at.root}/members", "/revoke").words


def test_the_last_owner_stays(at: AtCompany, owner: Person) -> None:
    page = at.send("/members", f"/members/{owner.id}/remove")
    assert page.status == 409
    assert "A company keeps at least one owner." in page.words


def test_a_keys_secret_is_shown_once(at: AtCompany, company: Company) -> None:
    page = at.send("/keys", name="importer", scopes=["read", "gigs"])
    key = db.session.scalars(accounts_queries.keys(company.id, accounts.owner_of(company.id))).one()
    assert sorted(key.scopes) == ["gigs", "read"]
    assert f"setara_{key.prefix}_" in page.html
    secret = page.html.split("<code>")[1].split("</code>")[0]
    assert secret not in at.look("/keys").html
    assert "revoked" in at.send("/keys", f"/keys/{key.id}/revoke").words


def test_a_key_sent_twice_is_made_once_and_told_without_its_secret(at: AtCompany, company: Company) -> None:
    form = at.look("/keys").form()
    data = {name: values[0] for name, values in form.values.items() if values} | {"name": "x", "scopes": "read"}
    first, again = (at.visitor.client.post(form.action, data=data).get_data(as_text=True) for _ in range(2))
    secret = first.split("<code>")[1].split("</code>")[0]
    assert secret.startswith("setara_")
    assert secret not in again
    assert len(list(db.session.scalars(accounts_queries.keys(company.id, accounts.owner_of(company.id))))) == 1


# --- gigs -----------------------------------------------------------------------------------------------------------

TERMS = {
    "title": "Boxes around bicycles",
    "description": "Draw a box around each bicycle.",
    "data_use": "A model that warns drivers.",
    "rate__amount": "15.00",
    "planned_hours": "4",
    "places": "us-ks",
}


def test_a_gig_is_written_and_changed(at: AtCompany, company: Company) -> None:
    page = at.send("/gigs/new", **TERMS, skills=["image-labelling"], languages__en="B2", reason="To read the task.")
    gig = _only_gig(company)
    assert page.address == f"{at.root}/gigs/{gig.id}"
    assert (gig.rate, gig.planned_minutes, gig.status) == (Money.of("15.00", "USD"), 240, GigStatus.DRAFT)
    assert gig.places == [{"country": "US", "subdivision": "US-KS"}]
    assert gig.languages == [{"language": "en", "level": "B2"}]
    edited = at.look(f"/gigs/{gig.id}/edit").form()
    assert edited.values["skills"] == ["", "image-labelling"]
    assert edited.values["languages.en"] == ["B2"]
    at.send(f"/gigs/{gig.id}/edit", planned_hours="2.5", known_places=["KE", "ID"], languages__en="")
    db.session.refresh(gig)
    assert gig.planned_minutes == 150
    assert [place["country"] for place in gig.places] == ["KE", "ID", "US"]
    assert gig.languages == []


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("rate__amount", "a lot", "“a lot” is no number."),
        ("planned_hours", "soon", "Give hours above zero"),
        ("places", "Kansas", "not written as it is asked for"),
        ("places", "US-KS, KE-", "not written as it is asked for"),
        ("title", " ", "The title has 1 to 120 characters."),
    ],
)
def test_a_refused_gig_keeps_what_was_typed(at: AtCompany, field: str, value: str, sentence: str) -> None:
    page = at.send("/gigs/new", **(TERMS | {field: value}))
    assert page.status == 422
    assert sentence in page.words
    form = page.form()
    assert form.values[field.replace("__", ".")] == [value]
    assert form.values["description"] == [TERMS["description"]]


def test_the_preview_names_what_would_pass_and_puts_it_into_the_form(at: AtCompany, company: Company) -> None:
    gig = gigs.draft_gig(company, rate=Money.of("4.00", "USD"))
    page = at.look(f"/gigs/{gig.id}")
    assert "FLOOR v1 broken" in page.words
    assert page.words.index("broken") < page.words.index("passes")
    assert "Use $7.25 USD: it passes every rule about the rate" in page.words.replace("\xa0", " ")
    assert f"/gigs/{gig.id}/edit?rate=5.00" in page.html
    assert f"/gigs/{gig.id}/edit?rate=7.25" in page.html
    assert at.look(f"/gigs/{gig.id}/edit?rate=7.25").form().values["rate.amount"] == ["7.25"]


def test_a_refusal_of_the_gate_shows_every_rule_and_is_kept(at: AtCompany, company: Company) -> None:
    gig = gigs.draft_gig(company)
    page = at.send(f"/gigs/{gig.id}", f"/gigs/{gig.id}/publish")
    assert page.status == 422
    assert "The gig does not pass the publishing gate." in page.words
    assert "ESCROW v1 broken" in page.words
    assert "INSTRUCTIONS v2 broken" in page.words
    kept = db.session.scalars(gigs_queries.decisions(gig.id, accounts.owner_of(company.id))).one()
    assert not kept.passed
    assert "refused" in at.look(f"/gigs/{gig.id}/decisions").words


def test_a_gig_is_prepared_published_raised_paused_and_closed(
    at: AtCompany, company: Company, visitor: Visitor
) -> None:
    gig = gigs.draft_gig(company)
    root = f"/gigs/{gig.id}"
    at.send(f"{root}/instructions", f"{root}/instructions", text="Draw tightly.")
    own = at.send(f"{root}/instructions", f"{root}/instructions/1/verify", checked=list(ChecklistItem))
    assert own.status == 403
    assert "by somebody other than their author" in own.words
    _verify(gig)
    gigs.money_for(company.id, Money.of("500.00", "USD"))
    at.send(root, f"{root}/fund", money__amount="200.00")
    opened = at.send(root, f"{root}/publish")
    assert opened.status == 200
    assert "It is open." in opened.words
    lower = at.send(root, f"{root}/raise-rate", rate__amount="14.00")
    assert lower.status == 409
    assert lower.form("/raise-rate").values["rate.amount"] == ["14.00"]
    at.send(root, f"{root}/raise-rate", rate__amount="16.00")
    db.session.refresh(gig)
    assert gig.rate == Money.of("16.00", "USD")
    at.send(root, f"{root}/do/pause")
    at.send(root, f"{root}/resume")
    assert _status(gig) is GigStatus.OPEN
    at.send(root, f"{root}/do/close")
    assert _status(gig) is GigStatus.CLOSED


def test_more_money_than_there_is_cannot_be_set_aside(at: AtCompany, company: Company) -> None:
    gig = gigs.draft_gig(company)
    page = at.send(f"/gigs/{gig.id}", f"/gigs/{gig.id}/fund", money__amount="9999.00")
    assert page.status == 409
    assert page.form("/fund").values["money.amount"] == ["9999.00"]
    nothing = at.send(f"/gigs/{gig.id}", f"/gigs/{gig.id}/fund", money__amount="-5")
    assert nothing.status == 422
    assert "What is set aside for a gig is an amount above zero." in nothing.words


def test_a_pilot_is_recorded(at: AtCompany, company: Company) -> None:
    gig = gigs.draft_gig(company)
    page = at.send(f"/gigs/{gig.id}/pilot", workers="five", items="20", item_seconds_p75="90", paid__amount="40.00")
    assert page.status == 422
    assert page.form().values["workers"] == ["five"]
    at.send(f"/gigs/{gig.id}/pilot", workers="5", items="20", item_seconds_p75="90", paid__amount="40.00")
    assert gigs_queries.pilots(gig.id, accounts.owner_of(company.id))[0].workers == 5


# --- contracts ------------------------------------------------------------------------------------------------------


def test_terms_are_read_before_they_are_signed_and_then_proposed(at: AtCompany, company: Company) -> None:
    person = workforce.contractor()
    page = at.send("/contracts/templates/new", pay__amount="12.50", then="read")
    assert "No hour of work under this contract pays less than 12.50 USD." in page.words
    signed = at.visitor.hand_in(page, name="Olga Owner", then="sign")
    assert signed.address == f"{at.root}/contracts"
    by = accounts.owner_of(company.id)
    (template,) = db.session.scalars(contracts_queries.templates(company.id, by))
    assert template.terms["pay"]["amount"] == "12.50"
    path = f"/contracts/templates/{template.id}"
    at.send(path, f"{path}/propose", contractor_ids=[str(person.id)])
    (contract,) = db.session.scalars(contracts_queries.contracts(by, company.id))
    assert contract.contractor_id == person.id
    assert "Ana Example" not in at.look("/contracts").words
    contracts.signed(contract)
    assert "Ana Example" in at.look("/contracts").words


def test_terms_that_changed_after_reading_are_not_signed(at: AtCompany) -> None:
    page = at.send("/contracts/templates/new", then="read")
    refused = at.visitor.hand_in(page, name="Olga Owner", pay__amount="99.00", then="sign")
    assert refused.status == 409
    assert "This is not the text that would be signed." in refused.words


def test_every_refused_term_stands_beside_its_field(at: AtCompany) -> None:
    page = at.send(
        "/contracts/templates/new", pay__payment_term_days="30", nda__months="900", nda__carve_outs=["tax"], then="read"
    )
    assert page.status == 422
    assert "Give 0 to 7 days." in page.words
    assert "0 to 60" in page.words
    assert page.form().values["pay.payment_term_days"] == ["30"]
    assert "tax" in page.form().values["nda.carve_outs"]


def test_a_party_in_between_is_named_with_its_margin(at: AtCompany) -> None:
    def named(margin: str) -> Page:
        return at.send(
            "/contracts/templates/new",
            between__0__name="Middle BV", between__0__country="NL", between__0__role="payroll",
            between__0__margin_percent=margin, then="read",
        )  # fmt: skip

    assert "Middle BV (NL), payroll; its margin of 2.5 %" in named("2,5").words
    unclear = named("1.234,5.6")
    assert "“1.234,5.6” is no number." in unclear.words
    assert unclear.form().values["between.0.margin_percent"] == ["1.234,5.6"]


def test_a_contract_is_ended_with_a_reason(at: AtCompany, company: Company) -> None:
    version = contracts.in_force(company.id)
    path = f"/contracts/{version.contract_id}"
    refused = at.send(path, f"{path}/end", reason="")
    assert refused.status == 422
    at.send(path, f"{path}/end", reason="The project ends.")
    assert "The project ends." in at.look(path).words


# --- money -----------------------------------------------------------------------------------------------------------


def test_a_deposit_says_that_no_money_moves(at: AtCompany, company: Company) -> None:
    page = at.send("/money", money__amount="500.00")
    assert "no money moves" in page.words
    op = db.session.scalars(pay_queries.deposits(company.id, accounts.owner_of(company.id))).one()
    assert op.money == Money.of("500.00", "USD")
    refused = at.send("/money", money__amount="-5")
    assert refused.status == 422
    assert refused.form().values["money.amount"] == ["-5"]


# --- finding --------------------------------------------------------------------------------------------------------


def _only_gig(company: Company) -> Gig:
    return db.session.scalars(gigs_queries.company_gigs(company.id, accounts.owner_of(company.id))).one()


def _status(gig: Gig) -> GigStatus:
    db.session.refresh(gig)
    return gig.status


def _verify(gig: Gig) -> None:
    reader = accounts.member(gig.company_id, CompanyRole.MANAGER)
    gigs.preparation.verify_instructions(gig.id, 1, list(ChecklistItem), by=reader)


def test_a_statement_names_what_money_is_held_for(visitor: Visitor) -> None:
    there = shifts.scene()
    shifts.booked(there, shifts.contracted(there))
    owner = accounts.person_of(accounts.owner_of(there.company_id).person_id)
    page = visitor.signed_in(owner).look(f"/company/{there.company_id}/money/statement")
    assert page.status == 200
    assert "A shift of “" in page.words
    assert ":hold" not in page.words
