"""What a contractor's life may look like, what vetting needs, and who may decide about whom."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID

from marketplace.core.problems import Conflict, Forbidden, Invalid
from marketplace.standards.hazard import LEAST_CLASS
from marketplace.standards.rules import RULES, HazardCategory, HazardClass

LONGEST_WEEK = RULES["WEEK"].parameters["minutes"] // 60
"""Hours a week, all gigs together: Directive 2003/88/EC, art. 6; ILO C001, art. 2 (rule WEEK)."""
CONTEST_FOR = timedelta(days=RULES["APPEAL"].parameters["days_to_contest"])
"""How long a decision can be contested."""
HOW_TO_CONTEST = (
    "You can contest this within 30 days: write why it is wrong under 'contest'. Somebody who did not take this "
    "decision answers within 14 days; if nobody does, it is decided for you."
)

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_COUNTRY = re.compile(r"[A-Z]{2}")
_SUBDIVISION = re.compile(r"[A-Z]{2}-[A-Z0-9]{1,3}")


class ContractorStatus(StrEnum):
    """Only a vetted contractor is offered work. Money already earned is owed in every status."""

    APPLIED = "applied"
    VETTED = "vetted"
    REFUSED = "refused"
    SUSPENDED = "suspended"
    CLOSING = "closing"
    """On the way out: no new offers. What is still owed is being paid."""
    CLOSED = "closed"


CONTRACTOR_TRANSITIONS: Mapping[ContractorStatus, frozenset[ContractorStatus]] = MappingProxyType(
    {
        ContractorStatus.APPLIED: frozenset(
            {ContractorStatus.VETTED, ContractorStatus.REFUSED, ContractorStatus.CLOSING}
        ),
        ContractorStatus.VETTED: frozenset({ContractorStatus.SUSPENDED, ContractorStatus.CLOSING}),
        ContractorStatus.REFUSED: frozenset({ContractorStatus.APPLIED, ContractorStatus.CLOSING}),
        ContractorStatus.SUSPENDED: frozenset({ContractorStatus.VETTED, ContractorStatus.CLOSING}),
        ContractorStatus.CLOSING: frozenset({ContractorStatus.CLOSED, ContractorStatus.VETTED}),
        # An operator's closing that falls on appeal opens the account again.
        ContractorStatus.CLOSED: frozenset({ContractorStatus.VETTED}),
    }
)


class RequirementKind(StrEnum):
    """What must be shown before somebody is vetted."""

    IDENTITY = "identity"
    AGE = "age"
    RESIDENCE = "residence"
    RIGHT_TO_WORK = "right_to_work"
    TAX = "tax"
    PAYOUT_ACCOUNT = "payout_account"
    TERMS = "terms"


class RequirementStatus(StrEnum):
    OPEN = "open"
    SUBMITTED = "submitted"
    MET = "met"
    REFUSED = "refused"


REQUIREMENT_TRANSITIONS: Mapping[RequirementStatus, frozenset[RequirementStatus]] = MappingProxyType(
    {
        RequirementStatus.OPEN: frozenset({RequirementStatus.SUBMITTED, RequirementStatus.MET}),
        RequirementStatus.SUBMITTED: frozenset({RequirementStatus.MET, RequirementStatus.REFUSED}),
        # What was accepted until a day is renewed: declared anew it is open again, handed in anew it is submitted.
        RequirementStatus.MET: frozenset(
            {RequirementStatus.REFUSED, RequirementStatus.OPEN, RequirementStatus.SUBMITTED}
        ),
        RequirementStatus.REFUSED: frozenset({RequirementStatus.SUBMITTED, RequirementStatus.MET}),
    }
)

MET_BY_SUBMITTING = frozenset({RequirementKind.TAX, RequirementKind.TERMS})
"""Agreeing, and declaring where one pays taxes, are the contractor's own acts; nobody has to confirm them."""


@dataclass(frozen=True, slots=True)
class Ruling:
    """Whether what was shown meets a requirement, and why. The reason is the decider's own words.

    `valid_until` is the last day for which what was shown holds, where the decider read it there; without it that holds
    which the person declared. `seen` is the version of what they looked at (`versions.of`), if they name it.
    """

    met: bool
    reason: str
    valid_until: date | None = None
    seen: str | None = None


class Side(StrEnum):
    """Whose turn it is in an application."""

    APPLICANT = "applicant"
    OPERATOR = "operator"


DECLARED_ON_APPLYING = frozenset({RequirementKind.AGE})
"""The birth date stands in the application; an operator compares it with what shows the identity."""


class Outcome(StrEnum):
    """What was decided about a person. Each decision is kept with its written reason."""

    VETTED = "vetted"
    REFUSED = "refused"
    SUSPENDED = "suspended"
    REINSTATED = "reinstated"
    RESTRICTED = "restricted"
    """Kept from some new offers, or from all, until a day that is said."""
    BLOCKED = "blocked"
    """Kept by a company from new offers of its own gigs. A member of the company decided it."""
    CLOSED = "closed"
    """An operator closes the account; what is owed is paid first."""
    WITHDRAWN = "withdrawn"
    """A qualification that was given without a test is taken back by whoever gave it."""
    STRUCK = "struck"
    """A missed shift, or a seat that was given back very late, counts as a strike until it falls off."""
    COUNTED = "counted"
    """A late no counts as it does: the cause that its person stated was not found a good one."""


CONTESTABLE = frozenset(Outcome) - {Outcome.VETTED, Outcome.REINSTATED}
OF_STATUS = frozenset({Outcome.VETTED, Outcome.REFUSED, Outcome.SUSPENDED, Outcome.REINSTATED, Outcome.CLOSED})
"""Decisions about the person's status. The others leave it as it is."""


class Level(StrEnum):
    """Levels of the Common European Framework of Reference for Languages, lowest first."""

    A1 = "A1"
    A2 = "A2"
    B1 = "B1"
    B2 = "B2"
    C1 = "C1"
    C2 = "C2"

    def reaches(self, needed: "Level") -> bool:
        """Whether a person of this level has at least the needed one."""
        order = list(Level)
        return order.index(self) >= order.index(needed)


class AlreadyApplied(Conflict):
    code = "already_applied"
    title = "You have applied already."
    remedy = "Look at your requirements; a refused application can be contested."


class TooYoung(Invalid):
    """`verdict` is the AGE rule's, with its source; `possible_on` is the day from which on they can apply."""

    code = "too_young"
    title = "Work on this service begins at a minimum age."
    remedy = "Apply from that birthday on."


class BadConsent(Invalid):
    code = "bad_consent"
    title = "Nobody can consent to this."
    remedy = "Choose a lawful category and one of the classes H1, H2 and H3."


class NothingToContest(Conflict):
    code = "nothing_to_contest"
    title = "There is no decision against you that is not contested yet."


class BadPlace(Invalid):
    code = "bad_place"
    title = "This is not a country or one of its subdivisions."
    remedy = "Give ISO 3166 codes: US, or US with US-KS."


class BadProfile(Invalid):
    code = "bad_profile"
    title = "Something in the profile is not right."


class BadBand(Invalid):
    code = "bad_band"
    title = "A band of weekly hours runs from a minimum up to a maximum of at most 48."
    remedy = "Give whole hours with 0 <= minimum <= maximum <= 48, the maximum at least 1."


class RequirementsMissing(Conflict):
    code = "requirements_missing"
    title = "Not every requirement is met."
    remedy = "Decide the missing requirements first."


class NothingShown(Conflict):
    code = "nothing_shown"
    title = "The contractor has shown nothing yet that could be decided about."
    remedy = "Wait until they have handed it in. Terms are agreed to, and an account is opened, by themselves alone."


class ShownOtherwise(Conflict):
    """`kind` of whose requirement (`contractor_id`) it is; `changed` names the parts that are others now, `version` is
    the present one."""

    code = "shown_otherwise"
    title = "What was shown has changed since you looked."
    remedy = "Look at what is there now, and decide about that."


class NothingChosen(Invalid):
    code = "nothing_chosen"
    title = "Nothing was chosen."
    remedy = "Fill in at least one of the requirements."


class NotSuspended(Conflict):
    code = "not_suspended"
    title = "Only a suspended contractor can be reinstated."
    remedy = "A contractor who applied is vetted instead."


class NotTheSandbox(Conflict):
    code = "rail_is_not_the_sandbox"
    title = "This service pays by another rail than the sandbox, which would keep nobody's pay."
    remedy = "Have an account opened at the rail, or say where you are paid."


class AccountKnown(Conflict):
    code = "payout_account_known"
    title = "You have a payout account already."


class RuledBefore(Forbidden):
    code = "ruled_before"
    title = "A contested decision is looked at by somebody who was not involved."
    remedy = "Ask another operator."


class OwnCase(Forbidden):
    code = "own_case"
    title = "Nobody decides about themselves."
    remedy = "Ask another operator."


class TooLateToContest(Conflict):
    code = "too_late_to_contest"
    title = "A decision can be contested for 30 days."
    remedy = "Write to the operators, who can still change their decision."


def check_place(country: str, subdivision: str | None) -> None:
    """Shape only: ISO 3166-1 alpha-2 and, of the same country, ISO 3166-2. Raises BadPlace."""
    if not _COUNTRY.fullmatch(country):
        raise BadPlace(f"{country!r} is not a country code.", field="country")
    if subdivision is not None and not (_SUBDIVISION.fullmatch(subdivision) and subdivision.startswith(f"{country}-")):
        raise BadPlace(f"{subdivision!r} is not a subdivision of {country}.", field="subdivision")


def check_skills(skills: Sequence[str]) -> list[str]:
    """Skills as lower-case words joined by hyphens ("image-labelling"), sorted, each once. Raises BadProfile."""
    for skill in skills:
        if len(skill) > 60 or not _SLUG.fullmatch(skill):
            raise BadProfile(
                f"{skill!r} is not a skill's name.",
                field="skills",
                remedy="Write lower-case words joined by hyphens, such as image-labelling.",
            )
    return sorted(set(skills))


def check_languages(languages: Mapping[str, Level]) -> None:
    """Languages by their ISO 639 code, each with one level. Raises BadProfile."""
    for language in languages:
        if not _LANGUAGE.fullmatch(language):
            raise BadProfile(
                f"{language!r} is not a language code.", field="languages", remedy="Give ISO 639 codes such as en."
            )


def check_band(minimum: int, maximum: int) -> None:
    """Raises BadBand unless 0 <= minimum <= maximum <= 48 hours a week and the maximum is at least one."""
    if not 0 <= minimum <= maximum <= LONGEST_WEEK or maximum < 1:
        raise BadBand(f"{minimum} to {maximum} hours a week.", field="band_max_hours", limit=LONGEST_WEEK)


def check_consent(category: HazardCategory, up_to: HazardClass) -> None:
    """Raises BadConsent for unlawful content, and for H0, which is neutral work and needs no leave."""
    if category not in LEAST_CLASS or up_to is HazardClass.H0:
        raise BadConsent(f"{category} up to {up_to}.", field="category" if category not in LEAST_CLASS else "up_to")


def check_decider(decider: UUID, contractor_id: UUID, earlier: UUID | None) -> None:
    """`earlier` is who decided what is now contested. Raises OwnCase or RuledBefore (rule APPEAL)."""
    if decider == contractor_id:
        raise OwnCase
    if decider == earlier:
        raise RuledBefore


def check_shown(status: RequirementStatus) -> None:
    """Raises NothingShown while the contractor has not handed the requirement in."""
    if status is RequirementStatus.OPEN:
        raise NothingShown


def check_contest(decided_at: datetime, at: datetime) -> None:
    """Raises TooLateToContest more than 30 days after the decision (rule APPEAL)."""
    if at > decided_at + CONTEST_FOR:
        raise TooLateToContest


def check_all_met(states: Mapping[RequirementKind, RequirementStatus], contractor_id: UUID) -> None:
    """Raises RequirementsMissing, naming the person and each requirement of theirs that is not met. `states` are those
    that were asked for."""
    missing = [kind for kind in RequirementKind if states.get(kind, RequirementStatus.MET) != RequirementStatus.MET]
    if missing:
        raise RequirementsMissing(
            f"Not met: {', '.join(missing)}.",
            missing=[str(kind) for kind in missing],
            contractor_id=str(contractor_id),
        )


def waits_for(states: Collection[RequirementStatus]) -> Side:
    """Whose turn it is: the operator's when everything that can be handed in was, the applicant's while something is
    left for them to do."""
    to_do = {RequirementStatus.OPEN, RequirementStatus.REFUSED}.intersection(states)
    return Side.APPLICANT if to_do else Side.OPERATOR
