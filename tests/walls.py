"""What the linters cannot see of the house's walls: foreign keys, commits, clocks and names."""

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import MetaData, Table
from sqlalchemy.orm import DeclarativeBase

EMPTY_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "managers"}
CLOCKS = {"now", "utcnow", "today", "utcfromtimestamp"}
CALENDARS = {"datetime", "date", "dt", "func"}


def order_of_rooms(root: Path) -> dict[str, int]:
    """How high each room stands, from the layers that import-linter holds: 0 is the lowest."""
    contracts = tomllib.loads((root / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["id"] == "direction")
    return {
        room.strip().strip("()").removeprefix("marketplace."): height
        for height, layer in enumerate(reversed(layers))
        for room in layer.split("|")
    }


def rooms_of_tables(base: type[DeclarativeBase]) -> dict[str, str]:
    """Which room each table belongs to, from the module that maps it."""
    return {
        mapper.local_table.name: mapper.class_.__module__.split(".")[1]
        for mapper in base.registry.mappers
        if isinstance(mapper.local_table, Table)
    }


def upward_keys(metadata: MetaData, rooms: dict[str, str], heights: dict[str, int]) -> list[str]:
    """Foreign keys that point from a room to one above it. A key written as text slips past import-linter."""
    found = []
    for table in metadata.tables.values():
        for key in table.foreign_keys:
            target = key.target_fullname.split(".")[0]
            if heights[rooms[target]] > heights[rooms[table.name]]:
                found.append(f"{table.name} -> {key.target_fullname}")
    return found


def offences(source: str, path: Path) -> list[str]:
    """Commits outside core/db.py, clocks outside core/clock.py, imports inside functions, names that say nothing."""
    tree = ast.parse(source)
    found = [f"{path}: a name that says nothing"] if path.stem in EMPTY_NAMES else []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            found += _call(node.func, path, node.lineno)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            found += [f"{path}:{inner.lineno}: import inside a function" for inner in _imports(node)]
    return found


def _call(called: ast.Attribute, path: Path, line: int) -> list[str]:
    found = []
    if called.attr in {"commit", "begin"} and path.name != "db.py" and "session" in ast.unparse(called.value):
        found.append(f"{path}:{line}: commits")
    owner = ast.unparse(called.value).split(".")[-1]
    if called.attr in CLOCKS and owner in CALENDARS and path.name != "clock.py":
        found.append(f"{path}:{line}: reads another clock")
    return found


def _imports(function: ast.AST) -> Iterator[ast.Import | ast.ImportFrom]:
    for node in ast.walk(function):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node
