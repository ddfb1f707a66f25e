"""Pictures of a company's public record: where people live, what an hour brings, what reaches them, how things end."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from flask_babel import get_locale, gettext

from marketplace.insight.company_report import Report
from marketplace.web.pictures import Part, Segment, stacked
from marketplace.web.words import money_words, name_of, territories

_ENDS = {"open": "note", "unclaimed": "c", "withdrawn": "d", "ruled": "a", "not_ruled": "b", "advanced": "e"}


@dataclass(frozen=True, slots=True)
class Picture:
    """A bar with what it is of, in words; `said` are further numbers beside it."""

    title: str
    segments: Sequence[Segment]
    said: Sequence[tuple[str, str]] = ()


def places(report: Report) -> list[Segment]:
    """Where people live."""
    names = dict(territories(str(get_locale() or "en")))
    return stacked(
        [
            Part(
                names.get(place.country, place.country) if place.country else gettext("in other countries"),
                str(place.people),
                place.people,
                "" if place.country else "ground",
            )
            for place in report.places
        ]
    )


def pay(report: Report) -> list[Picture]:
    """What an hour brings, a bar for each currency: up to a quarter, half and three quarters of the people."""
    found = []
    for each in report.pay:
        lower, median, upper = each.lower, each.median, each.upper
        steps = [
            (gettext("a quarter has at most"), lower, lower.amount, "c"),
            (gettext("half have at most"), median, (median - lower).amount, "a"),
            (gettext("three quarters have at most"), upper, (upper - median).amount, "b"),
        ]
        parts = [Part(label, money_words(amount), size, kind) for label, amount, size, kind in steps]
        said = [(label, money_words(amount)) for label, amount, _, _ in steps]
        title = gettext("An hour in %(currency)s, %(people)s people", currency=lower.currency, people=each.people)
        found.append(Picture(title, stacked(parts), said))
    return found


def reached(report: Report) -> list[Picture]:
    """What of each currency reaches the people who work, out of a hundred."""
    return [
        Picture(
            each.currency,
            _of_hundred(gettext("reaches the people who work"), each.percent, gettext("stays with others")),
        )
        for each in report.reached
    ]


def cuts(report: Report) -> list[Segment]:
    """How cuts of timesheets ended."""
    ends = report.cuts.ends if report.cuts else {}
    return stacked([Part(name_of("cut_end", end), str(n), n, _ENDS[end]) for end, n in ends.items()])


def hazards(report: Report) -> list[Segment]:
    """Hours by class, where enough people worked in it."""
    return stacked(
        [
            Part(
                name_of("hazard", each.hazard_class),
                gettext("%(hours)s hours", hours=each.hours),
                int(10 * each.hours),
                "abde"[int(str(each.hazard_class)[1])],
            )
            for each in report.hazards
            if each.hours is not None
        ]
    )


def turnover(report: Report) -> list[Picture]:
    """How many of the contracts ended."""
    return [
        Picture(
            gettext("In the %(days)s days before the end of the quarter", days=each.days),
            stacked(
                [
                    Part(gettext("ended"), str(each.ended), each.ended, "d"),
                    Part(gettext("went on"), str(each.in_force - each.ended), each.in_force - each.ended, "a"),
                ]
            ),
        )
        for each in report.turnover
    ]


def punctual(report: Report) -> list[Segment]:
    """How many shifts were paid in time, out of a hundred."""
    told = report.time_to_pay
    return [] if told is None else _of_hundred(gettext("paid in time"), told.percent_in_time, gettext("paid later"))


def _of_hundred(label: str, percent: Decimal, other: str) -> list[Segment]:
    rest = 100 - percent
    return stacked(
        [Part(label, f"{percent} %", int(10 * percent), "a"), Part(other, f"{rest} %", int(10 * rest), "ground")]
    )
