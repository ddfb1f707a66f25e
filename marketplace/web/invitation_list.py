"""Inviting people by a list, on a company's pages and on the operators': read it, look at it, send it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import marshmallow as ma
from flask import flash, request
from flask_babel import gettext, ngettext

from marketplace.accounts import queries, service
from marketplace.accounts.auth import actor
from marketplace.accounts.invited import (
    MOST_BYTES,
    InvitationOutcome,
    Invited,
    Invitee,
    ListNotGood,
    read_csv,
    write_csv,
)
from marketplace.accounts.models import Invitation
from marketplace.core.http import page
from marketplace.web.forms import Form
from marketplace.workforce.queries import vetted_among


class ListForm(ma.Schema):
    """A list as text. It comes pasted, or from the page on which it was looked at."""

    people = ma.fields.String(required=True, validate=ma.validate.Length(1, MOST_BYTES))


@dataclass(frozen=True, slots=True)
class Reading:
    """A list that was handed in to be looked at: the people in it, or what is wrong with which line."""

    people: Sequence[Invited] = ()
    faults: Sequence[tuple[int, str]] = ()
    text: str = ""

    @property
    def status(self) -> int:
        return ListNotGood.status if self.faults else 200


def read() -> Reading:
    """The list of the running request: its file, else the pasted text. Nothing is written down."""
    file = request.files.get("file")
    content = file.read(MOST_BYTES + 1) if file else b""
    content = content or request.form.get("people", "").encode()
    try:
        people = read_csv(content)
    except ListNotGood as bad:
        faults = [(fault.line, gettext(fault.sentence, **fault.named)) for fault in bad.faults]
        return Reading(faults=faults, text=request.form.get("people", ""))
    return Reading(people, text=write_csv(people))


def send(form: Form, company_id: UUID | None) -> bool:
    """Invites the people of the form's list and says what became of them."""
    became = form.run(lambda data: service.invite_many(read_csv(data["people"].encode()), company_id, by=actor()))
    if became is None:
        return False
    flash(_said(became))
    return True


def shown(company_id: UUID | None, **cursor: Any) -> dict[str, Any]:
    """What the page of invitations needs: who was invited, and who of them is vetted by now."""
    found = page(queries.invitations(company_id, actor()), Invitation.id, **cursor)
    lines = queries.invitation_lines(found["items"])
    return {
        "lines": lines,
        "next": found["next"],
        "vetted": vetted_among([line.person_id for line in lines if line.person_id]),
    }


def _said(became: Sequence[Invitee]) -> str:
    known = sum(each.outcome is InvitationOutcome.HAS_ACCOUNT for each in became)
    invited = len(became) - known
    words = ngettext("%(num)d person was invited.", "%(num)d people were invited.", invited)
    if known:
        words += " " + ngettext(
            "%(num)d has an account already and was left alone.",
            "%(num)d have an account already and were left alone.",
            known,
        )
    return str(words)
