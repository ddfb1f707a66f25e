"""How a rule is written into the catalogue."""

from datetime import date
from types import MappingProxyType

from marketplace.standards.history import EARLIER, FIRST
from marketplace.standards.verdicts import Basis, Rule


def rule(
    rule_id: str,
    basis: Basis,
    sentence: str,
    source: str,
    held_by: str,
    /,
    version: int = 1,
    since: date = FIRST,
    **parameters: int,
) -> Rule:
    """A rule with what it said before. `held_by` is the test that holds it; parameters are its numbers."""
    earlier, numbers = EARLIER.get(rule_id, ()), MappingProxyType(parameters)
    return Rule(rule_id, version, sentence, basis, source, since, held_by, numbers, earlier)
