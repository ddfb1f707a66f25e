"""The terms that a company begins with are terms that it may offer as they stand."""

from datetime import date

import pytest

from marketplace.accounts.rules import CompanyRole
from marketplace.contracts import benefits, service
from marketplace.contracts.defaults import BENEFITS, decent_terms
from marketplace.contracts.rules import AnotherText, sha256_of
from marketplace.contracts.schemas import ContractTermsSchema
from marketplace.contracts.terms import refusals
from marketplace.core.problems import Forbidden
from tests.factories import accounts

TERMS = decent_terms(date(2026, 11, 22), "15.00", "USD")


def test_decent_terms_are_refused_nowhere() -> None:
    assert refusals(TERMS) == []
    assert ContractTermsSchema().load(TERMS) == TERMS


def test_every_benefit_of_decent_terms_is_a_plan(app: object) -> None:
    assert set(BENEFITS) <= set(benefits.plans())


def test_the_text_that_is_read_is_the_text_that_is_signed(app: object) -> None:
    company = accounts.company()
    by = accounts.owner_of(company.id)
    text = service.read_template(company.id, TERMS, by=by)
    with pytest.raises(AnotherText):
        service.write_template(company.id, TERMS, "Olga Owner", sha256_of(text + " "), by=by)
    signed = service.write_template(company.id, TERMS, "Olga Owner", sha256_of(text), by=by)
    assert signed.text == text


def test_only_who_signs_for_the_company_reads_what_it_would_sign(app: object) -> None:
    company = accounts.company()
    with pytest.raises(Forbidden):
        service.read_template(company.id, TERMS, by=accounts.member(company.id, CompanyRole.MANAGER))
