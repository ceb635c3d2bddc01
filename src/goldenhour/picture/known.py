# SPDX-License-Identifier: Apache-2.0
"""The reports that are known at a moment, and their places in the town's metric system."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import shapely
from numpy.typing import NDArray

from goldenhour.base import crs, facts
from goldenhour.base.errors import InputError
from goldenhour.reports.report import Report, ReportId
from goldenhour.reports.said import ReportKind
from goldenhour.town.town import Objects, Town


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """
    What is known at a moment.

    Parameters
    ----------
    as_of
        The moment, aware UTC.
    reports
        Oldest first, ties by id; nothing twice, nothing superseded.
    shape
        Their places in the town's metric system, None where not known or far outside the town.
        Shape ``(n,)``, objects.
    """

    as_of: datetime
    reports: tuple[Report, ...]
    shape: Objects

    @property
    def outside(self) -> list[int]:
        """Positions of the reports whose own place lies far outside the town."""
        return [
            row
            for row, report in enumerate(self.reports)
            if report.where is not None and self.shape[row] is None
        ]

    def of_kind(self, *kinds: ReportKind) -> list[int]:
        """
        List the reports of some kinds.

        Parameters
        ----------
        *kinds
            Which.

        Returns
        -------
        rows
            Positions in ``reports``, oldest first.
        """
        return [row for row, report in enumerate(self.reports) if report.said.kind in kinds]

    def ids(self, rows: Iterable[int]) -> list[str]:
        """
        Name reports by their ids.

        Parameters
        ----------
        rows
            Positions in ``reports``.

        Returns
        -------
        ids
            In the same order.
        """
        return [self.reports[row].id for row in rows]


def known(town: Town, reports: Iterable[Report], *, as_of: datetime) -> Known:
    """
    Keep what was seen and recorded by a moment, and is not superseded by what was known then.

    Parameters
    ----------
    town
        The town, for its metric system.
    reports
        In any order, duplicates allowed: the earliest recording of each counts.
    as_of
        The moment, aware UTC.

    Returns
    -------
    known
        What is left.

    Raises
    ------
    InputError
        If the moment has no time zone.
    """
    if as_of.tzinfo is None:
        raise InputError(
            f"The moment {as_of.isoformat()} has no time zone.",
            where="as_of",
            do="Give it as UTC, such as 2017-11-04T06:00:00Z.",
        )
    as_of = as_of.astimezone(UTC)
    earliest: dict[ReportId, Report] = {}
    for report in reports:
        if report.recorded_at <= as_of and report.seen_from <= as_of:
            before = earliest.get(report.id)
            if before is None or report.recorded_at < before.recorded_at:
                earliest[report.id] = report
    superseded = {entry for report in earliest.values() for entry in report.supersedes}
    left = [report for report in earliest.values() if report.id not in superseded]
    left.sort(key=lambda report: (report.seen_from, report.id))
    return Known(as_of=as_of, reports=tuple(left), shape=metric_shapes(town, left))


def metric_shapes(town: Town, reports: list[Report]) -> Objects:
    """
    Convert the places of reports.

    Parameters
    ----------
    town
        The town.
    reports
        Any reports.

    Returns
    -------
    shape
        In the town's metric system; None where not known, and where no part of it lies within
        ``picture.town_margin_m`` of the town's own extent. Shape ``(n,)``, objects.
    """
    places = np.empty(len(reports), dtype=np.object_)
    places[:] = [report.where for report in reports]

    def to_metric(points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Convert coordinates."""
        return np.column_stack(crs.to_metric(points[:, 0], points[:, 1], town.crs))

    shape: Objects = shapely.transform(places, to_metric)
    with np.errstate(invalid="ignore"):
        west, south, east, north = shapely.bounds(shape).T
    finite = np.isfinite(west) & np.isfinite(south) & np.isfinite(east) & np.isfinite(north)
    low_x, low_y, high_x, high_y = _extent(town)
    near = (west <= high_x) & (east >= low_x) & (south <= high_y) & (north >= low_y)
    shape[~(finite & near)] = None
    return shape


def _extent(town: Town) -> NDArray[np.float64]:
    """Bound all that the town lists, with a margin; everything if it lists nothing."""
    listed = town.structures
    spots = np.column_stack([listed.x_m, listed.y_m, listed.x_m, listed.y_m])
    shapes = np.concatenate([town.streets.line, town.places.shape])
    bounds = np.vstack([spots, shapely.bounds(shapes)])
    bounds = bounds[np.isfinite(bounds).all(axis=1)]
    if not len(bounds):
        return np.array([-np.inf, -np.inf, np.inf, np.inf])
    margin_m = facts.number("picture.town_margin_m")
    extent: NDArray[np.float64] = np.concatenate(
        [bounds[:, :2].min(axis=0) - margin_m, bounds[:, 2:].max(axis=0) + margin_m]
    )
    return extent


def seconds(moment: datetime) -> int:
    """
    Count whole seconds since 1970.

    Parameters
    ----------
    moment
        An aware time.

    Returns
    -------
    count
        Rounded down.
    """
    return int(moment.timestamp() // 1)


def moment(count: float) -> datetime:
    """
    Turn seconds since 1970 into a time.

    Parameters
    ----------
    count
        Seconds.

    Returns
    -------
    moment
        Aware UTC; the end of the calendar if it lies beyond.
    """
    try:
        return datetime.fromtimestamp(count, tz=UTC)
    except (OverflowError, ValueError, OSError):
        return datetime.max.replace(tzinfo=UTC)
