"""The doors of insight."""

from typing import Any

from flask import jsonify
from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint

from marketplace.accounts.auth import actor
from marketplace.core.http import made_file, problems
from marketplace.insight import record, schema
from marketplace.insight import schemas as s

records = Blueprint(
    "records", __name__, url_prefix="/api/v1/record", description="Everything that the service holds about you."
)
FILE: dict[str, Any] = {"type": "string", "format": "binary"}


@records.get("")
@records.response(200, s.PersonRecordSchema)
@problems(records, 401, 403)
def show_record() -> ResponseReturnValue:
    """Your whole record as JSON: work, pay, decisions and their reasons, messages, events (rule EXPORT)."""
    return made_file(record.as_json(by=actor()), "application/json", "setara-record.json")


@records.get("/tables")
@records.response(200, FILE, content_type="application/zip")
@problems(records, 401, 403)
def show_tables() -> ResponseReturnValue:
    """Your whole record as a ZIP archive of CSV tables, one for each section."""
    return made_file(record.as_tables(by=actor()), "application/zip", "setara-record.zip")


@records.get("/schema")
@records.doc(security=[])
@records.response(200, s.RecordSchemaSchema)
def show_schema() -> ResponseReturnValue:
    """The JSON Schema of a record, version by version the same: members may be added, none is taken away."""
    return jsonify(schema.document())


blueprints = (records,)
