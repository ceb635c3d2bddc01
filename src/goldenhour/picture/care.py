# SPDX-License-Identifier: Apache-2.0
"""Care that is said to exist: the newest word on each facility, unknown again once it is stale."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

import shapely

from goldenhour.base import facts
from goldenhour.base.grades import Verdict
from goldenhour.picture.belief import CarePoint, Contradiction, ReportIndex, Stale
from goldenhour.picture.known import Known
from goldenhour.picture.names import fold
from goldenhour.picture.notes import Notes, contradiction, finding
from goldenhour.picture.where import Whereabouts
from goldenhour.reports.report import Report
from goldenhour.reports.said import CareSaid, ReportKind


def care_points(known: Known, whereabouts: Whereabouts) -> tuple[tuple[CarePoint, ...], Notes]:
    """
    Work out where care is said to exist.

    Parameters
    ----------
    known
        What is known.
    whereabouts
        Where its reports are about.

    Returns
    -------
    care, notes
        One point a facility; functioning is UNKNOWN once the newest word has expired.
    """
    by_facility: dict[tuple[str, str], list[int]] = defaultdict(list)
    for row in known.of_kind(ReportKind.CARE):
        report = known.reports[row]
        if isinstance(report.said, CareSaid):
            by_facility[(fold(report.said.facility), report.about)].append(row)
    points, lost, stale = [], [], []
    valid_by_facility = []
    for rows in by_facility.values():
        newest = max(rows, key=lambda row: (known.reports[row].seen_to, row))
        point = _point(known, newest, whereabouts)
        if point is None:
            lost += rows
        else:
            points.append(point)
        old = [row for row in rows if known.as_of > expiry(known.reports[row])]
        stale += [Stale(report=ReportIndex(row), since=expiry(known.reports[row])) for row in old]
        valid_by_facility.append([row for row in rows if row not in old])
    points.sort(key=lambda point: point.report)
    return tuple(points), Notes(
        contradictions=_contradictions(known, valid_by_facility),
        stale=tuple(stale),
        findings=finding(
            "care-without-place",
            "A report of care has no place that the town knows.",
            done="It is kept and listed, and is on no map.",
            ids=known.ids(lost),
        ),
    )


def expiry(report: Report) -> datetime:
    """
    Say when a report of care goes stale.

    Parameters
    ----------
    report
        About care.

    Returns
    -------
    expires
        Its own word, else ``picture.care_valid_s`` after it; aware UTC.
    """
    span = timedelta(seconds=facts.number("picture.care_valid_s"))
    return report.valid_until or report.seen_to + span


def _point(known: Known, row: int, whereabouts: Whereabouts) -> CarePoint | None:
    """Make the point of one facility."""
    report, shape = known.reports[row], whereabouts.shape(row)
    said = report.said
    if shape is None or not isinstance(said, CareSaid):
        return None
    spot = shapely.point_on_surface(shape)
    is_valid = known.as_of <= expiry(report)
    return CarePoint(
        facility=said.facility,
        tier=said.tier,
        functioning=said.functioning if is_valid else Verdict.UNKNOWN,
        x_m=float(shapely.get_x(spot)),
        y_m=float(shapely.get_y(spot)),
        report=ReportIndex(row),
    )


def _contradictions(
    known: Known, by_facility: Sequence[Sequence[int]]
) -> tuple[Contradiction, ...]:
    """Find facilities that different sources, none of them stale, say work and do not work."""
    found = []
    for rows in by_facility:
        sides: dict[Verdict, set[str]] = defaultdict(set)
        for row in rows:
            said = known.reports[row].said
            if isinstance(said, CareSaid):
                sides[said.functioning].add(known.reports[row].source.name)
        works, fails = sides[Verdict.FIT], sides[Verdict.UNFIT]
        if works and fails and works != fails:
            found.append(_contradiction(known, sorted(rows, reverse=True)))
    return tuple(found)


def _contradiction(known: Known, rows: Sequence[int]) -> Contradiction:
    """Put one contradiction into words."""
    said = [known.reports[row] for row in rows]
    name = next(r.said.facility for r in said if isinstance(r.said, CareSaid))
    works, fails = (
        "; ".join(
            f"{r.seen_to:%Y-%m-%d} {r.source.name}"
            for r in said
            if isinstance(r.said, CareSaid) and r.said.functioning is side
        )
        for side in (Verdict.FIT, Verdict.UNFIT)
    )
    return contradiction(
        "care-disagrees",
        subject=f"care {name}",
        rows=rows,
        facility=name,
        works=works,
        fails=fails,
    )
