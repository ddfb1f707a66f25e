"""A company's pages about what its open seats need, and what another shift would come to."""

from collections.abc import Callable

from flask import Flask

from marketplace.accounts import queries as people
from marketplace.gigs.rules import Criteria, LanguageNeed
from marketplace.workforce.rules import Level
from tests.factories import shifts as make
from tests.factories.gigs import KANSAS
from tests.web.visitor import Visitor


def test_a_company_reads_what_its_gap_needs(app: Flask, visitor: Visitor, work: Callable[[], int]) -> None:
    need = Criteria(places=(KANSAS,), languages=(LanguageNeed("id", Level.B2),), reason="The text is Indonesian.")
    scene = make.scene(criteria=need)
    for _ in range(3):
        make.contracted(scene, languages={"id": Level.B1})
    for _ in range(2):
        make.contracted(scene, languages={"id": Level.A1})
    shift = make.shift(scene, seats=3)
    assert scene.company.person_id is not None
    visitor.signed_in(people.person(scene.company.person_id))
    path = f"/company/{scene.company_id}/shifts/{shift.id}"
    assert f"{path}/trials" in visitor.look(path).html
    form = visitor.look(f"{path}/trials").forms[-1].values
    assert (form["languages.id"], form["seats"], form["rate.amount"]) == (["B2"], ["3"], ["15.00"])
    typed = {name: given[0] for name, given in form.items() if given}
    made = visitor.send(f"{path}/trials", **(typed | {"seats": "2"}))
    assert "0 of 3 steps" in made.words
    work()
    page = visitor.look(made.address)
    need_said = "3 more people if Indonesian B1 instead of B2 fills every seat"
    for words in (need_said, "0 of 3", "0 of 2", "CRITERIA 5 people"):
        assert words in page.words
    again = {name: given[0] for name, given in visitor.look(f"{path}/trials").forms[-1].values.items() if given}
    refused = visitor.send(f"{path}/trials", **(again | {"seats": "0"}))
    assert refused.status == 422
    assert "A shift has 1 to 500 seats." in refused.words
