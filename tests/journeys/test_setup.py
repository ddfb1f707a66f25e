"""When the environment is made again and when not, and what is said on a machine that cannot make one."""

import importlib.util
import sys
from pathlib import Path

import pytest

from tools import setup_venv


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project whose runtime requirements have been installed."""
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / "pyvenv.cfg").write_text("version = 3.11.7\n")
    (tmp_path / "requirements.txt").write_text("flask==3.1.3\n")
    (tmp_path / "requirements-dev.txt").write_text("-r requirements.txt\npytest==9.1.1\n")
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


@pytest.mark.parametrize("changed", ["requirements.txt", ".venv/pyvenv.cfg"])
def test_a_changed_file_sets_up_again(project: Path, monkeypatch: pytest.MonkeyPatch, changed: str) -> None:
    (project / changed).write_text("something else\n")
    refuse_old_python(monkeypatch)
    with pytest.raises(setup_venv.SetupFailed):
        setup_venv.set_up(project, dev=False)


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


def test_pip_sources_are_handed_to_uv(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "https://mirror.example/simple")
    monkeypatch.delenv("UV_INDEX_URL", raising=False)
    assert setup_venv._environment_for_uv(sys.executable)["UV_INDEX_URL"] == "https://mirror.example/simple"
