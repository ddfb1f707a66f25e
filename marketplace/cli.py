"""The commands a person types: `flask --app wsgi people make-operator EMAIL ROLE`."""

import click
from flask import Flask
from flask.cli import AppGroup

from marketplace.accounts import queries, service
from marketplace.accounts.rules import CONSOLE, OperatorRole, address
from marketplace.core.db import transaction
from marketplace.core.problems import NotFound, Problem

people = AppGroup("people", help="People and what they are trusted with.")


@people.command("make-operator")
@click.argument("email")
@click.argument("role", type=click.Choice([role.value for role in OperatorRole]))
@click.option("--reason", default="granted at the console", show_default=True, help="Kept in the audit line.")
def make_operator(email: str, role: str, reason: str) -> None:
    """Trust the person who signs in with EMAIL with an operator's ROLE. Repeating it is harmless."""
    try:
        with transaction():
            person = queries.person_by_email(address(email))
            if person is None:
                raise NotFound(f"Nobody signs in with {email}: they sign up first.")
            service.grant_operator(person.id, OperatorRole(role), reason, by=CONSOLE)
    except Problem as refused:
        raise click.ClickException(refused.detail) from refused
    click.echo(f"{email} is an operator now: {role}.")


def register(app: Flask) -> None:
    app.cli.add_command(people)
