"""What a rail is told of a payment beside its amount: where it goes, and what it is for.

Ids and sums, never a name: a rail keeps them for years, and whoever looks at its pages sees them.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy import Text, cast, func, select

from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.pay.methods import service as methods
from marketplace.pay.models import PayLine, PayRun, Payslip
from marketplace.pay.rails import stripe_rules
from marketplace.standards import rail_reach
from marketplace.standards.line_kinds import Payee
from marketplace.workforce.models import Contractor

WORDS = "Setara: deposit"
"""What a payer reads on the rail's page."""
SLACK = 3600
"""Seconds by which a rail's clock may be behind ours."""


def of_deposit(company_id: UUID) -> dict[str, Any]:
    """`since` is when a rail begins to look for it, in its own time, which is the machine's."""
    return {
        "words": WORDS,
        "transfer_group": f"company:{company_id}",
        "since": int(clock.machine_time().timestamp()) - SLACK,
        "metadata": stripe_rules.metadata({"company": company_id}),
    }


def of_payouts(payslips: Sequence[Payslip]) -> dict[UUID, tuple[str, dict[str, Any]]]:
    """For each payslip the rail of its run, and what that is told: where the person is paid there, the run, and the
    contracts, engagements and benefits that the payslip tells of."""
    rails = _rails({slip.run_id for slip in payslips})
    places = methods.in_force({(rails[slip.run_id], slip.contractor_id) for slip in payslips})
    facts = _facts([slip.id for slip in payslips])
    nowhere = {each.contractor_id for each in payslips if (rails[each.run_id], each.contractor_id) not in places}
    unreached = _unreached(nowhere)
    told = {}
    for slip in payslips:
        name = rails[slip.run_id]
        own = {
            "payslip": slip.id,
            "pay_run": slip.run_id,
            "contractor": slip.contractor_id,
            "net": slip.net,
            "benefits": slip.benefits,
        } | ({"withheld": slip.withheld} if slip.withheld else {})
        method, destination = places.get((name, slip.contractor_id), (None, None))
        params: dict[str, Any] = {
            "payslip": str(slip.id),
            "method": None if method is None else str(method.id),
            "destination": destination,
            "transfer_group": f"pay_run:{slip.run_id}",
            "metadata": stripe_rules.metadata(own | facts.get(slip.id, {})),
        }
        if name in rail_reach.BY_COUNTRY and slip.contractor_id in unreached:
            params["unreached"] = unreached[slip.contractor_id]
        told[slip.id] = (name, params)
    return told


def _rails(run_ids: Collection[UUID]) -> dict[UUID, str]:
    rows = db.session.execute(select(PayRun.id, PayRun.rail).where(PayRun.id.in_(run_ids)))
    return {row.id: row.rail for row in rows}


def _unreached(contractor_ids: Collection[UUID]) -> dict[UUID, str]:
    """The countries of those people whom Stripe pays nobody in."""
    if not contractor_ids:
        return {}
    rows = db.session.execute(select(Contractor.id, Contractor.country).where(Contractor.id.in_(contractor_ids)))
    lives = {row.id: row.country for row in rows}
    missing = rail_reach.not_paid(stripe_rules.LIVE, set(lives.values()), current_app.config["STRIPE_COUNTRY"])
    return {each: country for each, country in lives.items() if country in missing}


def _facts(payslip_ids: Collection[UUID]) -> Mapping[UUID, dict[str, object]]:
    """What the lines of each payslip say together."""
    found: dict[UUID, dict[str, object]] = {}
    contracts = func.array_agg(cast(PayLine.contract_id, Text).distinct()).filter(PayLine.contract_id.is_not(None))
    kinds = func.array_agg(PayLine.engagement_type.distinct()).filter(PayLine.engagement_type.is_not(None))
    sums = (
        select(PayLine.payslip_id, contracts.label("contracts"), kinds.label("kinds"))
        .add_columns(func.min(PayLine.began_at).label("first"), func.max(PayLine.began_at).label("last"))
        .where(PayLine.payslip_id.in_(payslip_ids))
        .group_by(PayLine.payslip_id)
    )
    for row in db.session.execute(sums):
        found[row.payslip_id] = {
            "contracts": ",".join(sorted(row.contracts or ())),
            "engagement": ",".join(sorted(row.kinds or ())),
            "first_work": row.first.date().isoformat(),
            "last_work": row.last.date().isoformat(),
        }
    benefits = (
        select(PayLine.payslip_id, PayLine.kind, PayLine.currency, func.sum(PayLine.amount).label("amount"))
        .where(PayLine.payslip_id.in_(payslip_ids), PayLine.payee_kind == Payee.BENEFITS)
        .group_by(PayLine.payslip_id, PayLine.kind, PayLine.currency)
    )
    for row in db.session.execute(benefits):
        found[row.payslip_id][str(row.kind)] = Money(int(row.amount), row.currency)
    return found
