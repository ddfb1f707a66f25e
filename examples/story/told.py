"""As told against in Setara: each kind of worker, each question, what the papers say and what the story came to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from examples.story import script

NOT_TOLD = "not told"


@dataclass(frozen=True, slots=True)
class Row:
    """One question about one kind of worker. `facts` are the ids under which the told answer stands in facts.json."""

    question: str
    told: str
    facts: Sequence[str]
    here: str


@dataclass(frozen=True, slots=True)
class Kind:
    key: str
    words: str
    rows: Sequence[Row]


def table(found: Mapping[str, Any]) -> list[Kind]:
    """The end of the story, for each kind of worker that the papers tell of."""
    return [
        Kind(key, numbers["words"], [_row(key, question, numbers) for question in QUESTIONS])
        for key, numbers in found["kinds"].items()
    ]


def value_of(fact: str) -> str:
    """The value of a fact, as its source gives it."""
    return str(next(each["value"] for each in script.facts()["facts"] if each["id"] == fact))


def _row(kind: str, question: str, numbers: Mapping[str, Any]) -> Row:
    facts = TOLD.get((kind, question), ())
    told = " to ".join(value_of(fact) for fact in facts) if facts else NOT_TOLD
    if (kind, question) in AT_LEAST:
        told = f"at least {told}"
    return Row(question, told, facts, QUESTIONS[question](kind, numbers))


def _pay(_kind: str, numbers: Mapping[str, Any]) -> str:
    return f"{numbers['pay_an_hour']} USD, and {numbers['benefits_an_hour']} USD of benefits"


def _unpaid(_kind: str, numbers: Mapping[str, Any]) -> str:
    return f"{numbers['unpaid_minutes']} of {numbers['minutes']}"


def _notice(_kind: str, numbers: Mapping[str, Any]) -> str:
    shortest, middle = numbers["notice_hours_shortest"], numbers["notice_hours_middle"]
    return f"{middle} hours in the middle, {shortest} at the shortest"


def _cover(_kind: str, numbers: Mapping[str, Any]) -> str:
    return f"4 % for health and an hour of sick leave for 30: {numbers['benefits_an_hour']} USD an hour"


def _days(_kind: str, numbers: Mapping[str, Any]) -> str:
    return f"{numbers['days_to_money_middle']} in the middle, {numbers['days_to_money_longest']} at the longest"


def _cost(kind: str, numbers: Mapping[str, Any]) -> str:
    cost, told = Decimal(numbers["cost_an_hour"]), COMPANY_PAID.get(kind)
    if told is None:
        return f"{cost} USD"
    more = cost - Decimal(value_of(told).split()[0])
    known = "at most " if (kind, COST) in AT_LEAST else ""
    return f"{cost} USD, {known}{abs(more)} USD {'more' if more >= 0 else 'less'}"


def _reaches(_kind: str, numbers: Mapping[str, Any]) -> str:
    return f"{numbers['reaches_percent']} %"


COST = "The company pays an hour"
QUESTIONS = {
    "Pay an hour, over all minutes": _pay,
    "Unpaid minutes on shift": _unpaid,
    "Notice before the work": _notice,
    "Cover": _cover,
    "Days until the money is there": _days,
    COST: _cost,
    "Of which reaches the worker": _reaches,
}
TOLD = {
    ("kansas", "Pay an hour, over all minutes"): ("pay_kansas",),
    ("kansas", "Notice before the work"): ("on_demand",),
    ("kansas", "Cover"): ("cover",),
    ("kansas", COST): ("pay_kansas",),
    ("kenya", "Pay an hour, over all minutes"): ("pay_kenya_low", "pay_kenya_high"),
    ("kenya", COST): ("contract_rate_kenya",),
    ("trainers", "Cover"): ("cover",),
    ("trainers", "Notice before the work"): ("on_demand",),
}
"""Which facts answer which question. What no fact answers is shown as not told, and nothing is put in its place."""
AT_LEAST = frozenset({("kansas", COST)})
"""Where only the wage was told, the company paid that much at least."""
COMPANY_PAID = {"kansas": "pay_kansas", "kenya": "contract_rate_kenya"}
"""What a told hour cost at least: the contract between the companies, or where only the wage was told, the wage."""
