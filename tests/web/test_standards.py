"""What is fair, as everybody reads it: what is asked and what holds it."""

from dataclasses import replace
from decimal import Decimal

from marketplace.core.language import words_of
from marketplace.standards import queries, regions
from marketplace.standards.catalogue import RULES
from marketplace.standards.commitments import COMMITMENTS
from marketplace.web import problem_words
from marketplace.web.verdict_words import PATTERNS, WHOLE
from tests.factories import accounts
from tests.web.visitor import Visitor


def test_people_read_whose_rules_they_are(visitor: Visitor) -> None:
    page = visitor.look("/fairness")
    assert "Partnership on AI wrote five guidelines; P1 to P21 are our rules made from them." in page.words
    assert "our own assessment until Fairwork rates us" in page.words
    assert all(row.asked in page.words for row in COMMITMENTS)


def test_the_calculator_answers_as_the_gate_does(visitor: Visitor) -> None:
    """12 unpaid minutes make 15.00 USD an hour 12.50; nothing that a stranger cannot know is held against the offer."""
    page = visitor.look("/calculator?place=US-KS&currency=USD&rate=15.00&payment_model=hourly&unpaid.reading=12")
    assert page.status == 200
    assert "Every rule of the gate is met." in page.words
    words = page.words.replace("\xa0", " ")
    assert "United States (US-KS): an hour earns $12.50 USD, the floor is $7.25 USD." in words
    assert "Of $16.85 USD that the company pays for an hour, $16.10 USD reach the person" in words
    assert "INSTRUCTIONS" not in page.words


def test_the_answer_of_2023_is_shared_by_its_address(visitor: Visitor) -> None:
    address = "/calculator?place=KE&currency=USD&rate=1.32&client_pays=12.50&hazard_class=H2&hazard_categories=hate"
    page = visitor.look(address)
    for words in (
        "No hour of work earns less than $5.00 USD, wherever it is done. · House rules",
        "SHARE v1",
        "What would pass: $5.00 USD",
        "kept by nobody named",
        "Say on the company's page whom people call after distressing work",
    ):
        assert words in page.words
    assert page.forms[-1].values["client_pays"] == ["12.50"]
    assert "CARE_LINE v1 passes" in visitor.look(f"{address}&care_line_named=true").words


def test_a_piece_is_judged_by_the_pilots_time(visitor: Visitor) -> None:
    """5 cents for 90 seconds are 2.00 USD an hour; 0.13 are 5.20."""
    asked = "/calculator?place=ID&currency=USD&payment_model=piece&seconds=90&piece_price="
    low = visitor.look(asked + "0.05")
    assert "Pay at least $0.13 USD for a piece, or pay by the hour." in low.words
    assert "PIECE_PRICE" in visitor.look(asked + "0,13").words
    assert "Every rule of the gate is met." in visitor.look(asked + "0,13").words


def test_what_is_wrong_stands_beside_its_field(visitor: Visitor) -> None:
    page = visitor.look("/calculator?place=&more_places=XX,Mars&currency=USD&rate=much&unpaid.reading=-1&seconds=soon")
    assert page.status == 422
    assert 'id="rate-error"' in page.html
    assert 'id="unpaid.reading-error"' in page.html
    assert visitor.look("/calculator?place=ZZ&currency=USD&rate=1").status == 422
    assert "Give a rate" in visitor.look("/calculator?place=KE&currency=USD").words


def test_whoever_reads_indonesian_reads_the_verdicts(visitor: Visitor) -> None:
    visitor.send("/calculator", "/language", language="id")
    page = visitor.look("/calculator?place=KE&currency=USD&rate=1.32&client_pays=12.50")
    assert "Batas bawah rumah" in page.words or "batas bawah rumah" in page.words
    assert "Naikkan tarif ke US$5,00 per jam." in page.words
    assert "Raise the rate" not in page.words


def test_everybody_reads_what_was_known_of_a_place(visitor: Visitor) -> None:
    facts = queries.facts_of(queries.versions("DE", None)[0])
    regions.change("DE", None, replace(facts, min_wage=Decimal("14.60")), by=accounts.operator(), based_on=1)
    page = visitor.look("/regions/DE")
    assert "1 value changed" in page.words
    assert "13.9 14.6" in page.words
    assert "Germany" in visitor.look("/regions").words
    steps = visitor.look("/regions/ID").words
    assert "beyond 8 h of a day, or else beyond the standard week" in steps
    assert "The first 1 h of overtime in a day earn 150 % of the rate, all further ones 200 %." in steps
    assert "It earns 150 % of the rate, and 200 % beyond 12 h of a day." in visitor.look("/regions/US-CA").words
    assert "All other holidays: 130 % of the rate." in visitor.look("/regions/PH").words
    assert "All other holidays" not in steps
    assert "Overtime" not in page.words
    assert visitor.look("/regions/FR").status == 404
    assert visitor.look("/regions/nowhere").status == 422


def test_every_sentence_of_a_verdict_has_an_indonesian() -> None:
    translated = words_of("id")
    said = [*PATTERNS, *WHOLE, *problem_words.PATTERNS, *(rule.sentence for rule in RULES.values())]
    assert [sentence for sentence in said if translated.gettext(sentence) == sentence] == []
