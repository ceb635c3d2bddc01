# SPDX-License-Identifier: Apache-2.0
"""From a workspace to a plan on disk: picture, screening, sites, map, brief."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypedDict

from goldenhour.base.findings import Finding
from goldenhour.base.grades import Tier
from goldenhour.base.progress import Progress, quiet
from goldenhour.picture.belief import Picture
from goldenhour.publish import brief, geopackage, gpx, plan_json, web_map
from goldenhour.publish.reach import ReachArea
from goldenhour.siting.plain.effort import Told, nobody
from goldenhour.siting.plan import Plan
from goldenhour.siting.propose import propose
from goldenhour.siting.screening.screen import screen
from goldenhour.siting.screening.table import Screening
from goldenhour.times.areas import reach_areas
from goldenhour.times.carry import Evacuation
from goldenhour.town.town import Town
from goldenhour.workflows import hierarchy_store
from goldenhour.workflows.question_file import question_from
from goldenhour.workflows.requirements_file import requirements_from
from goldenhour.workflows.scheduler import in_threads
from goldenhour.workflows.state import State, load_state
from goldenhour.workflows.stopping import Stopping
from goldenhour.workflows.whole import whole_folder
from goldenhour.workflows.workspace import Workspace

_STOPPING = "Stopping with the best plan so far; Ctrl-C again leaves without one"


class _Parts(TypedDict):
    """What every product of a plan is written from."""

    town: Town
    picture: Picture
    plan: Plan
    screening: Screening


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanResult:
    """
    A plan and where it was written.

    Parameters
    ----------
    folder
        Its folder.
    plan
        The plan.
    state
        Town and picture it rests on.
    findings
        What was noticed on the way.
    """

    folder: Path
    plan: Plan
    state: State
    findings: tuple[Finding, ...]

    @property
    def files(self) -> tuple[Path, ...]:
        """The files a planner opens, most telling first."""
        names = ("map.html", "brief.pdf", "plan.json", "plan.gpkg", "visits.gpx")
        return tuple(self.folder / name for name in names)


def plan(
    workspace: Workspace,
    *,
    as_of: datetime,
    wishes: Mapping[str, Any] | None = None,
    stop_after_s: float | None = None,
    progress: Progress = quiet,
    told: Told = nobody,
) -> PlanResult:
    """
    Plan on a workspace and write the plan's folder in one step.

    Parameters
    ----------
    workspace
        The town's folder.
    as_of
        Moment of the picture, aware UTC.
    wishes
        Fields of the question that differ from the workspace's own.
    stop_after_s
        Seconds after which the search ends with the best plan so far; None lets it go on until it
        is good enough. Ctrl-C ends it too; a second one leaves without a plan.
    progress
        Told how far the work is.
    told
        Told how many people are served and how many could be at most, whenever one gets better.

    Returns
    -------
    result
        The plan, its folder and findings.
    """
    question = question_from(workspace.question, wishes or {})
    asked = requirements_from(workspace.requirements)
    state = load_state(workspace, as_of=as_of, progress=progress)
    progress("Building the evacuation network", 0, 1)
    with ThreadPoolExecutor(max_workers=1) as beside:
        screened = beside.submit(screen, state.town, state.picture, asked=asked)
        evacuation = Evacuation.of(
            state.town,
            state.picture,
            unknown_streets=question.unknown_streets,
            terrain=state.terrain,
        )
        ordered = hierarchy_store.prepare(evacuation.layers.network, workspace.cache)
        screening = screened.result()
    progress("Building the evacuation network", 1, 1)
    with Stopping(stop_after_s, asked=lambda: progress(_STOPPING, 0, 0)) as stop:
        answer = propose(
            state.town,
            state.picture,
            screening,
            question,
            evacuation=evacuation,
            progress=progress,
            stop=stop,
            told=told,
            run=in_threads,
        )
    folder = workspace.plans / answer.id[:12]
    with whole_folder(folder) as hidden:
        _write_all(hidden, state, screening, answer, _reach(evacuation, answer), progress)
    return PlanResult(
        folder=folder,
        plan=answer,
        state=state,
        findings=(*state.findings, *ordered, *state.picture.findings, *answer.findings),
    )


def _reach(evacuation: Evacuation, answer: Plan) -> tuple[ReachArea, ...]:
    """Draw the area from which each stabilisation point is reached within its clock."""
    sites = [site for site in answer.sites if site.tier is Tier.TSP]
    shapes = reach_areas(
        evacuation, [site.structure for site in sites], answer.question.tsp_clock_s
    )
    return tuple(
        ReachArea(structure=site.structure, clock_s=answer.question.tsp_clock_s, shape=shape)
        for site, shape in zip(sites, shapes, strict=True)
    )


def _write_all(
    folder: Path,
    state: State,
    screening: Screening,
    answer: Plan,
    reach: tuple[ReachArea, ...],
    progress: Progress,
) -> None:
    """Write every product of one plan."""
    town, picture = state.town, state.picture
    parts = _Parts(town=town, picture=picture, plan=answer, screening=screening)
    steps: tuple[Callable[[], None], ...] = (  # the longest first: two are written at a time
        lambda: geopackage.write(folder / "plan.gpkg", reach=reach, **parts),
        lambda: brief.write(folder / "brief.pdf", reach=reach, **parts),
        lambda: web_map.write(folder / "map.html", reach=reach, **parts),
        lambda: plan_json.write(folder / "plan.json", **parts),
        lambda: gpx.write_visits(folder / "visits.gpx", town=town, plan=answer),
    )
    with ThreadPoolExecutor(max_workers=2) as pool:
        written = [pool.submit(step) for step in steps]
        for done, product in enumerate(written):
            progress("Writing the plan", done, len(steps))
            product.result()
    progress("Writing the plan", len(steps), len(steps))
