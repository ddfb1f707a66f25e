"""What an hour costs and who gets it: the same lines for the hold before a shift and for the pay after it.

In prose. Every minute worked, breaks of the work included, earns the hourly rate. A level of a skill multiplies it
where the gig says so; distressing work earns a premium on top, overtime another, work at night a third; on a public
holiday a multiple of the day stands in the place of that of overtime; where the floor has risen above the rate, the
difference is topped up. A bonus stands beside all of it and is reckoned with none of it. Waiting on a shift is work; of
an outage of power or network a stated number of minutes is. A shift that the company ends early is filled up to its
call-in minimum, one that it cancels late pays that minimum or half of it, one that a hazard cap ends its whole
schedule, at the base rate. A shift that was added late to a schedule pays an hour beside its time, and who stands by
for a seat is paid for it. Minutes at a test are paid by its owner. Of what was worked, one thirtieth accrues as sick
leave, and the earnings bear a contribution to health cover; both are paid by the company on top. So are the service's
fee and a third party's margin: nobody takes anything out of the rate. Work of 4 hours at 15.00 USD costs 60.00 wages,
2.00 for 8 minutes of sick leave, 2.40 for health and 3.00 fee: 67.40 USD.

Each line rounds half up to a whole minor unit; time at the base rate is rounded once and then divided among its lines
by the largest remainder, so that breaking an hour into pieces neither makes nor loses a cent.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from math import ceil
from typing import Any, Final

from marketplace.core.money import Money, total
from marketplace.core.problems import Invalid
from marketplace.standards import hazard
from marketplace.standards.catalogue import RULES
from marketplace.standards.hazard import HazardClass
from marketplace.standards.line_kinds import DAY_OF_LINE, LineKind, Payee
from marketplace.standards.nights import Night
from marketplace.standards.piece_rates import Pieces
from marketplace.standards.premium_days import RULE_OF, DayStep, PremiumDay
from marketplace.standards.sick_leave import sick_seconds

FEE_PERCENT: Final = Decimal(RULES["FEE"].parameters["percent"])
"""The service's fee where nothing else was agreed, in percent of paid work."""


NO_STEP: Final = 10_000
"""The step of whoever has no level that earns more: once the rate, in ten-thousandths."""


class BadPrice(Invalid):
    code = "bad_price"
    title = "No price can be made of these numbers."


@dataclass(frozen=True, slots=True)
class PriceLine:
    """One line: so much time at a rate, or a percentage, makes this money for this payee.

    `seconds` is the time of the line; for `sick_accrual` it is the leave that accrues, exactly (two seconds for each
    minute worked). Lines that are a percentage have no time and no rate, but `percent`. A line of pieces has their
    `count`; its `rate` is the price of one, and its time what they pay for, none where wages do.
    """

    kind: LineKind
    payee: Payee
    money: Money
    rule: str
    version: int
    seconds: int = 0
    rate: Money | None = None
    percent: Decimal | None = None
    count: int | None = None

    @property
    def minutes(self) -> Fraction:
        """The time of the line in minutes, exactly. Whole but for `sick_accrual`."""
        return Fraction(self.seconds, 60)

    def as_dict(self) -> dict[str, Any]:
        """The line as JSON stores and sends it. Only a line of pieces has a count."""
        counted = {} if self.count is None else {"count": self.count}
        return counted | {
            "kind": self.kind.value,
            "payee": self.payee.value,
            "amount": str(self.money.decimal),
            "currency": self.money.currency,
            "seconds": self.seconds,
            "rate": None if self.rate is None else str(self.rate.decimal),
            "percent": None if self.percent is None else str(self.percent),
            "rule": self.rule,
            "version": self.version,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceInput:
    """What a price is made of. Minutes are whole and none is negative (BadPrice).

    `waiting_minutes` and `outage_minutes` were spent on shift, and are worked ones. `call_in_minutes` are owed though
    nobody worked them: see `call_in_missing()`; so are `cancelled_minutes` of a shift that was taken back late
    (NOTICE), `missed_minutes` of one that an outage kept somebody from (OUTAGE), `neutral_minutes`, the rest of a
    schedule after a hazard cap or a heavier class has stopped the work, and `guaranteed_minutes` that no shift gave.
    `added_minutes` are owed beside the time of a shift that was added late to a schedule (NOTICE), `standby_minutes`
    for standing by (STANDBY). `overtime_minutes` are those of the worked ones that lie beyond the standard day or week,
    `overtime_percent` their multiple (150 is one and a half); the last `further_overtime_minutes` of them earn
    `further_overtime_percent` in its place. The minutes of `premium_days` are others of the worked ones, each with the
    multiple of its day (PUBLIC_HOLIDAY, REST_DAY). `margin` is a third party's, an hour. `qualification_minutes` were
    spent at a test. `step_points` are what the person's level of a skill multiplies the rate by, in ten-thousandths: no
    minute earns less than the base rate, and premiums and sick leave follow the multiplied one. `night_minutes` are
    those of the worked ones at night, and `night_law` says what each of them earns where the law of the place has a
    night of its own (NIGHT); `least_rate` is what the floor of the day and place of the work asks for, in the
    rate's currency, where it is known. Where it `is_training` the worked minutes are those of training.
    `bonus` is what the company gives beside it all: no premium, no top-up and no fee is reckoned with it (BONUS).
    `sick_seconds_left` is the room under the year's cap of sick leave, None for all the room there is. `pieces` are
    paid beside the wages, or in place of those of `work_minutes` (PIECES).
    """

    rate: Money
    work_minutes: int = 0
    paid_break_minutes: int = 0
    waiting_minutes: int = 0
    outage_minutes: int = 0
    missed_minutes: int = 0
    call_in_minutes: int = 0
    cancelled_minutes: int = 0
    neutral_minutes: int = 0
    added_minutes: int = 0
    standby_minutes: int = 0
    qualification_minutes: int = 0
    guaranteed_minutes: int = 0
    overtime_minutes: int = 0
    overtime_percent: int = RULES["OVERTIME"].parameters["percent_where_unknown"]
    further_overtime_minutes: int = 0
    further_overtime_percent: int = 100
    night_minutes: int = 0
    night_law: Night | None = None
    premium_days: tuple[PremiumDay, ...] = ()
    least_rate: Money | None = None
    hazard_class: HazardClass = HazardClass.H0
    fee_percent: Decimal = FEE_PERCENT
    margin: Money | None = None
    sick_seconds_left: int | None = None
    step_points: int = NO_STEP
    is_training: bool = False
    pieces: Pieces | None = None
    bonus: Money | None = None

    def __post_init__(self) -> None:
        parts = (self.overtime_minutes, self.night_minutes)
        told = self.night_law is None or self.night_law.minutes == self.night_minutes
        if not told or min(self.work_minutes, *self.time_minutes, *parts) < 0 or max(parts) > self.paid_minutes:
            raise BadPrice("Minutes are never negative; overtime and night are parts of the work.", field="minutes")
        if self.overtime_minutes + sum(day.minutes for day in self.premium_days) > self.paid_minutes:
            raise BadPrice("No minute is overtime and one of a day that earns more.", field="premium_days")
        if not 0 <= self.further_overtime_minutes <= self.overtime_minutes:
            raise BadPrice("Further overtime is a part of overtime.", field="further_overtime_minutes")
        if self.further_overtime_minutes and self.further_overtime_percent < self.overtime_percent:
            raise BadPrice("Further overtime never earns less than the first.", field="further_overtime_percent")
        if self.step_points < NO_STEP:
            raise BadPrice("A level of a skill never earns less than the base rate.", field="step_points")
        if self.rate.amount <= 0 or self.fee_percent < 0 or self.overtime_percent < 100:
            raise BadPrice("A rate is more than zero; fee and overtime are never negative.", field="rate")
        if self.least_rate is not None and self.least_rate.currency != self.rate.currency:
            raise BadPrice("A floor is compared in the rate's currency.", field="least_rate")
        if self.pieces is not None and (self.pieces.count < 0 or self.pieces.price.currency != self.rate.currency):
            raise BadPrice("Pieces are never negative and priced in the rate's currency.", field="pieces")
        on_top = [each for each in (self.margin, self.bonus) if each is not None]
        if any(each.amount < 0 or each.currency != self.rate.currency for each in on_top):
            raise BadPrice("A margin or a bonus is an amount of the rate's currency, on top of it.", field="margin")

    @property
    def paid_minutes(self) -> int:
        """Work, the breaks that count as work, and what was waited or lost to an outage on shift."""
        return self.work_minutes + self.paid_break_minutes + self.waiting_minutes + self.outage_minutes

    @property
    def piece_minutes(self) -> int:
        """The time at work that pieces pay in place of wages."""
        return self.work_minutes if self.pieces is not None and self.pieces.instead_of_wages else 0

    @property
    def time_minutes(self) -> tuple[int, ...]:
        """All minutes at the base rate, in the order of `_TIME`: the first four were spent on shift."""
        work = self.work_minutes - self.piece_minutes
        on_shift = (work, self.paid_break_minutes, self.waiting_minutes, self.outage_minutes)
        of_shift = (self.missed_minutes, self.call_in_minutes, self.cancelled_minutes, self.neutral_minutes)
        beside = (self.added_minutes, self.standby_minutes, self.qualification_minutes, self.guaranteed_minutes)
        return (*on_shift, *of_shift, *beside)

    @property
    def full_rate(self) -> Money:
        """What an hour earns with the step of the person's level, premiums aside."""
        return stepped(self.rate, self.step_points)


def price(given: PriceInput) -> tuple[PriceLine, ...]:
    """The lines of what the company pays, in one order always: time first, then premiums, benefits, fee, margin.

    Lines of no time and no money are left out, but wages never are. `cost()` adds the lines up.
    """
    return _priced(given, str(given.fee_percent))


@lru_cache(maxsize=2048)
def _priced(given: PriceInput, _fee_as_written: str) -> tuple[PriceLine, ...]:
    """A thousand people of one shift have one price. Two percentages that are equal may be written differently (10 and
    10.00), and each line tells of its own as it was given."""
    time, on_shift = _time_lines(given)
    pieces = _pieces(given)
    beyond = [*_overtime_premiums(given), *_day_premiums(given)]
    premiums = [_hazard_premium(given), *beyond, _night_premium(given), _top_up(given), _bonus(given)]
    earned = [*time, pieces, _skill_step(given, time), *premiums]
    gross = total((line.money for line in earned), given.rate.currency)
    on_top = [
        _sick_accrual(given),
        _percentage(LineKind.HEALTH_CONTRIBUTION, Payee.BENEFITS, "HEALTH", _health_percent(), gross),
        _percentage(LineKind.PLATFORM_FEE, Payee.PLATFORM, "FEE", given.fee_percent, on_shift + _by_the_piece(given)),
        _margin(given),
    ]
    return tuple(line for line in (*earned, *on_top) if line.kind is LineKind.WAGES or line.seconds or line.money)


def price_of_bonus(bonus: Money) -> tuple[PriceLine, ...]:
    """The lines of a bonus by itself. It has no time, so no rate plays a part in them: 50.00 USD are 50.00 to the
    person and 2.00 towards their health cover."""
    return tuple(line for line in price(PriceInput(rate=bonus, bonus=bonus)) if line.money)


def cost(lines: tuple[PriceLine, ...]) -> Money:
    """What the company pays: the sum of all lines."""
    return total((line.money for line in lines), lines[0].money.currency)


def received(lines: tuple[PriceLine, ...]) -> Money:
    """What reaches the contractor, as pay or as benefits."""
    reached = (line.money for line in lines if line.payee in (Payee.CONTRACTOR, Payee.BENEFITS))
    return total(reached, lines[0].money.currency)


def gross_pay(lines: tuple[PriceLine, ...]) -> Money:
    """What is paid to the contractor, benefits aside."""
    return total((ln.money for ln in lines if ln.payee is Payee.CONTRACTOR), lines[0].money.currency)


def stepped(rate: Money, step_points: int) -> Money:
    """A rate times a step in ten-thousandths, as a whole rate an hour."""
    return rate * Fraction(step_points, NO_STEP)


def benefits_part(hazard_class: HazardClass) -> Fraction:
    """What an hour adds in benefits, as a part of its base rate: sick leave and health cover."""
    sick = Fraction(1, RULES["SICK"].parameters["hours_worked_per_hour"])
    return sick + Fraction(_health_percent()) / 100 * (1 + hazard.premium(hazard_class))


def _line(kind: LineKind, payee: Payee, rule_id: str, money: Money, **more: Any) -> PriceLine:
    return PriceLine(kind, payee, money, rule_id, RULES[rule_id].version, **more)


_TIME: Final = (
    (LineKind.WAGES, "WAGES"),
    (LineKind.PAID_BREAK, "PAID_BREAK"),
    (LineKind.WAITING, "WAITING"),
    (LineKind.OUTAGE, "OUTAGE"),
    (LineKind.OUTAGE, "OUTAGE"),
    (LineKind.CALL_IN, "CALL_IN"),
    (LineKind.CANCELLATION, "NOTICE"),
    (LineKind.NEUTRAL_HOURS, "HAZARD"),
    (LineKind.PREDICTABILITY, "NOTICE"),
    (LineKind.STANDBY, "STANDBY"),
    (LineKind.QUALIFICATION_TIME, "QUALIFICATION_TIME"),
    (LineKind.GUARANTEED_HOURS, "GUARANTEED_HOURS"),
)
"""Which line each of `PriceInput.time_minutes` stands on, and the rule that it is owed by."""


def _time_lines(given: PriceInput) -> tuple[list[PriceLine], Money]:
    """All time at the base rate, rounded once and divided without loss, and what of it was earned on shift. An outage
    has one line, whether it fell on the shift or kept somebody from it."""
    minutes = given.time_minutes
    whole = given.rate * Fraction(sum(minutes), 60)
    parts = whole.split(minutes) if any(minutes) else [whole] * len(minutes)
    found: dict[LineKind, PriceLine] = {}
    for (kind, rule_id), count, money in zip(_TIME, minutes, parts, strict=True):
        line = _line(kind, Payee.CONTRACTOR, rule_id, money, seconds=count * 60, rate=given.rate)
        if kind in found:
            line = replace(line, money=line.money + found[kind].money, seconds=line.seconds + found[kind].seconds)
        found[kind] = line
    if given.is_training:
        rule = RULES["TRAINING"]
        wages = found[LineKind.WAGES]
        found[LineKind.WAGES] = replace(wages, kind=LineKind.TRAINING, rule=rule.id, version=rule.version)
    return list(found.values()), total(parts[:4], given.rate.currency)


def _pieces(given: PriceInput) -> PriceLine:
    pieces, zero = given.pieces, Money.zero(given.rate.currency)
    if pieces is None:
        return _line(LineKind.PIECE, Payee.CONTRACTOR, "PIECES", zero)
    more = {"seconds": given.piece_minutes * 60, "rate": pieces.price, "count": pieces.count}
    return _line(LineKind.PIECE, Payee.CONTRACTOR, "PIECES", pieces.money, **more)


def _skill_step(given: PriceInput, time: list[PriceLine]) -> PriceLine:
    """What all the time earns at the multiplied rate, less what it earns at the base rate: together they are the
    multiplied rate's pay to the minor unit."""
    minutes = sum(given.time_minutes) if given.step_points > NO_STEP else 0
    base = total((line.money for line in time), given.rate.currency) if minutes else Money.zero(given.rate.currency)
    money = given.full_rate * Fraction(minutes, 60) - base
    more = {"seconds": minutes * 60, "rate": given.full_rate - given.rate}
    percent = Decimal(given.step_points - NO_STEP) / 100
    return _line(LineKind.SKILL_STEP, Payee.CONTRACTOR, "SKILL_STEP", money, percent=percent, **more)


def _hazard_premium(given: PriceInput) -> PriceLine:
    part = hazard.premium(given.hazard_class)
    minutes = given.paid_minutes if part else 0
    money = given.full_rate * (part * Fraction(minutes, 60))
    percent = Decimal(int(part * 100))
    more = {"seconds": minutes * 60, "rate": given.full_rate * part, "percent": percent}
    return _line(LineKind.HAZARD_PREMIUM, Payee.CONTRACTOR, "HAZARD", money, **more)


def _overtime_premiums(given: PriceInput) -> Iterator[PriceLine]:
    further = given.further_overtime_minutes
    steps = (
        (LineKind.OVERTIME_PREMIUM, given.overtime_minutes - further, given.overtime_percent),
        (LineKind.FURTHER_OVERTIME, further, given.further_overtime_percent),
    )
    for kind, minutes, percent in steps:
        yield _at_multiples(given, kind, "OVERTIME", [DayStep(minutes, percent)])


def _day_premiums(given: PriceInput) -> Iterator[PriceLine]:
    """What days earn beyond the rate. What a law grants in days' wages, in all, is reached together with what else the
    shift is paid for time that nobody worked: a day's wage and a call-in minimum do not add up. Such a line is the
    difference of two sums of all the time, so that however much of the day is worked they come to the same grant."""
    otherwise = 100 * (given.call_in_minutes + given.neutral_minutes + given.standby_minutes)
    earned = 100 * sum(given.time_minutes)
    for line_kind, kind in DAY_OF_LINE.items():
        days = [day for day in given.premium_days if day.kind is kind]
        line = _at_multiples(given, line_kind, RULE_OF[kind], [s for day in days for s in day.steps if s.percent > 100])
        if any(day.wage is not None for day in days):
            beyond = 0
            for day in days:
                more = day.beyond(otherwise)
                beyond, otherwise = beyond + more, otherwise - (day.beyond() - more)
            hourly = given.full_rate * Fraction(earned + beyond, 6000) - given.full_rate * Fraction(earned, 6000)
            steps = [step for day in days for step in day.steps]
            money, earned = hourly + _by_pieces(given, _beyond_rate(steps)), earned + beyond
            line = replace(line, money=money, seconds=sum(day.paid_more for day in days) * 60, rate=None)
        yield line


def _at_multiples(given: PriceInput, kind: LineKind, rule_id: str, steps: Sequence[DayStep]) -> PriceLine:
    """What minutes earn beyond the regular rate at their multiples: the hourly pay, and what pieces add to it by the
    minutes of the shift. A line of several multiples has no rate of its own."""
    minutes = sum(step.minutes for step in steps)
    times = _beyond_rate(steps)
    parts = {Fraction(step.percent - 100, 100) for step in steps}
    regular = given.full_rate + _by_pieces(given, Fraction(60))
    rate = regular * parts.pop() if len(parts) == 1 else None
    money = given.full_rate * (times / 60) + _by_pieces(given, times)
    return _line(kind, Payee.CONTRACTOR, rule_id, money, seconds=minutes * 60, rate=rate)


def _beyond_rate(steps: Sequence[DayStep]) -> Fraction:
    """What steps earn beyond the rate, in minutes of pay."""
    return sum((Fraction((step.percent - 100) * step.minutes, 100) for step in steps), Fraction(0))


def _by_pieces(given: PriceInput, minutes: Fraction) -> Money:
    """What so many minutes of the shift are worth by what its pieces add to the hourly pay."""
    if given.pieces is None:
        return Money.zero(given.rate.currency)
    whole = given.pieces.beyond(given.full_rate, given.work_minutes)
    return whole * (minutes / max(1, given.paid_minutes))


def _night_premium(given: PriceInput) -> PriceLine:
    """A line of several percentages has no rate of its own."""
    minutes, points = given.night_minutes, {RULES["NIGHT"].parameters["percent"] * 100}
    money = given.full_rate * Fraction(max(points) * minutes, 600_000)
    if given.night_law is not None and minutes:
        points = {step.points for step in given.night_law.steps}
        money = given.full_rate * Fraction(given.night_law.worth, 600_000)
    more: dict[str, Any] = {"seconds": minutes * 60}
    if len(points) == 1:
        more |= {"rate": given.full_rate * Fraction(max(points), 10_000), "percent": Decimal(max(points)) / 100}
    return _line(LineKind.NIGHT_PREMIUM, Payee.CONTRACTOR, "NIGHT", money, **more)


def _top_up(given: PriceInput) -> PriceLine:
    """On all time at the base rate: an hour that is owed though nobody worked it earns no less than one of work. Time
    that pieces pay is topped up to the hourly rate, too (PIECES)."""
    zero = Money.zero(given.rate.currency)
    least = given.least_rate or zero
    short = max(zero, least - given.full_rate, key=lambda money: money.amount)
    minutes = sum(given.time_minutes) if short else 0
    missing, rule = Fraction(short.amount * minutes, 60), "TOP_UP"
    more: dict[str, Any] = {"seconds": minutes * 60, "rate": short}
    if given.pieces is not None and (lacks := given.pieces.missing_to(given.full_rate + short, given.piece_minutes)):
        missing, rule = missing + lacks, "PIECES"
        more = {"seconds": (minutes + given.piece_minutes) * 60}
    return _line(LineKind.TOP_UP, Payee.CONTRACTOR, rule, Money(ceil(missing), short.currency), **more)


def _bonus(given: PriceInput) -> PriceLine:
    return _line(LineKind.BONUS, Payee.CONTRACTOR, "BONUS", given.bonus or Money.zero(given.rate.currency))


def _by_the_piece(given: PriceInput) -> Money:
    """What work by the piece counts as for the fee: its pieces, or its time at the hourly rate where that is more. Else
    a company would pay less fee the fewer pieces are counted (FEE)."""
    if given.pieces is None:
        return Money.zero(given.rate.currency)
    lacking = given.pieces.missing_to(given.rate, given.piece_minutes)
    return given.pieces.money + Money(ceil(lacking), given.rate.currency)


def _sick_accrual(given: PriceInput) -> PriceLine:
    """Leave in whole seconds, because 60 seconds in 30 minutes' worth of an hour make two for each minute worked."""
    seconds = sick_seconds(given.paid_minutes + given.qualification_minutes)
    if given.sick_seconds_left is not None:
        seconds = min(seconds, given.sick_seconds_left)
    money = given.full_rate * Fraction(seconds, 3600)
    return _line(LineKind.SICK_ACCRUAL, Payee.BENEFITS, "SICK", money, seconds=seconds, rate=given.full_rate)


def _health_percent() -> Decimal:
    return Decimal(RULES["HEALTH"].parameters["percent"])


def _percentage(kind: LineKind, payee: Payee, rule_id: str, percent: Decimal, of: Money) -> PriceLine:
    return _line(kind, payee, rule_id, of * (Fraction(percent) / 100), percent=percent)


def _margin(given: PriceInput) -> PriceLine:
    margin = given.margin or Money.zero(given.rate.currency)
    seconds = given.paid_minutes * 60 if margin else 0
    money = margin * Fraction(given.paid_minutes, 60)
    return _line(LineKind.THIRD_PARTY_MARGIN, Payee.THIRD_PARTY, "MARGINS", money, seconds=seconds, rate=margin)
