"""Terms that a company can begin with: decent ones, which `terms.check_terms` accepts as they stand."""

from datetime import date
from typing import Any

from marketplace.contracts.terms import CARVE_OUTS, LONGEST_PAYMENT_TERM, EngagementType
from marketplace.standards.engagement import INDICATORS

BENEFITS = ("sick-leave", "health-stipend")
"""Codes of the plans under which every minute of work accrues (rules SICK and HEALTH)."""


def decent_terms(today: date, amount: str, currency: str) -> dict[str, Any]:
    """Terms in the shape of `schemas.ContractTermsSchema`, in force from today, with that lowest hourly pay.

    A company may change every one of them; what cannot be offered to anybody is refused when it signs.
    """
    return {
        "engagement_type": EngagementType.CONTRACTOR.value,
        "practice": dict.fromkeys(INDICATORS, False),
        "on_demand": True,
        "via_third_party": False,
        "intermediaries": [],
        "governing_law": "The law of the place where the contractor works",
        "dispute_forum": "A neutral operator of this service, then the courts of that place",
        "language": "en",
        "translations": [{"language": "id", "words": {}}],
        "pay": {
            "model": "hourly",
            "amount": amount,
            "currency": currency,
            "unit": "hour",
            "payment_term_days": LONGEST_PAYMENT_TERM,
            "fee_bearer": "company",
            "fx_source": "European Central Bank, else a rate that an operator entered with its source",
        },
        "hours": {
            "min_guaranteed": 0,
            "max_week": 40,
            "notice_days": 14,
            "cancellation": "As the rules NOTICE and CALL_IN say: the later a shift is cancelled, the more is paid.",
        },
        "hazard": {
            "highest_class": "H0",
            "disclosure": "The work shows nothing distressing. Heavier work needs another contract and a consent.",
        },
        "instructions_version": "The verified version that a gig has while the work is done. What was done under one "
        "version is never judged by a later one.",
        "ip": {
            "assignment": "The results of the work belong to the company.",
            "moral_rights": "They stay with the contractor.",
            "only_when_paid": True,
        },
        "nda": {
            "scope": "What the contractor is shown for the work is not shown to others.",
            "months": 12,
            "carve_outs": sorted(CARVE_OUTS),
        },
        "data_use": "The results train and test models. Times of work are kept for pay and for nothing else.",
        "termination": {
            "notice_days": 14,
            "reasons": ["The project ends.", "The work repeatedly misses its instructions, after written notice."],
        },
        "offboarding": "All pay and benefits are paid out within 7 days, with an export of the contractor's record.",
        "benefits": list(BENEFITS),
        "effective_from": today.isoformat(),
        "effective_to": None,
    }
