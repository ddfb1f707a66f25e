"""Makes `.venv` and installs the requirements, unless they stand there already: `python3 tools/setup_venv.py [--dev]`.

It also compiles the loops of the solver, for a minute; `--solver without` leaves that to `--solver alone`, which does
nothing else and may run beside what needs no solver yet.

The requirement files name what Setara itself uses; constraints.txt, which they name too, holds the version of every
package that comes with it. `python3 tools/setup_venv.py --dev --pin` writes it anew from what `.venv` has.

Needs the standard library only, and is read by Pythons that are too old to run it, so that they can say so. Exit
codes: 0 ready, 2 wrong command line, 3 Python is too old, 4 venv is missing, 5 the installation failed.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import os
import subprocess
import sys
import time
from pathlib import Path

OLDEST_PYTHON = (3, 11)
BEGAN = time.monotonic()
UV = "uv==0.13.9"
PYTHON_TOO_OLD, VENV_MISSING, INSTALLATION_FAILED = 3, 4, 5
PINS = "constraints.txt"
HEAD_OF_PINS = "# Every version that .venv has. Written by: python3 tools/setup_venv.py --dev --pin\n"
UV_NAMES_OF_PIP_OPTIONS = {
    "index-url": "UV_INDEX_URL",
    "extra-index-url": "UV_EXTRA_INDEX_URL",
    "find-links": "UV_FIND_LINKS",
    "cert": "SSL_CERT_FILE",
}


class SetupFailed(Exception):
    """The environment cannot be made: one sentence, and the exit code."""

    def __init__(self, code: int, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


def set_up(project: Path, dev: bool, solver: str = "with") -> None:
    """Bring the project's `.venv` up to its requirement files, `with` the solver's loops compiled or `without`, or
    compile those `alone`. Raises SetupFailed."""
    names = ["requirements.txt", "requirements-dev.txt"] if dev else ["requirements.txt"]
    venv = project / ".venv"
    if solver != "alone" and not all(is_current(venv, project / name) for name in names):
        _make(project, venv, names)
    if solver != "without":
        _compile(project, venv)


def _make(project: Path, venv: Path, names: list[str]) -> None:
    _require_python()
    if not (venv / "bin" / "pip").exists():
        _say(f"Making a virtual environment in {venv}.")
        _run([sys.executable, "-m", "venv", "--clear", str(venv)], "The virtual environment could not be made")
    _install(venv, project / names[-1])
    for name in names:
        _stamp_file(venv, name).write_text(_stamp(venv, project / name))
    _say("The virtual environment is ready.")


def _compile(project: Path, venv: Path) -> None:
    """Compile the solver's loops, unless it was done for this text of them: otherwise the first plan would wait for it.
    Where it fails nothing is lost, since that plan does it then."""
    solver = project / "marketplace" / "solver"
    texts = sorted(solver.glob("*.py"))
    if not texts:
        return
    parts = [_stamp(venv, project / "requirements.txt").encode(), *(text.read_bytes() for text in texts)]
    stamp, stamped = hashlib.sha256(b"\0".join(parts)).hexdigest(), venv / ".compiled-solver"
    if stamped.exists() and stamped.read_text() == stamp:
        return
    _say("Compiling the loops of the solver, once, for about a minute.")
    if _succeeds([str(venv / "bin" / "python"), "-m", "marketplace.solver.warming"], place=project):
        stamped.write_text(stamp)


def pin(project: Path) -> None:
    """Write down the versions of the project's `.venv`, so that the next one gets the same. Raises SetupFailed."""
    command = [str(project / ".venv" / "bin" / "python"), "-m", "pip", "freeze", "--exclude", "uv"]
    try:
        found = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        raise SetupFailed(INSTALLATION_FAILED, f"The versions of .venv could not be read ({error}).") from error
    (project / PINS).write_text(HEAD_OF_PINS + found)


def is_current(venv: Path, requirements: Path) -> bool:
    """Whether exactly these requirements were installed last, into this environment, where it stands now."""
    stamp = _stamp_file(venv, requirements.name)
    return stamp.exists() and stamp.read_text() == _stamp(venv, requirements)


def _stamp_file(venv: Path, name: str) -> Path:
    return venv / f".installed-{name}"


def _stamp(venv: Path, requirements: Path) -> str:
    # A moved environment has scripts that name its old place, and pyvenv.cfg names the Python it was made with.
    files = (venv / "pyvenv.cfg", requirements, requirements.with_name(PINS))
    parts = [str(venv.resolve()).encode(), *(file.read_bytes() for file in files)]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def _require_python() -> None:
    if sys.version_info < OLDEST_PYTHON:
        have, need = (".".join(map(str, version[:2])) for version in (sys.version_info, OLDEST_PYTHON))
        raise SetupFailed(
            PYTHON_TOO_OLD,
            f"Setara needs Python {need} or newer and {sys.executable} is {have}; install one and name it: "
            "make run PYTHON=/path/to/python3.",
        )
    if any(importlib.util.find_spec(module) is None for module in ("venv", "ensurepip")):
        raise SetupFailed(
            VENV_MISSING,
            f"{sys.executable} cannot make virtual environments; on Debian run `apt-get install python3-venv`.",
        )


def _install(venv: Path, requirements: Path) -> None:
    """Install with uv, which takes seconds, or with pip, which takes minutes, where uv cannot be had."""
    python = str(venv / "bin" / "python")
    pip = [python, "-m", "pip", "--disable-pip-version-check", "install"]
    uv = [str(venv / "bin" / "uv"), "pip", "install", "--python", python]
    _say(f"Installing {requirements.name}.")
    if _succeeds([*pip, "--quiet", UV]) and _succeeds([*uv, "-r", str(requirements)], _environment_for_uv(python)):
        return
    _say("uv cannot do it here; installing with pip, which takes minutes.")
    _run([*pip, "-r", str(requirements)], f"{requirements.name} could not be installed")


def _environment_for_uv(python: str) -> dict[str, str]:
    """Return the environment with pip's package sources, which uv does not read by itself."""
    command = [python, "-m", "pip", "config", "list"]
    listed = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False).stdout
    found = {"UV_INDEX_STRATEGY": "unsafe-best-match"}  # All sources count alike, as they do for pip.
    for line in listed.splitlines():
        name, _, value = line.partition("=")
        option = name.rpartition(".")[2]
        if option in UV_NAMES_OF_PIP_OPTIONS:
            found[UV_NAMES_OF_PIP_OPTIONS[option]] = value.strip("'")
    return {**found, **os.environ}


def _succeeds(command: list[str], environment: dict[str, str] | None = None, place: Path | None = None) -> bool:
    try:
        return subprocess.run(command, env=environment, cwd=place, check=False).returncode == 0
    except OSError:
        return False


def _run(command: list[str], failure: str) -> None:
    if not _succeeds(command):
        raise SetupFailed(INSTALLATION_FAILED, f"{failure}; the reason stands above.")


def _say(words: str) -> None:
    sys.stdout.write(f"[{time.monotonic() - BEGAN:6.1f} s] {words}\n")
    sys.stdout.flush()


def main() -> int:
    """Parse the command line and set up; a failure is its sentence and its exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--dev", action="store_true", help="also what tests and checks need")
    parser.add_argument("--solver", choices=("with", "without", "alone"), default="with", help="compile its loops")
    parser.add_argument("--pin", action="store_true", help="afterwards write constraints.txt from what is installed")
    options = parser.parse_args()
    project = Path(__file__).resolve().parents[1]
    try:
        set_up(project, options.dev, options.solver)
        if options.pin:
            pin(project)
    except SetupFailed as failure:
        sys.stderr.write(f"{failure}\n")
        return failure.code
    return 0


if __name__ == "__main__":
    sys.exit(main())
