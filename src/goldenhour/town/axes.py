# SPDX-License-Identifier: Apache-2.0
"""Do the layers lie on the earth, and on the same spot of it? Swapped axes are caught here."""

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

from goldenhour.base import crs
from goldenhour.base.errors import WrongCrsError
from goldenhour.base.findings import Finding
from goldenhour.town.layers import Layer, LayerKind

MOST_LON, MOST_LAT = 180.0, 90.0
MARGIN_DEG = 0.05  # about 5 km: suburbs of the same town
FEW_SHARE, MOST_SHARE = 0.01, 0.5

Box = tuple[float, float, float, float]


def check_axes(layers: Sequence[Layer]) -> tuple[Finding, ...]:
    """
    Check that every layer is in EPSG:4326, longitude first, near the streets.

    Parameters
    ----------
    layers
        All layers of a town.

    Returns
    -------
    findings
        Layers that lie far from the streets, whichever way their axes are read.

    Raises
    ------
    WrongCrsError
        If a layer names another system, leaves the range of degrees, or fits the streets only
        with longitude and latitude exchanged.
    """
    points = [_points(layer) for layer in layers]
    for layer, lon_lat in zip(layers, points, strict=True):
        _check_system(layer)
        _check_range(layer, lon_lat)
    streets = next(
        (i for i, layer in enumerate(layers) if layer.kind is LayerKind.STREETS and len(points[i])),
        None,
    )
    if streets is None:
        return ()
    home = _box(points[streets])
    found: list[Finding] = []
    for layer, lon_lat in zip(layers, points, strict=True):
        if len(lon_lat) and layer is not layers[streets]:
            found += _check_place(layer, lon_lat, home=home, beside=layers[streets].source.file)
    return tuple(found)


def _points(layer: Layer) -> NDArray[np.float64]:
    """Take one finite point of each shape (its box's middle)."""
    boxes = np.asarray(shapely.bounds(np.asarray(layer.table.geometry.array, dtype=np.object_)))
    boxes = boxes.reshape(-1, 4)
    boxes = boxes[np.isfinite(boxes).all(axis=1)]
    middle: NDArray[np.float64] = (boxes[:, :2] + boxes[:, 2:]) / 2
    return middle


def _check_system(layer: Layer) -> None:
    """Refuse a table that says it is in another system: readers hand over EPSG:4326."""
    system = layer.table.crs
    if system is None or not system.is_geographic:
        raise WrongCrsError(
            f"The {layer.kind.value} are not in EPSG:4326.",
            where=layer.source.file,
            do="Convert the layer to EPSG:4326 before building the town.",
        )


def _check_range(layer: Layer, lon_lat: NDArray[np.float64]) -> None:
    """Refuse coordinates that are no degrees, and tell swapped ones from metric ones."""
    if not len(lon_lat):
        return
    most_x, most_y = np.abs(lon_lat).max(axis=0)
    if most_x <= MOST_LON and most_y <= MOST_LAT:
        return
    if most_y <= MOST_LON and most_x <= MOST_LAT:
        raise WrongCrsError(
            f"The {layer.kind.value} have latitudes up to {most_y:.1f}: read as longitude, "
            "latitude they leave the earth; read as latitude, longitude they fit.",
            where=layer.source.file,
            do="Exchange the longitude and latitude columns and read the file again.",
        )
    raise WrongCrsError(
        f"The {layer.kind.value} have coordinates up to {most_x:.0f}, {most_y:.0f}: no degrees.",
        where=layer.source.file,
        do="Name the coordinate system in the file, or convert it to EPSG:4326.",
    )


def _box(lon_lat: NDArray[np.float64]) -> Box:
    """Draw the box that holds nearly all points, with a margin; outliers must not widen it."""
    low, high = np.percentile(lon_lat, (1, 99), axis=0)
    west, south = low - MARGIN_DEG
    east, north = high + MARGIN_DEG
    return float(west), float(south), float(east), float(north)


def _share_inside(x: NDArray[np.float64], y: NDArray[np.float64], box: Box) -> float:
    """Give the share of points inside a box."""
    west, south, east, north = box
    return float(np.mean((x >= west) & (x <= east) & (y >= south) & (y <= north)))


def _check_place(
    layer: Layer, lon_lat: NDArray[np.float64], *, home: Box, beside: str
) -> tuple[Finding, ...]:
    """Compare a layer with the streets, read as it is and with its axes exchanged."""
    lon, lat = lon_lat[:, 0], lon_lat[:, 1]
    if _share_inside(lon, lat, home) > FEW_SHARE or _covers(layer, home):
        return ()
    read_lon, read_lat = np.median(lon), np.median(lat)
    home_lon, home_lat = (home[0] + home[2]) / 2, (home[1] + home[3]) / 2
    if _share_inside(lat, lon, home) >= MOST_SHARE:
        raise WrongCrsError(
            f"The {layer.kind.value} lie around longitude {read_lon:.2f}, latitude {read_lat:.2f}, "
            f"but {beside} lies around longitude {home_lon:.2f}, latitude {home_lat:.2f}: "
            "one of the two has its axes swapped.",
            where=layer.source.file,
            do=f"Find which reading is the town; exchange longitude and latitude in "
            f"{layer.source.file} (or else in {beside}) and read it again.",
        )
    away_m = crs.geodesic_m(*(np.array([x]) for x in (home_lon, home_lat, read_lon, read_lat)))[0]
    return (
        Finding(
            code="layers-apart",
            layer=layer.source.file,
            what=f"Hardly any of its {layer.kind.value} lie near the streets of {beside}; "
            f"its middle is {away_m / 1000:,.0f} km away.",
            done="Kept. Check that the files are of the same town.",
            n_rows=len(lon_lat),
        ),
    )


def _covers(layer: Layer, home: Box) -> bool:
    """Say if a layer of areas (a river, a district) covers the streets though its middle is far."""
    west, south, east, north = layer.table.total_bounds
    return bool(west <= home[2] and east >= home[0] and south <= home[3] and north >= home[1])
