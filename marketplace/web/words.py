"""Words for what the rooms name by codes, and values as people read them."""

from collections.abc import Collection
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from zoneinfo import available_timezones

from babel import Locale
from babel.dates import get_day_names
from babel.numbers import get_territory_currencies
from flask_babel import format_date, format_decimal, format_time, get_locale, gettext, lazy_gettext

from marketplace.core import clock
from marketplace.core.money import Money
from marketplace.standards.commitments import Origin, State
from marketplace.standards.rules import Basis

_NOT_COUNTRIES = frozenset({"EU", "EZ", "UN", "QO", "XA", "XB", "XK", "ZZ", "AC", "CP", "CQ", "DG", "EA", "IC", "TA"})
"""Codes of two letters that the CLDR names and ISO 3166-1 does not assign to a country."""

_LANGUAGES = (
    "am ar bg bn ceb cs de el en es fa fil fr ha he hi hu id ig it ja jv ka km ko lg ln lo ms my ne nl pa pl pt ro ru"
    " rw si sk so sq sr su sw ta te th tr uk ur uz vi wo xh yo zh zu"
)

_OWN_SIGNS = {"IDR": "Rp", "EUR": "€", "GBP": "£"}
"""Signs that stand for one currency only and that its people write in every language."""

_STATUSES = {
    "accepted": lazy_gettext("accepted"),
    "applied": lazy_gettext("applied"),
    "approved": lazy_gettext("approved"),
    "booked": lazy_gettext("booked"),
    "cancelled": lazy_gettext("cancelled"),
    "closed": lazy_gettext("closed"),
    "collected": lazy_gettext("yes, collected"),
    "computed": lazy_gettext("computed"),
    "computing": lazy_gettext("being computed"),
    "declined": lazy_gettext("declined"),
    "claimed": lazy_gettext("waiting for a ruling"),
    "defaulted": lazy_gettext("restored, since nobody ruled"),
    "ruled": lazy_gettext("ruled"),
    "done": lazy_gettext("done"),
    "running": lazy_gettext("being made"),
    "failed": lazy_gettext("failed"),
    "answered": lazy_gettext("answered"),
    "abandoned": lazy_gettext("ended without a result"),
    "passed": lazy_gettext("passed"),
    "draft": lazy_gettext("draft"),
    "ended": lazy_gettext("ended"),
    "expired": lazy_gettext("expired"),
    "finished": lazy_gettext("finished"),
    "frozen": lazy_gettext("frozen"),
    "in_force": lazy_gettext("in force"),
    "intent": lazy_gettext("prepared"),
    "locked": lazy_gettext("locked"),
    "met": lazy_gettext("met"),
    "no_show": lazy_gettext("did not come"),
    "excused": lazy_gettext("excused"),
    "not_chosen": lazy_gettext("went to others"),
    "open": lazy_gettext("open"),
    "paid": lazy_gettext("paid"),
    "parked": lazy_gettext("stuck"),
    "paused": lazy_gettext("paused"),
    "paying": lazy_gettext("being paid out"),
    "pending": lazy_gettext("waiting for an answer"),
    "posted": lazy_gettext("posted"),
    "proposed": lazy_gettext("to be signed"),
    "asked": lazy_gettext("asked"),
    "cleared": lazy_gettext("cleared"),
    "confirmed": lazy_gettext("confirmed"),
    "granted": lazy_gettext("granted"),
    "erased": lazy_gettext("erased"),
    "held": lazy_gettext("kept"),
    "refused": lazy_gettext("refused"),
    "released": lazy_gettext("given back"),
    "reinstated": lazy_gettext("reinstated"),
    "active": lazy_gettext("in force"),
    "closing": lazy_gettext("being closed"),
    "blocked": lazy_gettext("blocked by a company"),
    "changed": lazy_gettext("changed"),
    "lapsed": lazy_gettext("fell, since nobody answered"),
    "lifted": lazy_gettext("lifted"),
    "overturned": lazy_gettext("overturned"),
    "restricted": lazy_gettext("restricted"),
    "scheduled": lazy_gettext("scheduled"),
    "sent": lazy_gettext("sent"),
    "returned": lazy_gettext("given back"),
    "received": lazy_gettext("received"),
    "sick": lazy_gettext("fell ill"),
    "taken_out": lazy_gettext("taken out"),
    "upheld": lazy_gettext("upheld"),
    "dismissed": lazy_gettext("dismissed"),
    "started": lazy_gettext("started"),
    "submitted": lazy_gettext("handed in"),
    "suspended": lazy_gettext("suspended"),
    "unknown": lazy_gettext("not known yet"),
    "verified": lazy_gettext("verified"),
    "waiting": lazy_gettext("waiting for a second person"),
    "vetted": lazy_gettext("vetted"),
    "withdrawn": lazy_gettext("withdrawn"),
    "worked": lazy_gettext("worked"),
    "working": lazy_gettext("working now"),
}

_NAMES = {
    "part_of_record": {
        "name": lazy_gettext("Your name"),
        "hours": lazy_gettext("Paid hours by kind of work"),
        "period": lazy_gettext("From which month to which"),
        "companies": lazy_gettext("Companies, by name where they agreed"),
        "skills": lazy_gettext("Skills"),
        "languages": lazy_gettext("Languages"),
        "qualifications": lazy_gettext("Qualifications that were tested"),
        "approval": lazy_gettext("How much of your time was approved"),
    },
    "obstacle": {
        "company": lazy_gettext("You are a member of a company: leave it, or have somebody remove you."),
        "operator": lazy_gettext("You are an operator: have the role ended."),
        "account": lazy_gettext("Your account as a contractor is not closed yet: close it first, and it pays you out."),
        "contract": lazy_gettext("A contract is proposed or in force: decline it, or give notice."),
        "shift": lazy_gettext("You are booked, or at work: give the shift back, or finish it."),
        "timesheet": lazy_gettext("Time is not paid yet."),
        "cut": lazy_gettext("Time that was cut can still be disputed, ruled on or paid."),
        "appeal": lazy_gettext("An appeal is not answered yet."),
        "money": lazy_gettext("Money that you earned has not arrived yet."),
    },
    "room": {
        "accounts": lazy_gettext("Your account and companies"),
        "workforce": lazy_gettext("You as a contractor"),
        "contracts": lazy_gettext("Contracts and benefits"),
        "qualifications": lazy_gettext("Tests and qualifications"),
        "gigs": lazy_gettext("Gigs"),
        "shifts": lazy_gettext("Offers, shifts and time"),
        "matching": lazy_gettext("How you were chosen"),
        "pay": lazy_gettext("Pay"),
        "ledger": lazy_gettext("The books"),
        "disputes": lazy_gettext("Disputes"),
        "messages": lazy_gettext("Messages with companies"),
        "surveys": lazy_gettext("How work was"),
        "notices": lazy_gettext("Messages"),
        "insight": lazy_gettext("Work records"),
        "core": lazy_gettext("Events"),
    },
    "requirement": {
        "identity": lazy_gettext("Who you are"),
        "age": lazy_gettext("Your age"),
        "residence": lazy_gettext("Where you live"),
        "right_to_work": lazy_gettext("That you may work there"),
        "tax": lazy_gettext("Where you pay taxes"),
        "payout_account": lazy_gettext("Where you are paid"),
        "terms": lazy_gettext("The terms of this service"),
    },
    "step": {
        "open": lazy_gettext("to do"),
        "started": lazy_gettext("started"),
        "submitted": lazy_gettext("handed in"),
        "met": lazy_gettext("done"),
        "refused": lazy_gettext("will not do yet"),
    },
    "line": {
        "wages": lazy_gettext("wages"),
        "paid_break": lazy_gettext("paid breaks"),
        "call_in": lazy_gettext("call-in pay"),
        "neutral_hours": lazy_gettext("neutral hours"),
        "guaranteed_hours": lazy_gettext("guaranteed hours that were not offered"),
        "qualification_time": lazy_gettext("time at a test"),
        "skill_step": lazy_gettext("for your level of a skill"),
        "hazard_premium": lazy_gettext("premium for distressing work"),
        "overtime_premium": lazy_gettext("overtime premium"),
        "night_premium": lazy_gettext("night premium"),
        "top_up": lazy_gettext("top-up to the floor"),
        "sick_accrual": lazy_gettext("sick leave"),
        "sick_leave": lazy_gettext("pay from your sick leave"),
        "benefit_cash_out": lazy_gettext("a benefit, paid out to you"),
        "health_contribution": lazy_gettext("health contribution"),
        "platform_fee": lazy_gettext("the service's fee"),
        "third_party_margin": lazy_gettext("a third party's margin"),
    },
    "item": {
        "choice_one": lazy_gettext("one choice"),
        "choice_many": lazy_gettext("several choices"),
        "text": lazy_gettext("a text"),
        "pattern": lazy_gettext("a text by a pattern (RE2)"),
        "number": lazy_gettext("a number"),
        "classes": lazy_gettext("gold task: sort into classes"),
        "ranking": lazy_gettext("gold task: put in order"),
    },
    "attempt_flag": {
        "longer_than_estimated": lazy_gettext("longer than most"),
        "silent": lazy_gettext("a long silence, of which 15 minutes count"),
        "capped": lazy_gettext("stopped counting at the safety cap"),
    },
    "payee": {
        "contractor": lazy_gettext("paid to you"),
        "benefits": lazy_gettext("kept for you as benefits"),
        "platform": lazy_gettext("the service's fee"),
        "third_party": lazy_gettext("a third party's margin"),
    },
    "engagement": {
        "employee": lazy_gettext("employee"),
        "worker": lazy_gettext("worker"),
        "contractor": lazy_gettext("independent contractor"),
        "temp_agency": lazy_gettext("temporary agency worker"),
        "fixed_term": lazy_gettext("employee for a fixed term"),
    },
    "entry": {
        "accrue": lazy_gettext("earned"),
        "use": lazy_gettext("taken"),
        "expire": lazy_gettext("expired"),
        "transfer": lazy_gettext("to or from another provider"),
        "cash_out": lazy_gettext("paid out to you"),
    },
    "benefit_kind": {
        "health_stipend": lazy_gettext("health contribution"),
        "sick_leave": lazy_gettext("sick leave"),
        "accident": lazy_gettext("insurance against accidents"),
        "pension": lazy_gettext("pension"),
        "counselling": lazy_gettext("counselling"),
        "equipment": lazy_gettext("equipment"),
        "leave": lazy_gettext("paid leave"),
    },
    "identity_by": {
        "documents": lazy_gettext("by a picture of the paper, encrypted, looked at and erased"),
        "call": lazy_gettext("by holding the paper into a camera; nothing of it is kept"),
    },
    "language": {"en": lazy_gettext("English"), "id": lazy_gettext("Indonesian")},
    "time": {
        "work": lazy_gettext("work"),
        "waiting": lazy_gettext("waiting, paid"),
        "outage": lazy_gettext("outage, paid up to an hour"),
        "paid_break": lazy_gettext("break, paid"),
        "unpaid_break": lazy_gettext("break, unpaid"),
    },
    "unpaid": {
        "reading": lazy_gettext("reading instructions"),
        "training": lazy_gettext("training"),
        "qualification": lazy_gettext("qualification"),
        "waiting": lazy_gettext("waiting for work"),
        "rework": lazy_gettext("doing work again"),
        "breaks": lazy_gettext("breaks"),
    },
    "receiver": {
        "contractor": lazy_gettext("the person's pay"),
        "benefits": lazy_gettext("benefits kept for the person"),
        "platform": lazy_gettext("the service's fee"),
        "third_party": lazy_gettext("the party in between"),
        "taken": lazy_gettext("taken out of the pay"),
        "unnamed": lazy_gettext("kept by nobody named"),
    },
    "confidence": {
        "high": lazy_gettext("high"),
        "medium": lazy_gettext("medium"),
        "low-medium": lazy_gettext("low to medium"),
        "low": lazy_gettext("low"),
    },
    "period": {
        "hour": lazy_gettext("hour"),
        "day": lazy_gettext("day"),
        "month": lazy_gettext("month"),
    },
    "protection": {
        "floor": lazy_gettext("lowers the floor"),
        "rest": lazy_gettext("shortens the rest"),
        "week": lazy_gettext("lengthens the week"),
        "overtime": lazy_gettext("lowers overtime pay"),
    },
    "region": {
        "currency": lazy_gettext("currency"),
        "timezones": lazy_gettext("time zones"),
        "min_wage": lazy_gettext("minimum wage"),
        "min_wage_period": lazy_gettext("minimum wage for"),
        "min_wage_hourly": lazy_gettext("minimum hourly wage"),
        "min_wage_confidence": lazy_gettext("confidence of the minimum wage"),
        "living_wage": lazy_gettext("living wage"),
        "living_wage_period": lazy_gettext("living wage for"),
        "living_wage_confidence": lazy_gettext("confidence of the living wage"),
        "weekly_hours": lazy_gettext("standard week in hours"),
        "overtime_multiplier": lazy_gettext("overtime multiple"),
        "daily_rest_hours": lazy_gettext("daily rest in hours"),
        "hours_confidence": lazy_gettext("confidence of the hours"),
        "source": lazy_gettext("source"),
        "as_of": lazy_gettext("from when it holds"),
        "notes": lazy_gettext("notes"),
    },
    "cut": {
        "not_at_work": lazy_gettext("not at work"),
        "outside_shift": lazy_gettext("outside the shift"),
        "forgotten_clock_out": lazy_gettext("the clock-out was forgotten"),
        "counted_twice": lazy_gettext("counted twice"),
        "somebody_else": lazy_gettext("somebody else worked"),
    },
    "speaker": {
        "person": lazy_gettext("a contractor, or somebody who may become one"),
        "company": lazy_gettext("somebody of a company"),
        "operator": lazy_gettext("an operator"),
    },
    "ask": {
        "time": lazy_gettext("The time estimate was right"),
        "instructions": lazy_gettext("The instructions were clear"),
        "pay": lazy_gettext("The pay was as promised"),
        "work": lazy_gettext("The work was as described, with its hazards"),
        "again": lazy_gettext("I would do it again"),
    },
    "scale": {
        "1": lazy_gettext("not at all"),
        "2": lazy_gettext("hardly"),
        "3": lazy_gettext("partly"),
        "4": lazy_gettext("mostly"),
        "5": lazy_gettext("wholly"),
    },
    "cut_end": {
        "open": lazy_gettext("not decided yet"),
        "unclaimed": lazy_gettext("nobody disputed it"),
        "withdrawn": lazy_gettext("the claim was withdrawn"),
        "ruled": lazy_gettext("a person ruled"),
        "not_ruled": lazy_gettext("nobody ruled in time: paid"),
        "advanced": lazy_gettext("paid at once, before a ruling"),
    },
    "flag": {
        "client_time": lazy_gettext("time of your device, sent late"),
        "client_time_refused": lazy_gettext("your device's time was too far off; the server's was taken"),
        "forgotten_clock_out": lazy_gettext("clock-out was forgotten; stopped at the shift's end"),
        "ended_through_company": lazy_gettext("ended by the company"),
        "cap_reached": lazy_gettext("stopped at the cap of its hazard class"),
        "class_raised": lazy_gettext("stopped because the work became heavier"),
        "outage": lazy_gettext("power or network was lost"),
        "unlawful_content": lazy_gettext("stopped because unlawful content was found"),
        "fell_ill": lazy_gettext("stopped because of illness"),
    },
    "hazard": {
        "H0": lazy_gettext("neutral (H0)"),
        "H1": lazy_gettext("mildly unpleasant (H1)"),
        "H2": lazy_gettext("distressing (H2)"),
        "H3": lazy_gettext("very distressing (H3)"),
    },
    "category": {
        "insults": lazy_gettext("insults"),
        "adult_language": lazy_gettext("adult language"),
        "hate": lazy_gettext("hate"),
        "sexual": lazy_gettext("sexual content"),
        "violence": lazy_gettext("violence"),
        "graphic_abuse": lazy_gettext("graphic abuse"),
        "self_harm": lazy_gettext("self-harm"),
        "child_abuse": lazy_gettext("abuse of children"),
        "unlawful": lazy_gettext("unlawful content"),
    },
    "wish": {
        "desired": lazy_gettext("I want to work"),
        "undesired": lazy_gettext("rather not"),
        "unavailable": lazy_gettext("I cannot work"),
        "nothing": lazy_gettext("nothing said"),
    },
    "part": {
        "availability": lazy_gettext("it lies in the hours you want"),
        "band": lazy_gettext("your week is short of the hours you chose"),
        "spread": lazy_gettext("you had few hours in the last 28 days"),
        "continuity": lazy_gettext("you worked for this company in the last 90 days"),
        "language": lazy_gettext("you speak the language better than needed"),
    },
    "payee_of_others": {
        "contractor": lazy_gettext("paid to people"),
        "benefits": lazy_gettext("kept for them as benefits"),
        "platform": lazy_gettext("the service's fee"),
        "third_party": lazy_gettext("a third party's margin"),
    },
    "part_of_others": {
        "availability": lazy_gettext("it lies in the hours they want"),
        "band": lazy_gettext("their week is short of the hours they chose"),
        "spread": lazy_gettext("they had few hours in the last 28 days"),
        "continuity": lazy_gettext("they worked for you in the last 90 days"),
        "language": lazy_gettext("they speak the language better than needed"),
    },
    "scope": {
        "company": lazy_gettext("offers of one company"),
        "gig": lazy_gettext("offers of one gig"),
        "category": lazy_gettext("offers of one kind of work"),
        "all": lazy_gettext("all new offers"),
    },
    "source": {
        "operator": lazy_gettext("an operator"),
        "company": lazy_gettext("the company"),
        "match": lazy_gettext("nobody yet: somebody is looking"),
    },
    "signal": {
        "payout_account": lazy_gettext("payout account"),
        "document": lazy_gettext("identity document"),
        "device": lazy_gettext("device"),
        "network": lazy_gettext("network"),
        "user_agent": lazy_gettext("kind of browser"),
    },
    "ended_through": {
        "company": lazy_gettext("The company gave notice"),
        "contractor": lazy_gettext("The contractor gave notice"),
        "account": lazy_gettext("The contractor's account is closed"),
    },
    "off_boarding": {
        "work_record": lazy_gettext("A signed record of the work is offered"),
        "access": lazy_gettext("No more work of this company"),
        "last_pay": lazy_gettext("Everything that is owed is paid"),
        "benefits": lazy_gettext("Benefits are settled"),
        "data": lazy_gettext("Personal data are erased"),
    },
    "benefits_outcome": {
        "kept": lazy_gettext("they go along with the contractor"),
        "paid_out": lazy_gettext("they were paid out or sent on"),
    },
    "left": {
        "shifts": lazy_gettext("accepted shifts that are not over"),
        "timesheets": lazy_gettext("time that is not paid yet"),
        "cuts": lazy_gettext("cut time that can still be disputed"),
        "guarantee": lazy_gettext("a week of guaranteed hours that is not reckoned or paid yet"),
        "money": lazy_gettext("money that is on its way"),
        "appeal": lazy_gettext("an appeal that waits for an answer"),
    },
    "measure": {
        "restrict": lazy_gettext("Restrict all new offers"),
        "suspend": lazy_gettext("Suspend"),
        "refuse": lazy_gettext("Refuse the application"),
    },
    "answer": {
        "upheld": lazy_gettext("The decision stands"),
        "overturned": lazy_gettext("The decision falls"),
        "changed": lazy_gettext("Something milder, until the day below"),
    },
    "movement": {
        "rail": lazy_gettext("the world outside, through the rail"),
        "company": lazy_gettext("the company's available money"),
        "gig": lazy_gettext("held for a gig"),
        "booking": lazy_gettext("held for a seat"),
        "contractor": lazy_gettext("paid to people"),
        "benefit": lazy_gettext("kept for them as benefits"),
        "platform": lazy_gettext("the service's fee"),
        "third_party": lazy_gettext("a third party's margin"),
    },
    "account": {
        "payable": lazy_gettext("owed to you"),
        "in_flight": lazy_gettext("on its way to your account"),
        "sick_leave": lazy_gettext("sick leave"),
        "health": lazy_gettext("health contribution"),
        "outgoing": lazy_gettext("on its way to another provider"),
    },
    "work": {
        "image_labelling": lazy_gettext("image labelling"),
        "video_labelling": lazy_gettext("video labelling"),
        "text_labelling": lazy_gettext("text labelling"),
        "audio_transcription": lazy_gettext("audio transcription"),
        "translation": lazy_gettext("translation"),
        "text_prediction": lazy_gettext("predicting the next text"),
        "response_ranking": lazy_gettext("ranking answers"),
        "response_writing": lazy_gettext("writing answers"),
        "code": lazy_gettext("code"),
        "safety_review": lazy_gettext("safety review"),
        "data_collection": lazy_gettext("data collection"),
        "quality_review": lazy_gettext("quality review"),
    },
}

SIGN_IN_MESSAGES = {
    "SECURITY_MSG_GENERIC_AUTHN_FAILED": ("The e-mail address or the password is not right.", "error"),
    "SECURITY_MSG_GENERIC_RECOVERY": ("If somebody signs in with that address, a link is on its way to it.", "info"),
    "SECURITY_MSG_CONFIRMATION_REQUEST": ("If the address waits to be confirmed, a link is on its way to it.", "info"),
    "SECURITY_MSG_CONFIRMATION_EXPIRED": ("This link is too old. Have a new one sent.", "error"),
    "SECURITY_MSG_INVALID_CONFIRMATION_TOKEN": ("This link is no longer good. Have a new one sent.", "error"),
    "SECURITY_MSG_EMAIL_CONFIRMED": ("Your address is confirmed.", "success"),
    "SECURITY_MSG_ALREADY_CONFIRMED": ("Your address is confirmed already.", "info"),
    "SECURITY_MSG_PASSWORD_RESET": ("Your new password is set, and you are signed in.", "success"),
    "SECURITY_MSG_PASSWORD_RESET_NO_LOGIN": ("Your new password is set. Sign in with it.", "success"),
    "SECURITY_MSG_PASSWORD_RESET_EXPIRED": ("This link is too old. Have a new one sent.", "error"),
    "SECURITY_MSG_INVALID_RESET_PASSWORD_TOKEN": ("This link is no longer good. Have a new one sent.", "error"),
    "SECURITY_MSG_RETYPE_PASSWORD_MISMATCH": ("The two passwords are not the same.", "error"),
    "SECURITY_MSG_PASSWORD_INVALID_LENGTH": ("A password has 10 to 200 characters.", "error"),
    "SECURITY_MSG_PASSWORD_NOT_PROVIDED": ("Type a password.", "error"),
    "SECURITY_MSG_EMAIL_NOT_PROVIDED": ("Type your e-mail address.", "error"),
    "SECURITY_MSG_INVALID_EMAIL_ADDRESS": ("This is not an e-mail address.", "error"),
    "SECURITY_MSG_UNAUTHENTICATED": ("Sign in first.", "info"),
}
"""What Flask-Security's forms say, in our words; `said()` brings them into the reader's language."""


def status_words(status: str) -> str:
    """A status as people read it."""
    return str(_STATUSES.get(str(status), str(status).replace("_", " ")))


def name_of(kind: str, code: object) -> str:
    """What a code is called: `name_of("line", "wages")`. A code without a name is told as it is written."""
    return str(_NAMES[kind].get(str(code)) or str(code).replace("_", " ").replace("-", " "))


def said(sentence: object) -> str:
    """A sentence of the rules (a problem's title, a field's error) in the reader's language, if it has one there.

    Unlike a template's own `_()` it takes no part of the sentence as a placeholder, and nothing of it as markup.
    """
    words: str = gettext(str(sentence))
    return words


def countries() -> list[tuple[str, str]]:
    """ISO 3166-1 codes with the countries' names in the reader's language, in the order of the names."""
    return territories(str(get_locale()))


@lru_cache(maxsize=8)
def territories(language: str) -> list[tuple[str, str]]:
    """`countries()` in a named language."""
    known = Locale.parse(language).territories.items()
    named = [(code, name) for code, name in known if len(code) == 2 and code not in _NOT_COUNTRIES]
    return sorted(named, key=lambda pair: pair[1])


def currencies() -> list[tuple[str, str]]:
    """The currencies that are money somewhere today, by code, with their names in the reader's language."""
    names = get_locale().currencies
    return [(code, f"{code} · {names.get(code, code)}") for code in sorted(_current_currencies())]


@lru_cache(maxsize=1)
def _current_currencies() -> frozenset[str]:
    places = (code for code, _ in territories("en"))
    return frozenset(code for place in places for code in get_territory_currencies(place))


def languages(first: Collection[str] = ()) -> list[tuple[str, str]]:
    """Languages that gigs are likely to ask for, with their names in the reader's language; `first` come first."""
    names = get_locale().languages
    codes = [*first, *sorted(set(_LANGUAGES.split()).difference(first), key=lambda code: names.get(code, code))]
    return [(code, names.get(code, code)) for code in codes]


def zones() -> list[str]:
    """IANA time zones that are named after a place."""
    return sorted(name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "SystemV/")))


def requirement_hints() -> dict[str, str]:
    """What to do for each step of an application."""
    return {
        "identity": gettext("Photograph the page with your picture. Everything on it must be readable."),
        "age": gettext("How can we see your date of birth?"),
        "residence": gettext(
            "A bill, a lease or a letter of an authority with your name and address, at most a year old."
        ),
        "right_to_work": gettext("Whoever has a permit shows it."),
        "tax": gettext("Setara keeps what you declare. It withholds no tax and reports to no tax office anywhere."),
        "payout_account": gettext("Where should you be paid?"),
        "terms": gettext("Read them, then agree if you do."),
    }


def weekdays() -> list[str]:
    """The names of the days, Monday first."""
    names = get_day_names("wide", locale=get_locale())
    return [str(names[number]).capitalize() for number in range(7)]


def basis_words() -> dict[Basis, str]:
    """Whose rule it is, strongest first."""
    return {
        Basis.LAW: gettext("Law"),
        Basis.STANDARD: gettext("Standards"),
        Basis.HOUSE: gettext("House rules"),
    }


def origin_words() -> dict[Origin, str]:
    """Where what is asked of the service comes from."""
    return {
        Origin.GUIDELINES: gettext("Made from the Partnership on AI's guidelines"),
        Origin.STANDARDS: gettext("Made from law and Fairwork's principles"),
        Origin.HOUSE: gettext("Where the house is stricter"),
    }


def state_words() -> dict[State, str]:
    """Whether what is asked holds."""
    return {
        State.HELD: gettext("held"),
        State.IN_PART: gettext("held in part"),
        State.NOT_YET: gettext("not yet"),
    }


# --- values as people read them -------------------------------------------------------------------------------------


def when(moment: datetime, zone: str | tzinfo | None = None) -> str:
    """A moment to the minute in the reader's language, in the named IANA zone, which is named too; in UTC when none
    is."""
    place = clock.zone(zone) if isinstance(zone, str) else zone
    local = moment.astimezone(place or UTC)
    return f"{format_date(local, 'medium', rebase=False)}, {format_time(local, 'short', rebase=False)} {place or 'UTC'}"


def clock_words(moment: datetime, zone: str) -> str:
    """The time of day to the minute on a clock in the zone, for places where the day and the zone are told already."""
    words: str = format_time(moment.astimezone(clock.zone(zone)), "short", rebase=False)
    return words


def day(date: date) -> str:
    """A day with its weekday, in the reader's language."""
    words: str = format_date(date, "full", rebase=False)
    return words


def duration(minutes: float | Decimal) -> str:
    """Minutes as hours and minutes: "4 h 30 min"."""
    hours, rest = divmod(round(minutes), 60)
    parts = [gettext("%(hours)s h", hours=hours)] if hours else []
    return " ".join([*parts, gettext("%(minutes)s min", minutes=rest)] if rest or not hours else parts)


def money_words(amount: Money, *, whole: bool = False) -> str:
    """An amount in the reader's language, its currency always said: a dollar sign alone could be of ten countries."""
    words = amount.format(str(get_locale() or "en"), whole=whole)
    if amount.currency in _OWN_SIGNS:
        return words.replace(amount.currency, _OWN_SIGNS[amount.currency])
    return words if any(letter.isalpha() for letter in words) else f"{words}\xa0{amount.currency}"


def rate_words(rate: Fraction) -> str:
    """An exchange rate, rounded to four digits after the point for reading; the exact one stands in the API."""
    words: str = format_decimal(Decimal(rate.numerator) / Decimal(rate.denominator), "#,##0.0000")
    return words


def account_words(name: str) -> str:
    """An account of a person in the books, by the last part of its name."""
    return name_of("account", name.rsplit(":", 1)[-1])
