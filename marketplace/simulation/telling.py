"""The figures of a comparison as a page of Markdown, and as a picture (SVG)."""

from collections.abc import Sequence
from typing import Final
from xml.sax.saxutils import escape

from marketplace.simulation.figures import (
    CLEARLY,
    LEAST_EQUAL,
    MOST_IN_VAIN,
    Figures,
    best,
    is_fair,
)
from marketplace.simulation.policies import POLICIES, SERVICE

WORDS: Final = {
    "one-by-one": "each open seat to one person at a time, also near the start",
    "measured-24h": "waves by measured answers from 24 hours before the start",
    "measured": "waves by measured answers from 72 hours before the start (rule WAVES)",
    "measured-week": "waves by measured answers from a week before the start",
    "enough": "so many from 72 hours before the start that at least as many yeses are expected as seats are open",
    "double": "two people for each open seat from 72 hours before the start",
    "first-come": "as rule WAVES, but the first yes has the seat",
    "double-first-come": "two people for each seat, and the first yes has it",
    "short-answer": "as rule WAVES, with a quarter of the time to answer",
    "standby": "as rule WAVES, and for ten seats somebody stands by, paid (rule STANDBY)",
}
BEGIN: Final = (
    "Written by `flask --app wsgi matching simulate`, which lives seeded markets through with the service's own engine "
    "and rules; only the people and their answers are made up (`marketplace/simulation/assumed.py` says how). Every "
    "policy meets the same people, who answer the same question alike, so that a difference is the policy's."
)
READING: Final = (
    "The bound is the most seats that anybody could have filled who knew every answer before. *Fair* is a policy with "
    f"at most {MOST_IN_VAIN:.0%} of the yeses in vain, under which people with a poor network have at least "
    f"{LEAST_EQUAL:.0%} of the hours that the same people would have in the same world with a steady one."
)
CHOICE: Final = (
    "Of the fair ones the one that is worth most is chosen: by the share of seats that it fills, less what it pays for "
    f"idle time. What the service does, *{SERVICE}*, stays while the best is not worth more by {CLEARLY} standard "
    "errors, world by world: people know it."
)
COLUMNS: Final = (
    "policy",
    "filled",
    "of the bound",
    "in bursts",
    "minutes to fill: half",
    "nine in ten, near the start",
    "chosen hours met",
    "poor network / steady",
    "yeses in vain",
    "offers a seat",
    "idle pay",
    "fair",
)
BAR, LEFT, LINE = 420, 150, 26
LOOK: Final = 'role="img" font-family="sans-serif" font-size="13"'


def page(found: Sequence[Figures], how: str, picture: str | None = None) -> str:
    """The comparison in Markdown. `how` says on what it was made; `picture` is where the picture stands."""
    chosen = best(found, SERVICE)
    lines = [
        "# Ways of asking people, compared",
        "",
        BEGIN,
        "",
        how,
        "",
        *([f"![Seats filled, and the bound]({picture})", ""] if picture else []),
        "| " + " | ".join(COLUMNS) + " |",
        "|---" * len(COLUMNS) + "|",
        *[_row(one) for one in found],
        "",
        READING,
        "",
        f"**Chosen: {chosen.policy}** ({WORDS[chosen.policy]}). {CHOICE}",
        "",
        "## Chosen hours met, by region",
        "",
        *_table(found, "chosen_by_region"),
        "",
        "## Answers in time, by network",
        "",
        *_table(found, "answered_by_network"),
        "",
        "## The policies",
        "",
        *[f"- **{name}**: {WORDS[name]}." for name in POLICIES if name in {one.policy for one in found}],
        "",
    ]
    return "\n".join(lines)


def _row(one: Figures) -> str:
    reached = f"{one.filled / one.bound:.1%}" if one.bound else "–"
    cells = (
        f"{one.policy}",
        f"{one.filled:.1%}",
        reached,
        f"{one.filled_in_bursts:.0%}",
        f"{one.minutes_to_fill}",
        f"{one.minutes_to_fill_soon}",
        f"{one.chosen:.0%}",
        f"{one.equal:.2f}",
        f"{one.in_vain:.1%}",
        f"{one.offers_a_seat:.2f}",
        f"{one.idle:.1%}",
        "yes" if is_fair(one) else "no",
    )
    return "| " + " | ".join(cells) + " |"


def _table(found: Sequence[Figures], name: str) -> list[str]:
    keys = sorted({key for one in found for key in getattr(one, name)})
    rows = [[f"{getattr(one, name).get(key, 0):.0%}" for key in keys] for one in found]
    head = f"| policy | {' | '.join(keys)} |"
    return [
        head,
        "|---" * (len(keys) + 1) + "|",
        *[f"| {one.policy} | {' | '.join(row)} |" for one, row in zip(found, rows, strict=True)],
    ]


def picture(found: Sequence[Figures]) -> str:
    """Bars of the share of seats that each policy filled, with a mark where the bound is."""
    height = LINE * len(found) + 40
    chosen = best(found, SERVICE).policy
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {LEFT + BAR + 70} {height}" {LOOK}>',
        "<title>Share of seats filled by each policy, and the most that was possible</title>",
        '<rect width="100%" height="100%" fill="#ffffff"/>',
    ]
    for number, one in enumerate(found):
        top = 10 + number * LINE
        width, fill = round(BAR * one.filled, 1), "#0a5c6b" if one.policy == chosen else "#8fb8c0"
        parts += [
            f'<text x="{LEFT - 8}" y="{top + 15}" text-anchor="end" fill="#1b1b1b">{escape(one.policy)}</text>',
            f'<rect x="{LEFT}" y="{top}" width="{width}" height="{LINE - 8}" fill="{fill}"/>',
            f'<text x="{LEFT + BAR + 8}" y="{top + 15}" fill="#1b1b1b">{one.filled:.1%}</text>',
        ]
        if one.bound is not None:
            at = round(LEFT + BAR * one.bound, 1)
            parts.append(
                f'<line x1="{at}" x2="{at}" y1="{top - 3}" y2="{top + LINE - 5}" stroke="#b3261e" stroke-width="2"/>'
            )
    note = "Red: the most that was possible for who knew every answer before."
    parts += [f'<text x="{LEFT}" y="{height - 12}" fill="#1b1b1b" font-size="12">{note}</text>', "</svg>", ""]
    return "\n".join(parts)
