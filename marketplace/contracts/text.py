"""A contract as people read it, written from its terms. The same terms always give the same text, to the letter."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from marketplace.core.money import Money

Terms = Mapping[str, Any]

_ENGAGEMENTS = {
    "employee": "an employee",
    "worker": "a worker",
    "contractor": "an independent contractor",
    "temp_agency": "a temporary agency worker",
    "fixed_term": "an employee for a fixed term",
}
_CARVE_OUTS = {
    "health": "care for their health",
    "union": "a union or other workers",
    "counsel": "a lawyer",
    "regulator": "an authority or a court",
    "tax": "a tax adviser or tax authority",
}


def render(terms: Terms, plans: Mapping[str, str]) -> str:
    """The text of terms that `check_terms` accepts, once they have `parties` and `template`.

    `plans` gives each benefit plan's title. The contractor is named by id only, so that the text and its hash can
    outlive the erasure of a person.
    """
    parts = [_head(terms)]
    parts += [f"{number}. {title}\n{write(terms)}" for number, (title, write) in enumerate(_SECTIONS, start=1)]
    parts.append(f"{len(_SECTIONS) + 1}. Benefits\n{_benefits(terms, plans)}")
    return "\n\n".join(parts) + "\n"


def _head(terms: Terms) -> str:
    until = terms["effective_to"]
    during = f"from {terms['effective_from']}" + (f" until {until}" if until else " until it is ended")
    lines = ["FRAMEWORK CONTRACT", "", *_origin(terms["template"])]
    lines.append(f"In force {during}. The prevailing language is: {terms['language']}.")
    if terms["translations"]:
        lines.append(f"Translations that do not bind: {', '.join(terms['translations'])}.")
    return "\n".join(lines)


def _origin(template: Mapping[str, Any] | None) -> Sequence[str]:
    if template is None:
        return ["The company signs this text once, for everybody to whom it proposes it."]
    version, contract = template["version"], template["contract"]
    return [
        f"Version {version} of contract {contract}.",
        f"Written from the company's text number {template['number']}, which the company signed.",
        f"SHA-256 of that text: {template['text_sha256']}",
    ]


def _parties(terms: Terms) -> str:
    company, contractor = terms["parties"]["company"], terms["parties"]["contractor"]
    lines = [f"The company: {company['name']} ({company['country']}), id {company['id']}."]
    if contractor is None:
        lines.append("The contractor: whoever this is proposed to and who signs it.")
    else:
        place = contractor["subdivision"] or contractor["country"]
        lines.append(f"The contractor: the person with the id {contractor['id']}, working in {place}.")
    lines += [
        f"In between: {party['name']} ({party['country']}), {party['role']}; its margin of {party['margin_percent']} % "
        "is paid by the company on top of the rate."
        for party in terms["intermediaries"]
    ]
    if not terms["intermediaries"]:
        lines.append("Nobody stands between them.")
    return "\n".join(lines)


def _engagement(terms: Terms) -> str:
    demand = "Work is offered on demand." if terms["on_demand"] else "Work is planned ahead."
    return (
        f"The company engages the contractor as {_ENGAGEMENTS[terms['engagement_type']]}. {demand}\n"
        "This label does not decide what the law says that the contractor is. "
        "The contractor may decline any offer, and declining has no consequence."
    )


def _pay(terms: Terms) -> str:
    pay = terms["pay"]
    return (
        f"No hour of work under this contract pays less than {Money.of(pay['amount'], pay['currency'])}. "
        f"Work is paid by this model: {pay['model']}. Each gig states its own rate, which the contractor sees before "
        "accepting; a rate that was accepted never falls.\n"
        f"Work is paid within {pay['payment_term_days']} days. Fees are borne by the company. "
        f"Exchange rates come from: {pay['fx_source']}."
    )


def _hours(terms: Terms) -> str:
    hours = terms["hours"]
    return (
        f"Guaranteed: {hours['min_guaranteed']} hours a week. At most: {hours['max_week']} hours a week. "
        f"Shifts are announced {hours['notice_days']} days ahead.\nCancellation: {hours['cancellation']}"
    )


def _hazards(terms: Terms) -> str:
    hazard = terms["hazard"]
    return (
        f"The heaviest class of distressing work is {hazard['highest_class']}. {hazard['disclosure']}\n"
        "The contractor may leave such work at any minute, with pay until then and without consequence."
    )


def _property(terms: Terms) -> str:
    ip = terms["ip"]
    return f"{ip['assignment']} This takes effect only once the work is paid.\nMoral rights: {ip['moral_rights']}"


def _secrecy(terms: Terms) -> str:
    nda = terms["nda"]
    free = ", ".join(_CARVE_OUTS[name] for name in sorted(nda["carve_outs"]))
    return (
        f"{nda['scope']} Secrecy ends {nda['months']} months after this contract.\n"
        f"It never keeps the contractor from speaking to: {free}."
    )


def _data(terms: Terms) -> str:
    return str(terms["data_use"])


def _end(terms: Terms) -> str:
    termination = terms["termination"]
    reasons = "\n".join(f"- {reason}" for reason in termination["reasons"])
    return (
        f"The contractor may end this contract at any time. The company may end it with "
        f"{termination['notice_days']} days' notice, and for these reasons:\n{reasons}\n"
        f"At the end: {terms['offboarding']}"
    )


def _law(terms: Terms) -> str:
    return f"Governing law: {terms['governing_law']}. Disputes are decided by: {terms['dispute_forum']}."


_SECTIONS: Sequence[tuple[str, Callable[[Terms], str]]] = (
    ("Parties", _parties),
    ("Engagement", _engagement),
    ("Pay", _pay),
    ("Hours", _hours),
    ("Distressing work", _hazards),
    ("Who owns the work", _property),
    ("Secrecy", _secrecy),
    ("Use of data", _data),
    ("End", _end),
    ("Law", _law),
)


def _benefits(terms: Terms, plans: Mapping[str, str]) -> str:
    named: Iterable[str] = (f"- {plans[code]} ({code})" for code in terms["benefits"])
    return "\n".join(named) or "None beyond what the law gives."
