"""How the loops over arrays are compiled: once, kept in a cache, and without Python's lock.

No loop is parallel of itself: blocks of people are handed to threads (`solving`), because every threading layer of
numba has a trap (one aborts when two threads use it, another dies after a fork), and because sums of whole numbers
over fixed blocks are the same with any number of threads.
"""

import os
import tempfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar, cast

import numba

HERE = Path(__file__).resolve().parent
Function = TypeVar("Function", bound=Callable[..., object])


def _folder() -> Path:
    """Where the compiled loops are kept, named after the text of all of them: numba looks only at the file of a
    function, and would go on calling the old form of one that it calls in another file."""
    texts = [path.read_bytes() for path in sorted(HERE.glob("*.py"))]
    loops = [text for text in texts if b"solver.tables import" in text or b"class Tables(" in text]
    name = sha256(b"\0".join(loops)).hexdigest()[:16]
    beside = HERE / "__pycache__"
    base = beside if os.access(beside if beside.exists() else HERE, os.W_OK) else Path(tempfile.gettempdir())
    return base / f"setara-solver-{os.getuid() if hasattr(os, 'getuid') else 'user'}-{name}"


vars(numba.config)["CACHE_DIR"] = str(_folder())


def compiled(function: Function) -> Function:
    """The same function as machine code, with whole numbers of 64 bits that wrap and never raise."""
    return cast(Function, numba.njit(cache=True, nogil=True, error_model="numpy")(function))


def inner(function: Function) -> Function:
    """As `compiled()`, for what only compiled loops call: without the part that Python would call, which takes longer
    to compile than the function."""
    only_inside: Any = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
    return cast(Function, numba.njit(cache=True, nogil=True, error_model="numpy", **only_inside)(function))
