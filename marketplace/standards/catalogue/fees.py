"""What comes on top of pay, and at which rate money is exchanged."""

from datetime import date
from typing import Final

from marketplace.standards.catalogue.entry import rule
from marketplace.standards.catalogue.references import FAIRWORK, RATES
from marketplace.standards.verdicts import Basis, Rule

FEES: Final[tuple[Rule, ...]] = (
    rule(
        "FEE",
        Basis.HOUSE,
        "The service's fee is a percentage of paid work, on top of it and never out of it; premiums and called-off "
        "time bear none. Work by the piece counts as its pieces, or as its time at the hourly rate where that is more.",
        f"{FAIRWORK}, 1.2 (pay after costs); the percentage is house policy",
        f"{RATES}::test_the_fee_comes_on_top",
        since=date(2026, 11, 30),
        version=2,
        percent=5,
    ),
    rule(
        "EXCHANGE",
        Basis.STANDARD,
        "An amount is exchanged at a sourced rate of the day or the last one before it, at most 7 days old; a floor "
        "may be compared at one of the last 92 days.",
        f"{FAIRWORK}, 1.1; rates of the European Central Bank, or entered with their source",
        "tests/standards/test_exchange.py::test_fifteen_dollars_in_rupiah",
        days_back=7,
        days_back_for_floors=92,
    ),
)
