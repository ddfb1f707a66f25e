"""The story from its first day to its present, moment by moment."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from flask import Flask

from examples.story import scenes, script
from examples.story.crowd import Crowd, moments
from examples.story.hand import Hand
from examples.story.stage import Story
from examples.story.world import build
from marketplace import demo_payments
from marketplace.core import clock
from marketplace.core.db import transaction
from marketplace.core.ids import seeded

EVENING = 20
"""The hour, in UTC, at which the day is looked at once more."""
Say = Callable[[str], None]
Step = Callable[[str, int, int], None]


def play(app: Flask, hand: Hand, tell: Say, step: Step) -> Story:
    """Plays the whole story on an empty database and leaves business time standing at its present.

    `tell` is told what happens, `step` how far long work is. Keys come from the seed, so that ties between people are
    broken alike wherever it is played.
    """
    began = time.monotonic()
    with seeded(script.seed(), script.PREPARED):
        with transaction():
            clock.move_to(script.PREPARED, still=True)
        world = build(step, tell, hand.settle)
        hand.settle()
        story = Story(app, world, hand, Crowd(world), tell)
        built = time.monotonic()
        days = timeline()
        for number, moment in enumerate(days, start=1):
            _moment(story, moment)
            step("moments", number, len(days))
    story.seconds = {"making the world": built - began, "playing two weeks": time.monotonic() - built}
    return story


def timeline() -> list[datetime]:
    """Every moment at which something begins, ends or is told, and an evening for each day without a shift, up to the
    present: what comes due at a weekend is done at the weekend."""
    begun = {*moments(), *scenes.BEFORE, *scenes.DURING}
    evenings = [
        script.PREPARED.replace(hour=EVENING) + timedelta(days=n)
        for n in range((script.PRESENT - script.PREPARED).days + 1)
    ]
    quiet = {evening for evening in evenings if evening.date() not in {moment.date() for moment in begun}}
    return sorted(moment for moment in begun | quiet | {script.PRESENT} if script.PREPARED < moment <= script.PRESENT)


def _moment(story: Story, moment: datetime) -> None:
    """Time moves and everything due is done; people go, come and answer; then whatever the moment tells of happens."""
    story.hand.move_to(moment)
    _pay_by_hand(story)
    for scene in scenes.BEFORE.get(moment, ()):
        scene(story)
    story.crowd.go()
    story.crowd.come()
    story.crowd.answer_offers()
    for scene in scenes.DURING.get(moment, ()):
        scene(story)
    story.hand.settle()
    _pay_by_hand(story)


def _pay_by_hand(story: Story) -> None:
    """Where people pay, and no machine, two operators do it as soon as something is to be paid."""
    if demo_payments.pay_by_hand(list(story.world.operators.values())):
        story.hand.settle()
