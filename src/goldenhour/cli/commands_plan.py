# SPDX-License-Identifier: Apache-2.0
"""The verbs that answer: sites, moves, ways, and what is within reach."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from goldenhour.cli.app import HERE, At, Json, Workspace_, app, moment
from goldenhour.cli.bar import Bar


@app.command(epilog="Example: goldenhour plan --in aleppo --tsp 6 --field-hospitals 2")
def plan(
    *,
    workspace: Workspace_ = HERE,
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
            as_of=moment(at, opened.as_of),
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
    workspace: Workspace_ = HERE,
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
    workspace: Workspace_ = HERE,
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
            as_of=moment(at, opened.as_of),
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
    workspace: Workspace_ = HERE,
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
            as_of=moment(at, opened.as_of),
            direction=Direction.OUTWARD if outward else Direction.TO_SITE,
            means=Means(mode),
            unknown_streets=UnknownStreets(unknown_streets) if unknown_streets else None,
            n_worlds=worlds,
            seed=seed,
            scheduler=scheduler,
            progress=bar,
        )
    show_reach.reach(result, as_json=json)
