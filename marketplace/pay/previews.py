"""What a run would pay now, and how that differs from the last one of its kind. Reads only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import structlog
from sqlalchemy import exists, func, select

from marketplace.accounts import queries as accounts
from marketplace.accounts.rules import Actor, OperatorRole, require_operator
from marketplace.core import clock
from marketplace.core.db import db, raised
from marketplace.core.money import Money, total
from marketplace.pay import comparison
from marketplace.pay.comparison import Comparison, Totals
from marketplace.pay.groups import service as groups
from marketplace.pay.models import PayRun, Payslip
from marketplace.pay.rules import BOOKED, NotForeseen, check_through
from marketplace.pay.runs import bonuses, cashing, counts, due, rail_fees, trials, weeks, works
from marketplace.pay.runs.counts import Count, Counts, PaidFor
from marketplace.pay.runs.lines import DraftLine, draft, fees_returned, of_bonuses, of_weeks, paid_out
from marketplace.pay.taxes import withholding
from marketplace.pay.taxes.rules import CONTRACTOR, NO_INCOME
from marketplace.standards.line_kinds import OWN_BENEFITS, Payee
from marketplace.workforce.pay_scope import PayScope

Nets = Mapping[str, Mapping[UUID, int]]
"""Everybody's net pay, by currency and person."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Preview:
    """What a run started now would take and pay, in one currency."""

    currency: str
    timesheets: int
    other_pay: Sequence[Count]
    """What it would pay for beside timesheets."""
    people: int
    net: Money
    withheld: Money
    """What of the net pay laws take, as far as is known today; below zero where more is given back."""
    benefits: Money
    leave: Money
    """What of the net pay comes from people's own sick leave, and costs no company anything."""
    cost: Money

    @property
    def due(self) -> Money:
        """What would be sent to people: the net pay without the tax."""
        return self.net - self.withheld


@dataclass(frozen=True, slots=True)
class Compared:
    """The previews, and beside them what the last run of the same scope paid; no comparison where there is none."""

    currencies: Sequence[Preview]
    compared_with: PayRun | None
    comparison: Sequence[Comparison]


@dataclass(frozen=True, slots=True)
class _Drafted:
    """The lines that a run would write, what they pay for, and everybody who would have a payslip of it."""

    lines: Sequence[DraftLine]
    paid_for: Counts
    nets: Nets


def preview(scope: PayScope, seen_by: Actor) -> list[Preview]:
    """What `start_run()` would do now, by currency; nothing is changed. For operators of finance."""
    require_operator(seen_by, OperatorRole.FINANCE)
    return foreseen(scope)


def timesheets_due(*, through: date, seen_by: Actor) -> int:
    """How many timesheets a run of everybody would pay, without reckoning what. For operators of finance."""
    require_operator(seen_by, OperatorRole.FINANCE)
    waiting = works.payable_timesheets(due.but_for_set_aside(PayScope(through))).order_by(None).subquery()
    return int(db.session.scalar(select(func.count()).select_from(waiting)) or 0)


def compare(company_id: UUID | None, *, through: date, seen_by: Actor, group_id: UUID | None = None) -> Compared:
    """What `start_run()` would do now, by currency, beside what the last booked run of the same company or group, or of
    all, has paid. For operators of finance, who read the names of those whose pay changes most. Raises NotFound,
    GroupEnded, TooFarAhead, NotForeseen."""
    require_operator(seen_by, OperatorRole.FINANCE)
    check_through(through, clock.now().date())
    countries = None if group_id is None else groups.standing(group_id).countries
    drafted = _draft_or_say(PayScope(through, company_id, countries=countries))
    previews = _previews(drafted)
    last = _last(company_id, group_id)
    if last is None:
        return Compared(previews, None, [])
    then, nets_then = _paid_by(last)
    now = {each.currency: _totals(each) for each in previews}
    codes = sorted({*then, *now})
    nets = {code: (nets_then.get(code, {}), drafted.nets.get(code, {})) for code in codes}
    names = accounts.person_name([each for code in codes for each in comparison.most_changed(*nets[code])])
    compared = [
        comparison.compared(
            then.get(code, comparison.nothing(code)), now.get(code, comparison.nothing(code)), nets[code], names
        )
        for code in codes
    ]
    return Compared(previews, last, compared)


def foreseen(scope: PayScope) -> list[Preview]:
    """What a run of this scope would do now, by currency, for whoever may know it. Raises NotForeseen."""
    return _previews(_draft_or_say(scope))


def _draft_or_say(scope: PayScope) -> _Drafted:
    """Raises NotForeseen where something cannot be reckoned, whatever the fault of it is."""
    drafted: list[_Drafted] = []
    if because := raised(scope, lambda each: drafted.append(_draft(each))):
        log.error("pay_run.not_foreseen", exc_info=because)
        raise NotForeseen from because
    return drafted[0]


def _draft(scope: PayScope) -> _Drafted:
    scope = due.but_for_set_aside(scope)
    sheets = db.session.scalars(works.payable_timesheets(scope)).all()
    again = works.of_cuts(db.session.scalars(works.payable_cuts(scope)).all())
    again += works.of_back_pays(db.session.scalars(works.payable_back_pays(scope)).all())
    found = [*works.of_timesheets(sheets), *again]
    paid = works.paid_lines([work.booking_id for work in again])
    tests = trials.of(db.session.scalars(trials.payable(scope)).all())
    people = {work.contractor_id for work in found} | {each.contractor_id for each in tests}
    lines = draft(works.at_their_floors(found), works.leave_earned(people), paid, tests, works.leave_caps(people))
    lines += paid_out(cashing.preview(scope))
    lines += of_weeks(weeks.preview(scope))
    lines += fees_returned(rail_fees.preview(scope))
    lines += of_bonuses(bonuses.preview(scope))
    nets: dict[str, dict[UUID, int]] = {}
    for line in lines:
        own, money = nets.setdefault(line.price.money.currency, {}), line.price.money
        net = money.amount if line.price.payee is Payee.CONTRACTOR else 0
        own[line.work.contractor_id] = own.get(line.work.contractor_id, 0) + net
    paid_for = counts.counted(lines)
    if scope.company_id is None:
        # Whoever is given tax back is paid it even where nothing else is.
        waiting = db.session.execute(withholding.waiting_returns(scope)).all()
        alone = [(who, code) for who, code in waiting if who not in nets.get(code, {})]
        for who, code in alone:
            nets.setdefault(code, {})[who] = 0
        paid_for = counts.added(paid_for, counts.returned(code for _, code in alone))
    return _Drafted(lines, paid_for, nets)


def _previews(drafted: _Drafted) -> list[Preview]:
    paid_in = {(who, code) for code, own in drafted.nets.items() for who in own}
    taxes = withholding.foresee(_incomes(drafted.lines), paid_in)
    previews = []
    for code in sorted(drafted.nets):
        own = [line for line in drafted.lines if line.price.money.currency == code]
        by_payee = {
            payee: total((line.price.money for line in own if line.price.payee is payee), code) for payee in Payee
        }
        taken = total((line.price.money for line in own if line.price.kind in OWN_BENEFITS), code)
        previews.append(
            Preview(
                currency=code,
                timesheets=_timesheets(drafted.paid_for, code),
                other_pay=counts.beside_timesheets(drafted.paid_for, code),
                people=len(drafted.nets[code]),
                net=by_payee[Payee.CONTRACTOR],
                withheld=Money(taxes.get(code, 0), code),
                benefits=by_payee[Payee.BENEFITS],
                leave=taken,
                cost=total(by_payee.values(), code) - taken,
            )
        )
    return previews


def _last(company_id: UUID | None, group_id: UUID | None) -> PayRun | None:
    """The last run of one company, one group, or all, that paid anybody and is in the books. What people had paid at
    once is none (INSTANT_PAY)."""
    of_whom = (PayRun.company_id.is_not_distinct_from(company_id), PayRun.group_id.is_not_distinct_from(group_id))
    # A run of everybody but the people of pay groups is no run of all.
    whole = (PayRun.contractor_id.is_(None), PayRun.parted_from_id.is_(None), func.cardinality(PayRun.all_but) == 0)
    found = select(PayRun).where(
        *of_whom, *whole, PayRun.status.in_(BOOKED), exists().where(Payslip.run_id == PayRun.id)
    )
    return db.session.scalars(found.order_by(PayRun.started_at.desc(), PayRun.id.desc()).limit(1)).one_or_none()


def _paid_by(run: PayRun) -> tuple[dict[str, Totals], dict[str, dict[UUID, int]]]:
    """What a run has paid by currency, and everybody's net pay: in one statement, without its lines. What was parted
    from it is not paid by it."""
    sums = (Payslip.net_amount, Payslip.benefits_amount, Payslip.leave_amount, Payslip.cost_amount)
    nets: dict[str, dict[UUID, int]] = {}
    amounts: dict[str, list[int]] = {}
    for who, code, *own in db.session.execute(
        select(Payslip.contractor_id, Payslip.currency, *sums).where(Payslip.run_id == run.id)
    ):
        nets.setdefault(code, {})[who] = own[0]
        amounts[code] = [so_far + each for so_far, each in zip(amounts.get(code, [0] * 4), own, strict=True)]
    totals = {
        code: Totals(len(nets[code]), _timesheets(run.paid_for, code), *(Money(each, code) for each in amounts[code]))
        for code in amounts
    }
    return totals, nets


def _totals(each: Preview) -> Totals:
    return Totals(each.people, each.timesheets, each.net, each.benefits, each.leave, each.cost)


def _timesheets(paid_for: Counts, code: str) -> int:
    return paid_for.get(code, {}).get(PaidFor.TIMESHEET, 0)


def _incomes(lines: Sequence[DraftLine]) -> list[withholding.Income]:
    """What these lines pay people as contractors, as `withholding` counts it of payslips: by person, company and
    currency, each where its first line stands."""
    sums: dict[tuple[UUID, UUID, str], int] = {}
    for line in lines:
        work, money = line.work, line.price.money
        kind = work.columns.get("engagement_type") or CONTRACTOR
        is_pay = line.price.payee is Payee.CONTRACTOR and line.price.kind not in NO_INCOME
        if is_pay and work.company_id is not None and kind == CONTRACTOR:
            key = (work.contractor_id, work.company_id, money.currency)
            sums[key] = sums.get(key, 0) + money.amount
    return [
        withholding.Income(None, person, company, Money(amount, code))
        for (person, company, code), amount in sums.items()
    ]
