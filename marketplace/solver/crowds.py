"""People who can work in the same hours of the week, so that all of them are asked at once about a shift. Compiled.

However many people there are, their weeks are of few forms, unless nearly everybody has one of their own.
"""

import numpy as np

from marketplace.solver.compiling import compiled, inner
from marketplace.solver.problem import Bits, Ints


@compiled
def forms_of(hours: Bits) -> Ints:
    """The form of each person's week, from 0 on."""
    people = len(hours)
    size = 16
    while size < 2 * people:
        size *= 2
    slots, form, somebody = np.full(size, -1, np.int32), np.empty(people, np.int32), np.empty(people, np.int32)
    forms = 0
    for person in range(people):
        mix = np.uint64(0)
        for word in range(hours.shape[1]):
            mix = (mix ^ hours[person, word]) * np.uint64(0x9E3779B97F4A7C15)
            mix ^= mix >> np.uint64(29)
        slot = np.int64(mix & np.uint64(size - 1))
        while slots[slot] >= 0 and not _are_alike(hours, somebody[slots[slot]], person):
            slot = (slot + 1) & (size - 1)
        if slots[slot] < 0:
            slots[slot], somebody[forms] = forms, person
            forms += 1
        form[person] = slots[slot]
    return form


@inner
def _are_alike(hours: Bits, one: int, other: int) -> bool:
    alike = True
    for word in range(hours.shape[1]):
        alike &= hours[one, word] == hours[other, word]
    return alike
