"""A new edition of the terms: asked at the next sign-in, and nothing waits for the answer."""

import pytest

from marketplace.accounts.models import Person
from marketplace.core.db import db
from marketplace.workforce import agreement, declarations
from tests.factories import accounts, workforce
from tests.web.visitor import Visitor


def test_whoever_agreed_to_an_older_edition_is_asked_and_reads_what_changed(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as before:
        before.setattr(agreement, "CURRENT", agreement.VERSIONS[0])
        ana = workforce.contractor()
    visitor.signed_in(db.session.get_one(Person, ana.id))
    page = visitor.look("/")
    assert page.address == "/me/terms"
    assert "10. The prevailing language is English." in page.words
    assert "What is no longer said" not in page.words
    for path in ("/work", "/work/payslips", "/me/leaving", "/account/record"):
        assert visitor.look(path).address == path, "nothing waits for the answer"
    assert visitor.hand_in(page, "/me/terms", terms_sha256=agreement.CURRENT.sha256).address == "/work"
    signed = declarations.declared(ana.id, accounts.actor_of(ana.id)).terms
    assert signed is not None
    assert signed.version == agreement.CURRENT.version
    assert visitor.look("/").address == "/work"
    assert visitor.look("/me/terms").address == "/me/application"


def test_a_change_is_told_by_its_clauses() -> None:
    change = agreement.change_since(1)
    assert change is not None
    assert [each[:3] for each in change.added] == ["10."]
    assert change.gone == ()
    assert agreement.change_since(agreement.CURRENT.version) is None
