"""The demonstration world: loaded once into an empty database, by the verbs, and everybody in it can sign in."""

import subprocess
import sys
from pathlib import Path

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
from tests.forked import Ended, flask

COMMAND = [sys.executable, "-m", "flask", "--app", "wsgi", "demo", "load"]


def load(database: Database, folder: Path, demonstration: str) -> Ended:
    return flask(["demo", "load"], database.environ(SETARA_DEMO=demonstration), folder / "said")


def test_the_world_is_loaded_once_and_everybody_can_sign_in(
    apart: Database, apart_app: SetaraFlask, tmp_path: Path
) -> None:
    told = apart.environ(SETARA_DEMO="1")
    first = subprocess.run(COMMAND, cwd=ROOT, env=told, capture_output=True, text=True, check=False, timeout=120)
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
    again = load(apart, tmp_path, "1")
    assert (again.code, again.said) == (0, first.stdout)


def test_people_of_their_own_are_left_alone(apart: Database, apart_app: SetaraFlask, tmp_path: Path) -> None:
    with apart_app.app_context(), transaction():
        accounts.person()
    told = load(apart, tmp_path, "1")
    assert told.code == 0, told.said
    assert "no demonstration was loaded" in told.said


@pytest.mark.parametrize("flag", ["", "0"])
def test_a_demonstration_is_asked_for(apart: Database, flag: str, tmp_path: Path) -> None:
    told = load(apart, tmp_path, flag)
    assert told.code == 1
    assert "SETARA_DEMO=1" in told.said
