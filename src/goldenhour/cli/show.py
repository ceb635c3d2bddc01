# SPDX-License-Identifier: Apache-2.0
"""Results on the terminal: what was asked for on standard output, remarks on standard error."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import numpy as np

from goldenhour.base.grades import Grade, StreetState
from goldenhour.base.settings import Settings
from goldenhour.publish.headline import headline, site_lines
from goldenhour.publish.words import sentence

if TYPE_CHECKING:  # a command loads its own workflow only
    from collections.abc import Sequence

    from goldenhour.base.findings import Finding
    from goldenhour.picture.belief import Picture
    from goldenhour.sources.reading import SourceModule
    from goldenhour.town.town import Town
    from goldenhour.workflows.check import Check
    from goldenhour.workflows.exercise import ExerciseResult
    from goldenhour.workflows.new import NewTown
    from goldenhour.workflows.picture import PictureResult
    from goldenhour.workflows.plan import PlanResult
    from goldenhour.workflows.read import ReadResult
    from goldenhour.workflows.route import RouteResult

_MOST_FINDINGS, _MOST_LISTED = 12, 5


def out(line: str = "") -> None:
    """
    Write one line of the result.

    Parameters
    ----------
    line
        The line.
    """
    sys.stdout.write(line + "\n")


def findings(noticed: Sequence[Finding]) -> None:
    """
    List what was noticed, on standard error.

    Parameters
    ----------
    noticed
        Findings; the worst first if there are many.
    """
    order = {"refused": 0, "warning": 1, "note": 2}
    ranked = sorted(noticed, key=lambda entry: order[entry.severity.value])
    for entry in ranked[:_MOST_FINDINGS]:
        sys.stderr.write(f"  {entry}\n")
    if len(ranked) > _MOST_FINDINGS:
        sys.stderr.write(f"  … and {len(ranked) - _MOST_FINDINGS} more findings\n")


def plan(result: PlanResult, *, as_json: bool) -> None:
    """
    Show a plan: its headline, its sites, and where its files are.

    Parameters
    ----------
    result
        The plan.
    as_json
        Print ``plan.json`` instead of words.
    """
    findings(result.findings)
    if as_json:
        out((result.folder / "plan.json").read_text(encoding="utf-8"))
        return
    language = Settings.from_environment().language
    town, picture_ = result.state.town, result.state.picture
    out()
    for line in headline(town, picture_, result.plan, language=language):
        out(line)
    out()
    for site in site_lines(town, result.plan, language=language):
        out(f"  {site}")
    out()
    for said in (*result.plan.notes, *result.plan.unknowns):
        out(f"  - {sentence(said, language)}")
    out()
    for path in result.files:
        out(f"{path.name:<10} {path}")


def new(result: NewTown) -> None:
    """
    Show a new workspace.

    Parameters
    ----------
    result
        Workspace, town and findings.
    """
    findings(result.findings)
    town = result.town
    out(f"{result.workspace.folder}: {_town_line(town)}")


def read(result: ReadResult) -> None:
    """
    Show what reading or merging added.

    Parameters
    ----------
    result
        Counts and findings.
    """
    findings(result.findings)
    out(f"{result.n_new:,} new reports, {result.n_known:,} known already")


def exercise(result: ExerciseResult) -> None:
    """
    Show a generated exercise.

    Parameters
    ----------
    result
        Workspace and counts.
    """
    out(
        f"{result.workspace.folder}: EXERCISE, {result.n_structures:,} structures, "
        f"{result.n_reports:,} reports"
    )


def picture(result: PictureResult, *, as_json: bool) -> None:
    """
    Show what is known.

    Parameters
    ----------
    result
        Town, picture and map.
    as_json
        Print numbers as JSON instead of words.
    """
    town, known = result.state.town, result.state.picture
    findings((*result.state.findings, *known.findings))
    numbers = _picture_numbers(town, known)
    if as_json:
        out(json.dumps({**numbers, "map": str(result.map_file)}, ensure_ascii=False, indent=2))
        return
    out(f"{town.name} as of {known.as_of:%Y-%m-%d %H:%M} UTC, from {len(known.reports):,} reports")
    for name, value in numbers.items():
        out(f"  {name.replace('_', ' '):<32} {value}")
    out(f"{len(known.contradictions)} contradictions")
    for contradiction in known.contradictions[:_MOST_LISTED]:
        out(f"  {contradiction.subject}: {contradiction.what}")
    out(f"{len(known.stale)} reports have gone stale")
    for stale in known.stale[:_MOST_LISTED]:
        report = known.reports[stale.report]
        since = f"{stale.since:%Y-%m-%d %H:%M}"
        out(f"  {report.kind.value} by {report.source.name}, stale since {since}")
    out(f"{result.map_file.name:<10} {result.map_file}")


def route(result: RouteResult, *, as_json: bool) -> None:
    """
    Show a route.

    Parameters
    ----------
    result
        Route and files.
    as_json
        Print the map layer instead of words.
    """
    if as_json:
        out(result.files[1].read_text(encoding="utf-8"))
        return
    found = result.route
    out(
        f"{found.start} → {found.end}: {found.length_m / 1000:.1f} km, "
        f"{found.travel_s / 60:.0f} min by {found.mode.value}"
    )
    out(f"{100 * found.unknown_share:.0f} % of the way has no report: unknown is not open.")
    for hazard in found.hazards:
        out(f"  hazard on the way: {hazard}")
    for path in result.files:
        out(f"{path.name:<14} {path}")


def sources(formats: Sequence[SourceModule]) -> None:
    """
    List what is understood.

    Parameters
    ----------
    formats
        Source modules.
    """
    for entry in formats:
        out(f"{entry.NAME:<16} {entry.LABEL}")


def checks(looked: Sequence[Check]) -> None:
    """
    Show what was looked at.

    Parameters
    ----------
    looked
        One entry a part.
    """
    for entry in looked:
        out(f"{'ok ' if entry.sound else 'BAD'} {entry.what:<12} {entry.found}")


def _town_line(town: Town) -> str:
    """Count a town's parts."""
    return (
        f"{town.streets.n_edges:,} streets ({town.streets.length_m.sum() / 1000:,.0f} km), "
        f"{town.structures.n:,} structures, {town.places.n:,} places, {town.crs}"
    )


def _picture_numbers(town: Town, known: Picture) -> dict[str, str]:
    """Count what is known and what is not."""
    expected = known.damage.p_grade.sum(axis=0)
    km = town.streets.length_m / 1000
    state = known.streets.state_vehicle
    people = known.people
    return {
        "structures": f"{town.structures.n:,}",
        **{
            f"structures_{grade.name}": f"{expected[grade]:,.0f}"
            for grade in Grade
            if grade is not Grade.U
        },
        "structures_unknown": f"{expected[Grade.U]:,.0f}",
        "structures_visited": f"{int(known.damage.visited.sum()):,}",
        **{
            f"streets_{kind.name.lower()}_km": f"{km[state == kind].sum():,.1f}"
            for kind in StreetState
        },
        "streets_gone_stale_km": f"{km[known.streets.expired].sum():,.1f}",
        "hazard_areas": f"{len(known.hazards):,}",
        "people": f"{people.total_best:,.0f} ({people.basis}; "
        f"{_bound(people.total_low)} to {_bound(people.total_high)})",
        "care_reported": f"{len(known.care):,}",
    }


def _bound(value: float) -> str:
    """Write a bound; an open one says so."""
    return f"{value:,.0f}" if np.isfinite(value) else "no upper bound"
