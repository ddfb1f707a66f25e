"""Pictures of the objective and of what other weights would change: fill, offers and hours, before beside after."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext, ngettext

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


@dataclass(frozen=True, slots=True)
class Realised:
    """What happened before and after a change, as a page shows it, between `since` and `until`."""

    version: int
    since: datetime
    changed_at: datetime
    until: datetime
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


def realised(found: Mapping[str, Any]) -> Realised:
    """What happened before and after a change; the bars of hours have one scale by place, and one by language."""
    before, after = found["before"], found["after"]
    countries, languages = dict(words.countries()), dict(words.languages())
    return Realised(
        version=found["version"],
        since=before["starts_at"],
        changed_at=found["changed_at"],
        until=after["ends_at"],
        sums=[
            _filled(gettext("Seats filled"), before, after, "seats", "filled"),
            _happened(gettext("Hours of everybody"), before, after, _most([before, after])),
        ],
        places=_groups(found["places"], countries),
        languages=_groups(found["languages"], languages),
    )


def _groups(groups: Sequence[Mapping[str, Any]], names: Mapping[str, str]) -> list[Beside]:
    most = _most(*([each["before"], each["after"]] for each in groups))
    return [
        _happened(
            gettext("in other countries") if each["code"] is None else names.get(each["code"], each["code"]),
            each["before"],
            each["after"],
            most,
        )
        for each in groups
    ]


def _happened(title: str, before: Mapping[str, Any], after: Mapping[str, Any], most: int) -> Beside:
    return Beside(title, _bar_of_hours(before, most), _bar_of_hours(after, most), (_numbers(before), _numbers(after)))


def _numbers(row: Mapping[str, Any]) -> str:
    """What happened in a group; where too few people stand behind it, only what was filled of the work for it."""
    seats = ngettext(
        "%(filled)s of %(num)d seat filled", "%(filled)s of %(num)d seats filled", row["seats"], filled=row["filled"]
    )
    hours = gettext("too few people to tell more") if row["people"] is None else _hours_of_people(row)
    return f"{hours}; {seats}" if row["seats"] else hours


def _hours_of_people(row: Mapping[str, Any]) -> str:
    told: str = gettext(
        "%(hours)s of work and %(offers)s offers for %(people)s people",
        hours=duration(row["minutes"]),
        offers=row["offers"],
        people=row["people"],
    )
    return told


def _bar_of_hours(row: Mapping[str, Any], most: int) -> list[Segment]:
    minutes = row["minutes"] or 0
    return stacked([pictures.Part(gettext("hours"), duration(minutes), minutes, "a")], most)


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
    said = [_of_group(row) for row in (before, after)]
    return Beside(title, _bar_of_hours(before, most), _bar_of_hours(after, most), (said[0], said[1]))


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
