# SPDX-License-Identifier: Apache-2.0
"""The verbs that make a town and say what is known of it."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from goldenhour.cli.app import HERE, At, Json, Workspace_, app, moment
from goldenhour.cli.bar import Bar


@app.command(epilog="Example: goldenhour demo")
def demo(json: Json = False) -> None:
    """Generate the Al Qaim exercise below the current folder, plan it, and say where the map is."""
    from goldenhour.cli import show
    from goldenhour.workflows.demo import demo as run_demo

    with Bar() as bar:
        result = run_demo(Path.cwd(), progress=bar)
    show.plan(result, as_json=json)


@app.command(epilog="Example: goldenhour exercise al-qaim --seed 7")
def exercise(
    name: Annotated[str, typer.Argument(help="Which exercise; there is one: al-qaim.")],
    folder: Annotated[
        Path | None, typer.Option("--to", metavar="FOLDER", help="Where. Default: NAME-exercise.")
    ] = None,
    seed: Annotated[
        int, typer.Option(min=0, max=2**32 - 1, help="The same seed gives the same town.")
    ] = 2017,
    structures: Annotated[
        int, typer.Option(min=200, max=100_000, help="About how many structures.")
    ] = 20_000,
) -> None:
    """Generate a made-up town pinned to public facts, with a hidden truth beside it."""
    from goldenhour.cli import show
    from goldenhour.workflows.exercise import exercise as run_exercise

    with Bar() as bar:
        result = run_exercise(
            folder or Path(f"{name}-exercise"),
            name=name,
            seed=seed,
            n_structures=structures,
            progress=bar,
        )
    show.exercise(result)


@app.command(epilog="Example: goldenhour new aleppo --streets s.parquet --structures b.csv")
def new(
    folder: Annotated[Path, typer.Argument(help="The workspace to make; its name is the town's.")],
    *,
    streets: Annotated[list[Path], typer.Option(help="Streets: PBF, GeoPackage, GeoParquet …")],
    structures: Annotated[list[Path], typer.Option(help="Structures: outlines or points.")],
    places: Annotated[list[Path] | None, typer.Option(help="Named places, people in them.")] = None,
    barriers: Annotated[list[Path] | None, typer.Option(help="Rivers, canals, walls.")] = None,
    elevation: Annotated[
        list[Path] | None, typer.Option(help="Heights: GeoTIFF or another raster.")
    ] = None,
    land_cover: Annotated[
        list[Path] | None, typer.Option(help="Raster of classes, such as ESA WorldCover.")
    ] = None,
    land_cover_table: Annotated[
        Path | None, typer.Option(help="CSV of class, label, speed (km/h on foot).")
    ] = None,
    attribution: Annotated[
        str, typer.Option(help="Words that maps must show, if a file does not say.")
    ] = "",
) -> None:
    """Make a workspace from files."""
    from goldenhour.base.clock import now
    from goldenhour.cli import show
    from goldenhour.town.layers import LayerKind
    from goldenhour.workflows.new import LayerFile
    from goldenhour.workflows.new import new as run_new
    from goldenhour.workflows.terrain import TerrainFiles

    named = (
        (LayerKind.STREETS, streets),
        (LayerKind.STRUCTURES, structures),
        (LayerKind.PLACES, places),
        (LayerKind.BARRIERS, barriers),
    )
    files = [LayerFile(kind=kind, path=path) for kind, paths in named for path in paths or ()]
    ground = TerrainFiles(
        elevation=tuple(elevation or ()), land_cover=tuple(land_cover or ()), table=land_cover_table
    )
    with Bar() as bar:
        result = run_new(
            folder,
            files=files,
            recorded_at=now(),
            attribution=attribution,
            terrain_files=ground,
            progress=bar,
        )
    show.new(result)


@app.command(epilog="Example: goldenhour read --in aleppo unosat.geojson strikes.geojson")
def read(
    files: Annotated[list[Path], typer.Argument(help="Anything outside.")],
    workspace: Workspace_ = HERE,
    as_: Annotated[
        str | None, typer.Option("--as", metavar="FORMAT", help="Format, if not recognised.")
    ] = None,
) -> None:
    """Read files into the ledger; the format is recognised."""
    from goldenhour.base.clock import now
    from goldenhour.cli import show
    from goldenhour.workflows.read import read as run_read
    from goldenhour.workflows.workspace import open_workspace

    with Bar() as bar:
        result = run_read(
            open_workspace(workspace), files=files, as_=as_, recorded_at=now(), progress=bar
        )
    show.read(result)


@app.command(epilog="Example: goldenhour picture --in al-qaim-exercise --at 2017-11-08")
def picture(
    workspace: Workspace_ = HERE,
    at: At = "",
    changed_since: Annotated[
        str | None,
        typer.Option(
            metavar="WHEN",
            help="Say what changed since this moment instead, and which plans that makes stale.",
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Print and map what is known at a moment, what contradicts, and what has gone stale."""
    from goldenhour.cli import show, show_changed
    from goldenhour.workflows.changed import changed as run_changed
    from goldenhour.workflows.picture import picture as run_picture
    from goldenhour.workflows.workspace import open_workspace

    opened = open_workspace(workspace)
    if changed_since is not None:
        with Bar() as bar:
            differs = run_changed(
                opened,
                since=moment(changed_since, None, option="--changed-since"),
                as_of=moment(at, opened.as_of),
                progress=bar,
            )
        show_changed.changed(differs, as_json=json)
        return
    with Bar() as bar:
        result = run_picture(opened, as_of=moment(at, opened.as_of), progress=bar)
    show.picture(result, as_json=json)


@app.command(epilog="Example: goldenhour screen --in al-qaim-exercise --tier tsp")
def screen(
    workspace: Workspace_ = HERE,
    structure: Annotated[
        str | None,
        typer.Option(
            metavar="ID",
            help="Say why for one structure, rule by rule, with the reports behind it.",
        ),
    ] = None,
    tier: Annotated[
        Literal["tsp", "field_hospital"] | None, typer.Option(help="One tier only.")
    ] = None,
    at: At = "",
    json: Json = False,
) -> None:
    """Count what every rule says of the structures, or say why of one."""
    from goldenhour.base.grades import Tier
    from goldenhour.cli import show_screen
    from goldenhour.workflows.screen import screen as run_screen
    from goldenhour.workflows.workspace import open_workspace

    opened = open_workspace(workspace)
    with Bar() as bar:
        result = run_screen(
            opened,
            as_of=moment(at, opened.as_of),
            structure=structure,
            tier=Tier(tier) if tier else None,
            progress=bar,
        )
    show_screen.screen(result, as_json=json)
