"""Who somebody is: their account, what they showed, and how it was decided about them."""

from typing import Any
from uuid import UUID

from sqlalchemy import select, union
from sqlalchemy.orm import InstrumentedAttribute

from marketplace.accounts.models import (
    Adoption,
    ApiKey,
    Company,
    Invitation,
    Member,
    MemberInvitation,
    OperatorGrant,
    Person,
)
from marketplace.contracts.models import (
    Contract,
)
from marketplace.insight.sections.section import EMPTIED, GONE, STAYS, Section, Told, own, table_of, through
from marketplace.matching.contest_models import MatchContest
from marketplace.messages.models import Thread
from marketplace.qualifications.models import Answer, Attempt, Holding, TestContest
from marketplace.shifts.models import Offer
from marketplace.workforce.models import (
    AvailabilityException,
    AvailabilityWindow,
    Contractor,
    HazardConsent,
    Language,
    PayoutAccount,
    Requirement,
    Skill,
    VettingDecision,
)
from marketplace.workforce.paper_models import (
    Document,
    IdentityDeclaration,
    ResidenceChange,
    TaxProfile,
    TermsSignature,
    WorkDeclaration,
)
from marketplace.workforce.screening_models import Screened, ScreeningHit
from marketplace.workforce.standing_models import Appeal, Closing, IntakeWait, Proposal, Restriction, Signal, Strike

_MET: tuple[tuple[InstrumentedAttribute[Any], InstrumentedAttribute[Any]], ...] = (
    (Offer.company_id, Offer.contractor_id),
    (Contract.company_id, Contract.contractor_id),
    (Member.company_id, Member.person_id),
    (Invitation.company_id, Invitation.person_id),
    (Thread.company_id, Thread.contractor_id),
)


def _companies(person_id: UUID) -> Told:
    """Who is meant by a `company_id` of the record."""
    ids = union(*(select(key).where(owner == person_id) for key, owner in _MET))
    return select(Company.id, Company.legal_name, Company.country).where(Company.id.in_(ids)).order_by(Company.id)


PEOPLE: tuple[Section, ...] = (
    own(
        "account",
        "accounts",
        "Your account",
        EMPTIED,
        Person.id,
        without=("password", "fs_uniquifier"),
        empties=("email", "name", "password", "confirmed_at"),
    ),
    own("invitations", "accounts", "Who invited you", GONE, Invitation.person_id),
    own(
        "member_invitations",
        "accounts",
        "Companies that asked you to be a member",
        GONE,
        MemberInvitation.person_id,
    ),
    own("memberships", "accounts", "Companies whose member you are", GONE, Member.person_id),
    own(
        "adoptions",
        "accounts",
        "Guidelines that you signed for a company",
        EMPTIED,
        Adoption.signed_by,
        empties=("signed_name",),
    ),
    own("operator_roles", "accounts", "What you are trusted with as an operator", GONE, OperatorGrant.person_id),
    own("api_keys", "accounts", "Keys and sign-ins", GONE, ApiKey.person_id, without=("sha256",)),
    own(
        "contractor",
        "workforce",
        "You as a contractor",
        EMPTIED,
        Contractor.id,
        empties=("born_on", "subdivision", "timezone"),
    ),
    own(
        "requirements",
        "workforce",
        "What you showed, and what was decided about it",
        EMPTIED,
        Requirement.contractor_id,
        empties=("note", "reason"),
    ),
    own(
        "vetting_decisions",
        "workforce",
        "Decisions about you",
        EMPTIED,
        VettingDecision.contractor_id,
        empties=("reason", "contest"),
    ),
    own(
        "findings",
        "workforce",
        "What rules found about you, and what became of it",
        EMPTIED,
        Proposal.contractor_id,
        without=("other_id", "evidence", "key"),
        empties=("words", "reason"),
    ),
    own("intake", "workforce", "Whether you wait to apply", GONE, IntakeWait.person_id),
    own("closings", "workforce", "The end of your account", EMPTIED, Closing.contractor_id, empties=("words",)),
    own("signals", "workforce", "What your account was seen with, as digests", GONE, Signal.person_id),
    own("documents", "workforce", "Documents that you handed in", GONE, Document.contractor_id),
    own(
        "identity",
        "workforce",
        "The paper that shows who you are",
        GONE,
        IdentityDeclaration.contractor_id,
        without=("number_hash",),
    ),
    own("right_to_work", "workforce", "Why you may work where you live", GONE, WorkDeclaration.contractor_id),
    own(
        "tax_profile",
        "workforce",
        "Where you pay taxes",
        GONE,
        TaxProfile.contractor_id,
        without=("sealed_number", "number_hash"),
    ),
    own("terms", "workforce", "The terms of the service that you agreed to", STAYS, TermsSignature.contractor_id),
    own("screening", "workforce", "When your name was compared with lists of sanctions", GONE, Screened.contractor_id),
    own(
        "screening_findings",
        "workforce",
        "Names on lists of sanctions that yours is like, and what a person said about it",
        EMPTIED,
        ScreeningHit.contractor_id,
        empties=("listed_name", "alike", "birth_date", "reason"),
    ),
    own(
        "moves",
        "workforce",
        "Where you said that you moved",
        EMPTIED,
        ResidenceChange.contractor_id,
        empties=("note", "reason"),
    ),
    own("payout_account", "workforce", "Where you are paid", GONE, PayoutAccount.contractor_id),
    own("skills", "workforce", "Your skills", GONE, Skill.contractor_id),
    own("languages", "workforce", "Your languages", GONE, Language.contractor_id),
    own("availability", "workforce", "When you want to work", GONE, AvailabilityWindow.contractor_id),
    own("availability_days", "workforce", "Days that differ from your week", GONE, AvailabilityException.contractor_id),
    own(
        "restrictions", "workforce", "Bars from new offers", EMPTIED, Restriction.contractor_id, empties=("end_reason",)
    ),
    own("strikes", "workforce", "Strikes, and when they fall off", STAYS, Strike.contractor_id),
    own("appeals", "workforce", "Appeals and their answers", EMPTIED, Appeal.contractor_id, empties=("reason",)),
    own(
        "qualifications",
        "qualifications",
        "Qualifications that you hold or held",
        EMPTIED,
        Holding.contractor_id,
        empties=("evidence", "reason"),
    ),
    own("test_attempts", "qualifications", "Tests that you took", STAYS, Attempt.contractor_id, without=("seed",)),
    through("test_answers", "qualifications", "What you answered", GONE, Answer.attempt_id, Attempt.contractor_id),
    own(
        "test_contests",
        "qualifications",
        "Results that you contested",
        EMPTIED,
        TestContest.contractor_id,
        empties=("words", "reason"),
    ),
    own(
        "match_contests",
        "matching",
        "Decisions about shifts that you contested",
        EMPTIED,
        MatchContest.contractor_id,
        empties=("words", "answer"),
    ),
    own("hazard_consents", "workforce", "Distressing work that you opted into", GONE, HazardConsent.contractor_id),
    Section(
        "companies",
        "accounts",
        "Companies that this record names",
        STAYS,
        _companies,
        frozenset(),
        table_of(Company.id),
    ),
)
