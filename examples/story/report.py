"""The outcome as files: the numbers as JSON, and a page with pictures that needs nothing but a browser."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from examples.story import pictures, script, told

TEMPLATES = Path(__file__).parent


def write(found: Mapping[str, Any], folder: Path) -> Sequence[Path]:
    """Writes both, in place of those before, and returns where they stand. The same outcome gives the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    numbers, page = folder / "outcome.json", folder / "report.html"
    numbers.write_text(as_json(found))
    page.write_text(as_page(found))
    return [page, numbers]


KEPT = script.FOLDER / "outcome.json"
"""What the whole story came to when it was played last for keeping."""


def is_as_kept(found: Mapping[str, Any]) -> bool:
    """Whether the outcome is, byte for byte, the one that is kept beside the facts."""
    return KEPT.exists() and KEPT.read_text() == as_json(found)


def keep(found: Mapping[str, Any]) -> Path:
    """Keeps the outcome beside the facts, in place of the one before."""
    KEPT.write_text(as_json(found))
    return KEPT


def as_json(found: Mapping[str, Any]) -> str:
    return json.dumps(found, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def as_page(found: Mapping[str, Any]) -> str:
    """The report as one HTML document, with its style and its pictures in it."""
    templates = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    facts = script.facts()
    return templates.get_template("page.html").render(
        found=found,
        kinds=told.table(found),
        facts=facts,
        fact_numbers={fact["id"]: number for number, fact in enumerate(facts["facts"], start=1)},
        hours_of_pay=pictures.hours_of_pay(found),
        dollar=pictures.dollar_of_a_company(found),
        dots=pictures.world_map(found),
        columns=pictures.days(found),
        happened=[scene["words"] for scene in found["scenes"].values()],
        counts=_counts(found["counts"]),
    )


def _counts(counts: Mapping[str, Any]) -> str:
    """The counts in a sentence: "offers: 210 accepted, 12 declined; ..."."""
    parts = []
    for name, value in counts.items():
        words = name.replace("_", " ")
        if isinstance(value, Mapping):
            parts.append(f"{words}: " + ", ".join(f"{number} {key.replace('_', ' ')}" for key, number in value.items()))
        else:
            parts.append(f"{words}: {value}")
    return "; ".join(parts) + "."
