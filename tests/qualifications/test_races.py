"""A correction and a test that is handed in at the same moment: real threads, real commits."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from marketplace.core.db import db, transaction
from marketplace.core.http import SetaraFlask
from marketplace.qualifications import attempts, contests, queries
from marketplace.qualifications.models import Attempt
from marketplace.qualifications.rules import AttemptStatus
from tests.factories import accounts, workforce
from tests.factories import qualifications as made
from tests.factories.qualifications import WRITTEN
from tests.factories.shifts import MONDAY

pytestmark = pytest.mark.truncating


def test_who_hands_in_while_the_test_is_corrected_is_scored_by_the_correction(
    apart_app: SetaraFlask, monkeypatch: pytest.MonkeyPatch
) -> None:
    with apart_app.app_context(), transaction():
        made.at(MONDAY)
        test = made.company_test(items=[WRITTEN])
        began = []
        for _ in range(2):
            me = accounts.actor_of(workforce.contractor().id)
            begun = attempts.start(test.id, by=me)
            attempts.save(begun.id, begun.item_ids[0], "A frame", by=me)
            began.append((begun.id, me))
        (first, ana), (second, ben) = began
        attempts.hand_in(first, by=ana)
        item = queries.items(begun.item_ids)[0]
        contest_id = contests.contest(first, item.id, "A frame is a box.", by=ana).id
        manager = made.manager_of(test)
    scored, upheld = Event(), Event()
    score = attempts._score

    def slowly(found: Attempt) -> int:
        points = score(found)
        scored.set()
        upheld.wait(1)
        return points

    monkeypatch.setattr(attempts, "_score", slowly)

    def hand_in() -> None:
        with apart_app.app_context(), transaction():
            attempts.hand_in(second, by=ben)

    def uphold() -> None:
        assert scored.wait(10)
        with apart_app.app_context(), transaction():
            contests.uphold(contest_id, {"accepted": ["a frame"]}, "It is.", by=manager)
        upheld.set()

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(hand_in), pool.submit(uphold)]:
            done.result()
    with apart_app.app_context(), transaction():
        assert {db.session.get_one(Attempt, each).status for each in (first, second)} == {AttemptStatus.PASSED}
