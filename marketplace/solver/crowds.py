"""People who can work in the same hours of the week, so that many are asked at once whether a shift is among them.

However many people there are, their weeks are of few forms. Each kind of work lists who fits it by those forms. Where
nearly everybody has a week of their own, there is one crowd of all, and each is asked alone. Compiled.
"""

import numpy as np

from marketplace.solver.compiling import compiled, inner
from marketplace.solver.problem import Bits, Ints, Longs

PEOPLE_OF_A_FORM = 4
"""With fewer people for each form of a week than that, asking forms gains nothing."""


@compiled
def forms_of(hours: Bits) -> tuple[Ints, Ints]:
    """The form of each person's week, from 0 on, and for each form somebody who has it."""
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
    return form, somebody[:forms]


@inner
def _are_alike(hours: Bits, one: int, other: int) -> bool:
    alike = True
    for word in range(hours.shape[1]):
        alike &= hours[one, word] == hours[other, word]
    return alike


@compiled
def crowd(form: Ints, somebody: Ints, first: Longs, person: Ints, points: Ints) -> tuple[Longs, Longs, Ints]:
    """Puts the people of each kind in the order of their forms, in place. Returns the first crowd of each kind, the
    first place of each crowd (and the end), and somebody who stands for it."""
    kinds = len(first) - 1
    room = np.int64(0)
    for kind in range(kinds):
        room += min(first[kind + 1] - first[kind], len(somebody))
    crowd_first, begins, stands = np.zeros(kinds + 1, np.int64), np.empty(room + 1, np.int64), np.empty(room, np.int32)
    count, crowds = np.zeros(len(somebody) + 1, np.int64), 0
    for kind in range(kinds):
        begin, end = first[kind], first[kind + 1]
        people, their = person[begin:end].copy(), points[begin:end].copy()
        count[:] = 0
        for one in people:
            count[form[one] + 1] += 1
        for each in range(len(somebody)):
            if count[each + 1]:
                begins[crowds], stands[crowds] = begin + count[each], somebody[each]
                crowds += 1
            count[each + 1] += count[each]
        for number in range(len(people)):
            place = begin + count[form[people[number]]]
            count[form[people[number]]] += 1
            person[place], points[place] = people[number], their[number]
        crowd_first[kind + 1] = crowds
    begins[crowds] = len(person)
    return crowd_first, begins[: crowds + 1], stands[:crowds]
