"""`flask --app wsgi matching plan|check|generate`; as `python -m marketplace.solver` without the application."""

import json
import os
import sys
from pathlib import Path

import click

from marketplace.solver import checker, files
from marketplace.solver.apart import solve_apart
from marketplace.solver.faults import BadFiles
from marketplace.solver.generating import generate
from marketplace.solver.manifest import KINDS, MANIFEST, read_weights
from marketplace.solver.market import problem_of, weighed
from marketplace.solver.problem import SolverFailed

NOT_A_MARKET, NOT_A_PLAN, FAILED = 2, 3, 4
FOLDER = click.Path(file_okay=False, path_type=Path)
THERE = click.Path(exists=True, file_okay=False, path_type=Path)
FILE = click.Path(dir_okay=False, path_type=Path)
GIVEN = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("matching")
def matching() -> None:
    """Plans of files: who gets which seat, within every rule, and how far from the best that could be.

    docs/matching-files.md describes the folder. None of these commands needs a database.

    Exit codes: 0 done, 2 the files are no market (what is wrong is listed), 3 the plan breaks a rule or its report is
    untrue, 4 the solver failed.
    """


@matching.command("plan")
@click.argument("instance", type=THERE)
@click.option("--out", required=True, type=FILE, help="Where the plan is written, a CSV of shift and contractor.")
@click.option("--report", type=FILE, help="Where the report is written, as JSON.")
@click.option("--seed", default=0, show_default=True, help="The same seed gives the same plan.")
@click.option("--seconds", type=click.FloatRange(min=0.1), help="After so long the best plan by then is written.")
@click.option("--threads", default=os.cpu_count() or 1, show_default=True, type=click.IntRange(1, 64))
@click.option("--weights", type=GIVEN, help="JSON with weights to take instead of the manifest's scores.")
def plan_files(
    instance: Path, out: Path, report: Path | None, seed: int, seconds: float | None, threads: int, weights: Path | None
) -> None:
    """Plan the open seats of the folder INSTANCE."""
    try:
        market = files.read(instance)
        if weights is not None:
            market = weighed(market, read_weights(weights))
    except (BadFiles, ValueError) as bad:
        click.echo(str(bad), err=True)
        sys.exit(NOT_A_MARKET)
    try:
        made = solve_apart(problem_of(market), seed=seed, seconds=seconds, threads=threads, progress=_say)
    except SolverFailed as failed:
        click.echo(str(failed), err=True)
        sys.exit(FAILED)
    files.write_plan(made, market, out)
    told = files.report_of(made, market, seed)
    if report is not None:
        report.write_text(json.dumps(told, indent=2) + "\n")
    whole = "for the full problem" if made.holds_for_all else "for the pairs that were looked at"
    click.echo(
        f"{told['filled']} of {told['seats']} seats; {told['objective']['total']} points, at most {made.bound} {whole} "
        f"({100 * made.gap:.3f}% more); {made.seconds:.2f} s, {made.peak_bytes / 2**20:.0f} MiB."
    )


@matching.command("check")
@click.argument("instance", type=THERE)
@click.argument("plan", type=GIVEN)
@click.option("--report", type=GIVEN, help="Say too whether this report of the plan is true.")
def check_files(instance: Path, plan: Path, report: Path | None) -> None:
    """Check PLAN against every rule of the folder INSTANCE, by a program that shares no code with the solver."""
    try:
        files.read(instance)
    except BadFiles as bad:
        click.echo(str(bad), err=True)
        sys.exit(NOT_A_MARKET)
    try:
        found = checker.check(instance, plan, report)
    except (KeyError, ValueError) as error:
        click.echo(f"The plan or its report cannot be read: {error!r}", err=True)
        sys.exit(NOT_A_PLAN)
    for words in found.broken:
        click.echo(words)
    parts = ", ".join(f"{part} {points}" for part, points in found.objective.items())
    click.echo(f"{found.filled} seats filled; {parts}.")
    if not found.holds:
        sys.exit(NOT_A_PLAN)
    click.echo("Every rule is kept" + (", and the report is true." if report else "."))


@matching.command("generate")
@click.argument("out", type=FOLDER)
@click.option("--contractors", required=True, type=click.IntRange(0, 5_000_000))
@click.option("--seats", type=click.IntRange(0, 20_000_000), help="Half as many as contractors, if nothing is said.")
@click.option("--tight", is_flag=True, help="Two seats for each contractor.")
@click.option("--seed", default=0, show_default=True)
@click.option("--days", default=7, show_default=True, type=click.IntRange(1, 56))
@click.option("--tables", default="csv", show_default=True, type=click.Choice(KINDS))
def generate_files(
    out: Path, contractors: int, seats: int | None, tight: bool, seed: int, days: int, tables: str
) -> None:
    """Write a market made from a seed into the folder OUT."""
    if (out / MANIFEST).exists():
        raise click.ClickException(f"There is an instance in {out} already.")
    wanted = seats if seats is not None else (2 * contractors if tight else contractors // 2)
    made = generate(contractors, wanted, seed, days=days)
    files.write(made, out, tables)
    click.echo(f"{contractors} contractors, {len(made.openings.start)} shifts with {wanted} seats in {out}.")


def _say(done: float, what: str) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r{100 * done:3.0f}% {what:10}", err=True, nl=False)
