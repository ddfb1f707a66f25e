"""Decent terms to start from: what a company's first template is filled with, and what the demonstration uses."""

from datetime import date
from typing import Any

from marketplace.contracts.terms import CARVE_OUTS, OTHER_CARVE_OUTS
from marketplace.core.money import Money


def usual_terms(lowest_pay: Money, effective_from: date) -> dict[str, Any]:
    """Terms that pass every check of `terms.refusals`: neutral work by the hour, on demand, with the house's benefits.

    A company changes what it needs to; nothing here is hidden from whoever signs.
    """
    return {
        "engagement_type": "contractor",
        "on_demand": True,
        "via_third_party": False,
        "intermediaries": [],
        "governing_law": "The law of the place where the contractor works",
        "dispute_forum": "A neutral operator of this service, then the courts of that place",
        "language": "en",
        "translations": [],
        "pay": {
            "model": "hourly",
            "amount": str(lowest_pay.decimal),
            "currency": lowest_pay.currency,
            "unit": "hour",
            "payment_term_days": 7,
            "fee_bearer": "company",
            "fx_source": "European Central Bank",
        },
        "hours": {
            "min_guaranteed": 0,
            "max_week": 40,
            "notice_days": 14,
            "cancellation": "Less than 24 hours ahead the full call-in minimum, less than 72 hours ahead half of it.",
        },
        "hazard": {"highest_class": "H0", "disclosure": "The work shows nothing distressing."},
        "ip": {
            "assignment": "What was made belongs to the company once it is paid.",
            "moral_rights": "They stay with the contractor.",
            "only_when_paid": True,
        },
        "nda": {
            "scope": "The company's material is not shown to others.",
            "months": 12,
            "carve_outs": sorted(CARVE_OUTS | OTHER_CARVE_OUTS),
        },
        "data_use": "The work trains and tests models. Times of work are kept for pay.",
        "termination": {"notice_days": 14, "reasons": ["The project ends.", "The terms are broken, told in writing."]},
        "offboarding": "All pay and benefits are paid out within 7 days, with an export of the record.",
        "benefits": ["sick-leave", "health-stipend"],
        "effective_from": effective_from.isoformat(),
        "effective_to": None,
    }
