"""The guard: a request is judged by Stripe's own document, and so is every answer that the stand-in gives to it.

What Stripe's document does not say and Stripe does, is said here by hand: `NO_LONGER` and the limits of metadata.
"""

import gzip
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from jsonschema import Draft7Validator
from jsonschema.protocols import Validator
from werkzeug.formparser import MultiPartParser
from werkzeug.http import parse_options_header

from marketplace.core.files import content_of

DOCUMENT = Path(__file__).with_name("stripe-openapi.json.gz")
FORM, MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data"
NO_LONGER = {"payment_method_types": "payment_method_types_no_longer_supported"}
NO_LONGER_SINCE = "2026-09-30.endive"
"""Parameters that the document still knows, and Stripe refuses of whoever names this version of its API or a later one
(docs.stripe.com/changelog/endive/2026-09-30)."""
BY_HAND: Mapping[str, Any] = {
    "/v1/payment_pages/{session}": {"get": {"responses": {"200": {"content": {"application/json": {"schema": {}}}}}}},
    "/v1/payment_pages/{session}/confirm": {
        "post": {
            "requestBody": {
                "content": {
                    FORM: {
                        "schema": {
                            "type": "object",
                            "properties": {
                                "payment_method": {"type": "string"},
                                "expected_amount": {"type": "integer"},
                            },
                            "required": ["payment_method"],
                        }
                    }
                }
            },
            "responses": {"200": {"content": {"application/json": {"schema": {}}}}},
        }
    },
}
"""Operations that Stripe's document leaves out and Stripe's own command line asks for, as its fixture of
`checkout.session.completed` has them: by them a test card pays a Checkout without anybody's browser."""
MOST_KEYS, LONGEST_NAME, LONGEST_VALUE = 50, 40, 500
"""Of metadata (docs.stripe.com/api/metadata)."""
AT_LEAST_ONE = {"/v1/transfers", "/v1/payouts", "/v1/refunds", "/v1/transfers/{id}/reversals"}
"""Operations whose amount must be above zero."""
DEEP = 3
"""Objects inside each other that a new one is made of."""
WHOLE = re.compile(r"-?[0-9]+")


class Sent(NamedTuple):
    """A file that came with a request."""

    name: str
    content: bytes


class StripeRefuses(Exception):
    """An error as Stripe words it."""

    def __init__(
        self, text: str, *, code: str | None = None, param: str | None = None, status: int = 400,
        kind: str = "invalid_request_error",
    ) -> None:  # fmt: skip
        super().__init__(text)
        told = {"type": kind, "message": text, "code": code, "param": param}
        self.status, self.error = status, {name: value for name, value in told.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of the document, and what stands in its path."""

    method: str
    path: str
    ids: Mapping[str, str]
    spec: Mapping[str, Any]


@cache
def document() -> dict[str, Any]:
    with gzip.open(DOCUMENT) as packed:
        found: dict[str, Any] = json.load(packed)
    found["paths"] |= BY_HAND
    return found


@cache
def _paths() -> list[tuple[re.Pattern[str], str]]:
    # Paths without a name in them first: /v1/events/{id} must not take /v1/events.
    known = sorted(document()["paths"], key=lambda path: path.count("{"))
    return [(re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path)), path) for path in known]


def operation(method: str, path: str) -> Operation:
    """The operation that a request asks for. Raises StripeRefuses where there is none."""
    for pattern, template in _paths():
        if (match := pattern.fullmatch(path)) and method.lower() in document()["paths"][template]:
            spec = document()["paths"][template][method.lower()]
            return Operation(method, template, match.groupdict(), spec)
    raise StripeRefuses(f"Unrecognized request URL ({method}: {path}).", status=404)


def parameters(
    found: Operation, query: str, body: bytes, kind: str = FORM, version: str = NO_LONGER_SINCE
) -> dict[str, Any]:
    """What a request says, in the types of the document. `version` is the one of the API that it names; without one
    Stripe takes that of the account, which may be an old one. Raises StripeRefuses in Stripe's words."""
    content = found.spec.get("requestBody", {}).get("content", {})
    pairs, sent = _form(body, kind) if MULTIPART in content else (parse_qsl(body.decode(), keep_blank_values=True), {})
    given = tree([*parse_qsl(query, keep_blank_values=True), *pairs]) | sent
    asked = [each for each in found.spec.get("parameters", ()) if each["in"] == "query"]
    properties = {each["name"]: each["schema"] for each in asked}
    required = [each["name"] for each in asked if each.get("required")]
    for form in (each["schema"] for known, each in content.items() if known in (FORM, MULTIPART)):
        properties |= form.get("properties", {})
        required += form.get("required", [])
    schema = {"type": "object", "properties": properties, "required": required, "additionalProperties": False}
    told: dict[str, Any] = _read(schema, given, "")
    _check_by_hand(found, told, version)
    return told


def _form(body: bytes, kind: str) -> tuple[list[tuple[str, str]], dict[str, Sent]]:
    """The fields and the files of a body in parts. Their boundary is another one at each attempt."""
    named, options = parse_options_header(kind)
    if named != MULTIPART or "boundary" not in options:
        raise StripeRefuses("Request Content-Type must be `multipart/form-data`.", status=415)
    fields, files = MultiPartParser().parse(BytesIO(body), options["boundary"].encode(), len(body))
    sent = {name: Sent(each.filename or "", content_of(each)) for name, each in files.items()}
    return list(fields.items(multi=True)), sent


def _check_by_hand(found: Operation, told: Mapping[str, Any], version: str) -> None:
    for name in NO_LONGER.keys() & told.keys() if version >= NO_LONGER_SINCE else ():
        raise StripeRefuses(f"`{name}` is no longer supported.", code=NO_LONGER[name], param=name)
    if found.method == "POST" and found.path in AT_LEAST_ONE and told.get("amount", 1) < 1:
        text = "This value must be greater than or equal to 1."
        raise StripeRefuses(text, code="parameter_invalid_integer", param="amount")
    for name, value in _metadata(told):
        if len(value) > MOST_KEYS:
            raise StripeRefuses(f"Metadata can have up to {MOST_KEYS} keys.", param=name)
        for key, each in value.items():
            if len(key) > LONGEST_NAME or len(each) > LONGEST_VALUE:
                text = f"Metadata names have up to {LONGEST_NAME} and values up to {LONGEST_VALUE} characters."
                raise StripeRefuses(text, param=f"{name}[{key}]")


def _metadata(told: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, dict[str, str]]]:
    for name, value in told.items():
        if name == "metadata" and isinstance(value, dict):
            yield f"{above}[{name}]" if above else name, value
        elif isinstance(value, dict):
            yield from _metadata(value, f"{above}[{name}]" if above else name)


def tree(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    """`a[b][0]=c` as nested objects; lists are objects with numbers for names until a schema reads them."""
    root: dict[str, Any] = {}
    for name, value in pairs:
        head, *rest = re.findall(r"[^\[\]]+|(?<=\[)(?=\])", name) or [name]
        at, keys = root, [head, *rest]
        for key in keys[:-1]:
            below = at.setdefault(key, {})
            if not isinstance(below, dict):
                raise StripeRefuses("Invalid object", param=name)
            at = below
        at[keys[-1] or str(len(at))] = value
    return root


def _read(schema: Mapping[str, Any], given: Any, where: str) -> Any:
    if "anyOf" in schema:
        return _first_that_fits(schema["anyOf"], given, where)
    if schema.get("format") == "binary":
        if not isinstance(given, Sent):
            raise StripeRefuses("Invalid file: must be a file", param=where)
        return given
    match schema.get("type"):
        case "object":
            return _read_object(schema, given, where)
        case "array":
            if not isinstance(given, dict):
                raise StripeRefuses("Invalid array", param=where)
            return [_read(schema["items"], each, f"{where}[{at}]") for at, each in given.items()]
        case kind:
            if not isinstance(given, str):
                raise StripeRefuses(f"Invalid {kind or 'string'}: {given}", param=where)
            return _read_plain(schema, str(kind), given, where)


def _first_that_fits(options: list[Mapping[str, Any]], given: Any, where: str) -> Any:
    """An object where the first option takes one; otherwise whichever takes it. The first refusal is the one told."""
    refusals = []
    for option in options:
        try:
            return _read(option, given, where)
        except StripeRefuses as no:
            refusals.append(no)
    raise refusals[0]


def _read_object(schema: Mapping[str, Any], given: Any, where: str) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise StripeRefuses("Invalid object", param=where)
    known, other = schema.get("properties", {}), schema.get("additionalProperties", False)
    found = {}
    for name, value in given.items():
        inner = f"{where}[{name}]" if where else name
        if name not in known and not isinstance(other, Mapping):
            raise StripeRefuses(f"Received unknown parameter: {inner}", code="parameter_unknown", param=inner)
        found[name] = _read(known.get(name, other), value, inner)
    for name in schema.get("required", ()):
        if name not in given:
            inner = f"{where}[{name}]" if where else name
            raise StripeRefuses(f"Missing required param: {inner}.", code="parameter_missing", param=inner)
    return found


def _read_plain(schema: Mapping[str, Any], kind: str, given: str, where: str) -> Any:
    if kind in ("integer", "number"):
        if not WHOLE.fullmatch(given):
            raise StripeRefuses(f"Invalid integer: {given}", code="parameter_invalid_integer", param=where)
        return int(given)
    if kind == "boolean":
        if given not in ("true", "false"):
            raise StripeRefuses(f"Invalid boolean: {given}", param=where)
        return given == "true"
    options = schema.get("enum")
    if options is not None and given not in options:
        raise StripeRefuses(f"Invalid {where}: must be one of {', '.join(map(str, options))}", param=where)
    if options is None and not given:
        text = f"You passed an empty string for '{where}'."
        raise StripeRefuses(text, code="parameter_invalid_empty", param=where)
    if len(given) > schema.get("maxLength", len(given)):
        raise StripeRefuses(f"Invalid string: {where} is too long.", param=where)
    return given


# --- answers --------------------------------------------------------------------------------------------------------


def check_answer(found: Operation, answer: Any) -> None:
    """Raises AssertionError where Stripe's document does not allow the stand-in's answer."""
    wrong = sorted(_answers(found.method, found.path).iter_errors(answer), key=lambda each: str(each.path))
    assert not wrong, f"{found.method} {found.path}: {wrong[0].json_path}: {wrong[0].message[:300]}"


def check_object(kind: str, made: Any) -> None:
    """As `check_answer()`, of an object that goes out in an event."""
    wrong = list(_schema(kind).iter_errors(made))
    assert not wrong, f"{kind}: {wrong[0].json_path}: {wrong[0].message[:300]}"


@cache
def _answers(method: str, path: str) -> Validator:
    content = document()["paths"][path][method.lower()]["responses"]["200"]["content"]
    return _validator(content["application/json"]["schema"])


@cache
def _schema(kind: str) -> Validator:
    return _validator({"$ref": f"#/components/schemas/{kind}"})


def _validator(schema: Mapping[str, Any]) -> Validator:
    return Draft7Validator({**_as_json_schema(schema), "components": _components()})


@cache
def _components() -> Any:
    return _as_json_schema(document()["components"])


def _as_json_schema(node: Any) -> Any:
    """OpenAPI 3.0 says `nullable` where JSON Schema has a type more."""
    if isinstance(node, list):
        return [_as_json_schema(each) for each in node]
    if not isinstance(node, dict):
        return node
    made = {name: _as_json_schema(value) for name, value in node.items() if name != "nullable"}
    return {"anyOf": [{"type": "null"}, made]} if node.get("nullable") is True else made


@cache
def _blank(kind: str) -> str:
    return json.dumps(_empty(document()["components"]["schemas"][kind], deep=DEEP))


def blank(kind: str) -> dict[str, Any]:
    """An object of the kind, as empty as the document allows: what it requires, and what may be null as null, which
    Stripe says of everything that it does not leave out."""
    made: dict[str, Any] = json.loads(_blank(kind))
    return made


def _empty(schema: Mapping[str, Any], deep: int) -> Any:
    if schema.get("nullable") is True:
        return None
    if "$ref" in schema:
        return _empty(document()["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]], deep)
    if "anyOf" in schema:
        return _empty(schema["anyOf"][0], deep)
    if "enum" in schema:
        return schema["enum"][0]
    match schema.get("type"):
        case "object":
            known, needed = schema.get("properties", {}), schema.get("required", ())
            told = [*needed, *(name for name, each in known.items() if deep == DEEP and each.get("nullable") is True)]
            return {name: _empty(known[name], deep - 1) for name in told} if deep else {}
        case "array":
            return []
        case "boolean":
            return False
        case "integer" | "number":
            return 0
    return ""
