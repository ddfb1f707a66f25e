"""A company's pages over many shifts take as many statements as over few, and show what somebody can look at."""

from flask import Flask

from marketplace.accounts.models import Person
from marketplace.core.db import db
from tests.bench.pages import addresses, grown, looked
from tests.factories import shifts as make
from tests.web.visitor import Visitor

FEW, MANY = 12, 120


def test_pages_over_many_shifts_take_as_many_statements_as_over_few(app: Flask) -> None:
    taken = []
    for number, count in enumerate((FEW, MANY)):
        scene = make.scene(minutes=90_000, pilot=True)
        grown(scene, count, number)
        visitor = Visitor(app.test_client()).signed_in(db.session.get_one(Person, scene.company.person_id))
        taken.append({name: looked(visitor, path)[0] for name, path in addresses(scene).items()})
        page = visitor.look(addresses(scene)["timesheets to approve"])
        assert ("40 more wait; they come up here when you have answered these." in page.words) is (count == MANY)
    assert taken[1] == taken[0]
