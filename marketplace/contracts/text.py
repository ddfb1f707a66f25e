"""A contract as people read it, written from its terms. The same terms always give the same text, to the letter.

Its own sentences are translated by the catalogues of `translations/`, and so are words that a company took over from
the decent terms. Words of a company's own are translated by the company, or stand as they are.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from babel.support import NullTranslations

from marketplace.contracts.terms import value_at
from marketplace.core.language import words_of
from marketplace.core.money import Money
from marketplace.standards.rules import RULES, Outcome

Terms = Mapping[str, Any]
LANGUAGE_NAMES: Mapping[str, str] = MappingProxyType({"en": "English", "id": "Indonesian"})
"""The names of the languages of contracts, themselves to be translated."""

_ENGAGEMENTS = {
    "employee": "an employee",
    "worker": "a worker",
    "contractor": "an independent contractor",
    "temp_agency": "a temporary agency worker",
    "fixed_term": "an employee for a fixed term",
}
_CARVE_OUTS = {
    "counsel": "a lawyer",
    "health": "care for their health",
    "regulator": "an authority or a court",
    "tax": "a tax adviser or tax authority",
    "union": "a union or other workers",
}
_PRACTICE = {
    "directs_how": "The company says how the work is done, step by step.",
    "sets_times": "The company says when the work is done.",
    "fixed_hours": "The hours are the same every week.",
    "exclusive": "The contractor may not work for others.",
    "supplies_equipment": "The company provides the equipment.",
    "integrated": "The contractor is a part of the company's teams.",
}
_MODELS = {"hourly": "by the hour", "piece": "by the piece", "hybrid": "by the hour and by the piece"}
_OUTCOMES = {Outcome.PASS: "is kept", Outcome.NOTE: "is kept, with a note", Outcome.FAIL: "is not kept"}
_STANDARDS = (
    "The contract claims an employment, or a protection near it.",
    "The contract calls the person self-employed, and its facts are those of employment.",
    "One fact speaks for employment; the label stands, and is watched.",
    "No fact speaks for employment.",
    "At least 70 % of what the company pays for the work reaches the contractor as pay and benefits.",
)
"""Sentences of verdicts that a contract repeats, named so that a test can ask for their translations."""


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes the terms in a language: the prevailing one, or that of a translation."""

    terms: Terms
    plans: Mapping[str, str]
    language: str
    catalogue: NullTranslations

    @property
    def is_translation(self) -> bool:
        return self.language != str(self.terms["language"])

    def say(self, english: str, **values: object) -> str:
        """A sentence of ours in the writer's language. `%(name)s` stands for a value."""
        said: str = self.catalogue.gettext(english)
        return said % values if values else said

    def own(self, path: str) -> str:
        """The company's words under a path: as they are, or as the translation gives them."""
        written = value_at(self.terms, path)
        text = "\n".join(written) if isinstance(written, list) else str(written)
        if not self.is_translation:
            return text
        words = next(each["words"] for each in self.terms["translations"] if each["language"] == self.language)
        given: str | None = words.get(path)
        if given is not None:
            return given
        # A line without words would be looked up as the catalogue's own head.
        return "\n".join(self.catalogue.gettext(line) if line else line for line in text.split("\n"))


def render(terms: Terms, plans: Mapping[str, str], language: str | None = None) -> str:
    """The text of terms that `check_terms` accepts, once they are completed (`terms.COMPLETED`).

    `plans` gives each benefit plan's title. The contractor is named by id only, so that the text and its hash can
    outlive the erasure of a person. `language` is that of one of the terms' translations; without it the prevailing
    text is written, which names the hash of each translation.
    """
    asked = language or str(terms["language"])
    write = Writer(terms, plans, asked, words_of(asked))
    parts = [_head(write)]
    parts += [f"{number}. {write.say(title)}\n{tell(write)}" for number, (title, tell) in enumerate(_SECTIONS, start=1)]
    return "\n\n".join(parts) + "\n"


def _head(write: Writer) -> str:
    terms, prevailing = write.terms, write.say(LANGUAGE_NAMES[write.terms["language"]])
    lines = [write.say("FRAMEWORK CONTRACT"), ""]
    if write.is_translation:
        lines += [
            write.say(
                "TRANSLATION, for reading only. Where it differs, the text in this language decides: %(language)s.",
                language=prevailing,
            ),
            "",
        ]
    lines += _origin(write)
    if until := terms["effective_to"]:
        lines.append(write.say("In force from %(since)s until %(until)s.", since=terms["effective_from"], until=until))
    else:
        lines.append(write.say("In force from %(since)s until it is ended.", since=terms["effective_from"]))
    lines.append(write.say("The prevailing language is: %(language)s.", language=prevailing))
    if not write.is_translation:
        lines += [
            write.say(
                "A translation that does not bind stands beside this text: %(language)s, SHA-256 %(sha256)s.",
                language=write.say(LANGUAGE_NAMES[each["language"]]),
                sha256=each["text_sha256"],
            )
            for each in terms["translations"]
        ]
    return "\n".join(lines)


def _origin(write: Writer) -> Sequence[str]:
    template = write.terms["template"]
    if template is None:
        return [write.say("The company signs this text once, for everybody to whom it proposes it.")]
    return [
        write.say(
            "Version %(version)s of contract %(contract)s.", version=template["version"], contract=template["contract"]
        ),
        write.say(
            "Written from the company's text number %(number)s, which the company signed.", number=template["number"]
        ),
        write.say("SHA-256 of that text: %(sha256)s", sha256=template["text_sha256"]),
    ]


def _parties(write: Writer) -> str:
    terms = write.terms
    company, contractor = terms["parties"]["company"], terms["parties"]["contractor"]
    lines = [
        write.say(
            "The company: %(name)s (%(country)s), id %(id)s.",
            name=company["name"],
            country=company["country"],
            id=company["id"],
        )
    ]
    if contractor is None:
        lines.append(write.say("The contractor: whoever this is proposed to and who signs it."))
    else:
        place = terms["work_place"]
        lines.append(
            write.say(
                "The contractor: the person with the id %(id)s, working in %(place)s (time zone %(zone)s).",
                id=contractor["id"],
                place=place["subdivision"] or place["country"],
                zone=place["timezone"],
            )
        )
    lines += [
        write.say(
            "In between: %(name)s (%(country)s), %(role)s; its margin of %(percent)s %% is paid by the company on "
            "top of the rate.",
            name=party["name"],
            country=party["country"],
            role=write.say(party["role"]),
            percent=party["margin_percent"],
        )
        for party in terms["intermediaries"]
    ]
    if not terms["intermediaries"]:
        lines.append(write.say("Nobody stands between them."))
    return "\n".join(lines)


def _engagement(write: Writer) -> str:
    terms = write.terms
    facts = [write.say(sentence) for name, sentence in _PRACTICE.items() if terms["practice"][name]]
    lines = [
        write.say(
            "The company engages the contractor as %(kind)s.", kind=write.say(_ENGAGEMENTS[terms["engagement_type"]])
        ),
        write.say("Work is offered on demand.") if terms["on_demand"] else write.say("Work is planned ahead."),
        *(
            facts
            or [write.say("The contractor decides how and when to work, with their own tools, and for whom else.")]
        ),
        write.say("This label does not decide what the law says that the contractor is."),
        write.say("The contractor may decline any offer, and declining has no consequence."),
    ]
    return "\n".join(lines)


def _pay(write: Writer) -> str:
    pay = write.terms["pay"]
    lines = [
        write.say(
            "No hour of work under this contract pays less than %(rate)s.",
            rate=Money.of(pay["amount"], pay["currency"]),
        ),
        write.say("Work is paid %(model)s.", model=write.say(_MODELS[pay["model"]])),
        write.say(
            "Each gig states its own rate, which the contractor sees before accepting; a rate that was accepted never "
            "falls."
        ),
        write.say("Work is paid within %(days)s days. Fees are borne by the company.", days=pay["payment_term_days"]),
        write.say("Exchange rates come from: %(source)s.", source=write.own("pay.fx_source")),
    ]
    if (floor := pay.get("floor_ref")) is not None:
        lines.append(
            write.say(
                "The floor of %(place)s on %(day)s was %(rate)s an hour (%(kind)s; %(source)s). No gig pays less, "
                "whatever stands here.",
                place=floor["place"],
                day=floor["on"],
                rate=Money.of(floor["amount"], floor["currency"]),
                kind=write.say(floor["decided_by"].replace("_", " ")),
                source=floor["source"],
            )
        )
    return "\n".join(lines)


def _hours(write: Writer) -> str:
    hours = write.terms["hours"]
    lines = [
        write.say("At most: %(hours)s hours a week.", hours=hours["max_week"]),
        write.say("Shifts are announced %(days)s days ahead.", days=hours["notice_days"]),
        write.say("Cancellation: %(words)s", words=write.own("hours.cancellation")),
    ]
    return "\n".join([_guaranteed(write, hours["min_guaranteed"]), *lines])


def _guaranteed(write: Writer, hours: int) -> str:
    if not hours:
        return write.say("No hours are guaranteed.")
    numbers = RULES["GUARANTEED_HOURS"].parameters
    return write.say(
        "Guaranteed: %(hours)s hours a week. After each week the contractor is paid, from the company's money, for "
        "what was neither paid nor refused of them. A refusal counts of a shift without distressing work that was "
        "offered %(before)s hours before it began and could be answered for %(open)s. A part of a week guarantees its "
        "part, and days off that the contractor enters guarantee nothing.",
        hours=hours,
        before=numbers["refusal_counts_hours_before"],
        open=numbers["refusal_counts_hours_open"],
    )


def _hazards(write: Writer) -> str:
    hazard = write.terms["hazard"]
    lines = [
        write.say("The heaviest class of distressing work is %(kind)s.", kind=hazard["highest_class"]),
        write.own("hazard.disclosure"),
        write.say("SHA-256 of what was told of it: %(sha256)s", sha256=hazard["disclosure_sha256"]),
        write.say("The contractor may leave such work at any minute, with pay until then and without consequence."),
    ]
    return "\n".join(lines)


def _instructions(write: Writer) -> str:
    return write.own("instructions_version")


def _property(write: Writer) -> str:
    takes_effect = write.say("This takes effect only once the work is paid.")
    rights = write.say("Moral rights: %(words)s", words=write.own("ip.moral_rights"))
    return f"{write.own('ip.assignment')} {takes_effect}\n{rights}"


def _secrecy(write: Writer) -> str:
    free = ", ".join(write.say(words) for words in _CARVE_OUTS.values())
    ends = write.say("Secrecy ends %(months)s months after this contract.", months=write.terms["nda"]["months"])
    never = write.say("It never keeps the contractor from speaking to: %(free)s.", free=free)
    return f"{write.own('nda.scope')} {ends}\n{never}"


def _data(write: Writer) -> str:
    return write.own("data_use")


def _changes(write: Writer) -> str:
    return write.say(
        "This contract changes only by a further version that the contractor signs. Silence is no consent, and a no "
        "has no effect: this version stays in force until it ends by its own terms. The rate and the benefits that "
        "were agreed never fall."
    )


def _end(write: Writer) -> str:
    days = write.terms["termination"]["notice_days"]
    reasons = "\n".join(f"- {line}" for line in write.own("termination.reasons").split("\n"))
    lines = [
        write.say("The contractor may end this contract at any time."),
        write.say("The company may end it with %(days)s days' notice, and for these reasons:", days=days),
        reasons,
        write.say("At the end: %(words)s", words=write.own("offboarding")),
    ]
    return "\n".join(lines)


def _law(write: Writer) -> str:
    return write.say(
        "Governing law: %(law)s. Disputes are decided by: %(forum)s.",
        law=write.own("governing_law"),
        forum=write.own("dispute_forum"),
    )


def _benefits(write: Writer) -> str:
    named = [f"- {write.say(write.plans[code])} ({code})" for code in sorted(write.terms["benefits"])]
    return "\n".join(named) or write.say("None beyond what the law gives.")


def _verdicts(write: Writer) -> str:
    lines = [
        write.say(
            "- %(rule)s version %(version)s %(outcome)s. %(sentence)s",
            rule=each["rule"],
            version=each["version"],
            outcome=write.say(_OUTCOMES[Outcome(each["outcome"])]),
            sentence=write.say(each["sentence"]),
        )
        for each in write.terms["verdicts"]
    ]
    return "\n".join(lines)


_SECTIONS: Sequence[tuple[str, Callable[[Writer], str]]] = (
    ("Parties", _parties),
    ("Engagement", _engagement),
    ("Pay", _pay),
    ("Hours", _hours),
    ("Distressing work", _hazards),
    ("Instructions", _instructions),
    ("Who owns the work", _property),
    ("Secrecy", _secrecy),
    ("Use of data", _data),
    ("Changes of this contract", _changes),
    ("End", _end),
    ("Law", _law),
    ("Benefits", _benefits),
    ("What the rules say of this contract", _verdicts),
)


def fixed_phrases() -> list[str]:
    """What the text says by looking it up in a table, for the test that asks for every translation."""
    tables = (_ENGAGEMENTS, _CARVE_OUTS, _PRACTICE, _MODELS, LANGUAGE_NAMES)
    titles = [title for title, _ in _SECTIONS]
    return [*(words for table in tables for words in table.values()), *_OUTCOMES.values(), *titles, *_STANDARDS]
