"""What a person's record is told in: a word for each field of its sections, and its values as people read them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from flask_babel import format_time, get_locale, gettext, lazy_gettext
from flask_babel.speaklater import LazyString

from marketplace.core.money import Money
from marketplace.web.choices import RIGHTS
from marketplace.web.happenings import named_event
from marketplace.web.verdict_words import verdict_said
from marketplace.web.words import account_words, countries, day, duration, money_words, name_of, status_words, weekdays
from marketplace.web.words import when as moment_words

FIELDS: Mapping[str, LazyString] = MappingProxyType(
    {
        "access_ended_at": lazy_gettext("Work ended"),
        "account": lazy_gettext("Account"),
        "active": lazy_gettext("In use"),
        "added_minutes": lazy_gettext("Paid beside it, added late"),
        "address": lazy_gettext("Sent to"),
        "advanced_amount": lazy_gettext("Paid in advance by the service"),
        "advanced_at": lazy_gettext("Paid in advance"),
        "again_points": lazy_gettext("I would do it again"),
        "alike": lazy_gettext("What is alike"),
        "amount": lazy_gettext("Amount"),
        "answer": lazy_gettext("Answer"),
        "answer_by": lazy_gettext("Answer due by"),
        "answered_at": lazy_gettext("Answered"),
        "applied_at": lazy_gettext("Applied"),
        "before": lazy_gettext("Before"),
        "after": lazy_gettext("Instead"),
        "minutes_before": lazy_gettext("Paid minutes before"),
        "minutes_after": lazy_gettext("Paid minutes instead"),
        "outage_minutes": lazy_gettext("Of it outage"),
        "named_at": lazy_gettext("Named"),
        "key": lazy_gettext("Its number on the device"),
        "press": lazy_gettext("Pressed"),
        "pressed_at": lazy_gettext("By the device"),
        "received_at": lazy_gettext("Reached the service"),
        "sent_at": lazy_gettext("Sent, by the device"),
        "code": lazy_gettext("Why it was not counted"),
        "counted_at": lazy_gettext("Counts from"),
        "arrived_amount": lazy_gettext("Arrived"),
        "arrived_currency": lazy_gettext("Currency in which it arrived"),
        "asked_at": lazy_gettext("Asked"),
        "asked_code": lazy_gettext("Code of the person asked"),
        "at": lazy_gettext("When"),
        "audience": lazy_gettext("To whom"),
        "band_max_hours": lazy_gettext("Hours a week at most"),
        "band_min_hours": lazy_gettext("Hours a week at least"),
        "barred_until": lazy_gettext("Barred until"),
        "basis": lazy_gettext("Ground"),
        "base_amount": lazy_gettext("Pay that it is of"),
        "certificate": lazy_gettext("Declared with it"),
        "law_amount": lazy_gettext("In the law’s currency"),
        "law_base": lazy_gettext("Pay in the law’s currency"),
        "law_currency": lazy_gettext("Currency of the law"),
        "number_fits": lazy_gettext("Check digits agree"),
        "paid_on": lazy_gettext("Pay date"),
        "rate_source": lazy_gettext("Rate used"),
        "scheme": lazy_gettext("Law"),
        "changed": lazy_gettext("What changed"),
        "figures": lazy_gettext("Figures"),
        "form": lazy_gettext("Made after"),
        "valid_from": lazy_gettext("Valid from"),
        "withheld_amount": lazy_gettext("Tax that is withheld"),
        "began_at": lazy_gettext("Began"),
        "begins_at": lazy_gettext("Begins"),
        "begun_at": lazy_gettext("Begun"),
        "benefits_amount": lazy_gettext("Benefits"),
        "benefits_outcome": lazy_gettext("What became of the benefits"),
        "benefits_settled_at": lazy_gettext("Benefits settled"),
        "birth_date": lazy_gettext("Birth date on the list"),
        "birth_differs": lazy_gettext("Birth date differs"),
        "body": lazy_gettext("Text"),
        "born_on": lazy_gettext("Born"),
        "by_you": lazy_gettext("Done by you"),
        "cap_minutes": lazy_gettext("Longest time"),
        "care_until": lazy_gettext("Care until"),
        "carries_over": lazy_gettext("Carried over"),
        "category": lazy_gettext("Category"),
        "cause": lazy_gettext("For what"),
        "claim_until": lazy_gettext("Can be disputed until"),
        "claimed": lazy_gettext("You asked for it yourself"),
        "claimed_at": lazy_gettext("Disputed"),
        "clause": lazy_gettext("Clause"),
        "client_ended_at": lazy_gettext("End by your device"),
        "client_started_at": lazy_gettext("Start by your device"),
        "closes_at": lazy_gettext("Open until"),
        "collects": lazy_gettext("Collects answers first"),
        "company_id": lazy_gettext("Company"),
        "compensation_minutes": lazy_gettext("Compensated time"),
        "compensation_rule": lazy_gettext("Rule of the compensation"),
        "confirmed_at": lazy_gettext("Confirmed"),
        "contest": lazy_gettext("What you said against it"),
        "contested_at": lazy_gettext("Contested"),
        "contract_version": lazy_gettext("Version of the contract"),
        "cost_amount": lazy_gettext("What companies paid"),
        "country": lazy_gettext("Country"),
        "created_at": lazy_gettext("Made"),
        "currency": lazy_gettext("Currency"),
        "cut_at": lazy_gettext("Cut"),
        "data_erased_at": lazy_gettext("Data erased"),
        "dated_on": lazy_gettext("Date of the list"),
        "decided_at": lazy_gettext("Decided"),
        "decision": lazy_gettext("How it was decided"),
        "declared_at": lazy_gettext("Declared"),
        "declined_at": lazy_gettext("Declined"),
        "destination": lazy_gettext("To"),
        "doer_kind": lazy_gettext("Who did it"),
        "due_at": lazy_gettext("Due by"),
        "during": lazy_gettext("From when to when"),
        "edited_at": lazy_gettext("Changed on"),
        "effective_from": lazy_gettext("Holds from"),
        "effective_to": lazy_gettext("Holds until"),
        "email": lazy_gettext("E-mail address"),
        "end_minute": lazy_gettext("Until"),
        "end_reason": lazy_gettext("Why it ended"),
        "ended_at": lazy_gettext("Ended"),
        "ended_because": lazy_gettext("How it ended"),
        "ended_through": lazy_gettext("Ended by"),
        "ends_at": lazy_gettext("Ends"),
        "engagement_type": lazy_gettext("As what you worked"),
        "entered_at": lazy_gettext("Entered"),
        "erase_at": lazy_gettext("To be erased"),
        "erased_at": lazy_gettext("Erased"),
        "error": lazy_gettext("What went wrong"),
        "evidence": lazy_gettext("What shows it"),
        "executed_rate": lazy_gettext("Executed rate"),
        "expired_at": lazy_gettext("Expired"),
        "expires_at": lazy_gettext("Expires"),
        "expires_on": lazy_gettext("Valid until"),
        "external_id": lazy_gettext("Number at the rail"),
        "filed_at": lazy_gettext("Filed"),
        "first_at": lazy_gettext("First seen"),
        "first_day": lazy_gettext("First day"),
        "first_sent_at": lazy_gettext("First sent"),
        "flags": lazy_gettext("Marks"),
        "found_at": lazy_gettext("Found"),
        "happened_on": lazy_gettext("Happened on"),
        "name_check": lazy_gettext("The name on it"),
        "name_decided_at": lazy_gettext("The name was decided at"),
        "name_reason": lazy_gettext("Why it was decided so"),
        "takes_effect_at": lazy_gettext("Counts from"),
        "from_country": lazy_gettext("From the country"),
        "from_subdivision": lazy_gettext("From the region"),
        "gig_id": lazy_gettext("Gig"),
        "given_at": lazy_gettext("Given"),
        "given_minutes": lazy_gettext("Time that was offered"),
        "good_until": lazy_gettext("Good until"),
        "guaranteed_minutes": lazy_gettext("Guaranteed time"),
        "handed_in_at": lazy_gettext("Handed in"),
        "hazard_class": lazy_gettext("How heavy"),
        "held_amount": lazy_gettext("Set aside"),
        "hidden_at": lazy_gettext("Hidden on"),
        "instructions_points": lazy_gettext("The instructions were clear"),
        "instructions_version": lazy_gettext("Version of the instructions"),
        "invited_at": lazy_gettext("Invited"),
        "issued_at": lazy_gettext("Issued"),
        "joined_at": lazy_gettext("Joined"),
        "kind": lazy_gettext("Kind"),
        "language": lazy_gettext("Language"),
        "last_at": lazy_gettext("Last seen"),
        "last_day": lazy_gettext("Last day"),
        "last_digits": lazy_gettext("Last digits"),
        "last_seen_at": lazy_gettext("Last answered at"),
        "last_used_at": lazy_gettext("Last used"),
        "leave_amount": lazy_gettext("Leave"),
        "legal_name": lazy_gettext("Legal name"),
        "level": lazy_gettext("Level"),
        "lift_reason": lazy_gettext("Why they were shown again"),
        "lifted_at": lazy_gettext("Shown again on"),
        "listed_name": lazy_gettext("Name on the list"),
        "locale": lazy_gettext("Language of the pages"),
        "is_training": lazy_gettext("Training"),
        "kept_at": lazy_gettext("Kept at"),
        "made_at": lazy_gettext("Made at"),
        "media_type": lazy_gettext("Kind of file"),
        "member_number": lazy_gettext("Member number"),
        "method": lazy_gettext("How"),
        "minutes": lazy_gettext("Time"),
        "missing": lazy_gettext("What was missing"),
        "most": lazy_gettext("Points at most"),
        "name": lazy_gettext("Name"),
        "named": lazy_gettext("Signed with your name"),
        "net_amount": lazy_gettext("Paid to you"),
        "next_try_at": lazy_gettext("Next try"),
        "night_minutes": lazy_gettext("Time at night"),
        "night_zone": lazy_gettext("Time zone of the night"),
        "note": lazy_gettext("Note"),
        "notice_until": lazy_gettext("Notice until"),
        "number": lazy_gettext("Number"),
        "number_kind": lazy_gettext("Kind of number"),
        "off_at": lazy_gettext("Called off"),
        "opened_at": lazy_gettext("Opened"),
        "outcome": lazy_gettext("Outcome"),
        "further_overtime_minutes": lazy_gettext("Overtime in the further step"),
        "further_overtime_percent": lazy_gettext("The further step in percent"),
        "overtime_minutes": lazy_gettext("Overtime"),
        "overtime_percent": lazy_gettext("Overtime in percent"),
        "owed_minutes": lazy_gettext("Time still owed"),
        "pages": lazy_gettext("Pages"),
        "paid_at": lazy_gettext("Paid"),
        "paid_break_minutes": lazy_gettext("Paid breaks"),
        "paid_minutes": lazy_gettext("Paid time"),
        "part": lazy_gettext("Part of the instructions"),
        "parts": lazy_gettext("What it tells"),
        "party": lazy_gettext("Who signed"),
        "pay_by": lazy_gettext("To be paid by"),
        "pay_date": lazy_gettext("Pay day"),
        "pay_points": lazy_gettext("The pay was as promised"),
        "payee": lazy_gettext("Goes to"),
        "payee_kind": lazy_gettext("Who receives it"),
        "payer": lazy_gettext("Comes from"),
        "payout_currency": lazy_gettext("Paid out in"),
        "percent": lazy_gettext("Percent"),
        "plan_code": lazy_gettext("Plan"),
        "prefix": lazy_gettext("Begins with"),
        "proof": lazy_gettext("Proof"),
        "proposed_at": lazy_gettext("Proposed"),
        "on_the_way_back": lazy_gettext("Kept on the way back"),
        "provider": lazy_gettext("By what"),
        "purpose": lazy_gettext("What for"),
        "put_at": lazy_gettext("Stored"),
        "quantity": lazy_gettext("How much"),
        "quiet_from_minute": lazy_gettext("Quiet hours from"),
        "quiet_until_minute": lazy_gettext("Quiet hours until"),
        "rail": lazy_gettext("Payment rail"),
        "rail_fee_amount": lazy_gettext("Fee of the rail"),
        "raised_at": lazy_gettext("Class raised"),
        "rank": lazy_gettext("Rank"),
        "rate_amount": lazy_gettext("Hourly rate"),
        "read_at": lazy_gettext("Read"),
        "reason": lazy_gettext("Reason"),
        "reckoned_at": lazy_gettext("Reckoned"),
        "record_offered_at": lazy_gettext("Work record offered"),
        "recovered_amount": lazy_gettext("Paid back by the company"),
        "reference": lazy_gettext("Reference"),
        "refusal_code": lazy_gettext("Code of the refusal"),
        "agreement": lazy_gettext("Agreement with the rail"),
        "arrives_on": lazy_gettext("Arrives on"),
        "can_pay_out": lazy_gettext("Can be paid out to a bank"),
        "can_receive": lazy_gettext("Can receive money"),
        "closed_at": lazy_gettext("Closed"),
        "disabled_reason": lazy_gettext("Why it is restricted"),
        "failure": lazy_gettext("Why it came back"),
        "looked_at": lazy_gettext("Last looked at"),
        "pay_url": lazy_gettext("Page to pay on"),
        "problem": lazy_gettext("What went wrong"),
        "state": lazy_gettext("State"),
        "waits_until": lazy_gettext("Waits until"),
        "refused_minutes": lazy_gettext("Offered time that you declined"),
        "reminded_at": lazy_gettext("Reminded"),
        "is_standby": lazy_gettext("Stands by"),
        "is_replaced": lazy_gettext("Somebody else had the seat"),
        "ready_at": lazy_gettext("Ready"),
        "called_at": lazy_gettext("Called"),
        "standby_minutes": lazy_gettext("Time of standing by"),
        "confirm_asked_at": lazy_gettext("Asked whether you still come"),
        "confirm_urged_at": lazy_gettext("Asked again whether you come"),
        "planned_at": lazy_gettext("Planned"),
        "because": lazy_gettext("Why not"),
        "gone_at": lazy_gettext("Told that it is gone"),
        "lead_before": lazy_gettext("Minutes in which you lead the crew before a shift"),
        "lead_after": lazy_gettext("Minutes in which you lead the crew after a shift"),
        "breaks_told": lazy_gettext("Paid breaks that you were told of"),
        "long_break_told_at": lazy_gettext("Told that a break of 30 minutes is due"),
        "restored_minutes": lazy_gettext("Restored time"),
        "restored_pieces": lazy_gettext("Pieces that are restored"),
        "pieces": lazy_gettext("Pieces"),
        "revoked_at": lazy_gettext("Taken back"),
        "revoked_because": lazy_gettext("Why it was taken back"),
        "role": lazy_gettext("Role"),
        "rule": lazy_gettext("Rule"),
        "rule_by": lazy_gettext("Ruling due by"),
        "rule_version": lazy_gettext("Version of the rule"),
        "channel_id": lazy_gettext("Channel"),
        "member_id": lazy_gettext("Member"),
        "public_key": lazy_gettext("Public key"),
        "sealed_key": lazy_gettext("Private key, encrypted"),
        "rounds": lazy_gettext("Rounds of the passphrase"),
        "is_muted": lazy_gettext("Muted"),
        "left_at": lazy_gettext("Left"),
        "epoch": lazy_gettext("Which key"),
        "wrapped": lazy_gettext("The key, sealed for you"),
        "mark": lazy_gettext("Number of the message"),
        "sealed": lazy_gettext("Encrypted words"),
        "said_at": lazy_gettext("Said"),
        "saved_at": lazy_gettext("Saved"),
        "scope": lazy_gettext("How far it reaches"),
        "scopes": lazy_gettext("What it may do"),
        "score": lazy_gettext("Points"),
        "scored": lazy_gettext("Scored points"),
        "seconds": lazy_gettext("Length"),
        "sick_at": lazy_gettext("Fell ill"),
        "sick_minutes": lazy_gettext("Time of illness"),
        "side": lazy_gettext("Who wrote"),
        "settled_at": lazy_gettext("Settled"),
        "signed_at": lazy_gettext("Signed"),
        "signed_name": lazy_gettext("Name that signed"),
        "since": lazy_gettext("Since"),
        "size": lazy_gettext("Size in bytes"),
        "skill": lazy_gettext("Skill"),
        "source": lazy_gettext("From"),
        "speaker": lazy_gettext("Who speaks"),
        "start_minute": lazy_gettext("From when"),
        "started_at": lazy_gettext("Started"),
        "starts_at": lazy_gettext("Starts"),
        "stated": lazy_gettext("What you were told"),
        "status": lazy_gettext("State"),
        "step_points": lazy_gettext("Points for your level"),
        "stops_at": lazy_gettext("Stops"),
        "subdivision": lazy_gettext("Region"),
        "subject": lazy_gettext("Subject"),
        "submitted_at": lazy_gettext("Handed in at"),
        "taken_at": lazy_gettext("Taken"),
        "terms": lazy_gettext("Terms"),
        "text": lazy_gettext("Wording"),
        "time_points": lazy_gettext("The time estimate was right"),
        "timezone": lazy_gettext("Time zone"),
        "told": lazy_gettext("What you were told"),
        "title": lazy_gettext("Title"),
        "told_at": lazy_gettext("Told"),
        "tries": lazy_gettext("Tries"),
        "ways": lazy_gettext("By which ways you are told"),
        "rings_when_urgent": lazy_gettext("Urgent offers ring in quiet hours"),
        "way": lazy_gettext("By which way"),
        "delivered_at": lazy_gettext("Arrived at"),
        "proven_at": lazy_gettext("Shown to be yours"),
        "reached_at": lazy_gettext("Reached you"),
        "answer_minutes": lazy_gettext("Time to answer"),
        "first_until": lazy_gettext("Open at first until"),
        "region": lazy_gettext("Country of the number"),
        "shown": lazy_gettext("What is shown of it"),
        "try_at": lazy_gettext("Next attempt"),
        "turn": lazy_gettext("Turn"),
        "typical_minutes": lazy_gettext("Usual time"),
        "unpaid_break_minutes": lazy_gettext("Unpaid breaks"),
        "until": lazy_gettext("Valid to"),
        "until_before": lazy_gettext("Valid before until"),
        "up_to": lazy_gettext("Up to which class"),
        "valid_until": lazy_gettext("Valid until"),
        "value": lazy_gettext("What you answered"),
        "verdict": lazy_gettext("Finding"),
        "version": lazy_gettext("Version"),
        "vetted_at": lazy_gettext("Vetted"),
        "waiting_minutes": lazy_gettext("Waiting time"),
        "week": lazy_gettext("Week from"),
        "weekday": lazy_gettext("Day of the week"),
        "who_can_fix": lazy_gettext("Who can fix it"),
        "why": lazy_gettext("Why"),
        "wish": lazy_gettext("Wish"),
        "reminded_days": lazy_gettext("Reminded so many days before"),
        "withdrawn_at": lazy_gettext("Withdrawn"),
        "words": lazy_gettext("Words"),
        "work_kind": lazy_gettext("The work"),
        "work_minutes": lazy_gettext("Worked time"),
        "work_points": lazy_gettext("The work was as described"),
        "worked_seconds": lazy_gettext("Worked"),
        "written_at": lazy_gettext("Written"),
        "year": lazy_gettext("Year"),
    }
)
"""What a field is called, by its name in the record."""

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
        "sandbox": lazy_gettext("test rail (no money moves)"),
        "taken_back": lazy_gettext("taken back"),
        "restored": lazy_gettext("restored"),
        "due": lazy_gettext("to be paid"),
        "issued": lazy_gettext("issued"),
        "reported": lazy_gettext("reported to an authority"),
        "withheld": lazy_gettext("withheld"),
        "below": lazy_gettext("below the law’s limit"),
        "no_rate": lazy_gettext("no rate into the law’s currency"),
        "given_back": lazy_gettext("given back"),
    }
)
"""Codes that stand nowhere but in a record."""

_KINDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "requirements.kind": "requirement",
        "signals.kind": "signal",
        "benefits.kind": "entry",
        "time_entries.kind": "time",
        "clock_taps.press": "press",
        "pay_lines.kind": "line",
        "timesheet_cuts.category": "cut",
        "restrictions.source": "source",
        "hidden_words.kind": "hidden",
        "test_attempts.flags": "attempt_flag",
        "category": "category",
        "certificate": "certificate",
        "form": "year_form",
        "ended_because": "cut_end",
        "ended_through": "ended_through",
        "benefits_outcome": "benefits_outcome",
        "engagement_type": "engagement",
        "flags": "flag",
        "hazard_class": "hazard",
        "parts": "part_of_record",
        "payee_kind": "payee",
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
    {"about", "address_seal", "data", "fingerprint", "key", "name_md5", "name_seal", "params", "salt"}
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
    if (known := _named(field, value)) is not None:
        return known
    kind = _KINDS.get(f"{section}.{field}") or _KINDS.get(field)
    if kind is not None:
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
    return weekdays()[value] if field == "weekday" else str(value)
