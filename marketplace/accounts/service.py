"""The verbs of people: sign up, confirm, sign in and out, ask for a new password, grant an operator's role.

Companies, members and keys have verbs of their own, which are gathered here too, so that other rooms import one name.
Secrets are never in an event: what a message needs is made when it is written (`verification_link`, `reset_link`).
"""

from uuid import UUID, uuid4

from flask import current_app
from flask_security import hash_password
from flask_security.confirmable import confirm_email_token_status, confirm_user, generate_confirmation_token
from flask_security.recoverable import generate_reset_password_token, reset_password_token_status, update_password
from sqlalchemy.dialects.postgresql import insert

from marketplace.accounts import queries
from marketplace.accounts.companies import (
    add_member,
    apply_company,
    change_role,
    name_care_line,
    remove_member,
)
from marketplace.accounts.invitations import (
    accept_invitation,
    answer_invitation,
    invitation_link,
    invite_many,
    invited_person,
    spelled,
)
from marketplace.accounts.keys import IssuedKey, make_key, make_personal_key, revoke_key, revoke_personal_keys
from marketplace.accounts.models import OperatorGrant, Person
from marketplace.accounts.rules import (
    CONSOLE,
    Actor,
    OperatorRole,
    TokenNotValid,
    WrongCredentials,
    address,
    check_password,
    require_operator,
    require_person,
)
from marketplace.accounts.verification import (
    contest_decision,
    hand_in,
    read_tax_number,
    refuse_company,
    suspend_company,
    told_at,
    verify_company,
)
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import record
from marketplace.core.ids import new_id

__all__ = [
    "IssuedKey",
    "accept_invitation",
    "add_member",
    "answer_invitation",
    "apply_company",
    "ask_confirmation",
    "ask_password_reset",
    "change_person",
    "change_role",
    "confirm",
    "contest_decision",
    "grant_operator",
    "hand_in",
    "invitation_link",
    "invite_many",
    "invited_person",
    "make_key",
    "make_personal_key",
    "name_care_line",
    "password_was_reset",
    "read_tax_number",
    "refuse_company",
    "remove_member",
    "reset_link",
    "reset_password",
    "revoke_key",
    "sign_in",
    "sign_out",
    "sign_up",
    "suspend_company",
    "told_at",
    "verification_link",
    "verify_company",
    "was_confirmed",
]


def sign_up(email: str, password: str, name: str, locale: str = "en") -> Person | None:
    """A new person, who is sent a link to confirm the address with.

    None when the address is taken: the caller answers the same as for success, and the owner of the address is told
    by a message instead. Raises BadAddress, WeakPassword.
    """
    email = address(email)
    check_password(password)
    row = insert(Person).values(
        id=new_id(),
        email=email,
        password=hash_password(spelled(password)),
        active=True,
        fs_uniquifier=uuid4().hex,
        name=name,
        locale=locale,
        joined_at=clock.now(),
    )
    person = db.session.scalars(row.on_conflict_do_nothing(index_elements=["email"]).returning(Person)).one_or_none()
    if person is None:
        if (owner := queries.person_by_email(email)) is not None:
            record("person.sign_up_repeated", owner, by=Actor(None))
        return None
    by = Actor(person.id)
    record("person.signed_up", person, by=by)
    record("person.verification_asked", person, by=by)
    return person


def change_person(*, by: Actor, name: str | None = None, locale: str | None = None) -> Person:
    """Changes one's own name or language; what is None stays."""
    person = queries.person(require_person(by))
    changed = {key: value for key, value in (("name", name), ("locale", locale)) if value is not None}
    for key, value in changed.items():
        setattr(person, key, value)
    record("person.changed", person, by=by, data={"fields": sorted(changed)})
    return person


def ask_confirmation(by: Actor) -> None:
    """Has the link sent again, unless the address is confirmed already."""
    person = queries.person(require_person(by))
    if person.confirmed_at is None:
        record("person.verification_asked", person, by=by)


def confirm(token: str) -> Person:
    """Confirms the address that the token was sent to. Repeating it is harmless. Raises TokenNotValid."""
    expired, invalid, person = confirm_email_token_status(token)
    if expired or invalid or person is None:
        raise TokenNotValid
    confirm_user(person)
    confirmed: Person = person
    return confirmed


def was_confirmed(person: Person) -> None:
    """Leaves the event of a confirmation, from the API and from Flask-Security's page alike."""
    record("person.confirmed", person, by=Actor(person.id))


def ask_password_reset(email: str) -> None:
    """Has a link sent to the address if somebody signs in with it; nobody learns whether. Raises BadAddress."""
    person = queries.person_by_email(address(email))
    if person is not None and person.active:
        record("person.reset_asked", person, by=Actor(None))


def reset_password(token: str, password: str) -> None:
    """Sets a new password. Every session and personal key ends. Raises TokenNotValid, WeakPassword."""
    check_password(password)
    expired, invalid, person = reset_password_token_status(token)
    if expired or invalid or person is None or not person.active:
        raise TokenNotValid
    update_password(person, spelled(password))


def password_was_reset(person: Person) -> None:
    """Ends the person's API sign-ins and leaves the event, from the API and from Flask-Security's page alike."""
    revoke_personal_keys(person.id)
    record("person.password_changed", person, by=Actor(person.id))


def verification_link(person_id: UUID) -> str:
    """A fresh absolute address that confirms the person's e-mail address; good for two days."""
    token = generate_confirmation_token(queries.person(person_id))
    return f"{current_app.config['BASE_URL']}{current_app.config['SECURITY_CONFIRM_URL']}/{token}"


def reset_link(person_id: UUID) -> str:
    """A fresh absolute address where the person can set a new password; good for one day, and once."""
    token = generate_reset_password_token(queries.person(person_id))
    return f"{current_app.config['BASE_URL']}{current_app.config['SECURITY_RESET_URL']}/{token}"


def sign_in(email: str, password: str) -> IssuedKey:
    """A personal key, good for 12 hours. Raises WrongCredentials, the same and as late for an unknown address."""
    given = spelled(password)
    person = queries.person_by_email(email.strip().lower())
    if person is None or person.password is None:
        hash_password(given)  # As costly as the check of a password, so that the clock tells nothing.
        raise WrongCredentials
    if not person.verify_and_update_password(given) or not person.active:
        raise WrongCredentials
    return make_personal_key(person.id)


def sign_out(key_id: UUID, by: Actor) -> None:
    """Ends the personal key that the request came with."""
    revoke_key(key_id, by=by)


def grant_operator(person_id: UUID, role: OperatorRole, reason: str, *, by: Actor) -> None:
    """Makes the person an operator in one more role. Only an admin may, and whoever types commands on the machine."""
    if by != CONSOLE:
        require_operator(by, OperatorRole.ADMIN)
    person = queries.person(person_id)
    row = insert(OperatorGrant).values(id=new_id(), person_id=person.id, role=role, reason=reason)
    granted = row.on_conflict_do_nothing(index_elements=["person_id", "role"]).returning(OperatorGrant)
    if (grant := db.session.scalars(granted).one_or_none()) is not None:
        record("operator.granted", grant, by=by, data={"role": role})
