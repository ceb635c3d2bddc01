# SPDX-License-Identifier: Apache-2.0
"""From a workspace and a file of steps to a schedule: which sites are open when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from goldenhour.base.findings import Finding, Severity
from goldenhour.base.grades import UnknownStreets
from goldenhour.base.progress import Progress, quiet
from goldenhour.picture.matching import unplaced_structures
from goldenhour.picture.work_out import work_out
from goldenhour.publish import moves_json
from goldenhour.reports.ledger import Ledger
from goldenhour.reports.report import Report
from goldenhour.siting.moving.move import over_steps
from goldenhour.siting.moving.schedule import Schedule
from goldenhour.siting.moving.steps import Step
from goldenhour.siting.screening.requirements import Profiles
from goldenhour.siting.screening.screen import screen
from goldenhour.sources import recognise
from goldenhour.times.carry import Evacuation
from goldenhour.town.build import with_reported
from goldenhour.town.town import Town
from goldenhour.workflows.question_file import question_from
from goldenhour.workflows.requirements_file import requirements_from
from goldenhour.workflows.state import load_town
from goldenhour.workflows.steps_file import StepAsked, read_steps
from goldenhour.workflows.stopping import Stopping
from goldenhour.workflows.terrain import load_terrain, on_terrain
from goldenhour.workflows.whole import whole_folder
from goldenhour.workflows.workspace import Workspace

_STOPPING = "Stopping with the best schedule so far; Ctrl-C again leaves without one"
_STEP = "Working out the picture of each step"


@dataclass(frozen=True, slots=True, kw_only=True)
class MovesResult:
    """
    A schedule and where it was written.

    Parameters
    ----------
    folder
        Its folder.
    schedule
        Which sites are open when.
    town
        The town, with structures that only reports know.
    steps
        What each step rests on.
    findings
        What was noticed on the way.
    """

    folder: Path
    schedule: Schedule
    town: Town
    steps: tuple[Step, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """Reports of one step: those of the ledger, then those that are only expected."""

    asked: StepAsked
    reports: tuple[Report, ...]
    assumed: tuple[Report, ...]


def moves(
    workspace: Workspace,
    *,
    steps_file: Path,
    wishes: Mapping[str, Any] | None = None,
    stop_after_s: float | None = None,
    progress: Progress = quiet,
) -> MovesResult:
    """
    Choose sites for every step and write the schedule in one step.

    What is expected is read from its files for its step alone; the ledger never holds it.

    Parameters
    ----------
    workspace
        The town's folder.
    steps_file
        Moments, and what is expected of each.
    wishes
        Fields of the question that differ from the workspace's own.
    stop_after_s
        Seconds after which the search ends with the best schedule so far. Ctrl-C ends it too.
    progress
        Told how far the work is.

    Returns
    -------
    result
        The schedule, its folder and findings.
    """
    asked = read_steps(steps_file)
    question = question_from(workspace.question, wishes or {})
    profiles = requirements_from(workspace.requirements)
    found: list[Finding] = []
    known = tuple(_known(workspace, step, found) for step in asked.steps)
    town, noticed = load_town(workspace)
    terrain = load_terrain(workspace)
    everything = [report for one in known for report in (*one.reports, *one.assumed)]
    ids, x_m, y_m = unplaced_structures(town, everything)
    town = with_reported(on_terrain(town, terrain), ids=ids, x_m=x_m, y_m=y_m)
    steps = []
    for number, one in enumerate(known):
        progress(_STEP, number, len(known))
        steps.append(_step(town, one, profiles, question.unknown_streets))
    progress(_STEP, len(known), len(known))
    with Stopping(stop_after_s, asked=lambda: progress(_STOPPING, 0, 0)) as stop:
        schedule = over_steps(
            town,
            steps,
            question,
            price_people=asked.price_people,
            progress=progress,
            stop=stop,
        )
    content = moves_json.to_json(town, steps, schedule)
    folder = workspace.folder / "moves" / moves_json.name_of(content)
    with whole_folder(folder) as hidden:
        moves_json.write(hidden / "moves.json", content)
    return MovesResult(
        folder=folder,
        schedule=schedule,
        town=town,
        steps=tuple(steps),
        findings=(*noticed, *found),
    )


def _known(workspace: Workspace, asked: StepAsked, found: list[Finding]) -> _Known:
    """Take the reports that count at one step, and what is expected then."""
    with Ledger.open(workspace.ledger) as ledger:
        reports = ledger.reports(as_of=asked.at)
    if not reports:
        found.append(
            Finding(
                code="no-reports-yet",
                layer=f"step {asked.at:%Y-%m-%dT%H:%MZ}",
                what="No report had been made by then.",
                done="All is unknown at this step but what is expected.",
                severity=Severity.WARNING,
            )
        )
    assumed: list[Report] = []
    for path in asked.assume:
        reading = recognise.read(path, recorded_at=asked.at)
        found += reading.findings
        assumed += [report for report in reading.reports if report.seen_from <= asked.at]
        found += _left_out(path, reading.reports, asked.at)
    return _Known(asked=asked, reports=reports, assumed=tuple(assumed))


def _left_out(path: Path, reports: Sequence[Report], at: datetime) -> tuple[Finding, ...]:
    """Tell what a file expects for later than its step."""
    n_later = sum(report.seen_from > at for report in reports)
    if reports and not n_later:
        return ()
    later = f"{n_later:,} of its reports are of a later moment."
    found = Finding(
        code="expected-later" if reports else "no-reports",
        layer=path.name,
        what=later if reports else "It expects nothing.",
        done="Left out of this step." if reports else "",
        severity=Severity.WARNING,
    )
    return (found,)


def _step(town: Town, one: _Known, profiles: Profiles, unknown: UnknownStreets) -> Step:
    """Work out one step."""
    picture = work_out(town, (*one.reports, *one.assumed), as_of=one.asked.at)
    return Step(
        picture=picture,
        screening=screen(town, picture, asked=profiles),
        evacuation=Evacuation.of(town, picture, unknown_streets=unknown),
        assumed=frozenset(report.id for report in one.assumed),
    )
