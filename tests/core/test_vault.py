"""The vault: only the owner's key opens what is theirs, and a key that was thrown away opens nothing any more."""

from base64 import urlsafe_b64encode
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.core import vault
from marketplace.core.db import db
from marketplace.core.vault import DataKey, Erased, Ring, SealedFile, VaultLocked

PLAIN = b"passport of somebody, number X1234567"


def test_what_is_sealed_is_opened_by_its_owner_and_name_alone(app: Flask) -> None:
    ana, budi = uuid4(), uuid4()
    sealed = vault.seal(ana, PLAIN, what="tax number")
    assert PLAIN not in sealed
    assert vault.seal(ana, PLAIN, what="tax number") != sealed
    assert vault.unseal(ana, sealed, what="tax number") == PLAIN
    for owner, what in ((budi, "tax number"), (ana, "residence")):
        with pytest.raises(VaultLocked):
            vault.unseal(owner, sealed, what=what)
    with pytest.raises(VaultLocked):
        vault.unseal(ana, sealed[:-1] + bytes([sealed[-1] ^ 1]), what="tax number")


def test_files_lie_encrypted_and_one_is_not_taken_for_another(app: Flask) -> None:
    ana = uuid4()
    first, second = vault.put(ana, [PLAIN, b"another"])
    assert (vault.get(first), vault.get(second)) == (PLAIN, b"another")
    rows = {row.id: row for row in db.session.scalars(select(SealedFile))}
    assert PLAIN not in rows[first].sealed
    rows[second].sealed = rows[first].sealed
    db.session.flush()
    with pytest.raises(VaultLocked):
        vault.get(second)
    vault.remove([first])
    with pytest.raises(Erased):
        vault.get(first)


def test_a_key_that_was_thrown_away_leaves_nothing_readable(app: Flask) -> None:
    ana, budi = uuid4(), uuid4()
    sealed, (file,) = vault.seal(ana, PLAIN, what="tax number"), vault.put(ana, [PLAIN])
    (other,) = vault.put(budi, [PLAIN])
    assert vault.throw_away(ana)
    db.session.expire_all()
    assert db.session.get_one(DataKey, ana).wrapped is None
    reads = (
        lambda: vault.unseal(ana, sealed, what="tax number"),
        lambda: vault.get(file),
        lambda: vault.seal(ana, PLAIN, what="more"),
        lambda: vault.put(ana, [PLAIN]),
    )
    for read in reads:
        with pytest.raises(Erased):
            read()
    assert vault.get(other) == PLAIN
    assert vault.throw_away(uuid4()) is False


def test_a_key_made_in_a_savepoint_that_was_rolled_back_seals_nothing(app: Flask) -> None:
    ana = uuid4()
    savepoint = db.session.begin_nested()
    vault.seal(ana, PLAIN, what="tax number")
    savepoint.rollback()
    sealed = vault.seal(ana, PLAIN, what="tax number")
    db.session().info.clear()
    assert vault.unseal(ana, sealed, what="tax number") == PLAIN


def test_a_new_configured_key_takes_over_and_the_old_one_can_go(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    ana = uuid4()
    sealed, told = vault.seal(ana, PLAIN, what="x"), vault.fingerprint("passport", "X1234567")
    old = app.extensions["setara_vault"]
    monkeypatch.setitem(app.extensions, "setara_vault", Ring("new", {"new": b"n" * 32} | dict(old.keys)))
    assert vault.rewrap(100) == 2
    assert vault.rewrap(100) == 0
    db.session().info.clear()
    monkeypatch.setitem(app.extensions, "setara_vault", Ring("new", {"new": b"n" * 32}))
    assert vault.unseal(ana, sealed, what="x") == PLAIN
    assert vault.fingerprint("passport", "X1234567") == told
    db.session().info.clear()
    monkeypatch.setitem(app.extensions, "setara_vault", old)
    with pytest.raises(VaultLocked):
        vault.unseal(ana, sealed, what="x")


def test_a_key_that_is_missing_or_another_one_is_told_before_anybody_asks(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a restore: the command tries every key, and ends with 1 where one does not fit."""
    looked, closed = vault.locked()
    assert closed == {}
    vault.seal(uuid4(), PLAIN, what="tax number")
    assert vault.locked() == (looked + 1, {})
    ring: Ring = app.extensions["setara_vault"]
    monkeypatch.setitem(app.extensions, "setara_vault", Ring(ring.current, {ring.current: b"x" * 32}))
    assert vault.locked() == (looked + 1, {ring.current: looked + 1})
    told = app.test_cli_runner().invoke(args=["vault", "check"])
    assert (told.exit_code, "missing or another one" in told.output) == (1, True)


def test_fingerprints_are_alike_for_the_same_text_of_one_purpose(app: Flask) -> None:
    told = vault.fingerprint("passport ID", "X1234567")
    assert len(told) == 64
    assert told == vault.fingerprint("passport ID", "X1234567")
    assert told not in (vault.fingerprint("passport ID", "X1234568"), vault.fingerprint("tax ID", "X1234567"))
    with pytest.raises(ValueError, match="nobody"):
        vault.throw_away(vault._MATCHING)


def test_configured_keys_are_read_newest_first(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.extensions, "setara_vault", None)
    keys = {name: urlsafe_b64encode(name.encode() * 32).decode() for name in "ba"}
    monkeypatch.setitem(app.config, "VAULT_KEYS", keys)
    vault.init_app(app)
    ring = app.extensions["setara_vault"]
    assert (ring.current, ring.keys) == ("b", {"b": b"b" * 32, "a": b"a" * 32})
    assert "b" * 32 not in repr(ring)
