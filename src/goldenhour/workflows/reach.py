# SPDX-License-Identifier: Apache-2.0
"""What is within reach of named places: numbers, areas, map."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path

from goldenhour.base.errors import InputError
from goldenhour.base.findings import Finding, Severity
from goldenhour.base.grades import UnknownStreets
from goldenhour.base.progress import Progress, quiet
from goldenhour.movement.find_place import Spot, find_place
from goldenhour.publish import reach_json, reach_tables, web_map
from goldenhour.siting.screening.table import Screening
from goldenhour.times.asked import Asked
from goldenhour.times.chances import Chances, chances
from goldenhour.times.reached import Reached, reached
from goldenhour.times.service import Direction, Means, Site
from goldenhour.workflows.question_file import question_from
from goldenhour.workflows.scheduler import in_threads, open_scheduler
from goldenhour.workflows.state import State, load_state
from goldenhour.workflows.whole import whole_folder
from goldenhour.workflows.workspace import Workspace

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReachResult:
    """
    What is within reach, and where it was written.

    Parameters
    ----------
    folder
        Its folder.
    reached
        The answer.
    state
        Town and picture it rests on.
    findings
        What was noticed on the way.
    """

    folder: Path
    reached: Reached
    state: State
    findings: tuple[Finding, ...]

    @property
    def files(self) -> tuple[Path, ...]:
        """The files a planner opens, most telling first."""
        names = ("map.html", "reach.json", "reach.gpkg", "reach.geojson")
        return tuple(self.folder / name for name in names)


def reach(  # noqa: PLR0913 - a question in full, all by name
    workspace: Workspace,
    *,
    places: Sequence[str],
    limits_s: Sequence[float],
    as_of: datetime,
    direction: Direction = Direction.TO_SITE,
    means: Means = Means.BOTH,
    unknown_streets: UnknownStreets | None = None,
    n_worlds: int = 0,
    seed: int = 0,
    scheduler: str | None = None,
    progress: Progress = quiet,
) -> ReachResult:
    """
    Draw what is within reach of places, and write its folder in one step.

    Parameters
    ----------
    workspace
        The town's folder.
    places
        Place names (English or Arabic), structure ids, ``lon,lat`` or MGRS.
    limits_s
        Limits in seconds, inclusive.
    as_of
        Moment of the picture, aware UTC.
    direction
        Which way the time counts.
    means
        What may be used.
    unknown_streets
        Whether streets without a report count as passable or as closed; None takes the workspace's
        question.
    n_worlds
        Worlds to count over; 0 for none.
    seed
        Of the worlds.
    scheduler
        Address of a Dask scheduler that works worlds out, ``local`` for processes of this machine;
        None for threads of this one.
    progress
        Told how far the work is.

    Returns
    -------
    result
        The answer, its folder and findings.

    Raises
    ------
    InputError
        If a place is not found, ambiguous, outside or joins no street, or there is no limit.
    """
    if unknown_streets is None:
        unknown_streets = question_from(workspace.question, {}).unknown_streets
    state = load_state(workspace, as_of=as_of, progress=progress)
    sites, findings = _sites(state, places)
    asked = Asked(
        sites=sites,
        limits_s=tuple(sorted({float(one) for one in limits_s})),
        direction=direction,
        means=means,
        unknown_streets=unknown_streets,
        n_worlds=n_worlds,
        seed=seed,
    )
    answer = reached(state.town, state.picture, asked, terrain=state.terrain, progress=progress)
    if n_worlds:
        answer = replace(answer, chances=_chances(state, asked, scheduler, progress))
    folder = workspace.folder / "reach" / answer.id[:12]
    with whole_folder(folder) as hidden:
        _write_all(hidden, state, answer, progress)
    return ReachResult(
        folder=folder,
        reached=answer,
        state=state,
        findings=(*state.findings, *state.picture.findings, *findings),
    )


def _chances(state: State, asked: Asked, scheduler: str | None, progress: Progress) -> Chances:
    """Count over worlds, in threads of this process or on a cluster: it changes no number."""
    count = partial(
        chances, state.town, state.picture, asked, terrain=state.terrain, progress=progress
    )
    if scheduler is None:
        return count(run=in_threads)
    with open_scheduler(scheduler) as cluster:
        return count(run=cluster)


def _sites(state: State, places: Sequence[str]) -> tuple[tuple[Site, ...], tuple[Finding, ...]]:
    """Find the places; one that is given twice counts once."""
    town = state.town
    if not town.structures.n and not town.streets.n_edges:
        raise InputError(
            f"{town.name} is empty: it has neither streets nor structures.",
            where=town.name,
            do="Make the workspace again with `goldenhour new`, from files that hold both.",
            code="GH147",
        )
    if not places:
        raise InputError("No place is named.", where="--from", code="GH148")
    found: dict[tuple[float, float], Spot] = {}
    findings = []
    for text in places:
        spot = find_place(town, state.picture, text)
        if spot[:2] in found:
            findings.append(_twice(text))
        found.setdefault(spot[:2], spot)
    sites = tuple(
        Site(label=_label(number), name=name, x_m=x_m, y_m=y_m)
        for number, (x_m, y_m, name) in enumerate(found.values())
    )
    return sites, tuple(findings)


def _label(number: int) -> str:
    """Letter a site: A to Z, then AA, AB ..."""
    first, last = divmod(number, len(_LETTERS))
    return (_label(first - 1) if first else "") + _LETTERS[last]


def _twice(text: str) -> Finding:
    """Note a place that was named twice."""
    return Finding(
        code="site-named-twice",
        severity=Severity.NOTE,
        layer="--from",
        what=f"'{text}' names a place that was named before.",
        done="It counts once.",
    )


def _write_all(folder: Path, state: State, answer: Reached, progress: Progress) -> None:
    """Write every product."""
    town, picture = state.town, state.picture
    step, n_steps = "Writing what is within reach", 4
    progress(step, 0, n_steps)
    reach_tables.write(folder / "reach.gpkg", town=town, picture=picture, reached=answer)
    progress(step, 1, n_steps)
    reach_json.write(folder / "reach.json", town=town, picture=picture, reached=answer)
    reach_json.write_geojson(folder / "reach.geojson", town=town, picture=picture, reached=answer)
    progress(step, 2, n_steps)
    web_map.write(
        folder / "map.html",
        town=town,
        picture=picture,
        plan=None,
        screening=Screening(tiers=()),
        reached=answer,
    )
    progress(step, n_steps, n_steps)
