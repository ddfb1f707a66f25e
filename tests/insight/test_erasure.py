"""Erasing a person: nothing that says who they were is left anywhere, and every number and hash is as it was."""

import json
from dataclasses import replace
from datetime import date
from hashlib import sha256
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from jobs.runner import run_pending
from marketplace.accounts import adoption, guidelines, verification
from marketplace.accounts import service as accounts_service
from marketplace.accounts.models import Person
from marketplace.accounts.rules import Actor, CompanyRole, OperatorRole
from marketplace.contracts import cash_out, transfers
from marketplace.contracts import service as contracts
from marketplace.contracts.queries import versions
from marketplace.core import clock, vault
from marketplace.core.db import Base, db, transaction
from marketplace.core.idempotency import StoredAnswer
from marketplace.core.money import Money
from marketplace.core.problems import NotFound
from marketplace.disputes import service as quarrels
from marketplace.insight import erasure, work_records
from marketplace.insight.rules import AlreadyErased, BenefitsKept, NotConfirmed, Obstacle, Part, StillOpen
from marketplace.insight.sections import SECTIONS
from marketplace.messages import channels as own_channel
from marketplace.messages import threads
from marketplace.pay import deposit_invoices
from marketplace.pay.closing import service as closing
from marketplace.pay.rails.deposit_invoice_models import DepositInvoice
from marketplace.shifts import attendance, cuts, flags, offers, questions
from marketplace.shifts.cuts import NewCut
from marketplace.shifts.models import Offer
from marketplace.shifts.timesheet_rules import CutCategory
from marketplace.standards.hazard import HazardCategory
from tests.contracts.test_moving import stipend, usd
from tests.factories import accounts, channels, disputes, pay, shifts, workforce
from tests.web.visitor import Visitor

NAME, EMAIL, BORN = "Xanthippe Quillfeather", "xanthippe@quillfeather.example", date(1991, 2, 27)
DOCUMENT = b"Passport of Xanthippe Quillfeather, born on 1991-02-27."
TRACES = ("quillfeather", "xanthippe", "1991-02-27")
KEPT = ("event", "posting", "journal_entry", "ledger_account", "benefit_entry", "signature", "contract_version")
"""Tables of which every byte is the same afterwards."""


def about(words: str) -> str:
    return f"{words} {NAME}, {EMAIL}."


@pytest.fixture
def her(app: Flask) -> Person:
    """Somebody of whom words stand wherever words can stand: paid, cut, in dispute, flagged, asked by hand, told."""
    who = accounts.person(EMAIL, name=NAME)
    there = shifts.scene()
    made = workforce.contractor(who, born_on=BORN)
    _contract(there, made.id)
    me = accounts.actor_of(made.id)
    shift = shifts.shift(there)
    (asked,) = offers.offer(shift.id, [(made.id, {"words": about("We know")})], shift.starts_at, by=there.company)
    booking = offers.accept(asked.id, by=me)
    shifts.at(booking.starts_at)
    attendance.clock_in(booking.id, by=me)
    asked_about = questions.ask(there.gig.id, about("I am"), by=me)
    threads.write(asked_about.id, about("Dear"), by=there.company)
    _, number = channels.joined(there, NAME, me)
    own_channel.begin_epoch(there.company_id, 1, None, [channels.key_for(number)], by=me)
    channels.said(there, me)
    flags.flag(booking.id, HazardCategory.HATE, about("Slurs against"), by=me)
    shifts.at(booking.ends_at)
    attendance.clock_out(booking.id, by=me)
    line = disputes.line_of(booking)
    taken = NewCut(line.id, 60, CutCategory.FORGOTTEN_CLOCK_OUT, about("3.1 for"), about("Gone was"))
    cuts.cut(line.timesheet_id, [taken], by=there.company)
    found = quarrels.claim(disputes.cut_of(booking).id, about("I am"), by=me)
    quarrels.answer(found.id, about("We doubt"), by=there.company)
    quarrels.rule(found.id, 60, about("Right was"), by=disputes.judge())
    vault.put(made.id, [DOCUMENT])
    work_records.issue(list(Part), by=me)
    return db.session.get_one(Person, made.id)


def _contract(there: shifts.Scene, person_id: UUID) -> None:
    terms = dict(shifts.TERMS)
    template = contracts.write_template(there.company_id, terms, "Olga Owner", by=there.company)
    (proposed,) = contracts.propose(template.id, [person_id], by=there.company)
    me = accounts.actor_of(person_id)
    contracts.sign(proposed.id, NAME, versions(proposed.id, me)[0].text_sha256, by=me)


def settled(her: Person) -> Actor:
    """Paid out, benefits too, and the account closed. Another provider sent money of a benefit after that."""
    me = accounts.actor_of(her.id)
    closing.leave(about("No time."), by=me)
    pay.paid()
    pay.paid()
    with transaction():
        assert closing.finish_due() == 0, "benefits are paid out first"
    pay.paid()
    with transaction():
        assert closing.finish_due() == 1
        stipend(her.id, usd("2.40"))
    run_pending()
    return me


def everything() -> dict[str, list[str]]:
    """Every row of every table as text, bytes as their escaped letters."""
    found = {}
    for table in Base.metadata.sorted_tables:
        columns = [
            f"coalesce(encode({column.name}, 'escape'), '')"
            if column.type.__class__.__name__ == "LargeBinary"
            else f"coalesce({column.name}::text, '')"
            for column in table.c
        ]
        rows = db.session.execute(text(f"SELECT concat_ws('|', {', '.join(columns)}) FROM {table.name}"))
        found[table.name] = sorted(row for (row,) in rows)
    return found


def hashes() -> list[str]:
    """Every digest and seal that is kept anywhere."""
    found = []
    for table in Base.metadata.sorted_tables:
        for column in table.c:
            if column.name.endswith(("sha256", "seal")) and table.name not in ("api_key", "stored_answer"):
                found += [f"{table.name}.{column.name} {each}" for each in db.session.scalars(select(column))]
    return sorted(found)


def test_nothing_of_a_person_is_left_and_every_balance_is(client: FlaskClient, her: Person) -> None:
    me = settled(her)
    her_id = her.id
    client.patch("/api/v1/people/me", json={"name": NAME}, headers=accounts.bearer(me) | {"Idempotency-Key": "k"})
    before, digests = everything(), hashes()
    told = [name for name, rows in before.items() if any(trace in row.lower() for row in rows for trace in TRACES)]
    assert {"person", "contractor", "signed_name", "offer", "timesheet_cut", "dispute_statement"} <= set(told)
    assert {"hazard_flag_note", "closing", "stored_answer", "delivery"} <= set(told)
    erasure.erase_me(EMAIL.upper(), give_up_benefits=True, by=me)
    after = everything()
    left = {
        name: [row for row in rows if any(trace in row.lower() for trace in TRACES)] for name, rows in after.items()
    }
    assert {name: rows for name, rows in left.items() if rows} == {}
    assert hashes() == digests
    for name in KEPT:
        new = set(after[name]) - set(before[name])
        assert set(before[name]) <= set(after[name]), name
        assert len(new) == (1 if name == "event" else 0), (name, new)
    assert len(after["pay_line"]) == len(before["pay_line"]) > 0
    with pytest.raises(vault.Erased):
        vault.seal(her_id, b"more", what="anything")


def test_copies_of_a_name_are_found_however_they_are_written_and_nobody_elses_are_lost(app: Flask) -> None:
    """As JSON writes letters of other scripts, as a page writes an apostrophe, and by the id alone; but whoever is
    called Li takes no word out of anybody's answers."""
    who, short = (
        accounts.person("zoe@example.com", name="Zoë O'Hara-Šmíd"),
        accounts.person("li@example.com", name="Li"),
    )
    page, note = "<td>Zoë O&#39;Hara-Šmíd</td>", '{"note": "My passport.", "contractor_id": "' + str(who.id) + '"}'
    bodies = [json.dumps({"name": who.name}), page, note, '{"listed": "Life on a list"}', '{"name": "Li"}']
    rows = [
        StoredAnswer(
            actor="person:1", key=body, request_sha256="", at=clock.now(), status=200, headers={}, body=body.encode()
        )
        for body in bodies
    ]
    db.session.add_all(rows)
    for each in (who, short):
        erasure.erase_person(each.id, "Asked by letter.", give_up_benefits=True, by=accounts.operator())
    kept = {row.key: row.body for row in db.session.execute(select(StoredAnswer.key, StoredAnswer.body))}
    assert [kept[body].decode() for body in bodies] == ["", "", "", '{"listed": "Life on a list"}', ""]


def test_whoever_was_erased_meanwhile_asks_for_nothing_any_more(her: Person) -> None:
    """A request that waited for the lock goes on after the erasure: it leaves no account of theirs behind."""
    me = settled(her)
    erasure.erase_me(EMAIL, give_up_benefits=True, by=me)
    with pytest.raises(NotFound):
        cash_out.ask("health-stipend", by=me)
    with pytest.raises(NotFound):
        transfers.ask("health-stipend", Money.of("0.50", "USD"), "Other", "her account", by=me)


def test_an_erased_person_is_nobody_and_the_address_is_free(client: FlaskClient, her: Person) -> None:
    me = settled(her)
    key = accounts.bearer(me)
    assert client.get("/api/v1/people/me", headers=key).status_code == 200
    erasure.erase_me(EMAIL, give_up_benefits=True, by=me)
    assert client.get("/api/v1/people/me", headers=key).status_code == 401
    signed_in = client.post("/api/v1/sessions", json={"email": EMAIL, "password": accounts.PASSWORD})
    assert signed_in.status_code == 401
    assert accounts.person(EMAIL).id != her.id
    assert [each.revoked_because for each in db.session.scalars(work_records.issued(me))] == ["erased"]
    with pytest.raises(AlreadyErased):
        erasure.erase_person(her.id, "They wrote again.", give_up_benefits=True, by=accounts.operator())


def test_nobody_loses_anything_by_it(her: Person) -> None:
    me = accounts.actor_of(her.id)
    found = erasure.prospect(by=me)
    assert set(found.obstacles) == {Obstacle.ACCOUNT, Obstacle.CONTRACT, Obstacle.TIMESHEET, Obstacle.CUT}
    with pytest.raises(NotConfirmed):
        erasure.erase_me("ana@example.com", give_up_benefits=True, by=me)
    with pytest.raises(StillOpen):
        erasure.erase_me(EMAIL, give_up_benefits=True, by=me)
    settled(her)
    assert [str(each) for each in erasure.prospect(by=me).benefits]
    with pytest.raises(BenefitsKept):
        erasure.erase_me(EMAIL, give_up_benefits=False, by=me)
    company = accounts.company()
    with pytest.raises(StillOpen, match="company"):
        erasure.erase_me(
            db.session.get_one(Person, accounts.owner_of(company.id).person_id).email,
            give_up_benefits=True,
            by=accounts.owner_of(company.id),
        )


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("timesheet_cut", "missing"),
        ("timesheet_cut", "clause"),
        ("dispute_statement", "words"),
        ("thread_message", "words"),
    ],
)
def test_words_can_be_emptied_and_not_changed(her: Person, table: str, column: str) -> None:
    with pytest.raises(DBAPIError, match="can be emptied"), db.session.begin_nested():
        db.session.execute(text(f"UPDATE {table} SET {column} = 'Something else.'"))
    db.session.execute(text(f"UPDATE {table} SET {column} = ''"))
    with pytest.raises(DBAPIError, match="can be emptied"), db.session.begin_nested():
        db.session.execute(text(f"UPDATE {table} SET {column} = 'It stood here.'"))


def test_every_section_that_is_emptied_says_of_what() -> None:
    for section in SECTIONS:
        assert set(section.empties) <= set(section.table.c.keys())
    with pytest.raises(ValueError, match="empties"):
        replace(SECTIONS[0], empties=())


ROUTE = "/api/v1/people/me/erasure"


@pytest.mark.door(f"GET {ROUTE}", "works")
@pytest.mark.door(f"GET {ROUTE}", "not_signed_in")
@pytest.mark.door(f"POST {ROUTE}", "works")
@pytest.mark.door(f"POST {ROUTE}", "not_signed_in")
@pytest.mark.door(f"POST {ROUTE}", "wrong_state")
@pytest.mark.door(f"POST {ROUTE}", "wrong_shape")
def test_the_doors_of_ones_own_erasure(client: FlaskClient, her: Person) -> None:
    headers = accounts.bearer(her)
    assert (client.get(ROUTE).status_code, client.post(ROUTE, json={"email": EMAIL}).status_code) == (401, 401)
    told = client.get(ROUTE, headers=headers).json
    assert "contract" in told["obstacles"]
    assert {each["section"]: each["fate"] for each in told["sections"]}["signed_names"] == "gone"
    assert client.post(ROUTE, json={}, headers=headers).status_code == 422
    refused = client.post(ROUTE, json={"email": EMAIL}, headers=headers)
    assert (refused.status_code, refused.json["code"]) == (409, "still_open")
    settled(her)
    assert client.post(ROUTE, json={"email": EMAIL, "give_up_benefits": True}, headers=headers).status_code == 204


OTHERS = "/api/v1/people/<uuid:person_id>/erasure"


@pytest.mark.door(f"POST {OTHERS}", "works")
@pytest.mark.door(f"POST {OTHERS}", "not_signed_in")
@pytest.mark.door(f"POST {OTHERS}", "not_mine")
@pytest.mark.door(f"POST {OTHERS}", "wrong_state")
@pytest.mark.door(f"POST {OTHERS}", "wrong_shape")
def test_an_admin_erases_whoever_asked(client: FlaskClient) -> None:
    who = accounts.person()
    path, body = f"/api/v1/people/{who.id}/erasure", {"reason": "Asked by letter; the mailbox is lost."}
    assert client.post(path, json=body).status_code == 401
    assert client.post(path, json=body, headers=accounts.bearer(accounts.person())).status_code == 404
    headers = accounts.bearer(accounts.operator())
    assert client.post(path, json={}, headers=headers).status_code == 422
    assert client.post(path, json=body, headers=headers).status_code == 204
    assert client.post(path, json=body, headers=headers).json["code"] == "already_erased"


def test_the_page_says_it_before(client: FlaskClient, her: Person) -> None:
    visitor = Visitor(client).signed_in(her)
    page = visitor.look("/account/erasure")
    assert "A contract is proposed or in force" in page.words
    assert "Something is still open" in visitor.hand_in(page, email=EMAIL).words
    settled(her)
    page = visitor.look("/account/erasure")
    assert "Benefits are kept for you" in page.words
    done = visitor.hand_in(page, email=EMAIL, give_up_benefits="true")
    assert "You are erased." in done.words
    assert visitor.look("/account").address == "/sign-in"


def test_words_of_the_company_are_no_part_of_what_was_promised(her: Person) -> None:
    offer = db.session.scalars(select(Offer).where(Offer.contractor_id == her.id)).one()
    assert "words" in offer.reason
    assert "words" not in offer.terms["why"]


def test_whom_an_invoice_for_a_deposit_goes_to_is_emptied_where_it_is_not_sent_yet(app: Flask) -> None:
    """Hers alone: who asked for the other is still there."""
    petra, company = accounts.person(), accounts.company()
    owner = accounts.owner_of(company.id)
    accounts_service.add_member(company.id, petra.email, CompanyRole.FINANCE, by=owner)
    ten = Money.of("10.00", "USD")
    both = (accounts.actor_of(petra), owner)
    ops = [deposit_invoices.ask(company.id, ten, 30, None, by=each).deposit.id for each in both]
    accounts_service.remove_member(company.id, petra.id, by=accounts.actor_of(petra))
    erasure.erase_me(petra.email, give_up_benefits=False, by=accounts.actor_of(petra))
    emails = [db.session.get_one(DepositInvoice, op_id).email for op_id in ops]
    assert emails == [None, db.session.get_one(Person, owner.person_id).email]


def test_the_name_of_a_signatory_goes_with_them_whoever_typed_it(app: Flask) -> None:
    """The public statement stands: its text, its digest and when it was signed. Another's name is left alone."""
    petra = accounts.person(name="Petra  Signatory")
    company, other = accounts.company(), accounts.company()
    for made in (company, other):
        owner = accounts.owner_of(made.id)
        told = replace(accounts.IDENTITY, signatory_name="Petra Signatory", tax_number=None)
        verification.hand_in(made.id, told, by=owner)
        verification.verify_company(made.id, "Seen.", by=accounts.operator(OperatorRole.VETTING))
        adoption.adopt(made.id, "Petra Signatory", guidelines.CURRENT.sha256, by=owner)
    accounts_service.add_member(company.id, petra.email, CompanyRole.VIEWER, by=accounts.owner_of(company.id))
    accounts_service.remove_member(company.id, petra.id, by=accounts.actor_of(petra))
    (before,) = adoption.statements(company.id)
    erasure.erase_me(petra.email, give_up_benefits=False, by=accounts.actor_of(petra))
    (after,) = adoption.statements(company.id)
    assert (before.signed_name, after.signed_name) == ("Petra Signatory", "")
    assert replace(after, signed_name=before.signed_name) == before
    assert after.text_sha256 == sha256(after.text.encode()).hexdigest()
    # A company that she never belonged to has a signatory of the same name.
    assert adoption.statements(other.id)[0].signed_name == "Petra Signatory"
