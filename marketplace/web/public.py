"""Pages for everybody: what Setara is, the rules, making an account, one's own account and inbox."""

from uuid import UUID

from flask import Blueprint, current_app, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext

from marketplace.accounts import joining, queries, service
from marketplace.accounts.auth import actor, actor_or_none
from marketplace.accounts.rules import require_person
from marketplace.accounts.schemas import ApplicationSchema, PasswordSchema, PersonChangeSchema, SignUpSchema
from marketplace.core.limits import STRANGERS, limiter
from marketplace.notices import queries as notices
from marketplace.notices import service as telling
from marketplace.notices.carrying import outbox_is_open
from marketplace.standards.rules import RULES
from marketplace.web import pictures
from marketplace.web.choices import ROLES, choices
from marketplace.web.forms import Form
from marketplace.web.site import LANGUAGE, ask_to_sign_in, own_path, places_of
from marketplace.web.words import basis_words, countries
from marketplace.workforce import declarations
from marketplace.workforce.bars import FORGET_AFTER

blueprint = Blueprint("public", __name__)


@blueprint.get("/")
def home() -> ResponseReturnValue:
    """What Setara is, for strangers; for everybody else the way to where they belong."""
    by = actor_or_none()
    if by is None:
        return render_template("public/home.html", bars=pictures.newspaper_bars())
    if by.person_id is not None and declarations.terms_to_answer(by.person_id) is not None:
        return redirect(url_for("contractor.terms"))
    places = places_of(by)
    return redirect(places[0].url if places else url_for("public.start"))


@blueprint.route("/sign-up", methods=["GET", "POST"])
@limiter.limit(STRANGERS, methods=["POST"])
def sign_up() -> ResponseReturnValue:
    form = Form(SignUpSchema(exclude=("locale",)))
    if form.done(lambda data: service.sign_up(**data, locale=str(get_locale()))):
        # The same for an address that is taken: nobody learns who has an account here.
        flash(gettext("A message with a link is on its way to that address. You can sign in now."))
        if outbox_is_open():
            flash(gettext("This installation sends nothing: the message stands under /outbox."), "info")
        return redirect(url_for("security.login"))
    return render_template("public/sign_up.html", form=form), form.status


@blueprint.route("/invitations/<token>", methods=["GET", "POST"])
@limiter.limit(STRANGERS, methods=["POST"])
def invitation(token: str) -> ResponseReturnValue:
    """Where the link in an invitation leads. Looking changes nothing, since programs that check mail look too."""
    invited = service.invited_person(token)
    form = Form(PasswordSchema)
    if form.done(lambda data: service.accept_invitation(token, data["password"])):
        flash(gettext("Your account is ready. Sign in with your address and the password."))
        return redirect(url_for("security.login"))
    return render_template("public/invitation.html", form=form, invited=invited), form.status


@blueprint.get("/privacy")
def privacy() -> str:
    """What is remembered of whoever comes here, why, and how long."""
    return render_template("public/privacy.html", days=FORGET_AFTER.days)


@blueprint.post("/language")
def choose_language() -> ResponseReturnValue:
    chosen = request.form.get("language")
    if chosen in current_app.config["LANGUAGES"]:
        session[LANGUAGE] = chosen
        if (by := actor_or_none()) is not None:
            service.change_person(by=by, locale=chosen)
    return redirect(own_path(request.form.get("next")))


@blueprint.get("/start")
def start() -> ResponseReturnValue:
    """For somebody with an account who is nothing yet: apply to work, or register a company."""
    return ask_to_sign_in() or render_template("public/start.html")


@blueprint.route("/companies/new", methods=["GET", "POST"])
def register_company() -> ResponseReturnValue:
    if (sign_in := ask_to_sign_in()) is not None:
        return sign_in
    form = Form(ApplicationSchema)
    if form.done(lambda data: service.apply_company(**data, by=actor())):
        flash(gettext("The company is registered. An operator looks who it is before it can publish."))
        return redirect(url_for("public.home"))
    return render_template("public/register_company.html", form=form, countries=countries()), form.status


@blueprint.route("/account", methods=["GET", "POST"])
def account() -> ResponseReturnValue:
    if (sign_in := ask_to_sign_in()) is not None:
        return sign_in
    me = queries.person(require_person(actor()))
    form = Form(PersonChangeSchema, {"name": me.name, "locale": me.locale})
    if form.done(lambda data: service.change_person(by=actor(), **data)):
        flash(gettext("Changed."))
        return redirect(url_for("public.account"))
    invited = queries.my_invitations(actor())
    names = queries.company_name({each.company_id for each in invited if each.company_id})
    page = render_template(
        "public/account.html",
        form=form,
        me=me,
        invited=invited,
        names=names,
        to_join=joining.asked_to_join(actor()),
        roles=dict(choices(ROLES)),
    )
    return page, form.status


@blueprint.post("/account/member-invitations/<uuid:invitation_id>/<any(yes,no):said>")
def answer_to_join(invitation_id: UUID, said: str) -> ResponseReturnValue:
    """A yes makes the person a member of the company; a no is told to it."""
    joining.answer_to_join(invitation_id, said == "yes", by=actor())
    flash(gettext("Saved."))
    return redirect(url_for("public.account"))


@blueprint.post("/account/invitations/<uuid:invitation_id>")
def answer_invitation(invitation_id: UUID) -> ResponseReturnValue:
    service.answer_invitation(invitation_id, by=actor())
    flash(gettext("The company knows now that you are here."))
    return redirect(url_for("public.account"))


@blueprint.post("/account/confirmation")
def ask_confirmation() -> ResponseReturnValue:
    service.ask_confirmation(by=actor())
    flash(gettext("A message with a link is on its way to your address."))
    return redirect(url_for("public.account"))


@blueprint.get("/inbox")
def inbox() -> ResponseReturnValue:
    """What the person was told, newest first."""
    if (sign_in := ask_to_sign_in()) is not None:
        return sign_in
    found = notices.inbox(actor(), limit=20, after=request.args.get("after", type=UUID))
    return render_template("public/inbox.html", found=found)


@blueprint.post("/inbox/<uuid:notice_id>/read")
def mark_read(notice_id: UUID) -> ResponseReturnValue:
    telling.mark_read(notice_id, by=actor())
    return redirect(url_for("public.inbox"))


@blueprint.post("/inbox/read")
def mark_all_read() -> ResponseReturnValue:
    telling.mark_all_read(by=actor())
    return redirect(url_for("public.inbox"))


@blueprint.get("/outbox")
def outbox() -> str:
    """Messages that were kept and not sent, where nothing carries any and nobody's real messages are read."""
    found = notices.outbox(limit=20, after=request.args.get("after", type=UUID))
    return render_template("public/outbox.html", found=found)


@blueprint.get("/rules")
def rules() -> str:
    """The catalogue of fairness rules as people read it, with where each comes from."""
    return render_template("public/rules.html", rules=RULES.values(), bases=basis_words())
