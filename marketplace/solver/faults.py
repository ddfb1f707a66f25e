"""What is wrong with files, named so that whoever wrote them finds the place."""

from collections.abc import Sequence
from dataclasses import dataclass

MOST_TOLD = 20


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong. `line` is that of the file, the heading being 1; None where it is about all of it."""

    file: str
    line: int | None
    field: str | None
    code: str
    sentence: str

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{place}: {self.field or 'file'}: {self.sentence} [{self.code}]"


class BadFiles(Exception):
    """The files are no market. `faults` are the first of what is wrong, by file and line."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = list(faults)[:MOST_TOLD]
        more = len(faults) - len(self.faults)
        super().__init__("\n".join([*map(str, self.faults), *([f"and {more} more"] if more else [])]))
