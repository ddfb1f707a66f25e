"""Pages for everybody about what is fair: what is asked of the service and what holds it."""

from collections import Counter

from flask import render_template
from flask_babel import gettext

from marketplace.standards.commitments import BY_ORIGIN, COMMITMENTS, State
from marketplace.web.pictures import Part, Segment, stacked
from marketplace.web.public import blueprint
from marketplace.web.words import origin_words, state_words

_FILLS = {State.HELD: "pass", State.IN_PART: "note", State.NOT_YET: "ground"}


@blueprint.get("/fairness")
def fairness() -> str:
    """Each row of what guidelines, standards and the house ask: held, held in part, or not yet."""
    return render_template(
        "public/fairness.html",
        rows=BY_ORIGIN,
        headings=origin_words(),
        states=state_words(),
        bar=_states_bar(),
        bar_words=_states_words(),
    )


def _states_bar() -> list[Segment]:
    counted, words = Counter(row.state for row in COMMITMENTS), state_words()
    return stacked([Part(words[state], str(counted[state]), counted[state], _FILLS[state]) for state in State])


def _states_words() -> str:
    held = sum(row.state is State.HELD for row in COMMITMENTS)
    return str(gettext("%(held)s of %(all)s rows are held.", held=held, all=len(COMMITMENTS)))
