"""The rules as a page: `python -m marketplace.standards.published > docs/rules.md`."""

import sys
from collections.abc import Mapping

from marketplace.standards.catalogue import RULES
from marketplace.standards.verdicts import Edition, Rule

HEAD = """\
# The rules

Written from `marketplace/standards/catalogue/` by `python -m marketplace.standards.published > docs/rules.md`; a test
fails when this page is not current. The strictest of law, standard and house policy holds. "House" marks a number
that no law or standard gives. Fairwork's and the Partnership on AI's points are our own reading of their texts. None of
this is legal advice.

| rule | version | since | what holds | basis | source | numbers | held by |
| --- | --- | --- | --- | --- | --- | --- | --- |
"""
BEFORE = """
## What they said before

What was judged or paid under an earlier version names it. A version that ended on the day on which it began held for
hours only.

| rule | version | since | until | what held | numbers |
| --- | --- | --- | --- | --- | --- |
"""


def rules_page() -> str:
    """The whole page, in the order of the catalogue. The same catalogue always makes the same page."""
    rules = RULES.values()
    earlier = (_earlier_line(rule, edition) for rule in rules for edition in rule.versions[1:])
    return HEAD + "".join(_line(rule) for rule in rules) + BEFORE + "".join(earlier)


def _line(rule: Rule) -> str:
    now = (str(rule.version), str(rule.valid_from), rule.sentence)
    return _row(rule.id, *now, rule.basis, rule.source, _numbers(rule.parameters), f"`{rule.held_by}`")


def _earlier_line(rule: Rule, was: Edition) -> str:
    days = (str(was.valid_from), str(was.valid_until))
    return _row(rule.id, str(was.version), *days, was.sentence, _numbers(was.parameters))


def _numbers(parameters: Mapping[str, int]) -> str:
    return "<br>".join(f"{name} = {value}" for name, value in parameters.items())


def _row(*cells: str) -> str:
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |\n"


if __name__ == "__main__":
    sys.stdout.write(rules_page())
