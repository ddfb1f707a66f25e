"""By what somebody is named who may be asked to take a shift over: a code that they give to whom they like, so that
nobody has to know whether somebody else is here."""

import secrets
from uuid import UUID

from sqlalchemy import select

from marketplace.accounts.rules import Actor, require_person
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import record
from marketplace.core.problems import NotFound
from marketplace.shifts.handover_models import HandoverCode
from marketplace.shifts.handover_rules import CODE_LENGTH, CODE_LETTERS, BadHandover, code_of
from marketplace.workforce.models import Contractor


def mine(*, by: Actor) -> HandoverCode | None:
    """By what the person is named; nothing until they wanted a code."""
    return _of(require_person(by))


def new_code(*, by: Actor) -> HandoverCode:
    """A code, or another one: the old one names nobody from now on. Raises NotFound for whoever is no contractor."""
    me = require_person(by)
    who = db.session.get(Contractor, me, with_for_update={"key_share": True}, populate_existing=True)
    if who is None:
        raise NotFound
    row = _of(me) or HandoverCode(contractor_id=me)
    row.code = "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))
    row.made_at = clock.now()
    db.session.add(row)
    record("handover_code.made", row, by=by)
    return row


def named(typed: str, *, by: Actor) -> tuple[str, UUID | None]:
    """A code as it is kept, and whom it names, if anybody. Raises BadHandover for what is none, and for one's own."""
    known = code_of(typed)
    if len(known) != CODE_LENGTH:
        raise BadHandover(f"A code has {CODE_LENGTH} letters and digits.", field="code")
    found = db.session.scalar(select(HandoverCode.contractor_id).where(HandoverCode.code == known))
    if found == require_person(by):
        raise BadHandover("This is your own code.", field="code")
    return known, found


def _of(contractor_id: UUID) -> HandoverCode | None:
    return db.session.scalar(select(HandoverCode).where(HandoverCode.contractor_id == contractor_id))
