"""Every published rule is true of itself: it is held by a test that exists, and its page is current."""

import ast
import re
from pathlib import Path

import pytest

from marketplace.standards.catalogue import RULES
from marketplace.standards.published import rules_page
from marketplace.standards.verdicts import Rule

ROOT = Path(__file__).resolve().parents[2]


def test_the_page_of_rules_is_current() -> None:
    """If this fails: python -m marketplace.standards.published > docs/rules.md"""
    assert (ROOT / "docs" / "rules.md").read_text(encoding="utf-8") == rules_page()


def test_every_rule_of_the_code_is_published() -> None:
    """Rules are made in the catalogue alone, each under an id of its own; so none stands in a room unread."""
    made = {path.name: _calls(path, "Rule") for path in (ROOT / "marketplace").rglob("*.py")}
    assert {name: count for name, count in made.items() if count} == {"catalogue.py": 1}
    assert _calls(ROOT / "marketplace" / "standards" / "catalogue.py", "_rule") == len(RULES)


def _calls(path: Path, name: str) -> int:
    calls = (node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call))
    return sum(isinstance(call.func, ast.Name) and call.func.id == name for call in calls)


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_a_rule_is_held_by_a_test(rule: Rule) -> None:
    file, _, name = rule.held_by.partition("::")
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_a_rule_says_what_it_rests_on(rule: Rule) -> None:
    assert RULES[rule.id] is rule
    assert rule.sentence.endswith(".")
    assert rule.source
    assert rule.version >= 1


def test_every_number_of_a_rule_is_read_by_the_code() -> None:
    """A published number that no code reads would be a promise that nobody keeps. Classes and countries are spliced
    into the names, so the rest of the name is what is looked for."""
    code = "".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "marketplace").rglob("*.py") if path.name != "catalogue.py"
    )
    unread = [
        f"{rule.id}.{name}"
        for rule in RULES.values()
        for name in rule.parameters
        if not re.search(rf"""["_]{re.sub("^(h[0-3]|za|ua)_", "", name)}["]""", code)
    ]
    assert unread == []
