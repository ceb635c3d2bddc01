# SPDX-License-Identifier: Apache-2.0
"""Which streets a report speaks of: by the id it names, else by its point, line or area."""

from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from goldenhour.base import facts
from goldenhour.town.town import Streets

Edges = NDArray[np.int64]

_ALONG_SHARE = 0.5  # the cosine of 60 degrees


class Snapper:
    """
    Finds streets. Its indexes are built when they are first needed.

    Parameters
    ----------
    streets
        The town's streets.
    """

    def __init__(self, streets: Streets) -> None:
        self._streets = streets

    @cached_property
    def tree(self) -> shapely.STRtree:
        """Index of all lines, in the town's metric system."""
        return shapely.STRtree(self._streets.line)

    @cached_property
    def _bridges(self) -> Edges:
        """Edges that are bridges."""
        return np.flatnonzero(self._streets.bridge)

    @cached_property
    def _number(self) -> dict[str, int]:
        """Edge number by id."""
        return {key: i for i, key in enumerate(self._streets.id.tolist())}

    def edges(self, about: str, shape: BaseGeometry | None, *, prefers_bridge: bool) -> Edges:
        """
        Find the streets of one report.

        Parameters
        ----------
        about
            Id of a street, or anything else.
        shape
            The report's place in the town's metric system; None if not known.
        prefers_bridge
            True if the report is about a bridge: then a bridge a little further off goes first.

        Returns
        -------
        edges
            Edge numbers; empty if none is near. Shape ``(n_found,)``.
        """
        if about and about in self._number:
            return np.array([self._number[about]])
        if shape is None or not self._streets.n_edges:
            return np.zeros(0, dtype=np.int64)
        if shape.geom_type in {"Polygon", "MultiPolygon"}:
            return np.sort(self.tree.query(shape, predicate="intersects"))
        if shape.geom_type in {"LineString", "MultiLineString"}:
            return self._along(shape)
        if prefers_bridge and len(bridges := self._bridges_near(shape)):
            return bridges
        return self._nearest(shape)

    def _nearest(self, shape: BaseGeometry) -> Edges:
        """Find the nearest street; of several that touch at that distance all, but no bridge."""
        found = np.sort(self.tree.query_nearest(shape, max_distance=facts.number("picture.snap_m")))
        below = found[~self._streets.bridge[found]]
        return below if len(below) else found

    def _bridges_near(self, shape: BaseGeometry) -> Edges:
        """Find the bridges about as near as the nearest one."""
        if not len(self._bridges):
            return self._bridges
        away_m = shapely.distance(self._streets.line[self._bridges], shape)
        if away_m.min() > facts.number("picture.bridge_snap_m"):
            return self._bridges[:0]
        near: Edges = self._bridges[away_m <= away_m.min() + facts.number("picture.snap_m")]
        return near

    def _along(self, line: BaseGeometry) -> Edges:
        """Find the streets that run along a line; else the one nearest to its middle."""
        reach_m = facts.number("picture.line_overlap_m")
        band = line.buffer(reach_m, cap_style="flat")
        near = self.tree.query(band, predicate="intersects")
        lines = self._streets.line[near]
        inside_m = shapely.length(shapely.intersection(lines, band))
        share = inside_m / np.maximum(shapely.length(lines), 1e-9)
        least = facts.number("picture.line_overlap_share")
        may_cross = shapely.length(lines) * least <= 2 * reach_m
        runs = (share >= least) & ~(may_cross & _crosses(lines, line))
        along = near[runs]
        return np.sort(along) if len(along) else self._nearest(shapely.point_on_surface(line))


def _crosses(lines: NDArray[np.object_], line: BaseGeometry) -> NDArray[np.bool_]:
    """Tell which streets lie across a line: from end to end one gets no further along it."""
    each = np.full(len(lines), line, dtype=np.object_)
    ends = [shapely.line_locate_point(each, shapely.get_point(lines, end)) for end in (0, -1)]
    chord_m = shapely.distance(shapely.get_point(lines, 0), shapely.get_point(lines, -1))
    across: NDArray[np.bool_] = np.abs(ends[1] - ends[0]) < _ALONG_SHARE * chord_m
    return across
