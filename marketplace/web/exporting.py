"""The books as files, for whom they are: a contractor's own, a company's own, all of them for operators of finance."""

from uuid import UUID

from flask import Response

from marketplace.accounts.auth import actor
from marketplace.core.problems import NotFound
from marketplace.pay.exports import books as exports
from marketplace.pay.exports.routes import sent
from marketplace.pay.exports.rules import Format
from marketplace.web import company, operator, work


@work.blueprint.get("/pay/ledger.<form>")
def export_ledger(form: str) -> Response:
    """Every movement of one's own money."""
    wanted = _format(form)
    return sent(exports.of_person(wanted, actor()), wanted)


@company.blueprint.get("/money/ledger.<form>")
def export_ledger_of_company(company_id: UUID, form: str) -> Response:
    """Every movement of the company's money."""
    wanted = _format(form)
    return sent(exports.of_company(company_id, wanted, actor()), wanted)


@operator.blueprint.get("/ledger.<form>")
def export_all_of_ledger(form: str) -> Response:
    """All of the books."""
    wanted = _format(form)
    return sent(exports.of_everything(wanted, actor()), wanted)


def _format(name: str) -> Format:
    try:
        return Format(name)
    except ValueError:
        raise NotFound from None
