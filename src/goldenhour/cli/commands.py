# SPDX-License-Identifier: Apache-2.0
"""The verbs. Each parses, calls one workflow, and shows what came of it."""

import unicodedata
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

import typer

from goldenhour.cli.bar import Bar

app = typer.Typer(
    name="goldenhour",
    help="Decide where to set up trauma care in a damaged town, and show why.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Workspace_ = Annotated[Path, typer.Option("--in", metavar="FOLDER", help="The town's workspace.")]
At = Annotated[
    str,
    typer.Option(
        "--at",
        metavar="DATE",
        help="Moment of the picture, such as 2017-11-04 or 2017-11-04T18:00+03:00. Default: now.",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
_HERE = Path()


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
    workspace: Workspace_ = _HERE,
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
    workspace: Workspace_ = _HERE,
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
                since=_moment(changed_since, None),
                as_of=_moment(at, opened.as_of),
                progress=bar,
            )
        show_changed.changed(differs, as_json=json)
        return
    with Bar() as bar:
        result = run_picture(opened, as_of=_moment(at, opened.as_of), progress=bar)
    show.picture(result, as_json=json)


@app.command(epilog="Example: goldenhour screen --in al-qaim-exercise --tier tsp")
def screen(
    workspace: Workspace_ = _HERE,
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
            as_of=_moment(at, opened.as_of),
            structure=structure,
            tier=Tier(tier) if tier else None,
            progress=bar,
        )
    show_screen.screen(result, as_json=json)


@app.command(epilog="Example: goldenhour plan --in aleppo --tsp 6 --field-hospitals 2")
def plan(
    *,
    workspace: Workspace_ = _HERE,
    question: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A question as TOML.")
    ] = None,
    tsp: Annotated[int | None, typer.Option(help="Stabilisation points to open.")] = None,
    field_hospitals: Annotated[int | None, typer.Option(help="Field hospitals to open.")] = None,
    stop_after: Annotated[
        float | None,
        typer.Option(
            min=0,
            metavar="SECONDS",
            help="End the search after so long, with the best plan so far and its gap. Ctrl-C does "
            "so at any time.",
        ),
    ] = None,
    gap: Annotated[
        float | None,
        typer.Option(
            min=0,
            max=1,
            metavar="SHARE",
            help="Go on until the proven gap is at most this share; 0 asks for the proof.",
        ),
    ] = None,
    worlds: Annotated[
        int | None,
        typer.Option(
            min=0,
            max=10_000,
            metavar="N",
            help="Choose for so many ways things could be, and try the plan in as many more.",
        ),
    ] = None,
    goal: Annotated[
        Literal["expected", "cvar", "regret"] | None,
        typer.Option(
            help="Over these worlds: most people on average, also in the worst, or least regret."
        ),
    ] = None,
    tail: Annotated[
        float | None,
        typer.Option(
            min=0,
            max=1,
            metavar="SHARE",
            help="What of the worlds counts as the worst.",
        ),
    ] = None,
    at: At = "",
    json: Json = False,
) -> None:
    """Propose sites, prove how good they are, and write map, brief, GeoPackage and visits."""
    from goldenhour.cli import show
    from goldenhour.workflows.plan import plan as run_plan
    from goldenhour.workflows.question_file import read_question, with_options
    from goldenhour.workflows.workspace import open_workspace

    opened = open_workspace(workspace)
    asked = {"n": worlds, "goal": goal, "tail_share": tail}
    options = {"n_tsp": tsp, "n_field_hospitals": field_hospitals, "gap_share": gap}
    wishes = with_options(read_question(question) if question else {}, options, worlds=asked)
    with Bar() as bar:
        result = run_plan(
            opened,
            as_of=_moment(at, opened.as_of),
            wishes=wishes,
            stop_after_s=stop_after,
            progress=bar,
            told=bar.tell,
        )
    show.plan(result, as_json=json)


@app.command(epilog="Example: goldenhour moves --in al-qaim-exercise --steps steps.toml --tsp 4")
def moves(
    *,
    steps: Annotated[
        Path,
        typer.Option(metavar="FILE", help="Moments as TOML, and what is expected of each."),
    ],
    workspace: Workspace_ = _HERE,
    question: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A question as TOML.")
    ] = None,
    tsp: Annotated[int | None, typer.Option(help="Stabilisation points to open.")] = None,
    field_hospitals: Annotated[int | None, typer.Option(help="Field hospitals to open.")] = None,
    stop_after: Annotated[
        float | None,
        typer.Option(
            min=0,
            metavar="SECONDS",
            help="End the search after so long, with the best schedule so far and its gap.",
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Say when a site goes stale as the front moves, and where it moves."""
    from goldenhour.cli import show_moves
    from goldenhour.workflows.moves import moves as run_moves
    from goldenhour.workflows.question_file import read_question, with_options
    from goldenhour.workflows.workspace import open_workspace

    opened = open_workspace(workspace)
    options = {"n_tsp": tsp, "n_field_hospitals": field_hospitals}
    wishes = with_options(read_question(question) if question else {}, options)
    with Bar() as bar:
        result = run_moves(
            opened, steps_file=steps, wishes=wishes, stop_after_s=stop_after, progress=bar
        )
    show_moves.moves(result, as_json=json)


@app.command(
    epilog="Example: goldenhour compare aleppo/plans/2020407dc23b aleppo/plans/e678991a27f1"
)
def compare(
    first: Annotated[Path, typer.Argument(help="A plan's folder or its plan.json: plan A.")],
    second: Annotated[Path, typer.Argument(help="Likewise: plan B.")],
    json: Json = False,
) -> None:
    """Put two plans of one town side by side: sites, people by clock, who gains and who loses."""
    from goldenhour.cli import show_compare
    from goldenhour.workflows.compare import compare_plans

    show_compare.compare(compare_plans(first, second), as_json=json)


@app.command(epilog='Example: goldenhour route --in al-qaim-exercise "Karabilah" "Ubaydi"')
def route(
    start: Annotated[str, typer.Argument(help="Place, structure id, lon,lat or MGRS.")],
    end: Annotated[str, typer.Argument(help="Likewise.")],
    workspace: Workspace_ = _HERE,
    on_foot: Annotated[bool, typer.Option(help="With a stretcher instead of a vehicle.")] = False,
    at: At = "",
    json: Json = False,
) -> None:
    """Find the fastest open way, with the closures known at a moment."""
    from goldenhour.base.grades import Mode
    from goldenhour.cli import show
    from goldenhour.workflows.route import route as run_route
    from goldenhour.workflows.workspace import open_workspace

    opened = open_workspace(workspace)
    with Bar() as bar:
        result = run_route(
            opened,
            start=start,
            end=end,
            mode=Mode.STRETCHER if on_foot else Mode.VEHICLE,
            as_of=_moment(at, opened.as_of),
            progress=bar,
        )
    show.route(result, as_json=json)


@app.command(epilog="Example: goldenhour reach --in aleppo --from 'The National Hospital'")
def reach(
    *,
    places: Annotated[
        list[str],
        typer.Option(
            "--from",
            metavar="PLACE",
            help="Place, structure id, lon,lat or MGRS; repeat it for several sites.",
        ),
    ],
    within: Annotated[
        list[str] | None,
        typer.Option(metavar="TIME", help="10min, 1h, 90s; several with commas. Default: 10min."),
    ] = None,
    workspace: Workspace_ = _HERE,
    outward: Annotated[
        bool,
        typer.Option("--outward", help="For teams that go out, not for casualties that come."),
    ] = False,
    mode: Annotated[
        Literal["both", "stretcher", "vehicle"], typer.Option(help="What may be used.")
    ] = "both",
    unknown_streets: Annotated[
        Literal["passable", "closed"] | None,
        typer.Option(
            help="What streets without a report count as. Default: as in the workspace's question."
        ),
    ] = None,
    worlds: Annotated[
        int, typer.Option(min=0, max=10_000, help="Count over so many worlds that may be true.")
    ] = 0,
    seed: Annotated[
        int, typer.Option(min=0, max=2**32 - 1, help="The same seed gives the same worlds.")
    ] = 0,
    scheduler: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS",
            help="A Dask scheduler for the worlds, such as tcp://10.0.0.7:8786; `local` starts "
            "one over this machine's cores. Default: threads.",
        ),
    ] = None,
    at: At = "",
    json: Json = False,
) -> None:
    """Draw from where sites are reached in time, with the closures known at a moment."""
    from goldenhour.base.grades import UnknownStreets
    from goldenhour.cli import show_reach
    from goldenhour.cli.durations import durations
    from goldenhour.times.service import Direction, Means
    from goldenhour.workflows.reach import reach as run_reach
    from goldenhour.workflows.workspace import open_workspace

    limits_s = durations(within or ["10min"], where="--within")
    opened = open_workspace(workspace)
    with Bar() as bar:
        result = run_reach(
            opened,
            places=places,
            limits_s=limits_s,
            as_of=_moment(at, opened.as_of),
            direction=Direction.OUTWARD if outward else Direction.TO_SITE,
            means=Means(mode),
            unknown_streets=UnknownStreets(unknown_streets) if unknown_streets else None,
            n_worlds=worlds,
            seed=seed,
            scheduler=scheduler,
            progress=bar,
        )
    show_reach.reach(result, as_json=json)


@app.command(epilog="Example: goldenhour merge --in al-qaim other-laptop/ledger.db")
def merge(
    other: Annotated[Path, typer.Argument(help="Another ledger of the same town.")],
    workspace: Workspace_ = _HERE,
) -> None:
    """Take over another ledger's reports; in whatever order, twice or partly, the union results."""
    from goldenhour.cli import show
    from goldenhour.workflows.merge import merge as run_merge
    from goldenhour.workflows.workspace import open_workspace

    show.read(run_merge(open_workspace(workspace), other=other))


@app.command(epilog="Example: goldenhour sources")
def sources() -> None:
    """List the formats that `new` and `read` understand."""
    from goldenhour.cli import show
    from goldenhour.sources.recognise import formats

    show.sources(formats())


@app.command(epilog="Example: goldenhour check --in aleppo")
def check(
    workspace: Annotated[
        Path | None, typer.Option("--in", metavar="FOLDER", help="A workspace to look at too.")
    ] = None,
) -> None:
    """Tell whether this installation, and a workspace, are sound."""
    from goldenhour.cli import show
    from goldenhour.workflows.check import check_installation, check_workspace
    from goldenhour.workflows.workspace import open_workspace

    checks = check_installation()
    if workspace is not None:
        checks += check_workspace(open_workspace(workspace))
    show.checks(checks)
    if not all(entry.sound for entry in checks):
        raise typer.Exit(5)


def _moment(text: str, default: datetime | None) -> datetime:
    """Read ``--at``; a date alone means the end of that day, so that its reports count."""
    from goldenhour.base.clock import now
    from goldenhour.base.errors import InputError

    if not text:
        return default or now()
    try:
        moment = datetime.fromisoformat(_plain_digits(text))
        if len(text) <= len("2017-11-04"):
            moment = moment.replace(hour=23, minute=59, second=59)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError) as error:
        raise InputError(
            f"'{text}' is not a date.",
            where="--at",
            do="Write it like 2017-11-04, or 2017-11-04T18:00+03:00 (without a zone it is UTC).",
            code="GH113",
        ) from error


def _plain_digits(text: str) -> str:
    """Write the digits of any script, such as ٢٠١٧, as 2017."""
    digits = (unicodedata.digit(letter, None) for letter in text)
    return "".join(
        letter if digit is None else str(digit) for letter, digit in zip(text, digits, strict=True)
    )
