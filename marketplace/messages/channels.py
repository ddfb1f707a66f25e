"""The verbs of a workers' own channel: come in, let in, make a new key, write, leave (OWN_CHANNEL).

Everything that is handed in is sealed already; what is checked here is who may hand it in, and under which key. No verb
leaves an event that says who did it: operators read events, and who talks to whom is none of their business.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from marketplace.accounts.rules import CLOCK, Actor
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import record
from marketplace.core.ids import new_id
from marketplace.core.problems import NotFound
from marketplace.messages import channel_queries as queries
from marketplace.messages.channel_models import ChannelEpoch, ChannelKey, ChannelMember, ChannelWords, WorkersChannel
from marketplace.messages.channel_rules import (
    KEPT,
    MOST_JOINS_A_DAY,
    MOST_MEMBERS,
    MOST_WORDS_AN_HOUR,
    AlreadyJoined,
    ChannelFull,
    KeyChanged,
    KeyHeld,
    NameTaken,
    NewKeyDue,
    NoSuchMember,
    NotLetIn,
    TooManyJoins,
    TooManyWords,
    check_public_key,
    check_turn,
)


@dataclass(frozen=True, slots=True)
class SealedKey:
    """The key of an epoch for one member: see `ChannelKey`."""

    member_id: UUID
    wrapped: str
    proof: str


def join(company_id: UUID, name: str, public_key: str, sealed_key: str, rounds: int, *, by: Actor) -> queries.Inside:
    """Comes in under a name, with a key pair of one's own; the key of the channel comes from whoever lets one in.
    Raises what `channel_queries.entrance` does, AlreadyJoined, NameTaken, ChannelFull, TooManyJoins, BadPublicKey."""
    me = queries.entrance(company_id, by)
    check_public_key(public_key)
    made = insert(WorkersChannel).values(id=new_id(), company_id=company_id, epoch=0, handed_out=0)
    db.session.execute(made.on_conflict_do_nothing(index_elements=["company_id"]))
    channel = _locked(WorkersChannel.company_id == company_id)
    _check_place(channel, me, name)
    now = clock.now()
    row = ChannelMember(
        channel_id=channel.id,
        contractor_id=me,
        name=name,
        public_key=public_key,
        sealed_key=sealed_key,
        rounds=rounds,
        joined_at=now,
    )
    db.session.add(row)
    db.session.flush()
    return queries.inside(company_id, seen_by=by)


def begin_epoch(
    company_id: UUID, epoch: int, link: str | None, keys: Sequence[SealedKey], *, by: Actor
) -> queries.Inside:
    """Begins an epoch with a key that one's browser made: because somebody left who knew the one before, or anew. For
    whom it is not sealed waits to be let in. Raises what `membership` and `check_turn()` do."""
    me = queries.membership(company_id, by)
    channel = _locked(WorkersChannel.id == me.channel_id)
    turn = queries.turn_of(channel, me, queries.present(channel))
    sealed_for = [key.member_id for key in keys]
    check_turn(turn, epoch, sealed_for, link is not None, clock.now())
    now = clock.now()
    db.session.add(ChannelEpoch(channel_id=channel.id, epoch=epoch, link=link, begun_at=now))
    channel.epoch, channel.handed_out = epoch, len(keys)
    db.session.execute(insert(ChannelKey), [_key(each, epoch, now) for each in keys])
    db.session.flush()
    return queries.inside(company_id, seen_by=by)


def let_in(company_id: UUID, epoch: int, key: SealedKey, *, by: Actor) -> queries.Inside:
    """Hands the present key to a member who waits. Raises what `membership` does, KeyChanged, NewKeyDue, NotLetIn,
    NoSuchMember, KeyHeld."""
    me = queries.membership(company_id, by)
    channel = _locked(WorkersChannel.id == me.channel_id)
    members = {each.id: each for each in _writable(channel, me, epoch)}
    if key.member_id not in members:
        raise NoSuchMember(field="member_id")
    if members[key.member_id].is_in:
        raise KeyHeld
    db.session.execute(insert(ChannelKey), [_key(key, epoch, clock.now())])
    channel.handed_out += 1
    db.session.flush()
    return queries.inside(company_id, seen_by=by)


def say(company_id: UUID, mark: UUID, epoch: int, sealed: str, *, by: Actor) -> ChannelWords:
    """Puts encrypted words there; the same `mark` again has no effect. The others hear once, until they look, that
    there is something new. Raises what `membership` does, KeyChanged, NewKeyDue, NotLetIn, TooManyWords."""
    me = queries.membership(company_id, by)
    channel = _locked(WorkersChannel.id == me.channel_id)
    members = _writable(channel, me, epoch)
    now = clock.now()
    recent = ChannelWords.said_at > now - timedelta(hours=1)
    written = select(func.count()).where(ChannelWords.member_id == me.id, recent)
    if db.session.scalars(written).one() >= MOST_WORDS_AN_HOUR:
        raise TooManyWords
    row = insert(ChannelWords).values(
        id=new_id(), channel_id=channel.id, member_id=me.id, mark=mark, epoch=epoch, sealed=sealed, said_at=now
    )
    written_once = row.on_conflict_do_nothing(index_elements=["channel_id", "mark"])
    if db.session.execute(written_once.returning(ChannelWords.id)).first() is not None:
        _tell(channel, me, members)
    found = queries.words(company_id, seen_by=by).where(ChannelWords.mark == mark)
    return db.session.scalars(found).one()


def take_back(company_id: UUID, words_id: UUID, *, by: Actor) -> None:
    """Deletes one's own words. Raises what `membership` does, and NotFound for everybody else's."""
    me = queries.membership(company_id, by)
    gone = delete(ChannelWords).where(ChannelWords.id == words_id, ChannelWords.member_id == me.id)
    if db.session.execute(gone.returning(ChannelWords.id)).first() is None:
        raise NotFound


def change(company_id: UUID, *, by: Actor, **new: Any) -> queries.Inside:
    """Mutes the channel or not (`is_muted`), says that one has looked (`has_looked`), or keeps one's private key under
    another passphrase (`sealed_key` with its `rounds`). Raises what `membership` does."""
    me = queries.membership(company_id, by)
    if new.pop("has_looked", False):
        me.told_at = None
    for name, value in new.items():
        setattr(me, name, value)
    db.session.flush()
    return queries.inside(company_id, seen_by=by)


def leave(company_id: UUID, *, by: Actor) -> None:
    """Leaves by choice. The private key is emptied and the sealed ones are deleted; what was written stays with the
    name, unless it was taken back. Raises what `membership` does."""
    me = queries.membership(company_id, by)
    _locked(WorkersChannel.id == me.channel_id)
    me.left_at, me.sealed_key, me.told_at = clock.now(), "", None
    db.session.execute(delete(ChannelKey).where(ChannelKey.member_id == me.id))
    db.session.flush()


def forget_old(limit: int) -> int:
    """Deletes encrypted words that have lain long enough (OWN_CHANNEL). Returns how many."""
    old = select(ChannelWords.id).where(ChannelWords.said_at <= clock.now() - KEPT).order_by(ChannelWords.said_at)
    gone = delete(ChannelWords).where(ChannelWords.id.in_(old.limit(limit)))
    return len(db.session.execute(gone.returning(ChannelWords.id)).all())


def _locked(which: ColumnElement[bool]) -> WorkersChannel:
    """The channel, locked: its keys and its words come one after the other, so that nothing is written under a key
    that somebody who has left knows."""
    found = select(WorkersChannel).where(which).with_for_update()
    return db.session.scalars(found.execution_options(populate_existing=True)).one()


def _check_place(channel: WorkersChannel, me: UUID, name: str) -> None:
    mine = ChannelMember.contractor_id == me
    here = select(ChannelMember.id).where(ChannelMember.channel_id == channel.id)
    if db.session.scalars(here.where(mine, ChannelMember.left_at.is_(None))).first() is not None:
        raise AlreadyJoined
    today = here.where(mine, ChannelMember.joined_at > clock.now() - timedelta(days=1))
    if len(db.session.scalars(today).all()) >= MOST_JOINS_A_DAY:
        raise TooManyJoins
    same_name = func.lower(ChannelMember.name) == func.lower(name)
    if db.session.scalars(here.where(~mine, same_name)).first() is not None:
        raise NameTaken(field="name")
    there = select(func.count()).where(ChannelMember.channel_id == channel.id, ChannelMember.left_at.is_(None))
    if db.session.scalars(there).one() >= MOST_MEMBERS:
        raise ChannelFull


def _writable(channel: WorkersChannel, me: ChannelMember, epoch: int) -> Collection[queries.Seen]:
    """Whoever is in the channel, where something may be sealed under the key of that epoch now. Raises KeyChanged,
    NotLetIn, NewKeyDue."""
    members = queries.present(channel)
    turn = queries.turn_of(channel, me, members)
    if me.id not in turn.holders:
        raise NotLetIn
    if epoch != channel.epoch:
        raise KeyChanged
    if turn.is_due:
        raise NewKeyDue
    return members


def _key(key: SealedKey, epoch: int, now: datetime) -> dict[str, Any]:
    row = {"id": new_id(), "member_id": key.member_id, "epoch": epoch, "made_at": now}
    return row | {"wrapped": key.wrapped, "proof": key.proof}


def _tell(channel: WorkersChannel, writer: ChannelMember, members: Collection[queries.Seen]) -> None:
    """Has those told who have looked since they were told last. Whoever writes has looked. The event names neither the
    writer nor the company."""
    writer.told_at = None
    waiting = (
        ChannelMember.id.in_([each.id for each in members if each.id != writer.id]),
        ChannelMember.is_muted.is_(False),
        ChannelMember.told_at.is_(None),
    )
    if db.session.scalars(select(ChannelMember.id).where(*waiting).limit(1)).first() is None:
        return
    said = record("channel.news", channel, by=CLOCK)
    db.session.execute(update(ChannelMember).where(*waiting).values(told_at=said.at))
