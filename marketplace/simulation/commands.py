"""`flask --app wsgi matching simulate`: what ways of asking people come to, on markets that are made up."""

import json
import sys
from pathlib import Path

import click

from marketplace.core.problems import Problem
from marketplace.simulation.assumed import SCENES, Assumed
from marketplace.simulation.comparing import Asked, compare
from marketplace.simulation.policies import POLICIES
from marketplace.simulation.telling import page, picture

PAGE, PICTURE, FIGURES = "simulation.md", "simulation.svg", "simulation.json"


@click.command("simulate")
@click.option("--people", default=100, show_default=True, type=int, help="How many people there are.")
@click.option("--weeks", default=3, show_default=True, type=int, help="How many weeks of work.")
@click.option(
    "--seeds", default=3, show_default=True, type=click.IntRange(1, 50), help="How many worlds, from seed 1 on."
)
@click.option(
    "--policy", "policies", multiple=True, type=click.Choice(list(POLICIES)), help="Only this one; repeatable."
)
@click.option("--scene", "scenes", multiple=True, type=click.Choice(list(SCENES)), help="Only this; repeatable.")
@click.option("--assume", multiple=True, metavar="NAME=NUMBER", help="Another number in place of an assumed one.")
@click.option("--processes", default=2, show_default=True, type=click.IntRange(1, 64), help="Worlds at the same time.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help=f"A folder for {PAGE}, {PICTURE} and {FIGURES}; else the page is printed.",
)
def simulate(
    people: int,
    weeks: int,
    seeds: int,
    policies: tuple[str, ...],
    scenes: tuple[str, ...],
    assume: tuple[str, ...],
    processes: int,
    out: Path | None,
) -> None:
    """Live made-up markets through by several ways of asking people, and compare what comes of each.

    Nothing is read from the database and nothing is written to it. The same options give the same figures.
    """
    try:
        asked = Asked(people, weeks, range(1, seeds + 1), policies or tuple(POLICIES), _assumed(scenes, assume))
        with click.progressbar(
            length=len(asked.scenes) * len(asked.seeds) * len(asked.policies), label="Worlds", file=sys.stderr
        ) as bar:
            found = list(compare(asked, processes=processes, told=lambda done, _: bar.update(done - bar.pos)))
    except Problem as refused:
        raise click.ClickException(f"{refused.detail} {refused.what_to_do or ''}".strip()) from refused
    if out is None:
        click.echo(page(found, asked.how))
        return
    out.mkdir(parents=True, exist_ok=True)
    (out / PAGE).write_text(page(found, asked.how, PICTURE))
    (out / PICTURE).write_text(picture(found))
    kept = {"asked": {"people": people, "weeks": weeks, "seeds": seeds}, "found": [one.as_dict() for one in found]}
    (out / FIGURES).write_text(json.dumps(kept, indent=2, sort_keys=True) + "\n")
    click.echo(f"{out / PAGE}")


def _assumed(scenes: tuple[str, ...], assume: tuple[str, ...]) -> dict[str, Assumed]:
    found = {scene: SCENES[scene] for scene in scenes or SCENES}
    for told in assume:
        name, _, number = told.partition("=")
        try:
            found = {scene: assumed.but(name, float(number)) for scene, assumed in found.items()}
        except ValueError as wrong:
            raise click.BadParameter(f"{told!r} is not NAME=NUMBER.", param_hint="--assume") from wrong
    return found
