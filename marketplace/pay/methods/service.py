"""Where people are paid: given, changed with a wait, taken back, and looked up for a run (PAYOUT_CHANGE, NAME_MATCH).

The first account counts at once. Every later one is told by every way that the person has, by which somebody who took
over their account is found out, and waits for 48 hours; money goes to the old one until then.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy import ColumnElement, Select, exists, or_, select, tuple_

from marketplace.accounts.models import Person
from marketplace.accounts.rules import CLOCK, Actor, OperatorRole, require_operator, require_person
from marketplace.core import clock, vault
from marketplace.core.db import db
from marketplace.core.events import record
from marketplace.core.ids import new_id
from marketplace.core.lifecycle import move, move_one
from marketplace.core.money import minor_digits
from marketplace.core.problems import NotFound
from marketplace.pay.by_hand import rail as manual_rail
from marketplace.pay.methods import barring
from marketplace.pay.methods import fields as method_fields
from marketplace.pay.methods.fields import MethodKind, NoSuchMethod, Provider
from marketplace.pay.methods.models import PayoutMethod
from marketplace.pay.methods.rules import WAIT, ChangeUnderWay, MethodStatus, NameCheck, NothingToTakeBack, same_name
from marketplace.pay.rails import payments, stripe_rules
from marketplace.pay.rails.models import RailAccount
from marketplace.workforce import applying, signals
from marketplace.workforce.bars import SignalKind
from marketplace.workforce.models import Contractor
from marketplace.workforce.rules import check_place

WHAT = "payout method"
HOLDER = "holder"
Where = tuple[str, UUID]
"""A rail and a person."""


@dataclass(frozen=True, slots=True)
class Method:
    """A method as its person, and an operator of finance, see it. `details` are empty where there is nothing to read:
    of an account at a rail, and once the person was erased."""

    row: PayoutMethod
    holder: str
    details: Mapping[str, str]

    @property
    def ending(self) -> str:
        return method_fields.ending(self.details)


@dataclass(frozen=True, slots=True)
class Offered:
    """How a bank account and the other ways are written in a country."""

    bank: Sequence[str]
    providers: Sequence[Provider]


def offered(country: str) -> Offered:
    """What somebody in that country may give. Raises BadPlace."""
    check_place(country, None)
    return Offered(
        [str(each) for each in method_fields.parts_of(MethodKind.BANK, country, None)],
        method_fields.providers_in(country),
    )


def give(
    *,
    kind: MethodKind,
    country: str,
    currency: str,
    holder: str,
    details: Mapping[str, str],
    provider: str | None = None,
    by: Actor,
) -> PayoutMethod:
    """Writes down where the asker is paid, of which the first counts at once and every later one in 48 hours.

    Raises NotFound for who is no contractor, NoSuchMethod where the service's rail has no such ways, BadPlace,
    BadMoney, BadDetail, ChangeUnderWay.
    """
    me = _locked(by)
    rail: str = current_app.config["RAIL"]
    if kind is MethodKind.STRIPE or rail in stripe_rules.NAMES:
        raise NoSuchMethod(field="kind")
    check_place(country, None)
    parts = method_fields.parts_of(kind, country, provider)
    receives = method_fields.currency_of(provider, currency)
    minor_digits(receives)
    told = method_fields.checked(parts, country, details)
    known = {HOLDER: " ".join(holder.split())} | told
    alike = same_name(known[HOLDER], db.session.get_one(Person, me.id).name)
    row = begin(
        me.id,
        rail,
        kind,
        country=country,
        currency=receives,
        provider=provider if kind is not MethodKind.BANK else None,
        sealed=vault.seal(me.id, json.dumps(known).encode(), what=WHAT),
        name_check=NameCheck.SAME if alike else NameCheck.WAITING,
        by=by,
    )
    # One account, two people: a person looks at it, whatever either of them says (rule PERSON).
    whose = " ".join([str(kind), country, provider or "", *told.values()])
    signals.note_many(SignalKind.PAYOUT_ACCOUNT, {me.id: whose})
    applying.give_account(rail, str(row.id), by=by)
    if not alike:
        record("payout_method.name_differs", row, by=by)
    return row


def begin(contractor_id: UUID, rail: str, kind: MethodKind, *, by: Actor, **values: Any) -> PayoutMethod:
    """A new method of somebody whose row is locked: in force if they had none before, else waiting. Raises
    ChangeUnderWay. For the verbs by which a kind of method is given."""
    own = select(PayoutMethod.status, PayoutMethod.rail).where(PayoutMethod.contractor_id == contractor_id)
    before = db.session.execute(own).all()
    if (MethodStatus.WAITING, rail) in [(each.status, each.rail) for each in before]:
        raise ChangeUnderWay
    # Money may have gone to an account of before, on whatever rail: the next one is a change.
    is_first = not any(each.status in (MethodStatus.IN_FORCE, MethodStatus.REPLACED) for each in before)
    now = clock.now()
    row = PayoutMethod(
        id=new_id(),
        contractor_id=contractor_id,
        rail=rail,
        kind=kind,
        given_at=now,
        takes_effect_at=now if is_first else now + WAIT,
        status=MethodStatus.IN_FORCE if is_first else MethodStatus.WAITING,
        **values,
    )
    db.session.add(row)
    record("payout_method.given" if is_first else "payout_method.change_asked", row, by=by, data={"kind": str(kind)})
    return row


def take_back(method_id: UUID, *, by: Actor) -> PayoutMethod:
    """The asker takes a change back that has not taken effect: the old account stays. Raises NotFound,
    NothingToTakeBack."""
    row = db.session.get(PayoutMethod, method_id, with_for_update=True, populate_existing=True)
    if row is None or row.contractor_id != require_person(by):
        raise NotFound
    if row.status is not MethodStatus.WAITING:
        raise NothingToTakeBack
    move_one(
        row, MethodStatus.TAKEN_BACK, by=by, event="payout_method.taken_back", values={"ended_at": clock.now()}
    )  # fmt: skip
    return row


def take_effect_due(limit: int = 100) -> int:
    """Has changes count whose 48 hours are over, and ends what they replace; pay that waited for the name on that, or
    for a file, is payable again. An account at a rail counts once it can receive money, too. Returns how many."""
    ready = exists().where(RailAccount.id == PayoutMethod.rail_account_id, RailAccount.can_receive)
    due = select(PayoutMethod).where(
        PayoutMethod.status == MethodStatus.WAITING,
        PayoutMethod.takes_effect_at <= clock.now(),
        or_(PayoutMethod.rail_account_id.is_(None), ready),
    )
    rows = db.session.scalars(
        due.order_by(PayoutMethod.takes_effect_at, PayoutMethod.id).limit(limit).with_for_update(skip_locked=True)
    ).all()
    whose = [(row.rail, row.contractor_id) for row in rows]
    old = db.session.scalars(
        select(PayoutMethod)
        .where(_of(whose), PayoutMethod.status == MethodStatus.IN_FORCE)
        .order_by(PayoutMethod.id)
        .with_for_update()
    ).all()
    now = clock.now()
    move(
        PayoutMethod,
        [each.id for each in old],
        old=MethodStatus.IN_FORCE,
        new=MethodStatus.REPLACED,
        by=CLOCK,
        event="payout_method.replaced",
        values={"ended_at": now},
    )
    # Nobody looks at a name any more that is on no account in force, and no new file pays to an account of before.
    ended = [each.id for each in old]
    payments.told(dict.fromkeys([*barring.held_up(ended), *manual_rail.let_go(ended)], barring.CHANGED))
    closed = select(RailAccount).where(RailAccount.id.in_([each.rail_account_id for each in old]))
    for account in db.session.scalars(closed.order_by(RailAccount.id).with_for_update()):
        account.closed_at = now
    db.session.flush()
    move(
        PayoutMethod,
        [each.id for each in rows],
        old=MethodStatus.WAITING,
        new=MethodStatus.IN_FORCE,
        by=CLOCK,
        event="payout_method.in_force",
    )
    return len(rows)


# --- for whoever pays -----------------------------------------------------------------------------------------------


def in_force(wanted: Collection[Where]) -> dict[Where, tuple[PayoutMethod, str]]:
    """Where people are paid now, by rail and person, with what the rail knows it by: the rail's own name of an account
    there, or the method's id. Who has none is left out."""
    found = (
        select(PayoutMethod, RailAccount.external_id)
        .outerjoin(RailAccount, RailAccount.id == PayoutMethod.rail_account_id)
        .where(_of(wanted), PayoutMethod.status == MethodStatus.IN_FORCE)
    )
    return {
        (row.rail, row.contractor_id): (row, external or str(row.id))
        for row, external in db.session.execute(found)
        if row.rail_account_id is None or external is not None
    }


def read(rows: Collection[PayoutMethod]) -> dict[UUID, Method]:
    """What these methods say, by their ids. The caller has made sure that the asker may see them."""
    whole = {row.contractor_id for row in rows if row.sealed is not None}
    readable = vault.readable(whole)
    vault.open_keys(readable)
    return {row.id: _read(row, row.contractor_id in readable) for row in rows}


def _read(row: PayoutMethod, is_readable: bool) -> Method:
    if row.sealed is None or not is_readable:
        return Method(row, "", {})
    told = json.loads(vault.unseal(row.contractor_id, row.sealed, what=WHAT))
    return Method(row, told.pop(HOLDER), told)


def shown(row: PayoutMethod) -> Method:
    """One method as its person sees it."""
    return read([row])[row.id]


def without_details(row: PayoutMethod) -> Method:
    """One method without what only its person has to see."""
    return Method(row, "", {})


# --- reads ----------------------------------------------------------------------------------------------------------


def mine(*, by: Actor) -> list[Method]:
    """The asker's methods that count or will, and the last that were ended, the newest first."""
    own = select(PayoutMethod).where(PayoutMethod.contractor_id == require_person(by))
    rows = db.session.scalars(own.order_by(PayoutMethod.id.desc()).limit(10)).all()
    told = read(rows)
    return [told[row.id] for row in rows]


def alive(rail: str, contractor_id: UUID) -> dict[MethodStatus, PayoutMethod]:
    """A person's method in force, and the one that waits to be. The caller may know them."""
    own = select(PayoutMethod).where(_of([(rail, contractor_id)]))
    found = own.where(PayoutMethod.status.in_((MethodStatus.IN_FORCE, MethodStatus.WAITING)))
    return {row.status: row for row in db.session.scalars(found)}


def names_to_look_at(seen_by: Actor) -> Select[PayoutMethod]:
    """Methods whose name is not the party's, for operators of finance."""
    require_operator(seen_by, OperatorRole.FINANCE)
    alive_ones = PayoutMethod.status.in_((MethodStatus.IN_FORCE, MethodStatus.WAITING))
    return select(PayoutMethod).where(PayoutMethod.name_check == NameCheck.WAITING, alive_ones)


def _of(wanted: Collection[Where]) -> ColumnElement[bool]:
    return tuple_(PayoutMethod.rail, PayoutMethod.contractor_id).in_(list(wanted))


def _locked(by: Actor) -> Contractor:
    me = db.session.get(Contractor, require_person(by), with_for_update=True)
    if me is None:
        raise NotFound
    return me
