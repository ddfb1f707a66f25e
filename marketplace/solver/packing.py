"""A problem and a plan as bytes for another machine: numpy's own format, which holds arrays, and nothing that runs."""

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

import numpy as np

from marketplace.solver.problem import (
    Barred,
    Bookings,
    Cap,
    Counted,
    Fits,
    Objective,
    People,
    Period,
    Plan,
    Problem,
    Rest,
    Shifts,
    Start,
    Weights,
    Zones,
)

T = TypeVar("T")
Packed = Mapping[str, Any]


def packed(value: Problem | Plan) -> bytes:
    """What `problem_in()` or `plan_in()` reads again."""
    written = io.BytesIO()
    np.savez(written, allow_pickle=False, **dict(_flat(value, "")))
    return written.getvalue()


def problem_in(body: bytes) -> Problem:
    """Raises ValueError, as BadProblem, for bytes that are no problem."""
    read = _read(body)
    return Problem(
        epoch=datetime.fromtimestamp(int(read["epoch"]), UTC),
        zones=_of(Zones, read, "zones"),
        people=_of(People, read, "people"),
        shifts=_of(Shifts, read, "shifts"),
        fits=_of(Fits, read, "fits"),
        bookings=_of(Bookings, read, "bookings"),
        barred=_of(Barred, read, "barred"),
        caps=list(_several(_cap, read, "caps")),
        rests=list(_several(lambda read, at: _of(Rest, read, at), read, "rests")),
        weights=_of(Weights, read, "weights"),
        start=_of(Start, read, "start") if "start.shift" in read else None,
    )


def plan_in(body: bytes) -> Plan:
    """Raises ValueError for bytes that are no plan."""
    read = _read(body)
    told = {field.name: _plain(read[field.name]) for field in fields(Plan) if field.name != "objective"}
    return Plan(objective=_of(Objective, read, "objective"), **told)


def _flat(value: Any, at: str) -> Iterator[tuple[str, Any]]:
    if is_dataclass(value):
        for field in fields(value):
            yield from _flat(getattr(value, field.name), f"{at}.{field.name}" if at else field.name)
    elif isinstance(value, datetime):
        yield at, np.int64(value.timestamp())
    elif isinstance(value, Sequence) and value and is_dataclass(value[0]):
        for number, each in enumerate(value):
            yield from _flat(each, f"{at}.{number}")
    elif value is not None:
        yield at, np.asarray(value)


def _read(body: bytes) -> Packed:
    with np.load(io.BytesIO(body), allow_pickle=False) as archive:
        return dict(archive)


def _of(kind: Callable[..., T], read: Packed, at: str) -> T:
    """Whatever was None was left out."""
    names = [name for name in read if name.startswith(f"{at}.")]
    return kind(**{name.removeprefix(f"{at}."): _plain(read[name]) for name in names})


def _plain(array: Any) -> Any:
    """A number stands in an array without a dimension."""
    return array.item() if array.ndim == 0 else array


def _several(one: Callable[[Packed, str], T], read: Packed, at: str) -> Iterator[T]:
    count = len({name.split(".")[1] for name in read if name.startswith(f"{at}.")})
    return (one(read, f"{at}.{number}") for number in range(count))


def _cap(read: Packed, at: str) -> Cap:
    return Cap(Period(int(read[f"{at}.period"])), Counted(int(read[f"{at}.counted"])), read[f"{at}.limit"])
