# SPDX-License-Identifier: Apache-2.0
"""Public points that the exercise is pinned to; from degrees to its plan and back."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from goldenhour.base import crs, facts
from goldenhour.base.messages import say

CRS = "EPSG:32637"
"""Metric system, UTM zone 37. The highway leaves that zone at 42°E, so lengths are geodesic."""

TOWNS = ("husaybah", "al_qaim", "karabilah", "ubaydi", "rummaneh", "rawa", "ana", "haditha")
BUILT = ("husaybah", "karabilah", "al_qaim", "ubaydi", "rummaneh")
"""Towns that the exercise builds; the others are points on the way to Haditha."""

Plan = NDArray[np.float64]
"""Plan coordinates x, y in metres, metric system ``CRS``. Shape ``(n, 2)``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pinned:
    """
    One public point.

    Parameters
    ----------
    key
        Its name in facts and messages.
    lon
        Longitude in degrees, EPSG:4326.
    lat
        Latitude in degrees, EPSG:4326.
    x_m
        Easting in metres.
    y_m
        Northing in metres.
    """

    key: str
    lon: float
    lat: float
    x_m: float
    y_m: float

    @property
    def xy_m(self) -> Plan:
        """The point in plan metres. Shape ``(2,)``."""
        return np.array([self.x_m, self.y_m])


def pinned(key: str) -> Pinned:
    """
    Look a public point up.

    Parameters
    ----------
    key
        Such as ``"husaybah"``.

    Returns
    -------
    point
        In degrees and in plan metres.
    """
    lon, lat = value(key)
    ((x_m, y_m),) = to_plan([[lon, lat]])
    return Pinned(key=key, lon=lon, lat=lat, x_m=float(x_m), y_m=float(y_m))


def value(key: str) -> Any:  # noqa: ANN401 - a fact is a number, a list or a table
    """
    Look a fact of the exercise up.

    Parameters
    ----------
    key
        The fact's name.

    Returns
    -------
    value
        Number, list or table, as the facts file gives it.
    """
    return facts.fact(f"exercise.{key}").value


def named(key: str, language: str, number: int | None = None) -> str:
    """
    Name a thing so that nobody takes it for real.

    Parameters
    ----------
    key
        Its word in the exercise's messages.
    language
        ``"en"`` or ``"ar"``.
    number
        Which one, if there are several.

    Returns
    -------
    name
        Such as ``"School 3 (EXERCISE)"``.
    """
    what = say(f"exercise.{key}", language)
    return say("exercise.named", language, name=what if number is None else f"{what} {number}")


def to_plan(lon_lat: list[list[float]] | Plan) -> Plan:
    """
    Convert degrees to plan metres.

    Parameters
    ----------
    lon_lat
        Longitude and latitude, EPSG:4326. Shape ``(n, 2)``.

    Returns
    -------
    xy_m
        Plan coordinates in metres. Shape ``(n, 2)``.
    """
    degrees = np.asarray(lon_lat, dtype=np.float64)
    return np.column_stack(crs.to_metric(degrees[:, 0], degrees[:, 1], CRS))


def to_degrees(xy_m: Plan) -> Plan:
    """
    Convert plan metres to degrees, rounded to about a centimetre.

    Parameters
    ----------
    xy_m
        Plan coordinates in metres. Shape ``(n, 2)``.

    Returns
    -------
    lon_lat
        Longitude and latitude, EPSG:4326. Shape ``(n, 2)``.
    """
    lon, lat = crs.to_lon_lat(xy_m[:, 0], xy_m[:, 1], CRS)
    return np.column_stack([lon, lat]).round(7)


def road_m(xy_m: Plan) -> float:
    """
    Measure a line on the ellipsoid, right on both sides of the zone line.

    Parameters
    ----------
    xy_m
        Plan coordinates in metres. Shape ``(n, 2)``.

    Returns
    -------
    length_m
        Metres.
    """
    degrees = to_degrees(xy_m)
    a, b = degrees[:-1], degrees[1:]
    return float(crs.geodesic_m(a[:, 0], a[:, 1], b[:, 0], b[:, 1]).sum())
