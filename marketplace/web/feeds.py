"""Secret addresses of calendars, on the pages of whoever works and of whoever plans."""

from collections.abc import Callable
from functools import partial
from uuid import UUID

import marshmallow as ma
from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from marketplace.accounts.auth import actor
from marketplace.core import idempotency
from marketplace.core.db import db
from marketplace.shifts import feeds
from marketplace.shifts.feed_models import CalendarFeed
from marketplace.shifts.feeds import IssuedFeed
from marketplace.web.company import blueprint as of_company
from marketplace.web.forms import Form
from marketplace.web.work import blueprint as of_work


@of_work.get("/calendar")
def show_feeds(form: Form | None = None) -> ResponseReturnValue:
    """The person's own addresses, and the button that makes one."""
    form = form or Form(ma.Schema)
    return _own_page(form), form.status


@of_work.post("/calendar")
def make_feed() -> ResponseReturnValue:
    form = Form(ma.Schema)
    issued = form.run(lambda _: feeds.make(by=actor()))
    return show_feeds(form) if issued is None else _shown_once(_own_page, issued)


@of_work.post("/calendar/<uuid:feed_id>/revoke")
def revoke_feed(feed_id: UUID) -> ResponseReturnValue:
    feeds.revoke(feed_id, by=actor())
    flash(gettext("The address shows nothing any more."))
    return redirect(url_for("work.show_feeds"))


@of_company.get("/calendar-feeds")
def show_company_feeds(company_id: UUID, form: Form | None = None) -> ResponseReturnValue:
    """The addresses of the company's shifts that the reader made."""
    form = form or Form(ma.Schema)
    return _company_page(form, company_id=company_id), form.status


@of_company.post("/calendar-feeds")
def make_company_feed(company_id: UUID) -> ResponseReturnValue:
    form = Form(ma.Schema)
    issued = form.run(lambda _: feeds.make(company_id, by=actor()))
    if issued is None:
        return show_company_feeds(company_id, form)
    return _shown_once(partial(_company_page, company_id=company_id), issued)


@of_company.post("/calendar-feeds/<uuid:feed_id>/revoke")
def revoke_company_feed(company_id: UUID, feed_id: UUID) -> ResponseReturnValue:
    feeds.revoke(feed_id, by=actor())
    flash(gettext("The address shows nothing any more."))
    return redirect(url_for("company.show_company_feeds", company_id=company_id))


def _shown_once(page: Callable[..., str], issued: IssuedFeed) -> ResponseReturnValue:
    """The page with the address. What is remembered under the form's key is the page without it."""
    said = gettext("The address was made. It was shown once and is kept nowhere.")
    idempotency.remember_instead(page(Form(ma.Schema), address=said).encode())
    return page(Form(ma.Schema), address=issued.address)


def _own_page(form: Form, address: str = "") -> str:
    mine = feeds.mine(by=actor()).where(CalendarFeed.company_id.is_(None)).order_by(CalendarFeed.id)
    return render_template("work/calendar.html", feeds=list(db.session.scalars(mine)), form=form, address=address)


def _company_page(form: Form, address: str = "", *, company_id: UUID) -> str:
    mine = feeds.mine(by=actor()).where(CalendarFeed.company_id == company_id).order_by(CalendarFeed.id)
    found = list(db.session.scalars(mine))
    return render_template("company/calendar_feeds.html", feeds=found, form=form, address=address)
