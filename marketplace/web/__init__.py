"""Pages for people: public, contractor, company, operator. Each page calls the same verbs as the API."""

from flask import Blueprint, Flask

from marketplace.web import contractor, public, site, work

BLUEPRINTS: tuple[Blueprint, ...] = (public.blueprint, work.blueprint, contractor.blueprint)
"""Every role's pages. Whoever has several roles is at home in the first of these that is theirs."""


def register(app: Flask) -> None:
    site.register(app, BLUEPRINTS)
