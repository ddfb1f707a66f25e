"""The page on which everybody reads what counts when people are asked to work, in every version of it."""

from flask import render_template

from marketplace.matching import weighing
from marketplace.matching.fairness import LEAST_PEOPLE
from marketplace.matching.objective import MEANINGS, NEVER
from marketplace.web import weights_pictures as pictures
from marketplace.web.public import blueprint
from marketplace.web.words import name_of


@blueprint.get("/weights")
def show_weights() -> str:
    """What gives points, how much it weighs and weighed, what each change did, and what never counts."""
    now = weighing.current()
    return render_template(
        "public/weights.html",
        now=now,
        now_bar=pictures.weights_bar(now),
        now_seats=pictures.of_seats(now),
        meanings=[(name_of("part_itself", part), meaning) for part, meaning in MEANINGS.items()],
        never=NEVER,
        versions=[
            {
                "version": version,
                "bar": pictures.weights_bar(version.weights),
                "seats": pictures.of_seats(version.weights),
                "report": pictures.shown(version.report),
            }
            for version in reversed(weighing.history())
        ],
        least=LEAST_PEOPLE,
    )
