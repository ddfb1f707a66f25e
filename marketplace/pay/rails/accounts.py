"""People's own accounts at a rail: opened, and looked at again, with what is still missing."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy import and_, or_, select

from marketplace.accounts.models import Person
from marketplace.accounts.rules import CLOCK, Actor, require_person
from marketplace.core import clock, queue
from marketplace.core.db import db, in_transaction, transaction
from marketplace.core.events import record
from marketplace.core.ids import new_id
from marketplace.core.problems import NotFound
from marketplace.pay.methods import service as methods
from marketplace.pay.methods.fields import MethodKind
from marketplace.pay.methods.models import PayoutMethod
from marketplace.pay.methods.rules import ALIVE, MethodStatus, NameCheck
from marketplace.pay.rails import known as known_rails
from marketplace.pay.rails import stripe_rules, test_mode
from marketplace.pay.rails.models import RailAccount
from marketplace.pay.rails.rules import NotOnThisRail, NoWayToPay, RailSilent
from marketplace.pay.rails.stripe_answers import AccountState, NotAllowed, Unreachable
from marketplace.standards import rail_reach
from marketplace.workforce import applying
from marketplace.workforce.models import Contractor

OPEN_ACCOUNT = "rail.open_account"
"""The job that asks the rail for an account; its argument is `account_id`."""
LOOK_AFTER, SOON = timedelta(days=1), timedelta(minutes=30)
"""How old what is known of an account may be; of one that can receive nothing, and whose person waits, less."""
BACK = "/work/payout-account"
"""The page to which people come back from the rail's own."""


def mine(*, by: Actor) -> RailAccount | None:
    """The asker's account at the rail of this service: the one that counts, or the first one while it is opened."""
    return _alive(by).get(MethodStatus.IN_FORCE)


def coming(*, by: Actor) -> RailAccount | None:
    """The asker's account that will count in place of theirs."""
    return _alive(by).get(MethodStatus.WAITING)


def my_account(*, by: Actor) -> RailAccount:
    """As `mine()`. Raises NotFound where there is none."""
    if (found := mine(by=by)) is None:
        raise NotFound
    return found


def ask_for(*, by: Actor) -> RailAccount:
    """Has an account opened at the rail, once: asked again it is the same one. A job asks the rail after the commit.

    Raises NotOnThisRail, NoWayToPay for a country that the rail does not reach, NotFound for who is no contractor.
    """
    me = _locked(by)
    if (account := mine(by=by)) is None:
        account = _ask(me, by=by)
        applying.give_account(account.rail, str(account.id), by=by)
    if account.external_id is None:
        queue.defer(OPEN_ACCOUNT, account_id=str(account.id))
    return account


def replace(*, by: Actor) -> RailAccount:
    """Has another account opened in place of the asker's, which counts until 48 hours later and until the new one can
    receive money (PAYOUT_CHANGE). Raises NotFound where there is none to replace, ChangeUnderWay, and as `ask_for()`.
    """
    me = _locked(by)
    my_account(by=by)
    account = _ask(me, by=by)
    queue.defer(OPEN_ACCOUNT, account_id=str(account.id))
    return account


def _ask(me: Contractor, *, by: Actor) -> RailAccount:
    name: str = current_app.config["RAIL"]
    if name not in stripe_rules.NAMES:
        raise NotOnThisRail
    reach = rail_reach.reach(me.country, current_app.config["STRIPE_COUNTRY"])
    if reach is None:
        raise NoWayToPay(f"{me.country} is in no list of countries that Stripe pays to.", country=me.country)
    account = RailAccount(
        id=new_id(), contractor_id=me.id, rail=name, country=me.country, agreement=reach.agreement,
        can_receive=False, can_pay_out=False, missing=[], asked_at=clock.now(),
    )  # fmt: skip
    db.session.add(account)
    record("rail_account.asked", account, by=by)
    # Who somebody is, the rail finds out itself.
    methods.begin(
        me.id, name, MethodKind.STRIPE, country=me.country, currency=me.payout_currency,
        rail_account_id=account.id, name_check=NameCheck.SAME, by=by,
    )  # fmt: skip
    db.session.flush()
    return account


def _locked(by: Actor) -> Contractor:
    """The asker's row, locked, so that two presses open one account."""
    me = db.session.get(Contractor, require_person(by), with_for_update=True)
    if me is None:
        raise NotFound
    if current_app.config["RAIL"] not in stripe_rules.NAMES:
        raise NotOnThisRail
    return me


def _alive(by: Actor) -> dict[MethodStatus, RailAccount]:
    own = (
        select(PayoutMethod.status, RailAccount)
        .join(RailAccount, RailAccount.id == PayoutMethod.rail_account_id)
        .where(
            PayoutMethod.contractor_id == require_person(by),
            PayoutMethod.rail == current_app.config["RAIL"],
            PayoutMethod.status.in_(ALIVE),
        )
    )
    return {row.status: row.RailAccount for row in db.session.execute(own)}


def open_asked(account_id: UUID) -> None:
    """Asks the rail for the account of a row. The row's id is the key, so that asking twice opens one."""
    _refuse_inside()
    with transaction():
        row = db.session.get(RailAccount, account_id)
        if row is None or row.external_id is not None or row.closed_at is not None:
            return
        asked = (f"account:{row.id}", row.country, row.agreement, {"contractor": str(row.contractor_id)}, _given(row))
    try:
        state = known_rails.stripe().open_account(*asked)
    except NotAllowed as no:
        with transaction():
            db.session.get_one(RailAccount, account_id).problem = no.text
        return
    _note(account_id, state)


def _given(row: RailAccount) -> dict[str, Any]:
    """In a demonstration with a test key nobody can go to Stripe's pages for people who are made up."""
    email = db.session.get_one(Person, row.contractor_id).email
    if not (current_app.config["DEMO"] and row.rail == stripe_rules.TEST and test_mode.is_made_up(email)):
        return {}
    return test_mode.given(email, row.country, row.agreement)


def look(external_id: str) -> bool:
    """Reads an account at the rail again. Returns whether it is one of ours. Raises Unreachable, and NotAllowed where
    the rail does not show it: then it was looked at too, since it would else be the first that is due for ever."""
    _refuse_inside()
    with transaction():
        known = select(RailAccount.id).where(
            RailAccount.rail == known_rails.stripe().name, RailAccount.external_id == external_id
        )
        account_id = db.session.scalar(known)
    if account_id is None:
        return False
    try:
        state = known_rails.stripe().account(external_id)
    except NotAllowed as no:
        with transaction():
            row = db.session.get_one(RailAccount, account_id, with_for_update=True, populate_existing=True)
            row.problem, row.looked_at = no.text, clock.now()
        raise
    _note(account_id, state)
    return True


def due_to_be_looked_at(limit: int = 50) -> list[str]:
    """Accounts that cannot receive money, or were not looked at for a day: a call about them may have got lost."""
    old = clock.now() - LOOK_AFTER
    found = select(RailAccount.external_id).where(
        RailAccount.closed_at.is_(None),
        RailAccount.external_id.is_not(None),
        RailAccount.rail == known_rails.stripe().name,
        or_(RailAccount.looked_at < old, and_(~RailAccount.can_receive, RailAccount.looked_at < clock.now() - SOON)),
    )
    return [str(each) for each in db.session.scalars(found.order_by(RailAccount.looked_at).limit(limit))]


def onward(*, by: Actor) -> str:
    """The address of a page of the rail's where the asker gives what is missing: of the account that is to count, if
    there is one, else of theirs. It is good once, for some minutes, so it is asked for when it is pressed; no money
    moves by it. Must not be called inside a transaction (RuntimeError). Raises NotFound, RailSilent."""
    _refuse_inside()
    with transaction():
        external_id = (coming(by=by) or my_account(by=by)).external_id
    if external_id is None:
        raise RailSilent
    try:
        return known_rails.stripe().onboarding_link(external_id, current_app.config["BASE_URL"] + BACK).url
    except (NotAllowed, Unreachable) as silent:
        raise RailSilent from silent


def _note(account_id: UUID, state: AccountState) -> None:
    with transaction():
        row = db.session.get_one(RailAccount, account_id, with_for_update=True, populate_existing=True)
        is_new, could = row.external_id is None, row.can_receive
        row.external_id, row.country = state.id, state.country or row.country
        row.can_receive, row.can_pay_out = state.can_receive, state.can_pay_out
        row.missing, row.disabled_reason, row.problem = list(state.missing), state.disabled_reason, None
        row.looked_at = clock.now()
        if is_new:
            record("rail_account.opened", row, by=CLOCK)
        if state.can_receive != could:
            record("rail_account.ready" if state.can_receive else "rail_account.restricted", row, by=CLOCK)


def _refuse_inside() -> None:
    if in_transaction():
        raise RuntimeError("A rail is never called inside a transaction.")
