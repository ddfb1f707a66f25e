"""What the forms of companies and operators offer to choose from, each value with its name in the reader's language."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType

from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

from marketplace.accounts.rules import CompanyRole, OperatorRole, Right
from marketplace.contracts.terms import CARVE_OUTS, OTHER_CARVE_OUTS, PAY_MODELS, EngagementType
from marketplace.gigs.rules import ChecklistItem, WorkKind
from marketplace.pay.rules import LeverEffect, OpKind
from marketplace.standards.hazard import LEAST_CLASS
from marketplace.standards.rules import HazardClass, PaymentModel
from marketplace.web.words import name_of
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
    }
)
EFFECTS: Names = MappingProxyType(
    {
        LeverEffect.DECLINE: lazy_gettext("Decline: it says no, and nothing happens."),
        LeverEffect.FAIL: lazy_gettext("Fail: the connection breaks before the order arrives."),
        LeverEffect.LOSE_ANSWER: lazy_gettext("Lose the answer: it happens, and nobody hears of it."),
    }
)
PAYMENTS: Names = MappingProxyType(
    {OpKind.DEPOSIT: lazy_gettext("deposits of companies"), OpKind.PAYOUT: lazy_gettext("payouts to contractors")}
)
REQUIREMENTS: Names = MappingProxyType(
    {
        RequirementKind.IDENTITY: lazy_gettext("Identity"),
        RequirementKind.AGE: lazy_gettext("Age"),
        RequirementKind.RESIDENCE: lazy_gettext("Residence"),
        RequirementKind.RIGHT_TO_WORK: lazy_gettext("Right to work"),
        RequirementKind.PAYOUT_ACCOUNT: lazy_gettext("Payout account"),
        RequirementKind.TERMS: lazy_gettext("Terms of this service"),
    }
)
"""What an applicant has shown, as operators speak of it."""
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


def choices(names: Names, only: Iterable[StrEnum] | None = None) -> list[Choice]:
    """The values with their names, all of them or only some, in the order of the mapping."""
    wanted = None if only is None else set(only)
    return [(value.value, str(name)) for value, name in names.items() if wanted is None or value in wanted]


def hazard_classes() -> list[Choice]:
    return [(each.value, name_of("hazard", each)) for each in HazardClass]


def hazard_categories() -> list[Choice]:
    """The lawful categories, each with the lightest class that may hold it."""
    return [(each.value, f"{name_of('category', each)} ({least.value})") for each, least in LEAST_CLASS.items()]


def work_kinds() -> list[Choice]:
    return [(each.value, name_of("work", each)) for each in WorkKind]


def engagements() -> list[Choice]:
    return [(each.value, name_of("engagement", each)) for each in EngagementType]


def pay_models() -> list[Choice]:
    return choices(MODELS, (each for each in PaymentModel if each.value in PAY_MODELS))


def carve_outs() -> list[Choice]:
    """Whom secrecy never keeps anybody from speaking to: the four that must stand, then those that may."""
    return [(each, str(_CARVED[each])) for each in [*sorted(CARVE_OUTS), *sorted(OTHER_CARVE_OUTS)]]
