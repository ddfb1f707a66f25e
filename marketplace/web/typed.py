"""Text from a page's form, in the kinds of values that the API's schemas ask for.

A form sends words only: "4", "true", several lines, and nothing at all for a box that is not ticked. JSON has numbers,
truth, lists and null, and the schemas take nothing else for them.
"""

import re
from collections.abc import Mapping
from typing import Any

import marshmallow as ma

_WHOLE = re.compile(r"-?[0-9]{1,12}")
_TRUTH = {"true": True, "false": False}


def in_kind(schema: ma.Schema, data: Mapping[str, Any]) -> dict[str, Any]:
    """The same data with whole numbers and yes or no where the schema has them. For every form.

    What is not of its kind is left as it was typed, so that the schema can say what is wrong with it.
    """
    return {name: _as_value(schema.fields.get(name), value) for name, value in data.items()}


def typed(schema: ma.Schema, data: Mapping[str, Any]) -> dict[str, Any]:
    """`in_kind()`, and beyond it what a form of boxes and texts leaves out. For forms that show every field.

    A list of texts is written a line each. A box without a tick is a no; a field that may be null and is empty is null.
    """
    shaped = in_kind(schema, data)
    for name, field in schema.fields.items():
        value = shaped.get(name, ma.missing)
        if isinstance(field, ma.fields.Nested):
            shaped[name] = typed(field.schema, value if isinstance(value, Mapping) else {})
        elif isinstance(field, ma.fields.Boolean):
            shaped[name] = value is True
        elif isinstance(field, ma.fields.List) and isinstance(field.inner, ma.fields.String):
            shaped[name] = lines(value) if isinstance(value, str) else [] if value is ma.missing else value
        elif value is ma.missing and field.allow_none and field.required:
            shaped[name] = None
    return shaped


def lines(text: str) -> list[str]:
    """The lines of a text that have words in them."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def lists_as_one(messages: Any) -> Any:
    """marshmallow's tree of errors, with the errors about a list's items as errors about the list: a page has one
    field for all of them."""
    if not isinstance(messages, Mapping):
        return messages
    if messages and all(isinstance(key, int) for key in messages):
        return _sentences(messages)
    return {name: lists_as_one(inner) for name, inner in messages.items()}


def _sentences(messages: Any) -> list[str]:
    """Every sentence of a tree, each once."""
    if isinstance(messages, Mapping):
        return list(dict.fromkeys(sentence for each in messages.values() for sentence in _sentences(each)))
    return [str(each) for each in messages]


def _as_value(field: ma.fields.Field[Any] | None, value: Any) -> Any:
    if isinstance(field, ma.fields.Nested) and isinstance(value, Mapping):
        return in_kind(field.schema, value)
    if isinstance(field, ma.fields.List) and isinstance(value, list):
        return [_as_value(field.inner, each) for each in value]
    if isinstance(field, ma.fields.Boolean):
        return _TRUTH.get(value, value) if isinstance(value, str) else value
    if isinstance(field, ma.fields.Integer) and isinstance(value, str) and _WHOLE.fullmatch(value):
        return int(value)
    return value
