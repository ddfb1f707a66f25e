"""Whatever the document allows, and what it does not, as each role: no crash, and no answer that is not documented.

schemathesis makes the requests from the OpenAPI document, the right and the wrong ones. Each is sent as every role to
the same world, which is put back after each call. Ids of the document are exchanged for ids that exist, most of the
time. SETARA_FUZZ=n makes n requests of each operation instead of a few, and not always the same ones.
"""

import os
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from zlib import crc32

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import APIOperation, Case, GenerationMode, HookContext, Response
from schemathesis.checks import not_a_server_error
from schemathesis.core.parameters import ParameterLocation
from schemathesis.openapi import from_dict
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from marketplace.api import BLUEPRINTS
from marketplace.api.pages import DOCUMENT
from marketplace.core.http import PROBLEM_JSON
from marketplace.core.idempotency import HEADER
from tests.api.world import World

LONG = int(os.environ.get("SETARA_FUZZ", "0"))
MODES = {GenerationMode.POSITIVE: LONG or 3, GenerationMode.NEGATIVE: LONG or 2}
ROLES = ("stranger", "contractor", "owner", "viewer", "key", "operator")
ASKING = {GenerationMode.POSITIVE: ROLES, GenerationMode.NEGATIVE: ROLES if LONG else ("owner",)}
"""What is wrong is refused whoever sends it, so that in a short run one role is enough."""
TAGS = sorted({blueprint.name for blueprint in BLUEPRINTS})
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
QUIET = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large, HealthCheck.large_base_example]
ID = re.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
SIGN_OUT = "DELETE /api/v1/sessions/current"
UNKEPT = frozenset({"POST /api/v1/work-records", "POST /api/v1/companies/{company_id}/identity/tax-number"})
"""What it answers lies nowhere, so a repeated request is a new one."""
SHOWN_ONCE = frozenset(
    {"POST /api/v1/calendar-feeds", "POST /api/v1/sessions", "POST /api/v1/companies/{company_id}/keys"}
)


@pytest.fixture(scope="module")
def operations(world: World) -> dict[str, list[APIOperation[Any, Any, Any, Any]]]:
    """The operations of the document by their tag, with ids of the world."""
    schema = from_dict(world.app.extensions[DOCUMENT])
    schema.app = world.app
    for hook in real_ids(world.ids):
        schema.hook(hook)
    found: dict[str, list[Any]] = {tag: [] for tag in TAGS}
    for result in schema.get_all_operations():
        operation = result.ok()
        assert operation.tags
        found[operation.tags[0]].append(operation)
    return found


def real_ids(known: Mapping[str, tuple[str, ...]]) -> Iterator[Callable[[HookContext, Any], Any]]:
    """Hooks that put an id that exists in the place of most of those that were made up."""

    def exchanged(name: str, value: Any) -> Any:
        if isinstance(value, dict):
            return {inner: exchanged(inner, held) for inner, held in value.items()}
        if isinstance(value, list):
            return [exchanged(name, held) for held in value]
        if name not in known or (name.endswith(("_id", "_ids")) and not ID.fullmatch(str(value))):
            return value
        number = crc32(str(value).encode())
        return known[name][number % len(known[name])] if number % 8 else value

    def map_path_parameters(_context: HookContext, path_parameters: Any) -> Any:
        return exchanged("", path_parameters)

    def map_query(_context: HookContext, query: Any) -> Any:
        return exchanged("", query)

    def map_body(_context: HookContext, body: Any) -> Any:
        return exchanged("", body)

    yield from (map_path_parameters, map_query, map_body)


@pytest.mark.parametrize("tag", TAGS)
def test_every_answer_is_documented(world: World, operations: Mapping[str, list[Any]], tag: str) -> None:
    assert operations[tag]
    for operation in operations[tag]:
        for mode, examples in MODES.items():
            ask(world, operation, mode, examples)


def ask(world: World, operation: Any, mode: GenerationMode, examples: int) -> None:
    @settings(
        max_examples=examples,
        derandomize=not LONG,
        database=None,
        deadline=None,
        suppress_health_check=QUIET,
        phases=[Phase.generate, Phase.shrink] if LONG else [Phase.generate],
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def called_by_everybody(case: Case) -> None:
        for role in ASKING[mode]:
            with world.undone():
                call(world, case, role, world.roles[role])

    try:
        called_by_everybody()
    except Unsatisfiable:
        assert mode is GenerationMode.NEGATIVE, "nothing can be sent that the document allows"


def call(world: World, case: Case, role: str, headers: Mapping[str, str]) -> None:
    response = case.call(headers=dict(headers))
    checks = [*CHECKS, negative_data_rejection] if has_wrong_body(case) else CHECKS
    case.validate_response(response, checks=checks, headers=dict(headers))
    is_well_told(response)
    if role != "operator":
        tells_no_secret(world, case, response)
    if has_effect(case, response):
        is_one_effect(case, response, headers)


def has_wrong_body(case: Case) -> bool:
    """Names that a query may not have are passed over, and every role brings its own headers; a body must be right."""
    body = case.meta.components.get(ParameterLocation.BODY) if case.meta else None
    return body is not None and body.mode.is_negative


def is_well_told(response: Response) -> None:
    """A refusal is a problem with all that a person needs to go on."""
    if response.status_code < 400:
        return
    assert response.headers["content-type"] == [PROBLEM_JSON]
    problem = response.json()
    assert problem["status"] == response.status_code
    assert problem["type"] == f"/problems/{problem['code']}"
    assert all(isinstance(problem[name], str) and problem[name] for name in ("title", "detail", "code", "request_id"))
    assert all(isinstance(problem.get(name, ""), str) for name in ("remedy", "field"))


def tells_no_secret(world: World, case: Case, response: Response) -> None:
    """Whoever knows an id may have it back; nobody learns one of another company's."""
    sent = repr((case.path_parameters, case.query, case.body))
    told = [secret for secret in world.secrets if secret.encode() in response.content and secret not in sent]
    assert not told, told
    named = [secret for secret in case.path_parameters.values() if secret in world.secrets]
    assert not named or response.status_code >= 400, named


def has_effect(case: Case, response: Response) -> bool:
    done = case.method != "GET" and 200 <= response.status_code < 300
    return done and bool(case.headers.get(HEADER)) and case.operation.label not in UNKEPT | {SIGN_OUT}


def is_one_effect(case: Case, first: Response, headers: Mapping[str, str]) -> None:
    """The same request with the same key has the same answer, but for a secret that is shown once."""
    again = case.call(headers=dict(headers))
    assert again.status_code == first.status_code
    assert again.headers["idempotency-replayed"] == ["true"]
    if case.operation.label not in SHOWN_ONCE:
        assert again.content == first.content
