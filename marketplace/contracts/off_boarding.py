"""The end of a contract as a record: begun when notice is given, and told to both sides step by step."""

from uuid import UUID

from sqlalchemy import select, update

from marketplace.accounts.rules import Actor
from marketplace.contracts import queries
from marketplace.contracts.models import Contract
from marketplace.contracts.off_boarding_models import OffBoarding
from marketplace.contracts.off_boarding_rules import PAID_WITHIN, EndedBy
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.problems import NotFound


def begin(contract: Contract, ended_through: EndedBy) -> OffBoarding:
    """Writes down what happens now. To be called once, with the contract whose end is set."""
    assert contract.ends_at is not None, "notice was given"
    now = clock.now()
    made = OffBoarding(
        contract_id=contract.id,
        company_id=contract.company_id,
        contractor_id=contract.contractor_id,
        ended_through=ended_through,
        begun_at=now,
        ends_at=max(now, contract.ends_at),
        pay_by=max(now, contract.ends_at) + PAID_WITHIN,
        record_offered_at=now,
    )
    db.session.add(made)
    db.session.flush()
    return made


def of_contract(contract_id: UUID, seen_by: Actor) -> OffBoarding | None:
    """The record of a contract that ends or has ended, for its parties and operators; None of one that does not.
    Raises NotFound for everybody else."""
    found = select(OffBoarding).where(OffBoarding.contract_id == queries.contract(contract_id, seen_by).id)
    return db.session.scalars(found).one_or_none()


def ended(contract_id: UUID, seen_by: Actor) -> OffBoarding:
    """As `of_contract`. Raises NotFound where there is none."""
    found = of_contract(contract_id, seen_by)
    if found is None:
        raise NotFound
    return found


def mark_erased(contractor_id: UUID) -> None:
    """Says of somebody's ended contracts that their data were erased. In the transaction that erases them."""
    own = update(OffBoarding).where(OffBoarding.contractor_id == contractor_id, OffBoarding.data_erased_at.is_(None))
    db.session.execute(own.values(data_erased_at=clock.now()), execution_options={"synchronize_session": False})
