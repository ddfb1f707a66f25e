"""Pictures of the objective and of what other weights would change: fill, offers and hours, before beside after."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext

from marketplace.matching.fairness import beside
from marketplace.matching.objective import OF_SEATS, Part, Weights
from marketplace.web import pictures, words
from marketplace.web.pictures import Segment, stacked
from marketplace.web.words import duration, name_of


@dataclass(frozen=True, slots=True)
class Beside:
    """Two bars of one scale: as it is, and as it would be. `said` are the numbers of each in words."""

    title: str
    before: Sequence[Segment]
    after: Sequence[Segment]
    said: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Shown:
    """A report of what weights change, as a page shows it; `sums` are of everybody, then by place and by language."""

    plans: int
    days: int
    moved: int
    seats: int
    sums: Sequence[Beside]
    places: Sequence[Beside]
    languages: Sequence[Beside]


def weights_bar(weights: Weights) -> list[Segment]:
    """What ranks people, each part as wide as it weighs."""
    return stacked(
        [pictures.Part(name_of("part_itself", part), str(weight), weight) for part, weight in weights.ranking.items()]
    )


def of_seats(weights: Weights) -> list[tuple[str, int]]:
    """What a seat weighs whoever has it."""
    return [(name_of("part_itself", part), weight) for part in OF_SEATS if (weight := weights.of(part))]


def changed(tried: Mapping[str, int], ahead: Weights) -> list[tuple[str, int, int]]:
    """Parts that weigh something else than before: name, before, after."""
    return [
        (name_of("part_itself", part), ahead.of(part), tried[part.value])
        for part in Part
        if tried[part.value] != ahead.of(part)
    ]


def shown(result: Mapping[str, Any]) -> Shown | None:
    """The report of a trial, or of a version; None where nothing was tried."""
    if not result:
        return None
    before, after = result["before"], result["after"]
    countries = dict(words.countries())
    languages = dict(words.languages())
    return Shown(
        plans=result["plans"],
        days=result["days"],
        moved=result["moved"],
        seats=before["offers"],
        sums=[
            _filled(gettext("Seats filled"), before, after, "seats", "filled"),
            _filled(gettext("Seats that begin within 72 hours"), before, after, "urgent_seats", "urgent_filled"),
            _people(gettext("People with a seat"), before, after),
        ],
        places=[
            _hours(countries.get(code, code) if code else gettext("in other countries"), one, other, most)
            for most in [_most(before["places"], after["places"])]
            for code, one, other in beside(before["places"], after["places"])
        ],
        languages=[
            _hours(languages.get(str(code), str(code)), one, other, most)
            for most in [_most(before["languages"], after["languages"])]
            for code, one, other in beside(before["languages"], after["languages"])
        ],
    )


def _filled(title: str, before: Mapping[str, Any], after: Mapping[str, Any], seats: str, filled: str) -> Beside:
    def bar(row: Mapping[str, Any]) -> list[Segment]:
        rest = row[seats] - row[filled]
        return stacked(
            [
                pictures.Part(gettext("filled"), str(row[filled]), row[filled], "a"),
                pictures.Part(gettext("open"), str(rest), rest, "d"),
            ]
        )

    said = [gettext("%(filled)s of %(seats)s", filled=row[filled], seats=row[seats]) for row in (before, after)]
    return Beside(title, bar(before), bar(after), (said[0], said[1]))


def _people(title: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Beside:
    def bar(row: Mapping[str, Any]) -> list[Segment]:
        rest = row["people"] - row["asked"]
        return stacked(
            [
                pictures.Part(gettext("with a seat"), str(row["asked"]), row["asked"], "a"),
                pictures.Part(gettext("without"), str(rest), rest, "ground"),
            ]
        )

    said = [gettext("%(asked)s of %(people)s", asked=row["asked"], people=row["people"]) for row in (before, after)]
    return Beside(title, bar(before), bar(after), (said[0], said[1]))


def _hours(title: str, before: Mapping[str, Any], after: Mapping[str, Any], most: int) -> Beside:
    def bar(row: Mapping[str, Any]) -> list[Segment]:
        minutes = row["minutes"] or 0
        return stacked([pictures.Part(gettext("hours"), duration(minutes), minutes, "a")], most)

    said = [_of_group(row) for row in (before, after)]
    return Beside(title, bar(before), bar(after), (said[0], said[1]))


def _of_group(row: Mapping[str, Any]) -> str:
    """What reached a group; where too few of it were asked, only of how many people it is and what was filled."""
    words: str
    if row["minutes"] is None:
        words = gettext(
            "too few of %(people)s people were asked to tell more; %(filled)s of %(seats)s seats filled",
            **{name: row[name] for name in ("people", "filled", "seats")},
        )
    else:
        words = gettext(
            "%(hours)s in %(offers)s offers to %(asked)s of %(people)s people; %(filled)s of %(seats)s seats filled",
            hours=duration(row["minutes"]),
            **{name: row[name] for name in ("offers", "asked", "people", "filled", "seats")},
        )
    return words


def _most(*lists: Sequence[Mapping[str, Any]]) -> int:
    return max((row["minutes"] or 0 for rows in lists for row in rows), default=0)
