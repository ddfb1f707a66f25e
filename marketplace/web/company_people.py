"""A company's members and the keys of its programs."""

from typing import Any
from uuid import UUID

import marshmallow as ma
from flask import flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from marketplace.accounts import joining, queries, service
from marketplace.accounts.auth import actor
from marketplace.accounts.joining_rules import JoiningStatus
from marketplace.accounts.keys import IssuedKey
from marketplace.accounts.models import ApiKey, MemberInvitation
from marketplace.accounts.rules import Right
from marketplace.accounts.schemas import NewKeySchema, NewMemberSchema, RoleSchema
from marketplace.core import idempotency
from marketplace.core.db import db
from marketplace.core.http import page
from marketplace.core.limits import LISTS, limiter
from marketplace.web.choices import RIGHTS, ROLES, choices
from marketplace.web.company import SHOWN, after, blueprint, saved
from marketplace.web.forms import Form

# --- members --------------------------------------------------------------------------------------------------------


@blueprint.get("/members")
def list_members(company_id: UUID, **forms: Form) -> ResponseReturnValue:
    """Who belongs to the company and what each may do, and whom it has asked to."""
    by = actor()
    shown = {"new": Form(NewMemberSchema), "change": Form(RoleSchema)} | forms
    page = render_template(
        "company/members.html",
        members=queries.members(company_id, by),
        asked=_asked(company_id) if by.may(Right.MEMBERS, company_id) else [],
        roles=choices(ROLES),
        **shown,
    )
    return page, max(form.status for form in shown.values())


@blueprint.post("/members")
@limiter.limit(LISTS)
def ask_to_join(company_id: UUID) -> ResponseReturnValue:
    """Writes to an address. What is said afterwards is the same whether or not it has an account."""
    form = Form(NewMemberSchema)
    if not form.done(lambda data: joining.ask_to_join(company_id, **data, by=actor())):
        return list_members(company_id, new=form)
    flash(gettext("A message is on its way. Whoever the address belongs to answers within 14 days."))
    return redirect(url_for("company.list_members", company_id=company_id))


@blueprint.post("/members/invitations/<uuid:invitation_id>/revoke")
def revoke_invitation(company_id: UUID, invitation_id: UUID) -> ResponseReturnValue:
    form = Form(ma.Schema)
    done = form.done(lambda _: joining.revoke_invitation(company_id, invitation_id, by=actor()))
    return saved("list_members") if done else list_members(company_id, change=form)


def _asked(company_id: UUID) -> list[joining.Asked]:
    """The newest that have not led to a member."""
    found = joining.invitations_to_join(company_id, actor()).where(MemberInvitation.status != JoiningStatus.ACCEPTED)
    newest = found.order_by(MemberInvitation.invited_at.desc(), MemberInvitation.id).limit(SHOWN)
    return joining.lines(db.session.scalars(newest).all())


@blueprint.post("/members/<uuid:person_id>/role")
def change_role(company_id: UUID, person_id: UUID) -> ResponseReturnValue:
    form = Form(RoleSchema)
    done = form.done(lambda data: service.change_role(company_id, person_id, data["role"], by=actor()))
    return saved("list_members") if done else list_members(company_id, change=form)


@blueprint.post("/members/<uuid:person_id>/remove")
def remove_member(company_id: UUID, person_id: UUID) -> ResponseReturnValue:
    form = Form(ma.Schema)
    done = form.done(lambda _: service.remove_member(company_id, person_id, by=actor()))
    return saved("list_members") if done else list_members(company_id, change=form)


# --- keys -----------------------------------------------------------------------------------------------------------


@blueprint.get("/keys")
def list_keys(company_id: UUID, form: Form | None = None) -> ResponseReturnValue:
    """The keys of the company's programs, without their secrets."""
    shown = form or _key_form()
    return _keys_page(company_id, form=shown), shown.status


@blueprint.post("/keys")
def make_key(company_id: UUID) -> ResponseReturnValue:
    form = _key_form()
    issued = form.run(lambda data: service.make_key(company_id, **data, by=actor()))
    return list_keys(company_id, form) if issued is None else _shown_once(company_id, issued)


@blueprint.post("/keys/<uuid:key_id>/revoke")
def revoke_key(company_id: UUID, key_id: UUID) -> ResponseReturnValue:
    by = actor()
    service.revoke_key(queries.key(company_id, key_id, by).id, by=by)
    return saved("list_keys")


def _key_form() -> Form:
    return Form(NewKeySchema(exclude=("expires_at",)))


def _shown_once(company_id: UUID, issued: IssuedKey) -> ResponseReturnValue:
    """The page with the secret. What is remembered under the form's key is the page without it."""
    said = gettext("The key was made. Its secret was shown once and is kept nowhere.")
    idempotency.remember_instead(_keys_page(company_id, form=_key_form(), issued=issued, secret=said).encode())
    return make_response(_keys_page(company_id, form=_key_form(), issued=issued, secret=issued.secret))


def _keys_page(company_id: UUID, **more: Any) -> str:
    by = actor()
    found = page(queries.keys(company_id, by), ApiKey.id, limit=SHOWN, after=after())
    makers = queries.person_name([key.person_id for key in found["items"]])
    scopes = choices(RIGHTS, by.companies[company_id])
    return render_template(
        "company/keys.html", found=found, makers=makers, scopes=scopes, rights=dict(choices(RIGHTS)), **more
    )
