"""The terms that a company begins with are terms that it may offer as they stand."""

from datetime import date
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_file

from marketplace.accounts.rules import CompanyRole
from marketplace.contracts import plans, service, text
from marketplace.contracts.defaults import BENEFITS, decent_terms
from marketplace.contracts.rules import AnotherText, sha256_of
from marketplace.contracts.schemas import ContractTermsSchema
from marketplace.contracts.terms import OWN_WORDS, refusals, value_at
from marketplace.core.language import words_of
from marketplace.core.problems import Forbidden
from tests.factories import accounts

SOURCE = Path(text.__file__)
TERMS = decent_terms(date(2026, 11, 22), "15.00", "USD")


def test_decent_terms_are_refused_nowhere() -> None:
    assert refusals(TERMS) == []
    assert ContractTermsSchema().load(TERMS) == TERMS


def test_every_sentence_of_a_contract_has_an_indonesian() -> None:
    """Our own sentences, the words behind our tables, and the words of decent terms."""
    found = extract_from_file("python", str(SOURCE), keywords={"say": None})
    said = {message for _line, message, _comments, _context in found if isinstance(message, str) and " " in message}
    words = [value_at(TERMS, path) for path in OWN_WORDS]
    own = {line for each in words for line in (each if isinstance(each, list) else [each])}
    indonesian = words_of("id")
    assert said
    assert [each for each in (*said, *text.fixed_phrases(), *own) if indonesian.gettext(each) == each] == []


def test_every_benefit_of_decent_terms_is_a_plan(app: object) -> None:
    assert set(BENEFITS) <= set(plans.plans())


def test_the_text_that_is_read_is_the_text_that_is_signed(app: object) -> None:
    company = accounts.company()
    by = accounts.owner_of(company.id)
    read = service.read_template(company.id, TERMS, by=by).text
    with pytest.raises(AnotherText):
        service.write_template(company.id, TERMS, "Olga Owner", sha256_of(read + " "), by=by)
    signed = service.write_template(company.id, TERMS, "Olga Owner", sha256_of(read), by=by)
    assert signed.text == read


def test_only_who_signs_for_the_company_reads_what_it_would_sign(app: object) -> None:
    company = accounts.company()
    with pytest.raises(Forbidden):
        service.read_template(company.id, TERMS, by=accounts.member(company.id, CompanyRole.MANAGER))
