"""manifest.json of a folder of files: the days, the rules, the weights and the codes that the tables may use."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from marketplace.solver.faults import BadFiles, Fault
from marketplace.solver.market import House, Scores

FORMAT, VERSION = "setara-matching", 1
MANIFEST = "manifest.json"
KINDS = ("csv", "parquet")
MOST_DAYS = 56
MOST_MINUTES = 7 * 24 * 60
MOST_WEIGHT = 10**9
MOST_OF_A_FIT, BEST_QUALITY, MOST_LEVELS = 2**31 - 1, 100, 5
"""Points of one fit, which is a number of 32 bits, and of what it may be made."""
_FIT = f"{BEST_QUALITY} times quality, {MOST_LEVELS} times language and continuity come to at most {MOST_OF_A_FIT}."


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """`codes` lists those of skills and regions, where the tables may use no others."""

    starts_on: datetime
    days: int
    tables: str
    rules: House
    scores: Scores
    codes: Mapping[str, Sequence[str]]


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a folder. Raises BadFiles."""
    try:
        stored = json.loads((folder / MANIFEST).read_text())
    except FileNotFoundError as error:
        raise BadFiles([Fault(MANIFEST, None, None, "missing_file", "The file is not there.")]) from error
    except (ValueError, OSError) as error:
        raise BadFiles([Fault(MANIFEST, None, None, "unreadable", f"It is no JSON: {error}")]) from error
    if not isinstance(stored, dict) or stored.get("format") != FORMAT:
        raise BadFiles([Fault(MANIFEST, None, "format", "unknown_format", f"The format is not {FORMAT}.")])
    if stored.get("version") != VERSION:
        raise BadFiles([Fault(MANIFEST, None, "version", "unknown_version", f"This program reads version {VERSION}.")])
    faults = [*_faults_of(stored)]
    if faults:
        raise BadFiles(faults)
    rules, scores = stored.get("rules", {}), stored.get("scores", {})
    return Manifest(
        starts_on=datetime.fromisoformat(stored["starts_on"]).replace(tzinfo=UTC),
        days=stored["days"],
        tables=stored.get("tables", "csv"),
        rules=House(**rules),
        scores=Scores(**scores),
        codes=stored.get("codes", {}),
    )


def read_weights(path: Path) -> Scores:
    """Weights of a file of their own, in the form of the manifest's scores. Raises BadFiles."""
    try:
        given = json.loads(path.read_text())
    except (ValueError, OSError) as error:
        raise BadFiles([Fault(path.name, None, None, "unreadable", f"It is no JSON: {error}")]) from error
    if not _are_numbers(given, Scores(), MOST_WEIGHT) or not _falls(given) or not _is_small(given):
        words = f"Each is a known weight from 0 to {MOST_WEIGHT}, and points of the spread fall. {_FIT}"
        raise BadFiles([Fault(path.name, None, "scores", "bad_weights", words)])
    return Scores(**given)


def _faults_of(stored: Mapping[str, Any]) -> list[Fault]:
    rules, scores = stored.get("rules", {}), stored.get("scores", {})
    judged = [
        ("starts_on", _is_day(stored.get("starts_on")), "It is a day such as 2026-11-30."),
        ("days", _is_number(stored.get("days"), 1, MOST_DAYS), f"It is a whole number from 1 to {MOST_DAYS}."),
        ("tables", stored.get("tables", "csv") in KINDS, "It is csv or parquet."),
        ("rules", _are_numbers(rules, House(), MOST_MINUTES), "Each is a known rule, in minutes up to a week."),
        ("scores", _are_numbers(scores, Scores(), MOST_WEIGHT), f"Each is a known weight from 0 to {MOST_WEIGHT}."),
        ("scores", _falls(scores), "spread_from begins with 0 and rises, spread_points fall, and both are as many."),
        ("scores", _is_small(scores), _FIT),
        ("codes", _are_codes(stored.get("codes", {})), "It lists the codes of skills and regions, each once."),
    ]
    return [Fault(MANIFEST, None, name, "bad_manifest", words) for name, holds, words in judged if not holds]


def _is_day(value: Any) -> bool:
    try:
        return isinstance(value, str) and len(value) == 10 and datetime.fromisoformat(value) is not None
    except ValueError:
        return False


def _is_number(value: Any, least: int, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def _are_numbers(given: Any, defaults: House | Scores, most: int) -> bool:
    known = asdict(defaults)
    if not isinstance(given, dict) or not given.keys() <= known.keys():
        return False
    for name, value in given.items():
        values = value if isinstance(value, list) else [value]
        if isinstance(known[name], int) == isinstance(value, list) or not values:
            return False
        if not all(_is_number(each, 0, most) for each in values):
            return False
    return True


def _falls(scores: Any) -> bool:
    if not isinstance(scores, dict):
        return False
    begins = list(scores.get("spread_from", Scores().spread_from))
    points = list(scores.get("spread_points", Scores().spread_points))
    rises = begins == sorted(set(begins)) and begins[:1] == [0]
    return rises and points == sorted(points, reverse=True) and len(begins) == len(points)


def _is_small(scores: Any) -> bool:
    """Whether the most points of a fit can be counted. Of what is no weight at all nothing is said here."""
    if not _are_numbers(scores, Scores(), MOST_WEIGHT):
        return True
    weights = asdict(Scores()) | scores
    most: int = BEST_QUALITY * weights["quality"] + MOST_LEVELS * weights["language"] + weights["continuity"]
    return most <= MOST_OF_A_FIT


def _are_codes(codes: Any) -> bool:
    if not isinstance(codes, dict) or not codes.keys() <= {"skills", "regions"}:
        return False
    return all(isinstance(listed, list) and len(set(map(str, listed))) == len(listed) for listed in codes.values())
