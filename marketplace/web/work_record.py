"""Signed work records: a contractor has one made, anybody checks one, and what the issuer publishes for that."""

import json
from io import BytesIO
from uuid import UUID

import marshmallow as ma
from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from marketplace.accounts.auth import actor
from marketplace.core import idempotency
from marketplace.core.http import made_file, page
from marketplace.core.limits import STRANGERS, limiter
from marketplace.insight import issuer, work_records
from marketplace.insight.models import WorkRecord
from marketplace.insight.rules import Part
from marketplace.insight.schemas import PartsSchema, ToVerifySchema
from marketplace.insight.verify import Finding
from marketplace.insight.verifying import verify
from marketplace.web import contractor, public
from marketplace.web.attested_words import lines
from marketplace.web.forms import Form

SHOWN = 20


class PresentedForm(ToVerifySchema):
    """A record that is pasted, or sent as a file."""

    record = ma.fields.String(load_default="", validate=ma.validate.Length(max=200_000))


@contractor.blueprint.route("/work-record", methods=["GET", "POST"])
@idempotency.unkept
def work_record() -> ResponseReturnValue:
    """What each part would say, the choice, and the records that were signed before. What is chosen is downloaded."""
    by = actor()
    form = Form(PartsSchema, {"parts": [str(part) for part in Part if part is not Part.NAME]})
    made = form.run(lambda data: work_records.issue(data["parts"], by=by)) if request.method == "POST" else None
    if made is not None:
        row, credential = made
        text = json.dumps(credential, ensure_ascii=False, indent=2).encode()
        return made_file(BytesIO(text), "application/json", f"work-record-{row.issued_at:%Y-%m-%d}.json")
    return render_template(
        "contractor/work_record.html",
        form=form,
        preview=work_records.preview(by=by),
        attested_lines=lines,
        issued=page(work_records.issued(by), WorkRecord.id, limit=SHOWN, after=request.args.get("after", type=UUID)),
    ), form.status


@contractor.blueprint.post("/work-record/<uuid:record_id>/revoke")
def revoke_record(record_id: UUID) -> ResponseReturnValue:
    work_records.revoke(record_id, by=actor())
    flash(gettext("The record was taken back. Whoever checks it from now on learns that."))
    return redirect(url_for("contractor.work_record"))


@public.blueprint.route("/verify", methods=["GET", "POST"])
@limiter.limit(STRANGERS, methods=["POST"])
def verify_record() -> ResponseReturnValue:
    """Where whoever was shown a record looks whether it is true."""
    form = Form(PresentedForm)
    finding: Finding | None = None
    if request.method == "POST":
        sent = request.files.get("file")
        found = sent.read(200_001).decode("utf-8", "replace") if sent else ""
        finding = form.run(lambda data: verify(found or data["record"]))
    shown = {"form": form, "finding": finding, "issuer": issuer.did(), "attested_lines": lines}
    return render_template("public/verify.html", **shown), form.status


@public.blueprint.get("/.well-known/did.json")
def did_document() -> ResponseReturnValue:
    """The keys of this service as an issuer (did:web)."""
    answer = jsonify(issuer.did_document())
    answer.headers["Access-Control-Allow-Origin"] = "*"  # Checkers run in browsers too; nothing here is secret.
    return answer
