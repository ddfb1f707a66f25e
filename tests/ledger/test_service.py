"""The books balance, whatever is booked and however often."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError

from marketplace.core.db import db, transaction
from marketplace.core.money import Money
from marketplace.ledger import queries, service
from marketplace.ledger.models import JournalEntry, LedgerAccount, Posting
from marketplace.ledger.rules import BadEntry, CauseTaken, Entry, InsufficientFunds, Move, exchange

Statements = Callable[[], AbstractContextManager[list[str]]]


def usd(text_: str) -> Money:
    return Money.of(text_, "USD")


def deposit(amount: str, cause: str = "deposit:1", into: str = "company:lab") -> Entry:
    return Entry(cause, [Move("rail:sandbox", into, usd(amount))])


def test_a_deposit_then_a_payment(app: Flask) -> None:
    service.post(deposit("100.00"))
    entry = service.post(
        Entry(
            "pay:1",
            [
                Move("company:lab", "contractor:ana", usd("60")),
                Move("company:lab", "platform:fees", usd("6")),
            ],
        )
    )
    assert queries.balances(["company:lab", "contractor:ana", "platform:fees", "rail:sandbox"], "USD") == {
        "company:lab": usd("34"),
        "contractor:ana": usd("60"),
        "platform:fees": usd("6"),
        "rail:sandbox": usd("-100"),
    }
    assert [(line.source, line.destination, line.money) for line in queries.lines_of_entry(entry)] == [
        ("company:lab", "contractor:ana", usd("60")),
        ("company:lab", "platform:fees", usd("6")),
    ]


def test_nobody_spends_what_is_not_there(app: Flask) -> None:
    service.post(deposit("10.00"))
    with pytest.raises(InsufficientFunds) as refused, db.session.begin_nested():
        service.post(Entry("pay:1", [Move("company:lab", "contractor:ana", usd("10.01"))]))
    assert refused.value.members["missing"] == "0.01 USD"
    assert queries.balance("company:lab", "USD") == usd("10")
    assert db.session.scalar(select(JournalEntry.id).where(JournalEntry.cause == "pay:1")) is None


def test_money_may_pass_through_an_empty_account_in_one_entry(app: Flask) -> None:
    moves = [Move("rail:sandbox", "company:lab", usd("5")), Move("company:lab", "contractor:ana", usd("5"))]
    service.post(Entry("through:1", moves))
    assert queries.balance("contractor:ana", "USD") == usd("5")


def test_the_same_cause_books_once(app: Flask) -> None:
    first = service.post(deposit("10.00"))
    assert service.post(deposit("10.00")) == first
    assert queries.balance("company:lab", "USD") == usd("10")
    with pytest.raises(CauseTaken):
        service.post(deposit("11.00"))


def test_nothing_is_booked_for_no_entries(app: Flask) -> None:
    assert service.post_many([]) == []
    assert db.session.query(JournalEntry).count() == 0


def test_a_mistake_is_reversed_never_edited(app: Flask) -> None:
    entry = service.post(deposit("10.00"))
    service.reverse(entry, cause="reversal:1")
    assert queries.balance("company:lab", "USD") == usd("0")
    assert len(queries.lines_of_account("company:lab")) == 2


def test_an_exchange_balances_in_each_currency(app: Flask) -> None:
    service.post(deposit("15.00"))
    sold, bought = usd("15"), Money.of("221246.30", "IDR")
    service.post(Entry("fx:1", exchange("company:lab", "contractor:budi", sold, bought)))
    assert queries.balance("contractor:budi", "IDR") == bought
    assert queries.sums_by_currency() == {"USD": 0, "IDR": 0}


@pytest.mark.parametrize("moves", [[], None])
def test_an_entry_without_postings_is_none(moves: Sequence[Move] | None) -> None:
    with pytest.raises(BadEntry):
        Entry("nothing:1", moves or [])


def test_postings_move_more_than_zero_between_two_accounts() -> None:
    with pytest.raises(BadEntry):
        Move("company:lab", "contractor:ana", usd("0"))
    with pytest.raises(BadEntry):
        Move("company:lab", "company:lab", usd("1"))


@pytest.mark.parametrize(
    "sentence",
    [
        "UPDATE posting SET amount = 1",
        "DELETE FROM posting",
        "DELETE FROM journal_entry",
        "UPDATE event SET name = ''",
    ],
)
def test_the_application_cannot_change_what_is_written(app: Flask, sentence: str) -> None:
    service.post(deposit("10.00"))
    with pytest.raises(ProgrammingError, match="permission denied"), db.session.begin_nested():
        db.session.execute(text(sentence))


names = st.sampled_from(["company:a", "company:b", "contractor:x", "contractor:y", "rail:sandbox", "platform:fees"])
moves_ = st.builds(
    lambda pair, amount, currency: Move(*pair, Money(amount, currency)),
    st.lists(names, min_size=2, max_size=2, unique=True),
    st.integers(1, 10_000),
    st.sampled_from(["USD", "IDR"]),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(moves_, min_size=1, max_size=4), min_size=1, max_size=8))
def test_whatever_is_booked_the_books_balance(app: Flask, batches: list[list[Move]]) -> None:
    with db.session.begin_nested() as trial:
        for number, moves in enumerate(batches):
            try:
                with db.session.begin_nested():
                    service.post(Entry(f"trial:{number}", moves))
            except InsufficientFunds:
                continue
        assert queries.wrong_balances() == []
        assert set(queries.sums_by_currency().values()) <= {0}
        trial.rollback()


WAYS = st.sampled_from(["company:a", "company:b", "rail:c", "platform:d"])


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.lists(WAYS, min_size=2, max_size=2, unique=True), st.integers(1, 3), st.integers(0, 20)),
        min_size=5,
        max_size=15,
    )
)
def test_one_move_does_what_its_two_halves_do(app: Flask, trials: list[tuple[list[str], int, int]]) -> None:
    """An entry of one move has a statement of its own. Each is booked beside the same by halves, in another currency;
    some under a cause that may be booked already."""
    with db.session.begin_nested() as trial:
        for way, half, cause in trials:
            whole = [Move(*way, Money(2 * half, "USD"))]
            halves = [Move(*way, Money(half, "EUR"))] * 2
            assert outcome(Entry(f"USD:{cause}", whole)) == outcome(Entry(f"EUR:{cause}", halves))
        accounts = select(LedgerAccount.currency, LedgerAccount.name, LedgerAccount.balance)
        found = db.session.execute(accounts.order_by(LedgerAccount.name)).all()
        there = {each: [(row.name, row.balance) for row in found if row.currency == each] for each in ("USD", "EUR")}
        assert there["USD"] == there["EUR"]
        assert queries.wrong_balances() == []
        trial.rollback()


def outcome(entry: Entry) -> str:
    """The cause of the entry that is returned, or the refusal, without the currency."""
    try:
        with db.session.begin_nested():
            entry_id = service.post(entry)
    except InsufficientFunds as short:
        return str(short.members).replace("USD", "").replace("EUR", "")
    except CauseTaken as taken:
        return f"taken: {str(taken.members['cause'])[4:]}"
    return str(db.session.scalar(select(JournalEntry.cause).where(JournalEntry.id == entry_id)))[4:]


def test_many_entries_take_a_constant_number_of_statements(app: Flask, statements: Statements) -> None:
    counts = []
    with transaction():
        service.post(deposit("1.00"))  # The rail's account is opened by a statement of its own, once.
    for size in (2, 40):
        entries = [deposit("1.00", f"deposit:{size}:{n}", f"company:{n}") for n in range(size)]
        with statements() as seen, transaction():
            service.post_many(entries)
        counts.append(len(seen))
    assert counts[0] == counts[1]
    assert db.session.query(Posting).count() == 43
