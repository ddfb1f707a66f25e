"""How time and pieces are refused, and what becomes of that."""

from datetime import date
from typing import Final

from marketplace.standards.catalogue.entry import rule
from marketplace.standards.catalogue.references import PAI
from marketplace.standards.verdicts import Basis, Rule

CUTS: Final[tuple[Rule, ...]] = (
    rule(
        "REJECT",
        Basis.HOUSE,
        "A company that cuts time or pieces says for each cut of which kind it is, which clause it relies on, and what "
        "is missing or would be right; the rest is approved at once. A cut that a ruling overturns costs the company "
        "the pay of 15 minutes for its handling.",
        f"{PAI} (P15: every rejection has a reason code and evidence); the fee is house policy, since a rule about the "
        "length of reasons would breed boilerplate",
        "tests/disputes/test_service.py::test_one_hour_cut_and_restored",
        version=3,
        since=date(2026, 11, 30),
        fee_minutes=15,
    ),
    rule(
        "DISPUTE",
        Basis.HOUSE,
        "A cut can be disputed for 30 days, and its money stays held as long; an operator who belongs to neither side "
        "rules within 14 days, in writing, and when nobody has ruled by then everything is restored.",
        f"{PAI} (P15: an appeal to a person not involved); Directive (EU) 2024/2831 (platform work), human review of "
        "decisions; the numbers, and that silence favours the worker, are house policy",
        "tests/disputes/test_service.py::test_without_a_ruling_everything_is_restored",
        claim_days=30,
        ruling_days=14,
    ),
    rule(
        "APPEAL_ADVANCE",
        Basis.HOUSE,
        "A disputed cut of up to two hours, or of pieces that are worth no more, is paid by the next run, before "
        "anybody has ruled, three times a person in 30 days; whoever was paid keeps it, and where the company was "
        "right the service bears it.",
        "House policy: pay in escrow for weeks is a loss to who lives from it",
        "tests/disputes/test_advances.py::test_a_small_sum_is_paid_at_once_and_a_lost_dispute_costs_the_service",
        version=2,
        since=date(2026, 11, 30),
        most_minutes=120,
        times_in_30_days=3,
    ),
)
