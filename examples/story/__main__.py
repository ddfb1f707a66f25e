"""`make demo`: plays the story beside a running service, and leaves its world and a report behind.

The database must be empty. Exit codes: 0 played and every truth holds; 1 a truth is broken; 2 wrong command line;
3 the database has people in it already; 4 the companies' money has not come. A smaller story than the whole one is
never kept (2).
"""

import argparse
import os
import sys
import time
from pathlib import Path

from examples.story import outcome, report, script
from examples.story.hand import Hand
from examples.story.play import play
from examples.story.teller import Teller
from examples.story.world import NotFunded
from marketplace import demo
from marketplace.app import create_app
from marketplace.core.db import transaction

TAKEN = "This database has people in it already. Play on another one: make demo INSTANCE=story"
UNPAID = "Play it again on an empty database, and pay meanwhile: make demo INSTANCE=story"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m examples.story", description=__doc__)
    folder = Path(os.environ.get("SETARA_FOLDER", "instance"))
    parser.add_argument("--report", type=Path, default=folder / "report", help="folder for the report (%(default)s)")
    parser.add_argument(
        "--keep", action="store_true", help="keep the outcome beside the facts, for later plays to match"
    )
    parser.add_argument("--idle", action="store_true", help="run no jobs here, and leave them all to workers elsewhere")
    options = parser.parse_args()
    if options.keep and script.share() != 1:
        parser.error("Only the whole story is kept: leave STORY_SHARE out.")
    app = create_app()
    with app.app_context():
        with transaction():
            empty = demo.is_empty()
        if not empty:
            print(TAKEN, file=sys.stderr)
            return 3
        teller, hand = Teller(), Hand(idle=options.idle)
        try:
            story = play(app, hand, teller.tell, teller.step)
        except NotFunded as missing:
            print(f"{missing} {UNPAID}", file=sys.stderr)
            return 4
        began = time.monotonic()
        found = outcome.read(story)
        written = report.write(found, options.report)
        if options.keep:
            written = [*written, report.keep(found)]
        story.seconds["reading it"] = time.monotonic() - began
    teller.close(found, written, story.seconds, hand.waited)
    return 0 if all(check["holds"] for check in (*found["proof"], *found["truths"])) else 1


if __name__ == "__main__":
    sys.exit(main())
