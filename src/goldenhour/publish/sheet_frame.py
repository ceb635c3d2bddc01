# SPDX-License-Identifier: Apache-2.0
"""The frame of a printed map: which ground, at which scale, on which sheet of A4."""

from dataclasses import dataclass
from math import ceil

import numpy as np
import shapely
from numpy.typing import NDArray

from goldenhour.town.town import Objects

UNITS_PER_MM = 50
"""Drawing units per millimetre of paper; coordinates are whole units, 0.02 mm."""

_SCALES = (
    2500, 5000, 7500, 10_000, 12_500, 15_000, 20_000, 25_000, 30_000, 40_000, 50_000, 75_000,
    100_000, 125_000, 150_000, 200_000, 250_000, 300_000, 400_000, 500_000,
)  # fmt: skip
_PORTRAIT_MM = (176.0, 184.0)
_LANDSCAPE_MM = (203.0, 146.0)
_MARGIN_SHARE = 0.06

Box = tuple[float, float, float, float]
"""West, south, east, north in metres."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """
    A rectangle of ground on a rectangle of paper.

    Parameters
    ----------
    scale
        Ground over paper, such as 25,000.
    landscape
        True if the sheet lies on its long side.
    west_m
        Easting of the left edge in metres.
    south_m
        Northing of the lower edge in metres.
    width_mm
        Width on paper in millimetres.
    height_mm
        Height on paper in millimetres.
    """

    scale: int
    landscape: bool
    west_m: float
    south_m: float
    width_mm: float
    height_mm: float

    @property
    def box(self) -> Box:
        """West, south, east, north in metres."""
        east_m = self.west_m + self.ground_m(self.width_mm)
        return self.west_m, self.south_m, east_m, self.south_m + self.ground_m(self.height_mm)

    def ground_m(self, paper_mm: float) -> float:
        """
        Turn a length on paper into a length on the ground.

        Parameters
        ----------
        paper_mm
            Millimetres of paper.

        Returns
        -------
        ground_m
            Metres of ground.
        """
        return paper_mm * self.scale / 1000

    def to_units(
        self, x_m: NDArray[np.float64], y_m: NDArray[np.float64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """
        Place points on the paper, y downwards.

        Parameters
        ----------
        x_m
            Eastings in metres. Shape ``(n,)``.
        y_m
            Northings in metres. Shape ``(n,)``.

        Returns
        -------
        x, y
            Drawing units from the upper left corner. Shape ``(n,)`` each.
        """
        per_m = 1000 / self.scale * UNITS_PER_MM
        x = np.rint((np.asarray(x_m) - self.west_m) * per_m)
        y = np.rint(self.height_mm * UNITS_PER_MM - (np.asarray(y_m) - self.south_m) * per_m)
        return x.astype(np.int64), y.astype(np.int64)

    def holds(self, x_m: NDArray[np.float64], y_m: NDArray[np.float64]) -> NDArray[np.bool_]:
        """
        Say which points are on the sheet.

        Parameters
        ----------
        x_m
            Eastings in metres. Shape ``(n,)``.
        y_m
            Northings in metres. Shape ``(n,)``.

        Returns
        -------
        inside
            Shape ``(n,)``.
        """
        west, south, east, north = self.box
        return np.asarray((x_m >= west) & (x_m <= east) & (y_m >= south) & (y_m <= north))

    def near(self, shapes: Objects) -> Objects:
        """
        Leave out shapes whose box lies outside the frame.

        Parameters
        ----------
        shapes
            shapely geometries in the town's metric system. Shape ``(n,)``.

        Returns
        -------
        shapes
            The others, whole. Shape ``(n_near,)``.
        """
        if not len(shapes):
            return shapes
        bounds = shapely.bounds(shapes)
        west, south, east, north = self.box
        inside = (bounds[:, 0] <= east) & (bounds[:, 2] >= west)
        inside &= (bounds[:, 1] <= north) & (bounds[:, 3] >= south)
        return shapes[inside]

    def cut(self, shapes: Objects) -> Objects:
        """
        Cut shapes at the frame, and leave out what lies outside.

        Parameters
        ----------
        shapes
            shapely geometries in the town's metric system. Shape ``(n,)``.

        Returns
        -------
        shapes
            Those inside, simplified to what the paper can show. Shape ``(n_inside,)``.
        """
        cut = shapely.clip_by_rect(self.near(shapes), *self.box)
        simple = shapely.simplify(cut, self.ground_m(0.1), preserve_topology=False)
        return np.asarray(simple[~shapely.is_empty(simple)], dtype=np.object_)


def fit(x_m: NDArray[np.float64], y_m: NDArray[np.float64]) -> Frame:
    """
    Choose the sheet that shows some points largest, at a round scale.

    Parameters
    ----------
    x_m
        Eastings in metres. Shape ``(n,)``, at least one.
    y_m
        Northings in metres. Shape ``(n,)``.

    Returns
    -------
    frame
        With the points in its middle.
    """
    wide_m, high_m = float(np.ptp(x_m)), float(np.ptp(y_m))
    scales = {
        landscape: _round_scale(wide_m, high_m, paper_mm)
        for landscape, paper_mm in ((False, _PORTRAIT_MM), (True, _LANDSCAPE_MM))
    }
    landscape = scales[True] < scales[False]
    width_mm, height_mm = _LANDSCAPE_MM if landscape else _PORTRAIT_MM
    scale = scales[landscape]
    middle = (float(x_m.min()) + wide_m / 2, float(y_m.min()) + high_m / 2)
    return Frame(
        scale=scale,
        landscape=landscape,
        west_m=middle[0] - width_mm * scale / 2000,
        south_m=middle[1] - height_mm * scale / 2000,
        width_mm=width_mm,
        height_mm=height_mm,
    )


def _round_scale(wide_m: float, high_m: float, paper_mm: tuple[float, float]) -> int:
    """Choose the largest round scale at which an extent fits on the paper."""
    grow = 1 + 2 * _MARGIN_SHARE
    needed = 1000 * grow * max(wide_m / paper_mm[0], high_m / paper_mm[1])
    fitting = (scale for scale in _SCALES if scale >= needed)
    return next(fitting, ceil(needed / 100_000) * 100_000)
