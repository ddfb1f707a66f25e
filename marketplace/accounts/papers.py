"""A company's papers: handed in, looked at, erased. Contents lie in the vault; a look by an operator is an event."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, func, or_, select

from marketplace.accounts import paper_rules
from marketplace.accounts.models import Company, CompanyDecision, CompanyIdentity
from marketplace.accounts.paper_models import CompanyPaper
from marketplace.accounts.paper_rules import KEPT, PaperInUse, Shows
from marketplace.accounts.rules import (
    CLOCK,
    Actor,
    CompanyStatus,
    OperatorRole,
    Right,
    require_company,
    require_operator,
)
from marketplace.core import clock, files, vault
from marketplace.core import papers as handed_in
from marketplace.core.db import db
from marketplace.core.events import Event, record
from marketplace.core.files import FileKind
from marketplace.core.lifecycle import WrongState
from marketplace.core.problems import NotFound
from marketplace.core.retention import PaperStatus

EVENTS = ("company_paper.handed_in", "company_paper.read", "company_paper.erased")


@dataclass(frozen=True, slots=True)
class PaperContent:
    """A paper that may be shown to whoever asked, and what it is."""

    paper: CompanyPaper
    kind: FileKind
    bytes: bytes


def hand_in(company_id: UUID, shows: Shows, content: bytes, *, by: Actor) -> CompanyPaper:
    """Takes a file of the company. What it is is found in its content, and it is encrypted with the company's own key.

    Raises what `files.inspect` raises, and TooManyPapers.
    """
    require_company(by, company_id, Right.MEMBERS)
    clean = files.inspect(content)
    _lock(company_id)
    held = select(func.count()).where(CompanyPaper.company_id == company_id, CompanyPaper.status == PaperStatus.HELD)
    paper_rules.check_room(db.session.scalar(held) or 0)
    moment = clock.now()
    (file_id,) = vault.put(company_id, [clean.content])
    paper = CompanyPaper(
        company_id=company_id,
        shows=shows,
        status=PaperStatus.HELD,
        media_type=clean.kind,
        size=len(clean.content),
        pages=clean.pages,
        file_id=file_id,
        handed_in_at=moment,
        erase_at=KEPT.until(moment, None),
    )
    db.session.add(paper)
    record("company_paper.handed_in", paper, by=by, data={"shows": shows})
    return paper


def take_back(company_id: UUID, paper_id: UUID, *, by: Actor) -> CompanyPaper:
    """The company takes a paper back that nobody looks at or has decided by. It is erased at once. Raises PaperInUse,
    WrongState when it has been erased already."""
    require_company(by, company_id, Right.MEMBERS)
    _lock(company_id)
    found = _find(company_id, paper_id)
    if found.status is PaperStatus.HELD and _is_in_use(found):
        raise PaperInUse
    if not _erase([found], by):
        raise WrongState("It has been erased already.", state=str(PaperStatus.ERASED))
    return found


def papers(company_id: UUID, seen_by: Actor) -> list[CompanyPaper]:
    """What the company has handed in, erased papers too, the newest first: what they are, not what they show.

    For its members who may tell who it is, and for operators of vetting. Raises NotFound or Forbidden.
    """
    _require_view(company_id, seen_by)
    found = select(CompanyPaper).where(CompanyPaper.company_id == company_id).order_by(CompanyPaper.id.desc())
    return list(db.session.scalars(found))


def read(company_id: UUID, paper_id: UUID, *, by: Actor) -> PaperContent:
    """The content of a paper. When an operator reads it, an event says who and when. Raises NotFound, Erased,
    VaultLocked."""
    _require_view(company_id, by)
    found = _find(company_id, paper_id)
    if found.file_id is None:
        raise vault.Erased
    content = vault.get(found.file_id)
    if not by.belongs_to(company_id):
        record("company_paper.read", found, by=by)
    return PaperContent(found, found.media_type, content)


def happenings(company_id: UUID, seen_by: Actor, *, limit: int = 50) -> list[Event]:
    """What happened to the papers of a company, the newest first: who handed them in, looked at them, erased them."""
    _require_view(company_id, seen_by)
    about = Event.about.contains([f"company:{company_id}"])
    found = select(Event).where(about, Event.name.in_(EVENTS)).order_by(Event.id.desc())
    return list(db.session.scalars(found.limit(limit)))


def keep_until(company_id: UUID, decided_at: datetime | None) -> None:
    """Something was decided about the company, or is open again (None): sets when its papers are erased."""
    handed_in.keep_until(CompanyPaper, [CompanyPaper.company_id == company_id], KEPT, decided_at)


def erase_due(limit: int) -> int:
    """Erases papers whose time is over, and returns how many. The row stays and says that it was erased."""
    return len(_erase(handed_in.overdue(CompanyPaper, limit), CLOCK))


def changed_at(company_id: UUID) -> datetime | None:
    """When a paper was last handed in, taken back or erased. The caller has made sure that the asker may know."""
    last = func.max(func.greatest(CompanyPaper.handed_in_at, CompanyPaper.erased_at))
    changed: datetime | None = db.session.scalar(select(last).where(CompanyPaper.company_id == company_id))
    return changed


def can_be_taken_back(held: Sequence[CompanyPaper]) -> set[UUID]:
    """Those of one company's papers that nobody looks at or has decided by."""
    return {paper.id for paper in held if paper.status is PaperStatus.HELD and not _is_in_use(paper)}


def _is_in_use(paper: CompanyPaper) -> bool:
    """Whether an operator looks at it now, or has decided since it was handed in."""
    waits = exists().where(
        Company.id == paper.company_id,
        Company.status == CompanyStatus.APPLIED,
        CompanyIdentity.company_id == Company.id,
    )
    decided = exists().where(
        CompanyDecision.company_id == paper.company_id, CompanyDecision.decided_at >= paper.handed_in_at
    )
    return bool(db.session.scalar(select(or_(waits, decided))))


def _erase(found: Sequence[CompanyPaper], by: Actor) -> list[UUID]:
    return handed_in.erase(found, "company_paper.erased", by=by, told=("shows",))


def _find(company_id: UUID, paper_id: UUID) -> CompanyPaper:
    found = db.session.get(CompanyPaper, paper_id)
    if found is None or found.company_id != company_id:
        raise NotFound
    return found


def _lock(company_id: UUID) -> None:
    """How many papers lie here, and what is decided by them, is changed by one at a time."""
    db.session.get_one(Company, company_id, with_for_update=True, populate_existing=True)


def _require_view(company_id: UUID, by: Actor) -> None:
    if by.belongs_to(company_id):
        require_company(by, company_id, Right.MEMBERS)
        return
    require_operator(by, OperatorRole.VETTING)
    if db.session.get(Company, company_id) is None:
        raise NotFound
