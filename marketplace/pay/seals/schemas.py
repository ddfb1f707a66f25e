"""Seals and proofs on the wire."""

import marshmallow as ma

_HEX = {"description": "SHA-256, in hexadecimal digits"}


class SealSchema(ma.Schema):
    """One seal as it is published: a hash tree over entries of the books, and the seal before it."""

    number = ma.fields.Integer(required=True)
    first = ma.fields.Integer(required=True, metadata={"description": "Its first leaf among those of all seals"})
    count = ma.fields.Integer(required=True, metadata={"description": "Entries that it covers"})
    root = ma.fields.Function(lambda line: line.root.hex(), required=True, metadata=_HEX)
    previous = ma.fields.Function(lambda line: line.previous.hex(), required=True, metadata=_HEX)
    digest = ma.fields.Function(lambda line: line.digest.hex(), required=True, metadata=_HEX)
    sealed_at = ma.fields.AwareDateTime(required=True)
    text = ma.fields.String(required=True, metadata={"description": "Its line, of which `digest` is made"})


class SealPageArgs(ma.Schema):
    limit = ma.fields.Integer(load_default=50, validate=ma.validate.Range(1, 200))
    after = ma.fields.Integer(
        load_default=None,
        validate=ma.validate.Range(1, 2**53 - 1),
        metadata={"description": "`next` of the page before"},
    )


class SealPageSchema(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(SealSchema), required=True)
    next = ma.fields.Integer(required=True, allow_none=True)


class ProvedLineSchema(ma.Schema):
    """One part of an entry: what is hashed, and its way to the root of the entry."""

    place = ma.fields.Integer(required=True)
    text = ma.fields.String(required=True, metadata={"description": "JSON, letter for letter as it was sealed"})
    salt = ma.fields.String(required=True, metadata=_HEX)
    path = ma.fields.List(ma.fields.String(), required=True)


class ProvedEntrySchema(ma.Schema):
    """An entry of the books, and its way to the root of its seal."""

    seal = ma.fields.Integer(required=True)
    place = ma.fields.Integer(required=True)
    path = ma.fields.List(ma.fields.String(), required=True)
    parts = ma.fields.Integer(required=True, metadata={"description": "How many parts the entry has"})
    lines = ma.fields.List(ma.fields.Nested(ProvedLineSchema), required=True)


class SealProofSchema(ma.Schema):
    """The proof that a payslip stood in the books when its seal was made. `python3 verify.py` checks it."""

    format = ma.fields.String(required=True)
    about = ma.fields.String(required=True)
    entries = ma.fields.List(ma.fields.Nested(ProvedEntrySchema), required=True)
    seals = ma.fields.List(ma.fields.String(), required=True, metadata={"description": "The lines of the seals"})
