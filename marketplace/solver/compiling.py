"""How the loops over arrays are compiled: once, kept in a cache, and without Python's lock.

No loop is parallel of itself: blocks of people are handed to threads (`solving`), because every threading layer of
numba has a trap (one aborts when two threads use it, another dies after a fork), and because sums of whole numbers
over fixed blocks are the same with any number of threads.
"""

import getpass
import os
import stat
import tempfile
from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar, cast

import numba

HERE = Path(__file__).resolve().parent
Function = TypeVar("Function", bound=Callable[..., object])


def _folder() -> Path:
    """Where the compiled loops are kept, named after the text of all of them and of what they read: numba looks only at
    the file of a function, and would go on calling the old form of one that it calls in another file."""
    texts = [path.read_bytes() for path in sorted(HERE.glob("*.py"))]
    words = (b"solver.compiling import", b"class Tables(", b"class Problem:", b"njit(")
    loops = [text for text in texts if any(word in text for word in words)]
    name = sha256(b"\0".join(loops)).hexdigest()[:16]
    beside = HERE / "__pycache__"
    if os.access(beside if beside.exists() else HERE, os.W_OK):
        return beside / f"setara-solver-{name}"
    return _own(Path(tempfile.gettempdir()) / f"setara-solver-{getpass.getuser()}-{name}")


def _own(folder: Path) -> Path:
    """That folder if it is this user's and nobody else may write into it, else a new one: what stands there is run."""
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    found = folder.lstat()
    is_own = stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() and not found.st_mode & 0o022
    return folder if is_own else Path(tempfile.mkdtemp(prefix="setara-solver-"))


vars(numba.config)["CACHE_DIR"] = str(_folder())
_INSIDE: dict[str, Any] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True, "_nrt": False}
_MAKING: dict[str, Any] = _INSIDE | {"_nrt": True}


def compiled(function: Function) -> Function:
    """The same function as machine code, with whole numbers of 64 bits that wrap and never raise."""
    return cast(Function, numba.njit(cache=True, nogil=True, error_model="numpy")(function))


def inner(function: Function) -> Function:
    """As `compiled()`, for what only compiled loops call: without the part that Python would call, which takes longer
    to compile than the function, and without counting who holds an array. Threads that count the same arrays wait for
    each other, and the counting took a third of a plan. Such a function can make no array and gives none back."""
    return cast(Function, numba.njit(cache=True, nogil=True, error_model="numpy", **_INSIDE)(function))


def making(function: Function) -> Function:
    """As `inner()`, for what makes arrays. It says so, since it would do as whoever calls it."""
    return cast(Function, numba.njit(cache=True, nogil=True, error_model="numpy", **_MAKING)(function))
