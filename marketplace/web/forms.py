"""A form on a page: the same marshmallow schemas as the API, fed from form fields, with everything typed kept.

A field of a nested member is named with a dot (`rate.amount`); a list's field may stand several times. Nothing typed is
ever lost: when the schema or the verb refuses, the page is shown again with the values, the errors beside their fields
and what to do.
"""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, TypeVar
from uuid import uuid4

import marshmallow as ma
from flask import request
from werkzeug.datastructures import MultiDict

from marketplace.core.db import db
from marketplace.core.idempotency import FORM_FIELD
from marketplace.core.problems import Problem
from marketplace.web import amounts
from marketplace.web.field_words import plain
from marketplace.web.typed import in_kind

T = TypeVar("T")
LOOK = "look"
"""The name of a button that shows what a form would do, and does nothing yet."""
_NOT_THE_SCHEMAS = frozenset({FORM_FIELD, "csrf_token", "next", LOOK})


class Form:
    """One form, empty, prefilled or handed in.

    `values` are what stands in the fields, `errors` the sentences beside them, `problem` a refusal that is about the
    whole, `made` what came of it. `status` is the HTTP status that the page with this form is answered with. Where
    people write something in other fields than the verb takes, `typed_in` of the schema names the field beside which a
    refusal of it stands.
    """

    def __init__(self, schema: type[ma.Schema] | ma.Schema, values: Mapping[str, Any] | None = None) -> None:
        self.schema = schema if isinstance(schema, ma.Schema) else schema()
        self.values: Mapping[str, Any] = values or {}
        self.errors: dict[str, list[str]] = {}
        self.problem: Problem | None = None
        self.made: object = None
        self._focused: str | None = None
        self.status = int(HTTPStatus.OK)
        # A fresh key a form: sending the same form twice, as a slow phone does, has one effect.
        self.idempotency_key = str(uuid4())

    def run(self, act: Callable[[Any], T], given: MultiDict[str, str] | None = None) -> T | None:
        """Checks what was handed in and does the act with it. None when either refused; then show the page again.

        The act runs in a savepoint, so that a refusal leaves nothing half done and the page can still be read. `given`
        is the query of an address, for a form that changes nothing and whose answer may be shared by its address.
        """
        handed_in = _flat(request.form if given is None else given)
        typed = {name: value for name, value in handed_in.items() if name not in _NOT_THE_SCHEMAS}
        self.values = typed
        given_amounts, unread = amounts.as_read(self.schema, _nested(typed, self.schema))
        try:
            data = self.schema.load(in_kind(self.schema, given_amounts))
        except ma.ValidationError as wrong:
            self.errors, self.status = _beside_fields(_flatten(wrong.messages) | unread, typed), 422
            return None
        try:
            with db.session.begin_nested():
                made = self.made = act(data)
                return made
        except Problem as refused:
            self.problem, self.status = refused, refused.status
            if refused.field:
                field = getattr(self.schema, "typed_in", {}).get(refused.field, refused.field)
                self.errors = _beside_fields({field: [refused.detail]}, typed)
            return None

    def done(self, act: Callable[[Any], object]) -> bool:
        """Whether the form was handed in and the act was done with it. A page that is only looked at has done
        nothing; a refusal stands in `errors`, `problem` and `status`."""
        if request.method != "POST":
            return False
        self.run(act)
        return self.status == HTTPStatus.OK

    def value(self, name: str, default: Any = "") -> Any:
        return self.values.get(name, default)

    def takes_focus(self, name: str) -> bool:
        """Whether this field with an error is the one that a reader goes on with: the first that the page asks about,
        unless something is said about the whole, which is read first."""
        if self.problem is None and self._focused is None:
            self._focused = name
        return self._focused == name

    def chosen(self, name: str, option: str) -> bool:
        """Whether an option of a field that may stand several times is ticked."""
        value = self.values.get(name)
        return option in value if isinstance(value, list | tuple | set | frozenset) else str(value) == option


def _flat(form: MultiDict[str, str]) -> dict[str, Any]:
    return {name: values if len(values) > 1 else values[0] for name, values in form.lists()}


def _nested(typed: Mapping[str, Any], schema: ma.Schema) -> dict[str, Any]:
    """What was typed, in the shape of the schema.

    `{"rate.amount": "15"}` becomes `{"rate": {"amount": "15"}}`. An empty field is left out, except that a list or a
    mapping of which only empty fields stand in the form is empty: unticking the last box says "none".
    """
    result: dict[str, Any] = {}
    for name, value in typed.items():
        *outer, last = name.split(".")
        field = schema.fields.get(outer[0] if outer else name)
        if isinstance(field, ma.fields.List):
            result[name] = [each for each in (value if isinstance(value, list) else [value]) if each != ""]
            continue
        if isinstance(field, ma.fields.Dict) and outer:
            result.setdefault(outer[0], {})
        if value == "":
            continue
        place = result
        for step in outer:
            place = place.setdefault(step, {})
        place[last] = value
    return result


def _beside_fields(errors: dict[str, list[str]], typed: Mapping[str, Any]) -> dict[str, list[str]]:
    """An error about a whole that is typed in several fields, such as money, stands beside the first of them."""
    first: dict[str, str] = {}
    for name in typed:
        first.setdefault(name.split(".")[0], name)
    return {(name if name in typed else first.get(name, name)): words for name, words in errors.items()}


def _flatten(messages: Any, before: str = "") -> dict[str, list[str]]:
    if isinstance(messages, Mapping):
        found: dict[str, list[str]] = {}
        for name, inner in messages.items():
            found |= _flatten(inner, f"{before}.{name}" if before else str(name))
        return found
    return {before: [plain(str(message)) for message in (messages if isinstance(messages, list) else [messages])]}
