"""Whose eyes a page is for: moments stand by the clock of whoever reads it."""

from flask import g, has_request_context, request
from flask_login import current_user

from marketplace.core.db import db
from marketplace.workforce.models import Contractor

_FOR_PEOPLE = frozenset({"work", "contractor", "public"})
"""Blueprints whose pages somebody reads for themselves. A company's and the desk's are read in many zones."""


def zone() -> str | None:
    """The IANA zone of a contractor who reads a page of their own; None for anybody else, who reads UTC."""
    if not has_request_context() or request.blueprint not in _FOR_PEOPLE or not current_user.is_authenticated:
        return None
    if "reader_zone" not in g:
        me = db.session.get(Contractor, current_user.id)
        g.reader_zone = me.timezone if me is not None else None
    found: str | None = g.reader_zone
    return found
