# SPDX-License-Identifier: Apache-2.0
"""Moving shapes by moving their points."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from goldenhour.exercise.pinned import Plan, to_degrees

Shapes = NDArray[np.object_]
"""shapely shapes of one kind. Shape ``(n,)``."""

AnyShape = TypeVar("AnyShape", bound=BaseGeometry | Shapes)


def moved(shapes: AnyShape, move: Callable[[Plan], Plan]) -> AnyShape:
    """
    Move shapes.

    Parameters
    ----------
    shapes
        One shape, or an array of any length.
    move
        Where each point goes.

    Returns
    -------
    shapes
        As many, of the same kind.
    """
    anything: Any = shapes  # shapely's types do not say that the kind stays
    return cast("AnyShape", shapely.transform(anything, move))


def turned(shapes: AnyShape, angle_deg: float) -> AnyShape:
    """
    Turn shapes around the origin, against the clock.

    Parameters
    ----------
    shapes
        One shape, or an array of any length; metric.
    angle_deg
        Degrees.

    Returns
    -------
    shapes
        As many, of the same kind.
    """
    return moved(shapes, lambda xy_m: turned_points(xy_m, angle_deg))


def turned_points(xy_m: Plan, angle_deg: float) -> Plan:
    """
    Turn points around the origin, against the clock.

    Parameters
    ----------
    xy_m
        Plan coordinates in metres. Shape ``(n, 2)``.
    angle_deg
        Degrees.

    Returns
    -------
    xy_m
        Shape ``(n, 2)``.
    """
    angle = np.radians(angle_deg)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    return np.asarray(xy_m @ turn, dtype=np.float64)


def in_degrees(shapes: AnyShape) -> AnyShape:
    """
    Convert shapes to degrees.

    Parameters
    ----------
    shapes
        One shape or an array, metric.

    Returns
    -------
    shapes
        EPSG:4326, rounded to about a centimetre.
    """
    return moved(shapes, to_degrees)
