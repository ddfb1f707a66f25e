"""The verbs of invitations: invite a list of people, and answer an invitation.

Whoever is invited has an account without a password. The link in the message lets them choose one and shows that the
address is theirs. It is made when the message is written and stands in no table.
"""

from collections.abc import Collection, Mapping, Sequence
from operator import itemgetter
from typing import Any
from uuid import UUID, uuid4

from flask import current_app
from flask_security import hash_password
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import func, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert

from marketplace.accounts.invited import (
    INVITATION_LASTS,
    WRITTEN_AGAIN_AFTER,
    CompanyNotVerified,
    InvitationOutcome,
    Invited,
    Invitee,
    check_list,
)
from marketplace.accounts.models import Company, Invitation, MemberInvitation, Person
from marketplace.accounts.rules import (
    Actor,
    CompanyStatus,
    OperatorRole,
    Right,
    TokenNotValid,
    check_password,
    require_company,
    require_operator,
    require_person,
)
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import record, record_each, record_many
from marketplace.core.ids import new_id
from marketplace.core.problems import NotFound

PAGE = "/invitations"
"""Where the link leads; the token follows."""


def invite_many(invited: Sequence[Invited], company_id: UUID | None = None, *, by: Actor) -> list[Invitee]:
    """Makes an account without a password for each of the people and has them sent a link with which to choose one, in
    a constant number of statements. Returns what became of each, in their order.

    Whoever was invited and has chosen no password yet gets a fresh link, but from the same inviter not twice a day.
    Whoever has an account already is asked there by a company, and left alone by an operator. A company is told the
    same of all of them, since it could try out addresses otherwise. Needs the right to manage members of the verified
    company that invites, which is remembered, or without a company an operator of vetting. Raises ListNotGood, naming
    every bad line, or CompanyNotVerified.
    """
    _require_inviter(company_id, by)
    people = check_list(list(enumerate(invited, start=1)))
    waiting = _make_accounts(people) | _without_password([each.email for each in people])
    if company_id is None:
        _tell(
            "person.invited", _remember({waiting[p.email]: p.name for p in people if p.email in waiting}, None, by), by
        )
        return [_became(each.email, waiting.get(each.email)) for each in people]
    at_home = _with_password([each.email for each in people])
    known = waiting | at_home
    made = _remember({known[p.email]: p.name for p in people if p.email in known}, company_id, by)
    new = set(waiting.values())
    _tell("person.invited_by_company", [each for each in made if each.person_id in new], by)
    _tell("person.asked_by_company", [each for each in made if each.person_id not in new], by)
    return [Invitee(each.email, InvitationOutcome.INVITED) for each in people]


def answer_invitation(invitation_id: UUID, *, by: Actor) -> Invitation:
    """Somebody with an account says yes to a company's invitation: it learns who they are, and can propose a contract.
    Saying nothing says no. Raises NotFound unless it is theirs, TokenNotValid when it is too old."""
    me, moment = require_person(by), clock.now()
    found = select(Invitation).where(Invitation.id == invitation_id, Invitation.person_id == me)
    row = db.session.scalars(found.with_for_update()).one_or_none()
    if row is None or row.company_id is None:
        raise NotFound
    if row.answered_at is None:
        if row.good_until <= moment:
            raise TokenNotValid
        row.answered_at = moment
        record("invitation.answered", row, by=by)
    return row


def accept_invitation(token: str, password: str | None = None) -> Person:
    """Confirms the address of the person who was sent the token, and sets their first password.

    It says yes to the inviter whose message it is, and to nobody else. Without a password they cannot sign in yet: the
    link stays good until one is chosen. Raises TokenNotValid, WeakPassword.
    """
    if password is not None:
        check_password(password)
    (person,) = accept_invitations([token])
    if password is not None:
        person.password = hash_password(spelled(password))
        person.fs_uniquifier = uuid4().hex  # Every other link to this account ends.
        record("person.password_chosen", person, by=Actor(person.id))
    return person


def accept_invitations(tokens: Sequence[str]) -> list[Person]:
    """As `accept_invitation()` without a password, of many people, each by the token that they were sent: as many
    statements as for one."""
    known = _known_by(tokens)
    moment = clock.now()
    new = [person for person, _ in known if person.confirmed_at is None]
    for person in new:
        person.confirmed_at = moment
    record_each("person.confirmed", [(person, {}, Actor(person.id)) for person in new])
    invitation_ids = [invitation_id for _, invitation_id in known]
    answered = update(Invitation).where(Invitation.id.in_(invitation_ids), Invitation.answered_at.is_(None))
    db.session.execute(answered.values(answered_at=moment))
    return [person for person, _ in known]


def invited_person(token: str) -> Person:
    """Who was sent the token, to be greeted before they answer. Raises TokenNotValid."""
    return _known_by([token])[0][0]


def invitation_link(invitation_id: UUID) -> str:
    """The absolute address where the person can answer this invitation; good for 14 days, and until they have chosen a
    password."""
    return invitation_links([invitation_id])[invitation_id]


def invitation_links(invitation_ids: Collection[UUID]) -> dict[UUID, str]:
    """`invitation_link()` of many, by invitation: one statement."""
    theirs = select(Invitation.id, Person.id.label("person_id"), Person.fs_uniquifier)
    theirs = theirs.join(Person, Person.id == Invitation.person_id).where(Invitation.id.in_(invitation_ids))
    page, signer = f"{current_app.config['BASE_URL']}{PAGE}", _signer()
    return {
        row.id: f"{page}/{signer.dumps([str(row.person_id), row.fs_uniquifier, str(row.id)])}"
        for row in db.session.execute(theirs)
    }


def link_with(person: Person, invitation_id: UUID) -> str:
    """The address where somebody without a password chooses one, from the message about an invitation of any kind."""
    token = _signer().dumps([str(person.id), person.fs_uniquifier, str(invitation_id)])
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


def _with_password(addresses: Sequence[str]) -> dict[str, UUID]:
    """Who signs in already, or has shown that the address is theirs."""
    at_home = select(Person.email, Person.id).where(
        Person.email.in_(addresses), Person.password.is_not(None) | Person.confirmed_at.is_not(None), Person.active
    )
    return {row.email: row.id for row in db.session.execute(at_home)}


def _tell(name: str, invitations: Sequence[Invitation], by: Actor) -> None:
    record_many(name, ((each, {}) for each in invitations), by=by)


def _remember(people: Mapping[UUID, str], company_id: UUID | None, by: Actor) -> Sequence[Invitation]:
    """The invitations of those who are written to now, each with the name that the inviter knows them by."""
    if not people:
        return []
    moment = clock.now()
    shared = {"company_id": company_id, "invited_by": by.person_id, "invited_at": moment}
    rows: list[dict[str, Any]] = [
        {"id": new_id(), "person_id": each, "name": name, "good_until": moment + INVITATION_LASTS} | shared
        for each, name in people.items()
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


def _known_by(tokens: Sequence[str]) -> list[tuple[Person, UUID]]:
    """The person and the invitation that each token is about; the people are locked. Raises TokenNotValid."""
    told = [_told(token) for token in tokens]
    to_work = select(func.max(Invitation.good_until)).where(Invitation.person_id == Person.id)
    to_join = select(func.max(MemberInvitation.good_until)).where(MemberInvitation.person_id == Person.id)
    latest = func.greatest(to_work.scalar_subquery(), to_join.scalar_subquery())
    found = select(Person).where(
        tuple_(Person.id, Person.fs_uniquifier).in_([(person_id, uniquifier) for person_id, uniquifier, _ in told]),
        Person.password.is_(None),
        Person.active,
        latest > clock.now(),
    )
    people = {row.id: row for row in db.session.scalars(found.order_by(Person.id).with_for_update())}
    if not people.keys() >= {person_id for person_id, _, _ in told}:
        raise TokenNotValid
    return [(people[person_id], invitation_id) for person_id, _, invitation_id in told]


def _told(token: str) -> tuple[UUID, str, UUID]:
    """The person, what their links are good for, and the invitation, as the token says it. Raises TokenNotValid."""
    try:
        person_id, uniquifier, invitation_id = _signer().loads(token)
    except (BadSignature, ValueError) as bad:  # One of before tokens named the invitation has two parts.
        raise TokenNotValid from bad
    return UUID(person_id), uniquifier, UUID(invitation_id)


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="invitation")
