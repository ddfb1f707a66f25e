"""Words for the numbers of rules, and for what a verdict was judged by."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

from flask_babel import gettext, lazy_gettext
from flask_babel.speaklater import LazyString

from marketplace.standards.premium_days import PremiumDay
from marketplace.web.verdict_words import verdict_said
from marketplace.web.words import amounts, day, duration, name_of, named_place, number, said, status_words, when

PARAMETERS: Mapping[str, LazyString] = MappingProxyType(
    {
        "hours_a_day": lazy_gettext("hours a day"),
        "hours_a_week_where_unknown": lazy_gettext("hours a week where none are known"),
        "usd_cents_an_hour": lazy_gettext("US cents an hour"),
        "most_wait_hours": lazy_gettext("hours of waiting at most"),
        "least_gigs": lazy_gettext("gigs at least"),
        "least_companies": lazy_gettext("companies at least"),
        "least_percent": lazy_gettext("percent at least"),
        "most_times": lazy_gettext("times at most"),
        "least_workers": lazy_gettext("workers at least"),
        "least_items": lazy_gettext("items at least"),
        "least_hours": lazy_gettext("hours at least"),
        "minutes_without_pilot": lazy_gettext("minutes without a pilot"),
        "notice_hours": lazy_gettext("hours of notice"),
        "least_questions": lazy_gettext("questions at least"),
        "keep_days": lazy_gettext("days encrypted words are kept"),
        "wait_days": lazy_gettext("days of waiting at most before one may begin anew"),
        "measured_days": lazy_gettext("days that are measured"),
        "people": lazy_gettext("people"),
        "h2_premium_percent": lazy_gettext("premium for H2 in percent"),
        "h3_premium_percent": lazy_gettext("premium for H3 in percent"),
        "h1_minutes_a_day": lazy_gettext("minutes of H1 a day"),
        "h1_minutes_a_week": lazy_gettext("minutes of H1 a week"),
        "h2_minutes_a_day": lazy_gettext("minutes of H2 a day"),
        "h2_minutes_a_week": lazy_gettext("minutes of H2 a week"),
        "h3_minutes_a_day": lazy_gettext("minutes of H3 a day"),
        "h3_minutes_a_week": lazy_gettext("minutes of H3 a week"),
        "months": lazy_gettext("months"),
        "years": lazy_gettext("years"),
        "minutes": lazy_gettext("minutes"),
        "za_minutes": lazy_gettext("minutes in South Africa"),
        "ua_minutes": lazy_gettext("minutes in Ukraine"),
        "after_minutes": lazy_gettext("after minutes"),
        "proposal_days": lazy_gettext("days for a proposal"),
        "exchange_percent": lazy_gettext("percent at most that an exchange keeps"),
        "first_days": lazy_gettext("days before, the first time"),
        "last_days": lazy_gettext("days before, the last time"),
        "pause_days": lazy_gettext("days of pause"),
        "forget_days": lazy_gettext("days until it is forgotten"),
        "weeks": lazy_gettext("weeks"),
        "least_people": lazy_gettext("people at least"),
        "pause_below_seats": lazy_gettext("pauses below so many seats"),
        "reopen_from_seats": lazy_gettext("opens again from so many seats"),
        "care_days": lazy_gettext("days of care"),
        "most_days": lazy_gettext("days at most"),
        "days_to_contest": lazy_gettext("days to contest"),
        "most_kept_percent": lazy_gettext("percent at most that may be missing"),
        "answer_days": lazy_gettext("days to an answer"),
        "valid_days": lazy_gettext("days for which it is valid"),
        "answers_together": lazy_gettext("answers shown together"),
        "days_to_answer": lazy_gettext("days to answer"),
        "low_hundredths": lazy_gettext("low mark in hundredths"),
        "least_decisions": lazy_gettext("decisions at least"),
        "days_back": lazy_gettext("days back"),
        "least_score": lazy_gettext("score at least"),
        "points_when_birth_differs": lazy_gettext("points when the birth date differs"),
        "days_after_decision": lazy_gettext("days after the decision"),
        "most_documents": lazy_gettext("documents at most"),
        "least_minutes": lazy_gettext("minutes at least"),
        "most_minutes": lazy_gettext("minutes at most"),
        "within_hours": lazy_gettext("within hours"),
        "days": lazy_gettext("days"),
        "prior_offers": lazy_gettext("offers before"),
        "prior_yeses": lazy_gettext("yeses before"),
        "h2_months": lazy_gettext("months after H2"),
        "h3_months": lazy_gettext("months after H3"),
        "most_hours": lazy_gettext("hours at most"),
        "last_days_without": lazy_gettext("last days without it"),
        "wait_minutes": lazy_gettext("minutes to wait at most until it reaches somebody"),
        "late_minutes": lazy_gettext("minutes within which it counts as seen at once"),
        "soon_hours": lazy_gettext("hours before a shift that count as soon"),
        "h0_minutes": lazy_gettext("minutes of break in H0"),
        "h0_every_minutes": lazy_gettext("every so many minutes in H0"),
        "h1_minutes": lazy_gettext("minutes of break in H1"),
        "h1_every_minutes": lazy_gettext("every so many minutes in H1"),
        "h2_minutes": lazy_gettext("minutes of break in H2"),
        "h2_every_minutes": lazy_gettext("every so many minutes in H2"),
        "h3_minutes": lazy_gettext("minutes of break in H3"),
        "h3_every_minutes": lazy_gettext("every so many minutes in H3"),
        "percent_where_unknown": lazy_gettext("percent where none is known"),
        "minutes_a_week_where_unknown": lazy_gettext("minutes a week where none are known"),
        "percent": lazy_gettext("percent"),
        "hours": lazy_gettext("hours"),
        "least_alike": lazy_gettext("points of likeness at least, of 100"),
        "file_kept_days": lazy_gettext("days that a file is kept"),
        "from_hour": lazy_gettext("from the hour"),
        "to_hour": lazy_gettext("to the hour"),
        "whole_within_hours": lazy_gettext("all of it within hours"),
        "half_within_hours": lazy_gettext("half of it within hours"),
        "ready_minutes": lazy_gettext("minutes of standing by"),
        "unused_percent": lazy_gettext("percent of the schedule paid in vain"),
        "call_within_hours": lazy_gettext("called from hours before"),
        "answer_minutes": lazy_gettext("minutes to come"),
        "half_points": lazy_gettext("points less than 72 hours before"),
        "whole_points": lazy_gettext("points less than 24 hours before"),
        "missed_points": lazy_gettext("points of a missed shift"),
        "free_minutes": lazy_gettext("minutes after the yes that are free"),
        "live_strikes": lazy_gettext("strikes in force that are looked at together"),
        "after_hours": lazy_gettext("hours after the shift"),
        "ask_within_hours": lazy_gettext("asked within hours"),
        "again_within_hours": lazy_gettext("asked again within hours"),
        "moved_hour_within_days": lazy_gettext("an hour at least when moved within days"),
        "added_hour_within_days": lazy_gettext("an hour beside it when added within days"),
        "paid_minutes": lazy_gettext("paid minutes"),
        "believed_minutes": lazy_gettext("late and taken as it is, minutes"),
        "claimed_hours": lazy_gettext("late and taken as a claim, hours"),
        "correct_within_hours": lazy_gettext("to be corrected within hours"),
        "report_within_hours": lazy_gettext("to be reported within hours"),
        "paid_shifts_in_30_days": lazy_gettext("paid shifts in 30 days"),
        "hand_in_hours": lazy_gettext("hours to hand in"),
        "silence_hours": lazy_gettext("hours of silence"),
        "fee_minutes": lazy_gettext("minutes of fee"),
        "most_people_asked_a_day": lazy_gettext("people asked by name a day at most"),
        "most_proposals_for_a_shift": lazy_gettext("shifts offered for one at most"),
        "claim_days": lazy_gettext("days to claim"),
        "ruling_days": lazy_gettext("days to a ruling"),
        "times_in_30_days": lazy_gettext("times in 30 days"),
        "hours_worked_per_hour": lazy_gettext("hours worked for an hour of leave"),
        "most_hours_a_year": lazy_gettext("hours a year at most"),
        "us_ny_hours_a_year": lazy_gettext("hours a year in New York"),
        "us_co_hours_a_year": lazy_gettext("hours a year in Colorado"),
        "told_days_before": lazy_gettext("told so many days before"),
        "days_back_for_floors": lazy_gettext("days back for floors"),
        "refusal_counts_hours_before": lazy_gettext("a refusal counts if so many hours before"),
        "refusal_counts_hours_open": lazy_gettext("a refusal counts if open so many hours"),
        "settled_hours_after": lazy_gettext("settled so many hours after"),
        "indicators_for_presumption": lazy_gettext("facts for a presumption"),
        "dependence_percent": lazy_gettext("percent that make dependent"),
        "dependence_least_hours": lazy_gettext("hours at least for dependence"),
        "notice_days": lazy_gettext("days of notice"),
        "silent_minutes": lazy_gettext("silent minutes"),
        "times_p75": lazy_gettext("times the time of three in four"),
        "least_attempts": lazy_gettext("attempts at least"),
        "resume_hours": lazy_gettext("hours to go on"),
        "days_open": lazy_gettext("days open to comments"),
        "days_to_contest_result": lazy_gettext("days to contest a result"),
        "renew_days": lazy_gettext("days to renew"),
        "most_level": lazy_gettext("highest level"),
    }
)
"""What the numbers of the published rules are called."""

INPUTS: Mapping[str, LazyString] = MappingProxyType(
    {
        "age": lazy_gettext("age"),
        "agreed_rate": lazy_gettext("agreed rate"),
        "an_hour_of_pieces": lazy_gettext("an hour of pieces"),
        "approved_minutes": lazy_gettext("approved minutes"),
        "because": lazy_gettext("because"),
        "booked_from": lazy_gettext("booked from"),
        "break_minutes": lazy_gettext("minutes of break"),
        "care_line": lazy_gettext("whom people call"),
        "categories": lazy_gettext("content"),
        "chosen_at_most": lazy_gettext("minutes chosen at most"),
        "class": lazy_gettext("class"),
        "company": lazy_gettext("company"),
        "company_pays": lazy_gettext("the company pays"),
        "contract_version": lazy_gettext("contract version"),
        "country": lazy_gettext("country"),
        "criteria": lazy_gettext("criteria"),
        "currency": lazy_gettext("currency"),
        "day_minutes": lazy_gettext("minutes that day"),
        "day_of": lazy_gettext("day"),
        "decided_by": lazy_gettext("decided by"),
        "dependence": lazy_gettext("dependence on one company"),
        "directs_how": lazy_gettext("the company directs how work is done"),
        "earned_with_premium": lazy_gettext("earned with premium"),
        "effective_rate": lazy_gettext("effective rate"),
        "ended": lazy_gettext("ended"),
        "exclusive": lazy_gettext("no work for others"),
        "finished": lazy_gettext("finished"),
        "first_start": lazy_gettext("first start"),
        "fixed_hours": lazy_gettext("the hours are fixed"),
        "floor": lazy_gettext("floor"),
        "floor_with_premium": lazy_gettext("floor with premium"),
        "held": lazy_gettext("set aside"),
        "highest": lazy_gettext("highest"),
        "highest_class": lazy_gettext("highest class"),
        "house_floor": lazy_gettext("house floor"),
        "indicators": lazy_gettext("facts found"),
        "integrated": lazy_gettext("part of the company's teams"),
        "items": lazy_gettext("items"),
        "kept_by_nobody_named": lazy_gettext("kept by nobody named"),
        "label": lazy_gettext("what the contract calls it"),
        "last_end": lazy_gettext("last end"),
        "living_wage": lazy_gettext("living wage"),
        "lowest": lazy_gettext("lowest"),
        "margin": lazy_gettext("margin"),
        "margins": lazy_gettext("margins"),
        "minimum_hourly_wage": lazy_gettext("minimum hourly wage"),
        "minimum_wage": lazy_gettext("minimum wage"),
        "minutes": lazy_gettext("minutes"),
        "minutes_with_this_shift": lazy_gettext("minutes with this shift"),
        "missing": lazy_gettext("missing"),
        "needed": lazy_gettext("needed"),
        "not_reached": lazy_gettext("places where no payment rail pays"),
        "not_payable_in_own": lazy_gettext("places not payable in their own currency"),
        "of_which_new": lazy_gettext("of which new"),
        "offered_rate": lazy_gettext("offered rate"),
        "on": lazy_gettext("on"),
        "opt_in": lazy_gettext("opt-in"),
        "opted_in": lazy_gettext("opted in"),
        "paid": lazy_gettext("paid"),
        "payment_model": lazy_gettext("model of payment"),
        "piece_price": lazy_gettext("price of a piece"),
        "most_pieces_an_hour": lazy_gettext("most pieces of an hour"),
        "place": lazy_gettext("place"),
        "places": lazy_gettext("places"),
        "platform_fee": lazy_gettext("the service's fee"),
        "premium": lazy_gettext("premium"),
        "protected": lazy_gettext("protected attributes"),
        "proven": lazy_gettext("proven"),
        "rate": lazy_gettext("rate"),
        "reaches_contractor": lazy_gettext("reaches the contractor"),
        "refused": lazy_gettext("refused"),
        "rest_minutes": lazy_gettext("minutes of rest"),
        "restriction": lazy_gettext("restriction"),
        "scope": lazy_gettext("how far it reaches"),
        "seconds_of_three_in_four": lazy_gettext("seconds of three items in four"),
        "sets_times": lazy_gettext("the company sets the times"),
        "share": lazy_gettext("share"),
        "signatory": lazy_gettext("signatory"),
        "status": lazy_gettext("state"),
        "strictest_part": lazy_gettext("strictest part"),
        "supplies_equipment": lazy_gettext("the company provides the equipment"),
        "taken_from_pay": lazy_gettext("taken out of the pay"),
        "timezone": lazy_gettext("time zone"),
        "unknown": lazy_gettext("unknown"),
        "unlawful": lazy_gettext("unlawful"),
        "unpaid_minutes": lazy_gettext("unpaid minutes"),
        "until": lazy_gettext("until"),
        "verified_by_another": lazy_gettext("verified by another person"),
        "week_minutes": lazy_gettext("minutes that week"),
        "week_of": lazy_gettext("week"),
        "without_consent": lazy_gettext("without consent"),
        "worked_minutes": lazy_gettext("minutes worked"),
        "workers": lazy_gettext("workers"),
        "zone": lazy_gettext("time zone"),
    }
)
"""What a verdict was judged by, by its name among the inputs."""

_VALUES: Mapping[str, LazyString] = MappingProxyType(
    {
        "none": lazy_gettext("none"),
        "yes": lazy_gettext("yes"),
        "no": lazy_gettext("no"),
        "not measured": lazy_gettext("not measured"),
        "not measured yet": lazy_gettext("not measured yet"),
        "verified": lazy_gettext("verified"),
        "not verified": lazy_gettext("not verified"),
        "required": lazy_gettext("required"),
        "unknown": lazy_gettext("unknown"),
        "free": lazy_gettext("free"),
        "named": lazy_gettext("named"),
        "not named": lazy_gettext("not named"),
        "minimum_wage": lazy_gettext("minimum wage"),
        "minimum_hourly_wage": lazy_gettext("minimum hourly wage"),
        "living_wage": lazy_gettext("living wage"),
        "house_floor": lazy_gettext("house floor"),
        "hourly": lazy_gettext("by the hour"),
        "piece": lazy_gettext("by the piece"),
        "hybrid": lazy_gettext("by the hour and the piece"),
        "performance": lazy_gettext("only for success"),
    }
)
"""Inputs that are words of their own."""

_CODES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "class": "hazard",
        "highest_class": "hazard",
        "categories": "category",
        "without_consent": "category",
        "unlawful": "category",
        "scope": "scope",
        "label": "engagement",
    }
)
_PLACES: Final = frozenset({"country", "not_payable_in_own"})
"""Inputs that are codes of places, as "CO, US-KS"."""
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d\S*")
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")
_UUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def parameter_name(name: str) -> str:
    """What a number of a rule is called; one without a word, as an older edition may have, by its name."""
    return str(PARAMETERS.get(name) or name.replace("_", " "))


def input_name(name: str) -> str:
    """What an input of a verdict is called; one without a word by its name."""
    return str(INPUTS.get(name) or name.replace("_", " "))


def input_words(name: str, value: object, zone: str | None = None) -> str:
    """An input of a verdict as people read it, moments in the IANA zone. Nothing for a number that only refers."""
    text = str(value)
    if _UUID.fullmatch(text):
        return ""
    if text in _VALUES:
        return str(_VALUES[text])
    if _MOMENT.fullmatch(text):
        return when(datetime.fromisoformat(text), zone)
    if _DAY.fullmatch(text):
        return day(date.fromisoformat(text))
    if name == "status":
        return status_words(text)
    if name in _PLACES:
        return ", ".join(
            named_place(code.partition("-")[0], code if "-" in code else None) for code in text.split(", ")
        )
    if name in _CODES:
        return ", ".join(name_of(_CODES[name], code) for code in text.split(", "))
    for pattern, tell in _SHAPES:
        if (found := pattern.fullmatch(text)) is not None:
            return tell(found)
    return verdict_said(text)


def _wage(found: re.Match[str]) -> str:
    """A wage of the law, the hours that it was divided by, and the rate that it was exchanged at."""
    wage = gettext("%(money)s per %(period)s", money=amounts(found[1]), period=name_of("period", found[2]))
    hours = f" / {gettext('%(hours)s h', hours=number(Decimal(found[3])))}" if found[3] else ""
    rate = f" × {number(Decimal(found[4]))} ({found[5]}, {day(date.fromisoformat(found[6]))})" if found[4] else ""
    return f"{wage}{hours}{rate}"


def _share(found: re.Match[str]) -> str:
    percent = f"{number(Decimal(found[1]))} %"
    return str(gettext("%(percent)s on top", percent=percent)) if found[2] else percent


def _minutes(found: re.Match[str]) -> str:
    kinds = (each.rpartition(" ") for each in found[2].split(", "))
    told = ", ".join(f"{name_of('unpaid', kind)} {minutes}" for kind, _, minutes in kinds)
    return f"{found[1]} ({told})"


def _margin(found: re.Match[str]) -> str:
    party = gettext("nobody named") if found[2] == "nobody named" else found[2]
    return str(gettext("%(money)s an hour to %(party)s", money=amounts(found[1]), party=party))


_SHAPES: Final[tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...]] = (
    (
        re.compile(
            r"(-?[\d.]+ [A-Z]{3}) per (hour|day|month)(?: / ([\d.]+) h)?"
            r"(?: x ([\d.eE-]+) \((.+), (\d{4}-\d\d-\d\d)\))?"
        ),
        _wage,
    ),
    (re.compile(r"(-?\d+(?:\.\d+)?) %( on top)?"), _share),
    (re.compile(r"(\d+) \((\w+ \d+(?:, \w+ \d+)*)\)"), _minutes),
    (re.compile(r"(-?[\d.]+ [A-Z]{3}) an hour to (.+)"), _margin),
)
"""How inputs are written that are more than a number, and who tells them."""


def premium_day_words(kept: Mapping[str, Any]) -> str:
    """A day that earns more, as `PremiumDay.as_kept()` says it: "Hari Raya Natal, 25 December 2026: 8 h at 200 % of the
    rate, 1 h at 300 % of the rate"."""
    steps = [
        gettext("%(time)s at %(percent)s %% of the rate", time=duration(minutes), percent=percent)
        for minutes, percent in kept["steps"]
    ]
    promised = PremiumDay.of(kept)
    wage = promised.wage
    if wage is not None and (granted := wage.grants(promised.minutes) // 100):
        told = {"time": duration(granted)}
        more = gettext("and the pay of %(time)s more", **told)
        steps.append(more if wage.beside else gettext("no less than the pay of %(time)s in all", **told))
    if promised.whole_shift:
        steps.append(gettext("the whole shift counts to this day"))
    name = promised.name or gettext("Weekly day of rest")
    return f"{name}, {day(promised.on)}: {', '.join(steps)}"


def night_words(kept: Mapping[str, Any]) -> str:
    """Minutes at night by a law, as `Night.as_kept()` says them: "3 h with 35 % more, 2 h with 50 % more"."""
    return ", ".join(
        gettext("%(time)s with %(percent)s %% more", time=duration(minutes), percent=number(Decimal(points) / 100))
        for minutes, points in kept["steps"]
    )


def floor_words(kept: Mapping[str, Any]) -> str:
    """The published wage that a line tops up to, as `FloorPart.as_kept()` says it, with the exchange rate that was
    used."""
    told = {"kind": str(_VALUES[kept["kind"]]), "money": f"{number(Decimal(kept['amount']))}\xa0{kept['currency']}"}
    match kept["period"]:
        case "hour":
            words = gettext("Topped up to the floor: %(kind)s of %(money)s an hour", **told)
        case "day":
            words = gettext("Topped up to the floor: %(kind)s of %(money)s a day", **told)
        case _:
            words = gettext("Topped up to the floor: %(kind)s of %(money)s a month", **told)
    parts = [words, said(kept["source"])]
    if used := kept["exchange"]:
        rate = gettext(
            "1 %(base)s = %(rate)s %(quote)s, %(source)s, of %(day)s",
            base=used["base"],
            rate=number(Decimal(used["rate"])),
            quote=used["quote"],
            source=said(used["source"]),
            day=day(date.fromisoformat(used["quoted_on"])),
        )
        parts.append(rate)
    return "; ".join(parts)
