# SPDX-License-Identifier: Apache-2.0
"""Coordinate systems: WGS 84 at the edges, one metric system per town, geodesics for distance."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from pyproj import Geod, Transformer

WGS84 = "EPSG:4326"
_GEOD = Geod(ellps="WGS84")
_FIRST_NORTH_ZONE, _FIRST_SOUTH_ZONE, _ZONE_WIDTH_DEG = 32601, 32701, 6


def metric_crs(lon: float, lat: float) -> str:
    """
    Name the UTM zone that a point lies in.

    Parameters
    ----------
    lon
        Longitude in degrees, EPSG:4326.
    lat
        Latitude in degrees, EPSG:4326.

    Returns
    -------
    crs
        Such as ``"EPSG:32637"`` for Al Qaim.
    """
    zone = int((lon + 180) // _ZONE_WIDTH_DEG) % 60
    return f"EPSG:{(_FIRST_NORTH_ZONE if lat >= 0 else _FIRST_SOUTH_ZONE) + zone}"


@lru_cache(maxsize=16)
def transformer(source: str, target: str) -> Transformer:
    """
    Prepare a conversion between two systems, x (or longitude) first.

    Parameters
    ----------
    source
        Such as ``"EPSG:4326"``.
    target
        Such as ``"EPSG:32637"``.

    Returns
    -------
    transformer
        Call its ``transform(x, y)``.
    """
    return Transformer.from_crs(source, target, always_xy=True)


def to_lon_lat(
    x_m: NDArray[np.float64], y_m: NDArray[np.float64], crs: str
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """
    Convert town coordinates to longitude and latitude.

    Parameters
    ----------
    x_m
        Eastings in metres. Shape ``(n,)``.
    y_m
        Northings in metres. Shape ``(n,)``.
    crs
        The town's metric system.

    Returns
    -------
    lon, lat
        Degrees, EPSG:4326. Shape ``(n,)`` each.
    """
    lon, lat = transformer(crs, WGS84).transform(x_m, y_m)
    return np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)


def to_metric(
    lon: NDArray[np.float64], lat: NDArray[np.float64], crs: str
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """
    Convert longitude and latitude to town coordinates.

    Parameters
    ----------
    lon
        Degrees, EPSG:4326. Shape ``(n,)``.
    lat
        Degrees, EPSG:4326. Shape ``(n,)``.
    crs
        The town's metric system.

    Returns
    -------
    x_m, y_m
        Metres. Shape ``(n,)`` each.
    """
    x_m, y_m = transformer(WGS84, crs).transform(lon, lat)
    return np.asarray(x_m, dtype=np.float64), np.asarray(y_m, dtype=np.float64)


def geodesic_m(
    lon_a: NDArray[np.float64],
    lat_a: NDArray[np.float64],
    lon_b: NDArray[np.float64],
    lat_b: NDArray[np.float64],
) -> NDArray[np.float64]:
    """
    Measure distances on the ellipsoid, right on both sides of a zone line.

    Parameters
    ----------
    lon_a
        Start longitudes in degrees. Shape ``(n,)``.
    lat_a
        Start latitudes in degrees. Shape ``(n,)``.
    lon_b
        End longitudes in degrees. Shape ``(n,)``.
    lat_b
        End latitudes in degrees. Shape ``(n,)``.

    Returns
    -------
    distance_m
        Metres along the WGS 84 geodesic (Karney 2013, through PROJ). Shape ``(n,)``.
    """
    _, _, distance_m = _GEOD.inv(lon_a, lat_a, lon_b, lat_b)
    return np.asarray(distance_m, dtype=np.float64)
