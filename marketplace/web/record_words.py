"""What a person's record is told in: the values of its fields as people read them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from flask_babel import format_time, get_locale, gettext, lazy_gettext
from flask_babel.speaklater import LazyString

from marketplace.core.money import Money
from marketplace.pay.taxes.schemes import BY_ID
from marketplace.standards.line_kinds import Payee
from marketplace.web.choices import RIGHTS, tax_numbers
from marketplace.web.happenings import named_event
from marketplace.web.problem_words import problem_said, title_of
from marketplace.web.record_fields import FIELDS
from marketplace.web.verdict_words import verdict_said
from marketplace.web.words import (
    account_words,
    countries,
    day,
    duration,
    money_words,
    name_of,
    number,
    said,
    status_words,
    weekdays,
)
from marketplace.web.words import when as moment_words

_CODES: Mapping[str, LazyString] = MappingProxyType(
    {
        "paper_ended": lazy_gettext("a paper that is over"),
        "account_match": lazy_gettext("accounts that share something"),
        "strikes": lazy_gettext("marks that add up"),
        "strike": lazy_gettext("a missed shift, or a very late no"),
        "deposit": lazy_gettext("deposit"),
        "payout": lazy_gettext("payout"),
        "claim": lazy_gettext("your claim"),
        "answer": lazy_gettext("the answer"),
        "reply": lazy_gettext("your reply"),
        "reason": lazy_gettext("the reason of the ruling"),
        "passport": lazy_gettext("passport"),
        "national_id": lazy_gettext("national identity card"),
        "driving_licence": lazy_gettext("driving licence"),
        "residence_permit": lazy_gettext("residence permit"),
        "identity": lazy_gettext("who you are"),
        "residence": lazy_gettext("where you live"),
        "right_to_work": lazy_gettext("that you may work there"),
        "move": lazy_gettext("that you moved"),
        "documents": lazy_gettext("documents"),
        "call": lazy_gettext("a call"),
        "citizen": lazy_gettext("citizen"),
        "permanent_resident": lazy_gettext("permanent resident"),
        "free_movement": lazy_gettext("free movement"),
        "permit": lazy_gettext("permit"),
        "person": lazy_gettext("you"),
        "contractor": lazy_gettext("you as a contractor"),
        "company": lazy_gettext("the company"),
        "operator": lazy_gettext("an operator"),
        "job": lazy_gettext("the service itself"),
        "link": lazy_gettext("somebody with the link of a message"),
        "system": lazy_gettext("the service itself"),
        "clock": lazy_gettext("the service itself"),
        "key": lazy_gettext("a key"),
        "gigs": lazy_gettext("whoever cares for gigs"),
        "timesheets": lazy_gettext("whoever cares for timesheets"),
        "money": lazy_gettext("whoever cares for money"),
        "members": lazy_gettext("whoever cares for members"),
        "vetting": lazy_gettext("whoever vets"),
        "finance": lazy_gettext("whoever cares for finance"),
        "admin": lazy_gettext("whoever administers"),
        "disputes": lazy_gettext("whoever rules on disputes"),
        "standards": lazy_gettext("whoever cares for standards"),
        "owner": lazy_gettext("owner"),
        "manager": lazy_gettext("manager"),
        "viewer": lazy_gettext("viewer"),
        "typed_name": lazy_gettext("by typing the name"),
        "by_person": lazy_gettext("you took it back"),
        "erased": lazy_gettext("erased with your data"),
        "key_lost": lazy_gettext("the key was lost"),
        "NOTICE": lazy_gettext("cancelled at short notice"),
        "CALL_IN": lazy_gettext("called in for little work"),
        "HAZARD": lazy_gettext("stopped because of its class"),
        "OUTAGE": lazy_gettext("power or network was lost"),
        "taken_back": lazy_gettext("taken back"),
        "restored": lazy_gettext("restored"),
        "due": lazy_gettext("to be paid"),
        "issued": lazy_gettext("issued"),
        "reported": lazy_gettext("reported to an authority"),
        "withheld": lazy_gettext("withheld"),
        "below": lazy_gettext("below the law’s limit"),
        "no_rate": lazy_gettext("no rate into the law’s currency"),
        "given_back": lazy_gettext("given back"),
        "refund": lazy_gettext("money that goes back to the company"),
        "reversal": lazy_gettext("a payout that is taken back"),
        "evidence": lazy_gettext("papers for a bank"),
        "replaced": lazy_gettext("another one took its place"),
        "holds": lazy_gettext("what was found holds"),
        "contradicted": lazy_gettext("a second person found otherwise"),
        "alone": lazy_gettext("done by one person"),
        "agreed": lazy_gettext("a second person agreed"),
        "place": lazy_gettext("whoever lives there"),
        "commenter": lazy_gettext("whoever commented"),
        "author": lazy_gettext("whoever wrote the words"),
        "colleague": lazy_gettext("the other one of a handover"),
        "channel": lazy_gettext("whoever is in the channel"),
    }
)
"""Codes that stand nowhere but in a record."""

_KINDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "bank_payouts.state": "bank_payout",
        "clock_corrections.side": "side",
        "handovers.kind": "handover",
        "handovers_asked.kind": "handover",
        "lead_minutes.part": "lead_part",
        "match_contests.outcome": "matched",
        "member_invitations.status": "joining",
        "money_acts.kind": "money_act",
        "payment_findings.outcome": "found",
        "payout_contests.decision": "payout_decision",
        "payout_methods.kind": "payout_method",
        "requirements.kind": "requirement",
        "withholdings.why": "withheld",
        "signals.kind": "signal",
        "benefits.kind": "entry",
        "time_entries.kind": "time",
        "clock_taps.press": "press",
        "pay_lines.kind": "line",
        "timesheet_cuts.category": "cut",
        "restrictions.source": "source",
        "hidden_words.kind": "hidden",
        "test_attempts.flags": "attempt_flag",
        "agreement": "agreement",
        "category": "category",
        "certificate": "certificate",
        "form": "year_form",
        "ended_because": "cut_end",
        "ended_through": "ended_through",
        "benefits_outcome": "benefits_outcome",
        "engagement_type": "engagement",
        "disabled_reason": "disabled",
        "flags": "flag",
        "hazard_class": "hazard",
        "name_check": "name_check",
        "parts": "part_of_record",
        "payee_kind": "payee",
        "rail": "rail",
        "scope": "scope",
        "up_to": "hazard",
        "way": "way",
        "wish": "wish",
        "work_kind": "work",
    }
)
"""Where the codes of a field have names, by section and field or by the field alone (see `words.name_of`)."""
_ACCOUNTS: Final = frozenset({"account", "payer", "payee", "source", "destination"})
"""Fields that name an account of the books: `contractor:ID:payable`."""
_FOR_MACHINES: Final = frozenset(
    {"about", "address_seal", "data", "fingerprint", "key", "name_md5", "name_seal", "params", "refusal_code", "salt"}
)
_UUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: the IANA zone in which times are told, and what the ids of companies and gigs stand for."""

    zone: str | None
    names: Mapping[UUID, str]


def is_for_files(field: str) -> bool:
    """Whether a field is a number or a digest under which things refer to each other: the files hold it, a page does
    not show it. The ids of companies and gigs are told by their names."""
    told_in_words = field in FIELDS
    return field in _FOR_MACHINES or (
        not told_in_words and (field == "id" or field.endswith(("_id", "_ids", "_by", "sha256")))
    )


def told(section: str, row: Mapping[str, Any], reader: Reader) -> Iterator[tuple[str, str]]:
    """A row as people read it: pairs of a field's word and its value's words."""
    for field, value in row.items():
        if value in (None, "", [], {}) or is_for_files(field):
            continue
        words = _value(section, field, value, row, reader)
        if words:
            yield str(FIELDS.get(field) or field.replace("_", " ")), words


def _value(section: str, field: str, value: Any, row: Mapping[str, Any], reader: Reader) -> str:
    if isinstance(value, UUID):
        return reader.names.get(value, "")
    if isinstance(value, bool):
        return str(gettext("yes") if value else gettext("no"))
    if isinstance(value, datetime | date):
        return _time(value, row, reader)
    if isinstance(value, Mapping):
        return _parts(value)
    if isinstance(value, list | tuple):
        return ", ".join(words for each in value if (words := _value(section, field, each, row, reader)))
    if hasattr(value, "lower_inc"):
        return " – ".join(_time(each, row, reader) for each in (value.lower, value.upper) if each is not None)
    if isinstance(value, str):
        return _text(section, field, value)
    return _number(field, value, row)


def _time(value: datetime | date, row: Mapping[str, Any], reader: Reader) -> str:
    if isinstance(value, datetime):
        return moment_words(value, row.get("timezone") or reader.zone)
    return day(value)


def _parts(value: Mapping[str, Any]) -> str:
    """What is built of many parts: a verdict by its sentence, a sum as money; the rest stands whole in the files."""
    if "sentence" in value:
        return verdict_said(value["sentence"])
    if set(value) == {"amount", "currency"}:
        return money_words(Money.of(value["amount"], value["currency"]))
    return str(gettext("It has many parts: the files hold them whole."))


def _text(section: str, field: str, value: str) -> str:
    if field in _ACCOUNTS and ":" in value:
        root = value.partition(":")[0]
        return account_words(value) if root in ("contractor", "benefit") else name_of("movement", root)
    if _UUID.search(value):
        return ""
    if section == "events" and field == "name":
        return named_event(value)
    if section == "clock_taps" and field == "code":
        return said(title_of(value) or value)
    if (kind := _KINDS.get(f"{section}.{field}")) is not None:
        return name_of(kind, value)
    if (known := _named(field, value)) is not None:
        return known
    if (kind := _KINDS.get(field)) is not None:
        return name_of(kind, value)
    if field in ("title", "name", "words", "text", "body", "reason", "note"):
        return value
    return str(_CODES.get(value) or value)


def _named(field: str, value: str) -> str | None:
    """A value whose name is known to the whole world, or is a state."""
    if field in ("country", "from_country", "region"):
        return dict(countries()).get(value, value)
    if field in ("language", "locale"):
        return str(get_locale().languages.get(value, value))
    if field in ("currency", "payout_currency", "arrived_currency"):
        return f"{value} · {get_locale().currencies.get(value, value)}"
    if field in ("status", "outcome"):
        return str(_CODES.get(value) or status_words(value))
    if field == "scopes":
        return str(next((words for right, words in RIGHTS.items() if right == value), value))
    return _said_elsewhere(field, value)


def _said_elsewhere(field: str, value: str) -> str | None:
    """What other pages have words for, as they say it."""
    if field == "payee_kind" and value == Payee.CONTRACTOR:
        # A line is written before it is paid, and says nothing of whether it was.
        return str(_CODES[value])
    if field == "skill":
        return name_of("work", value.replace("-", "_"))
    if field == "number_kind":
        return dict(tax_numbers()).get(value, value)
    if field == "scheme":
        return said(BY_ID[value].title) if value in BY_ID else value
    if field in ("why", "told", "problem"):
        return problem_said(value)
    if field == "failure":
        return str(gettext("Your bank sent it back: look at your bank details at Stripe."))
    return None


def _number(field: str, value: Any, row: Mapping[str, Any]) -> str:
    currency = row.get("arrived_currency" if field.startswith("arrived") else "currency")
    counts_money = field.endswith("amount") or field in ("quantity", "carries_over")
    if counts_money and currency:
        return money_words(Money(int(value), currency))
    if field in ("quantity", "carries_over"):
        return f"{'−' if value < 0 else ''}{duration(abs(value) / 60)}"
    if field.endswith("_minute"):
        words: str = format_time(time(value // 60 % 24, value % 60), "short", rebase=False)
        return words
    if field.endswith("minutes"):
        return duration(value)
    if field.endswith("seconds"):
        return duration(value / 60)
    if isinstance(value, Decimal):
        return number(value)
    return weekdays()[value] if field == "weekday" else str(value)
