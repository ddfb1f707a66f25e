"""The person behind the account: what accounts are seen with, as keyed digests, and what follows when two share it.

A payout account, a document or a device that two accounts share goes to a human, and new offers to the newer account
rest meanwhile, for a few days at most. A network or a kind of browser is kept beside it for whoever looks, and nothing
follows from it (rule PERSON). Money already earned is never touched.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased

from marketplace.accounts.rules import Actor, OperatorRole, require_operator
from marketplace.core import clock, vault
from marketplace.core.db import db
from marketplace.core.ids import new_id
from marketplace.workforce import bars, deciding, proposals
from marketplace.workforce.bars import MATCHING, ProposalKind, SignalKind, Source
from marketplace.workforce.models import Contractor
from marketplace.workforce.rules import ContractorStatus
from marketplace.workforce.standing_models import Proposal, Signal


@dataclass(frozen=True, slots=True)
class Shared:
    """One thing that two accounts were both seen with, and when each was last."""

    kind: SignalKind
    mine_at: datetime
    others_at: datetime

    @property
    def is_reason(self) -> bool:
        """Whether a human is asked because of it. The rest is shown beside."""
        return self.kind in MATCHING


def note(person_id: UUID, kind: SignalKind, value: str) -> None:
    """Remembers that the person's account was seen with something. Only its keyed digest is kept."""
    note_many(kind, {person_id: value})


def note_many(kind: SignalKind, values: Mapping[UUID, str]) -> None:
    """As `note()`, of many people, each with what they were seen with: two statements unless some of it is shared."""
    note_fingerprints(kind, {known: vault.fingerprint(f"signal {kind}", value) for known, value in values.items()})


def note_fingerprints(kind: SignalKind, fingerprints: Mapping[UUID, str]) -> None:
    """As `note_many()`, for whoever has keyed digests already, such as those of documents' numbers."""
    if not fingerprints:
        return
    now = clock.now()
    rows = [
        {"id": new_id(), "person_id": known, "kind": kind, "fingerprint": each, "first_at": now, "last_at": now}
        for known, each in fingerprints.items()
    ]
    row = insert(Signal)
    again = row.on_conflict_do_update(
        index_elements=["person_id", "kind", "fingerprint"], set_={"last_at": row.excluded.last_at}
    )
    # In one order: whoever notes the same things of the same people waits for this, and not in a ring.
    db.session.execute(again, sorted(rows, key=itemgetter("person_id")))
    if kind in MATCHING:
        shared = _shared(kind, set(fingerprints.values()))
        for known, each in fingerprints.items():
            if each in shared:
                match(known, kind, each)


def match(person_id: UUID, kind: SignalKind, fingerprint: str) -> list[Proposal]:
    """Has a human look at every contractor with whom the person shares this. Returns the proposals that are new."""
    sharing = (
        select(Contractor)
        .join(Signal, Signal.person_id == Contractor.id)
        .where(Signal.kind == kind, Signal.fingerprint == fingerprint)
        .order_by(Contractor.applied_at, Contractor.id)
    )
    people = db.session.scalars(sharing).all()
    mine = [who for who in people if who.id == person_id]
    others = [who for who in people if who.id != person_id]
    pairs = [sorted((mine[0], other), key=_age) for other in others] if mine else []
    made = (_propose(older, newer, kind) for older, newer in pairs)
    return [each for each in made if each is not None]


def forget_old(limit: int = 1000) -> int:
    """Forgets devices, networks and browsers that were not seen for long (rule PERSON). Returns how many."""
    old = select(Signal.id).where(Signal.kind.in_(bars.FLEETING), Signal.last_at <= clock.now() - bars.FORGET_AFTER)
    gone = delete(Signal).where(Signal.id.in_(old.limit(limit))).returning(Signal.id)
    return len(db.session.scalars(gone).all())


# --- reading --------------------------------------------------------------------------------------------------------


def shared(one_id: UUID, other_id: UUID, seen_by: Actor) -> list[Shared]:
    """What two accounts share, reasons first. Raises NotFound or Forbidden unless an operator of vetting asks."""
    require_operator(seen_by, OperatorRole.VETTING)
    mine, others = aliased(Signal), aliased(Signal)
    found = (
        select(mine.kind, func.max(mine.last_at).label("mine_at"), func.max(others.last_at).label("others_at"))
        .join(others, (others.kind == mine.kind) & (others.fingerprint == mine.fingerprint))
        .where(mine.person_id == one_id, others.person_id == other_id)
        .group_by(mine.kind)
    )
    rows = [Shared(row.kind, row.mine_at, row.others_at) for row in db.session.execute(found)]
    return sorted(rows, key=lambda each: (not each.is_reason, each.kind))


def counts(person_ids: Sequence[UUID], seen_by: Actor) -> Mapping[UUID, Mapping[SignalKind, int]]:
    """How many different things of each kind accounts were seen with."""
    require_operator(seen_by, OperatorRole.VETTING)
    found = (
        select(Signal.person_id, Signal.kind, func.count().label("number"))
        .where(Signal.person_id.in_(person_ids))
        .group_by(Signal.person_id, Signal.kind)
    )
    told: dict[UUID, dict[SignalKind, int]] = {known: {} for known in person_ids}
    for row in db.session.execute(found):
        told[row.person_id][row.kind] = row.number
    return told


# --- what follows ---------------------------------------------------------------------------------------------------


def _shared(kind: SignalKind, fingerprints: Collection[str]) -> set[str]:
    """Those that more than one account was seen with."""
    of_kind = select(Signal.fingerprint).where(Signal.kind == kind, Signal.fingerprint.in_(fingerprints))
    return set(db.session.scalars(of_kind.group_by(Signal.fingerprint).having(func.count() > 1)))


def _age(who: Contractor) -> tuple[datetime, UUID]:
    return who.applied_at, who.id


def _propose(older: Contractor, newer: Contractor, kind: SignalKind) -> Proposal | None:
    """New offers to the newer account rest once for a pair of accounts, however many things they turn out to share."""
    held = deciding.find(newer.id, lock=True)
    if held.status in (ContractorStatus.CLOSING, ContractorStatus.CLOSED):
        return None
    pair = select(Proposal.id).where(Proposal.contractor_id == newer.id, Proposal.other_id == older.id)
    known = db.session.scalar(pair.limit(1)) is not None
    made = proposals.propose(
        ProposalKind.ACCOUNT_MATCH,
        newer.id,
        {"shares": str(kind), "older": str(older.id), "newer": str(newer.id)},
        rule="PERSON",
        key=f"{older.id}:{newer.id}:{kind}",
        other_id=older.id,
        lasts=bars.PAUSE,
    )
    if made is not None and not known:
        proposals.pause(held, made, Source.MATCH, lasts=bars.PAUSE)
    return made
