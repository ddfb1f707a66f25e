"""What the terminal shows while the story is played."""

import shutil
import sys
import textwrap
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from examples.story import report, script, told

BAR = 30
SETARA = (
    "Setara is a marketplace for AI data work in which fairness is code: a gig below the floor cannot be published, "
    "waiting is paid, time is cut with a reason or not at all, and every line of pay names its rule and its contract."
)
STORY = (
    "This is the work that two newspapers told of in May 2023, played through it by people who are all made up, from "
    "27 April to 10 May 2023. The law is today's table of standards, applied to 2023 as house policy. No money moves."
)


class Teller:
    """Tells what happens, and how far long work is: on a terminal in one line that fills, else every tenth step."""

    def __init__(self) -> None:
        self._live = sys.stdout.isatty()
        self._open = False
        self._began = time.monotonic()
        for paragraph in (SETARA, STORY):
            print(textwrap.fill(paragraph, min(shutil.get_terminal_size().columns, 116)), flush=True)
        print(flush=True)

    def tell(self, text: str) -> None:
        self._end_line()
        width = min(shutil.get_terminal_size().columns, 116)
        rest = text.lstrip()
        space = " " * (3 + len(text) - len(rest))
        print(textwrap.fill(rest, width, initial_indent=space, subsequent_indent=f"{space}  "), flush=True)

    def step(self, what: str, done: int, of: int) -> None:
        """Shows how far something is."""
        line = f"[{time.monotonic() - self._began:6.1f} s] {what} {done} of {of}"
        if self._live:
            full = BAR * done // of
            print(f"\r{line:<34} {'█' * full}{'░' * (BAR - full)}", end="", flush=True)
            self._open = done < of
            if not self._open:
                print(flush=True)
        elif done == of or done * 10 // of > (done - 1) * 10 // of:
            print(line, flush=True)

    def close(
        self, found: Mapping[str, Any], written: Sequence[Path], seconds: Mapping[str, float], waited: float
    ) -> None:
        """The end: what was told against what happened, the proof, and where to look further."""
        self._end_line()
        print()
        for kind in told.table(found):
            print(f"   {kind.words}")
            self._row(("", "as told", "in Setara"))
            for row in kind.rows:
                self._row((row.question, row.told, row.here))
            print()
        for check in (*found["proof"], *found["truths"]):
            examined = f" ({check['examined']} examined)" if "examined" in check else ""
            print(f"   {'✓' if check['holds'] else '✗ BROKEN:'} {check['sentence']}{examined}")
        print()
        parts = ", ".join(f"{what} {spent:.0f}" for what, spent in seconds.items())
        print(f"Played in {sum(seconds.values()):.0f} seconds: {parts}; {waited:.0f} of them went to the jobs.")
        if script.share() == 1 and report.KEPT.exists():
            kept = "the same, byte for byte, as" if report.is_as_kept(found) else "NOT the same as"
            print(f"The outcome is {kept} the one in {script.FOLDER.relative_to(script.FOLDER.parents[1])}.")
        for path in written:
            print(f"   {path}")
        print("`make run` opens the service at the story's present: 10 May 2023, in the afternoon.", flush=True)

    def _row(self, cells: Sequence[str]) -> None:
        widths = (34, 34, 44)
        columns = [textwrap.wrap(cell, width - 1) or [""] for cell, width in zip(cells, widths, strict=True)]
        for line in range(max(len(column) for column in columns)):
            parts = (column[line] if line < len(column) else "" for column in columns)
            print("   " + "".join(part.ljust(width) for part, width in zip(parts, widths, strict=True)).rstrip())

    def _end_line(self) -> None:
        if self._open:
            print(flush=True)
            self._open = False
