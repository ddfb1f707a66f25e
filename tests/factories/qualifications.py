"""Qualifications with their tests, people who take them, and results."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import count
from typing import Any
from uuid import UUID

from marketplace.accounts.rules import Actor, CompanyRole, OperatorRole
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.qualifications import attempts, authoring, funding, queries
from marketplace.qualifications.models import Attempt, Qualification
from marketplace.qualifications.rules import Paper, Proves, Spec
from marketplace.qualifications.scoring import Item, ItemKind
from tests.factories import accounts, gigs

RATE = Money.of("12.00", "USD")
_numbers = count(1)


def options(*texts: str) -> list[dict[str, str]]:
    return [{"id": text.lower(), "text": text} for text in texts]


ONE = Item(ItemKind.CHOICE_ONE, "Which is a bicycle?", {"right": ["two"]}, {"options": options("One", "Two", "Six")})
MANY = Item(
    ItemKind.CHOICE_MANY, "Which are people?", {"right": ["ana", "budi"]}, {"options": options("Ana", "Budi", "Dog")}
)
WRITTEN = Item(ItemKind.TEXT, "What is drawn around it?", {"accepted": ["a box", "box"]})
PATTERN = Item(ItemKind.PATTERN, "Write the code of a place in Kansas.", {"pattern": "US-?KS"})
NUMBER = Item(ItemKind.NUMBER, "How wide is it?", {"value": "3.14", "tolerance": "0.01"})
CLASSES = Item(
    ItemKind.CLASSES,
    "Sort them.",
    {"right": {"cat": "animal", "car": "thing"}},
    {"things": options("Cat", "Car"), "classes": options("Animal", "Thing")},
)
RANKING = Item(
    ItemKind.RANKING, "Best first.", {"order": ["a", "b", "c"]}, {"things": options("A", "B", "C")}, points=2
)
ITEMS = (ONE, MANY, WRITTEN, PATTERN, NUMBER, CLASSES, RANKING)
RIGHT: Mapping[ItemKind, Any] = {
    ItemKind.CHOICE_ONE: ["two"],
    ItemKind.CHOICE_MANY: ["budi", "ana"],
    ItemKind.TEXT: "  A BOX. ",
    ItemKind.PATTERN: "us-ks",
    ItemKind.NUMBER: "3,15",
    ItemKind.CLASSES: {"cat": "animal", "car": "thing"},
    ItemKind.RANKING: {"a": 1, "b": 2, "c": 3},
}
"""A right answer to each of the items."""


def spec(**other: Any) -> Spec:
    usual = Spec(
        code=f"boxes-{next(_numbers)}",
        title="Boxes, level 2",
        about="Draw tight boxes.",
        rate=RATE,
        proves=Proves("image-labelling", 2),
    )
    return replace(usual, **other)


def paper(items: Sequence[Item] = ITEMS, **other: Any) -> Paper:
    """Seven items of eight points, of which 70 percent pass, estimated to take ten minutes."""
    usual = Paper(items=items, pass_percent=70, estimate_minutes=10)
    return replace(usual, **other)


def keeper() -> Actor:
    """An operator who may write the service's tests."""
    return accounts.operator(OperatorRole.STANDARDS)


def service_test(
    items: Sequence[Item] = ITEMS, *, by: Actor | None = None, paper_: Any = None, **other: Any
) -> Qualification:
    """A test of the service's own, open."""
    by = by or keeper()
    made = authoring.draft(None, spec(**other), by=by)
    authoring.write(made.id, paper(items, **(paper_ or {})), by=by)
    return authoring.publish(made.id, by=by)


def company_test(
    company_id: UUID | None = None, *, funds: str | None = "50.00", items: Sequence[Item] = ITEMS, **other: Any
) -> Qualification:
    """A company's test, written by its first owner, open, with money for attempts."""
    company_id = company_id or accounts.company().id
    owner = accounts.owner_of(company_id)
    made = authoring.draft(company_id, spec(**other), by=owner)
    authoring.write(made.id, paper(items), by=owner)
    authoring.publish(made.id, by=owner)
    if funds is not None:
        money = Money.of(funds, made.currency)
        gigs.money_for(company_id, money)
        funding.fund(made.id, money, by=owner)
    return made


def manager_of(found: Qualification) -> Actor:
    """Another member of the company, who did not write the test."""
    assert found.company_id is not None
    return accounts.member(found.company_id, CompanyRole.MANAGER)


def answered(attempt: Attempt, *, right: int | None = None, by: Actor) -> None:
    """Right answers to so many of the attempt's items, all of them if no number is given."""
    items = queries.items(attempt.item_ids)
    for item in items[: len(items) if right is None else right]:
        attempts.save(attempt.id, item.id, RIGHT[item.kind], by=by)


def taken(found: Qualification, person: UUID, *, right: int | None = None) -> Attempt:
    """An attempt that was begun, answered and handed in at once."""
    me = accounts.actor_of(person)
    begun = attempts.start(found.id, by=me)
    answered(begun, right=right, by=me)
    return attempts.hand_in(begun.id, by=me)


def at(moment: datetime) -> None:
    """It is that moment, and stays so: what a test takes does not depend on how fast the machine is."""
    clock.move_to(moment, still=True)
    db.session.flush()
