"""Chance that is the same in every policy. Pure.

What somebody would answer, when their phone has a network and who falls ill is drawn from the names of what it is
about, never from a stream: however differently a policy asks, the same person answers the same question alike. Policies
are so compared on one world, and the bound may know every answer beforehand.
"""

import hashlib
import math
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import NormalDist
from typing import Final, TypeVar

_SCALE: Final = 2**64
_NORMAL: Final = NormalDist()
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Draws:
    """The chances of one seed."""

    seed: int

    def share(self, *names: object) -> float:
        """A number above 0 and below 1, evenly spread over all names."""
        told = ":".join(str(name) for name in (self.seed, *names)).encode()
        return (int.from_bytes(hashlib.blake2b(told, digest_size=8).digest()) + 0.5) / _SCALE

    def whole(self, below: int, *names: object) -> int:
        """A whole number from 0 to below `below`."""
        return int(self.share(*names) * below)

    def among(self, choices: Iterable[tuple[T, float]], *names: object) -> T:
        """One of the choices, each as often as its share says; the shares are made to sum to 1."""
        known = list(choices)
        left = self.share(*names) * sum(share for _, share in known)
        for choice, share in known:
            left -= share
            if left < 0:
                return choice
        return known[-1][0]

    def minutes(self, median: float, spread: float, *names: object) -> int:
        """Whole minutes around a median, with a long tail: log-normal, `spread` is the deviation of the log."""
        return round(median * math.exp(spread * _NORMAL.inv_cdf(self.share(*names))))

    def how_many(self, mean: float, *names: object) -> int:
        """A count of things that come by themselves, so many in the mean (Poisson)."""
        left, term, count = self.share(*names), math.exp(-mean), 0
        while left > term:
            left -= term
            count += 1
            term *= mean / count
        return count
