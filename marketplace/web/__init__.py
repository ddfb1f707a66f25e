"""Pages for people: public, contractor, company, operator. Each page calls the same verbs as the API."""

from importlib import import_module
from pkgutil import iter_modules

from flask import Blueprint, Flask

from marketplace.web import company, contractor, one_tap, operator, public, site, work

BLUEPRINTS: tuple[Blueprint, ...] = (
    public.blueprint,
    work.blueprint,
    contractor.blueprint,
    company.blueprint,
    operator.blueprint,
    one_tap.blueprint,
)
"""Every role's pages. Whoever has several roles is at home in the first of these that is theirs."""

for _found in iter_modules(__path__):
    # The pages of most modules belong to the blueprint of another: importing them puts the pages there.
    import_module(f"{__name__}.{_found.name}")


def register(app: Flask) -> None:
    site.register(app, BLUEPRINTS)
