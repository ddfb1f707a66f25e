"""Papers against a chargeback, and words: attached, sent, erased, and provable by their digests when they are gone.

A paper has a name of its own at the rail before any evidence names it. That name is written down in a transaction of
its own: whoever dies between a paper and its evidence sends neither twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from hashlib import sha256
from uuid import UUID

from sqlalchemy import Select, select, update

from marketplace.accounts.rules import CLOCK, Actor, OperatorRole, Right, require_company
from marketplace.core import clock, files, vault
from marketplace.core import papers as handed_in
from marketplace.core.db import db, transaction
from marketplace.core.events import record
from marketplace.core.files import FileKind
from marketplace.core.ids import new_id
from marketplace.core.lifecycle import WrongState
from marketplace.core.problems import NotFound
from marketplace.core.retention import PaperStatus
from marketplace.pay.models import PaymentOp
from marketplace.pay.rails.chargeback_models import Chargeback, ChargebackEvidence, ChargebackPaper
from marketplace.pay.rails.chargeback_rules import KEPT, EvidenceHandedIn, Shows, check_open, check_room
from marketplace.pay.rails.rail import Done, Enclosure, Order, Parked, Rail, Result, Statement
from marketplace.pay.rules import KEY_LIVES, OpStatus

SLACK = timedelta(hours=1)
"""By how much a rail's clock may differ from ours."""
GONE = Parked("What was to be handed in is not what was written down any more: it was erased before it went out.")


@dataclass(frozen=True, slots=True)
class PaperContent:
    """A paper that may be shown to whoever asked, and what it is."""

    paper: ChargebackPaper
    kind: FileKind
    bytes: bytes


def attach(company_id: UUID, chargeback_id: UUID, shows: Shows, content: bytes, *, by: Actor) -> ChargebackPaper:
    """Takes a paper that goes to the bank with what is handed in next. Members of the company who see money may, and
    operators of finance. Raises what `files.inspect` raises, NotFound, Forbidden, ChargebackOver, EvidenceHandedIn,
    ShownAlready, TooMuchEvidence."""
    clean = files.inspect(content)
    found = locked(company_id, chargeback_id, by)
    check_can_answer(found)
    there = {each.shows: (each.size, each.pages) for each in held(found.id)}
    check_room(there, shows, len(clean.content), clean.pages)
    moment = clock.now()
    (file_id,) = vault.put(found.company_id, [clean.content])
    paper = ChargebackPaper(
        chargeback_id=found.id,
        company_id=found.company_id,
        shows=shows,
        status=PaperStatus.HELD,
        media_type=clean.kind,
        size=len(clean.content),
        pages=clean.pages,
        file_id=file_id,
        sha256=digest(clean.content),
        handed_in_at=moment,
        erase_at=KEPT.until(moment, None),
    )
    db.session.add(paper)
    record("chargeback_paper.handed_in", paper, by=by, data={"shows": shows})
    return paper


def take_back(company_id: UUID, chargeback_id: UUID, paper_id: UUID, *, by: Actor) -> ChargebackPaper:
    """Takes a paper back that is not on its way to the bank. It is erased at once. Raises NotFound, Forbidden,
    EvidenceHandedIn, WrongState where it has been erased already."""
    found = locked(company_id, chargeback_id, by)
    paper = _find(found.id, paper_id)
    if is_handed_in(found):
        raise EvidenceHandedIn
    if not _erase([paper], by):
        raise WrongState("It has been erased already.", state=str(PaperStatus.ERASED))
    return paper


def read(company_id: UUID, chargeback_id: UUID, paper_id: UUID, *, by: Actor) -> PaperContent:
    """The content of a paper. When an operator reads it, an event says who and when. Raises NotFound, Forbidden,
    Erased, VaultLocked."""
    found = db.session.scalars(seen(company_id, by).where(Chargeback.id == chargeback_id)).one_or_none()
    if found is None:
        raise NotFound
    paper = _find(found.id, paper_id)
    if paper.file_id is None:
        raise vault.Erased
    content = vault.get(paper.file_id)
    if not by.belongs_to(company_id):
        record("chargeback_paper.read", paper, by=by)
    return PaperContent(paper, paper.media_type, content)


def papers(found: Chargeback) -> list[ChargebackPaper]:
    """Every paper that was attached, erased ones too, the newest first. The caller may see the chargeback."""
    attached = select(ChargebackPaper).where(ChargebackPaper.chargeback_id == found.id)
    return list(db.session.scalars(attached.order_by(ChargebackPaper.id.desc())))


def held(chargeback_id: UUID) -> Sequence[ChargebackPaper]:
    """What goes to the bank with what is handed in now."""
    lying = select(ChargebackPaper).where(ChargebackPaper.chargeback_id == chargeback_id)
    return db.session.scalars(
        lying.where(ChargebackPaper.status == PaperStatus.HELD).order_by(ChargebackPaper.id)
    ).all()


def keep_until(found: Chargeback) -> None:
    """The bank has decided, or is asked again: sets when papers and words are erased."""
    handed_in.keep_until(ChargebackPaper, [ChargebackPaper.chargeback_id == found.id], KEPT, found.ended_at)
    said = select(ChargebackEvidence).where(
        ChargebackEvidence.chargeback_id == found.id, ChargebackEvidence.erased_at.is_(None)
    )
    for each in db.session.scalars(said):
        each.erase_at = KEPT.until(each.handed_in_at, found.ended_at)


def erase_due(limit: int) -> int:
    """Erases papers and words whose time is over, and returns how many. Their digests stay."""
    erased = len(_erase(handed_in.overdue(ChargebackPaper, limit), CLOCK))
    due = select(ChargebackEvidence).where(
        ChargebackEvidence.erased_at.is_(None), ChargebackEvidence.erase_at <= clock.now()
    )
    due = due.order_by(ChargebackEvidence.erase_at, ChargebackEvidence.id).limit(limit)
    said = db.session.scalars(due.with_for_update(skip_locked=True)).all()
    for each in said:
        each.words, each.erased_at = "", clock.now()
        record("chargeback.words_erased", db.session.get_one(Chargeback, each.chargeback_id), by=CLOCK)
    return erased + len(said)


# --- on the way to the bank -----------------------------------------------------------------------------------------


def enclose(order: Order, outside: Rail) -> Order | Result:
    """The order of evidence with its words, after every paper of it is at the rail; or what the rail says of a paper
    that is not. Must not be called inside a transaction, since it asks the rail."""
    with transaction():
        said = select(ChargebackEvidence.words).where(ChargebackEvidence.payment_op_id == order.op_id)
        words = db.session.scalars(said).one()
        wanted = {UUID(each["id"]): each["sha256"] for each in order.params["papers"].values()}
        found = {each.id: each for each in db.session.scalars(_among(wanted))}
        if digest(words.encode()) != order.params["words_sha256"] or found.keys() != wanted.keys():
            return GONE
        names = {each.id: each.external_id for each in found.values()}
        left = [_enclosure(each) for each in found.values() if each.external_id is None]
    for paper_id, paper in left:
        if digest(paper.content) != wanted[paper_id]:
            return GONE
        result = outside.upload(paper)
        if not isinstance(result, Done):
            return result
        with transaction():
            known = update(ChargebackPaper).where(ChargebackPaper.id == paper_id, ChargebackPaper.external_id.is_(None))
            db.session.execute(known.values(external_id=result.id))
        names[paper_id] = result.id
    shown = {shows: str(names[UUID(each["id"])]) for shows, each in order.params["papers"].items()}
    return replace(order, statement=Statement(words, shown))


def digest(content: bytes) -> str:
    """SHA-256 in hexadecimal digits."""
    return sha256(content).hexdigest()


def _among(wanted: dict[UUID, str]) -> Select[ChargebackPaper]:
    among = select(ChargebackPaper).where(ChargebackPaper.id.in_(wanted), ChargebackPaper.status == PaperStatus.HELD)
    return among.order_by(ChargebackPaper.id)


def _enclosure(paper: ChargebackPaper) -> tuple[UUID, Enclosure]:
    """The name says nothing of whose it is. The key is the paper's: whichever evidence names it, it is there once."""
    assert paper.file_id is not None, "the table's constraints say so"
    since = clock.machine_time() - KEY_LIVES - SLACK
    name = f"{paper.shows}-{paper.id.hex}.{paper.media_type.ending}"
    content = vault.get(paper.file_id)
    return paper.id, Enclosure(f"paper:{paper.id}:1", name, int(since.timestamp()), content)


# --- the parts ------------------------------------------------------------------------------------------------------


def seen(company_id: UUID, by: Actor) -> Select[Chargeback]:
    """Those of a company, for members who may see money and operators of finance. Raises NotFound or Forbidden."""
    _require(company_id, by)
    return select(Chargeback).where(Chargeback.company_id == company_id)


def locked(company_id: UUID, chargeback_id: UUID, by: Actor) -> Chargeback:
    """One of them, for whoever answers its bank. Raises NotFound or Forbidden."""
    wanted = seen(company_id, by).where(Chargeback.id == chargeback_id)
    wanted = wanted.with_for_update(of=Chargeback).execution_options(populate_existing=True)
    found = db.session.scalars(wanted).one_or_none()
    if found is None:
        raise NotFound
    return found


def check_can_answer(found: Chargeback) -> None:
    """Raises ChargebackOver, EvidenceHandedIn."""
    check_open(found.status, found.due_by, clock.now())
    if is_handed_in(found):
        raise EvidenceHandedIn


def is_handed_in(found: Chargeback) -> bool:
    """Whether evidence is at the bank, or may be."""
    return found.evidence is not None and found.evidence.status is not OpStatus.REFUSED


def write_down(found: Chargeback, op: PaymentOp, words: str) -> None:
    """Keeps the words of an evidence beside its payment, where they can be erased."""
    moment = clock.now()
    said = ChargebackEvidence(
        id=new_id(), payment_op_id=op.id, chargeback_id=found.id, words=words, words_sha256=digest(words.encode()),
        handed_in_at=moment, erase_at=KEPT.until(moment, None),
    )  # fmt: skip
    db.session.add(said)


def _require(company_id: UUID, by: Actor) -> None:
    if not by.is_operator(OperatorRole.FINANCE):
        require_company(by, company_id, Right.MONEY)


def _find(chargeback_id: UUID, paper_id: UUID) -> ChargebackPaper:
    found = db.session.get(ChargebackPaper, paper_id)
    if found is None or found.chargeback_id != chargeback_id:
        raise NotFound
    return found


def _erase(found: Sequence[ChargebackPaper], by: Actor) -> list[UUID]:
    return handed_in.erase(found, "chargeback_paper.erased", by=by, told=("shows",))
