"""What the forms of companies and operators offer to choose from, each value with its name in the reader's language."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType

from flask_babel import gettext, lazy_gettext
from flask_babel.speaklater import LazyString

from marketplace.accounts.paper_rules import Shows
from marketplace.accounts.rules import CompanyRole, OperatorRole, Right
from marketplace.contracts.terms import CARVE_OUTS, OWN_WORDS, PAY_MODELS, EngagementType
from marketplace.gigs.instruction_rules import ChecklistItem
from marketplace.gigs.rules import WorkKind
from marketplace.pay.by_hand.rules import FindingOutcome
from marketplace.pay.rails.chargeback_rules import Shows as Evidence
from marketplace.pay.rules import LeverEffect, OpKind
from marketplace.standards.engagement import INDICATORS
from marketplace.standards.floor import Period
from marketplace.standards.hazard import LEAST_CLASS
from marketplace.standards.rules import Confidence, HazardClass, PaymentModel
from marketplace.web.words import name_of
from marketplace.workforce.papers import NO_NUMBER, OTHER_NUMBER, TAX_NUMBERS, IdentityPaper, Purpose, Remark, WorkBasis
from marketplace.workforce.rules import RequirementKind

Choice = tuple[str, str]
Names = Mapping[StrEnum, LazyString]

ROLES: Names = MappingProxyType(
    {
        CompanyRole.OWNER: lazy_gettext("owner: everything, members and contracts too"),
        CompanyRole.MANAGER: lazy_gettext("manager: gigs, shifts, timesheets"),
        CompanyRole.FINANCE: lazy_gettext("finance: money and timesheets"),
        CompanyRole.VIEWER: lazy_gettext("viewer: reads, changes nothing"),
    }
)
RIGHTS: Names = MappingProxyType(
    {
        Right.READ: lazy_gettext("read"),
        Right.GIGS: lazy_gettext("write gigs and shifts, publish, send offers"),
        Right.TIMESHEETS: lazy_gettext("approve timesheets and cut time"),
        Right.MONEY: lazy_gettext("deposit, see pay lines and statements"),
        Right.MEMBERS: lazy_gettext("invite members, make keys, sign contracts"),
    }
)
DUTIES: Names = MappingProxyType(
    {
        OperatorRole.ADMIN: lazy_gettext("administration"),
        OperatorRole.VETTING: lazy_gettext("vetting"),
        OperatorRole.FINANCE: lazy_gettext("finance"),
        OperatorRole.STANDARDS: lazy_gettext("standards"),
        OperatorRole.DISPUTES: lazy_gettext("disputes"),
    }
)
MODELS: Names = MappingProxyType(
    {
        PaymentModel.HOURLY: lazy_gettext("by the hour"),
        PaymentModel.PIECE: lazy_gettext("by the piece, at a price that a pilot has shown to reach the rate"),
        PaymentModel.HYBRID: lazy_gettext("by the hour, and more by the piece"),
    }
)
CHECKLIST: Names = MappingProxyType(
    {
        ChecklistItem.EDGE_CASES: lazy_gettext("Edge cases are described."),
        ChecklistItem.EXAMPLES: lazy_gettext("There are examples, good and bad."),
        ChecklistItem.CONTACT: lazy_gettext("They say whom to ask."),
        ChecklistItem.DATA_HANDLING: lazy_gettext("They say how to handle the data."),
        ChecklistItem.NO_TARGETS: lazy_gettext("They set no pace and no quota."),
    }
)
EFFECTS: Names = MappingProxyType(
    {
        LeverEffect.CHARGE_BACK: lazy_gettext("Charge back: minutes later the payer's bank takes a deposit back."),
        LeverEffect.INQUIRE: lazy_gettext("Inquire: minutes later the payer's bank asks about a deposit."),
        LeverEffect.DECLINE: lazy_gettext("Decline: it says no, and nothing happens."),
        LeverEffect.FAIL: lazy_gettext("Fail: the connection breaks before the order arrives."),
        LeverEffect.KEEP_FEE: lazy_gettext("Keep a fee: a hundredth of a payout does not arrive."),
        LeverEffect.RESTRICT: lazy_gettext("Restrict: the person's account can receive nothing, until they mend it."),
        LeverEffect.FAIL_LATER: lazy_gettext("Fail later: a payout is done, and minutes later a bank sends it back."),
        LeverEffect.PAY_INVOICE: lazy_gettext("Pay an invoice: a deposit by invoice that waits is paid."),
        LeverEffect.LOSE_ANSWER: lazy_gettext("Lose the answer: it happens, and nobody hears of it."),
    }
)
PAYMENTS: Names = MappingProxyType(
    {
        OpKind.DEPOSIT: lazy_gettext("deposits of companies"),
        OpKind.PAYOUT: lazy_gettext("payouts to contractors"),
        OpKind.REFUND: lazy_gettext("deposits that go back"),
        OpKind.REVERSAL: lazy_gettext("payouts that are taken back"),
        OpKind.EVIDENCE: lazy_gettext("evidence against chargebacks"),
    }
)
FOUND: Names = MappingProxyType(
    {
        FindingOutcome.HAPPENED: lazy_gettext("It was paid."),
        FindingOutcome.DID_NOT: lazy_gettext("It was not paid, and will not be."),
    }
)
REQUIREMENTS: Names = MappingProxyType(
    {
        RequirementKind.IDENTITY: lazy_gettext("Identity"),
        RequirementKind.AGE: lazy_gettext("Age"),
        RequirementKind.RESIDENCE: lazy_gettext("Residence"),
        RequirementKind.RIGHT_TO_WORK: lazy_gettext("Right to work"),
        RequirementKind.TAX: lazy_gettext("Tax profile"),
        RequirementKind.PAYOUT_ACCOUNT: lazy_gettext("Payout account"),
        RequirementKind.TERMS: lazy_gettext("Terms of this service"),
    }
)
"""What an applicant has shown, as operators speak of it."""
PAPERS: Names = MappingProxyType(
    {
        IdentityPaper.PASSPORT: lazy_gettext("passport"),
        IdentityPaper.NATIONAL_ID: lazy_gettext("national identity card"),
        IdentityPaper.DRIVING_LICENCE: lazy_gettext("driving licence"),
        IdentityPaper.RESIDENCE_PERMIT: lazy_gettext("residence permit"),
    }
)
WORK_BASES: Names = MappingProxyType(
    {
        WorkBasis.CITIZEN: lazy_gettext("I am a citizen"),
        WorkBasis.PERMANENT_RESIDENT: lazy_gettext("I may stay for good"),
        WorkBasis.FREE_MOVEMENT: lazy_gettext("a treaty lets me work there"),
        WorkBasis.PERMIT: lazy_gettext("I have a permit"),
    }
)
REMARKS: Names = MappingProxyType(
    {
        Remark.SAME_PAPER: lazy_gettext("Another account has declared the same paper."),
        Remark.PAPER_EXPIRED: lazy_gettext("The paper is no longer valid."),
        Remark.PAPER_ENDS_SOON: lazy_gettext("The paper ends within 60 days."),
        Remark.PERMIT_EXPIRED: lazy_gettext("The permit is no longer valid."),
        Remark.PERMIT_ENDS_SOON: lazy_gettext("The permit ends within 60 days."),
        Remark.ISSUED_ELSEWHERE: lazy_gettext("The paper was issued by another country than the one they live in."),
        Remark.TAXED_ELSEWHERE: lazy_gettext("They pay taxes in another country than the one they live in."),
        Remark.JUST_OF_AGE: lazy_gettext("They came of age less than a year ago: compare the date of birth."),
    }
)
SHOWS: Names = MappingProxyType(
    {
        Shows.ENTITY: lazy_gettext("shows the entry in the register"),
        Shows.AUTHORITY: lazy_gettext("shows that the signatory may sign"),
        Shows.OWNERS: lazy_gettext("shows to whom the company belongs"),
    }
)
EVIDENCE_SHOWS: Names = MappingProxyType(
    {
        Evidence.RECEIPT: lazy_gettext("Receipt of the deposit"),
        Evidence.SERVICE: lazy_gettext("What was ordered and delivered"),
        Evidence.COMMUNICATION: lazy_gettext("What was written about it"),
        Evidence.OTHER: lazy_gettext("Something else"),
    }
)
PURPOSES: Names = MappingProxyType(
    {
        Purpose.IDENTITY: lazy_gettext("shows who you are"),
        Purpose.RESIDENCE: lazy_gettext("shows where you live"),
        Purpose.RIGHT_TO_WORK: lazy_gettext("shows that you may work"),
        Purpose.MOVE: lazy_gettext("shows where you moved"),
    }
)
SHOWN_BY: Names = MappingProxyType(
    {
        Purpose.IDENTITY: lazy_gettext("Identity"),
        Purpose.RESIDENCE: lazy_gettext("Residence"),
        Purpose.RIGHT_TO_WORK: lazy_gettext("Right to work"),
        Purpose.MOVE: lazy_gettext("The new residence"),
    }
)
"""What a document shows, as operators speak of it."""
DECISIONS: Mapping[str, LazyString] = MappingProxyType(
    {
        "verify": lazy_gettext("Verify"),
        "suspend": lazy_gettext("Suspend"),
        "vet": lazy_gettext("Take in"),
        "refuse": lazy_gettext("Refuse"),
        "reinstate": lazy_gettext("Reinstate"),
    }
)
"""What operators decide, as it stands on the buttons."""
STEPS: Mapping[str, LazyString] = MappingProxyType(
    {
        "started": lazy_gettext("started"),
        "computed": lazy_gettext("every line computed"),
        "frozen": lazy_gettext("lines fixed"),
        "posted": lazy_gettext("booked, payslips issued"),
        "paying": lazy_gettext("payouts begun"),
        "paid": lazy_gettext("everybody paid"),
    }
)
"""The steps of a pay run."""
_CARVED: Mapping[str, LazyString] = MappingProxyType(
    {
        "health": lazy_gettext("care for their health"),
        "union": lazy_gettext("a union or other workers"),
        "counsel": lazy_gettext("a lawyer"),
        "regulator": lazy_gettext("an authority or a court"),
        "tax": lazy_gettext("a tax adviser or tax authority"),
    }
)
_TERMS: Mapping[str, LazyString] = MappingProxyType(
    {
        "benefits": lazy_gettext("Benefits"),
        "data_use": lazy_gettext("Use of data"),
        "dispute_forum": lazy_gettext("Who decides a dispute"),
        "effective_to": lazy_gettext("Last day"),
        "engagement_type": lazy_gettext("Kind of engagement"),
        "governing_law": lazy_gettext("The law that holds"),
        "hazard.disclosure": lazy_gettext("What people may see, read or hear"),
        "hazard.highest_class": lazy_gettext("The heaviest class"),
        "hours.cancellation": lazy_gettext("When a shift is cancelled"),
        "hours.max_week": lazy_gettext("Hours a week at most"),
        "hours.min_guaranteed": lazy_gettext("Hours a week that are guaranteed"),
        "hours.notice_days": lazy_gettext("Days ahead that shifts are announced"),
        "instructions_version": lazy_gettext("Which version of the instructions holds"),
        "intermediaries": lazy_gettext("Who stands between"),
        "ip.assignment": lazy_gettext("Who owns the work"),
        "ip.moral_rights": lazy_gettext("Moral rights"),
        "nda.months": lazy_gettext("Months after the end until secrecy ends"),
        "nda.scope": lazy_gettext("What is secret"),
        "offboarding": lazy_gettext("What happens at the end"),
        "on_demand": lazy_gettext("Work is offered on demand"),
        "pay.amount": lazy_gettext("The lowest pay of any hour"),
        "pay.currency": lazy_gettext("Currency"),
        "pay.fx_source": lazy_gettext("Where exchange rates come from"),
        "pay.model": lazy_gettext("How work is paid"),
        "pay.payment_term_days": lazy_gettext("Paid within so many days"),
        "practice.directs_how": lazy_gettext("The company says how the work is done, step by step"),
        "practice.exclusive": lazy_gettext("The person may not work for others"),
        "practice.fixed_hours": lazy_gettext("The hours are the same every week"),
        "practice.integrated": lazy_gettext("The person is a part of the company's teams"),
        "practice.sets_times": lazy_gettext("The company says when the work is done"),
        "practice.supplies_equipment": lazy_gettext("The company provides the equipment"),
        "termination.notice_days": lazy_gettext("Days of notice that the company gives"),
        "termination.reasons": lazy_gettext("For which reasons the company may end it"),
        "via_third_party": lazy_gettext("Whether somebody stands between"),
    }
)
"""The terms of a contract by their paths, as people speak of them."""


def choices(names: Names, only: Iterable[StrEnum] | None = None) -> list[Choice]:
    """The values with their names, all of them or only some, in the order of the mapping."""
    wanted = None if only is None else set(only)
    return [(value.value, str(name)) for value, name in names.items() if wanted is None or value in wanted]


def hazard_classes() -> list[Choice]:
    return [(each.value, name_of("hazard", each)) for each in HazardClass]


def hazard_categories() -> list[Choice]:
    """The lawful categories, each with the lightest class that may hold it."""
    return [(each.value, f"{name_of('category', each)} ({least.value})") for each, least in LEAST_CLASS.items()]


def periods() -> list[Choice]:
    return [("", "–"), *((each.value, name_of("period", each)) for each in Period)]


def confidences() -> list[Choice]:
    return [("", "–"), *((each.value, name_of("confidence", each)) for each in Confidence)]


def work_kinds() -> list[Choice]:
    return [(each.value, name_of("work", each)) for each in WorkKind]


def engagements() -> list[Choice]:
    return [(each.value, name_of("engagement", each)) for each in EngagementType]


def pay_models() -> list[Choice]:
    return choices(MODELS, (each for each in PaymentModel if each.value in PAY_MODELS))


def tax_numbers() -> list[Choice]:
    """The kinds of tax numbers that are known, each with its countries, and what there is beside them."""
    countries: dict[str, list[str]] = {}
    for country, kinds in TAX_NUMBERS.items():
        for kind in kinds:
            countries.setdefault(kind, []).append(country)
    known = [(kind, f"{kind.replace('_', ' ').upper()} ({', '.join(places)})") for kind, places in countries.items()]
    others = [(OTHER_NUMBER, gettext("another kind of number")), (NO_NUMBER, gettext("I have no tax number"))]
    return [*sorted(known), *others]


def carve_outs() -> list[Choice]:
    """Whom secrecy never keeps anybody from speaking to."""
    return [(each, str(_CARVED[each])) for each in sorted(CARVE_OUTS)]


def practice() -> list[Choice]:
    """What a company may direct and ask, fact by fact (rule STATUS)."""
    return [(name, term_name(f"practice.{name}")) for name in INDICATORS]


def languages() -> list[Choice]:
    """The languages that a contract can be written in."""
    return [("en", gettext("English")), ("id", gettext("Indonesian"))]


def own_words() -> list[Choice]:
    """The terms that a company writes in words of its own."""
    return [(path, term_name(path)) for path in OWN_WORDS]


def term_name(path: str) -> str:
    """What a term of a contract is called, by its dotted path."""
    return str(_TERMS.get(path) or path.replace(".", " ").replace("_", " "))
