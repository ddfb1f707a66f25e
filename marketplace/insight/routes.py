"""The doors of insight."""

from typing import Any
from uuid import UUID

from flask import jsonify
from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint

from marketplace.accounts.auth import actor, actor_or_none
from marketplace.accounts.schemas import ReasonSchema
from marketplace.core import idempotency
from marketplace.core.http import PageArgs, made_file, page, problems
from marketplace.core.limits import CURIOUS, STRANGERS, limiter
from marketplace.insight import company_report, crediting, erasure, issuer, publishing, record, schema, work_records
from marketplace.insight import schemas as s
from marketplace.insight.company_report import Report
from marketplace.insight.models import IssuerKey, WorkRecord
from marketplace.insight.report_rules import Quarter
from marketplace.insight.verify import Finding
from marketplace.insight.verifying import verify
from marketplace.standards.hiding_models import Hiding
from marketplace.standards.hiding_schemas import HidingSchema

records = Blueprint(
    "records", __name__, url_prefix="/api/v1/record", description="Everything that the service holds about you."
)
signed = Blueprint(
    "work records",
    __name__,
    url_prefix="/api/v1/work-records",
    description="Signed records of what you did, which anybody can check.",
)
issuing = Blueprint("issuer", __name__, url_prefix="/api/v1", description="Who signs work records, and who is named.")
erasing = Blueprint("erasure", __name__, url_prefix="/api/v1", description="Being erased.")
reports = Blueprint(
    "company records", __name__, url_prefix="/api/v1/companies", description="How companies deal with people."
)
named = Blueprint("credits", __name__, url_prefix="/api/v1", description="Who wants to be named for their work.")
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


@erasing.get("/people/me/erasure")
@erasing.response(200, s.ProspectSchema)
@problems(erasing, 401, 403)
def show_prospect() -> dict[str, Any]:
    """What erasing yourself would do: what stands in the way, what goes, what stays. Nothing is changed."""
    found = erasure.prospect(by=actor())
    held = [
        {"section": part.name, "room": part.room, "title": part.title, "fate": part.fate, "rows": rows}
        for part, rows in (*found.going, *found.staying)
    ]
    return {"obstacles": found.obstacles, "benefits": found.benefits, "sections": held}


@erasing.post("/people/me/erasure")
@erasing.arguments(s.EraseMeSchema)
@erasing.response(204)
@problems(erasing, 401, 403, 409, 422)
def erase_me(given: dict[str, Any]) -> None:
    """Erase yourself, at once and for good (rule ERASURE)."""
    erasure.erase_me(**given, by=actor())


@erasing.post("/people/<uuid:person_id>/erasure")
@erasing.arguments(s.ErasePersonSchema)
@erasing.response(204)
@problems(erasing, 401, 403, 404, 409, 422)
def erase_person(given: dict[str, Any], person_id: UUID) -> None:
    """Erase a person who asked for it and cannot do it themselves. For admins."""
    erasure.erase_person(person_id, **given, by=actor())


# --- signed work records --------------------------------------------------------------------------------------------


@signed.post("")
@signed.arguments(s.PartsSchema)
@signed.response(201, s.IssuedSchema)
@problems(signed, 401, 403, 404, 409, 422, 503)
@idempotency.unkept
def issue(given: dict[str, Any]) -> dict[str, Any]:
    """Have a record of your work signed, with the parts that you choose and nothing else (rule WORK_RECORD)."""
    row, credential = work_records.issue(given["parts"], by=actor())
    return {"work_record": row, "credential": credential}


@signed.get("")
@signed.arguments(PageArgs, location="query")
@signed.response(200, s.WorkRecordPage)
@problems(signed, 401, 403, 422)
def list_issued(args: dict[str, Any]) -> dict[str, Any]:
    """The records that were signed for you, newest first."""
    return page(work_records.issued(actor()), WorkRecord.id, **args)


@signed.get("/preview")
@signed.response(200, s.PreviewSchema)
@problems(signed, 401, 403, 404)
def show_preview() -> dict[str, Any]:
    """What each part of a record would say now. Nothing is signed."""
    return {"parts": work_records.preview(by=actor())}


@signed.post("/<uuid:record_id>/revoke")
@signed.response(200, s.WorkRecordSchema)
@problems(signed, 401, 403, 404)
def revoke(record_id: UUID) -> WorkRecord:
    """Take one of your records back: whoever checks it from now on learns that."""
    return work_records.revoke(record_id, by=actor())


@signed.get("/status/<int:number>")
@signed.doc(security=[])
@limiter.limit(CURIOUS)
@signed.response(200, s.SignedSchema)
@problems(signed, 404, 429, 503)
def show_status(number: int) -> ResponseReturnValue:
    """Which records were taken back, as one signed list of many (W3C Bitstring Status List)."""
    return jsonify(work_records.status_list(number))


@signed.post("/verifications")
@signed.doc(security=[])
@limiter.limit(STRANGERS)
@signed.arguments(s.ToVerifySchema)
@signed.response(200, s.FindingSchema)
@problems(signed, 422, 429)
def verify_record(given: dict[str, Any]) -> Finding:
    """Check a record that this service signed. The command in the README does it without asking us."""
    return verify(given["record"])


# --- who signs, and who is named ------------------------------------------------------------------------------------


@issuing.get("/issuer/keys")
@issuing.response(200, s.IssuerKeysSchema)
@problems(issuing, 401, 403, 404)
def list_keys() -> dict[str, Any]:
    """Every key that records were signed with, for admins. Their public parts stand at /.well-known/did.json."""
    return {"items": issuer.keys(actor())}


@issuing.post("/issuer/keys")
@issuing.arguments(s.RotationSchema)
@issuing.response(201, s.IssuerKeySchema)
@problems(issuing, 401, 403, 404, 422)
def rotate(given: dict[str, Any]) -> IssuerKey:
    """Sign with a new key from now on, for admins."""
    return issuer.rotate(**given, by=actor())


@issuing.get("/companies/<uuid:company_id>/naming")
@issuing.response(200, s.NamingSchema)
@problems(issuing, 401, 404)
def show_naming(company_id: UUID) -> dict[str, bool]:
    """Whether people may name the company in their work records."""
    return {"agreed": work_records.may_be_named(company_id, seen_by=actor())}


@issuing.put("/companies/<uuid:company_id>/naming")
@issuing.arguments(s.NamingSchema)
@issuing.response(200, s.NamingSchema)
@problems(issuing, 401, 403, 404, 422)
def set_naming(given: dict[str, bool], company_id: UUID) -> dict[str, bool]:
    """Let people name the company in their work records, or no longer. What was signed before stays."""
    return {"agreed": work_records.set_naming(company_id, given["agreed"], by=actor())}


# --- records of companies -------------------------------------------------------------------------------------------


@reports.get("/<uuid:company_id>/report")
@reports.doc(security=[])
@limiter.limit(CURIOUS)
@reports.arguments(s.QuarterArgs, location="query")
@reports.response(200, s.CompanyReportSchema)
@problems(reports, 401, 404, 422, 429)
def show_report(args: dict[str, Quarter | None], company_id: UUID) -> Report:
    """A quarter of a company: whom it pays, what reaches them, how it deals with them (rule REPORT). Without a key
    where the company published it; its members and operators read it in any case."""
    return company_report.show(company_id, args["quarter"], seen_by=actor_or_none())


@reports.get("/<uuid:company_id>/report/publication")
@reports.response(200, s.PublicationSchema)
@problems(reports, 401, 403, 404)
def show_publication(company_id: UUID) -> dict[str, bool]:
    """Whether the company agreed to publish its record. Whoever adopted the guidelines publishes it in any case."""
    return {"agreed": publishing.may_be_published(company_id, actor())}


@reports.put("/<uuid:company_id>/report/publication")
@reports.arguments(s.PublicationSchema)
@reports.response(200, s.PublicationSchema)
@problems(reports, 401, 403, 404, 422)
def set_publication(given: dict[str, bool], company_id: UUID) -> dict[str, bool]:
    """Publish the company's record, or no longer. Quarters that ended before stay public."""
    return {"agreed": publishing.set_published(company_id, given["agreed"], by=actor())}


# --- credit by name -------------------------------------------------------------------------------------------------


@named.get("/companies/<uuid:company_id>/credits")
@named.doc(security=[])
@limiter.limit(CURIOUS)
@named.response(200, s.CreditsSchema)
@problems(named, 404, 429)
def show_credits(company_id: UUID) -> crediting.Page:
    """Who worked for a company and wants it to be known, under the names that they chose."""
    return crediting.show(company_id, seen_by=actor_or_none())


@named.get("/contractors/me/credits")
@named.response(200, s.PossibleCreditsSchema)
@problems(named, 401, 403)
def list_my_credits() -> dict[str, list[crediting.Possible]]:
    """The companies for which your work was approved, and under which name each may name you."""
    return {"items": crediting.mine(by=actor())}


@named.put("/contractors/me/credits/<uuid:company_id>")
@named.arguments(s.CreditNameSchema)
@named.response(200, s.PossibleCreditSchema)
@problems(named, 401, 403, 404, 422)
def ask_for_credit(given: dict[str, str], company_id: UUID) -> crediting.Possible:
    """Be named among those who worked for the company, under the name that you choose."""
    return crediting.ask(company_id, **given, by=actor())


@named.delete("/contractors/me/credits/<uuid:company_id>")
@named.response(204)
@problems(named, 401, 403, 404)
def take_credit_back(company_id: UUID) -> None:
    """Be named no longer, from this moment on."""
    crediting.take_back(company_id, by=actor())


@named.post("/companies/<uuid:company_id>/credits/<uuid:contractor_id>/hide")
@named.arguments(ReasonSchema)
@named.response(201, HidingSchema)
@problems(named, 401, 403, 404, 409, 422)
def hide_credit(given: dict[str, str], company_id: UUID, contractor_id: UUID) -> Hiding:
    """Hide a name that insults, threatens or exposes people, and say why. For operators who vet."""
    return crediting.hide(company_id, contractor_id, **given, by=actor())


blueprints = (records, erasing, signed, issuing, reports, named)
