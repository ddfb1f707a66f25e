"""What a person sees before the yes, as one value with a digest: nobody can say later that it was something else."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from marketplace.contracts.plan_rules import Cover
from marketplace.core.money import Money
from marketplace.shifts.eligibility import Person, Seat, place_of, step
from marketplace.shifts.hours import cancellation_curve, scheduled_minutes
from marketplace.shifts.reserve import ANSWER_WITHIN, CALL_WITHIN, most_waited, ready_until, unused_minutes
from marketplace.standards.hazard import caps, paid_break_minutes
from marketplace.standards.held import at_most
from marketplace.standards.line_kinds import Payee
from marketplace.standards.premium_days import kept_days
from marketplace.standards.rates import NO_STEP, PriceInput, PriceLine, cost, gross_pay, price, stepped
from marketplace.standards.shift_price import ShiftWork, shift_price

FORM = 1
"""The version of the shape below. What was promised keeps the shape that it was promised in."""


def price_input(seat: Seat, person: Person) -> PriceInput:
    """How the whole schedule of a seat, worked to its end, is priced for this person: for the promise and the hold."""
    return shift_price(work_of(seat), place_of(person), [busy.span for busy in person.busy], step(seat, person))


def work_of(seat: Seat) -> ShiftWork:
    """What the seat pays, whoever takes it."""
    return ShiftWork(
        span=seat.span,
        rate=seat.rate,
        fee_percent=seat.fee_percent,
        hazard_class=seat.hazard_class,
        margin=seat.margin,
        pieces=seat.pieces,
        added_minutes=seat.added_minutes,
        is_training=seat.is_training,
        waits=most_waited(seat.span.starts_at, seat.span.ends_at) if seat.is_standby else 0,
    )


def highest(priced: PriceInput, seat: Seat) -> Money:
    """What such a seat costs at most, with all the pieces that it pays: what is held."""
    return cost(price(at_most(priced, seat.pieces, work_of(seat).waits)))


def promised_lines(seat: Seat, person: Person) -> tuple[PriceLine, ...]:
    """The price of the whole schedule. No part of it worked, filled up to the call-in minimum, costs more."""
    return price(price_input(seat, person))


def snapshot(
    seat: Seat,
    person: Person,
    *,
    gig: Mapping[str, Any],
    timezone: str,
    reason: Mapping[str, Any],
    cover: Cover | None = None,
) -> dict[str, Any]:
    """The terms of one seat for one person, as JSON. `gig` is what the company says of the work, in words; `cover` who
    insures the person against accidents, None where nobody does (rule ACCIDENT).

    A company's own words about the person are no part of it: they can be erased, and the digest of the terms cannot.
    """
    minutes = scheduled_minutes(seat.span.starts_at, seat.span.ends_at)
    given = price_input(seat, person)
    lines = price(given)
    assert person.contract is not None
    # Terms say nothing of what there is none of, so that they have the digest that they always had.
    more: dict[str, Any] = {"pay_steps": _steps(seat, person)} if seat.pay_steps else {}
    if seat.added_minutes:
        more["added_minutes"] = seat.added_minutes
    if given.premium_days:
        more["premium_days"] = kept_days(given.premium_days)
    if given.night_law is not None:
        more["night_law"] = given.night_law.as_kept()
    if seat.is_training:
        more["training"] = True
    if seat.is_standby:
        more["standby"] = _standby(seat, person)
    if seat.pieces is not None:
        price_of_one = _money(seat.pieces.price)
        by = {"price": price_of_one, "most": seat.pieces.count, "instead_of_wages": seat.pieces.instead_of_wages}
        more["pieces"] = by
    return more | {
        "form": FORM,
        "gig": dict(gig),
        "starts_at": _moment(seat.span.starts_at),
        "ends_at": _moment(seat.span.ends_at),
        "timezone": timezone,
        "scheduled_minutes": minutes,
        "rate": _money(seat.rate),
        "pay": _money(gross_pay(lines)),
        "company_cost": _money(cost(lines)),
        "lines": [line.as_dict() for line in lines],
        "benefits": [line.as_dict() for line in lines if line.payee is Payee.BENEFITS],
        "overtime_minutes": given.overtime_minutes,
        "night_minutes": given.night_minutes,
        "hazards": {
            "class": seat.hazard_class.value,
            "categories": sorted(seat.hazard_categories),
            "paid_break_minutes": paid_break_minutes(seat.hazard_class, minutes),
            "caps_minutes": _caps(seat),
        },
        "cover": None if cover is None else cover.as_dict(),
        "contract_version_id": str(person.contract.version_id),
        "cancellation": _cancellation(seat),
        "why": {name: value for name, value in reason.items() if name != "words"},
    }


def digest(terms: Mapping[str, Any]) -> str:
    """SHA-256 of the terms as canonical JSON: keys sorted, no blanks, UTF-8."""
    text = json.dumps(terms, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def agreed_seat(seat: Seat, terms: Mapping[str, Any]) -> Seat:
    """The seat at the rate that was offered, or at the gig's own where that has risen since (rule P5), with what it
    pays beside its time."""
    offered = Money.of(terms["rate"]["amount"], terms["rate"]["currency"])
    promised = terms.get("pay_steps", {}).get("points", NO_STEP)
    best = max(offered, seat.rate, key=lambda rate: rate.amount)
    return replace(seat, rate=best, least_step=promised, added_minutes=terms.get("added_minutes", 0))


def _standby(seat: Seat, person: Person) -> dict[str, Any]:
    """Until when the person stands by, what it pays if they are not needed, and how they are called (STANDBY)."""
    minutes = unused_minutes(seat.span.starts_at, seat.span.ends_at)
    unused = PriceInput(
        rate=seat.rate, standby_minutes=minutes, fee_percent=seat.fee_percent, step_points=step(seat, person)
    )
    return {
        "until": _moment(ready_until(seat.span.starts_at, seat.span.ends_at)),
        "minutes_unused": minutes,
        "pay_unused": _money(gross_pay(price(unused))),
        "called_within_hours": CALL_WITHIN // timedelta(hours=1),
        "answer_minutes": ANSWER_WITHIN // timedelta(minutes=1),
    }


def _cancellation(seat: Seat) -> list[dict[str, int]]:
    """The company's curve; who stands by is owed no more than for having stood by."""
    curve = cancellation_curve(seat.span.starts_at, seat.span.ends_at)
    if not seat.is_standby:
        return curve
    most = unused_minutes(seat.span.starts_at, seat.span.ends_at)
    return [{**each, "minutes_paid": min(each["minutes_paid"], most)} for each in curve]


def _steps(seat: Seat, person: Person) -> dict[str, Any]:
    """What each level earns an hour, and at which step this person is."""
    assert seat.pay_steps is not None
    levels = [{"level": level, "rate": _money(stepped(seat.rate, each))} for level, each in seat.pay_steps.by_level]
    points = step(seat, person)
    return {
        "skill": seat.pay_steps.skill,
        "points": points,
        "levels": levels,
        "rate": _money(stepped(seat.rate, points)),
    }


def _money(money: Money) -> dict[str, str]:
    return {"amount": str(money.decimal), "currency": money.currency}


def _moment(moment: datetime) -> str:
    return moment.isoformat()


def _caps(seat: Seat) -> dict[str, int] | None:
    limits = caps(seat.hazard_class)
    return None if limits is None else {"day": limits[0], "week": limits[1]}
