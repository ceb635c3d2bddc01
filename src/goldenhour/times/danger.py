# SPDX-License-Identifier: Apache-2.0
"""Steps over open ground that may lead through a hazard area are not taken."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from goldenhour.times.access import Landing
from goldenhour.town.town import Streets

_DOWNHILL = 1.2  # Tobler: at best 6 km/h where level ground gives 5; metres are counted by time
_STRAIGHT_M = 0.5

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Walks:
    """
    The ways from many points onto their streets, to be held against one danger after another.

    Parameters
    ----------
    landing
        Where points step onto streets. Shape ``(n, k)``.
    row
        Point of each way. Shape ``(n_walks,)``, int64.
    place
        Which of its streets. Shape ``(n_walks,)``, int64.
    line
        Straight lines, in the town's metric system. Shape ``(n_walks,)``, object.
    spare_m
        How far a way may stray from its line in metres. Shape ``(n_walks,)``.
    tree
        The lines, to be searched by place.
    """

    landing: Landing
    row: NDArray[np.int64]
    place: NDArray[np.int64]
    line: NDArray[np.object_]
    spare_m: Floats
    tree: shapely.STRtree

    @classmethod
    def of(cls, landing: Landing, streets: Streets, x_m: Floats, y_m: Floats) -> "Walks":
        """
        Draw the ways.

        Parameters
        ----------
        landing
            Where points step onto streets. Shape ``(n, k)``.
        streets
            The streets.
        x_m
            Eastings of the points in metres. Shape ``(n,)``.
        y_m
            Northings in metres. Shape ``(n,)``.

        Returns
        -------
        walks
            To be asked often.
        """
        row, place = np.nonzero(landing.edge >= 0)
        edge, share = landing.edge[row, place], landing.share[row, place]
        door = np.column_stack([x_m[row], y_m[row]])
        street = shapely.get_coordinates(
            shapely.line_interpolate_point(streets.line[edge], share, normalized=True)
        )
        line = np.asarray(shapely.linestrings(np.stack([door, street], axis=1)), dtype=np.object_)
        return cls(
            landing=landing,
            row=row,
            place=place,
            line=line,
            spare_m=_spare_m(landing.off_m[row, place], np.hypot(*(street - door).T)),
            tree=shapely.STRtree(line),
        )

    def away_from(self, areas: Sequence[BaseGeometry]) -> Landing:
        """
        Leave out every way onto a street that some area might cut.

        Parameters
        ----------
        areas
            Areas that nobody may pass, in the town's metric system.

        Returns
        -------
        landing
            Without those; the very same if there are none.
        """
        if not areas:
            return self.landing
        is_cut = np.zeros(len(self.row), dtype=np.bool_)
        farthest_m = float(self.spare_m.max(initial=0))
        for area in areas:
            near = self.tree.query(area, predicate="dwithin", distance=farthest_m)
            is_cut[near[shapely.distance(self.line[near], area) <= self.spare_m[near]]] = True
        kept = self.landing.edge.copy()
        kept[self.row[is_cut], self.place[is_cut]] = -1
        off_m = np.where(kept >= 0, self.landing.off_m, np.inf)
        return replace(self.landing, edge=kept, off_m=off_m)


def keep_away(
    landing: Landing, streets: Streets, x_m: Floats, y_m: Floats, areas: Sequence[BaseGeometry]
) -> Landing:
    """
    Leave out every way onto a street that some hazard area might cut.

    Only the length of a way over terrain is kept, not its course, so it goes wherever it might
    have led through an area: unknown never scores as safe. No other street is looked for instead,
    so a new hazard never shortens a way.

    Parameters
    ----------
    landing
        Where points step onto streets. Shape ``(n, k)``.
    streets
        The streets.
    x_m
        Eastings of the points in metres. Shape ``(n,)``.
    y_m
        Northings in metres. Shape ``(n,)``.
    areas
        Areas that nobody may pass, in the town's metric system.

    Returns
    -------
    landing
        Without those; the very same if there are none.
    """
    return Walks.of(landing, streets, x_m, y_m).away_from(areas) if areas else landing


def _spare_m(off_m: Floats, straight_m: Floats) -> Floats:
    """
    Say how far from the straight line a way of this length may stray.

    It stays within an ellipse around both ends; half of its small axis bounds the distance.
    """
    longest_m = np.where(off_m > straight_m + _STRAIGHT_M, _DOWNHILL * off_m, straight_m)
    return np.sqrt(np.maximum(longest_m**2 - straight_m**2, 0)) / 2
