"""The page on which whoever was given a bonus reads who gave it and why, also before it is paid."""

from uuid import UUID

from flask import render_template

from marketplace.accounts.auth import actor
from marketplace.accounts.rules import require_person
from marketplace.core.events import timeline
from marketplace.core.problems import NotFound
from marketplace.pay.bonuses import queries
from marketplace.web.given import named
from marketplace.web.work import blueprint
from marketplace.workforce import queries as workforce


@blueprint.get("/bonuses/<uuid:bonus_id>")
def show_bonus(bonus_id: UUID) -> str:
    """Who gave it, when and why, and which payslip pays it."""
    by = actor()
    found = queries.bonus(bonus_id, by)
    if found.contractor_id != by.person_id:
        raise NotFound
    (each,) = named([found])
    zone = workforce.contractor(require_person(by), by).timezone
    return render_template("work/bonus.html", each=each, zone=zone, events=timeline("bonus", bonus_id))
