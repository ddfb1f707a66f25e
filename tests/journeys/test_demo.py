"""The demonstration world: loaded once into an empty database, by the verbs, and everybody in it can sign in."""

import subprocess
import sys

import pytest

from marketplace import demo
from marketplace.accounts import service as people
from marketplace.core.db import db, transaction
from marketplace.core.http import SetaraFlask
from marketplace.gigs.models import Gig
from marketplace.gigs.rules import GigStatus
from marketplace.pay import proof
from marketplace.shifts.models import Offer
from marketplace.shifts.rules import OfferStatus
from tests.conftest import ROOT, Database
from tests.factories import accounts

COMMAND = [sys.executable, "-m", "flask", "--app", "wsgi", "demo", "load"]


def run(database: Database, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        COMMAND, cwd=ROOT, env=database.environ(**more), capture_output=True, text=True, check=False, timeout=120
    )


def test_the_world_is_loaded_once_and_everybody_can_sign_in(apart: Database, apart_app: SetaraFlask) -> None:
    first = run(apart, SETARA_DEMO="1")
    assert first.returncode == 0, first.stderr
    with apart_app.app_context():
        for entry in demo.SIGN_INS:
            assert entry.email in first.stdout
            with transaction():
                assert people.sign_in(entry.email, demo.PASSWORD).secret
        statuses = sorted(db.session.scalars(db.select(Gig.status)))
        assert statuses == [GigStatus.DRAFT, GigStatus.OPEN, GigStatus.OPEN]
        (offer,) = db.session.scalars(db.select(Offer))
        assert offer.status is OfferStatus.PENDING
        assert [check.name for check in proof.prove() if not check.holds] == []
    again = run(apart, SETARA_DEMO="1")
    assert (again.returncode, again.stdout) == (0, first.stdout)


def test_people_of_their_own_are_left_alone(apart: Database, apart_app: SetaraFlask) -> None:
    with apart_app.app_context(), transaction():
        accounts.person()
    told = run(apart, SETARA_DEMO="1")
    assert told.returncode == 0
    assert "no demonstration was loaded" in told.stdout


@pytest.mark.parametrize("flag", ["", "0"])
def test_a_demonstration_is_asked_for(apart: Database, flag: str) -> None:
    told = run(apart, SETARA_DEMO=flag)
    assert told.returncode == 1
    assert "SETARA_DEMO=1" in told.stderr
