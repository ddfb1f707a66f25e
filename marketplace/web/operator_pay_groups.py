"""Pay groups on the desk: whose pay days are which days of the week."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import render_template
from flask.typing import ResponseReturnValue

from marketplace.accounts.auth import actor
from marketplace.core.events import timeline
from marketplace.core.http import page
from marketplace.pay.groups import service as groups
from marketplace.pay.groups.models import PayGroup
from marketplace.pay.groups.schemas import PayGroupArgs
from marketplace.web.continents import by_continent
from marketplace.web.forms import Form
from marketplace.web.operator import SHOWN, after, blueprint, saved
from marketplace.web.words import countries, weekdays, zones
from marketplace.web.work import NOTHING_MORE


@blueprint.route("/pay/groups", methods=["GET", "POST"])
def list_pay_groups() -> ResponseReturnValue:
    """The groups, and a form for a new one."""
    form = Form(PayGroupArgs)
    if form.done(lambda data: groups.make(**data, by=actor())):
        return saved("list_pay_groups")
    found = page(groups.groups(actor()), PayGroup.id, limit=SHOWN, after=after())
    next_days = {each.id: groups.next_day(each) for each in found["items"]}
    return render_template(
        "operator/pay_groups.html", found=found, next_days=next_days, form=form, **_choices()
    ), form.status


@blueprint.route("/pay/groups/<uuid:group_id>", methods=["GET", "POST"])
def show_pay_group(group_id: UUID) -> ResponseReturnValue:
    """One group, which can be changed or ended."""
    group = groups.group(group_id, actor())
    now = {"name": group.name, "timezone": group.timezone, "countries": group.countries}
    form = Form(PayGroupArgs, now | {"weekdays": [str(day) for day in group.weekdays]})
    return _changed(form, group, lambda data: groups.change(group_id, **data, by=actor()))


@blueprint.post("/pay/groups/<uuid:group_id>/end")
def end_pay_group(group_id: UUID) -> ResponseReturnValue:
    return _changed(Form(NOTHING_MORE), groups.group(group_id, actor()), lambda _: groups.end(group_id, by=actor()))


def _changed(form: Form, group: PayGroup, act: Callable[[Any], PayGroup]) -> ResponseReturnValue:
    if form.done(act):
        return saved("list_pay_groups")
    return render_template(
        "operator/pay_group.html",
        group=group,
        form=form,
        events=timeline("pay_group", group.id, limit=SHOWN),
        **_choices(),
    ), form.status


def _choices() -> dict[str, Any]:
    return {
        "countries": countries(),
        "continents": by_continent(),
        "weekdays": [(str(number), name) for number, name in enumerate(weekdays(), 1)],
        "zones": [(name, name) for name in zones()],
    }
