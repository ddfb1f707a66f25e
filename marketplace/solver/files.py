"""A market as a folder of files, and a plan as a table; docs/matching-files.md tells the form."""

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from marketplace.solver.columns import LEVELS, TIME, Table, digits_of
from marketplace.solver.faults import BadFiles, Fault
from marketplace.solver.manifest import FORMAT, MANIFEST, VERSION, read_manifest
from marketplace.solver.market import Booked, Contractors, Many, Market, Openings
from marketplace.solver.problem import WEEK, Bits, Longs, Plan

OF_BOOKINGS = ("work", "hazard", "away")
CONTRACTORS = (
    "id", "zone", "region", "skills", "languages", "companies", "floor", "quality", "least_minutes", "most_minutes",
    "hazard_minutes", "recent_minutes", "available", "wanted",
)  # fmt: skip
SHIFTS = (
    "id", "starts_at", "ends_at", "seats", "urgency", "skills", "languages", "regions", "rate", "hazard", "company",
)  # fmt: skip
BOOKINGS = ("contractor", "starts_at", "ends_at", "kind")


def read(folder: Path) -> Market:
    """The market of a folder. Raises BadFiles, which names what is wrong by file, line and field."""
    manifest = read_manifest(folder)
    faults: list[Fault] = []
    epoch, kind = manifest.starts_on - timedelta(days=manifest.starts_on.weekday()), manifest.tables
    lead = (manifest.starts_on - epoch) // timedelta(minutes=1)
    span = (lead, lead + manifest.days * 1440)
    books = {name: _numbered(manifest.codes.get(name)) for name in ("skills", "regions")} | {"companies": {}}
    closed = frozenset(manifest.codes)
    languages: dict[str, int] = {}
    zones: dict[str, int] = {}
    who = _contractors(Table(folder, "contractors", kind, CONTRACTORS, faults), books, closed, languages, zones)
    urgencies = len(manifest.scores.urgency)
    openings = _openings(
        Table(folder, "shifts", kind, SHIFTS, faults), books, closed, languages, epoch, span, urgencies
    )
    booked = _booked(Table(folder, "bookings", kind, BOOKINGS, faults), who.id, epoch, span)
    if faults:
        raise BadFiles(faults)
    return Market(
        epoch=epoch,
        zones=[ZoneInfo(name) for name in zones],
        regions=list(books["regions"]),
        skills=list(books["skills"]),
        languages=list(languages),
        companies=list(books["companies"]),
        contractors=who,
        openings=openings,
        booked=booked,
        house=manifest.rules,
        scores=manifest.scores,
    )


def write(market: Market, folder: Path, kind: str = "csv") -> None:
    """Writes a market as a folder, which is made. Raises FileExistsError where there is a manifest already."""
    folder.mkdir(parents=True, exist_ok=True)
    last = int(market.openings.end.max()) if len(market.openings.end) else 1
    booked = int(market.booked.end.max()) if len(market.booked.end) else 1
    manifest = {
        "format": FORMAT,
        "version": VERSION,
        "starts_on": market.epoch.date().isoformat(),
        "days": max(1, -(-max(last, booked) // 1440)),
        "tables": kind,
        "rules": asdict(market.house),
        "scores": asdict(market.scores),
        "codes": {"skills": list(market.skills), "regions": list(market.regions)},
    }
    with (folder / MANIFEST).open("x") as file:
        json.dump(manifest, file, indent=2)
    for name, columns in (
        ("contractors", _contractor_columns(market)),
        ("shifts", _shift_columns(market)),
        ("bookings", _booking_columns(market)),
    ):
        table = pa.table(columns)
        if kind == "parquet":
            pa.parquet.write_table(table, folder / f"{name}.parquet")
        else:
            options = pa.csv.WriteOptions(quoting_style="none")
            pa.csv.write_csv(table, folder / f"{name}.csv", options)


def write_plan(plan: Plan, market: Market, path: Path) -> None:
    """One row for each seat that is given: `shift,contractor`, by the order of the shifts and then of the people."""
    with path.open("w", newline="") as file:
        written = csv.writer(file, lineterminator="\n")
        written.writerow(("shift", "contractor"))
        shifts, people = market.openings.id, market.contractors.id
        written.writerows(
            (shifts[shift], people[person])
            for shift, person in zip(plan.shift.tolist(), plan.person.tolist(), strict=True)
        )


def report_of(plan: Plan, market: Market, seed: int) -> dict[str, Any]:
    """What a plan came to, for REPORT.json."""
    parts = asdict(plan.objective)
    seats = int(market.openings.seats.sum())
    return {
        "format": FORMAT,
        "version": VERSION,
        "seed": seed,
        "contractors": len(market.contractors.zone),
        "shifts": len(market.openings.start),
        "seats": seats,
        "filled": parts.pop("seats"),
        "objective": parts | {"total": plan.objective.total},
        "bound": plan.bound,
        "bound_holds_for_the_full_problem": plan.holds_for_all,
        "gap": round(plan.gap, 8),
        "complete": plan.complete,
        "seconds": round(plan.seconds, 3),
        "peak_bytes": plan.peak_bytes,
        "longer_than_any_cap": _too_long(market),
    }


def _too_long(market: Market) -> list[str]:
    """The first shifts that nobody can take, because they are longer than what anybody may work in a week."""
    most = int(market.contractors.most.max()) if len(market.contractors.most) else 0
    long = np.flatnonzero(market.openings.end - market.openings.start > min(most, market.house.week))
    return [market.openings.id[shift] for shift in long[:20].tolist()]


def _numbered(codes: Sequence[str] | None) -> dict[str, int]:
    return {code: number for number, code in enumerate(codes or ())}


# --- the tables, read -------------------------------------------------------------------------------------------------


def _contractors(
    table: Table,
    books: Mapping[str, dict[str, int]],
    closed: frozenset[str],
    languages: dict[str, int],
    zones: dict[str, int],
) -> Contractors:
    known = available_timezones()
    names = sorted(set(table.list_of("zone")) & known) or ["UTC"]
    zones.update(_numbered(names))
    zone = table.code("zone", names, "'{value}' is no time zone of the IANA database.")
    region = table.many("region", books["regions"], closed="regions" in closed)
    table.fault(np.diff(region.first) != 1, "region", "not_one_region", "'{value}' is not one region.")
    most = table.number("most_minutes", 0, WEEK)
    least = table.number("least_minutes", 0, WEEK)
    table.fault(
        least > most, "least_minutes", "contradiction", "{value} minutes are more than the most that they want."
    )
    can, wants = table.hours("available"), table.hours("wanted")
    beyond = ((wants & ~can) != 0).any(axis=1) & ~_is_all(wants)
    words = "Hours are wanted in which the person is not available."
    table.fault(beyond, "wanted", "contradicting_availability", words)
    regions = np.zeros(table.rows, np.int32)
    regions[region.row[::-1]] = region.code[::-1]
    return Contractors(
        id=table.ids(),
        zone=zone.astype(np.int32),
        region=regions,
        skills=table.many("skills", books["skills"], closed="skills" in closed),
        languages=table.many("languages", languages, closed=False, with_level=True),
        companies=table.many("companies", books["companies"], closed=False),
        floor=table.number("floor", 0, 10**12),
        quality=table.number("quality", 0, 100).astype(np.int32),
        least=least.astype(np.int32),
        most=most.astype(np.int32),
        hazard=table.number("hazard_minutes", 0, WEEK).astype(np.int32),
        recent=table.number("recent_minutes", 0, 10**6).astype(np.int32),
        can=can,
        wants=np.where(_is_all(wants)[:, None], can, wants),
    )


def _is_all(hours: Bits) -> Any:
    """Whether nothing was said, or every hour."""
    return (hours[:, 0] == 2**64 - 1) & (hours[:, 1] == 2**64 - 1) & (hours[:, 2] == 2**40 - 1)


def _openings(
    table: Table,
    books: Mapping[str, dict[str, int]],
    closed: frozenset[str],
    languages: dict[str, int],
    epoch: datetime,
    span: tuple[int, int],
    urgencies: int,
) -> Openings:
    start, end = _times(table, epoch, span)
    seats = table.number("seats", 0, 10**6)
    table.fault(seats == 0, "seats", "no_seats", "A shift has at least one seat.")
    company = table.many("company", books["companies"], closed=False)
    table.fault(np.diff(company.first) > 1, "company", "not_one_company", "'{value}' is more than one company.")
    companies = np.full(table.rows, -1, np.int32)
    companies[company.row] = company.code
    return Openings(
        id=table.ids(),
        start=start.astype(np.int32),
        end=end.astype(np.int32),
        seats=seats.astype(np.int32),
        urgency=table.number("urgency", 0, urgencies - 1).astype(np.int32),
        skills=table.many("skills", books["skills"], closed="skills" in closed),
        languages=table.many("languages", languages, closed=False, with_level=True),
        regions=table.many("regions", books["regions"], closed="regions" in closed),
        rate=table.number("rate", 0, 10**12),
        hazard=table.number("hazard", 0, 1).astype(np.uint8),
        company=companies,
    )


def _booked(table: Table, ids: Sequence[str], epoch: datetime, span: tuple[int, int]) -> Booked:
    around = (span[0] - WEEK, span[1] + WEEK)
    start, end = _times(table, epoch, around)
    kind = table.code("kind", OF_BOOKINGS, "'{value}' is none of work, hazard and away.")
    words = "'{value}' is no contractor of contractors."
    who = table.code("contractor", ids, words, "unknown_contractor")
    return Booked(
        contractor=who.astype(np.int32),
        start=start.astype(np.int32),
        end=end.astype(np.int32),
        hazard=(kind == OF_BOOKINGS.index("hazard")).astype(np.uint8),
        away=(kind == OF_BOOKINGS.index("away")).astype(np.uint8),
    )


def _times(table: Table, epoch: datetime, span: tuple[int, int]) -> tuple[Longs, Longs]:
    start, end = table.moment("starts_at", epoch), table.moment("ends_at", epoch)
    table.fault(end <= start, "ends_at", "ends_before_start", "{value} is not after the start.")
    table.fault(start < span[0], "starts_at", "outside_horizon", "{value} is before the days of the manifest.")
    table.fault(end > span[1], "ends_at", "outside_horizon", "{value} is after the days of the manifest.")
    return np.clip(start, *span), np.clip(end, *span)


# --- the tables, written ----------------------------------------------------------------------------------------------


def _contractor_columns(market: Market) -> dict[str, Any]:
    who = market.contractors
    names = np.array([zone.key for zone in market.zones], object)
    return {
        "id": list(who.id),
        "zone": names[who.zone] if len(who.zone) else [],
        "region": np.array(market.regions, object)[who.region] if len(who.region) else [],
        "skills": _joined(who.skills, market.skills),
        "languages": _joined(who.languages, market.languages, with_level=True),
        "companies": _joined(who.companies, market.companies),
        "floor": who.floor,
        "quality": who.quality,
        "least_minutes": who.least,
        "most_minutes": who.most,
        "hazard_minutes": who.hazard,
        "recent_minutes": who.recent,
        "available": digits_of(who.can),
        "wanted": digits_of(who.wants),
    }


def _shift_columns(market: Market) -> dict[str, Any]:
    openings = market.openings
    return {
        "id": list(openings.id),
        "starts_at": _moments(market, openings.start),
        "ends_at": _moments(market, openings.end),
        "seats": openings.seats,
        "urgency": openings.urgency,
        "skills": _joined(openings.skills, market.skills),
        "languages": _joined(openings.languages, market.languages, with_level=True),
        "regions": _joined(openings.regions, market.regions),
        "rate": openings.rate,
        "hazard": openings.hazard,
        "company": ["" if number < 0 else market.companies[number] for number in openings.company.tolist()],
    }


def _booking_columns(market: Market) -> dict[str, Any]:
    booked = market.booked
    kind = np.where(booked.away > 0, 2, np.where(booked.hazard > 0, 1, 0))
    return {
        "contractor": [market.contractors.id[person] for person in booked.contractor.tolist()],
        "starts_at": _moments(market, booked.start),
        "ends_at": _moments(market, booked.end),
        "kind": [OF_BOOKINGS[number] for number in kind.tolist()],
    }


def _moments(market: Market, minutes: Any) -> list[str]:
    return [(market.epoch + timedelta(minutes=each)).strftime(TIME) for each in minutes.tolist()]


def _joined(many: Many, names: Sequence[str], *, with_level: bool = False) -> list[str]:
    if with_level:
        pairs = zip(many.code.tolist(), many.level.tolist(), strict=True)
        words = [f"{names[code]}:{LEVELS[level]}" for code, level in pairs]
    else:
        words = [names[code] for code in many.code.tolist()]
    first = many.first.tolist()
    return [" ".join(words[begin:end]) for begin, end in pairwise(first)]
