"""Weights of matching at the desk: what holds, what other weights would change, and the next version."""

from typing import Any
from uuid import UUID

from flask import render_template, request
from flask.typing import ResponseReturnValue

from marketplace.accounts.auth import actor
from marketplace.core import clock
from marketplace.core.http import page
from marketplace.core.problems import NotFound
from marketplace.matching import realised, trials, weighing
from marketplace.matching.fairness import LEAST_PEOPLE
from marketplace.matching.models import Trial
from marketplace.matching.objective import HEAVIEST, HEAVIEST_SEAT, MEANINGS, OF_SEATS
from marketplace.matching.rules import TrialKind
from marketplace.matching.schemas import NewWeightsSchema, NewWeightsTrialSchema
from marketplace.web import weights_pictures as pictures
from marketplace.web.forms import Form
from marketplace.web.operator import SHOWN, after, blueprint, saved
from marketplace.web.words import name_of


@blueprint.route("/weights", methods=["GET", "POST"])
def list_weights() -> ResponseReturnValue:
    """What holds now, the form that tries other weights, and what was tried."""
    by = actor()
    now, ahead = weighing.current(), weighing.newest()
    form = Form(NewWeightsTrialSchema, {f"weights.{part.value}": str(ahead.of(part)) for part in MEANINGS})
    if request.method == "POST":
        made = form.run(lambda data: trials.order_weights(data["weights"], by=by))
        if made is not None:
            return saved("show_weights_trial", trial_id=made.id)
    return render_template(
        "operator/weights.html",
        now=now,
        now_bar=pictures.weights_bar(now),
        now_seats=pictures.of_seats(now),
        ahead=ahead,
        parts=[
            (part.value, name_of("part_itself", part), meaning, HEAVIEST_SEAT if part in OF_SEATS else HEAVIEST)
            for part, meaning in MEANINGS.items()
        ],
        trials=page(trials.trials_of_weights(seen_by=by), Trial.id, limit=SHOWN, after=after()),
        form=form,
    ), form.status


@blueprint.get("/weights/realised")
def show_realised_weights() -> str:
    """What really happened before and after each change, as pictures."""
    found = realised.report(seen_by=actor())
    return render_template(
        "operator/weights_realised.html", changes=[pictures.realised(each) for each in found], least=LEAST_PEOPLE
    )


@blueprint.route("/weights/trials/<uuid:trial_id>", methods=["GET", "POST"])
def show_weights_trial(trial_id: UUID) -> ResponseReturnValue:
    """What the weights would change, and the form that publishes them."""
    by = actor()
    trial = trials.trial(trial_id, seen_by=by)
    if trial.kind is not TrialKind.WEIGHTS:
        raise NotFound
    form = Form(NewWeightsSchema(exclude=("trial_id",)), {"valid_from": clock.now().date().isoformat()})
    if form.done(lambda data: _publish(trial_id, data)):
        return saved("list_weights")
    return render_template(
        "operator/weights_trial.html",
        trial=trial,
        changed=pictures.changed(trial.tried["weights"], weighing.of(trial.weights_version)),
        shown=pictures.shown(trial.result),
        ahead=weighing.newest(),
        least=LEAST_PEOPLE,
        form=form,
    ), form.status


def _publish(trial_id: UUID, data: dict[str, Any]) -> None:
    weighing.publish(trial_id, **data, by=actor())
