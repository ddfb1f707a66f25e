"""The rules of the gate that are about money. Each takes the offer (and a place) and gives one verdict."""

from enum import StrEnum
from fractions import Fraction
from functools import lru_cache

from babel.core import get_global

from marketplace.core.money import Money, minor_digits
from marketplace.standards import hazard, rates
from marketplace.standards.catalogue import RULES
from marketplace.standards.floor import FloorKind, FloorPart, Place, ceil, in_digits
from marketplace.standards.offer import Offer
from marketplace.standards.verdicts import Outcome, Verdict


class Receiver(StrEnum):
    """Who has a part of what the company pays for an hour."""

    CONTRACTOR = "contractor"
    BENEFITS = "benefits"
    PLATFORM = "platform"
    THIRD_PARTY = "third_party"
    TAKEN = "taken"
    """Taken out of the pay again."""
    UNNAMED = "unnamed"
    """Kept by somebody whom nobody names."""


def where_it_goes(offer: Offer) -> tuple[tuple[Receiver, Fraction], ...]:
    """What the company pays for an hour by who has it in the end, in minor units, exact. The parts add up to it."""
    earned = (1 + hazard.premium(offer.hazard_class)) * offer.rate.amount
    taken = earned * offer.taken_from_pay
    found = {
        Receiver.CONTRACTOR: earned - taken,
        Receiver.BENEFITS: rates.benefits_part(offer.hazard_class) * offer.rate.amount,
        Receiver.PLATFORM: Fraction(offer.fee_percent) / 100 * offer.rate.amount,
        Receiver.THIRD_PARTY: Fraction(offer.margin.amount if offer.margin else 0),
        Receiver.TAKEN: taken,
        Receiver.UNNAMED: _paid(offer) - _lines_an_hour(offer),
    }
    return tuple((receiver, part) for receiver, part in found.items() if part)


def judge_floor(offer: Offer, place: Place) -> Verdict:
    """FLOOR in one place. A place without figures of its own passes with a note, and so does one whose figures cannot
    be compared for want of a sourced rate: what is known of it stands in the note, in its own currency, for everybody
    to check. To refuse it would shut out just the places whose currencies nobody quotes."""
    floor, rule = place.floor, RULES["FLOOR"]
    reached = offer.effective >= floor.hourly
    inputs = _pay_inputs(offer) | {"place": place.name, "floor": _hourly(floor.hourly, floor.currency)}
    inputs |= {part.benchmark.kind.value: part.words() for part in floor.parts}
    inputs |= {"strictest_part": place.strictest} if place.strictest else {}
    deciding = floor.deciding
    unsure = bool(floor.unrated) or not floor.has_data
    if reached and floor.unrated:
        sentence = _cannot_compare(place)
    elif reached and not floor.has_data:
        sentence = f"No minimum or living wage is known for {place.name}; the house floor holds."
    else:
        sentence = f"An hour in {place.name} earns at least its floor."
    return rule.verdict(
        Outcome.NOTE if reached and unsure else reached,
        sentence,
        inputs | ({"decided_by": deciding.benchmark.kind.value} if deciding else {}),
        limit=str(_needed_rate(offer, floor.hourly)),
        remedy=_remedy(offer, floor.hourly, reached),
        source=_source(deciding, rule.source),
        confidence=floor.confidence,
    )


def _cannot_compare(place: Place) -> str:
    missing = ", ".join(sorted({part.benchmark.currency for part in place.floor.unrated}))
    return (
        f"What is known of {place.name} cannot be compared, for want of a sourced rate from {missing} to "
        f"{place.floor.currency}; the house floor holds."
    )


def judge_house_floor(offer: Offer, place: Place) -> Verdict:
    """HOUSE_FLOOR: the same everywhere, so any of the offer's places will do."""
    rule = RULES["HOUSE_FLOOR"]
    part = next(part for part in place.floor.parts if part.benchmark.kind is FloorKind.HOUSE_FLOOR)
    inputs = _pay_inputs(offer) | {"house_floor": part.words()}
    if part.hourly is None:
        return rule.verdict(
            False,
            f"The house floor cannot be compared: no sourced rate from USD to {offer.rate.currency}.",
            inputs,
            remedy=f"Ask the operators to enter a rate for {offer.rate.currency} with its source.",
        )
    reached = offer.effective >= part.hourly
    return rule.verdict(
        reached,
        rule.sentence,
        inputs,
        limit=str(_needed_rate(offer, part.hourly)),
        remedy=_remedy(offer, part.hourly, reached),
    )


def judge_hazard_pay(offer: Offer, place: Place) -> Verdict:
    """HAZARD: what an hour earns with its premium reaches the floor with that premium. The premium is paid on top of
    the rate, so it is never what lifts a low rate to the floor."""
    rule, part = RULES["HAZARD"], 1 + hazard.premium(offer.hazard_class)
    needed, earned = place.floor.hourly * part, offer.effective * part
    currency = offer.rate.currency
    return rule.verdict(
        earned >= needed,
        f"An hour in class {offer.hazard_class} earns at least the floor of {place.name} and its premium.",
        _pay_inputs(offer)
        | {
            "place": place.name,
            "class": offer.hazard_class.value,
            "premium": f"{(part - 1) * 100} %",
            "earned_with_premium": _hourly(earned, currency),
            "floor_with_premium": _hourly(needed, currency),
            "opt_in": "required",
        },
        limit=str(_needed_rate(offer, place.floor.hourly)),
        remedy=_remedy(offer, place.floor.hourly, earned >= needed),
        confidence=place.floor.confidence,
    )


def judge_piece_price(offer: Offer, place: Place) -> Verdict:
    """PIECE_PRICE in one place: the price of a piece reaches the floor at the time that three of four pilot items took.
    What a company thinks that an item takes is not asked."""
    rule, seconds = RULES["PIECE_PRICE"], offer.pilot.item_seconds_p75 if offer.pilot else None
    inputs = {
        "place": place.name,
        "piece_price": str(offer.piece_price) if offer.piece_price else "none",
        "seconds_of_three_in_four": str(seconds) if seconds else "not measured",
        "floor": _hourly(place.floor.hourly, place.floor.currency),
        "unpaid_minutes": _unpaid_words(offer),
    }
    if not seconds:
        return rule.verdict(
            False,
            "No pilot has measured what an item takes, so no price of a piece can be judged.",
            inputs,
            remedy="Run a paid pilot by the hour, and take the time that three of four items took at most.",
        )
    needed = Money(ceil(place.floor.hourly / offer.earning_part * Fraction(seconds, 3600)), offer.rate.currency)
    pace = offer.pace or Fraction(0)
    return rule.verdict(
        pace * offer.earning_part >= place.floor.hourly,
        f"At {seconds} seconds an item, a piece in {place.name} earns at least its floor.",
        inputs | {"an_hour_of_pieces": _hourly(pace, offer.rate.currency)},
        limit=str(needed),
        remedy=f"Pay at least {needed} for a piece, or pay by the hour.",
        confidence=place.floor.confidence,
    )


def judge_share(offer: Offer) -> Verdict:
    """SHARE: what reaches the contractor of what the company pays for an hour."""
    rule, currency = RULES["SHARE"], offer.rate.currency
    least = Fraction(rule.parameters["least_percent"], 100)
    reaching, paid = _reaching(offer) * offer.rate.amount, _paid(offer)
    limit = _rate_for_share(offer, least)
    return rule.verdict(
        reaching >= least * paid,
        rule.sentence,
        {
            "reaches_contractor": _hourly(reaching, currency),
            "company_pays": _hourly(paid, currency),
            "share": f"{in_digits(reaching / paid * 100, 1)} %",
            "platform_fee": f"{offer.fee_percent} % on top",
            "margin": _margin_words(offer),
        },
        limit=str(limit) if limit else None,
        remedy=f"Raise the rate to {limit}, or lower what others keep." if limit else "Lower what others keep.",
    )


def judge_margins(offer: Offer) -> Verdict:
    """MARGINS: a margin has a name, nothing is taken out of the pay, and nothing is left that nobody is named for."""
    lines = _lines_an_hour(offer)
    unnamed = max(Fraction(0), _paid(offer) - lines)
    nameless = bool(offer.margin) and not offer.margin_party
    currency = offer.rate.currency
    return RULES["MARGINS"].verdict(
        not unnamed and not nameless and not offer.taken_from_pay,
        "Every part of what the company pays has a named receiver, on top of the rate.",
        {
            "margin": _margin_words(offer),
            "kept_by_nobody_named": _hourly(unnamed, currency),
            "taken_from_pay": f"{in_digits(offer.taken_from_pay * 100, 2)} %",
        },
        limit=f"{Money.zero(currency)} unnamed",
        remedy="Name who keeps it and how much an hour, or pay it to the contractor.",
    )


def judge_spread(offer: Offer) -> Verdict:
    """SPREAD: over all hourly rates of the gig, premiums aside."""
    rule = RULES["SPREAD"]
    every = [offer.rate, *offer.other_rates]
    lowest, highest = min(every, key=lambda r: r.amount), max(every, key=lambda r: r.amount)
    times = rule.parameters["most_times"]
    least = Money(ceil(Fraction(highest.amount, times)), highest.currency)
    return rule.verdict(
        highest <= lowest * times,
        rule.sentence,
        {"lowest": str(lowest), "highest": str(highest)},
        limit=f"lowest {least} beside highest {highest}",
        remedy=f"Raise the lowest rate to {least}.",
    )


def judge_currency(offer: Offer, places: tuple[Place, ...]) -> Verdict:
    """CURRENCY: some country's legal tender; a note names the places that cannot be paid in their own."""
    rule, currency = RULES["CURRENCY"], offer.rate.currency
    national = currency in legal_tender()
    stuck = [place.name for place in places if not place.payable]
    if national and stuck:
        sentence = (
            f"No sourced rate leads from {currency} to the currency of {', '.join(stuck)}: pay arrives in {currency}."
        )
    else:
        sentence = rule.sentence
    return rule.verdict(
        Outcome.NOTE if national and stuck else national,
        sentence,
        {"currency": currency, "not_payable_in_own": ", ".join(stuck) or "none"},
        remedy="Say so in the offer, or ask the operators to enter a rate."
        if national
        else "Choose a national currency.",
    )


def judge_escrow(offer: Offer) -> Verdict:
    """ESCROW: the cost of the planned work is held before the gig opens."""
    missing = max(Money.zero(offer.rate.currency), offer.funds_needed - offer.funds_held, key=lambda m: m.amount)
    return RULES["ESCROW"].verdict(
        not missing,
        RULES["ESCROW"].sentence,
        {"held": str(offer.funds_held), "needed": str(offer.funds_needed)},
        limit=str(offer.funds_needed),
        remedy=f"Fund the gig with {missing} more, or plan less work.",
    )


@lru_cache(maxsize=1)
def legal_tender() -> frozenset[str]:
    """Currencies that are legal tender somewhere, with no end in sight, by Unicode's CLDR."""
    lists = get_global("territory_currencies").values()
    return frozenset(code for found in lists for code, _since, until, tender in found if tender and until is None)


def _needed_rate(offer: Offer, floor: Fraction) -> Money:
    """The smallest whole rate whose effective part reaches the floor."""
    return Money(ceil(floor / offer.earning_part), offer.rate.currency)


def _remedy(offer: Offer, floor: Fraction, reached: bool) -> str:
    if reached:
        return "Say in the offer that only the house floor protects this place."
    other = ", or pay the minutes that are unpaid" if offer.unpaid_minutes else ""
    return f"Raise the rate to {_needed_rate(offer, floor)} an hour{other}."


def _source(part: FloorPart | None, own: str) -> str:
    if part is None or part.benchmark.kind is FloorKind.HOUSE_FLOOR:
        return own
    return f"{part.benchmark.source} ({part.benchmark.as_of or 'undated'}); {own}"


def _pay_inputs(offer: Offer) -> dict[str, str]:
    return {
        "rate": str(offer.rate),
        "effective_rate": _hourly(offer.effective, offer.rate.currency),
        "unpaid_minutes": _unpaid_words(offer),
        "taken_from_pay": f"{in_digits(offer.taken_from_pay * 100, 2)} %",
    }


def _unpaid_words(offer: Offer) -> str:
    """ "12 (reading 10, rework 2)": each kind by its name."""
    parts = ", ".join(f"{kind} {minutes}" for kind, minutes in offer.unpaid_by_kind.items())
    return f"{offer.unpaid_minutes} ({parts})" if parts else "0"


def _hourly(minor: Fraction, currency: str) -> str:
    """An exact hourly amount in words, with four digits more than the currency has, cut."""
    digits = minor_digits(currency)
    whole = minor / 10**digits
    shown = digits if minor.denominator == 1 else digits + 4
    return f"{in_digits(whole, shown)} {currency}"


def _reaching(offer: Offer) -> Fraction:
    part = 1 + hazard.premium(offer.hazard_class)
    return part * (1 - offer.taken_from_pay) + rates.benefits_part(offer.hazard_class)


def _cost_part(offer: Offer) -> Fraction:
    part = 1 + hazard.premium(offer.hazard_class)
    return part + rates.benefits_part(offer.hazard_class) + Fraction(offer.fee_percent) / 100


def _lines_an_hour(offer: Offer) -> Fraction:
    return _cost_part(offer) * offer.rate.amount + (offer.margin.amount if offer.margin else 0)


def _paid(offer: Offer) -> Fraction:
    declared = Fraction(offer.client_pays.amount if offer.client_pays else 0)
    return max(declared, _lines_an_hour(offer))


def _rate_for_share(offer: Offer, least: Fraction) -> Money | None:
    """The smallest whole rate at which the share is reached, all else as it is; None where no rate reaches it."""
    gain = _reaching(offer) - least * _cost_part(offer)
    declared = offer.client_pays.amount if offer.client_pays else 0
    margin = offer.margin.amount if offer.margin else 0
    if gain < 0 or (gain == 0 and margin):
        return None
    beside_margin = least * margin / gain if margin else Fraction(0)
    needed = max(least * declared / _reaching(offer), beside_margin, Fraction(1))
    return Money(ceil(needed), offer.rate.currency)


def _margin_words(offer: Offer) -> str:
    if not offer.margin:
        return "none"
    return f"{offer.margin} an hour to {offer.margin_party or 'nobody named'}"
