"""The lives of things as diagrams, from the tables that the code moves them by: docs/states.md.

Written by: python -m marketplace.states > docs/states.md
"""

import sys
from collections.abc import Iterator

from marketplace import app
from marketplace.core.db import Base
from marketplace.core.lifecycle import Stateful

HEAD = """# The lives of things

A status changes along these arrows and no others: `core.lifecycle.move()` reads the same tables, and whoever comes too
late is told `409 wrong_state`. Every arrow is walked by a test. Written by `python -m marketplace.states`; a test
compares this page with the code.
"""
assert app.TABLES
Arrow = tuple[str, str, str]
"""A table, a status of its rows, and one that may follow it."""


def models() -> list[type[Stateful]]:
    """Everything of the service that has a life, by the names of the tables."""
    mapped = (mapper.class_ for mapper in Base.registry.mappers)
    ours = (each for each in mapped if issubclass(each, Stateful) and each.__module__.startswith("marketplace."))
    return sorted(ours, key=lambda each: each.__tablename__)


def arrows() -> Iterator[Arrow]:
    """Every change of a status that is possible."""
    for model in models():
        for old, following in model.transitions.items():
            for new in sorted(following):
                yield model.__tablename__, str(old), str(new)


def states_page() -> str:
    """The whole page. The same tables always make the same page."""
    return HEAD + "".join(_diagram(model) for model in models())


def _diagram(model: type[Stateful]) -> str:
    after = {new for following in model.transitions.values() for new in following}
    lines = [f"    [*] --> {status}" for status in model.transitions if status not in after]
    for old, following in model.transitions.items():
        lines += [f"    {old} --> {new}" for new in sorted(following)] or [f"    {old} --> [*]"]
    sentence = (model.__doc__ or "").strip().partition("\n\n")[0].replace("\n    ", " ")
    drawn = "\n".join(lines)
    return f"\n## {model.__tablename__}\n\n{sentence}\n\n```mermaid\nstateDiagram-v2\n{drawn}\n```\n"


if __name__ == "__main__":
    sys.stdout.write(states_page())
