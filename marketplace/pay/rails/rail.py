"""What a payment rail is, whichever it is: orders go out, results come back as values.

A rail is called outside every transaction that moves money, and may be called again with the same key at any time.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Literal, Protocol
from uuid import UUID

from marketplace.core.money import Money
from marketplace.pay.rails.deposit_invoice_rules import InvoiceState
from marketplace.pay.rules import LOOK_AGAIN, OpKind


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A paper that goes to a payer's bank, as a rail is told of it before it hears of the evidence: the same key has
    one effect. `name` is what it is called there, and what it is looked for by, among what came after `since`
    (seconds)."""

    key: str
    name: str
    since: int
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Statement:
    """What is handed in to a payer's bank: words, and the rail's own names of papers by what each of them shows."""

    words: str = field(repr=False)
    papers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Customer:
    """A company as a rail is told of it before the first invoice: the same key makes one customer. Where the key is not
    trusted any more it is looked for by id, among what came after `since` (seconds)."""

    id: UUID
    key: str
    company_id: UUID
    name: str
    since: int
    may_repeat: bool


@dataclass(frozen=True, slots=True)
class Bill:
    """Whom a deposit is asked of by invoice, and on which terms. `customer` is the rail's own name of the company;
    `email` is None once the invoice is sent."""

    customer: str
    email: str | None = field(repr=False)
    buyer: Mapping[str, str | None] = field(repr=False)
    reference: str | None
    days: int


@dataclass(frozen=True, slots=True)
class Part:
    """One payment of an invoice: what the rail calls it and its kind."""

    kind: str
    id: str
    money: Money


@dataclass(frozen=True, slots=True)
class Billed:
    """An invoice as its rail tells of it: `paid` is what came of it through the rail, in these parts, the oldest first;
    none where the rail has but one."""

    state: InvoiceState
    number: str | None
    due_at: datetime | None
    paid: Money
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Order:
    """One payment as a rail is told of it. Frozen when the payment is written down: a repetition is the same order."""

    op_id: UUID
    kind: OpKind
    key: str
    money: Money
    owner_id: UUID
    """The company that pays in, or the contractor who is paid out."""
    params: Mapping[str, Any] = field(default_factory=dict)
    statement: Statement | None = None
    """Of evidence that is sent. It stands where it can be erased; `params` have its digests."""
    bill: Bill | None = None
    """Of a deposit by invoice. It stands beside the order, and does not change until the invoice is sent."""
    called_off: int | None = None
    """Where the company wants its invoice void, how often the rail has said since that it is not: each of these is an
    answer, after which it is asked by a key of its own."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """What the rail says came into the person's hands: the amount, in whatever currency it came; the fee that was kept
    from it, in the currency that was sent; and the rate that it was exchanged at, where it was."""

    money: Money
    fee: Money
    executed_rate: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """It happened, exactly once, and this is the rail's own name for it. `arrived` is what came of a payout; None where
    a rail does not say, and of a deposit."""

    id: str
    arrived: Arrival | None = None
    raw: Mapping[str, Any] = field(default_factory=dict)
    billed: Billed | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """It did not happen and will not. `who_can_fix` is "company", "contractor" or "operator"."""

    code: str
    text: str
    who_can_fix: str
    billed: Billed | None = None


@dataclass(frozen=True, slots=True)
class Unknown:
    """It may have happened. The money stays where it is until that is known."""

    why: str


@dataclass(frozen=True, slots=True)
class Parked:
    """The rail said something that tells nothing about the money: a person has to look."""

    why: str
    billed: Billed | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """The rail has taken the order, under this name of its own, and waits for the payer: at `url`, where there is a
    page of its own for that, until then. Or it waits for the payer's bank, to which something goes back, or for a
    person who pays by hand. It is asked again in `look_after`, unless it tells sooner."""

    id: str
    url: str | None = None
    until: datetime | None = None
    look_after: timedelta = LOOK_AGAIN
    billed: Billed | None = None


Result = Done | Refused | Unknown | Parked | Waiting


class Rail(Protocol):
    """The sandbox is one; real ones stand beside it. `name` is written on every payment and never changes for it."""

    name: str
    moves_real_money: bool
    mode: Literal["sandbox", "test", "live"]

    def send(self, order: Order) -> Result:
        """Has the order carried out. The same key has one effect, however often it is sent."""
        ...

    def upload(self, paper: Enclosure) -> Result:
        """Takes a paper that evidence will name. `Done` has the rail's own name of it."""
        ...

    def enrol(self, customer: Customer) -> Result:
        """Makes a company a customer, once, before its first invoice. `Done` has the rail's own name of it."""
        ...

    def find(self, order: Order) -> Result | None:
        """What became of an order whose answer was lost. None when the rail has never seen it."""
        ...

    def follow(self, order: Order, name: str) -> Result:
        """What has become of an order that was waiting under this name."""
        ...
