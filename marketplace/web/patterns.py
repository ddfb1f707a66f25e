"""Sentences that hold numbers, told in the reader's language.

What a rule or a verb says is written once, in English and with its numbers in it, since it is stored and sent so. A
page knows such sentences as patterns: what fits one is told in the reader's language, with its numbers as people write
them.
"""

import re
from collections.abc import Callable, Sequence
from functools import cached_property

from flask_babel import gettext

_PLACE = re.compile(r"%\\\((\w+)\\\)s")


class Patterns:
    """`templates` are sentences with `%(name)s` where something stands, the longer before the shorter that they begin
    with. `value` tells what stood at a name as people read it."""

    def __init__(self, templates: Sequence[str], value: Callable[[str, str], str]) -> None:
        self.templates = templates
        self.value = value

    @cached_property
    def _compiled(self) -> tuple[tuple[re.Pattern[str], str], ...]:
        return tuple(
            (re.compile(_PLACE.sub(r"(?P<\1>.+)", re.escape(each)), re.DOTALL), each) for each in self.templates
        )

    def told(self, sentence: str) -> str | None:
        """The sentence in the reader's language; None where it fits none of them."""
        for pattern, template in self._compiled:
            if (found := pattern.fullmatch(sentence)) is not None:
                values = {name: self.value(name, text) for name, text in found.groupdict().items()}
                return str(gettext(template)) % values
        return None
