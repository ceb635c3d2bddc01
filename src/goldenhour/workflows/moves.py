# SPDX-License-Identifier: Apache-2.0
"""From a workspace and a file of steps to a schedule: which sites are open when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from goldenhour.base.findings import Finding, Severity
from goldenhour.base.progress import Progress, quiet
from goldenhour.picture.work_out import work_out
from goldenhour.publish import moves_json
from goldenhour.reports.ledger import Ledger
from goldenhour.reports.report import Report
from goldenhour.siting.asking.question import Question
from goldenhour.siting.moving.move import over_steps
from goldenhour.siting.moving.schedule import Schedule
from goldenhour.siting.moving.steps import Step
from goldenhour.siting.screening.requirements import Profiles
from goldenhour.siting.screening.screen import screen
from goldenhour.sources import recognise
from goldenhour.times.carry import Evacuation
from goldenhour.town.town import Town
from goldenhour.workflows.question_file import question_from
from goldenhour.workflows.requirements_file import requirements_from
from goldenhour.workflows.state import load_ground, with_unplaced
from goldenhour.workflows.steps_file import StepAsked, read_steps
from goldenhour.workflows.stopping import Stopping
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
class KnownSteps:
    """
    What is known of each step.

    Parameters
    ----------
    town
        The town that all steps share.
    steps
        One a moment.
    findings
        What was noticed in layers and files.
    """

    town: Town
    steps: tuple[Step, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
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
    known = steps_of(
        workspace, asked.steps, question=question, profiles=profiles, progress=progress
    )
    with Stopping(stop_after_s, asked=lambda: progress(_STOPPING, 0, 0)) as stop:
        schedule = over_steps(
            known.town,
            known.steps,
            question,
            price_people=asked.price_people,
            progress=progress,
            stop=stop,
        )
    content = moves_json.to_json(known.town, known.steps, schedule)
    folder = workspace.folder / "moves" / moves_json.name_of(content)
    with whole_folder(folder) as hidden:
        moves_json.write(hidden / "moves.json", content)
    return MovesResult(
        folder=folder,
        schedule=schedule,
        town=known.town,
        steps=known.steps,
        findings=known.findings,
    )


def steps_of(
    workspace: Workspace,
    asked: Sequence[StepAsked],
    *,
    question: Question,
    profiles: Profiles,
    progress: Progress = quiet,
) -> KnownSteps:
    """
    Work out picture, screening and evacuation graph of each step, on one town.

    Parameters
    ----------
    workspace
        The town's folder.
    asked
        Moments in order, and what is expected of each.
    question
        What is assumed of streets without a report.
    profiles
        What is asked of structures.
    progress
        Told how far the work is.

    Returns
    -------
    known
        The steps, and the town with every structure that a report of any step names.
    """
    found: list[Finding] = []
    told = tuple(_told(workspace, step, found) for step in asked)
    town, terrain, noticed = load_ground(workspace)
    everything = (report for one in told for report in (*one.reports, *one.assumed))
    town = with_unplaced(town, tuple(everything))
    steps = []
    for number, one in enumerate(told):
        progress(_STEP, number, len(told))
        picture = work_out(town, (*one.reports, *one.assumed), as_of=one.asked.at)
        evacuation = Evacuation.of(
            town, picture, unknown_streets=question.unknown_streets, terrain=terrain
        )
        step = Step(
            picture=picture,
            screening=screen(town, picture, asked=profiles),
            evacuation=evacuation,
            assumed=frozenset(report.id for report in one.assumed),
        )
        steps.append(step)
    progress(_STEP, len(told), len(told))
    return KnownSteps(town=town, steps=tuple(steps), findings=(*noticed, *found))


def _told(workspace: Workspace, asked: StepAsked, found: list[Finding]) -> _Told:
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
    return _Told(asked=asked, reports=reports, assumed=tuple(assumed))


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
