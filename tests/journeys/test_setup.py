"""When the environment is made again and when not, and what is said on a machine that cannot make one."""

import importlib.util
import re
import sys
from importlib.metadata import distributions
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

from tools import setup_venv

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project whose runtime requirements have been installed."""
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / "pyvenv.cfg").write_text("version = 3.11.7\n")
    (tmp_path / "requirements.txt").write_text("flask==3.1.3\n")
    (tmp_path / "requirements-dev.txt").write_text("-r requirements.txt\npytest==9.1.1\n")
    (tmp_path / "constraints.txt").write_text("werkzeug==3.1.3\n")
    stamp(tmp_path, "requirements.txt")
    return tmp_path


def stamp(project: Path, name: str) -> None:
    venv = project / ".venv"
    setup_venv._stamp_file(venv, name).write_text(setup_venv._stamp(venv, project / name))


def refuse_old_python(monkeypatch: pytest.MonkeyPatch) -> None:
    """From here on whatever really sets up fails, so that doing nothing can be told from doing something."""
    monkeypatch.setattr(sys, "version_info", (3, 9, 2, "final", 0))


def test_nothing_is_done_where_everything_stands(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    refuse_old_python(monkeypatch)
    setup_venv.set_up(project, dev=False)


@pytest.mark.parametrize("changed", ["requirements.txt", "constraints.txt", ".venv/pyvenv.cfg"])
def test_a_changed_file_sets_up_again(project: Path, monkeypatch: pytest.MonkeyPatch, changed: str) -> None:
    (project / changed).write_text("something else\n")
    refuse_old_python(monkeypatch)
    with pytest.raises(setup_venv.SetupFailed):
        setup_venv.set_up(project, dev=False)


def test_the_solver_is_compiled_once_for_each_text_of_it(project: Path) -> None:
    solver = project / "marketplace" / "solver"
    solver.mkdir(parents=True)
    warming = solver / "warming.py"
    warming.write_text("open('compiled', 'a').write('.')")
    (project / ".venv" / "bin").mkdir()
    (project / ".venv" / "bin" / "python").symlink_to(sys.executable)
    setup_venv.set_up(project, dev=False)
    setup_venv.set_up(project, dev=False)
    assert (project / "compiled").read_text() == "."
    warming.write_text("open('compiled', 'a').write('the new one')")
    setup_venv.set_up(project, dev=False)
    assert (project / "compiled").read_text() == ".the new one"


def test_the_solver_is_left_to_another_step(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests begin while it is compiled; that step never makes an environment, in which they already run."""
    asked: list[Path] = []
    monkeypatch.setattr(setup_venv, "_compile", lambda project, _venv: asked.append(project))
    setup_venv.set_up(project, dev=False, solver="without")
    assert asked == []
    (project / "requirements.txt").write_text("something else\n")
    refuse_old_python(monkeypatch)
    setup_venv.set_up(project, dev=False, solver="alone")
    assert asked == [project]


def test_an_environment_that_was_moved_is_not_trusted(project: Path) -> None:
    assert setup_venv.is_current(project / ".venv", project / "requirements.txt")
    moved = (project / ".venv").rename(project / "elsewhere")
    assert not setup_venv.is_current(moved, project / "requirements.txt")


def test_tests_need_both_lists(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    refuse_old_python(monkeypatch)
    with pytest.raises(setup_venv.SetupFailed):
        setup_venv.set_up(project, dev=True)
    stamp(project, "requirements-dev.txt")
    setup_venv.set_up(project, dev=True)


def test_python_that_is_too_old(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (project / "requirements.txt").write_text("flask\n")
    refuse_old_python(monkeypatch)
    with pytest.raises(setup_venv.SetupFailed, match=r"needs Python 3\.11 or newer and .* is 3\.9; ") as failure:
        setup_venv.set_up(project, dev=False)
    assert failure.value.code == 3


def test_python_without_ensurepip(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (project / "requirements.txt").write_text("flask\n")
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "ensurepip" else object())
    with pytest.raises(setup_venv.SetupFailed, match="apt-get install python3-venv") as failure:
        setup_venv.set_up(project, dev=False)
    assert failure.value.code == 4


def pins(file: Path) -> dict[str, str]:
    """The version that a file asks for, by the package's name as an index spells it."""
    lines = [line.partition("==") for line in file.read_text().splitlines() if "==" in line]
    return {canonicalize_name(name.partition("[")[0]): version for name, _, version in lines}


def test_the_packages_here_are_those_that_are_pinned() -> None:
    """What the tests ran with is what the next installation gets. If this fails: tools/setup_venv.py --dev --pin"""
    held, asked = pins(ROOT / "constraints.txt"), pins(ROOT / "requirements.txt") | pins(ROOT / "requirements-dev.txt")
    assert {name: held.get(name) for name in asked} == asked
    here = {canonicalize_name(each.name): each.version for each in distributions()}
    assert {name: here.get(name) for name in held} == held


def test_the_pins_name_versions_and_nothing_else() -> None:
    """No file of a machine, no address of an index."""
    for line in (ROOT / "constraints.txt").read_text().splitlines()[1:]:
        assert re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.+!]+", line), line


def test_pins_are_written_from_what_is_installed(project: Path) -> None:
    with pytest.raises(setup_venv.SetupFailed, match=r"versions of \.venv could not be read"):
        setup_venv.pin(project)
    (project / ".venv" / "bin").mkdir()
    python = project / ".venv" / "bin" / "python"
    python.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    python.chmod(0o755)
    setup_venv.pin(project)
    head = (project / "constraints.txt").read_text().partition("\n")[0]
    assert head == "# Every version that .venv has. Written by: python3 tools/setup_venv.py --dev --pin"
    assert {"pytest", "flask"} <= set(pins(project / "constraints.txt"))
    assert "uv" not in pins(project / "constraints.txt")


def test_pip_sources_are_handed_to_uv(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "https://mirror.example/simple")
    monkeypatch.delenv("UV_INDEX_URL", raising=False)
    assert setup_venv._environment_for_uv(sys.executable)["UV_INDEX_URL"] == "https://mirror.example/simple"
