"""Tests beside shifts: their minutes are work, whichever of the two comes first (TEST_HOURS)."""

from datetime import timedelta

import pytest
from flask import Flask

from marketplace.accounts import verification
from marketplace.accounts.rules import OperatorRole
from marketplace.core.db import db
from marketplace.qualifications import queries
from marketplace.qualifications.attempt_rules import TooMuchWork
from marketplace.qualifications.rules import OwnerNotVerified
from marketplace.shifts import attempting, offers
from marketplace.shifts.rules import NotEligible
from tests.factories import accounts
from tests.factories import qualifications as tests
from tests.factories import shifts as make
from tests.factories.shifts import MONDAY

DAY = timedelta(days=1)


def test_the_minutes_of_tests_and_shifts_count_in_one_week(app: Flask) -> None:
    """Five shifts of 9.5 hours are 47.5 hours. On Saturday one test with a cap of 30 minutes fills the 48; another, or
    a shift of half an hour on that day, has no room."""
    scene = make.scene(minutes=3420, pilot=True)
    ana = make.contracted(scene)
    me = accounts.actor_of(ana.id)
    for day in range(5):
        offers.accept(make.offered(scene, make.shift(scene, MONDAY + day * DAY, 9.5), ana).id, by=me)
    half = make.offered(scene, make.shift(scene, MONDAY + 5 * DAY, 0.5), ana)
    make.at(MONDAY + 5 * DAY - timedelta(hours=3))
    begun = attempting.begin(tests.service_test().id, by=me)
    assert attempting.begin(begun.qualification_id, by=me).id == begun.id
    other = tests.service_test()
    with pytest.raises(TooMuchWork) as full, db.session.begin_nested():
        attempting.begin(other.id, by=me)
    assert full.value.members["verdict"]["inputs"]["minutes"] == "2910"
    with pytest.raises(NotEligible) as refused, db.session.begin_nested():
        offers.accept(half.id, by=me)
    assert refused.value.members["verdict"]["rule"] == "WEEK"


def test_nobody_begins_the_test_of_a_suspended_company(app: Flask) -> None:
    make.at(MONDAY)
    test, ana = tests.company_test(), make.contracted(make.scene())
    me = accounts.actor_of(ana.id)
    running = attempting.begin(test.id, by=me)
    assert test.company_id is not None
    verification.suspend_company(test.company_id, "Nobody answers.", by=accounts.operator(OperatorRole.VETTING))
    assert attempting.begin(test.id, by=me).id == running.id
    bea = make.contracted(make.scene())
    with pytest.raises(OwnerNotVerified):
        attempting.begin(test.id, by=accounts.actor_of(bea.id))
    (shown,) = queries.open_to(bea.id, accounts.actor_of(bea.id))
    assert (shown.paused, shown.can_begin) == (True, False)
