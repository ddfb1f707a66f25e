"""The pages of a company's papers: handed in on its own page, looked at on the operator's."""

from marketplace.accounts.models import Person
from marketplace.accounts.rules import OperatorRole
from marketplace.core.db import db
from tests.factories import accounts
from tests.papers import pdf_with_script, png
from tests.web.visitor import Visitor


def test_a_company_hands_a_paper_in_and_reads_that_an_operator_looked(visitor: Visitor) -> None:
    company = accounts.company()
    owner, odi = (
        db.session.get_one(Person, who.person_id)
        for who in (accounts.owner_of(company.id), accounts.operator(OperatorRole.VETTING))
    )
    visitor.signed_in(owner)
    path, desk = f"/company/{company.id}/identity", f"/desk/companies/{company.id}"
    refused = visitor.send(path, "/identity/papers", shows="authority", file=pdf_with_script())
    assert (refused.status, "does something by itself" in refused.words) == (422, True)
    page = visitor.send(path, "/identity/papers", shows="authority", file=png())
    assert (page.status, "shows that the signatory may sign" in page.words) == (200, True)

    visitor.send("/account", "/sign-out")
    visitor.signed_in(odi)
    page = visitor.look(desk)
    address = page.html.partition(f'href="{desk}/papers/')[2].partition('"')[0]
    seen = visitor.client.get(f"{desk}/papers/{address}")
    assert (seen.status_code, seen.data[:4], seen.mimetype) == (200, b"\x89PNG", "image/png")

    visitor.send("/account", "/sign-out")
    visitor.signed_in(owner)
    assert "An operator looked at a paper of the company." in visitor.look(path).words
