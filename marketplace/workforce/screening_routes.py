"""The doors of screening, for operators of vetting. A list is loaded by an administrator."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from marketplace.accounts.auth import actor
from marketplace.core.files import content_of
from marketplace.core.http import page, problems
from marketplace.core.intake import takes_files
from marketplace.workforce import screening
from marketplace.workforce import screening_schemas as s
from marketplace.workforce.listed import HitStatus, read_bytes
from marketplace.workforce.screening_models import ScreeningHit, ScreeningList

blueprint = Blueprint(
    "screening",
    __name__,
    url_prefix="/api/v1/vetting/screening",
    description="Names that are like one on a list of sanctions. A person decides.",
)


@blueprint.get("/lists")
@blueprint.response(200, s.ScreeningListsSchema)
@problems(blueprint, 401, 403, 404)
def list_lists() -> dict[str, Sequence[ScreeningList]]:
    """The lists that people are compared with now. None comes with Setara."""
    return {"items": screening.lists(actor())}


@blueprint.post("/lists")
@takes_files
@blueprint.arguments(s.ListFileSchema, location="files")
@blueprint.response(201, s.LoadedListSchema)
@problems(blueprint, 401, 403, 404, 413, 415, 422)
def load_list(given: dict[str, Any]) -> screening.Loaded:
    """Administrators: load a list in place of the one before of its source. Everybody is compared with it next."""
    return screening.load_list(read_bytes(content_of(given["file"])), by=actor())


@blueprint.get("/hits")
@blueprint.arguments(s.HitArgs, location="query")
@blueprint.response(200, s.ScreeningHitPage)
@problems(blueprint, 401, 403, 404, 422)
def list_hits(args: dict[str, Any]) -> dict[str, Any]:
    """People whose name is like a listed one, all of them or those of one status."""
    status: HitStatus | None = args.pop("status")
    return page(screening.hits(actor(), status), ScreeningHit.id, **args)


@blueprint.post("/hits/<uuid:hit_id>/decision")
@blueprint.arguments(s.HitDecisionSchema)
@blueprint.response(200, s.ScreeningHitSchema)
@problems(blueprint, 401, 403, 404, 409, 422)
def decide_hit(given: dict[str, Any], hit_id: UUID) -> ScreeningHit:
    """Say whether it is the same person, and why. Refusing or suspending them is another decision."""
    return screening.decide(hit_id, **given, by=actor())
