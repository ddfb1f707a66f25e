"""What may come in at all, whatever door it knocks at: text that can be kept, and JSON that means one thing.

Asked once for every request that has a route, so that no schema has to think of it. PostgreSQL keeps no character 0,
and UTF-8 has no lone surrogates. JSON is read as RFC 7493 (I-JSON) has it: UTF-8, each name once in an object (2.3),
no integer that a double would round (2.2).
"""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any, NoReturn, TypeVar

from flask import Request
from werkzeug.exceptions import UnsupportedMediaType

from marketplace.core import files
from marketplace.core.problems import Problem

DEEPEST = 32
"""Objects and lists inside each other. Python's own reader gives up at about a thousand, with a crash."""
LARGEST = 2**53 - 1
BESIDE_A_FILE = 64 * 1024
"""Bytes for the fields of a form that come with a file."""
F = TypeVar("F", bound=Callable[..., Any])
_MARK = "setara_takes_files"
_UNKEEPABLE = re.compile("[\x00\ud800-\udfff]")


class NotReadable(Problem):
    code = "not_readable"
    status = 400
    title = "This request cannot be read."
    remedy = "Send UTF-8 without the character U+0000, and JSON with each name once in an object (RFC 7493)."


def takes_files(view: F) -> F:
    """Marks a view that is handed files, as multipart/form-data, and larger bodies than others."""
    setattr(view, _MARK, True)
    return view


def is_for_files(view: Callable[..., Any] | None) -> bool:
    """Whether a view is marked with `takes_files`."""
    return bool(getattr(view, _MARK, False))


def refuse_unreadable(request: Request, *, with_files: bool = False) -> None:
    """Raises NotReadable, or UnsupportedMediaType for a body under /api/ that is not JSON, or of a door that takes
    files not multipart/form-data. Reads the body, but not that of a GET, which means nothing."""
    if with_files and request.method == "POST":
        _refuse_other_than_files(request)
    elif request.method not in ("GET", "HEAD"):
        if request.is_json:
            read_json(request.get_data())
        elif request.path.startswith("/api/") and request.get_data():
            raise UnsupportedMediaType("Send the body as application/json.")
    for where, text in _texts(request):
        if _UNKEEPABLE.search(text):
            raise NotReadable(f"There is a character in the {where} that cannot be kept.")


def _refuse_other_than_files(request: Request) -> None:
    """Raises FileTooLarge before anything of the body is read."""
    request.max_content_length = files.MOST_BYTES + BESIDE_A_FILE
    if (request.content_length or 0) > request.max_content_length:
        raise files.FileTooLarge(field="file")
    if request.path.startswith("/api/") and request.mimetype != "multipart/form-data":
        raise UnsupportedMediaType("Send the file as multipart/form-data.")


def read_json(body: bytes) -> Any:
    """The value of a JSON text, None of an empty one. Raises NotReadable."""
    if not body:
        return None
    try:
        value = json.loads(body.decode(), object_pairs_hook=_once_each, parse_constant=_no_constant)
    except RecursionError as deep:
        raise NotReadable(f"The JSON is more than {DEEPEST} levels deep.") from deep
    except ValueError as broken:
        raise NotReadable(f"This is not JSON: {broken}.") from broken
    _look_through(value)
    return value


def _texts(request: Request) -> Iterator[tuple[str, str]]:
    yield "address", request.path
    for where, pairs in (("query", request.args), ("form", request.form)):
        for name, value in pairs.items(multi=True):
            yield where, name
            yield where, value


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        raise NotReadable("An object of the JSON has a name twice.")
    return made


def _no_constant(name: str) -> NoReturn:
    raise NotReadable(f"{name} is not a number of JSON.")


def _look_through(value: Any) -> None:
    """Without recursion, so that how deep a body is costs no stack."""
    left: list[tuple[Any, int]] = [(value, 0)]
    while left:
        node, depth = left.pop()
        if isinstance(node, str):
            if _UNKEEPABLE.search(node):
                raise NotReadable("There is a character in the JSON that cannot be kept.")
        elif isinstance(node, dict | list):
            if depth == DEEPEST:
                raise NotReadable(f"The JSON is more than {DEEPEST} levels deep.")
            inner = [*node, *node.values()] if isinstance(node, dict) else node
            left.extend((each, depth + 1) for each in inner)
        elif isinstance(node, int | float) and not -LARGEST <= node <= LARGEST:
            raise NotReadable("There is a number in the JSON that is too large. Large amounts are texts.")
