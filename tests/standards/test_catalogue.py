"""Every published rule is true of itself: it is held by a test that exists, and its page is current."""

import ast
import json
import re
from collections.abc import Iterator
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

import pytest

from marketplace.standards.catalogue import RULES
from marketplace.standards.published import rules_page
from marketplace.standards.verdicts import Rule

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = ROOT / "marketplace" / "standards" / "catalogue"
EDITIONS = Path(__file__).with_name("editions.txt")
"""What each version of each rule said, as digests. Lines are added and never changed."""


def test_the_page_of_rules_is_current() -> None:
    """If this fails: python -m marketplace.standards.published > docs/rules.md"""
    assert (ROOT / "docs" / "rules.md").read_text(encoding="utf-8") == rules_page()


def test_every_rule_of_the_code_is_published() -> None:
    """Rules are made in the catalogue alone, each under an id of its own; so none stands in a room unread."""
    made = {path: _calls(path, "Rule") for path in (ROOT / "marketplace").rglob("*.py")}
    assert {path: count for path, count in made.items() if count} == {CATALOGUE / "entry.py": 1}
    assert sum(_calls(path, "rule") for path in CATALOGUE.glob("*.py")) == len(RULES)


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


def test_what_a_version_said_stays_what_it_said() -> None:
    """If this fails for a rule that is new or has a new version: python -m tests.standards.test_catalogue

    If it fails because a line differs, a sentence or a number was changed without a new version: what was judged or
    paid under it would name a rule that never said so. Raise the version, and keep the old one in `history.py`.
    """
    kept = dict(line.rsplit(maxsplit=1) for line in EDITIONS.read_text(encoding="utf-8").splitlines())
    assert dict(_digests()) == kept


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_the_versions_of_a_rule_follow_each_other(rule: Rule) -> None:
    assert [edition.version for edition in rule.versions] == list(range(rule.version, 0, -1))
    for later, before in pairwise(rule.versions):
        assert before.valid_from <= later.valid_from == before.valid_until
        assert (before.sentence, before.parameters) != (later.sentence, later.parameters)


def _digests() -> Iterator[tuple[str, str]]:
    for rule in sorted(RULES.values(), key=lambda rule: rule.id):
        for edition in reversed(rule.versions):
            said = json.dumps([edition.sentence, dict(edition.parameters)], sort_keys=True)
            yield f"{rule.id} {edition.version}", sha256(said.encode()).hexdigest()[:16]


def _keep() -> None:
    """Adds the versions that are not kept yet. What is kept is never changed."""
    kept = dict(line.rsplit(maxsplit=1) for line in EDITIONS.read_text(encoding="utf-8").splitlines())
    lines = (dict(_digests()) | kept).items()
    EDITIONS.write_text("".join(f"{name} {digest}\n" for name, digest in sorted(lines)), encoding="utf-8")


def test_every_number_of_a_rule_is_read_by_the_code() -> None:
    """A published number that no code reads would be a promise that nobody keeps. Classes and countries are spliced
    into the names, so the rest of the name is what is looked for."""
    code = "".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "marketplace").rglob("*.py") if path.parent != CATALOGUE
    )
    unread = [
        f"{rule.id}.{name}"
        for rule in RULES.values()
        for name in rule.parameters
        if not re.search(rf"""["_]{re.sub("^(h[0-3]|za|ua|us_[a-z]{2})_", "", name)}["]""", code)
    ]
    assert unread == []


if __name__ == "__main__":
    _keep()
