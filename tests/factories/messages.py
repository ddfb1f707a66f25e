"""Questions about a gig, asked by people who have an offer of it."""

from uuid import UUID

from marketplace.accounts.rules import Actor
from marketplace.messages.models import Thread
from marketplace.shifts import questions
from marketplace.shifts.models import Offer
from tests.factories import accounts
from tests.factories import shifts as make
from tests.factories.shifts import Scene

WORDS = "Does a shadow belong to the box?"
ANSWER = "No: draw the thing alone."


def asker(scene: Scene) -> Actor:
    """Somebody with an offer of the scene's gig."""
    return accounts.actor_of(offered(scene).contractor_id)


def offered(scene: Scene) -> Offer:
    return make.offered(scene, make.shift(scene), make.contracted(scene))


def asked(scene: Scene, by: Actor | None = None, part: int | None = None, shift_id: UUID | None = None) -> Thread:
    """A question by a new person, or by the one named."""
    return questions.ask(scene.gig.id, WORDS, part, shift_id, by=by or asker(scene))
