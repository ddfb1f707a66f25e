"""The commands a person types: `flask --app wsgi people make-operator EMAIL ROLE`, `flask --app wsgi demo load`."""

from collections.abc import Sequence
from itertools import pairwise
from typing import TextIO

import click
from flask import Flask, current_app
from flask.cli import AppGroup
from flask_migrate import Migrate

from marketplace import demo
from marketplace.accounts import queries, service
from marketplace.accounts.rules import CONSOLE, OperatorRole, address
from marketplace.core import clock, vault
from marketplace.core.db import db, snapshot, transaction
from marketplace.core.problems import NotFound, Problem
from marketplace.insight import issuer
from marketplace.matching import indexing
from marketplace.pay import proof
from marketplace.pay.exports import books as exports
from marketplace.pay.exports.rules import Format
from marketplace.pay.rails import test_mode
from marketplace.pay.rails.stripe_answers import NotAllowed, Unreachable
from marketplace.pay.rules import UnknownRail
from marketplace.pay.seals import proofs as seal_proofs
from marketplace.simulation.commands import simulate
from marketplace.solver.commands import matching as of_files
from marketplace.workforce import screening

MOST_SHOWN = 20
"""Of what is wrong with one sentence."""
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


issuing = AppGroup("issuer", help="The keys that work records are signed with.")


@issuing.command("rotate")
@click.option("--lost", is_flag=True, help="The present key may be in other hands: nothing that it signed counts.")
def rotate_key(lost: bool) -> None:
    """Sign work records with a new key from now on. What older keys signed can still be checked, unless one is lost."""
    with transaction():
        made = issuer.rotate(lost=lost, by=CONSOLE)
        click.echo(f"Work records are signed with {made.multikey} now.")


UNFUNDED = (
    "The lab's deposit is not there yet, so the world has no open gig and no test. Pay it in; Dana's page of money"
    " shows when it has come. The next start then makes both, or Dana does by hand what she has the money for."
)
world = AppGroup("demo", help="The demonstration world.")


@world.command("load")
def load_world() -> None:
    """Load the demonstration world into an empty database and print who can sign in. Repeating it is harmless.

    Business time that a story has left standing goes on from there.
    """
    if not current_app.config["DEMO"]:
        raise click.ClickException("A demonstration belongs on a database of its own: set SETARA_DEMO=1 to load it.")
    if demo.is_empty():
        demo.load()
    if not demo.is_loaded():
        click.echo("The database has people of its own; no demonstration was loaded into it.")
        return
    is_whole = demo.go_on(click.echo)
    with transaction():
        clock.run_on()
    click.echo(f"Sign in as one of these; the password of each is: {demo.PASSWORD}")
    for entry in demo.SIGN_INS:
        click.echo(f"  {entry.role:16} {entry.email:24} {entry.next_step}")
    if not is_whole:
        click.echo(UNFUNDED)


lists = AppGroup("screening", help="Lists of sanctions, with which people's names are compared.")


@lists.command("load")
@click.argument("file", type=click.File(encoding="utf-8-sig"))
def load_list(file: TextIO) -> None:
    """Load FILE, a CSV with the columns name, aliases, birth_date, country, source, date.

    It takes the place of the one before of its source. Everybody is compared with it by the job that follows.
    """
    try:
        with transaction():
            made = screening.load_list(file.read(), by=CONSOLE)
            said = (
                f"{made.list.source} of {made.list.dated_on}: {made.list.entries} entries, {made.added} new, "
                f"{made.removed} gone. Everybody is compared with it now."
            )
    except Problem as refused:
        raise click.ClickException(refused.detail) from refused
    click.echo(said)


matching = AppGroup("matching", help="Who is asked to take a shift.", commands=dict(of_files.commands))
matching.add_command(simulate)


def is_of_files(words: Sequence[str]) -> bool:
    """Whether a command line is one of those that plan files."""
    return any(first == "matching" and second in of_files.commands for first, second in pairwise(words))


def of_files_alone() -> Flask:
    """An application that plans files, and has no settings, no database and no pages."""
    alone = Flask("marketplace")
    alone.cli.add_command(of_files)
    return alone


def asks_for_help(words: Sequence[str]) -> bool:
    """Whether a command line of flask only asks what there is to type: by `--help`, or by a group or nothing."""
    groups = (name for name, each in bare().cli.commands.items() if isinstance(each, click.Group))
    return "--help" in words or words[-1] in groups or words[-2:-1] in (["--app"], ["-A"])


def bare() -> Flask:
    """An application that knows its commands, and has no settings, no database and no pages: it can do none of them."""
    alone = Flask("marketplace")
    Migrate(alone, db)
    register(alone)
    return alone


@matching.command("reindex")
def reindex() -> None:
    """Build the index anew by which a seat finds its best people. Searches go on meanwhile; repeating is harmless."""
    with transaction():
        everybody = indexing.contractors()
    looked_at, last = 0, None
    with click.progressbar(length=everybody, label="People") as bar:
        while True:
            with transaction():
                last, count = indexing.build(last)
            if last is None:
                break
            looked_at += count
            bar.update(count)
    with transaction():
        indexing.sweep()
        click.echo(f"Of {looked_at} people {indexing.findable()} can be found.")


rail = AppGroup("rail", help="The payment rail.")


@rail.command("test-card")
@click.argument("session")
def pay_by_test_card(session: str) -> None:
    """Pay the Checkout SESSION (cs_test_...) with Stripe's test card, as somebody would on its page. No money moves."""
    try:
        test_mode.pay(session)
    except (NotAllowed, Unreachable, UnknownRail) as refused:
        raise click.ClickException(str(refused)) from refused
    click.echo(f"{session} is paid. The rail tells the service, or is asked again within two minutes.")


books = AppGroup("books", help="The books, which prove themselves, as files, and the seals over them.")


@books.command("prove")
def prove_books() -> None:
    """Try every sentence that must be true of the books, of one moment; ends with 1 where one is not."""
    with snapshot():
        checks = proof.prove()
    for check in checks:
        click.echo(f"{'holds' if check.holds else 'WRONG':6} {check.examined:>9,}  {check.sentence}")
        for each in check.wrong[:MOST_SHOWN]:
            click.echo(f"{'':17}{each}")
    if not all(check.holds for check in checks):
        raise click.exceptions.Exit(1)


@books.command("export")
@click.argument("form", metavar="FORMAT", type=click.Choice([each.value for each in Format]))
@click.argument("file", type=click.File("w", encoding="utf-8", lazy=True), default="-")
def export_books(form: str, file: TextIO) -> None:
    """Write all of the books to FILE, or to standard output, as csv, json or beancount.

    Row by row and of one moment. docs/ledger-export.md describes the columns. How far it is stands on standard error.
    """
    with snapshot():
        of = exports.count_postings()

        def told(count: int) -> None:
            click.echo(f"\r{count} of about {max(of, count)} postings", err=True, nl=False)

        count = exports.write_everything(Format(form), file, told)
    click.echo(f"\r{count} postings are written.{' ' * 20}", err=True)


@books.command("check-seals")
def check_seals() -> None:
    """Compare every seal with the books: the chain, each root, and each entry whose salt is kept."""
    with snapshot():
        looked, wrong = seal_proofs.broken()
    for each in wrong:
        click.echo(each)
    if wrong:
        raise click.ClickException(f"{len(wrong)} of {looked} entries or seals do not hold.")
    click.echo(f"All seals hold: {looked} entries were looked at.")


of_vault = AppGroup("vault", help="What people have sealed.")


@of_vault.command("check")
def check_vault() -> None:
    """Try whether the keys of SETARA_VAULT_KEYS open what was sealed; ends with 1 where one does not. Shows nothing."""
    with snapshot():
        looked, closed = vault.locked()
    for key_id, count in sorted(closed.items()):
        click.echo(f"{count} of what people have sealed need the key {key_id!r}, which is missing or another one.")
    if closed:
        raise click.exceptions.Exit(1)
    click.echo(f"The keys open everything that was sealed: {looked} were tried.")


def register(app: Flask) -> None:
    app.cli.add_command(of_vault)
    app.cli.add_command(matching)
    app.cli.add_command(people)
    app.cli.add_command(issuing)
    app.cli.add_command(world)
    app.cli.add_command(lists)
    app.cli.add_command(rail)
    app.cli.add_command(books)
