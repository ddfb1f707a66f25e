"""What one operator may do with money alone: so much in sum, by one file and on one day (rule TWO_PEOPLE).

In prose. Whoever is about to do something asks for their tally first, which locks their own row: two things that one
person does at once are counted one after the other. `may()` says whether they may do it alone, and `did()` writes down
that they have. What they may not waits: in a status of its own where it has one, as a finding or a line of a bank
statement does, else as an act (`wait()`) that another operator agrees to.
"""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from fractions import Fraction
from typing import Any, TypeVar
from uuid import UUID

from flask import current_app
from sqlalchemy import ColumnElement, Select, func, select

from marketplace.accounts.models import Person
from marketplace.accounts.rules import Actor, OperatorRole, require_operator, require_person
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import record
from marketplace.core.ids import new_id
from marketplace.core.lifecycle import make, move, move_one
from marketplace.core.money import Money, minor_digits, total
from marketplace.core.problems import NotFound
from marketplace.standards.act_models import MoneyAct
from marketplace.standards.act_rules import ActKind, ActStatus, SecondPerson, WaitsAlready, is_much
from marketplace.standards.exchange import DOLLAR, quotes
from marketplace.standards.rules import Quote

T = TypeVar("T")


class Tally:
    """What a person has done alone, in US dollars at the last sourced rates: on this day (UTC), and by each file that
    is asked about."""

    def __init__(self, person_id: UUID, at: datetime) -> None:
        self.person_id, self.at = person_id, at
        self.limit = limit()
        self._rates: dict[str, Quote | None] = {}
        begins = at.replace(hour=0, minute=0, second=0, microsecond=0)
        self._today = self._sum(MoneyAct.done_at >= begins)
        self._files: dict[UUID, Money] = {}

    def may(self, moneys: Collection[Money], file_ids: Collection[UUID] = ()) -> bool:
        """Whether all of it may be done alone. Never what no rate says how much it is."""
        known = [self._dollars(each) for each in moneys]
        if None in known:
            return False
        now = total([each for each in known if each is not None], DOLLAR)
        before = [self._today, *(self._by(file_id) for file_id in file_ids)]
        return not any(is_much(now, each, self.limit) for each in before)

    def once(
        self,
        kind: ActKind,
        subject: UUID | str,
        money: Money,
        said: Mapping[str, Any],
        do: Callable[[], T],
        *,
        by: Actor,
        of: UUID | None = None,
    ) -> T | MoneyAct:
        """Does it now where this person may alone. Else nothing is done, and what they have said waits for another.
        `of` is the contractor whose money it is, if it is one's. Raises WaitsAlready."""
        _check_free(subject)
        if not self.may([money]):
            return wait(kind, subject, money, said, by=by, of=of)
        done = do()
        act = self.did(kind, subject, money, of=of)
        db.session.flush()
        record("money_act.alone", act, by=by, data=_told(act))
        return done

    def did(
        self,
        kind: ActKind,
        subject: UUID | str,
        money: Money,
        file_id: UUID | None = None,
        *,
        of: UUID | None = None,
    ) -> MoneyAct:
        """Writes down what was done alone, after `may()` had said that it may be."""
        dollars = self._dollars(money)
        assert dollars is not None, "what no rate tells is not done alone"
        if file_id is not None:
            self._files[file_id] = self._by(file_id) + dollars
        self._today += dollars
        made = MoneyAct(
            kind=kind, subject=str(subject), file_id=file_id, contractor_id=of,
            amount=money.amount, currency=money.currency, said={},
            done_by=self.person_id, done_at=self.at, status=ActStatus.ALONE,
        )  # fmt: skip
        db.session.add(made)
        return made

    def counted(self, kind: ActKind, files: Mapping[UUID, UUID | None]) -> set[UUID]:
        """Those of which this person has done that alone by the file in which each is now, so that the same money is
        not counted twice. What they did by another file was not this."""
        mine = (MoneyAct.done_by == self.person_id, MoneyAct.status == ActStatus.ALONE, MoneyAct.kind == kind)
        found = select(MoneyAct.subject, MoneyAct.file_id).where(*mine, MoneyAct.subject.in_(map(str, files)))
        rows = [(UUID(subject), file_id) for subject, file_id in db.session.execute(found)]
        return {subject for subject, file_id in rows if file_id is not None and file_id == files[subject]}

    def _by(self, file_id: UUID) -> Money:
        if file_id not in self._files:
            self._files[file_id] = self._sum(MoneyAct.file_id == file_id)
        return self._files[file_id]

    def _sum(self, which: ColumnElement[bool]) -> Money:
        mine = (MoneyAct.done_by == self.person_id, MoneyAct.status == ActStatus.ALONE, which)
        sums = select(MoneyAct.currency, func.sum(MoneyAct.amount)).where(*mine).group_by(MoneyAct.currency)
        moneys = [Money(int(amount), currency) for currency, amount in db.session.execute(sums)]
        known = [self._dollars(each) for each in moneys]
        return total([each for each in known if each is not None], DOLLAR)

    def _dollars(self, money: Money) -> Money | None:
        if money.currency not in self._rates:
            # Whoever entered a rate does not measure by it what they may do alone.
            found = quotes({money.currency}, DOLLAR, self.at.date(), but_by=self.person_id)
            self._rates[money.currency] = found.get(money.currency)
        rate = self._rates[money.currency]
        return None if rate is None else _dollars(money, rate)


def tally(by: Actor) -> Tally:
    """What the asker has done alone by now. Locks their row until the commit: ask for it before anything else is
    locked."""
    me = require_person(by)
    db.session.get_one(Person, me, with_for_update={"key_share": True})
    return Tally(me, clock.now())


def wait(
    kind: ActKind, subject: UUID | str, money: Money, said: Mapping[str, Any], *, by: Actor, of: UUID | None = None
) -> MoneyAct:
    """Writes down what is to be done once another operator agrees. Raises WaitsAlready where something waits there."""
    row = {
        "id": new_id(), "kind": kind, "subject": str(subject), "contractor_id": of,
        "amount": money.amount, "currency": money.currency,
        "said": dict(said), "done_by": require_person(by), "done_at": clock.now(), "status": ActStatus.WAITING,
    }  # fmt: skip
    made = make(MoneyAct, [row], by=by, event="money_act.waiting")
    if not made:
        raise WaitsAlready
    return db.session.get_one(MoneyAct, made[0])


def waiting(seen_by: Actor) -> Select[MoneyAct]:
    """What waits for a second person, for operators of finance."""
    require_operator(seen_by, OperatorRole.FINANCE)
    return select(MoneyAct).where(MoneyAct.status == ActStatus.WAITING)


def agree(act_id: UUID, *, by: Actor) -> tuple[MoneyAct, Mapping[str, Any]]:
    """A second operator agrees: the act, and what is to be done now, which the caller does. Raises NotFound,
    SecondPerson, WrongState."""
    act = _locked(act_id, by)
    if act.done_by == by.person_id:
        raise SecondPerson
    said = dict(act.said)
    move_one(act, ActStatus.AGREED, by=by, event="money_act.agreed", values=_answered(by), data=_told(act))
    return act, said


def withdraw(act_id: UUID, *, by: Actor) -> MoneyAct:
    """Takes back what nobody has agreed to, one's own or another's: nothing has moved. Raises NotFound, WrongState."""
    act = _locked(act_id, by)
    move_one(act, ActStatus.WITHDRAWN, by=by, event="money_act.withdrawn", values=_answered(by), data=_told(act))
    return act


def undo(file_id: UUID, person_id: UUID, *, by: Actor) -> None:
    """What this person has done alone by a file was not done after all: it counts towards nothing any more. The caller
    knows that nobody has used the file."""
    theirs = (MoneyAct.done_by == person_id, MoneyAct.file_id == file_id, MoneyAct.status == ActStatus.ALONE)
    ids = db.session.scalars(select(MoneyAct.id).where(*theirs)).all()
    old, new, values = ActStatus.ALONE, ActStatus.WITHDRAWN, _answered(by)
    move(MoneyAct, ids, old=old, new=new, by=by, event="money_act.undone", values=values)


def _check_free(subject: UUID | str) -> None:
    """Nobody does alone what waits for a second person, or something else with the same money."""
    waits = select(MoneyAct.id).where(MoneyAct.subject == str(subject), MoneyAct.status == ActStatus.WAITING)
    if db.session.scalar(waits) is not None:
        raise WaitsAlready


def _told(act: MoneyAct) -> dict[str, str]:
    return {"kind": str(act.kind), "amount": str(act.money.decimal), "currency": act.currency}


def _answered(by: Actor) -> dict[str, Any]:
    return {"answered_by": require_person(by), "answered_at": clock.now(), "said": {}}


def _locked(act_id: UUID, by: Actor) -> MoneyAct:
    require_operator(by, OperatorRole.FINANCE)
    act = db.session.get(MoneyAct, act_id, with_for_update=True, populate_existing=True)
    if act is None:
        raise NotFound
    return act


def above_limit(amounts: Collection[Money]) -> set[Money]:
    """Those of the amounts of which each needs two people, whoever did what before."""
    most = limit()
    rates = quotes({each.currency for each in amounts}, DOLLAR, clock.now().date())
    return {each for each in amounts if each.currency not in rates or _dollars(each, rates[each.currency]) > most}


def limit() -> Money:
    """What one person may do alone: a setting of the service's."""
    return Money.of(current_app.config["TWO_PEOPLE_ABOVE"], DOLLAR)


def _dollars(money: Money, rate: Quote) -> Money:
    digits = minor_digits(DOLLAR) - minor_digits(money.currency)
    return Money(1, DOLLAR) * (money.amount * rate.rate * Fraction(10) ** digits)
