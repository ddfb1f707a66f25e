"""The payslip on paper: what the page says, as a PDF that can be kept and shown, with its proof in it."""

import json
from collections.abc import Collection, Iterator, Mapping
from io import BytesIO
from typing import Any, Final
from uuid import UUID

from flask import Response, request, url_for
from flask_babel import get_locale, gettext, lazy_gettext, ngettext

from marketplace.accounts import queries as accounts
from marketplace.accounts.auth import actor
from marketplace.accounts.rules import Actor, require_person
from marketplace.core.events import timeline
from marketplace.core.http import made_file
from marketplace.core.money import Money
from marketplace.core.problems import Problem
from marketplace.pay import payslips, to_date
from marketplace.pay.models import PayLine
from marketplace.pay.payslips import LineView, PayslipView
from marketplace.pay.pieces import pieces
from marketplace.pay.rails import landing
from marketplace.pay.rails.landing import Landing
from marketplace.pay.rules import OpStatus
from marketplace.pay.seals import proofs as seal_proofs
from marketplace.pay.seals import verify
from marketplace.pay.taxes.schemes import BY_ID
from marketplace.standards.line_kinds import LineKind
from marketplace.web import words
from marketplace.web.contractor import company_names
from marketplace.web.given import of_lines
from marketplace.web.landing_pictures import NET, payees_of
from marketplace.web.paper import Paper, Sheet
from marketplace.web.rule_words import floor_words, night_words, premium_day_words
from marketplace.web.words import (
    account_words,
    day,
    duration,
    exact_duration,
    money_words,
    name_of,
    rate_words,
    said,
    status_words,
    when,
)
from marketplace.web.work import blueprint, own
from marketplace.workforce import queries as workforce

BACK_AT_RAIL: Final = lazy_gettext(
    "Your bank sent it back to your account at the payment rail, where it is yours. Look at your bank details."
)


@blueprint.get("/pay/<uuid:payslip_id>/payslip.pdf")
def payslip_paper(payslip_id: UUID) -> Response:
    """The payslip as a PDF, in the reader's language; in another currency too, where its rate has a source."""
    by = actor()
    me = workforce.contractor(require_person(by), by)
    asked = request.args.get("currency", me.payout_currency)
    wanted = asked if asked in dict(words.currencies()) else None
    view = payslips.view(payslip_id, currency=wanted, seen_by=by)
    slip = own(view.payslip, by)
    content = paper_of(view, me.timezone, by)
    return made_file(BytesIO(content), "application/pdf", f"payslip-{slip.pay_date}-{slip.currency}.pdf")


def paper_of(view: PayslipView, zone: str, by: Actor) -> bytes:
    """The file: the same as long as the payslip, its payouts and its seal are."""
    slip, sheet = view.payslip, Sheet()
    assert slip.pay_date is not None
    assert slip.issued_at is not None
    proof = _proof(slip.id, by)
    title = gettext("Payslip of %(day)s", day=day(slip.pay_date))
    sheet.add("big", title)
    sheet.add("text", accounts.person(slip.contractor_id).name)
    if not view.moves_real_money:
        sheet.add("text", gettext("Sandbox: no money moves."))
    back_at_rail = landing.came_back(timeline("payslip", slip.id))
    payees = payees_of(view, back_at_rail)
    _sums(sheet, view, payees)
    _lines(sheet, view, zone, payees)
    _taxes(sheet, view)
    _arrived(sheet, view, back_at_rail)
    _year(sheet, view)
    sheet.add("heading", gettext("What stood in your accounts after this payslip"))
    for account, money in to_date.balances_after(slip):
        sheet.add("pair", account_words(account), money_words(money))
    sheet.add("heading", gettext("Proof"))
    paper = sheet.paper(title, language=str(get_locale() or "en"), made_at=slip.issued_at)
    _prove(paper, proof, f"payslip:{slip.id} · journal_entry:{slip.entry_id} · pay_run:{slip.run_id}")
    return paper.bytes()


def _sums(sheet: Sheet, view: PayslipView, payees: str) -> None:
    slip = view.payslip
    sheet.add("heading", str(NET[payees]))
    sheet.add("big", money_words(slip.net))
    if slip.withheld:
        sent = {"money": money_words(slip.withheld), "due": money_words(slip.due)}
        sheet.add("text", gettext("of it tax that is withheld: %(money)s; sent to you: %(due)s", **sent))
    if slip.leave:
        sheet.add("small", gettext("of it from your own benefits: %(money)s", money=money_words(slip.leave)))
    if view.exchange and view.net_there:
        sheet.add("text", _there(view, view.net_there))
        sheet.add("small", _rate(view))
    elif view.no_rate:
        sheet.add("small", said("There is no sourced exchange rate for that day."))
    sheet.add("pair", gettext("Kept for you as benefits"), money_words(slip.benefits))
    sheet.add("pair", gettext("What the company paid"), money_words(slip.cost))


def _there(view: PayslipView, money: Money) -> str:
    assert view.exchange is not None, "asked by the caller"
    return money_words(money, whole=view.exchange.currency == "IDR")


def _rate(view: PayslipView) -> str:
    rate = view.exchange
    assert rate is not None, "asked by the caller"
    told: str = gettext(
        "1 %(base)s = %(rate)s %(quote)s, %(source)s, of %(day)s",
        base=view.payslip.currency,
        rate=rate_words(rate.rate),
        quote=rate.currency,
        source=said(rate.source),
        day=day(rate.quoted_on),
    )
    return f"{told}. {rate.note}" if rate.note else told


# --- line by line ---------------------------------------------------------------------------------------------------


def _lines(sheet: Sheet, view: PayslipView, zone: str, payees: str) -> None:
    """Grouped by the work that they pay, since a shift has several."""
    companies = company_names([each.line for each in view.lines])
    bonuses = of_lines([each.line for each in view.lines])
    sheet.add("heading", gettext("Line by line"))
    for piece in pieces(view):
        sheet.add("small", _about(piece.first, companies, zone))
        if (given := bonuses.get(piece.first.bonus_id)) is not None:
            sheet.add("small", f"{given.gig} · {given.writer}: {given.bonus.reason}")
        for each in piece.lines:
            sheet.add("sum", *_line(view, each, payees))


def _about(line: PayLine, companies: Mapping[UUID, str], zone: str) -> str:
    company = companies[line.company_id] if line.company_id is not None else "Setara"
    told = [when(line.began_at, zone), company]
    if line.contract_version is not None and line.engagement_type is not None:
        told += [
            gettext("version %(number)s", number=line.contract_version),
            name_of("engagement", line.engagement_type),
        ]
    return " · ".join(told)


def _line(view: PayslipView, each: LineView, payees: str) -> tuple[str, str, str]:
    line = each.line
    amount = money_words(line.money)
    if each.money_there is not None:
        amount = f"{amount}\n{_there(view, each.money_there)}"
    name = name_of("line", line.kind).capitalize()
    told = [floor_words(line.floor)] if line.floor else [premium_day_words(each) for each in line.premium_days or ()]
    if line.night_law:
        told.append(night_words(line.night_law))
    return (
        "\n".join([name, f"{line.rule} v{line.rule_version}", *told]),
        f"{_how_much(line)}\n{name_of(payees, line.payee_kind)}",
        amount,
    )


def _how_much(line: PayLine) -> str:
    if line.pieces is not None and line.rate is not None:
        counted: str = ngettext("%(num)d piece", "%(num)d pieces", line.pieces)
        return f"{counted} × {money_words(line.rate)}" + (f" ({exact_duration(line.seconds)})" if line.seconds else "")
    if line.seconds:
        rate = f" × {money_words(line.rate)} {gettext('an hour')}" if line.rate else ""
        of_leave = f" {gettext('of leave')}" if line.kind is LineKind.SICK_ACCRUAL else ""
        return f"{exact_duration(line.seconds)}{of_leave}{rate}"
    if line.percent is not None:
        told: str = gettext("%(percent)s %% of the pay", percent=line.percent.normalize())
        return told
    return money_words(line.money)


def _taxes(sheet: Sheet, view: PayslipView) -> None:
    """What laws had withheld, each with what it was taken of and by which law."""
    if not view.taxes:
        return
    sheet.add("heading", gettext("Taxes"))
    for each in view.taxes:
        of: str = gettext("of %(money)s", money=money_words(each.base)) if each.base_amount else ""
        percent = "" if each.percent is None else f", {each.percent.normalize():f} %"
        law = BY_ID.get(each.scheme)
        told = f"{of}{percent}\n{said(law.title) if law else each.scheme}"
        sheet.add("sum", f"{name_of('withheld', each.why)}\nWITHHOLDING", told, money_words(each.money))


# --- what became of it ----------------------------------------------------------------------------------------------


def _arrived(sheet: Sheet, view: PayslipView, back_at_rail: Collection[UUID | None]) -> None:
    sheet.add("heading", gettext("What became of it"))
    for payout in view.payouts:
        sheet.add("pair", gettext("Promised"), f"{money_words(payout.money)} · {status_words(payout.status)}")
        if (landed := view.landings.get(payout.id)) is not None:
            for label, value in _landed(landed):
                sheet.add("pair", label, value)
        elif payout.status is OpStatus.DONE and payout.id in back_at_rail:
            sheet.add("text", str(BACK_AT_RAIL))
    if not view.payouts:
        sheet.add("text", gettext("Not paid out yet."))


def _landed(landed: Landing) -> Iterator[tuple[str, str]]:
    """What arrived beside what was promised, with the rates and their sources."""
    if landed.is_exchanged:
        told = gettext("No sourced rate")
        if landed.reference is not None and landed.promised_there is not None:
            source = f"{said(landed.reference.source)}, {day(landed.reference.quoted_on)}"
            told = f"{rate_words(landed.reference.rate)}, {source} = {money_words(landed.promised_there)}"
        yield gettext("Reference rate"), told
    rate = landed.executed_rate
    yield gettext("Executed rate"), words.number(rate) if rate else gettext("none: it was not exchanged")
    yield gettext("Kept by the rail"), money_words(landed.fee)
    less = landed.landed_less_promised
    yield gettext("Arrived"), money_words(landed.arrived) + (f" ({money_words(less)})" if less else "")


def _year(sheet: Sheet, view: PayslipView) -> None:
    year = view.year_to_date
    sheet.add("heading", gettext("%(year)s until this payslip", year=year.year))
    sheet.add("pair", gettext("Payslips"), str(year.payslips))
    sheet.add("pair", gettext("Your pay"), money_words(year.net))
    sheet.add("pair", gettext("Tax that was withheld of it"), money_words(year.withheld))
    sheet.add("pair", gettext("Kept for you as benefits"), money_words(year.benefits))
    sheet.add("pair", gettext("What companies paid for your work"), money_words(year.cost))
    sheet.add("pair", gettext("Time that was paid"), duration(year.paid_seconds / 60))
    leave = f"{exact_duration(year.leave_earned)} / {exact_duration(year.leave_taken)}"
    sheet.add("pair", gettext("Sick leave earned / taken"), leave)


# --- the proof ------------------------------------------------------------------------------------------------------


def _proof(payslip_id: UUID, by: Actor) -> dict[str, Any] | Problem:
    try:
        return seal_proofs.of_payslip(payslip_id, by)
    except Problem as refused:
        return refused


def _prove(paper: Paper, proof: dict[str, Any] | Problem, ids: str) -> None:
    """The seal of the payslip's entry as letters and as a QR code; the whole proof is in the file."""
    if isinstance(proof, Problem):
        paper.text(said(proof.title))
        paper.small(ids)
        return
    text = json.dumps(proof, ensure_ascii=False, indent=1)
    first = verify.check(text).entries[0]
    line = next(each for each in proof["seals"] if each.startswith(f"{first.seal} "))
    published, checked = _address("public.seal_lines"), _address("public.check_proof")
    beside = [
        gettext("Sealed: number %(number)s, place %(place)s", number=first.seal, place=first.place),
        line,
        gettext("This line stands in the published list: %(address)s", address=published),
        gettext("The whole proof is attached to this file as proof.json. Check it at %(address)s", address=checked),
        ids,
    ]
    paper.square(line, beside)
    paper.attach("proof.json", text.encode(), gettext("The proof of this payslip"))


def _address(endpoint: str) -> str:
    address: str = url_for(endpoint, _external=True)
    return address
