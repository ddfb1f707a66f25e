"""The doors of qualifications: their owners', and those of whoever takes a test."""

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from marketplace.accounts.auth import actor
from marketplace.accounts.rules import require_person
from marketplace.core.http import PageArgs, page, problems
from marketplace.core.idempotency import required
from marketplace.qualifications import attempts, authoring, contests, funding, holdings, papers, queries
from marketplace.qualifications import schemas as s
from marketplace.qualifications.analysis import report
from marketplace.qualifications.models import Attempt, Holding, Qualification, TestContest, TestFunding, TestVersion
from marketplace.qualifications.rules import Paper, Spec

owners = Blueprint(
    "qualifications",
    __name__,
    url_prefix="/api/v1/qualifications",
    description="What people can show that they can do: tests, written by companies and by the service.",
)
takers = Blueprint(
    "tests", __name__, url_prefix="/api/v1/tests", description="Taking a test. Its minutes are paid, pass or fail."
)
results = Blueprint(
    "test_contests", __name__, url_prefix="/api/v1/test-contests", description="Contested results of tests."
)
blueprints = (owners, takers, results)

# --- owners -----------------------------------------------------------------------------------------------------------


@owners.get("")
@owners.arguments(s.OwnerArgs, location="query")
@owners.response(200, s.QualificationPage)
@problems(owners, 401, 403, 404, 422)
def list_qualifications(args: dict[str, Any]) -> dict[str, Any]:
    """The qualifications of a company, or the service's own for its operators."""
    return page(queries.owned(args.pop("company_id"), actor()), Qualification.id, **args)


@owners.post("")
@owners.arguments(s.NewQualificationSchema)
@owners.response(201, s.QualificationSchema)
@problems(owners, 401, 403, 404, 409, 422)
def draft(given: dict[str, Any]) -> Qualification:
    """Describe a qualification. Nobody else sees it before its test is published."""
    return authoring.draft(given["company_id"], given["spec"], by=actor())


@owners.get("/<uuid:qualification_id>")
@owners.etag
@owners.response(200, s.QualificationSchema)
@problems(owners, 401, 403, 404)
def show_qualification(qualification_id: UUID) -> Qualification:
    """One qualification of yours."""
    return queries.own(qualification_id, actor())


@owners.put("/<uuid:qualification_id>")
@owners.arguments(s.QualificationSpecSchema)
@owners.response(200, s.QualificationSchema)
@problems(owners, 401, 403, 404, 409, 422)
def revise(given: dict[str, Spec], qualification_id: UUID) -> Qualification:
    """Describe it anew, while it is a draft."""
    return authoring.revise(qualification_id, given["spec"], by=actor())


@owners.get("/<uuid:qualification_id>/versions")
@owners.response(200, s.TestVersionsSchema)
@problems(owners, 401, 403, 404)
def list_versions(qualification_id: UUID) -> dict[str, list[TestVersion]]:
    """Every version of its test with its keys, newest first."""
    return {"items": queries.versions(queries.own(qualification_id, actor()).id)}


@owners.put("/<uuid:qualification_id>/test")
@owners.arguments(s.PaperSchema)
@owners.response(200, s.TestVersionSchema)
@problems(owners, 401, 403, 404, 409, 422)
def write(given: Paper, qualification_id: UUID) -> TestVersion:
    """Write the next version of the test, in place of one that is not published. A published one never changes."""
    authoring.write(qualification_id, given, by=actor())
    return queries.versions(qualification_id)[0]


@owners.post("/<uuid:qualification_id>/publish")
@owners.response(200, s.QualificationSchema)
@problems(owners, 401, 403, 404, 409, 422)
def publish(qualification_id: UUID) -> Qualification:
    """Publish the version that was written last. Who holds the qualification keeps it until it ends."""
    return authoring.publish(qualification_id, by=actor())


@owners.post("/<uuid:qualification_id>/close")
@owners.response(200, s.QualificationSchema)
@problems(owners, 401, 403, 404, 409)
def close(qualification_id: UUID) -> Qualification:
    """Let nobody begin it any more. Its unused money goes back to the company."""
    return authoring.close(qualification_id, by=actor())


@owners.post("/<uuid:qualification_id>/fund")
@required
@owners.arguments(s.TestMoneySchema)
@owners.response(201, s.TestFundingSchema)
@problems(owners, 401, 403, 404, 409, 422)
def fund(given: dict[str, Any], qualification_id: UUID) -> TestFunding:
    """Set the company's money aside for attempts. Without it the test is not offered."""
    return funding.fund(qualification_id, given["money"], by=actor())


@owners.post("/<uuid:qualification_id>/take-back")
@required
@owners.response(201, s.TestFundingSchema)
@problems(owners, 401, 403, 404, 409)
def take_back(qualification_id: UUID) -> TestFunding:
    """Take back what no attempt has set aside."""
    return funding.take_back(qualification_id, by=actor())


@owners.get("/<uuid:qualification_id>/granted")
@owners.arguments(PageArgs, location="query")
@owners.response(200, s.HoldingPage)
@problems(owners, 401, 403, 404, 422)
def list_granted(args: dict[str, Any], qualification_id: UUID) -> dict[str, Any]:
    """To whom you gave it without a test."""
    return page(queries.granted(qualification_id, actor()), Holding.id, **args)


@owners.post("/<uuid:qualification_id>/granted/<uuid:holding_id>/withdraw")
@owners.arguments(s.WithdrawalSchema)
@owners.response(200, s.HoldingSchema)
@problems(owners, 401, 403, 404, 409, 422)
def withdraw(given: dict[str, Any], qualification_id: UUID, holding_id: UUID) -> Holding:
    """Take back what you gave without a test, and say why. The person can contest it; accepted shifts stay."""
    return holdings.withdraw(qualification_id, holding_id, given["reason"], by=actor())


@owners.get("/<uuid:qualification_id>/attempts")
@owners.arguments(PageArgs, location="query")
@owners.response(200, s.AttemptPage)
@problems(owners, 401, 403, 404, 422)
def list_attempts(args: dict[str, Any], qualification_id: UUID) -> dict[str, Any]:
    """Who took the test, and what came of it."""
    return page(queries.attempts_at(qualification_id, actor()), Attempt.id, **args)


@owners.get("/<uuid:qualification_id>/analysis")
@owners.response(200, s.AnalysisSchema)
@problems(owners, 401, 403, 404)
def analyse(qualification_id: UUID) -> dict[str, Any]:
    """How hard each item of the version in force is, whether it tells who can do it, and which keys look wrong."""
    version = queries.in_force(queries.own(qualification_id, actor()).id)
    if version is None:
        return {"items": []}
    scores = [(each.attempt_id, each.item_id, each.scored) for each in queries.scored_items(version.id)]
    return {"items": report([item.id for item in version.items], scores)}


# --- taking a test ----------------------------------------------------------------------------------------------------


@takers.get("")
@takers.response(200, s.OpenTestsSchema)
@problems(takers, 401, 403, 404)
def list_tests() -> dict[str, list[queries.Openness]]:
    """Every open test as it stands for you: what it pays you, and when you may take it."""
    by = actor()
    return {"items": queries.open_to(require_person(by), by)}


@takers.get("/held")
@takers.response(200, s.HoldingsSchema)
@problems(takers, 401, 403, 404)
def list_held() -> dict[str, list[Holding]]:
    """All that you hold or held, newest first."""
    by = actor()
    return {"items": queries.holdings(require_person(by), by)}


@takers.get("/attempts")
@takers.arguments(PageArgs, location="query")
@takers.response(200, s.AttemptPage)
@problems(takers, 401, 403, 422)
def list_mine(args: dict[str, Any]) -> dict[str, Any]:
    """Every test that you began."""
    return page(queries.attempts_of(require_person(actor())), Attempt.id, **args)


@takers.get("/attempts/<uuid:attempt_id>")
@takers.etag
@takers.response(200, s.SheetSchema)
@problems(takers, 401, 404)
def show_attempt(attempt_id: UUID) -> papers.Sheet:
    """Your attempt with its items and what you answered; afterwards with what each answer was worth."""
    return papers.sheet(attempt_id, actor())


@takers.put("/attempts/<uuid:attempt_id>/answers/<uuid:item_id>")
@takers.arguments(s.TestAnswerSchema)
@takers.response(200, s.AttemptSchema)
@problems(takers, 401, 404, 409, 422)
def save(given: dict[str, Any], attempt_id: UUID, item_id: UUID) -> Attempt:
    """Save the answer to one item, in place of the one before."""
    return attempts.save(attempt_id, item_id, given["value"], by=actor())


@takers.post("/attempts/<uuid:attempt_id>/hand-in")
@takers.response(200, s.AttemptSchema)
@problems(takers, 401, 404, 409)
def hand_in(attempt_id: UUID) -> Attempt:
    """Hand it in and read the result. Twice is once."""
    return attempts.hand_in(attempt_id, by=actor())


@takers.post("/attempts/<uuid:attempt_id>/give-up")
@takers.response(200, s.AttemptSchema)
@problems(takers, 401, 404, 409)
def give_up(attempt_id: UUID) -> Attempt:
    """End it without a result. Your minutes are paid."""
    return attempts.give_up(attempt_id, by=actor())


@takers.post("/attempts/<uuid:attempt_id>/contest")
@takers.arguments(s.ContestedSchema)
@takers.response(201, s.TestContestSchema)
@problems(takers, 401, 404, 409, 422)
def contest(given: dict[str, Any], attempt_id: UUID) -> TestContest:
    """Say which item of a failed test is wrong. A human who did not write it looks."""
    return contests.contest(attempt_id, **given, by=actor())


# --- contested results ------------------------------------------------------------------------------------------------


@results.get("")
@results.arguments(s.ContestListArgs, location="query")
@results.response(200, s.TestContestPage)
@problems(results, 401, 403, 404, 422)
def list_contests(args: dict[str, Any]) -> dict[str, Any]:
    """Yours, those of a company's tests, or all of them for operators."""
    return page(queries.contests(actor(), args.pop("company_id")), TestContest.id, **args)


@results.post("/<uuid:contest_id>/uphold")
@results.arguments(s.CorrectionSchema)
@results.response(200, s.TestContestSchema)
@problems(results, 401, 403, 404, 409, 422)
def uphold(given: dict[str, Any], contest_id: UUID) -> TestContest:
    """The item was wrong: correct it. Everybody who took that version is scored anew, and nobody loses by it."""
    return contests.uphold(contest_id, **given, by=actor())


@results.post("/<uuid:contest_id>/dismiss")
@results.arguments(s.ContestDecisionSchema)
@results.response(200, s.TestContestSchema)
@problems(results, 401, 403, 404, 409, 422)
def dismiss(given: dict[str, Any], contest_id: UUID) -> TestContest:
    """The item is right as it stands. The person reads why."""
    return contests.dismiss(contest_id, **given, by=actor())
