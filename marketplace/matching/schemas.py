"""Searches, their weights and their explanations on the wire."""

from typing import Any

import marshmallow as ma

from marketplace.accounts.schemas import ReasonSchema
from marketplace.core.http import MoneyField, PageArgs, Pattern, page_schema
from marketplace.gigs.rules import WorkKind
from marketplace.matching.objective import Part
from marketplace.matching.rules import (
    HORIZON,
    LONGEST_HORIZON,
    ContestStatus,
    Outcome,
    PlanStatus,
    Search,
    TrialKind,
    TrialStatus,
)
from marketplace.shifts.schemas import ERA
from marketplace.workforce.rules import Level

NAME = "^[a-z0-9]+(-[a-z0-9]+)*$"
MANY = ma.validate.Length(0, 100)


def _weights(**more: Any) -> ma.fields.Dict:
    return ma.fields.Dict(ma.fields.Enum(Part, by_value=True), ma.fields.Integer(), required=True, **more)


class WeightsSchema(ma.Schema):
    """One published version of what counts how much. Each part has 0 to 100 points; the score is the weighted sum.
    `report` is what it changed against the version before, as operators saw it before they published it."""

    version = ma.fields.Integer(required=True)
    valid_from = ma.fields.Date(required=True)
    weights = _weights(attribute="parts")
    reason = ma.fields.String(required=True)
    published_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    report = ma.fields.Dict(required=True)


class PartSchema(ma.Schema):
    part = ma.fields.Enum(Part, by_value=True, required=True)
    meaning = ma.fields.String(required=True)
    ranks_people = ma.fields.Boolean(
        required=True, metadata={"description": "Whether it counts for a person, or for the seat whoever has it"}
    )


class ObjectiveSchema(ma.Schema):
    """What counts, every version of how much, and what never counts."""

    current = ma.fields.Integer(required=True)
    parts = ma.fields.List(ma.fields.Nested(PartSchema), required=True)
    never = ma.fields.List(ma.fields.String(), required=True)
    items = ma.fields.List(ma.fields.Nested(WeightsSchema), required=True)


class NewWeightsTrialSchema(ma.Schema):
    """Weights to be tried on paper: a whole number for every part."""

    weights = _weights()


class NewWeightsSchema(ma.Schema):
    """The weights of a trial that is done become the next version."""

    trial_id = ma.fields.UUID(required=True)
    valid_from = ma.fields.Date(required=True, metadata={"description": "The first day on which they hold, in UTC"})
    reason = ma.fields.String(required=True, validate=ma.validate.Length(1, 2000))


class NewShiftTrialSchema(ma.Schema):
    """Another shift, to be tried on paper: what is left out is as it is. Lists and languages stand for all of them."""

    rate = MoneyField(load_default=None, metadata={"description": "What an hour would pay"})
    starts_at = ma.fields.AwareDateTime(load_default=None, validate=ERA)
    ends_at = ma.fields.AwareDateTime(load_default=None, validate=ERA)
    seats = ma.fields.Integer(load_default=None)
    languages = ma.fields.Dict(
        ma.fields.String(validate=Pattern("^[a-z]{2,3}$")),
        ma.fields.Enum(Level, by_value=True),
        load_default=None,
        validate=ma.validate.Length(0, 50),
    )
    skills = ma.fields.List(ma.fields.String(validate=Pattern(NAME)), load_default=None, validate=MANY)
    qualifications = ma.fields.List(ma.fields.String(validate=Pattern(NAME)), load_default=None, validate=MANY)


class TrialSchema(ma.Schema):
    """Something that was tried on paper. `result` is what would come of it, beside what comes of things as they are; it
    is empty until the trial is done. `progress` is how many of its `steps` are."""

    id = ma.fields.UUID(required=True)
    kind = ma.fields.Enum(TrialKind, by_value=True, required=True)
    status = ma.fields.Enum(TrialStatus, by_value=True, required=True)
    asked_at = ma.fields.AwareDateTime(required=True)
    done_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    weights_version = ma.fields.Integer(required=True)
    steps = ma.fields.Integer(required=True)
    progress = ma.fields.Integer(required=True)
    tried = ma.fields.Dict(required=True)
    result = ma.fields.Dict(required=True)


class ReplacementSchema(ma.Schema):
    """The search for somebody in a seat that was given back."""

    booking_id = ma.fields.UUID(required=True)
    given_back_at = ma.fields.AwareDateTime(required=True)
    search = ma.fields.Enum(
        Search,
        by_value=True,
        required=True,
        metadata={
            "description": "It `waits`; people are `asked`; there is `nobody` to ask now; somebody was `found`; the "
            "shift began with the seat `empty`; or it is `not_held`"
        },
    )
    asked = ma.fields.Integer(
        required=True, metadata={"description": "How many people were asked about the shift since"}
    )
    searched_at = ma.fields.AwareDateTime(required=True, allow_none=True)


class OpenShiftArgs(PageArgs):
    company_id = ma.fields.UUID(load_default=None)
    work_kind = ma.fields.Enum(WorkKind, by_value=True, load_default=None)
    begins_after = ma.fields.AwareDateTime(load_default=None, validate=ERA)
    begins_before = ma.fields.AwareDateTime(load_default=None, validate=ERA)
    saved = ma.fields.Boolean(
        load_default=None, metadata={"description": "Only those that you saved, or only the others"}
    )


class OpenShiftSchema(ma.Schema):
    """A shift that can be asked for."""

    id = ma.fields.UUID(required=True)
    gig_id = ma.fields.UUID(required=True)
    company_id = ma.fields.UUID(required=True)
    starts_at = ma.fields.AwareDateTime(required=True)
    ends_at = ma.fields.AwareDateTime(required=True)
    timezone = ma.fields.String(required=True)
    is_training = ma.fields.Boolean(required=True)


OpenShiftPage = page_schema(OpenShiftSchema, "OpenShiftPage")


class MatchRunSchema(ma.Schema):
    """One search. `input_sha256` is the digest of everything that the scores were reckoned from."""

    id = ma.fields.UUID(required=True)
    plan_id = ma.fields.UUID(required=True)
    shift_id = ma.fields.UUID(required=True)
    at = ma.fields.AwareDateTime(required=True)
    weights_version = ma.fields.Integer(required=True)
    seats = ma.fields.Integer(required=True)
    offered = ma.fields.Integer(required=True)
    cutoff = ma.fields.Integer(required=True, allow_none=True)
    refused = ma.fields.Dict(
        keys=ma.fields.String(),
        values=ma.fields.Integer(),
        required=True,
        metadata={
            "description": "While a seat is open: how many people each rule kept out, by the first that did; "
            "empty where fewer than 5 people could be meant"
        },
    )
    input_sha256 = ma.fields.String(required=True)


MatchRunPage = page_schema(MatchRunSchema, "MatchRunPage")


class RealisedNumbersSchema(ma.Schema):
    """Numbers of one period: seats of shifts that begin in it and how many are filled, people who were asked or have a
    seat, offers made, and minutes of those seats. Those of fewer than five people are null."""

    seats = ma.fields.Integer(required=True)
    filled = ma.fields.Integer(required=True)
    people = ma.fields.Integer(required=True, allow_none=True)
    offers = ma.fields.Integer(required=True, allow_none=True)
    minutes = ma.fields.Integer(required=True, allow_none=True)


class RealisedPeriodSchema(RealisedNumbersSchema):
    starts_at = ma.fields.AwareDateTime(required=True)
    ends_at = ma.fields.AwareDateTime(required=True)


class RealisedGroupSchema(ma.Schema):
    """A country where people live, or a language that they speak. Of the places the one without a code is all others
    together; seats are those of work that is open to the place, or needs the language."""

    code = ma.fields.String(required=True, allow_none=True)
    before = ma.fields.Nested(RealisedNumbersSchema, required=True)
    after = ma.fields.Nested(RealisedNumbersSchema, required=True)


class RealisedSchema(ma.Schema):
    """What really happened in two periods of the same length before and after a version of the weights began to hold:
    one to four whole weeks, and never beyond another change. It does not say that the weights are the cause."""

    version = ma.fields.Integer(required=True)
    changed_at = ma.fields.AwareDateTime(required=True)
    before = ma.fields.Nested(RealisedPeriodSchema, required=True)
    after = ma.fields.Nested(RealisedPeriodSchema, required=True)
    places = ma.fields.List(ma.fields.Nested(RealisedGroupSchema), required=True)
    languages = ma.fields.List(ma.fields.Nested(RealisedGroupSchema), required=True)


class RealisedListSchema(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(RealisedSchema), required=True)


class NewPlanSchema(ma.Schema):
    """The open seats of shifts that begin from now on for so many days are planned."""

    company_id = ma.fields.UUID(
        load_default=None, metadata={"description": "Left out: all companies, which is for operators"}
    )
    days = ma.fields.Integer(load_default=HORIZON.days, validate=ma.validate.Range(1, LONGEST_HORIZON.days))


class PlansArgs(PageArgs):
    company_id = ma.fields.UUID(load_default=None)


class PlanSchema(ma.Schema):
    """One plan of a horizon. `report` tells what it comes to: by day, by country, and what kept seats open. In it
    `together` says whether the solver gave the seats of all shifts together; `ways` has the filled seats and the points
    of the published objective of its plan (`solver`, null where it was not asked) and of one that gives them one by one
    (`instant`). Numbers are nought until the plan is done. `input_sha256` is the digest of everything that it was
    reckoned from."""

    id = ma.fields.UUID(required=True)
    company_id = ma.fields.UUID(required=True, allow_none=True)
    status = ma.fields.Enum(PlanStatus, by_value=True, required=True)
    starts_at = ma.fields.AwareDateTime(required=True)
    ends_at = ma.fields.AwareDateTime(required=True)
    made_at = ma.fields.AwareDateTime(required=True)
    done_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    weights_version = ma.fields.Integer(required=True)
    seed = ma.fields.Integer(required=True)
    seats = ma.fields.Integer(required=True)
    planned = ma.fields.Integer(required=True)
    offered = ma.fields.Integer(required=True)
    report = ma.fields.Dict(required=True)
    input_sha256 = ma.fields.String(required=True, allow_none=True)


PlanPage = page_schema(PlanSchema, "PlanPage")


class ContestsArgs(PageArgs):
    status = ma.fields.Enum(ContestStatus, by_value=True, load_default=None)


class ContestAnswerSchema(ReasonSchema):
    """The answer to what was contested: was the decision right, or wrong? The person reads the reason."""

    outcome = ma.fields.Enum(
        ContestStatus,
        by_value=True,
        required=True,
        validate=ma.validate.OneOf((ContestStatus.UPHELD, ContestStatus.OVERTURNED)),
    )


class MatchContestSchema(ma.Schema):
    """A decision about a person and a shift that they contest. `told` is what they were told of it by then; `words` are
    theirs, `answer` those of the operator who answered."""

    id = ma.fields.UUID(required=True)
    shift_id = ma.fields.UUID(required=True)
    contractor_id = ma.fields.UUID(required=True)
    run_id = ma.fields.UUID(required=True, allow_none=True)
    offer_id = ma.fields.UUID(required=True, allow_none=True)
    outcome = ma.fields.Enum(Outcome, by_value=True, required=True)
    told = ma.fields.Dict(required=True)
    words = ma.fields.String(required=True)
    filed_at = ma.fields.AwareDateTime(required=True)
    answer_by = ma.fields.AwareDateTime(required=True)
    answered_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    answer = ma.fields.String(required=True, allow_none=True)
    status = ma.fields.Enum(ContestStatus, by_value=True, required=True)


MatchContestPage = page_schema(MatchContestSchema, "MatchContestPage")


class MarginSchema(ma.Schema):
    counted = ma.fields.Integer(required=True, metadata={"description": "Points of the seat with this person in it"})
    price = ma.fields.Integer(
        required=True,
        metadata={
            "description": "Points that it had to count, near enough: where it counted as many, the sum of all decided"
        },
    )


class ExplainedSchema(ma.Schema):
    """Why somebody was, or was not, asked to take a shift."""

    outcome = ma.fields.Enum(Outcome, by_value=True, required=True)
    sentence = ma.fields.String(required=True)
    reason = ma.fields.Dict(required=True, metadata={"description": "The points of each part, with rank and score"})
    verdict = ma.fields.Dict(
        required=True, allow_none=True, metadata={"description": "The rule that decided, with source and remedy"}
    )
    cutoff = ma.fields.Integer(
        required=True, allow_none=True, metadata={"description": "The lowest score that was given a seat"}
    )
    margin = ma.fields.Nested(
        MarginSchema,
        required=True,
        allow_none=True,
        metadata={"description": "Where all seats were given together: what decided"},
    )
    weights_version = ma.fields.Integer(required=True)
