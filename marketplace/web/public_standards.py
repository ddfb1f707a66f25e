"""Pages for everybody about what is fair: the calculator, and what is asked of the service and what holds it."""

from collections import Counter
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from marketplace.core import clock
from marketplace.core.limits import CURIOUS, limiter
from marketplace.standards import calculator as calculating
from marketplace.standards import queries
from marketplace.standards.calculator import Reckoning
from marketplace.standards.commitments import BY_ORIGIN, COMMITMENTS, State
from marketplace.standards.day_laws import laws_of_place
from marketplace.standards.nights import night_laws_of
from marketplace.standards.overtime import law_of
from marketplace.standards.schemas import offer_of
from marketplace.web import choices, verdict_pictures, words
from marketplace.web.calculator_form import FOR_GRANTED, OfferForm
from marketplace.web.company_pictures import ORDER, verdict_bar, verdict_words
from marketplace.web.forms import Form
from marketplace.web.pictures import Part, Segment, stacked
from marketplace.web.public import blueprint
from marketplace.web.words import origin_words, state_words

_FILLS = {State.HELD: "pass", State.IN_PART: "note", State.NOT_YET: "ground"}


@blueprint.get("/calculator")
@limiter.limit(CURIOUS)
def calculator() -> ResponseReturnValue:
    """What the gate would say to an offer that stands in the address. Nothing is stored."""
    form = Form(OfferForm())
    reckoning = form.run(_reckoned, request.args) if request.args else None
    page = render_template(
        "public/calculator.html",
        form=form,
        places=_places(),
        currencies=words.currencies(),
        models=[*choices.choices(choices.MODELS), ("performance", gettext("only for success"))],
        hazard_classes=choices.hazard_classes(),
        hazard_categories=choices.hazard_categories(),
        examples=_examples(),
        reckoning=reckoning,
        **(_answer(reckoning) if reckoning else {}),
    )
    return page, form.status


def _reckoned(given: dict[str, Any]) -> Reckoning:
    codes = [(place["country"], place["subdivision"]) for place in given["places"]]
    return calculating.reckon(offer_of(given), codes, given["on"] or clock.now().date())


def _answer(reckoning: Reckoning) -> dict[str, Any]:
    asked = [verdict for verdict in reckoning.verdicts if verdict.rule not in FOR_GRANTED]
    verdicts = sorted(asked, key=lambda each: ORDER.index(each.outcome))
    return {
        "verdicts": [(verdict, None) for verdict in verdicts],
        "verdict_bar": verdict_bar(verdicts),
        "verdict_words": verdict_words(verdicts),
        "against": verdict_pictures.against_floors(reckoning),
        "money_bar": verdict_pictures.money_bar(reckoning),
        "money_sentence": verdict_pictures.money_sentence(reckoning),
    }


def _places() -> list[tuple[str, str]]:
    """Every country, with the parts of it whose own law is known, by the name of the country."""
    parts: dict[str, list[str]] = {"US": ["US-KS"]}
    for region in queries.regions(clock.now().date()):
        if region.subdivision is not None:
            parts.setdefault(region.country, []).append(region.subdivision)
    return [
        (code, f"{name} ({code})" if code != country else name)
        for country, name in words.countries()
        for code in (country, *sorted(parts.get(country, ())))
    ]


def _examples() -> list[tuple[str, str]]:
    offers: list[tuple[str, dict[str, Any]]] = [
        (gettext("15 dollars an hour in Kansas"), {"place": "US-KS", "rate": "15.00"}),
        (
            gettext("1.32 of 12.50 dollars in Kenya, hateful text, as TIME told of it"),
            {"place": "KE", "rate": "1.32", "client_pays": "12.50", "hazard_class": "H2", "hazard_categories": "hate"},
        ),
        (
            gettext("5 cents a picture in Indonesia, 90 seconds each"),
            {"place": "ID", "payment_model": "piece", "piece_price": "0.05", "seconds": "90"},
        ),
    ]
    return [(label, url_for("public.calculator", currency="USD", **offer)) for label, offer in offers]


@blueprint.get("/regions")
def list_regions() -> str:
    """What is known of every place today."""
    known = queries.regions(clock.now().date())
    return render_template("public/regions.html", regions=known, named_place=words.named_place)


@blueprint.get("/regions/<code>")
def region(code: str) -> str:
    """Every version of what is known of a place, with what each changed."""
    country, _, part = code.partition("-")
    where = (country, code if part else None)
    versions, laws = queries.history(*where), law_of(*where).over_time()
    told = {"versions": versions, "laws": laws, "day_laws": laws_of_place(*where)}
    told["night_laws"] = night_laws_of(*where)
    return render_template("public/region.html", place=words.named_place(*where), **told)


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
