"""The verbs of invitations: invite a list of people, and answer an invitation.

Whoever is invited has an account without a password. The link in the message lets them choose one and shows that the
address is theirs. It is made when the message is written and stands in no table.
"""

from collections.abc import Sequence
from operator import itemgetter
from typing import Any
from uuid import UUID, uuid4

from flask import current_app
from flask_security import hash_password
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from marketplace.accounts import queries
from marketplace.accounts.invited import (
    INVITATION_LASTS,
    WRITTEN_AGAIN_AFTER,
    CompanyNotVerified,
    InvitationOutcome,
    Invited,
    Invitee,
    check_list,
)
from marketplace.accounts.models import Company, Invitation, Person
from marketplace.accounts.rules import (
    Actor,
    CompanyStatus,
    OperatorRole,
    Right,
    TokenNotValid,
    check_password,
    require_company,
    require_operator,
)
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import record, record_many
from marketplace.core.ids import new_id

PAGE = "/invitations"
"""Where the link leads; the token follows."""


def invite_many(invited: Sequence[Invited], company_id: UUID | None = None, *, by: Actor) -> list[Invitee]:
    """Makes an account without a password for each of the people and has them sent a link with which to choose one, in
    a constant number of statements. Returns what became of each, in their order.

    Whoever was invited and has chosen no password yet gets a fresh link, but from the same inviter not twice a day.
    Whoever has an account already is left alone and told of as such. Needs the right to manage members of the verified
    company that invites, which is remembered, or without a company an operator of vetting. Raises ListNotGood, naming
    every bad line, or CompanyNotVerified.
    """
    _require_inviter(company_id, by)
    people = check_list(list(enumerate(invited, start=1)))
    waiting = _make_accounts(people) | _without_password([each.email for each in people])
    invitations = _remember([waiting[each.email] for each in people if each.email in waiting], company_id, by)
    told = "person.invited" if company_id is None else "person.invited_by_company"
    record_many(told, ((each, {}) for each in invitations), by=by)
    return [_became(each.email, waiting.get(each.email)) for each in people]


def accept_invitation(token: str, password: str | None = None) -> Person:
    """Confirms the address of the person who was sent the token, and sets their first password.

    Without a password they cannot sign in yet: the link stays good until one is chosen. Raises TokenNotValid,
    WeakPassword.
    """
    if password is not None:
        check_password(password)
    person = _person_of(token)
    if person.confirmed_at is None:
        person.confirmed_at = clock.now()
        record("person.confirmed", person, by=Actor(person.id))
    if password is not None:
        person.password = hash_password(spelled(password))
        person.fs_uniquifier = uuid4().hex  # Every other link to this account ends.
        record("person.password_chosen", person, by=Actor(person.id))
    return person


def invited_person(token: str) -> Person:
    """Who was sent the token, to be greeted before they answer. Raises TokenNotValid."""
    return _person_of(token)


def invitation_link(person_id: UUID) -> str:
    """The absolute address where the person can answer their invitation; good for 14 days, and until they have."""
    person = queries.person(person_id)
    token = _signer().dumps([str(person.id), person.fs_uniquifier])
    return f"{current_app.config['BASE_URL']}{PAGE}/{token}"


def spelled(password: str) -> str:
    """As Flask-Security's own forms normalise it: the same password may be typed as different code points."""
    normal: str = current_app.extensions["security"].password_util.normalize(password)
    return normal


def _require_inviter(company_id: UUID | None, by: Actor) -> None:
    if company_id is None:
        require_operator(by, OperatorRole.VETTING)
        return
    require_company(by, company_id, Right.MEMBERS)
    if db.session.get_one(Company, company_id).status is not CompanyStatus.VERIFIED:
        raise CompanyNotVerified


def _make_accounts(people: Sequence[Invited]) -> dict[str, UUID]:
    """The new ones among the people, by address."""
    moment = clock.now()
    rows: list[dict[str, Any]] = [
        {
            "id": new_id(),
            "email": each.email,
            "password": None,
            "active": True,
            "fs_uniquifier": uuid4().hex,
            "name": each.name,
            "locale": each.locale,
            "joined_at": moment,
        }
        for each in people
    ]
    # In one order, whatever that of the list: two lists with the same people wait for each other and not in a ring.
    rows.sort(key=itemgetter("email"))
    made = insert(Person).on_conflict_do_nothing(index_elements=["email"]).returning(Person.email, Person.id)
    return {row.email: row.id for row in db.session.execute(made, rows)}


def _without_password(addresses: Sequence[str]) -> dict[str, UUID]:
    waiting = select(Person.email, Person.id).where(
        Person.email.in_(addresses), Person.password.is_(None), Person.confirmed_at.is_(None), Person.active
    )
    return {row.email: row.id for row in db.session.execute(waiting)}


def _remember(people: Sequence[UUID], company_id: UUID | None, by: Actor) -> Sequence[Invitation]:
    """The invitations of those who are written to now."""
    if not people:
        return []
    moment = clock.now()
    shared = {"company_id": company_id, "invited_by": by.person_id, "invited_at": moment}
    rows: list[dict[str, Any]] = [
        {"id": new_id(), "person_id": each, "good_until": moment + INVITATION_LASTS} | shared for each in people
    ]
    rows.sort(key=itemgetter("person_id"))
    fresh = insert(Invitation)
    fresh = fresh.on_conflict_do_update(
        index_elements=["person_id", "company_id"],
        set_={"invited_at": fresh.excluded.invited_at, "good_until": fresh.excluded.good_until},
        where=Invitation.invited_at <= moment - WRITTEN_AGAIN_AFTER,
    )
    kept = fresh.returning(Invitation).execution_options(populate_existing=True)
    return db.session.scalars(kept, rows).all()


def _became(email: str, person_id: UUID | None) -> Invitee:
    outcome = InvitationOutcome.HAS_ACCOUNT if person_id is None else InvitationOutcome.INVITED
    return Invitee(email, outcome, person_id)


def _person_of(token: str) -> Person:
    try:
        person_id, uniquifier = _signer().loads(token)
    except BadSignature as bad:
        raise TokenNotValid from bad
    latest = select(func.max(Invitation.good_until)).where(Invitation.person_id == Person.id).scalar_subquery()
    found = select(Person).where(
        Person.id == UUID(person_id),
        Person.fs_uniquifier == uniquifier,
        Person.password.is_(None),
        Person.active,
        latest > clock.now(),
    )
    if (person := db.session.scalars(found.with_for_update()).one_or_none()) is None:
        raise TokenNotValid
    return person


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="invitation")
