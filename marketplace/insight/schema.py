"""The JSON Schema of a person's record, written from the sections themselves, so that it cannot say something else."""

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    Boolean,
    Column,
    ColumnElement,
    Date,
    DateTime,
    Enum,
    Integer,
    Label,
    Numeric,
    String,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB, TSTZRANGE
from sqlalchemy.types import TypeEngine

from marketplace.insight.rules import FORMAT, VERSION
from marketplace.insight.sections import SECTIONS
from marketplace.insight.sections.section import Section

_NOBODY = UUID(int=0)
_TEXTS: Mapping[type[TypeEngine[Any]], dict[str, Any]] = MappingProxyType(
    {
        Uuid: {"type": "string", "format": "uuid"},
        DateTime: {"type": "string", "format": "date-time"},
        Date: {"type": "string", "format": "date"},
        Boolean: {"type": "boolean"},
        Integer: {"type": "integer"},
        Numeric: {"type": "string", "format": "decimal"},
        String: {"type": "string"},
        ARRAY: {"type": "array"},
        TSTZRANGE: {
            "type": "object",
            "required": ["from", "until"],
            "properties": {each: {"type": "string", "format": "date-time"} for each in ("from", "until")},
        },
    }
)


@lru_cache(maxsize=1)
def document() -> dict[str, Any]:
    """The schema of the whole record, JSON Schema 2020-12. Later additions are allowed by it; nothing else is."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Everything that Setara holds about one person",
        "type": "object",
        "required": ["format", "version", "schema", "made_at", "person_id", "sections"],
        "properties": {
            "format": {"const": FORMAT},
            "version": {"const": VERSION},
            "schema": {"type": "string", "format": "uri"},
            "made_at": {"type": "string", "format": "date-time"},
            "person_id": {"type": "string", "format": "uuid"},
            "sections": {
                "type": "object",
                "required": [section.name for section in SECTIONS],
                "properties": {section.name: _of_section(section) for section in SECTIONS},
            },
        },
    }


def _of_section(section: Section) -> dict[str, Any]:
    columns = list(section.rows(_NOBODY).selected_columns)
    return {
        "title": section.title,
        "type": "object",
        "required": ["room", "title", "rows"],
        "properties": {
            "room": {"const": section.room},
            "title": {"type": "string"},
            "rows": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": [column.name for column in columns],
                    "properties": {column.name: _of_column(column) for column in columns},
                },
            },
        },
    }


def _of_column(column: ColumnElement[Any]) -> dict[str, Any]:
    told = _of_type(column.type)
    origin = column.element if isinstance(column, Label) else column
    if "type" in told and isinstance(origin, Column) and origin.nullable:
        told["type"] = [told["type"], "null"]
        if "enum" in told:
            told["enum"] = [*told["enum"], None]
    return told


def _of_type(kind: TypeEngine[Any]) -> dict[str, Any]:
    if isinstance(kind, JSONB):
        return {"description": "an object or a list, as its room describes it in the API"}
    if isinstance(kind, Enum):
        return {"type": "string", "enum": list(kind.enums)}
    if isinstance(kind, ARRAY):
        return {"type": "array", "items": _of_type(kind.item_type)}
    return dict(next(told for known, told in _TEXTS.items() if isinstance(kind, known)))
