"""A test as somebody who takes it sees it, before and after: what is asked, what they answered, what it was worth."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from marketplace.accounts.rules import Actor, Right
from marketplace.core.db import db
from marketplace.core.problems import NotFound
from marketplace.qualifications import queries, scoring
from marketplace.qualifications.models import Attempt, Qualification, TestContest, TestItem, TestVersion
from marketplace.qualifications.rules import AttemptStatus, Reveal
from marketplace.qualifications.scoring import SHARE_UNITS, Item, ItemKind


@dataclass(frozen=True, slots=True)
class Asked:
    """One item as it is shown. `ask` is in this attempt's order. `percent` is what the answer was worth, once it is
    handed in; `key` and `explanation` are told only where the test's policy says so."""

    id: UUID
    kind: ItemKind
    prompt: str
    ask: Mapping[str, Any]
    points: int
    rule: str
    value: Any
    percent: int | None = None
    key: Mapping[str, Any] | None = None
    explanation: str = ""

    @property
    def is_right(self) -> bool:
        return self.percent == 100


@dataclass(frozen=True, slots=True)
class Sheet:
    """An attempt with its items; `contest` is the person's, if they contested the result."""

    attempt: Attempt
    qualification: Qualification
    version: TestVersion
    items: Sequence[Asked]
    contest: TestContest | None

    @property
    def answered(self) -> int:
        return sum(item.value is not None for item in self.items)


def sheet(attempt_id: UUID, seen_by: Actor) -> Sheet:
    """One's own attempt. Nothing of a key leaves it before it is handed in, and afterwards only what the test's policy
    says: with `after_pass` to whoever passed, with `never` to nobody. Raises NotFound."""
    found = queries.attempt(attempt_id, seen_by)
    version = db.session.get_one(TestVersion, found.version_id)
    given = queries.answers(found.id)
    reveal = version.reveal is Reveal.AFTER_PASS and found.status is AttemptStatus.PASSED
    items = []
    for each in queries.items(found.item_ids):
        answer = given.get(each.id)
        score = None if answer is None or answer.scored is None else 100 * answer.scored // SHARE_UNITS
        items.append(_asked(each, found.seed, answer.value if answer else None, score, reveal=reveal))
    contest = db.session.query(TestContest).filter_by(attempt_id=found.id).one_or_none()
    return Sheet(found, db.session.get_one(Qualification, found.qualification_id), version, items, contest)


def preview(version_id: UUID, seen_by: Actor) -> list[Asked]:
    """A version as a contractor would see it, for its owner. Raises NotFound or Forbidden."""
    version = db.session.get(TestVersion, version_id)
    if version is None:
        raise NotFound
    queries.own(version.qualification_id, seen_by, Right.READ)
    found = next(each for each in queries.versions(version.qualification_id) if each.id == version_id)
    return [_asked(each, version.number, None, None, reveal=False) for each in found.items]


def answer_words(item: Item, value: Any) -> list[str]:
    """What somebody answered, in the words of the item; nothing where it was left unanswered."""
    texts = {str(each["id"]): str(each["text"]) for name in item.ask for each in item.ask[name]}
    if value is None:
        return []
    if isinstance(value, Mapping):
        return [f"{texts.get(str(thing), thing)}: {texts.get(str(where), where)}" for thing, where in value.items()]
    return [texts.get(str(each), str(each)) for each in (value if isinstance(value, list) else [value])]


def key_words(item: Item, key: Mapping[str, Any]) -> list[str]:
    """What is right, in the words of the item, for whoever may know it."""
    texts = {str(each["id"]): str(each["text"]) for name in item.ask for each in item.ask[name]}
    match item.kind:
        case ItemKind.TEXT:
            return [str(each) for each in key["accepted"]]
        case ItemKind.PATTERN:
            return [str(key["pattern"])]
        case ItemKind.NUMBER:
            return [f"{key['value']} ± {key['tolerance']}"]
        case ItemKind.CLASSES:
            return [f"{texts[thing]}: {texts[where]}" for thing, where in key["right"].items()]
        case ItemKind.RANKING:
            return [texts[each] for each in key["order"]]
        case _:
            return [texts[each] for each in key["right"]]


def _asked(each: TestItem, seed: int, value: Any, percent: int | None, *, reveal: bool) -> Asked:
    item = each.item
    # Classes stand in their author's order, since a scale has one.
    ask = {name: listed if name == "classes" else _mixed(seed, listed) for name, listed in item.ask.items()}
    return Asked(
        id=each.id,
        kind=item.kind,
        prompt=item.prompt,
        ask=ask,
        points=item.points,
        rule=scoring.rule_words(item),
        value=value,
        percent=percent,
        key=item.key if reveal else None,
        explanation=item.explanation if reveal else "",
    )


def _mixed(seed: int, listed: Sequence[Mapping[str, str]]) -> list[Mapping[str, str]]:
    by_id = {str(each["id"]): each for each in listed}
    return [by_id[each] for each in scoring.shuffled(seed, list(by_id))]
