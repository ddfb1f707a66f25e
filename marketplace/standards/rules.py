"""The law of this room, gathered: other rooms import rules from here and from `rates`, `hours`, `hazard` by name."""

from marketplace.core.problems import Conflict, Invalid
from marketplace.standards.catalogue import RULES
from marketplace.standards.floor import Benchmark, Floor, Place, Quote, Region
from marketplace.standards.gate import judge_offer, pilot_cap_minutes, pilot_lacks
from marketplace.standards.hazard import HazardCategory, HazardClass, judge_exposure
from marketplace.standards.hours import Span, judge_age, judge_break, judge_day, judge_day_off, judge_rest, judge_week
from marketplace.standards.offer import (
    BY_PIECE,
    NOTHING_UNPAID,
    CriterionKind,
    Offer,
    PaymentModel,
    PilotFacts,
    UnpaidKind,
)
from marketplace.standards.verdicts import Basis, Confidence, Outcome, Rule, Verdict, broken

__all__ = [
    "BY_PIECE",
    "NOTHING_UNPAID",
    "RULES",
    "Basis",
    "Benchmark",
    "Confidence",
    "CriterionKind",
    "Floor",
    "HazardCategory",
    "HazardClass",
    "NoSourcedRate",
    "Offer",
    "Outcome",
    "PaymentModel",
    "PilotFacts",
    "Place",
    "Quote",
    "Region",
    "Rule",
    "Span",
    "UnknownPlace",
    "UnpaidKind",
    "Verdict",
    "broken",
    "judge_age",
    "judge_break",
    "judge_day",
    "judge_day_off",
    "judge_exposure",
    "judge_offer",
    "judge_rest",
    "judge_week",
    "pilot_cap_minutes",
    "pilot_lacks",
]


class NoSourcedRate(Conflict):
    """No source gives a rate between the two currencies for the day or the days just before it."""

    code = "no_sourced_rate"
    title = "There is no sourced exchange rate for that day."
    remedy = "An operator may enter one with its source and date."


class UnknownPlace(Invalid):
    code = "unknown_place"
    title = "This is not a country or a part of one."
    remedy = "Give an ISO 3166-1 code such as KE, and a part of it such as US-KS."
