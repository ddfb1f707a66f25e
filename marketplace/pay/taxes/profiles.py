"""Where people pay taxes: what they declare, from which day on, and what it was before."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.dialects.postgresql import distinct_on

from marketplace.accounts.rules import Actor, require_person
from marketplace.core import clock, vault
from marketplace.core.db import db
from marketplace.core.events import record
from marketplace.core.problems import Invalid, NotFound
from marketplace.pay.taxes import numbers as tax_numbers
from marketplace.pay.taxes import rules as tax_rules
from marketplace.pay.taxes.models import TaxDeclaration
from marketplace.pay.taxes.schemes import Certificate, Scheme, scheme_of
from marketplace.workforce import declarations, papers
from marketplace.workforce.models import Contractor
from marketplace.workforce.paper_models import TaxProfile
from marketplace.workforce.papers import Tax
from marketplace.workforce.rules import check_place

TAX_NUMBER = "tax number of a declaration"
AHEAD = timedelta(days=366)


class BadDay(Invalid):
    code = "tax_declaration_day"
    title = "A declaration holds from today on, or from a day of the next year."
    remedy = "What was withheld before stays as it was; ask an operator of finance to correct it."


@dataclass(frozen=True, slots=True)
class Standing:
    """Where somebody pays taxes on a day, as far as it is known: by their declaration, else by what they told when they
    applied, else by where they live."""

    country: str
    has_number: bool
    certificate: Certificate = Certificate.NONE


@dataclass(frozen=True, slots=True)
class Profile:
    """What a person reads of it: how they stand, the law there if it is supported, and every declaration, the newest
    first."""

    standing: Standing
    law: Scheme | None
    declared: list[TaxDeclaration]


def declare(tax: Tax, certificate: Certificate, valid_from: date | None = None, *, by: Actor) -> TaxDeclaration:
    """Writes down where the asker pays taxes from a day on, today unless they say another. What was declared before
    stays. Raises BadPlace, BadTaxNumber, BadDeclaration, BadDay, NotFound for who is no contractor."""
    me = db.session.get(Contractor, require_person(by))
    if me is None:
        raise NotFound
    today = today_of([me.id])[me.id]
    begins = valid_from or today
    if not today <= begins <= today + AHEAD:
        raise BadDay(field="valid_from")
    check_place(tax.country, None)
    number = papers.check_tax(tax)
    tax_rules.check_certificate(certificate, tax.country, has_number=number is not None)
    made = TaxDeclaration(
        contractor_id=me.id,
        country=tax.country,
        number_kind=tax.number_kind,
        sealed_number=None if number is None else vault.seal(me.id, number.encode(), what=TAX_NUMBER),
        last_digits=None if number is None else papers.last_digits(number),
        number_fits=None if number is None else tax_numbers.fits(tax.country, tax.number_kind, number),
        certificate=certificate,
        valid_from=begins,
        declared_at=clock.now(),
    )
    db.session.add(made)
    record("tax_declaration.made", made, by=by)
    if begins == today:
        # What vetting looks at is the same profile.
        declarations.declare(tax=tax, by=by)
    return made


def mine(*, by: Actor) -> Profile:
    """The asker's profile. Raises NotFound for who is no contractor."""
    me = require_person(by)
    today = today_of([me]).get(me)
    if today is None:
        raise NotFound
    standing = standings([me], today)[me]
    own = history(by=by).order_by(TaxDeclaration.id.desc())
    return Profile(standing, scheme_of(standing.country, today), list(db.session.scalars(own)))


def history(*, by: Actor) -> Select[TaxDeclaration]:
    """Every declaration of the asker's."""
    return select(TaxDeclaration).where(TaxDeclaration.contractor_id == require_person(by))


def today_of(contractor_ids: Collection[UUID]) -> dict[UUID, date]:
    """The day that it is where each of them lives: by it a law counts the months and years of what they are paid."""
    now, zones = clock.now(), select(Contractor.id, Contractor.timezone).where(Contractor.id.in_(contractor_ids))
    return {row.id: now.astimezone(clock.zone(row.timezone)).date() for row in db.session.execute(zones)}


def standings(contractor_ids: Collection[UUID], on: date) -> Mapping[UUID, Standing]:
    """How people stand on a day, in two statements. The caller may know it; who is no contractor is left out."""
    newest = (
        select(TaxDeclaration)
        .where(TaxDeclaration.contractor_id.in_(contractor_ids), TaxDeclaration.valid_from <= on)
        .ext(distinct_on(TaxDeclaration.contractor_id))
        .order_by(TaxDeclaration.contractor_id, TaxDeclaration.valid_from.desc(), TaxDeclaration.id.desc())
    )
    told = {
        each.contractor_id: Standing(
            each.country,
            each.sealed_number is not None,
            tax_rules.still_certified(each.certificate, each.valid_from, on),
        )
        for each in db.session.scalars(newest)
    }
    known = select(Contractor.id, Contractor.country, TaxProfile.country.label("taxed"), TaxProfile.last_digits)
    rest = known.outerjoin(TaxProfile, TaxProfile.contractor_id == Contractor.id)
    rows = db.session.execute(rest.where(Contractor.id.in_([each for each in contractor_ids if each not in told])))
    return told | {row.id: Standing(row.taxed or row.country, row.last_digits is not None) for row in rows}
