"""An application to work, step by step, as forms that are filled in."""

from uuid import UUID

from flask import Flask
from sqlalchemy import select

from marketplace.core.db import db
from marketplace.core.idempotency import StoredAnswer
from marketplace.workforce import agreement, documents, queries, service
from marketplace.workforce.papers import Purpose
from marketplace.workforce.rules import ContractorStatus, Level, RequirementKind, RequirementStatus
from tests.factories import accounts, workforce
from tests.factories.accounts import person_of
from tests.papers import bomb, pdf, png, zip_file
from tests.web.visitor import Page, Visitor


def applying(visitor: Visitor, **other: str) -> Page:
    fields: dict[str, str | list[str]] = {
        "country": "ID",
        "timezone": "Asia/Pontianak",
        "born_on": "1990-05-17",
        "payout_currency": "IDR",
        "skills": ["image-labelling", "text-labelling"],
        "languages__id": "C2",
    } | other
    return visitor.send("/me/apply", **fields)


def test_somebody_applies_and_sees_what_is_missing(visitor: Visitor) -> None:
    person = accounts.person()
    visitor.signed_in(person)
    page = applying(visitor)
    assert page.address == "/me/application", page.words
    assert "0 of 7 steps are done." in page.words
    me = accounts.actor_of(person)
    profile = queries.profile(person.id, me)
    assert profile.skills == ["image-labelling", "text-labelling"]
    assert profile.languages == {"id": Level.C2}
    assert profile.contractor.payout_currency == "IDR"


def test_a_refused_application_keeps_everything_that_was_typed(visitor: Visitor) -> None:
    visitor.signed_in(accounts.person())
    page = applying(visitor, timezone="Borneo/Pontianak", languages__id="B2")
    assert page.status == 422
    assert "is not known" in page.words
    form = page.form()
    assert form.values["country"] == ["ID"]
    assert form.values["timezone"] == ["Borneo/Pontianak"]
    assert form.values["born_on"] == ["1990-05-17"]
    assert form.values["skills"] == ["", "image-labelling", "text-labelling"]
    assert form.values["languages.id"] == ["B2"]
    assert visitor.hand_in(page, timezone="Asia/Pontianak").address == "/me/application"


def steps_of(person_id: UUID) -> dict[RequirementKind, RequirementStatus]:
    return {row.kind: row.status for row in queries.requirements(person_id, accounts.actor_of(person_id))}


def test_the_steps_of_an_application_are_done_one_after_the_other(visitor: Visitor) -> None:
    applied = workforce.applied()
    visitor.signed_in(person_of(applied.id))
    page = visitor.look("/me/application")
    assert "Next: Who you are" in page.words
    paper = {"identity__number": "X 123 4567", "identity__expires_on": "2031-05-01", "file": png()}
    page = visitor.hand_in(page, "/application/identity", **paper)
    assert "Next: Where you live" in page.words
    page = visitor.hand_in(page, "/application/residence", file=pdf(), note="The bill of May.")
    assert "You wrote: The bill of May." in page.words
    page = visitor.hand_in(page, "/application/right_to_work")
    page = visitor.hand_in(page, "/application/tax", tax__number_kind="ssn", tax__number="123-45-678")
    assert not [body for body in db.session.scalars(select(StoredAnswer.body)) if b"123-45" in body]
    page = visitor.hand_in(page, "/application/tax", tax__number_kind="ssn", tax__number="123-45-6789")
    page = visitor.hand_in(page, "/open-account")
    page = visitor.hand_in(page, "/application/terms", terms_sha256=agreement.CURRENT.sha256)
    assert "Everything is shown." in page.words
    assert "123456789" not in page.html.replace("-", "")
    states = steps_of(applied.id)
    assert {states.pop(RequirementKind.TERMS), states.pop(RequirementKind.TAX)} == {RequirementStatus.MET}
    assert set(states.values()) == {RequirementStatus.SUBMITTED}


def test_any_step_may_be_done_first_and_what_is_missing_is_said(visitor: Visitor) -> None:
    applied = workforce.applied()
    visitor.signed_in(person_of(applied.id))
    page = visitor.send("/me/application?step=residence", "/application/residence", note="I live here.")
    assert (page.status, "Something that belongs to this step is missing." in page.words) == (409, True)
    assert page.form("/application/residence").values["note"] == ["I live here."]
    for bad, told in ((zip_file(), "neither a PNG or JPEG picture nor a PDF"), (bomb(), "too large")):
        page = visitor.hand_in(page, "/application/residence", file=bad)
        assert (page.status >= 400, told in page.words) == (True, True)
    page = visitor.hand_in(page, "/application/residence", file=png())
    assert page.status == 200
    assert steps_of(applied.id)[RequirementKind.RESIDENCE] is RequirementStatus.SUBMITTED
    assert steps_of(applied.id)[RequirementKind.IDENTITY] is RequirementStatus.OPEN


def test_the_file_of_a_refused_form_need_not_be_chosen_again(visitor: Visitor) -> None:
    """A paper that has expired is refused, and its picture is kept: the form is mended without it."""
    applied = workforce.applied()
    visitor.signed_in(person_of(applied.id))
    page = visitor.send("/me/application?step=identity", "/application/identity")
    assert (page.status, "No file is kept." in page.words) == (422, True)
    given = {"identity.number": "X 1234567", "identity.country": "DE", "identity.kind": "passport"}
    page = visitor.hand_in(page, "/application/identity", file=png(), **given, **{"identity.expires_on": "2020-01-01"})
    assert (page.status, "Your file is kept" in page.words) == (422, True)
    page = visitor.hand_in(page, "/application/identity", **given, **{"identity.expires_on": "2039-01-01"})
    assert page.status == 200
    assert steps_of(applied.id)[RequirementKind.IDENTITY] is RequirementStatus.SUBMITTED
    assert len(documents.documents(applied.id, accounts.actor_of(applied.id))) == 1


def test_a_document_of_ones_own_is_read_taken_back_and_nobody_elses(app: Flask, visitor: Visitor) -> None:
    applied, other = workforce.applied(), workforce.applied()
    me = accounts.actor_of(applied.id)
    (kept,) = documents.hand_in([(Purpose.IDENTITY, png())], by=me)
    visitor.signed_in(person_of(applied.id))
    shown = visitor.client.get(f"/me/documents/{kept.id}")
    assert (shown.status_code, shown.mimetype) == (200, "image/png")
    assert shown.headers["Content-Disposition"].startswith("attachment;")
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert shown.headers["Cache-Control"] == "no-store"
    assert "sandbox" in shown.headers["Content-Security-Policy"]
    stranger = Visitor(app.test_client()).signed_in(person_of(other.id))
    assert stranger.look(f"/me/documents/{kept.id}").status == 404
    assert "Erased" in visitor.send("/me/application", "/take-back").words
    assert visitor.look(f"/me/documents/{kept.id}").status == 410


def test_somebody_who_moved_says_and_shows_it(visitor: Visitor) -> None:
    ana = workforce.contractor()
    visitor.signed_in(person_of(ana.id))
    given = {"subdivision": "US-WA", "timezone": "America/Los_Angeles", "note": "Since May."}
    refused = visitor.send("/me/move", "/move", **given)
    assert refused.status == 409
    assert refused.form("/me/move").values["subdivision"] == ["US-WA"]
    page = visitor.hand_in(refused, "/me/move", file=png())
    assert "An operator looks at your move" in page.words
    assert "I have moved" in visitor.hand_in(page, "/withdraw").words


def test_a_refusal_is_read_with_its_reason_and_contested(visitor: Visitor) -> None:
    applied = workforce.applied()
    service.refuse(applied.id, "The document could not be read.", by=accounts.operator())
    visitor.signed_in(person_of(applied.id))
    assert "The document could not be read." in visitor.look("/me/application").words
    page = visitor.send("/me/application", "/contest", words="It was read in the call.")
    assert "It was read in the call." in page.words
    assert queries.contractor(applied.id, accounts.actor_of(applied.id)).status is ContractorStatus.APPLIED
