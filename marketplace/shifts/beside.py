"""What is told beside shifts that were just planned: how far the gig's money reaches for them, and where nobody can be
paid yet. Read once they are committed, since a plan locks its gig, and whoever says yes to one of its shifts waits."""

from typing import Any
from uuid import UUID

from marketplace.accounts.auth import actor
from marketplace.core.http import told_after
from marketplace.shifts import costing
from marketplace.shifts.estimate_schemas import BesideSchema


def _of_plan(made: dict[str, Any]) -> dict[str, Any]:
    """The members for an answer that is a shift, a series, or has shifts as its items."""
    planned = made["items"][0] if "items" in made else made
    told: dict[str, Any] = BesideSchema().dump(costing.beside(UUID(planned["gig_id"]), seen_by=actor()))
    return told


tells_beside = told_after(tuple(BesideSchema().fields), _of_plan)
"""For the doors that plan: their answers get the members of `BesideSchema`."""
