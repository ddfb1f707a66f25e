"""What a run would pay beside what the last one of its scope has paid."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from uuid import UUID

from marketplace.core.db import transaction
from marketplace.core.money import Money
from marketplace.pay import instant, previews
from marketplace.pay.comparison import Totals, most_changed
from marketplace.pay.runs import counts
from marketplace.pay.runs import service as runs
from tests.factories import accounts, shifts
from tests.factories import pay as made
from tests.factories.shifts import MONDAY, Scene

FAR = date(2027, 12, 31)
WEEK = timedelta(days=7)


def usd(amount: str) -> Money:
    return Money.of(amount, "USD")


def test_the_largest_changes_come_first_and_those_without_are_left_out() -> None:
    """Ana stays at 60.00, Ben goes from 60.00 to nothing, Cara comes with 45.00, Dewi is paid 15.00 more, and Eko and
    Fitri 1.00 less each."""
    ana, ben, cara, dewi, eko, fitri = (UUID(int=number) for number in range(6))
    then = {ana: 6000, ben: 6000, dewi: 3000, eko: 200, fitri: 300}
    now = {ana: 6000, cara: 4500, dewi: 4500, eko: 100, fitri: 200}
    assert most_changed(then, now, 4) == [ben, cara, dewi, eko]


def test_counts_add_up_by_currency_and_kind() -> None:
    some = {"USD": {"timesheet": 2}, "IDR": {"test": 1}}
    more = {"USD": {"timesheet": 3, "ruling": 1}, "EUR": {"benefit": 4}}
    both = counts.added(some, more)
    assert both == {"USD": {"timesheet": 5, "ruling": 1}, "IDR": {"test": 1}, "EUR": {"benefit": 4}}
    assert [(each.kind, each.count) for each in counts.beside_timesheets(both)] == [
        ("ruling", 1), ("test", 1), ("benefit", 4),
    ]  # fmt: skip
    assert counts.beside_timesheets(both, "IDR") == [counts.Count(counts.PaidFor.TEST, 1)]
    assert counts.less(both, some)["USD"] == more["USD"]


def test_lines_that_are_written_count_as_those_that_were_reckoned() -> None:
    """Two lines of a timesheet, one of a ruling on it, and a bonus; and a payslip that gives tax back alone."""
    none, sheet, other = dict.fromkeys(counts.IDS), UUID(int=1), UUID(int=2)
    lines = [none | {"timesheet_id": sheet}] * 2 + [none | {"timesheet_id": sheet, "cut_id": other}]
    told = counts.of_ids([*lines, none | {"bonus_id": other}], "USD")
    assert told == {"USD": {"timesheet": 1, "ruling": 1, "bonus": 1}}
    assert counts.of_ids([], "USD") == {"USD": {"tax_return": 1}}


def test_a_run_is_compared_with_the_last_of_its_scope(
    scene: Scene, statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    """Ana and Ben were paid 60.00 each. Now Ana worked half of that, Ben nothing, and two others are new: 150.00 net in
    place of 120.00. What Dewi had paid at once meanwhile is no run to compare with, nor is one that paid nobody."""
    operator = made.finance()
    with transaction():
        ana, ben, cara, dewi = (shifts.contracted(scene) for _ in range(4))
    for day, each in enumerate((ana, ben)):
        made.worked_and_approved(scene, person=each, starts_at=MONDAY + timedelta(days=day))
    assert previews.compare(None, through=FAR, seen_by=operator).compared_with is None
    last = made.paid().id
    made.worked_and_approved(scene, person=dewi, starts_at=MONDAY + timedelta(days=2))
    with transaction():
        run = instant.pay_now(by=accounts.actor_of(dewi.id))
    runs.finish_run(run.id)
    made.paid()
    made.worked_and_approved(scene, person=ana, starts_at=MONDAY + WEEK, hours=2)
    asked = []
    with statements() as seen:
        previews.compare(None, through=FAR, seen_by=operator)
    asked.append(len(seen))
    for day, each in enumerate((cara, dewi), start=1):
        made.worked_and_approved(scene, person=each, starts_at=MONDAY + WEEK + timedelta(days=day))
    with statements() as seen:
        told = previews.compare(None, through=FAR, seen_by=operator)
    asked.append(len(seen))
    assert asked[0] == asked[1], "people cost no statement"
    assert told.compared_with is not None
    assert told.compared_with.id == last
    (usd_then_and_now,) = told.comparison
    assert usd_then_and_now.then == Totals(2, 2, usd("120.00"), usd("8.80"), usd("0"), usd("134.80"))
    assert usd_then_and_now.now == Totals(3, 3, usd("150.00"), usd("11.00"), usd("0"), usd("168.50"))
    assert usd_then_and_now.difference == Totals(1, 1, usd("30.00"), usd("2.20"), usd("0"), usd("33.70"))
    assert (usd_then_and_now.new_people, usd_then_and_now.missing_people) == (2, 1)
    assert [(each.contractor_id, each.then, each.now) for each in usd_then_and_now.largest_changes] == [
        (ben.id, usd("60.00"), None),
        (cara.id, None, usd("60.00")),
        (dewi.id, None, usd("60.00")),
        (ana.id, usd("60.00"), usd("30.00")),
    ]
    assert previews.compare(scene.company_id, through=FAR, seen_by=operator).compared_with is None, (
        "it is another scope"
    )
