"""Every rule of the house, as data: the code of all rooms reads its rules here, and docs/rules.md is written from here.

A sentence or a number that changes is a new version of its rule: raise `version`, say `since` when, and write the old
one into `history.py`, where it stays readable. A test remembers what each version said. "House" marks a number that no
law or standard gives; its source then says what it was weighed against. Fairwork's and the Partnership on AI's points
are our own reading of their texts.
"""

from collections.abc import Mapping
from itertools import chain
from types import MappingProxyType
from typing import Final

from marketplace.standards.catalogue.benefits import BENEFITS
from marketplace.standards.catalogue.cuts import CUTS
from marketplace.standards.catalogue.fees import FEES
from marketplace.standards.catalogue.floors import FLOORS
from marketplace.standards.catalogue.gigs import GIGS
from marketplace.standards.catalogue.hours import HOURS
from marketplace.standards.catalogue.paid_time import PAID_TIME
from marketplace.standards.catalogue.payouts import PAYOUTS
from marketplace.standards.catalogue.qualifications import QUALIFICATIONS
from marketplace.standards.catalogue.records import RECORDS
from marketplace.standards.catalogue.seats import SEATS
from marketplace.standards.catalogue.standing import STANDING
from marketplace.standards.catalogue.terms import TERMS
from marketplace.standards.verdicts import Rule

_IN_ORDER = (
    FLOORS,
    GIGS,
    HOURS,
    STANDING,
    RECORDS,
    SEATS,
    PAID_TIME,
    PAYOUTS,
    CUTS,
    BENEFITS,
    FEES,
    TERMS,
    QUALIFICATIONS,
)
RULES: Final[Mapping[str, Rule]] = MappingProxyType({rule.id: rule for rule in chain.from_iterable(_IN_ORDER)})
"""Every rule in force, by its id, in the order in which they are published."""
