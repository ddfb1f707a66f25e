"""Where a link in a message leads: a page of a few kilobytes that any phone shows, with what has to be known before a
yes and the buttons that say it. No script, no cookie, no sign-in."""

from typing import Any
from uuid import UUID

import marshmallow as ma
from flask import Blueprint, current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import force_locale

from marketplace.accounts import queries as accounts
from marketplace.contracts.models import ContractVersion
from marketplace.core.db import db
from marketplace.core.limits import ONE_LINK, limiter
from marketplace.core.problems import NotFound
from marketplace.notices import one_tap
from marketplace.notices.one_tap import PAGE, Asked
from marketplace.web.forms import Form

blueprint = Blueprint("one_tap", __name__, url_prefix=PAGE.rstrip("/"))


def link_asked() -> str:
    """The link itself, for a limit of its own: the network address of a poor phone is that of thousands."""
    return f"link:{(request.view_args or {}).get('token', '')[:64]}"


@blueprint.get("/<token>")
@limiter.limit(ONE_LINK, key_func=link_asked)
def show_question(token: str, form: Form | None = None, said: str = "") -> ResponseReturnValue:
    """The question, or what became of it. Looking changes nothing."""
    try:
        asked = one_tap.read(token)
    except NotFound:
        return render_template("one_tap/none.html"), NotFound.status
    with force_locale(_language(asked)):
        page = render_template(
            "one_tap/question.html", token=token, form=form or Form(ma.Schema), given=said, **_of(asked)
        )
    return page, form.status if form is not None else 200


@blueprint.post("/<token>/<said>")
@limiter.limit(ONE_LINK, key_func=link_asked)
def answer(token: str, said: str) -> ResponseReturnValue:
    form = Form(ma.Schema)
    form.run(lambda _: one_tap.answer(token, said))
    return show_question(token, form, "" if form.problem else said)


def _language(asked: Asked) -> str:
    """The person's own, unless they ask for another one at the foot of the page."""
    wanted = request.args.get("in")
    known: tuple[str, ...] = current_app.config["LANGUAGES"]
    return wanted if wanted in known else accounts.person(asked.thing.person_id).locale


def _of(asked: Asked) -> dict[str, Any]:
    thing = asked.thing
    return {
        "purpose": asked.purpose,
        "thing": thing,
        "terms": thing.terms,
        "company": accounts.company_name({thing.company_id})[thing.company_id],
        "version": db.session.get_one(ContractVersion, UUID(thing.terms["contract_version_id"])),
    }
