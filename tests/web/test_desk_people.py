"""People at the operators' desk: looked at, taken in or refused, compared with lists, and each with a reason."""

from typing import Any

from marketplace.accounts.rules import CONSOLE, OperatorRole
from marketplace.core.db import db
from marketplace.workforce import documents, policy, residence, screening
from marketplace.workforce import queries as workforce_queries
from marketplace.workforce.papers import Purpose
from marketplace.workforce.rules import ContractorStatus, RequirementKind, RequirementStatus
from tests.factories import accounts, workforce
from tests.papers import png
from tests.web.desk import Desk, operator
from tests.web.visitor import Page, Visitor

SANCTIONS = "name,aliases,birth_date,country,source,date\nVladimir Ivanov,,1961,RU,Example list,2026-11-01\n"


def test_a_person_is_looked_at_and_taken_in(desk: Desk) -> None:
    who = workforce.applied()
    path = f"/people/{who.id}"
    assert "0 of 7 requirements met" in desk.look("/people").words
    early = desk.send(path, f"{path}/decision", reason="Seems fine.", decision="vet")
    assert early.status == 409
    assert "Not every requirement is met." in early.words
    assert early.form("/decision").values["reason"] == ["Seems fine."]
    me = accounts.actor_of(who.id)
    workforce.shown(me)
    seen = dict.fromkeys(workforce.LOOKED_AT, True)
    assert _decide(desk, who.id, seen).status == 200
    desk.send(path, f"{path}/decision", reason="Everything was shown.", decision="vet")
    db.session.refresh(who)
    assert who.status is ContractorStatus.VETTED
    assert "Everything was shown." in desk.look(path).words


def test_papers_stand_beside_what_was_declared_and_a_look_is_told(desk: Desk) -> None:
    who = workforce.applied()
    workforce.shown(accounts.actor_of(who.id))
    path = f"/people/{who.id}/papers"
    page = desk.look(path)
    assert "passport, United States" in page.words
    assert 'class="paper"' not in page.html, "nothing is opened before somebody looks"
    kept = documents.documents(who.id, accounts.actor_of(who.id))[0]
    opened = desk.look(f"{path}?look={kept.id}")
    assert f"/people/{who.id}/documents/{kept.id}" in opened.html
    shown = desk.visitor.client.get(f"/desk/people/{who.id}/documents/{kept.id}")
    assert (shown.status_code, shown.mimetype) == (200, "image/png")
    assert "An operator looked at a document." in desk.look(f"/people/{who.id}").words
    chosen = {"decisions__identity__met": "true", "decisions__identity__reason": "The photograph is theirs."}
    assert desk.send(path, path, **chosen).status == 200


def test_several_people_are_decided_about_in_one_act_each_with_a_reason(desk: Desk) -> None:
    first, second = workforce.applied(), workforce.applied()
    for who in (first, second):
        workforce.shown(accounts.actor_of(who.id))
    page = desk.look("/vetting")
    assert page.words.index("waits for an operator") > 0
    nothing = desk.visitor.hand_in(page, "/desk/vetting", reason="Looked at.", met="true")
    assert (nothing.status, "Nothing was chosen." in nothing.words) == (422, True)
    never_shown = {"reason": ["Seen."], "met": ["true"], "chosen": [f"{first.id} residence yesterday"]}
    made_up = {name: list(values) for name, values in page.form("/desk/vetting").values.items()} | never_shown
    assert desk.visitor.client.post("/desk/vetting", data=made_up, headers={"Accept": "text/html"}).status_code == 404
    offered = page.form("/desk/vetting").options["chosen"]
    chosen = [each for each in offered if f"{first.id} residence" in each or f"{second.id} residence" in each]
    own = {f"own__{second.id}_residence": "The bill is in their name."}
    desk.visitor.hand_in(nothing, "/desk/vetting", reason="Looked at.", met="true", chosen=chosen, **own)
    by = accounts.operator(OperatorRole.VETTING)
    said = {
        who.id: next(row for row in workforce_queries.requirements(who.id, by) if row.kind == "residence")
        for who in (first, second)
    }
    assert [row.status for row in said.values()] == [RequirementStatus.MET] * 2
    assert [row.reason for row in said.values()] == ["Looked at.", "The bill is in their name."]


def test_whoever_has_shown_everything_is_taken_in_with_others(desk: Desk) -> None:
    first, second, late = workforce.ready(), workforce.ready(), workforce.applied()
    page = desk.look("/vetting")
    assert page.html.count('name="taken_in"') == 2
    assert f'value="{late.id}"' not in page.html
    form = "/desk/vetting/admissions"
    nothing = desk.visitor.hand_in(page, form, why="Everything was shown.")
    assert (nothing.status, "Nothing was chosen." in nothing.words) == (422, True)
    chosen = [str(first.id), str(second.id)]
    after = desk.visitor.hand_in(nothing, form, why="Everything was shown.", taken_in=chosen)
    assert "Take in those who have shown everything" not in after.words
    for who in (first, second):
        db.session.refresh(who)
        assert who.status is ContractorStatus.VETTED
        assert workforce_queries.decisions(who.id)[0].reason == "Everything was shown."


def test_a_move_is_looked_at_and_accepted(desk: Desk) -> None:
    ana = workforce.contractor()
    me = accounts.actor_of(ana.id)
    documents.hand_in([(Purpose.MOVE, png())], by=me)
    move = residence.ask_to_move("US", "US-WA", "America/Los_Angeles", "Since May.", by=me)
    assert "US-KS → US-WA" in desk.look("/vetting").words
    page = desk.look(f"/moves/{move.id}")
    assert "“Since May.”" in page.words
    refused = desk.visitor.hand_in(page, f"/moves/{move.id}", reason=" ", granted="true")
    assert refused.status == 422
    desk.visitor.hand_in(refused, f"/moves/{move.id}", reason="The lease names her.", granted="true")
    db.session.refresh(ana)
    assert ana.subdivision == "US-WA"


def test_what_will_not_do_is_refused_with_a_reason(desk: Desk) -> None:
    who = workforce.applied()
    _decide(desk, who.id, {RequirementKind.AGE: False})
    rows = workforce_queries.requirements(who.id, accounts.operator(OperatorRole.VETTING))
    (age,) = (row for row in rows if row.kind is RequirementKind.AGE)
    assert (age.status, age.reason) == (RequirementStatus.REFUSED, "Looked at it.")


def test_a_decision_without_its_reason_or_its_outcome_keeps_back_the_others(desk: Desk) -> None:
    who = workforce.applied()
    workforce.declared(accounts.actor_of(who.id))
    workforce.service.submit_requirement(RequirementKind.IDENTITY, "A passport.", by=accounts.actor_of(who.id))
    path, action = f"/people/{who.id}", f"/people/{who.id}/requirements"
    both = {"decisions__identity__met": "true", "decisions__identity__reason": "Seen."}
    for wrong in ({"decisions__age__met": "false"}, {"decisions__age__reason": "Too young."}):
        page = desk.send(path, action, **both, **wrong)
        assert page.status == 422
        assert page.form("/requirements").values["decisions.identity.reason"] == ["Seen."]
    assert desk.send(path, action).status == 422
    rows = workforce_queries.requirements(who.id, accounts.operator(OperatorRole.VETTING))
    assert RequirementStatus.MET not in {row.status for row in rows}


def test_a_refusal_and_a_suspension_are_written_and_ended(desk: Desk) -> None:
    who, other = workforce.contractor(), workforce.applied()
    path = f"/people/{who.id}"
    desk.send(path, f"{path}/decision", reason="The account was rented out.", decision="suspend")
    db.session.refresh(who)
    assert who.status is ContractorStatus.SUSPENDED
    desk.send(path, f"{path}/decision", reason="It was not.", decision="reinstate")
    db.session.refresh(who)
    assert who.status is ContractorStatus.VETTED
    desk.send(f"/people/{other.id}", f"/people/{other.id}/decision", reason="No papers.", decision="refuse")
    assert "No papers." in desk.look(f"/people/{other.id}").words
    assert not desk.look(f"/people/{other.id}").offers("/decision")


def test_nobody_decides_about_themselves(visitor: Visitor) -> None:
    me = operator(OperatorRole.VETTING)
    workforce.ready(me)
    desk = Desk(visitor.signed_in(me))
    page = desk.send(f"/people/{me.id}", f"/people/{me.id}/decision", reason="I am fine.", decision="vet")
    assert page.status == 403
    assert "Nobody decides about themselves." in page.words


def _decide(desk: Desk, person_id: Any, met: dict[RequirementKind, bool]) -> Page:
    """Fills the form of one person's requirements: which are met, and for each the same reason."""
    chosen = {f"decisions__{kind}__met": str(outcome).lower() for kind, outcome in met.items()}
    reasons = {f"decisions__{kind}__reason": "Looked at it." for kind in met}
    return desk.send(f"/people/{person_id}", f"/people/{person_id}/requirements", **chosen, **reasons)


def test_a_list_is_loaded_as_a_file_and_says_what_is_new(visitor: Visitor) -> None:
    workforce.applied()
    visitor.signed_in(operator(OperatorRole.ADMIN))
    desk = Desk(visitor)
    bad = (SANCTIONS + ",,,,,\n").encode()
    page = desk.visitor.hand_in(desk.look("/screening"), "/screening/lists", file=bad)
    assert (page.status, f"There is no name in line {SANCTIONS.count(chr(10)) + 1}." in page.words) == (422, True)
    page = desk.visitor.hand_in(page, "/screening/lists", file=SANCTIONS.encode())
    entries = SANCTIONS.count("\n") - 1
    assert f"{entries} entries, {entries} new, 0 gone." in page.words
    assert "0 of 1 person is compared" in page.words
    screening.screen_due(100)
    assert "1 of 1 person is compared" in desk.look("/screening").words


def test_the_next_policy_is_published_with_a_reason_and_keeps_what_protects(visitor: Visitor) -> None:
    visitor.signed_in(operator(OperatorRole.STANDARDS))
    desk = Desk(visitor)
    assert desk.visitor.hand_in(desk.look("/vetting/policy"), "/vetting/policy").status == 422
    page = desk.look("/vetting/policy")
    given = {"kinds": ["residence", "right_to_work"], "identity_by": ["documents", "call"], "work_evidence_in": ["DE"]}
    page = desk.visitor.hand_in(
        page, "/vetting/policy", **given, documents_for=["identity"], reason="Tax is asked later."
    )
    assert "Version 2, in force" in page.words
    assert "Tax is asked later." in page.words
    asked = policy.current()
    assert {"identity", "age", "terms", "residence", "right_to_work"} == set(asked.kinds)
    assert asked.work_evidence_in == {"DE"}


def test_a_name_on_a_list_is_looked_at_on_the_desk(desk: Desk) -> None:
    assert "No list is loaded" in desk.look("/screening").words
    who = workforce.applied(accounts.person(name="Vladimir Ivanov"))
    screening.load_list(SANCTIONS, by=CONSOLE)
    screening.screen_due(100)
    page = desk.look("/screening")
    assert "100 of 100" in page.words or "90 of 100" in page.words
    desk.visitor.hand_in(page, "/desk/screening", reason="Another man.", same_person="false")
    assert "Another man." in desk.look("/screening").words
    assert who.status is ContractorStatus.APPLIED
