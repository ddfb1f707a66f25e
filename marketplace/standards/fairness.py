"""What is asked and what holds it, as a page: `python -m marketplace.standards.fairness > docs/fairness.md`."""

import sys
from collections.abc import Mapping
from typing import Final

from marketplace.standards.asked import Origin
from marketplace.standards.commitments import BY_ORIGIN, COMMITMENTS, Commitment, State

HEAD: Final = """\
# What is asked, and what holds it

Written from `marketplace/standards/commitments.py` by `python -m marketplace.standards.fairness > docs/fairness.md`;
tests fail when this page is not current, and when a rule, a record or a test that it names is not there.

Partnership on AI wrote five guidelines; P1 to P21 are our rules made from them. Fairwork's points are our own
assessment until Fairwork rates us. A row is *held* when a test holds a rule or a record of it and nothing that it asks
for is lacking, *in part* when something is, and *not yet* when nothing holds it. [rules.md](rules.md) tells the rules.

"""
HEADINGS: Final[Mapping[Origin, str]] = {
    Origin.GUIDELINES: "Made from the Partnership on AI's guidelines",
    Origin.STANDARDS: "Made from law and Fairwork's principles",
    Origin.HOUSE: "House rules",
}
STATES: Final[Mapping[State, str]] = {State.HELD: "held", State.IN_PART: "in part", State.NOT_YET: "not yet"}


def fairness_page() -> str:
    """The whole page. The same rows always make the same page."""
    return HEAD + _counts() + "".join(_section(origin) for origin in Origin)


def _counts() -> str:
    counts = {state: sum(row.state is state for row in COMMITMENTS) for state in State}
    told = ", ".join(f"{count} {STATES[state]}" for state, count in counts.items())
    return f"Of {len(COMMITMENTS)} rows: {told}.\n"


def _section(origin: Origin) -> str:
    head = "| row | what is asked | state | rules | records | held by | what is lacking |\n"
    lines = "".join(_line(row) for row in BY_ORIGIN[origin])
    return f"\n## {HEADINGS[origin]}\n\n{head}| --- | --- | --- | --- | --- | --- | --- |\n{lines}"


def _line(row: Commitment) -> str:
    held = row.held
    cells = (
        row.id,
        row.asked,
        STATES[row.state],
        ", ".join(held.rules),
        "<br>".join(f"`{record}`" for record in held.records),
        "<br>".join(f"`{test}`" for test in held.tests),
        held.lacks,
    )
    return f"| {' | '.join(cells)} |\n"


if __name__ == "__main__":
    sys.stdout.write(fairness_page())
