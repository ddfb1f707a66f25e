"""The best that any plan of a small instance can count, by another way: every set of shifts that a person may have, as
the checker judges it, and HiGHS to choose among them."""

from collections.abc import Sequence

import highspy

from marketplace.solver.checker import Instance


def sets_of(instance: Instance, person: str) -> list[tuple[str, ...]]:
    """Every set of shifts that breaks no rule. What a set may not, no larger one may."""
    found: list[tuple[str, ...]] = [()]
    for shift in instance.shifts:
        if instance.broken_by(person, [shift]):
            continue
        found += [(*chosen, shift) for chosen in found if not instance.broken_by(person, [*chosen, shift])]
    return found[1:]


def best(instance: Instance) -> int:
    """The points of the best plan, proven."""
    model = highspy.Highs()
    model.setOptionValue("output_flag", False)
    model.setOptionValue("mip_rel_gap", 0.0)
    model.setOptionValue("mip_abs_gap", 0.5)
    taken: dict[str, list[highspy.highs_var]] = {shift: [] for shift in instance.shifts}
    total = 0.0
    for person in instance.people:
        mine = []
        for chosen in sets_of(instance, person):
            variable = model.addBinary()
            mine.append(variable)
            total = total + sum(instance.counts(person, chosen).values()) * variable
            for shift in chosen:
                taken[shift].append(variable)
        if mine:
            model.addConstr(_sum(mine) <= 1)
    for shift, variables in taken.items():
        if variables:
            model.addConstr(_sum(variables) <= int(instance.shifts[shift]["seats"]))
    if isinstance(total, float):
        return 0
    model.maximize(total)
    return round(model.getObjectiveValue())


def _sum(variables: Sequence[highspy.highs_var]) -> highspy.highs_linear_expression:
    return highspy.Highs.qsum(variables)
