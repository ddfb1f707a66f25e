"""The seals over the books: what is published, where anybody checks a proof, and a contractor's own proof."""

import json
from io import BytesIO
from pathlib import Path
from uuid import UUID

import marshmallow as ma
from flask import Response, current_app, render_template, request
from flask.typing import ResponseReturnValue

from marketplace.accounts.auth import actor
from marketplace.core.http import made_file
from marketplace.core.limits import CURIOUS, STRANGERS, limiter
from marketplace.core.problems import Problem
from marketplace.pay import queries as pay
from marketplace.pay.seals import proofs as seal_proofs
from marketplace.pay.seals import verify
from marketplace.web import public, work
from marketplace.web.forms import Form
from marketplace.web.work import own

LONGEST = 2_000_000
"""Bytes of a proof that is checked on the page; the command takes longer ones."""
SCRIPT = Path(verify.__file__).read_bytes()
"""The command that checks a proof, as it is handed out."""


class ToCheckForm(ma.Schema):
    """A proof that is pasted, or sent as a file."""

    proof = ma.fields.String(load_default="", validate=ma.validate.Length(max=LONGEST))


class NotAProof(Problem):
    code = "not_a_proof"
    status = 422
    title = "This is not a proof that can be read."


@public.blueprint.get("/seals")
@limiter.limit(CURIOUS)
def list_seals() -> str:
    """Everything that is published of seals, newest first, and how each of them is made."""
    return render_template("public/seals.html", found=seal_proofs.seals(after=request.args.get("after", type=int)))


@public.blueprint.get("/seals.txt")
@limiter.limit(CURIOUS)
def seal_lines() -> Response:
    """The same as text, oldest first, for whoever keeps a copy; `?since=N` gives those after seal N."""
    return Response("".join(seal_proofs.lines(request.args.get("since", 0, type=int))), mimetype="text/plain")


@public.blueprint.get("/seals/verify.py")
@limiter.limit(CURIOUS)
def verifier() -> Response:
    """The command by which anybody checks a proof without the service."""
    return made_file(BytesIO(SCRIPT), "text/x-python", "verify.py")


@public.blueprint.route("/seals/check", methods=["GET", "POST"])
@limiter.limit(STRANGERS, methods=["POST"])
def check_proof() -> ResponseReturnValue:
    """Where anybody sees each step of a proof's check. Nothing of it is kept."""
    form = Form(ToCheckForm)
    found: verify.Found | None = None
    if request.method == "POST":
        sent = request.files.get("file")
        text = sent.read(LONGEST).decode("utf-8", "replace") if sent else ""
        found = form.run(lambda data: _checked(text or data["proof"]))
    return render_template("public/check_proof.html", form=form, found=found, steps=_steps(found)), form.status


@work.blueprint.get("/pay/<uuid:payslip_id>/proof")
def show_proof(payslip_id: UUID) -> str:
    """The proof of one's payslip, step by step, and as a file."""
    by = actor()
    slip = own(pay.payslip(payslip_id, by), by)
    refused, found = None, None
    try:
        found = _checked(json.dumps(seal_proofs.of_payslip(payslip_id, by)))
    except Problem as problem:
        refused = problem
    shown = {"slip": slip, "found": found, "refused": refused, "steps": _steps(found)}
    return render_template("work/proof.html", **shown, base=current_app.config["BASE_URL"])


@work.blueprint.get("/pay/<uuid:payslip_id>/proof.json")
def download_proof(payslip_id: UUID) -> Response:
    by = actor()
    slip = own(pay.payslip(payslip_id, by), by)
    text = json.dumps(seal_proofs.of_payslip(payslip_id, by), ensure_ascii=False, indent=1).encode()
    return made_file(BytesIO(text), "application/json", f"proof-{slip.pay_date}.json")


def _checked(text: str) -> verify.Found:
    """As the command does it, against the list as it is published now."""
    try:
        return verify.check(text, "".join(seal_proofs.lines()))
    except verify.Unreadable as broken:
        raise NotAProof(str(broken)) from broken


def _steps(found: verify.Found | None) -> list[tuple[verify.Entry, verify.Line, list[verify.Line]]]:
    """Each entry with what it says of itself, and its other parts in order."""
    steps = []
    for entry in found.entries if found else ():
        lines = sorted(entry.lines, key=lambda line: line.place)
        steps.append((entry, lines[0], lines[1:]))
    return steps
