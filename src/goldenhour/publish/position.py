# SPDX-License-Identifier: Apache-2.0
"""Where things are, as products write it: degrees with six decimals, and MGRS."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from goldenhour.base.crs import to_lon_lat
from goldenhour.movement.grid_reference import to_grid_reference
from goldenhour.town.town import Town

_DECIMALS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """
    One place.

    Parameters
    ----------
    lon
        Longitude in degrees, EPSG:4326, six decimals (about a decimetre).
    lat
        Latitude in degrees, EPSG:4326, six decimals.
    mgrs
        Such as ``"37S FU 82885 07472"``.
    """

    lon: float
    lat: float
    mgrs: str


def structure_positions(town: Town, rows: NDArray[np.int64]) -> tuple[Position, ...]:
    """
    Say where structures are.

    Parameters
    ----------
    town
        The town.
    rows
        Rows of structures. Shape ``(n,)``.

    Returns
    -------
    positions
        One a row.
    """
    lon, lat = to_lon_lat(town.structures.x_m[rows], town.structures.y_m[rows], town.crs)
    return tuple(
        Position(lon=x, lat=y, mgrs=to_grid_reference(x, y))
        for x, y in zip(lon.round(_DECIMALS).tolist(), lat.round(_DECIMALS).tolist(), strict=True)
    )
