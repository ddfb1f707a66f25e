"""What a person types."""

from flask import Flask

from marketplace.accounts.rules import OperatorRole
from tests.factories import accounts


def test_an_operator_is_made_at_the_console(app: Flask) -> None:
    ana = accounts.person()
    run = app.test_cli_runner().invoke
    for _ in range(2):
        told = run(args=["people", "make-operator", ana.email.upper(), "vetting"])
        assert (told.exit_code, told.output) == (0, f"{ana.email.upper()} is an operator now: vetting.\n")
    assert accounts.actor_of(ana).operator == {OperatorRole.VETTING}


def test_the_console_says_what_is_wrong(app: Flask) -> None:
    run = app.test_cli_runner().invoke
    nobody = run(args=["people", "make-operator", "nobody@example.com", "vetting"])
    assert (nobody.exit_code, "sign up first" in nobody.output) == (1, True)
    assert run(args=["people", "make-operator", "no address", "vetting"]).exit_code == 1
    assert run(args=["people", "make-operator", "nobody@example.com", "emperor"]).exit_code == 2
