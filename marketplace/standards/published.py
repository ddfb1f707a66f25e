"""The rules as a page: `python -m marketplace.standards.published > docs/rules.md`."""

import sys

from marketplace.standards.catalogue import RULES
from marketplace.standards.verdicts import Rule

HEAD = """\
# The rules

Written from `marketplace/standards/catalogue.py` by `python -m marketplace.standards.published > docs/rules.md`; a test
fails when this page is not current. The strictest of law, standard and house policy holds. "House" marks a number
that no law or standard gives. Fairwork's and the Partnership on AI's points are our own reading of their texts. None of
this is legal advice.

| rule | version | what holds | basis | source | numbers | held by |
| --- | --- | --- | --- | --- | --- | --- |
"""


def rules_page() -> str:
    """The whole page, in the order of the catalogue. The same catalogue always makes the same page."""
    return HEAD + "".join(_line(rule) for rule in RULES.values())


def _line(rule: Rule) -> str:
    numbers = "<br>".join(f"{name} = {value}" for name, value in rule.parameters.items())
    cells = (rule.id, str(rule.version), rule.sentence, rule.basis, rule.source, numbers, f"`{rule.held_by}`")
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |\n"


if __name__ == "__main__":
    sys.stdout.write(rules_page())
