"""The law of bars: who may keep whom from new offers, from which, for how long, and what an appeal may come to. Pure.

A bar is about new offers alone. Money that was earned is paid, and a shift that was accepted is kept: whoever does not
want it worked cancels it, and pays by the notice curve (rules RESTRICTION, BLOCK, NOTICE).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID

from marketplace.core.problems import Conflict, Forbidden, Invalid
from marketplace.standards.rules import RULES

LONGEST_RESTRICTION = timedelta(days=RULES["RESTRICTION"].parameters["most_days"])
LONGEST_BLOCK = timedelta(days=RULES["BLOCK"].parameters["most_days"])
PAUSE = timedelta(days=RULES["PERSON"].parameters["pause_days"])
"""How long new offers rest while a human looks at two accounts that share something."""
PAPER_PAUSE = timedelta(days=RULES["PAPERS_END"].parameters["pause_days"])
"""How long new offers rest because a paper is over, before somebody is asked to look anew."""
FORGET_AFTER = timedelta(days=RULES["PERSON"].parameters["forget_days"])
"""How long after it was seen last a device, a network or a browser is remembered, as a keyed digest."""
PROPOSAL_LASTS = timedelta(days=RULES["DECISION"].parameters["proposal_days"])
ANSWER_WITHIN = timedelta(days=RULES["APPEAL"].parameters["answer_days"])
"""How long operators have to answer an appeal. After that it is decided for the person (rule APPEAL)."""


class Scope(StrEnum):
    """Which new offers a bar keeps away."""

    COMPANY = "company"
    """Those of one company."""
    GIG = "gig"
    CATEGORY = "category"
    """Those of one kind of work."""
    ALL = "all"


class Source(StrEnum):
    """Whose bar it is."""

    OPERATOR = "operator"
    COMPANY = "company"
    """A company's, which reaches no further than its own gigs."""
    MATCH = "match"
    """Nobody's decision: two accounts share what only one person should have, and a human looks (rule PERSON)."""
    PAPER = "paper"
    """Nobody's decision: a paper that was accepted until a day is over, and is to be renewed (rule PAPERS_END)."""


RULE_OF: Mapping[Source, str] = MappingProxyType(
    {
        Source.OPERATOR: "RESTRICTION",
        Source.COMPANY: "BLOCK",
        Source.MATCH: "PERSON",
        Source.PAPER: "PAPERS_END",
    }
)
"""The published rule by which a bar of that source says no."""
LONGEST: Mapping[Source, timedelta] = MappingProxyType(
    {
        Source.OPERATOR: LONGEST_RESTRICTION,
        Source.COMPANY: LONGEST_BLOCK,
        Source.MATCH: PAUSE,
        Source.PAPER: PAPER_PAUSE,
    }
)
PAUSED_BECAUSE: Mapping[Source, str] = MappingProxyType(
    {
        Source.MATCH: "Your account and an older one share something that usually belongs to one person. That proves "
        "nothing; somebody looks at it. Say what they should know. If nobody has decided by the end of the pause, it "
        "ends by itself.",
        Source.PAPER: "A paper that you showed was good until a day that is over. Show a new one on the page of your "
        "application: the pause ends in the moment in which an operator accepts it. If the old one still holds, say "
        "so here, and somebody looks. Shifts that you accepted stay yours, and what you have earned is paid.",
    }
)
"""What is said in place of a reason while nobody has decided anything."""


class SignalKind(StrEnum):
    """What two accounts may share."""

    PAYOUT_ACCOUNT = "payout_account"
    DOCUMENT = "document"
    """A document that shows who somebody is."""
    DEVICE = "device"
    """A browser, known by a random number that it was given."""
    NETWORK = "network"
    """The address that a household, a café or a VPN shares."""
    USER_AGENT = "user_agent"
    """The name of a browser, which millions share."""


MATCHING = frozenset({SignalKind.PAYOUT_ACCOUNT, SignalKind.DOCUMENT, SignalKind.DEVICE})
"""What goes to a human. The others are shown beside, and are never a reason by themselves (rule PERSON)."""
FLEETING = frozenset({SignalKind.DEVICE, SignalKind.NETWORK, SignalKind.USER_AGENT})
"""What is forgotten some time after it was seen last."""


class ProposalKind(StrEnum):
    """What a job or a rule proposes to look at."""

    ACCOUNT_MATCH = "account_match"
    STRIKES = "strikes"
    """Several strikes that are in force."""
    PAPER_ENDED = "paper_ended"
    STRIKE = "strike"
    """One missed shift, or one seat that was given back very late."""


class ProposalStatus(StrEnum):
    """What a human made of a proposal. It does nothing by itself."""

    OPEN = "open"
    ACCEPTED = "accepted"
    """A human decided, with reasons of their own."""
    DISMISSED = "dismissed"
    EXPIRED = "expired"


PROPOSAL_TRANSITIONS: Mapping[ProposalStatus, frozenset[ProposalStatus]] = MappingProxyType(
    {
        ProposalStatus.OPEN: frozenset({ProposalStatus.ACCEPTED, ProposalStatus.DISMISSED, ProposalStatus.EXPIRED}),
        ProposalStatus.ACCEPTED: frozenset(),
        ProposalStatus.DISMISSED: frozenset(),
        ProposalStatus.EXPIRED: frozenset(),
    }
)


class ClosingStatus(StrEnum):
    OPEN = "open"
    """Something is still owed, or not over."""
    DONE = "done"
    TAKEN_BACK = "taken_back"
    """The decision to close fell on appeal."""


CLOSING_TRANSITIONS: Mapping[ClosingStatus, frozenset[ClosingStatus]] = MappingProxyType(
    {
        ClosingStatus.OPEN: frozenset({ClosingStatus.DONE, ClosingStatus.TAKEN_BACK}),
        ClosingStatus.DONE: frozenset({ClosingStatus.TAKEN_BACK}),
        ClosingStatus.TAKEN_BACK: frozenset(),
    }
)
CARE_FOR = timedelta(days=RULES["OFFBOARDING"].parameters["care_days"])
"""How long after the last very distressing shift follow-up care is offered."""


class Left(StrEnum):
    """What keeps an account from being closed."""

    SHIFTS = "shifts"
    """Accepted shifts that are not over."""
    TIMESHEETS = "timesheets"
    """Time that is not handed in, not approved, or not paid."""
    CUTS = "cuts"
    """Cut time that can still be disputed, or is owed."""
    GUARANTEE = "guarantee"
    """A week of guaranteed hours that is not reckoned, or not paid, yet."""
    MONEY = "money"
    """Money that is owed, or on its way."""
    APPEAL = "appeal"
    """The decision to close was contested, and nobody has answered yet."""


class Measure(StrEnum):
    """What a human may decide upon a proposal."""

    RESTRICT = "restrict"
    SUSPEND = "suspend"
    REFUSE = "refuse"
    STRIKE = "strike"
    """It counts as a strike until it falls off. Of one missed shift nothing heavier can come."""
    COUNTS = "counts"
    """What the person stated is no good cause, so that the late no counts as it does. It is no strike."""


class RestrictionStatus(StrEnum):
    ACTIVE = "active"
    EXPIRED = "expired"
    LIFTED = "lifted"
    """Ended before its time, by whoever may, or because an appeal was not answered in time."""


RESTRICTION_TRANSITIONS: Mapping[RestrictionStatus, frozenset[RestrictionStatus]] = MappingProxyType(
    {
        RestrictionStatus.ACTIVE: frozenset({RestrictionStatus.EXPIRED, RestrictionStatus.LIFTED}),
        RestrictionStatus.EXPIRED: frozenset(),
        RestrictionStatus.LIFTED: frozenset(),
    }
)


class StrikeStatus(StrEnum):
    LIVE = "live"
    EXPIRED = "expired"
    """Fallen off."""
    LIFTED = "lifted"
    """Found wrong, or nobody answered the appeal in time."""


STRIKE_TRANSITIONS: Mapping[StrikeStatus, frozenset[StrikeStatus]] = MappingProxyType(
    {
        StrikeStatus.LIVE: frozenset({StrikeStatus.EXPIRED, StrikeStatus.LIFTED}),
        StrikeStatus.EXPIRED: frozenset(),
        StrikeStatus.LIFTED: frozenset(),
    }
)


class AppealStatus(StrEnum):
    """What became of a contested decision."""

    OPEN = "open"
    UPHELD = "upheld"
    OVERTURNED = "overturned"
    CHANGED = "changed"
    """Something milder took its place."""
    LAPSED = "lapsed"
    """Nobody answered in time, so the decision fell."""


ANSWERS = (AppealStatus.UPHELD, AppealStatus.OVERTURNED, AppealStatus.CHANGED)
"""What an operator may answer."""
APPEAL_TRANSITIONS: Mapping[AppealStatus, frozenset[AppealStatus]] = MappingProxyType(
    {
        AppealStatus.OPEN: frozenset({*ANSWERS, AppealStatus.LAPSED}),
        AppealStatus.UPHELD: frozenset(),
        AppealStatus.OVERTURNED: frozenset(),
        AppealStatus.CHANGED: frozenset(),
        AppealStatus.LAPSED: frozenset(),
    }
)


class BadScope(Invalid):
    code = "bad_scope"
    title = "A restriction names what it is about, and nothing else."
    remedy = "Name a company, a gig or a kind of work where the scope is one, and none where it is all new offers."


class BadExpiry(Invalid):
    code = "bad_expiry"
    title = "A restriction ends, and within the days that its rule allows."


class BarredAlready(Conflict):
    code = "barred_already"
    title = "The same restriction is in force already."
    remedy = "Wait until it has ended, or lift it first."


class NoAppeal(Conflict):
    code = "no_appeal"
    title = "There is no appeal against this decision that waits for an answer."


class TooLateToAnswer(Conflict):
    code = "too_late_to_answer"
    title = "The time for an answer is over, which decides for the person."


class BadAnswer(Invalid):
    code = "bad_answer"
    title = "An appeal cannot be answered in this way."
    remedy = (
        "Uphold or overturn the decision; a suspension can become a restriction, and a restriction can end earlier."
    )


class ProposalClosed(Conflict):
    code = "proposal_closed"
    title = "This proposal was decided about already, or its time is over."


class BadMeasure(Invalid):
    code = "bad_measure"
    title = "That cannot follow from this finding."
    remedy = "Of one missed shift a strike can come, or nothing; of other findings no strike."


class ClosingAlready(Conflict):
    code = "closing_already"
    title = "This account is being closed, or is closed."


class TakesASide(Forbidden):
    code = "takes_a_side"
    title = "Nobody answers an appeal against a company of their own."
    remedy = "Ask another operator."


@dataclass(frozen=True, slots=True)
class Target:
    """What a bar is about. The company of a gig is named with it."""

    scope: Scope
    company_id: UUID | None = None
    gig_id: UUID | None = None
    category: str | None = None


EVERYTHING = Target(Scope.ALL)


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar that is in force, as the rules of a seat read it. It holds no reason: that stands where it is erased."""

    id: UUID
    source: Source
    target: Target
    until: datetime

    @property
    def rule(self) -> str:
        return RULE_OF[self.source]

    def covers(self, company_id: UUID | None, gig_id: UUID | None, category: str) -> bool:
        """Whether a new offer of that company, gig and kind of work is kept away."""
        wanted = self.target
        return {
            Scope.COMPANY: wanted.company_id == company_id,
            Scope.GIG: wanted.gig_id == gig_id,
            Scope.CATEGORY: wanted.category == category,
            Scope.ALL: True,
        }[wanted.scope]


def check_target(target: Target, source: Source) -> None:
    """Raises BadScope unless exactly what the scope speaks of is named, and a company speaks of its own gigs only."""
    needs = {
        Scope.COMPANY: (True, False, False),
        Scope.GIG: (True, True, False),
        Scope.CATEGORY: (False, False, True),
        Scope.ALL: (False, False, False),
    }[target.scope]
    if needs != (target.company_id is not None, target.gig_id is not None, target.category is not None):
        raise BadScope(field="scope")
    if source is Source.COMPANY and target.scope not in (Scope.COMPANY, Scope.GIG):
        raise BadScope("A company blocks somebody for its own gigs only.", field="scope")


def check_span(source: Source, now: datetime, begins_at: datetime, expires_at: datetime) -> None:
    """Raises BadExpiry unless it begins now or later, ends after that, and lasts no longer than its rule allows."""
    longest = LONGEST[source]
    if begins_at.tzinfo is None or expires_at.tzinfo is None:
        raise BadExpiry("Times carry their distance from UTC.", field="expires_at")
    if begins_at < now or not begins_at < expires_at <= begins_at + longest or begins_at > now + longest:
        raise BadExpiry(
            f"It begins now or later and lasts at most {longest.days} days.", field="expires_at", limit=longest.days
        )


def check_earlier(now: datetime, before: datetime, after: datetime | None) -> datetime:
    """An appeal only ever shortens: the new end lies ahead and before the old one. Raises BadExpiry."""
    if after is None or after.tzinfo is None or not now < after < before:
        raise BadExpiry("The new end lies ahead, and before the one that was set.", field="expires_at")
    return after


def check_in_time(answer_by: datetime, now: datetime) -> None:
    """Raises TooLateToAnswer once the days for an answer are over."""
    if now >= answer_by:
        raise TooLateToAnswer(f"It was due by {answer_by.isoformat()}.")
