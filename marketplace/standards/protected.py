"""What nobody is chosen by: the protected attributes, and the words by which a criterion gives itself away."""

import re
from collections.abc import Mapping
from itertools import pairwise
from types import MappingProxyType
from typing import Final

PROTECTED: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "age": frozenset({"age", "young", "youth", "elderly", "birthdate", "birthday", "datebirth"}),
        "sex": frozenset(
            {"sex", "gender", "male", "female", "man", "men", "woman", "women", "transgender", "pregnancy", "pregnant"}
        ),
        "sexual orientation": frozenset({"gay", "lesbian", "heterosexual", "homosexual", "sexualorientation"}),
        "race or colour": frozenset({"race", "caste", "caucasian", "skincolour", "skincolor"}),
        "ethnic or social origin": frozenset({"ethnicity", "ethnic", "tribe", "socialorigin", "nationalorigin"}),
        "nationality": frozenset({"nationality", "citizen", "citizenship", "immigrant"}),
        "mother tongue": frozenset({"nativespeaker", "mothertongue"}),
        "religion or belief": frozenset({"religion", "christian", "muslim", "hindu", "jewish", "buddhist", "atheist"}),
        "political opinion": frozenset({"politicalopinion", "politicalparty"}),
        "trade union membership": frozenset({"unionmembership", "unionmember", "tradeunion"}),
        "disability or health": frozenset({"disability", "disabled", "healthy", "healthstatus"}),
        "genetics": frozenset({"genotype"}),
        "family and marriage": frozenset({"maritalstatus", "married", "unmarried", "childless", "parenthood"}),
    }
)
"""Words, alone or two in a row, that choose people by what they are, by the attribute that they name.

Attributes: ILO C111 (Discrimination, 1958) article 1(1)(a); EU Charter of Fundamental Rights article 21; for union
membership ILO C98 (1949) article 1; Fairwork 4.2. P8 of the rule catalogue: criteria are declared and job-related.
A language is a criterion only as a level that the work needs, never as a mother tongue. The list catches the plain
cases; words that also name subjects of work (skin, politics, genetics) are left out, and operators read what is
published."""

_WORDS = re.compile(r"[a-z]+")
_NAMES: Final = frozenset(name for attribute in PROTECTED for name in re.split(" or | and ", attribute))


def protected_attribute(name: str) -> str | None:
    """The protected attribute that a criterion's name speaks of, or None: "female-voice" speaks of sex."""
    words = _WORDS.findall(name.lower())
    said = {*words, *(first + second for first, second in pairwise(words))}
    return next((attribute for attribute, names in PROTECTED.items() if said & names), None)


def is_protected_kind(kind: str) -> bool:
    """Whether a criterion of this kind chooses people by a protected attribute. The attribute's own name counts here:
    "health: good" chooses people by it, while a skill may be about health."""
    return " ".join(_WORDS.findall(kind.lower())) in _NAMES or protected_attribute(kind) is not None
