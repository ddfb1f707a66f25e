"""Policies compared on seeded worlds, each world and policy in a process of its own."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from multiprocessing import get_context

from marketplace.simulation.assumed import SCENES, Assumed
from marketplace.simulation.bound import most_seats
from marketplace.simulation.figures import Figures, figures, over_worlds
from marketplace.simulation.market import live
from marketplace.simulation.policies import POLICIES
from marketplace.simulation.world import World, world


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be compared: sizes of the market, its seeds, the policies by name, and what is assumed, by scene."""

    people: int
    weeks: int
    seeds: Sequence[int]
    policies: Sequence[str]
    scenes: Mapping[str, Assumed] = field(default_factory=lambda: dict(SCENES))

    @property
    def how(self) -> str:
        """On what the comparison is made, in a sentence."""
        seeds, scenes = ", ".join(str(seed) for seed in self.seeds), ", ".join(self.scenes)
        return (
            f"{self.people} people, {self.weeks} weeks of work; means over the seeds {seeds} of each scene: {scenes}. "
            f"Reproduce it with `--people {self.people} --weeks {self.weeks} --seeds {len(self.seeds)}`."
        )


def compare(asked: Asked, *, processes: int = 2, told: Callable[[int, int], None] | None = None) -> Iterator[Figures]:
    """The figures of each policy, means over scenes and seeds, in the order of `asked`. The same whatever the number of
    processes. `told` hears how many worlds of how many have been lived through."""
    worlds = [(scene, seed) for scene in asked.scenes for seed in asked.seeds]
    for one in worlds:
        # Refused here, with its words, and not in another process.
        _world(asked, *one)
    found: dict[tuple[str, str, int], Figures] = {}
    with ProcessPoolExecutor(max(1, processes), mp_context=get_context("spawn")) as pool:
        bounds = {one: pool.submit(_bound, asked, *one) for one in worlds}
        running = {pool.submit(_one, asked, name, *one): (name, *one) for one in worlds for name in asked.policies}
        known = {one: bound.result() for one, bound in bounds.items()}
        for done in as_completed(running):
            name, scene, seed = running[done]
            found[name, scene, seed] = done.result().bounded_by(known[scene, seed])
            if told is not None:
                told(len(found), len(running))
    for name in asked.policies:
        yield over_worlds([found[name, scene, seed] for scene, seed in worlds])


def _world(asked: Asked, scene: str, seed: int) -> World:
    return world(seed, asked.people, asked.weeks, asked.scenes[scene])


def _bound(asked: Asked, scene: str, seed: int) -> int:
    return most_seats(_world(asked, scene, seed))


def _one(asked: Asked, name: str, scene: str, seed: int) -> Figures:
    made = _world(asked, scene, seed)
    return figures(name, live(made, POLICIES[name]), live(made.all_steady, POLICIES[name]), made)
