"""Where compiled loops are kept: what stands there is run, so nobody else may have put it there."""

from pathlib import Path

from marketplace.solver.compiling import _own


def test_a_folder_that_others_may_write_to_is_not_used(tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    assert _own(mine) == mine == _own(mine)
    assert mine.stat().st_mode & 0o777 == 0o700
    everybodys = tmp_path / "everybodys"
    everybodys.mkdir()
    everybodys.chmod(0o777)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.symlink_to(mine)
    for folder in (everybodys, elsewhere):
        other = _own(folder)
        assert other not in (folder, mine)
        assert other.stat().st_mode & 0o777 == 0o700
        other.rmdir()
