"""Runs a bench of this folder and keeps what it says in docs/benchmarks.md, in the section that is named after it.

The section is written anew; the others stay. It says on what machine, with which versions and how much else ran, since
seconds of a machine that others use are too long. Run by `make bench-kept`.
"""

import argparse
import os
import platform
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from pathlib import Path

import psycopg

PAGE = Path(__file__).resolve().parent.parent.parent / "docs" / "benchmarks.md"
PACKAGES = ("SQLAlchemy", "psycopg", "Flask")
TITLES = {
    "tests.bench": "Verbs beside PostgreSQL",
    "tests.bench.pages": "A company's pages over many shifts",
    "tests.bench.shift_day": "Bytes of a shift-day",
    "tests.bench.horizon": "A plan of a horizon, end to end",
    "tests.bench.instant": "People for a seat that opens now",
    "tests.bench.storm": "The accept storm",
    "tests.bench.pay": "A pay week",
    "tests.bench.entries": "Single journal entries",
}
_HEADING = re.compile(r"^## (.+)$", re.MULTILINE)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("bench", choices=sorted(TITLES))
    name = asked.parse_args().bench
    said = list(_run(name))
    text = PAGE.read_text() if PAGE.exists() else "# Benchmarks\n"
    PAGE.write_text(with_section(text, TITLES[name], _section(name, said)))


def with_section(text: str, title: str, body: str) -> str:
    """The page with that section in place of the one of this title, or at its end."""
    parts = _HEADING.split(text)
    sections: Mapping[str, str] = dict(zip(parts[1::2], parts[2::2], strict=True)) | {title: f"\n\n{body.strip()}\n"}
    return parts[0].rstrip() + "\n" + "".join(f"\n## {name}\n\n{inner.strip()}\n" for name, inner in sections.items())


def _run(name: str) -> Iterator[str]:
    """What the bench says, line by line, as it says it. Ends the program as the bench ended if it failed."""
    with subprocess.Popen([sys.executable, "-u", "-m", name], stdout=subprocess.PIPE, text=True) as bench:
        assert bench.stdout is not None
        for line in bench.stdout:
            print(line, end="", flush=True)
            yield line
    if bench.returncode:
        raise SystemExit(bench.returncode)


def _section(name: str, said: list[str]) -> str:
    load = os.getloadavg()[0]
    versions = ", ".join(f"{each} {version(each)}" for each in PACKAGES)
    shown = "".join(line for line in said if not line.startswith("{"))
    return (
        f"Written by `make bench-kept` of `python -m {name}`.\n\n"
        f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}, {_server()}, {versions}."
        f" At the end {load:.1f} processes wanted to run, the bench's own among them.\n\n"
        f"```text\n{shown}```\n"
    )


def _server() -> str:
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"].replace("+psycopg", "")) as connection:
        number = connection.info.server_version
    return f"PostgreSQL {number // 10_000}.{number % 10_000}"


if __name__ == "__main__":
    main()
