"""The verbs by which a company adopts the guidelines in public, and takes that back in public."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.dialects.postgresql import distinct_on

from marketplace.accounts import guidelines
from marketplace.accounts.invited import CompanyNotVerified
from marketplace.accounts.models import Adoption, Company
from marketplace.accounts.rules import Actor, CompanyStatus, Right, require_company, require_person
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import record
from marketplace.core.problems import NotFound


@dataclass(frozen=True, slots=True)
class Adopter:
    """What the public reads of one adoption. The name of who signed is empty once it was erased."""

    company_id: UUID
    legal_name: str
    country: str
    version: int
    text_sha256: str
    signed_name: str
    signed_at: datetime
    withdrawn_at: datetime | None

    @property
    def text(self) -> str:
        return guidelines.TEXTS[self.version].text


def adopt(company_id: UUID, name: str, text_sha256: str, *, by: Actor) -> Adoption:
    """Signs the present text for the company, in public; an older version that it had adopted is replaced.

    A member in person who manages members signs with the verified signatory's name. Raises CompanyNotVerified,
    NotTheSignatory, OtherText, AlreadyAdopted.
    """
    require_company(by, company_id, Right.MEMBERS)
    signer, company, moment = require_person(by), _locked(company_id), clock.now()
    if company.status is not CompanyStatus.VERIFIED:
        raise CompanyNotVerified
    guidelines.check_signature(name, company.signatory_name, text_sha256)
    live = _live(company_id)
    if live is not None and live.version == guidelines.CURRENT.version:
        raise guidelines.AlreadyAdopted
    if live is not None:
        live.withdrawn_at = moment
        db.session.flush()
    row = Adoption(
        company_id=company_id,
        version=guidelines.CURRENT.version,
        text_sha256=text_sha256,
        signed_name=" ".join(name.split()),
        signed_by=signer,
        signed_at=moment,
    )
    db.session.add(row)
    record("guidelines.adopted", row, by=by, data={"version": row.version, "text_sha256": text_sha256})
    return row


def withdraw(company_id: UUID, *, by: Actor) -> Adoption:
    """Takes the statement back from now on. That it was made, and until when, stays in public. Raises NotAdopted."""
    require_company(by, company_id, Right.MEMBERS)
    _locked(company_id)
    live = _live(company_id)
    if live is None:
        raise guidelines.NotAdopted
    live.withdrawn_at = clock.now()
    record("guidelines.withdrawn", live, by=by, data={"version": live.version})
    return live


def adopters() -> list[Adopter]:
    """Every company's newest statement: those that stand first, by name, then what was withdrawn. For everybody."""
    newest = _adoptions().ext(distinct_on(Adoption.company_id)).order_by(Adoption.company_id, Adoption.id.desc())
    found = [Adopter(*row) for row in db.session.execute(newest)]
    return sorted(found, key=lambda each: (each.withdrawn_at is not None, each.legal_name))


def statements(company_id: UUID) -> list[Adopter]:
    """All statements that a company ever made, the newest first. For everybody. Raises NotFound when there is none."""
    found = _adoptions().where(Adoption.company_id == company_id).order_by(Adoption.id.desc())
    made = [Adopter(*row) for row in db.session.execute(found)]
    if not made:
        raise NotFound
    return made


def _adoptions() -> Select[UUID, str, str, int, str, str, datetime, datetime | None]:
    return select(
        Adoption.company_id,
        Company.legal_name,
        Company.country,
        Adoption.version,
        Adoption.text_sha256,
        Adoption.signed_name,
        Adoption.signed_at,
        Adoption.withdrawn_at,
    ).join(Company, Company.id == Adoption.company_id)


def _live(company_id: UUID) -> Adoption | None:
    found = select(Adoption).where(Adoption.company_id == company_id, Adoption.withdrawn_at.is_(None))
    return db.session.scalars(found).one_or_none()


def _locked(company_id: UUID) -> Company:
    return db.session.scalars(select(Company).where(Company.id == company_id).with_for_update()).one()
