# SPDX-License-Identifier: Apache-2.0
"""What changed between two pictures of one town, and which reports are behind it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from goldenhour.base import facts
from goldenhour.base.grades import Verdict
from goldenhour.picture.belief import Evidence, Picture
from goldenhour.reports.report import Report

Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """
    What is believed otherwise now.

    Parameters
    ----------
    structures
        Rows whose damage or visit is believed otherwise. Shape ``(n,)``.
    moved_share
        How much of each one's damage moved from some grades to others, unknown among them; a
        share. Shape ``(n,)``.
    streets
        Rows whose state for people on foot or for vehicles is another. Shape ``(n_edges,)``.
    new_reports
        Reports that are known now and were not: positions in the later picture.
    gone_reports
        Reports that counted then and have been superseded: positions in the earlier picture.
    new_stale
        Reports that have gone stale since: positions in the later picture.
    new_hazards
        Hazard areas that were not there, or stood otherwise: positions in the later ``hazards``.
    gone_hazards
        Hazard areas that are there no longer: positions in the earlier ``hazards``.
    people
        Best total of people then and now.
    """

    structures: Rows
    moved_share: NDArray[np.float64]
    streets: Rows
    new_reports: tuple[int, ...]
    gone_reports: tuple[int, ...]
    new_stale: tuple[int, ...]
    new_hazards: tuple[int, ...]
    gone_hazards: tuple[int, ...]
    people: tuple[float, float]


def changes(before: Picture, now: Picture) -> Changes:
    """
    Compare two pictures of one town.

    Parameters
    ----------
    before
        The earlier one.
    now
        The later one, over the same structures and streets.

    Returns
    -------
    changes
        Structures whose damage moved by less than ``picture.told_change_share`` are left out, if
        no visit came or went.
    """
    then_ids = {report.id for report in before.reports}
    now_ids = {report.id for report in now.reports}
    old_stale = {before.reports[entry.report].id for entry in before.stale}
    then_hazards, now_hazards = _hazards(before), _hazards(now)
    structures, moved = _structures(before, now)
    return Changes(
        structures=structures,
        moved_share=moved,
        streets=_streets(before, now),
        new_reports=tuple(i for i, one in enumerate(now.reports) if one.id not in then_ids),
        gone_reports=tuple(i for i, one in enumerate(before.reports) if one.id not in now_ids),
        new_stale=tuple(
            int(entry.report)
            for entry in now.stale
            if now.reports[entry.report].id not in old_stale
        ),
        new_hazards=tuple(i for i, key in enumerate(now_hazards) if key not in set(then_hazards)),
        gone_hazards=tuple(i for i, key in enumerate(then_hazards) if key not in set(now_hazards)),
        people=(before.people.total_best, now.people.total_best),
    )


def reports_behind(evidence: Evidence, picture: Picture, row: int) -> tuple[Report, ...]:
    """
    List the reports behind one value.

    Parameters
    ----------
    evidence
        Of structures or streets in that picture.
    picture
        The picture.
    row
        Of which structure or street.

    Returns
    -------
    reports
        In the order of the picture.
    """
    return tuple(picture.reports[int(at)] for at in evidence.of(row))


def _structures(before: Picture, now: Picture) -> tuple[Rows, NDArray[np.float64]]:
    """Find structures that are believed otherwise, the most changed first."""
    old, new = before.damage, now.damage
    moved = np.abs(new.p_grade.astype(np.float64) - old.p_grade).sum(axis=1) / 2
    is_told = moved >= facts.number("picture.told_change_share")
    is_told |= (old.visited != new.visited) | (old.verdict != new.verdict)
    rows = np.flatnonzero(is_told)
    refused = new.verdict[rows] == Verdict.UNFIT
    rows = rows[np.lexsort((rows, -moved[rows], ~refused))]
    return rows, moved[rows]


def _streets(before: Picture, now: Picture) -> Rows:
    """Find streets in another state."""
    old, new = before.streets, now.streets
    differs = (old.state_vehicle != new.state_vehicle) | (
        old.state_stretcher != new.state_stretcher
    )
    return np.flatnonzero(differs)


def _hazards(picture: Picture) -> list[tuple[object, ...]]:
    """Name each hazard area by its report and standing."""
    return [(picture.reports[area.report].id, area.hazard, area.status) for area in picture.hazards]
