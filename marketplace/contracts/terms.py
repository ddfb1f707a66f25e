"""Which terms may be offered at all. Each refusal names the field, what is wrong, and what to write instead."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from marketplace.contracts.rules import TermsRefused
from marketplace.core.money import BadMoney, Money
from marketplace.standards.engagement import INDICATORS, Practice, judge_contract_share, judge_status
from marketplace.standards.rules import RULES, Verdict

Terms = Mapping[str, Any]

CARVE_OUTS = frozenset({"health", "union", "counsel", "regulator", "tax"})
"""Whom an NDA never keeps anybody from speaking to: care, the union, a lawyer, an authority, who reckons their tax."""
PAY_MODELS = frozenset({"hourly", "piece", "hybrid"})
"""Pay by performance alone is refused (rule P4)."""
LANGUAGES = frozenset({"en", "id"})
"""The languages that `text.render` writes. One prevails; a translation into another stands beside it and does not
bind."""
OWN_WORDS = (
    "governing_law",
    "dispute_forum",
    "pay.fx_source",
    "hours.cancellation",
    "hazard.disclosure",
    "instructions_version",
    "ip.assignment",
    "ip.moral_rights",
    "nda.scope",
    "data_use",
    "termination.reasons",
    "offboarding",
)
"""The terms that a company writes in words of its own, and that a translation may give words for. Those of a list stand
a line each."""
COMPLETED = frozenset({"parties", "template", "work_place", "plans", "verdicts"})
"""What the service adds to terms when a text is made of them."""
LONGEST_PAYMENT_TERM = RULES["PAY_TERM"].parameters["most_days"]
LONGEST_WEEK = RULES["WEEK"].parameters["minutes"] // 60
LONGEST_TEXT = 5000


class EngagementType(StrEnum):
    """What the company says that the contractor is. The label does not decide it (rule STATUS)."""

    EMPLOYEE = "employee"
    WORKER = "worker"
    CONTRACTOR = "contractor"
    TEMP_AGENCY = "temp_agency"
    FIXED_TERM = "fixed_term"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A term that cannot be offered."""

    field: str
    detail: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Clause:
    """What must hold for the value under a dotted path."""

    field: str
    holds: Callable[[Any], bool]
    detail: str
    remedy: str


def _written(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value.strip()) <= LONGEST_TEXT


def _whole(lowest: int, highest: int) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, int) and not isinstance(value, bool) and lowest <= value <= highest


def _one_of(options: frozenset[str]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and value in options


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(_written(item) for item in value)


def _carves_out(value: Any) -> bool:
    return _texts(value) and set(value) == CARVE_OUTS and len(value) == len(CARVE_OUTS)


def _practice(value: Any) -> bool:
    return isinstance(value, Mapping) and set(value) == set(INDICATORS) and set(map(type, value.values())) == {bool}


def _percent(value: Any) -> bool:
    try:
        return isinstance(value, str) and len(value) <= 10 and 0 <= Decimal(value) <= 100
    except InvalidOperation:
        return False


def _is_date(value: Any) -> bool:
    try:
        return isinstance(value, str) and bool(date.fromisoformat(value))
    except ValueError:
        return False


def _country(value: Any) -> bool:
    return isinstance(value, str) and len(value) == 2 and value.isascii() and value.isupper()


_MISSING = "It is not written."
_SAY = "Write it in words."
CLAUSES = (
    Clause(
        "engagement_type",
        _one_of(frozenset(EngagementType)),
        "This is no type of engagement.",
        f"Choose one of: {', '.join(EngagementType)}.",
    ),
    Clause(
        "practice",
        _practice,
        "What the company directs and asks is said, fact by fact (rule STATUS).",
        f"Say true or false for each of: {', '.join(INDICATORS)}.",
    ),
    Clause("on_demand", lambda v: isinstance(v, bool), "It must be said.", "Say true or false."),
    Clause("via_third_party", lambda v: isinstance(v, bool), "It must be said.", "Say true or false."),
    Clause("governing_law", _written, _MISSING, "Name the law, such as the law of Kansas."),
    Clause("dispute_forum", _written, _MISSING, "Name who decides a dispute."),
    Clause("language", _one_of(LANGUAGES), "The text cannot be written in it.", "Choose en or id."),
    Clause("pay.model", _one_of(PAY_MODELS), "This is no model of pay (rule P4).", "Choose hourly, piece or hybrid."),
    Clause("pay.unit", _one_of(frozenset({"hour"})), "The promise is an hourly one.", "Write hour."),
    Clause(
        "pay.payment_term_days",
        _whole(0, LONGEST_PAYMENT_TERM),
        "Work is paid within 7 days (rule PAY_TERM).",
        "Give 0 to 7 days.",
    ),
    Clause(
        "pay.fee_bearer",
        _one_of(frozenset({"company"})),
        "Fees are never taken from pay (rule PAYOUT).",
        "Write company.",
    ),
    Clause("pay.fx_source", _written, _MISSING, "Name the source of exchange rates, such as ECB."),
    Clause("hours.min_guaranteed", _whole(0, LONGEST_WEEK), "Not a number of weekly hours.", "Give 0 to 48."),
    Clause("hours.max_week", _whole(1, LONGEST_WEEK), "Nobody works more than 48 hours (rule WEEK).", "Give 1 to 48."),
    Clause("hours.notice_days", _whole(0, 365), "Not a number of days.", "Give 0 to 365."),
    Clause("hours.cancellation", _written, _MISSING, "Say what is paid when a shift is cancelled."),
    Clause("hazard.highest_class", _one_of(frozenset({"H0", "H1", "H2", "H3"})), "No hazard class.", "Give H0 to H3."),
    Clause("hazard.disclosure", _written, "Hazards are told before anybody signs (rule P9).", _SAY),
    Clause("instructions_version", _written, _MISSING, "Say which version of the instructions the work is judged by."),
    Clause("ip.assignment", _written, _MISSING, "Say who owns the work."),
    Clause("ip.moral_rights", _written, _MISSING, "Say what happens to them."),
    Clause("ip.only_when_paid", lambda v: v is True, "Work that is not paid stays the contractor's.", "Say true."),
    Clause("nda.scope", _written, _MISSING, "Say what is secret."),
    Clause("nda.months", _whole(0, 60), "Silence has an end.", "Give the months after the contract's end, 0 to 60."),
    Clause(
        "nda.carve_outs",
        _carves_out,
        "An NDA never covers speaking to care, union, lawyer, authority or about tax.",
        "List health, union, counsel, regulator and tax.",
    ),
    Clause("data_use", _written, _MISSING, "Say what the work and the data about it are used for."),
    Clause("termination.notice_days", _whole(0, 365), "Not a number of days.", "Give 0 to 365."),
    Clause(
        "termination.reasons",
        lambda v: _texts(v) and bool(v),
        "The company ends a contract for reasons that are written down.",
        "List at least one.",
    ),
    Clause("offboarding", _written, "What happens at the end is written (rule P18).", _SAY),
    Clause("benefits", _texts, "This is not a list of benefit plans.", "Give a list of plans; it may be empty."),
    Clause("effective_from", _is_date, "This is not a day.", "Give a day such as 2026-01-31."),
    Clause("effective_to", lambda v: v is None or _is_date(v), "This is not a day.", "Give a day, or null."),
)
PARTY_CLAUSES = (
    Clause("name", _written, "A party is named.", "Name it."),
    Clause("country", _country, "A party has a country.", "Give its ISO 3166 code."),
    Clause("role", _written, "A party has a role.", "Say what it does."),
    Clause("margin_percent", _percent, "Every party's margin is named (rule SHARE).", 'Give a percentage: "5".'),
    Clause(
        "margin_paid_by",
        _one_of(frozenset({"company"})),
        "A margin is paid on top, never out of the rate (rule SHARE).",
        "Write company.",
    ),
)
KNOWN = frozenset({"intermediaries", "pay", "translations"}) | {clause.field.split(".")[0] for clause in CLAUSES}
"""What terms consist of. Anything else in them would be signed without standing in the text."""


def refusals(terms: Terms) -> list[Refusal]:
    """Everything that is wrong with the terms, in the order of the contract. Empty when they may be offered."""
    unknown = [Refusal(name, "This is no term.", "Leave it out.") for name in sorted(set(terms) - KNOWN)]
    found = [*unknown, *_broken(CLAUSES, terms), *_money(terms), *_third_parties(terms), *_translations(terms)]
    return found or [*_order(terms), *_share(terms)]


def check_terms(terms: Terms) -> None:
    """Raises TermsRefused, with every refusal, unless the terms may be offered."""
    refuse(refusals(terms))


def refuse(found: list[Refusal]) -> None:
    """Raises TermsRefused about the first refusal, with all of them beside it; returns when there is none."""
    if found:
        first = found[0]
        listed = [asdict(refusal) for refusal in found]
        raise TermsRefused(first.detail, field=first.field, remedy=first.remedy, refusals=listed)


def verdicts(terms: Terms) -> list[Verdict]:
    """What the rules say of terms that may be offered, for both parties to read: STATUS and SHARE."""
    practice = Practice(**{name: terms["practice"][name] for name in INDICATORS})
    return [judge_status(terms["engagement_type"], practice), _share_verdict(terms)]


def as_offered(terms: Terms) -> dict[str, Any]:
    """Terms without what was added when their text was made: what a company can offer again, or change."""
    offered = {name: value for name, value in terms.items() if name not in COMPLETED}
    offered["pay"] = {name: value for name, value in terms["pay"].items() if name != "floor_ref"}
    offered["hazard"] = {name: value for name, value in terms["hazard"].items() if name != "disclosure_sha256"}
    offered["translations"] = [{"language": each["language"], "words": each["words"]} for each in terms["translations"]]
    return offered


def value_at(terms: Any, path: str) -> Any:
    """The value under a dotted path; None where there is none."""
    for step in path.split("."):
        terms = terms.get(step) if isinstance(terms, Mapping) else None
    return terms


def _broken(clauses: tuple[Clause, ...], values: Any, prefix: str = "") -> Iterator[Refusal]:
    for clause in clauses:
        if not clause.holds(value_at(values, clause.field)):
            yield Refusal(prefix + clause.field, clause.detail, clause.remedy)


def _money(terms: Terms) -> Iterator[Refusal]:
    try:
        promised = Money.of(str(value_at(terms, "pay.amount")), str(value_at(terms, "pay.currency")))
    except BadMoney as bad:
        yield Refusal("pay.amount", bad.detail, "Give the lowest hourly pay, such as 15.00, and its currency.")
        return
    if promised.amount <= 0:
        yield Refusal("pay.amount", "Work is paid.", "Give an amount above zero.")


def _third_parties(terms: Terms) -> Iterator[Refusal]:
    between = terms.get("intermediaries")
    if not isinstance(between, list):
        yield Refusal("intermediaries", "This is not a list of parties.", "Give a list; it may be empty.")
        return
    if terms.get("via_third_party") is not bool(between):
        yield Refusal(
            "intermediaries",
            "Whether work passes through others must agree with who is named (rule P20).",
            "Name every party in between with its margin, or say that there is none.",
        )
    for number, party in enumerate(between):
        yield from _broken(PARTY_CLAUSES, party, f"intermediaries.{number}.")


def _translations(terms: Terms) -> Iterator[Refusal]:
    given = terms.get("translations")
    if not isinstance(given, list) or not all(isinstance(each, Mapping) for each in given):
        yield Refusal("translations", "This is not a list of translations.", "Give a list; it may be empty.")
        return
    found = [each.get("language") for each in given]
    if not all(isinstance(each, str) and each in LANGUAGES and each != terms.get("language") for each in found):
        yield Refusal("translations", "The text cannot be translated into it.", "Choose en or id, not the prevailing.")
    elif len(set(found)) != len(found):
        yield Refusal("translations", "A language stands twice.", "Name each language once.")
    for number, each in enumerate(given):
        words = each.get("words")
        if not isinstance(words, Mapping) or not set(words) <= set(OWN_WORDS) or not all(map(_written, words.values())):
            yield Refusal(
                f"translations.{number}.words",
                "A translation gives words for words of yours.",
                f"Give texts for any of: {', '.join(OWN_WORDS)}.",
            )


def _share(terms: Terms) -> Iterator[Refusal]:
    verdict = _share_verdict(terms)
    if verdict.failed:
        detail = f"Only {verdict.inputs['share']} of what you pay would reach the contractor (rule SHARE)."
        yield Refusal("intermediaries", detail, str(verdict.remedy))


def _share_verdict(terms: Terms) -> Verdict:
    return judge_contract_share([Decimal(party["margin_percent"]) for party in terms["intermediaries"]])


def _order(terms: Terms) -> Iterator[Refusal]:
    if terms["hours"]["min_guaranteed"] > terms["hours"]["max_week"]:
        yield Refusal("hours.min_guaranteed", "It is more than the most.", "Guarantee at most hours.max_week.")
    until = terms["effective_to"]
    if until is not None and date.fromisoformat(until) < date.fromisoformat(terms["effective_from"]):
        yield Refusal("effective_to", "It is before the beginning.", "Give a later day, or null.")
    if len(set(terms["benefits"])) != len(terms["benefits"]):
        yield Refusal("benefits", "A plan stands twice.", "Name each plan once.")
