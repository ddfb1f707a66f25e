"""A label does not decide, and neither does what was signed: what really happens is read again."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from flask import Flask

from marketplace.accounts.rules import CLOCK
from marketplace.contracts import status
from marketplace.core import clock
from marketplace.core.events import timeline
from marketplace.core.problems import Forbidden, NotFound
from marketplace.shifts import dependence
from marketplace.standards.engagement import Dependence
from tests.factories import accounts, contracts, shifts


def test_who_comes_to_live_from_one_company_is_told_and_told_when_it_ends(app: Flask) -> None:
    """90 of 110 hours in 13 weeks are 81 percent: one fact speaks for employment. With 60 of 110 it no longer does."""
    version = contracts.in_force()
    pair, me = (version.company_id, version.contractor_id), accounts.actor_of(version.contractor_id)
    assert status.read({pair: Dependence(600, 600)}, by=CLOCK) == 0
    assert status.status(version.contract_id, me).reading is None
    assert status.read({pair: Dependence(90 * 60, 110 * 60)}, by=CLOCK) == 1
    reading = status.status(version.contract_id, me).reading
    assert reading is not None
    assert (reading.verdict["outcome"], reading.verdict["inputs"]["dependence"]) == (
        "note",
        "81.8 % of 110.0 hours in 13 weeks",
    )
    assert status.read({pair: Dependence(91 * 60, 111 * 60)}, by=CLOCK) == 0
    assert timeline("contract", version.contract_id)[0].name == "contract.status_changed"
    clock.move_to(clock.now() + timedelta(days=1))
    assert status.read({pair: Dependence(60 * 60, 110 * 60)}, by=CLOCK) == 1
    with pytest.raises(Forbidden):
        status.read({}, by=me)
    with pytest.raises(NotFound):
        status.status(version.contract_id, accounts.actor_of(accounts.person()))


def test_one_more_fact_beside_the_dependence_makes_the_label_wrong(app: Flask) -> None:
    version = contracts.in_force(practice__exclusive=True)
    assert version.terms["verdicts"][0]["outcome"] == "note"
    pair = version.company_id, version.contractor_id
    status.read({pair: Dependence(200 * 60, 200 * 60)}, by=CLOCK)
    reading = status.status(version.contract_id, CLOCK).reading
    assert reading is not None
    assert reading.verdict["outcome"] == "fail"
    assert "are those of employment" in reading.verdict["sentence"]


def test_the_clock_says_how_much_one_company_gives(app: Flask) -> None:
    scene = shifts.scene()
    booking = shifts.worked(scene)
    other = shifts.scene()
    shifts.worked(other)
    found = dependence.measured(clock.now() + timedelta(days=1))
    assert found[scene.company_id, booking.contractor_id] == Dependence(240, 240)
    assert len(found) == 2
    assert dependence.measured(clock.now() + timedelta(weeks=14)) == {}


def test_many_contracts_are_read_in_a_constant_number_of_statements(
    app: Flask, statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    counts = []
    for size in (1, 5):
        made = [contracts.in_force() for _ in range(size)]
        live = {(each.company_id, each.contractor_id): Dependence(9000, 9000) for each in made}
        with statements() as seen:
            assert status.read(live, by=CLOCK) >= size
        counts.append(len(seen))
    assert counts[0] == counts[1]
