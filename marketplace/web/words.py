"""Words for what the rooms name by codes: statuses, events, refusals."""

from flask_babel import get_locale, gettext, lazy_gettext

from marketplace.core.events import Event
from marketplace.standards.rules import Basis

_NOT_COUNTRIES = frozenset({"EU", "EZ", "UN", "QO", "XA", "XB", "XK", "ZZ", "AC", "CP", "CQ", "DG", "EA", "IC", "TA"})
"""Codes of two letters that the CLDR names and ISO 3166-1 does not assign to a country."""

_STATUSES = {
    "accepted": lazy_gettext("accepted"),
    "applied": lazy_gettext("applied"),
    "approved": lazy_gettext("approved"),
    "booked": lazy_gettext("booked"),
    "cancelled": lazy_gettext("cancelled"),
    "closed": lazy_gettext("closed"),
    "computing": lazy_gettext("being computed"),
    "declined": lazy_gettext("declined"),
    "disputed": lazy_gettext("disputed"),
    "done": lazy_gettext("done"),
    "draft": lazy_gettext("draft"),
    "ended": lazy_gettext("ended"),
    "expired": lazy_gettext("expired"),
    "finished": lazy_gettext("finished"),
    "frozen": lazy_gettext("frozen"),
    "in_force": lazy_gettext("in force"),
    "intent": lazy_gettext("prepared"),
    "locked": lazy_gettext("locked"),
    "met": lazy_gettext("met"),
    "no_show": lazy_gettext("did not come"),
    "open": lazy_gettext("open"),
    "paid": lazy_gettext("paid"),
    "paused": lazy_gettext("paused"),
    "pending": lazy_gettext("waiting for an answer"),
    "posted": lazy_gettext("posted"),
    "proposed": lazy_gettext("to be signed"),
    "refused": lazy_gettext("refused"),
    "released": lazy_gettext("given back"),
    "scheduled": lazy_gettext("scheduled"),
    "sent": lazy_gettext("sent"),
    "submitted": lazy_gettext("handed in"),
    "suspended": lazy_gettext("suspended"),
    "unknown": lazy_gettext("not known yet"),
    "verified": lazy_gettext("verified"),
    "vetted": lazy_gettext("vetted"),
    "withdrawn": lazy_gettext("withdrawn"),
    "worked": lazy_gettext("worked"),
    "working": lazy_gettext("working now"),
}

_EVENTS = {
    "company.applied": lazy_gettext("The company applied."),
    "company.verified": lazy_gettext("An operator verified the company."),
    "company.suspended": lazy_gettext("An operator suspended the company."),
    "member.added": lazy_gettext("A member was added."),
    "member.role_changed": lazy_gettext("A member's role was changed."),
    "member.removed": lazy_gettext("A member left or was removed."),
    "person.signed_up": lazy_gettext("The account was made."),
    "person.confirmed": lazy_gettext("The e-mail address was confirmed."),
    "person.changed": lazy_gettext("The name or the language was changed."),
    "person.password_changed": lazy_gettext("A new password was set."),
}


SIGN_IN_MESSAGES = {
    "SECURITY_MSG_GENERIC_AUTHN_FAILED": ("The e-mail address or the password is not right.", "error"),
    "SECURITY_MSG_GENERIC_RECOVERY": ("If somebody signs in with that address, a link is on its way to it.", "info"),
    "SECURITY_MSG_CONFIRMATION_REQUEST": ("If the address waits to be confirmed, a link is on its way to it.", "info"),
    "SECURITY_MSG_CONFIRMATION_EXPIRED": ("This link is too old. Have a new one sent.", "error"),
    "SECURITY_MSG_INVALID_CONFIRMATION_TOKEN": ("This link is no longer good. Have a new one sent.", "error"),
    "SECURITY_MSG_EMAIL_CONFIRMED": ("Your address is confirmed.", "success"),
    "SECURITY_MSG_ALREADY_CONFIRMED": ("Your address is confirmed already.", "info"),
    "SECURITY_MSG_PASSWORD_RESET": ("Your new password is set, and you are signed in.", "success"),
    "SECURITY_MSG_PASSWORD_RESET_NO_LOGIN": ("Your new password is set. Sign in with it.", "success"),
    "SECURITY_MSG_PASSWORD_RESET_EXPIRED": ("This link is too old. Have a new one sent.", "error"),
    "SECURITY_MSG_INVALID_RESET_PASSWORD_TOKEN": ("This link is no longer good. Have a new one sent.", "error"),
    "SECURITY_MSG_RETYPE_PASSWORD_MISMATCH": ("The two passwords are not the same.", "error"),
    "SECURITY_MSG_PASSWORD_INVALID_LENGTH": ("A password has 10 to 200 characters.", "error"),
    "SECURITY_MSG_PASSWORD_NOT_PROVIDED": ("Type a password.", "error"),
    "SECURITY_MSG_EMAIL_NOT_PROVIDED": ("Type your e-mail address.", "error"),
    "SECURITY_MSG_INVALID_EMAIL_ADDRESS": ("This is not an e-mail address.", "error"),
    "SECURITY_MSG_UNAUTHENTICATED": ("Sign in first.", "info"),
}
"""What Flask-Security's forms say, in our words; `said()` brings them into the reader's language."""


def status_words(status: str) -> str:
    """A status as people read it."""
    return str(_STATUSES.get(str(status), str(status).replace("_", " ")))


def event_words(event: Event) -> str:
    """What happened, in one sentence without names. An event without a sentence of its own is told by its name."""
    return str(_EVENTS.get(event.name) or f"{event.name.replace('.', ' ').replace('_', ' ').capitalize()}.")


def said(sentence: object) -> str:
    """A sentence of the rules (a problem's title, a field's error) in the reader's language, if it has one there.

    Unlike a template's own `_()` it takes no part of the sentence as a placeholder, and nothing of it as markup.
    """
    words: str = gettext(str(sentence))
    return words


def countries() -> list[tuple[str, str]]:
    """ISO 3166-1 codes with the countries' names in the reader's language, in the order of the names."""
    territories = get_locale().territories
    named = [(code, name) for code, name in territories.items() if len(code) == 2 and code not in _NOT_COUNTRIES]
    return sorted(named, key=lambda pair: pair[1])


def basis_words() -> dict[Basis, str]:
    """Whose rule it is, strongest first."""
    return {
        Basis.LAW: gettext("Law"),
        Basis.STANDARD: gettext("Standards"),
        Basis.HOUSE: gettext("House rules"),
    }
