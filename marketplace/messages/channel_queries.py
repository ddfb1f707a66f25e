"""Reads of workers' own channels, for those who work for the company: for everybody else there is nothing here."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, and_, select
from sqlalchemy.orm import joinedload

from marketplace.accounts.models import Company
from marketplace.accounts.rules import Actor
from marketplace.contracts import queries as contracts
from marketplace.contracts.models import ContractVersion
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.problems import NotFound, Unauthenticated
from marketplace.messages.channel_models import ChannelEpoch, ChannelKey, ChannelMember, ChannelWords, WorkersChannel
from marketplace.messages.channel_rules import NotJoined, Turn


@dataclass(frozen=True, slots=True)
class OwnChannel:
    """A channel that somebody may enter, or is in. `has_news` while they have not looked since they were told."""

    company_id: UUID
    company_name: str
    is_joined: bool
    is_muted: bool
    has_news: bool


@dataclass(frozen=True, slots=True)
class Seen:
    """A member as the others see them. `proof` is there once they hold the key of the present epoch."""

    id: UUID
    name: str
    public_key: str
    is_in: bool
    proof: str | None


@dataclass(frozen=True, slots=True)
class Inside:
    """A channel as a member sees it: what their browser needs to open and to write words."""

    company_id: UUID
    me: ChannelMember
    epoch: int
    is_due: bool
    may_begin_anew: bool
    members: Sequence[Seen]
    keys: Sequence[ChannelKey]
    epochs: Sequence[ChannelEpoch]


def entrance(company_id: UUID, by: Actor) -> UUID:
    """Who stands at the door, if they may enter: somebody with a contract in force with the company, in person. Members
    of that company, operators and keys find nothing here, whatever else they are. Raises Unauthenticated, NotFound."""
    if by.person_id is None:
        raise Unauthenticated
    if by.kind != "person" or by.operator or by.belongs_to(company_id):
        raise NotFound
    mine = contracts.under_contract(clock.now()).where(
        ContractVersion.company_id == company_id, ContractVersion.contractor_id == by.person_id
    )
    if db.session.execute(mine.limit(1)).first() is None:
        raise NotFound
    return by.person_id


def mine(*, seen_by: Actor) -> list[OwnChannel]:
    """The channels that somebody may enter, by the names of their companies. Raises Unauthenticated."""
    if seen_by.person_id is None:
        raise Unauthenticated
    if seen_by.kind != "person" or seen_by.operator:
        return []
    working = contracts.under_contract(clock.now()).where(ContractVersion.contractor_id == seen_by.person_id).subquery()
    me = and_(
        ChannelMember.channel_id == WorkersChannel.id,
        ChannelMember.contractor_id == seen_by.person_id,
        ChannelMember.left_at.is_(None),
    )
    found = (
        select(
            Company.id,
            Company.legal_name,
            ChannelMember.id.is_not(None),
            ChannelMember.is_muted,
            ChannelMember.told_at.is_not(None),
        )
        .join(working, working.c.company_id == Company.id)
        .outerjoin(WorkersChannel, WorkersChannel.company_id == Company.id)
        .outerjoin(ChannelMember, me)
        .where(Company.id.not_in(list(seen_by.companies)))
        .order_by(Company.legal_name, Company.id)
    )
    return [
        OwnChannel(row[0], row[1], row[2], bool(row[3]), row[4] and not row[3]) for row in db.session.execute(found)
    ]


def membership(company_id: UUID, by: Actor) -> ChannelMember:
    """The person as a member of the channel. Raises what `entrance` does, and NotJoined."""
    me = entrance(company_id, by)
    found = (
        select(ChannelMember)
        .join(WorkersChannel, WorkersChannel.id == ChannelMember.channel_id)
        .where(
            WorkersChannel.company_id == company_id, ChannelMember.contractor_id == me, ChannelMember.left_at.is_(None)
        )
    )
    row = db.session.scalars(found.execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise NotJoined
    return row


def inside(company_id: UUID, *, seen_by: Actor) -> Inside:
    """The channel for one of its members. Raises what `membership` does."""
    me = membership(company_id, seen_by)
    channel = db.session.get_one(WorkersChannel, me.channel_id)
    members = present(channel)
    turn = turn_of(channel, me, members)
    keys = select(ChannelKey).where(ChannelKey.member_id == me.id).order_by(ChannelKey.epoch)
    epochs = select(ChannelEpoch).where(ChannelEpoch.channel_id == channel.id).order_by(ChannelEpoch.epoch)
    return Inside(
        company_id,
        me,
        channel.epoch,
        turn.is_due,
        turn.may_begin_anew(clock.now()),
        members,
        db.session.scalars(keys).all(),
        db.session.scalars(epochs).all(),
    )


def turn_of(channel: WorkersChannel, me: ChannelMember, members: Sequence[Seen]) -> Turn:
    """What decides whether a new key is due. Without permission."""
    holders = [each.id for each in members if each.is_in]
    return Turn(me.id, me.joined_at, channel.epoch, channel.handed_out, holders)


def present(channel: WorkersChannel) -> list[Seen]:
    """Whoever is in the channel now: has not left, and still works for the company. Without permission."""
    holds = and_(ChannelKey.member_id == ChannelMember.id, ChannelKey.epoch == channel.epoch)
    working = contracts.under_contract(clock.now()).where(ContractVersion.company_id == channel.company_id).subquery()
    found = (
        select(ChannelMember.id, ChannelMember.name, ChannelMember.public_key, ChannelKey.proof)
        .outerjoin(ChannelKey, holds)
        .where(
            ChannelMember.channel_id == channel.id,
            ChannelMember.left_at.is_(None),
            ChannelMember.contractor_id.in_(select(working.c.contractor_id)),
        )
        .order_by(ChannelMember.id)
    )
    return [Seen(row[0], row[1], row[2], row[3] is not None, row[3]) for row in db.session.execute(found)]


def words(company_id: UUID, *, seen_by: Actor) -> Select[ChannelWords]:
    """The encrypted words and who wrote them, for members. Raises what `membership` does."""
    channel_id = membership(company_id, seen_by).channel_id
    return select(ChannelWords).where(ChannelWords.channel_id == channel_id).options(joinedload(ChannelWords.member))


def to_tell(channel_ids: Collection[UUID]) -> dict[tuple[UUID, datetime], list[UUID]]:
    """For notices: who was found to be told of something new in these channels, by channel and moment, as long as they
    have not looked. In one statement."""
    found: defaultdict[tuple[UUID, datetime], list[UUID]] = defaultdict(list)
    columns = (ChannelMember.channel_id, ChannelMember.told_at, ChannelMember.contractor_id)
    waiting = select(*columns).where(
        ChannelMember.channel_id.in_(channel_ids),
        ChannelMember.is_muted.is_(False),
        ChannelMember.left_at.is_(None),
    )
    for row in db.session.execute(waiting.order_by(ChannelMember.id)):
        if row.told_at is not None:
            found[row.channel_id, row.told_at].append(row.contractor_id)
    return found
