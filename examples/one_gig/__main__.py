"""`make gig`: plays the gig at the service that SETARA_URL names, and ends with the proof."""

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

from examples.one_gig.client import Refused
from examples.one_gig.play import play
from examples.one_gig.scene import Narrator

PROJECT = Path(__file__).parents[2]


def make_operator(email: str) -> None:
    """Names the first operator, as whoever installs the service does."""
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "people", "make-operator", email, "admin"]
    subprocess.run(command, cwd=PROJECT, check=True, stdout=subprocess.DEVNULL)


def pay_by_card(session: str) -> bool:
    """Pays at Stripe with its test card, by the command that the service has for it."""
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "rail", "test-card", session]
    return subprocess.run(command, cwd=PROJECT, check=False, stdout=subprocess.DEVNULL).returncode == 0


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m examples.one_gig", description=__doc__)
    parser.add_argument("--url", default=os.environ.get("SETARA_URL", "http://127.0.0.1:8000"))
    url = parser.parse_args().url
    start = time.monotonic()
    print("One lab, one gig of image labelling, one contractor in Kansas, one operator. All people are made up.")
    try:
        outcome = play(url, make_operator, Narrator(), pay_by_card)
    except Refused as refused:
        print(f"\nThe service refused a step that should work: {refused}", file=sys.stderr)
        return 1
    except (TimeoutError, RuntimeError) as ended:
        print(f"\n{ended}", file=sys.stderr)
        return 1
    holds = all(check["holds"] for check in outcome.proof["checks"])
    print(
        f"\n{'Every truth holds.' if holds else 'A TRUTH IS BROKEN.'} Played in {time.monotonic() - start:.0f} seconds."
    )
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
