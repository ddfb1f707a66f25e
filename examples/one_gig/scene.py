"""What the terminal shows while the gig is played."""

import shutil
import textwrap
from collections.abc import Mapping
from typing import Any


def _say(text: str, indent: int = 0) -> None:
    width = min(shutil.get_terminal_size().columns, 110)
    space = " " * indent
    print(textwrap.fill(text, width, initial_indent=space, subsequent_indent=space), flush=True)


class Narrator:
    """Numbers the scenes and says who does what; `silent` for whoever only wants the outcome."""

    def __init__(self, *, silent: bool = False) -> None:
        self._scenes = 0
        self._silent = silent

    def scene(self, title: str) -> None:
        self._scenes += 1
        if not self._silent:
            print()
            _say(f"{self._scenes}. {title}")

    def tell(self, text: str) -> None:
        if not self._silent:
            _say(text, 3)

    def verdict(self, verdict: Mapping[str, Any]) -> None:
        """A broken rule as a person reads it: what, why, whose rule, what would pass."""
        if self._silent:
            return
        _say(f"✗ {verdict['rule']} v{verdict['version']}: {verdict['sentence']}", 5)
        if verdict["limit"]:
            _say(f"what would pass: {verdict['limit']}", 9)
        _say(f"source: {verdict['source']}", 9)

    def row(self, *cells: str) -> None:
        if not self._silent:
            widths = (22, 10, 12, 12, 18, 34)
            print("   " + "".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=False)), flush=True)
