"""What is fair, as everybody reads it: what is asked and what holds it."""

from marketplace.standards.commitments import COMMITMENTS
from tests.web.visitor import Visitor


def test_people_read_whose_rules_they_are(visitor: Visitor) -> None:
    page = visitor.look("/fairness")
    assert "Partnership on AI wrote five guidelines; P1 to P21 are our rules made from them." in page.words
    assert "our own assessment until Fairwork rates us" in page.words
    assert all(row.asked in page.words for row in COMMITMENTS)
