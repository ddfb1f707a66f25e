"""Which terms may be offered, what the text says, what a signature is over."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.contracts import rules
from marketplace.contracts.rules import TermsRefused, Unit
from marketplace.contracts.terms import CLAUSES, check_terms, refusals
from marketplace.contracts.writing import write
from marketplace.core.money import Money
from tests.factories.contracts import FAIR_TERMS, terms

PLANS = {"sick-leave": "Paid sick leave", "health-stipend": "Health contribution"}
BETWEEN = {
    "name": "Staff Ltd",
    "country": "KE",
    "role": "recruiter",
    "margin_percent": "5",
    "margin_paid_by": "company",
}


def whole(**changes: Any) -> dict[str, Any]:
    company = {"id": "0199", "name": "Lab Example GmbH", "country": "DE"}
    more = {"parties": {"company": company, "contractor": None}, "template": None, "work_place": None}
    return terms(**changes) | more


def fields(**changes: Any) -> list[str]:
    return [refusal.field for refusal in refusals(terms(**changes))]


# --- terms ----------------------------------------------------------------------------------------------------------


def test_fair_terms_may_be_offered() -> None:
    assert refusals(FAIR_TERMS) == []
    check_terms(FAIR_TERMS)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"engagement_type": "partner"}, "engagement_type"),
        ({"engagement_type": ["contractor"]}, "engagement_type"),
        ({"nda__carve_outs": ["health", "union", "counsel", "regulator"]}, "nda.carve_outs"),
        ({"practice": {"directs_how": True}}, "practice"),
        ({"practice__exclusive": "no"}, "practice"),
        ({"translations": [{"language": "en", "words": {}}]}, "translations"),
        ({"translations": [{"language": "id", "words": {}}] * 2}, "translations"),
        ({"translations": [{"language": "id", "words": {"pay.amount": "1.00"}}]}, "translations.0.words"),
        ({"translations": ["id"]}, "translations"),
        ({"verdicts": []}, "verdicts"),
        ({"nda__carve_outs": []}, "nda.carve_outs"),
        ({"nda__carve_outs": ["health", "union", "counsel", "regulator", "nobody"]}, "nda.carve_outs"),
        ({"ip__only_when_paid": False}, "ip.only_when_paid"),
        ({"pay__model": "performance"}, "pay.model"),
        ({"pay__amount": "0.00"}, "pay.amount"),
        ({"pay__amount": "15.001"}, "pay.amount"),
        ({"pay__amount": 15.0, "pay__currency": "DOLLAR"}, "pay.amount"),
        ({"pay__payment_term_days": 8}, "pay.payment_term_days"),
        ({"pay__fee_bearer": "contractor"}, "pay.fee_bearer"),
        ({"hours__max_week": 49}, "hours.max_week"),
        ({"hours__max_week": True}, "hours.max_week"),
        ({"hours__min_guaranteed": 41}, "hours.min_guaranteed"),
        ({"governing_law": "  "}, "governing_law"),
        ({"language": "tlh"}, "language"),
        ({"termination__reasons": []}, "termination.reasons"),
        ({"effective_from": "soon"}, "effective_from"),
        ({"effective_to": "2022-12-31"}, "effective_to"),
        ({"benefits": ["sick-leave", "sick-leave"]}, "benefits"),
        ({"penalty": "Lateness costs an hour's pay."}, "penalty"),
        ({"pay": "fifteen"}, "pay.model"),
    ],
)
def test_terms_that_nobody_is_offered(changes: dict[str, Any], field: str) -> None:
    assert field in fields(**changes)


def test_who_stands_between_is_named_with_a_margin_on_top() -> None:
    assert fields(via_third_party=True) == ["intermediaries"]
    assert fields(intermediaries=[BETWEEN]) == ["intermediaries"]
    assert fields(via_third_party=True, intermediaries=[BETWEEN]) == []
    out_of_the_rate = BETWEEN | {"margin_paid_by": "contractor"}
    assert fields(via_third_party=True, intermediaries=[BETWEEN, out_of_the_rate]) == [
        "intermediaries.1.margin_paid_by"
    ]
    nameless = {"country": "KE", "role": "recruiter", "margin_percent": "101", "margin_paid_by": "company"}
    assert fields(via_third_party=True, intermediaries=[nameless]) == [
        "intermediaries.0.name",
        "intermediaries.0.margin_percent",
    ]
    assert fields(intermediaries=None) == ["intermediaries"]


def test_a_refusal_names_every_field_with_a_remedy() -> None:
    with pytest.raises(TermsRefused) as refused:
        check_terms(terms(nda__carve_outs=[], engagement_type="friend"))
    told = refused.value
    assert (told.field, [r["field"] for r in told.members["refusals"]]) == (
        "engagement_type",
        ["engagement_type", "nda.carve_outs"],
    )
    assert all(r["remedy"] and r["detail"] for r in told.members["refusals"])


json_ = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(st.sampled_from([clause.field for clause in CLAUSES] + ["intermediaries", "pay", "hours", "nda"]), json_)
def test_whatever_stands_in_a_field_it_is_judged_and_what_passes_can_be_written(field: str, value: Any) -> None:
    offered = terms(**{field.replace(".", "__"): value})
    if not refusals(offered):
        codes = {code: f"Plan {code}" for code in offered["benefits"]}
        assert "15.00" in write(whole() | offered, codes).text or field == "pay"


# --- text -----------------------------------------------------------------------------------------------------------


def test_the_text_says_what_was_agreed() -> None:
    text = write(whole(via_third_party=True, intermediaries=[BETWEEN]), PLANS).text
    for said in (
        "Lab Example GmbH (DE)",
        "an independent contractor",
        "15.00 USD",
        "Staff Ltd (KE), recruiter; its margin of 5 %",
        "a lawyer, care for their health, an authority or a court, a tax adviser or tax authority, a union or other",
        "14 days' notice",
        "- Paid sick leave (sick-leave)",
        "The results of the work belong to the company. This takes effect only once the work is paid.",
    ):
        assert said in text, said


def test_the_same_terms_give_the_same_text_and_other_terms_another() -> None:
    text = write(whole(), PLANS).text
    assert rules.sha256_of(text) == rules.sha256_of(write(whole(), PLANS).text)
    assert text != write(whole(pay__amount="15.01"), PLANS).text


def test_the_text_names_the_contractor_by_id_only() -> None:
    made = whole()
    made["parties"]["contractor"] = {"id": "0199-aa", "country": "US", "subdivision": "US-KS"}
    made["work_place"] = {"country": "US", "subdivision": "US-KS", "timezone": "America/Chicago"}
    told = "the person with the id 0199-aa, working in US-KS (time zone America/Chicago)"
    assert told in write(made, PLANS).text


# --- signatures, rates, accruals ------------------------------------------------------------------------------------


def test_one_signs_with_ones_own_name() -> None:
    assert rules.check_name("  ana   EXAMPLE ", "Ana Example") == "ana EXAMPLE"
    for other in ("Ana", "", "Ana Example Jr", "Bob"):
        with pytest.raises(rules.NameDiffers):
            rules.check_name(other, "Ana Example")


def test_one_signs_the_text_that_one_read() -> None:
    rules.check_same_text("aa", "aa")
    with pytest.raises(rules.AnotherText) as refused:
        rules.check_same_text("aa", "bb")
    assert refused.value.members["text_sha256"] == "bb"


def test_a_seal_depends_on_name_and_salt() -> None:
    assert rules.seal_of("s", "Ana") == rules.seal_of("s", "Ana")
    assert len({rules.seal_of("s", "Ana"), rules.seal_of("t", "Ana"), rules.seal_of("s", "Bob")}) == 3


def test_a_rate_may_rise_and_never_falls() -> None:
    agreed = Money.of("15.00", "USD")
    rules.check_rate_holds(agreed, agreed)
    rules.check_rate_holds(agreed, Money.of("15.01", "USD"))
    with pytest.raises(rules.RateFalls):
        rules.check_rate_holds(agreed, Money.of("14.99", "USD"))
    with pytest.raises(rules.RateFalls):
        rules.check_rate_holds(agreed, Money.of("900.00", "EUR"))


def accrual(quantity: int, currency: str | None) -> rules.Accrual:
    at = datetime(2026, 6, 1, tzinfo=UTC)
    return rules.Accrual(uuid4(), "sick-leave", quantity, "booking:1:sick", "booking:1", "SICK", 1, at, currency)


def test_leave_accrues_in_seconds_and_a_stipend_in_money() -> None:
    rules.check_accrual(accrual(480, None), Unit.SECONDS)
    rules.check_accrual(accrual(240, "USD"), Unit.MONEY)
    for wrong, unit in [
        (accrual(480, "USD"), Unit.SECONDS),
        (accrual(480, None), Unit.MONEY),
        (accrual(-1, None), Unit.SECONDS),
    ]:
        with pytest.raises(rules.BadAccrual):
            rules.check_accrual(wrong, unit)


@pytest.mark.parametrize(("earned", "left"), [(0, 144_000), (142_200, 1800), (144_000, 0), (150_000, 0)])
def test_what_is_left_of_forty_hours(earned: int, left: int) -> None:
    assert rules.left_of_cap(earned, 40 * 3600) == left
    assert rules.left_of_cap(earned, None) is None
