"""Files by which people pay: made of what waits, let go, downloaded, and put back where nobody has seen them.

A payment stands in one file at a time. Once a file was downloaded it may be at the bank, so nothing is taken out of it
any more: each of its lines is found to be paid, or not (`findings`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from hashlib import sha256
from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy import Select, exists, or_, select, update

from marketplace.accounts.rules import CLOCK, Actor, OperatorRole, require_operator, require_person
from marketplace.core import clock, vault
from marketplace.core.db import db
from marketplace.core.events import Event, record
from marketplace.core.ids import new_id
from marketplace.core.lifecycle import WrongState, move, move_one
from marketplace.core.money import Money, minor_digits, total
from marketplace.core.problems import NotFound
from marketplace.pay.by_hand import bank_file, findings
from marketplace.pay.by_hand.bank_file import Line, Payer
from marketplace.pay.by_hand.models import ManualFile, ManualPayment, PaymentFinding
from marketplace.pay.by_hand.rules import (
    MARK_EACH,
    FileFormat,
    FileStatus,
    FindingStatus,
    ListedInFile,
    ManualStatus,
    NothingToPay,
    NotReleased,
    OwnPayment,
)
from marketplace.pay.methods import service as methods
from marketplace.pay.methods.fields import PROVIDERS, MethodKind
from marketplace.pay.methods.models import PayoutMethod
from marketplace.pay.models import PaymentOp
from marketplace.pay.rules import OpKind
from marketplace.standards import two_people
from marketplace.standards.act_rules import ActKind, SecondPerson
from marketplace.standards.catalogue import RULES
from marketplace.standards.exchange import quotes
from marketplace.standards.rules import Quote
from marketplace.workforce import screening

MOST_LINES = 1000
ABOUT = "Pay by Setara"
DOWNLOADED = "manual_file.downloaded"
KEPT = timedelta(days=RULES["TWO_PEOPLE"].parameters["file_kept_days"])


@dataclass(frozen=True, slots=True)
class Heap:
    """Payouts that wait and go into one file: of one kind, by one provider, in one currency. `no_rate` says that the
    provider's currency cannot be reckoned. `held` are further ones that go into no file now, since their person's name
    is like a listed one, or is one (SCREENING); `own` are those of whoever asks, which go into somebody else's file."""

    kind: MethodKind
    provider: str | None
    currency: str
    money: Money
    payments: int
    no_rate: bool
    held: int
    own: int


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A payout that waits, where it goes, and what the file would say."""

    row: ManualPayment
    method: PayoutMethod
    sent: Money | None
    rate: Quote | None
    held: bool

    @property
    def key(self) -> tuple[MethodKind, str | None, str]:
        return self.method.kind, self.method.provider, self.sent.currency if self.sent else self.method.currency


def heaps(seen_by: Actor) -> list[Heap]:
    """What waits, as the files that could be made of it now. For operators of finance."""
    require_operator(seen_by, OperatorRole.FINANCE)
    found: dict[tuple[MethodKind, str | None, str], list[_Waiting]] = {}
    for each in _waiting():
        found.setdefault(each.key, []).append(each)
    order = sorted(found, key=lambda key: (str(key[0]), key[1] or "", key[2]))
    return [_heap(key, found[key], seen_by.person_id) for key in order]


def make(kind: MethodKind, currency: str, *, provider: str | None = None, by: Actor) -> ManualFile:
    """Freezes what waits into one file, of at most a thousand payments. Below the limit, with what its maker did alone
    on the same day, it is there to be downloaded at once; above it a second person lets it go. Pay of whoever may stand
    on a list of sanctions waits for a later one, and the maker's own for one that another operator makes. For operators
    of finance. Raises NothingToPay."""
    require_operator(by, OperatorRole.FINANCE)
    alone = two_people.tally(by)
    taken = _take(kind, provider, currency, but=require_person(by))
    if not taken:
        raise NothingToPay
    file_id, now = new_id(), clock.now()
    told = methods.read([each.method for each in taken])
    lines = [_line(each, told[each.method.id]) for each in taken]
    form, content = _written(file_id, kind, provider, lines)
    (sealed_id,) = vault.put(file_id, [content])
    sums = total((line.money for line in lines), currency)
    file = ManualFile(
        id=file_id,
        kind=kind,
        provider=provider,
        format=form,
        currency=currency,
        total_amount=sums.amount,
        lines=len(lines),
        sha256=sha256(content).hexdigest(),
        sealed_id=sealed_id,
        made_by=require_person(by),
        made_at=now,
        status=FileStatus.MADE,
    )
    db.session.add(file)
    record(
        "manual_file.made", file, by=by, data={"lines": len(lines), "total": str(sums.decimal), "currency": currency}
    )
    ids = [each.row.id for each in taken]
    db.session.execute(update(ManualPayment), [_sent(each, file_id) for each in taken])
    old, new = ManualStatus.WAITING, ManualStatus.IN_FILE
    move(ManualPayment, ids, old=old, new=new, by=by, event="manual_payment.in_file", data={"file": str(file_id)})
    if alone.may([sums]):
        for each, told_of in zip(taken, lines, strict=True):
            alone.did(ActKind.PAID, each.row.payment_op_id, told_of.money, file_id)
        _release(file, by=by)
    return file


def release(file_id: UUID, *, by: Actor) -> ManualFile:
    """A second operator of finance lets a file go. Raises NotFound, SecondPerson for whoever made it, OwnPayment for
    whoever is paid by it, WrongState, ListedInFile where somebody in it may stand on a list of sanctions by now: it is
    frozen, so it is withdrawn."""
    file = _locked(file_id, by)
    if file.made_by == by.person_id:
        raise SecondPerson
    people = _people_of(file)
    if by.person_id in people:
        raise OwnPayment
    if screening.held_back(people):
        raise ListedInFile
    _release(file, by=by)
    return file


def withdraw(file_id: UUID, *, by: Actor) -> ManualFile:
    """Puts the payments of a file back that nobody has downloaded, and of which nobody has marked a line. Raises
    NotFound, WrongState."""
    require_operator(by, OperatorRole.FINANCE)
    # Whoever marks lines locks them before their file.
    inside = select(ManualPayment).where(ManualPayment.file_id == file_id).order_by(ManualPayment.id)
    rows = db.session.scalars(inside.with_for_update().execution_options(populate_existing=True)).all()
    file = _locked(file_id, by)
    if file.status is FileStatus.RELEASED and is_seen(file):
        raise WrongState("Somebody has downloaded the file, or has marked a line of it.")
    nobody = {"released_by": None, "released_at": None}
    move_one(file, FileStatus.WITHDRAWN, by=by, event="manual_file.withdrawn", values=nobody)
    ids = [row.id for row in rows]
    old, new = ManualStatus.IN_FILE, ManualStatus.WAITING
    nothing = dict.fromkeys(("file_id", "sent_amount", "sent_currency", "rate", "quoted_on", "rate_source"))
    move(ManualPayment, ids, old=old, new=new, by=by, event="manual_payment.put_back", values=nothing)
    two_people.undo(file.id, file.made_by, by=by)
    _forget([file])
    return file


def download(file_id: UUID, *, by: Actor) -> tuple[ManualFile, bytes]:
    """The bytes of a file, the same each time; who took them is remembered. Raises NotFound, NotReleased, ListedInFile
    where it would still pay somebody who may stand on a list of sanctions by now (SCREENING): the bytes are frozen."""
    file = _locked(file_id, by)
    if file.status not in (FileStatus.RELEASED, FileStatus.SETTLED) or file.sealed_id is None:
        raise NotReleased
    if file.status is FileStatus.RELEASED and screening.held_back(_people_of(file)):
        raise ListedInFile(remedy=MARK_EACH if is_seen(file) else None)
    content = vault.get(file.sealed_id)
    record(DOWNLOADED, file, by=by)
    return file, content


def forget_old(limit: int = 50) -> int:
    """Throws away the contents of files whose lines were all marked long ago. Returns of how many."""
    until = clock.now() - KEPT
    found = select(ManualFile).where(ManualFile.sealed_id.is_not(None), ManualFile.settled_at <= until)
    rows = db.session.scalars(
        found.order_by(ManualFile.settled_at).limit(limit).with_for_update(skip_locked=True)
    ).all()
    _forget(rows)
    return len(rows)


def files(seen_by: Actor) -> Select[ManualFile]:
    """Every file, for operators of finance."""
    require_operator(seen_by, OperatorRole.FINANCE)
    return select(ManualFile)


def for_second(seen_by: Actor) -> Select[ManualFile]:
    """Files that a second operator of finance lets go."""
    return files(seen_by).where(ManualFile.status == FileStatus.MADE)


def file_of(file_id: UUID, seen_by: Actor) -> ManualFile:
    """One of them. Raises NotFound."""
    found = db.session.scalars(files(seen_by).where(ManualFile.id == file_id)).one_or_none()
    if found is None:
        raise NotFound
    return found


def is_seen(file: ManualFile) -> bool:
    """Whether somebody has downloaded a file, or has found something of a line of it. The caller may see it."""
    taken = exists().where(Event.subject_id == file.id, Event.name == DOWNLOADED)
    marked = exists().where(
        ManualPayment.file_id == file.id,
        PaymentFinding.payment_op_id == ManualPayment.payment_op_id,
        PaymentFinding.status != FindingStatus.CONTRADICTED,
    )
    return bool(db.session.scalar(select(or_(taken, marked))))


def held_in(file: ManualFile) -> set[UUID]:
    """Those payments of a file that could be made still and whose person may stand on a list of sanctions, as far as
    somebody has compared them. The caller may see it."""
    people = screening.found_of(_people_of(file)) if file.status in (FileStatus.MADE, FileStatus.RELEASED) else set()
    found = _unpaid(file).with_only_columns(PaymentOp.id).where(PaymentOp.contractor_id.in_(people))
    return set(db.session.scalars(found)) if people else set()


def pays(file: ManualFile, person_id: UUID | None) -> bool:
    """Whether a file orders a payment to this person, who then does not let it go. The caller may see it."""
    return person_id in _people_of(file)


def lines_of(file_id: UUID, seen_by: Actor) -> list[ManualPayment]:
    """The payments of a file. Raises NotFound."""
    found = select(ManualPayment).where(ManualPayment.file_id == file_of(file_id, seen_by).id)
    return list(db.session.scalars(found.order_by(ManualPayment.id)))


# --- the parts ------------------------------------------------------------------------------------------------------


def _open() -> Select[ManualPayment, PayoutMethod]:
    """Payouts that wait, the oldest first. Left out is what somebody has found not to be paid, and nobody has
    confirmed: it would be paid by the file, and be payable again."""
    is_found = exists().where(
        PaymentFinding.payment_op_id == ManualPayment.payment_op_id, PaymentFinding.status != FindingStatus.CONTRADICTED
    )
    return (
        select(ManualPayment, PayoutMethod)
        .join(PayoutMethod, PayoutMethod.id == ManualPayment.method_id)
        .where(ManualPayment.status == ManualStatus.WAITING, ManualPayment.kind == OpKind.PAYOUT, ~is_found)
        .order_by(ManualPayment.id)
    )


def _waiting() -> list[_Waiting]:
    """Payouts that wait, with what a file would say of each: the amount itself to a bank, and the provider's currency
    at the last sourced rate elsewhere, which may come to nothing. Whose name is like a listed one is known of those
    that somebody has compared; nothing is locked."""
    rows = db.session.execute(_open()).all()
    held = screening.found_of({method.contractor_id for _, method in rows})
    wanted: dict[str, set[str]] = {}
    for row, method in rows:
        if (into := _into(row, method)) != row.currency:
            wanted.setdefault(into, set()).add(row.currency)
    day = clock.now().date()
    rates = {into: quotes(bases, into, day) for into, bases in wanted.items()}
    return [_of(row, method, rates, held=method.contractor_id in held) for row, method in rows]


def _take(kind: MethodKind, provider: str | None, currency: str, *, but: UUID) -> list[_Waiting]:
    """The oldest payouts that one such file carries, but those of this person, locked, and nothing else: whoever makes
    another file meanwhile has what is left. An order waits here for days, so the name of each person is compared with
    the lists of now, and the answer is kept until the commit."""
    into = ManualPayment.currency if kind is MethodKind.BANK else PayoutMethod.currency
    fits = _open().where(PayoutMethod.kind == kind, PayoutMethod.provider.is_not_distinct_from(provider))
    fits = fits.where(PayoutMethod.contractor_id != but)
    fits = fits.where(into == currency, ~screening.is_found(PayoutMethod.contractor_id))
    bases = set(db.session.scalars(fits.with_only_columns(ManualPayment.currency).order_by(None).distinct()))
    rates = {currency: quotes(bases - {currency}, currency, clock.now().date())}
    fits = fits.where(ManualPayment.currency.in_({currency, *rates[currency]}))
    taken: list[_Waiting] = []
    while len(taken) < MOST_LINES:
        some = fits.limit(MOST_LINES - len(taken)).with_for_update(of=ManualPayment, skip_locked=True)
        rows = db.session.execute(some).all()
        if not rows:
            break
        fits = fits.where(ManualPayment.id > rows[-1][0].id)
        # A finding is made under the same locks, so a statement after them sees every one that counts.
        known = findings.of([row.payment_op_id for row, _ in rows])
        held = screening.held_back({method.contractor_id for _, method in rows})
        free = [each for each in rows if each[0].payment_op_id not in known and each[1].contractor_id not in held]
        taken += [each for row, method in free if (each := _of(row, method, rates, held=False)).sent]
    return taken


def _into(row: ManualPayment, method: PayoutMethod) -> str:
    """A bank takes the currency of the pay and changes it itself; a provider carries its own alone."""
    return row.currency if method.kind is MethodKind.BANK else method.currency


def _of(row: ManualPayment, method: PayoutMethod, rates: Mapping[str, Mapping[str, Quote]], *, held: bool) -> _Waiting:
    into = _into(row, method)
    if into == row.currency:
        return _Waiting(row, method, row.money, None, held)
    rate = rates[into].get(row.currency)
    if rate is None:
        return _Waiting(row, method, None, None, held)
    digits = minor_digits(into) - minor_digits(row.currency)
    return _Waiting(row, method, Money(1, into) * (row.amount * rate.rate * Fraction(10) ** digits), rate, held)


def _heap(key: tuple[MethodKind, str | None, str], found: Sequence[_Waiting], seen_by: UUID | None) -> Heap:
    kind, provider, currency = key
    unheld = [each for each in found if not each.held]
    free = [each for each in unheld if each.method.contractor_id != seen_by]
    known = [each.sent for each in free if each.sent]
    no_rate, held, own = len(known) < len(free), len(found) - len(unheld), len(unheld) - len(free)
    return Heap(kind, provider, currency, total(known, currency), len(free), no_rate, held, own)


def _line(each: _Waiting, told: methods.Method) -> Line:
    assert each.sent is not None, "those without a rate were left out"
    return Line(each.row.payment_op_id.hex, each.sent, told.holder, each.method.country, told.details, ABOUT)


def _written(file_id: UUID, kind: MethodKind, provider: str | None, lines: Sequence[Line]) -> tuple[FileFormat, bytes]:
    if kind is not MethodKind.BANK:
        return FileFormat.CSV, bank_file.as_csv(PROVIDERS[str(provider)].columns, lines)
    settings = current_app.config
    payer = Payer(settings["PAYER_NAME"], settings["PAYER_ACCOUNT"], settings["PAYER_BIC"])
    return FileFormat.PAIN_001, bank_file.as_pain001(file_id.hex, clock.now(), payer, lines)


def _sent(each: _Waiting, file_id: UUID) -> dict[str, Any]:
    assert each.sent is not None, "those without a rate were left out"
    rate = each.rate
    return {
        "id": each.row.id,
        "file_id": file_id,
        "sent_amount": each.sent.amount,
        "sent_currency": each.sent.currency,
        "rate": None if rate is None else Decimal(rate.rate.numerator) / rate.rate.denominator,
        "quoted_on": None if rate is None else rate.quoted_on,
        "rate_source": None if rate is None else rate.source,
    }


def _unpaid(file: ManualFile) -> Select[PaymentOp]:
    """What a file orders, but for what is known to be paid."""
    inside = select(PaymentOp).join(ManualPayment, ManualPayment.payment_op_id == PaymentOp.id)
    return inside.where(ManualPayment.file_id == file.id, ManualPayment.status != ManualStatus.PAID)


def _people_of(file: ManualFile) -> set[UUID]:
    found = db.session.scalars(_unpaid(file).with_only_columns(PaymentOp.contractor_id))
    return {each for each in found if each is not None}


def _release(file: ManualFile, *, by: Actor) -> None:
    values = {"released_by": by.person_id, "released_at": clock.now()}
    move_one(file, FileStatus.RELEASED, by=by, event="manual_file.released", values=values)


def _forget(rows: Sequence[ManualFile]) -> None:
    gone = [row.sealed_id for row in rows if row.sealed_id is not None]
    for row in rows:
        row.sealed_id = None
    db.session.flush()
    vault.remove(gone)
    for row in rows:
        vault.throw_away(row.id)
        record("manual_file.erased", row, by=CLOCK)


def _locked(file_id: UUID, by: Actor) -> ManualFile:
    require_operator(by, OperatorRole.FINANCE)
    file = db.session.get(ManualFile, file_id, with_for_update=True, populate_existing=True)
    if file is None:
        raise NotFound
    return file
