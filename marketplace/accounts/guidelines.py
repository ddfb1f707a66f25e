"""What a company signs when it adopts the guidelines, in versions that stay as they were. Pure.

The words are our own. Partnership on AI wrote the five guidelines; signing here is the company's own statement about
itself and no judgement of theirs.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from types import MappingProxyType
from typing import Final

from marketplace.core.problems import Conflict, Invalid


class NotTheSignatory(Invalid):
    code = "not_the_signatory"
    title = "The statement is signed by the person who was verified as the company's signatory."
    remedy = "Type their full name as it stands in what the company told of itself."


class OtherText(Conflict):
    code = "other_guidelines"
    title = "This is not the text that is signed now."
    remedy = "Read the present text, and sign that."


class AlreadyAdopted(Conflict):
    code = "already_adopted"
    title = "The company has adopted this version already."


class NotAdopted(Conflict):
    code = "not_adopted"
    title = "The company has adopted nothing that it could withdraw."


@dataclass(frozen=True, slots=True)
class Text:
    """One version. It is never changed: another wording is another version."""

    version: int
    valid_from: date
    text: str

    @property
    def sha256(self) -> str:
        return sha256(self.text.encode()).hexdigest()


TEXTS: Final[Mapping[int, Text]] = MappingProxyType(
    {
        1: Text(
            1,
            date(2026, 11, 29),
            "We adopt the five guidelines for the responsible sourcing of data work.\n\n"
            "1. Pay. We choose a model of pay that fits the work, and pay everybody at least what they need to "
            "live where they live, for all the time that the work takes: reading, waiting, training and breaks "
            "too.\n\n"
            "2. Pilot. We try the work out with paid people before we ask many to do it, and mend what they "
            "tell us.\n\n"
            "3. People. We choose people by what the work needs and by nothing else, and say what and why.\n\n"
            "4. Instructions. We give instructions that somebody other than their author has verified, and pay "
            "for training.\n\n"
            "5. Communication. We name a person who answers, and we answer. A question is never held against "
            "anybody.\n\n"
            "We know what this service enforces whether we like it or not: the floor of each place, money set "
            "aside before the work, pay within seven days, paid breaks and caps for distressing work, no "
            "effect of a no, a reason in writing for every cut, and somebody of neither side who rules when we "
            "disagree. We do not work around it.\n\n"
            "This is our own statement about how we behave. Neither the Partnership on AI, which wrote the "
            "guidelines, nor this service vouches for it. Whoever works for us may hold us to it.",
        )
    }
)
CURRENT: Final = TEXTS[max(TEXTS)]


def check_signature(name: str, signatory: str, text_sha256: str) -> None:
    """Raises NotTheSignatory or OtherText."""
    if " ".join(name.split()).casefold() != " ".join(signatory.split()).casefold():
        raise NotTheSignatory(field="name")
    if text_sha256 != CURRENT.sha256:
        raise OtherText(field="text_sha256")
